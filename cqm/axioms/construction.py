"""Richness is constructive: for each clustering, distances under which it beats every other non-trivial one.

Clusterings of one type (the same cluster sizes) differ by the names of points alone, so one construction a type is
enough. Families that are known to work come first, then climbs on the lead over the strongest rival. What is found is
verified in exact arithmetic against all non-trivial clusterings.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from cqm.axioms.domains import Domain
from cqm.axioms.exact import is_undefined, may_differ
from cqm.axioms.instances import Instance, Rejected, Rows, non_trivial_partitions
from cqm.axioms.limits import OutOfTime
from cqm.axioms.statements import improvement
from cqm.axioms.subjects import Subject

__all__ = ["Construction", "cluster_types", "construct", "lead", "others", "strongest_rival"]

TRIES = 2_000
CLIMB = 500  # tries after which a climb starts anew
FAMILIES = 20  # the first candidates, which are not random, and as many at the start of each further climb
WIDE = 0.3  # share of candidates for points that are not tight


@dataclass(slots=True)
class Construction:
    """Distances found for each type of clustering, from the smallest on.

    Attributes
    ----------
    found : type (cluster sizes) → instance under which that clustering is best.
    missing : the first type for which none was found.
    tried : distances tried.
    largest : most points for which all types were found.
    closest : for the missing type, the instance under which the strongest rival was least ahead.
    stopped : whether the time limit came before the number of tries.
    """

    found: dict[tuple[int, ...], Instance] = field(default_factory=dict)
    missing: tuple[int, ...] | None = None
    tried: int = 0
    largest: int = 0
    closest: Instance | None = None
    stopped: bool = False


def cluster_types(n: int) -> list[tuple[int, ...]]:
    """Sizes, largest first, of the non-trivial clusterings of n points."""

    def parts(total: int, largest: int) -> Iterator[tuple[int, ...]]:
        if total == 0:
            yield ()
        for first in range(min(total, largest), 0, -1):
            for rest in parts(total - first, first):
                yield (first, *rest)

    return [sizes for sizes in parts(n, n) if 1 < len(sizes) < n]


def labels_of(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Labels of a clustering with these sizes."""
    return tuple(label for label, size in enumerate(sizes) for _ in range(size))


def others(clustering: tuple[int, ...], *, as_many: bool) -> list[tuple[int, ...]]:
    """All other non-trivial clusterings, or those with as many clusters."""
    every = non_trivial_partitions(len(clustering))
    return [one for one in every if one != clustering and not (as_many and max(one) != max(clustering))]


def construct(
    subject: Subject,
    domain: Domain,
    *,
    unique: bool,
    as_many: bool = False,
    largest: int,
    seed: int,
    known: dict[tuple[int, ...], Instance] | None = None,
) -> Construction:
    """Look for distances that make each clustering of up to `largest` points best, alone if `unique`.

    The others are all non-trivial ones or, if `as_many`, those with as many clusters.
    Ends at the first type for which nothing is found, or when the time is up. Types in `known` need no search.
    """
    out = Construction()
    for n in range(3, largest + 1):
        for sizes in cluster_types(n):
            rng = random.Random(seed)  # what is found for a type does not depend on the types before it
            instance = (known or {}).get(sizes) or _best(subject, domain, sizes, unique, as_many, rng, out)
            if instance is None and out.largest and out.stopped and out.closest is None:
                # the time was over before this one had a try; what was built for fewer points stays built
                out.found = {built: one for built, one in out.found.items() if sum(built) <= out.largest}
                return out
            if instance is None:
                out.missing = sizes
                return out
            out.found[sizes] = instance
        out.largest = n
    return out


