"""Minimum spanning trees of clusters, tile by tile, in O(n²) time and O(n) memory.

A cluster is cut into blocks. Every edge joins points of two blocks (or of one), and a minimum spanning tree of these
blocks can stand in for all the edges between them: whatever they connect by steps of at most t, it connects by steps of
at most t. So the trees of all pairs of blocks hold a tree of the whole. The distance of each pair of points is made
once, in a tile, and pairs of blocks run on all cores.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.host import kernels
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.tiles import TILE_ROWS, Block, block_of, tile, to_distances
from cqm.parallel import in_order

__all__ = ["Edges", "connect", "kruskal", "longest_steps", "minimum_spanning_trees", "root", "spanning_edges"]


# Edges between blocks are thinned out when there are so many times more of them than points.
EDGES_PER_POINT = 8


class Edges(NamedTuple):
    """Edges between points a and b of one cluster; lengths grow with distances."""

    a: IntArray
    b: IntArray
    lengths: FloatArray

    @classmethod
    def together(cls, parts: list["Edges"]) -> "Edges":
        """All edges of several lots."""
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def longest_steps(points: Rows) -> FloatArray:
    """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton."""
    return np.array([edges.max(initial=0.0) for edges in minimum_spanning_trees(points)])


def minimum_spanning_trees(points: Rows) -> list[FloatArray]:
    """For each cluster, the (size − 1,) edge lengths of its minimum spanning tree in ascending order."""
    return [to_distances(points.distance, np.sort(tree.lengths)) for tree in spanning_edges(points)]


def spanning_edges(points: Rows) -> list[Edges]:
    """For each cluster, the edges of its minimum spanning tree, with points numbered within the cluster."""
    pieces = [_pieces(points, i) for i in range(points.k)]
    trees = in_order(lambda piece: _tree_of(points, piece), (piece for parts in pieces for piece in parts))
    out = []
    for i, parts in enumerate(pieces):
        edges = [next(trees) for _ in parts]
        out.append(edges[0] if len(parts) == 1 else _join(points, i, parts, edges))
    return out


def _pieces(points: Rows, cluster: int) -> list[slice]:
    rows = points.cluster(cluster)
    return [slice(first, min(first + TILE_ROWS, rows.stop)) for first in range(rows.start, rows.stop, TILE_ROWS)]


def _tree_of(points: Rows, piece: slice) -> Edges:
    """Tree of one block, with points numbered within it."""
    block = block_of(points, piece)
    return Edges(*_prim(_lengths(points, block, block)))


def _join(points: Rows, cluster: int, pieces: list[slice], trees: list[Edges]) -> Edges:
    """Tree of a cluster from the trees of its blocks, with points numbered within the cluster."""
    start = points.cluster(cluster).start
    offsets = [piece.start - start for piece in pieces]
    blocks = [block_of(points, piece) for piece in pieces]

    def bridge(pair: tuple[int, int]) -> Edges:
        i, j = pair
        lengths = _lengths(points, blocks[i], blocks[j])
        a, b, chosen = _bridges(lengths, np.ascontiguousarray(lengths.T), trees[i], trees[j])
        return Edges(a + offsets[i], b + offsets[j], chosen)

    size = int(points.sizes[cluster])
    found = [Edges(tree.a + offset, tree.b + offset, tree.lengths) for tree, offset in zip(trees, offsets, strict=True)]
    count = 0
    for bridges in in_order(bridge, combinations(range(len(pieces)), 2)):
        found.append(bridges)
        count += len(bridges.lengths)
        if count > EDGES_PER_POINT * size:
            found, count = [kruskal(size, Edges.together(found))], 0
    return kruskal(size, Edges.together(found))


def _lengths(points: Rows, a: Block, b: Block) -> NDArray[np.floating]:
    """(rows, columns) values that grow with the distances of two blocks."""
    values, products, _, _ = tile(points.distance, a, b)
    kernels.finish(values, products, kernels.SAME)
    return values


def kruskal(size: int, edges: Edges) -> Edges:
    """Minimum spanning tree of a connected graph."""
    order = np.argsort(edges.lengths, kind="stable")
    chosen = order[connect(np.arange(size), edges.a[order], edges.b[order])]
    return Edges(edges.a[chosen], edges.b[chosen], edges.lengths[chosen])


@kernel
def connect(parent: NDArray[np.integer], u: NDArray[np.integer], v: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Join the components of each edge's ends, one edge after the other, and say which edges did."""
    joined = np.zeros(len(u), dtype=np.bool_)
    for e in range(len(u)):
        a, b = root(parent, u[e]), root(parent, v[e])
        if a != b:
            parent[max(a, b)] = min(a, b)
            joined[e] = True
    return joined


