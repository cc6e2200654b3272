"""What the records of experiments say of pairs of systems: over seeds, and over speakers drawn with replacement."""

import itertools
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr, t

from benchmarks.two_collections import CONDITIONS, KINDS, REST, SOURCE, WHITENED
from sv_bridge.verification.calibration import calibrate, cllr, min_cllr
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.fusion import learn_fusion

__all__ = [
    "BASELINES",
    "FUSED",
    "LEVEL",
    "LISTS",
    "LOG_MEL",
    "UNTRAINED",
    "Difference",
    "Place",
    "Record",
    "Systems",
    "by_system",
    "dev_choice",
    "difference",
    "doubled",
    "in_order",
    "margins_of",
    "methods_of",
    "paired",
    "rates_of",
    "statistics_of",
    "trend",
    "values_of",
]

LOG_MEL, UNTRAINED = "mean log-mel", "untrained"
BASELINES = (LOG_MEL, WHITENED, UNTRAINED)
FUSED = "both fused"
SIDES = ("targets", "nontargets")
LISTS = tuple(itertools.product((SOURCE, REST), CONDITIONS, KINDS))
"""Collection, condition and non-targets of every list of trials."""
LEVEL = 0.05
ROLES = ("", "margin", "doubled", "positives")

FloatArray = NDArray[np.float64]
Place = tuple[str, str, str]
Record = dict[str, Any]
Systems = dict[str, list[Record]]
Scores = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Difference:
    """Mean of paired differences with its 95 % interval; no interval (NaN) of a single pair."""

    mean: float
    lower: float
    upper: float

    @property
    def side(self) -> int:
        """−1 where all of the interval is below 0, 1 where it is above, 0 otherwise."""
        return int(self.lower > 0) - int(self.upper < 0)


def in_order(records: Sequence[Record]) -> list[Record]:
    """Baselines, then methods: margins, doubled negatives, positives; seeds in turn."""

    def place(record: Record) -> tuple[Any, ...]:
        known = BASELINES.index(record["system"]) if record["system"] in BASELINES else len(BASELINES)
        methods = -1 if record["method"] == "SimCLR" else 0
        return known, methods, record["method"], ROLES.index(record["role"]), record["margin"], record["seed"] or 0

    return sorted(records, key=place)


def by_system(records: Sequence[Record]) -> Systems:
    """Records of each system."""
    systems: Systems = defaultdict(list)
    for record in records:
        systems[record["system"]].append(record)
    return dict(systems)


def methods_of(systems: Systems) -> list[str]:
    """Methods that were trained with several margins, 0 among them."""
    methods = dict.fromkeys(group[0]["method"] for group in systems.values() if group[0]["method"])
    return [method for method in methods if len(margins_of(systems, method)) > 1 and 0 in margins_of(systems, method)]


def margins_of(systems: Systems, method: str) -> dict[float, list[Record]]:
    """Margin → records of its seeds."""
    return {
        group[0]["margin"]: group
        for group in systems.values()
        if group[0]["method"] == method and group[0]["role"] == "margin"
    }


def doubled(systems: Systems, method: str) -> tuple[list[Record], list[Record]]:
    """Records of the method with the margin ln 2 / s, and with twice the negatives; empty where there are none."""
    twice = next((g for g in systems.values() if (g[0]["method"], g[0]["role"]) == (method, "doubled")), [])
    if not twice:
        return [], []
    wanted = math.log(2) / twice[0]["training"]["config"]["method"]["scale"]
    weighted = [g for m, g in margins_of(systems, method).items() if math.isclose(m, wanted)]
    return (weighted[0], twice) if weighted else ([], twice)


def rates_of(group: Sequence[Record], split: str, place: Place, what: str = "eer") -> list[float]:
    """EER in percent, or a cost, of each seed."""
    collection, condition, kind = place
    return [record["collections"][collection][condition][split][kind][what] for record in group]


def values_of(group: Sequence[Record], collection: str, condition: str, measure: str) -> list[float]:
    """A measure of compactness, of each seed; NaN where it has no value."""
    return [record["collections"][collection][condition]["compactness"].get(measure, math.nan) for record in group]


def dev_choice(groups: Mapping[float, list[Record]]) -> float:
    """The margin with the lowest EER on development speakers, averaged over all lists of trials."""
    return min(groups, key=lambda margin: dev_rate(groups[margin]))


def dev_rate(group: Sequence[Record]) -> float:
    """EER in percent on development speakers, averaged over all lists of trials and seeds."""
    return statistics.fmean(rate for place in LISTS for rate in rates_of(group, "dev", place))


