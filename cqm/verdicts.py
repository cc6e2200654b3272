"""What is known of every catalogued measure and axiom: verdicts that `cqm axioms --table` found and wrote down.

They are plain data here, so that reading them needs no checker; `cqm.axioms.Witness.from_record(verdict.witness)`
makes a witness of them that can be replayed and drawn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

__all__ = ["PATH", "RecordedVerdict", "judged_indices", "judged_measures", "recorded_verdicts"]

Kind = Literal["measures", "indices"]

PATH = Path(__file__).with_name("verdicts.json")


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """The answer about one measure and one axiom, as it was found.

    Attributes
    ----------
    axiom, domain : names of what was judged.
    holds : True (as far as the evidence goes), False (refuted) or None (undefined or not found).
    status : "proved", "proved for few points", "constructed", "holds on N cases", "refuted", "undefined" or
        "not found".
    evidence : the strongest evidence in a sentence.
    witness : record of the counterexample, where there is one.
    record : everything, as `cqm.axioms.Verdict.record` writes it.
    """

    axiom: str
    domain: str
    holds: bool | None
    status: str
    evidence: str
    witness: Mapping[str, Any] | None = field(repr=False)
    record: Mapping[str, Any] = field(repr=False)


def recorded_verdicts(measure: str, kind: Kind = "measures") -> dict[str, RecordedVerdict]:
    """Axiom → verdict, for a catalogued measure or external index.

    Examples
    --------
    >>> recorded_verdicts("weakest_link")["consistency"].status
    'proved'
    >>> recorded_verdicts("relative_margin_literal")["consistency"].evidence
    '3 points, {0,1} {2}: 1/2 (0.5) → 1'
    """
    return {
        record["axiom"]: RecordedVerdict(
            record["axiom"],
            record["domain"],
            record["holds"],
            record["status"],
            record["evidence"]["text"],
            record["evidence"].get("witness"),
            record,
        )
        for record in _records()[kind][measure]
    }


def judged_measures() -> tuple[str, ...]:
    """Names of the measures that have verdicts: read in a tenth of the time that the whole catalogue takes."""
    return tuple(_records()["measures"])


def judged_indices() -> tuple[str, ...]:
    """Names of the external indices that have verdicts."""
    return tuple(_records()["indices"])


@cache
def _records() -> dict[str, dict[str, list[dict[str, Any]]]]:
    records: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(PATH.read_text(encoding="utf-8"))
    return records
