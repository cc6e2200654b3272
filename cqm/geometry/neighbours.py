"""Nearest neighbours, and how many of them lie in other clusters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.sparse.graph import Graph
from cqm.sharing import once

__all__ = ["foreign_shares"]

LongArray = NDArray[np.int64]


class _Nearest(NamedTuple):
    """The distances at which each point has its nearest neighbours, in ascending order; (n, ranks) arrays.

    Attributes
    ----------
    distance : different distances, +∞ where there are fewer than ranks.
    points, foreign : number of points at this distance, and of those in other clusters.
    """

    distance: FloatArray
    points: LongArray
    foreign: LongArray

    def of(self, rows: slice) -> "_Nearest":
        return _Nearest(self.distance[rows], self.points[rows], self.foreign[rows])

    @classmethod
    def none(cls, n: int, ranks: int) -> "_Nearest":
        shape = (n, ranks)
        return cls(np.full(shape, np.inf), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))


@once
def foreign_shares(clustering: Clustering, neighbors: int) -> FloatArray:
    """(n, neighbors) share of other clusters among the points that are the first, second, … nearest to each point.

    Points that are equally near share their ranks evenly. Ranks that n − 1 points cannot fill hold 0.
    """
    ranks = min(neighbors, clustering.n - 1)
    if isinstance(clustering.points, Graph):
        nearest = _in_graph(clustering.points, ranks)
    else:
        nearest = _among_all(clustering, ranks)
    out = np.zeros((clustering.n, neighbors))
    _share(nearest.points, nearest.foreign, out)
    return out


def _in_graph(graph: Graph, ranks: int) -> _Nearest:
    """What the rows of a graph have, if each has enough."""
    stored, table = np.diff(graph.table.indptr) - 1, graph.table
    short = int(stored.argmin())
    if stored[short] < ranks:
        fewest = stored[short]
        cure = f"pass neighbors={fewest}, or a graph of more" if fewest else "pass a graph of more"
        raise ValueError(
            f"row {graph.order[short]} of the graph has {fewest} neighbours that are no noise, and {ranks} are asked "
            f"for: {cure}"
        )
    nearest = _Nearest.none(graph.n, ranks)
    _meet_neighbours(table.indptr, table.indices, table.data, graph.codes, nearest)
    return nearest


def _among_all(clustering: Clustering, ranks: int) -> _Nearest:
    """What the points have among all others."""
    codes = clustering.codes
    nearest, farthest = _Nearest.none(clustering.n, ranks), np.full(clustering.n, np.inf)

    def visit(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, _Nearest]]:
        by_row = _Nearest.none(tile.shape[0], ranks)
        if a == b:
            np.fill_diagonal(tile, np.inf)
        _meet(tile, codes[a], codes[b], farthest[a], by_row)
        if a == b:
            return [(a, by_row)]
        by_column = _Nearest.none(tile.shape[1], ranks)
        _meet(np.ascontiguousarray(tile.T), codes[b], codes[a], farthest[b], by_column)
        return [(a, by_row), (b, by_column)]

    for found in clustering.points.map_pairs(visit):
        for rows, points in found:
            _merge(points, nearest.of(rows), farthest[rows])
    return nearest


@kernel
def _meet_neighbours(
    edges: NDArray[np.integer],
    neighbours: NDArray[np.integer],
    distances: FloatArray,
    codes: NDArray[np.intp],
    nearest: _Nearest,
) -> None:
    """Let each point meet its neighbours in a graph."""
    for i in range(len(edges) - 1):
        farthest = np.inf
        for e in range(edges[i], edges[i + 1]):
            j = neighbours[e]
            if j != i and distances[e] <= farthest:
                apart = np.int64(codes[i] != codes[j])
                farthest = _insert(nearest.distance[i], nearest.points[i], nearest.foreign[i], distances[e], 1, apart)


@kernel
def _meet(
    tile: FloatArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    limit: FloatArray,
    nearest: _Nearest,
) -> None:
    """Let the points of the rows meet those of the columns; beyond the limit no neighbour is among the nearest."""
    for i in range(len(tile)):
        farthest = limit[i]
        for j in range(tile.shape[1]):
            if tile[i, j] <= farthest and tile[i, j] < np.inf:
                apart = np.int64(row_codes[i] != column_codes[j])
                last = _insert(nearest.distance[i], nearest.points[i], nearest.foreign[i], tile[i, j], 1, apart)
                farthest = min(farthest, last)


@kernel
def _merge(found: _Nearest, nearest: _Nearest, farthest: FloatArray) -> None:
    """Take over what some points met, and the distance beyond which nothing counts."""
    for i in range(len(farthest)):
        for g in range(found.distance.shape[1]):
            if found.points[i, g] > 0 and found.distance[i, g] <= farthest[i]:
                farthest[i] = _insert(
                    nearest.distance[i],
                    nearest.points[i],
                    nearest.foreign[i],
                    found.distance[i, g],
                    found.points[i, g],
                    found.foreign[i, g],
                )


@kernel
def _insert(distance: FloatArray, points: LongArray, foreign: LongArray, new: float, count: int, apart: int) -> float:
    """Add points at distance `new`, drop distances whose ranks are beyond the last, and return the largest of use."""
    at = 0
    while distance[at] < new:
        at += 1
    if distance[at] > new:
        for g in range(len(distance) - 1, at, -1):
            distance[g], points[g], foreign[g] = distance[g - 1], points[g - 1], foreign[g - 1]
        distance[at], points[at], foreign[at] = new, 0, 0
    points[at] += count
    foreign[at] += apart
    nearer, farthest = 0, np.inf
    for g in range(len(distance)):
        if nearer >= len(distance):
            distance[g], points[g], foreign[g] = np.inf, 0, 0
        nearer += points[g]
        if nearer >= len(distance) and points[g] > 0:
            farthest = distance[g]
    return farthest


@kernel
def _share(points: LongArray, foreign: LongArray, out: FloatArray) -> None:
    for i in range(len(out)):
        rank = 0
        for g in range(points.shape[1]):
            for _ in range(points[i, g]):
                if rank < points.shape[1]:
                    out[i, rank] = foreign[i, g] / points[i, g]
                    rank += 1
