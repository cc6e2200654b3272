"""Choosing the number of clusters, or any other setting, by several quality measures at once."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.intake import check_metric
from cqm.arrays.metrics import Metric
from cqm.declarations import Measure, catalog
from cqm.optional import require
from cqm.reports.candidates import Candidate, Space, settings_to_try, tried
from cqm.reports.choice import Choice, choose
from cqm.reports.comparison import notes_on
from cqm.reports.report import EFFORT, chosen_measures
from cqm.reports.rules import OF_DISTANCES, RULES, check_successive
from cqm.reports.settings import MIN_COVERAGE
from cqm.reports.spaces import check_weighing, final_of, taking_distances
from cqm.tables import count, html_table, number, text_table

__all__ = ["Selection", "select"]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Several clusterings, what each measure chooses of them, and what most measures choose.

    Attributes
    ----------
    candidates : the clusterings, in the order they were tried.
    choices : what each measure chooses, with all its values.
    best : the candidate with most votes; of several, the one with fewest clusters, then the first.
    by_k : whether the candidates differ in the number of clusters asked for alone.
    min_coverage : share of the points that a candidate keeps, to be chosen by measures that do not count noise.
    """

    candidates: tuple[Candidate, ...]
    choices: tuple[Choice, ...]
    best: Candidate
    by_k: bool
    min_coverage: float = MIN_COVERAGE

    @property
    def votes(self) -> dict[str, int]:
        """Candidate name → number of measures that choose it; of candidates that tie, the first counts."""
        counts = Counter(choice.best[0] for choice in self.choices if choice.best)
        return {candidate.name: counts[i] for i, candidate in enumerate(self.candidates)}

    @property
    def best_k(self) -> int:
        """Number of clusters of the best candidate."""
        return self.best.report.k

    @property
    def best_labels(self) -> NDArray[Any]:
        """(n,) labels of the best candidate."""
        return np.asarray(self.best.labels)

    @property
    def best_parameters(self) -> Mapping[str, Any]:
        """Settings of the best candidate: ``estimator.set_params(**selection.best_parameters)``."""
        return self.best.parameters

    def scores(self, measure: str) -> dict[str, float]:
        """Candidate name → value of one of the measures that were asked for; NaN where it has none."""
        found = next((choice for choice in self.choices if choice.measure == measure), None)
        if found is None:
            asked = ", ".join(choice.measure for choice in self.choices)
            raise KeyError(f"{measure} was not asked for: the measures are {asked}")
        return {candidate.name: value for candidate, value in zip(self.candidates, found.values, strict=True)}

    def to_frame(self) -> Any:
        """A pandas DataFrame with one row a candidate: clusters, points, coverage, measures, votes."""
        pandas = require("pandas", "to_frame()", "pandas")
        reports = [candidate.report for candidate in self.candidates]
        columns: dict[str, Any] = {
            "clusters": [report.k for report in reports],
            "points": [report.n for report in reports],
            "coverage": [report.coverage for report in reports],
            **{choice.measure: choice.values for choice in self.choices},
            "votes": list(self.votes.values()),
        }
        return pandas.DataFrame(columns, index=[candidate.name for candidate in self.candidates])

    def plot(self, axes: Any = None) -> Any:
        """Each measure over the candidates, its choice marked; see :func:`cqm.plots.selection`."""
        from cqm.reports.plots import selection

        return selection(self, axes=axes)

    def _title(self, marked: str) -> str:
        return f"{self.best.name}: {self.votes[self.best.name]} of {sum(self.votes.values())} votes ({marked})"

    def _header(self) -> tuple[str, ...]:
        return ("candidate", "clusters", "points", *(choice.measure for choice in self.choices), "votes")

    def _rows(self) -> list[tuple[str, ...]]:
        rows = []
        for i, (candidate, votes) in enumerate(zip(self.candidates, self.votes.values(), strict=True)):
            report = candidate.report
            cells = [
                number(report.values.get(c.measure, None if math.isnan(c.values[i]) else c.values[i]))
                + (" *" if c.best[:1] == (i,) else "")
                for c in self.choices
            ]
            marked = f"{votes}{' *' if candidate is self.best else ''}"
            rows.append((candidate.name, f"{report.k:,}", f"{count(report.n)} ({report.coverage:.0%})", *cells, marked))
        return rows

    def _notes(self) -> list[str]:
        reports = {candidate.name: candidate.report for candidate in self.candidates}
        notes = notes_on(self.choices, reports, self.min_coverage)
        missing: dict[tuple[str, str], list[str]] = {}
        for candidate in self.candidates:
            reasons: dict[str, list[str]] = {}
            for measure, why in candidate.report.left_out.items():
                reasons.setdefault(why, []).append(measure)
            for why, measures in reasons.items():
                all_of_them = len(measures) == sum(choice.measure not in RULES for choice in self.choices)
                missing.setdefault(("no value" if all_of_them else f"no {', '.join(measures)}", why), []).append(
                    candidate.name
                )
        return notes + [f"{'; '.join(names)}: {what} ({why})" for (what, why), names in missing.items()]

    def __str__(self) -> str:
        return "\n".join(
            [text_table(self._title("* marks what a measure chooses"), self._header(), self._rows()), *self._notes()]
        )

    def _repr_html_(self) -> str:
        table = html_table(self._title("in bold what a measure chooses"), self._header(), self._rows(), bold="*")
        return table + "".join(f"<p>{escape(note)}</p>" for note in self._notes())


