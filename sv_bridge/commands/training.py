"""The commands that train, or make something of a run; torch is imported late, so that help appears at once."""

from pathlib import Path
from typing import Annotated

import typer

from sv_bridge.commands.output import warn

__all__ = ["demo", "export", "normalise", "presets", "train"]


def train(
    preset: Annotated[str, typer.Argument(help="Preset (`sv-bridge presets` lists them), or a .yaml file.")],
    corpus: Annotated[Path, typer.Option(help="Corpus folder or manifest, from `sv-bridge prepare`.")],
    out: Annotated[Path | None, typer.Option(help="Run directory; runs/PRESET,key=value,… if not given.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="key=value, such as margin=0.1; may be repeated.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="Run directory or checkpoint whose weights training starts from.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")] = "auto",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
) -> None:
    """Train an encoder, or continue an interrupted run: the same command again goes on where it stopped.

    Fine-tune with the recipe of a run, changed: `sv-bridge train RUN/config.yaml --from RUN --set margin=0.3 --out …`.

    With several GPUs, or machines: `torchrun --nproc-per-node N -m sv_bridge train …`.
    """
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.distributed import launched_rank
    from sv_bridge.presets import load_config
    from sv_bridge.training import loop

    config = load_config(preset, setting or ())
    parts = [config.preset, *(s.replace("/", "_") for s in setting or ())]
    if start is not None:
        config = config.model_copy(update={"start_from": str(start.resolve())})
        parts.append(f"from={start.name}")
    out = out or Path("runs") / ",".join(parts)
    if launched_rank() == 0:
        typer.echo(f"{config.preset} ({config.source or 'own recipe'}) → {out}", err=True)
    loop.train(config, read_corpus(corpus), out, device=device, progress_bar=not quiet)
    if launched_rank() == 0:
        typer.echo(str(out))


def normalise(
    run: Annotated[Path, typer.Argument(help="Run directory, or one checkpoint folder in it.")],
    corpus: Annotated[Path, typer.Option(help="Corpus folder or manifest; its training utterances are used.")],
    channels: Annotated[int, typer.Option(min=0, help="Random channels that each utterance goes through, too.")] = 2,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")] = "auto",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
) -> None:
    """Take the weight from directions in which a run's embeddings of one speaker differ (WCCN).

    Where nobody is named, of one utterance and its copies through channels. Commands that use the run apply it.
    """
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.training import normalisation

    speech = read_corpus(corpus).split("train")
    written = normalisation.normalise(
        run, speech, EmbeddingOptions(device=device, progress=not quiet), channels=channels
    )
    typer.echo(str(written))


def presets() -> None:
    """List the presets: name, method and encoder, and what recipe each is."""
    from sv_bridge.presets import load_config, preset_names
    from sv_bridge.reports.tables import print_table

    configs = [load_config(name) for name in preset_names()]
    rows = [[config.preset, config.method.name, config.encoder.name, config.source] for config in configs]
    print_table("Presets", ["preset", "method", "encoder", "recipe"], rows, prose=True)


def export(
    run: Annotated[Path, typer.Argument(help="Run directory, or one checkpoint folder in it.")],
    onnx: Annotated[Path, typer.Option(help="File to write.")],
    average_last: Annotated[int, typer.Option(help="Average the weights of this many last epochs.")] = 1,
) -> None:
    """Write a trained encoder as ONNX, waveform in and embedding out, checked against the original."""
    from sv_bridge.models.export import export_onnx
    from sv_bridge.models.systems import decision_of
    from sv_bridge.training.checkpoint import load_encoder

    if onnx.suffix != ".onnx":
        raise ValueError(f"the name of a file is how it is known as a system: wanted one in .onnx, got {onnx}")
    rule = decision_of(str(run))
    if rule is not None and rule.cosine_threshold is None:
        warn([f"the run decides by scores of {rule.backend}, which ONNX does not hold: its rule is left out"])
        rule = None
    difference = export_onnx(load_encoder(run, average_last=average_last), onnx, decision=rule)
    typer.echo(f"{onnx}: embeddings within {difference:.1e} of torch's")
    if rule is not None:
        typer.echo(f"with the run's rule for decisions: threshold {rule.threshold:.4f}")


def demo(
    corpus: Annotated[Path | None, typer.Option(help="A real corpus instead of the synthetic one.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for corpus, runs and page.")] = Path("demo"),
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")] = "auto",
) -> None:
    """Train SNT-Xent with and without additive margin, evaluate unseen speakers, write a page; minutes on two cores."""
    from sv_bridge.commands.demo import run_demo

    run_demo(out, corpus=corpus, device=device)
