"""Which of several clusterings a measure may call the best: none where its values do not compare."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cqm.declarations import Measure
from cqm.reports.report import Report
from cqm.reports.settings import MIN_COVERAGE

__all__ = ["Choice", "bend", "choose"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What one measure says of several clusterings.

    Attributes
    ----------
    measure : name of the measure.
    best : positions of the best clusterings; several that tie, or none.
    way : "best", "bend" or "none".
    values : its value for each clustering; NaN where it has none.
    reason : why there is none, or why it is the bend; empty otherwise.
    """

    measure: str
    best: tuple[int, ...]
    way: Literal["best", "bend", "none"]
    values: tuple[float, ...]
    reason: str = ""


def choose(
    measure: Measure, reports: Sequence[Report], *, by_k: bool = False, min_coverage: float = MIN_COVERAGE
) -> Choice:
    """The best of several clusterings of the same points by one measure.

    Parameters
    ----------
    measure : catalogued measure.
    reports : what is known of each clustering.
    by_k : whether the clusterings are of one method at several k, so that a bend has a meaning.
    min_coverage : smallest share of the points that a clustering keeps; measures that count noise need none.
    """
    name = measure.name
    values = tuple(report.values.get(name, math.nan) for report in reports)

    def none(reason: str) -> Choice:
        return Choice(name, (), "none", values, reason)

    known = {i: value for i, value in enumerate(values) if not math.isnan(value)}
    if not known:
        return none("it has no value for any of them")
    kept = {i: v for i, v in known.items() if measure.counts_noise or reports[i].coverage >= min_coverage}
    if not kept:
        return none(
            f"none that it has a value for keeps {min_coverage:.0%} of the points (min_coverage={min_coverage:g})"
        )
    across = measure.across_k
    if across.way != "best" and len({reports[i].k for i in kept}) > 1:
        if across.way == "none" or not by_k:
            return none(f"it can't compare different k: {across.reason}")
        at = bend([reports[i].k for i in kept], list(kept.values()), measure.better, logarithmic=across.logarithmic)
        if at is None:
            return none(f"{across.reason}; and its curve has no bend")
        return Choice(name, (list(kept)[at],), "bend", values, across.reason)
    oriented = {i: measure.oriented(value) for i, value in kept.items()}
    top = max(oriented.values())
    rival = next((report for report in reports if _might_beat(measure, report, top)), None)
    if rival is not None:
        low, high = rival.bounds[name]
        return none(f"one whose value is only known to be in [{low:.6g}, {high:.6g}] might be better")
    return Choice(name, tuple(i for i, value in oriented.items() if value == top), "best", values)


def bend(sizes: Sequence[int], values: Sequence[float], better: str, *, logarithmic: bool) -> int | None:
    """Position of the bend of a curve: where it is farthest above the straight line between its ends.

    Both axes are scaled to one length, and values oriented so that higher is better (Satopää et al. 2011, "Finding a
    'kneedle' in a haystack", section III, without smoothing). Logarithms are taken where all values are above 0. None
    where fewer than three finite values are left, or nothing lies above the line.

    Examples
    --------
    >>> bend([2, 3, 4, 5], [100.0, 10.0, 9.0, 8.0], "lower", logarithmic=True)
    1
    """
    order = np.argsort(sizes, kind="stable")
    k, y = np.asarray(sizes, dtype=float)[order], np.asarray(values, dtype=float)[order]
    if logarithmic and (y > 0).all():
        y = np.log(y)
    finite = np.isfinite(y)
    order, k, y = order[finite], k[finite], y[finite] * (1 if better == "higher" else -1)
    if len(np.unique(k)) < 3 or np.ptp(y) == 0:
        return None
    above = _unit(y) - (_unit(y)[0] + (_unit(y)[-1] - _unit(y)[0]) * _unit(k))
    at = int(np.argmax(above))
    return int(order[at]) if above[at] > 1e-9 else None


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return (values - values.min()) / np.ptp(values)


def _might_beat(measure: Measure, report: Report, top: float) -> bool:
    """Whether a value that is only known to lie between bounds could be better."""
    if measure.name not in report.bounds:
        return False
    return max(map(measure.oriented, report.bounds[measure.name])) > top
