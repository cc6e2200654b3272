"""Bounds of a margin in O(n²) distances and O(n·k) memory, for data whose distance matrix does not fit.

Another cluster's centre is no nearer to a point than the cluster's nearest point and no farther than its farthest one.
With these two in the centre's place every cluster has a best centre of its own: the sum of the clusters' smallest is a
lower bound, and their centres together are a good set.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import MAXIMUM, MINIMUM
from cqm.arrays.foreign import on_host
from cqm.arrays.host.jit import kernel
from cqm.geometry.nearest import own_and_nearest, two_nearest
from cqm.measures.margins.contributions import LAST_RATIO, least
from cqm.measures.margins.representatives import medoids, own_and_nearest_centres

__all__ = ["interval_bound"]


def interval_bound(clustering: Clustering, kind: int, largest: bool) -> tuple[float, float, IntArray, float]:
    """Lower bound, smaller total of two good sets, its (k,) ordered rows, and the rounding error of either total."""
    points, starts = clustering.points, clustering.starts
    nearest, farthest = (
        np.ascontiguousarray(points.per_point(operation, own_and_nearest, merge=two_nearest)[:, 1:])
        for operation in (MINIMUM, MAXIMUM)
    )

    codes = clustering.codes

    def visit(a: slice, b: slice, tile: Any) -> tuple[FloatArray]:
        return (_least_of(on_host(tile), a.start, b.start, kind, largest, codes[a], codes[b], nearest[b], farthest[b]),)

    inside = np.ones(clustering.k, dtype=bool)
    (floors,) = points.fold_points(visit, lambda x, y: (x[0] + y[0],), (0.0,), inside)
    lower = float(np.minimum.reduceat(floors, starts[:-1]).sum())
    centres = np.array([start + np.argmin(floors[start:stop]) for start, stop in pairwise(starts.tolist())])
    sets = [(_total(clustering, kind, largest, these), these) for these in (centres, medoids(clustering))]
    total, centres = min(sets, key=lambda pair: pair[0])
    sizes = total if kind <= LAST_RATIO else clustering.n * float(farthest.max())
    return lower, total, centres, float((clustering.n + 8) * np.finfo(float).eps * sizes)


def _total(clustering: Clustering, kind: int, largest: bool, centres: IntArray) -> float:
    """Sum of all contributions for a set of centres."""
    return float(_sum(own_and_nearest_centres(clustering, centres), clustering.codes, centres, kind, largest))


@kernel
def _least_of(
    tile: FloatArray,
    first_centre: int,
    first_point: int,
    kind: int,
    largest: bool,
    centre_codes: IntArray,
    point_codes: IntArray,
    nearest: FloatArray,
    farthest: FloatArray,
) -> FloatArray:
    """For each row as a centre, the least contributions of the columns that are points of its cluster."""
    out = np.zeros(len(tile))
    for c in range(len(tile)):
        for x in range(tile.shape[1]):
            if centre_codes[c] == point_codes[x] and (kind > LAST_RATIO or first_centre + c != first_point + x):
                out[c] += least(kind, largest, tile[c, x], nearest[x, 0], farthest[x, 0], nearest[x, 1], farthest[x, 1])
    return out


@kernel
def _sum(distances: FloatArray, codes: IntArray, centres: IntArray, kind: int, largest: bool) -> float:
    """Contributions of all points, from their distances to the own centre and the two nearest others."""
    total = 0.0
    for x in range(len(distances)):
        if kind > LAST_RATIO or centres[codes[x]] != x:
            own, nearest, following = distances[x]
            total += least(kind, largest, own, nearest, nearest, following, following)
    return total
