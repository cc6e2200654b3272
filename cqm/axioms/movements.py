"""What is done to points in space, and to distances whose order stays: changes of the axioms that came after.

As in `changes`, every function takes (domain, the instance, draw), and a draw of 0 leaves things as they are.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise

from cqm.axioms.changes import FACTORS, TURNS, consistently, degrees, rotated
from cqm.axioms.domains import LARGEST, Domain, Draw, signed, small
from cqm.axioms.exact import compare, root
from cqm.axioms.instances import Instance, Number, Rejected, Rows, Trial, squared_distances

__all__ = [
    "axis_scaled",
    "contracted",
    "expanded",
    "is_expansion",
    "is_motion",
    "moved_apart",
    "moved_on",
    "order_kept",
    "padded",
    "shifted",
    "turned",
]

Point = tuple[Number, ...]

CLOSER = 8  # a contracted cluster keeps so many parts of its size, less what is drawn
ROUNDING = 1e-9  # differences of lengths that are nearer than this to one another are compared exactly


def shifted(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Every point plus one vector."""
    number = signed if draw(0, 3) == 3 else small
    by = tuple(number(draw) for _ in before.rows[0])
    if not any(by):
        raise Rejected
    after = replace(before, rows=tuple(_plus(row, by) for row in before.rows))
    return Trial((before, after), f"all points are shifted by {list(by)}")


