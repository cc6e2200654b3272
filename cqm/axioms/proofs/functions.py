"""Proofs about the clustering functions of docs/axioms.md, for any number of points."""

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

from cqm.axioms.instances import Instance, partitions
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.proof import Proof
from cqm.axioms.proofs.told_functions import TOLD_PROOFS, stays
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom

__all__ = ["FUNCTION_PROOFS", "function_proof"]

HEADING = "Clustering functions"
KRUSKAL, SHARE, LIMIT, DENSITY = (
    "single linkage, k = 2",
    "single linkage, edges ≤ max/2",
    "single linkage, edges ≤ 4",
    "DBSCAN, eps = 4",
)
OF_DISTANCES = ("complete linkage, k = 2", "average linkage, k = 2", "k-medoids, k = 2", "spectral, k = 2")
OF_POINTS = ("k-means, k = 2", "Ward, k = 2")
HDBSCAN = "HDBSCAN, size ≥ 2"
PARTS = ("function_inner_consistency", "function_outer_consistency", "function_monotonic_consistency")
CONSISTENCIES = ("function_consistency", "function_refinement_consistency", "function_relaxed_consistency")


def case(subject: Any, rng: Random) -> Instance:
    """Distances or points with the partition that the function makes of them."""
    instance = cases.case(subject, rng)
    return replace(instance, labels=subject.screen(instance))


def scaled(subject: Any, axiom: Axiom, rng: Random) -> None:
    """Quotients and comparisons of lengths decide; a power of two multiplies floats without rounding."""
    before = case(subject, rng)
    factor = rng.choice((Fraction(1, 8), 2, 1024))
    after = replace(before, rows=tuple(tuple(value * factor for value in row) for row in before.rows))
    unchanged(subject, before, after)


def unchanged(subject: Any, before: Instance, after: Instance) -> None:
    """The same partition."""
    if (found := subject.screen(after)) != before.labels:
        raise Broken(f"{before.clusters()} becomes {replace(after, labels=found).clusters()}")


def tightened(subject: Any, axiom: Axiom, rng: Random) -> None:
    """The links inside the returned clusters stay below all links between them, in Kruskal's order."""
    before = case(subject, rng)
    rows = [list(map(Fraction, row)) for row in before.rows]
    for x in range(before.n):
        for y in range(x):
            inside = before.labels[x] == before.labels[y]
            change = Fraction(rng.choice((1, 2, 4)), 4) if inside else rng.choice((1, 1, 2, 9))
            rows[x][y] = rows[y][x] = rows[x][y] * change
    after = replace(before, rows=tuple(map(tuple, rows)))
    if axiom.name == "function_relaxed_consistency":
        found = subject.screen(after)
        if found != before.labels and max(found) == max(before.labels):
            raise Broken(f"{before.clusters()} becomes {replace(after, labels=found).clusters()}")
        return
    for frame in (before, after):
        across = [
            (frame.rows[x][y], y, x) for x in range(frame.n) for y in range(x) if frame.labels[x] != frame.labels[y]
        ]
        if across and bottleneck(frame) > min(across):
            raise Broken(f"a link inside {frame.clusters()} comes after one between them")
    unchanged(subject, before, after)


def bottleneck(instance: Instance) -> tuple[Any, int, int]:
    """The last link, by length and names, that the clusters need to hang together."""
    groups, last = list(range(instance.n)), (Fraction(0), -1, -1)
    links = sorted((instance.rows[x][y], y, x) for x in range(instance.n) for y in range(x))
    for length, y, x in links:
        if instance.labels[x] == instance.labels[y] and groups[x] != groups[y]:
            groups = [groups[y] if group == groups[x] else group for group in groups]
            last = max(last, (Fraction(length), y, x))
    return last


def in_order(subject: Any, axiom: Axiom, rng: Random) -> None:
    """Other distances in the same order give the same partition."""
    before = case(subject, rng)
    ascending = sorted({value for row in before.rows for value in row} - {0})
    new, reached = {0: 0}, 0
    for value in ascending:
        reached += rng.randint(1, 12)
        new[int(value)] = reached
    unchanged(subject, before, replace(before, rows=tuple(tuple(new[int(v)] for v in row) for row in before.rows)))


def every_partition(subject: Any, axiom: Axiom, rng: Random) -> None:
    """1 inside clusters and far between them; one cluster of all is a chain, where a share of the longest counts."""
    n = rng.randint(3, 6)
    for labels in partitions(n):
        if max(labels) == 0:
            rows = [[0 if x == y else 1 if abs(x - y) == 1 else 2 for y in range(n)] for x in range(n)]
        elif max(labels) == n - 1:
            rows = [[0 if x == y else 8 for y in range(n)] for x in range(n)]
        else:
            rows = [[0 if x == y else 1 if labels[x] == labels[y] else 8 for y in range(n)] for x in range(n)]
        instance = Instance("distances", tuple(map(tuple, rows)), labels)
        unchanged(subject, instance, instance)


def two_at_most(subject: Any, axiom: Axiom, rng: Random) -> None:
    """It never makes more than two clusters."""
    instance = case(subject, rng)
    if max(instance.labels) > 1:
        raise Broken(f"it returns {instance.clusters()}")


def some_pair(subject: Any, axiom: Axiom, rng: Random) -> None:
    """Some two points are in one cluster, so that it never sets all points apart."""
    instance = case(subject, rng)
    if max(instance.labels) == instance.n - 1:
        raise Broken("it sets all points apart")


FUNCTION_PROOFS = (
    Proof(HEADING, ("function_scale_invariance",), (KRUSKAL, SHARE, *OF_DISTANCES, *OF_POINTS, HDBSCAN), scaled),
    Proof(HEADING, (*CONSISTENCIES, *PARTS), (KRUSKAL, LIMIT, DENSITY), tightened),
    Proof(HEADING, ("function_outer_consistency",), ("k-medoids, k = 2", "Ward, k = 2"), stays),
    Proof(HEADING, ("function_relaxed_consistency",), (SHARE,), tightened),
    Proof(HEADING, ("function_order_invariance",), (KRUSKAL, "complete linkage, k = 2"), in_order),
    Proof(HEADING, ("function_translation_invariance", "function_rotation_invariance"), OF_POINTS, stays),
    Proof(HEADING, ("function_padding_invariance",), ("Ward, k = 2",), stays),
    Proof(HEADING, ("function_richness",), (SHARE, LIMIT, DENSITY), every_partition, assumes="from 3 points on"),
    Proof(HEADING, ("function_richness",), (KRUSKAL, *OF_DISTANCES, *OF_POINTS), two_at_most, holds=False),
    Proof(HEADING, ("function_richness",), (HDBSCAN,), some_pair, holds=False),
)


def function_proof(name: str, axiom: Axiom) -> Proof | None:
    """The proof of a function's property, if there is one."""
    for proof in (*FUNCTION_PROOFS, *TOLD_PROOFS):
        if axiom.name in proof.axioms and not callable(proof.measures) and name in proof.measures:
            return proof
    return None
