"""Centroids and what lies around them: O(n·d) time and O(k·d) memory, on every core.

Coordinates are taken relative to a point of the data, and deviations relative to a point of the cluster, so that data
far from zero keep their digits and a cluster of equal points has a dispersion of exactly 0.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.jit import kernel
from cqm.arrays.host.kernels import total
from cqm.arrays.host.landmarks import blocks_for, to_landmarks
from cqm.arrays.host.tiles import TILE_ROWS, between
from cqm.arrays.intake import Clustering, Part
from cqm.geometry.engines import Score, primitive
from cqm.parallel import in_order

__all__ = [
    "Dispersion",
    "centroid_gaps",
    "cluster_deviations",
    "deviations",
    "dispersion",
    "distances_to_centroids",
    "scores_from_centroids",
    "squared",
    "sum_of_distances",
    "summed",
]

FloatArray = NDArray[np.float64]

BLOCK_ROWS = 4096
CACHE_BYTES = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Dispersion:
    """Sums over the points of each cluster.

    Attributes
    ----------
    origin : (d,) the point of the data that `centroids` and `center` are relative to.
    centroids : (k, d) means of the clusters.
    center : (d,) mean of all points.
    offsets : (k, d) means of the clusters, relative to the first point of each.
    squares : (k, d) sums of squared deviations from the cluster's centroid, in each variable.
    lengths : (k,) sums of Euclidean distances to the cluster's centroid.
    sizes : (k,) numbers of points.
    """

    origin: FloatArray
    centroids: FloatArray
    center: FloatArray
    offsets: FloatArray
    squares: FloatArray
    lengths: FloatArray
    sizes: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        anchors: FloatArray,
        offsets: FloatArray,
        squares: FloatArray,
        lengths: FloatArray,
        sizes: NDArray[np.intp],
    ) -> "Dispersion":
        """Of (k, d) first points of the clusters, the first of which becomes the origin, and sums around them."""
        origin = anchors[0]
        centroids = (anchors - origin) + offsets
        return cls(origin, centroids, sizes @ centroids / sizes.sum(), offsets, squares, lengths, sizes)

    @property
    def within(self) -> FloatArray:
        """(d,) sums of squares within clusters, in each variable: the diagonal of W."""
        return np.asarray(self.squares.sum(axis=0))

    @property
    def between(self) -> FloatArray:
        """(d,) sums of squares between clusters, in each variable: the diagonal of B = T − W."""
        return np.asarray(self.sizes @ (self.centroids - self.center) ** 2)


@primitive
def dispersion(clustering: Clustering) -> Dispersion:
    """Centroids, sums of squares and sums of distances, accumulated in float64."""
    anchors, sizes = clustering.vectors(clustering.starts[:-1]).astype(np.float64), clustering.sizes
    offsets, squares, lengths = np.empty(anchors.shape), np.empty(anchors.shape), np.empty(sizes.shape)

    def together(rows: slice) -> None:
        part = clustering.part(rows)
        i = part.clusters
        offsets[i], squares[i], lengths[i] = _spread(*clustering.locate(rows), part.starts, anchors[i])

    groups = list(_groups(clustering))
    deque(in_order(together, (group for group in groups if group.stop - group.start <= BLOCK_ROWS)), maxlen=0)
    for group in groups:
        if group.stop - group.start > BLOCK_ROWS:  # one cluster: work for every core by itself
            i = clustering.part(group).clusters
            offsets[i] = summed(clustering, anchors, group) / sizes[i, None]
            squares[i], lengths[i] = squared(clustering, anchors, offsets, group)
    return Dispersion.of(anchors, offsets, squares, lengths, sizes)


def _groups(clustering: Clustering) -> Iterator[slice]:
    """Rows of whole clusters: of as many as fit the cache, where their sums leave them for the squares, or of one."""
    starts, row = clustering.starts, clustering.points.shape[1] * clustering.points.itemsize
    first = 0
    while first < clustering.k:
        fit = min(CACHE_BYTES // row, BLOCK_ROWS)
        last = np.searchsorted(starts, starts[first] + fit, side="right") - 1
        last = max(first + 1, int(last))
        yield slice(int(starts[first]), int(starts[last]))
        first = last


def summed(clustering: Clustering, anchors: FloatArray, rows: slice | None = None) -> FloatArray:
    """(clusters, d) sums of the points relative to their anchor, for clusters that `rows` meet; (k, d) anchors."""

    def block(part: Part) -> tuple[FloatArray]:
        return (_sum(*clustering.locate(part.rows), part.starts, anchors[part.clusters]),)

    return _added(clustering, block, rows)[0]


def squared(
    clustering: Clustering, anchors: FloatArray, offsets: FloatArray, rows: slice | None = None
) -> tuple[FloatArray, FloatArray]:
    """Sums of squared deviations from the centroids, which lie at anchors + offsets, and of distances to them.

    (clusters, d) and (clusters,) arrays for the clusters that `rows` meet.
    """

    def block(part: Part) -> tuple[FloatArray, FloatArray]:
        i = part.clusters
        squares, lengths = _square(*clustering.locate(part.rows), part.starts, anchors[i], offsets[i])
        return squares, lengths

    squares, lengths = _added(clustering, block, rows)
    return squares, lengths


def _added(
    clustering: Clustering, block: Callable[[Part], tuple[FloatArray, ...]], rows: slice | None
) -> list[FloatArray]:
    """Results of `block` for each cluster that `rows` meet, added up over its parts."""
    rows = rows or slice(0, clustering.n)
    edges = range(rows.start, rows.stop, BLOCK_ROWS)
    parts = [clustering.part(slice(first, min(first + BLOCK_ROWS, rows.stop))) for first in edges]
    first, last = parts[0].clusters.start, parts[-1].clusters.stop
    out: list[FloatArray] = []
    for part, found in zip(parts, in_order(block, parts), strict=True):
        out = out or [np.zeros((last - first, *values.shape[1:])) for values in found]
        for sums, values in zip(out, found, strict=True):
            sums[part.clusters.start - first : part.clusters.stop - first] += values
    return out


def deviations(clustering: Clustering, spread: Dispersion) -> Iterator[FloatArray]:
    """Blocks of (rows, d) deviations of all points from their own centroid."""
    codes, anchors = clustering.codes, clustering.data[clustering.starts[:-1]].astype(np.float64)
    for first in range(0, clustering.n, BLOCK_ROWS):
        own = codes[first : first + BLOCK_ROWS]
        yield (clustering.data[first : first + BLOCK_ROWS] - anchors[own]) - spread.offsets[own]


def cluster_deviations(clustering: Clustering, spread: Dispersion, i: int) -> Iterator[FloatArray]:
    """Blocks of (rows, d) deviations of cluster i's points from its centroid."""
    points = clustering.data[clustering.cluster(i)]
    anchor = points[0].astype(np.float64)
    for first in range(0, len(points), BLOCK_ROWS):
        yield (points[first : first + BLOCK_ROWS] - anchor) - spread.offsets[i]


