"""The `sv-bridge` command."""

import sys

import typer

from sv_bridge import cli_training

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and measure contrastive speaker-verification models.")
app.command()(cli_training.train)


@app.callback()
def commands() -> None:
    """Hold the commands together; with a single one, typer would leave its name out."""


def main() -> None:
    """Run the command; what is wrong with the input is said in one line, without a traceback."""
    try:
        app()
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        typer.echo(f"sv-bridge: {error}", err=True)
        sys.exit(2)
