"""Indices of scatter matrices: W within clusters, B between centroids, T = W + B."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.scatter import canonical_ratios, log_determinant_within, log_determinants

__all__ = [
    "det_ratio",
    "det_ratio_of",
    "log_det_ratio",
    "log_det_ratio_of",
    "marriott",
    "marriott_of",
    "scott_symons",
    "scott_symons_of",
    "trace_wib",
    "trace_wib_of",
]


def trace_wib(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Scatter between clusters in units of the scatter inside them: the trace of W⁻¹B, Hotelling's trace.

    .. math:: \operatorname{tr}(W^{-1} B), \qquad W = \sum_i \sum_{x \in C_i} (x - c_i)(x - c_i)^\top, \quad
              B = \sum_i n_i (c_i - c)(c_i - c)^\top

    Higher is better among clusterings with the same k. Invariant under every invertible linear map of the
    points. O(n·d²) time.

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
        In [0, ∞]. ∞ when the clusters have no scatter in some direction in which the data vary, in particular when
        n − k is smaller than the dimension of the data. Directions in which the data do not vary (constant or linearly
        dependent variables) are left out; NaN when all points coincide.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    H. P. Friedman and J. Rubin, "On some invariant criteria for grouping data", JASA 62, 1967, criterion
    trace W⁻¹B.

    Notes
    -----
    The same as ``Trace_WiB`` of R's clusterCrit where W is regular. ``friedman`` of R's NbClust multiplies W⁻¹ and B
    element by element before it sums the diagonal, which is the trace for one variable only.

    Examples
    --------
    B = 4 · 5² and W = 4 · 1².

    >>> import cqm
    >>> round(cqm.trace_wib([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 9)
    25.0
    """
    return trace_wib_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="trace W⁻¹B",
        )
    )


def trace_wib_of(clustering: Clustering) -> float:
    """`trace_wib` of a validated clustering."""
    ratios = canonical_ratios(clustering)
    return float(ratios.sum()) if len(ratios) else float("nan")


