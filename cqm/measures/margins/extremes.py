"""Bounds of a margin in O(n²) distances and O(n·k) memory, for data whose distance matrix does not fit.

Another cluster's centre is no nearer to a point than the cluster's nearest point and no farther than its farthest one.
With these two in the centre's place every cluster has a best centre of its own: the sum of the clusters' smallest is a
lower bound, and their centres together are a good set.
"""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.jit import kernel
from cqm.arrays.host.tiles import TILE_ROWS, distances
from cqm.arrays.intake import Clustering
from cqm.geometry.reductions import maxima, minima
from cqm.measures.margins.contributions import LAST_RATIO, least
from cqm.measures.margins.representatives import map_centre_distances, medoids

__all__ = ["interval_bound"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


def interval_bound(clustering: Clustering, kind: int, largest: bool) -> tuple[float, float, IntArray, float]:
    """Lower bound, smaller total of two good sets, its (k,) ordered rows, and the rounding error of either total."""
    nearest, farthest = np.empty((clustering.n, 2)), np.empty((clustering.n, 2))
    codes = clustering.codes
    for rows, block in minima(clustering):
        _two_smallest(block, codes[rows], nearest[rows])
    for rows, block in maxima(clustering):
        _two_smallest(block, codes[rows], farthest[rows])
    lower, centres = 0.0, np.empty(clustering.k, dtype=np.intp)
    for i in range(clustering.k):
        own = clustering.cluster(i)
        floor = np.zeros(own.stop - own.start)
        for first in range(own.start, own.stop, TILE_ROWS):
            rows = slice(first, min(first + TILE_ROWS, own.stop))
            tile = distances(clustering, rows, own)
            _add_least(tile, first - own.start, kind, largest, nearest[rows], farthest[rows], floor)
        lower += float(floor.min())
        centres[i] = own.start + np.argmin(floor)
    sets = [(_total(clustering, kind, largest, these), these) for these in (centres, medoids(clustering))]
    total, centres = min(sets, key=lambda pair: pair[0])
    sizes = total if kind <= LAST_RATIO else clustering.n * float(farthest.max())
    return lower, total, centres, float((clustering.n + 8) * np.finfo(float).eps * sizes)


def _total(clustering: Clustering, kind: int, largest: bool, centres: IntArray) -> float:
    """Sum of all contributions for a set of centres."""
    codes = clustering.codes

    def add_up(rows: slice, block: FloatArray) -> float:
        two = np.empty((len(block), 2))
        _two_smallest(block, codes[rows], two)
        return float(_sum(block, codes[rows], centres - rows.start, kind, largest, two))

    return sum(map_centre_distances(clustering, centres, add_up))


@kernel
def _two_smallest(block: FloatArray, codes: IntArray, out: FloatArray) -> None:
    """(rows, 2) smallest and second smallest of (rows, k) values, without the own cluster's."""
    for x in range(len(block)):
        out[x, 0] = out[x, 1] = np.inf
        for j in range(block.shape[1]):
            if j != codes[x]:
                out[x, 1] = min(out[x, 1], max(out[x, 0], block[x, j]))
                out[x, 0] = min(out[x, 0], block[x, j])


@kernel
def _add_least(
    tile: FloatArray,
    offset: int,
    kind: int,
    largest: bool,
    nearest: FloatArray,
    farthest: FloatArray,
    floor: FloatArray,
) -> None:
    """Add the least contributions of some points of a cluster, from the `offset`-th on, for each centre of it."""
    for x in range(len(tile)):
        for c in range(len(floor)):
            if kind > LAST_RATIO or c != offset + x:
                floor[c] += least(
                    kind, largest, tile[x, c], nearest[x, 0], farthest[x, 0], nearest[x, 1], farthest[x, 1]
                )


@kernel
def _sum(block: FloatArray, codes: IntArray, centres: IntArray, kind: int, largest: bool, two: FloatArray) -> float:
    """Contributions of some points, from their (rows, k) distances to the centres."""
    total = 0.0
    for x in range(len(block)):
        if kind > LAST_RATIO or centres[codes[x]] != x:
            own = block[x, codes[x]]
            total += least(kind, largest, own, two[x, 0], two[x, 0], two[x, 1], two[x, 1])
    return total
