"""All points but one, and that one: never a best clustering of many points by the adjusted Caliński–Harabasz index.

The n = N + 1 points are centred, N ‖Σ over S‖² ≤ D p (n − p) for each set S of p points (with D = ‖z‖² where the single
point z and the others have the least W), q_i = D − ‖x_i‖² and c_ij = −2 (x_i·x_j + D/N).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import comb, isqrt
from random import Random
from typing import Any

from cqm.axioms.instances import Instance
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.rivals import all_but_one, closest_pairs, outdone
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom, improvement
from cqm.axioms.subjects import Subject
from cqm.definitions.adjusted import between
from cqm.definitions.arithmetic import mean
from cqm.definitions.coordinates import Point, centroid, squared_distance

__all__ = ["MANY", "a_pair_is_better"]

MANY = 1000
"""Points from which on the proof holds."""


def a_pair_is_better(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The lemmas on random points, the bounds for `MANY` points, and that few random points are outdone by a pair."""
    shares_order_values(subject, rng)
    three_points(cases.points(rng, 3, 2, 9))
    long_pairs(rng, centred(cases.points(rng, rng.randint(6, 8), rng.randint(2, 3), 9)))
    enough_points(MANY)
    outdone(all_but_one, closest_pairs)(subject, axiom, rng)


def squared_share(s: Sequence[Point], t: Sequence[Point]) -> Any:
    """b² of two clusters, which their value grows with; None where all points are as far from the centroid."""
    both = [*s, *t]
    center = centroid(both)
    squares = [squared_distance(x, center) for x in both]
    variance = mean((square - mean(squares)) ** 2 for square in squares)
    share = between(s, t) / Fraction(len(both))
    return share * share / variance if variance else None


def shares_order_values(subject: Subject, rng: Random) -> None:
    """Of two pairs of clusters the one with the larger b² has the larger value."""
    points = cases.points(rng, 5, 2, 9)
    drawn = [(rng.sample(range(5), m), rng.randint(1, m - 1)) for m in (3, 3, 5)]
    shares, values = [], []
    for chosen, size in drawn:
        rows = [points[x] for x in chosen]
        shares.append(squared_share(rows[:size], rows[size:]))
        values.append(subject.exact(Instance("points", tuple(rows), (0,) * size + (1,) * (len(rows) - size))))
    for one, other in combinations(range(3), 2):
        if shares[one] is None or shares[other] is None:
            continue
        ahead = improvement(values[one], values[other], subject.better)
        if ahead * (1 if shares[other] > shares[one] else -1) < 0:
            raise Broken("a larger share of the sum of squares has the smaller value")


def three_points(points: Sequence[Point]) -> None:
    """Two points and a third have b = (2A + 2B − C) / (6 sd(A, B, C)), 3/√8 or more where C is the least square."""
    for z in range(3):
        x, y = (point for i, point in enumerate(points) if i != z)
        c, a, b = squared_distance(x, y), squared_distance(x, points[z]), squared_distance(y, points[z])
        share = squared_share([x, y], [points[z]])
        if share is None:
            continue
        variance = Fraction(a * a + b * b + c * c, 3) - Fraction(a + b + c, 3) ** 2
        if share != (2 * a + 2 * b - c) ** 2 / (36 * variance):
            raise Broken("the share of two points and a third is another one")
        if c <= min(a, b) and share < Fraction(9, 8):
            raise Broken("a closest pair and a third point have a smaller share")
        if variance > Fraction(2, 9) * (max(a, b, c) - min(a, b, c)) ** 2:
            raise Broken("three numbers vary more than their range allows")


def centred(points: Sequence[Point]) -> list[list[Fraction]]:
    """Points less their centroid."""
    center = centroid(points)
    return [[u - v for u, v in zip(x, center, strict=True)] for x in points]


def product(x: Point, y: Point) -> Any:
    """Inner product."""
    return sum(u * v for u, v in zip(x, y, strict=True))


def long_pairs(rng: Random, points: list[list[Fraction]]) -> None:
    """The identities and inequalities of c and q, for all signs, and what stars of pairs sum up to."""
    n, last = len(points), len(points) - 1
    bounds = []
    for labels in range(1, 2**last):
        part = [x for i, x in enumerate(points) if labels >> i & 1]
        total = [sum(axis) for axis in zip(*part, strict=True)]
        bounds.append(last * product(total, total) / (len(part) * (n - len(part))))
    d = max(bounds)
    q = [d - product(x, x) for x in points]
    c = [[-2 * (product(x, y) + d / last) for y in points] for x in points]
    center = mean(q)
    variance, squares = mean((v - center) ** 2 for v in q), [product(x, x) for x in points]
    if variance != mean((v - mean(squares)) ** 2 for v in squares):
        raise Broken("q varies otherwise than the squared distances to the centroid")
    for i, j in combinations(range(n), 2):
        if squared_distance(points[i], points[j]) != 2 * d * n / last + c[i][j] - q[i] - q[j]:
            raise Broken("c and q do not give the distance")
        if c[i][j] < -q[i] - q[j]:
            raise Broken("a pair is too short")
    for i in range(n):
        if min(q) < 0 or sum(c[i]) - c[i][i] != -2 * q[i] or (q[i] - center) ** 2 > last * variance:
            raise Broken("the sums of c or the deviations of q are wrong")
    hub, *order = rng.sample(range(n), n)
    cut = rng.randint(1, last)
    stars = [(hub, order[:cut])] + ([(order[cut], order[cut + 1 :])] if cut < last - 1 else [])
    total = sum(absolute_sum(len(leaves)) / len(leaves) * sum(c[h][leaf] for leaf in leaves) for h, leaves in stars)
    signs = [[1 - 2 * (number >> i & 1) for i in range(n)] for number in range(2**last)]
    if max(-sum(c[i][j] * e[i] * e[j] for i, j in combinations(range(n), 2)) for e in signs) > sum(q) or total > sum(q):
        raise Broken("signs, or stars of pairs, have a larger sum than that of q")


def absolute_sum(m: int) -> Fraction:
    """Mean of |ε₁ + … + ε_m| over signs."""
    return Fraction(sum(comb(m, r) * abs(m - 2 * r) for r in range(m + 1)), 2**m)


def enough_points(n: int) -> None:
    """The bounds of the proof for n points and, as they grow apart, for all more; 3 stands for √8, and 2 for √3."""
    root, fourth = isqrt(n - 2) + 1, isqrt(isqrt(n - 1))
    if not 5 * n - 32 * root > 3 * (n + 8 * root):
        raise Broken("two points in no long pair need not be the better pair")
    if not fourth**2 > 3 * fourth + 2:
        raise Broken("stars may sum up to too little")
    if any(3 * absolute_sum(m) ** 2 < m for m in range(1, 3 * root)):
        raise Broken("a sum of signs is smaller than its moments allow")
