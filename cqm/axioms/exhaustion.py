"""Every clustering of n points under every integer distance matrix with few values: no case is left out.

A measure's value is needed once for each matrix and clustering up to isomorphism (so this is for measures that are
invariant to it, which is exhausted first); axioms are then comparisons of whole arrays of ranks. Consistency is
compared along the edges of the lattice of matrices: a consistent change of integers is a chain of changes of one
distance by one step.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key, lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from cqm.axioms.domains import DISTANCES, METRICS, Domain
from cqm.axioms.exact import compare, is_undefined
from cqm.axioms.instances import Instance, Rows, non_trivial_partitions, partitions
from cqm.axioms.statements import Axiom, isomorphism_invariance
from cqm.axioms.subjects import Subject
from cqm.axioms.transformations import Trial, coarsenings, refinements

__all__ = ["Exhausted", "Lattice", "exhaust", "lattice", "lattices"]

UNDEFINED = -1


@dataclass(frozen=True, eq=False)
class Lattice:
    """Ranks of a measure's values on all matrices with given values, for every non-trivial clustering.

    Attributes
    ----------
    n : number of points.
    values : the distances that a pair may have, ascending.
    ranks : (clusterings, values, …, values) rank of the measure's value, one axis for each pair; −1 where undefined.
        Rank 0 is the smallest value.
    instances : matrices with a clustering, one of each isomorphism class.
    """

    n: int
    values: tuple[int, ...]
    ranks: NDArray[np.int32]
    instances: tuple[Instance, ...]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pair of points of each axis."""
        return _pairs(self.n)

    def rows(self, index: tuple[int, ...]) -> Rows:
        """Distances at a position of the lattice."""
        return _rows(self.n, [self.values[i] for i in index])


def _pairs(n: int) -> list[tuple[int, int]]:
    return [(x, y) for x in range(n) for y in range(x)]


def _rows(n: int, condensed: list[int]) -> Rows:
    rows = [[0] * n for _ in range(n)]
    for (x, y), value in zip(_pairs(n), condensed, strict=True):
        rows[x][y] = rows[y][x] = value
    return tuple(map(tuple, rows))


def _axes(n: int, order: tuple[int, ...]) -> tuple[int, ...]:
    """Axis of the pair that each pair goes to when point x takes the place of point order[x]."""
    where = {frozenset(pair): axis for axis, pair in enumerate(_pairs(n))}
    return tuple(where[frozenset((order[x], order[y]))] for x, y in _pairs(n))


def _canonical(labels: tuple[int, ...]) -> tuple[int, ...]:
    names = list(dict.fromkeys(labels))
    return tuple(names.index(label) for label in labels)


