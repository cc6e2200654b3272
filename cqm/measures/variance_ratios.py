"""Indices that weigh the sums of squares between centroids, B, against those within clusters, W."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import check_mass, validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import logarithm, ratio

__all__ = [
    "calinski_harabasz",
    "calinski_harabasz_of",
    "log_ss_ratio",
    "log_ss_ratio_of",
    "ratkowsky_lance",
    "ratkowsky_lance_of",
    "variance_ratio",
    "variance_ratio_of",
]


def calinski_harabasz(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Variance between clusters over variance within clusters, each per degree of freedom.

    .. math:: CH = \frac{\operatorname{tr} B / (k - 1)}{\operatorname{tr} W / (n - k)},
              \qquad \operatorname{tr} B = \sum_i n_i \lVert c_i - c \rVert^2

    Higher is better. O(n·d) time.

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
        In [0, ∞]: 0 when all centroids coincide, ∞ when the points of each cluster coincide, NaN when all points do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    T. Caliński and J. Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3, 1974,
    "variance ratio criterion" VRC.

    Notes
    -----
    scikit-learn returns 1 where tr W = 0, permetrics 0.

    Examples
    --------
    tr B = 4 · 5² and tr W = 4 · 1².

    >>> import cqm
    >>> cqm.calinski_harabasz([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    50.0
    """
    return calinski_harabasz_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Calinski–Harabasz",
        )
    )


def calinski_harabasz_of(clustering: Clustering) -> float:
    """`calinski_harabasz` of a validated clustering."""
    spread = dispersion(clustering)
    check_mass(clustering)
    between = spread.between.sum() / (clustering.k - 1)
    return float(ratio(between, spread.within.sum() / (clustering.mass - clustering.k)))


def variance_ratio(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Sum of squares between clusters over that within clusters.

    .. math:: \frac{\operatorname{tr} B}{\operatorname{tr} W}

    Higher is better among clusterings with the same k; it grows with every split of a cluster. Its logarithm is
    `log_ss_ratio`; divided by the degrees of freedom it is `calinski_harabasz`; and 1 / (1 + it) is the normalised loss
    of k-means. O(n·d) time.

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
        In [0, ∞]: 0 when all centroids coincide, ∞ when the points of each cluster coincide, NaN when all points do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    B. Zhang, "Dependence of clustering algorithm performance on clustered-ness of data", Hewlett-Packard Laboratories,
    technical report HPL-2001-91, 2001; M. Ackerman and S. Ben-David, "Clusterability: a theoretical study", AISTATS
    2009.

    Examples
    --------
    tr B = 4 · 5² and tr W = 4 · 1².

    >>> import cqm
    >>> cqm.variance_ratio([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    25.0
    """
    return variance_ratio_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="the variance ratio",
        )
    )


def variance_ratio_of(clustering: Clustering) -> float:
    """`variance_ratio` of a validated clustering."""
    spread = dispersion(clustering)
    return float(ratio(spread.between.sum(), spread.within.sum()))


def log_ss_ratio(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Logarithm of the sum of squares between clusters over that within clusters.

    .. math:: \log \frac{\operatorname{tr} B}{\operatorname{tr} W}

    Higher is better among clusterings with the same k; it grows with every split of a cluster, so that between
    different k the rule in use is the sharpest bend. Hartigan's test of one more cluster is `hartigan`. O(n·d) time.

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
        In [−∞, ∞]: −∞ when all centroids coincide, ∞ when the points of each cluster coincide, NaN when all points do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    J. A. Hartigan, "Clustering Algorithms", Wiley, 1975; G. W. Milligan and M. C. Cooper, "An examination
    of procedures for determining the number of clusters in a data set", Psychometrika 50, 1985, "log(SSB/SSW)".

    Notes
    -----
    The same as ``Log_SS_Ratio`` of R's clusterCrit and of permetrics.

    Examples
    --------
    tr B = 4 · 5² and tr W = 4 · 5² / 4.

    >>> import cqm
    >>> round(cqm.log_ss_ratio([[0.0], [5.0], [10.0], [15.0]], ["a", "a", "b", "b"]), 6)  # log 4
    1.386294
    """
    return log_ss_ratio_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="log(B / W)",
        )
    )


def log_ss_ratio_of(clustering: Clustering) -> float:
    """`log_ss_ratio` of a validated clustering."""
    return float(logarithm(variance_ratio_of(clustering)))


def ratkowsky_lance(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean over the variables of the correlation ratio between variable and clustering, over √k.

    .. math:: \frac{\bar c}{\sqrt k}, \qquad \bar c = \frac{1}{d} \sum_j \sqrt{B_j / T_j}

    with B_j and T_j the sums of squares of variable j between clusters and in all. Higher is better. O(n·d) time.

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
        In [0, 1/√2]. Constant variables have nothing to explain and are left out; NaN when all points coincide.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    D. A. Ratkowsky and G. N. Lance, "A criterion for determining the number of groups in a classification", Australian
    Computer Journal 10, 1978.

    Notes
    -----
    R's NbClust averages √(B_j/T_j) too; R's clusterCrit averages B_j/T_j and takes the root of the mean, which is never
    smaller. Both return NaN when a variable is constant.

    Examples
    --------
    One variable is explained entirely, one not at all: c̄ = ½.

    >>> import cqm
    >>> points = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> round(cqm.ratkowsky_lance(points, ["a", "a", "b", "b"]), 6)
    0.353553
    """
    return ratkowsky_lance_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Ratkowsky–Lance",
        )
    )


def ratkowsky_lance_of(clustering: Clustering) -> float:
    """`ratkowsky_lance` of a validated clustering."""
    spread = dispersion(clustering)
    between = spread.between
    total = between + spread.within
    varying = total > 0
    if not varying.any():
        return float("nan")
    return float(np.sqrt(between[varying] / total[varying]).mean() / np.sqrt(clustering.k))
