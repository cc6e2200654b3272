"""Compiled loops over one tile of the distance matrix: fill it, finish it, reduce it over clusters.

Long sums run over vectors element by element or over four accumulators, because without fast-math a compiler must keep
the order of a single running sum, and then can't use vector instructions.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.engine import MINIMUM, SUM
from cqm.arrays.host.jit import kernel

__all__ = [
    "ANGLE",
    "CHEBYSHEV",
    "MANHATTAN",
    "MINKOWSKI",
    "ROOT",
    "SAME",
    "SQUARED",
    "Products",
    "extremes_over_clusters",
    "fill",
    "finish",
    "minimum",
    "reduce_over_clusters",
    "shift",
    "total",
]

# what a tile is filled with, feature by feature
SQUARED, MANHATTAN, CHEBYSHEV, MINKOWSKI = range(4)
# what turns a tile's value into a distance
SAME, ROOT, ANGLE = range(3)
# of how many pairs one may be computed from differences, before products of full precision cost less
RECOMPUTED = 16


class Products(NamedTuple):
    """What it takes to turn a tile of inner products into squared distances.

    Attributes
    ----------
    pending : whether the tile still holds inner products (a − o − c)·(b − c).
    a, b : (rows, d) and (columns, d) vectors.
    origin : (d,) o, the point that b is relative to and a is not.
    a_norms, b_norms : squared lengths of a − o − c and b − c, in the tile's precision.
    threshold : a squared distance up to this share of the sum of the two has lost digits and is recomputed.
    zero : a squared distance up to this one is rounding, and becomes 0.
    """

    pending: bool
    a: NDArray[Any]
    b: NDArray[Any]
    origin: NDArray[np.float64]
    a_norms: NDArray[Any]
    b_norms: NDArray[Any]
    threshold: Any
    zero: Any


@kernel
def shift(
    vectors: NDArray[Any], origin: NDArray[np.float64], centre: NDArray[np.float64], moved: NDArray[Any]
) -> NDArray[np.float64]:
    """Write vectors − origin − centre into `moved`, and return the squared lengths of its rows."""
    n, d = vectors.shape
    norms = np.empty(n)
    for i in range(n):
        for f in range(d):
            moved[i, f] = (vectors[i, f] - origin[f]) - centre[f]
        norms[i] = _squared_length(moved[i])
    return norms


@kernel
def _squared_length(x: NDArray[Any]) -> float:
    s0 = s1 = s2 = s3 = 0.0
    whole = len(x) - len(x) % 4
    for f in range(0, whole, 4):
        s0 += np.float64(x[f]) * x[f]
        s1 += np.float64(x[f + 1]) * x[f + 1]
        s2 += np.float64(x[f + 2]) * x[f + 2]
        s3 += np.float64(x[f + 3]) * x[f + 3]
    for f in range(whole, len(x)):
        s0 += np.float64(x[f]) * x[f]
    return (s0 + s1) + (s2 + s3)


@kernel
def _squared_distance(x: NDArray[Any], origin: NDArray[np.float64], y: NDArray[Any]) -> float:
    s0 = s1 = s2 = s3 = 0.0
    whole = len(x) - len(x) % 4
    for f in range(0, whole, 4):
        t0 = (x[f] - origin[f]) - y[f]
        t1 = (x[f + 1] - origin[f + 1]) - y[f + 1]
        t2 = (x[f + 2] - origin[f + 2]) - y[f + 2]
        t3 = (x[f + 3] - origin[f + 3]) - y[f + 3]
        s0 += t0 * t0
        s1 += t1 * t1
        s2 += t2 * t2
        s3 += t3 * t3
    for f in range(whole, len(x)):
        t0 = (x[f] - origin[f]) - y[f]
        s0 += t0 * t0
    return (s0 + s1) + (s2 + s3)


@kernel
def fill(kind: int, p: float, a: NDArray[Any], b_features: NDArray[Any], tile: NDArray[Any]) -> None:
    """Fill a tile from coordinate differences; `b_features` is (d, columns), so that the inner loop is over columns.

    SQUARED is left without its root; the other kinds are distances.
    """
    largest = np.empty(tile.shape[1])
    for i in range(tile.shape[0]):
        row = tile[i]
        row[:] = 0.0
        for f in range(a.shape[1]):
            x, y = a[i, f], b_features[f]
            if kind == SQUARED:
                for j in range(len(row)):
                    t = x - y[j]
                    row[j] += t * t
            elif kind == MANHATTAN:
                for j in range(len(row)):
                    row[j] += abs(x - y[j])
            else:
                for j in range(len(row)):
                    t = abs(x - y[j])
                    row[j] = t if t > row[j] else row[j]
        if kind == MINKOWSKI:  # powers of differences over the largest one neither over- nor underflow
            for j in range(
                len(row)
            ):  # `largest[:] = row` compiles for seconds: it could raise an error with shapes in it
                largest[j] = row[j]
            row[:] = 0.0
            for f in range(a.shape[1]):
                x, y = a[i, f], b_features[f]
                for j in range(len(row)):
                    if largest[j] > 0:
                        row[j] += (abs(x - y[j]) / largest[j]) ** p
            for j in range(len(row)):
                row[j] = largest[j] * row[j] ** (1 / p)


@kernel
def finish(tile: NDArray[Any], products: Products, transform: int) -> None:
    """Turn what a tile was filled with into distances, in place."""
    for i in range(tile.shape[0]):
        if products.pending:
            _finish_products(tile[i], i, products)
        _transform(tile[i], transform)


@kernel
def _finish_products(row: NDArray[Any], i: int, products: Products) -> None:
    norm, norms, threshold, zero = products.a_norms[i], products.b_norms, products.threshold, products.zero
    close = 0
    for j in range(len(row)):
        both = norm + norms[j]
        squared = both - (row[j] + row[j])
        close += squared <= threshold * both + zero
        row[j] = squared
    if close > 0:
        for j in range(len(row)):
            if row[j] <= threshold * (norm + norms[j]) + zero:
                squared = _squared_distance(products.a[i], products.origin, products.b[j])
                row[j] = squared if squared > zero else 0.0


@kernel
def _transform(row: NDArray[Any], transform: int) -> None:
    if transform == ROOT:
        for j in range(len(row)):
            row[j] = math.sqrt(row[j])
    elif transform == ANGLE:
        for j in range(len(row)):
            row[j] = 2 / math.pi * math.asin(min(1.0, math.sqrt(row[j]) / 2))


@kernel
def reduce_over_clusters(
    tile: NDArray[Any],
    products: Products,
    transform: int,
    operations: tuple[int, ...],
    on_diagonal: bool,
    row_starts: NDArray[np.intp],
    column_starts: NDArray[np.intp],
    row_weights: NDArray[np.float64],
    column_weights: NDArray[np.float64],
    by_row: NDArray[np.float64],
    by_column: NDArray[np.float64],
) -> None:
    """Finish a tile and reduce it over the clusters of its columns and of its rows, each row while it is in cache.

    Parameters
    ----------
    operations : SUM, MINIMUM, MAXIMUM, in this order.
    on_diagonal : whether entry (i, i) is the distance of a point to itself, which no minimum counts.
    row_starts, column_starts : first row and column of each cluster within the tile, and the end.
    row_weights, column_weights : how often each row and column counts in a sum; empty where once.
    by_row : (operations, rows, clusters of columns), written.
    by_column : (operations, clusters of rows, columns), updated: comes as 0 for sums and maxima, +∞ for minima; empty
        where it is not asked for.
    """
    cluster, columns, weighted = 0, by_column.shape[1] > 0, len(column_weights) > 0
    terms = np.empty(tile.shape[1] if weighted else 0)
    for i in range(tile.shape[0]):
        while i >= row_starts[cluster + 1]:
            cluster += 1
        row = tile[i]
        if products.pending:
            _finish_products(row, i, products)
        _transform(row, transform)
        for o in range(len(operations)):
            operation = operations[o]
            if on_diagonal and operation != SUM:
                row[i] = np.inf if operation == MINIMUM else 0.0
            if weighted and operation == SUM:
                _weigh(row, column_weights, terms)
                for c in range(len(column_starts) - 1):
                    by_row[o, i, c] = total(terms[column_starts[c] : column_starts[c + 1]])
                if columns:
                    _add_weighted(by_column[o, cluster], row, row_weights[i])
                continue
            if columns:
                _reduce_into(by_column[o, cluster], row, operation)
            for c in range(len(column_starts) - 1):
                part = row[column_starts[c] : column_starts[c + 1]]
                if operation == SUM:
                    by_row[o, i, c] = total(part)
                elif operation == MINIMUM:
                    by_row[o, i, c] = minimum(part)
                else:
                    by_row[o, i, c] = _maximum(part)


@kernel
def extremes_over_clusters(
    tile: NDArray[Any],
    products: Products,
    operations: tuple[int, ...],
    on_diagonal: bool,
    row_starts: NDArray[np.intp],
    column_starts: NDArray[np.intp],
    slack: float,
    met: NDArray[np.float64],
) -> bool:
    """Extremes of exact squared distances over the clusters of rows and columns, found by rough products.

    Only pairs whose rough squared distance is within `slack` of the rough extreme are computed, from differences of
    coordinates. False when there are so many that products as precise as the points cost less; `met` is void then.

    Parameters
    ----------
    operations : MINIMUM, MAXIMUM.
    slack : twice the most by which a rough squared distance is wrong.
    met : (operations, clusters of rows, clusters of columns), written.
    """
    rough = np.empty((len(operations), tile.shape[0], len(column_starts) - 1), tile.dtype)
    for i in range(tile.shape[0]):
        row, norm, norms = tile[i], products.a_norms[i], products.b_norms
        for j in range(len(row)):
            row[j] = (norm + norms[j]) - (row[j] + row[j])
        for o in range(len(operations)):
            if on_diagonal:
                row[i] = np.inf if operations[o] == MINIMUM else 0.0
            for c in range(len(column_starts) - 1):
                part = row[column_starts[c] : column_starts[c + 1]]
                rough[o, i, c] = minimum(part) if operations[o] == MINIMUM else _maximum(part)
    left = tile.size // RECOMPUTED
    for o in range(len(operations)):
        smallest = operations[o] == MINIMUM
        for r in range(len(row_starts) - 1):
            for c in range(len(column_starts) - 1):
                extreme = rough[o, row_starts[r], c]
                for i in range(row_starts[r], row_starts[r + 1]):
                    extreme = min(extreme, rough[o, i, c]) if smallest else max(extreme, rough[o, i, c])
                out = np.inf if smallest else 0.0
                low, high = extreme - slack, extreme + slack
                for i in range(row_starts[r], row_starts[r + 1]):
                    if low <= rough[o, i, c] <= high:
                        for j in range(column_starts[c], column_starts[c + 1]):
                            if low <= tile[i, j] <= high and not (on_diagonal and i == j):
                                left -= 1
                                squared = _squared_distance(products.a[i], products.origin, products.b[j])
                                squared = squared if squared > products.zero else 0.0
                                out = min(out, squared) if smallest else max(out, squared)
                    if left < 0:
                        return False
                met[o, r, c] = out
    return True


@kernel
def _reduce_into(column: NDArray[np.float64], row: NDArray[Any], operation: int) -> None:
    if operation == SUM:
        for j in range(len(row)):
            column[j] += row[j]
    elif operation == MINIMUM:
        for j in range(len(row)):
            column[j] = row[j] if row[j] < column[j] else column[j]
    else:
        for j in range(len(row)):
            column[j] = row[j] if row[j] > column[j] else column[j]


@kernel
def _weigh(row: NDArray[Any], weights: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for j in range(len(row)):
        out[j] = row[j] * weights[j]


@kernel
def _add_weighted(column: NDArray[np.float64], row: NDArray[Any], weight: float) -> None:
    for j in range(len(row)):
        column[j] += weight * row[j]


@kernel
def total(x: NDArray[Any]) -> float:
    """Sum, over four accumulators."""
    s0 = s1 = s2 = s3 = 0.0
    whole = len(x) - len(x) % 4
    for j in range(0, whole, 4):
        s0 += x[j]
        s1 += x[j + 1]
        s2 += x[j + 2]
        s3 += x[j + 3]
    for j in range(whole, len(x)):
        s0 += x[j]
    return (s0 + s1) + (s2 + s3)


@kernel
def minimum(x: NDArray[Any]) -> float:
    """Smallest value, over four accumulators."""
    m0 = m1 = m2 = m3 = x.dtype.type(np.inf)
    whole = len(x) - len(x) % 4
    for j in range(0, whole, 4):
        m0 = x[j] if x[j] < m0 else m0
        m1 = x[j + 1] if x[j + 1] < m1 else m1
        m2 = x[j + 2] if x[j + 2] < m2 else m2
        m3 = x[j + 3] if x[j + 3] < m3 else m3
    for j in range(whole, len(x)):
        m0 = x[j] if x[j] < m0 else m0
    return min(min(m0, m1), min(m2, m3))


@kernel
def _maximum(x: NDArray[Any]) -> float:
    m0 = m1 = m2 = m3 = x.dtype.type(0)
    whole = len(x) - len(x) % 4
    for j in range(0, whole, 4):
        m0 = x[j] if x[j] > m0 else m0
        m1 = x[j + 1] if x[j + 1] > m1 else m1
        m2 = x[j + 2] if x[j + 2] > m2 else m2
        m3 = x[j + 3] if x[j + 3] > m3 else m3
    for j in range(whole, len(x)):
        m0 = x[j] if x[j] > m0 else m0
    return max(max(m0, m1), max(m2, m3))
