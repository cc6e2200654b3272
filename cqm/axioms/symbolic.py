"""Reals that carry proofs: a definition runs on them once, and what its value obeys is proved operation by operation.

Each number stands for two values at once, before and after a change of the distances. It is a linear form over
*atoms*; an atom is the result of one operation that is not linear (minimum, quotient, …) on linear forms. When an atom
is made, an SMT solver is asked which of a few facts follow from the facts of its operands alone ("did not grow", "is
positive", "was multiplied by λ"). So every step is proved for all reals, no step is large, and the facts of the last
number are theorems about the measure. Where the facts of the operands do not suffice, what the operands are is told
as well, level by level.

An infinite value is a variable larger than every other number of the run: definitions only compare and select it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import z3

__all__ = ["Atom", "Ledger", "Symbolic", "Undecided"]

Form = tuple[tuple[int, Fraction], ...]  # (atom, coefficient) by ascending atom; atom −1 is the constant 1
Meaning = tuple[str, tuple[Form, ...]] | None  # an atom's operation and operands, where a proof may use them
Local = tuple[tuple[Form, ...], tuple[frozenset[str], ...], tuple[Meaning, ...]]

CONSTANT = -1
FACTS = {
    "consistency": ("positive", "non_negative", "grew", "shrank"),
    "scale": ("positive", "non_negative", "degree 0", "degree 1", "degree 2"),
    "continuity": ("positive", "non_negative"),
}
EFFORT = 1_000_000  # the solver's own count of its work, so that outcomes do not depend on the machine
DEEP_EFFORT = 30_000_000
PATIENCE_MS = 10_000  # only for the rare query whose single steps are slow
LEVELS = (2, 5, 100)


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
            facts = _proved(self.aim, operation, *self._local(forms))
            if self.deep and not facts & {"grew", "shrank"}:
                facts |= self._deeply(operation, forms)
            self.atoms.append(Atom(operation, forms, facts))
            self.known[key] = len(self.atoms) - 1
            if operation == "select" and not _entailed("continuous", operation, *self._local(forms)):
                self.discontinuous = True
        return Symbolic(self, ((self.known[key], Fraction(1)),))

    def facts(self, form: Form) -> frozenset[str]:
        """Facts of a linear form."""
        known = _proved(self.aim, "sum", *self._local((form,)))
        return known if not self.deep or known & {"grew", "shrank"} else known | self._deeply("sum", (form,))

    def entails(self, claim: str, *operands: Any, depth: int = 0, effort: int = EFFORT) -> bool:
        """Whether a comparison of numbers, "less" or "equal" or "at_most", holds before and after in all cases."""
        forms = tuple(self.number(operand).form for operand in operands)
        return _entailed(claim, "compare", *self._local(forms, depth), effort=effort)

    def _deeply(self, operation: str, forms: tuple[Form, ...]) -> frozenset[str]:
        """The direction of a result's change, from ever more of what its operands are."""
        for level in LEVELS:
            for fact in ("grew", "shrank"):
                if _entailed(fact, operation, *self._local(forms, level), effort=DEEP_EFFORT):
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


@lru_cache(maxsize=100_000)
def _proved(
    aim: str, operation: str, forms: tuple[Form, ...], facts: tuple[frozenset[str], ...], meanings: tuple[Meaning, ...]
) -> frozenset[str]:
    """Facts of an operation's result that follow from what is known of the atoms in its operands."""
    return frozenset(fact for fact in FACTS[aim] if _entailed(fact, operation, forms, facts, meanings))


