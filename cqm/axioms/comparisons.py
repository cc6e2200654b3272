"""How whole lattices break axioms: comparisons of arrays of ranks, and all variants of one instance.

Consistency is compared along the edges of the lattice of matrices: a consistent change of integers is a chain of
changes of one distance by one step.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from cqm.axioms.changes import coarsenings, refinements
from cqm.axioms.domains import DISTANCES
from cqm.axioms.instances import Instance, Trial, non_trivial_partitions, partitions
from cqm.axioms.lattice import UNDEFINED, Lattice, canonical

__all__ = [
    "Comparison",
    "Found",
    "Variants",
    "as_it_is",
    "consistent_steps",
    "copies",
    "locality",
    "names",
    "orders",
    "preference",
    "scalings",
]

Found = Iterator[tuple[Trial | None, int, int, int]]
"""A violation if there is one, the sum of its distances, the comparisons made, and those in which the value moved."""

Comparison = Callable[[Lattice, int], Found]
Variants = Callable[[Instance], Iterator[Trial]]


def consistent_steps(inner: bool, outer: bool) -> Comparison:
    """Each distance by one step, inside clusters (where `inner`) or between them (where `outer`)."""

    def compare_all(grid: Lattice, sign: int) -> Found:
        seen = set()
        for i, labels in enumerate(non_trivial_partitions(grid.n)):
            sizes = tuple(sorted(labels.count(label) for label in set(labels)))
            if sizes in seen:
                continue
            seen.add(sizes)
            for axis, (x, y) in enumerate(grid.pairs):
                within = labels[x] == labels[y]
                if not (inner if within else outer):
                    continue
                ranks = np.moveaxis(grid.ranks[i], axis, 0)
                before, after = (ranks[1:], ranks[:-1]) if within else (ranks[:-1], ranks[1:])
                defined = (before != UNDEFINED) & (after != UNDEFINED)
                worse = defined & (sign * after < sign * before)
                trial, size = None, 0
                if worse.any():
                    place = _simplest(worse)
                    low = _at(place, 0, axis)
                    high = _at(place, 1, axis)
                    start, end = (high, low) if within else (low, high)
                    frames = tuple(Instance("distances", grid.rows(at), labels) for at in (start, end))
                    change = f"the distance of points {y} and {x} "
                    change += "inside a cluster shrinks" if within else "of different clusters grows"
                    trial, size = Trial(frames, change), sum(low)
                yield trial, size, int(defined.sum()), int((defined & (before != after)).sum())

    return compare_all


def _simplest(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    places = np.argwhere(mask)
    return tuple(int(i) for i in places[np.argmin(places.sum(axis=1), keepdims=False)])


def _at(place: tuple[int, ...], step: int, axis: int) -> tuple[int, ...]:
    rest = list(place[1:])
    rest.insert(axis, place[0] + step)
    return tuple(rest)


def preference(finer: bool) -> Comparison:
    """Each clustering with all that are finer, or with all that are coarser."""

    def compare_all(grid: Lattice, sign: int) -> Found:
        clusterings = non_trivial_partitions(grid.n)
        for i, labels in enumerate(clusterings):
            rivals = refinements(labels) if finer else coarsenings(labels)
            if not rivals:
                continue
            others = grid.ranks[[clusterings.index(rival) for rival in rivals]]
            defined = (grid.ranks[i] != UNDEFINED) & (others != UNDEFINED).all(axis=0)
            unbeaten = defined & (sign * others <= sign * grid.ranks[i]).all(axis=0)
            trial, size = None, 0
            if unbeaten.any():
                place = _simplest(unbeaten)
                frames = tuple(Instance("distances", grid.rows(place), one) for one in (labels, *rivals))
                what = "each that splits its clusters further" if finer else "each that merges some of its clusters"
                trial, size = Trial(frames, f"the clustering, then {what}"), sum(place)
            moved = defined & (others != grid.ranks[i]).any(axis=0)
            yield trial, size, int(defined.sum()), int(moved.sum())

    return compare_all


def locality(grid: Lattice, sign: int) -> Found:
    """For each subset and two clusterings of it, one preference under all arrangements and clusterings of the rest."""
    n, clusterings = grid.n, non_trivial_partitions(grid.n)
    where = {labels: i for i, labels in enumerate(clusterings)}
    for inside in range(2, n - 1):
        free = tuple(
            axis for axis, (_, y) in enumerate(grid.pairs) if y >= inside
        )  # pairs that do not touch the subset
        rests = partitions(n - inside)
        for a in partitions(inside):
            for b in partitions(inside):
                signs = []
                for rest in rests:
                    wholes = [canonical((*part, *(inside + label for label in rest))) for part in (a, b)]
                    if a == b or any(whole not in where for whole in wholes):
                        continue
                    first, second = (grid.ranks[where[whole]] for whole in wholes)
                    defined = (first != UNDEFINED) & (second != UNDEFINED)
                    signs.append((wholes, np.where(defined, np.sign(sign * (first - second)), 2)))
                if not signs:
                    continue
                stacked = np.stack([value for _, value in signs])  # (rests, values, …)
                over = (0, *(axis + 1 for axis in free))
                weakly = ((stacked == 0) | (stacked == 1)).any(axis=over, keepdims=True)
                against = stacked == -1
                broken = against & weakly
                trial, size = None, 0
                if broken.any():
                    place = _simplest(broken)
                    mates = ((stacked == 0) | (stacked == 1)) & _agrees(stacked.shape, place, free)
                    mate = _simplest(mates)
                    frames = [
                        Instance("distances", grid.rows(at[1:]), whole)
                        for at in (mate, place)
                        for whole in signs[at[0]][0]
                    ]
                    change = f"points {inside} to {n - 1} are rearranged and clustered in another way"
                    trial, size = Trial(tuple(frames), change), sum(place[1:]) + sum(mate[1:])
                yield trial, size, int((stacked != 2).sum()), int((abs(stacked) == 1).sum())


def _agrees(shape: tuple[int, ...], place: tuple[int, ...], free: tuple[int, ...]) -> NDArray[np.bool_]:
    """Positions that differ from `place` in the free pairs and in the rest's clustering alone."""
    mask = np.zeros(shape, dtype=bool)
    fixed = tuple(slice(None) if axis == 0 or axis - 1 in free else place[axis] for axis in range(len(shape)))
    mask[fixed] = True
    return mask


