"""`sv-bridge prepare …`: a corpus out of what is there."""

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from sv_bridge.data.layouts import (
    Recording,
    folder_levels,
    read_folder,
    read_kaldi,
    read_manifest,
    read_unlabelled,
    read_voxceleb,
    sound_files,
)
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.prepare import LITTLE_SPEECH_NAME, SKIPPED_NAME, Skipped

__all__ = ["app", "pack"]

app = typer.Typer(no_args_is_help=True, help="Make a corpus folder (a manifest, and audio where it must be decoded).")
console = Console(stderr=True)
REASONS = 8  # shown
PARTICULAR = re.compile(r"\S*/\S*|-?\d+(\.\d+)?")
"""Paths and numbers, which make reasons differ that are alike."""

Source = Annotated[Path, typer.Argument(help="what to read", show_default=False)]
Out = Annotated[Path, typer.Option(help="corpus folder to make", show_default=False)]
SourceName = Annotated[str, typer.Option("--source", help="name of the collection, for breakdowns")]
Language = Annotated[str, typer.Option(help="language spoken, for breakdowns")]
Dev = Annotated[float, typer.Option(help="share of the speakers for the split dev, where the layout has no splits")]
Test = Annotated[float, typer.Option(help="share of the speakers for the split test, likewise")]
Seed = Annotated[int, typer.Option(help="decides who gets into which split")]
MinSeconds = Annotated[float, typer.Option(help="leave out shorter recordings")]
MinSpeech = Annotated[float, typer.Option(help="leave out recordings with fewer seconds of speech in them")]
HeaderOnly = Annotated[bool, typer.Option(help="believe file headers instead of decoding every file")]
Convert = Annotated[bool, typer.Option(help="decode everything to 16 kHz WAV below the corpus folder")]
Jobs = Annotated[int | None, typer.Option(help="threads; as many as processors by default")]


@app.command()
def folder(
    src: Source,
    out: Out,
    source: SourceName = "",
    language: Language = "",
    folders: Annotated[str, typer.Option(help="what folders name, as in language/speaker; by default guessed")] = "",
    dev: Dev = 0.1,
    test: Test = 0.2,
    seed: Seed = 0,
    min_seconds: MinSeconds = 1.0,
    min_speech: MinSpeech = 0.0,
    header_only: HeaderOnly = False,
    convert: Convert = False,
    jobs: Jobs = None,
    unlabelled: Annotated[
        bool, typer.Option("--unlabelled", help="nobody is known; everything is for training")
    ] = False,
) -> None:
    """A folder with one folder a speaker, perhaps in folders of languages or splits; deeper folders are sessions.

    With --unlabelled, any folder of recordings.
    """
    options = {
        "min_seconds": min_seconds,
        "min_speech": min_speech,
        "header_only": header_only,
        "convert": convert,
        "jobs": jobs,
    }
    if unlabelled:
        nobody = functools.partial(read_unlabelled, src, source=source, language=language)
        run(nobody, out, below=src, dev=0.0, test=0.0, seed=seed, **options)
        return
    levels = folders.split("/") if folders else folder_levels(src, sound_files(src))
    console.print(f"folders are read as {'/'.join(levels)}{'' if folders else '; --folders says otherwise'}")

    def read() -> Sequence[Recording]:
        return read_folder(src, source=source, language=language, levels=levels)

    run(read, out, below=src, dev=dev, test=test, seed=seed, **options)


@app.command()
def voxceleb(
    src: Source,
    out: Out,
    dev: Dev = 0.02,
    seed: Seed = 0,
    min_seconds: MinSeconds = 1.0,
    min_speech: MinSpeech = 0.0,
    header_only: HeaderOnly = False,
    convert: Convert = False,
    jobs: Jobs = None,
) -> None:
    """VoxCeleb1, VoxCeleb2 or both, wherever their idXXXXX folders lie below SRC; m4a files are decoded to WAV.

    The official test speakers are the split test; a share of the others is held out as dev, to select checkpoints on.
    """
    options = {
        "min_seconds": min_seconds,
        "min_speech": min_speech,
        "header_only": header_only,
        "convert": convert,
        "jobs": jobs,
    }
    run(lambda: read_voxceleb(src), out, below=src, dev=dev, test=0.0, seed=seed, **options)


@app.command()
def manifest(
    src: Source,
    out: Out,
    dev: Dev = 0.1,
    test: Test = 0.2,
    seed: Seed = 0,
    min_seconds: MinSeconds = 1.0,
    min_speech: MinSpeech = 0.0,
    header_only: HeaderOnly = False,
    convert: Convert = False,
    jobs: Jobs = None,
) -> None:
    """A CSV or JSON-lines file with a column path, and perhaps speaker, id, source, language, session, split."""
    options = {
        "min_seconds": min_seconds,
        "min_speech": min_speech,
        "header_only": header_only,
        "convert": convert,
        "jobs": jobs,
    }
    run(lambda: read_manifest(src), out, dev=dev, test=test, seed=seed, **options)


