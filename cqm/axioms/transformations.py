"""How each axiom's cases are made: a clustered set drawn from a domain, and what is done to it.

Every recipe takes (domain, number of points, draw) and returns a `Trial`, or raises `Rejected`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, Literal

from cqm.axioms import changes
from cqm.axioms.changes import STEP, Change
from cqm.axioms.clustering_function import changed_by
from cqm.axioms.domains import LARGEST, Domain, Draw
from cqm.axioms.exact import to_float
from cqm.axioms.instances import Instance, Rejected, Rows, Trial

__all__ = [
    "Recipe",
    "coarsening",
    "consistent",
    "labels",
    "of_one",
    "recipe",
    "refining",
    "replacing_the_rest",
    "single",
    "straddling",
    "with_a_rival",
]

Recipe = Callable[[Domain, int, Draw], Trial]

CLOSE = 1 << 44  # into so many parts a way is divided where a jump is looked for
PARTS = 32  # of it at first
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


def single(domain: Domain, n: int, draw: Draw) -> Trial:
    """One instance, unchanged."""
    clustering = labels(n, draw)
    return Trial((Instance(domain.kind, domain.draw(n, draw), clustering),), "")


def of_one(change: Change) -> Recipe:
    """The recipe that draws one clustered set and changes it."""

    def make(domain: Domain, n: int, draw: Draw) -> Trial:
        return change(domain, single(domain, n, draw).frames[0], draw)

    return make


def with_a_rival(change: Change) -> Recipe:
    """The recipe that draws a set with two clusterings, and changes it: both on the one, then both on the other."""

    def make(domain: Domain, n: int, draw: Draw) -> Trial:
        trial = change(domain, single(domain, n, draw).frames[0], draw)
        rival = labels(n, draw)
        if rival == trial.frames[0].labels:
            raise Rejected
        frames = tuple(frame for first in trial.frames for frame in (first, replace(first, labels=rival)))
        return Trial(frames, trial.change)

    return make


def recipe(
    change: Callable[[Instance, Draw], Instance] | None = None, *, of: Literal["measures", "functions"] = "measures"
) -> Callable[..., Trial]:
    """The recipe of an axiom of one's own: draw a clustered set, and compare it with what a function makes of it.

    Parameters
    ----------
    change : takes the instance and a function that draws an integer between two bounds, and returns another instance.
        It may raise `Rejected` where there is none, and what it returns outside the domain is drawn again. The first
        line of its docstring, or its name, is what a witness says of the change. Without one, cases are single
        instances, for axioms about one value.
    of : what the axiom is asked of. For "functions", the clusters of the instance are those that the clustering
        function makes of it.
    """
    said = "" if change is None else (change.__doc__ or change.__name__.replace("_", " ")).strip().partition("\n")[0]
    said = said[:1].lower() + said[1:].rstrip(".")

    def changed(domain: Domain, before: Instance, draw: Draw) -> Trial:
        if change is None:
            return Trial((before,), said)
        return Trial((before, _member(domain, change(before, draw), change.__name__)), said)

    return changed_by(changed) if of == "functions" else of_one(changed)


def _member(domain: Domain, made: Any, by: str) -> Instance:
    """The instance that a function made, if it is one of the domain."""
    if not isinstance(made, Instance) or made.kind != domain.kind:
        cure = ": is a `return` missing?" if made is None else ""
        raise TypeError(f"{by} has to return an Instance of {domain.kind}, got {made!r}{cure}")
    rows, n = tuple(map(tuple, made.rows)), len(made.labels)
    numbers: list[Any] = [value for row in rows for value in row]
    for value in numbers:
        if not isinstance(value, int | Fraction):
            cure = "start from case.rows, not from case.X, and write Fraction(1, 10) for 0.1"
            raise TypeError(f"{by} has to make rows of int and Fraction, got {value!r}: {cure}")
    widths = {len(row) for row in rows}
    if len(rows) != n or len(widths) != 1 or (domain.kind == "distances" and widths != {n}):
        shape = f"{len(rows)} rows of {' or '.join(map(str, sorted(widths)))} numbers"
        about = '; of an axiom about points, say kinds=("points",)' if domain.kind == "distances" else ""
        raise ValueError(f"{by} makes {shape} for {n} labels, which are no {domain.kind}{about}")
    if domain.kind == "distances" and any(rows[x][y] != (x != y) * rows[y][x] for x in range(n) for y in range(x + 1)):
        raise ValueError(f"{by} has to make symmetric distances with a zero diagonal, got {made.text()}")
    return Instance(domain.kind, domain.checked(rows), tuple(made.labels))


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

    width = CLOSE // PARTS
    grid = [value(part) for part in range(0, CLOSE + 1, width)]
    moves = [after - before for before, after in pairwise(grid)]
    slopes = [(moves[i - 1] + moves[i + 1]) / 2 for i in range(1, PARTS - 1)]
    # the part on which the value moves least like on the parts beside it
    place = max(range(1, PARTS - 1), key=lambda i: abs(moves[i] - slopes[i - 1]))
    slope, least = slopes[place - 1] / width, 1e-4 * (max(grid) - min(grid))
    low, high, below, above, steps = place * width, (place + 1) * width, grid[place], grid[place + 1], len(grid)
    while high - low > CLOSE >> 2 * STEP:
        middle = (low + high) // 2
        between, usual = value(middle), slope * (middle - low)
        steps += 1
        if abs(between - below - usual) >= abs(above - between - usual):
            high, above = middle, between
        else:
            low, below = middle, between
        if abs(above - below - slope * (high - low)) <= least:
            return None, steps  # as little as a continuous function moves
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
    turns = domain.kind == "points" and inner and (not outer or draw(0, 2) == 2)
    if turns or (domain.kind == "points" and draw(0, 1)):
        before = domain.checked(
            [(0, 0, point[0]) if label else (*point[:2], 0) for point, label in zip(before, clustering, strict=True)]
        )
    case = Instance(domain.kind, before, clustering)
    return changes.consistently(domain, case, draw, inner=inner, outer=outer, turns=turns)


def refining(domain: Domain, n: int, draw: Draw) -> Trial:
    """Take a clustering, and every finer non-trivial one."""
    return _alternatives(
        domain, n, draw, changes.refinements, "the clustering, then each that splits its clusters further"
    )


def coarsening(domain: Domain, n: int, draw: Draw) -> Trial:
    """Take a clustering, and every coarser non-trivial one."""
    return _alternatives(
        domain, n, draw, changes.coarsenings, "the clustering, then each that merges some of its clusters"
    )


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