def det_ratio(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Determinant of the scatter of all points over that of the scatter inside clusters.

    .. math:: \frac{\lvert T \rvert}{\lvert W \rvert} = \lvert I + W^{-1} B \rvert

    Higher is better among clusterings with the same k; its reciprocal is Wilks' Λ. Invariant under every invertible
    linear map of the points. Overflows to ∞ in high dimension: `log_det_ratio` does not. O(n·d²) time.

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
        In [1, ∞]. ∞ when the clusters have no scatter in some direction in which the data vary, in particular when
        n − k is smaller than the dimension of the data. Directions in which the data do not vary (constant or linearly
        dependent variables) are left out; NaN when all points coincide.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    H. P. Friedman and J. Rubin, "On some invariant criteria for grouping data", JASA 62, 1967, criterion
    |T|/|W|.

    Notes
    -----
    The same as ``Det_Ratio`` of R's clusterCrit and of permetrics where W is regular.

    Examples
    --------
    T = 104 and W = 4.

    >>> import cqm
    >>> round(cqm.det_ratio([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 9)
    26.0
    """
    return det_ratio_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="|T| / |W|",
        )
    )


def det_ratio_of(clustering: Clustering) -> float:
    """`det_ratio` of a validated clustering."""
    ratios = canonical_ratios(clustering)
    with np.errstate(over="ignore"):
        return float(np.prod(1 + ratios)) if len(ratios) else float("nan")


def log_det_ratio(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Likelihood ratio of Gaussian clusters with one common covariance against a single Gaussian.

    .. math:: n \log \frac{\lvert T \rvert}{\lvert W \rvert}

    Higher is better among clusterings with the same k; between different k the rule in use is the sharpest bend.
    Invariant under every invertible linear map of the points. O(n·d²) time.

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
        In [0, ∞]. ∞ when the clusters have no scatter in some direction in which the data vary, in particular when
        n − k is smaller than the dimension of the data. Directions in which the data do not vary (constant or linearly
        dependent variables) are left out; NaN when all points coincide.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    A. J. Scott and M. J. Symons, "Clustering methods based on likelihood ratio criteria", Biometrics 27, 1971,
    clusters with a common covariance.

    Notes
    -----
    The same as ``Log_Det_Ratio`` of R's clusterCrit and of permetrics and ``scott`` of R's NbClust where W is regular.

    Examples
    --------
    4 · log 26.

    >>> import cqm
    >>> round(cqm.log_det_ratio([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)
    13.032386
    """
    return log_det_ratio_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="log(|T| / |W|)",
        )
    )


def log_det_ratio_of(clustering: Clustering) -> float:
    """`log_det_ratio` of a validated clustering."""
    ratios = canonical_ratios(clustering)
    return float(clustering.mass * np.log1p(ratios).sum()) if len(ratios) else float("nan")


def scott_symons(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Sum over the clusters of size times logarithm of the determinant of the covariance.

    .. math:: \sum_i n_i \log \Bigl\lvert \frac{W_i}{n_i} \Bigr\rvert

    Lower is better: up to constants it is −2 log-likelihood of Gaussian clusters, each with its best covariance. Every
    cluster needs more points than there are dimensions. O(n·d²) time.

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
        In [−∞, ∞). −∞ when the points of some cluster do not span the space, in particular when it has no more points
        than dimensions: there the likelihood is unbounded. One cluster is allowed.

    Raises
    ------
    ValueError
        Another metric, no cluster, all singletons, or unusable `X`.

    References
    ----------
    A. J. Scott and M. J. Symons, "Clustering methods based on likelihood ratio criteria", Biometrics 27, 1971,
    clusters with different covariances.

    Notes
    -----
    The same as ``Scott_Symons`` of R's clusterCrit where every W_i is regular.

    Examples
    --------
    Variances 1 and e², up to rounding.

    >>> import cqm, math
    >>> round(cqm.scott_symons([[0.0], [2.0], [10.0], [10.0 + 2 * math.e]], ["a", "a", "b", "b"]), 9)
    4.0
    """
    return scott_symons_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            min_clusters=1,
            coordinates="Scott–Symons",
        )
    )


def scott_symons_of(clustering: Clustering) -> float:
    """`scott_symons` of a validated clustering."""
    sizes = clustering.masses
    return float(sizes @ (log_determinants(clustering) - clustering.points.features * np.log(sizes)))


def marriott(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Determinant of the scatter inside clusters times the square of their number.

    .. math:: k^2 \lvert W \rvert, \qquad W = \sum_i \sum_{x \in C_i} (x - c_i)(x - c_i)^\top

    Lower is better. The best division of uniform points into k clusters keeps it about the same for every k, and that
    of points in one bump raises it: a k with a smaller value than 1 speaks for clusters. O(n·d²) time.

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
        In [0, ∞], in units of the distance to the power 2d. 0 when the clusters have no scatter in some direction, in
        particular when n − k is smaller than d or a variable is constant: leave such a variable out. Overflows to ∞ and
        underflows to 0 in high dimension. One cluster is allowed.

    Raises
    ------
    ValueError
        Another metric, no cluster, all singletons, or unusable `X`.

    References
    ----------
    F. H. C. Marriott, "Practical problems in a method of cluster analysis", Biometrics 27 (1971), 501–514.

    Notes
    -----
    The same as ``Ksq_DetW`` of R's clusterCrit and ``marriot`` of R's NbClust, where the best k is not that of the
    smallest value but that of the largest second difference.

    Examples
    --------
    k² = 4 and W = 4.

    >>> import cqm
    >>> round(cqm.marriott([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 9)
    16.0
    """
    return marriott_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            min_clusters=1,
            coordinates="k² |W|",
        )
    )


def marriott_of(clustering: Clustering) -> float:
    """`marriott` of a validated clustering."""
    with np.errstate(over="ignore"):
        return float(np.exp(2 * np.log(clustering.k) + log_determinant_within(clustering)))
