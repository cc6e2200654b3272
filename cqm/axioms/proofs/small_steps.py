"""Values of two clusters of a cluster's and single points as differences of their distances get small.

The adjusted silhouette sees the largest differences alone that tell the points of two clusters apart.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

from cqm.axioms.exact import is_undefined, root
from cqm.axioms.instances import Instance
from cqm.axioms.proofs.rivals import constructed
from cqm.axioms.proofs.round_unions import beside_single_points, round_unions
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.definitions.arithmetic import exponential, minimum

__all__ = ["best_of_all"]

LEAST = Fraction("0.4627")
"""Any number of points that are a little farther from a single point than from each other have a larger value."""

HUB, LEAF, FAR, ROUND = range(4)
"""Points of a cluster A: one of them is nearer to the others; single points that are farther, or round with A."""

Counts = tuple[int, int, int, int]
"""How many points of each kind are in a cluster."""


def best_of_all(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The construction against its rivals, and values of two clusters in the limit, for any number of points."""
    size = rng.randint(2, 4)
    compared(subject, size, *two_clusters(size, rng))
    for t in range(2, 40):
        if not beside_one(t) > LEAST:
            raise Broken(f"{t} points beside one that is a little farther have a smaller value")
        if not t * (beside_one(2) - beside_one(t)) < Fraction(1, 5):
            raise Broken(f"{t} single points make a pair's value much larger than that of {t} points")
    for largest in (4, 9, 30, 60):
        size = rng.randint(2, largest)
        bounded(size, *two_clusters(size, rng))
    outdoes_in_the_limit(rng.randint(2, 8), rng)
    constructed(round_unions, some_of=5)(subject, axiom, rng)


def two_clusters(size: int, rng: Random) -> tuple[Counts, Counts]:
    """Three points or more, of a cluster of this size and single points, at most one of these far, in two clusters."""
    while True:
        single = rng.choice([0, 1, 1, rng.randint(2, size + 3)])
        kinds = [*[HUB] * rng.randint(0, 1), *[LEAF] * rng.randint(0, size - 1), *singles(single, rng.randint(0, 1))]
        parts: tuple[list[int], list[int]] = ([], [])
        for kind in kinds:
            rng.choice(parts).append(kind)
        if all(parts) and len(kinds) > 2:
            return counted(parts[0]), counted(parts[1])


def singles(number: int, far: int) -> list[int]:
    """Single points, as many of them far, the others round."""
    return [FAR if x < far else ROUND for x in range(number)]


def counted(kinds: list[int]) -> Counts:
    """How many there are of each kind."""
    return kinds.count(HUB), kinds.count(LEAF), kinds.count(FAR), kinds.count(ROUND)


def compared(subject: Subject, size: int, own: Counts, other: Counts) -> None:
    """Two clusters of the construction have the value of the limit, or one near it, or none where that has none."""
    single = max(size + 1, own[FAR] + other[FAR] + own[ROUND] + other[ROUND] + 1)
    rows = beside_single_points((size, *[1] * single)).rows
    points = [[0], [*range(1, size)], [size + single - 1], [*range(size, size + single - 1)]]
    first = [x for kind in range(4) for x in points[kind][: own[kind]]]
    last = [x for kind in range(4) for x in points[kind][own[kind] :][: other[kind]]]
    labels = (*[0] * len(first), *[1] * len(last))
    value = subject.exact(Instance("points", tuple(rows[x] for x in [*first, *last]), labels))
    expected = limit(size, own, other)
    known = expected is not None
    if is_undefined(value) == known or (known and not abs(value - expected) < Fraction(1, 100)):
        raise Broken(f"two clusters with {own} and {other} points have the value {value}, and not {expected}")


def bounded(size: int, own: Counts, other: Counts) -> None:
    """The value of two clusters is no larger than the proof says."""
    value = limit(size, own, other)
    if value is not None and value > bound(size, own, other):
        raise Broken(f"two clusters with {own} and {other} points of each kind have a larger value")


def outdoes_in_the_limit(size: int, rng: Random) -> None:
    """In the limit a cluster of this size and single points are better than a random rival."""
    single = rng.randint(1, size + 6)
    inside = rng.randint(0, size - 2)
    rest = [*[LEAF] * (size - 1 - inside), *singles(single, single if single <= size else 1)]
    rng.shuffle(rest)
    clusters = [[HUB, *[LEAF] * inside], [rest.pop()]]
    for kind in rest:
        if rng.randint(0, 2):
            clusters.append([kind])
        else:
            rng.choice(clusters[1:]).append(kind)
    if max(map(len, clusters)) > 1:
        outdone(size, [counted(cluster) for cluster in clusters])


