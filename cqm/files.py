"""Files in and out: labelled points from the usual formats, and writes that are whole or not at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cqm.tabular import MISSING, Table, is_number, read_table, to_number

__all__ = ["Data", "read_labels", "read_points"]

VECTOR_KEYS = ("X", "embeddings", "vectors", "data")
LABEL_KEYS = ("labels", "y", "speakers")
LABEL_COLUMNS = (
    "label",
    "labels",
    "cluster",
    "clusters",
    "cluster_id",
    "class",
    "target",
    "species",
    "speaker",
    "group",
)
"""Names, in small letters, of columns that hold labels though nobody said so."""


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a file holds.

    Attributes
    ----------
    points : (n, d) numbers, or a square matrix of distances.
    labels : n labels, None where one is missing; None where the file has none.
    source : where the labels come from, in words.
    read : what was recognised, in words.
    """

    points: Any
    labels: list[Any] | None
    source: str
    read: Sequence[str] = ()


def read_points(
    path: str | Path,
    label_column: str | None = None,
    *,
    ignore: Sequence[str] = (),
    header: bool | None = None,
) -> Data:
    """Points, and labels where the file holds them too.

    Parameters
    ----------
    path : ``.npz`` with an array named X, embeddings, vectors or data, and optionally labels, y or speakers, or with a
        sparse matrix of scipy; ``.npy``; a table in text (see `cqm.tabular`), compressed or not; ``.parquet`` (needs
        pandas and pyarrow).
    label_column : column of a table that holds the labels, by name or number from 1; array of an ``.npz``. By default a
        column with a usual name for labels, or the only column of text.
    ignore : columns that are neither coordinates nor labels.
    header : whether a table has names of columns in its first line; recognised by default.
    """
    path = Path(path)
    if path.suffix == ".npz":
        return _from_archive(path, label_column)
    if path.suffix == ".npy":
        return Data(_load(path), None, "")
    table = read_table(path, header=header)
    places = [table.place(column) for column in ignore]
    if label_column is not None:
        place = table.place(label_column)
        if place in places:
            raise ValueError(f"column {label_column!r} can't hold the labels and be ignored")
        label_column, found = table.name(place), [row[place] for row in table.rows]
    table_of_numbers = table.without([*places, *([place] if label_column is not None else [])])
    if label_column is None:
        guess = _label_column(table_of_numbers)
        if guess is not None:
            label_column, found = table_of_numbers.name(guess), [row[guess] for row in table_of_numbers.rows]
            table_of_numbers = table_of_numbers.without([guess])
    labels = None if label_column is None else _labels(found)
    source = "" if label_column is None else f"column {label_column}"
    points = _numbers(table_of_numbers, path)
    commas = any(isinstance(cell, str) and "," in cell for row in table_of_numbers.rows for cell in row)
    read = [*table.read, *(["decimal commas"] if commas else []), *([] if table.header else ["no header"])]
    return Data(points, labels, source, read)


def read_labels(path: str | Path, n: int | None = None, column: str | None = None) -> Data:
    """One label a point: ``.npy``, an ``.npz`` with labels, y or speakers, or a table whose last column counts.

    Parameters
    ----------
    path : the file.
    n : number of points, which tells a header from a label.
    column : column of a table, by name or number from 1.
    """
    path = Path(path)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            key = next((key for key in (LABEL_KEYS if column is None else (column,)) if key in archive), None)
            if key is None:
                raise ValueError(f"{path} has none of the arrays {', '.join(LABEL_KEYS)}: it has {sorted(archive)}")
            return Data(None, _listed(archive[key]), f"{path.name}[{key}]")
    if path.suffix == ".npy":
        return Data(None, _listed(_load(path)), path.name)
    table = read_table(path, rows=n)
    place = len(table.rows[0]) - 1 if column is None else table.place(column)
    shown = f", column {table.name(place)}" if table.header or len(table.rows[0]) > 1 else ""
    return Data(None, _labels([row[place] for row in table.rows]), f"{path.name}{shown}", table.read)


