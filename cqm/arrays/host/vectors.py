"""Vectors as numpy arrays: checked, and scaled to unit length, with no temporary array of the size of the data."""

from collections import deque
from collections.abc import Iterator, Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.cures import numbers_error, points_type_error, sparse_error
from cqm.arrays.metrics import Distance
from cqm.arrays.rules import check_distances, check_integers, check_size, no_direction, not_finite
from cqm.parallel import in_order

__all__ = ["check_directions", "check_vectors", "numeric", "read_distances", "take_rows", "unit_rows"]

BLOCK_BYTES = 2**20  # of rows that one thread writes at once: in its cache
READ_BYTES = 2**23  # of rows that one thread reads at once: less is not worth handing over


def check_vectors(X: Any, distance: Distance, first: int = 0) -> NDArray[Any]:
    """(n, d) finite float32 or float64 array; `first` is the number of its first row in messages."""
    data = numeric(X)
    if data.size == 0:
        raise ValueError(f"`X` is empty: shape {data.shape}; pass (points, features) with at least one of each")
    if data.ndim != 2:
        cure = "reshape a single feature with X.reshape(-1, 1)" if data.ndim < 2 else "flatten each point to a row"
        raise ValueError(f"`X` must be (points, features), got shape {data.shape}: {cure}")
    extremes = list(in_order(lambda rows: (rows.min(), rows.max()), _blocks(data, _row_bytes(data), READ_BYTES)))
    low, high = np.min(extremes), np.max(extremes)  # NaN passes through
    if not (np.isfinite(low) and np.isfinite(high)):
        row, column = np.argwhere(~np.isfinite(data))[0]
        raise not_finite(data[row, column], first + int(row), int(column))
    check_size(float(max(-low, high)), distance)
    return data


def read_distances(X: Any) -> NDArray[Any]:
    """(n, n) symmetric non-negative distances with a zero diagonal; the condensed form is expanded."""
    data = numeric(X)
    if data.size == 0:
        raise ValueError(f"`X` is empty: shape {data.shape}")
    if data.ndim == 1:
        n = (1 + np.sqrt(1 + 8 * len(data))) / 2
        if n != int(n):
            raise ValueError(
                f"condensed distances have n(n-1)/2 entries, got {len(data)}: pass the square matrix, or what "
                "scipy.spatial.distance.pdist gives"
            )
        square = np.zeros((int(n), int(n)), data.dtype)
        square[np.triu_indices(int(n), 1)] = data
        data = square + square.T
    check_distances(X, data)
    return data


def check_directions(data: NDArray[Any], distance: Distance, rows: NDArray[np.intp], first: int = 0) -> None:
    """Angles need vectors with a direction, at these rows; `first` is the number of the first of all in messages."""
    constant = distance.centred
    suspects = rows[data[rows, 0] == (data[rows, -1] if constant else 0)]  # the first feature tells of nearly all rows

    def has_none(rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        vectors = data[rows]
        return ~np.any(vectors != vectors[:, :1] if constant else vectors, axis=1)

    wrong = suspects[np.concatenate([np.empty(0, bool), *in_order(has_none, _blocks(suspects, _row_bytes(data)))])]
    if len(wrong):
        raise no_direction(distance, first + int(wrong.min()))


def take_rows(data: NDArray[Any], order: NDArray[np.intp]) -> NDArray[Any]:
    """`data[order]`, C-contiguous, copied on every core; `data` itself where that is the same."""
    if np.array_equal(order, np.arange(len(data))):
        return np.ascontiguousarray(data)
    out = np.empty((len(order), data.shape[1]), data.dtype)
    # mode="clip" takes straight into `out`, with no copy in between, and without the lock
    blocks = zip(*(_blocks(each, _row_bytes(data)) for each in (order, out)), strict=True)
    copies = in_order(lambda block: np.take(data, block[0], axis=0, out=block[1], mode="clip"), blocks)
    deque(copies, maxlen=0)
    return out


def unit_rows(vectors: NDArray[Any], order: NDArray[np.intp] | None = None, *, centred: bool = False) -> NDArray[Any]:
    """Rows, or those in `order`, scaled to unit length, after subtracting each row's mean when `centred`."""
    order = np.arange(len(vectors)) if order is None else order
    out = np.empty((len(order), vectors.shape[1]), vectors.dtype)

    def scale(block: tuple[NDArray[np.intp], NDArray[Any]]) -> None:
        rows, scaled = block
        exact = np.take(vectors, rows, axis=0, out=scaled, mode="clip").astype(np.float64, copy=False)
        if centred:
            exact -= exact.mean(axis=1, keepdims=True)
        lengths = np.sqrt(np.einsum("ij,ij->i", exact, exact))
        np.divide(exact, lengths[:, None], out=scaled, casting="same_kind")

    deque(in_order(scale, zip(*(_blocks(each, _row_bytes(vectors)) for each in (order, out)), strict=True)), maxlen=0)
    return out


def numeric(X: Any) -> NDArray[Any]:
    """`X` as a float32 or float64 array; half precision, booleans and integers are widened."""
    if hasattr(X, "toarray"):
        raise sparse_error(X)
    data = _array(X)
    kind = data.dtype.kind
    if kind in "iu" and data.size:
        check_integers(int(data.min()), int(data.max()))
    if kind in "biu":
        return data.astype(np.float64)
    if kind != "f":
        raise numbers_error(X, data)
    if data.dtype == np.float16:
        return data.astype(np.float32)
    return data if data.dtype == np.float32 else data.astype(np.float64, copy=False)


def _array(X: Any) -> NDArray[Any]:
    """`X` as numpy sees it, where that is an array with an entry in every place."""
    if np.ma.is_masked(X):
        at = ", ".join(map(str, np.argwhere(np.ma.getmaskarray(X))[0]))
        raise ValueError(f"`X` is masked at X[{at}]: remove or impute such points")
    try:
        data = np.asarray(X)
    except ValueError:
        if not isinstance(X, list | tuple):
            raise
        lengths = [len(row) if isinstance(row, Sized) else 1 for row in X]
        row = next((i for i, length in enumerate(lengths) if length != lengths[0]), None)
        found = "entries of a row are sequences" if row is None else f"row {row} has {lengths[row]}, row 0 {lengths[0]}"
        raise ValueError(f"`X` must have rows of equally many numbers: {found}") from None
    if data.ndim == 0 and data.dtype.kind not in "biufc":
        raise points_type_error(X)
    if data.dtype.kind == "O" and hasattr(X, "iloc") and X.ndim == 2 and all(t.kind in "biuf" for t in X.dtypes):
        return np.asarray(X.to_numpy(dtype=np.float64, na_value=np.nan))  # nullable columns of a pandas table
    return data


def _blocks(data: NDArray[Any], row_bytes: int, block_bytes: int = BLOCK_BYTES) -> Iterator[NDArray[Any]]:
    """Slices of rows, or of what there is for each row of so many bytes."""
    step = max(1, block_bytes // row_bytes)
    return (data[first : first + step] for first in range(0, len(data), step))


def _row_bytes(data: NDArray[Any]) -> int:
    return data.shape[1] * data.itemsize