def outdone(size: int, clusters: list[Counts]) -> None:
    """A rival's value in the limit is smaller than that of a cluster of this size and single points."""
    values = [limit(size, one, other) for one, other in combinations(clusters, 2)]
    known = [value for value in values if value is not None]
    if not sum(known) < len(known) * beside_one(size):
        raise Broken(f"clusters with {clusters} points of each kind are as good as {size} points and single ones")


def width(gain: Any) -> Any:
    """ψ(t) = sgn(t) (1 − e^(−|t|))."""
    return minimum([1, exponential(gain)]) - minimum([1, exponential(-1 * gain)])


def beside_one(t: int) -> Any:
    """Value of t points and one that is a little farther from them than they from each other."""
    return width(root(Fraction((t + 1) ** 3, 2 * (t - 1) ** 2))) / 2


def steps(size: int) -> Iterator[list[list[int]]]:
    """Squared distances between points of each kind, less 2, in units that are small beside the one before."""

    def table(steps: dict[tuple[int, int], int]) -> list[list[int]]:
        return [[steps.get((min(x, y), max(x, y)), 0) for y in range(4)] for x in range(4)]

    yield table({(FAR, FAR): 1, (FAR, ROUND): 1, (ROUND, ROUND): 1})
    yield table({(HUB, FAR): 1, (LEAF, FAR): 1})
    yield table({(HUB, LEAF): -1, (LEAF, ROUND): -1, (HUB, ROUND): size - 3})


def limit(size: int, own: Counts, other: Counts) -> Any:
    """Value of two clusters as all steps get small, or None where they are round."""
    both = [x + y for x, y in zip(own, other, strict=True)]
    m = sum(both)
    for step in steps(size):
        sums = [total(both, row) - row[kind] for kind, row in enumerate(step)]
        middle = Fraction(total(both, sums), m)
        variance = (
            sum((count * (value - middle) ** 2 for count, value in zip(both, sums, strict=True)), Fraction(0)) / m
        )
        if variance:
            break
    else:
        return None
    unit = root(Fraction(m * (m - 1), 2) / variance)

    def mean(cluster: Counts, faced: Counts) -> Any:
        n = sum(cluster)
        if n == 1:
            return 0
        gains = [
            Fraction(total(faced, row), sum(faced)) - Fraction(total(cluster, row) - row[kind], n - 1)
            for kind, row in enumerate(step)
        ]
        return sum(Fraction(count, n) * width(unit * gain) for count, gain in zip(cluster, gains, strict=True) if count)

    return (mean(own, other) + mean(other, own)) / 2


def total(counts: Sequence[int], values: Sequence[int]) -> int:
    """Sum of the values, each as often as it occurs."""
    return sum(count * value for count, value in zip(counts, values, strict=True))


def bound(size: int, own: Counts, other: Counts) -> Any:
    """What the proof says that the value of two clusters is at most."""
    one, two = sorted((own, other), key=lambda counts: (counts[FAR] + counts[ROUND], -counts[HUB]))
    r, singles = (counts[FAR] + counts[ROUND] for counts in (one, two))
    s, leaves = one[LEAF], two[LEAF]
    if r == 0 and singles >= 2:
        return 0
    if singles + r >= 2:
        few = r == 1 and not one[HUB] + two[HUB] and s and leaves <= s * (singles - 1)
        return Fraction(1, 4) if few else Fraction("0.46")
    if one[FAR] + two[FAR]:
        return Fraction(1, 4) if two[HUB] + leaves else beside_one(one[HUB] + s)
    if not two[ROUND] or not one[HUB]:
        hub = two[HUB] + two[ROUND]
        if hub == 2:
            return 0 if s >= 2 else max(0, Fraction(size - 5, 2 * (size - 1)))
        near, rest = (leaves, s) if hub else (s, leaves)
        return 0 if rest >= 2 or not near else Fraction("0.2523")
    if not s or not leaves:
        return Fraction(1, 4)
    if s != leaves:
        return Fraction(2, 3)
    apart = root(Fraction((s + 1) * (2 * s + 1), s)) / (s * (size - 1 - 2 * s))
    return (1 + s * width(apart)) / (s + 1)
