"""A witness: the instances and exact values that show a claim to be false, to replay anywhere."""

import json
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cqm.atomic import write_text
from cqm.axioms.agreement.statements import INDEX_AXIOMS, INDEX_DOMAIN
from cqm.axioms.agreement.subjects import IndexSubject, index_subject
from cqm.axioms.axiom import unknown_axiom
from cqm.axioms.closed_forms import ClosedForm
from cqm.axioms.clusterers import is_told
from cqm.axioms.domains import domain_named
from cqm.axioms.exact import Enclosure, is_undefined, to_float
from cqm.axioms.instances import Instance
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject
from cqm.axioms.readable import together
from cqm.axioms.statements import AXIOMS, Axiom, monotonicity
from cqm.axioms.subjects import Subject, subject_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Witness"]


@dataclass(frozen=True)
class Witness:
    """Instances on which a measure breaks an axiom, or is undefined.

    Attributes
    ----------
    measure, axiom, domain : names of what was judged.
    better : direction of the measure.
    frames : the instances whose values the axiom relates; for most axioms before and after a change.
    values : their values, exact where the measure can be evaluated exactly.
    change : what leads from the first instance to the others.
    """

    measure: str
    axiom: str
    domain: str
    better: str
    frames: tuple[Instance, ...]
    values: tuple[Any, ...]
    change: str
    subject: Subject | IndexSubject | None = field(
        default=None, repr=False, compare=False
    )  # what was judged, if at hand
    statement: Axiom | None = field(default=None, repr=False, compare=False)  # the axiom, where it is not one of ours

    @property
    def n(self) -> int:
        """Number of points."""
        return max(frame.n for frame in self.frames)

    @property
    def stated(self) -> Axiom:
        """The axiom."""
        return statement(self.axiom) if self.statement is None else self.statement

    @property
    def exactness(self) -> str:
        """How the values are known: "exact", "enclosed" to 75 digits, or "floating"."""
        finite = [value for value in self.values if not (isinstance(value, float) and value - value != 0)]
        if any(isinstance(value, float) for value in finite):
            return "floating"
        enclosed = any(isinstance(value, Enclosure | ClosedForm) for value in finite)
        return "enclosed" if enclosed else "exact"

    def replay(self, measure: Any = None) -> bool:
        """Evaluate the measure again on the instances: whether they still show the same.

        Parameters
        ----------
        measure : the measure, for one that is not in the catalogue and was read from JSON.
        """
        subject = self.subject if measure is None else self._judged(measure)
        if subject is None:
            subject = self._judged(self.measure)
        values = [subject.exact(frame) for frame in self.frames]
        undefined = any(map(is_undefined, values))
        if any(map(is_undefined, self.values)):
            return undefined
        return not undefined and self.stated.judge(values, self.better) > 0

    def _judged(self, measure: Any) -> Any:
        """What is to be evaluated: a measure, or a clustering function."""
        if self.stated.of == "indices":
            return index_subject(measure, better=self.better, name=self.measure)
        if self.stated.of == "measures":
            return subject_of(measure, better=self.better, name=self.measure)
        if not callable(measure):
            raise ValueError(f"pass the clustering function {self.measure!r} to replay this witness")
        kind = self.frames[0].kind
        return FunctionSubject(self.measure, measure, "points" if kind == "points" else "distances", is_told(measure))

    def __str__(self) -> str:
        values = " → ".join(together(self.values)[:4])
        more = f" and {len(self.values) - 4} more" if len(self.values) > 4 else ""
        first = self.frames[0]
        about = described(first) if self.domain == INDEX_DOMAIN else first.clusters()
        return f"{self.n} points, {about}: {values}{more}"

    def describe(self) -> str:
        """Write the witness in full: every instance with its value."""
        lines = [f"{self.n} points; {self.change}" if self.change else f"{self.n} points"]
        for frame, value in zip(self.frames, together(self.values), strict=True):
            lines.append(f"  {described(frame)}: value {value}")
        return "\n".join(lines)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return JSON text, and write it to `path` where one is given."""
        text = json.dumps(self.record(), indent=1)
        if path is not None:
            write_text(path, text)
        return text

    def record(self) -> dict[str, Any]:
        """Plain data, from which `from_record` makes the witness again."""
        return {
            "measure": self.measure,
            "axiom": self.axiom,
            "domain": self.domain,
            "better": self.better,
            "change": self.change,
            "frames": [frame.to_json() for frame in self.frames],
            "values": [number_to_json(value) for value in self.values],
        }

    @classmethod
    def from_json(cls, text: str, axiom: Axiom | None = None) -> "Witness":
        """Inverse of `to_json`; `axiom` is the axiom, where it is one of your own."""
        return cls.from_record(json.loads(text), axiom)

    @classmethod
    def from_record(cls, data: dict[str, Any], axiom: Axiom | None = None) -> "Witness":
        """Inverse of `record`; `axiom` as in `from_json`."""
        if data["domain"] != INDEX_DOMAIN:
            domain_named(data["domain"])
        return cls(
            data["measure"],
            data["axiom"],
            data["domain"],
            data["better"],
            tuple(Instance.from_json(frame) for frame in data["frames"]),
            tuple(number_from_json(value) for value in data["values"]),
            data["change"],
            statement=axiom,
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the first and last instance: points and moves in the plane, or the matrices side by side."""
        from cqm.axioms.drawing import draw_witness

        return draw_witness(self, ax)


def axiom_named(name: str | Axiom) -> Axiom:
    """Return the axiom of measures that has that name."""
    if isinstance(name, Axiom):
        return name
    known = {**AXIOMS, monotonicity.name: monotonicity}
    if name not in known:
        raise unknown_axiom(name, known)
    return known[name]


def statement(name: str) -> Axiom:
    """Return the axiom of that name, be it about measures, clustering functions or external indices."""
    others = {**FUNCTION_AXIOMS, **INDEX_AXIOMS}
    return others[name] if name in others else axiom_named(name)


def described(instance: Instance) -> str:
    """Write an instance in full."""
    if instance.kind in ("partitions", "shuffled partitions"):
        given = Instance("partitions", (), tuple(int(row[0]) for row in instance.rows)).clusters()
        other = "all clusterings with the sizes of " * (instance.kind == "shuffled partitions") + instance.clusters()
        return f"{given} beside {other}"
    return f"{instance.kind} {instance.text()}, clusters {instance.clusters()}"


def number_to_json(value: Any) -> Any:
    """Rationals as strings, enclosures by both ends, floats as they are written, partitions as lists."""
    if isinstance(value, ClosedForm):
        value = value.enclosure()
    if isinstance(value, Enclosure):
        return {"low": str(value.low), "high": str(value.high), "approximately": to_float(value)}
    if isinstance(value, float):
        return {"float": repr(float(value))}
    return list(value) if isinstance(value, tuple) else str(value)


def number_from_json(data: Any) -> Any:
    """Inverse of `number_to_json`."""
    if isinstance(data, list):
        return tuple(data)
    if isinstance(data, str):
        return Fraction(data)
    return float(data["float"]) if "float" in data else Enclosure(int(data["low"]), int(data["high"]))
