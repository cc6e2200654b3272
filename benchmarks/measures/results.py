"""Results read back: what the page, the plots and the aims ask of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isclose, isnan
from pathlib import Path
from typing import Any

from benchmarks.measures.cases import CQM, MEASURES, ONE_PASS, Case
from benchmarks.measures.contest import Entry, disturbance, seconds_of
from benchmarks.measures.machine import limit_seconds

__all__ = ["Outcome", "Results", "read_results"]

OURS = (CQM, "cqm in float64", ONE_PASS)
SAME = 1e-6  # relative difference up to which two programs agree: some add up in another order, some in float32
SMALL_MB = 1.0  # below this, resident memory is counted too coarsely to be compared


@dataclass(frozen=True)
class Outcome:
    """One case with the entries of its programs."""

    case: Case
    machine: dict[str, Any]
    entries: dict[str, Entry]

    def seconds(self, program: str = CQM) -> float | None:
        """Median time, or None where there is none."""
        entry = self.entries.get(program, {})
        return seconds_of(entry) if "seconds" in entry else None

    def megabytes(self, program: str = CQM) -> float | None:
        """Peak of resident memory above its level before the call."""
        entry = self.entries.get(program, {})
        return max(entry["peak_bytes"] / 1e6, SMALL_MB) if "seconds" in entry else None

    @property
    def peers(self) -> dict[str, float]:
        """Times of other people's programs that finished."""
        found = {program: self.seconds(program) for program in self.entries if program not in OURS}
        return {program: seconds for program, seconds in found.items() if seconds is not None}

    @property
    def fastest(self) -> str | None:
        """The quickest peer, whatever its value."""
        return min(self.peers, key=self.peers.__getitem__) if self.peers else None

    def agrees(self, program: str) -> bool:
        """Whether a program's value is ours up to rounding."""
        ours, theirs = self.value(CQM), self.value(program)
        return isclose(ours, theirs, rel_tol=SAME, abs_tol=SAME) or (isnan(ours) and isnan(theirs))

    def value(self, program: str) -> float:
        """What a program returned; it may be NaN."""
        return float(self.entries[program]["value"])

    def times_faster(self, program: str) -> float | None:
        """Another program's time over ours."""
        ours, theirs = self.seconds(), self.seconds(program)
        return theirs / ours if ours and theirs else None

    def times_leaner(self, program: str) -> float | None:
        """Another program's memory over ours."""
        ours, theirs = self.megabytes(), self.megabytes(program)
        return theirs / ours if ours and theirs else None

    @property
    def share_of_limit(self) -> float | None:
        """Time that the machine needs at least, over ours."""
        limit, ours = limit_seconds(self.case, self.machine), self.seconds()
        return limit / ours if limit and ours else None

    @property
    def disturbance(self) -> float:
        """Largest share of the processors that other work had in a round that counts."""
        return max((disturbance(entry) for entry in self.entries.values() if "seconds" in entry), default=0.0)


@dataclass(frozen=True)
class Results:
    """Everything that has been measured."""

    outcomes: dict[Case, Outcome]
    start_up: dict[str, Any] | None

    def of(self, measure: str) -> list[Outcome]:
        """Outcomes of a measure, by features, clusters and points."""
        chosen = (outcome for outcome in self.outcomes.values() if outcome.case.measure == measure)
        return sorted(chosen, key=lambda outcome: (outcome.case.d, outcome.case.k, outcome.case.n))

    def get(self, measure: str, n: int, d: int, k: int) -> Outcome | None:
        """One case's outcome, if it has been measured."""
        return self.outcomes.get(Case(measure, n, d, k))


def read_results(folder: Path) -> Results:
    """All files of a folder."""
    outcomes = {}
    for name in MEASURES:
        for record in load(folder / f"{name}.json"):
            case = Case(record["measure"], record["n"], record["d"], record["k"])
            outcomes[case] = Outcome(case, record["machine"], record["entries"])
    return Results(outcomes, next(iter(load(folder / "start_up.json")), None))


def load(path: Path) -> Iterable[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
