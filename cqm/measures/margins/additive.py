"""Additive margin (Ackerman & Ben-David 2008, §3.2)."""

from collections.abc import Hashable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from cqm.measures.arithmetic import ratio
from cqm.measures.margins.bracket import Bracket, BudgetExceeded
from cqm.measures.margins.given import Reading, check_reading, mean_gap
from cqm.measures.margins.optimum import smallest_gap
from cqm.measures.margins.representatives import representatives_of, sums_to_own_cluster
from cqm.validation import Clustering, Metric, validate

__all__ = ["additive_margin"]


def additive_margin(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    reading: Reading = "own",
    signed: bool = False,
    over: Literal["min", "max"] = "min",
    representatives: str | ArrayLike = "optimal",
    noise_label: Hashable | None = None,
    p: float = 2.0,
    budget: float = 3e10,
) -> float:
    r"""Mean gap between a point's distances to the next and to its own centre, in units of the within-cluster distance.

    .. math:: AM(C, X, d) = \min_K
        \frac{\frac{1}{|X|} \sum_{x \in X} [d(x, \text{second centre of } x) - d(x, \text{first centre of } x)]}
             {\text{mean of } d(x, y) \text{ over the pairs } x \sim y}

    over the representative sets K, which hold one point of each cluster. Higher is better.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : str or callable
        One of ``cqm.METRICS``, or a function of two vectors.
    reading : {"own", "voronoi", "literal"}
        What first and second centre are: see :func:`relative_margin`.
    signed : bool
        Let a point that is nearer to another centre than to its own count negative; by default it counts 0, which keeps
        the measure non-negative and consistent. Makes a difference for ``reading="own"`` alone.
    over : {"min", "max"}
        Whether the set with the smallest margin counts, as in the paper, or the one with the largest: for
        ``reading="voronoi"`` only the largest is consistent.
    representatives : "optimal", "medoid", "centroid", or array of int
        As for :func:`relative_margin`; ``"optimal"`` is the measure.
    noise_label : hashable, optional
        Points with this label are left out.
    p : float
        Exponent of the Minkowski metric.
    budget : float
        Distances that the search for the optimal set may look at, about 10⁹ a second.

    Returns
    -------
    float
        In [0, ∞], or (−∞, ∞] if `signed`; 0 when ``"voronoi"`` allows no set. ∞ when each cluster lies at one location,
        NaN when moreover no point has a gap.

    Raises
    ------
    BudgetExceeded
        A ValueError that carries the bracket found: the optimal set is not certain yet.
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X` or `representatives`.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008,
    section 3.2.

    Examples
    --------
    The centres 1 and 10 have the gaps 10 − 1 and 9 − 0 on the left, 9 − 0 and 10 − 1 on the right, and the points of
    a cluster are 1 apart.

    >>> import cqm
    >>> cqm.additive_margin([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    9.0
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, p=p)
    check_reading(reading)
    if over not in ("min", "max"):
        raise ValueError(f'`over` must be "min" or "max", got {over!r}')
    within = _mean_within(clustering)
    if not (isinstance(representatives, str) and representatives == "optimal"):
        given = representatives_of(clustering, representatives)
        return float(ratio(mean_gap(clustering, given, reading, signed=signed), within))
    lower, total, centres, slack = smallest_gap(clustering, reading, signed, over == "max", budget)
    if lower < total:
        sums = [lower - slack, total + slack] if over == "min" else [-total - slack, slack - lower]
        ends = ratio(sums, clustering.n * within)
        bracket = Bracket(float(ends[0]), float(ends[1]), clustering.order[centres], exact=False)
        raise BudgetExceeded(
            f"the best of the representative sets is not certain within budget={budget:g}: the additive margin is in "
            f"[{bracket.lower:.6g}, {bracket.upper:.6g}]; allow a larger budget",
            bracket,
        )
    gap = mean_gap(clustering, centres, reading, signed=signed) if np.isfinite(total) else 0.0
    return float(ratio(gap, within))


def _mean_within(clustering: Clustering) -> float:
    """Mean distance of two different points of one cluster."""
    pairs = np.sum(clustering.sizes * (clustering.sizes - 1))  # ordered
    return float(np.sum(sums_to_own_cluster(clustering)) / pairs)