def turned(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """All points turned about the origin, in the plane of two axes."""
    width = len(before.rows[0])
    if width < 2:
        raise Rejected
    one = draw(0, width - 2)
    other = one + 1 + draw(0, width - 2 - one)
    turn = TURNS[draw(0, len(TURNS) - 1)]
    if turn == TURNS[0]:
        raise Rejected
    after = replace(before, rows=tuple(_in_plane(row, one, other, turn) for row in before.rows))
    return Trial((before, after), f"all points are turned by {degrees(turn)} in the plane of axes {one} and {other}")


def padded(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """One coordinate more, the same for all."""
    padding = draw(-LARGEST, LARGEST)
    after = replace(before, rows=tuple((*row, padding) for row in before.rows))
    return Trial((before, after), f"one more coordinate, which is {padding} for all")


def axis_scaled(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """One coordinate times a factor."""
    axis, factor = draw(0, len(before.rows[0]) - 1), FACTORS[draw(0, len(FACTORS) - 1)]
    after = replace(
        before, rows=tuple(tuple(v * factor if i == axis else v for i, v in enumerate(row)) for row in before.rows)
    )
    return Trial((before, after), f"coordinate {axis} is multiplied by {factor}")


def order_kept(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Other distances, none of which overtakes another."""
    if domain.kind == "points":
        size = (1, 4, 16, 64)[draw(0, 3)]
        rows = tuple(tuple(size * value + draw(-2, 2) for value in row) for row in before.rows)
        if not _same_order(domain, before.rows, rows):
            raise Rejected
    else:
        reached, new = 0, {0: 0}
        for value in sorted({value for row in before.rows for value in row} - {0}):
            reached += 1 + draw(0, LARGEST)
            new[value] = reached  # type: ignore[index]
        rows = tuple(tuple(new[value] for value in row) for row in before.rows)  # type: ignore[index]
    after = replace(before, rows=domain.checked(rows))
    if after == before:
        raise Rejected
    return Trial((before, after), "distances change, but their order stays")


def _same_order(domain: Domain, before: Rows, after: Rows) -> bool:
    pairs = list(combinations(range(len(before)), 2))
    ranks = []
    for rows in (before, after):
        lengths = [domain.apart(rows, *pair) for pair in pairs]
        place = {length: rank for rank, length in enumerate(sorted(set(lengths)))}
        ranks.append([place[length] for length in lengths])
    return ranks[0] == ranks[1]


def expanded(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Distances between clusters become η(d), those inside η⁻¹(d), with an increasing η that shortens no difference.

    Of points, a consistent change that has such an η: any one, or clusters on a line that move on from one another.
    """
    change = "distances d between clusters become η(d), those inside η⁻¹(d)"
    if domain.kind == "points":
        trial = _moved_on_a_line(domain, before, draw) if draw(0, 1) else consistently(domain, before, draw)
        if not is_expansion(*trial.frames):
            raise Rejected
        return Trial(trial.frames, f"{change}, where η increases and shortens no difference")
    bend, slopes = draw(1, LARGEST), (1 + draw(0, 3), 1 + draw(0, 3))
    rows = tuple(
        tuple(
            _stretched(Fraction(value), bend, slopes, back=before.labels[x] == before.labels[y])
            for y, value in enumerate(row)
        )
        for x, row in enumerate(before.rows)
    )
    after = replace(before, rows=domain.checked(rows))
    if after == before:
        raise Rejected
    return Trial((before, after), f"{change}; η has the slope {slopes[0]} up to {bend}, then {slopes[1]}")


def _moved_on_a_line(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Clusters one after the other on a line, further apart than they are long, move on by the same step each."""
    first = [row[0] for row in before.rows]
    gap = 3 * (max(first) - min(first)) + 1
    frames = tuple(
        replace(before, rows=domain.checked((x + by * label, 0) for x, label in zip(first, before.labels, strict=True)))
        for by in (gap, gap + 1 + draw(0, LARGEST))
    )
    return Trial(frames, "")


def _stretched(length: Fraction, bend: int, slopes: tuple[int, int], *, back: bool) -> Fraction:
    """η(length), or η⁻¹(length), for η with one slope up to `bend` and another one from there on."""
    low, high = slopes
    if back:
        return length / low if length <= low * bend else bend + (length - low * bend) / high
    return low * length if length <= bend else low * bend + high * (length - bend)


def is_expansion(before: Instance, after: Instance) -> bool:
    """Whether an increasing η with |η(a) − η(b)| ≥ |a − b| and η(0) = 0 makes the change of points.

    It takes every distance inside clusters from what it is afterwards to what it was, and every other one from what it
    was to what it is.
    """
    old, new = squared_distances(before.rows), squared_distances(after.rows)
    graph: set[tuple[Number, Number]] = {(0, 0)}  # squares of a and η(a)
    for x, y in combinations(range(before.n), 2):
        inside = before.labels[x] == before.labels[y]
        graph.add((new[x][y], old[x][y]) if inside else (old[x][y], new[x][y]))
    return all(_at_least_as_far(*pair) for pair in pairwise(sorted(graph)))


def _at_least_as_far(low: tuple[Number, Number], high: tuple[Number, Number]) -> bool:
    """Whether √high₁ − √low₁ ≥ √high₀ − √low₀, for two different points of the graph, the first one on the left."""
    if high[0] == low[0]:
        return False
    if math.sqrt(high[1]) - math.sqrt(low[1]) < math.sqrt(high[0]) - math.sqrt(low[0]) - ROUNDING:
        return False
    return compare(root(high[1]) + root(low[0]), root(high[0]) + root(low[1])) >= 0


def contracted(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Some clusters shrink towards their centroids, each by a factor of its own."""
    keep = [1 - Fraction(draw(0, CLOSER - 1), CLOSER) for _ in range(max(before.labels) + 1)]
    centres = _centroids(before)
    rows = tuple(
        tuple(c + keep[label] * (v - c) for v, c in zip(row, centres[label], strict=True))
        for row, label in zip(before.rows, before.labels, strict=True)
    )
    after = replace(before, rows=domain.checked(rows))
    if after == before:
        raise Rejected
    shares = ", ".join(map(str, keep))
    return Trial((before, after), f"the clusters shrink towards their centroids, to {shares} of their sizes")


def moved_apart(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Clusters are pulled apart, perhaps until the balls about them are disjoint; then they move as in `moved_on`."""
    pull = LARGEST * draw(0, 4)
    rows = ((row[0] + pull * label, *row[1:]) for row, label in zip(before.rows, before.labels, strict=True))
    return moved_on(domain, replace(before, rows=domain.checked(rows)), draw)


def moved_on(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """Each cluster turns about its centroid and shifts, so that none of them gets nearer to another."""
    turning = [TURNS[draw(0, len(TURNS) - 1)] for _ in range(max(before.labels) + 1)]
    shifts = [tuple(draw(-2, 2) for _ in before.rows[0]) for _ in turning]
    centres = _centroids(before)
    rows = tuple(
        _plus(_plus(_in_plane(_plus(row, centres[label], -1), 0, 1, turning[label]), centres[label]), shifts[label])
        for row, label in zip(before.rows, before.labels, strict=True)
    )
    after = replace(before, rows=domain.checked(rows))
    if after == before or not is_motion(before, after):
        raise Rejected
    return Trial((before, after), "clusters move as they are, none of their centroids nearer to another")


def is_motion(before: Instance, after: Instance) -> bool:
    """Whether clusters whose balls are disjoint move rigidly, and none of their centroids gets nearer to another.

    The ball of a cluster is the smallest one about its centroid that holds it.
    """
    labels, old, new = before.labels, squared_distances(before.rows), squared_distances(after.rows)
    if any(old[x][y] != new[x][y] for x, y in combinations(range(before.n), 2) if labels[x] == labels[y]):
        return False
    then, now = _centroids(before), _centroids(after)
    radii = [
        max(_square(_plus(row, then[own], -1)) for row, label in zip(before.rows, labels, strict=True) if label == own)
        for own in range(len(then))
    ]
    for i, j in combinations(range(len(then)), 2):
        gap = _square(_plus(then[i], then[j], -1))
        room = gap - radii[i] - radii[j]  # √gap ≥ √radii[i] + √radii[j], in squares
        if room < 0 or room * room < 4 * radii[i] * radii[j] or _square(_plus(now[i], now[j], -1)) < gap:
            return False
    return True


def _centroids(instance: Instance) -> list[Point]:
    members: list[list[Point]] = [[] for _ in range(max(instance.labels) + 1)]
    for row, label in zip(instance.rows, instance.labels, strict=True):
        members[label].append(row)
    return [tuple(Fraction(sum(axis)) / len(rows) for axis in zip(*rows, strict=True)) for rows in members]


def _plus(point: Sequence[Number], other: Sequence[Number], sign: int = 1) -> Point:
    return tuple(a + sign * b for a, b in zip(point, other, strict=True))


def _square(vector: Point) -> Number:
    return sum((value * value for value in vector), start=Fraction(0))


def _in_plane(point: Point, one: int, other: int, turn: tuple[Number, Number]) -> Point:
    if len(point) < 2:
        return point
    out = list(point)
    out[one], out[other] = rotated((point[one], point[other]), turn)
    return tuple(out)
