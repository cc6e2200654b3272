"""Of a point's values at all clusters, the few that measures are made of."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.kernels import minimum, total

__all__ = ["own_all_and_least_mean", "own_and_nearest", "sums_and_least_mean", "two_nearest"]

NOWHERE = -1


def own_and_nearest(values: Any, own: Any, sizes: Any) -> Any:
    """(rows, 3) value at the own cluster, and the smallest and second smallest at others, of (rows, m) values.

    Where the own cluster is none of them, the first is 0.
    """
    if is_numpy_array(values):
        return _own_and_nearest(values, _places(values, own))
    xp = array_namespace(values)
    at_own, others = _without_own(values, own, values)
    at = xp.argmin(others, axis=1)
    columns = xp.arange(values.shape[1], dtype=at.dtype, device=device(at))
    beyond = xp.where(at[:, None] == columns[None, :], xp.inf, others)
    return xp.stack([at_own, xp.min(others, axis=1), xp.min(beyond, axis=1)], axis=1)


def two_nearest(x: Any, y: Any) -> Any:
    """What `own_and_nearest` says of two lots of clusters together."""
    xp = array_namespace(x)
    nearest, others = xp.minimum(x[:, 1], y[:, 1]), xp.maximum(x[:, 1], y[:, 1])
    return xp.stack([x[:, 0] + y[:, 0], nearest, xp.minimum(others, xp.minimum(x[:, 2], y[:, 2]))], axis=1)


def own_all_and_least_mean(totals: Any, own: Any, sizes: Any) -> Any:
    """(rows, 3) sum at the own cluster, sum over all, and smallest mean of another, of (rows, m) sums over clusters.

    Where the own cluster is none of them, the first is 0.
    """
    if is_numpy_array(totals):
        return _own_all_and_least_mean(totals, _places(totals, own), sizes)
    xp = array_namespace(totals)
    at_own, means = _without_own(totals, own, totals / sizes)
    everything, least = xp.sum(totals, axis=1, dtype=xp.float64), xp.astype(xp.min(means, axis=1), xp.float64)
    return xp.stack([xp.astype(at_own, xp.float64), everything, least], axis=1)


def sums_and_least_mean(x: Any, y: Any) -> Any:
    """What `own_all_and_least_mean` says of two lots of clusters together."""
    xp = array_namespace(x)
    return xp.concat([x[:, :2] + y[:, :2], xp.minimum(x[:, 2:], y[:, 2:])], axis=1)


def _without_own(values: Any, own: Any, others: Any) -> tuple[Any, Any]:
    """(rows,) value of each row at its own cluster, else 0, and the `others` with +∞ there."""
    xp = array_namespace(values)
    if own is None:
        return xp.zeros_like(values[:, 0]), others
    columns = xp.arange(values.shape[1], dtype=own.dtype, device=device(own))
    mine = own[:, None] == columns[None, :]
    return xp.sum(xp.where(mine, values, 0.0), axis=1), xp.where(mine, xp.inf, others)


def _places(values: Any, own: Any) -> NDArray[np.intp]:
    """(rows,) the places of own clusters that are among the (rows, m) values, else `NOWHERE`."""
    if own is None:
        return np.full(len(values), NOWHERE)
    return np.where((own >= 0) & (own < values.shape[1]), own, NOWHERE)


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
        out[x, 0], out[x, 1], out[x, 2] = values[x, own[x]] if own[x] >= 0 else 0.0, nearest, following
    return out


@kernel
def _own_all_and_least_mean(totals: FloatArray, own: NDArray[np.intp], sizes: FloatArray) -> FloatArray:
    rows, k = totals.shape
    out, means = np.empty((rows, 3)), np.empty(k)
    for x in range(rows):
        row = totals[x]
        for j in range(k):
            means[j] = row[j] / sizes[j]
        mine = 0.0
        if own[x] >= 0:
            mine, means[own[x]] = row[own[x]], np.inf
        out[x, 0], out[x, 1], out[x, 2] = mine, total(row), minimum(means)
    return out
