"""Centroids and what lies around them: O(n·d) time and O(k·d) memory, on every core.

Coordinates are taken relative to a point of the data, and deviations relative to a point of the cluster, so that data
far from zero keep their digits and a cluster of equal points has a dispersion of exactly 0.

Large clusters are read together, row by row as they lie in memory, which is several times faster than going from one
row of a cluster to its next. Small ones would meet few of their rows in each lot: of these, each lot has whole ones.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Groups
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.kernels import total
from cqm.arrays.host.rows import Rows
from cqm.parallel import in_order

__all__ = ["dispersion", "squared", "sum_of_distances", "summed"]


LOT_ROWS, LOT_ENTRIES = 2**15, 2**20  # rows, and coordinates, that a thread takes at once: worth handing over
ROWS_EACH = 32  # of a large cluster in each lot, on average: then adding up what the lots found costs little
CACHE_BYTES = 2**20  # of small clusters, whose sums leave them there for the squares


class Lot(NamedTuple):
    """Ordered rows, the clusters that they belong to, and the place of each row's own among these."""

    rows: IntArray
    clusters: IntArray
    codes: IntArray


def dispersion(points: Rows) -> Dispersion:
    """Centroids, sums of squares and sums of distances, accumulated in float64."""
    anchors, masses = points.vectors(points.starts[:-1]).astype(np.float64), points.masses
    offsets, squares, lengths = np.empty(anchors.shape), np.empty(anchors.shape), np.empty(masses.shape)
    shared, whole = _lots(points)

    def of_whole(lot: Lot) -> None:
        at, i = _at(points, lot, anchors), lot.clusters
        offsets[i] = _sum(*at) / masses[i, None]
        squares[i], lengths[i] = _square(*at, offsets[i])

    deque(in_order(of_whole, whole), maxlen=0)
    if shared:
        i = shared[0].clusters
        offsets[i] = summed(points, anchors, shared)[i] / masses[i, None]
        squares[i], lengths[i] = (found[i] for found in squared(points, anchors, offsets, shared))
    return Dispersion.of(anchors, offsets, squares, lengths, masses)


def summed(points: Rows, anchors: FloatArray, lots: Iterable[Lot] | None = None) -> FloatArray:
    """(k, d) sums of the points relative to their anchor, of all rows or of some lots of them; (k, d) anchors."""
    return _added(points, lambda lot: (_sum(*_at(points, lot, anchors)),), lots)[0]


