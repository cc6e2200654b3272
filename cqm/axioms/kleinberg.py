"""Kleinberg's axioms for clustering functions, and later ones beside them.

A clustering function f takes the distances of n points and returns a partition. No f is scale invariant, rich and
consistent at once (Kleinberg 2002, Theorem 2.1), so every function that is checked here fails one of the three.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from cqm.axioms.changes import consistent_change
from cqm.axioms.clustering_function import FunctionSubject, Partition, start
from cqm.axioms.domains import LARGEST, Domain, Draw
from cqm.axioms.function_changes import OTHER_CHANGES
from cqm.axioms.instances import Rejected, Trial
from cqm.axioms.statements import Axiom, changed, not_judged
from cqm.axioms.told_functions import TOLD

__all__ = ["FUNCTION_AXIOMS", "FunctionSubject", "Partition"]

_K = "Kleinberg 2002, §2"

# floats are multiplied by them without rounding
POWERS_OF_TWO = (2, Fraction(1, 2), 8, Fraction(1, 8), 1024, Fraction(1, 1024))


def _scaled(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
    before = start(subject, domain, n, draw)
    factor = POWERS_OF_TWO[draw(0, len(POWERS_OF_TWO) - 1)]
    after = replace(before, rows=domain.scaled(before.rows, factor))
    return Trial((before, after), f"every distance is multiplied by {factor}")


def _tightened(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
    """Distances inside the function's own clusters shrink, those between them grow."""
    before = start(subject, domain, n, draw)
    rows, after = consistent_change(domain, before.rows, before.labels, draw)
    change = "distances inside the clusters that it returned shrink or stay, those between them grow or stay"
    return Trial((replace(before, rows=rows), replace(before, rows=after)), change)


def _same_order(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
    """Other distances in the same order."""
    if domain.kind == "points":
        raise Rejected
    before = start(subject, domain, n, draw)
    ascending = sorted({value for row in before.rows for value in row} - {0})
    new, reached = {0: 0}, 0
    for value in ascending:
        reached += draw(1, LARGEST)
        new[value] = reached  # type: ignore[index]
    rows = domain.checked([[new[value] for value in row] for row in before.rows])  # type: ignore[index]
    return Trial((before, replace(before, rows=rows)), "distances change, but the order of the distances stays")


def no_refinement(values: Sequence[Partition], better: str) -> float:
    """Positive when the second partition joins points that the first keeps apart."""
    before, after = values
    joined = any(after[x] == after[y] and before[x] != before[y] for x in range(len(before)) for y in range(x))
    return 1.0 if joined else -1.0


def different_with_as_many(values: Sequence[Partition], better: str) -> float:
    """Positive when the partitions differ but have the same number of clusters."""
    before, after = values
    return 1.0 if before != after and max(before) == max(after) else -1.0


_ALL = (
    Axiom(
        "function_scale_invariance",
        "measuring distances in another unit gives the same partition",
        "f(λd) = f(d) for λ > 0",
        _K,
        "the clusters change when the same data are given in another unit",
        _scaled,
        changed,
        of="functions",
    ),
    Axiom(
        "function_richness",
        "every partition is the answer for some distances",
        "for every partition C of X there is a d with f(d) = C",
        _K,
        "some partitions are never returned, however the data look",
        None,
        not_judged,
        of="functions",
        unique=False,
    ),
    Axiom(
        "function_consistency",
        "making the returned clusters tighter and further apart gives the same partition",
        "f(d') = f(d) whenever d' ≤ d inside the clusters of f(d) and d' ≥ d between them",
        _K,
        "the data were changed so that the clusters it returned are clearer, and now it returns others",
        _tightened,
        changed,
        of="functions",
        inner=True,
        outer=True,
    ),
    Axiom(
        "function_refinement_consistency",
        "making the returned clusters tighter and further apart can only split them",
        "f(d') refines f(d) whenever d' ≤ d inside the clusters of f(d) and d' ≥ d between them",
        "Kleinberg 2002, §5",
        "clusters that it kept apart moved further apart, and now it joins points of different ones",
        _tightened,
        no_refinement,
        of="functions",
        inner=True,
        outer=True,
    ),
    Axiom(
        "function_relaxed_consistency",
        "making the returned clusters tighter and further apart gives the same partition, or another number of them",
        "f(d') = f(d) or |f(d')| ≠ |f(d)| whenever d' ≤ d inside the clusters of f(d) and d' ≥ d between them",
        "Cohen-Addad, Kanade & Mallmann-Trenn 2018, §3 (refined consistency), with |f(d)| for the optimal number of "
        "clusters",
        "the clusters it returned became clearer, and now it returns as many, but others",
        _tightened,
        different_with_as_many,
        of="functions",
        inner=True,
        outer=True,
    ),
    Axiom(
        "function_order_invariance",
        "only the order of the distances matters",
        "f(d') = f(d) whenever d'(x, y) < d'(u, v) exactly where d(x, y) < d(u, v)",
        "Zadeh & Ben-David 2009, §2",
        "distances changed without any of them overtaking another, and the clusters changed",
        _same_order,
        changed,
        of="functions",
        kinds=("distances",),
    ),
)

FUNCTION_AXIOMS = {axiom.name: axiom for axiom in (*_ALL, *OTHER_CHANGES, *TOLD)}