def _best(
    subject: Subject,
    domain: Domain,
    sizes: tuple[int, ...],
    unique: bool,
    as_many: bool,
    rng: random.Random,
    out: Construction,
) -> Instance | None:
    labels = labels_of(sizes)
    rivals = others(labels, as_many=as_many)
    best: tuple[float, Rows] | None = None
    highest: tuple[float, Rows] | None = None
    candidates = (_points if domain.kind == "points" else _distances)(sizes, rng)
    for attempt in range(TRIES):
        step = attempt % CLIMB
        if step == 0:
            best = None
        # after the first candidates, every other try climbs from the best so far
        climbs = best is not None and step >= FAMILIES and step % 2
        rows = _varied(domain, best[1], rng) if best is not None and climbs else next(candidates)
        if not domain.contains(rows):
            continue
        out.tried += 1
        instance = Instance(domain.kind, rows, labels)
        try:
            ahead = lead(subject, instance, rivals, exact=False, enough=best[0] if best else None)
            if (ahead > 0 if unique else ahead >= 0) and _verified(subject, instance, rivals, unique):
                return instance
        except OutOfTime:
            out.stopped = True
            if attempt <= FAMILIES:
                return None
            break
        if best is None or ahead >= best[0]:
            best = ahead, rows
            highest = best if highest is None or ahead >= highest[0] else highest
    out.closest = None if highest is None else Instance(domain.kind, highest[1], labels)
    return None


def _verified(subject: Subject, instance: Instance, rivals: list[tuple[int, ...]], unique: bool) -> bool:
    ahead = lead(subject, instance, rivals, exact=True, enough=None)
    return ahead > 0 if unique else ahead >= 0


def lead(
    subject: Subject, instance: Instance, rivals: list[tuple[int, ...]], *, exact: bool, enough: float | None
) -> float:
    """Smallest amount by which the clustering beats a rival; negative where one beats it, −∞ where one is undefined.

    If `exact`, it is −∞ as well where enclosures of the two overlap, as the rival may be ahead.
    The search for the smallest ends as soon as it is below `enough`; the rival that did it is moved to the front.
    """
    value = subject.exact if exact else subject.approximate
    own = value(instance)
    if is_undefined(own):
        return -float("inf")
    smallest = float("inf")
    for i, labels in enumerate(rivals):
        other = value(Instance(instance.kind, instance.rows, labels))
        ahead = -float("inf") if is_undefined(other) else improvement(other, own, subject.better)
        if exact and ahead == 0 and may_differ(own, other):
            ahead = -float("inf")
        smallest = min(smallest, ahead)
        if smallest < 0 and enough is not None and smallest < enough:
            rivals.insert(0, rivals.pop(i))
            break
    return smallest


def strongest_rival(
    subject: Subject, instance: Instance, *, as_many: bool = False
) -> tuple[tuple[int, ...] | None, float]:
    """The other clustering that is farthest ahead, and by how much; None where the instance's own has no value.

    Where none is ahead, one that has no value comes before the others, with NaN.
    """
    own = subject.exact(instance)
    if is_undefined(own):
        return None, math.nan
    ahead, unknown = {}, []
    for labels in others(instance.labels, as_many=as_many):
        other = subject.exact(replace(instance, labels=labels))
        if is_undefined(other):
            unknown.append(labels)
        else:
            ahead[labels] = improvement(own, other, subject.better)
    rival = max(ahead, key=lambda labels: ahead[labels], default=None)
    if unknown and (rival is None or ahead[rival] <= 0):
        return unknown[0], math.nan
    return rival, math.nan if rival is None else ahead[rival]


def _distances(sizes: tuple[int, ...], rng: random.Random) -> Iterator[Rows]:
    """Tight clusters far apart, with and without a special point in each, then with random differences."""
    labels = labels_of(sizes)
    n = len(labels)
    tightness = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 16), Fraction(1, 1000))
    for tight in tightness:
        yield _matrix(n, lambda x, y: tight if labels[x] == labels[y] else 1)  # noqa: B023 - used at once
        yield _matrix(n, lambda x, y: _own_witness(labels, x, y, tight))  # noqa: B023
        yield _matrix(n, lambda x, y: tight * (1 + labels[x]) if labels[x] == labels[y] else 1)  # noqa: B023
    for tight in tightness:
        for period in (n, 2):
            yield _matrix(n, lambda x, y: _matched(labels, x, y, tight, period))  # noqa: B023
    while True:
        yield _uneven(labels, Fraction(1, rng.choice((2, 4, 10, 100))), rng)


