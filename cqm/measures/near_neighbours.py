"""Indices of the near-neighbour graph: WCNN and DuNN (Gagolewski, Bartoszuk & Cena 2021)."""

import math
import re
from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.near_pairs import Counted, near_distances, nearest_distances
from cqm.geometry.neighbours import foreign_shares
from cqm.measures.arithmetic import ratio
from cqm.measures.neighbours import check_neighbors

__all__ = ["dunn_owa", "dunn_owa_of", "wcnn", "wcnn_of"]


def wcnn(
    X: Any,
    labels: Any,
    *,
    neighbors: int = 25,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Within-cluster near neighbours: share of the points' M nearest neighbours that lie in their cluster.

    .. math:: WCNN_M = \frac{1}{nM} \sum_x \#\{\text{the } M \text{ nearest neighbours of } x \text{ in its cluster}\}

    Higher is better. Merging clusters never lowers it, so the smallest number of clusters is always best. Points
    equally near to x share their ranks evenly; genieclust, the authors' package, takes those that come first.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    neighbors : int
        M, the number of nearest neighbours that count; genieclust's default is 25.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1]; −∞ where a cluster has no more than M points, as in genieclust.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `neighbors` below 1.

    References
    ----------
    M. Gagolewski, M. Bartoszuk and A. Cena, "Are cluster validity measures (in)valid?", Information Sciences 581
    (2021), 620–636, section 2.

    Examples
    --------
    Of six nearest neighbours one is in the other cluster: that of 5. The neighbours of 3 are both at 2, so it counts
    one half.

    >>> import cqm
    >>> cqm.wcnn([[0.0], [1.0], [3.0], [5.0], [8.5], [9.0]], [0, 0, 0, 1, 1, 1], neighbors=1)
    0.75
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return wcnn_of(clustering, neighbors)


def wcnn_of(clustering: Clustering, neighbors: int = 25) -> float:
    """`wcnn` of a validated clustering."""
    if _too_small(clustering, neighbors):
        return -math.inf
    return float(1 - foreign_shares(clustering, neighbors).mean())


def dunn_owa(
    X: Any,
    labels: Any,
    *,
    neighbors: int = 25,
    numerator: str = "smin:5",
    denominator: str = "const",
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""DuNN: Dunn's idea on the near-neighbour graph, with ordered weighted averages (OWA) for minimum and maximum.

    .. math:: DuNN = \frac{OWA_1\{d(x, y) : y \text{ a near neighbour of } x,\ x \not\sim y\}}
                          {OWA_2\{d(x, y) : y \text{ a near neighbour of } x,\ x \sim y\}}

    Near neighbours of x are its M nearest points, and all that are as near as the M-th of them; genieclust, the
    authors' package, takes the first M. Higher is better. The operators are

    - "min", "max", "mean", and "const", which is 1 whatever the distances;
    - "smin:δ" and "smax:δ", of the 3δ smallest or largest: the u-th has the weight exp(−((u − 1)/δ)²/2).

    The default, ``"smin:5"`` over ``"const"``, is genieclust's: how far the clusters' borders are apart, in units of
    the distance. With ``denominator="max"`` the value has no unit.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    neighbors : int
        M, the number of nearest neighbours.
    numerator, denominator : str
        OWA₁ and OWA₂.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞]; +∞ where all near neighbours share a cluster, −∞ where a cluster has no more than M points, or where
        none share one (unless the operator is "const"). NaN for 0/0.

    Raises
    ------
    ValueError
        Unknown operator, fewer than 2 clusters, all singletons, unusable `X`, or `neighbors` below 1.

    References
    ----------
    M. Gagolewski, M. Bartoszuk and A. Cena, "Are cluster validity measures (in)valid?", Information Sciences 581
    (2021), 620–636, section 2.

    Examples
    --------
    The nearest neighbour of 5 is in the other cluster, at 2, and so is one of two of 3; inside they are at most 2 away.

    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [3.0], [5.0], [8.5], [9.0]], [0, 0, 0, 1, 1, 1]
    >>> cqm.dunn_owa(points, labels, neighbors=1, numerator="min", denominator="max")
    1.0
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return dunn_owa_of(clustering, neighbors, numerator, denominator)


def dunn_owa_of(
    clustering: Clustering, neighbors: int = 25, numerator: str = "smin:5", denominator: str = "const"
) -> float:
    """`dunn_owa` of a validated clustering."""
    for operator in (numerator, denominator):
        if not OPERATOR.fullmatch(operator):
            raise ValueError(f'an operator is "min", "max", "mean", "const", "smin:5" or "smax:5", got {operator!r}')
    if _too_small(clustering, neighbors):
        return -math.inf
    inside, across = near_distances(clustering, nearest_distances(clustering, neighbors)[:, -1])
    if not len(across.values) and numerator != "const":
        return math.inf
    if not len(inside.values) and denominator != "const":
        return -math.inf
    return float(ratio(_owa(across, numerator), _owa(inside, denominator)))


OPERATOR = re.compile(r"min|max|mean|const|(smin|smax):[1-9]\d*")


def _owa(near: Counted, operator: str) -> float:
    """Ordered weighted average of distances."""
    if operator == "const":
        return 1.0
    if operator == "mean":
        return float(np.average(near.values, weights=near.counts))
    step = -1 if "max" in operator else 1
    values, counts = near.values[::step], near.counts[::step]
    if operator in ("min", "max"):
        return float(values[0])
    smoothness = int(operator.partition(":")[2])
    most = 3 * smoothness
    kept = np.repeat(values[:most], np.minimum(counts[:most], most))[:most]
    return float(np.average(kept, weights=np.exp(-((np.arange(len(kept)) / smoothness) ** 2) / 2)))


def _too_small(clustering: Clustering, neighbors: int) -> bool:
    check_neighbors(neighbors)
    return bool(clustering.sizes.min() <= neighbors)
