r"""Sums of squared Euclidean, cosine and correlation distances without visiting pairs.

By Huygens' theorem, with m the centroid and W the sum of squares of a cluster C,

.. math:: \sum_{y \in C} \|x - y\|^2 = |C| \, \|x - m\|^2 + W.

Both terms are positive, so no digits cancel. Points of weight w count as w of them in :math:`|C|`, m and W.
Cosine and correlation distance are half the squared Euclidean distance between rows scaled to unit length.
"""

from typing import Any

import numpy as np
from array_api_compat import array_namespace

from cqm.arrays.clustering import Clustering, as_squared
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import Reduce
from cqm.arrays.host.tiles import between, parallel
from cqm.arrays.metrics import SQEUCLIDEAN
from cqm.geometry.centroids import dispersion

__all__ = ["from_sums", "pair_sums"]


def from_sums(clustering: Clustering, reduce: Reduce) -> FloatArray:
    """(n, …) `reduce` of each point's (rows, k) sums of distances to the clusters, in O(n·k·d) time."""
    points = as_squared(clustering)
    spread, scale = dispersion(points), clustering.distance.scale
    masses, squares = scale * clustering.masses, scale * _sums_of_squares(clustering)
    masses, squares = points.points.here(masses), points.points.here(squares)

    def totals(squared: Any, own: Any, sizes: Any) -> Any:
        xp = array_namespace(squared)
        squared *= xp.astype(masses, squared.dtype, copy=False)  # in place where the library can
        squared += xp.astype(squares, squared.dtype, copy=False)
        return reduce(squared, own, sizes)

    return points.points.to_landmarks(spread.centroids, spread.origin, totals, root=False)


def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums over pairs of points, each unordered pair counted once, in O(n·d + k²·d) time."""
    sizes, squares = clustering.masses, _sums_of_squares(clustering)
    centroids = dispersion(as_squared(clustering)).centroids
    gaps = between(centroids, centroids, SQEUCLIDEAN)
    gaps[gaps <= _rounding(clustering)] = 0.0
    mixed = np.multiply.outer(sizes, squares)
    out = mixed + mixed.T + np.multiply.outer(sizes, sizes) * gaps
    out[np.diag_indices(len(sizes))] = sizes * squares
    return np.multiply(out, clustering.distance.scale, out=out)


def _sums_of_squares(clustering: Clustering) -> FloatArray:
    """(k,) sums of squares within the clusters; 0 where they are rounding."""
    squares = dispersion(as_squared(clustering)).squares.sum(axis=1)
    return np.where(squares <= clustering.masses * _rounding(clustering), 0.0, squares)


def _rounding(clustering: Clustering) -> float:
    """Squared distance up to which two rows differ by rounding alone."""
    return parallel(clustering.points.dtype) if clustering.distance.unit else 0.0
