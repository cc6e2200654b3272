"""Text in columns: its separator, decimal mark and header, and its rows, millions of lines at a time."""

import re
from collections.abc import Iterator, Sequence
from csv import reader
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow
from pyarrow import csv

__all__ = ["LABELS", "WHOLE", "Format", "format_of", "is_number", "lines_of", "recognised", "split", "tables"]

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

BLOCK = 1 << 26
SAMPLE = 1 << 20
NUMBER = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf(inity)?|nan)", re.IGNORECASE)
WHOLE = re.compile(r"[+-]?\d+")
COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Format:
    """Separator and decimal mark, number of columns, header ("" names without one)."""

    separator: str
    decimal: str
    header: tuple[str, ...]
    width: int


def format_of(path: Path) -> Format:
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
    rows = [split(line, separator) for line in lines]
    body = rows[1:] or rows
    decimal = "."
    if separator != ",":
        marked = [
            [COMMA_NUMBER.fullmatch(row[i]) or WHOLE.fullmatch(row[i]) for row in body] for i in range(len(rows[0]))
        ]
        decimal = (
            "," if any(all(column) and any("," in row[i] for row in body) for i, column in enumerate(marked)) else "."
        )
    elif (pair := _pair_of_integers(body)) and not recognised(rows[0]):
        i, j = pair
        raise ValueError(
            f"{path}: {lines[-1][:80]!r} can be read in two ways, with {body[0][i]},{body[0][j]} as one number with a "
            "decimal comma or as two columns: write decimal points, or name the columns in a first line"
        )
    header = tuple(rows[0]) if len(rows) > 1 and _is_header(rows, decimal) else ()
    return Format(separator, decimal, header, len(rows[0]))


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
        counts = {len(split(line, separator)) for line in lines}
        if len(counts) == 1 and counts != {1}:
            fitting.append(separator)
    if fitting == [",", " "]:
        blank = [split(line, " ") for line in lines]
        if all(COMMA_NUMBER.fullmatch(field) or "," not in field for row in blank for field in row):
            return " "  # commas stand in numbers alone
    if fitting:
        return fitting[0]
    common = max(("\t", ";", "|", ",", " "), key=lambda s: len(split(lines[0], s)))
    width = len(split(lines[0], common))
    number, odd = next(((i, line) for i, line in numbered if len(split(line, common)) != width), numbered[0])
    raise ValueError(
        f"{path}:{number}: wanted {max(width, 2)} columns throughout, as in {lines[0][:80]!r}, got {odd[:80]!r}"
    )


def split(line: str, separator: str) -> list[str]:
    """Fields of a line."""
    if separator == " ":
        return line.split()
    return [field.strip() for field in next(reader([line], delimiter=separator))]


def recognised(row: Sequence[str]) -> dict[str, int]:
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
    if any(is_number(field, decimal) for field in first):
        return False
    for i, field in enumerate(first):
        column = [row[i] for row in body]
        if all(is_number(cell, decimal) for cell in column):
            return True
        if all(cell.lower() in LABELS for cell in column) and field.lower() not in LABELS:
            return True
    names = [ROLE_OF.get(re.sub(r"[^a-z0-9]", "", field.lower())) for field in first]
    return {"enrol", "test"} <= set(names)


def is_number(field: str, decimal: str) -> bool:
    """Whether a field is a number, with this decimal mark."""
    return bool(NUMBER.fullmatch(field.replace(",", ".") if decimal == "," else field))


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, by their number."""
    with path.open(encoding="utf-8-sig") as lines:
        yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def tables(path: Path, form: Format, roles: dict[str, int] | None) -> Iterator[pyarrow.Table]:
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
