"""Centroids and what lies around them: one pass of a clustering, O(n·d) time and O(k·d) memory, on every core.

Coordinates are taken relative to a point of the data, and deviations relative to a point of the cluster, so that data
far from zero keep their digits and a cluster of equal points has a dispersion of exactly 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.engines import Score, primitive
from cqm.geometry.jit import kernel
from cqm.geometry.kernels import total
from cqm.geometry.landmarks import blocks_for, to_landmarks
from cqm.geometry.tiles import TILE_ROWS, between, row_blocks
from cqm.parallel import in_order
from cqm.validation import Clustering, Part

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
        origin: FloatArray,
        anchors: FloatArray,
        totals: FloatArray,
        offsets: FloatArray,
        squares: FloatArray,
        lengths: FloatArray,
        sizes: NDArray[np.intp],
    ) -> "Dispersion":
        """Of (k, d) sums of the points, and of a point of each cluster, all relative to the origin."""
        centroids = totals / sizes[:, None]
        together = lengths == 0  # points at the same place: their mean is free of rounding
        centroids[together] = anchors[together]
        return cls(origin, centroids, totals.sum(axis=0) / sizes.sum(), offsets, squares, lengths, sizes)

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
    data, sizes = clustering.data, clustering.sizes
    origin, anchors = data[0].astype(np.float64), data[clustering.starts[:-1]].astype(np.float64)
    totals, offsets = summed(clustering, origin, anchors)
    offsets /= sizes[:, None]
    squares, lengths = squared(clustering, anchors, offsets)
    return Dispersion.of(origin, anchors - origin, totals, offsets, squares, lengths, sizes)


def summed(clustering: Clustering, origin: FloatArray, anchors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(k, d) sums of the points relative to the origin, and relative to a point of each cluster."""

    def block(part: Part) -> tuple[Part, FloatArray, FloatArray]:
        return part, *_sum(clustering.data[part.rows], part.starts, origin, anchors[part.clusters])

    totals, offsets = np.zeros(anchors.shape), np.zeros(anchors.shape)
    for part, from_origin, from_anchors in in_order(block, _parts(clustering)):
        totals[part.clusters] += from_origin
        offsets[part.clusters] += from_anchors
    return totals, offsets


def squared(clustering: Clustering, anchors: FloatArray, offsets: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(k, d) sums of squared deviations from the centroids, which lie at anchors + offsets; (k,) sums of distances."""

    def block(part: Part) -> tuple[Part, FloatArray, FloatArray]:
        return part, *_square(clustering.data[part.rows], part.starts, anchors[part.clusters], offsets[part.clusters])

    squares, lengths = np.zeros(anchors.shape), np.zeros(len(anchors))
    for part, of_cluster, distances in in_order(block, _parts(clustering)):
        squares[part.clusters] += of_cluster
        lengths[part.clusters] += distances
    return squares, lengths


def _parts(clustering: Clustering) -> list[Part]:
    return [clustering.part(rows) for rows in row_blocks(clustering, BLOCK_ROWS)]


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
    data: NDArray[np.floating], starts: NDArray[np.intp], origin: FloatArray, anchors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(clusters, d) sums of the rows relative to the origin, and relative to the clusters' anchors."""
    from_origin, from_anchors = np.zeros(anchors.shape), np.zeros(anchors.shape)
    for i in range(len(anchors)):
        anchor, of_origin, of_anchor = anchors[i], from_origin[i], from_anchors[i]
        for x in range(starts[i], starts[i + 1]):
            row = data[x]
            for c in range(len(row)):
                of_origin[c] += row[c] - origin[c]
                of_anchor[c] += row[c] - anchor[c]
    return from_origin, from_anchors


@kernel
def _square(
    data: NDArray[np.floating], starts: NDArray[np.intp], anchors: FloatArray, offsets: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(clusters, d) sums of squared deviations from the centroids, and (clusters,) sums of their lengths."""
    squares, lengths = np.zeros(anchors.shape), np.zeros(len(anchors))
    squared = np.empty(data.shape[1])
    for i in range(len(anchors)):
        anchor, offset, of_cluster = anchors[i], offsets[i], squares[i]
        for x in range(starts[i], starts[i + 1]):
            row = data[x]
            for c in range(len(row)):
                deviation = (row[c] - anchor[c]) - offset[c]
                squared[c] = deviation * deviation
                of_cluster[c] += squared[c]
            lengths[i] += np.sqrt(total(squared))
    return squares, lengths


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
