"""What is done to a clustered set: changes under which an axiom compares its values.

Every function takes (domain, the instance, draw) and returns a `Trial` that starts at the instance, or raises
`Rejected`. `draw(low, high)` chooses an integer; hypothesis, the climber and the shrinker each bring their own, and 0
always means "no change", so that shrinking leaves what matters.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from cqm.axioms.domains import LARGEST, Domain, Draw
from cqm.axioms.instances import Instance, Number, Rejected, Rows, Trial, non_trivial_partitions

__all__ = [
    "STEP",
    "Change",
    "coarsenings",
    "consistent_change",
    "consistently",
    "degrees",
    "duplicated",
    "halves",
    "is_consistent_change",
    "nudged",
    "refinements",
    "relabelled",
    "reordered",
    "rotated",
    "scaled",
]

Change = Callable[[Domain, Instance, Draw], Trial]

FACTORS = (
    2,
    3,
    Fraction(1, 2),
    10,
    Fraction(1, 3),
    100,
    Fraction(1, 10),
    1000,
    Fraction(1, 100),
    10**6,
    Fraction(1, 10**6),
)
# cosines and sines: quarter turns, and those by the acute angles of Pythagorean triangles, either way
_ACUTE = tuple((Fraction(a, c), Fraction(b, c)) for a, b, c in ((4, 3, 5), (3, 4, 5), (12, 5, 13), (5, 12, 13)))
TURNS: tuple[tuple[Number, Number], ...] = (
    (1, 0),
    (0, 1),
    (-1, 0),
    (0, -1),
    *_ACUTE,
    *((cosine, -sine) for cosine, sine in _ACUTE),
)
MOVES = ("rise", "contract", "contract", "shift", "shift a point", "turn")  # of a cluster, the last two of a point
STEP = 20  # continuity looks at changes of 2^-20 and 2^-40


def permutation(n: int, draw: Draw) -> tuple[int, ...]:
    """Draw an order of n things; all draws 0 give the identity."""
    left = list(range(n))
    return tuple(left.pop(draw(0, len(left) - 1)) for _ in range(n))


def scaled(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Every distance times one factor."""
    factor = FACTORS[draw(0, len(FACTORS) - 1)]
    after = replace(before, rows=domain.scaled(before.rows, factor))
    return Trial((before, after), f"every distance is multiplied by {factor}")


def reordered(domain: Domain, before: Instance, draw: Draw, *, padded: bool = True) -> Trial:
    """List the same clustered set in another order; points in space are moved rigidly as well.

    Where `padded`, they may gain a coordinate that is the same for all.
    """
    order = permutation(before.n, draw)
    rows = domain.reordered(before.rows, order)
    change = f"the points are listed in the order {list(order)}"
    if domain.kind == "points":
        shift = tuple(draw(-LARGEST, LARGEST) for _ in before.rows[0][:2])
        turn = TURNS[draw(0, len(TURNS) - 1)] if len(shift) == 2 else TURNS[0]
        rows = tuple((*_add(rotated(row[:2], turn), shift), *row[2:]) for row in rows)
        change += f", and turned by {degrees(turn)} and shifted by {list(shift)}"
        if padded and draw(0, 2) == 2:
            padding = draw(-1, 1)
            rows = tuple((*row, padding) for row in rows)
            change += f", with one more coordinate, which is {padding} for all"
    if rows == before.rows and all(before.labels[x] == label for x, label in zip(order, before.labels, strict=True)):
        raise Rejected
    return Trial((before, Instance(before.kind, rows, tuple(before.labels[x] for x in order))), change)


