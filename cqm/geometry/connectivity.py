"""Density-connectivity distances (Beer et al. 2023): the least largest step, in mutual reachability, of all ways.

They form a tree: at each of its n − 1 nodes two sets of points meet at the distance of all pairs across. So sums over
clusters take O(n·k) time once the tree is there.
"""

from typing import NamedTuple

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.trees import root
from cqm.geometry.near_pairs import nearest_distances
from cqm.geometry.reachability import spanning_tree
from cqm.sharing import once

__all__ = ["Connectivity", "connectivity"]


class Connectivity(NamedTuple):
    """What density-connectivity distances say of each point.

    Attributes
    ----------
    core : (n,) distance to the nearest other point of a rank, of all points.
    sums : (n, k) sums of the distances to the points of each cluster.
    nearest : (n, k) distance to the nearest other point of each cluster; +∞ where there is none.
    """

    core: FloatArray
    sums: FloatArray
    nearest: FloatArray


@once
def connectivity(clustering: Clustering, rank: int) -> Connectivity:
    """Density-connectivity among all points, with core distances to the neighbour of this rank; 0 for rank 0."""
    n, k = clustering.n, clustering.k
    core = nearest_distances(clustering, rank)[:, -1].copy() if rank else np.zeros(n)
    u, v, lengths = spanning_tree(clustering, core)
    counts = np.zeros((2 * n - 1, k))
    counts[np.arange(n), clustering.codes] = 1.0
    children = _merge(u, v, counts)
    sums, nearest = np.zeros((2 * n - 1, k)), np.full((2 * n - 1, k), np.inf)
    _spread(children, lengths, counts, sums, nearest)
    return Connectivity(core, sums[:n], nearest[:n])


@kernel
def _merge(u: LongArray, v: LongArray, counts: FloatArray) -> LongArray:
    """(n − 1, 2) nodes that each edge joins, shortest first; those of edges are n, n + 1, …, and get their counts."""
    n = len(u) + 1
    parent = np.arange(2 * n - 1)
    children = np.empty((n - 1, 2), dtype=np.int64)
    for e in range(n - 1):
        a, b = root(parent, u[e]), root(parent, v[e])
        parent[a] = parent[b] = n + e
        children[e, 0], children[e, 1] = a, b
        for c in range(counts.shape[1]):
            counts[n + e, c] = counts[a, c] + counts[b, c]
    return children


@kernel
def _spread(
    children: LongArray, lengths: FloatArray, counts: FloatArray, sums: FloatArray, nearest: FloatArray
) -> None:
    """From the root down, add to each node what its points meet at its parent: the points of its sibling."""
    n = len(lengths) + 1
    for e in range(n - 2, -1, -1):
        for side in range(2):
            child, sibling = children[e, side], children[e, 1 - side]
            for c in range(counts.shape[1]):
                sums[child, c] = sums[n + e, c] + lengths[e] * counts[sibling, c]
                nearest[child, c] = lengths[e] if counts[sibling, c] > 0 else nearest[n + e, c]
