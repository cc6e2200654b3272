"""SD (Halkidi, Vazirgiannis & Batistakis 2000) and S_Dbw (Halkidi & Vazirgiannis 2001)."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import Dispersion, centroid_gaps, dispersion
from cqm.geometry.counts import counts_at_centroids, counts_at_midpoints
from cqm.measures.arithmetic import ratio

__all__ = ["s_dbw", "s_dbw_of", "sd_dis", "sd_dis_of", "sd_index", "sd_index_of", "sd_scat", "sd_scat_of"]


def sd_scat(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Average scattering: mean length of the clusters' vectors of variances, relative to that of all points.

    .. math:: \mathrm{Scat} = \frac{\frac{1}{k} \sum_i \lVert \sigma(C_i) \rVert}{\lVert \sigma(X) \rVert}

    with σ the vector of the variables' variances (divisor: number of points). Lower is better. The first term of
    `sd_index` and of `s_dbw`. O(n·d) time.

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
        In [0, ∞): 0 when the points of each cluster coincide, NaN when all points do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Halkidi, M. Vazirgiannis and Y. Batistakis, "Quality scheme assessment in the clustering process", PKDD 2000,
    equation 4.

    Notes
    -----
    The same as ``SD_Scat`` of R's clusterCrit. The Python package s-dbw takes standard deviations for variances.

    Examples
    --------
    Variances 1 and 1 inside clusters, 26 in all.

    >>> import cqm
    >>> round(cqm.sd_scat([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)  # 1 / 26
    0.038462
    """
    return sd_scat_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Scat",
        )
    )


def sd_scat_of(clustering: Clustering) -> float:
    """`sd_scat` of a validated clustering."""
    return _scat(dispersion(clustering))


