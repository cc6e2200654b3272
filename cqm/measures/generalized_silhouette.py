"""Silhouette with generalised means of distances (Lengyel & Botta-Dukát 2019)."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.power_means import power_means
from cqm.measures.silhouette import scores, silhouettes_of

__all__ = ["generalized_silhouette", "generalized_silhouette_of", "sample_generalized_silhouette"]


def generalized_silhouette(
    X: Any,
    labels: Any,
    *,
    power: float = -1.0,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Silhouette from generalised means of the distances: compactness for large powers, connectedness for small ones.

    .. math:: s(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))},
              \qquad M_p(d_1, \dots, d_m) = \Bigl(\frac{1}{m} \sum_i d_i^p\Bigr)^{1/p}

    with a(x) the mean :math:`M_p` of the distances to the other points of the own cluster and b(x) the smallest
    :math:`M_p` of those to the points of another cluster. Higher is better. p = 1 is the silhouette, p = 0 takes
    geometric means, p = ∓∞ the nearest and the farthest point. With p = −1, harmonic means, a point is well placed when
    it has near neighbours in its cluster and none elsewhere, so that elongated clusters score as well as round ones.
    O(n²) time.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    power : float
        p, from −∞ to ∞.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [−1, 1]. A point that is alone in its cluster scores 0, as does one with a = b = 0. Where p ≤ 0, a distance
        of 0 makes the mean 0, its limit; optpart's gensilwidth takes 1e-10 in place of 0 there for p = 0, and divides
        by the largest distance, which changes nothing.

    Raises
    ------
    ValueError
        `power` is NaN, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    A. Lengyel and Z. Botta-Dukát, "Silhouette width using generalized mean: a flexible method for assessing clustering
    efficiency", Ecology and Evolution 9 (2019), 13231–13243.

    Examples
    --------
    With the nearest points alone, the outer ones have a = 2 and b = 10, the inner ones a = 2 and b = 8.

    >>> import cqm
    >>> points, labels = [[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]
    >>> round(cqm.generalized_silhouette(points, labels, power=float("-inf")), 6)
    0.775
    >>> cqm.generalized_silhouette(points, labels, power=1) == cqm.silhouette(points, labels)
    True
    """
    return generalized_silhouette_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), power
    )


def generalized_silhouette_of(clustering: Clustering, power: float = -1.0) -> float:
    """`generalized_silhouette` of a validated clustering."""
    return float(_samples(clustering, power).mean())


def sample_generalized_silhouette(
    X: Any,
    labels: Any,
    *,
    power: float = -1.0,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> Any:
    """Generalised silhouette of each point, in input order.

    Parameters and errors are those of :func:`cqm.generalized_silhouette`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`; NaN for noise.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_generalized_silhouette([[0.0], [1.0], [4.0], [6.0]], [0, 0, 1, 1], power=float("-inf"))
    array([0.75      , 0.66666667, 0.33333333, 0.6       ])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return clustering.to_input_order(_samples(clustering, power))


def _samples(clustering: Clustering, power: float) -> FloatArray:
    """(n,) generalised silhouettes of the ordered points."""
    if math.isnan(power):
        raise ValueError("`power` must be a number, or float('-inf') or float('inf'); got nan")
    if power == 1:
        return silhouettes_of(clustering)
    means, rows = power_means(clustering, power), np.arange(clustering.n)
    others = means.copy()
    others[rows, clustering.codes] = np.inf
    return scores(means[rows, clustering.codes], others.min(axis=1), np.repeat(clustering.masses, clustering.sizes))