def _uneven(labels: tuple[int, ...], tight: Fraction, rng: random.Random) -> Rows:
    """One of the families, with about half of the distances stretched by up to 2."""
    spread, special = rng.choice((2, 4, 8)), rng.random() < 0.5

    def distance(x: int, y: int) -> Fraction:
        plain = tight if labels[x] == labels[y] else Fraction(1)
        base = _own_witness(labels, x, y, tight) if special else plain
        return base * (1 + rng.choice((0, 1)) * Fraction(rng.randint(1, spread), spread))

    return _matrix(len(labels), distance)


def _own_witness(labels: tuple[int, ...], x: int, y: int, tight: Fraction) -> Fraction:
    """One representative a cluster: it is 1 from the other representatives, and 1 + t from the others' members."""
    if labels[x] == labels[y]:
        return tight
    represents = [labels.index(labels[point]) == point for point in (x, y)]
    return Fraction(1) if represents[0] == represents[1] else 1 + tight


def _matched(labels: tuple[int, ...], x: int, y: int, tight: Fraction, period: int) -> Fraction | int:
    """Across clusters the i-th and the j-th member are 2 apart where i ≡ j modulo the period, 1 elsewhere.

    The worst centres of parts of the clusters then have fewer members 2 away than the worst centres of the whole.
    """
    if labels[x] == labels[y]:
        return tight
    ranks = [labels[:point].count(labels[point]) for point in (x, y)]
    return 2 if (ranks[0] - ranks[1]) % period == 0 else 1


def _matrix(n: int, distance: Any) -> Rows:
    rows: list[list[Any]] = [[0] * n for _ in range(n)]
    for x in range(n):
        for y in range(x):
            rows[x][y] = rows[y][x] = distance(x, y)
    return tuple(map(tuple, rows))


def _points(sizes: tuple[int, ...], rng: random.Random) -> Iterator[Rows]:
    """Points in general position; then clusters in few or many dimensions, tight and far apart or wide."""
    n = sum(sizes)
    yield tuple(tuple(int(x == axis) for axis in range(n - 1)) for x in range(n))
    while True:
        if rng.random() < WIDE:
            yield _wide(sizes, rng)
            continue
        width = rng.choice((1, 2, 2, 3, len(sizes)))
        far = rng.choice((4, 8, 20, 100))
        near = rng.choice((1, 1, 2, 3))
        rows = []
        for label, size in enumerate(sizes):
            if width == len(sizes) and rng.random() < 0.7:  # corners of a simplex, as far from one another as can be
                centre = tuple(far * (axis == label) for axis in range(width))
            else:
                centre = tuple(rng.randint(-far, far) for _ in range(width))
            rows += [tuple(c + rng.randint(-near, near) for c in centre) for _ in range(size)]
        yield tuple(row if width > 1 else (*row, 0) for row in rows)


def _wide(sizes: tuple[int, ...], rng: random.Random) -> Rows:
    """Points whose distances have all dimensions to vary in, around the corners of a simplex."""
    labels, n = labels_of(sizes), sum(sizes)
    far = rng.choice((64, 128, 512))
    centres = [[rng.randint(-far, far) for _ in range(n - 1)] for _ in sizes]
    return tuple(
        tuple(centres[label][axis] + rng.randint(-64, 64) + 128 * (x == axis) for axis in range(n - 1))
        for x, label in enumerate(labels)
    )


def _varied(domain: Domain, rows: Rows, rng: random.Random) -> Rows:
    """The same distances or points with a few entries changed."""
    out = [list(row) for row in rows]
    for _ in range(rng.choice((1, 1, 2, 4))):
        x = rng.randrange(len(out))
        y = rng.randrange(len(out[0]))
        if domain.kind == "points":
            step = 2 ** rng.randrange(8)  # of one point, in all dimensions
            out[x] = [entry + rng.randint(-step, step) for entry in out[x]]
        elif x != y:
            changed = out[x][y] * Fraction(rng.choice((1, 2, 3, 3, 4, 5, 6, 8)), 4)
            out[x][y] = out[y][x] = changed
    try:
        return domain.checked(out)
    except Rejected:
        return rows
