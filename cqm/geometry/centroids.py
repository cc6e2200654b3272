"""Centroids, and what lies around them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import Reduce
from cqm.arrays.host.tiles import TILE_ROWS, between
from cqm.geometry.nearest import own_and_nearest
from cqm.sharing import once

__all__ = [
    "Dispersion",
    "centroid_distances",
    "centroid_gaps",
    "centroids",
    "cluster_deviations",
    "deviations",
    "dispersion",
    "from_centroids",
    "sum_of_distances",
]


BLOCK_ROWS = 4096


@once
def dispersion(clustering: Clustering) -> Dispersion:
    """Centroids, sums of squares and sums of distances."""
    return clustering.points.dispersion()


def centroids(clustering: Clustering) -> FloatArray:
    """(k, d) means of the clusters, in the coordinates of the data."""
    spread = dispersion(clustering)
    return spread.centroids + spread.origin


@once
def sum_of_distances(clustering: Clustering) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""
    return clustering.points.sum_of_distances(dispersion(clustering))


def from_centroids(clustering: Clustering, reduce: Reduce, *, over: int | None = None) -> FloatArray:
    """`reduce` of each point's (rows, k) distances to the centroids; with `over`, reduced over clusters' points."""
    spread = dispersion(clustering)
    return clustering.points.to_landmarks(spread.centroids, spread.origin, reduce, root=True, over=over)


@once
def centroid_distances(clustering: Clustering) -> FloatArray:
    """(n, 3) distances to the own centroid, the nearest other one and the one that follows."""
    return from_centroids(clustering, own_and_nearest)


def centroid_gaps(spread: Dispersion) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of clusters with their (clusters, k) distances between centroids."""
    for first in range(0, len(spread.sizes), TILE_ROWS):
        rows = slice(first, min(first + TILE_ROWS, len(spread.sizes)))
        yield rows, between(spread.centroids[rows], spread.centroids)


def deviations(clustering: Clustering) -> Iterator[FloatArray]:
    """Blocks of (rows, d) deviations of all points from their own centroid, times the roots of their weights."""
    spread, codes = dispersion(clustering), clustering.codes
    for first in range(0, clustering.n, BLOCK_ROWS):
        rows = slice(first, min(first + BLOCK_ROWS, clustering.n))
        own = codes[rows]
        yield _rooted(clustering, rows, (clustering.points.rows(rows) - spread.anchors[own]) - spread.offsets[own])


def cluster_deviations(clustering: Clustering, i: int, points: NDArray[Any]) -> Iterator[FloatArray]:
    """Blocks of (rows, d) deviations of cluster i's points from their centroid, times the roots of their weights."""
    spread, start = dispersion(clustering), int(clustering.starts[i])
    for first in range(0, len(points), BLOCK_ROWS):
        some = points[first : first + BLOCK_ROWS]
        rows = slice(start + first, start + first + len(some))
        yield _rooted(clustering, rows, (some - spread.anchors[i]) - spread.offsets[i])


def _rooted(clustering: Clustering, rows: slice, values: FloatArray) -> FloatArray:
    """(rows, d) values times the roots of the rows' weights, so that products of them are weighted sums."""
    return values if clustering.weights is None else values * np.sqrt(clustering.weights[rows, None])