def as_it_is(instance: Instance) -> Iterator[Trial]:
    """The instance alone."""
    yield Trial((instance,), "")


def scalings(instance: Instance) -> Iterator[Trial]:
    """The instance in two other units."""
    for factor in (2, Fraction(1, 3)):
        rows = DISTANCES.scaled(instance.rows, factor)
        yield Trial(
            (instance, Instance("distances", rows, instance.labels)), f"every distance is multiplied by {factor}"
        )


def orders(instance: Instance) -> Iterator[Trial]:
    """The instance in every order of its points."""
    for order in permutations(range(instance.n)):
        rows = DISTANCES.reordered(instance.rows, order)
        after = Instance("distances", rows, tuple(instance.labels[x] for x in order))
        if after != instance:
            yield Trial((instance, after), f"the points are listed in the order {list(order)}")


def names(instance: Instance) -> Iterator[Trial]:
    """The instance with its labels exchanged in every way."""
    for names in permutations(range(max(instance.labels) + 1)):
        after = Instance("distances", instance.rows, tuple(names[label] for label in instance.labels))
        if after != instance:
            change = f"the clusters labelled {list(instance.labels)} are labelled {list(after.labels)}"
            yield Trial((instance, after), change)


def copies(instance: Instance) -> Iterator[Trial]:
    """The instance with every point twice."""
    order = tuple(x for x in range(instance.n) for _ in range(2))
    rows = DISTANCES.reordered(instance.rows, order)
    after = Instance("distances", rows, tuple(instance.labels[x] for x in order))
    yield Trial((instance, after), "every point is replaced by 2 copies of itself")
