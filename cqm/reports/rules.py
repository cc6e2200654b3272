"""Rules that choose k from clusterings of successive k, 1 included: gap, Hartigan, Krzanowski–Lai, Duda–Hart."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from cqm.measures.gap import gap_choice, gap_statistic
from cqm.measures.refinement import duda_hart, hartigan, krzanowski_lai
from cqm.reports.settings import Rule

__all__ = ["RULES", "Outcome", "check_successive"]

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
    found = {k: gap_statistic(X, part, clusterer=clusterer(k), metric=options["metric"]) for k, part in labels.items()}
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
    reason = f"splitting a cluster is significant at every k up to {max(labels) - 1}: try larger k"
    return {k: test.ratio for k, test in tests.items()}, chosen, reason


RULES: dict[str, Callable[[Any, Labels, Callable[[int], Any], Options], Outcome]] = {
    Rule.gap_statistic: _gap,
    Rule.hartigan: _hartigan,
    Rule.krzanowski_lai: _krzanowski_lai,
    Rule.duda_hart: _duda_hart,
}
"""Name → function of points, labels by k, a clusterer for k, and metric and weights."""