def sd_dis(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Total separation: how unevenly, and how closely, the centroids lie.

    .. math:: \mathrm{Dis} = \frac{D_{\max}}{D_{\min}} \sum_i \Bigl(\sum_j \lVert c_i - c_j \rVert\Bigr)^{-1}

    with D_max and D_min the largest and smallest distance between two centroids. Lower is better. It has the unit of
    1/`X`. The second term of `sd_index`. O(n·d + k²·d) time.

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
        In (0, ∞]: ∞ when two centroids coincide, NaN when all do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Halkidi, M. Vazirgiannis and Y. Batistakis, "Quality scheme assessment in the clustering process", PKDD 2000,
    equation 5.

    Notes
    -----
    The same as ``SD_Dis`` of R's clusterCrit and ``clv.Dis`` of R's clv.

    Examples
    --------
    Two centroids 10 apart: 1 · (1/10 + 1/10).

    >>> import cqm
    >>> cqm.sd_dis([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    0.2
    """
    return sd_dis_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Dis",
        )
    )


def sd_dis_of(clustering: Clustering) -> float:
    """`sd_dis` of a validated clustering."""
    return _dis(dispersion(clustering))


def sd_index(
    X: Any,
    labels: Any,
    *,
    finest_labels: Any = None,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Average scattering, weighted, plus total separation.

    .. math:: SD = \alpha \, \mathrm{Scat} + \mathrm{Dis}, \qquad \alpha = \mathrm{Dis}(\text{finest clustering})

    Lower is better. The weight brings both terms to one scale; the paper takes it from the clustering with the most
    clusters among those that are compared. Without one, `labels` is the only clustering and gives its own weight:
    compare several clusterings with one and the same `finest_labels`. O(n·d + k²·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    finest_labels : array_like of shape (n,), optional
        The clustering with the most clusters among those to be compared.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In (0, ∞]: ∞ when two centroids coincide, NaN when all do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Halkidi, M. Vazirgiannis and Y. Batistakis, "Quality scheme assessment in the clustering process", PKDD 2000,
    equation 6.

    Notes
    -----
    R's clusterCrit returns the two terms alone, R's NbClust the weighted sum; the Python package s-dbw takes the weight
    as a number, 1 by default.

    Examples
    --------
    Scat = 1/26 and Dis = 1/5.

    >>> import cqm
    >>> points, labels = [[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]
    >>> round(cqm.sd_index(points, labels), 6)  # 1/5 · 1/26 + 1/5
    0.207692
    >>> round(cqm.sd_index(points, labels, finest_labels=["a", "c", "b", "b"]), 6)
    0.24608
    """
    clustering = validate(
        X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True, coordinates="SD"
    )
    options: dict[str, Any] = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
    weight = None if finest_labels is None else sd_dis(X, finest_labels, **options)
    return sd_index_of(clustering, weight)


def sd_index_of(clustering: Clustering, weight: float | None = None) -> float:
    """`sd_index` of a validated clustering; by default with its own weight."""
    spread = dispersion(clustering)
    dis = _dis(spread)
    return float((dis if weight is None else weight) * _scat(spread) + dis)


def s_dbw(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Average scattering plus density half-way between centroids, relative to that at the centroids.

    .. math:: \mathrm{S\_Dbw} = \mathrm{Scat} + \frac{1}{k(k-1)} \sum_{i \ne j}
              \frac{\mathrm{density}(u_{ij})}{\max(\mathrm{density}(c_i), \mathrm{density}(c_j))}

    with u_ij the midpoint of two centroids, density(u) the number of points of clusters i and j at a distance up to
    stdev from u, and :math:`\mathrm{stdev} = \frac{1}{k} \sqrt{\sum_i \lVert \sigma(C_i) \rVert}`. Lower is better.
    O(n·k·d) time.

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
        In [0, ∞]. NaN when for two clusters no point lies within stdev of either centroid nor of their midpoint, ∞ when
        some do of the midpoint only. As stdev shrinks with the number of clusters and grows more slowly with the
        dimension than distances do, this is the rule in high dimension: there the index says nothing. A distance within
        10⁻⁹ of stdev, relatively, counts as equal to it, so that rounding does not decide.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Halkidi and M. Vazirgiannis, "Clustering validity assessment: finding the optimal partitioning of a data set",
    ICDM 2001, equations 1–5.

    Notes
    -----
    Implementations differ in every part. R's clusterCrit counts distances smaller than stdev, and adds the quotients of
    the pairs i < j up instead of averaging them (its manual does average). R's NbClust counts around a centroid the
    points of its own cluster alone, and takes 0 for a quotient with denominator 0. The Python package s-dbw does both,
    and takes standard deviations for variances.

    Examples
    --------
    stdev = ½ √(16/3) ≈ 1.15; each centroid has three points as near as that, the midpoint has none: Scat alone is left.

    >>> import cqm
    >>> points = [[0.0], [2.0], [2.0], [4.0], [10.0], [12.0], [12.0], [14.0]]
    >>> round(cqm.s_dbw(points, ["a"] * 4 + ["b"] * 4), 6)  # 2 / 27
    0.074074
    """
    return s_dbw_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="S_Dbw",
        )
    )


def s_dbw_of(clustering: Clustering) -> float:
    """`s_dbw` of a validated clustering."""
    spread = dispersion(clustering)
    k = clustering.k
    stdev = np.sqrt(_variance_norms(spread).sum()) / k
    near_centroid = counts_at_centroids(clustering, stdev)  # (cluster of the points, cluster of the centroid)
    near_midpoint = counts_at_midpoints(clustering, stdev)  # (cluster of the points, other cluster)
    total = 0.0
    for i in range(1, k):
        others = slice(0, i)
        own = near_centroid[i, i] + near_centroid[others, i]
        theirs = near_centroid[i, others] + np.diagonal(near_centroid)[others]
        total += ratio(near_midpoint[i, others] + near_midpoint[others, i], np.maximum(own, theirs)).sum()
    return float(_scat(spread) + total / (k * (k - 1) / 2))


def _variance_norms(spread: Dispersion) -> FloatArray:
    return np.asarray(np.linalg.norm(spread.squares / spread.sizes[:, None], axis=1))


def _scat(spread: Dispersion) -> float:
    total = np.linalg.norm((spread.within + spread.between) / spread.sizes.sum())
    return float(ratio(_variance_norms(spread).mean(), total))


def _dis(spread: Dispersion) -> float:
    sums, widest, narrowest = np.empty(len(spread.sizes)), 0.0, np.inf
    for rows, gaps in centroid_gaps(spread):
        sums[rows] = gaps.sum(axis=1)
        widest = max(widest, gaps.max())
        gaps[np.arange(len(gaps)), np.arange(rows.start, rows.stop)] = np.inf
        narrowest = min(narrowest, gaps.min())
    return float(ratio(widest, narrowest) * ratio(1.0, sums).sum())
