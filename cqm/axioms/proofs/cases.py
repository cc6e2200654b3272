"""Cases that arguments run on: clustered sets of 7 to 12 points, and what the axioms let happen to them."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

from cqm.axioms.changes import is_consistent_change
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.instances import Instance, Rows
from cqm.axioms.subjects import Subject

__all__ = ["LARGEST", "SMALLEST", "case", "consistent_changes", "isometric"]

SMALLEST, LARGEST = 7, 12
HALF_ANGLES = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 5), Fraction(1, 9))  # tangents, for rational rotations


def case(subject: Subject, rng: Random, *, n: int | None = None, dimension: int | None = None) -> Instance:
    """A clustered set: distances with many ties and without the triangle inequality, or lattice points."""
    n = n or rng.randint(SMALLEST, LARGEST)
    labels = clustering(rng, n)
    if subject.needs == "distances":
        wide = rng.choice((3, 9, 40))
        rows = [[0] * n for _ in range(n)]
        for x in range(n):
            for y in range(x):
                rows[x][y] = rows[y][x] = rng.randint(1, wide)
        return Instance("distances", tuple(map(tuple, rows)), labels)
    return Instance("points", points(rng, n, dimension or rng.randint(1, 3), rng.choice((3, 9))), labels)


def clustering(rng: Random, n: int) -> tuple[int, ...]:
    """A non-trivial clustering into two to four clusters, in order of first appearance; singletons are frequent."""
    k = rng.randint(2, 4)
    drawn = [*range(k), *(0 if rng.random() < 0.4 else rng.randrange(k) for _ in range(n - k))]
    rng.shuffle(drawn)
    names = list(dict.fromkeys(drawn))
    return tuple(names.index(label) for label in drawn)


def points(rng: Random, n: int, dimension: int, width: int) -> Rows:
    """Different lattice points."""
    width = max(width, n)
    chosen: dict[tuple[int, ...], None] = {}
    while len(chosen) < n:
        chosen[tuple(rng.randint(-width, width) for _ in range(dimension))] = None
    return tuple(chosen)


def isometric(rng: Random, instance: Instance, *, pad: bool = True) -> Instance:
    """List the same clustered set in another order.

    Points with coordinates are turned, mirrored and shifted as well, and with `pad` in a space of one dimension more.
    """
    order = list(range(instance.n))
    rng.shuffle(order)
    labels = tuple(instance.labels[x] for x in order)
    if instance.kind == "distances":
        return Instance("distances", DISTANCES.reordered(instance.rows, tuple(order)), labels)
    rows = [[Fraction(v) for v in instance.rows[x]] + [Fraction(0)] * pad for x in order]
    width = len(rows[0])
    for axis in range(width):
        other = (axis + 1) % width
        if other != axis:
            angle = rng.choice(HALF_ANGLES)
            rows = [list(turned(row, axis, other, angle)) for row in rows]
    mirror, shift = rng.randrange(width), [rng.randint(-9, 9) for _ in range(width)]
    for row in rows:
        row[mirror] = -row[mirror]
    return Instance("points", tuple(tuple(a + b for a, b in zip(row, shift, strict=True)) for row in rows), labels)


def turned(point: Any, axis: int, other: int, half_tangent: Fraction) -> tuple[Any, ...]:
    """The point turned in the plane of two axes, by twice the angle with this tangent."""
    scale = 1 + half_tangent * half_tangent
    cosine, sine = (1 - half_tangent * half_tangent) / scale, 2 * half_tangent / scale
    out = list(point)
    out[axis], out[other] = cosine * point[axis] - sine * point[other], sine * point[axis] + cosine * point[other]
    return tuple(out)


def consistent_changes(
    subject: Subject, rng: Random, *, inner: bool, outer: bool, dimension: int | None = None
) -> Iterator[tuple[Instance, Instance]]:
    """Consistent changes without end: distances each by its own amount, points as Euclidean geometry lets them.

    Points may use further dimensions, unless `dimension` is given; then only what is outer can be asked for.
    """
    while True:
        before = case(subject, rng, dimension=dimension)
        if before.kind == "distances":
            before, after = _stretched(before, rng, inner=inner, outer=outer)
        elif inner and (not outer or rng.random() < 0.3):
            before, after = _folded(before, rng)
        else:
            before, after = _parted(before, rng, inner=inner, outer=outer, lift=dimension is None)
        domain = DISTANCES if before.kind == "distances" else EUCLIDEAN
        if before != after and is_consistent_change(domain, before.rows, after.rows, before.labels, inner, outer):
            yield before, after


Pair = tuple[Instance, Instance]


def _stretched(before: Instance, rng: Random, *, inner: bool, outer: bool) -> Pair:
    rows = [list(map(Fraction, row)) for row in before.rows]
    for x in range(before.n):
        for y in range(x):
            if before.labels[x] == before.labels[y] and inner:
                rows[x][y] *= Fraction(rng.choice((1, 2, 3, 4, 4)), 4)
            elif before.labels[x] != before.labels[y] and outer:
                rows[x][y] += rng.choice((0, 0, 1, 5, 60))
            rows[y][x] = rows[x][y]
    return before, replace(before, rows=tuple(map(tuple, rows)))


def _folded(instance: Instance, rng: Random) -> Pair:
    """One cluster folds in a plane of its own, about a space that holds all others: nothing changes across."""
    labels = instance.labels
    folding = rng.choice([label for label in set(labels) if labels.count(label) > 1])
    angle = rng.choice(HALF_ANGLES[1:])
    before: list[Any] = []
    after: list[Any] = []
    for row, label in zip(instance.rows, labels, strict=True):
        side = rng.choice((-1, 1)) * (label == folding)
        point = (Fraction(rng.randint(1, 9) * abs(side)), Fraction(rng.randint(1, 20) * side), *row)
        before.append(point)
        after.append(turned(point, 0, 1, -side * angle))
    return Instance("points", tuple(before), labels), Instance("points", tuple(after), labels)


def _parted(instance: Instance, rng: Random, *, inner: bool, outer: bool, lift: bool) -> Pair:
    """Clusters shrink towards their first points, one may turn, and they move apart, in their space or out of it."""
    labels, before = instance.labels, instance.rows
    after: Rows
    first = {label: before[labels.index(label)] for label in set(labels)}
    keep = {label: Fraction(rng.choice((1, 2, 3, 4)), 4) if inner else Fraction(1) for label in first}
    after = tuple(
        tuple(c + (v - c) * keep[label] for v, c in zip(point, first[label], strict=True))
        for point, label in zip(before, labels, strict=True)
    )
    if outer and len(before[0]) > 1 and rng.random() < 0.5:
        after = _swung(after, labels, first, rng)
    if lift and outer:
        height = {label: rng.choice((0, 7, 30)) for label in first}
        before = tuple((*point, Fraction(0)) for point in before)
        after = tuple((*point, height[label]) for point, label in zip(after, labels, strict=True))
    elif outer:
        push = {label: [rng.choice((-40, 0, 40)) * label for _ in first[label]] for label in first}
        after = tuple(
            tuple(v + p for v, p in zip(point, push[label], strict=True))
            for point, label in zip(after, labels, strict=True)
        )
    return replace(instance, rows=before), replace(instance, rows=after)


def _swung(rows: Rows, labels: tuple[int, ...], first: dict[int, Any], rng: Random) -> Rows:
    """One cluster turned about its first point."""
    chosen, angle = rng.choice(sorted(first)), rng.choice(HALF_ANGLES)

    def swung(point: Any) -> tuple[Any, ...]:
        away = turned([a - b for a, b in zip(point, first[chosen], strict=True)], 0, 1, angle)
        return tuple(a + b for a, b in zip(away, first[chosen], strict=True))

    return tuple(swung(point) if label == chosen else point for point, label in zip(rows, labels, strict=True))