@kernel
def root(parent: NDArray[np.integer], at: int) -> int:
    """What stands for the component of `at`: its own parent. The way there gets shorter for those who come after."""
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@kernel
def _prim(lengths: NDArray[np.floating]) -> tuple[IntArray, IntArray, FloatArray]:
    """Minimum spanning tree of a complete graph, by Prim's algorithm."""
    size = len(lengths)
    a, b, chosen = np.empty(size - 1, np.intp), np.empty(size - 1, np.intp), np.empty(size - 1)
    reach, source = np.full(size, np.inf), np.zeros(size, np.intp)
    outside = np.arange(1, size)
    newest = 0
    for step in range(size - 1):
        nearest = 0
        for o in range(len(outside)):
            v = outside[o]
            if lengths[newest, v] < reach[v]:
                reach[v], source[v] = lengths[newest, v], newest
            if reach[v] < reach[outside[nearest]]:
                nearest = o
        newest = outside[nearest]
        a[step], b[step], chosen[step] = source[newest], newest, reach[newest]
        outside[nearest] = outside[-1]
        outside = outside[:-1]
    return a, b, chosen


@kernel
def _bridges(
    lengths: NDArray[np.floating], transposed: NDArray[np.floating], rows_tree: Edges, columns_tree: Edges
) -> tuple[IntArray, IntArray, FloatArray]:
    """Edges between rows and columns in a minimum spanning tree of both, given the trees of either side.

    Prim's algorithm on the edges of the trees and all the edges between rows and columns; nodes are rows, then columns.
    """
    rows, columns = lengths.shape
    size = rows + columns
    first, following, target, weight = _adjacency(rows, columns, rows_tree, columns_tree)
    a, b, chosen = np.empty(size - 1, np.intp), np.empty(size - 1, np.intp), np.empty(size - 1)
    reach, source = np.full(size, np.inf), np.zeros(size, np.intp)
    reach[0] = -1.0  # below 0: inside the tree, out of reach of updates
    newest, found = 0, 0
    for _ in range(size - 1):
        from_rows = newest < rows
        line = lengths[newest] if from_rows else transposed[newest - rows]
        other = rows if from_rows else 0
        for j in range(len(line)):
            if line[j] < reach[other + j]:
                reach[other + j], source[other + j] = line[j], newest
        e = first[newest]
        while e >= 0:
            if weight[e] < reach[target[e]]:
                reach[target[e]], source[target[e]] = weight[e], newest
            e = following[e]
        newest = _nearest(reach)
        if (source[newest] < rows) != (newest < rows):
            a[found], b[found] = min(source[newest], newest), max(source[newest], newest) - rows
            chosen[found] = reach[newest]
            found += 1
        reach[newest] = -1.0
    return a[:found], b[:found], chosen[:found]


@kernel
def _nearest(reach: FloatArray) -> int:
    """First of the smallest values that are not negative."""
    best, at = np.inf, 0
    for v in range(len(reach)):
        if 0 <= reach[v] < best:
            best, at = reach[v], v
    return at


@kernel
def _adjacency(
    rows: int, columns: int, rows_tree: Edges, columns_tree: Edges
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Both trees as linked lists: each node's first half-edge, and each half-edge's successor, target and length."""
    edges = 2 * (rows + columns)
    first = np.full(rows + columns, -1)
    following, target, weight = np.empty(edges, np.intp), np.empty(edges, np.intp), np.empty(edges)
    e = 0
    for tree, offset in ((rows_tree, 0), (columns_tree, rows)):
        for t in range(len(tree.lengths)):
            for x, y in ((tree.a[t], tree.b[t]), (tree.b[t], tree.a[t])):
                following[e], target[e], weight[e] = first[offset + x], offset + y, tree.lengths[t]
                first[offset + x] = e
                e += 1
    return first, following, target, weight