@app.command()
def kaldi(
    src: Source,
    out: Out,
    source: SourceName = "",
    language: Language = "",
    dev: Dev = 0.1,
    test: Test = 0.2,
    seed: Seed = 0,
    min_seconds: MinSeconds = 1.0,
    min_speech: MinSpeech = 0.0,
    header_only: HeaderOnly = False,
    convert: Convert = False,
    jobs: Jobs = None,
) -> None:
    """A Kaldi data folder: wav.scp with plain paths, utt2spk, and segments where there is one."""
    options = {
        "min_seconds": min_seconds,
        "min_speech": min_speech,
        "header_only": header_only,
        "convert": convert,
        "jobs": jobs,
    }
    run(lambda: read_kaldi(src, source=source, language=language), out, dev=dev, test=test, seed=seed, **options)


@app.command()
def debian_voices(
    out: Out,
    source: Annotated[list[str] | None, typer.Option(help="only this source of the recipe; may be repeated")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="most minutes a speaker")] = None,
    jobs: Jobs = None,
) -> None:
    """Real speech of 72 people out of Debian packages: downloads 0.85 GB; an interrupted run goes on when repeated."""
    from sv_bridge.data.debian import make_debian_voices

    summarise(
        *make_debian_voices(out, sources=source or (), max_minutes=max_minutes, jobs=jobs, progress=console.print)
    )


@app.command()
def synthetic(
    out: Out,
    train_speakers: Annotated[int, typer.Option(help="people to train on")] = 48,
    dev_speakers: Annotated[int, typer.Option(help="people to select on")] = 6,
    test_speakers: Annotated[int, typer.Option(help="people to evaluate on")] = 20,
    sessions: Annotated[int, typer.Option(help="sessions a person, each through another channel")] = 4,
    utterances: Annotated[int, typer.Option(help="utterances a session")] = 4,
    seed: Annotated[int, typer.Option(help="decides every sample")] = 0,
    jobs: Jobs = None,
) -> None:
    """Synthetic voices: no data needed."""
    from sv_bridge.data.prepare import check_new
    from sv_bridge.data.synthetic import SyntheticRecipe, make_synthetic_corpus

    with bar("speakers") as progress:
        check_new(out)
        recipe = SyntheticRecipe(
            train_speakers, dev_speakers, test_speakers, sessions=sessions, utterances=utterances, seed=seed
        )
        corpus = make_synthetic_corpus(out, recipe, jobs=jobs, progress=progress)
    summarise(corpus, [])


def pack(
    corpus: Annotated[Path, typer.Argument(help="corpus folder or manifest; a packed one with --check")],
    out: Annotated[Path | None, typer.Option(help="folder of the packed corpus to make")] = None,
    shard_hours: Annotated[float, typer.Option(help="most speech in one file")] = 1.0,
    check: Annotated[
        bool, typer.Option("--check", help="compare the files of a packed corpus with their hashes")
    ] = False,
    jobs: Jobs = None,
) -> None:
    """Put a corpus into a few large files that training maps into memory; an interrupted run goes on when repeated."""
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.data.packing import check_pack
    from sv_bridge.data.packing import pack as pack_corpus

    if check == (out is not None):
        raise ValueError("give either --out, a folder to pack into, or --check")
    if out is None:
        damaged = check_pack(corpus)
        if damaged:
            raise ValueError(f"{len(damaged)} shards of {corpus} are missing or damaged: {', '.join(damaged[:5])}")
        console.print(f"every shard of {corpus} is whole", highlight=False)
        return
    with bar("shards") as progress:
        packed, skipped = pack_corpus(
            read_corpus(corpus, check_files=False), out, shard_hours=shard_hours, jobs=jobs, progress=progress
        )
    summarise(packed, skipped)


def run(read: Callable[[], Sequence[Recording]], out: Path, **options: Any) -> None:
    """Read a layout and make the corpus."""
    from sv_bridge.data.prepare import check_new, prepare

    with bar("recordings") as progress:
        check_new(out)
        made = prepare(read(), out, progress=progress, **options)
    summarise(*made, below=options.get("below"))


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Progress bar as a function of (done, total)."""
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def summarise(corpus: Corpus, skipped: Sequence[Skipped], *, below: Path | None = None) -> None:
    """Print what the corpus holds, and why recordings, or other files below their folder, were left out."""
    table = Table("split", "speakers", "utterances", "minutes")
    for name in corpus.splits:
        part = corpus.split(name)
        speakers = f"{len(part.speakers):,}" if part.labelled else "unknown"
        table.add_row(name, speakers, f"{len(part):,}", f"{part.duration_s / 60:,.1f}")
    console.print(table)
    if below is not None:
        total = f"{len(corpus) + len(skipped):,} files below {below}"
        console.print(f"{total}: {len(corpus):,} in the corpus, {len(skipped):,} left out", highlight=False)
    if skipped:
        console.print(f"left out {len(skipped):,} files; {corpus.root / SKIPPED_NAME} says of each why:")
        reasons = Counter(PARTICULAR.sub("…", entry.reason) for entry in skipped).most_common()
        for reason, count in reasons[:REASONS]:
            console.print(f"  {count:,} × {reason}", highlight=False, markup=False)
        if len(reasons) > REASONS:
            rest = sum(count for _, count in reasons[REASONS:])
            console.print(f"  {rest:,} for {len(reasons) - REASONS} other reasons", highlight=False)
    little = corpus.root / LITTLE_SPEECH_NAME
    if little.is_file():
        count = len(little.read_text(encoding="utf-8").splitlines())
        console.print(f"next to no speech is heard in {count:,} recordings of the corpus, see {little};")
        console.print("  --min-speech 0.3 leaves them out")
    console.print(f"corpus: {corpus.root}", highlight=False)
