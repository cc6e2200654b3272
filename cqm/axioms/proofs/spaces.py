"""Arguments about points that are shifted, turned, padded or measured anew, and about distances under one law."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from cqm.axioms.axiom import Axiom
from cqm.axioms.changes import Change, is_consistent_change
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.instances import Instance, Rejected, Trial, squared_distances
from cqm.axioms.movements import expanded, order_kept
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.arguments import not_worse, same
from cqm.axioms.proofs.proof import Argument
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.subjects import Subject

__all__ = ["a_law_is_consistent", "drawn", "in_order", "one_of_the_distances", "points_of", "same_value"]


def points_of(subject: Subject, rng: Random) -> Instance:
    """A clustered set of points, whatever the measure takes."""
    if subject.needs == "points":
        return cases.case(subject, rng)
    n = rng.randint(cases.SMALLEST, cases.LARGEST)
    return Instance("points", cases.points(rng, n, rng.randint(2, 3), 9), cases.clustering(rng, n))


def drawn(change: Change, case: Callable[[], Instance], rng: Random) -> Trial:
    """A case of its making, after the change."""
    while True:
        instance = case()
        domain = EUCLIDEAN if instance.kind == "points" else DISTANCES
        try:
            return change(domain, instance, rng.randint)
        except Rejected:
            continue


def same_value(change: Change) -> Argument:
    """The change leaves the value: of a measure of distances, because it leaves these."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        before, after = drawn(change, lambda: points_of(subject, rng), rng).frames
        if subject.needs == "distances":
            if squared_distances(before.rows) != squared_distances(after.rows):
                raise Broken("distances change")
        else:
            same("the value before and after", subject.exact(before), subject.exact(after))

    return argument


def in_order(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The value is made of comparisons of distances, and these stay."""
    before, after = drawn(order_kept, lambda: cases.case(subject, rng), rng).frames
    same("the value before and after", subject.exact(before), subject.exact(after))


def one_of_the_distances(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The value is the distance of two points, which depend on the order of the distances alone."""
    before, after = drawn(order_kept, lambda: cases.case(subject, rng), rng).frames
    old, new = subject.exact(before), subject.exact(after)
    pairs = [(x, y) for x in range(before.n) for y in range(x) if before.rows[x][y] == old]
    if not any(after.rows[x][y] == new for x, y in pairs):
        raise Broken(f"{old} is no distance, or its pair has not become {new}")


def a_law_is_consistent(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """η(a) ≥ a, so that the change is a consistent one, and the value is not worse."""

    def clustered() -> Instance:
        return cases.case(replace(subject, needs="distances"), rng)

    before, after = drawn(expanded, clustered, rng).frames
    if not is_consistent_change(DISTANCES, before.rows, after.rows, before.labels):
        raise Broken("a law is no consistent change")
    if subject.needs == "distances":
        not_worse(subject, before, after)