@lru_cache(maxsize=100_000)
def _entailed(
    claim: str,
    operation: str,
    forms: tuple[Form, ...],
    facts: tuple[frozenset[str], ...],
    meanings: tuple[Meaning, ...],
    effort: int = EFFORT,
) -> bool:
    """Whether the claim about the operation's result follows: its negation has no solution in the reals."""
    scale = z3.Real("lambda")
    moments = [[z3.Real(f"{moment}{i}") for i in range(len(facts))] for moment in ("before", "after")]
    operands = [[_term(form, atoms) for form in forms] for atoms in moments]
    result = [z3.Real("result_before"), z3.Real("result_after")]
    solver = z3.Solver()
    solver.set("rlimit", effort)
    solver.set("timeout", PATIENCE_MS)
    solver.add(scale > 0)
    for i, known in enumerate(facts):
        solver.add(*(_fact(fact, moments[0][i], moments[1][i], scale) for fact in known))
        if "infinite" in known:
            for form, *terms in zip(forms, *operands, strict=True):
                if all(atom != i for atom, _ in form):
                    solver.add(*(atoms[i] > term for atoms, term in zip(moments, terms, strict=True)))
    for i, meaning in enumerate(meanings):
        if meaning is not None:
            inner = [[_term(form, atoms) for form in meaning[1]] for atoms in moments]
            solver.add(*_definition(meaning[0], [atoms[i] for atoms in moments], inner))
    solver.add(*_definition(operation, result, operands))
    solver.add(z3.Not(_claim(claim, result, operands, scale)))
    return bool(solver.check() == z3.unsat)


def _term(form: Form, atoms: list[Any]) -> Any:
    return sum(
        (factor * (atoms[atom] if atom != CONSTANT else z3.RealVal(1)) for atom, factor in _as_z3(form)),
        start=z3.RealVal(0),
    )


def _as_z3(form: Form) -> Iterable[tuple[int, Any]]:
    return ((atom, z3.RealVal(str(factor))) for atom, factor in form)


def _fact(fact: str, before: Any, after: Any, scale: Any) -> Any:
    truths: Mapping[str, Any] = {
        "positive": z3.And(before > 0, after > 0),
        "non_negative": z3.And(before >= 0, after >= 0),
        "grew": after >= before,
        "shrank": after <= before,
        "degree 0": after == before,
        "degree 1": after == scale * before,
        "degree 2": after == scale * scale * before,
        "infinite": z3.BoolVal(True),
    }
    return truths[fact]


def _definition(operation: str, results: list[Any], operands: list[list[Any]]) -> list[Any]:
    """What an operation's results before and after are, as constraints."""
    out = []
    for result, (a, *others) in zip(results, operands, strict=True):
        b = others[0] if others else None
        match operation:
            case "minimum":
                out += [result <= a, result <= b, z3.Or(result == a, result == b)]
            case "maximum":
                out += [result >= a, result >= b, z3.Or(result == a, result == b)]
            case "quotient":
                out += [b != 0, result * b == a]
            case "product":
                out += [result == a * b]
            case "root":
                out += [result >= 0, result * result == a]
            case "select":
                out += [z3.If(a <= b, result == others[1], result == others[2])]
            case "sum":
                out += [result == a]
    if operation == "logarithm":  # all that is said of a logarithm is that it grows with its operand
        (before,), (after,) = operands
        out += [z3.Implies(before <= after, results[0] <= results[1])]
        out += [z3.Implies(before >= after, results[0] >= results[1])]
    return out


def _claim(claim: str, result: list[Any], operands: list[list[Any]], scale: Any) -> Any:
    if operands and len(operands[0]) > 1:
        both = [(one, two) for one, two, *_ in operands]
        match claim:
            case "at_most":
                return z3.And(*(one <= two for one, two in both))
            case "less":
                return z3.And(*(one < two for one, two in both))
            case "not_less":
                return z3.And(*(one >= two for one, two in both))
            case "equal":
                return z3.And(*(one == two for one, two in both))
            case "different":
                return z3.And(*(one != two for one, two in both))
            case "not_alone_lowest":
                return z3.And(*(z3.Or(*(one >= other for other in others)) for one, *others in operands))
            case "not_alone_highest":
                return z3.And(*(z3.Or(*(one <= other for other in others)) for one, *others in operands))
            case "continuous":  # the two values agree where the selection switches
                return z3.And(*(z3.Implies(o[0] == o[1], o[2] == o[3]) for o in operands))
    return _fact(claim, result[0], result[1], scale)
