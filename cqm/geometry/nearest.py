"""Of a point's values at all clusters, the few that measures are made of."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.kernels import minimum, total

__all__ = ["own_all_and_least_mean", "own_and_nearest", "sums_and_least_mean"]


def own_and_nearest(values: Any, own: Any, sizes: Any) -> Any:
    """(rows, 3) value at the own cluster, and the smallest and second smallest at others, of (rows, k) values."""
    if is_numpy_array(values):
        return _own_and_nearest(values, own)
    xp = array_namespace(values)
    columns = xp.arange(values.shape[1], dtype=own.dtype, device=device(own))[None, :]
    others = xp.where(own[:, None] == columns, xp.inf, values)
    at = xp.argmin(others, axis=1)
    beyond = xp.where(xp.astype(at, own.dtype)[:, None] == columns, xp.inf, others)
    return xp.stack([_at_own(values, own), xp.min(others, axis=1), xp.min(beyond, axis=1)], axis=1)


def own_all_and_least_mean(totals: Any, own: Any, sizes: Any) -> Any:
    """(rows, 3) sum at the own cluster, sum over all, and smallest mean of another, of (rows, k) sums over clusters.

    The own cluster may be none of them: then the first is 0.
    """
    if is_numpy_array(totals):
        return _own_all_and_least_mean(totals, own, sizes)
    xp = array_namespace(totals)
    columns = xp.arange(totals.shape[1], dtype=own.dtype, device=device(own))[None, :]
    mine = own[:, None] == columns
    means = xp.where(mine, xp.inf, totals / sizes)
    at_own = xp.sum(xp.where(mine, totals, 0.0), axis=1)
    return xp.stack([at_own, xp.sum(totals, axis=1), xp.min(means, axis=1)], axis=1)


def sums_and_least_mean(x: Any, y: Any) -> Any:
    """What `own_all_and_least_mean` says of two lots of clusters together."""
    xp = array_namespace(x)
    return xp.concat([x[:, :2] + y[:, :2], xp.minimum(x[:, 2:], y[:, 2:])], axis=1)


def _at_own(values: Any, own: Any) -> Any:
    """(rows,) value of each row at its own cluster."""
    xp = array_namespace(values)
    rows = xp.arange(values.shape[0], dtype=own.dtype, device=device(own))
    return xp.take(xp.reshape(values, (-1,)), rows * values.shape[1] + own, axis=0)


@kernel
def _own_and_nearest(values: FloatArray, own: NDArray[np.intp]) -> FloatArray:
    rows, k = values.shape
    out = np.empty((rows, 3))
    for x in range(rows):
        nearest = following = np.inf
        for j in range(k):
            if j != own[x]:
                following = min(following, max(nearest, values[x, j]))
                nearest = min(nearest, values[x, j])
        out[x, 0], out[x, 1], out[x, 2] = values[x, own[x]], nearest, following
    return out


@kernel
def _own_all_and_least_mean(totals: FloatArray, own: NDArray[np.intp], sizes: FloatArray) -> FloatArray:
    rows, k = totals.shape
    out, means = np.empty((rows, 3)), np.empty(k)
    for x in range(rows):
        row = totals[x]
        for j in range(k):
            means[j] = row[j] / sizes[j]
        means[own[x]] = np.inf
        out[x, 0], out[x, 1], out[x, 2] = row[own[x]], total(row), minimum(means)
    return out
