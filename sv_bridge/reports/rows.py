"""Reports as headers and cells, for the terminal and for pages alike."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sv_bridge.compactness.reading import KEY, better, grouped, unreadable
from sv_bridge.compactness.speakers import ClusteringComparison, Compactness
from sv_bridge.reports.comparison import Column
from sv_bridge.reports.selection import Selection
from sv_bridge.verification.evaluation import Result, SpeakerErrors

__all__ = [
    "Rows",
    "agreement_rows",
    "clustering_rows",
    "column_rows",
    "cosine_rows",
    "error_rows",
    "group_rows",
    "key_rows",
    "missing",
    "number",
    "pair_rows",
    "result_rows",
    "selection_rows",
    "speaker_rows",
]

Rows = tuple[list[str], list[list[str]]]
"""Header and cells of a table whose first column is a name."""


def number(value: float) -> str:
    """Four significant digits; thousands and beyond in full or with an exponent.

    >>> number(0.123456), number(1234.5), number(float("nan")), number(1e9)
    ('0.1235', '1234', '—', '1e+09')
    """
    if math.isnan(value):
        return "—"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.4g}"


def result_rows(results: Sequence[Result]) -> Rows:
    """Error rates, a row a condition."""
    header = ["trials", "targets", "non-targets", "EER %", "minDCF .01", "minDCF .05"]
    rows = []
    for r in results:
        counts = [f"{r.targets:,}", f"{r.nontargets:,}"]
        rows.append(
            [r.condition, *counts, f"{100 * r.equal_error_rate:.2f}", f"{r.min_dcf_01:.4f}", f"{r.min_dcf_05:.4f}"]
        )
    for prior in results[0].min_dcf:
        header.append(f"minDCF {prior:g}")
        for row, result in zip(rows, results, strict=True):
            row.append(f"{result.min_dcf[prior]:.4f}")
    if any(result.interval for result in results):
        header.append("95 % interval")
        for row, result in zip(rows, results, strict=True):
            interval = result.interval
            row.append(f"{100 * interval.lower:.2f} – {100 * interval.upper:.2f}" if interval else "")
    return header, rows


def error_rows(speakers: Sequence[SpeakerErrors]) -> Rows:
    """Errors about each speaker."""
    header = ["speaker", "targets", "missed %", "non-targets", "falsely accepted %"]
    return header, [
        [s.speaker, f"{s.targets:,}", number(100 * s.miss), f"{s.nontargets:,}", number(100 * s.false_alarm)]
        for s in speakers
    ]


def column_rows(columns: Sequence[Column], titles: Mapping[str, str] | None = None) -> Rows:
    """Compared numbers × systems, under titles where these are not their names; the best is marked with a star."""
    systems = list(columns[0].spreads)
    rows = []
    for column in columns:
        cells = [f"{column.spreads[system]}{' *' if system == column.best else ''}" for system in systems]
        rows.append([_words(column.name), column.better, *cells])
    return ["best *", "better", *((titles or {}).get(system, system) for system in systems)], rows


def selection_rows(selection: Selection) -> Rows:
    """Systems in order, with every number."""
    names = list(selection.values[selection.ranking[0]])
    rows = [[system, *(number(selection.values[system][name]) for name in names)] for system in selection.ranking]
    return ["best first", *map(_words, names)], rows


def cosine_rows(report: Compactness) -> Rows:
    """Statistics of cosines, alignment, uniformity, effective rank."""
    values = {**report.cosines.to_dict(), "uniformity": report.uniformity}
    return ["statistic", "value", "better"], [[_words(n), number(v), better(n)] for n, v in values.items()]


def key_rows(report: Compactness) -> Rows:
    """The few measures to look at first; the last column is prose."""
    rows = [
        [_words(name), number(report.values[name]), better(name), says]
        for name, says in KEY.items()
        if name in report.values and not unreadable(name, report.values[name])
    ]
    return ["measure", "value", "better", "what it says"], rows


def group_rows(report: Compactness) -> dict[str, Rows]:
    """Heading → all other measures that can be read."""
    return {
        group.heading: (
            ["measure", "value", "better"],
            [[_words(n), number(v), better(n)] for n, v in group.values.items()],
        )
        for group in grouped(report.values)
    }


def speaker_rows(report: Compactness) -> Rows:
    """Speakers, least compact first."""
    header = ["speaker", "utterances", "within", "own centre", "lowest", "other centre", "silhouette", "confused"]
    header += ["nearest", "cosine"]
    rows = []
    for r in report.speakers:
        cosines = [number(value) for value in (r.within, r.own_centre, r.lowest_own_centre, r.other_centre)]
        cells = [number(r.silhouette), f"{r.confused:.0%}", r.nearest, number(r.nearest_centre)]
        rows.append([r.speaker, str(r.utterances), *cosines, *cells])
    return header, rows


def pair_rows(report: Compactness) -> Rows:
    """Pairs of speakers, most alike first."""
    return ["speaker", "speaker", "cosine of centres"], [[a, b, number(cosine)] for a, b, cosine in report.pairs]


def agreement_rows(comparison: ClusteringComparison) -> Rows:
    """Clusterings against the speakers."""
    names = list(next(iter(comparison.agreements.values())).to_dict())
    rows = [[name, *map(number, result.to_dict().values())] for name, result in comparison.agreements.items()]
    return ["clustering", *map(_words, names)], rows


def clustering_rows(comparison: ClusteringComparison, *, key: bool) -> Rows:
    """Clusterings by themselves: the measures to look at first, or all others; a dash where nothing can be read."""
    rows = []
    for measure in comparison.measures:
        values = [found.get(measure, math.nan) for found in comparison.values.values()]
        readable = ["" if unreadable(measure, value) else number(value) for value in values]
        if (measure in KEY) == key and any(readable):
            rows.append([_words(measure), better(measure), *(cell or "—" for cell in readable)])
    return ["measure", "better", *comparison.values], rows


def missing(report: Compactness) -> list[str]:
    """Why measures have no value here, or none that can be read: a reason and the measures it holds for."""
    reasons = {name: why for name, value in report.values.items() if (why := unreadable(name, value))}
    names: dict[str, list[str]] = defaultdict(list)
    for name, why in {**reasons, **report.left_out}.items():
        names[why].append(_words(name))
    return [f"{', '.join(together)}: {why}" for why, together in names.items()]


def _words(name: str) -> str:
    return name.replace("_", " ")
