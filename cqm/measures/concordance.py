"""Measures of the order of distances: Baker–Hubert Gamma, G+, Tau, C-index.

A pair of points inside a cluster and a pair across clusters are *concordant* when the one inside is strictly shorter,
*discordant* when it is strictly longer, and neither when both are equally long. clusterCrit counts equal distances as
concordant; permetrics has functions of the same names that compare two label vectors and see no distances.
"""

import math
from collections.abc import Hashable
from typing import Any

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.concordance import comparisons, excesses
from cqm.geometry.pairs import numbers_of_pairs
from cqm.measures.arithmetic import ratio

__all__ = ["c_index", "c_index_of", "g_plus", "g_plus_of", "gamma", "gamma_of", "tau", "tau_of"]


def gamma(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Share of concordant minus share of discordant comparisons of a distance inside with a distance across clusters.

    .. math:: \Gamma = \frac{s^+ - s^-}{s^+ + s^-}

    with :math:`s^+` the number of comparisons in which the distance inside a cluster is strictly shorter than the one
    across clusters, and :math:`s^-` of those in which it is strictly longer; equal distances count in neither. Higher
    is better.

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
        In [−1, 1]; 1 when every distance inside is shorter than every distance across. NaN when all comparisons tie.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    Notes
    -----
    The distances inside clusters are sorted, at most 2²⁵ at a time, and met by those across tile by tile: O(n² log n)
    time, and memory that does not grow beyond that. Distances tie when they are equal as computed: those of points with
    few binary digits are exact, others that tie in theory may differ by rounding.

    References
    ----------
    F. B. Baker and L. J. Hubert, "Measuring the power of hierarchical cluster analysis", Journal of the American
    Statistical Association 70 (1975), 31–38, after Goodman and Kruskal's γ.

    Examples
    --------
    Of the 2 × 4 comparisons, 4.5 > 4 and 4.5 > 3 are discordant, the other six concordant.

    >>> import cqm
    >>> cqm.gamma([[0.0], [1.0], [4.0], [8.5]], ["a", "a", "b", "b"])
    0.5
    """
    return gamma_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def gamma_of(clustering: Clustering) -> float:
    """`gamma` of a validated clustering."""
    concordant, discordant = comparisons(clustering)
    return float(ratio(concordant - discordant, concordant + discordant))


def g_plus(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Discordant comparisons among all comparisons of two distances.

    .. math:: G_+ = \frac{2 s^-}{N_t (N_t - 1)}

    with :math:`s^-` the number of comparisons in which a distance inside a cluster is strictly longer than one across
    clusters, and :math:`N_t = n(n-1)/2` the number of distances. Lower is better.

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
        In [0, 1), 0 when no distance inside is longer than one across.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    F. J. Rohlf, "Methods of comparing classifications", Annual Review of Ecology and Systematics 5 (1974), 101–113;
    G. W. Milligan, Psychometrika 46 (1981), 187–199.

    Examples
    --------
    Of the 15 comparisons of 6 distances, two are discordant: 4.5 inside "b" with 4 and 3 across.

    >>> import cqm
    >>> cqm.g_plus([[0.0], [1.0], [4.0], [8.5]], ["a", "a", "b", "b"]) == 2 / 15
    True
    """
    return g_plus_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def g_plus_of(clustering: Clustering) -> float:
    """`g_plus` of a validated clustering."""
    _, discordant = comparisons(clustering)
    total = sum(numbers_of_pairs(clustering))
    return float(ratio(2 * discordant, total * (total - 1)))


def tau(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Kendall's rank correlation, over all pairs of points, of their distance with lying in different clusters.

    .. math:: \tau = \frac{s^+ - s^-}{\sqrt{(N - t) \, N}}, \qquad N = \frac{N_t (N_t - 1)}{2}

    with :math:`s^+, s^-` the concordant and discordant comparisons of a distance inside with one across clusters,
    :math:`N` the number of comparisons of two of the :math:`N_t = n(n-1)/2` distances, and :math:`t` of those that
    compare two inside or two across, so that :math:`N - t = N_w N_b`. Higher is better.

    Equal distances count in neither :math:`s^+` nor :math:`s^-`, and stay in :math:`N`; Kendall's :math:`\tau_b` would
    take them out of the second factor.

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
        In (−1, 1): at most :math:`\sqrt{N_w N_b / N}`.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    F. J. Rohlf, "Methods of comparing classifications", Annual Review of Ecology and Systematics 5 (1974), 101–113;
    G. W. Milligan, Psychometrika 46 (1981), 187–199.

    Examples
    --------
    Six concordant comparisons and two discordant; 2 × 4 comparisons of a distance inside with one across, among 15.

    >>> import cqm
    >>> round(cqm.tau([[0.0], [1.0], [4.0], [8.5]], ["a", "a", "b", "b"]), 12) == round(4 / (8 * 15) ** 0.5, 12)
    True
    """
    return tau_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def tau_of(clustering: Clustering) -> float:
    """`tau` of a validated clustering."""
    concordant, discordant = comparisons(clustering)
    inside, across = numbers_of_pairs(clustering)
    total = inside + across
    return (concordant - discordant) / (math.sqrt(inside * across) * math.sqrt(total * (total - 1) // 2))


def c_index(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Where the sum of the distances inside clusters lies between the least and the most that as many could sum to.

    .. math:: C = \frac{S - S_{\min}}{S_{\max} - S_{\min}}

    with :math:`S` the sum of the :math:`N_w` distances inside clusters, and :math:`S_{\min}, S_{\max}` the sums of the
    :math:`N_w` smallest and largest of all distances. Lower is better.

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
        In [0, 1]; exactly 0 when no distance across is shorter than one inside. NaN when all distances are equal.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    L. J. Hubert and J. R. Levin, "A general statistical framework for assessing categorical clustering in free recall",
    Psychological Bulletin 83 (1976), 1072–1080, after E. C. Dalrymple-Alford, Psychological Bulletin 74 (1970), 32–34.

    Examples
    --------
    Distances 1, 3, 4, 4.5, 7.5, 8.5, of which 1 and 4.5 inside: S = 5.5, between 1 + 3 and 7.5 + 8.5.

    >>> import cqm
    >>> cqm.c_index([[0.0], [1.0], [4.0], [8.5]], ["a", "a", "b", "b"])
    0.125
    """
    return c_index_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def c_index_of(clustering: Clustering) -> float:
    """`c_index` of a validated clustering."""
    above_least, below_most = excesses(clustering)
    return float(ratio(above_least, above_least + below_most))
