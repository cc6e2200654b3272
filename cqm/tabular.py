"""Tables as people have them: separators, headers, row names, decimal commas and missing cells are recognised.

What is recognised is kept in words, so that the reader can be told.
"""

import csv
import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cqm.optional import require

__all__ = ["MISSING", "SUFFIXES", "Table", "is_number", "read_table", "to_number"]

SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".data", ".parquet")
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>")
"""Cells without a value, as R, pandas and spreadsheets write them."""
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "spaces"}
INDEX_NAMES = ("", "index", "id", "rowname", "rownames", "row.names")
COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")


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
        width = len(self.rows[0])
        if self.header is not None and column in self.header:
            return self.header.index(column)
        if re.fullmatch(r"-?[1-9]\d*", column) and abs(int(column)) <= width:
            return int(column) - 1 if int(column) > 0 else width + int(column)
        names = ", ".join(map(repr, self.header)) if self.header else "without names"
        raise ValueError(f"no column is named {column!r}: the {width} columns are {names}; a number from 1 also does")

    def name(self, place: int) -> str:
        """Name of a column, or its number from 1."""
        return repr(self.header[place]) if self.header else str(place + 1)

    def without(self, places: Sequence[int]) -> "Table":
        """The table without some columns."""
        keep = [i for i in range(len(self.rows[0])) if i not in places]
        header = None if self.header is None else [self.header[i] for i in keep]
        return Table(header, [[row[i] for i in keep] for row in self.rows], self.read)


def read_table(path: Path, *, rows: int | None = None, header: bool | None = None) -> Table:
    """A table from a file, also a compressed one.

    Parameters
    ----------
    path : text with tabs, semicolons, commas, bars or spaces between cells, compressed by gzip or not; or parquet.
    rows : how many rows are expected, which tells a header over text from a row; not known by default.
    header : whether the first line has the names of the columns; recognised by default.
    """
    inner = path.with_suffix("") if path.suffix == ".gz" else path
    if inner.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"{path} is of no known format: use .npz, .npy, .csv, .tsv, .txt (also .gz) or .parquet; "
            "spreadsheets can save as .csv"
        )
    if inner.suffix.lower() == ".parquet":
        frame = require("pandas", "reading parquet", "pandas pyarrow").read_parquet(path)
        columns = [frame[name].tolist() for name in frame.columns]
        if not len(frame):
            raise ValueError(f"{path} is empty")
        rows_of_cells = [list(row) for row in zip(*columns, strict=True)]
        return _without_index(Table([str(name) for name in frame.columns], rows_of_cells))
    text, read = _text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    names = None
    if lines and lines[0].lstrip().startswith("#"):
        names = lines[0].lstrip("# ")
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    if not lines:
        raise ValueError(f"{path} is empty")
    separator = "\t" if inner.suffix.lower() == ".tsv" else _separator(lines)
    cells = _split(lines, separator)
    if separator != "," or inner.suffix.lower() == ".tsv":
        read.append(f"{SEPARATORS[separator]} between cells")
    if names is not None and header is not False:
        above = _split([names], separator)[0]
        if len(above) == len(cells[0]) and not all(map(is_number, above)):
            return _without_index(Table(above, _checked(cells, path, None), read))
    short = len(cells) > 1 and {len(row) for row in cells[1:]} == {len(cells[0]) + 1}
    row_names = short and not all(map(is_number, cells[0]))  # as R writes tables
    if row_names:
        cells[0] = ["", *cells[0]]
    body = _checked(cells, path, 1)
    has_header = header if header is not None else row_names or _is_header(body, rows)
    if not has_header:
        return Table(None, body, read)
    if len(body) == 1:
        raise ValueError(f"{path} has a header and no rows")
    return _without_index(Table(body[0], body[1:], read))


def is_number(cell: Any) -> bool:
    """Whether a cell is a number, with a point or a comma."""
    return to_number(cell) is not None


def to_number(cell: Any) -> float | None:
    """The number of a cell; None where there is none."""
    if isinstance(cell, str) and COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        return None if isinstance(cell, str) and "_" in cell else float(cell)
    except (TypeError, ValueError):
        return None


def _text(path: Path) -> tuple[str, list[str]]:
    """The text of a file, whatever Excel saved it as."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), ["UTF-16"]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), ["Windows-1252"]


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


def _checked(cells: list[list[str]], path: Path, first: int | None) -> list[list[str]]:
    width = len(cells[0])
    ragged = next((i for i, row in enumerate(cells) if len(row) != width), None)
    if ragged is not None:
        raise ValueError(
            f"{path} has {len(cells[ragged])} cells in line {ragged + (first or 2)} but {width} in the first"
        )
    return cells


def _is_header(rows: list[list[str]], expected: int | None) -> bool:
    """Whether the first row names the columns: by their number, or as it is no number where those below are."""
    first, body = rows[0], rows[1:]
    if expected is not None:
        return len(rows) == expected + 1
    if not body:
        return False
    if "" in first and not any("" in row for row in body):
        return True
    below = [[row[i] for row in body] for i in range(len(first))]
    if any(
        not is_number(name) and name not in MISSING and all(map(is_number, cells))
        for name, cells in zip(first, below, strict=True)
    ):
        return True
    counted = [name for name in first if is_number(name)]
    if counted != [str(i) for i in range(len(counted))] or len(counted) < 1:
        return False  # pandas numbers columns from 0
    fractions = any(re.search(r"\d[.,]\d", cell) for row in body for cell in row)
    return fractions or len(counted) > 2


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
