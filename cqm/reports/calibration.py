"""Values held against those of random clusterings with as many clusters, so that they can be compared and added up."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.declarations import catalog
from cqm.reports.resampling import clusters, copied_rows, generator, points_of
from cqm.tables import html_table, number, text_table

__all__ = ["Calibration", "calibrate", "random_clustering"]


GROWTH: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {"nearest": np.minimum, "farthest": np.maximum}
KINDS = ("centroids", *GROWTH, "average")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Standardised values of clusterings, higher is better for every measure.

    Attributes
    ----------
    values : clustering → measure → value as the measure gives it.
    standardised : clustering → measure → (value − mean) / standard deviation over the random clusterings with as many
        clusters and the given ones, turned so that higher is better; NaN where the measure has no value.
    aggregate : clustering → weighted mean of its standardised values.
    best : the clustering with the largest aggregate.
    """

    values: dict[Hashable, dict[str, float]]
    standardised: dict[Hashable, dict[str, float]]
    aggregate: dict[Hashable, float]
    best: Hashable

    @property
    def _header(self) -> tuple[str, ...]:
        return ("clustering", *next(iter(self.standardised.values())), "aggregate")

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (str(name), *map(number, row.values()), number(self.aggregate[name]) + (" *" if name == self.best else ""))
            for name, row in self.standardised.items()
        ]

    def __str__(self) -> str:
        return text_table("standard deviations above random ones, best marked with *", self._header, self._rows())

    def _repr_html_(self) -> str:
        title = "standard deviations above random ones, best in bold"
        return html_table(title, self._header, self._rows(), bold="*")


def calibrate(
    X: Any,
    clusterings: Mapping[Hashable, Any],
    measures: str | Iterable[str] | Mapping[str, float],
    *,
    n_random: int = 25,
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    random_state: int | None = None,
) -> Calibration:
    r"""Hold measures of clusterings against random clusterings of the same points, and add them up.

    .. math:: I^*(C) = \frac{I(C) - m_k}{s_k}

    with the mean and standard deviation of the measure over the random clusterings with C's number of clusters k, of
    all four kinds of `random_clustering`, and the given ones with k clusters. Measures that move with k by themselves,
    or live on other scales, become comparable.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points; their n × n Euclidean distances are held in memory.
    clusterings : mapping of name to labels of shape (n,)
        The clusterings to compare.
    measures : names of catalogued measures, or mapping of name to weight
        A negative weight counts against a clustering.
    n_random : int
        Random clusterings of each kind and number of clusters.
    noise_label : hashable, optional
        Points with this label are left out; the random clusterings have none.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    random_state : int, optional
        Seed of the random clusterings.

    Returns
    -------
    Calibration

    Raises
    ------
    KeyError
        No measure has such a name.
    ValueError
        There is nothing to compare, or a clustering has no value under any measure.

    References
    ----------
    S. Akhanli and C. Hennig, "Comparing clusterings and numbers of clusters by aggregation of calibrated clustering
    validity indexes", Statistics and Computing 30, 2020, sections 4 and 5.

    Examples
    --------
    >>> import cqm
    >>> points = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    >>> found = {"gap": [0, 0, 0, 1, 1, 1], "mixed": [0, 1, 0, 1, 0, 1]}
    >>> cqm.calibrate(points, found, ["silhouette", "mcclain_rao"], random_state=0).best
    'gap'
    """
    points, rng = points_of(X, sample_weight), generator(n_random, random_state)
    measures = [measures] if isinstance(measures, str) else measures
    weights = dict(measures) if isinstance(measures, Mapping) else dict.fromkeys(measures, 1.0)
    if not clusterings or not weights:
        raise ValueError("nothing to compare: give at least one clustering and one measure")
    entries = {name: catalog[name] for name in weights}
    codes = {name: clusters(labels, noise_label)[0] for name, labels in clusterings.items()}
    known = {"noise_label": noise_label, "sample_weight": sample_weight}
    for labels in clusterings.values():  # no matter of measures if it fails
        validate(X, labels, **known, min_clusters=0, allow_singletons_only=True)
    if sample_weight is not None:
        rows = copied_rows(sample_weight, len(X))
        codes = {name: labels[rows] for name, labels in codes.items()}
    distances = cdist(points, points)
    sizes = {name: len(np.unique(labels[labels >= 0])) for name, labels in codes.items()}
    chance = {
        k: [random_clustering(distances, k, kind, rng) for kind in KINDS for _ in range(n_random)]
        for k in sorted(set(sizes.values()))
    }
    values: dict[Hashable, dict[str, float]] = {name: {} for name in clusterings}
    standardised: dict[Hashable, dict[str, float]] = {name: {} for name in clusterings}
    for measure, entry in entries.items():
        for name, labels in codes.items():
            values[name][measure] = _value(entry.function, points, labels)
        for k, random in chance.items():
            given = [name for name, size in sizes.items() if size == k]
            pool = [_value(entry.function, points, labels) for labels in random]
            pool += [values[name][measure] for name in given]
            finite = np.array([value for value in pool if math.isfinite(value)])
            for name in given:
                deviation = values[name][measure] - finite.mean() if len(finite) else math.nan
                spread = finite.std(ddof=1) if len(finite) > 1 else math.nan
                standardised[name][measure] = float(entry.oriented(deviation / spread)) if spread else math.nan
    aggregate = {name: _weighted(row, weights, name) for name, row in standardised.items()}
    return Calibration(values, standardised, aggregate, max(aggregate, key=lambda name: aggregate[name]))


