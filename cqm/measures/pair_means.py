"""Measures of mean distances inside and between clusters: McClain–Rao, point-biserial correlation."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import check_mass, validate
from cqm.arrays.metrics import Metric
from cqm.geometry.moments import pair_moments
from cqm.geometry.pairs import weights_of_pairs
from cqm.geometry.reductions import pair_sums
from cqm.measures.arithmetic import ratio

__all__ = ["mcclain_rao", "mcclain_rao_of", "point_biserial", "point_biserial_of"]


def mcclain_rao(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean distance of the pairs inside clusters over the mean distance of the pairs across clusters.

    .. math:: MR = \frac{S_w / N_w}{S_b / N_b}

    with :math:`S_w, S_b` the sums of the :math:`N_w` distances inside and the :math:`N_b` distances across clusters.
    Lower is better.

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
        In [0, ∞]. Below 1 when pairs inside clusters are closer on average; ∞ when all points across clusters coincide,
        NaN when all points do.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    J. O. McClain and V. R. Rao, "CLUSTISZ: a program to test for the quality of clustering of a set of objects",
    Journal of Marketing Research 12 (1975), 456–460; G. W. Milligan, Psychometrika 46 (1981), 187–199, Table 1.

    Examples
    --------
    The pairs inside have distances 1 and 2, those across 11, 13, 10 and 12.

    >>> import cqm
    >>> round(cqm.mcclain_rao([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"]), 6) == round(1.5 / 11.5, 6)
    True
    """
    return mcclain_rao_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def mcclain_rao_of(clustering: Clustering) -> float:
    """`mcclain_rao` of a validated clustering."""
    check_mass(clustering)
    totals = pair_sums(clustering)
    inside, across = weights_of_pairs(clustering)
    mean_inside = np.trace(totals) / inside
    mean_across = totals[np.triu_indices(clustering.k, 1)].sum() / across
    return float(ratio(mean_inside, mean_across))


def point_biserial(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Correlation, over all pairs of points, of their distance with lying in different clusters.

    .. math:: r_{pb} = \frac{\bar d_b - \bar d_w}{s_d} \sqrt{\frac{N_w N_b}{N_t^2}}

    with :math:`\bar d_w, \bar d_b` the mean distances of the :math:`N_w` pairs inside and the :math:`N_b` pairs across
    clusters, and :math:`s_d` the standard deviation of all :math:`N_t` distances with divisor :math:`N_t`, so that the
    value is Pearson's correlation. Higher is better.

    The R package clusterCrit leaves out :math:`s_d` and turns the sign.

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
        In [−1, 1]; NaN when all distances are equal.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    G. W. Milligan, "A Monte Carlo study of thirty internal criterion measures for cluster analysis", Psychometrika 46
    (1981), 187–199; G. W. Milligan, Psychometrika 45 (1980), 325–342.

    Examples
    --------
    Two distances inside clusters are 1, the four across are 10.

    >>> import cqm
    >>> distances = [[0, 1, 10, 10], [1, 0, 10, 10], [10, 10, 0, 1], [10, 10, 1, 0]]
    >>> round(cqm.point_biserial(distances, [0, 0, 1, 1], metric="precomputed"), 12)
    1.0
    """
    return point_biserial_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight))


def point_biserial_of(clustering: Clustering) -> float:
    """`point_biserial` of a validated clustering."""
    moments = pair_moments(clustering)
    total = moments.within + moments.between
    share = np.sqrt(moments.within / total * (moments.between / total))
    return float(ratio(moments.contrast * share, moments.deviation))
