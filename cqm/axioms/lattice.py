"""A measure's values on every clustering of n points under every integer distance matrix with few values.

A value is needed once for each matrix and clustering up to isomorphism, so a lattice is for measures that are invariant
to it.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cmp_to_key, lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from cqm.axioms.exact import compare, is_undefined
from cqm.axioms.instances import Instance, Rows, non_trivial_partitions
from cqm.axioms.subjects import Subject

__all__ = ["UNDEFINED", "Lattice", "canonical", "classes", "lattice"]

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


def canonical(labels: tuple[Hashable, ...]) -> tuple[int, ...]:
    """Labels in order of first appearance."""
    names = list(dict.fromkeys(labels))
    return tuple(names.index(label) for label in labels)


@lru_cache(maxsize=16)
def classes(
    n: int, values: tuple[int, ...]
) -> tuple[tuple[Instance, ...], dict[tuple[int, ...], tuple[tuple[int, ...], NDArray[np.intp]]]]:
    """One instance of each isomorphism class; for each type of clustering, a model, and the class of each matrix."""
    shape = (len(values),) * (n * (n - 1) // 2)
    position = np.arange(math.prod(shape)).reshape(shape)
    found: dict[tuple[int, ...], tuple[tuple[int, ...], NDArray[np.intp]]] = {}  # sizes → clustering, instance
    instances: list[Instance] = []
    for labels in non_trivial_partitions(n):
        if _sizes(labels) in found:
            continue
        kept = [o for o in permutations(range(n)) if canonical(tuple(labels[x] for x in o)) == labels]
        first = np.min([position.transpose(_axes(n, order)) for order in kept], axis=0)
        representatives, entry = np.unique(first, return_inverse=True)
        found[_sizes(labels)] = labels, entry.reshape(shape) + len(instances)
        for index in np.array(np.unravel_index(representatives, shape)).T:
            rows = _rows(n, [values[i] for i in index])
            instances.append(Instance("distances", rows, labels))
    return tuple(instances), found


def _sizes(labels: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(map(labels.count, set(labels)), reverse=True))


@lru_cache(maxsize=8)
def lattice(subject: Subject, n: int, values: tuple[int, ...]) -> Lattice:
    """Evaluate a measure on every matrix and clustering, each once up to isomorphism."""
    instances, found = classes(n, values)
    clusterings = non_trivial_partitions(n)
    rank = _ranks([subject.exact(instance) for instance in instances])
    ranks = np.empty((len(clusterings), *((len(values),) * (n * (n - 1) // 2))), dtype=np.int32)
    for i, labels in enumerate(clusterings):
        model, entry = found[_sizes(labels)]
        order = next(o for o in permutations(range(n)) if canonical(tuple(labels[x] for x in o)) == model)
        back = tuple(int(x) for x in np.argsort(order))
        ranks[i] = rank[entry].transpose(_axes(n, back))
    return Lattice(n, values, ranks, instances)


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
