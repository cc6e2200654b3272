"""A thirteenth of the points in one cluster, the others in one: never best by the adjusted Davies–Bouldin index.

Two clusters S and T have centroids D apart, the mean squared distances w to them, and all their points the squared
distances r to the common centroid, with mean M and variance σ². Their value grows with `v`. A triangle has the sides
E, F, G, all squared; its excess a = (F + G)/(2E) − 1, and ζ² = a² + ¾ ((G − F)/E)².
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any, NamedTuple

from cqm.axioms.exact import Enclosure
from cqm.axioms.instances import Instance, Rows
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.definitions.adjusted import squash
from cqm.definitions.arithmetic import mean
from cqm.definitions.coordinates import Point, centroid, squared_distance, sum_of_squares

__all__ = ["MANY", "enough_points", "pairs_or_halves_are_better"]

MANY = 10**2500
"""Points from which on the proof holds, where their number is a multiple of 26."""

STEEPNESS = Fraction("2.4831185988914117")
P, Q = Fraction(1, 13), Fraction(12, 13)
LARGEST, WIDE = Fraction("2.1"), Fraction("2.35")
"""What v is below for a cluster of a thirteenth of the points, and above for a triangle with a short side."""

EXPONENT = Enclosure.of(2).square_root() * Fraction(9, 8)
"""w/σ of a triangle is this over ζ."""


class Two(NamedTuple):
    """What the value of two clusters is made of."""

    apart: Any
    middle: Any
    variance: Any
    own: Any
    other: Any
    radii: list[Any]


def of_two(s: Sequence[Point], t: Sequence[Point]) -> Two:
    """D², M, σ², the two w and all r of two clusters."""
    center = centroid([*s, *t])
    radii = [squared_distance(x, center) for x in (*s, *t)]
    middle = mean(radii)
    own, other = (Fraction(sum_of_squares(cluster)) / len(cluster) for cluster in (s, t))
    return Two(
        squared_distance(centroid(s), centroid(t)),
        middle,
        mean((r - middle) ** 2 for r in radii),
        own,
        other,
        radii,
    )


def exp(exponent: Any) -> Any:
    """Enclosure of a power of e."""
    return Enclosure.of(exponent).exponential()


def root(square: Any) -> Any:
    """Enclosure of a square root."""
    return Enclosure.of(square).square_root()


def value(v: Any) -> Any:
    """Value of two clusters with v."""
    return squash(Enclosure.of(v), STEEPNESS)


def pairs_or_halves_are_better(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The lemmas on random points, and the bounds for `MANY` points."""
    points = cases.points(rng, 8, rng.randint(2, 3), 9)
    two_clusters(subject, points, rng.randint(1, 4))
    single_points(points)
    halves(points)
    triangle(subject, cases.points(rng, 3, 2, 9))
    one_to_twelve(subject, rng)
    least_values()
    loose_clusters()
    enough_points(MANY)


def two_clusters(subject: Subject, points: Rows, size: int) -> None:
    """The value, what M and σ have to do with the two w and D², and the mean squared distances."""
    s, t = points[:size], points[size:]
    two, p = of_two(s, t), Fraction(size, len(points))
    q = 1 - p
    if two.variance:
        sigma = root(two.variance)
        v = two.apart * two.middle / two.variance / (exp(two.own / sigma) + exp(two.other / sigma))
        labels = (0,) * size + (1,) * len(t)
        if value(v) != subject.exact(Instance("points", points, labels)):
            raise Broken("the value of two clusters is another one")
    if (
        two.middle != p * two.own + q * two.other + p * q * two.apart
        or mean(two.radii[:size]) != two.own + q**2 * two.apart
        or mean(two.radii[size:]) != two.other + p**2 * two.apart
        or two.variance < p * q * (two.own - two.other + (q - p) * two.apart) ** 2
    ):
        raise Broken("the squared distances to the centroid are others")
    across = mean(squared_distance(x, y) for x, y in product(s, t))
    inside = mean(squared_distance(x, y) for x, y in product(s, s))
    if across != two.apart + two.own + two.other or inside != 2 * two.own:
        raise Broken("the mean squared distances are others")
    for (x, r), (y, u) in combinations(zip(points, two.radii, strict=True), 2):
        if squared_distance(x, y) > 2 * r + 2 * u:
            raise Broken("two points are farther apart than twice their distances to the centroid")


