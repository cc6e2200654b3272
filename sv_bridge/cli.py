"""The `sv-bridge` command."""

import typer

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and measure contrastive speaker-verification models.")
