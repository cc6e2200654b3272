"""Every case of an axiom among the partitions of so many points, up to the order in which they are listed."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from cqm.axioms.agreement.partitions import Partition, compared, improvements, meet, shuffled, types
from cqm.axioms.agreement.subjects import IndexSubject
from cqm.axioms.exact import is_undefined, to_float
from cqm.axioms.instances import Trial, partitions
from cqm.axioms.lattice import canonical

__all__ = [
    "CASES",
    "LARGEST",
    "better_than",
    "detour_over",
    "equal_ones",
    "exchange",
    "joined",
    "mean_beside",
    "opposites",
    "over_the_meet",
    "reordered",
    "step",
    "through",
    "trial",
    "triangles",
    "worse_than",
]

LARGEST = 7
CLEAR = 1e-6  # no rounding of floats, and no doubt about an enclosure, reaches so far

Cases = Iterator[Trial]


def trial(change: str, *pairs: tuple[Partition, Partition]) -> Trial:
    """Clusterings that are compared, one pair after the other."""
    return Trial(tuple(compared(*pair) for pair in pairs), change)


EQUAL = ((0, 0), (0, 0))  # one cluster of two points, twice
APART = ((0, 0), (0, 1))  # one cluster of two points, and both alone
NO_PAIR = "clusterings that agree on no pair, twice, then clusterings that agree on some"


def reordered(order: list[int], a: Partition, b: Partition) -> Trial:
    """The same clusterings with the points listed in another order."""
    new = (tuple(a[x] for x in order), tuple(b[x] for x in order))
    return trial(f"the points are listed in the order {order}", (a, b), new)


def exchange(a: Partition, b: Partition) -> Trial:
    """Two clusterings, and the same the other way round."""
    return trial("the two clusterings change places", (a, b), (b, a))


def equal_ones(a: Partition) -> Trial:
    """Equal clusterings of two points and of all, beside different ones."""
    return trial("equal clusterings, then other ones", EQUAL, (a, a), APART)


def opposites(a: Partition, b: Partition) -> Trial:
    """Clusterings of two points and of all that agree on no pair, beside equal ones."""
    return trial(NO_PAIR, APART, (a, b), EQUAL)


def better_than(a: Partition, b: Partition) -> Trial:
    """Equal clusterings beside different ones."""
    return trial("equal clusterings, twice, then different ones", (a, a), (a, a), (a, b))


def worse_than(a: Partition, b: Partition) -> Trial:
    """One cluster and all singletons beside other clusterings."""
    opposite = ((0,) * len(a), tuple(range(len(a))))
    return trial(NO_PAIR, opposite, opposite, (a, b))


def step(a: Partition, before: Partition, after: Partition) -> Trial:
    """A clustering beside one that agrees on more pairs."""
    return trial("clusters of one class join, or a cluster splits between classes", (a, before), (a, after))


def mean_beside(a: Partition, b: Partition) -> Trial:
    """A mean over all clusterings with given sizes, beside the one that there is of three points."""
    first = shuffled((0, 0, 1), (0, 0, 1))
    return Trial((first, shuffled(a, b)), "means over all clusterings with the sizes of the second")


def detour_over(a: Partition, b: Partition, c: Partition) -> Trial:
    """The ways from a to b, from b to c, and from a to c."""
    return trial(
        "first and second, second and third, first and third, then equal clusterings", (a, b), (b, c), (a, c), EQUAL
    )


def through(a: Partition) -> Trial:
    """From one cluster to all singletons by way of a clustering."""
    one, alone = (0,) * len(a), tuple(range(len(a)))
    change = "from one cluster to a clustering, from it to all singletons, all the way, then equal clusterings"
    return trial(change, (one, a), (a, alone), (one, alone), EQUAL)


def over_the_meet(a: Partition, b: Partition) -> Trial:
    """Two clusterings and their common refinement."""
    common = meet(a, b)
    change = "each of two clusterings and their common refinement, both clusterings, then equal ones"
    return trial(change, (a, common), (b, common), (a, b), EQUAL)


def joined(a: Partition, b: Partition, c: Partition, d: Partition) -> Trial:
    """Two clusterings that split some points by a and b and the others by c and d, and what each part has."""
    first, n = len(a), len(a) + len(c)
    whole = (
        canonical((*a, *(n + label for label in c))),
        canonical((*b, *(n + label for label in d))),
    )
    beginning = "the first point" if first == 1 else f"the first {first} points"
    change = f"two clusterings that split {beginning} and the others, then those of each point's part"
    return trial(change, whole, *[(a, b)] * first, *[(c, d)] * len(c))


def other_names(n: int) -> Cases:
    """Clusters that exchange their names, and points listed in another order."""
    if n > 4:
        return
    for a, b in product(types(n), partitions(n)):
        renamed = tuple(max(b) - label for label in b)
        yield trial("the clusters exchange their names", (a, b), (a, renamed))
        yield trial("the classes exchange their names", (a, b), (tuple(max(a) - label for label in a), b))
        for turn in range(1, n):
            yield reordered([*range(turn, n), *range(turn)], a, b)


def exchanged(n: int) -> Cases:
    """Any two different clusterings."""
    for a, b in product(types(n), partitions(n)):
        if a != b:
            yield exchange(a, b)


def best(n: int) -> Cases:
    """Equal clusterings beside one cluster of two points, and any other clustering beside equal ones."""
    for a in types(n):
        yield equal_ones(a)
        for b in partitions(n):
            if b != a:
                yield better_than(a, b)


def worst(n: int) -> Cases:
    """One cluster and all singletons, either way round, beside any other two clusterings."""
    one, alone = (0,) * n, tuple(range(n))
    opposite = {(one, alone), (alone, one)}
    for a, b in product(types(n), partitions(n)):
        if (a, b) not in opposite:
            yield worse_than(a, b)
    if n > 2:
        for pair in sorted(opposite):
            yield opposites(*pair)


def steps(n: int) -> Cases:
    """Clusterings that come to agree on more pairs by the smallest steps: larger ones are made of them."""
    for a in types(n):
        if 1 < max(a) + 1 < n:
            for b in partitions(n):
                for after in improvements(a, b):
                    yield step(a, b, after)


def means(n: int) -> Cases:
    """Means for any two sizes."""
    for a, b in product(types(n), repeat=2):
        if all(1 < max(labels) + 1 < n for labels in (a, b)):
            yield mean_beside(a, b)


def triples(n: int) -> Cases:
    """Any three clusterings."""
    for a, b, c in product(types(n), partitions(n), partitions(n)):
        yield detour_over(a, b, c)


def between_extremes(n: int) -> Cases:
    """Any clustering between one cluster and all singletons."""
    for a in types(n):
        yield through(a)


def through_the_meet(n: int) -> Cases:
    """Any two clusterings and their common refinement."""
    for a, b in product(types(n), partitions(n)):
        yield over_the_meet(a, b)


def parts(n: int) -> Cases:
    """Two clusterings that split two given clusters, and what they do to the cluster of each point."""
    for size in range(1, n // 2 + 1):
        for pair, other in product(_pairs(size), _pairs(n - size)):
            yield joined(*pair, *other)


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
