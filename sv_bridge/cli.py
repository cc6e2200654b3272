"""The `sv-bridge` command."""

import sys

import typer

from sv_bridge import cli_evaluation, cli_training
from sv_bridge.data import prepare_cli

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and measure contrastive speaker-verification models.")
for command in (
    cli_training.train,
    cli_training.export,
    cli_evaluation.embed,
    cli_evaluation.evaluate,
    cli_evaluation.metrics,
    cli_evaluation.compactness,
    cli_evaluation.compare,
    cli_evaluation.demo,
):
    app.command()(command)
app.add_typer(prepare_cli.app, name="prepare")


def main() -> None:
    """Run the command; what is wrong with the input is said in one line, without a traceback."""
    try:
        app()
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        typer.echo(f"sv-bridge: {error}", err=True)
        sys.exit(2)
