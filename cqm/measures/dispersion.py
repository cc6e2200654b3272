"""Indices made of sums of squares within clusters (W) and between their centroids (B)."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import check_mass, validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import logarithm, ratio

__all__ = [
    "ball_hall",
    "ball_hall_of",
    "banfield_raftery",
    "banfield_raftery_of",
    "calinski_harabasz",
    "calinski_harabasz_of",
    "log_ss_ratio",
    "log_ss_ratio_of",
    "ratkowsky_lance",
    "ratkowsky_lance_of",
    "trace_cov_w",
    "trace_cov_w_of",
    "trace_w",
    "trace_w_of",
    "variance_ratio",
    "variance_ratio_of",
]


def trace_w(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Sum of the squared distances of all points to their cluster's centroid: tr W, the loss of k-means.

    .. math:: \operatorname{tr} W = \sum_i \sum_{x \in C_i} \lVert x - c_i \rVert^2

    Lower is better among clusterings with the same k. It never grows when a cluster is split, so that between different
    k the rule in use is the sharpest bend (the largest second difference along k). tr T = tr W + tr B depends on the
    points alone. O(n·d) time.

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
        In [0, ∞), in squared units of `X`; 0 when the points of each cluster coincide. One cluster is allowed: tr T.

    Raises
    ------
    ValueError
        Another metric, no cluster, all singletons, or unusable `X`.

    References
    ----------
    A. W. F. Edwards and L. L. Cavalli-Sforza, "A method for cluster analysis", Biometrics 21, 1965; H. P. Friedman and
    J. Rubin, "On some invariant criteria for grouping data", JASA 62, 1967, criterion trace W.

    Notes
    -----
    genieclust negates it (``negated_wcss_index``).

    Examples
    --------
    >>> import cqm
    >>> cqm.trace_w([[0.0], [2.0], [10.0], [14.0]], ["a", "a", "b", "b"])
    10.0
    """
    return trace_w_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            min_clusters=1,
            coordinates="trace W",
        )
    )


def trace_w_of(clustering: Clustering) -> float:
    """`trace_w` of a validated clustering."""
    return float(dispersion(clustering).within.sum())


def trace_cov_w(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Sum over the variables of their variance inside clusters: the trace of the pooled covariance matrix.

    .. math:: \operatorname{tr} \frac{W}{n - k} = \frac{1}{n - k} \sum_i \sum_{x \in C_i} \lVert x - c_i \rVert^2

    Lower is better among clusterings with the same k; between different k the rule in use is the largest fall. O(n·d)
    time.

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
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), in squared units of `X`. One cluster is allowed.

    Raises
    ------
    ValueError
        Another metric, no cluster, all singletons, or unusable `X`.

    References
    ----------
    G. W. Milligan and M. C. Cooper, "An examination of procedures for determining the number of clusters in a data
    set", Psychometrika 50 (1985), 159–179, Trace Cov W.

    Notes
    -----
    ``trcovw`` of R's NbClust takes the covariance of the columns of W itself, ``sum(diag(cov(W)))``, as if its rows
    were observations: a number in the fourth power of the unit that depends on the axes, and none for one variable.

    Examples
    --------
    >>> import cqm
    >>> cqm.trace_cov_w([[0.0], [2.0], [10.0], [14.0]], ["a", "a", "b", "b"])
    5.0
    """
    return trace_cov_w_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            min_clusters=1,
            coordinates="trace cov W",
        )
    )


def trace_cov_w_of(clustering: Clustering) -> float:
    """`trace_cov_w` of a validated clustering."""
    return trace_w_of(clustering) / (clustering.n - clustering.k)


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
    return _ss_ratio(clustering)


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
    return float(logarithm(_ss_ratio(clustering)))


def _ss_ratio(clustering: Clustering) -> float:
    """Sum of squares between clusters over that within."""
    spread = dispersion(clustering)
    return float(ratio(spread.between.sum(), spread.within.sum()))


def ball_hall(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean over the clusters of the mean squared distance to the cluster's centroid.

    .. math:: \frac{1}{k} \sum_i \frac{1}{n_i} \sum_{x \in C_i} \lVert x - c_i \rVert^2

    Lower is better among clusterings with the same k; between different k the rule in use is the sharpest bend. O(n·d)
    time.

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
        In [0, ∞), in squared units of `X`; 0 when the points of each cluster coincide. One cluster is allowed.

    Raises
    ------
    ValueError
        Another metric, no cluster, all singletons, or unusable `X`.

    References
    ----------
    G. H. Ball and D. J. Hall, "ISODATA, a novel method of data analysis and pattern classification", Stanford Research
    Institute, technical report AD-699616, 1965.

    Notes
    -----
    Three conventions are in use: this mean over clusters, as in R's clusterCrit; the sum over clusters, k times as
    large, which genieclust returns negated; and tr W / k, where clusters weigh as much as they have points, in R's
    NbClust and permetrics.

    Examples
    --------
    Mean squared distances 1 and 4.

    >>> import cqm
    >>> cqm.ball_hall([[0.0], [2.0], [10.0], [14.0]], ["a", "a", "b", "b"])
    2.5
    """
    return ball_hall_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            min_clusters=1,
            coordinates="Ball–Hall",
        )
    )


def ball_hall_of(clustering: Clustering) -> float:
    """`ball_hall` of a validated clustering."""
    spread = dispersion(clustering)
    return float((spread.squares.sum(axis=1) / spread.sizes).mean())


def banfield_raftery(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Sum over the clusters of size times logarithm of the mean squared distance to the centroid.

    .. math:: \sum_i n_i \log \frac{\operatorname{tr} W_i}{n_i}

    Lower is better: up to constants it is −2 log-likelihood of spherical Gaussian clusters of different volumes, each
    with its best variance. O(n·d) time.

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
        In [−∞, ∞). −∞ when the points of some cluster coincide, in particular when it has only one point: there the
        likelihood is unbounded. One cluster is allowed.

    Raises
    ------
    ValueError
        Another metric, no cluster, all singletons, or unusable `X`.

    References
    ----------
    J. D. Banfield and A. E. Raftery, "Model-based Gaussian and non-Gaussian clustering", Biometrics 49, 1993,
    criterion for Σ_k = λ_k I.

    Notes
    -----
    R's clusterCrit and permetrics spell it "Banfeld"; permetrics returns 10¹⁰ when a cluster has one point.

    Examples
    --------
    Mean squared distances 1 and e², up to rounding.

    >>> import cqm, math
    >>> round(cqm.banfield_raftery([[0.0], [2.0], [10.0], [10.0 + 2 * math.e]], ["a", "a", "b", "b"]), 9)
    4.0
    """
    return banfield_raftery_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            min_clusters=1,
            coordinates="Banfield–Raftery",
        )
    )


def banfield_raftery_of(clustering: Clustering) -> float:
    """`banfield_raftery` of a validated clustering."""
    spread = dispersion(clustering)
    return float(spread.sizes @ logarithm(spread.squares.sum(axis=1) / spread.sizes))


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
