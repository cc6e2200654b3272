"""Rules that choose k from clusterings of successive k, 1 included: gap, Hartigan, Duda–Hart and their like."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from cqm.measures.gap import gap_choice, gap_statistic
from cqm.measures.refinement import frey, hartigan, krzanowski_lai
from cqm.measures.split_tests import beale, duda_hart
from cqm.reports.settings import Rule

__all__ = ["OF_DISTANCES", "RULES", "Outcome", "check_successive"]

Outcome = tuple[dict[int, float], int | None, str]
"""k → value, the k chosen, and why there is none."""
Labels = Mapping[int, NDArray[Any]]
Options = Mapping[str, Any]
WORTH_A_CLUSTER = 10.0
"""Hartigan's rule of thumb: above it, one more cluster is worth having."""


def check_successive(rule: str, sizes: list[int]) -> None:
    """Refuse k with gaps between them, and two clusterings of one k."""
    if sorted(sizes) != list(range(min(sizes), max(sizes) + 1)):
        raise ValueError(
            f"{rule} compares successive k, got k = {', '.join(map(str, sizes))}: "
            f"give k=range({min(sizes)}, {max(sizes) + 1}) and no grid"
        )


def _gap(X: Any, labels: Labels, clusterer: Callable[[int], Any], options: Options) -> Outcome:
    found = {k: gap_statistic(X, part, clusterer=clusterer(k), **options) for k, part in labels.items()}
    return {k: statistic.gap for k, statistic in found.items()}, gap_choice(found), ""


def _hartigan(X: Any, labels: Labels, clusterer: Callable[[int], Any], options: Options) -> Outcome:
    values = {k: hartigan(X, labels[k], labels[k + 1], **options) for k in sorted(labels) if k + 1 in labels}
    chosen = next((k for k, value in values.items() if value <= WORTH_A_CLUSTER), None)
    return values, chosen, f"one more cluster is worth having at every k up to {max(labels) - 1}: try larger k"


def _krzanowski_lai(X: Any, labels: Labels, clusterer: Callable[[int], Any], options: Options) -> Outcome:
    values = {
        k: krzanowski_lai(X, labels[k - 1], labels[k], labels[k + 1], **options)
        for k in sorted(labels)
        if k - 1 in labels and k + 1 in labels
    }
    known = {k: value for k, value in values.items() if not math.isnan(value)}
    return values, max(known, key=lambda k: known[k], default=None), "it needs the clusterings before and after k"


def _duda_hart(X: Any, labels: Labels, clusterer: Callable[[int], Any], options: Options) -> Outcome:
    tests = {k: duda_hart(X, labels[k], labels[k + 1], **options) for k in sorted(labels) if k + 1 in labels}
    chosen = next((k for k, test in tests.items() if not test.splits), None)
    return {k: test.ratio for k, test in tests.items()}, chosen, _always_split(labels)


def _beale(X: Any, labels: Labels, clusterer: Callable[[int], Any], options: Options) -> Outcome:
    tests = {k: beale(X, labels[k], labels[k + 1], **options) for k in sorted(labels) if k + 1 in labels}
    chosen = next((k for k, test in tests.items() if not test.splits), None)
    return {k: test.statistic for k, test in tests.items()}, chosen, _always_split(labels)


def _always_split(labels: Labels) -> str:
    return f"splitting a cluster is significant at every k up to {max(labels) - 1}: try larger k"


def _frey(X: Any, labels: Labels, clusterer: Callable[[int], Any], options: Options) -> Outcome:
    """The clustering before the last run of ratios below 1, as clusters are merged; one cluster if there is none."""
    values = {k: frey(X, labels[k], labels[k + 1], **options) for k in sorted(labels) if k > 1 and k + 1 in labels}
    below = [k for k, value in values.items() if value < 1]
    if not below:
        reason = "its ratio is never below 1, which speaks for one cluster: try k from 1 on"
        return values, 1 if values and 1 in labels else None, reason if values else "it needs clusterings from k = 2 on"
    chosen = next((k for k in range(below[0], max(values) + 1) if k not in below), None)
    return values, chosen, f"its ratio is below 1 from k = {below[0]} up to {max(values)}: try larger k"


RULES: dict[str, Callable[[Any, Labels, Callable[[int], Any], Options], Outcome]] = {
    Rule.gap_statistic: _gap,
    Rule.hartigan: _hartigan,
    Rule.krzanowski_lai: _krzanowski_lai,
    Rule.duda_hart: _duda_hart,
    Rule.beale: _beale,
    Rule.frey: _frey,
}
"""Name → function of points, labels by k, a clusterer for k, and metric and weights."""
OF_DISTANCES = (Rule.frey,)
"""Rules that take any metric; the others need coordinates."""
