"""Centroids in the coordinates of the points, and the distances of all points to them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.dispersion import dispersion
from cqm.geometry.tiles import between, row_blocks
from cqm.validation import Clustering

__all__ = ["centroid_distances", "centroids"]

FloatArray = NDArray[np.float64]


def centroids(clustering: Clustering) -> FloatArray:
    """(k, d) means of the clusters."""
    spread = dispersion(clustering)
    return spread.origin + spread.centroids


def centroid_distances(clustering: Clustering, means: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, len(means)) distances to each of `means`."""
    for rows in row_blocks(clustering):
        yield rows, between(clustering, clustering.data[rows], means)