def paired(before: Sequence[Record], after: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Records of the seeds that both have; what has no seed goes with every one."""
    seeds = [{record["seed"] for record in group} for group in (before, after)]
    if {None} in seeds:
        longest = max(len(before), len(after))
        first, second = (list(group) if len(group) == longest else list(group) * longest for group in (before, after))
        return first, second
    both = seeds[0] & seeds[1]
    first, second = (
        sorted((r for r in group if r["seed"] in both), key=lambda r: r["seed"]) for group in (before, after)
    )
    return first, second


def difference(before: Sequence[float], after: Sequence[float]) -> Difference:
    """Mean of after − before, with Student's interval of the pairs.

    >>> difference([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    Difference(mean=1.0, lower=1.0, upper=1.0)
    """
    steps = [b - a for a, b in zip(before, after, strict=True)]
    mean = statistics.fmean(steps)
    if len(steps) < 2 or not math.isfinite(mean):
        return Difference(mean, math.nan, math.nan)
    half = float(t.ppf(1 - LEVEL / 2, len(steps) - 1)) * statistics.stdev(steps) / math.sqrt(len(steps))
    return Difference(mean, mean - half, mean + half)


def trend(
    groups: Mapping[float, Sequence[Record]], collection: str, condition: str, measure: str
) -> tuple[float, float]:
    """Spearman's correlation of a measure with the margin over all runs, and its p; NaN where there is none."""
    points = [
        (margin, value)
        for margin, group in groups.items()
        for value in values_of(group, collection, condition, measure)
    ]
    if len({value for _, value in points}) < 2 or not all(math.isfinite(value) for _, value in points):
        return math.nan, math.nan
    found = spearmanr(*zip(*points, strict=True))
    return float(found.statistic), float(found.pvalue)


def statistics_of(records: Sequence[Record], scores: Callable[[str], Scores]) -> dict[str, Any]:
    """Intervals over speakers of what pairs of systems differ by, and fusions of the best system.

    `scores` finds those of a record, by its name.
    """
    systems, scores = by_system(records), cache(scores)
    intervals = [
        {"before": before, "after": after, "intervals": resampled(*paired(systems[before], systems[after]), scores)}
        for before, after in pairs(systems)
    ]
    return {"pairs": intervals, "fusion": fusion(systems, scores)}


def pairs(systems: Systems) -> Iterator[tuple[str, str]]:
    """Systems that are compared: everything trained with its margin 0, and what the page says beside."""
    for method in methods_of(systems):
        margins = margins_of(systems, method)
        plain = margins[0][0]["system"]
        yield from ((plain, name) for name, g in systems.items() if g[0]["method"] == method and name != plain)
        weighted, twice = doubled(systems, method)
        if weighted and twice:
            yield weighted[0]["system"], twice[0]["system"]
        chosen = margins[dev_choice(margins)][0]["system"]
        yield from ((baseline, chosen) for baseline in BASELINES if baseline in systems)


def resampled(
    before: Sequence[Record], after: Sequence[Record], scores: Callable[[str], Scores]
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """95 % intervals, by list of trials, of the difference of the mean EERs of test speakers drawn with replacement."""
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    for collection, condition, kind in LISTS:
        key = f"{collection} {condition} test {kind} replicates"
        drawn = [np.mean([scores(record["name"])[key] for record in group], axis=0) for group in (before, after)]
        ends = np.quantile(drawn[1] - drawn[0], [LEVEL / 2, 1 - LEVEL / 2]).round(3).tolist()
        found.setdefault(collection, {}).setdefault(condition, {})[kind] = ends
    return found


def fusion(systems: Systems, scores: Callable[[str], Scores]) -> dict[str, Any]:
    """The best trained system by development speakers, whitened log-mel, and both fused: errors of test speakers.

    Of each condition, calibrations and weights are learned on the development trials of both collections, any
    non-targets.
    """
    margins = [margins_of(systems, method) for method in methods_of(systems)]
    best = min((groups[dev_choice(groups)] for groups in margins), key=dev_rate, default=[])
    if not best or WHITENED not in systems:
        return {}
    rows: dict[str, Any] = {}
    other = systems[WHITENED][0]["name"]
    for condition, record in itertools.product(CONDITIONS, best):
        mine = record["name"]
        for name, members in {best[0]["system"]: [mine], WHITENED: [other], FUSED: [mine, other]}.items():
            tables = [scores(member) for member in members]
            to_llr = learned(*(stacked(tables, (SOURCE, REST), f"{condition} dev any {side}") for side in SIDES))
            for collection in (SOURCE, REST):
                cell = rows.setdefault(name, {}).setdefault(collection, {}).setdefault(condition, defaultdict(list))
                for kind in KINDS:
                    test = [stacked(tables, [collection], f"{condition} test {kind} {side}") for side in SIDES]
                    llrs = [to_llr(columns) for columns in test]
                    cell[kind].append(round(100 * equal_error_rate(*llrs), 3))
                    if kind == "any":
                        cell["cllr"].append(round(cllr(*llrs), 4))
                        cell["min_cllr"].append(round(min_cllr(*llrs), 4))
    return {"system": best[0]["system"], "rows": rows}


def learned(targets: FloatArray, nontargets: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Map from (trials, systems) scores to log-likelihood ratios: a calibration of one system, a fusion of several."""
    if targets.shape[1] > 1:
        labels = np.repeat([True, False], [len(targets), len(nontargets)])
        return learn_fusion(np.concatenate([targets, nontargets]), labels)
    calibration = calibrate(targets[:, 0], nontargets[:, 0])
    return lambda scores: calibration(scores[:, 0])


def stacked(tables: Sequence[Scores], collections: Sequence[str], key: str) -> FloatArray:
    """(trials, systems) scores of the collections one after the other."""
    columns = [np.concatenate([scores[f"{name} {key}"] for name in collections]) for scores in tables]
    return np.stack(columns, axis=1).astype(np.float64)
