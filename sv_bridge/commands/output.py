"""What all commands say alike: JSON records, warnings."""

import json
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Annotated, Any

import typer

__all__ = ["Json", "report", "warn"]

TERMINAL = Path("-")
_standard_output: ContextVar[IO[str]] = ContextVar("standard output")


def _alone(context: typer.Context, out: Path | None) -> Path | None:
    """Where the record goes to standard output, have everything else that is printed go to standard error."""
    if out == TERMINAL:
        _standard_output.set(sys.stdout)
        context.with_resource(redirect_stdout(sys.stderr))
    return out


Json = Annotated[
    Path | None,
    typer.Option("--json", help="JSON file to write; - for standard output, and all else beside it", callback=_alone),
]


def report(record: Any, out: Path | None) -> None:
    """Write a record as JSON to where the option `Json` says, if anywhere."""
    from cqm.json_files import plain, write_json

    if out == TERMINAL:
        typer.echo(json.dumps(plain(record), indent=1), file=_standard_output.get())
    elif out is not None:
        write_json(out, record)


def warn(warnings: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