def select(
    X: Any,
    estimator: Any,
    *,
    k: Iterable[int] | None = None,
    grid: Mapping[str, Iterable[Any]] | Iterable[Mapping[str, Iterable[Any]]] | None = None,
    measures: str | Iterable[str] | None = None,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = -1,
    sample_weight: Any = None,
    min_coverage: float = MIN_COVERAGE,
    space: Space = "final",
    effort: float = EFFORT,
    n_jobs: int | None = None,
) -> Selection:
    """Cluster all points in several ways, judge each by several measures, and choose by vote.

    Every measure has one vote, for its best candidate. A measure that moves with the number of clusters by itself votes
    for the bend of its curve over k, and for nothing where there is none. What leaves out more points as noise than
    `min_coverage` allows gets votes of measures that count noise alone. A candidate for which a measure is undefined
    (one cluster, all noise) stays in the table without its value, and the reason below.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points, or whatever the first step of a pipeline takes; distances for ``metric="precomputed"`` and a
        clusterer that takes them.
    estimator : scikit-learn clusterer, or a pipeline that ends in one
        It is cloned; give it a `random_state` for a reproducible answer.
    k : iterable of int, optional
        The numbers of clusters to try; 2 to 10 when neither `k` nor `grid` is given.
    grid : mapping from parameters to values, or several, optional
        Settings to try, as for GridSearchCV. In a pipeline, plain names are those of its last step.
    measures : "all", or names of catalogued measures or rules, optional
        The short set of :func:`evaluate` by default, as far as it applies. The rules compare successive k, 1 included:
        "gap_statistic", "hartigan" (at most 10), "krzanowski_lai", "frey", and for clusterers that split clusters
        "duda_hart" and "beale".
    metric : str or callable
        Passed on to the measures.
    noise_label : hashable, optional
        Points with this label are left out: −1, as scikit-learn's clusterers call noise. None makes it a cluster.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out. The clusterer, and the steps before it, have to take them,
        as KMeans, DBSCAN and StandardScaler do.
    min_coverage : float
        Share of the points, in [0, 1], that a clustering keeps.
    space : {"final", "input"}
        Measures see what the last step of a pipeline is given, or `X` itself, which is needed where candidates differ
        in the steps before.
    effort : float
        As for :func:`evaluate`, for measures that are not named: what one of them may cost over all candidates.
    n_jobs : int, optional
        Candidates to try at once, as in scikit-learn.

    Returns
    -------
    Selection

    Raises
    ------
    KeyError
        No measure has this name.
    ValueError
        The estimator has no such parameter; clusterer and measures would work in different spaces; unusable `X`; or no
        measure chooses any candidate, with the reasons.

    References
    ----------
    The vote is that of M. Charrad, N. Ghazzali, V. Boiteau and A. Niknafs, "NbClust: an R package for determining the
    relevant number of clusters in a data set", Journal of Statistical Software 61, 2014.

    Examples
    --------
    >>> from sklearn.cluster import DBSCAN, AgglomerativeClustering
    >>> import cqm
    >>> points = [[0.0], [1.0], [10.0], [11.0], [30.0], [31.0]]
    >>> cqm.select(points, AgglomerativeClustering(), k=range(2, 5)).best_k
    3
    >>> found = cqm.select(points, DBSCAN(min_samples=2), grid={"eps": [0.5, 2, 15]}, measures=["silhouette", "dunn"])
    >>> found.best_parameters
    {'eps': 2}
    """
    if isinstance(estimator, type):
        raise TypeError(f"`estimator` must be an instance, got the class: pass {estimator.__name__}()")
    if not hasattr(estimator, "get_params"):
        raise TypeError(
            f"`estimator` must be a clusterer with scikit-learn's get_params and set_params, got "
            f"{type(estimator).__name__}: give the labels that it finds to cqm.compare(X, {{name: labels, …}})"
        )
    if isinstance(k, Number | str):
        raise TypeError(f"`k` takes several numbers of clusters, such as range(2, 11), got {k!r}")
    rules, catalogued, limit = _asked(measures, metric, effort)
    if space not in ("final", "input"):
        raise ValueError(f'`space` must be "final" or "input", got {space!r}')
    settings, size = settings_to_try(estimator, k, grid)
    others = [{name: value for name, value in setting.items() if name != size} for setting in settings]
    by_k = all(size in setting for setting in settings) and all(other == others[0] for other in others)
    for rule in rules:
        if not by_k:
            raise ValueError(f"{rule} compares successive k: give k=range(1, 11) and no grid")
        check_successive(rule, [setting[size] for setting in settings])
    if sample_weight is not None:
        check_weighing(estimator)
    fixed = taking_distances(estimator, metric)
    if metric == "precomputed" and np.ndim(X) == 1:
        from scipy.spatial.distance import squareform  # here, as it takes time to import

        X = squareform(X)  # clusterers take no condensed ones
    options = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
    options["limit"] = limit / len(settings)
    candidates, judged = tried(X, estimator, settings, size, fixed, catalogued, space, n_jobs, options)
    reports = [candidate.report for candidate in candidates]
    choices = [choose(measure, reports, by_k=by_k, min_coverage=min_coverage) for measure in catalogued]
    if rules:
        clusterer = final_of(estimator)
        inner, known = size.rpartition("__")[2], {"metric": metric, "sample_weight": sample_weight}
        choices += [_ruled(rule, judged, candidates, clusterer, inner, known) for rule in rules]
        order = rules if isinstance(measures, str | None) else list(measures)
        choices.sort(key=lambda choice: order.index(choice.measure))
    votes = Counter(choice.best[0] for choice in choices if choice.best)
    if not votes:
        raise ValueError(_nothing_chosen(choices, candidates))
    best = min(votes, key=lambda i: (-votes[i], reports[i].k, i))
    return Selection(tuple(candidates), tuple(choices), candidates[best], by_k, min_coverage)


