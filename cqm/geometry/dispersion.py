"""Centroids and what lies around them: one pass of a clustering, O(n·d) time and O(k·d) memory.

Coordinates are taken relative to a point of the data, and deviations relative to a point of the cluster, so that data
far from zero keep their digits and a cluster of equal points has a dispersion of exactly 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.jit import kernel
from cqm.geometry.parallel import in_order
from cqm.geometry.tiles import between, row_blocks
from cqm.validation import Clustering

__all__ = [
    "Dispersion",
    "centroid_gaps",
    "cluster_deviations",
    "deviations",
    "dispersion",
    "distances_to_centroids",
    "sum_of_distances",
]

FloatArray = NDArray[np.float64]

DEVIATION_ROWS = 4096
TASK_ROWS = 16384


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

    @property
    def within(self) -> FloatArray:
        """(d,) sums of squares within clusters, in each variable: the diagonal of W."""
        return np.asarray(self.squares.sum(axis=0))

    @property
    def between(self) -> FloatArray:
        """(d,) sums of squares between clusters, in each variable: the diagonal of B = T − W."""
        return np.asarray(self.sizes @ (self.centroids - self.center) ** 2)


def dispersion(clustering: Clustering) -> Dispersion:
    """Centroids, sums of squares and sums of distances, accumulated in float64."""
    origin, sizes = clustering.data[0].astype(np.float64), clustering.sizes
    totals, offsets, squares = (np.zeros((clustering.k, clustering.data.shape[1])) for _ in range(3))
    lengths = np.zeros(clustering.k)

    def accumulate(clusters: tuple[int, int]) -> None:
        _accumulate(clustering.data, clustering.starts, origin, clusters, totals, offsets, squares, lengths)

    heads = np.unique(np.searchsorted(clustering.starts[:-1], np.arange(0, clustering.n, TASK_ROWS)))
    list(in_order(accumulate, pairwise([*heads.tolist(), clustering.k])))
    return Dispersion(
        origin, totals / sizes[:, None], totals.sum(axis=0) / clustering.n, offsets, squares, lengths, sizes
    )


def deviations(clustering: Clustering, spread: Dispersion) -> Iterator[FloatArray]:
    """Blocks of (rows, d) deviations of all points from their own centroid."""
    codes, anchors = clustering.codes, clustering.data[clustering.starts[:-1]].astype(np.float64)
    for first in range(0, clustering.n, DEVIATION_ROWS):
        own = codes[first : first + DEVIATION_ROWS]
        yield (clustering.data[first : first + DEVIATION_ROWS] - anchors[own]) - spread.offsets[own]


def cluster_deviations(clustering: Clustering, spread: Dispersion, i: int) -> Iterator[FloatArray]:
    """Blocks of (rows, d) deviations of cluster i's points from its centroid."""
    points = clustering.data[clustering.cluster(i)]
    anchor = points[0].astype(np.float64)
    for first in range(0, len(points), DEVIATION_ROWS):
        yield (points[first : first + DEVIATION_ROWS] - anchor) - spread.offsets[i]


def sum_of_distances(clustering: Clustering, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""

    def add_up(first: int) -> float:
        return float(_sum_of_distances(clustering.data[first : first + TASK_ROWS], spread.origin, spread.center))

    return sum(in_order(add_up, range(0, clustering.n, TASK_ROWS)))


def distances_to_centroids(clustering: Clustering, spread: Dispersion) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to all centroids."""
    for rows in row_blocks(clustering):
        yield rows, between(clustering, clustering.data[rows] - spread.origin, spread.centroids)


def centroid_gaps(clustering: Clustering, spread: Dispersion) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of clusters with their (clusters, k) distances between centroids."""
    for rows in row_blocks(clustering):
        if rows.start >= clustering.k:
            return
        block = slice(rows.start, min(rows.stop, clustering.k))
        yield block, between(clustering, spread.centroids[block], spread.centroids)


@kernel
def _accumulate(
    data: NDArray[np.floating],
    starts: NDArray[np.intp],
    origin: FloatArray,
    clusters: tuple[int, int],
    totals: FloatArray,
    offsets: FloatArray,
    squares: FloatArray,
    lengths: FloatArray,
) -> None:
    """Add up the points of a range of clusters; the last four arrays start at zero."""
    d = data.shape[1]
    anchor = np.empty(d)
    for i in range(clusters[0], clusters[1]):
        first, last = starts[i], starts[i + 1]
        for c in range(d):
            anchor[c] = data[first, c]
        for x in range(first, last):
            for c in range(d):
                totals[i, c] += data[x, c] - origin[c]
                offsets[i, c] += data[x, c] - anchor[c]
        for c in range(d):
            offsets[i, c] /= last - first
        for x in range(first, last):
            length = 0.0
            for c in range(d):
                deviation = (data[x, c] - anchor[c]) - offsets[i, c]
                squares[i, c] += deviation * deviation
                length += deviation * deviation
            lengths[i] += np.sqrt(length)


@kernel
def _sum_of_distances(points: NDArray[np.floating], origin: FloatArray, center: FloatArray) -> float:
    total = 0.0
    for x in range(points.shape[0]):
        square = 0.0
        for c in range(points.shape[1]):
            deviation = (points[x, c] - origin[c]) - center[c]
            square += deviation * deviation
        total += np.sqrt(square)
    return total
