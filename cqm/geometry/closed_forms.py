r"""Sums of squared Euclidean, cosine and correlation distances without visiting pairs.

By Huygens' theorem, with m the centroid and W the sum of squares of a cluster C,

.. math:: \sum_{y \in C} \|x - y\|^2 = |C| \, \|x - m\|^2 + W.

Both terms are positive, so no digits cancel. Cosine and correlation distance are half the squared Euclidean distance
between rows scaled to unit length.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.dispersion import dispersion
from cqm.geometry.landmarks import blocks_for, to_landmarks
from cqm.geometry.parallel import in_order
from cqm.geometry.tiles import between, parallel, scale_of
from cqm.validation import Clustering, Metric, unit_rows

__all__ = ["has_closed_form", "pair_sums", "sums"]

FloatArray = NDArray[np.float64]


class _Moments(NamedTuple):
    """What the closed form needs of each cluster.

    Attributes
    ----------
    points : the clustering with the vectors whose squared distances are summed.
    origin : (d,) the point that centroids are relative to.
    centroids : (k, d).
    squares : (k,) sums of squares.
    unit : whether the points were scaled to unit length.
    zero : squared distance up to which such points differ by rounding alone.
    """

    points: Clustering
    origin: FloatArray
    centroids: FloatArray
    squares: FloatArray
    unit: bool
    zero: float


def has_closed_form(metric: Metric) -> bool:
    """Whether sums of these distances need no pairs."""
    return metric in ("sqeuclidean", "cosine", "correlation")


def sums(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) sums of distances to each cluster, in O(n·k·d) time."""
    moments = _moments(clustering)
    scale = scale_of(clustering.metric)
    sizes, squares = scale * clustering.sizes, scale * moments.squares
    to_centroids = to_landmarks(moments.points, moments.centroids, moments.origin, root=False, unit=moments.unit)

    def strip(rows: slice) -> tuple[slice, FloatArray]:
        totals = to_centroids(rows)
        np.multiply(totals, sizes, out=totals)
        return rows, np.add(totals, squares, out=totals)

    return in_order(strip, blocks_for(clustering, clustering.k))


def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums over pairs of points, each unordered pair counted once, in O(n·d + k²·d) time."""
    moments = _moments(clustering)
    sizes = clustering.sizes.astype(np.float64)
    gaps = between(moments.points, moments.centroids, moments.centroids)
    gaps[gaps <= moments.zero] = 0.0
    spread = np.multiply.outer(sizes, moments.squares)
    out = spread + spread.T + np.multiply.outer(sizes, sizes) * gaps
    out[np.diag_indices(clustering.k)] = sizes * moments.squares
    return np.multiply(out, scale_of(clustering.metric), out=out)


def _moments(clustering: Clustering) -> _Moments:
    unit = clustering.metric != "sqeuclidean"
    data = unit_rows(clustering.data, centred=clustering.metric == "correlation") if unit else clustering.data
    points = replace(clustering, data=data, metric="sqeuclidean")
    spread = dispersion(points)
    squares, zero = spread.squares.sum(axis=1), parallel(data.dtype) if unit else 0.0
    squares[squares <= points.sizes * zero] = 0.0
    return _Moments(points, spread.origin, spread.centroids, squares, unit, zero)
