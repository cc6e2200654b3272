"""Nearest neighbours, and how many of them lie in other clusters."""

from typing import Any, NamedTuple

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.sparse.graph import Graph
from cqm.geometry.pairs import together, without_itself
from cqm.sharing import once

__all__ = ["foreign_shares"]


class _Nearest(NamedTuple):
    """The distances at which each point has its nearest neighbours, in ascending order; (n, ranks) arrays.

    Attributes
    ----------
    distance : different distances, +∞ where there are fewer than ranks.
    points, foreign : number of points at this distance, and of those in other clusters.
    """

    distance: Any
    points: Any
    foreign: Any

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
    codes = clustering.points.here(clustering.codes)
    limits: dict[int, FloatArray] = {}  # spare work, whichever tiles are done: no neighbour is farther

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any, ...]:
        others = without_itself(a, b, tile)
        if not is_numpy_array(others):
            ones = array_namespace(others).ones_like(codes[:1])
            return _smallest(others, ones, ~together(a, b, codes), ranks)
        nearest = _Nearest.none(len(others), ranks)
        _meet(others, codes[a], codes[b], limits.setdefault(a.start, np.full(len(tile), np.inf)), nearest)
        return nearest

    def merge(x: tuple[Any, ...], y: tuple[Any, ...]) -> tuple[Any, ...]:
        if not is_numpy_array(x[0]):
            values, points, foreign = (array_namespace(p).concat([p, q], axis=1) for p, q in zip(x, y, strict=True))
            return _smallest(values, points, foreign, ranks)
        both = _Nearest(*(values.copy() for values in x))
        _merge(_Nearest(*y), both)
        return both

    return _Nearest(*clustering.points.fold_points(visit, merge, (np.inf, 0, 0)))


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


def _smallest(values: Any, points: Any, foreign: Any, ranks: int) -> _Nearest:
    """Each row's smallest different values, and how many points, and foreign ones, have them."""
    xp, found = array_namespace(values), []
    nobody = xp.zeros((1,), dtype=points.dtype, device=device(points))
    foreign = xp.astype(foreign, points.dtype)
    for _ in range(ranks):
        least = xp.min(values, axis=1, keepdims=True)
        here = values == least
        some = here & (least < xp.inf)
        found.append((least[:, 0], *(xp.sum(xp.where(some, each, nobody), axis=1) for each in (points, foreign))))
        values = xp.where(here, xp.inf, values)
    return _Nearest(*(xp.stack(column, axis=1) for column in zip(*found, strict=True)))


@kernel
def _meet(
    tile: FloatArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    limit: FloatArray,
    nearest: _Nearest,
) -> None:
    """Let the points of the rows meet those of the columns, of which none beyond the limit is among the nearest."""
    for i in range(len(tile)):
        farthest = limit[i]
        for j in range(tile.shape[1]):
            if tile[i, j] <= farthest and tile[i, j] < np.inf:
                apart = np.int64(row_codes[i] != column_codes[j])
                last = _insert(nearest.distance[i], nearest.points[i], nearest.foreign[i], tile[i, j], 1, apart)
                farthest = min(farthest, last)
        limit[i] = farthest


@kernel
def _merge(found: _Nearest, nearest: _Nearest) -> None:
    """Take over what some points met."""
    for i in range(len(found.distance)):
        farthest, nearer = np.inf, 0
        for g in range(found.distance.shape[1]):
            nearer += nearest.points[i, g]
            if nearer >= found.distance.shape[1]:
                farthest = nearest.distance[i, g]
                break
        for g in range(found.distance.shape[1]):
            if found.points[i, g] > 0 and found.distance[i, g] <= farthest:
                farthest = _insert(
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
