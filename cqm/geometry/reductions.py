"""Distances reduced over clusters: sums, minima and maxima, per point and per pair of clusters."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.tiles import distances, row_blocks
from cqm.validation import Clustering

__all__ = ["maxima", "minima", "pair_maxima", "pair_minima", "pair_sums", "sums"]

FloatArray = NDArray[np.float64]


def sums(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) sums of distances to each cluster."""
    return _reduce(clustering, np.add, exclude_self=False)


def minima(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to each cluster's nearest *other* point; +∞ where there is none."""
    return _reduce(clustering, np.minimum, exclude_self=True)


def maxima(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to each cluster's farthest point."""
    return _reduce(clustering, np.maximum, exclude_self=False)


def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums of distances over pairs of points, each unordered pair counted once, also on the diagonal."""
    out = _by_cluster(clustering, sums(clustering), np.add)
    out[np.diag_indices(clustering.k)] /= 2
    return out


def pair_minima(clustering: Clustering) -> FloatArray:
    """(k, k) smallest distance between two different points; +∞ on the diagonal of a singleton."""
    return _by_cluster(clustering, minima(clustering), np.minimum)


def pair_maxima(clustering: Clustering) -> FloatArray:
    """(k, k) largest distances; the diagonal holds the clusters' diameters."""
    return _by_cluster(clustering, maxima(clustering), np.maximum)


def _reduce(clustering: Clustering, ufunc: np.ufunc, *, exclude_self: bool) -> Iterator[tuple[slice, FloatArray]]:
    for rows in row_blocks(clustering):
        tile = distances(clustering, rows, slice(0, clustering.n))
        if exclude_self:
            tile[np.arange(len(tile)), np.arange(rows.start, rows.stop)] = np.inf
        yield rows, ufunc.reduceat(tile, clustering.starts[:-1], axis=1)


def _by_cluster(clustering: Clustering, blocks: Iterator[tuple[slice, FloatArray]], ufunc: np.ufunc) -> FloatArray:
    per_point = np.concatenate([values for _, values in blocks])
    return np.asarray(ufunc.reduceat(per_point, clustering.starts[:-1], axis=0), dtype=np.float64)
