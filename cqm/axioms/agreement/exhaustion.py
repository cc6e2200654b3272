"""Every case of an axiom among the partitions of so many points, up to the order in which they are listed."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from cqm.axioms.agreement.partitions import Partition, compared, improvements, meet, shuffled, types
from cqm.axioms.agreement.subjects import IndexSubject
from cqm.axioms.exact import is_undefined, to_float
from cqm.axioms.instances import Trial, partitions
from cqm.axioms.lattice import canonical

__all__ = ["CASES", "LARGEST", "triangles"]

LARGEST = 7
CLEAR = 1e-6  # no rounding of floats, and no doubt about an enclosure, reaches so far

Cases = Iterator[Trial]


def _trial(change: str, *pairs: tuple[Partition, Partition]) -> Trial:
    return Trial(tuple(compared(*pair) for pair in pairs), change)


EQUAL = ((0, 0), (0, 0))  # one cluster of two points, twice
APART = ((0, 0), (0, 1))  # one cluster of two points, and both alone


def other_names(n: int) -> Cases:
    """Clusters that exchange their names, and points listed in another order."""
    if n > 4:
        return
    for a, b in product(types(n), partitions(n)):
        k = max(b)
        renamed = tuple(k - label for label in b)
        yield _trial("the clusters exchange their names", (a, b), (a, renamed))
        yield _trial("the classes exchange their names", (a, b), (tuple(max(a) - label for label in a), b))
        for turn in range(1, n):
            order = [*range(turn, n), *range(turn)]
            yield _trial(
                f"the points are listed in the order {order}",
                (a, b),
                (tuple(a[x] for x in order), tuple(b[x] for x in order)),
            )


def exchanged(n: int) -> Cases:
    """Two clusterings, and the same the other way round."""
    for a, b in product(types(n), partitions(n)):
        if a != b:
            yield _trial("the two clusterings change places", (a, b), (b, a))


def best(n: int) -> Cases:
    """Equal clusterings beside one cluster of two points, and any other clustering beside equal ones."""
    for a in types(n):
        yield Trial((compared(*EQUAL), compared(a, a), compared(*APART)), "equal clusterings, then other ones")
        for b in partitions(n):
            if b != a:
                yield _trial("equal clusterings, twice, then different ones", (a, a), (a, a), (a, b))


def worst(n: int) -> Cases:
    """One cluster and all singletons, either way round, beside any other two clusterings."""
    one, alone = (0,) * n, tuple(range(n))
    opposite = {(one, alone), (alone, one)}
    change = "clusterings that agree on no pair, twice, then clusterings that agree on some"
    for a, b in product(types(n), partitions(n)):
        if (a, b) not in opposite:
            yield _trial(change, (one, alone), (one, alone), (a, b))
    if n > 2:
        for pair in sorted(opposite):
            yield _trial(change, APART, pair, EQUAL)


def steps(n: int) -> Cases:
    """Clusterings that come to agree on more pairs by the smallest steps: larger ones are made of them."""
    for a in types(n):
        if 1 < max(a) + 1 < n:
            for b in partitions(n):
                for after in improvements(a, b):
                    yield _trial("clusters of one class join, or a cluster splits between classes", (a, b), (a, after))


def means(n: int) -> Cases:
    """Means over all clusterings with given sizes, beside the one that there is of three points."""
    first = shuffled((0, 0, 1), (0, 0, 1))
    for a, b in product(types(n), repeat=2):
        if all(1 < max(labels) + 1 < n for labels in (a, b)):
            change = "means over all clusterings with the sizes of the second"
            yield Trial((first, shuffled(a, b)), change)


def triples(n: int) -> Cases:
    """Any three clusterings."""
    for a, b, c in product(types(n), partitions(n), partitions(n)):
        yield detour_over(a, b, c)


def detour_over(a: Partition, b: Partition, c: Partition) -> Trial:
    """The ways from a to b, from b to c, and from a to c."""
    return _trial(
        "first and second, second and third, first and third, then equal clusterings", (a, b), (b, c), (a, c), EQUAL
    )


def between_extremes(n: int) -> Cases:
    """Any clustering between one cluster and all singletons."""
    one, alone = (0,) * n, tuple(range(n))
    for a in types(n):
        change = "from one cluster to a clustering, from it to all singletons, all the way, then equal clusterings"
        yield _trial(change, (one, a), (a, alone), (one, alone), EQUAL)


def through_the_meet(n: int) -> Cases:
    """Any two clusterings and their common refinement."""
    for a, b in product(types(n), partitions(n)):
        common = meet(a, b)
        change = "each of two clusterings and their common refinement, both clusterings, then equal ones"
        yield _trial(change, (a, common), (b, common), (a, b), EQUAL)


def parts(n: int) -> Cases:
    """Two clusterings that split two given clusters, and what they do to the cluster of each point."""
    for size in range(1, n // 2 + 1):
        for (a, b), (c, d) in product(_pairs(size), _pairs(n - size)):
            whole = (
                canonical((*a, *(n + label for label in c))),
                canonical((*b, *(n + label for label in d))),
            )
            change = (
                f"two clusterings that split the first {size} points and the others, then those of each point's part"
            )
            yield _trial(change, whole, *[(a, b)] * size, *[(c, d)] * (n - size))


def _pairs(n: int) -> list[tuple[Partition, Partition]]:
    return [(a, b) for a in types(n) for b in partitions(n)]


CASES: dict[str, Callable[[int], Cases]] = {
    "index_label_invariance": other_names,
    "index_symmetry": exchanged,
    "index_maximal_agreement": best,
    "index_minimal_agreement": worst,
    "index_monotonicity": steps,
    "index_constant_baseline": means,
    "index_triangle_inequality": triples,
    "index_refinement_additivity": between_extremes,
    "index_join_additivity": through_the_meet,
    "index_convex_additivity": parts,
}
"""Axiom → its cases among the partitions of n points."""


def triangles(subject: IndexSubject, n: int) -> tuple[int, list[Trial]]:
    """How many triples there are, and those among which a detour may be shorter: all others are clear in floats."""
    every, equal = partitions(n), subject.between(*EQUAL)
    sign = 1 if subject.better == "lower" else -1
    found = [[subject.between(a, b) for b in every] for a in every]
    if is_undefined(equal) or any(is_undefined(value) for row in found for value in row):
        return 0, []
    distance = np.array([[sign * (to_float(value) - to_float(equal)) for value in row] for row in found])
    slack = CLEAR * max(1.0, float(np.abs(distance).max()))
    doubtful: dict[tuple[float, float, float], Trial] = {}
    for a in types(n):
        i = every.index(a)
        close = np.argwhere(distance[i][:, None] + distance - distance[i][None, :] < slack)
        for j, k in close:
            sides = (round(distance[i, j], 9), round(distance[j, k], 9), round(distance[i, k], 9))
            doubtful.setdefault(sides, detour_over(a, every[j], every[k]))
    return len(types(n)) * len(every) ** 2, list(doubtful.values())
