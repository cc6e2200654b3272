"""Several clusterings of the same points side by side."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from cqm.arrays.foreign import on_host
from cqm.arrays.intake import validate
from cqm.arrays.labels import encode
from cqm.arrays.metrics import Metric
from cqm.arrays.weights import copies, read_weights
from cqm.declarations import catalog
from cqm.external import external_catalog
from cqm.optional import require
from cqm.reports.choice import Choice, choose
from cqm.reports.report import EFFORT, Report, assess, chosen_measures
from cqm.reports.settings import MIN_COVERAGE
from cqm.sharing import shared_work
from cqm.tables import count, html_table, number, text_table

__all__ = ["Comparison", "compare", "notes_on"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The measures of several clusterings of the same points.

    Attributes
    ----------
    reports : clustering name → its report.
    min_coverage : share of the points that a clustering keeps, to be called best by measures that do not count noise.
    external : external index → clustering name → agreement with the truth, where one was given.
    """

    reports: Mapping[str, Report]
    min_coverage: float = MIN_COVERAGE
    external: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that have a value for at least one clustering."""
        return tuple(dict.fromkeys(name for report in self.reports.values() for name in report.values))

    def choice(self, measure: str) -> Choice:
        """What a measure calls best, or why it calls nothing so."""
        return choose(catalog[measure], list(self.reports.values()), min_coverage=self.min_coverage)

    def best(self, measure: str) -> tuple[str, ...]:
        """Names of the clusterings that score best: several when they tie, none when their values do not compare."""
        if measure in self.external:
            return self._most_alike(measure)
        return tuple(list(self.reports)[i] for i in self.choice(measure).best)

    def _most_alike(self, index: str) -> tuple[str, ...]:
        """Clusterings that keep enough points and agree best with the truth."""
        lower = external_catalog[index].better == "lower"
        kept = {
            name: -value if lower else value
            for name, value in self.external[index].items()
            if self.reports[name].coverage >= self.min_coverage
        }
        best = max(kept.values(), default=math.nan)
        return tuple(name for name, value in kept.items() if value == best)

    def to_frame(self) -> Any:
        """A pandas DataFrame, measures × clusterings; the first rows are points, share of the points and clusters."""
        pandas = require("pandas", "to_frame()", "pandas")
        return pandas.DataFrame(
            {
                name: {
                    "points": report.n,
                    "coverage": report.coverage,
                    "clusters": report.k,
                    **report.values,
                    **{index: values[name] for index, values in self.external.items() if name in values},
                }
                for name, report in self.reports.items()
            }
        )

    def _rows(self) -> list[tuple[str, ...]]:
        reports = self.reports.values()
        rows: list[tuple[str, ...]] = [
            ("points", "", *(f"{count(report.n)} ({report.coverage:.0%})" for report in reports)),
            ("clusters", "", *(f"{report.k:,}" for report in reports)),
        ]
        for measure in self.measures:
            best = self.best(measure)
            cells = [
                number(report.values.get(measure)) + (" *" if name in best else "")
                for name, report in self.reports.items()
            ]
            rows.append((measure, catalog[measure].better, *cells))
        for index, values in self.external.items():
            best = self.best(index)
            cells = [number(values.get(name)) + (" *" if name in best else "") for name in self.reports]
            rows.append((f"{index} (with the truth)", external_catalog[index].better, *cells))
        return rows

    def _notes(self) -> list[str]:
        notes = notes_on([self.choice(measure) for measure in self.measures], self.reports, self.min_coverage)
        for name, report in self.reports.items():
            missing: dict[str, list[str]] = {}
            for measure, why in report.left_out.items():
                missing.setdefault(why, []).append(measure)
            notes += [f"{name}: no {', '.join(measures)} ({why})" for why, measures in missing.items()]
        return notes

    def __str__(self) -> str:
        header = ("measure", "better", *self.reports)
        return "\n".join([text_table("best marked with *", header, self._rows()), *self._notes()])

    def _repr_html_(self) -> str:
        table = html_table("best in bold", ("measure", "better", *self.reports), self._rows(), bold="*")
        return table + "".join(f"<p>{escape(note)}</p>" for note in self._notes())


def notes_on(choices: Iterable[Choice], reports: Mapping[str, Report], min_coverage: float) -> list[str]:
    """Why measures call nothing best, or the bend; and over what the others do."""
    reasons: dict[str, list[str]] = {}
    for choice in choices:
        if choice.reason:
            what = "the bend is marked" if choice.way == "bend" else "no best"
            reasons.setdefault(f"{what}: {choice.reason}", []).append(choice.measure)
    notes = [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]
    shares = {report.coverage for report in reports.values() if report.n}
    if len(shares) > 1:
        notes.append(
            f"judged over {min(shares):.0%} to {max(shares):.0%} of the points: what calls more points noise is judged "
            "on fewer and easier ones"
        )
    few = [name for name, report in reports.items() if 0 < report.coverage < min_coverage]
    if few:
        notes.append(
            f"{'; '.join(few)}: fewer than {min_coverage:.0%} of the points kept, so best only by measures that count "
            f"noise (min_coverage={min_coverage:g})"
        )
    return notes


def compare(
    X: Any,
    clusterings: Mapping[str, Any],
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    measures: str | Iterable[str] | None = None,
    effort: float = EFFORT,
    min_coverage: float = MIN_COVERAGE,
    truth: Any = None,
    external: Iterable[str] = ("adjusted_rand", "adjusted_mutual_information"),
    progress: bool | None = None,
) -> Comparison:
    """Several clusterings of the same points side by side, the best marked for each measure that may say so.

    A measure that moves with the number of clusters by itself calls nothing best among clusterings of different k. A
    clustering that leaves out more points as noise than `min_coverage` allows is best by measures that count noise
    alone. A clustering for which a measure is undefined (one cluster, all noise) stands there without its value.

    Parameters
    ----------
    X : array_like of shape (n, d), or distances for ``metric="precomputed"``
        The points.
    clusterings : mapping from a name to labels of shape (n,), or a pandas table with a column of labels each
        At least one.
    metric, noise_label, sample_weight, measures, effort, progress
        As for :func:`evaluate`.
    min_coverage : float
        Share of the points, in [0, 1].
    truth : array_like of shape (n,), optional
        The true clusters. Beside the measures, which do not see them, then stands how well each clustering agrees with
        them, over the points that it does not call noise.
    external : names from ``cqm.external_catalog``
        The indices of that agreement.

    Examples
    --------
    >>> import cqm
    >>> points = [[0.0], [1.0], [11.0], [13.0]]
    >>> table = cqm.compare(points, {"good": [0, 0, 1, 1], "bad": [0, 1, 0, 1]}, measures=["weakest_link"])
    >>> table.best("weakest_link")
    ('good',)
    """
    if not hasattr(clusterings, "items"):
        kind = type(clusterings).__name__
        raise TypeError(f'`clusterings` must be a mapping such as {{"kmeans": labels}}, or a table, got {kind}')
    if not len(clusterings):
        raise ValueError('`clusterings` is empty: pass a mapping such as {"kmeans": labels}')
    limit = effort if measures is None or measures == "all" else math.inf
    chosen = chosen_measures(measures)
    indices = [] if truth is None else [external_catalog[name] for name in external]
    agreement: dict[str, dict[str, float]] = {index.name: {} for index in indices}
    truth = _copied(truth, sample_weight) if indices else truth
    reports: dict[str, Report] = {}
    for name, labels in clusterings.items():
        with shared_work():
            try:
                options: dict[str, Any] = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
                validate(X, labels, **options, min_clusters=0, allow_singletons_only=True, fractions=True)
            except (TypeError, ValueError) as error:
                raise type(error)(f"clustering {name!r}: {error}") from None
            reports[str(name)] = assess(X, labels, chosen, **options, limit=limit, progress=progress)
        if reports[str(name)].n:
            for index in indices:
                found = _copied(labels, sample_weight)
                agreement[index.name][str(name)] = index.function(truth, found, noise_label=noise_label)
    return Comparison(reports, min_coverage, agreement)


def _copied(labels: Any, sample_weight: Any) -> Any:
    """Labels, each as often as the weight of its point says."""
    if sample_weight is None:
        return labels
    codes, classes = encode(on_host(labels))
    rows = copies(read_weights(sample_weight, len(codes)), np.arange(len(codes)))
    return [classes[code] for code in codes[rows]]
