"""Proofs for all real distances on n points, by running a measure's definition on symbolic numbers.

What comes out holds for every distance function (for measures of points: every point set in the plane) on n points,
wherever the measure has a value. Proofs that work for all n are in docs/proofs.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from cqm.axioms.axiom import Axiom, Goal
from cqm.axioms.construction import cluster_types, labels_of
from cqm.axioms.entailment import DEEP_EFFORT, EFFORT, LEVELS
from cqm.axioms.instances import non_trivial_partitions
from cqm.axioms.limits import OutOfTime
from cqm.axioms.subjects import Subject
from cqm.axioms.symbolic import Ledger, Symbolic, Undecided

__all__ = ["Attempt", "never_alone_best", "provable", "prove"]

NOT_FOUND = "the solvers found no proof within their effort"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Outcome of a proof attempt for one number of points.

    Attributes
    ----------
    holds : whether the axiom is proved.
    steps : operations whose facts were proved one by one.
    divisors : whether the proof leaves out distances for which a divisor may vanish.
    reason : why there is no proof.
    """

    holds: bool
    steps: int = 0
    divisors: bool = False
    reason: str = ""


def provable(subject: Subject, axiom: Axiom) -> bool:
    """Whether there is a way to prove the axiom for such a measure."""
    if not subject.generic or axiom.goal is None:
        return False
    return subject.needs == "distances" or not axiom.consistent


def prove(subject: Subject, axiom: Axiom, n: int, *, thorough: bool = True) -> Attempt:
    """Prove an axiom for all distances on n points, for one clustering of each type.

    Where the facts of operands do not suffice, `thorough` looks deeper on more than 3 points, too; that takes minutes.
    """
    steps, divisors = 0, False
    for sizes in cluster_types(n):
        labels = labels_of(sizes)
        outcome = _run(subject, axiom, labels)
        if not outcome.holds and axiom.consistent and (thorough or n == 3):
            outcome = _pair_by_pair(subject, axiom, labels)
        if not outcome.holds:
            return outcome
        steps, divisors = steps + outcome.steps, divisors or outcome.divisors
    return Attempt(True, steps, divisors)


def _pair_by_pair(subject: Subject, axiom: Axiom, labels: tuple[int, ...]) -> Attempt:
    """A consistent change is a chain of changes of one distance, so one lemma for each pair is enough."""
    steps, divisors = 0, False
    kinds: dict[object, tuple[int, int]] = {}  # pairs of one kind differ by the names of points and clusters alone
    for x in range(len(labels)):
        for y in range(x):
            sizes = sorted(labels.count(labels[point]) for point in (x, y))
            kinds.setdefault((labels[x] == labels[y], *sizes), (x, y))
    for pair in kinds.values():
        outcome = _run(subject, axiom, labels, changed=pair)
        if not outcome.holds:
            return outcome
        steps, divisors = steps + outcome.steps, divisors or outcome.divisors
    return Attempt(True, steps, divisors)


def _run(subject: Subject, axiom: Axiom, labels: tuple[int, ...], changed: tuple[int, int] | None = None) -> Attempt:
    """Run the definition on symbolic numbers; only the distance of the pair `changed` changes, if one is given."""
    assert axiom.goal is not None
    aim, reached = AIMS[axiom.goal]
    for degree in (0, 1) if aim == "scale" else (0,):
        ledger = Ledger(aim, infinite_degree=degree, deep=changed is not None)
        if subject.needs == "points":
            rows: list[list[Any]] = _points(ledger, len(labels))
        else:
            rows = _distances(ledger, labels, axiom, changed)
        try:
            value = ledger.number(subject.value(rows, labels))
        except (Undecided, ValueError, TypeError, AttributeError) as error:
            return Attempt(False, reason=f"{type(error).__name__}: {error}")
        if reached(value, ledger, subject.better):
            return Attempt(True, len(ledger.atoms), ledger.divisors)
    return Attempt(False, reason="what is known of the operands of some step does not determine its outcome")


