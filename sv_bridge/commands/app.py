"""The `sv-bridge` command."""

import sys

import typer

from sv_bridge.commands import diarisation, evaluation, prepare, scoring, selection, self_labelling, training

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and measure contrastive speaker-verification models.")
for command in (
    training.train,
    training.normalise,
    training.presets,
    training.export,
    self_labelling.self_label,
    self_labelling.learn,
    evaluation.embed,
    evaluation.evaluate,
    evaluation.metrics,
    evaluation.fuse,
    scoring.calibrate,
    scoring.score,
    evaluation.compactness,
    evaluation.compare,
    diarisation.cluster,
    diarisation.diarise,
    selection.select,
    training.demo,
):
    app.command()(command)
app.command()(prepare.pack)
app.add_typer(prepare.app, name="prepare")


def main() -> None:
    """Run the command; what is wrong with the input is said in one line, without a traceback."""
    try:
        app()
    except (ValueError, TypeError, OSError, RuntimeError, MemoryError, ImportError) as error:
        typer.echo(f"sv-bridge: {error}", err=True)
        sys.exit(2)
    except KeyError as error:  # which shows its message quoted
        typer.echo(f"sv-bridge: {error.args[0]}", err=True)
        sys.exit(2)
