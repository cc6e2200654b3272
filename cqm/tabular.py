"""Tables as people have them: separators, headers, row names, decimal commas and missing cells are recognised.

What is recognised is kept in words, so that the reader can be told.
"""

import bz2
import csv
import difflib
import gzip
import lzma
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cqm.optional import require

__all__ = ["MISSING", "SUFFIXES", "Table", "is_meant_as_number", "read_table", "to_number"]

SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".data", ".parquet")
COMPRESSIONS = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "n/a", "#N/A", "?")
"""Cells without a value, as R, pandas and spreadsheets write them."""
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "spaces"}
FEW = 10  # columns that an error names
INDEX_NAMES = ("", "index", "id", "rowname", "rownames", "row.names")
COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
MEANT_AS_NUMBER = re.compile(r"\W{0,3}\d[\d.,'’\s]*\W{0,2}")


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of a table, without its row names.

    Attributes
    ----------
    header : names of the columns; None where the file has none.
    rows : cells, as text or as the values of a parquet file.
    read : what was recognised, in words.
    """

    header: list[str] | None
    rows: list[list[Any]]
    read: list[str] = field(default_factory=list)

    def place(self, column: str) -> int:
        """Position of a column, given by its name or, counted from 1 or from −1 backwards, by its number."""
        width, known = len(self.rows[0]), self.header or []
        if column in known:
            return known.index(column)
        if re.fullmatch(r"-?[1-9]\d*", column) and abs(int(column)) <= width:
            return int(column) - 1 if int(column) > 0 else width + int(column)
        near = [name for name in known if name.strip().casefold() == column.strip().casefold()]
        near = near or difflib.get_close_matches(column, known)
        meant = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        names = ", ".join([*map(repr, known[:FEW]), *(["…"] if len(known) > FEW else [])]) or "without names"
        raise ValueError(
            f"no column is named {column!r}: {meant}the {width} columns are {names}; a number from 1 also does"
        )

    def name(self, place: int) -> str:
        """Name of a column, or its number from 1 where it has none of its own."""
        known = self.header or []
        own = known and known[place] and known.count(known[place]) == 1
        return repr(known[place]) if own else str(place + 1)


def read_table(path: Path, *, rows: int | None = None, header: bool | None = None) -> Table:
    """A table from a file, also a compressed one.

    Parameters
    ----------
    path : text with tabs, semicolons, commas, bars or spaces between cells, compressed or not; or parquet.
    rows : how many rows are expected, which tells a header over text from a row; not known by default.
    header : whether the first line has the names of the columns; recognised by default.
    """
    inner = path.with_suffix("") if path.suffix in COMPRESSIONS else path
    if inner.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"{path} is of no known format: use .npz, .npy, .csv, .tsv, .txt (also .gz, .bz2, .xz) or .parquet; "
            "spreadsheets can save as .csv, and other tables too, after pandas.read_excel and its kin, with "
            "to_csv('data.csv', index=False)"
        )
    if inner.suffix.lower() == ".parquet":
        return _from_parquet(path)
    lines, read = _lines(path)
    stated = re.fullmatch(r'"?sep=(.)"?', lines[0][1].strip())  # Excel's own word for it
    lines = lines[1:] if stated else lines
    names = next((line.lstrip("# ") for _, line in lines[:1] if line.lstrip().startswith("#")), None)
    lines = [line for line in lines if not line[1].lstrip().startswith("#")]
    if not lines:
        raise ValueError(f"{path} is empty")
    separator = stated[1] if stated and stated[1] in SEPARATORS else _separator([line for _, line in lines])
    if inner.suffix.lower() == ".tsv":
        separator = "\t"
    if separator != "," or inner.suffix.lower() == ".tsv":
        read.append(f"{SEPARATORS[separator]} between cells")
    cells = _split([line for _, line in lines], separator)
    filled = [row for row in cells if len(row) == 1 or any(row)]  # spreadsheets keep rows that were emptied
    if len(filled) < len(cells):
        read.append("empty rows left out")
    if names is not None and header is not False:
        above = _split([names], separator)[0]
        if len(above) == len(cells[0]) and not (any(map(is_number, above)) or _is_header(filled, None)):
            filled = [above, *filled]
            header = True
    short = len(filled) > 1 and {len(row) for row in filled[1:]} == {len(filled[0]) + 1}
    row_names = short and not all(map(is_number, filled[0]))  # as R writes tables
    if row_names:
        filled[0] = ["", *filled[0]]
    _check_widths(cells if len(cells) == len(lines) and not row_names else filled, lines, path, separator)
    body = _without_empty_columns(filled, read)
    if len(body) == 1 and header is None and rows is None and not any(map(is_meant_as_number, body[0])):
        raise ValueError(f"{path} has a header and no rows")
    if not (header if header is not None else row_names or _is_header(body, rows)):
        return Table(None, body, read)
    if len(body) == 1:
        raise ValueError(f"{path} has a header and no rows")
    if header is None and rows is None:
        _check_names(body, path)
    return _without_index(Table(body[0], body[1:], read))


def is_number(cell: Any) -> bool:
    """Whether a cell is a number, with a point or a comma."""
    return to_number(cell) is not None


def is_meant_as_number(cell: Any) -> bool:
    """Whether a cell is a number, or one with separators between thousands, a currency or a per cent sign."""
    return is_number(cell) or (isinstance(cell, str) and MEANT_AS_NUMBER.fullmatch(cell) is not None)


def to_number(cell: Any) -> float | None:
    """The number of a cell; None where there is none."""
    if isinstance(cell, str):
        cell = cell.replace("\N{MINUS SIGN}", "-")
        cell = cell.replace(",", ".") if COMMA.fullmatch(cell) else cell
    try:
        return None if isinstance(cell, str) and "_" in cell else float(cell)
    except (TypeError, ValueError):
        return None


def _from_parquet(path: Path) -> Table:
    frame = require("pandas", "reading parquet", "pandas pyarrow").read_parquet(path)
    if not len(frame):
        raise ValueError(f"{path} is empty")
    columns = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return _without_index(Table([str(name) for name in frame.columns], rows))


def _lines(path: Path) -> tuple[list[tuple[int, str]], list[str]]:
    """Numbers, from 1, and text of lines that are not empty, whatever saved them, and what was recognised."""
    data = path.read_bytes()
    if path.suffix in COMPRESSIONS:
        data = COMPRESSIONS[path.suffix](data)
    if data.startswith(b"PK\x03\x04"):
        raise ValueError(
            f"{path} is a spreadsheet or an archive in spite of its name: save the sheet as CSV, or unpack it"
        )
    read: list[str] = []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, read = data.decode("utf-16"), ["UTF-16"]
    elif b"\0" in data:
        raise ValueError(f"{path} is no text in spite of its name: save the table as CSV, in UTF-8")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, read = data.decode("cp1252", errors="replace"), ["Windows-1252"]
    lines = [(i, line) for i, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise ValueError(f"{path} is empty")
    return lines, read


def _separator(lines: list[str]) -> str:
    """What splits the lines into equally many cells, most of them numbers; a single column where nothing does."""

    def merit(separator: str) -> tuple[float, int]:
        rows = _split(lines[:50], separator)
        body = rows[1:] or rows
        if len({len(row) for row in body}) != 1 or len(body[0]) == 1 or not 0 <= len(body[0]) - len(rows[0]) <= 1:
            return -1.0, 0
        filled = [cell for row in body for cell in row if cell not in MISSING]
        return sum(map(is_number, filled)) / max(len(filled), 1), len(body[0])

    merits = {separator: merit(separator) for separator in SEPARATORS}
    best = max(merits, key=lambda separator: merits[separator])
    if merits[best][0] < 0:
        return next((s for s in ("\t", ";", ",", "|") if all(s in line for line in lines)), ",")
    return best


def _split(lines: list[str], separator: str) -> list[list[str]]:
    spaces = separator == " "
    lines = [re.sub(r"\s+", " ", line.strip()) for line in lines] if spaces else lines
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator, skipinitialspace=True)]


def _check_widths(cells: list[list[str]], lines: list[tuple[int, str]], path: Path, separator: str) -> None:
    """Refuse rows of different lengths."""
    widths = [len(row) for row in cells]
    if len(set(widths)) == 1:
        return
    first = next(i for i in range(len(widths)) if len(set(widths[i:])) == 1)
    row = next(i for i, width in enumerate(widths) if width != widths[0])
    numbered = len(cells) == len(lines)
    where = f"line {lines[row][0]}" if numbered else f"row {row + 1}"
    found = f"{path} has {widths[row]} cells in {where} but {widths[0]} in the first"
    if numbered and first <= FEW and len(widths) - first > 1 and max(widths[:first]) < widths[-1]:
        raise ValueError(f"{found}: if the table begins in line {lines[first][0]}, remove what is above it")
    raise ValueError(f"{found}: correct it; a cell that has {SEPARATORS[separator]} in it needs quotes around it")


def _without_empty_columns(cells: list[list[str]], read: list[str]) -> list[list[str]]:
    """Without columns that have neither a name nor a value, as spreadsheets keep them."""
    keep = [i for i in range(len(cells[0])) if any(row[i] for row in cells)]
    if len(keep) == len(cells[0]) or len(cells[0]) == 1:
        return cells
    read.append("empty columns left out")
    return [[row[i] for i in keep] for row in cells]


def _is_header(rows: list[list[str]], expected: int | None) -> bool:
    """Whether the first row names the columns: by their number, or as it is no number where those below are."""
    first, body = rows[0], rows[1:]
    if expected is not None:
        return len(rows) == expected + 1
    if not body:
        return False
    if "" in first and not any("" in row for row in body):
        return True
    if any(_is_name(name) and _is_of_numbers([row[i] for row in body]) for i, name in enumerate(first)):
        return True
    counted = [name for name in first if is_number(name)]
    if counted != [str(i) for i in range(len(counted))] or len(counted) < 1:
        return False  # pandas numbers columns from 0
    fractions = any(re.search(r"\d[.,]\d", cell) for row in body for cell in row)
    return fractions or len(counted) > 2


def _check_names(body: list[list[str]], path: Path) -> None:
    """Refuse a second line of names below the first."""
    second, below = body[1], body[2:]
    if below and any(_is_name(cell) and _is_of_numbers([row[i] for row in below]) for i, cell in enumerate(second)):
        numbers = [i for i in range(len(second)) if _is_of_numbers([row[i] for row in below])]
        if not any(is_meant_as_number(second[i]) for i in numbers):
            raise ValueError(
                f"{path} has names in its first two lines, or something else above its numbers ({second[numbers[0]]!r} "
                "where the rows below have numbers): leave one line of names"
            )


def _is_name(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and cell not in MISSING and not is_meant_as_number(cell)


def _is_of_numbers(cells: list[str]) -> bool:
    """Whether most cells of a column are numbers, or meant to be."""
    present = [cell for cell in cells if cell not in MISSING]
    return 2 * sum(map(is_meant_as_number, present)) > len(present)


def _without_index(table: Table) -> Table:
    """Without row names: a first column with no name of its own, or called an index and different in every row."""
    assert table.header is not None
    name = table.header[0]
    unnamed = name == "" or re.fullmatch(r"Unnamed: \d+(_level_\d+)?", name) is not None
    if len(table.header) > 1 and (
        unnamed or (name.lower() in INDEX_NAMES and _identifies([str(row[0]) for row in table.rows]))
    ):
        return Table(table.header[1:], [row[1:] for row in table.rows], [*table.read, "row names left out"])
    return table


def _identifies(cells: list[str]) -> bool:
    """Whether no two rows have the same cell, and all are whole numbers or none is a number."""
    whole = all(re.fullmatch(r"\d+", cell) for cell in cells)
    return len(set(cells)) == len(cells) and (whole or not any(map(is_number, cells)))
