"""Text files of trials and scores: which column is which, and the columns themselves, millions of lines at a time.

What a column holds is decided for the whole file, by the header where there is one. Where two readings are possible the
file is refused, with both.
"""

import re
from collections.abc import Iterator, Sequence
from csv import reader
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow
from numpy.typing import NDArray
from pyarrow import csv

__all__ = ["LABELS", "Columns", "read_columns"]

LABELS = {
    "1": True, "0": False, "target": True, "nontarget": False, "tgt": True, "non": False, "imp": False,
    "non-target": False, "impostor": False, "imposter": False, "true": True, "false": False,
}  # fmt: skip
"""How lists spell same speaker and different speakers, in any case."""

NAMES = {
    "label": "label labels target targettype trialtype istarget key truth same y",
    "score": "score scores llr loglikelihoodratio cosine cosinescore similarity cosinesimilarity",
    "enrol": "enrol enroll enrolment enrollment enrolid enrollid enrolmentid enrollmentid model modelid utt1 path1",
    "test": "test testid testutt segment segmentid utt2 path2 probe",
}
"""Names of columns in headers, in lower case without anything but letters and digits."""
ROLE_OF = {name: role for role, names in NAMES.items() for name in names.split()}

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

BLOCK = 1 << 26
SAMPLE = 1 << 20
NUMBER = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf(inity)?|nan)", re.IGNORECASE)
WHOLE = re.compile(r"[+-]?\d+")
COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


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


@dataclass(frozen=True)
class _Format:
    """Separator and decimal mark, number of columns, header ("" names without one)."""

    separator: str
    decimal: str
    header: tuple[str, ...]
    width: int


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
    form = _format(path)
    roles = _roles(path, form, wanted, known)
    labels: list[NDArray[np.bool_]] = []
    scores: list[NDArray[np.float64]] = []
    sides: dict[str, list[NDArray[np.int32]]] = {"enrol": [], "test": []}
    position: dict[str, int] = {}
    for table in _tables(path, form, roles):
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


