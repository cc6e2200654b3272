"""Measures of chains and links between points."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.kernel_density import distance_quantile, triangular_densities
from cqm.geometry.reductions import nearest_across, pair_minima
from cqm.geometry.trees import longest_steps, widest_between
from cqm.measures.arithmetic import ratio

__all__ = [
    "density_weighted_gap",
    "density_weighted_gap_of",
    "links_of_pairs",
    "weakest_link",
    "weakest_link_of",
    "widest_gap",
    "widest_gap_of",
]


def weakest_link(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Longest step that a chain inside a cluster has to take, over the shortest distance between clusters.

    .. math:: WL(C, X, d) = \frac{\max_{x \sim y} \min_{\text{chains } x \to y} \max_{\text{steps}} d}
                                 {\min_{x \not\sim y} d(x, y)}

    Lower is better. The numerator is the longest edge of the clusters' minimum spanning trees, so O(n²) time and, from
    vectors, O(n) memory are enough.

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
        In [0, ∞]. Below 1 when every cluster hangs together more closely than any two clusters approach each other;
        ∞ when two clusters share a location, NaN when moreover no within-cluster step is positive.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008,
    section 3.3.

    Examples
    --------
    >>> import cqm
    >>> cqm.weakest_link([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    0.2
    """
    return weakest_link_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def weakest_link_of(clustering: Clustering) -> float:
    """`weakest_link` of a validated clustering."""
    return float(ratio(widest_gap_of(clustering), nearest_across(clustering)))


def links_of_pairs(clustering: Clustering) -> NDArray[np.float64]:
    """(k, k) weakest links of two clusters each; what stands on the diagonal means nothing."""
    steps = longest_steps(clustering)
    return np.asarray(ratio(np.maximum.outer(steps, steps), pair_minima(clustering)))


def widest_gap(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Longest step that a chain inside a cluster has to take: the widest gap that a cluster has in it.

    .. math:: \max_{x \sim y} \min_{\text{chains } x \to y} \max_{\text{steps}} d

    Lower is better among clusterings with the same k. It is the longest edge of the clusters' minimum spanning trees,
    and the numerator of the weakest link. O(n²) time and, from vectors, O(n) memory.

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
    ``widestgap`` of R's fpc with ``standardisation="none"``; by default it divides by the largest distance of all.

    Examples
    --------
    >>> import cqm
    >>> cqm.widest_gap([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    2.0
    """
    return widest_gap_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def widest_gap_of(clustering: Clustering) -> float:
    """`widest_gap` of a validated clustering."""
    return float(longest_steps(clustering).max())


def density_weighted_gap(
    X: Any,
    labels: Any,
    *,
    quantile: float = 0.1,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Widest gap that a cluster has in it, weighted by how dense it is on the sparser of its sides.

    .. math:: \max_{x \sim y} \frac{\min(h(x), h(y))}{\max_z h(z)} \, s(x, y), \qquad
              h(x) = \sum_y \max\Bigl(0, 1 - \frac{d(x, y)}{q}\Bigr)

    with q a quantile of all distances and s(x, y) the smallest longest step of chains from x to y in their cluster.
    Lower is better among clusterings with the same k. A gap before an outlier counts little, one between two halves of
    a cluster much.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    quantile : float
        Share of all distances that are at most q, in (0, 1).
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), in units of the distance, at most `widest_gap`. NaN when q is 0.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `quantile` not in (0, 1).

    References
    ----------
    C. Hennig, "Cluster validation by measurement of clustering characteristics relevant to the user", in "Data Analysis
    and Applications 1", Wiley, 2019, 1–24, arXiv:1703.09282.

    Notes
    -----
    ``highdgap`` of R's fpc with ``standardisation="none"``; by default it divides by the largest distance of all. fpc
    lets each cluster grow from its densest point, always by the point that is nearest to it, and takes each step times
    the largest density outside. That is the same number, whichever of equally dense or equally near points comes first.

    Examples
    --------
    q is 1.9, so that 0 and 1 have the density 1 + 9/19, and the others 1. The steps of 2 weigh 19/28.

    >>> import cqm
    >>> points = [[0.0], [1.0], [3.0], [11.0], [13.0]]
    >>> round(cqm.density_weighted_gap(points, ["a", "a", "a", "b", "b"]), 9) == round(2 * 19 / 28, 9)
    True
    """
    return density_weighted_gap_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), quantile
    )


def density_weighted_gap_of(clustering: Clustering, quantile: float = 0.1) -> float:
    """`density_weighted_gap` of a validated clustering."""
    width = distance_quantile(clustering, quantile)
    if width == 0:
        return math.nan
    densities, _ = triangular_densities(clustering, width)
    return widest_between(clustering, densities / densities.max())
