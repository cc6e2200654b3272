"""The commands that find speakers without labels, `self-label` and `learn`; torch is imported when they run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from sv_bridge.config import RunConfig
    from sv_bridge.data.manifest import Corpus

__all__ = ["learn", "self_label"]

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="key=value of the rounds' training, such as epochs=20; may be repeated."),
]
Rounds = Annotated[
    int | None,
    typer.Option(min=1, help="How many; where more than recipes, the last one's go on while the measure gets better."),
]
Clusterer = Annotated[Literal["ahc", "kmeans"], typer.Option(help="ahc (holds all pairs in memory) or kmeans.")]
Clusters = Annotated[
    int | None, typer.Option(min=2, help="Number of clusters, where about so many speakers are known to be there.")
]
Measure = Annotated[str, typer.Option(help="Measure that chooses the number of speakers; see `cqm measures`.")]
Recipes = Annotated[
    list[str],
    typer.Option("--preset", help="Preset or .yaml file that learns from speakers; repeated, of each round in turn."),
]
RECIPES = ["small-snt-speakers", "small-aam-softmax"]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, …")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar.")]


def self_label(
    start: Annotated[str, typer.Argument(help="A run to start from; or log-mel, which needs none.")],
    corpus: Annotated[
        Path, typer.Option(help="Corpus folder or manifest; its speakers, if it names any, are not read.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the rounds.")],
    preset: Recipes = RECIPES,
    setting: Settings = None,
    rounds: Rounds = None,
    clusterer: Clusterer = "ahc",
    clusters: Clusters = None,
    measure: Measure = "silhouette",
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """Find the speakers of unlabelled speech and train on them, round by round; the same command again goes on.

    The encoder must be that of START: `--set encoder.name=…` where the preset has another.
    """
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.presets import load_config

    configs = [load_config(each, setting or ()) for each in preset]
    _label(start, read_corpus(corpus), out, configs, rounds, clusterer, clusters, measure, device, quiet)


def learn(
    speech: Annotated[Path, typer.Argument(help="Folder of recordings of nobody in particular, or a corpus.")],
    out: Annotated[Path, typer.Option(help="Folder of the corpus, the first run and the rounds.")],
    min_seconds: Annotated[float, typer.Option(help="Leave out shorter recordings.")] = 1.0,
    first: Annotated[str, typer.Option(help="Preset or .yaml file of the first, contrastive training.")] = "small-snt",
    first_setting: Annotated[
        list[str] | None, typer.Option("--set-first", help="key=value of the first training; may be repeated.")
    ] = None,
    preset: Recipes = RECIPES,
    setting: Settings = None,
    rounds: Rounds = None,
    clusterer: Clusterer = "ahc",
    clusters: Clusters = None,
    measure: Measure = "silhouette",
    device: Device = "auto",
    quiet: Quiet = False,
) -> None:
    """From a folder of recordings to a speaker model, without a label; the same command again goes on.

    A contrastive model learns from them, and `self-label` goes on from there. The last line names its last run.
    """
    from sv_bridge.data.layouts import read_unlabelled
    from sv_bridge.data.manifest import MANIFEST_NAME, read_corpus
    from sv_bridge.data.prepare import prepare
    from sv_bridge.presets import load_config
    from sv_bridge.training.loop import train

    contrastive = load_config(first, first_setting or ())
    configs = [load_config(each, setting or ()) for each in preset]
    if speech.is_file() or (speech / MANIFEST_NAME).is_file():
        corpus = read_corpus(speech)
    elif (out / "corpus" / MANIFEST_NAME).is_file():
        corpus = read_corpus(out / "corpus")
    else:
        corpus, skipped = prepare(read_unlabelled(speech), out / "corpus", below=speech, min_seconds=min_seconds)
        typer.echo(f"{len(corpus)} recordings → {out / 'corpus'}; {len(skipped)} left out, see skipped.jsonl", err=True)
    run = train(contrastive, corpus, out / "contrastive", device=device, progress_bar=not quiet)
    _label(str(run), corpus, out, configs, rounds, clusterer, clusters, measure, device, quiet)


def _label(
    start: str,
    corpus: "Corpus",
    out: Path,
    configs: list["RunConfig"],
    rounds: int | None,
    clusterer: Literal["ahc", "kmeans"],
    clusters: int | None,
    measure: str,
    device: str,
    quiet: bool,
) -> None:
    from sv_bridge.compactness.self_labelling import self_label as label
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.training.normalisation import is_normalised, normalise

    options = EmbeddingOptions(device=device, progress=not quiet)
    ended = label(
        start,
        corpus,
        out,
        configs,
        rounds=rounds,
        clusterer=clusterer,
        numbers=None if clusters is None else [clusters],
        measure=measure,
        options=options,
        progress_bar=not quiet,
    )
    last = None
    for number, last in enumerate(ended, start=1):
        found = last.found
        typer.echo(
            f"round {number}: {found.clusters} clusters by {measure} {found.value:.4f}, "
            f"{found.speakers} pseudo-speakers with {found.kept:.0%} of the utterances → {last.run}",
            err=True,
        )
    if last is not None:
        if not is_normalised(last.run):  # once: a rule for decisions may have been learned since
            normalise(last.run, last.labelled, options)
        typer.echo(str(last.run))
