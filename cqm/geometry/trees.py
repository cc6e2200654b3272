"""Minimum spanning trees of clusters, in O(n²) time and O(n) memory."""

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.tiles import distances
from cqm.validation import Clustering

__all__ = ["minimum_spanning_trees"]


def minimum_spanning_trees(clustering: Clustering) -> list[NDArray[np.float64]]:
    """For each cluster, the (size − 1,) edge lengths of its minimum spanning tree, in Prim's order."""
    return [_prim(clustering, clustering.cluster(i)) for i in range(clustering.k)]


def _prim(clustering: Clustering, points: slice) -> NDArray[np.float64]:
    size = points.stop - points.start
    reach = np.full(size, np.inf)
    outside = np.ones(size, dtype=bool)
    edges = np.empty(size - 1)
    newest = 0
    for step in range(size - 1):
        outside[newest] = False
        row = slice(points.start + newest, points.start + newest + 1)
        np.minimum(reach, distances(clustering, row, points)[0], out=reach)
        newest = int(np.argmin(np.where(outside, reach, np.inf)))
        edges[step] = reach[newest]
    return edges