def random_clustering(distances: FloatArray, k: int, kind: str, rng: np.random.Generator) -> NDArray[np.intp]:
    """A clustering around k random points that knows nothing of the others until it meets them.

    Parameters
    ----------
    distances : (n, n) distances.
    k : number of clusters, at most n.
    kind : "centroids": each point joins the nearest of the k points. "nearest", "farthest", "average": the k points
        grow; again and again, the point and cluster join whose smallest, largest or mean distance is least.
    rng : source of the random points.

    Returns
    -------
    (n,) labels 0 … k−1, all of them used.

    Raises
    ------
    ValueError
        An unknown `kind`, or k outside 1 … n.

    References
    ----------
    S. Akhanli and C. Hennig, Statistics and Computing 30, 2020, section 4.1.

    Examples
    --------
    >>> import numpy as np
    >>> from cqm.reports.calibration import random_clustering
    >>> line = np.abs(np.subtract.outer([0.0, 1.0, 9.0], [0.0, 1.0, 9.0]))
    >>> sorted(random_clustering(line, 2, "nearest", np.random.default_rng(0)).tolist())
    [0, 0, 1]
    """
    n = len(distances)
    if kind not in KINDS:
        raise ValueError(f"`kind` must be one of {', '.join(KINDS)}; got {kind!r}")
    if not 1 <= k <= n:
        raise ValueError(f"`k` must lie between 1 and the {n} points, got {k}")
    seeds = rng.choice(n, k, replace=False)
    labels = np.full(n, -1, dtype=np.intp)
    labels[seeds] = np.arange(k)
    reach = distances[seeds].astype(np.float64)  # (k, n) smallest, largest or summed distances to the clusters
    if kind == "centroids":
        free = labels < 0
        labels[free] = reach[:, free].argmin(axis=0)
        return labels
    sizes = np.ones(k)
    reach[:, seeds] = np.inf
    for _ in range(n - k):
        cost = reach / sizes[:, None] if kind == "average" else reach
        cluster, point = np.unravel_index(cost.argmin(), cost.shape)
        labels[point] = cluster
        sizes[cluster] += 1
        merge = GROWTH.get(kind, np.add)
        reach[cluster] = merge(reach[cluster], distances[point])
        reach[:, labels >= 0] = np.inf
    return labels


def _value(function: Callable[..., float], points: NDArray[Any], codes: NDArray[np.intp]) -> float:
    try:
        return function(points, codes, noise_label=-1)
    except ValueError:  # no value for such a clustering, as where every point is its own cluster
        return math.nan


def _weighted(row: Mapping[str, float], weights: Mapping[str, float], name: Hashable) -> float:
    valued = {measure: value for measure, value in row.items() if math.isfinite(value)}
    if not valued:
        raise ValueError(f"none of {', '.join(row)} tells clustering {name!r} from random ones: choose other measures")
    total = sum(abs(weights[measure]) for measure in valued)
    return sum(weights[measure] * value for measure, value in valued.items()) / total