def _format(path: Path) -> _Format:
    """Look at the first megabyte."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
        if file.read(1):
            start = start[: start.rfind(b"\n") + 1] or start
    try:
        text = start.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text in UTF-8: it starts with {start[:12]!r}") from None
    lines = [line.strip() for line in text.splitlines()]
    if not any(lines):
        raise ValueError(f"{path} holds no trials or scores")
    separator = _separator(lines, path)
    lines = list(filter(None, lines))
    rows = [_split(line, separator) for line in lines]
    body = rows[1:] or rows
    decimal = "."
    if separator != ",":
        marked = [
            [COMMA_NUMBER.fullmatch(row[i]) or WHOLE.fullmatch(row[i]) for row in body] for i in range(len(rows[0]))
        ]
        decimal = (
            "," if any(all(column) and any("," in row[i] for row in body) for i, column in enumerate(marked)) else "."
        )
    elif (pair := _pair_of_integers(body)) and not _recognised(rows[0]):
        i, j = pair
        raise ValueError(
            f"{path}: {lines[-1][:80]!r} can be read in two ways, with {body[0][i]},{body[0][j]} as one number with a "
            "decimal comma or as two columns: write decimal points, or name the columns in a first line"
        )
    header = tuple(rows[0]) if len(rows) > 1 and _is_header(rows, decimal) else ()
    return _Format(separator, decimal, header, len(rows[0]))


def _pair_of_integers(rows: list[list[str]]) -> tuple[int, ...]:
    """The last two columns when they are whole numbers: maybe the two halves of one number with a decimal comma."""
    width = len(rows[0])
    if width > 2 and all(WHOLE.fullmatch(row[-2]) and row[-1].isdigit() for row in rows):
        return width - 2, width - 1
    return ()


def _separator(all_lines: list[str], path: Path) -> str:
    """The separator that splits every line into as many fields, two at least."""
    numbered = [(number, line) for number, line in enumerate(all_lines, start=1) if line]
    lines = [line for _, line in numbered]
    fitting = []
    for separator in ("\t", ";", "|", ",", " "):
        counts = {len(_split(line, separator)) for line in lines}
        if len(counts) == 1 and counts != {1}:
            fitting.append(separator)
    if fitting == [",", " "]:
        blank = [_split(line, " ") for line in lines]
        if all(COMMA_NUMBER.fullmatch(field) or "," not in field for row in blank for field in row):
            return " "  # commas stand in numbers alone
    if fitting:
        return fitting[0]
    common = max(("\t", ";", "|", ",", " "), key=lambda s: len(_split(lines[0], s)))
    width = len(_split(lines[0], common))
    number, odd = next(((i, line) for i, line in numbered if len(_split(line, common)) != width), numbered[0])
    raise ValueError(
        f"{path}:{number}: wanted {max(width, 2)} columns throughout, as in {lines[0][:80]!r}, got {odd[:80]!r}"
    )


def _split(line: str, separator: str) -> list[str]:
    if separator == " ":
        return line.split()
    return [field.strip() for field in next(reader([line], delimiter=separator))]


def _recognised(row: Sequence[str]) -> dict[str, int]:
    """Role → column, by the names in a header."""
    found: dict[str, int] = {}
    for i, name in enumerate(row):
        role = ROLE_OF.get(re.sub(r"[^a-z0-9]", "", name.lower()))
        if role in found:
            raise ValueError(f"the header names two columns of {role}s, {row[found[role]]!r} and {name!r}: rename one")
        if role:
            found[role] = i
    return found


def _is_header(rows: list[list[str]], decimal: str) -> bool:
    first, body = rows[0], rows[1:]
    if any(_is_number(field, decimal) for field in first):
        return False
    for i, field in enumerate(first):
        column = [row[i] for row in body]
        if all(_is_number(cell, decimal) for cell in column):
            return True
        if all(cell.lower() in LABELS for cell in column) and field.lower() not in LABELS:
            return True
    names = [ROLE_OF.get(re.sub(r"[^a-z0-9]", "", field.lower())) for field in first]
    return {"enrol", "test"} <= set(names)


def _is_number(field: str, decimal: str) -> bool:
    return bool(NUMBER.fullmatch(field.replace(",", ".") if decimal == "," else field))


def _roles(path: Path, form: _Format, wanted: Sequence[str], known: frozenset[str] | None) -> dict[str, int]:
    """Role → column."""
    if form.header:
        named = _recognised(form.header)
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
    for table in _tables(path, form, None):
        for kind, column in zip(kinds, table.columns, strict=True):
            kind.see(column.unique().to_pylist(), form.decimal, known)
        fitting = [layout for layout in LAYOUTS if len(layout) == form.width and _fits(layout, kinds)]
        able = [layout for layout in fitting if set(wanted) <= set(layout)]
        if len(able) == 1:
            return {role: i for i, role in enumerate(able[0])}
        by_names = [layout for layout in able if _names_are_known(layout, kinds)]
        if known is not None and len(by_names) == 1:
            return {role: i for i, role in enumerate(by_names[0])}
        if not able:
            break
    line = next(_lines(path))[1].strip()[:80]
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


def _misfit(path: Path, form: _Format, wanted: Sequence[str]) -> str:
    """Name the first line that is not of the layout that the first line may have; "" where that has none."""
    layouts: list[tuple[str, ...]] = []
    for number, line in _lines(path):
        kinds = [_Kind() for _ in range(form.width)]
        for kind, field in zip(kinds, _split(line, form.separator), strict=False):
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
        self.number = self.number and all(_is_number(value, decimal) for value in values)
        whole = all(WHOLE.fullmatch(value) for value in values)
        # a name may be a whole number, but not a fraction, nor may all names be target and nontarget
        self.name = not self.words and (not self.number or (whole and self.name))
        self.known = self.known and known is not None and all(value in known for value in values)


def _fits(layout: tuple[str, ...], kinds: list[_Kind]) -> bool:
    possible = {"label": "label", "score": "number", "enrol": "name", "test": "name"}
    return all(getattr(kind, possible[role]) for role, kind in zip(layout, kinds, strict=True))


def _names_are_known(layout: tuple[str, ...], kinds: list[_Kind]) -> bool:
    return all(kind.known for role, kind in zip(layout, kinds, strict=True) if role in ("enrol", "test"))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, by their number."""
    with path.open(encoding="utf-8-sig") as lines:
        yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _tables(path: Path, form: _Format, roles: dict[str, int] | None) -> Iterator[pyarrow.Table]:
    """Blocks of the file: columns by their role, or all of them as text when `roles` aren't known yet."""
    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    names = [f"column {i}" for i in range(form.width)]
    types: dict[str, Any] = dict.fromkeys(names, text if roles is not None else pyarrow.string())
    if roles is not None:
        for role, i in roles.items():
            names[i] = role
        types = {role: pyarrow.float64() if role == "score" else text for role in roles}
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        first = bool(form.header)
        for block in _blocks(file, BLOCK if roles is not None else SAMPLE):
            cleaned = _cleaned(block, form.separator)
            if not cleaned.strip():
                continue
            try:
                yield csv.read_csv(
                    pyarrow.BufferReader(cleaned),
                    csv.ReadOptions(column_names=names, skip_rows=int(first)),
                    csv.ParseOptions(delimiter=form.separator, quote_char=False if form.separator == " " else '"'),
                    csv.ConvertOptions(
                        column_types=types,
                        include_columns=list(roles) if roles is not None else names,
                        null_values=[],
                        decimal_point=form.decimal,
                    ),
                ).unify_dictionaries()
            except pyarrow.ArrowInvalid as error:
                raise ValueError(f"{path}: wanted {form.width} columns throughout, or a number: {error}") from None
            first = False


def _blocks(file: IO[bytes], size: int) -> Iterator[bytes]:
    """Whole lines, about `size` bytes at a time."""
    rest = b""
    while piece := file.read(size):
        rest += piece
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
    if rest:
        yield rest


def _cleaned(block: bytes, separator: str) -> bytes:
    """One separator between columns, and nothing around them."""
    if separator == " ":
        if b"\t" in block or b"  " in block or b" \n" in block or b"\n " in block or b"\r" in block:
            return re.sub(rb" ?\n ?", b"\n", re.sub(rb"[ \t\r]+", b" ", block)).strip(b" ")
        return block
    if b" " in block:
        mark = re.escape(separator.encode())
        return re.sub(rb" *\r?\n *", b"\n", re.sub(rb" *" + mark + rb" *", separator.encode(), block))
    return block


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
