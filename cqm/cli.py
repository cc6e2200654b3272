"""The `cqm` command."""

import typer

app = typer.Typer(no_args_is_help=True, help="Clustering-quality measures that are axiom-checked.")


@app.command()
def measures() -> None:
    """List the catalogued measures."""
    from cqm.catalog import catalog

    for measure in catalog.values():
        typer.echo(f"{measure.name}: {measure.better} is better, {measure.reference}")
