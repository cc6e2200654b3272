"""The cubic clustering criterion."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.geometry.scatter import principal_deviations
from cqm.measures.arithmetic import logarithm, ratio

__all__ = ["cubic_clustering_criterion", "cubic_clustering_criterion_of"]


def cubic_clustering_criterion(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""How much more of the variance a clustering explains than the best one of uniform points in a box would.

    .. math:: CCC = \ln \frac{1 - E(R^2)}{1 - R^2} \cdot \frac{\sqrt{n p^* / 2}}{(0.001 + E(R^2))^{1.2}},
              \qquad R^2 = 1 - \frac{\operatorname{tr} W}{\operatorname{tr} T}

    The box has the standard deviations :math:`s_1 \ge s_2 \ge \dots` of the data along their principal axes as sides.
    Cubes of edge c cut its p* longest sides, :math:`u_j = s_j / c` times each, into k pieces in all:
    :math:`c^{p^*} = s_1 \cdots s_{p^*} / k`, with p* the largest number below k for which :math:`u_{p^*} \ge 1`. Then

    .. math:: E(R^2) = 1 - \frac{\sum_{j \le p^*} \frac{1}{n + u_j} + \sum_{j > p^*} \frac{u_j^2}{n + u_j}}
                             {\sum_j u_j^2} \cdot \frac{(n - k)^2}{n} \cdot \Bigl(1 + \frac{4}{n}\Bigr)

    Higher is better, and the k of the highest value is chosen; above 2 or 3 it speaks for clusters, below 0 against
    them. Meant for k-means and Ward's method and for variables that are hardly correlated. O(n·d²) time.

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
        In (−∞, ∞]; ∞ when the points of each cluster coincide, NaN when all points do. It jumps where p* changes.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    W. S. Sarle, "Cubic clustering criterion", SAS Technical Report A-108, 1983.

    Notes
    -----
    ``ccc`` of R's NbClust counts p* once, with the edge that cuts all sides, and so differs where that p* is not the
    report's; variables that depend on others linearly leave it without a value.

    Examples
    --------
    A line has p* = 1 and u = 2: E(R²) = 1 − 1/(4 + 2)/4 · 4/4 · 2 = 11/12, and R² = 25/26.

    >>> import cqm, math
    >>> value = cqm.cubic_clustering_criterion([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    >>> round(value, 9) == round(math.log(26 / 12) * math.sqrt(2) / (0.001 + 11 / 12) ** 1.2, 9)
    True
    """
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        coordinates="the cubic clustering criterion",
    )
    return cubic_clustering_criterion_of(clustering)


def cubic_clustering_criterion_of(clustering: Clustering) -> float:
    """`cubic_clustering_criterion` of a validated clustering."""
    sides, n, k = principal_deviations(clustering), clustering.n, clustering.k
    if len(sides) == 0:
        return math.nan
    p = _cut_sides(sides, k)
    u = sides / np.exp((np.log(sides[:p]).sum() - math.log(k)) / p)
    terms = np.concatenate([np.ones(p), u[p:] ** 2]) / (n + u)
    unexplained = terms.sum() / (u**2).sum() * ((n - k) / n) ** 2 * (n + 4)
    spread = dispersion(clustering)
    within, between = spread.within.sum(), spread.between.sum()
    gain = logarithm(ratio(unexplained * (within + between), within))
    return float(gain * math.sqrt(n * p / 2) / (1.001 - unexplained) ** 1.2)


def _cut_sides(sides: FloatArray, k: int) -> int:
    """p*; sides that are as long as the edge but for rounding are cut."""
    logarithms = np.log(sides[: k - 1])
    excess = np.cumsum(logarithms) - np.arange(1, len(logarithms) + 1) * logarithms
    return int(np.flatnonzero(excess <= math.log(k) + 1e-12)[-1]) + 1
