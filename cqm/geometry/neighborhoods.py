"""How many points of each cluster lie within a radius of centroids and of the midpoints between them."""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.tiles import between
from cqm.arrays.intake import Clustering
from cqm.geometry.dispersion import Dispersion, distances_to_centroids

__all__ = ["BORDER", "counts_at_centroids", "counts_at_midpoints"]

BORDER = 1e-9  # distances that differ from the radius by less than this share of it count as equal to it
BLOCK_ROWS = 512

Counts = NDArray[np.int64]


def counts_at_centroids(clustering: Clustering, spread: Dispersion, radius: float) -> Counts:
    """(k, k) number of points of cluster i at most `radius` from centroid j."""
    out = np.zeros((clustering.k, clustering.k), dtype=np.int64)
    for rows, lengths in distances_to_centroids(clustering, spread):
        part = clustering.part(rows)
        inside = (lengths <= radius * (1 + BORDER)).astype(np.int64)
        out[part.clusters] += np.add.reduceat(inside, part.starts[:-1], axis=0)
    return out


def counts_at_midpoints(clustering: Clustering, spread: Dispersion, radius: float) -> Counts:
    """(k, k) number of points of cluster i at most `radius` from the midpoint of centroids i and j."""
    out = np.zeros((clustering.k, clustering.k), dtype=np.int64)
    for i in range(clustering.k):
        midpoints = (spread.centroids + spread.centroids[i]) / 2
        points = clustering.data[clustering.cluster(i)]
        for first in range(0, len(points), BLOCK_ROWS):
            lengths = between(clustering, points[first : first + BLOCK_ROWS] - spread.origin, midpoints)
            out[i] += (lengths <= radius * (1 + BORDER)).sum(axis=0)
    return out