def relabelled(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Give the same clusters other names."""
    names = permutation(before.n, draw)
    after = replace(before, labels=tuple(names[label] for label in before.labels))
    if after == before:
        raise Rejected
    return Trial((before, after), f"the clusters labelled {list(before.labels)} are labelled {list(after.labels)}")


def duplicated(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Every point replaced by the same number of copies at distance 0, in the same cluster."""
    copies = 2 + draw(0, 1)
    order = tuple(x for x in range(before.n) for _ in range(copies))
    after = Instance(before.kind, domain.reordered(before.rows, order), tuple(before.labels[x] for x in order))
    return Trial((before, after), f"every point is replaced by {copies} copies of itself")


def nudged(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Distances, or coordinates, changed by ever smaller amounts in one direction."""
    n = before.n
    width = len(before.rows[0])
    direction = [[0] * width for _ in range(n)]
    for x in range(n):
        for y in range(x if domain.kind == "distances" else width):
            direction[x][y] = draw(-1, 1)
            if domain.kind == "distances":
                direction[y][x] = direction[x][y]
    if not any(map(any, direction)):
        raise Rejected
    frames = [before]
    for step in (STEP, 2 * STEP):
        size = Fraction(1, 2**step)
        rows = tuple(
            tuple(value + size * change for value, change in zip(row, changes, strict=True))
            for row, changes in zip(before.rows, direction, strict=True)
        )
        frames.append(Instance(before.kind, domain.checked(rows), before.labels))
    what = "distances" if domain.kind == "distances" else "coordinates"
    return Trial(tuple(frames), f"{what} change by 2^-{STEP}, then by 2^-{2 * STEP}, in the direction {direction}")


def consistently(
    domain: Domain, before: Instance, draw: Draw, *, inner: bool = True, outer: bool = True, turns: bool = False
) -> Trial:
    """Distances shrink inside clusters (where `inner`) and grow between clusters (where `outer`).

    Points may gain coordinates, which were 0 before; where `turns`, they only turn about the first two axes.
    """
    rows, after = consistent_change(domain, before.rows, before.labels, draw, inner=inner, outer=outer, turns=turns)
    parts = ["distances inside clusters shrink"] * inner + ["distances between clusters grow"] * outer
    return Trial((replace(before, rows=rows), replace(before, rows=after)), " or ".join(parts) + ", or stay")


def consistent_change(
    domain: Domain,
    before: Rows,
    clustering: tuple[int, ...],
    draw: Draw,
    *,
    inner: bool = True,
    outer: bool = True,
    turns: bool = False,
) -> tuple[Rows, Rows]:
    """Draw a change that is consistent with a clustering; points come back with the coordinates that it uses."""
    if domain.kind == "points":
        before, after = _moves(domain, before, clustering, draw, inner, outer, turns)
    else:
        after = _stretches(domain, before, clustering, draw, inner, outer)
    if before == after or not is_consistent_change(domain, before, after, clustering, inner, outer):
        raise Rejected
    return before, after


def is_consistent_change(
    domain: Domain, before: Rows, after: Rows, clustering: tuple[int, ...], inner: bool = True, outer: bool = True
) -> bool:
    """Whether `after` belongs to the domain and differs from `before` in the allowed directions alone."""
    if not domain.contains(after):
        return False
    moved = [old != new for old, new in zip(before, after, strict=True)]
    for x in range(len(clustering)):
        for y in range(x):
            if not moved[x] and not moved[y]:
                continue
            change = domain.apart(after, x, y) - domain.apart(before, x, y)
            if clustering[x] == clustering[y]:
                if change > 0 or (change and not inner):
                    return False
            elif change < 0 or (change and not outer):
                return False
    return True


def halves(trial: Trial) -> dict[str, Trial]:
    """Split a consistent change of distances into its inner and outer half: one breaks what the whole breaks."""
    before, after = trial.frames
    labels = before.labels
    if before.kind != "distances":
        return {"consistency": trial}
    middle = tuple(
        tuple(new if labels[x] == labels[y] else old for y, (old, new) in enumerate(zip(*rows, strict=True)))
        for x, rows in enumerate(zip(before.rows, after.rows, strict=True))
    )
    between = Instance("distances", middle, labels)
    inner = Trial((before, between), "distances inside clusters shrink or stay")
    outer = Trial((between, after), "distances between clusters grow or stay")
    return {"consistency": trial, "inner_consistency": inner, "outer_consistency": outer}


def _stretches(domain: Domain, before: Rows, clustering: tuple[int, ...], draw: Draw, inner: bool, outer: bool) -> Rows:
    """Distances that shrink inside clusters and grow between them, each by its own amount."""
    n = len(clustering)
    after = [list(row) for row in before]
    by = ("units", "units", "a factor", "hundredths")[draw(0, 3)]
    for x in range(n):
        for y in range(x):
            value = before[x][y]
            if clustering[x] == clustering[y] and inner:
                amount = draw(0, LARGEST)
                if by == "hundredths":
                    value = value * Fraction(100 - amount, 100)
                else:
                    value = value // (1 + amount) if by == "a factor" else value - amount
                value = max(value, min(before[x][y], domain.smallest))
            elif clustering[x] != clustering[y] and outer:
                value = value + {"units": 1, "a factor": value, "hundredths": Fraction(value) / 100}[by] * draw(
                    0, LARGEST
                )
            if domain.triangle:  # no shorter and no longer than the other two sides of a triangle allow
                for z in range(n):
                    if z not in (x, y):
                        one, other = after[x][z], after[z][y]
                        value = min(max(value, one - other, other - one), one + other)
            after[x][y] = after[y][x] = value
    return tuple(map(tuple, after))


def _moves(
    domain: Domain, before: Rows, clustering: tuple[int, ...], draw: Draw, inner: bool, outer: bool, turns: bool
) -> tuple[Rows, Rows]:
    """Draw a few moves in four dimensions or one more than there are, and make the consistent ones one by one."""
    kinds = ("turn",) if turns else tuple(kind for kind in MOVES if inner or kind != "contract")
    width = max(len(before[0]) + 1, 4)
    before = tuple((*point, *(0,) * (width - len(point))) for point in before)
    after = before
    for _ in range(3):
        moved = _moved(domain, after, clustering, draw, kinds)
        if is_consistent_change(domain, after, moved, clustering, inner, outer):
            after = moved
    used = [i for i in range(width) if i < 2 or any(row[i] for row in (*before, *after))]
    before, after = (tuple(tuple(row[i] for i in used) for row in rows) for rows in (before, after))
    return before, after


def _moved(domain: Domain, points: Rows, clustering: tuple[int, ...], draw: Draw, kinds: tuple[str, ...]) -> Rows:
    """One move: a cluster rises, contracts or shifts, or a point shifts or turns."""
    kind = kinds[draw(0, len(kinds) - 1)] if len(kinds) > 1 else kinds[0]
    if kind in ("shift a point", "turn"):
        chosen = [draw(0, len(clustering) - 1)]
    else:
        names = list(dict.fromkeys(clustering))
        own = names[draw(0, len(names) - 1)]
        chosen = [x for x, label in enumerate(clustering) if label == own]
    if kind == "turn":
        turn = TURNS[draw(0, len(TURNS) - 1)]
        return _with(points, {x: (*rotated(points[x][:2], turn), *points[x][2:]) for x in chosen})
    size, small = draw(-6, 6), draw(0, 2) == 2  # against all
    unit = max(1, *(abs(int(value)) // 64 for row in points for value in row)) if small else 1
    if kind == "rise":
        return _with(points, {x: _risen(points[x], size * unit) for x in chosen})
    if kind == "contract":
        centre, keep = points[chosen[0]], Fraction(64 - abs(size), 64) if small else Fraction(6 - abs(size), 8)
        smaller = {x: tuple(c + (v - c) * keep for v, c in zip(points[x], centre, strict=True)) for x in chosen}
        return _far_enough(domain, points, _with(points, smaller), chosen)
    shift = (size * unit, draw(-6, 6) * unit, draw(-2, 2) * unit)
    return _with(points, {x: _add(points[x], shift) for x in chosen})


def _with(points: Rows, moved: Mapping[int, tuple[Number, ...]]) -> Rows:
    return tuple(moved.get(x, point) for x, point in enumerate(points))


def _far_enough(domain: Domain, before: Rows, after: Rows, chosen: list[int]) -> Rows:
    """The points after the chosen ones rose until none is nearer to any of the others than before."""
    pairs = [(x, y) for x in chosen for y in range(len(after)) if y not in chosen]
    nearer = max((domain.apart(before, *pair) - domain.apart(after, *pair) for pair in pairs), default=0)
    if nearer <= 0:
        return after
    deepest = max(0, *(after[y][-1] - after[x][-1] for x, y in pairs))
    rise = 2 * math.ceil(deepest) + math.isqrt(math.ceil(nearer)) + 1
    return _with(after, {x: _risen(after[x], rise) for x in chosen})


def _risen(point: tuple[Number, ...], height: int) -> tuple[Number, ...]:
    return (*point[:-1], point[-1] + height)


def _add(point: tuple[Number, ...], shift: tuple[Number, ...]) -> tuple[Number, ...]:
    """The point moved along its first axes."""
    return (*(a + b for a, b in zip(point, shift, strict=False)), *point[len(shift) :])


def rotated(point: tuple[Number, ...], turn: tuple[Number, Number]) -> tuple[Number, ...]:
    """The point turned about the origin, by the angle with this cosine and sine."""
    (x, y), (cosine, sine) = point, turn
    return cosine * x - sine * y, sine * x + cosine * y


def degrees(turn: tuple[Number, Number]) -> str:
    """The angle with this cosine and sine, written out."""
    return f"{math.degrees(math.atan2(turn[1], turn[0])) % 360:.4g}°"


def is_finer(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether each cluster of the one lies inside a cluster of the other."""
    return len(set(zip(one, other, strict=True))) == len(set(one))


@lru_cache
def refinements(clustering: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Other non-trivial partitions, each of whose clusters lies inside one of the clustering's."""
    return [one for one in non_trivial_partitions(len(clustering)) if one != clustering and is_finer(one, clustering)]


@lru_cache
def coarsenings(clustering: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Other non-trivial partitions, each of whose clusters is made of clusters of this one."""
    return [one for one in non_trivial_partitions(len(clustering)) if one != clustering and is_finer(clustering, one)]
