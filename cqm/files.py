"""Files in and out: labelled points from the usual formats, and writes that are whole or not at all."""

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.optional import require

__all__ = ["read_labels", "read_points", "write_text"]

VECTOR_KEYS = ("X", "embeddings", "vectors", "data")
LABEL_KEYS = ("labels", "y", "speakers")


def write_text(path: str | Path, text: str) -> None:
    """Write a file whole: under a temporary name first, then renamed."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_points(path: str | Path, label_column: str | None = None) -> tuple[NDArray[Any], list[Any] | None]:
    """Points, and labels where the file holds them too.

    Parameters
    ----------
    path : ``.npz`` with an array named X, embeddings, vectors or data, and optionally labels, y or speakers; ``.npy``;
        ``.csv`` / ``.tsv`` with or without a header; ``.parquet`` (needs pandas and pyarrow).
    label_column : name of the column of a table that holds the labels.
    """
    path = Path(path)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            vectors = _entry(archive, VECTOR_KEYS)
            if vectors is None:
                raise ValueError(f"{path} has none of the arrays {', '.join(VECTOR_KEYS)}: it has {sorted(archive)}")
            stored = _entry(archive, LABEL_KEYS if label_column is None else (label_column,))
            if label_column is not None and stored is None:
                raise ValueError(f"{path} has no array {label_column!r}: it has {sorted(archive)}")
            return vectors, None if stored is None else stored.tolist()
    if path.suffix == ".npy":
        return np.load(path, allow_pickle=False), None
    header, rows = _table(path)
    labels = None
    if label_column is not None:
        if header is None or label_column not in header:
            raise ValueError(f"{path} has no column {label_column!r}: its columns are {header or 'unnamed'}")
        at = header.index(label_column)
        labels = [row[at] for row in rows]
        rows = [row[:at] + row[at + 1 :] for row in rows]
    try:
        return np.array(rows, dtype=np.float64), labels
    except ValueError:
        number, cell = next((i, cell) for i, row in enumerate(rows, 1) for cell in row if not _is_number(cell))
        raise ValueError(
            f"{path} has {cell!r} in data row {number} where a number was wanted: name the label column, "
            "or remove the columns that are not coordinates"
        ) from None


def read_labels(path: str | Path) -> list[Any]:
    """One label a point: ``.npy``, an ``.npz`` with labels, y or speakers, or a table whose last column counts."""
    path = Path(path)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            labels = _entry(archive, LABEL_KEYS)
            if labels is None:
                raise ValueError(f"{path} has none of the arrays {', '.join(LABEL_KEYS)}: it has {sorted(archive)}")
            return list(labels.tolist())
    if path.suffix == ".npy":
        return list(np.load(path, allow_pickle=False).tolist())
    _, rows = _table(path, labels_only=True)
    return [row[-1] for row in rows]


def _entry(archive: Any, keys: tuple[str, ...]) -> NDArray[Any] | None:
    return next((archive[key] for key in keys if key in archive), None)


def _table(path: Path, labels_only: bool = False) -> tuple[list[str] | None, list[list[Any]]]:
    """Header (when there is one) and rows of a csv, tsv or parquet file."""
    if path.suffix == ".parquet":
        frame = require("pandas", "reading parquet", "pandas pyarrow").read_parquet(path)
        return [str(name) for name in frame.columns], frame.to_numpy().tolist()
    if path.suffix not in (".csv", ".tsv", ".txt"):
        raise ValueError(f"{path} is of no known format: use .npz, .npy, .csv, .tsv or .parquet")
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ",") if row]
    if not rows:
        raise ValueError(f"{path} is empty")
    ragged = next((i for i, row in enumerate(rows, 1) if len(row) != len(rows[0])), None)
    if ragged is not None:
        raise ValueError(f"{path} has {len(rows[ragged - 1])} cells in line {ragged} but {len(rows[0])} in the first")
    names = not any(_is_number(cell) for cell in rows[0]) and (
        any(_is_number(cell) for row in rows[1:] for cell in row)
        or (labels_only and rows[0][-1] in ("label", "labels", "y"))
    )
    return (rows[0], rows[1:]) if names else (None, rows)


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True
