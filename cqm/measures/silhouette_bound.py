"""How large the silhouette can be at most on a set, whatever its clustering (Sträng & Dinh 2026)."""

from functools import partial
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate_points
from cqm.arrays.metrics import Metric
from cqm.sharing import once

__all__ = ["sample_silhouette_upper_bound", "silhouette_upper_bound", "silhouette_upper_bound_of"]


def silhouette_upper_bound(X: Any, *, smallest: int = 1, metric: Metric = "euclidean") -> float:
    r"""What the silhouette of these points can be at most, in any clustering.

    .. math:: \frac{1}{n} \sum_x \max_s \Bigl(1 - \frac{\text{mean of the } s - 1 \text{ smallest distances of } x}
                                                 {\text{mean of the } n - s \text{ others}}\Bigr)

    In a cluster of s points, a(x) is at least the mean above and b(x) at most the one below: so no clustering has a
    larger :func:`cqm.silhouette`, and one that comes near is near the best. The bound may be far above what any
    clustering reaches. :func:`cqm.evaluate` gives it beside the silhouette. O(n² log n) time, since every row of
    distances is sorted, and O(n) rows at a time are held.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points, without those that count as noise.
    smallest : int
        Clusters have at least so many points, at most n/2; larger numbers give smaller bounds.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        `smallest` is below 1 or above n/2, or unusable `X`.

    References
    ----------
    H. Sträng and T. Dinh, "An upper bound on the silhouette evaluation metric for clustering", Pattern Recognition 178
    (2026), 113402.

    Examples
    --------
    Each point has one at 1 and two farther ones; two clusters of two points reach the bound.

    >>> import cqm
    >>> points = [[0.0], [1.0], [10.0], [11.0]]
    >>> bound = cqm.silhouette_upper_bound(points)
    >>> round(bound, 6), bool(bound - cqm.silhouette(points, [0, 0, 1, 1]) < 1e-12)
    (0.899749, True)
    """
    return silhouette_upper_bound_of(validate_points(X, metric=metric), smallest)


def silhouette_upper_bound_of(clustering: Clustering, smallest: int = 1) -> float:
    """`silhouette_upper_bound` of the points of a validated clustering."""
    return float(_samples(clustering, smallest).mean())


def sample_silhouette_upper_bound(X: Any, *, smallest: int = 1, metric: Metric = "euclidean") -> Any:
    """What the silhouette of each point can be at most, in input order; some clustering of the set reaches it.

    Parameters and errors are those of :func:`cqm.silhouette_upper_bound`.

    Returns
    -------
    array of shape (n,)
        In [0, 1], of the library and on the device of `X`.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_silhouette_upper_bound([[0.0], [1.0], [10.0]])
    array([0.9 , 0.88888889, 0.1 ])
    """
    clustering = validate_points(X, metric=metric)
    return clustering.to_input_order(_samples(clustering, smallest))


@once
def _samples(clustering: Clustering, smallest: int) -> FloatArray:
    """(n,) bounds of the ordered points."""
    if not 1 <= smallest <= clustering.n / 2:
        raise ValueError(f"`smallest` must be from 1 to n/2 = {clustering.n // 2}, got {smallest}")
    return clustering.points.to_centres(np.arange(clustering.n), partial(_bounds, smallest=smallest))


def _bounds(distances: Any, own: Any, sizes: Any, *, smallest: int) -> Any:
    """(rows,) bounds of points from their (rows, n) distances to all points, their own 0 among them."""
    xp = array_namespace(distances)
    n = distances.shape[1]
    sums = xp.cumulative_sum(xp.sort(distances, axis=1), axis=1, dtype=distances.dtype)
    first, last = max(smallest, 2), n - smallest
    if first > last:
        return xp.zeros(distances.shape[0], dtype=distances.dtype, device=device(distances))
    size = xp.arange(first, last + 1, dtype=distances.dtype, device=device(distances))[None, :]
    nearest = sums[:, first - 1 : last] / (size - 1)
    others = (sums[:, n - 1 :] - sums[:, first - 1 : last]) / (n - size)
    apart = others > 0
    quotients = xp.where(apart, nearest / xp.where(apart, others, 1.0), 1.0)
    return 1 - xp.min(quotients, axis=1)
