"""How well a number that reads no label orders checkpoints: rank correlation with the error rate, and regret.

A record of a collection is a dictionary: "names" of the criteria, and "checkpoints", each with its "run", "epoch",
"error_rates" (condition → split → kind of trials → EER %) and "values" (pool → condition → one value a name).
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

import cqm
from sv_bridge.compactness.reading import better
from sv_bridge.reports.selection import COMMITTEE, order

__all__ = [
    "AXIOMS",
    "Criterion",
    "Judged",
    "Key",
    "Records",
    "axioms_held",
    "bootstrap",
    "committee",
    "correlation",
    "criteria",
    "errors",
    "fixed",
    "judge",
    "measures_in",
    "member",
    "number_shares",
    "regret",
    "selected",
    "shared",
    "values",
    "words",
]

Record = Mapping[str, Any]
Records = Mapping[str, Record]
"""Collection → its record."""
FloatArray = NDArray[np.float64]
Scorer = Callable[[NDArray[np.intp]], FloatArray]
"""Positions of checkpoints → what puts them in order, lower first."""
RESAMPLES = 300
AXIOMS = ("scale_invariance", "consistency", "richness", "isomorphism_invariance")


@dataclass(frozen=True, order=True)
class Criterion:
    """A number, the utterances that it is computed from, and how these are heard."""

    name: str
    pool: str
    condition: str

    def __str__(self) -> str:
        return f"{self.name} of {self.pool} utterances, {self.condition}"


@dataclass(frozen=True)
class Judged:
    """What a criterion is worth on one collection.

    Attributes
    ----------
    correlation, correlation_interval : Spearman's, of the criterion (better first) with the error rate (lower first),
        and its bootstrap interval over runs.
    regret : error rate of the checkpoint it chooses ÷ that of the best one.
    expected_regret, regret_interval : the same over resamples of the runs: mean and 90 % of the resamples.
    """

    correlation: float
    correlation_interval: tuple[float, float]
    regret: float
    expected_regret: float
    regret_interval: tuple[float, float]


Key = tuple[str, Criterion, str]
"""Collection, criterion, condition of the error rates."""


def criteria(record: Record) -> Iterator[Criterion]:
    """All that a record has values of; the number of clusters is no criterion."""
    for pool, conditions in record["checkpoints"][0]["values"].items():
        for condition, found in conditions.items():
            for name, value in zip(record["names"], found, strict=True):
                if value is not None and name != "clusters":
                    yield Criterion(name, pool, condition)


def values(record: Record, criterion: Criterion) -> FloatArray:
    """(checkpoints,) values, oriented so that lower is better; infinite where there is none."""
    at = record["names"].index(criterion.name)
    listed = [each["values"][criterion.pool][criterion.condition][at] for each in record["checkpoints"]]
    found = np.array([math.nan if value is None else float(value) for value in listed])
    name = criterion.name.partition(":")[2] or criterion.name
    if name == "spectral_decay":
        found = np.abs(found - 1)
    elif better(name) == "higher":
        found = -found
    return np.where(np.isnan(found), math.inf, found)


def errors(record: Record, condition: str, split: str, kinds: Sequence[str] = ("any", "hard")) -> FloatArray:
    """(checkpoints,) equal error rates, the mean over kinds of trials."""
    rates = [each["error_rates"][condition][split] for each in record["checkpoints"]]
    return np.array([np.mean([rate[kind] for kind in kinds]) for rate in rates])


def selected(record: Record) -> Scorer:
    """What `sv-bridge select` puts checkpoints in order by, from heard utterances."""
    criteria = {name: values(record, member(name)) for name in COMMITTEE}
    halves = np.array([each["halves"] for each in record["checkpoints"]])
    return lambda rows: order({name: found[rows] for name, found in criteria.items()}, halves[rows])[0]


def committee(record: Record, names: Sequence[str] = COMMITTEE) -> Scorer:
    """Mean rank over criteria of heard, crossed utterances; lower is better."""
    criteria = [values(record, member(name)) for name in names]
    return lambda rows: np.mean([rankdata(found[rows]) for found in criteria], axis=0)


def member(name: str) -> Criterion:
    """The criterion that `sv-bridge select` computes."""
    return Criterion(f"ahc:{name}" if name in cqm.catalog else name, "train", "crossed")


def fixed(found: FloatArray) -> Scorer:
    """Values that do not depend on which checkpoints there are."""
    return lambda rows: found[rows]


def correlation(chosen: FloatArray, rates: FloatArray) -> float:
    """Spearman's rank correlation; 0 where either does not vary."""
    ranks = np.stack([rankdata(chosen), rankdata(rates)])
    return 0.0 if (np.ptp(ranks, axis=1) == 0).any() else float(np.corrcoef(ranks)[0, 1])


def regret(chosen: FloatArray, rates: FloatArray) -> float:
    """Mean error rate of the checkpoints that the criterion calls best, over that of the best one."""
    return float(rates[chosen == chosen.min()].mean() / rates.min())


def bootstrap(runs: Sequence[str], statistic: Callable[[NDArray[np.intp]], float]) -> FloatArray:
    """(RESAMPLES,) values of a statistic of checkpoints (their positions), drawing whole runs with replacement."""
    rng = np.random.default_rng(0)
    names, codes = np.unique(np.array(runs), return_inverse=True)
    members = [np.flatnonzero(codes == i) for i in range(len(names))]
    draws = rng.integers(len(names), size=(RESAMPLES, len(names)))
    return np.array([statistic(np.concatenate([members[i] for i in draw])) for draw in draws])


def judge(record: Record, scorer: Scorer, rates: FloatArray) -> Judged:
    """Everything about one way to choose and the error rates of the same checkpoints."""
    runs, everything = [each["run"] for each in record["checkpoints"]], np.arange(len(rates))
    correlations = bootstrap(runs, lambda rows: correlation(scorer(rows), rates[rows]))
    regrets = bootstrap(runs, lambda rows: regret(scorer(rows), rates[rows]))
    return Judged(
        correlation(scorer(everything), rates),
        interval(correlations),
        regret(scorer(everything), rates),
        float(regrets.mean()),
        interval(regrets),
    )


def interval(resampled: FloatArray) -> tuple[float, float]:
    """Middle 90 %."""
    lower, upper = np.quantile(resampled, (0.05, 0.95))
    return float(lower), float(upper)


def axioms_held(measure: str) -> int:
    """How many of the four axioms of Ackerman and Ben-David hold for a measure."""
    verdicts = cqm.catalog[measure].axioms
    return sum(verdicts[axiom].holds is True for axiom in AXIOMS)


def shared(records: Records) -> list[Criterion]:
    """Criteria that every collection has, in a fixed order."""
    return sorted(set.intersection(*(set(criteria(record)) for record in records.values())))


def measures_in(records: Records) -> list[str]:
    """Measures that were asked how many speakers there are, of every run of every collection."""
    asked = [run["chosen"] for record in records.values() for run in record["numbers"].values()]
    return [measure for measure in cqm.catalog if all(measure in chosen for chosen in asked)]


def number_shares(records: Records, measure: str) -> dict[str, list[float]]:
    """Collection → AMI at the number that a measure chooses over the best one, a run each; empty if it chooses none."""
    found: dict[str, list[float]] = {}
    for name, record in records.items():
        runs = record["numbers"].values()
        chosen = [(each["ami"], each["chosen"][measure]) for each in runs]
        found[name] = (
            [] if any(k is None for _, k in chosen) else [amis[str(k)] / max(amis.values()) for amis, k in chosen]
        )
    return found


def words(name: str) -> str:
    """A name as the page prints it."""
    return name.replace("_", " ")
