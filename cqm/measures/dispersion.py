"""Indices of the dispersion within clusters, W: sums of squares around their centroids."""

from collections.abc import Hashable
from typing import Any

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import logarithm

__all__ = [
    "ball_hall",
    "ball_hall_of",
    "banfield_raftery",
    "banfield_raftery_of",
    "trace_cov_w",
    "trace_cov_w_of",
    "trace_w",
    "trace_w_of",
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
