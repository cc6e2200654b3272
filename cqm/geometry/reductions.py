"""Distances reduced over clusters: sums, minima and maxima, per point and per pair of clusters.

Sums of squared Euclidean, cosine and correlation distances have a closed form and visit no pairs.
"""

from contextlib import suppress
from operator import add
from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_numpy_array

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import ACROSS, INSIDE, MAXIMUM, MINIMUM, SUM, Request
from cqm.arrays.foreign import on_host
from cqm.arrays.rules import NoRoomError
from cqm.geometry import closed_forms
from cqm.geometry.nearest import own_all_and_least_mean, own_and_nearest, sums_and_least_mean, two_nearest
from cqm.sharing import once

__all__ = [
    "distance_matrix",
    "gaps_and_diameters",
    "nearest_across",
    "nearest_elsewhere",
    "pair_maxima",
    "pair_minima",
    "pair_sums",
    "point_sums",
    "reaches",
    "resident_distances",
    "sums_to_own_cluster",
]


@once
def point_sums(clustering: Clustering) -> FloatArray:
    """(n, 3) sums of each point's distances to its own cluster and to all points, and least mean to another cluster."""
    if clustering.distance.closed_form:
        with suppress(NoRoomError):  # for centroids: pairs take none
            return closed_forms.from_sums(clustering, own_all_and_least_mean)
    return clustering.points.per_point(SUM, own_all_and_least_mean, merge=sums_and_least_mean)


@once
def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums of distances over pairs of points, each unordered pair counted once, also on the diagonal."""
    if clustering.distance.closed_form:
        with suppress(NoRoomError):
            return closed_forms.pair_sums(clustering)
    (out,) = clustering.points.per_pair(Request(SUM))
    out[np.diag_indices(clustering.k)] /= 2
    return out


@once
def pair_minima(clustering: Clustering) -> FloatArray:
    """(k, k) smallest distance between two different points; +∞ on the diagonal of a singleton."""
    return clustering.points.per_pair(Request(MINIMUM))[0]


@once
def pair_maxima(clustering: Clustering) -> FloatArray:
    """(k, k) largest distances; the diagonal holds the clusters' diameters."""
    return clustering.points.per_pair(Request(MAXIMUM))[0]


@once
def gaps_and_diameters(clustering: Clustering) -> tuple[FloatArray, FloatArray]:
    """(k, k) smallest distances across clusters, +∞ on the diagonal, and (k,) largest ones inside, in one pass."""
    gaps, largest = clustering.points.per_pair(Request(MINIMUM, ACROSS), Request(MAXIMUM, INSIDE))
    np.fill_diagonal(gaps, np.inf)
    return gaps, np.diagonal(largest).copy()


@once
def nearest_across(clustering: Clustering) -> float:
    """Smallest distance between points of different clusters."""
    return clustering.points.nearest_across()


@once
def nearest_elsewhere(clustering: Clustering) -> FloatArray:
    """(n,) distances to the nearest point of another cluster."""
    return clustering.points.per_point(MINIMUM, own_and_nearest, merge=two_nearest)[:, 1]


@once
def reaches(clustering: Clustering) -> FloatArray:
    """(k, k) farthest that a point of cluster i is from the nearest point of cluster j."""
    return clustering.points.per_point(MINIMUM, lambda values, own, sizes: values, over=MAXIMUM)


@once
def sums_to_own_cluster(clustering: Clustering) -> FloatArray:
    """(n,) sums of distances to the points of the own cluster."""
    return clustering.points.sums_inside()


@once
def resident_distances(clustering: Clustering) -> Any:
    """(n, n) distances in cluster order, of the library that the engine's tiles are of."""

    def same(a: slice, b: slice, tile: Any) -> list[tuple[slice, slice, Any]]:
        return [(a, b, tile)]

    tiles = clustering.points.fold(same, add)
    if is_numpy_array(tiles[0][2]):
        out = np.empty((clustering.n, clustering.n))
        for a, b, tile in tiles:
            out[a, b], out[b, a] = tile, tile.T
        return out
    xp, places = array_namespace(tiles[0][2]), {}
    for a, b, tile in tiles:
        places[a.start, b.start], places[b.start, a.start] = tile, tile.T
    firsts = sorted({a for a, _ in places})
    return xp.concat([xp.concat([places[a, b] for b in firsts], axis=1) for a in firsts])


@once
def distance_matrix(clustering: Clustering) -> FloatArray:
    """(n, n) distances in cluster order, on the host."""
    return np.asarray(on_host(resident_distances(clustering)))
