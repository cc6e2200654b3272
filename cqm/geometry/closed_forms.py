r"""Sums of squared Euclidean, cosine and correlation distances without visiting pairs.

By Huygens' theorem, with m the centroid and W the sum of squares of a cluster C,

.. math:: \sum_{y \in C} \|x - y\|^2 = |C| \, \|x - m\|^2 + W.

Both terms are positive, so no digits cancel. Cosine and correlation distance are half the squared Euclidean distance
between rows scaled to unit length.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.landmarks import to_landmarks
from cqm.arrays.host.tiles import parallel, scale_of, squared_distances
from cqm.arrays.intake import Clustering, Metric
from cqm.geometry.dispersion import Dispersion, dispersion

__all__ = ["as_squared", "has_closed_form", "pair_sums", "pair_sums_of", "sums_of_squares", "totals"]

FloatArray = NDArray[np.float64]


def has_closed_form(metric: Metric) -> bool:
    """Whether sums of these distances need no pairs."""
    return metric in ("sqeuclidean", "cosine", "correlation")


def totals(clustering: Clustering, spread: Dispersion | None = None) -> Callable[[slice], FloatArray]:
    """Rows → their (rows, k) sums of distances to each cluster of `spread`, or their own, in O(n·k·d) time."""
    (points, unit, zero), scale = as_squared(clustering), scale_of(clustering.metric)
    spread = spread or dispersion(points)
    sizes, squares = scale * spread.sizes, scale * sums_of_squares(spread, zero)
    to_centroids = to_landmarks(points, spread.centroids, spread.origin, root=False, unit=unit)

    def block(rows: slice) -> FloatArray:
        values = to_centroids(rows)
        np.multiply(values, sizes, out=values)
        return np.add(values, squares, out=values)

    return block


def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums over pairs of points, each unordered pair counted once, in O(n·d + k²·d) time."""
    points, _, zero = as_squared(clustering)
    return pair_sums_of(dispersion(points), zero, scale_of(clustering.metric))


def pair_sums_of(spread: Dispersion, zero: float, scale: float) -> FloatArray:
    """(k, k) sums of `scale` times squared distances; squared distances up to `zero` are rounding."""
    sizes, squares = spread.sizes.astype(np.float64), sums_of_squares(spread, zero)
    gaps = squared_distances(spread.centroids)
    gaps[gaps <= zero] = 0.0
    mixed = np.multiply.outer(sizes, squares)
    out = mixed + mixed.T + np.multiply.outer(sizes, sizes) * gaps
    out[np.diag_indices(len(sizes))] = sizes * squares
    return np.multiply(out, scale, out=out)


def sums_of_squares(spread: Dispersion, zero: float) -> FloatArray:
    """(k,) sums of squares within the clusters; 0 where squared distances up to `zero` are rounding."""
    squares = spread.squares.sum(axis=1)
    return np.where(squares <= spread.sizes * zero, 0.0, squares)


def as_squared(clustering: Clustering) -> tuple[Clustering, bool, float]:
    """Points whose squared distances are summed, whether they have unit length, and what is rounding then."""
    if clustering.metric == "sqeuclidean":
        return clustering, False, 0.0
    points = replace(clustering, metric="sqeuclidean", directions=str(clustering.metric))
    return points, True, parallel(clustering.points.dtype)