def single_points(points: Sequence[Point]) -> None:
    """A point and the rest: D² and the rest's w, which is at most M if the point is no nearer than that."""
    n = len(points)
    for x in range(n):
        two = of_two([points[x]], [y for i, y in enumerate(points) if i != x])
        r = two.radii[0]
        if two.apart != r * Fraction(n, n - 1) ** 2 or two.other != Fraction(n, n - 1) * (two.middle - r / (n - 1)):
            raise Broken("a point is at another distance from the rest, or that scatters otherwise")
        if r >= two.middle < two.other:
            raise Broken("the rest scatters more than all points")


def halves(points: Sequence[Point]) -> None:
    """Two halves of the points: the mean D², and how much the two w differ."""
    n = len(points)
    apart, uneven = [], []
    for chosen in combinations(range(n), n // 2):
        two = of_two([points[x] for x in chosen], [points[x] for x in range(n) if x not in chosen])
        apart.append(two.apart)
        uneven.append((two.own - two.other) ** 2)
        if two.own + two.other != 2 * two.middle - two.apart / 2 or two.apart > 4 * two.middle:
            raise Broken("halves scatter otherwise")
    if mean(apart) != 4 * two.middle / (n - 1) or mean(uneven) != 4 * two.variance / (n - 1):
        raise Broken("halves are at another mean distance, or differ more")


def triangle(subject: Subject, points: Rows) -> None:
    """Two of three points beside the third: the formula, and the bounds of v for its excess and for a short side."""
    for z in range(3):
        x, y = (point for i, point in enumerate(points) if i != z)
        e, f, g = squared_distance(x, y), squared_distance(x, points[z]), squared_distance(y, points[z])
        a, uneven = Fraction(f + g, 2 * e) - 1, Fraction(g - f, e)
        square, two = a**2 + Fraction(3, 4) * uneven**2, of_two([x, y], [points[z]])
        if (
            two.apart != (a + Fraction(3, 4)) * e
            or two.middle != (2 * a + 3) * e / 9
            or two.variance != Fraction(2, 81) * square * e**2
            or two.own != Fraction(e, 4)
            or uneven**2 > 4 * (1 + a)
        ):
            raise Broken("the formulas of a triangle are wrong")
        if square == 0:
            continue
        reached = subject.exact(Instance("points", (x, y, points[z]), (0, 0, 1)))
        if e <= min(f, g) and 2 * max(f, g) >= 3 * e and reached < value(WIDE):
            raise Broken("a triangle with a short side has a smaller value")
        if a > 0 and reached < value(factor(a) / max(slack(a), slack(root(a**2 + 3 * a + 3)))):
            raise Broken("a triangle has a smaller value than its excess allows")


def factor(a: Any) -> Any:
    """What is divided by `slack` to give v of a triangle."""
    return Fraction(9, 2) * (a + Fraction(3, 4)) * (2 * a + 3)


def slack(zeta: Any) -> Any:
    """ζ² (1 + e^(w/σ)), which falls to its minimum and rises from there."""
    return zeta * zeta * (1 + (EXPONENT / zeta).exponential())


def one_to_twelve(subject: Subject, rng: Random) -> None:
    """Two points beside 24 others have no larger v."""
    spread, far = rng.choice((30, 60, 120)), rng.choice((1, 100, 200))
    other = cases.points(rng, 24, rng.choice((2, 24)), spread)
    pair = [[far + step, *(0,) * (len(other[0]) - 1)] for step in (0, 1)]
    points = tuple(map(tuple, pair)) + other
    if len(set(points)) == len(points):
        reached = subject.exact(Instance("points", points, (0, 0, *(1,) * len(other))))
        if reached > value(LARGEST):
            raise Broken("a thirteenth of the points has a larger value")


def everywhere(claim: Callable[[Fraction, Fraction], bool], low: Fraction, high: Fraction) -> None:
    """That a claim on intervals holds on parts of this one."""
    if claim(low, high):
        return
    if high - low < Fraction(1, 10**5):
        raise Broken("a bound does not hold on some interval")
    middle = (low + high) / 2
    everywhere(claim, low, middle)
    everywhere(claim, middle, high)


def least_values() -> None:
    """The bounds of v for a cluster of a thirteenth of the points, and for triangles with a short side."""
    root12, start, end = root(12), Fraction(1, 4), Fraction(2)

    def largest(z: Fraction) -> Any:
        return (169 + 169 * root12 * z + 144 * z**2) / 121

    def below(low: Fraction, high: Fraction) -> bool:
        return bool(largest(high) < LARGEST * (1 + exp(low)))

    def above(low: Fraction, high: Fraction) -> bool:
        least = root(low**2 + Fraction(3, 4) * max(Fraction(0), 1 - 2 * high) ** 2)
        most = 2 * high if high <= Fraction(8, 5) else root(high**2 + 3 * high + 3)
        return bool(factor(low) > WIDE * max(slack(least), slack(Enclosure.of(most))))

    everywhere(below, Fraction(0), Fraction(8))
    everywhere(above, start, end)
    ratio = (end**2 + Fraction(9, 4) * end + Fraction(9, 8)) / (end**2 + 3 * end + 3)
    if not (
        WIDE * (1 + (EXPONENT / end).exponential()) < 9
        and 9 * ratio > WIDE * (1 + (EXPONENT / root(end**2 + 3 * end + 3)).exponential())
    ):
        raise Broken("triangles with a very short side may have smaller values")


def loose_clusters() -> None:
    """The bounds for w ≥ 0.9: on σ, on Δ, and on the values of C and of a triangle."""
    w, t, sigma = Fraction("0.9"), Fraction("0.082"), Fraction("0.022")
    c = root(P * Q)
    if not (
        exp(P * Q / (c * (Q - P))) < w + Q**2
        and exp(Fraction("0.56")) < w + Q**2
        and c * Fraction("0.56") > P
        and Fraction("0.56") * c * t > P * (P + t)
        and P * (P + t) < Fraction("0.56") * sigma
        and Q - P - t > Fraction("0.764")
        and P * (P + t) < Fraction("0.0123")
    ):
        raise Broken("loose clusters may have a larger σ")
    excess, turn = Fraction("0.44"), Fraction("2.27")
    if not (
        Fraction("1.764") / 2 - excess > Fraction("0.43") + Fraction("0.01")
        and EXPONENT / excess < Fraction("3.62")
        and Fraction(81, 8) * w**2 > 2 * 20 * excess**2
        and EXPONENT / Fraction("0.7") > turn > 2 * (1 + exp(-turn))
        and Fraction("0.8") * (1 + (EXPONENT / Fraction("0.7")).exponential()) < 9
        and Fraction("0.8") * (1 + (EXPONENT / root(3)).exponential()) < Fraction(27, 8)
        and 20 * exp(-Fraction("3.62") * w) < Fraction("0.8")
        and value(1) > Fraction("0.84")
    ):
        raise Broken("a triangle may have a smaller value")
    if not STEEPNESS / 2 / sigma**2 * exp(-44 * Fraction("0.764")) < Fraction("5.6"):
        raise Broken("loose clusters may have a larger value")


def enough_points(n: int) -> None:
    """The bounds of the proof for n points and, as they get slacker, for all more."""
    pairs, single, density = 210, 10**6, Fraction(1, 10**10)
    reached = value(WIDE) * pairs * single / (pairs * single + pairs * (pairs - 1) // 2 + pairs + single)
    if not reached > value(LARGEST):
        raise Broken("pairs beside single points may have a smaller mean")
    if not (2 * (2 * pairs + 1) < density * n and n > (2 / density) ** pairs * (single + 2 * pairs)):
        raise Broken("there may be too few triangles with a short side")
    if not (Fraction("1.86") < Fraction("5.2") ** 2 * P * Q and exp(1) < Fraction("2.72")):
        raise Broken("σ may be larger")
    few = Fraction(1, 10**5)  # √density
    if not 4 * few + 4 * Fraction("5.2") < 25:
        raise Broken("few triangles may have long sides")
    flat = [25 * few / share for share in (P * P * Q, P * Q * Q)]
    middle = (P * Q + P * Fraction("0.9") + Q * Fraction("0.8")) / (1 - Q * flat[0])
    if not 1 - (2 * flat[0] + flat[1]) * middle / 3 > Fraction("0.9"):
        raise Broken("clusters may be tight without triangles with a short side")
    gain = Fraction("0.43") / 26 - Fraction("0.0123")
    if not (Fraction("0.43") * n / 13 > 3**4000 and gain * 4000 > 1000 * Fraction("0.0123")):
        raise Broken("halves may have a smaller value than very loose clusters")
    if not exp(1000) * Fraction("0.86") / 13 > exp(root(2)) + exp(-root(2)):
        raise Broken("halves may be too near to each other")
