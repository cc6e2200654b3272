"""How many points of each cluster lie within a radius of centroids and of the midpoints between them."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import SUM
from cqm.arrays.host.tiles import between
from cqm.geometry.centroids import dispersion, from_centroids

__all__ = ["BORDER", "counts_at_centroids", "counts_at_midpoints"]

BORDER = 1e-9  # distances that differ from the radius by less than this share of it count as equal to it
BLOCK_ROWS = 512


def counts_at_centroids(clustering: Clustering, radius: float) -> FloatArray:
    """(k, k) number of points of cluster i at most `radius` from centroid j."""
    limit = float(radius * (1 + BORDER))

    def inside(lengths: Any, own: Any, sizes: Any) -> Any:
        xp = array_namespace(lengths)
        return xp.astype(lengths <= limit, xp.float64)

    return from_centroids(clustering, inside, over=SUM)


def counts_at_midpoints(clustering: Clustering, radius: float) -> FloatArray:
    """(k, k) number of points of cluster i at most `radius` from the midpoint of centroids i and j."""
    spread, out = dispersion(clustering), np.zeros((clustering.k, clustering.k))
    for i, points in enumerate(clustering.vectors()):
        midpoints, start = (spread.centroids + spread.centroids[i]) / 2, int(clustering.starts[i])
        for first in range(0, len(points), BLOCK_ROWS):
            rows = slice(first, min(first + BLOCK_ROWS, len(points)))
            inside = between(points[rows] - spread.origin, midpoints) <= radius * (1 + BORDER)
            weights = clustering.weights_of(slice(start + rows.start, start + rows.stop))
            out[i] += weights @ inside if len(weights) else np.count_nonzero(inside, axis=0)
    return out
