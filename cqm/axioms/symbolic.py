"""Reals that carry proofs: a definition runs on them once, and what its value obeys is proved operation by operation.

Each number stands for two values at once, before and after a change of the distances. It is a linear form over
*atoms*; an atom is the result of one operation that is not linear (minimum, quotient, …) on linear forms. When an atom
is made, two SMT solvers are asked which of a few facts follow from the facts of its operands alone ("did not grow", "is
positive", "was multiplied by λ"). So every step is proved for all reals, no step is large, and the facts of the last
number are theorems about the measure. Where the facts of the operands do not suffice, what the operands are is told
as well, level by level.

An infinite value is a variable larger than every other number of the run: definitions only compare and select it.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cqm.axioms.entailment import CONSTANT, DEEP_EFFORT, EFFORT, LEVELS, Form, Local, entailed, proved

__all__ = ["Atom", "Ledger", "Symbolic", "Undecided"]


class Undecided(Exception):  # noqa: N818 - an answer, not a failure
    """The definition branches on a comparison whose outcome is not the same for all distances."""


@dataclass(slots=True)
class Atom:
    """The result of an operation.

    Attributes
    ----------
    operation : its name; "given" for the inputs, "infinity" for +∞.
    operands : linear forms over earlier atoms.
    facts : what is proved of it.
    """

    operation: str
    operands: tuple[Form, ...]
    facts: frozenset[str]


@dataclass(slots=True)
class Ledger:
    """All atoms of one run, and the claims about divisors that the run relies on.

    Attributes
    ----------
    aim : which facts are looked for: a key of `FACTS`.
    infinite_degree : power of λ by which the stand-in for +∞ is multiplied; any will do.
    deep : whether to look into the operands of a step whose direction of change is not known.
    divisors : whether some quotient had a divisor that was not proved to be positive.
    discontinuous : whether some selection may jump.
    """

    aim: str
    infinite_degree: int = 0
    deep: bool = False
    atoms: list[Atom] = field(default_factory=list)
    known: dict[tuple[str, tuple[Form, ...]], int] = field(default_factory=dict)
    divisors: bool = False
    discontinuous: bool = False

    def given(self, *facts: str) -> "Symbolic":
        """Make an input of which these facts are assumed."""
        self.atoms.append(Atom("given", (), frozenset(facts)))
        return Symbolic(self, ((len(self.atoms) - 1, Fraction(1)),))

    def infinity(self) -> "Symbolic":
        """Return the stand-in for +∞."""
        key = ("infinity", ())
        if key not in self.known:
            facts = frozenset({"positive", "non_negative", "grew", "shrank", f"degree {self.infinite_degree}"})
            self.atoms.append(Atom("infinity", (), facts))
            self.known[key] = len(self.atoms) - 1
        return Symbolic(self, ((self.known[key], Fraction(1)),))

    def number(self, value: Any) -> "Symbolic":
        """Turn a constant into a number of this run."""
        if isinstance(value, Symbolic):
            return value
        if isinstance(value, float) and math.isinf(value):
            return self.infinity() if value > 0 else -self.infinity()
        exact = Fraction(value)
        return Symbolic(self, ((CONSTANT, exact),) if exact else ())

    def apply(self, operation: str, *operands: Any) -> "Symbolic":
        """Make the result of an operation, with all facts that can be proved of it."""
        forms = tuple(self.number(operand).form for operand in operands)
        key = (operation, forms)
        if key not in self.known:
            facts = proved(self.aim, operation, *self._local(forms))
            if self.deep and not facts & {"grew", "shrank"}:
                facts |= self._deeply(operation, forms)
            self.atoms.append(Atom(operation, forms, facts))
            self.known[key] = len(self.atoms) - 1
            if operation == "select" and not entailed("continuous", operation, *self._local(forms)):
                self.discontinuous = True
        return Symbolic(self, ((self.known[key], Fraction(1)),))

    def facts(self, form: Form) -> frozenset[str]:
        """Facts of a linear form."""
        known = proved(self.aim, "sum", *self._local((form,)))
        return known if not self.deep or known & {"grew", "shrank"} else known | self._deeply("sum", (form,))

    def entails(self, claim: str, *operands: Any, depth: int = 0, effort: int = EFFORT) -> bool:
        """Whether a comparison of numbers, "less" or "equal" or "at_most", holds before and after in all cases."""
        forms = tuple(self.number(operand).form for operand in operands)
        return entailed(claim, "compare", *self._local(forms, depth), effort=effort)

    def _deeply(self, operation: str, forms: tuple[Form, ...]) -> frozenset[str]:
        """The direction of a result's change, from ever more of what its operands are."""
        for level in LEVELS:
            for fact in ("grew", "shrank"):
                if entailed(fact, operation, *self._local(forms, level), effort=DEEP_EFFORT):
                    return frozenset({fact})
        return frozenset()

    def _local(self, forms: tuple[Form, ...], depth: int = 0) -> "Local":
        """The forms with their atoms renumbered from 0, and what a proof of the step may know of those atoms."""
        reached: dict[int, int] = {}  # atom → levels still to be looked into
        front = [(atom, depth) for form in forms for atom, _ in form]
        while front:
            atom, left = front.pop()
            if atom == CONSTANT or reached.get(atom, -1) >= left:
                continue
            reached[atom] = left
            if left:
                front += [(below, left - 1) for form in self.atoms[atom].operands for below, _ in form]
        used = sorted(reached)
        place = {atom: i for i, atom in enumerate(used)} | {CONSTANT: CONSTANT}

        def renumbered(form: Form) -> Form:
            return tuple((place[atom], factor) for atom, factor in form)

        facts, meanings = [], []
        for index in used:
            one = self.atoms[index]
            facts.append(one.facts | {"infinite"} if one.operation == "infinity" else one.facts)
            looked_into = reached[index] and one.operands
            meanings.append((one.operation, tuple(map(renumbered, one.operands))) if looked_into else None)
        return tuple(map(renumbered, forms)), tuple(facts), tuple(meanings)


