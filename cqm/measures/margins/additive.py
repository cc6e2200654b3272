"""Additive margin (Ackerman & Ben-David 2008, §3.2)."""

from collections.abc import Hashable
from typing import Any, Literal

from numpy.typing import ArrayLike

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.measures.arithmetic import ratio
from cqm.measures.margins.bounds import additive_bracket, check_over, mean_within
from cqm.measures.margins.bracket import BudgetExceeded
from cqm.measures.margins.given import Reading, check_reading, mean_gap
from cqm.measures.margins.representatives import representatives_of

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
    sample_weight: Any = None,
    budget: float = 5e8,
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
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
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
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    budget : float
        Distances that the search for the optimal set may look at, about 10⁸ a second.

    Returns
    -------
    float
        In [0, ∞], or (−∞, ∞] if `signed`; 0 when ``"voronoi"`` allows no set. ∞ when each cluster lies at one location,
        NaN when moreover no point has a gap.

    Raises
    ------
    BudgetExceeded
        A ValueError that carries the bracket found: the optimal set is not certain yet. Use
        :func:`additive_margin_bounds`, or allow a larger `budget`.
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
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return additive_margin_of(clustering, reading, signed, over, representatives, budget)


def additive_margin_of(
    clustering: Clustering,
    reading: Reading = "own",
    signed: bool = False,
    over: Literal["min", "max"] = "min",
    representatives: str | ArrayLike = "optimal",
    budget: float = 5e8,
) -> float:
    """`additive_margin` of a validated clustering."""
    check_reading(reading)
    check_over(over)
    within = mean_within(clustering)
    if not (isinstance(representatives, str) and representatives == "optimal"):
        given = representatives_of(clustering, representatives)
        return float(ratio(mean_gap(clustering, given, reading, signed=signed), within))
    bracket = additive_bracket(clustering, within, reading, signed, over, budget)
    if bracket.exact:
        return bracket.upper
    raise BudgetExceeded(
        f"the best of the representative sets is not certain within budget={budget:g}: the additive margin is in "
        f"[{bracket.lower:.6g}, {bracket.upper:.6g}]; use additive_margin_bounds or a larger budget",
        bracket,
    )
