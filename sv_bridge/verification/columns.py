"""Text files of trials and scores: which column is which, and the columns themselves.

What a column holds is decided for the whole file, by the header where there is one. Where two readings are possible the
file is refused, with both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow
from numpy.typing import NDArray

from sv_bridge.verification.delimited import (
    LABELS,
    WHOLE,
    Format,
    format_of,
    is_number,
    lines_of,
    recognised,
    split,
    tables,
)

__all__ = ["Columns", "read_columns"]

LAYOUTS = (
    ("label", "score"),
    ("score", "label"),
    ("label", "enrol", "test"),
    ("enrol", "test", "label"),
    ("enrol", "test", "score"),
    ("score", "enrol", "test"),
    ("label", "enrol", "test", "score"),
    ("enrol", "test", "score", "label"),
    ("enrol", "test", "label", "score"),
)
"""Files without a header: VoxCeleb's, Kaldi's, VoxSRC's, WeSpeaker's and SpeechBrain's trials and scores."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a file of n trials; None where it has no such column.

    Attributes
    ----------
    labels : (n,) whether a trial is of one speaker.
    scores : (n,)
    enrol, test : (n,) positions in `names`.
    names : the utterances or models that occur, each once.
    """

    labels: NDArray[np.bool_] | None
    scores: NDArray[np.float64] | None
    enrol: NDArray[np.int32] | None
    test: NDArray[np.int32] | None
    names: tuple[str, ...]


def read_columns(path: Path | str, *, wanted: Sequence[str], known: frozenset[str] | None = None) -> Columns:
    """Read the wanted columns, and those of the others that are there.

    Parameters
    ----------
    path : columns separated by blanks, tabs, commas, semicolons or bars; decimal commas where they can be told.
    wanted : roles that must be there, of "label", "score", "enrol", "test".
    known : names of utterances, which tell columns of names where nothing else does.

    Raises
    ------
    ValueError
        A ragged or empty file, a wanted column that is missing, or more than one way to read the file.
    """
    path = Path(path)
    form = format_of(path)
    roles = _roles(path, form, wanted, known)
    labels: list[NDArray[np.bool_]] = []
    scores: list[NDArray[np.float64]] = []
    sides: dict[str, list[NDArray[np.int32]]] = {"enrol": [], "test": []}
    position: dict[str, int] = {}
    for table in tables(path, form, roles):
        if "label" in roles:
            labels.append(_labels(table["label"], path))
        if "score" in roles:
            scores.append(table["score"].to_numpy())
        for side in sides:
            if side in roles:
                sides[side].append(_codes(table[side], position))
    joined = {side: np.concatenate(parts) for side, parts in sides.items() if parts}
    return Columns(
        labels=np.concatenate(labels) if labels else None,
        scores=np.concatenate(scores) if scores else None,
        enrol=joined.get("enrol"),
        test=joined.get("test"),
        names=tuple(position),
    )


def _roles(path: Path, form: Format, wanted: Sequence[str], known: frozenset[str] | None) -> dict[str, int]:
    """Role → column."""
    if form.header:
        named = recognised(form.header)
        if set(wanted) <= set(named):
            return named
        if not named:
            raise ValueError(
                f"{path}: none of the columns {', '.join(form.header)} is called {' or '.join(wanted)}: rename them"
            )
        missing = next(role for role in wanted if role not in named)
        raise ValueError(
            f"{path}: no column is called `{missing}`, they are {', '.join(form.header)}: "
            f"rename the one that holds the {missing}s"
            + ("; or name the trial list that has the labels" if missing == "label" else "")
        )
    kinds = [_Kind() for _ in range(form.width)]
    fitting: list[tuple[str, ...]] = []
    for table in tables(path, form, None):
        for kind, column in zip(kinds, table.columns, strict=True):
            kind.see(column.unique().to_pylist(), form.decimal, known)
        fitting = [layout for layout in LAYOUTS if len(layout) == form.width and _fits(layout, kinds)]
        able = [layout for layout in fitting if set(wanted) <= set(layout)]
        if len(able) == 1:
            return _scored(path, able[0], kinds)
        by_names = [layout for layout in able if _names_are_known(layout, kinds)]
        if known is not None and len(by_names) == 1:
            return _scored(path, by_names[0], kinds)
        if not able:
            break
    line = next(lines_of(path))[1].strip()[:80]
    if able := [layout for layout in fitting if set(wanted) <= set(layout)]:
        raise ValueError(
            f"{path}: {line!r} can be read as {' or as '.join('`' + ' '.join(layout) + '`' for layout in able)}: "
            "say which by a first line with these names"
        )
    if misfit := _misfit(path, form, wanted):
        raise ValueError(misfit)
    what = f"{path}: the first line is {line!r}"
    if "label" in wanted and not any(kind.label for kind in kinds):
        raise ValueError(
            f"{what}, with no column of labels (1 and 0, or target and nontarget): name the trial list too, or add one"
        )
    if "score" in wanted and not any(kind.number and not kind.label for kind in kinds):
        raise ValueError(f"{what}, with no column of scores")
    layouts = [layout for layout in LAYOUTS if set(wanted) <= set(layout)]
    raise ValueError(
        f"{what}, which is none of {', '.join('`' + ' '.join(layout) + '`' for layout in layouts)}: "
        f"say what is what by a first line with names such as {' '.join(wanted)}"
    )


def _scored(path: Path, layout: tuple[str, ...], kinds: "list[_Kind]") -> dict[str, int]:
    """Role → column, unless labels would be taken for scores: a trial list in the place of its scores tells the truth.

    Raises
    ------
    ValueError
        The scores are labels alone.
    """
    if "score" in layout and "label" not in layout and kinds[layout.index("score")].label:
        raise ValueError(
            f"{path} has labels (1 and 0) where scores are wanted: name the file of scores; or if these are decisions, "
            f"say so by a first line `{' '.join(layout)}`"
        )
    return {role: i for i, role in enumerate(layout)}


def _misfit(path: Path, form: Format, wanted: Sequence[str]) -> str:
    """Name the first line that is not of the layout that the first line may have; "" where that has none."""
    layouts: list[tuple[str, ...]] = []
    for number, line in lines_of(path):
        kinds = [_Kind() for _ in range(form.width)]
        for kind, field in zip(kinds, split(line, form.separator), strict=False):
            kind.see([field], form.decimal, None)
        possible = layouts or [layout for layout in LAYOUTS if len(layout) == form.width and set(wanted) <= set(layout)]
        fitting = [layout for layout in possible if _fits(layout, kinds)]
        if not fitting:
            expected = " or ".join("`" + " ".join(layout) + "`" for layout in layouts)
            return f"{path}:{number}: wanted {expected} as before, got {line.strip()[:80]!r}" if layouts else ""
        layouts = fitting
    return ""


class _Kind:
    """What a column may hold, as far as it has been seen."""

    def __init__(self) -> None:
        self.label, self.words, self.number, self.name, self.known = True, True, True, True, True

    def see(self, values: list[str], decimal: str, known: frozenset[str] | None) -> None:
        self.label = self.label and all(value.lower() in LABELS for value in values)
        self.words = self.words and self.label and not any(value in ("0", "1") for value in values)
        self.number = self.number and all(is_number(value, decimal) for value in values)
        whole = all(WHOLE.fullmatch(value) for value in values)
        # a name may be a whole number, but not a fraction, nor may all names be target and nontarget
        self.name = not self.words and (not self.number or (whole and self.name))
        self.known = self.known and known is not None and all(value in known for value in values)


def _fits(layout: tuple[str, ...], kinds: list[_Kind]) -> bool:
    possible = {"label": "label", "score": "number", "enrol": "name", "test": "name"}
    return all(getattr(kind, possible[role]) for role, kind in zip(layout, kinds, strict=True))


def _names_are_known(layout: tuple[str, ...], kinds: list[_Kind]) -> bool:
    return all(kind.known for role, kind in zip(layout, kinds, strict=True) if role in ("enrol", "test"))


def _labels(column: pyarrow.ChunkedArray, path: Path) -> NDArray[np.bool_]:
    parts = []
    for chunk in column.chunks:
        values = chunk.dictionary.to_pylist()
        wrong = [value for value in values if value.lower() not in LABELS]
        if wrong:
            raise ValueError(
                f"{path}: wanted 1 and 0, or target and nontarget, in the column of labels, got {wrong[0]!r}"
            )
        parts.append(np.array([LABELS[value.lower()] for value in values], dtype=np.bool_)[chunk.indices.to_numpy()])
    return np.concatenate(parts)


def _codes(column: pyarrow.ChunkedArray, position: dict[str, int]) -> NDArray[np.int32]:
    """Positions of the names, of which new ones are added."""
    names = column.chunk(0).dictionary.to_pylist()  # of the whole block: the chunks share one
    table = np.array([position.setdefault(name, len(position)) for name in names], np.int32)
    return np.concatenate([table[chunk.indices.to_numpy()] for chunk in column.chunks])
