"""Centroids and what lies around them: O(n·d) time and O(k·d) memory, on every core.

Coordinates are taken relative to a point of the data, and deviations relative to a point of the cluster, so that data
far from zero keep their digits and a cluster of equal points has a dispersion of exactly 0.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Part
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.kernels import total
from cqm.arrays.host.rows import Rows
from cqm.parallel import in_order

__all__ = ["dispersion", "squared", "sum_of_distances", "summed"]


BLOCK_ROWS = 4096
CACHE_BYTES = 2**20


def dispersion(points: Rows) -> Dispersion:
    """Centroids, sums of squares and sums of distances, accumulated in float64."""
    anchors, masses = points.vectors(points.starts[:-1]).astype(np.float64), points.masses
    offsets, squares, lengths = np.empty(anchors.shape), np.empty(anchors.shape), np.empty(masses.shape)

    def together(rows: slice) -> None:
        part = points.part(rows)
        i = part.clusters
        offsets[i], squares[i], lengths[i] = _spread(
            *points.locate(rows), points.weights_of(rows), part.starts, anchors[i]
        )

    groups = list(_groups(points))
    deque(in_order(together, (group for group in groups if group.stop - group.start <= BLOCK_ROWS)), maxlen=0)
    large = [group for group in groups if group.stop - group.start > BLOCK_ROWS]  # a cluster each, cut into blocks
    if large:
        i = np.array([points.part(group).clusters.start for group in large])
        offsets[i] = summed(points, anchors, large)[i] / masses[i, None]
        squares[i], lengths[i] = (found[i] for found in squared(points, anchors, offsets, large))
    return Dispersion.of(anchors, offsets, squares, lengths, masses)


def _groups(points: Rows) -> Iterator[slice]:
    """Rows of whole clusters: of as many as fit the cache, where their sums leave them for the squares, or of one."""
    starts, row = points.starts, points.features * points.dtype.itemsize
    first = 0
    while first < points.k:
        fit = min(CACHE_BYTES // row, BLOCK_ROWS)
        last = np.searchsorted(starts, starts[first] + fit, side="right") - 1
        last = max(first + 1, int(last))
        yield slice(int(starts[first]), int(starts[last]))
        first = last


def summed(points: Rows, anchors: FloatArray, lots: Sequence[slice] | None = None) -> FloatArray:
    """(k, d) sums of the points relative to their anchor, of all rows or of some lots of them; (k, d) anchors."""

    def block(part: Part) -> tuple[FloatArray]:
        return (_sum(*points.locate(part.rows), points.weights_of(part.rows), part.starts, anchors[part.clusters]),)

    return _added(points, block, lots)[0]


def squared(
    points: Rows, anchors: FloatArray, offsets: FloatArray, lots: Sequence[slice] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Sums of squared deviations from the centroids, which lie at anchors + offsets, and of distances to them.

    (k, d) and (k,) arrays, of all rows or of some lots of them.
    """

    def block(part: Part) -> tuple[FloatArray, FloatArray]:
        i = part.clusters
        at = *points.locate(part.rows), points.weights_of(part.rows)
        squares, lengths = _square(*at, part.starts, anchors[i], offsets[i])
        return squares, lengths

    squares, lengths = _added(points, block, lots)
    return squares, lengths


def _added(
    points: Rows, block: Callable[[Part], tuple[FloatArray, ...]], lots: Sequence[slice] | None
) -> list[FloatArray]:
    """(k, …) results of `block` for each cluster, added up over its parts."""
    parts = [
        points.part(slice(first, min(first + BLOCK_ROWS, rows.stop)))
        for rows in lots or [slice(0, points.n)]
        for first in range(rows.start, rows.stop, BLOCK_ROWS)
    ]
    out: list[FloatArray] = []
    for part, found in zip(parts, in_order(block, parts), strict=True):
        out = out or [np.zeros((points.k, *values.shape[1:])) for values in found]
        for sums, values in zip(out, found, strict=True):
            sums[part.clusters] += values
    return out


def sum_of_distances(points: Rows, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""

    def add_up(first: int) -> float:
        rows = slice(first, min(first + BLOCK_ROWS, points.n))
        at = points.vectors(rows), points.weights_of(rows)
        return float(_sum_of_distances(*at, spread.origin, spread.center))

    return sum(in_order(add_up, range(0, points.n, BLOCK_ROWS)))


@kernel
def _sum(
    points: NDArray[np.floating],
    rows: NDArray[np.intp],
    weights: FloatArray,
    starts: NDArray[np.intp],
    anchors: FloatArray,
) -> FloatArray:
    """(clusters, d) sums of the rows, times their weights if there are any, relative to their cluster's anchor."""
    out = np.zeros(anchors.shape)
    for i in range(len(anchors)):
        anchor, of_cluster = anchors[i], out[i]
        for x in range(starts[i], starts[i + 1]):
            point, weight = points[rows[x]], weights[x] if len(weights) > 0 else 1.0
            for c in range(len(point)):
                of_cluster[c] += weight * (point[c] - anchor[c])
    return out


@kernel
def _square(
    points: NDArray[np.floating],
    rows: NDArray[np.intp],
    weights: FloatArray,
    starts: NDArray[np.intp],
    anchors: FloatArray,
    offsets: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """(clusters, d) sums of squared deviations from the centroids, and (clusters,) sums of their lengths."""
    squares, lengths = np.zeros(anchors.shape), np.zeros(len(anchors))
    squared = np.empty(points.shape[1])
    for i in range(len(anchors)):
        anchor, offset, of_cluster = anchors[i], offsets[i], squares[i]
        for x in range(starts[i], starts[i + 1]):
            point, weight = points[rows[x]], weights[x] if len(weights) > 0 else 1.0
            for c in range(len(point)):
                deviation = (point[c] - anchor[c]) - offset[c]
                squared[c] = deviation * deviation
                of_cluster[c] += weight * squared[c]
            lengths[i] += weight * np.sqrt(total(squared))
    return squares, lengths


@kernel
def _spread(
    points: NDArray[np.floating],
    rows: NDArray[np.intp],
    weights: FloatArray,
    starts: NDArray[np.intp],
    anchors: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means of whole clusters relative to their anchors, then as `_square`."""
    offsets = _sum(points, rows, weights, starts, anchors)
    for i in range(len(anchors)):
        mass = float(starts[i + 1] - starts[i])
        if len(weights) > 0:
            mass = 0.0
            for x in range(starts[i], starts[i + 1]):
                mass += weights[x]
        for c in range(offsets.shape[1]):
            offsets[i, c] /= mass
    squares, lengths = _square(points, rows, weights, starts, anchors, offsets)
    return offsets, squares, lengths


@kernel
def _sum_of_distances(
    points: NDArray[np.floating], weights: FloatArray, origin: FloatArray, center: FloatArray
) -> float:
    out = 0.0
    for x in range(points.shape[0]):
        square = 0.0
        for c in range(points.shape[1]):
            deviation = (points[x, c] - origin[c]) - center[c]
            square += deviation * deviation
        out += np.sqrt(square) * (weights[x] if len(weights) > 0 else 1.0)
    return out