def _from_archive(path: Path, label_column: str | None) -> Data:
    with np.load(path, allow_pickle=False) as archive:
        keys = sorted(archive)
        if {"format", "shape"} <= set(keys):
            from scipy import sparse  # here, as it takes time to import

            return Data(sparse.load_npz(path), None, "", ["a sparse matrix"])
        key = next((key for key in VECTOR_KEYS if key in keys), None)
        if key is None:
            raise ValueError(f"{path} has none of the arrays {', '.join(VECTOR_KEYS)}: it has {keys}")
        name = next((k for k in (LABEL_KEYS if label_column is None else (label_column,)) if k in keys), None)
        if label_column is not None and name is None:
            raise ValueError(f"{path} has no array {label_column!r}: it has {keys}")
        try:
            labels = None if name is None else _listed(archive[name])
            return Data(archive[key], labels, "" if name is None else f"array {name!r}")
        except ValueError as error:
            raise _pickled(path, error) from None


def _load(path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except ValueError as error:
        raise _pickled(path, error) from None


def _pickled(path: Path, error: ValueError) -> ValueError:
    return ValueError(f"{path} can't be read ({error}): save numbers as floats, and labels as text with y.astype(str)")


def _listed(labels: Any) -> list[Any]:
    """Labels as Python values; text in bytes as text."""
    return list((np.char.decode(labels) if labels.dtype.kind == "S" else labels).tolist())


def _labels(cells: list[Any]) -> list[Any]:
    """Labels of a column: whole numbers as such, so that −1 and −1.0 are one label; None where a cell is empty."""
    present = [cell for cell in cells if not _is_missing(cell)]
    numbers = [to_number(cell) for cell in present]
    whole = all(number is not None and number.is_integer() and abs(number) < 2**53 for number in numbers)
    return [None if _is_missing(cell) else int(to_number(cell) or 0) if whole else cell for cell in cells]


def _is_missing(cell: Any) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and cell in MISSING)


def _label_column(table: Table) -> int | None:
    """A column with a usual name for labels, or else the only column of text."""
    if len(table.rows[0]) == 1:
        return None
    named = [i for i, name in enumerate(table.header or ()) if name.strip().lower() in LABEL_COLUMNS]
    if len(named) == 1:
        return named[0]
    text = [i for i in range(len(table.rows[0])) if _is_text([row[i] for row in table.rows])]
    return text[0] if len(text) == 1 else None


def _is_text(cells: list[Any]) -> bool:
    return not any(is_number(cell) for cell in cells if not _is_missing(cell))


def _numbers(table: Table, path: Path) -> Any:
    out = np.empty((len(table.rows), len(table.rows[0])))
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row):
            value = None if _is_missing(cell) else to_number(cell)
            if value is None:
                raise ValueError(_no_number(table, path, i, j))
            out[i, j] = value
    return out


def _no_number(table: Table, path: Path, row: int, place: int) -> str:
    cell = table.rows[row][place]
    where = f"{path} has {cell!r} in data row {row + 1}, column {table.name(place)}, where a number was wanted"
    if _is_missing(cell):
        return f"{where}: remove or fill in such rows"
    if re.fullmatch(r"[-+]?\d{1,3}([.,' ]\d{3})+([.,]\d*)?", str(cell)):
        return f"{where}: write numbers without separators between thousands"
    text = [i for i in range(len(table.rows[0])) if _is_text([r[i] for r in table.rows])]
    if place not in text:
        return f"{where}: correct it, or leave the column out with --ignore {table.name(place)}"
    options = [f"--ignore {table.name(i)}" for i in text[:-1]] + [f"--label-column {table.name(text[-1])}"]
    return f"{where}: say which column holds the labels, and leave out others of text, such as {' '.join(options)}"
