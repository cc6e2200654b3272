"""Hubert's Γ: distances of points beside distances of the centroids of their clusters."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import centroid_gaps, dispersion
from cqm.geometry.moments import pair_moments
from cqm.geometry.reductions import pair_sums
from cqm.measures.arithmetic import ratio

__all__ = ["hubert_gamma", "hubert_gamma_of", "normalized_hubert_gamma", "normalized_hubert_gamma_of"]


def hubert_gamma(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean, over all pairs of points, of their distance times the distance of their clusters' centroids.

    .. math:: \Gamma = \frac{2}{n (n - 1)} \sum_{x < y} P(x, y) \, Q(x, y), \qquad P(x, y) = d(x, y), \quad
              Q(x, y) = d(c_x, c_y)

    with :math:`c_x` the centroid of x's cluster, so that pairs inside clusters add nothing. Higher is better among
    clusterings with the same k; it rises with k by itself, and its bend is looked at. Baker and Hubert's Γ of ranks is
    `gamma`.

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
        In [0, ∞), in units of the squared distance.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2 (1985), 193–218; M. Halkidi,
    Y. Batistakis and M. Vazirgiannis, "On clustering validation techniques", Journal of Intelligent Information Systems
    17 (2001), 107–145, the modified Hubert Γ statistic.

    Examples
    --------
    The four pairs across have distances 10, 12, 8 and 10, the centroids 10; there are six pairs.

    >>> import cqm
    >>> round(cqm.hubert_gamma([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 9) == round(400 / 6, 9)
    True
    """
    return hubert_gamma_of(
        validate(
            X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, coordinates="Hubert's Γ"
        )
    )


def hubert_gamma_of(clustering: Clustering) -> float:
    """`hubert_gamma` of a validated clustering."""
    sums = pair_sums(clustering)
    products = math.fsum((sums[rows] * gaps).sum() for rows, gaps in centroid_gaps(dispersion(clustering)))
    return products / (clustering.n * (clustering.n - 1))  # each pair of clusters was met twice


def normalized_hubert_gamma(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Correlation, over all pairs of points, of their distance with the distance of their clusters' centroids.

    .. math:: \hat\Gamma = \frac{\frac{2}{n (n - 1)} \sum_{x < y} (P(x, y) - \mu_P)(Q(x, y) - \mu_Q)}
              {\sigma_P \, \sigma_Q}

    with P and Q as in `hubert_gamma`, and μ, σ their means and standard deviations over all pairs. Higher is better
    among clusterings with the same k; it nears 1 as k nears n. The correlation with lying in different clusters,
    without centroids, is `point_biserial`, which fpc calls Pearson's Γ.

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
        In [−1, 1]; NaN when all distances are equal or all centroids coincide.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Halkidi, Y. Batistakis and M. Vazirgiannis, "On clustering validation techniques", Journal of Intelligent
    Information Systems 17 (2001), 107–145, the normalized Γ statistic.

    Notes
    -----
    ``hubert`` of R's NbClust takes μ over the whole matrix, its diagonal included, and for σ the root of the sum of the
    squared variances of its columns, so that its value is no correlation.

    Examples
    --------
    Distances 2, 10, 12, 8, 10, 2 beside 0, 10, 10, 10, 10, 0.

    >>> import cqm, numpy
    >>> value = cqm.normalized_hubert_gamma([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    >>> wanted = numpy.corrcoef([2, 10, 12, 8, 10, 2], [0, 10, 10, 10, 10, 0])[0, 1]
    >>> round(value, 9) == round(float(wanted), 9)
    True
    """
    options: dict[str, Any] = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
    return normalized_hubert_gamma_of(validate(X, labels, coordinates="Hubert's normalized Γ", **options))


def normalized_hubert_gamma_of(clustering: Clustering) -> float:
    """`normalized_hubert_gamma` of a validated clustering."""
    deviation = pair_moments(clustering).deviation
    if deviation == 0:
        return math.nan
    total = clustering.n * (clustering.n - 1) / 2
    sizes = clustering.sizes.astype(np.float64)
    gaps: FloatArray = np.vstack([block for _, block in centroid_gaps(dispersion(clustering))])
    pairs = np.multiply.outer(sizes, sizes) / 2  # each pair of clusters is met twice, ...
    sums = pair_sums(clustering) / 2
    diagonal = np.diag_indices(clustering.k)
    pairs[diagonal] -= sizes / 2  # ... each cluster once
    sums[diagonal] *= 2
    beyond = gaps - (pairs * gaps).sum() / total
    product = ((sums - pairs * (sums.sum() / total)) * beyond).sum()
    return float(ratio(product / total, deviation * math.sqrt((pairs * beyond**2).sum() / total)))
