"""Choosing the number of clusters, and any other setting, by a quality measure."""

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.intake import Metric
from cqm.catalogue import catalog
from cqm.tables import html_table, number, text_table

__all__ = ["Selection", "scorer", "select"]

SIZE_PARAMETERS = ("n_clusters", "n_components", "k")


@dataclass(frozen=True, slots=True)
class Selection:
    """One clustering for each k, and the best of them.

    Attributes
    ----------
    measure : name of the measure.
    better : its direction.
    scores : k → value of the measure; NaN where the clustering has no value.
    best_k : the k with the best value; the smallest of several.
    best_labels : (n,) labels found with best_k.
    """

    measure: str
    better: str
    scores: dict[int, float]
    best_k: int
    best_labels: NDArray[Any]

    def plot(self, ax: Any = None) -> Any:
        """Value against k, the best marked; see :func:`cqm.reports.plots.k_selection`."""
        from cqm.reports.plots import k_selection

        return k_selection(self, ax=ax)

    def _rows(self) -> list[tuple[str, str]]:
        return [(str(k), number(score) + (" *" if k == self.best_k else "")) for k, score in self.scores.items()]

    def __str__(self) -> str:
        return text_table(f"{self.better} is better, best marked with *", ("k", self.measure), self._rows())

    def _repr_html_(self) -> str:
        return html_table(f"{self.better} is better, best in bold", ("k", self.measure), self._rows(), bold="*")


def select(
    X: Any,
    estimator: Any,
    *,
    k: Iterable[int] = range(2, 11),
    measure: str = "silhouette",
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
) -> Selection:
    """Fit a clusterer for every k and keep the clustering that a measure finds best.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points; distances for ``metric="precomputed"`` and an estimator that takes them.
    estimator : scikit-learn clusterer with a parameter n_clusters, n_components or k
        It is cloned; give it a `random_state` for a reproducible answer.
    k : iterable of int
        The numbers of clusters to try.
    measure : str
        Name of a catalogued measure.
    metric, noise_label
        Passed on to the measure.

    Returns
    -------
    Selection

    Raises
    ------
    ValueError
        The estimator has no such parameter, or no k gave a clustering with a value.

    Examples
    --------
    >>> from sklearn.cluster import AgglomerativeClustering
    >>> import cqm
    >>> points = [[0.0], [1.0], [10.0], [11.0], [30.0], [31.0]]
    >>> cqm.select(points, AgglomerativeClustering(), k=range(2, 5), measure="weakest_link").best_k
    3
    """
    from sklearn.base import clone  # here, because scikit-learn takes a second to import

    entry = catalog[measure]
    parameter = next((name for name in SIZE_PARAMETERS if name in estimator.get_params()), None)
    if parameter is None:
        raise ValueError(
            f"{type(estimator).__name__} has none of the parameters {', '.join(SIZE_PARAMETERS)}: "
            "use cqm.scorer with GridSearchCV to search its own parameters"
        )
    scores: dict[int, float] = {}
    labels: dict[int, NDArray[Any]] = {}
    reason = ""
    for size in k:
        labels[size] = np.asarray(clone(estimator).set_params(**{parameter: size}).fit_predict(X))
        try:
            scores[size] = entry.function(X, labels[size], metric=metric, noise_label=noise_label)
        except ValueError as error:
            scores[size], reason = math.nan, str(error)
    oriented = {size: entry.oriented(score) for size, score in scores.items() if not math.isnan(score)}
    if not oriented:
        raise ValueError(f"{measure} has no value for any k in {list(scores)}{': ' + reason if reason else ''}")
    best = max(oriented, key=lambda size: (oriented[size], -size))
    return Selection(measure, entry.better, scores, best, labels[best])


def scorer(measure: str, *, metric: Metric = "euclidean", noise_label: Hashable | None = None) -> Callable[..., float]:
    """A scikit-learn scorer, `scorer(estimator, X, y=None)` → higher is better, for GridSearchCV and its kin.

    The estimator's `predict` labels the points it is scored on; one that cannot predict (DBSCAN, agglomerative
    clustering) is fitted to them anew. A clustering for which the measure is undefined (one cluster, all noise, every
    point its own cluster) scores NaN, which scikit-learn ranks last, with a warning.

    Parameters
    ----------
    measure : str
        Name of a catalogued measure; its value's sign is turned where lower is better.
    metric, noise_label
        Passed on to the measure; `noise_label=-1` for DBSCAN and its kin.

    Raises
    ------
    KeyError
        No measure has this name.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.model_selection import GridSearchCV
    >>> import cqm
    >>> points = [[0.0], [1.0], [0.5], [10.0], [11.0], [10.5]] * 4
    >>> grid = {"n_clusters": [2, 3]}
    >>> search = GridSearchCV(KMeans(random_state=0), grid, scoring=cqm.scorer("weakest_link"), cv=2)
    >>> search.fit(points).best_params_
    {'n_clusters': 2}
    """
    from sklearn.base import clone

    entry = catalog[measure]

    def score(estimator: Any, X: Any, y: Any = None) -> float:
        labels = estimator.predict(X) if hasattr(estimator, "predict") else clone(estimator).fit_predict(X)
        try:
            return entry.score(X, labels, metric=metric, noise_label=noise_label)
        except ValueError:
            return math.nan

    return score
