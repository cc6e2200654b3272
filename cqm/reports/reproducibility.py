"""The number of clusters that further points of the same kind reproduce best."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.labels import encode
from cqm.estimators import labelling
from cqm.reports.resampling import check_vectors, generator, joint_counts, points_of
from cqm.tables import html_table, number, text_table

__all__ = ["ReproducibleK", "clustering_instability", "prediction_strength"]

Labels = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ReproducibleK:
    """A statistic of reproducibility for each number of clusters.

    Attributes
    ----------
    statistic : what was computed.
    values : k → mean over the resamples.
    standard_errors : k → standard error of that mean.
    best_k : the choice, by the rule of the statistic's authors.
    rule : that rule.
    """

    statistic: str
    values: dict[int, float]
    standard_errors: dict[int, float]
    best_k: int
    rule: str

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (str(k), number(value) + (" *" if k == self.best_k else ""), number(self.standard_errors[k]))
            for k, value in self.values.items()
        ]

    def __str__(self) -> str:
        return text_table(f"{self.rule}, marked with *", ("k", self.statistic, "± standard error"), self._rows())

    def _repr_html_(self) -> str:
        header = ("k", self.statistic, "± standard error")
        return html_table(f"{self.rule}, in bold", header, self._rows(), bold="*")


def prediction_strength(
    X: Any,
    clusterer: Any,
    *,
    k: Iterable[int] = range(2, 11),
    n_splits: int = 25,
    threshold: float = 0.8,
    sample_weight: Any = None,
    random_state: int | None = None,
) -> ReproducibleK:
    r"""How well the clusters of one half of the points tell which points of the other half belong together.

    .. math::
        ps(k) = \min_{C} \frac{1}{|C|(|C| - 1)} \sum_{x \ne y \in C} [x, y \text{ in one cluster of the other half}]

    over the clusters C of a half, whose points are assigned to the nearest centroid of the other half's clusters. Both
    halves take both parts. ps(1) = 1.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    clusterer : scikit-learn clusterer with a parameter for the number of clusters, or function of (points, k)
        Estimators are cloned.
    k : iterable of int
        The numbers of clusters to try.
    n_splits : int
        Number of random halvings.
    threshold : float
        The largest k whose mean strength plus its standard error reaches this is chosen; 1 where none does.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    random_state : int, optional
        Seed of the halvings.

    Returns
    -------
    ReproducibleK

    Raises
    ------
    TypeError
        `clusterer` is neither an estimator nor a function.
    ValueError
        The estimator has no parameter for the number of clusters, is a pipeline or takes distances; or a k is larger
        than half of the points.

    References
    ----------
    R. Tibshirani and G. Walther, "Cluster validation by prediction strength", Journal of Computational and Graphical
    Statistics 14, 2005, equation 2.1 and section 2.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> import cqm
    >>> points, _ = make_blobs(90, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> clusterer = KMeans(n_init=3, random_state=0)
    >>> cqm.prediction_strength(points, clusterer, k=range(2, 5), n_splits=3, random_state=0).best_k
    3
    """
    check_vectors(clusterer, "prediction strength")
    points, rng, sizes = points_of(X, sample_weight), generator(n_splits, random_state), sorted({*k} - {1})
    if sizes and 2 * sizes[-1] > len(points):
        raise ValueError(
            f"k = {sizes[-1]} needs {2 * sizes[-1]} points, a cluster a point in each half: got {len(points)}"
        )
    halvings = [np.array_split(rng.permutation(len(points)), 2) for _ in range(n_splits)]
    values, errors = {1: 1.0}, {1: 0.0}
    for size in sizes:
        method = labelling(clusterer, size)
        strengths = []
        for halves in halvings:
            (one, other), labels = [points[half] for half in halves], [_codes(method(points[half])) for half in halves]
            strengths += [
                _strength(labels[1], _assigned(other, one, labels[0])),
                _strength(labels[0], _assigned(one, other, labels[1])),
            ]
        values[size], errors[size] = _mean_and_error(strengths)
    best = max(size for size, value in values.items() if value + errors[size] >= threshold)
    return ReproducibleK("prediction strength", values, errors, best, f"the largest k that reaches {threshold:g}")


def clustering_instability(
    X: Any,
    clusterer: Any,
    *,
    k: Iterable[int] = range(2, 11),
    n_resamples: int = 50,
    sample_weight: Any = None,
    random_state: int | None = None,
) -> ReproducibleK:
    r"""Share of the pairs of points on which the clusterings of two bootstrap samples disagree.

    .. math:: s(k) = \Pr\big([\psi_1(x) = \psi_1(y)] \ne [\psi_2(x) = \psi_2(y)]\big)

    with ψ₁ and ψ₂ assigning every point to the nearest centroid of the one and the other sample's clusters. The k with
    the smallest value is chosen.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    clusterer : scikit-learn clusterer with a parameter for the number of clusters, or function of (points, k)
        Estimators are cloned.
    k : iterable of int
        The numbers of clusters to try, from 2 on.
    n_resamples : int
        Number of pairs of samples.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    random_state : int, optional
        Seed of the samples.

    Returns
    -------
    ReproducibleK

    Raises
    ------
    TypeError
        `clusterer` is neither an estimator nor a function.
    ValueError
        The estimator has no parameter for the number of clusters, is a pipeline or takes distances; or no k is at
        least 2.

    References
    ----------
    Y. Fang and J. Wang, "Selection of the number of clusters via the bootstrap method", Computational Statistics & Data
    Analysis 56, 2012, section 2.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> import cqm
    >>> points, _ = make_blobs(60, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    >>> clusterer = KMeans(n_init=3, random_state=0)
    >>> cqm.clustering_instability(points, clusterer, k=range(2, 5), n_resamples=5, random_state=0).best_k
    3
    """
    check_vectors(clusterer, "clustering instability")
    points, rng, sizes = points_of(X, sample_weight), generator(n_resamples, random_state), sorted({*k} - {1})
    if not sizes:
        raise ValueError("`k` must hold a number of clusters from 2 on: a single cluster is always found again")
    samples = [[rng.integers(len(points), size=len(points)) for _ in "ab"] for _ in range(n_resamples)]
    values, errors = {}, {}
    for size in sizes:
        method = labelling(clusterer, size)
        found = []
        for pair in samples:
            one, other = (_assigned(points, points[rows], _codes(method(points[rows]))) for rows in pair)
            found.append(_disagreement(one, other))
        values[size], errors[size] = _mean_and_error(found)
    best = min(values, key=lambda size: (values[size], size))
    return ReproducibleK("instability", values, errors, best, "the k with the smallest value")


def _codes(labels: Any) -> NDArray[np.intp]:
    return encode(labels)[0]


def _assigned(points: NDArray[Any], others: NDArray[Any], labels: Labels) -> NDArray[np.intp]:
    """(n,) the cluster of the other points whose centroid is nearest."""
    from sklearn.neighbors import NearestCentroid

    if labels.max() == 0:
        return np.zeros(len(points), dtype=np.intp)
    return NearestCentroid().fit(others, labels).predict(points)


def _strength(found: Labels, assigned: Labels) -> float:
    """Least share, over the clusters, of the ordered pairs of its points that are assigned together."""
    joint = joint_counts(found, assigned, (found.max() + 1, assigned.max() + 1))
    sizes = joint.sum(axis=1)
    together = (joint * (joint - 1)).sum(axis=1)
    shares = together[sizes > 1] / (sizes * (sizes - 1))[sizes > 1]
    return float(shares.min(initial=1.0))


def _disagreement(one: Labels, other: Labels) -> float:
    """Share of the ordered pairs of points, equal ones included, that one clustering alone puts together."""
    joint = joint_counts(one, other, (one.max() + 1, other.max() + 1))
    apart = (joint.sum(axis=1) ** 2).sum() + (joint.sum(axis=0) ** 2).sum() - 2 * (joint**2).sum()
    return float(apart / len(one) ** 2)


def _mean_and_error(values: list[float]) -> tuple[float, float]:
    spread = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return float(np.mean(values)), float(spread / math.sqrt(len(values)))