def never_alone_best(subject: Subject, sizes: tuple[int, ...], *, thorough: bool = True) -> Attempt:
    """Prove that under all distances some other non-trivial clustering is at least as good as one with these sizes.

    Where one query does not decide it, `thorough` makes one for each order of the distances.
    """
    labels = labels_of(sizes)
    n = len(labels)
    ledger = Ledger("continuity")
    rows = _points(ledger, n) if subject.needs == "points" else _distances(ledger, labels, None, None)
    rivals = [other for other in non_trivial_partitions(n) if other != labels]
    try:
        values = [ledger.number(subject.value(rows, clustering)) for clustering in (labels, *rivals)]
        effort = DEEP_EFFORT if n == 3 else EFFORT
        if ledger.entails(_beaten(subject), *values, depth=LEVELS[-1], effort=effort):
            return Attempt(True, len(ledger.atoms), ledger.divisors)
        if thorough and subject.needs == "distances":
            return _order_by_order(subject, labels, rivals)
        return Attempt(False, reason=NOT_FOUND)
    except OutOfTime:
        return Attempt(False, reason="the time was up")
    except (Undecided, ValueError, TypeError, AttributeError) as error:
        return Attempt(False, reason=f"{type(error).__name__}: {error}")


def _order_by_order(subject: Subject, labels: tuple[int, ...], rivals: list[tuple[int, ...]]) -> Attempt:
    """One lemma for each order of the distances, in which the extremes of distances are known."""
    n, steps, divisors = len(labels), 0, False
    for order in _orders_of_pairs(labels):
        ledger = Ledger("continuity")
        reached, ranked = ledger.number(0), {}
        for i, pair in enumerate(order):  # each distance is the one before it plus something that is not negative
            reached = reached + ledger.given("non_negative", *(["positive"] if i == 0 else []))
            ranked[pair] = reached
        rows = [[ranked[max(x, y), min(x, y)] if x != y else 0 for y in range(n)] for x in range(n)]
        own = ledger.number(subject.value(rows, labels))
        for i, rival in enumerate(rivals):
            if ledger.entails(_beaten(subject), own, subject.value(rows, rival), depth=1):
                rivals.insert(0, rivals.pop(i))  # what beats it in one order often beats it in the next
                break
        else:
            return Attempt(False, reason=NOT_FOUND)
        steps, divisors = steps + len(ledger.atoms), divisors or ledger.divisors
    return Attempt(True, steps, divisors)


def _beaten(subject: Subject) -> str:
    return "not_alone_highest" if subject.better == "higher" else "not_alone_lowest"


def _orders_of_pairs(labels: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Orders of all pairs of points, one of those that differ by the names of points and clusters alone."""
    n = len(labels)
    symmetries = [p for p in permutations(range(n)) if _same_partition(labels, tuple(labels[x] for x in p))]
    for order in permutations([(x, y) for x in range(n) for y in range(x)]):
        if all(order <= tuple((max(p[x], p[y]), min(p[x], p[y])) for x, y in order) for p in symmetries):
            yield order


def _same_partition(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    return len(set(zip(one, two, strict=True))) == len(set(one)) == len(set(two))


def _distances(
    ledger: Ledger, labels: tuple[int, ...], axiom: Axiom | None, changed: tuple[int, int] | None
) -> list[list[Symbolic | int]]:
    """Symbolic distances that change as the axiom lets them."""
    n = len(labels)
    rows: list[list[Symbolic | int]] = [[0] * n for _ in range(n)]
    for x in range(n):
        for y in range(x):
            within = labels[x] == labels[y]
            if axiom is not None and axiom.goal == "unchanged":
                change = ["degree 1"]
            elif axiom is None or not axiom.consistent:
                change = []
            else:
                fixed = not (axiom.inner if within else axiom.outer)
                fixed |= changed is not None and (x, y) != changed
                change = ["shrank", "grew"] if fixed else ["shrank" if within else "grew"]
            rows[x][y] = rows[y][x] = ledger.given("positive", "non_negative", *change)
    return rows


def _points(ledger: Ledger, n: int) -> list[list[Symbolic]]:
    """Symbolic points of the plane, of any sign, multiplied by λ."""
    return [[ledger.given("degree 1") for _ in range(2)] for _ in range(n)]


def _not_worse(value: Symbolic, ledger: Ledger, better: str) -> bool:
    return ("grew" if better == "higher" else "shrank") in value.facts


AIMS: dict[Goal, tuple[str, Callable[[Symbolic, Ledger, str], bool]]] = {
    "unchanged": ("scale", lambda value, ledger, better: "degree 0" in value.facts),
    "not worse": ("consistency", _not_worse),
    "not negative": ("scale", lambda value, ledger, better: "non_negative" in value.facts),
    "continuous": ("continuity", lambda value, ledger, better: not ledger.discontinuous),
}
