"""Labelled points from files of the usual formats."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.tabular import MISSING, Table, is_meant_as_number, read_table, to_number

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
    ignored = [table.place(column) for column in ignore]
    columns = [i for i in range(len(table.rows[0])) if i not in ignored]
    place = _label_column(table, columns) if label_column is None else table.place(label_column)
    if place in ignored:
        raise ValueError(f"column {label_column!r} can't hold the labels and be ignored")
    columns = [i for i in columns if i != place]
    labels = None if place is None else _labels([row[place] for row in table.rows])
    source = "" if place is None else f"column {table.name(place)}"
    points, read = _numbers(table, columns, path, labelled=place is not None)
    commas = any(isinstance(row[i], str) and "," in row[i] for row in table.rows for i in columns)
    read = [*table.read, *read, *(["decimal commas"] if commas else []), *([] if table.header else ["no header"])]
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
                raise ValueError(
                    f"{path} has none of the arrays {', '.join(LABEL_KEYS)}: it has {sorted(archive)}; say which with "
                    "--label-column"
                )
            return Data(None, _listed(archive[key]), f"{path.name}[{key}]")
    if path.suffix == ".npy":
        return Data(None, _listed(_load(path)), path.name)
    table = read_table(path, rows=n)
    if column is None and n is not None and len(table.rows) == 1 and len(table.rows[0]) == n > 1:
        return Data(None, _labels(table.rows[0]), f"{path.name}, one row", table.read)
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
            raise ValueError(
                f"{path} has none of the arrays {', '.join(VECTOR_KEYS)}: it has {keys}; name them, with "
                "numpy.savez(path, X=…, labels=…)"
            )
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


def _label_column(table: Table, columns: Sequence[int]) -> int | None:
    """A column with a usual name for labels, or else the only column of text."""
    if len(columns) == 1:
        return None
    named = [i for i in columns if table.header and table.header[i].strip().lower() in LABEL_COLUMNS]
    if len(named) == 1:
        return named[0]
    text = _text_columns(table, columns)
    return text[0] if len(text) == 1 else None


def _text_columns(table: Table, columns: Sequence[int]) -> list[int]:
    """Columns that hold something, but no number."""
    present = {i: [row[i] for row in table.rows if not _is_missing(row[i])] for i in columns}
    return [i for i, cells in present.items() if cells and not any(map(is_meant_as_number, cells))]


def _numbers(table: Table, columns: Sequence[int], path: Path, *, labelled: bool) -> tuple[Any, list[str]]:
    """Numbers of some columns, and what was recognised in words."""
    out, missing = np.full((len(table.rows), len(columns)), np.nan), []
    for i, row in enumerate(table.rows):
        for j, place in enumerate(columns):
            cell = row[place]
            if _is_missing(cell):
                missing.append((i, place))
            elif (value := to_number(cell)) is None:
                raise ValueError(_no_number(table, columns, path, i, place, labelled=labelled))
            else:
                out[i, j] = value
    if not missing:
        return out, []
    if _is_triangle(np.isnan(out)):
        whole = np.fmax(out, out.T)
        return np.where(np.isnan(whole), 0.0, whole), ["a triangle of distances, mirrored"]
    raise ValueError(_no_number(table, columns, path, *missing[0], labelled=labelled))


def _is_triangle(unknown: NDArray[np.bool_]) -> bool:
    """Whether exactly one triangle of a square matrix is unknown, with or without its diagonal."""
    if unknown.shape[0] != unknown.shape[1] or len(unknown) < 3:
        return False
    upper, lower = np.triu(np.ones_like(unknown), 1), np.tril(np.ones_like(unknown), -1)
    return any(unknown[one].all() and not unknown[other].any() for one, other in ((upper, lower), (lower, upper)))


def _no_number(table: Table, columns: Sequence[int], path: Path, row: int, place: int, *, labelled: bool) -> str:
    cell = table.rows[row][place]
    where = f"{path} has {cell!r} in data row {row + 1}, column {table.name(place)}, where a number was wanted"
    if _is_missing(cell):
        if all(_is_missing(each[place]) for each in table.rows):
            return f"{where}: leave the empty column out with --ignore {table.name(place)}"
        return f"{where}: remove or fill in such rows, or leave the column out with --ignore {table.name(place)}"
    if is_meant_as_number(cell):
        return f"{where}: write plain numbers, without separators between thousands, quotes, per cent or currency signs"
    text = _text_columns(table, columns)
    if place not in text:
        return f"{where}: correct it, or remove the row, or leave the column out with --ignore {table.name(place)}"
    if labelled:
        ignored = " ".join(f"--ignore {table.name(i)}" for i in text)
        return f"{where}: leave out columns of text, with {ignored}"
    options = [f"--ignore {table.name(i)}" for i in text[:-1]] + [f"--label-column {table.name(text[-1])}"]
    return f"{where}: say which column holds the labels, and leave out others of text, such as {' '.join(options)}"
