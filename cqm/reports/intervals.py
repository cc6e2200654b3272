"""Confidence intervals of measures."""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.cures import check_alignment, lengths_error
from cqm.arrays.foreign import is_sparse
from cqm.arrays.metrics import Metric
from cqm.declarations import catalog
from cqm.reports.resampling import clusters, copied_rows, generator

__all__ = ["Interval", "confidence_interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its confidence interval.

    Attributes
    ----------
    value : value of the measure on all points.
    lower, upper : ends of the interval.
    confidence : its nominal coverage.
    """

    value: float
    lower: float
    upper: float
    confidence: float


def confidence_interval(
    X: Any,
    labels: Any,
    measure: str | Callable[..., float],
    *,
    confidence: float = 0.95,
    share: float = 0.5,
    n_resamples: int = 200,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    random_state: int | None = None,
) -> Interval:
    r"""Confidence interval of a measure of a given clustering, by subsampling within its clusters.

    The values :math:`\theta_m` of subsamples of m of the n points, the same share of each cluster, give

    .. math:: \big[\theta_n - q_{1 - \alpha/2},\; \theta_n - q_{\alpha/2}\big],\quad
        q \text{ the quantiles of } \sqrt{m / (n - m)}\,(\theta_m - \theta_n).

    Drawing without replacement makes no two points equal, as a bootstrap does, which would move most measures. The
    interval is that of the measure's value on further points of the same clusters; it does not judge the clusterer. It
    holds for measures that settle as :math:`1/\sqrt n`, such as means over points; extremes (Dunn, diameters, weakest
    link) don't, and a subsample tells how far they are from settled.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point.
    measure : str or callable
        Name of a catalogued measure, or a function of (X, labels).
    confidence : float
        Nominal coverage, between 0 and 1.
    share : float
        Share of each cluster that is drawn; of every cluster at least two points, or the only one.
    n_resamples : int
        Number of subsamples.
    metric, noise_label
        Passed on to a catalogued measure.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    random_state : int, optional
        Seed of the subsampling.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        `confidence` or `share` outside (0, 1), or a measure without a finite value on a subsample.

    References
    ----------
    D. N. Politis and J. P. Romano, "Large sample confidence regions based on subsamples under minimal assumptions",
    Annals of Statistics 22, 1994, section 2.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> import cqm
    >>> X, species = load_iris(return_X_y=True)
    >>> interval = cqm.confidence_interval(X, species, "silhouette", random_state=0)
    >>> interval.lower < interval.value < interval.upper
    True
    """
    for name, value in (("confidence", confidence), ("share", share)):
        if not 0 < value < 1:
            raise ValueError(f"`{name}` must lie between 0 and 1, got {value}")
    rng = generator(n_resamples, random_state)
    data = X.tocsr() if is_sparse(X) else np.asarray(X)
    codes, classes = clusters(labels, noise_label)
    if len(codes) != data.shape[0]:
        raise lengths_error(X, data.shape, len(codes))
    check_alignment(X, labels)
    rows = np.arange(len(codes)) if sample_weight is None else copied_rows(sample_weight, len(codes))
    members = [each for i in range(len(classes)) if len(each := rows[codes[rows] == i])]
    counts = [min(len(rows), max(2, round(share * len(rows)))) for rows in members]
    n, m = sum(map(len, members)), sum(counts)
    if m == n:
        raise ValueError(
            f"a share of {share:g} takes every one of the {n} points: the clusters are too small to subsample"
        )
    value = _valued(measure, data, codes, metric, np.concatenate(members))
    values = np.empty(n_resamples)
    for resample in range(n_resamples):
        drawn = [rng.choice(rows, count, replace=False) for rows, count in zip(members, counts, strict=True)]
        values[resample] = _valued(measure, data, codes, metric, np.sort(np.concatenate(drawn)))
    tails = np.array([1 + confidence, 1 - confidence]) / 2
    lower, upper = value - np.quantile(math.sqrt(m / (n - m)) * (values - value), tails)
    return Interval(value, float(lower), float(upper), confidence)


def _valued(
    measure: str | Callable[..., float],
    data: NDArray[Any],
    codes: NDArray[np.intp],
    metric: Metric,
    rows: NDArray[np.intp],
) -> float:
    drawn = data[np.ix_(rows, rows)] if metric == "precomputed" else data[rows]
    if callable(measure):
        value = float(measure(drawn, codes[rows]))
    else:
        value = catalog[measure].function(drawn, codes[rows], metric=metric)
    if not math.isfinite(value):
        raise ValueError(f"the measure is {value} on {len(rows)} of the points: no interval can be made of it")
    return value
