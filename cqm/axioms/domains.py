"""The sets of distance functions that a claim may be about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any, Literal

from cqm.axioms.instances import Number, Rejected, Rows

__all__ = [
    "DISTANCES",
    "DOMAINS",
    "EUCLIDEAN",
    "METRICS",
    "PSEUDODISTANCES",
    "Domain",
    "Draw",
    "domain_named",
    "log_uniform",
    "nearby",
    "signed",
    "small",
]

Draw = Callable[[int, int], int]
"""Chooses an integer between two bounds; the one nearest to 0 is the simplest."""

LARGEST = 12  # small distances and coordinates are integers up to here: room for ratios, and ties stay frequent
MAGNITUDE = 12  # large ones stay below twice this power of two


def log_uniform(draw: Draw) -> int:
    """A positive integer, of each order of magnitude as often."""
    power = 1 << draw(0, MAGNITUDE)
    return power + draw(0, power - 1)


def signed(draw: Draw) -> int:
    """Such an integer with either sign, or 0."""
    return draw(-1, 1) * log_uniform(draw)


def small(draw: Draw) -> int:
    """A small coordinate."""
    return draw(-LARGEST, LARGEST)


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of distance functions, with a way to draw from it.

    Attributes
    ----------
    name : how it is asked for.
    sentence : what belongs to it.
    kind : whether its members are given as distance matrices or as points.
    smallest : smallest distance that is drawn; where it is 0, different points may coincide.
    triangle : whether the triangle inequality must hold.
    """

    name: str
    sentence: str
    kind: Literal["distances", "points"]
    smallest: int = 1
    triangle: bool = False

    def draw(self, n: int, draw: Draw) -> Rows:
        """Draw a member with n points: of small numbers in some unit, where ties are frequent, or of all magnitudes.

        Half of the metrics are shortest paths, the others have no point between two others.
        """
        manner = draw(0, 4)
        wide, unit = manner == 3, log_uniform(draw) if manner == 4 else 1
        if self.kind == "points":
            number = signed if wide else small
            width = (2, 2, 2, 3)[draw(0, 3)]
            return self.checked([[unit * number(draw) for _ in range(width)] for _ in range(n)])
        near = self.triangle and draw(0, 1) == 1  # distances up to twice the smallest are a metric as they are
        least = log_uniform(draw) if near and wide else LARGEST // 2
        rows = [[0] * n for _ in range(n)]
        for x in range(n):
            for y in range(x):
                if near:
                    distance = draw(least, 2 * least)
                else:
                    distance = log_uniform(draw) if wide else draw(self.smallest, LARGEST)
                rows[x][y] = rows[y][x] = unit * distance
        return self.checked(shortest_paths(rows) if self.triangle else rows)

    def checked(self, rows: Any) -> Rows:
        """`rows` if they belong to the domain, otherwise `Rejected`."""
        rows = tuple(tuple(row) for row in rows)
        if not self.contains(rows):
            raise Rejected
        return rows

    def contains(self, rows: Rows) -> bool:
        """Whether the distances (or the points) belong to the domain."""
        n = len(rows)
        if self.kind == "points":
            return len(set(rows)) == n
        if any(rows[x][y] < 0 or (self.smallest and rows[x][y] == 0) for x in range(n) for y in range(x)):
            return False
        return not self.triangle or all(
            rows[x][y] <= rows[x][via] + rows[via][y] for x in range(n) for y in range(x) for via in range(n)
        )

    def apart(self, rows: Rows, x: int, y: int) -> Number:
        """A number in the order of the distances: the distance of two points, or its square where they are points."""
        if self.kind == "points":
            return sum(((a - b) ** 2 for a, b in zip(rows[x], rows[y], strict=True)), start=0)
        return rows[x][y]

    def scaled(self, rows: Rows, factor: Number) -> Rows:
        """All distances multiplied by a positive factor."""
        return tuple(tuple(value * factor for value in row) for row in rows)

    def reordered(self, rows: Rows, order: tuple[int, ...]) -> Rows:
        """Point i of the result is point `order[i]`."""
        if self.kind == "points":
            return tuple(rows[x] for x in order)
        return tuple(tuple(rows[x][y] for y in order) for x in order)


def shortest_paths(rows: list[list[Any]]) -> list[list[Any]]:
    """A metric, whatever the distances are: how far it is from one point to another by way of others."""
    for via, x, y in product(range(len(rows)), repeat=3):
        rows[x][y] = min(rows[x][y], rows[x][via] + rows[via][y])
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class _Nearby(Domain):
    """The domain, of which members are drawn that are a little off; `size` is how far, as a share."""

    rng: Random = field(default_factory=Random)
    size: float = 0.0

    def draw(self, n: int, draw: Draw) -> Rows:
        """Draw a member; every distance, or every coordinate, is off by an amount of its own."""
        rows = Domain.draw(self, n, draw)
        if self.kind == "points":
            pairs = combinations(rows, 2)
            least = min(max(abs(Fraction(a - b)) for a, b in zip(*pair, strict=True)) for pair in pairs)
            return self.checked([[value + least * self._share() for value in row] for row in rows])
        off = [list(row) for row in rows]
        for x, y in combinations(range(n), 2):
            off[x][y] = off[y][x] = rows[x][y] * (1 + self._share())
        return self.checked(shortest_paths(off) if self.triangle else off)

    def _share(self) -> Fraction:
        return Fraction(round(self.rng.uniform(-self.size, self.size) * 2**32), 2**32)


def nearby(domain: Domain, rng: Random, noise: float = 0.0) -> Domain:
    """The domain, whose members are drawn a little off, by more than a noise, so that nothing is equal by chance."""
    kept = (domain.name, domain.sentence, domain.kind, domain.smallest, domain.triangle)
    return _Nearby(*kept, rng, max(2.0**-10, noise))


DISTANCES = Domain("distances", "all distance functions: symmetric, positive, no triangle inequality", "distances")
METRICS = Domain("metrics", "all metrics: distance functions with the triangle inequality", "distances", triangle=True)
EUCLIDEAN = Domain("euclidean", "all sets of different points in Euclidean space", "points")
PSEUDODISTANCES = Domain(
    "pseudodistances", "distance functions under which different points may have distance 0", "distances", smallest=0
)

DOMAINS = {domain.name: domain for domain in (DISTANCES, METRICS, EUCLIDEAN, PSEUDODISTANCES)}


def domain_named(name: str | Domain) -> Domain:
    """Return the domain of that name."""
    if isinstance(name, Domain):
        return name
    if name not in DOMAINS:
        raise ValueError(f"`domain` must be one of {', '.join(DOMAINS)}; got {name!r}")
    return DOMAINS[name]
