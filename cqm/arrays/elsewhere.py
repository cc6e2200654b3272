"""Arrays of other libraries than numpy: on a GPU, on a cluster of machines, or under another array type.

Their data stay where they are. What geometry has an engine for runs there, with the array's own library, and only
cluster-sized results come back; everything else says that it needs numpy.
"""

from typing import Any, NoReturn

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from cqm.arrays.cures import distances_error
from cqm.arrays.vectors import (
    SCIPY_METRICS,
    check_directions,
    check_integers,
    check_size,
    check_vectors,
    numeric,
    unit_rows,
)

__all__ = ["Elsewhere", "NeedsNumpyError", "arrange", "check", "chunks_of", "is_elsewhere", "on_host", "to_input_order"]


class NeedsNumpyError(TypeError):
    """A measure has no engine for this kind of array."""


class Elsewhere:
    """Stands in for `Clustering.points` where that is no numpy array.

    Attributes
    ----------
    array : the checked vectors or distances. On a device, rows are in cluster order; a dask array keeps its rows.
    codes : (n,) cluster of each ordered row, as numpy.
    """

    def __init__(self, array: Any, codes: NDArray[np.intp]) -> None:
        self.array, self.codes = array, codes

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.array.shape)

    @property
    def is_dask(self) -> bool:
        """Whether the array is a dask array, in chunks of rows."""
        return array_api_compat.is_dask_array(self.array)

    def __getattr__(self, name: str) -> NoReturn:
        raise self.needs_numpy()

    def __getitem__(self, key: object) -> NoReturn:
        raise self.needs_numpy()

    def __array__(self, *args: object, **options: object) -> NoReturn:
        raise self.needs_numpy()

    def needs_numpy(self) -> NeedsNumpyError:
        """Error of a computation that has no engine for this kind of array."""
        kind = f"{type(self.array).__module__.split('.')[0]}.{type(self.array).__name__}"
        cure = "X.compute()" if self.is_dask else "numpy.asarray(X), moved to the CPU first,"
        return NeedsNumpyError(
            f"this measure is computed from numpy arrays alone, got {kind}: pass {cure} if memory allows"
        )


def is_elsewhere(X: Any) -> bool:
    """Whether `X` is an array of a library other than numpy that follows the array API standard."""
    return array_api_compat.is_array_api_obj(X) and not array_api_compat.is_numpy_array(X)


def on_host(array: Any) -> Any:
    """Small arrays, wherever they are, as numpy; other objects as they are."""
    if not is_elsewhere(array):
        return array
    if array_api_compat.is_dask_array(array):
        return array.compute()
    array = _plain(array)
    try:
        return np.asarray(array_api_compat.to_device(array, "cpu"))
    except ValueError:  # a library that has another name for it
        host = array_api_compat.array_namespace(array).__array_namespace_info__().default_device()
        return np.asarray(array_api_compat.to_device(array, host))


def _plain(array: Any) -> Any:
    """A torch tensor without its gradients, as numbers are all that measures give; dense, or else refused."""
    if not array_api_compat.is_torch_array(array):
        return array
    if str(array.layout) != "torch.strided":
        raise TypeError(f"arrays must be dense, got a tensor with layout {array.layout}: pass .to_dense() of it")
    return array.detach()


def check(X: Any, metric: Any) -> Any:
    """Points or distances in float32 or float64, checked where they are; chunks of a dask array as they load."""
    if callable(metric) or metric in SCIPY_METRICS:
        kind = "a callable `metric`" if callable(metric) else f'metric="{metric}"'
        raise TypeError(f"{kind} takes numpy vectors, got {type(X).__name__}: pass `X` as a numpy array")
    if array_api_compat.is_dask_array(X):
        return _check_dask(X, metric)
    xp, X = array_api_compat.array_namespace(X), _plain(X)
    if X.ndim != 2 or 0 in X.shape:
        wanted = "square distances" if metric == "precomputed" else "(points, features)"
        raise ValueError(f"`X` must be {wanted} and not empty, got shape {tuple(X.shape)}")
    if xp.isdtype(X.dtype, "complex floating"):
        raise TypeError(f"`X` must be real numbers, got dtype {X.dtype}: convert it, for example with xp.real(X)")
    if X.dtype not in (xp.float32, xp.float64):
        whole = xp.isdtype(X.dtype, "integral")
        narrow = xp.isdtype(X.dtype, "real floating") and xp.finfo(X.dtype).bits < 32
        X = xp.astype(X, xp.float32 if narrow else xp.float64)
        if whole:  # now, as not every library has extremes of unsigned integers
            check_integers(int(xp.min(X)), int(xp.max(X)))
    usable = xp.all(xp.isfinite(X), axis=1)
    if not xp.all(usable):
        row = int(xp.argmin(xp.astype(usable, xp.int64)))
        raise ValueError(f"`X` has entries that are NaN or infinite, in row {row} first: remove or impute such points")
    if metric == "precomputed":
        _check_distances(xp, X)
    else:
        check_size(float(xp.max(xp.abs(X))), metric)
    return X


