"""What SMT solvers can tell of the result of one operation, from what is known of its operands.

An operation takes linear forms over atoms, and what is known of an atom are facts before and after a change: "did not
grow", "is positive", "was multiplied by λ". A claim about the result follows if its negation has no solution in the
reals: z3 has to find that, and cvc5 after it.
"""

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import z3

from cqm.axioms.limits import check_time, time_left
from cqm.axioms.solvers import unsatisfiable_by_cvc5

__all__ = ["CONSTANT", "DEEP_EFFORT", "EFFORT", "LEVELS", "Form", "Local", "entailed", "proved"]

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
DEEP_EFFORT = 4_000_000
LEVELS = (2, 5, 100)


@lru_cache(maxsize=100_000)
def proved(
    aim: str, operation: str, forms: tuple[Form, ...], facts: tuple[frozenset[str], ...], meanings: tuple[Meaning, ...]
) -> frozenset[str]:
    """Facts of an operation's result that follow from what is known of the atoms in its operands."""
    return frozenset(fact for fact in FACTS[aim] if entailed(fact, operation, forms, facts, meanings))


@lru_cache(maxsize=100_000)
def entailed(
    claim: str,
    operation: str,
    forms: tuple[Form, ...],
    facts: tuple[frozenset[str], ...],
    meanings: tuple[Meaning, ...],
    effort: int = EFFORT,
) -> bool:
    """Whether the claim about the operation's result follows: its negation has no solution in the reals."""
    check_time()
    scale = z3.Real("lambda")
    moments = [[z3.Real(f"{moment}{i}") for i in range(len(facts))] for moment in ("before", "after")]
    operands = [[_term(form, atoms) for form in forms] for atoms in moments]
    result = [z3.Real("result_before"), z3.Real("result_after")]
    solver = z3.Solver()
    solver.set("rlimit", effort)
    if math.isfinite(time_left()):
        solver.set("timeout", 1 + int(1000 * time_left()))
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
    outcome = solver.check()
    check_time()  # what the clock ended is no answer to keep
    if outcome != z3.unsat:
        return False
    text = solver.to_smt2().replace("(set-info :status unknown)", "(set-logic QF_NRA)").replace("(check-sat)", "")
    return unsatisfiable_by_cvc5(text, effort=effort)


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
