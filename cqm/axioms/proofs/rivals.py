"""Richness: a construction against all its rivals, and a clustering that always has one ahead of it.

Points that can be exchanged without changing the set are *twins*: clusterings that differ by an exchange of twins have
the same value, so that one of them stands for all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from cqm.axioms.construction import cluster_types, labels_of, others
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.exact import is_undefined
from cqm.axioms.instances import Instance, Rejected
from cqm.axioms.proofs.constructions import Construct
from cqm.axioms.proofs.proof import Argument
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom, improvement
from cqm.axioms.subjects import Subject

__all__ = ["constructed", "outdone", "rivals", "tied", "twins", "verify_best"]

SOME, MOST = 5, 7
"""Points up to which all types, and some types, of clusterings are compared with all their rivals."""


def twins(instance: Instance) -> list[int]:
    """For each point the first point that it can be exchanged with.

    Distances must not change; coordinates may be permuted, which no measure sees.
    """
    first = list(range(instance.n))
    for x in range(instance.n):
        for y in range(x):
            if first[y] == y and _exchangeable(instance, x, y):
                first[x] = y
                break
    return first


def _exchangeable(instance: Instance, x: int, y: int) -> bool:
    rows = instance.rows
    if instance.kind == "distances":
        return all(rows[x][z] == rows[y][z] for z in range(instance.n) if z not in (x, y))
    order = list(range(instance.n))
    order[x], order[y] = y, x
    return sorted(zip(*rows, strict=True)) == sorted(zip(*(rows[z] for z in order), strict=True))


def rivals(instance: Instance, *, as_many: bool = False) -> Iterator[tuple[int, ...]]:
    """Every other non-trivial clustering, or all of as many clusters; one of those that differ by exchanged twins."""
    kinds, seen = twins(instance), set()
    for labels in others(instance.labels, as_many=as_many):
        clusters = (tuple(sorted(k for k, own in zip(kinds, labels, strict=True) if own == c)) for c in set(labels))
        key = tuple(sorted(clusters))
        if key not in seen:
            seen.add(key)
            yield labels


def verify_best(subject: Subject, instance: Instance, *, unique: bool, as_many: bool = False) -> None:
    """The instance's clustering is a best one, or the only one; every rival has a value where it has to be the only."""
    own = subject.exact(instance)
    if is_undefined(own):
        raise Broken(f"no value on {instance.clusters()}")
    for labels in rivals(instance, as_many=as_many):
        rival = Instance(instance.kind, instance.rows, labels)
        value = subject.exact(rival)
        if is_undefined(value):
            raise Broken(f"no value on {rival.clusters()}")
        ahead = improvement(own, value, subject.better)
        if ahead > 0 or (unique and ahead == 0):
            raise Broken(f"{rival.clusters()} scores {value}, {instance.clusters()} {own}")


def constructed(construct: Construct, *, all_of: int = SOME, some_of: int = MOST) -> Argument:
    """The construction beats its rivals, or none is ahead of it: all types of up to 5 points, some of 6 and 7.

    Other numbers of points are for measures that take long.
    """

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        some = [rng.choice(cluster_types(n)) for n in range(all_of + 1, some_of + 1)]
        for sizes in [*(sizes for n in range(3, all_of + 1) for sizes in cluster_types(n)), *some]:
            verify_best(subject, construct(sizes), unique=bool(axiom.unique), as_many=axiom.as_many)

    return argument