def _check_distances(xp: Any, D: Any) -> None:
    if D.shape[0] != D.shape[1]:
        raise ValueError(f'metric="precomputed" takes square distances, got shape {tuple(D.shape)}')
    asymmetric = xp.abs(D - D.T) > (1e-5 if D.dtype == xp.float32 else 1e-10) * xp.abs(D)
    if xp.any(D < 0) or xp.any(xp.linalg.diagonal(D) != 0) or xp.any(asymmetric):
        raise distances_error(D, on_host(D))


def _check_dask(X: Any, metric: Any) -> Any:
    if metric == "precomputed":
        raise TypeError('metric="precomputed" takes distances in memory: pass vectors as a dask array, or X.compute()')
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"`X` must be (points, features) and not empty, got shape {X.shape}")
    if np.isnan(X.shape).any():
        raise ValueError("`X` has chunks of unknown size: call X.compute_chunk_sizes() first")
    X = X.rechunk({1: -1})
    dtype = numeric(np.empty(0, X.dtype)).dtype
    return X.map_blocks(_checked_chunk, metric, dtype=dtype, meta=np.empty((0, 0), dtype))


def _checked_chunk(chunk: Any, metric: str, block_info: Any = None) -> NDArray[Any]:
    first = block_info[0]["array-location"][0][0]
    data = check_vectors(chunk, metric, first)
    if metric in ("cosine", "angular", "correlation"):
        check_directions(data, metric, np.arange(len(data)), first)
    return data


def chunks_of(data: Any, rows: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """(rows,) chunk of each row of a dask array; None for arrays in one piece."""
    if not array_api_compat.is_dask_array(data):
        return None
    return np.searchsorted(np.cumsum(data.chunks[0]), rows, side="right")


def arrange(X: Any, order: NDArray[np.intp], metric: Any, *, unit: bool) -> Any:
    """Rows in order, scaled to unit length if so asked; a dask array keeps the order of its rows."""
    if array_api_compat.is_dask_array(X):
        return X.map_blocks(unit_rows, dtype=X.dtype, meta=np.empty((0, 0), X.dtype)) if unit else X
    xp = array_api_compat.array_namespace(X)
    if metric == "precomputed":
        return X
    X = xp.take(X, xp.asarray(order, device=array_api_compat.device(X)), axis=0)
    if metric in ("cosine", "angular", "correlation"):
        flat = xp.max(X, axis=1) == xp.min(X, axis=1) if metric == "correlation" else ~xp.any(X != 0, axis=1)
        if xp.any(flat):
            row = order[int(xp.argmax(xp.astype(flat, xp.int64)))]
            what = "constant" if metric == "correlation" else "zero"
            raise ValueError(f"{metric} distance is undefined for {what} vectors: row {row} of `X`")
    if unit:
        exact = xp.astype(X, xp.float64)
        X = xp.astype(exact / xp.sqrt(xp.sum(exact * exact, axis=1, keepdims=True)), X.dtype)
    return X


def to_input_order(values: Any, order: NDArray[np.intp], input_rows: int) -> Any:
    """Per-point values in the order the user gave, by the array's own library; NaN for points that were left out."""
    xp = array_api_compat.array_namespace(values)
    place = np.full(input_rows, len(order))
    place[order] = np.arange(len(order))
    on = {} if array_api_compat.is_dask_array(values) else {"device": array_api_compat.device(values)}
    with_gap = xp.concat([values, xp.asarray([np.nan], dtype=values.dtype, **on)])
    return xp.take(with_gap, xp.asarray(place, **on), axis=0)