def squared(
    points: Rows, anchors: FloatArray, offsets: FloatArray, lots: Iterable[Lot] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Sums of squared deviations from the centroids, which lie at anchors + offsets, and of distances to them.

    (k, d) and (k,) arrays, of all rows or of some lots of them.
    """
    squares, lengths = _added(points, lambda lot: _square(*_at(points, lot, anchors), offsets[lot.clusters]), lots)
    return squares, lengths


def sum_of_distances(points: Rows, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""

    def add_up(rows: IntArray) -> float:
        at = *points.locate(rows), points.weights_of(rows)
        return float(_sum_of_distances(*at, spread.origin, spread.center))

    return sum(in_order(add_up, _in_memory(points, np.arange(points.n))))


def _added(
    points: Rows, of_lot: Callable[[Lot], tuple[FloatArray, ...]], lots: Iterable[Lot] | None
) -> list[FloatArray]:
    """(k, …) results for each cluster, added up over the lots that meet it."""
    lots = chain(*_lots(points)) if lots is None else lots
    out: list[FloatArray] = []
    for clusters, found in in_order(lambda lot: (lot.clusters, of_lot(lot)), lots):
        out = out or [np.zeros((points.k, *values.shape[1:])) for values in found]
        for sums, values in zip(out, found, strict=True):
            sums[clusters] += values
    return out


def _at(
    points: Rows, lot: Lot, anchors: FloatArray
) -> tuple[NDArray[np.floating], IntArray, FloatArray, IntArray, FloatArray]:
    """What the kernels want to know of a lot."""
    return *points.locate(lot.rows), points.weights_of(lot.rows), lot.codes, anchors[lot.clusters]


def _fit(points: Rows) -> int:
    """Rows of a lot."""
    return max(1, min(LOT_ROWS, LOT_ENTRIES // points.features))


def _lots(points: Rows) -> tuple[list[Lot], Iterable[Lot]]:
    """Lots that share their clusters, which are the large ones, and lots that have all rows of theirs."""
    fit = _fit(points)
    large = points.sizes > min(ROWS_EACH * points.n / fit, fit) if points.n > fit else np.ones(points.k, dtype=bool)
    mixed = list(_mixed(points, large))
    if large.all():
        return (mixed, []) if len(mixed) > 1 else ([], mixed)
    return mixed, _whole(points, ~large)


def _mixed(points: Rows, large: NDArray[np.bool_]) -> Iterator[Lot]:
    """Rows of all these clusters, as they lie in memory."""
    clusters, codes = np.flatnonzero(large), np.repeat(np.cumsum(large) - 1, points.sizes)
    for rows in _in_memory(points, np.flatnonzero(np.repeat(large, points.sizes))):
        yield Lot(rows, clusters, codes[rows])


def _in_memory(points: Rows, rows: IntArray) -> Iterator[IntArray]:
    """Lots of these ordered rows, as they lie in memory."""
    rows, fit = points.as_they_lie(rows), _fit(points)
    return (rows[first : first + fit] for first in range(0, len(rows), fit))


def _whole(points: Rows, small: NDArray[np.bool_]) -> Iterator[Lot]:
    """As many of these clusters as fit the cache, or one."""
    clusters, sizes = np.flatnonzero(small), points.sizes[small]
    rows = np.flatnonzero(np.repeat(small, points.sizes))
    some = Groups(rows, np.concatenate([[0], np.cumsum(sizes)]))
    for piece in some.pieces(max(1, CACHE_BYTES // (points.features * points.dtype.itemsize))):
        here = slice(piece[0].start, piece[-1].stop)
        part = some.part(here)
        yield Lot(rows[here], clusters[part.clusters], np.repeat(np.arange(len(part.starts) - 1), np.diff(part.starts)))


@kernel
def _sum(
    points: NDArray[np.floating], rows: IntArray, weights: FloatArray, codes: IntArray, anchors: FloatArray
) -> FloatArray:
    """(clusters, d) sums of the rows, times their weights if there are any, relative to their cluster's anchor."""
    out = np.zeros(anchors.shape)
    for x in range(len(rows)):
        row, i, weight = rows[x], codes[x], weights[x] if len(weights) > 0 else 1.0
        for c in range(points.shape[1]):
            out[i, c] += weight * (points[row, c] - anchors[i, c])
    return out


@kernel
def _square(
    points: NDArray[np.floating],
    rows: IntArray,
    weights: FloatArray,
    codes: IntArray,
    anchors: FloatArray,
    offsets: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """(clusters, d) sums of squared deviations from the centroids, and (clusters,) sums of their lengths."""
    squares, lengths = np.zeros(anchors.shape), np.zeros(len(anchors))
    squared = np.empty(points.shape[1])
    for x in range(len(rows)):
        row, i, weight = rows[x], codes[x], weights[x] if len(weights) > 0 else 1.0
        for c in range(points.shape[1]):
            deviation = (points[row, c] - anchors[i, c]) - offsets[i, c]
            squared[c] = deviation * deviation
            squares[i, c] += weight * squared[c]
        lengths[i] += weight * np.sqrt(total(squared))
    return squares, lengths


@kernel
def _sum_of_distances(
    points: NDArray[np.floating], rows: IntArray, weights: FloatArray, origin: FloatArray, center: FloatArray
) -> float:
    out = 0.0
    for x in range(len(rows)):
        row, square = rows[x], 0.0
        for c in range(points.shape[1]):
            deviation = (points[row, c] - origin[c]) - center[c]
            square += deviation * deviation
        out += np.sqrt(square) * (weights[x] if len(weights) > 0 else 1.0)
    return out
