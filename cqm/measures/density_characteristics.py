"""Characteristics of how densely points lie in their clusters (Hennig 2019; R's fpc)."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.kernel_density import distance_quantile, triangular_densities
from cqm.geometry.near_pairs import nearest_distances
from cqm.measures.arithmetic import ratio
from cqm.measures.neighbours import check_neighbors

__all__ = [
    "density_at_boundaries",
    "density_at_boundaries_of",
    "neighbor_distance",
    "neighbor_distance_of",
    "neighbor_variation",
    "neighbor_variation_of",
]


def neighbor_distance(
    X: Any,
    labels: Any,
    *,
    neighbors: int = 2,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Mean distance of a point to its k-th nearest one in the same cluster.

    .. math:: \frac{1}{\sum n_i} \sum_i \sum_{x \in C_i} d^{(k)}(x)

    over clusters of more than k points, with :math:`d^{(k)}(x)` the k-th smallest distance of x to others of its
    cluster. Lower is denser. Unlike mean distances it does not ask for round clusters.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    neighbors : int
        Rank of the neighbour in the own cluster.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), in units of the distance. NaN when no cluster has more than k points.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `neighbors` below 1.

    References
    ----------
    C. Hennig, "Cluster validation by measurement of clustering characteristics relevant to the user", in "Data Analysis
    and Applications 1", Wiley, 2019, 1–24, arXiv:1703.09282.

    Notes
    -----
    ``mnnd`` of R's fpc with ``standardisation="none"``.

    Examples
    --------
    The second nearest of 0, 1 and 3 in their cluster are at 3, 2 and 3.

    >>> import cqm
    >>> points = [[0.0], [1.0], [3.0], [11.0], [13.0]]
    >>> round(cqm.neighbor_distance(points, ["a", "a", "a", "b", "b"]), 9) == round(8 / 3, 9)
    True
    """
    return neighbor_distance_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), neighbors
    )


def neighbor_distance_of(clustering: Clustering, neighbors: int = 2) -> float:
    """`neighbor_distance` of a validated clustering."""
    distances = _own_neighbor_distances(clustering, neighbors)
    found = distances[np.isfinite(distances)]
    return float(found.mean()) if len(found) else math.nan


def neighbor_variation(
    X: Any,
    labels: Any,
    *,
    neighbors: int = 2,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""How much the distances to the k-th nearest point of the same cluster vary inside clusters.

    .. math:: \frac{1}{\sum n_i} \sum_i n_i \, \frac{s_i}{m_i}

    over clusters of more than k points, with m and s the mean and the standard deviation (divisor n − 1) of these
    distances in cluster i: their coefficient of variation. Lower is more uniform.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    neighbors : int
        Rank of the neighbour in the own cluster.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), at most √n. NaN when no cluster has more than k points, or all points of one of them have k
        others at the same place.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `neighbors` below 1.

    References
    ----------
    C. Hennig, "Cluster validation by measurement of clustering characteristics relevant to the user", in "Data Analysis
    and Applications 1", Wiley, 2019, 1–24, arXiv:1703.09282.

    Notes
    -----
    ``cvnnd`` of R's fpc with ``standardisation="none"``; by default it divides by √n.

    Examples
    --------
    Of 3, 2 and 3 the mean is 8/3 and the variance 1/3.

    >>> import cqm
    >>> points = [[0.0], [1.0], [3.0], [11.0], [13.0]]
    >>> round(cqm.neighbor_variation(points, ["a", "a", "a", "b", "b"]), 9) == round((1 / 3) ** 0.5 / (8 / 3), 9)
    True
    """
    return neighbor_variation_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), neighbors
    )


def neighbor_variation_of(clustering: Clustering, neighbors: int = 2) -> float:
    """`neighbor_variation` of a validated clustering."""
    distances = _own_neighbor_distances(clustering, neighbors)
    total, weight = 0.0, 0
    for i in np.flatnonzero(clustering.sizes > neighbors).tolist():
        own = distances[clustering.cluster(i)]
        deviation = 0.0 if (own == own[0]).all() else own.std(ddof=1)
        total, weight = total + len(own) * float(ratio(deviation, own.mean())), weight + len(own)
    return total / weight if weight else math.nan


def density_at_boundaries(
    X: Any,
    labels: Any,
    *,
    quantile: float = 0.1,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""How dense it is where a point's density comes from other clusters: whether boundaries run through valleys.

    .. math:: \frac{1}{n} \sum_x \frac{h(x) \, h_o(x)}{\max_y h(y)^2}, \qquad
              h(x) = \sum_y \max\Bigl(0, 1 - \frac{d(x, y)}{q}\Bigr)

    with q a quantile of all distances, and :math:`h_o(x)` the same sum over the points of other clusters. Lower is
    better among clusterings with the same k.

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
        In [0, 1); 0 when no two points of different clusters are closer than q. NaN when q is 0.

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
    ``denscut`` of R's fpc.

    Examples
    --------
    No two points of different clusters are closer than a tenth of all pairs are.

    >>> import cqm
    >>> cqm.density_at_boundaries([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    0.0
    """
    return density_at_boundaries_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), quantile
    )


def density_at_boundaries_of(clustering: Clustering, quantile: float = 0.1) -> float:
    """`density_at_boundaries` of a validated clustering."""
    width = distance_quantile(clustering, quantile)
    if width == 0:
        return math.nan
    densities, foreign = triangular_densities(clustering, width)
    return float((densities * foreign).mean() / densities.max() ** 2)


def _own_neighbor_distances(clustering: Clustering, rank: int) -> FloatArray:
    """(n,) distances to the point of the own cluster that is so many-th nearest; +∞ in clusters without so many."""
    check_neighbors(rank)
    return nearest_distances(clustering, rank, within=True)[:, -1]