@lru_cache(maxsize=8)
def lattice(subject: Subject, n: int, values: tuple[int, ...]) -> Lattice:
    """Evaluate a measure on every matrix and clustering, each once up to isomorphism."""
    clusterings = non_trivial_partitions(n)
    shape = (len(values),) * (n * (n - 1) // 2)
    position = np.arange(math.prod(shape)).reshape(shape)
    found: dict[tuple[int, ...], tuple[tuple[int, ...], NDArray[np.intp]]] = {}  # sizes → clustering, instance
    instances: list[Instance] = []
    for labels in clusterings:
        sizes = tuple(sorted((labels.count(label) for label in set(labels)), reverse=True))
        if sizes in found:
            continue
        kept = [o for o in permutations(range(n)) if _canonical(tuple(labels[x] for x in o)) == labels]
        first = np.min([position.transpose(_axes(n, order)) for order in kept], axis=0)
        representatives, entry = np.unique(first, return_inverse=True)
        found[sizes] = labels, entry.reshape(shape) + len(instances)
        for index in np.array(np.unravel_index(representatives, shape)).T:
            rows = _rows(n, [values[i] for i in index])
            instances.append(Instance("distances", rows, labels))
    rank = _ranks([subject.exact(instance) for instance in instances])
    ranks = np.empty((len(clusterings), *shape), dtype=np.int32)
    for i, labels in enumerate(clusterings):
        sizes = tuple(sorted((labels.count(label) for label in set(labels)), reverse=True))
        model, entry = found[sizes]
        order = next(o for o in permutations(range(n)) if _canonical(tuple(labels[x] for x in o)) == model)
        back = tuple(int(x) for x in np.argsort(order))
        ranks[i] = rank[entry].transpose(_axes(n, back))
    return Lattice(n, values, ranks, tuple(instances))


def _ranks(values: list[object]) -> NDArray[np.int32]:
    """Rank of each value among all, equal values sharing one; −1 where undefined."""
    defined = [i for i, value in enumerate(values) if not is_undefined(value)]

    def by_value(i: int, j: int) -> int:
        return compare(values[i], values[j])

    order = sorted(defined, key=cmp_to_key(by_value))
    ranks = np.full(len(values), UNDEFINED, dtype=np.int32)
    rank = 0
    for place, i in enumerate(order):
        rank += place > 0 and by_value(order[place - 1], i) != 0
        ranks[i] = rank
    return ranks


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Outcome of an exhaustive comparison.

    Attributes
    ----------
    found : a case that breaks the axiom, if there is one; the one with the smallest distances.
    compared : comparisons made, or instances looked at.
    instances : matrices with a clustering, up to isomorphism.
    """

    found: Trial | None
    compared: int
    instances: int


def lattices(domain: Domain, axiom: Axiom, thorough: bool = False) -> list[tuple[int, tuple[int, ...]]]:
    """Numbers of points and distance values whose lattices belong to a domain, the small ones first."""
    if axiom.name in VARIANTS:
        sizes = [(3, 4), (4, 2)]
    else:
        sizes = [(3, 12), (4, 6), (5, 3)] if thorough else [(3, 8), (4, 4), (5, 2)]
    if domain == DISTANCES:
        return [(n, tuple(range(1, m + 1))) for n, m in sizes]
    if domain == METRICS:  # distances between s and 2s never break the triangle inequality
        return [(n, tuple(range(m - 1, 2 * m - 1))) for n, m in sizes]
    return []


@lru_cache(maxsize=64)
def symmetric(subject: Subject) -> bool:
    """Whether the order of points makes no difference to the measure on small lattices."""
    outcomes = [exhaust(subject, isomorphism_invariance, n, (1, 2)) for n in (3, 4)]
    return all(outcome is not None and outcome.found is None for outcome in outcomes)


def exhaust(subject: Subject, axiom: Axiom, n: int, values: tuple[int, ...]) -> Exhausted | None:
    """Compare all instances of one lattice; None where the axiom is not one that a lattice decides."""
    if n < axiom.smallest or axiom.name not in {*COMPARISONS, *VARIANTS}:
        return None
    if axiom.name in COMPARISONS and not symmetric(subject):
        return None
    grid = lattice(subject, n, values)
    sign = 1 if subject.better == "higher" else -1
    compared = 0
    best: tuple[int, Trial] | None = None
    found = _each(subject, grid, axiom) if axiom.name in VARIANTS else COMPARISONS[axiom.name](grid, sign)
    for trial, size, count in found:
        compared += count
        if trial is not None and (best is None or size < best[0]):
            best = size, trial
    return Exhausted(None if best is None else best[1], compared, len(grid.instances))


Found = Iterator[tuple[Trial | None, int, int]]
"""A violation if there is one, the sum of its distances, and the comparisons made."""


def _consistency(inner: bool, outer: bool) -> Callable[[Lattice, int], Found]:
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
                yield trial, size, int(defined.sum())

    return compare_all


def _simplest(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    places = np.argwhere(mask)
    return tuple(int(i) for i in places[np.argmin(places.sum(axis=1), keepdims=False)])


def _at(place: tuple[int, ...], step: int, axis: int) -> tuple[int, ...]:
    rest = list(place[1:])
    rest.insert(axis, place[0] + step)
    return tuple(rest)


def _preference(finer: bool) -> Callable[[Lattice, int], Found]:
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
            yield trial, size, int(defined.sum())

    return compare_all


def _locality(grid: Lattice, sign: int) -> Found:
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
                    wholes = [_canonical((*part, *(inside + label for label in rest))) for part in (a, b)]
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
                yield trial, size, int((stacked != 2).sum())


def _agrees(shape: tuple[int, ...], place: tuple[int, ...], free: tuple[int, ...]) -> NDArray[np.bool_]:
    """Positions that differ from `place` in the free pairs and in the rest's clustering alone."""
    mask = np.zeros(shape, dtype=bool)
    fixed = tuple(slice(None) if axis == 0 or axis - 1 in free else place[axis] for axis in range(len(shape)))
    mask[fixed] = True
    return mask


def _each(subject: Subject, grid: Lattice, axiom: Axiom) -> Found:
    """All variants of every instance that the axiom asks to be no different."""
    for instance in grid.instances:
        for trial in VARIANTS[axiom.name](instance):
            values = [subject.exact(frame) for frame in trial.frames]
            if any(map(is_undefined, values)):
                continue
            broken = axiom.judge(values, subject.better) > 0
            yield (trial if broken else None), sum(map(sum, instance.rows)), 1  # type: ignore[arg-type]


def _scalings(instance: Instance) -> Iterator[Trial]:
    for factor in (2, Fraction(1, 3)):
        rows = DISTANCES.scaled(instance.rows, factor)
        yield Trial(
            (instance, Instance("distances", rows, instance.labels)), f"every distance is multiplied by {factor}"
        )


def _orders(instance: Instance) -> Iterator[Trial]:
    for order in permutations(range(instance.n)):
        rows = DISTANCES.reordered(instance.rows, order)
        after = Instance("distances", rows, tuple(instance.labels[x] for x in order))
        if after != instance:
            yield Trial((instance, after), f"the points are listed in the order {list(order)}")


def _names(instance: Instance) -> Iterator[Trial]:
    for names in permutations(range(max(instance.labels) + 1)):
        after = Instance("distances", instance.rows, tuple(names[label] for label in instance.labels))
        if after != instance:
            change = f"the clusters labelled {list(instance.labels)} are labelled {list(after.labels)}"
            yield Trial((instance, after), change)


def _copies(instance: Instance) -> Iterator[Trial]:
    order = tuple(x for x in range(instance.n) for _ in range(2))
    rows = DISTANCES.reordered(instance.rows, order)
    after = Instance("distances", rows, tuple(instance.labels[x] for x in order))
    yield Trial((instance, after), "every point is replaced by 2 copies of itself")


VARIANTS: dict[str, Callable[[Instance], Iterator[Trial]]] = {
    "scale_invariance": _scalings,
    "isomorphism_invariance": _orders,
    "label_permutation_invariance": _names,
    "duplication_invariance": _copies,
    "non_negativity": lambda instance: iter([Trial((instance,), "")]),
}

COMPARISONS: dict[str, Callable[[Lattice, int], Found]] = {
    "consistency": _consistency(inner=True, outer=True),
    "monotonicity": _consistency(inner=True, outer=True),
    "inner_consistency": _consistency(inner=True, outer=False),
    "outer_consistency": _consistency(inner=False, outer=True),
    "refinement_preference": _preference(finer=True),
    "coarsening_preference": _preference(finer=False),
    "locality": _locality,
}
