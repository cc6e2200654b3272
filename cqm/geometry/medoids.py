"""Medoids: the points of clusters with the smallest sum of distances to their cluster, and distances to them."""

from functools import partial, reduce
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.geometry.nearest import own_and_nearest, two_nearest
from cqm.geometry.reductions import point_sums, sums_to_own_cluster
from cqm.sharing import once

__all__ = ["TIE", "distances_to_medoids"]

TIE = 1e-9  # sums that differ by less than this share of them count as equal
TOGETHER = 2**14  # medoids, to which the distances of a block of rows are held at once


@once
def distances_to_medoids(clustering: Clustering) -> FloatArray:
    """(n, 2) distances to the medoid of the own cluster and to the nearest other one.

    Where several points of a cluster have the smallest sum, its distance is the mean of those to all of them.
    """
    medoids, shares = _medoids(clustering)
    lot = max(1, TOGETHER // len(medoids))
    found = (
        clustering.points.to_centres(
            medoids[:, first : first + lot].ravel(),
            partial(_means_of_own_and_nearest, first=first, shares=shares[:, first : first + lot]),
        )
        for first in range(0, clustering.k, lot)
    )
    return np.asarray(reduce(two_nearest, found))[:, :2]


def _medoids(clustering: Clustering) -> tuple[IntArray, FloatArray]:
    """(m, k) ordered rows, the places of each cluster's medoids, and their shares of these; a share of 0 fills up.

    Each round takes one point of every cluster, and the points at its place with it.
    """
    sums = point_sums(clustering)[:, 0] if clustering.distance.closed_form else sums_to_own_cluster(clustering)
    least = np.minimum.reduceat(sums, clustering.starts[:-1])
    rows = np.flatnonzero(sums <= least[clustering.codes] * (1 + TIE))
    if len(rows) == clustering.k:
        return rows[None], np.ones((1, clustering.k))
    tied = clustering.only(rows)
    left, medoids, counts = np.ones(tied.n, dtype=np.bool_), [], []
    while left.any():
        first = _first_of_each(tied, left)
        here = left & (np.asarray(tied.points.to_centres(first, own_and_nearest))[:, 0] == 0)
        here[first] = left[first]
        medoids.append(rows[first])
        counts.append(np.bincount(tied.codes[here], minlength=tied.k))
        left &= ~here
    return np.array(medoids), np.array(counts) / tied.sizes


def _first_of_each(clustering: Clustering, wanted: NDArray[np.bool_]) -> IntArray:
    """(k,) the first wanted row of each cluster; where a cluster has none, its first row."""
    return np.array(
        [clustering.starts[i] + np.argmax(wanted[clustering.cluster(i)]) for i in range(clustering.k)], dtype=np.intp
    )


def _means_of_own_and_nearest(values: Any, own: Any, sizes: Any, *, first: int, shares: FloatArray) -> Any:
    """`own_and_nearest` of the mean distances to the medoids of each of a lot of clusters, from `first` on."""
    if len(shares) > 1:
        xp, size = array_namespace(values), shares.shape[1]
        weights = xp.asarray(shares, dtype=values.dtype, device=device(values))
        values = reduce(xp.add, (values[:, m * size : (m + 1) * size] * weights[m, :] for m in range(len(shares))))
    return own_and_nearest(values, own - first, sizes)
