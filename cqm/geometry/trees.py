"""Minimum spanning trees of clusters."""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.trees import root
from cqm.geometry.reachability import spanning_trees
from cqm.sharing import once

__all__ = ["longest_steps", "widest_between"]


@once
def longest_steps(clustering: Clustering) -> NDArray[np.float64]:
    """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton."""
    return clustering.points.longest_steps()


def widest_between(clustering: Clustering, heights: FloatArray) -> float:
    """Largest min(h(x), h(y)) · s(x, y) of two points of a cluster, for (n,) heights h that are not negative.

    s is the least over chains inside the cluster of the largest step. The edges of a minimum spanning tree, shortest
    first, each join two sets of points, and s is an edge's length for all pairs across. So the highest points of both
    decide, and nothing depends on which of several such trees it is.
    """
    return float(_widest_between(*spanning_trees(clustering, np.zeros(clustering.n)), heights.copy()))


@kernel
def _widest_between(u: LongArray, v: LongArray, lengths: FloatArray, highest: FloatArray) -> float:
    """The same from edges in order of their lengths; `highest` begins with the heights, and is overwritten."""
    parent, widest = np.arange(len(highest)), 0.0
    for e in range(len(lengths)):
        a, b = root(parent, u[e]), root(parent, v[e])
        widest = max(widest, lengths[e] * min(highest[a], highest[b]))
        parent[b], highest[a] = a, max(highest[a], highest[b])
    return widest
