"""A corpus: who speaks in which file. One folder with a `manifest.csv` and the audio beside it (or anywhere)."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.atomic import atomic_path

__all__ = [
    "MANIFEST_NAME",
    "Corpus",
    "Utterance",
    "check_labels",
    "read_corpus",
    "read_rows",
    "unlabelled",
    "write_manifest",
]

MANIFEST_NAME = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech of one person.

    Attributes
    ----------
    id : unique name within the corpus, which trial lists use; the path when the manifest has no `id` column.
    path : audio file, relative to the manifest's folder (or absolute).
    speaker : who speaks; empty when unknown. In a split, all are known or none is.
    source, language, session : collection, language code and recording session; empty when unknown.
    split : "train", "dev", "test" or any other name; "train" when the manifest has no such column.
    duration_s : length in seconds.
    start_s : where the utterance starts in its file; 0 but for segments of long recordings.
    sample_rate_hz : rate of the stored file; None when the manifest doesn't say. Reading looks at the file.
    other : the manifest's further columns, (name, text) each: gender, age, …
    """

    id: str
    path: str
    speaker: str
    source: str = ""
    language: str = ""
    session: str = ""
    split: str = "train"
    duration_s: float = 0.0
    start_s: float = 0.0
    sample_rate_hz: int | None = None
    other: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> str:
        """Text of a column of the manifest, "" where it has none; "age_group" is child below an `age` of 15, or adult.

        >>> child = Utterance("u1", "u1.wav", "so_0001", language="en", other=(("gender", "m"), ("age", "6")))
        >>> child.column("language"), child.column("gender"), child.column("age_group"), child.column("dialect")
        ('en', 'm', 'child', '')
        """
        other = dict(self.other)
        if name in other:
            return other[name]
        if name == "age_group":
            age = other.get("age", "")
            return "" if not age.strip().isdecimal() else "child" if int(age) < ADULT_AGE else "adult"
        return str(getattr(self, name)) if name in COLUMNS else ""


COLUMNS = tuple(column.name for column in fields(Utterance) if column.name != "other")
ADULT_AGE = 15


@dataclass(frozen=True)
class Corpus:
    """Utterances and the folder their paths are relative to."""

    root: Path
    utterances: tuple[Utterance, ...] = field(repr=False)

    def __post_init__(self) -> None:
        speaker_of: dict[tuple[str, float], str] = {}
        seen: set[str] = set()
        for utterance in self.utterances:
            if utterance.id in seen:
                raise ValueError(f"utterance {utterance.id!r} is listed twice: ids must be unique")
            seen.add(utterance.id)
            place = (utterance.path, utterance.start_s)
            if speaker_of.setdefault(place, utterance.speaker) != utterance.speaker:
                raise ValueError(
                    f"{utterance.path} is listed under two speakers, {speaker_of[place]!r} and {utterance.speaker!r}: "
                    "keep the right one"
                )

    def __len__(self) -> int:
        return len(self.utterances)

    def __iter__(self) -> Iterator[Utterance]:
        return iter(self.utterances)

    def __getitem__(self, index: int) -> Utterance:
        return self.utterances[index]

    def path(self, utterance: Utterance) -> Path:
        """Where the utterance's audio lies."""
        return self.root / utterance.path

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """Names of the speakers, sorted; an empty one stands for all who are unknown."""
        return tuple(sorted({utterance.speaker for utterance in self.utterances}))

    @cached_property
    def speaker_indices(self) -> NDArray[np.int64]:
        """(utterances,) position in `speakers` of each utterance's speaker."""
        position = {speaker: i for i, speaker in enumerate(self.speakers)}
        return np.array([position[utterance.speaker] for utterance in self.utterances], dtype=np.int64)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Utterance id → position in the corpus."""
        return {utterance.id: i for i, utterance in enumerate(self.utterances)}

    @property
    def labelled(self) -> bool:
        """Whether it is known who speaks, in every utterance."""
        return "" not in self.speakers

    def require_speakers(self, purpose: str) -> None:
        """Raise a ValueError that says what needs to know who speaks, where that is unknown."""
        if not self.labelled:
            unknown = sum(not utterance.speaker for utterance in self.utterances)
            raise ValueError(unlabelled(purpose, unknown, len(self), str(self.root)))

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits, sorted."""
        return tuple(sorted({utterance.split for utterance in self.utterances}))

    @property
    def duration_s(self) -> float:
        """Length of all utterances together, in seconds."""
        return sum(utterance.duration_s for utterance in self.utterances)

    def where(self, keep: Callable[[Utterance], bool]) -> "Corpus":
        """Keep those utterances that `keep` returns true for."""
        return Corpus(self.root, tuple(filter(keep, self.utterances)))

    def split(self, name: str) -> "Corpus":
        """Keep the utterances of one split; a clear error when there are none."""
        if name not in self.splits:
            raise ValueError(f"corpus {self.root} has no split {name!r}: it has {', '.join(self.splits) or 'nothing'}")
        return self.where(lambda utterance: utterance.split == name)


