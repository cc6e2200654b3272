"""Medoids: the points of clusters with the smallest sum of distances to their cluster, and distances to them."""

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.geometry.reductions import point_sums, sums_to_own_cluster
from cqm.sharing import once

__all__ = ["TIE", "distances_to_medoids"]

TIE = 1e-9  # sums that differ by less than this share of them count as equal


@once
def distances_to_medoids(clustering: Clustering) -> FloatArray:
    """(n, 2) distances to the medoid of the own cluster and to the nearest other one.

    Where several points of a cluster have the smallest sum, its distance is the mean of those to all of them. Each
    round takes one point of every cluster, and the points at its place with it.
    """
    closed, codes = clustering.distance.closed_form, clustering.codes
    sums = point_sums(clustering)[:, 0] if closed else sums_to_own_cluster(clustering)
    least = np.minimum.reduceat(sums, clustering.starts[:-1])
    left = sums <= least[codes] * (1 + TIE)
    totals, weights = np.zeros((clustering.n, clustering.k)), np.zeros(clustering.k)
    while left.any():
        centres = _first_of_each(clustering, left)
        distances = np.asarray(clustering.points.to_centres(centres, lambda values, own, sizes: values))
        here = left & (distances[np.arange(clustering.n), codes] == 0)
        here[centres] = left[centres]
        counts = np.bincount(codes[here], minlength=clustering.k)
        totals += counts * distances
        weights += counts
        left &= ~here
    totals /= weights
    own = totals[np.arange(clustering.n), codes].copy()
    totals[np.arange(clustering.n), codes] = np.inf
    return np.stack([own, totals.min(axis=1)], axis=1)


def _first_of_each(clustering: Clustering, wanted: np.ndarray) -> np.ndarray:
    """(k,) the first wanted row of each cluster; where a cluster has none, its first row."""
    return np.array(
        [clustering.starts[i] + np.argmax(wanted[clustering.cluster(i)]) for i in range(clustering.k)], dtype=np.intp
    )
