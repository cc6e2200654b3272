"""Distances to the nearest points, and those of near pairs inside and across clusters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.sharing import once

__all__ = ["Counted", "near_distances", "nearest_distances"]


class Counted(NamedTuple):
    """Different values, ascending, and how often each occurs."""

    values: FloatArray
    counts: NDArray[np.int64]


@once
def nearest_distances(clustering: Clustering, ranks: int, *, within: bool = False) -> FloatArray:
    """(n, ranks) ascending distances to the nearest others, of all or of the own cluster; +∞ where there are none."""
    pairs = clustering.points.map_pairs_within if within else clustering.points.map_pairs

    def visit(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, FloatArray]]:
        if a == b:
            np.fill_diagonal(tile, np.inf)
            return [(a, _smallest(tile, ranks))]
        return [(a, _smallest(tile, ranks)), (b, _smallest(tile.T, ranks))]

    out = np.full((clustering.n, ranks), np.inf)
    for found in pairs(visit):
        for rows, values in found:
            out[rows] = _smallest(np.concatenate([out[rows], values], axis=1), ranks)
    return np.sort(out, axis=1)


def near_distances(clustering: Clustering, radius: FloatArray) -> tuple[Counted, Counted]:
    """Distances of each point x to the others at most radius(x) away, (n,): those inside clusters, and across."""
    codes = clustering.codes

    def visit(a: slice, b: slice, tile: FloatArray) -> list[Counted]:
        if a == b:
            np.fill_diagonal(tile, np.inf)
        near = (tile <= radius[a, None]).astype(np.int64)
        if a != b:
            near += tile <= radius[b]
        same = codes[a, None] == codes[b]
        return [_counted(tile[chosen], near[chosen]) for chosen in ((near > 0) & same, (near > 0) & ~same)]

    inside, across = zip(*clustering.points.map_pairs(visit), strict=True)
    return _merged(inside), _merged(across)


def _smallest(values: FloatArray, count: int) -> FloatArray:
    return values.copy() if values.shape[1] <= count else np.partition(values, count - 1, axis=1)[:, :count].copy()


def _counted(values: FloatArray, counts: NDArray[np.int64]) -> Counted:
    different, which = np.unique(values, return_inverse=True)
    return Counted(different, np.bincount(which.ravel(), counts, minlength=len(different)).astype(np.int64))


def _merged(found: tuple[Counted, ...]) -> Counted:
    return _counted(np.concatenate([each.values for each in found]), np.concatenate([each.counts for each in found]))
