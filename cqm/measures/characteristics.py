"""Characteristics of clusterings that users may ask for one by one (Hennig 2019; R's fpc)."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.reductions import nearest_elsewhere, pair_sums

__all__ = [
    "average_within",
    "average_within_of",
    "separation_index",
    "separation_index_of",
    "size_entropy",
    "size_entropy_of",
]


def average_within(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean distance of two points of a cluster, over the clusters with their sizes as weights.

    .. math:: \frac{1}{\sum n_i} \sum_i n_i \, \frac{2}{n_i (n_i - 1)} \sum_{\{x, y\} \subseteq C_i} d(x, y)

    over clusters of at least two points, so that every point counts the same, and not every pair. Lower is better among
    clusterings with the same k.

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
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), in units of the distance.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    C. Hennig, "Cluster validation by measurement of clustering characteristics relevant to the user", in "Data Analysis
    and Applications 1", Wiley, 2019, 1–24, arXiv:1703.09282.

    Notes
    -----
    ``avewithin`` of R's fpc with ``standardisation="none"``; by default it divides by the largest distance of all.

    Examples
    --------
    >>> import cqm
    >>> cqm.average_within([[0.0], [1.0], [11.0], [13.0], [90.0]], ["a", "a", "b", "b", "c"])
    1.5
    """
    return average_within_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def average_within_of(clustering: Clustering) -> float:
    """`average_within` of a validated clustering."""
    sizes = clustering.sizes
    several = sizes > 1
    means = np.diagonal(pair_sums(clustering))[several] / (sizes[several] - 1)  # n_i / 2 times the mean distance
    return float(2 * means.sum() / sizes[several].sum())


def separation_index(
    X: Any,
    labels: Any,
    *,
    share: float = 0.1,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Mean distance to the nearest other cluster, of the points that lie closest to one.

    .. math:: \frac{1}{\sum_i \lceil p n_i \rceil} \sum_i \sum_{j = 1}^{\lceil p n_i \rceil} \delta_{i(j)}, \qquad
              \delta_x = \min_{y \not\sim x} d(x, y)

    with :math:`\delta_{i(1)} \le \delta_{i(2)} \le \dots` the distances of cluster i's points to the nearest point of
    another cluster. Higher is better among clusterings with the same k. Less at the mercy of single points than the
    shortest distance across.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    share : float
        p, the share of each cluster's points that count, in (0, 1].
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), in units of the distance.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `share` not in (0, 1].

    References
    ----------
    C. Hennig, "Cluster validation by measurement of clustering characteristics relevant to the user", in "Data Analysis
    and Applications 1", Wiley, 2019, 1–24, arXiv:1703.09282.

    Notes
    -----
    ``sindex`` of R's fpc with ``standardisation="none"``, which takes all points up to the quantile where distances
    tie; by default it divides by the largest distance of all.

    Examples
    --------
    The point of each cluster that is closest to the other has it at 10.

    >>> import cqm
    >>> cqm.separation_index([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    10.0
    """
    return separation_index_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), share
    )


def separation_index_of(clustering: Clustering, share: float = 0.1) -> float:
    """`separation_index` of a validated clustering."""
    if not 0 < share <= 1:
        raise ValueError(f"`share` must lie in (0, 1], got {share}")
    gaps, counts = nearest_elsewhere(clustering), np.ceil(share * clustering.sizes - 1e-9).astype(int)
    closest = [np.sort(gaps[clustering.cluster(i)])[:count] for i, count in enumerate(counts)]
    return float(np.concatenate(closest).mean())


def size_entropy(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""How equal the sizes of the clusters are: their entropy over the largest one that k clusters can have.

    .. math:: -\frac{1}{\log k} \sum_i \frac{n_i}{n} \log \frac{n_i}{n}

    Higher is more equal. It looks at the labels alone: beside other measures, it says whether a clustering sets a few
    points apart.

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
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In (0, 1]; 1 for clusters of one size.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    C. Hennig, "Cluster validation by measurement of clustering characteristics relevant to the user", in "Data Analysis
    and Applications 1", Wiley, 2019, 1–24, arXiv:1703.09282.

    Notes
    -----
    ``entropy`` of R's fpc.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.size_entropy([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"]), 12)
    1.0
    """
    return size_entropy_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def size_entropy_of(clustering: Clustering) -> float:
    """`size_entropy` of a validated clustering."""
    shares = clustering.sizes / clustering.n
    return min(float(-(shares * np.log(shares)).sum() / math.log(clustering.k)), 1.0)