@dataclass(frozen=True, slots=True, eq=False)
class Symbolic:
    """A linear form over the atoms of a ledger."""

    ledger: Ledger
    form: Form

    def _linear(self, other: Any, sign: int) -> Any:
        if not isinstance(other, Symbolic | int | float | Fraction):
            return NotImplemented
        total = dict(self.form)
        for atom, factor in self.ledger.number(other).form:
            total[atom] = total.get(atom, Fraction(0)) + sign * factor
        return Symbolic(self.ledger, tuple(sorted((atom, factor) for atom, factor in total.items() if factor)))

    def __add__(self, other: Any) -> Any:
        return self._linear(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._linear(other, -1)

    def __rsub__(self, other: Any) -> Any:
        return (-self)._linear(other, 1)

    def __neg__(self) -> "Symbolic":
        return self._times(Fraction(-1))

    def _times(self, factor: Fraction) -> "Symbolic":
        return Symbolic(self.ledger, tuple((atom, c * factor) for atom, c in self.form) if factor else ())

    @property
    def constant(self) -> Fraction | None:
        """The value, where it is the same for all distances."""
        if not self.form:
            return Fraction(0)
        return self.form[0][1] if [atom for atom, _ in self.form] == [CONSTANT] else None

    def __mul__(self, other: Any) -> Any:
        that = self.ledger.number(other)
        for one, two in ((self, that), (that, self)):
            if one.constant is not None:
                return two._times(one.constant)
        return self.ledger.apply("product", *sorted((self, that), key=lambda number: number.form))

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Any:
        out: Any = 1
        for _ in range(exponent):
            out = self * out
        return out

    def over(self, other: Any) -> Any:
        """Quotient; the divisor is taken to be different from 0."""
        that = self.ledger.number(other)
        if that.constant or not self.form:
            return self._times(1 / (that.constant or Fraction(1)))
        if "positive" not in self.ledger.facts(that.form):
            self.ledger.divisors = True
        return self.ledger.apply("quotient", self, that)

    def __truediv__(self, other: Any) -> Any:
        return self.over(other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.ledger.number(other).over(self)

    def minimum(self, other: Any) -> Any:
        """Smaller of the two."""
        return self._extreme("minimum", other)

    def maximum(self, other: Any) -> Any:
        """Larger of the two."""
        return self._extreme("maximum", other)

    def _extreme(self, operation: str, other: Any) -> Any:
        that = self.ledger.number(other)
        small, large = (self, that) if operation == "minimum" else (that, self)
        if self.form == that.form or self.ledger.entails("at_most", small, large):
            return self
        if self.ledger.entails("at_most", large, small):
            return that
        return self.ledger.apply(operation, *sorted((self, that), key=lambda number: number.form))

    def if_at_most(self, bound: Any, value: Any, otherwise: Any) -> Any:
        """`value` where this number is at most `bound`, else `otherwise`."""
        if self.ledger.entails("at_most", self, bound):
            return value
        if self.ledger.entails("less", bound, self):
            return otherwise
        return self.ledger.apply("select", self, bound, value, otherwise)

    def square_root(self) -> Any:
        """Non-negative root."""
        return self.ledger.apply("root", self)

    def logarithm(self) -> Any:
        """Any increasing function, as far as a proof may know."""
        return self.ledger.apply("logarithm", self)

    def __abs__(self) -> Any:
        return self.maximum(-self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, float) and math.isnan(other):
            return False
        return self._decided("equal", self, other, "different")

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return self._decided("less", self, other, "not_less")

    def __gt__(self, other: Any) -> bool:
        return self._decided("less", other, self, "not_less")

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __ge__(self, other: Any) -> bool:
        return not self < other

    def _decided(self, claim: str, one: Any, two: Any, opposite: str) -> bool:
        if self.ledger.entails(claim, one, two):
            return True
        if self.ledger.entails(opposite, one, two):
            return False
        raise Undecided(f"whether one number is {claim} than another differs between distances")

    __hash__ = None  # type: ignore[assignment]  # equality is a theorem or an exception

    @property
    def facts(self) -> frozenset[str]:
        """What is proved of this number."""
        return self.ledger.facts(self.form)

    def __repr__(self) -> str:
        return f"<symbolic {sorted(self.facts)}>"
