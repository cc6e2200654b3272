"""Many measures of one clustering."""

import json
import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric, distance_of
from cqm.arrays.sparse.graph import Graph
from cqm.atomic import write_text
from cqm.console import progress_console
from cqm.declarations import Measure, catalog
from cqm.declarations.cost import OF_COORDINATES, PER_SECOND
from cqm.json_files import plain
from cqm.measures.margins import BudgetExceeded
from cqm.measures.silhouette_bound import silhouette_upper_bound_of
from cqm.optional import require
from cqm.sharing import shared_work
from cqm.tables import count, html_table, number, text_table

__all__ = ["SHORT", "Report", "assess", "chosen_measures", "evaluate", "metric_name"]

SHORT = ("silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "weakest_link", "gamma", "dbcv")
"""What is computed unless more is asked for; all of them may compare different numbers of clusters.

Silhouette, Caliński–Harabasz and Davies–Bouldin are what readers know. Of Dunn and weakest link, all axioms of the
2008 paper are proved. Gamma knows only the order of distances. DBCV is for clusters of any shape, and counts noise.
"""
EFFORT = 3e12
HEADER = ("measure", "value", "better", "range", "reference")
FEW_POINTS = 2000
"""Points up to which the silhouette's upper bound is shown: a quarter of a second of a core."""
LONG_WORK = 1e11
"""Multiply–adds beyond which a progress bar appears: a few seconds on two cores."""
OUTLIERS = (-1, "-1", "noise", "Noise", "outlier", "", "nan", "NaN", "NA", "None", "<NA>")
"""Labels that mean noise, or no label at all, where they stand, though nobody said so."""


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of one clustering.

    Attributes
    ----------
    values : measure name → value, exactly as its paper defines it.
    left_out : measure name → why it has no value here.
    n, k : number of points (noise left out) and of clusters; where rows have weights, their sum.
    metric : the distance that was used.
    rows : number of points given, noise included.
    bounds : measure name → interval that holds its value, for margins that are not certain.
    notes : what the reader should know about the input.
    upper_bounds : measure name → what no clustering of these points exceeds: of the silhouette, for up to 2,000 points;
        :func:`cqm.silhouette_upper_bound` computes it for more.
    """

    values: Mapping[str, float]
    left_out: Mapping[str, str]
    n: float
    k: int
    metric: str
    rows: float
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    upper_bounds: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        if name in self.left_out:
            raise KeyError(f"{name} was left out: {self.left_out[name]}")
        if name not in self.values:
            raise KeyError(f"{catalog[name].name} was not asked for: cqm.evaluate(…, measures=[{name!r}]) computes it")
        return self.values[name]

    @property
    def coverage(self) -> float:
        """Share of the points that are no noise."""
        return self.n / self.rows

    def to_json(self, path: str | Path | None = None) -> str:
        """JSON text; also written to `path` when one is given. Infinities and NaN become strings, as JSON has none."""
        text = json.dumps(
            plain(
                {
                    "n": self.n,
                    "noise": self.rows - self.n,
                    "k": self.k,
                    "metric": self.metric,
                    "values": self.values,
                    "left_out": self.left_out,
                    "upper_bounds": self.upper_bounds,
                    "notes": self.notes,
                }
            ),
            indent=2,
        )
        if path is not None:
            write_text(path, text + "\n")
        return text

    def to_frame(self) -> Any:
        """A pandas DataFrame with one row a measure: value, better, range, reference."""
        rows = [(value, m.better, m.range, m.reference) for m, value in self._measures()]
        pandas = require("pandas", "to_frame()", "pandas")
        index = pandas.Index(list(self.values), name="measure", dtype="str")
        return pandas.DataFrame(rows, index=index, columns=["value", "better", "range", "reference"])

    def _measures(self) -> list[tuple[Measure, float]]:
        return [(catalog[name], value) for name, value in self.values.items()]

    def _rows(self) -> list[tuple[str, ...]]:
        return [(m.name, number(value), m.better, self._range(m), m.reference) for m, value in self._measures()]

    def _range(self, measure: Measure) -> str:
        """The range as it is printed, with what can be reached on these points."""
        bound = self.upper_bounds.get(measure.name)
        return measure.range_text if bound is None else f"{measure.range_text}, here ≤ {number(bound)}"

    def _title(self) -> str:
        noise = f" and {count(self.rows - self.n)} of noise" if self.rows > self.n else ""
        return f"{count(self.n)} points{noise}, {self.k:,} cluster{'s' * (self.k != 1)}, {self.metric} distance"

    def __str__(self) -> str:
        text = text_table(self._title(), HEADER, self._rows(), prose=True, spare=2)
        reasons: dict[str, list[str]] = {}
        for name, why in self.left_out.items():
            reasons.setdefault(why, []).append(name)
        lines = [f"left out: {', '.join(names)} ({why})" for why, names in reasons.items()]
        return "\n".join([text, *lines, *(f"note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        table = html_table(self._title(), HEADER, self._rows()) + "".join(
            f"<p>{escape(note)}</p>" for note in self.notes
        )
        if not self.left_out:
            return table
        items = "".join(f"<li><b>{escape(name)}</b>: {escape(why)}</li>" for name, why in self.left_out.items())
        return f"{table}<details><summary>{len(self.left_out)} measures left out</summary><ul>{items}</ul></details>"


def evaluate(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    measures: str | Iterable[str] | None = None,
    effort: float = EFFORT,
    progress: bool | None = None,
) -> Report:
    """Several catalogued measures of one clustering.

    Parameters
    ----------
    X : array_like of shape (n, d), or distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, another name that scipy knows, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out. Measures that count or rank points take whole numbers.
    measures : "all", or names of catalogued measures, optional
        A short set by default: silhouette, Caliński–Harabasz, Davies–Bouldin, Dunn, weakest link, gamma and DBCV.
        Naming measures switches the effort limit off: what is asked for is computed.
    effort : float
        Most work that a single measure may cost, in multiply–adds of a matrix product, of which a core makes some
        36·10⁹ a second; what would cost more is left out, with the reason.
    progress : bool, optional
        Show a progress bar; by default when the work is long.

    Returns
    -------
    Report
        With the values, and for every measure left out the reason; beside the silhouette of up to 2,000 points, what no
        clustering of them exceeds.

    Raises
    ------
    KeyError
        No measure has this name.
    TypeError, ValueError
        Unusable `X` or `labels`, or no point is left.

    Examples
    --------
    >>> import cqm
    >>> report = cqm.evaluate([[0.0], [1.0], [11.0], [13.0]], [0, 0, 1, 1], measures=["weakest_link"])
    >>> report["weakest_link"]
    0.2
    """
    limit = effort if measures is None or measures == "all" else math.inf
    chosen = chosen_measures(measures)
    options: dict[str, Any] = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
    with shared_work():
        clustering = validate(X, labels, **options, min_clusters=1, allow_singletons_only=True, fractions=True)
        report = assess(X, labels, chosen, **options, limit=limit, progress=progress)
        if "silhouette" in report.values and clustering.n <= FEW_POINTS and clustering.weights is None:
            report = replace(report, upper_bounds={"silhouette": silhouette_upper_bound_of(clustering)})
        return report


def chosen_measures(measures: str | Iterable[str] | None) -> list[Measure]:
    """The short set, all, or those named."""
    if measures is None:
        return [catalog[name] for name in SHORT]
    if isinstance(measures, str):
        return list(catalog.values()) if measures == "all" else [catalog[measures]]
    return [catalog[name] for name in measures]


def assess(
    X: Any,
    labels: Any,
    measures: list[Measure],
    *,
    metric: Metric,
    noise_label: Hashable | None,
    sample_weight: Any = None,
    limit: float,
    progress: bool | None = False,
) -> Report:
    """A report, also of clusterings that nothing is left of; what is wrong with `X` or with the options is an error."""
    from rich.progress import Progress  # here, as it takes time to import

    options: dict[str, Any] = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
    clustering = validate(X, labels, **options, min_clusters=0, allow_singletons_only=True, fractions=True)
    values: dict[str, float] = {}
    left_out: dict[str, str] = {}
    bounds: dict[str, tuple[float, float]] = {}
    if progress is None:
        progress = sum(min(_operations(measure, clustering), limit) for measure in measures) > LONG_WORK
    with Progress(transient=True, disable=not progress, console=progress_console()) as bar:
        task = bar.add_task("", total=len(measures))
        for measure in measures:
            bar.update(task, description=measure.name)
            reason = _inapplicable(measure, clustering, limit)
            if reason is None:
                try:
                    values[measure.name] = measure.of(clustering)
                except ValueError as error:
                    reason = str(error)
                    if isinstance(error, BudgetExceeded):
                        bounds[measure.name] = error.bracket.lower, error.bracket.upper
            if reason is not None:
                left_out[measure.name] = reason
            bar.advance(task)
    notes = (*_notes_on_noise(clustering, noise_label), *_notes_on_zeros(X, metric), *_notes_on_columns(X))
    return Report(
        values, left_out, clustering.mass, clustering.k, metric_name(metric), clustering.input_mass, bounds, notes
    )


def metric_name(metric: Metric) -> str:
    """The name of a metric, also of a function."""
    return str(distance_of(metric))


def _inapplicable(measure: Measure, clustering: Clustering, limit: float) -> str | None:
    """Why a measure is left out, or None."""
    if clustering.k == 0:
        return "no points are left: all are noise"
    if (reason := measure.inapplicable(clustering.distance)) is not None:
        return reason
    cost = _operations(measure, clustering)
    if cost > limit:
        return (
            f"would cost {cost:.1e} multiply–adds, {cost / PER_SECOND:,.0f} s of a core, more than effort={limit:.1e}: "
            "name it in measures=[…] to compute it"
        )
    return None


def _operations(measure: Measure, clustering: Clustering) -> float:
    points = clustering.points
    if isinstance(points, Graph):
        return float(points.table.nnz)
    d = points.features if measure.cost in OF_COORDINATES else points.width
    n = math.ceil(clustering.n if measure.weights == "any" else clustering.mass)
    return measure.operations(max(n, 1), max(clustering.k, 1), d, clustering.distance)


def _notes_on_zeros(X: Any, metric: Metric) -> tuple[str, ...]:
    """Distances that are mostly 0 without being those of copies: a neighbour graph that was made dense."""
    if metric != "precomputed" or np.ndim(X) != 2 or not isinstance(X, np.ndarray | list):
        return ()
    D = np.asarray(X)
    zero = D == 0
    pairs = zero.sum() - len(D)
    if pairs <= 0.5 * len(D) * (len(D) - 1) or pairs == 0:
        return ()
    row, column = next(zip(*np.nonzero(zero & ~np.eye(len(D), dtype=bool)), strict=True))
    if np.array_equal(zero[row], zero[column]):
        return ()
    share = pairs / (len(D) * (len(D) - 1))
    return (
        f"{share:.0%} of the distances are 0, but such points have not the same points at distance 0: is this a "
        "neighbour graph, where 0 means unknown? Then take the vectors, or distances along the graph",
    )


def _notes_on_columns(X: Any) -> tuple[str, ...]:
    names = [name for name in getattr(X, "columns", ()) if str(name).startswith(("Unnamed:", "__index_level"))]
    if not names:
        return ()
    return (f"column {names[0]!r} counts as a coordinate, but its name says that it holds row names: leave it out",)


def _notes_on_noise(clustering: Clustering, noise_label: Hashable | None) -> tuple[str, ...]:
    if noise_label is not None and clustering.mass == clustering.input_mass:
        return (f"no point has the noise label {noise_label!r}",)
    unsaid = next((label for label in clustering.classes if label in OUTLIERS), None)
    if noise_label is None and unsaid is not None:
        return (f"label {unsaid!r} counts as a cluster; noise_label={unsaid!r} leaves such points out",)
    return ()