@primitive
def sum_of_distances(clustering: Clustering, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""

    def add_up(first: int) -> float:
        return float(_sum_of_distances(clustering.data[first : first + BLOCK_ROWS], spread.origin, spread.center))

    return sum(in_order(add_up, range(0, clustering.n, BLOCK_ROWS)))


def distances_to_centroids(clustering: Clustering, spread: Dispersion) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to all centroids."""
    to_centroids = to_landmarks(clustering, spread.centroids, spread.origin, root=True)
    return in_order(lambda rows: (rows, to_centroids(rows)), blocks_for(clustering, clustering.k))


@primitive
def scores_from_centroids(clustering: Clustering, spread: Dispersion, score: Score) -> Any:
    """(n,) `score` of each point from its distances to the centroids."""
    codes, sizes = clustering.codes, clustering.sizes.astype(np.float64)
    to_centroids = to_landmarks(clustering, spread.centroids, spread.origin, root=True)
    parts = in_order(lambda rows: score(to_centroids(rows), codes[rows], sizes), blocks_for(clustering, clustering.k))
    return np.concatenate(list(parts))


def centroid_gaps(clustering: Clustering, spread: Dispersion) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of clusters with their (clusters, k) distances between centroids."""
    for first in range(0, clustering.k, TILE_ROWS):
        rows = slice(first, min(first + TILE_ROWS, clustering.k))
        yield rows, between(clustering, spread.centroids[rows], spread.centroids)


@kernel
def _sum(
    points: NDArray[np.floating], rows: NDArray[np.intp], starts: NDArray[np.intp], anchors: FloatArray
) -> FloatArray:
    """(clusters, d) sums of the rows relative to their cluster's anchor."""
    out = np.zeros(anchors.shape)
    for i in range(len(anchors)):
        anchor, of_cluster = anchors[i], out[i]
        for x in range(starts[i], starts[i + 1]):
            point = points[rows[x]]
            for c in range(len(point)):
                of_cluster[c] += point[c] - anchor[c]
    return out


@kernel
def _square(
    points: NDArray[np.floating],
    rows: NDArray[np.intp],
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
            point = points[rows[x]]
            for c in range(len(point)):
                deviation = (point[c] - anchor[c]) - offset[c]
                squared[c] = deviation * deviation
                of_cluster[c] += squared[c]
            lengths[i] += np.sqrt(total(squared))
    return squares, lengths


@kernel
def _spread(
    points: NDArray[np.floating], rows: NDArray[np.intp], starts: NDArray[np.intp], anchors: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means of whole clusters relative to their anchors, then as `_square`."""
    offsets = _sum(points, rows, starts, anchors)
    for i in range(len(anchors)):
        offsets[i] /= starts[i + 1] - starts[i]
    squares, lengths = _square(points, rows, starts, anchors, offsets)
    return offsets, squares, lengths


@kernel
def _sum_of_distances(points: NDArray[np.floating], origin: FloatArray, center: FloatArray) -> float:
    out = 0.0
    for x in range(points.shape[0]):
        square = 0.0
        for c in range(points.shape[1]):
            deviation = (points[x, c] - origin[c]) - center[c]
            square += deviation * deviation
        out += np.sqrt(square)
    return out
