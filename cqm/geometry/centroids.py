"""Cluster centroids and sums of squares: what O(n·d) can say about a clustering."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.tiles import between, row_blocks
from cqm.validation import Clustering

__all__ = ["centroid_distances", "centroids", "within_sums_of_squares"]

FloatArray = NDArray[np.float64]


def centroids(clustering: Clustering) -> FloatArray:
    """(k, d) means of the clusters."""
    totals = np.add.reduceat(clustering.data.astype(np.float64, copy=False), clustering.starts[:-1], axis=0)
    return np.asarray(totals / clustering.sizes[:, None], dtype=np.float64)


def within_sums_of_squares(clustering: Clustering) -> FloatArray:
    """(k,) sums of squared Euclidean distances of each cluster's points to its centroid."""
    means = centroids(clustering)
    out = np.empty(clustering.k)
    for i in range(clustering.k):
        deviations = clustering.data[clustering.cluster(i)] - means[i]
        out[i] = np.einsum("ij,ij->", deviations, deviations)
    return out


def centroid_distances(clustering: Clustering, means: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, len(means)) distances to each of `means`."""
    for rows in row_blocks(clustering):
        yield rows, between(clustering, clustering.data[rows], means)