def read_corpus(path: Path | str, *, check_files: bool = True) -> Corpus:
    """Read a corpus from its folder (with a `manifest.csv`) or from a manifest file, `.csv` or `.jsonl`.

    Columns `path` and `duration_s` are needed; the other attributes of `Utterance` are optional, `speaker` too: without
    it, a corpus can be trained on. Further columns are kept as text, see `Utterance.column`.

    Parameters
    ----------
    path : the folder or the file.
    check_files : whether each audio file must exist; turn it off where the audio isn't needed.

    Raises
    ------
    FileNotFoundError
        No manifest, or audio files are missing.
    ValueError
        A column is missing, a value doesn't parse, an id is listed twice, a file under two speakers, or the speaker is
        given for some utterances of a split alone.
    """
    path = Path(path)
    manifest = path / MANIFEST_NAME if path.is_dir() else path
    if not manifest.is_file():
        raise FileNotFoundError(f"{manifest} does not exist: make a corpus with `sv-bridge prepare`")
    utterances = tuple(parse(row, where) for where, row in read_rows(manifest))
    if not utterances:
        raise ValueError(f"{manifest} lists no utterances")
    corpus = Corpus(manifest.parent, utterances)
    check_labels(corpus)
    if check_files:
        paths = dict.fromkeys(utterance.path for utterance in utterances)
        missing = [path for path in paths if not (corpus.root / path).is_file()]
        if missing:
            raise FileNotFoundError(f"{len(missing)} of {len(paths)} files of {manifest} are missing: {missing[0]} …")
    return corpus


def check_labels(corpus: Corpus) -> None:
    """Raise a ValueError where the speaker is known for some utterances of a split alone."""
    for name in corpus.splits:
        split = corpus.split(name)
        unknown = [utterance.id for utterance in split if not utterance.speaker]
        if unknown and len(unknown) < len(split):
            raise ValueError(
                f"{len(unknown)} of the {len(split)} utterances of {name!r} of {corpus.root} have no `speaker`, "
                f"{unknown[0]} first: give all of them one, or none, or put those without into a split of their own"
            )


def unlabelled(purpose: str, unknown: int, total: int, where: str) -> str:
    """What to say where speakers are needed but unknown."""
    return (
        f"{purpose} needs to know who speaks, but {unknown} of the {total} utterances of {where} have no speaker: give "
        "the manifest a column `speaker`, or choose a labelled split"
    )


def write_manifest(path: Path | str, utterances: Iterable[Utterance]) -> None:
    """Write utterances as CSV to `path`, a file or the corpus folder, atomically."""
    path = Path(path)
    utterances = list(utterances)
    others = sorted({name for utterance in utterances for name, _ in utterance.other})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *others])
    for utterance in utterances:
        further = dict(utterance.other)
        values = [*(getattr(utterance, name) for name in COLUMNS), *(further.get(name, "") for name in others)]
        writer.writerow([f"{v:.6f}".rstrip("0").rstrip(".") if isinstance(v, float) else v for v in values])
    with atomic_path(path / MANIFEST_NAME if path.is_dir() else path) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8")


def read_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, row) of each line of a CSV (with a header) or JSON-lines file; the place is for error messages."""
    with path.open(newline="", encoding="utf-8-sig") as lines:
        if path.suffix != ".jsonl":
            for number, row in enumerate(csv.DictReader(lines), start=2):
                yield f"{path}:{number}", {name: value for name, value in row.items() if value}
            return
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}:{number}: not JSON: {error}") from None
            if not isinstance(row, dict):
                raise ValueError(f"{path}:{number}: wanted a JSON object a line, got {line.strip()[:40]}")
            yield f"{path}:{number}", row


def parse(row: Mapping[str, Any], where: str) -> Utterance:
    """Check one manifest row."""
    for name in ("path", "duration_s"):
        if row.get(name) in (None, ""):
            cure = "; `sv-bridge prepare manifest` measures it" if name == "duration_s" else ""
            raise ValueError(f"{where}: no `{name}`{cure}")
    try:
        duration_s, start_s = float(row["duration_s"]), float(row.get("start_s", 0.0))
        sample_rate_hz = int(row["sample_rate_hz"]) if row.get("sample_rate_hz") else None
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if not 0 < duration_s < float("inf") or not 0 <= start_s < float("inf"):
        raise ValueError(f"{where}: wanted duration_s > 0 and start_s >= 0, got {duration_s} and {start_s}")
    path = str(row["path"])
    # speakers, sessions and the like repeat over a million rows: keep each string once
    text = {name: sys.intern(str(row.get(name, ""))) for name in ("speaker", "source", "language", "session")}
    split = sys.intern(str(row.get("split", "train")))
    identity = str(row["id"]) if row.get("id") else path
    others = sorted((str(name), value) for name, value in row.items() if name is not None and name not in COLUMNS)
    other = tuple((name, sys.intern(str(value))) for name, value in others)
    return Utterance(
        identity,
        path,
        **text,
        split=split,
        duration_s=duration_s,
        start_s=start_s,
        sample_rate_hz=sample_rate_hz,
        other=other,
    )
