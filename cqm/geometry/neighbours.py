"""Nearest neighbours, and how many of them lie in other clusters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.jit import kernel
from cqm.arrays.host.pairs import pair_tiles
from cqm.arrays.intake import Clustering

__all__ = ["foreign_shares"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class _Nearest(NamedTuple):
    """The distances at which each point has its nearest neighbours, in ascending order; (n, ranks) arrays.

    Attributes
    ----------
    distance : different distances, +∞ where there are fewer than ranks.
    points, foreign : number of points at this distance, and of those in other clusters.
    """

    distance: FloatArray
    points: IntArray
    foreign: IntArray


def foreign_shares(clustering: Clustering, neighbors: int) -> FloatArray:
    """(n, neighbors) share of other clusters among the points that are the first, second, … nearest to each point.

    Points that are equally near share their ranks evenly. Ranks that n − 1 points cannot fill hold 0.
    """
    shape = (clustering.n, min(neighbors, clustering.n - 1))
    nearest = _Nearest(np.full(shape, np.inf), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))
    codes = clustering.codes
    for a, b, tile in pair_tiles(clustering):
        if a == b:
            np.fill_diagonal(tile, np.inf)
        else:
            _meet(np.ascontiguousarray(tile.T), codes[b], codes[a], *(values[b] for values in nearest))
        _meet(tile, codes[a], codes[b], *(values[a] for values in nearest))
    out = np.zeros((clustering.n, neighbors))
    _share(nearest.points, nearest.foreign, out)
    return out


@kernel
def _meet(
    tile: FloatArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    distance: FloatArray,
    points: IntArray,
    foreign: IntArray,
) -> None:
    """Let the points of the rows meet those of the columns."""
    ranks = distance.shape[1]
    for i in range(len(tile)):
        farthest = np.inf
        if points[i].sum() >= ranks:
            farthest = distance[i][points[i] > 0].max()
        for j in range(tile.shape[1]):
            if tile[i, j] <= farthest and tile[i, j] < np.inf:
                apart = row_codes[i] != column_codes[j]
                farthest = _insert(distance[i], points[i], foreign[i], tile[i, j], apart)


@kernel
def _insert(distance: FloatArray, points: IntArray, foreign: IntArray, new: float, apart: bool) -> float:
    """Add a point at distance `new`, drop distances whose ranks are beyond the last, and return the largest of use."""
    at = 0
    while distance[at] < new:
        at += 1
    if distance[at] > new:
        for g in range(len(distance) - 1, at, -1):
            distance[g], points[g], foreign[g] = distance[g - 1], points[g - 1], foreign[g - 1]
        distance[at], points[at], foreign[at] = new, 0, 0
    points[at] += 1
    foreign[at] += apart
    nearer, farthest = 0, np.inf
    for g in range(len(distance)):
        if nearer >= len(distance):
            distance[g], points[g], foreign[g] = np.inf, 0, 0
        nearer += points[g]
        if nearer >= len(distance) and points[g] > 0:
            farthest = distance[g]
    return farthest


@kernel
def _share(points: IntArray, foreign: IntArray, out: FloatArray) -> None:
    for i in range(len(out)):
        rank = 0
        for g in range(points.shape[1]):
            for _ in range(points[i, g]):
                if rank < points.shape[1]:
                    out[i, rank] = foreign[i, g] / points[i, g]
                    rank += 1