def tied(points: Construct) -> Argument:
    """All clusterings tie on these points."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        sizes = rng.choice(cluster_types(rng.randint(3, SOME)))
        instance = points(sizes)
        values = [subject.exact(Instance("points", instance.rows, labels)) for labels in rivals(instance)]
        if any(value != subject.exact(instance) for value in values):
            raise Broken(f"{instance.clusters()} and another clustering have different values")

    return argument


Sizes = Callable[[Random], tuple[int, ...]]
Proposals = Callable[[Instance], Iterator[tuple[int, ...]]]


def outdone(sizes: Sizes, proposals: Proposals) -> Argument:
    """Whatever the distances, a clustering with these sizes is outdone by a rival that the proof names.

    Where the argument is about being the *only* best one, a rival that is as good, or has no value, is enough.
    """

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        instance = drawn(subject, sizes(rng), rng)
        own = subject.exact(instance)
        if is_undefined(own):
            return
        for labels in proposals(instance):
            if axiom.as_many and max(labels) != max(instance.labels):
                continue
            value = subject.exact(replace(instance, labels=labels))
            ahead = 0.0 if is_undefined(value) else improvement(own, value, subject.better)
            if ahead > 0 or (axiom.unique and ahead == 0):
                return
        raise Broken(f"no rival of {instance.clusters()} is ahead of it on {instance.rows}")

    return argument


def drawn(subject: Subject, sizes: tuple[int, ...], rng: Random) -> Instance:
    """Random distances or points with this clustering."""
    domain = EUCLIDEAN if subject.needs == "points" else DISTANCES
    while True:
        try:
            return Instance(domain.kind, domain.draw(sum(sizes), rng.randint), labels_of(sizes))
        except Rejected:
            continue


def all_but_one(rng: Random) -> tuple[int, ...]:
    """All points but one, and that one, for n from 7 to 12."""
    return (rng.randint(6, 11), 1)


def pair_and_singletons(rng: Random) -> tuple[int, ...]:
    """A pair and single points."""
    return (2,) + (1,) * rng.randint(5, 10)


def no_singletons(rng: Random) -> tuple[int, ...]:
    """Two or three clusters, none of them a single point."""
    return tuple(sorted((rng.randint(2, 4) for _ in range(rng.randint(2, 3))), reverse=True))


def exactly(*sizes: int) -> Sizes:
    """Always these."""
    return lambda rng: sizes


def named(labels: Sequence[object]) -> tuple[int, ...]:
    """Labels in order of first appearance."""
    names = list(dict.fromkeys(labels))
    return tuple(names.index(label) for label in labels)


def splits(instance: Instance) -> Iterator[tuple[int, ...]]:
    """One point of a larger cluster set apart."""
    labels = instance.labels
    for x, own in enumerate(labels):
        if labels.count(own) > 1 and max(labels) + 2 < instance.n:
            yield named([-1 if y == x else label for y, label in enumerate(labels)])


def one_broken_up(instance: Instance) -> Iterator[tuple[int, ...]]:
    """One cluster broken up into single points."""
    for own in range(max(instance.labels) + 1):
        labels = [(label, x if label == own else -1) for x, label in enumerate(instance.labels)]
        if len(set(labels)) < instance.n:
            yield named(labels)


def closest_pairs(instance: Instance, *, inside: bool = False) -> Iterator[tuple[int, ...]]:
    """A pair and single points, the closest pair first; only pairs of one cluster if `inside`."""
    domain = EUCLIDEAN if instance.kind == "points" else DISTANCES
    pairs = [(x, y) for x in range(instance.n) for y in range(x)]
    for x, y in sorted(pairs, key=lambda pair: domain.apart(instance.rows, *pair)):
        if not inside or instance.labels[x] == instance.labels[y]:
            yield named([y if z == x else z for z in range(instance.n)])


closest_pairs_inside = partial(closest_pairs, inside=True)


def moves(instance: Instance) -> Iterator[tuple[int, ...]]:
    """One point moved to another cluster, whose own cluster keeps a point."""
    labels = instance.labels
    for x, own in enumerate(labels):
        for other in set(labels) - {own}:
            if labels.count(own) > 1:
                yield named([other if y == x else label for y, label in enumerate(labels)])


def exchanges(instance: Instance) -> Iterator[tuple[int, ...]]:
    """Two points of different clusters exchanged."""
    labels = instance.labels
    for x in range(instance.n):
        for y in range(x):
            if labels[x] != labels[y]:
                yield named([labels[y] if z == x else labels[x] if z == y else label for z, label in enumerate(labels)])


def merges(instance: Instance) -> Iterator[tuple[int, ...]]:
    """Two clusters merged."""
    k = max(instance.labels) + 1
    if k > 2:
        for a in range(k):
            for b in range(a):
                yield named([b if label == a else label for label in instance.labels])


def pair_and_rest(instance: Instance) -> Iterator[tuple[int, ...]]:
    """Two points and the rest."""
    for x in range(instance.n):
        for y in range(x):
            yield named([z in (x, y) for z in range(instance.n)])


def single_and_rest(instance: Instance) -> Iterator[tuple[int, ...]]:
    """One point and the rest."""
    for x in range(instance.n):
        yield named([y == x for y in range(instance.n)])


def into_as_many(instance: Instance) -> Iterator[tuple[int, ...]]:
    """Every other clustering with as many clusters."""
    yield from others(instance.labels, as_many=True)
