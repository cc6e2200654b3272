"""Medoid silhouette (Lenssen & Schubert 2022)."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.medoids import distances_to_medoids

__all__ = ["medoid_silhouette", "medoid_silhouette_of", "sample_medoid_silhouette"]


def medoid_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean silhouette with distances to medoids in place of mean distances to points.

    .. math:: s(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))}

    with a(x) the distance to the own cluster's medoid, the point with the smallest sum of distances to its cluster, and
    b(x) that to the nearest other medoid. Higher is better. Where every point is nearest its own medoid, this is the
    average medoid silhouette of the paper, whose s(x) = 1 − d₁(x)/d₂(x) takes the nearest and the second nearest
    medoid; a point that another medoid is nearer to scores below 0 here. O(n²) time; under cosine, correlation and
    squared Euclidean distance O(n·k·d).

    **Ties.** Where several points of a cluster have the smallest sum of distances (as both of a pair have), the
    distance to the cluster's medoid is the mean of the distances to them, so that the order of rows does not matter.
    Sums that differ by less than a billionth count as equal.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [−1, 1]. A medoid scores 1, and so does a point that is alone in its cluster, as in the paper; also where
        another medoid lies at its place.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    L. Lenssen and E. Schubert, "Clustering by direct optimization of the medoid silhouette", SISAP 2022.

    Examples
    --------
    The medoids are 1 and 11; the other points have a = 1, and b = 11, 9, 9, 11.

    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]], ["a"] * 3 + ["b"] * 3
    >>> round(cqm.medoid_silhouette(points, labels), 6) == round((2 + 2 * 10 / 11 + 2 * 8 / 9) / 6, 6)
    True
    """
    return medoid_silhouette_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    )


def medoid_silhouette_of(clustering: Clustering) -> float:
    """`medoid_silhouette` of a validated clustering."""
    return float(_samples(clustering).mean())


def sample_medoid_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> Any:
    """Medoid silhouette of each point, in input order.

    Parameters and errors are those of :func:`cqm.medoid_silhouette`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`; NaN for noise.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_medoid_silhouette([[0.0], [1.0], [3.0], [11.0]], ["a", "a", "a", "b"])
    array([0.90909091, 1.        , 0.75      , 1.        ])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return clustering.to_input_order(_samples(clustering))


def _samples(clustering: Clustering) -> FloatArray:
    """(n,) medoid silhouettes of the ordered points."""
    own, other = distances_to_medoids(clustering).T
    larger = np.maximum(own, other)
    return np.where(larger > 0, (other - own) / np.where(larger > 0, larger, 1.0), 1.0)
