"""A statement about five points that two SMT solvers, z3 and cvc5, agree on."""

from functools import cache
from random import Random

from cqm.axioms.proofs.traced import Broken
from cqm.axioms.solvers import agreed_unsatisfiable
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject

__all__ = ["some_part_of_two_clusters_is_better"]

ONE, OTHER = (0, 1, 2), (3, 4)
INSIDE = ((0, 1), (0, 2), (1, 2), (3, 4))


@cache
def negation() -> str:
    """That no three points {a, b}, {c} of {0, 1, 2}, {3, 4} have a larger additive margin, in linear arithmetic.

    With V > 0 the margin of the whole and w the distances inside, write q for V·w. Then 5 Σ q = 4 V Σ w is at most four
    times the sum of the gaps, for any two centres; and of each pair one point x, with y the other, has
    2 d(x, c) + max(0, d(y, c) − w) ≤ 3 q. Of q and w no more is used than that they are in the same order; and the
    points 0, 1, 2 are named such that the distances inside ascend.
    """

    def name(kind: str, x: int, y: int) -> str:
        return f"{kind}{min(x, y)}{max(x, y)}"

    def positive(minuend: str, subtrahend: str) -> str:
        return f"(ite (<= {subtrahend} {minuend}) (- {minuend} {subtrahend}) 0)"

    across = [(x, y) for x in ONE for y in OTHER]
    names = [name("d", *pair) for pair in across] + [name(kind, *pair) for kind in "qw" for pair in INSIDE]
    lines = ["(set-logic QF_LRA)", *(f"(declare-const {one} Real) (assert (< 0 {one}))" for one in names)]
    total = " ".join(name("q", *pair) for pair in INSIDE)
    for i, j in across:
        gaps = [f"(* 2 {name('d', i, j)})"]
        gaps += [positive(name("d", x, j), name("w", x, i)) for x in ONE if x != i]
        gaps += [positive(name("d", y, i), name("w", y, j)) for y in OTHER if y != j]
        lines.append(f"(assert (<= (* 5 (+ {total})) (* 4 (+ {' '.join(gaps)}))))")
    for a, b in INSIDE:
        for c in OTHER if a in ONE else ONE:
            ways = [
                f"(<= (+ (* 2 {name('d', x, c)}) {positive(name('d', y, c), name('w', a, b))}) (* 3 {name('q', a, b)}))"
                for x, y in ((a, b), (b, a))
            ]
            lines.append(f"(assert (or {' '.join(ways)}))")
    lines += [f"(assert (<= {k}01 {k}02 {k}12))" for k in "qw"]
    for pair in INSIDE[:3]:
        lines += [
            f"(assert (=> ({sign} {name('q', *pair)} q34) ({sign} {name('w', *pair)} w34)))" for sign in ("<=", ">=")
        ]
    return "\n".join(lines)


@cache
def proved() -> bool:
    """Whether both solvers agree; they take a few seconds."""
    return agreed_unsatisfiable(negation())


def some_part_of_two_clusters_is_better(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Additive margin, largest over pairs: for n = 5, {0,1,2}, {3,4} is never a best one."""
    if not proved():
        raise Broken("the two solvers do not agree that {0,1,2} {3,4} is never a best clustering")
