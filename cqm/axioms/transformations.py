"""How each axiom's cases are made: a clustered set drawn from a domain, and what is done to it.

Every function takes (domain, number of points, draw) and returns a `Trial`, or raises `Rejected`. `draw(low, high)`
chooses an integer; hypothesis, the climber and the shrinker each bring their own, and 0 always means "no change", so
that shrinking leaves what matters.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

from cqm.axioms.domains import LARGEST, Domain, Draw
from cqm.axioms.exact import to_float
from cqm.axioms.instances import Instance, Number, Rejected, Rows, non_trivial_partitions

__all__ = ["Recipe", "Trial", "coarsenings", "is_consistent_change", "refinements", "straddling"]


@dataclass(frozen=True, slots=True)
class Trial:
    """Instances whose values an axiom relates, and in words what leads from the first to the others."""

    frames: tuple[Instance, ...]
    change: str


Recipe = Callable[[Domain, int, Draw], Trial]

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
STEP = 20  # continuity looks at changes of 2^-20 and 2^-40
CLOSE = 1 << 44  # into so many parts a way is divided where a jump is looked for
FEW = 7  # up to so many points, clusterings are drawn label by label


def labels(n: int, draw: Draw) -> tuple[int, ...]:
    """Draw a non-trivial clustering, labelled in order of first appearance."""
    out = _partition(n, draw)
    if not 1 < max(out) + 1 < n:
        raise Rejected
    return out


def _partition(n: int, draw: Draw) -> tuple[int, ...]:
    """Draw any partition; of many points, mostly one with few clusters."""
    out: list[int] = []
    most = n if n <= FEW or draw(0, 3) == 3 else 2 + draw(0, 2)
    for _ in range(n):
        out.append(draw(0, min(max(out, default=-1) + 1, most - 1)))
    return tuple(out)


def permutation(n: int, draw: Draw) -> tuple[int, ...]:
    """Draw an order of n things; all draws 0 give the identity."""
    left = list(range(n))
    return tuple(left.pop(draw(0, len(left) - 1)) for _ in range(n))


def single(domain: Domain, n: int, draw: Draw) -> Trial:
    """One instance, unchanged."""
    clustering = labels(n, draw)
    return Trial((Instance(domain.kind, domain.draw(n, draw), clustering),), "")


def scaling(domain: Domain, n: int, draw: Draw) -> Trial:
    """Every distance times one factor."""
    before = single(domain, n, draw).frames[0]
    factor = FACTORS[draw(0, len(FACTORS) - 1)]
    after = Instance(before.kind, domain.scaled(before.rows, factor), before.labels)
    return Trial((before, after), f"every distance is multiplied by {factor}")


def reordering(domain: Domain, n: int, draw: Draw) -> Trial:
    """List the same clustered set in another order; points in space are moved rigidly as well."""
    before = single(domain, n, draw).frames[0]
    order = permutation(n, draw)
    rows = domain.reordered(before.rows, order)
    change = f"the points are listed in the order {list(order)}"
    if domain.kind == "points":
        shift, turn = (draw(-LARGEST, LARGEST), draw(-LARGEST, LARGEST)), draw(0, len(TURNS) - 1)
        rows = tuple((*_add(_turned(row[:2], TURNS[turn]), shift), *row[2:]) for row in rows)
        change += f", and turned by {_degrees(TURNS[turn])} and shifted by {list(shift)}"
        if draw(0, 2) == 2:
            padding = draw(-1, 1)
            rows = tuple((*row, padding) for row in rows)
            change += f", with one more coordinate, which is {padding} for all"
    if rows == before.rows and all(before.labels[x] == label for x, label in zip(order, before.labels, strict=True)):
        raise Rejected
    return Trial((before, Instance(before.kind, rows, tuple(before.labels[x] for x in order))), change)


def relabelling(domain: Domain, n: int, draw: Draw) -> Trial:
    """Give the same clusters other names."""
    before = single(domain, n, draw).frames[0]
    names = permutation(n, draw)
    after = Instance(before.kind, before.rows, tuple(names[label] for label in before.labels))
    if after == before:
        raise Rejected
    return Trial((before, after), f"the clusters labelled {list(before.labels)} are labelled {list(after.labels)}")


def duplicating(domain: Domain, n: int, draw: Draw) -> Trial:
    """Every point replaced by the same number of copies at distance 0, in the same cluster."""
    before = single(domain, n, draw).frames[0]
    copies = 2 + draw(0, 1)
    order = tuple(x for x in range(n) for _ in range(copies))
    after = Instance(before.kind, domain.reordered(before.rows, order), tuple(before.labels[x] for x in order))
    return Trial((before, after), f"every point is replaced by {copies} copies of itself")


def nudging(domain: Domain, n: int, draw: Draw) -> Trial:
    """Distances, or coordinates, changed by ever smaller amounts in one direction."""
    before = single(domain, n, draw).frames[0]
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


def straddling(
    domain: Domain, ends: Sequence[Rows], clustering: tuple[int, ...], evaluate: Callable[[Instance], Any]
) -> tuple[Trial | None, int]:
    """Close in on a jump of the value on the way between two members of a domain, if there seems to be one.

    Returns
    -------
    trial : instances as `nudging` makes them: at a jump, 2⁻²⁰ of the way from it, and 2⁻⁴⁰ of the way across it.
    steps : how often the value was asked for.
    """
    start, end = ends
    if start == end or len(start[0]) != len(end[0]):
        raise Rejected

    def at(part: int) -> Instance:
        """The instance when `part` of `CLOSE` parts of the way lie behind."""
        share = Fraction(part, CLOSE)
        rows = tuple(
            tuple(a + share * (b - a) for a, b in zip(*pair, strict=True)) for pair in zip(start, end, strict=True)
        )
        return Instance(domain.kind, domain.checked(rows), clustering)

    def value(part: int) -> float:
        reached = to_float(evaluate(at(part)))
        if not math.isfinite(reached):
            raise Rejected
        return reached

    grid = [value(part) for part in range(0, CLOSE + 1, CLOSE // 8)]
    steps, whole = len(grid), max(grid) - min(grid)
    place = max(range(8), key=lambda i: abs(grid[i + 1] - grid[i]))
    low, high, below, above = place * CLOSE // 8, (place + 1) * CLOSE // 8, grid[place], grid[place + 1]
    while high - low > CLOSE >> 2 * STEP:
        middle, between = (low + high) // 2, value((low + high) // 2)
        steps += 1
        if abs(between - below) >= abs(above - between):
            high, above = middle, between
        else:
            low, below = middle, between
        if abs(above - below) <= 1e-3 * whole:
            return None, steps  # as small as a continuous function's move would be
    back = max(low - (CLOSE >> STEP), 0)
    frames = (at(low), at(back if back < low else high + (CLOSE >> STEP)), at(high))
    what = "distances" if domain.kind == "distances" else "coordinates"
    change = f"{what} change by 2^-{STEP} of the way to others, then by 2^-{2 * STEP} in the other direction"
    return Trial(frames, change), steps


def consistent(domain: Domain, n: int, draw: Draw, *, inner: bool = True, outer: bool = True) -> Trial:
    """Distances shrink inside clusters (where `inner`) and grow between clusters (where `outer`)."""
    clustering = labels(n, draw)
    before = domain.draw(n, draw)
    # turning about a line that holds all other clusters is what leaves the distances between clusters as they are
    turns = domain.kind == "points" and (not outer or draw(0, 2) == 2)
    if turns or (domain.kind == "points" and draw(0, 1)):
        before = domain.checked(
            [(0, 0, point[0]) if label else point[:2] for point, label in zip(before, clustering, strict=True)]
        )
    before, after = consistent_change(domain, before, clustering, draw, inner=inner, outer=outer, turns=turns)
    parts = ["distances inside clusters shrink"] * inner + ["distances between clusters grow"] * outer
    frames = (Instance(domain.kind, before, clustering), Instance(domain.kind, after, clustering))
    return Trial(frames, " or ".join(parts) + ", or stay")


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
    after = [list(row) for row in before]
    wide = draw(0, 2) == 2  # by a factor and not by a few units
    for x in range(len(clustering)):
        for y in range(x):
            if clustering[x] == clustering[y] and inner:
                shrunk = before[x][y] // (1 + draw(0, LARGEST)) if wide else before[x][y] - draw(0, LARGEST)
                after[x][y] = after[y][x] = max(min(before[x][y], domain.smallest), shrunk)
            elif clustering[x] != clustering[y] and outer:
                after[x][y] = after[y][x] = before[x][y] + (before[x][y] if wide else 1) * draw(0, LARGEST)
    return tuple(map(tuple, after))


def _moves(
    domain: Domain, before: Rows, clustering: tuple[int, ...], draw: Draw, inner: bool, outer: bool, turns: bool
) -> tuple[Rows, Rows]:
    """Draw a few moves in four dimensions, and make those that are consistent changes one after the other."""
    before = tuple((*point, *(0,) * (4 - len(point))) for point in before)
    after = before
    for _ in range(3):
        moved = _moved(after, clustering, draw, turns=turns)
        if is_consistent_change(domain, after, moved, clustering, inner, outer):
            after = moved
    used = [i for i in range(4) if i < 2 or any(row[i] for row in (*before, *after))]
    before, after = (tuple(tuple(row[i] for i in used) for row in rows) for rows in (before, after))
    return before, after


def _moved(points: Rows, clustering: tuple[int, ...], draw: Draw, *, turns: bool) -> Rows:
    """One move: a cluster rises, contracts or shifts, or a point shifts or turns, unless it has to turn."""
    kind = 4 if turns else draw(0, 4)
    chosen = draw(0, max(clustering) if kind < 3 else len(clustering) - 1)
    if kind == 4:
        turn = TURNS[draw(0, len(TURNS) - 1)]
        return tuple(
            (*_turned(point[:2], turn), *point[2:]) if x == chosen else point for x, point in enumerate(points)
        )
    size = draw(-6, 6)
    shift = (size, draw(-6, 6), draw(-2, 2), 0)
    out = list(points)
    for x, (point, label) in enumerate(zip(points, clustering, strict=True)):
        if kind == 0 and label == chosen:
            out[x] = _add(point, (0, 0, 0, size))
        elif kind == 1 and label == chosen:
            centre = points[clustering.index(label)]
            keep = Fraction(6 - abs(size), 8)
            out[x] = tuple(c + (v - c) * keep for v, c in zip(point, centre, strict=True))
        elif (kind == 2 and label == chosen) or (kind == 3 and x == chosen):
            out[x] = _add(point, shift)
    return tuple(out)


def _add(point: tuple[Number, ...], shift: tuple[Number, ...]) -> tuple[Number, ...]:
    return tuple(a + b for a, b in zip(point, shift, strict=True))


def _turned(point: tuple[Number, ...], turn: tuple[Number, Number]) -> tuple[Number, ...]:
    """The point turned about the origin, by the angle with this cosine and sine."""
    (x, y), (cosine, sine) = point, turn
    return cosine * x - sine * y, sine * x + cosine * y


def _degrees(turn: tuple[Number, Number]) -> str:
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


def refining(domain: Domain, n: int, draw: Draw) -> Trial:
    """Take a clustering, and every finer non-trivial one."""
    return _alternatives(domain, n, draw, refinements, "the clustering, then each that splits its clusters further")


def coarsening(domain: Domain, n: int, draw: Draw) -> Trial:
    """Take a clustering, and every coarser non-trivial one."""
    return _alternatives(domain, n, draw, coarsenings, "the clustering, then each that merges some of its clusters")


def _alternatives(domain: Domain, n: int, draw: Draw, others: Callable[..., Any], change: str) -> Trial:
    clustering = labels(n, draw)
    rivals = others(clustering)
    if not rivals:
        raise Rejected
    rows = domain.draw(n, draw)
    return Trial(tuple(Instance(domain.kind, rows, rival) for rival in (clustering, *rivals)), change)


def replacing_the_rest(domain: Domain, n: int, draw: Draw) -> Trial:
    """Two clusterings A and B of the first points, beside two clusterings and two arrangements of all other points.

    Distances that touch the first points stay; in Euclidean space, all distances do.
    """
    inside = draw(2, n - 2)
    a, b = (_partition(inside, draw) for _ in range(2))
    rest, other_rest = (_partition(n - inside, draw) for _ in range(2))
    first = domain.draw(n, draw)
    second = first
    if domain.kind == "distances":
        rows = [list(row) for row in first]
        for x, y in product(range(inside, n), repeat=2):
            if y < x:
                rows[x][y] = rows[y][x] = max(domain.smallest, rows[x][y] + draw(-LARGEST, LARGEST))
        second = domain.checked(rows)
    frames = []
    for rows_, beside in ((first, rest), (second, other_rest)):
        for part in (a, b):
            whole = (*part, *(inside + label for label in beside))
            clustering = tuple(list(dict.fromkeys(whole)).index(label) for label in whole)
            frames.append(Instance(domain.kind, rows_, clustering))
    if any(not 1 < max(frame.labels) + 1 < n for frame in frames) or a == b or frames[:2] == frames[2:]:
        raise Rejected
    return Trial(tuple(frames), f"points {inside} to {n - 1} are rearranged and clustered in another way")
