"""Intervals that hold the margins, in polynomial time for any number of clusters."""

from collections.abc import Hashable
from typing import Any, Literal

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.reductions import sums_to_own_cluster
from cqm.measures.arithmetic import ratio
from cqm.measures.margins.bracket import Bracket
from cqm.measures.margins.contributions import GAP_SIGNED, GAPS, RATIOS
from cqm.measures.margins.given import Reading, check_reading, mean_gap, mean_quotient
from cqm.measures.margins.optimum import optimum

__all__ = [
    "additive_bracket",
    "additive_margin_bounds",
    "check_over",
    "mean_within",
    "relative_bracket",
    "relative_margin_bounds",
]


def relative_margin_bounds(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    reading: Reading = "own",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    budget: float = 1e8,
) -> Bracket:
    r"""Interval that holds the relative margin, in polynomial time for any number of clusters.

    For ``reading="own"``, replacing the other clusters' centres by their nearest and their farthest points decouples
    the choice of centres:

    .. math:: \frac{1}{n - k} \sum_i \min_{c \in C_i} \sum_{x \in C_i} \frac{d(x, c)}{\text{far}(x)}
              \;\le\; RM \;\le\;
              \frac{1}{n - k} \sum_i \min_{c \in C_i} \sum_{x \in C_i} \frac{d(x, c)}{\text{near}(x)}

    with near(x) the distance to the nearest point of another cluster, and far(x) the smallest, over the other clusters,
    of the distance to the cluster's farthest point. This holds at any n. As long as the n² distances fit into 1.5 GiB,
    the lower end is raised by a relaxation that couples all pairs of clusters, and the upper end is the margin of the
    best set that local search finds from what the relaxation favours: O(n³/k) multiply–adds. What little is left to
    choose then is searched, within `budget`.

    Parameters
    ----------
    X, labels, metric, reading, noise_label, sample_weight
        As for :func:`relative_margin`.
    budget : float
        Distances that the final search may look at.

    Returns
    -------
    Bracket
        With lower and upper end, the representatives that attain the upper one, and whether they are the best ones. The
        ends allow for the rounding of sums and products; the distances are taken as computed.

    Examples
    --------
    >>> import cqm
    >>> bracket = cqm.relative_margin_bounds([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    >>> bracket.upper, bracket.exact, bracket.representatives.tolist()
    (0.1, True, [1, 2])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    check_reading(reading)
    return relative_bracket(clustering, reading, budget)


def additive_margin_bounds(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    reading: Reading = "own",
    signed: bool = False,
    over: Literal["min", "max"] = "min",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    budget: float = 1e8,
) -> Bracket:
    """Interval that holds the additive margin, in polynomial time for any number of clusters.

    Parameters
    ----------
    X, labels, metric, reading, signed, over, noise_label, sample_weight
        As for :func:`additive_margin`.
    budget : float
        Distances that the final search may look at.

    Returns
    -------
    Bracket
        With lower and upper end, the representatives that attain the upper one (the lower one for ``over="max"``), and
        whether they are the best ones.

    Examples
    --------
    >>> import cqm
    >>> bracket = cqm.additive_margin_bounds([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    >>> bracket.lower, bracket.upper, bracket.exact
    (9.0, 9.0, True)
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    check_reading(reading)
    check_over(over)
    return additive_bracket(clustering, mean_within(clustering), reading, signed, over, budget)


def relative_bracket(clustering: Clustering, reading: Reading, budget: float) -> Bracket:
    """Bracket of the relative margin; exact when its search ended."""
    lower, total, centres, slack = optimum(clustering, RATIOS[reading], False, budget)
    representatives = clustering.order[centres]
    if lower < total:
        ends = ratio([max(lower - slack, 0.0), total + slack], clustering.n - clustering.k)
        return Bracket(float(ends[0]), float(ends[1]), representatives, exact=False)
    value = mean_quotient(clustering, centres, reading) if np.isfinite(total) else float("inf")
    return Bracket(value, value, representatives, exact=True)


def additive_bracket(
    clustering: Clustering, within: float, reading: Reading, signed: bool, over: str, budget: float
) -> Bracket:
    """Bracket of the additive margin, in units of `within`; exact when its search ended."""
    kind = GAP_SIGNED if signed and reading == "own" else GAPS[reading]
    lower, total, centres, slack = optimum(clustering, kind, over == "max", budget)
    representatives = clustering.order[centres]
    if lower < total:
        sums = [lower - slack, total + slack] if over == "min" else [-total - slack, slack - lower]
        ends = ratio(sums, clustering.n * within)
        if np.isinf(total):  # no allowed set has been found; if there is none, the margin is 0
            ends = np.array([0.0, max(ends[1], 0.0)])
        return Bracket(float(ends[0]), float(ends[1]), representatives, exact=False)
    gap = mean_gap(clustering, centres, reading, signed=signed) if np.isfinite(total) else 0.0
    value = float(ratio(gap, within))
    return Bracket(value, value, representatives, exact=True)


def check_over(over: str) -> None:
    """Refuse what is not an extreme."""
    if over not in ("min", "max"):
        raise ValueError(f'`over` must be "min" or "max", got {over!r}')


def mean_within(clustering: Clustering) -> float:
    """Mean distance of two different points of one cluster."""
    pairs = np.sum(clustering.sizes * (clustering.sizes - 1))  # ordered
    return float(np.sum(sums_to_own_cluster(clustering)) / pairs)
