"""A verdict: whether a measure has a property, on which distances, and how that is known."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cqm.axioms.instances import Instance
from cqm.axioms.statements import Axiom
from cqm.axioms.witness import Witness, statement

__all__ = ["Evidence", "Verdict", "Verdicts"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict that holds rests on, or why nothing could be decided.

    Attributes
    ----------
    kind : "proof" (all sizes, by hand, in docs/proofs.md), "solver" (all real distances on few points), "construction"
        (a witness distance for each clustering), "exhaustion" (all small integer distances), "search" (cases tried),
        "random" (different values for the same input), "error" (the function failed) or "none".
    text : the evidence in a sentence.
    instances : distances under which each type of clustering is best, for a construction.
    largest : most points that a solver's proof or a construction covers.
    """

    kind: str
    text: str
    instances: tuple[Instance, ...] = field(default=(), repr=False)
    largest: int = 0

    def record(self) -> dict[str, Any]:
        """Plain data for JSON."""
        data: dict[str, Any] = {"kind": self.kind, "text": self.text}
        if self.largest:
            data["largest"] = self.largest
        if self.instances:
            data["instances"] = [instance.to_json() for instance in self.instances]
        return data

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> "Evidence":
        """Inverse of `record`."""
        instances = tuple(map(Instance.from_json, data.get("instances", ())))
        return cls(data["kind"], data["text"], instances, data.get("largest", 0))

    def __str__(self) -> str:
        return self.text


STRENGTH = ("proof", "solver", "construction", "exhaustion", "search", "none")


@dataclass(frozen=True)
class Verdict:
    """The answer about one measure, one axiom and one domain.

    Attributes
    ----------
    measure, axiom, domain : names of what was judged.
    holds : True (as far as the evidence goes), False (refuted), or None (undefined or not found).
    evidence : the strongest evidence: a `Witness` that refutes, or the `Evidence` that supports.
    cases : cases tried in which the measure is defined.
    also : weaker evidence that agrees.
    undefined : an instance on which the measure has no value, where one was met.
    stopped : whether the time limit cut something short, so that another machine may see more; the evidence says what.
    moved : cases in which the value moved (for invariances: different values that it took); 0 where cases say nothing.
    statement : the axiom, where it is not one of ours.
    """

    measure: str
    axiom: str
    domain: str
    holds: bool | None
    evidence: Witness | Evidence
    cases: int = 0
    also: tuple[Evidence, ...] = ()
    undefined: Witness | None = field(default=None, repr=False)
    stopped: bool = False
    moved: int | None = None
    statement: Axiom | None = field(default=None, repr=False, compare=False)

    @property
    def stated(self) -> Axiom:
        """The axiom."""
        return statement(self.axiom) if self.statement is None else self.statement

    @property
    def witness(self) -> Witness | None:
        """The instances that refute the axiom, where it is refuted by instances."""
        return self.evidence if isinstance(self.evidence, Witness) else None

    @property
    def status(self) -> str:
        """One word or two for a table."""
        if self.holds is False:
            return "refuted"
        if isinstance(self.evidence, Evidence) and self.holds:
            if self.evidence.kind == "proof":
                return "proved"
            if self.evidence.kind == "construction":
                return "constructed"
            if self.evidence.kind == "solver":
                return "proved for few points"
            return f"holds on {self.cases:,} cases" if self.moved != 0 else "holds, but the value never moved"
        if isinstance(self.evidence, Evidence) and self.evidence.kind in ("random", "error"):
            return self.evidence.kind
        without_value = self.undefined is not None or getattr(self.evidence, "kind", "") == "proof"
        return "undefined" if without_value and not self.cases else "not found"

    def __str__(self) -> str:
        axiom = self.stated
        head = f"{self.measure} · {self.axiom} · {self.domain}: {self.status}"
        if self.witness is not None:
            text = f"{head}. It should be that {axiom.sentence}; here {axiom.plainly}.\n{self.witness.describe()}"
            if self.witness.exactness == "floating":
                text += "\n  (floating-point values; the violation is far above rounding)"
        else:
            text = f"{head}. {self.evidence}"
        if self.undefined is not None and self.status != "error":
            text += f"\n  undefined at {self.undefined.frames[0].clusters()} of {_rows(self.undefined)}"
        return text

    def __repr__(self) -> str:
        return f"<Verdict {self.measure} {self.axiom} on {self.domain}: {self.status}, {self.evidence}>"

    def _repr_html_(self) -> str:
        return Verdicts([self])._repr_html_()

    def record(self) -> dict[str, Any]:
        """Plain data for JSON; what there is nothing of is left out."""
        if isinstance(self.evidence, Witness):
            evidence = {"kind": "witness", "text": str(self.evidence), "witness": self.evidence.record()}
        else:
            evidence = self.evidence.record()
        data: dict[str, Any] = {
            "axiom": self.axiom,
            "domain": self.domain,
            "holds": self.holds,
            "status": self.status,
            "evidence": evidence,
        }
        if self.cases:
            data["cases"] = self.cases
        if self.also:
            data["also"] = [extra.record() for extra in self.also]
        if self.undefined is not None:
            data["undefined"] = self.undefined.record()
        if self.stopped:
            data["stopped"] = True
        if self.moved is not None:
            data["moved"] = self.moved
        return data

    @classmethod
    def from_record(cls, measure: str, data: dict[str, Any]) -> "Verdict":
        """Inverse of `record`."""
        evidence = data["evidence"]
        return cls(
            measure,
            data["axiom"],
            data["domain"],
            data["holds"],
            Witness.from_record(evidence["witness"]) if "witness" in evidence else Evidence.from_record(evidence),
            data.get("cases", 0),
            tuple(map(Evidence.from_record, data.get("also", ()))),
            Witness.from_record(data["undefined"]) if data.get("undefined") else None,
            data.get("stopped", False),
            data.get("moved"),
        )


def _rows(witness: Witness) -> str:
    return str([[str(entry) for entry in row] for row in witness.frames[0].rows]).replace("'", "")


class Verdicts(Sequence[Verdict]):
    """Verdicts on one measure, shown as a table."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self._verdicts = tuple(verdicts)

    def __len__(self) -> int:
        return len(self._verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self._verdicts)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return next(verdict for verdict in self._verdicts if verdict.axiom == key)
        return self._verdicts[key]

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """The verdicts that are refuted."""
        return tuple(verdict for verdict in self._verdicts if verdict.holds is False)

    def __repr__(self) -> str:
        width = max((len(verdict.axiom) for verdict in self._verdicts), default=0)
        return "\n".join(
            f"{verdict.axiom:<{width}}  {verdict.status:<24}  {verdict.evidence}" for verdict in self._verdicts
        )

    def _repr_html_(self) -> str:
        colour = {True: "#2a7d3f", False: "#b3261e", None: "#7a6a00"}
        rows = "".join(
            f"<tr><td>{html.escape(v.measure)}</td><td title='{html.escape(v.stated.sentence)}'>"
            f"{html.escape(v.axiom)}</td><td>{html.escape(v.domain)}</td>"
            f"<td style='color:{colour[v.holds]}'>{html.escape(v.status)}</td>"
            f"<td style='text-align:left'>{html.escape(str(v.evidence))}</td></tr>"
            for v in self._verdicts
        )
        head = "".join(f"<th>{name}</th>" for name in ("measure", "axiom", "domain", "verdict", "evidence"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
