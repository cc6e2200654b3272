"""Relative margin (Ackerman & Ben-David 2008, §3.1)."""

from collections.abc import Hashable
from typing import Any

from numpy.typing import ArrayLike

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.measures.margins.bounds import relative_bracket
from cqm.measures.margins.bracket import BudgetExceeded
from cqm.measures.margins.given import Reading, check_reading, mean_quotient, quotients
from cqm.measures.margins.representatives import representatives_of

__all__ = ["relative_margin", "sample_relative_margin"]


def relative_margin(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    reading: Reading = "own",
    representatives: str | ArrayLike = "optimal",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    budget: float = 5e8,
) -> float:
    r"""Mean quotient of a point's distances to its own and to the next centre, for the best choice of centres.

    .. math:: RM(C, X, d) = \min_K \frac{1}{|X \setminus K|} \sum_{x \in X \setminus K}
                            \frac{d(x, \text{first centre of } x)}{d(x, \text{second centre of } x)}

    over the representative sets K, which hold one point of each cluster. Lower is better.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    reading : {"own", "voronoi", "literal"}
        What first and second centre are. ``"own"``: the own cluster's, and the nearest other one. ``"literal"``, as
        printed in the paper: the nearest and the second nearest, whichever clusters they represent; a consistent change
        of the distances may make this one worse. ``"voronoi"``: as literal, over the sets K for which every point is
        (weakly) nearest the centre of its own cluster.
    representatives : "optimal", "medoid", "centroid", or array of int
        ``"optimal"`` is the measure: the minimum over all sets, with all n² distances in memory. The others evaluate
        one set in O(nk) time: the clusters' medoids; their means (vectors only; means of the rows scaled to unit
        length under cosine, angular and correlation distance; all points count, as none is a centre); or given rows of
        `X`, one of each cluster.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    budget : float
        Distances that the search for the optimal set may look at, about 10⁸ a second. The count, and so the outcome, is
        the same on every machine.

    Returns
    -------
    float
        In [0, ∞]. A set for which a point coincides with the centre of another cluster has no margin when it is one of
        many (0/0), and an infinite one when the own centre lies elsewhere; ∞ when no set has a finite margin, or none
        is allowed by ``"voronoi"``. For a given set, 0/0 makes the value NaN.

    Raises
    ------
    BudgetExceeded
        A ValueError that carries the bracket found: the optimal set is not certain yet. Use
        :func:`relative_margin_bounds`, which is polynomial at any k, or allow a larger `budget`.
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X` or `representatives`.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008,
    section 3.1.

    Examples
    --------
    With the centres 1 and 10, the points 0 and 11 have the quotients 1/10 each; with 0 and 10, the points 1 and 11 have
    1/9 and 1/11, which is more on average.

    >>> import cqm
    >>> cqm.relative_margin([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    0.1
    >>> round(cqm.relative_margin([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1], representatives=[0, 2]), 3)
    0.101
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return relative_margin_of(clustering, reading, representatives, budget)


def relative_margin_of(
    clustering: Clustering,
    reading: Reading = "own",
    representatives: str | ArrayLike = "optimal",
    budget: float = 5e8,
) -> float:
    """`relative_margin` of a validated clustering."""
    check_reading(reading)
    if not (isinstance(representatives, str) and representatives == "optimal"):
        return mean_quotient(clustering, representatives_of(clustering, representatives), reading)
    bracket = relative_bracket(clustering, reading, budget)
    if bracket.exact:
        return bracket.upper
    raise BudgetExceeded(
        f"the best of the representative sets is not certain within budget={budget:g}: the relative margin is in "
        f"[{bracket.lower:.6g}, {bracket.upper:.6g}]; use relative_margin_bounds or a larger budget",
        bracket,
    )


def sample_relative_margin(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    reading: Reading = "own",
    representatives: str | ArrayLike = "medoid",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> Any:
    """Quotient of each point's distances to its own and to the next centre, for given centres, in input order.

    Parameters
    ----------
    X, labels, metric, reading, noise_label
        As for :func:`relative_margin`.
    representatives : "medoid", "centroid", or array of int
        The centres: medoids, means (vectors only), or rows of `X`, one of each cluster.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out. Of a row of several points, one is the
        centre, and the row's value is that of the others.

    Returns
    -------
    array of shape (n,)
        Of the library and on the device of `X`. In [0, ∞], below 1 where the own centre is nearest; NaN for noise, for
        a point that is itself a centre, and where both distances are 0. The mean over the points that are no centres is
        the relative margin of these centres.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X` or `representatives`.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008,
    section 3.1.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_relative_margin([[0.0], [1.0], [11.0], [13.0]], [0, 0, 1, 1], representatives=[1, 2])
    array([0.09090909, nan, nan, 0.16666667])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    check_reading(reading)
    return clustering.to_input_order(quotients(clustering, representatives_of(clustering, representatives), reading))
