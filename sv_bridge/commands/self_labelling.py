"""The command `self-label`; torch is imported when it runs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["self_label"]


def self_label(
    start: Annotated[str, typer.Argument(help="A run to start from; or log-mel, which needs none.")],
    corpus: Annotated[
        Path, typer.Option(help="Corpus folder or manifest; its speakers, if it names any, are not read.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the rounds.")],
    preset: Annotated[str, typer.Option(help="Preset or .yaml file with method aam_softmax.")] = "tiny-aam-softmax",
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="key=value, such as epochs=20; may be repeated.")
    ] = None,
    rounds: Annotated[
        int, typer.Option(min=1, help="At most so many; fewer when the measure no longer gets better.")
    ] = 3,
    clusterer: Annotated[
        Literal["ahc", "kmeans"], typer.Option(help="ahc (holds all pairs in memory) or kmeans.")
    ] = "ahc",
    measure: Annotated[str, typer.Option(help="Measure that chooses the number of speakers; see `cqm measures`.")] = (
        "silhouette"
    ),
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")] = "auto",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
) -> None:
    """Find the speakers of unlabelled speech and train on them, round by round; the same command again goes on.

    The encoder must be that of START: `--set encoder.name=…` where the preset has another.
    """
    from sv_bridge.compactness.self_labelling import self_label as label
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.presets import load_config

    options = EmbeddingOptions(device=device, progress=not quiet)
    config = load_config(preset, setting or ())
    last = None
    for number, found in enumerate(
        label(
            start,
            read_corpus(corpus),
            out,
            config,
            rounds=rounds,
            clusterer=clusterer,
            measure=measure,
            options=options,
            progress_bar=not quiet,
        ),
        start=1,
    ):
        typer.echo(
            f"round {number}: {found.found.clusters} clusters by {measure} {found.found.value:.4f}, "
            f"{found.found.speakers} pseudo-speakers with {found.found.kept:.0%} of the utterances → {found.run}",
            err=True,
        )
        last = found.run
    typer.echo(str(last))
