"""Silhouette (Rousseeuw 1987) over points and clusters, and simplified silhouette (Hruschka et al. 2004)."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import centroid_distances
from cqm.geometry.reductions import point_sums

__all__ = [
    "cluster_silhouettes_of",
    "macro_silhouette",
    "macro_silhouette_of",
    "sample_silhouette",
    "sample_simplified_silhouette",
    "scores",
    "silhouette",
    "silhouette_of",
    "silhouettes_of",
    "simplified_silhouette",
    "simplified_silhouette_of",
]


def silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean over the points of how much nearer a point is to its own cluster than to the next one.

    .. math:: s(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))}

    with a(x) the mean distance to the other points of the own cluster and b(x) the smallest mean distance to the points
    of another cluster. Higher is better. O(n²) time; under cosine, correlation and squared Euclidean distance O(n·k·d),
    because their sums over a cluster have a closed form.

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
        In [−1, 1]. A point that is alone in its cluster scores 0, as does one with a = b = 0 (all the points it is
        compared with lie at the same place).

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal of
    Computational and Applied Mathematics 20, 1987, section 2.

    Examples
    --------
    The outer points have a = 2 and b = 11, the inner ones a = 2 and b = 9.

    >>> import cqm
    >>> round(cqm.silhouette([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)
    0.79798
    """
    return silhouette_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def silhouette_of(clustering: Clustering) -> float:
    """`silhouette` of a validated clustering."""
    return float(clustering.weigh(silhouettes_of(clustering)).sum() / clustering.mass)


def macro_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean over the clusters of the mean silhouette of their points: small clusters count as much as large ones.

    .. math:: \frac{1}{k} \sum_i \frac{1}{n_i} \sum_{x \in C_i} s(x)

    with the silhouettes s(x) of :func:`cqm.silhouette`, which takes their mean over all points instead. Higher is
    better. genieclust has it as silhouette_w_index. The means of the single clusters stand in
    :func:`cqm.profile_clusters`.

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
        In [−1, 1]. A cluster of one point has the mean 0.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    J. Pavlopoulos, G. Vardakas and A. Likas, "Revisiting silhouette aggregation", Discovery Science 2024.

    Examples
    --------
    The cluster of three points has the mean 0.85046, the single point 0.

    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [2.0], [10.0]], ["a", "a", "a", "b"]
    >>> round(cqm.macro_silhouette(points, labels), 6), round(cqm.silhouette(points, labels), 6)
    (0.425231, 0.637847)
    """
    return macro_silhouette_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def macro_silhouette_of(clustering: Clustering) -> float:
    """`macro_silhouette` of a validated clustering."""
    return float(cluster_silhouettes_of(clustering).mean())


def cluster_silhouettes_of(clustering: Clustering) -> FloatArray:
    """(k,) mean silhouette of each cluster's points; 0 for a singleton."""
    values = clustering.weigh(silhouettes_of(clustering))
    return np.asarray(np.add.reduceat(values, clustering.starts[:-1]) / clustering.masses)


def sample_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> Any:
    """Silhouette of each point, in input order.

    Parameters
    ----------
    X, labels, metric, noise_label, sample_weight
        As for `silhouette`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`; NaN for noise. 0 for a point that is alone in its cluster,
        and where a = b = 0.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal of
    Computational and Applied Mathematics 20, 1987, section 2.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_silhouette([[0.0], [1.0], [10.0]], ["a", "a", "b"])
    array([0.9 , 0.88888889, 0. ])
    """
    clustering = validate(
        X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True
    )
    return clustering.to_input_order(silhouettes_of(clustering))


def simplified_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean silhouette with distances to centroids in place of mean distances to points.

    .. math:: s(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))}

    with a(x) the Euclidean distance to the own cluster's centroid and b(x) that to the nearest other centroid. Higher
    is better. O(n·k·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [−1, 1]. A point that is alone in its cluster scores 0, as does one with a = b = 0.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    E. R. Hruschka, L. N. de Castro and R. J. G. B. Campello, "Evolutionary algorithms for clustering gene-expression
    data", ICDM 2004, section 2.

    Examples
    --------
    Every point is 1 from its centroid and 9 or 11 from the other one.

    >>> import cqm
    >>> round(cqm.simplified_silhouette([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)
    0.89899
    """
    return simplified_silhouette_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="simplified silhouette",
        )
    )


def simplified_silhouette_of(clustering: Clustering) -> float:
    """`simplified_silhouette` of a validated clustering."""
    return float(clustering.weigh(_from_centroids(clustering)).sum() / clustering.mass)


def sample_simplified_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> Any:
    """Simplified silhouette of each point, in input order.

    Parameters
    ----------
    X, labels, metric, noise_label, sample_weight
        As for `simplified_silhouette`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`; NaN for noise. 0 for a point that is alone in its cluster,
        and where a = b = 0.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    E. R. Hruschka, L. N. de Castro and R. J. G. B. Campello, "Evolutionary algorithms for clustering gene-expression
    data", ICDM 2004, section 2.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_simplified_silhouette([[0.0], [2.0], [10.0]], ["a", "a", "b"])
    array([0.9 , 0.875, 0. ])
    """
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        fractions=True,
        coordinates="simplified silhouette",
    )
    return clustering.to_input_order(_from_centroids(clustering))


def silhouettes_of(clustering: Clustering) -> FloatArray:
    """(n,) silhouettes of the ordered points."""
    own, _, separation = point_sums(clustering).T
    sizes = np.repeat(clustering.masses, clustering.sizes)
    return scores(own / np.where(sizes > 1, sizes - 1, 1), separation, sizes)  # without the point itself


def _from_centroids(clustering: Clustering) -> FloatArray:
    """(n,) simplified silhouettes of the ordered points."""
    own, nearest, _ = centroid_distances(clustering).T
    return scores(own, nearest, np.repeat(clustering.masses, clustering.sizes))


def scores(cohesion: FloatArray, separation: FloatArray, sizes: FloatArray) -> FloatArray:
    """(b − a) / max(a, b); 0 for a point that is alone in its cluster, and where a = b = 0."""
    larger = np.maximum(cohesion, separation)
    scored = (larger > 0) & (sizes > 1)
    return np.where(scored, (separation - cohesion) / np.where(scored, larger, 1.0), 0.0)