def _asked(
    measures: str | Iterable[str] | None, metric: Metric, effort: float
) -> tuple[list[str], list[Measure], float]:
    """Rules and catalogued measures, those that take the metric where they were not named, and the limit of work."""
    check_metric(metric)
    if measures is None or measures == "all":
        chosen = chosen_measures(measures)
        return [], [measure for measure in chosen if measure.inapplicable(metric) is None], effort
    names = [measures] if isinstance(measures, str) else list(measures)
    if not names:
        raise ValueError("`measures` is empty: name at least one, or leave it out for the short set")
    rules = [name for name in names if name in RULES]
    chosen = [catalog[name] for name in names if name not in RULES]
    for rule in rules:
        check_metric(metric, None if rule in OF_DISTANCES else rule)
    for measure in chosen:
        if (reason := measure.inapplicable(metric)) is not None:
            raise ValueError(f"{measure.name} {reason}")
    return rules, chosen, math.inf


def _ruled(
    rule: str, points: Any, candidates: list[Candidate], clusterer: Any, parameter: str, known: Mapping[str, Any]
) -> Choice:
    from sklearn.base import clone

    places = {c.report.k: i for i, c in enumerate(candidates) if c.labels is not None}
    labels = {k: np.asarray(candidates[i].labels) for k, i in places.items()}
    try:
        values, chosen, reason = RULES[rule](
            points, labels, lambda k: clone(clusterer).set_params(**{parameter: k}), known
        )
    except ValueError as error:
        values, chosen, reason = {}, None, str(error)
    by_place = {places[k]: value for k, value in values.items()}
    column = tuple(by_place.get(i, math.nan) for i in range(len(candidates)))
    if chosen is None:
        return Choice(rule, (), "none", column, reason)
    return Choice(rule, (places[chosen],), "best", column)


def _nothing_chosen(choices: list[Choice], candidates: list[Candidate]) -> str:
    reasons: dict[str, list[str]] = {}
    for choice in choices:
        found: dict[str, list[str]] = {}
        for candidate in candidates:
            if choice.measure in candidate.report.left_out:
                found.setdefault(candidate.report.left_out[choice.measure], []).append(candidate.name)
        told = "; ".join(f"{', '.join(names)}: {why}" for why, names in found.items())
        reasons.setdefault(f"{choice.reason}{f' ({told})' if told else ''}", []).append(choice.measure)
    all_reasons = "; ".join(f"{', '.join(measures)}: {why}" for why, measures in reasons.items())
    return f"no measure chooses among {'; '.join(c.name for c in candidates)}. {all_reasons}"
