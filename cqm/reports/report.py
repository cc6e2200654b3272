"""Every measure that applies to one clustering, and several clusterings side by side."""

import json
import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from rich.progress import Progress

from cqm.arrays.elsewhere import NeedsNumpyError
from cqm.arrays.intake import Clustering, Metric, validate
from cqm.catalogue import Measure, catalog
from cqm.catalogue.cost import PER_SECOND
from cqm.console import progress_console
from cqm.files import write_text
from cqm.optional import require
from cqm.sharing import shared_work
from cqm.tables import html_table, number, text_table

__all__ = ["Comparison", "Report", "compare", "evaluate"]

HEADER = ("measure", "value", "better", "range", "reference")
LONG_WORK = 1e11
"""Multiply–adds beyond which a progress bar appears: a few seconds on two cores."""


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of one clustering.

    Attributes
    ----------
    values : measure name → value, exactly as its paper defines it.
    left_out : measure name → why it has no value here.
    n, k : number of points (noise left out) and of clusters.
    metric : the distance that was used.
    """

    values: Mapping[str, float]
    left_out: Mapping[str, str]
    n: int
    k: int
    metric: str

    def __getitem__(self, name: str) -> float:
        if name in self.left_out:
            raise KeyError(f"{name} was left out: {self.left_out[name]}")
        return self.values[name]

    def to_json(self, path: str | Path | None = None) -> str:
        """JSON text; also written to `path` when one is given. Infinities and NaN become strings, as JSON has none."""
        text = json.dumps(
            {
                "n": self.n,
                "k": self.k,
                "metric": self.metric,
                "values": {name: _jsonable(value) for name, value in self.values.items()},
                "left_out": dict(self.left_out),
            },
            indent=2,
        )
        if path is not None:
            write_text(path, text + "\n")
        return text

    def to_frame(self) -> Any:
        """A pandas DataFrame with one row a measure: value, better, range, reference."""
        rows = [
            {"measure": m.name, "value": value, "better": m.better, "range": m.range, "reference": m.reference}
            for m, value in ((catalog[name], value) for name, value in self.values.items())
        ]
        pandas = require("pandas", "to_frame()", "pandas")
        return pandas.DataFrame(rows).set_index("measure")

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (m.name, number(value), m.better, f"[{m.range[0]:g}, {m.range[1]:g}]", m.reference)
            for m, value in ((catalog[name], value) for name, value in self.values.items())
        ]

    def _title(self) -> str:
        return f"{self.n:,} points, {self.k:,} clusters, {self.metric} distance"

    def __str__(self) -> str:
        text = text_table(self._title(), HEADER, self._rows())
        reasons: dict[str, list[str]] = {}
        for name, why in self.left_out.items():
            reasons.setdefault(why, []).append(name)
        return text + "".join(f"\nleft out: {', '.join(names)} ({why})" for why, names in reasons.items())

    def _repr_html_(self) -> str:
        table = html_table(self._title(), HEADER, self._rows())
        if not self.left_out:
            return table
        items = "".join(f"<li><b>{escape(name)}</b>: {escape(why)}</li>" for name, why in self.left_out.items())
        return f"{table}<details><summary>{len(self.left_out)} measures left out</summary><ul>{items}</ul></details>"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The measures of several clusterings of the same points.

    Attributes
    ----------
    reports : clustering name → its report.
    """

    reports: Mapping[str, Report]

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that have a value for at least one clustering."""
        return tuple(dict.fromkeys(name for report in self.reports.values() for name in report.values))

    def best(self, measure: str) -> tuple[str, ...]:
        """Names of the clusterings that score best; several when they tie, none when no value is a number."""
        oriented = {
            name: catalog[measure].oriented(value)
            for name, report in self.reports.items()
            if not math.isnan(value := report.values.get(measure, math.nan))
        }
        return tuple(name for name, value in oriented.items() if value == max(oriented.values()))

    def to_frame(self) -> Any:
        """A pandas DataFrame, measures × clusterings."""
        pandas = require("pandas", "to_frame()", "pandas")
        return pandas.DataFrame({name: dict(report.values) for name, report in self.reports.items()})

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                measure,
                catalog[measure].better,
                *(
                    number(report.values.get(measure, math.nan)) + (" *" if name in self.best(measure) else "")
                    for name, report in self.reports.items()
                ),
            )
            for measure in self.measures
        ]

    def __str__(self) -> str:
        return text_table("best marked with *", ("measure", "better", *self.reports), self._rows())

    def _repr_html_(self) -> str:
        return html_table("best in bold", ("measure", "better", *self.reports), self._rows(), bold="*")


def evaluate(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    measures: Iterable[str] | None = None,
    effort: float = 3e12,
    progress: bool | None = None,
) -> Report:
    """Every catalogued measure that applies to this clustering.

    Parameters
    ----------
    X : array_like of shape (n, d), or distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : str or callable
        One of ``cqm.METRICS``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    measures : names of catalogued measures, optional
        All of them by default. Naming measures switches the effort limit off: what is asked for is computed.
    effort : float
        Most work that a single measure may cost, in multiply–adds of a matrix product, of which a core makes some
        36·10⁹ a second; what would cost more is left out, with the reason.
    progress : bool, optional
        Show a progress bar; by default when the work is long.

    Returns
    -------
    Report
        With the values, and for every measure left out the reason.

    Examples
    --------
    >>> import cqm
    >>> report = cqm.evaluate([[0.0], [1.0], [11.0], [13.0]], [0, 0, 1, 1], measures=["weakest_link"])
    >>> report["weakest_link"]
    0.2
    """
    limit = math.inf if measures is not None else effort
    chosen = [catalog[name] for name in (catalog if measures is None else measures)]
    with shared_work():
        return _evaluate(X, labels, metric, noise_label, chosen, limit, progress)


def compare(X: Any, clusterings: Mapping[str, Any], **options: Any) -> Comparison:
    """Several clusterings of the same points side by side, the best marked for each measure.

    Parameters
    ----------
    X : array_like of shape (n, d), or distances for ``metric="precomputed"``
        The points.
    clusterings : mapping from a name to labels of shape (n,)
        At least one.
    **options
        As for :func:`evaluate`.

    Examples
    --------
    >>> import cqm
    >>> points = [[0.0], [1.0], [11.0], [13.0]]
    >>> table = cqm.compare(points, {"good": [0, 0, 1, 1], "bad": [0, 1, 0, 1]}, measures=["weakest_link"])
    >>> table.best("weakest_link")
    ('good',)
    """
    if not clusterings:
        raise ValueError('`clusterings` is empty: pass a mapping such as {"kmeans": labels}')
    return Comparison({name: evaluate(X, labels, **options) for name, labels in clusterings.items()})


def _inapplicable(measure: Measure, clustering: Clustering, limit: float) -> str | None:
    """Why a measure is left out, or None."""
    if (reason := measure.inapplicable(clustering.metric)) is not None:
        return reason
    cost = _operations(measure, clustering)
    if cost > limit:
        return (
            f"would cost {cost:.1e} multiply–adds, {cost / PER_SECOND:,.0f} s of a core, more than effort={limit:.1e}: "
            "name it in measures=[…] to compute it"
        )
    return None


def _operations(measure: Measure, clustering: Clustering) -> float:
    d = 1 if clustering.metric == "precomputed" else clustering.points.shape[1]
    return measure.operations(clustering.n, clustering.k, d, clustering.metric)


def _name(metric: Metric) -> str:
    return getattr(metric, "__name__", repr(metric)) if callable(metric) else metric


def _jsonable(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _evaluate(
    X: Any,
    labels: Any,
    metric: Metric,
    noise_label: Hashable | None,
    chosen: list[Measure],
    limit: float,
    progress: bool | None,
) -> Report:
    clustering = validate(X, labels, metric=metric, noise_label=noise_label)
    values: dict[str, float] = {}
    left_out: dict[str, str] = {}
    if progress is None:
        progress = sum(min(_operations(measure, clustering), limit) for measure in chosen) > LONG_WORK
    with Progress(transient=True, disable=not progress, console=progress_console()) as bar:
        task = bar.add_task("", total=len(chosen))
        for measure in chosen:
            bar.update(task, description=measure.name)
            reason = _inapplicable(measure, clustering, limit)
            if reason is None:
                try:
                    values[measure.name] = measure.function(X, labels, metric=metric, noise_label=noise_label)
                except (ValueError, NeedsNumpyError) as error:
                    reason = str(error)
            if reason is not None:
                left_out[measure.name] = reason
            bar.advance(task)
    return Report(values, left_out, clustering.n, clustering.k, _name(metric))
