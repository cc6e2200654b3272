"""A third of the points in one cluster and all others single: never the only best by the mean silhouette over clusters.

v(S) is the value of two clusters, S and the rest. With λ for the mean distance of x to its N = n − 1 others, t of x
and y is d(x, y)/λ. A point that faces q of its others, whose t have the mean k, scores `faced(N, q, k)`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb, factorial, perm
from random import Random
from typing import Any

from cqm.axioms.instances import Instance, Rows
from cqm.axioms.proofs.rivals import named
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.definitions import silhouette
from cqm.definitions.arithmetic import mean

__all__ = ["MANY", "two_clusters_are_as_good"]

MANY = 10**18
"""Points from which on the proof holds, where their number is a multiple of 6."""

Points = frozenset[int]
Values = Mapping[Points, Fraction]


def two_clusters_are_as_good(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The lemmas on random distances of six points, and the bounds for `MANY` points."""
    size = 6
    wide = rng.choice((3, 40, 10**4))
    drawn = {pair: rng.choice((1, rng.randint(1, wide))) for pair in combinations(range(size), 2)}
    rows = tuple(tuple(0 if x == y else drawn[min(x, y), max(x, y)] for y in range(size)) for x in range(size))
    values = of_two_clusters(subject, rows)
    sizes_add_up(rows, values)
    scores_are_bounded(rows)
    single_points(subject, rows, values, rng.randint(2, size - 2))
    points_apart(rows, values)
    far_points(rows)
    pairs_apart(rows, values)
    near_pairs(rows, values)
    sums_of_sizes(rng.randint(5, 12), rng.randint(2, 4))
    enough_points(MANY)


def of_two_clusters(subject: Subject, rows: Rows) -> Values:
    """v(S) for each S but the empty one and all points."""
    n = len(rows)
    out: dict[Points, Any] = {}
    for s in subsets(range(n)):
        if 0 < len(s) < n:
            out[s] = subject.exact(Instance("distances", rows, named([x in s for x in range(n)])))
    return out


def subsets(points: Sequence[int]) -> Iterator[Points]:
    """All of them, the empty one first."""
    for size in range(len(points) + 1):
        yield from map(frozenset, combinations(points, size))


def score(own: Any, other: Any) -> Any:
    """(b − a) / max(a, b)."""
    return silhouette.score(own, other, 2)


def scored(rows: Rows, x: int, other: Points) -> Any:
    """Score of x, with all but `other` in its cluster; 0 if it is alone."""
    own = [y for y in range(len(rows)) if y != x and y not in other]
    return score(mean(rows[x][y] for y in own), mean(rows[x][y] for y in other)) if own else 0


def faced(others: int, q: int, k: Fraction) -> Fraction:
    """Score of a point that faces q of its N others, with the mean k times its mean distance to all."""
    return others * (k - 1) / ((others - q) * max(k, (others - q * k) / (others - q)))


def gain(k: Fraction) -> Fraction:
    """min(k − 1, 1 − 1/k)."""
    return k - 1 if k <= 1 else 1 - 1 / k


def shares(rows: Rows, x: int) -> list[Fraction]:
    """What t is for each other point; 0 for x itself."""
    return [Fraction(d * (len(rows) - 1), sum(rows[x])) for d in rows[x]]


def sizes_add_up(rows: Rows, values: Values) -> None:
    """The mean v of q points beside the rest is half of what the mean score s rises by from q − 1 to q."""
    n = len(rows)
    s = [Fraction(0)] * n
    for q in range(1, n - 1):
        means = [mean(scored(rows, x, t) for t in values if len(t) == q and x not in t) for x in range(n)]
        if 2 * q <= n - 1 and max(means) > 0:
            raise Broken("a point that faces few others has a positive mean score")
        s[q] = mean(means)
    for q in range(1, n):
        if mean(v for t, v in values.items() if len(t) == q) != (s[q] - s[q - 1]) / 2:
            raise Broken("the mean value of two clusters is another one")


def scores_are_bounded(rows: Rows) -> None:
    """The formula of scores, its bounds, and what facing two points has to do with facing either."""
    n, others = len(rows), len(rows) - 1
    for x in range(n):
        t = shares(rows, x)
        rest = [y for y in range(n) if y != x]
        for s in filter(None, subsets(rest)):
            q, k = len(s), mean(t[y] for y in s)
            if q < others and (
                scored(rows, x, s) != faced(others, q, k) or faced(others, q, k) < others * gain(k) / (others - q)
            ):
                raise Broken("the formula of scores or its bound is wrong")
        one = {y: faced(others, 1, t[y]) for y in rest}
        for y, z in combinations(rest, 2):
            if 2 * (others - 2) * faced(others, 2, (t[y] + t[z]) / 2) < (others - 1) * (one[y] + one[z]):
                raise Broken("two points are faced with a smaller score than one of them")
        for y in rest:
            bonus = max(Fraction(0), 1 - t[y]) ** 2 / (others - t[y])
            if one[y] != Fraction(others, others - 1) * (gain(t[y]) + bonus):
                raise Broken("the formula for facing one point is wrong")
            for part in (Fraction(1, 3), Fraction(4, 5)):
                rise = one[y] - faced(others, 1, part * t[y])
                if 2 * t[y] >= 1 and rise * max(Fraction(3), t[y]) < 1 - part:
                    raise Broken("a score grows too little with the distance")


def loss(t: Fraction) -> Fraction:
    """E(t) = (t − 1)²/t above 1."""
    return t - 1 - gain(t)


def single_points(subject: Subject, rows: Rows, values: Values, m: int) -> None:
    """A cluster A of m points and r single points, against A beside them, and against each of them beside the rest."""
    n, others, r = len(rows), len(rows) - 1, len(rows) - m
    labels = (*(0,) * m, *range(1, r + 1))
    cluster, single = frozenset(range(m)), frozenset(range(m, n))
    sigma = mean(scored(rows, x, single) for x in cluster)
    back = mean(scored(rows, z, cluster) for z in single)
    if values[cluster] != (sigma + back) / 2 or (r + 1) * subject.exact(Instance("distances", rows, labels)) > sigma:
        raise Broken("a cluster has a smaller silhouette beside all others than beside the nearest of them")
    lost = sum(loss(t) for x in range(n) for y, t in enumerate(shares(rows, x)) if y != x)
    alone = 2 * (others - 1) * sum(values[frozenset([z])] for z in single)
    if alone < Fraction(m * r, others) * ((m - 1) * sigma - (r - 1) * back) - lost:
        raise Broken("single points beside the rest have smaller values")


def points_apart(rows: Rows, values: Values) -> None:
    """What v sums up to over all S with y and without some others: their scores alone, with a bound for y's."""
    n, y = len(rows), len(rows) - 1
    for apart in (frozenset({0}), frozenset({0, 1})):
        chosen = [s for s in values if y in s and not apart & s]
        weights = {s: Fraction(1, comb(n, len(s))) for s in chosen}
        rest = {s: frozenset(range(n)) - s for s in chosen}
        far = sum(weights[s] * scored(rows, x, s) / len(rest[s]) for s in chosen for x in apart)
        near = sum(weights[s] * scored(rows, y, rest[s]) / len(s) for s in chosen)
        if 2 * sum(weights[s] * values[s] for s in chosen) != far + near:
            raise Broken("scores of points on either side do not cancel")
        touching = tuple(tuple(0 if x in apart else d for x, d in enumerate(row)) for row in rows)
        near = sum(weights[s] * scored(touching, y, rest[s]) / len(s) for s in chosen)
        if near < -2 * len(apart) * sum(weights[s] / len(s) / len(rest[s]) for s in chosen):
            raise Broken("the point that some are apart from scores too little")


def far_points(rows: Rows) -> None:
    """A point with o and p others about it, in turn, gains enough by facing one more of them, d away."""
    n = len(rows)
    for x, y in combinations(range(n), 2):
        rest, d = [z for z in range(n) if z not in (x, y)], rows[x][y]
        for s in subsets(rest):
            o, p = len(s), n - 2 - len(s)
            if o and p:
                a, b = (sum(rows[x][z] for z in part) for part in (s, set(rest) - s))
                ways = [(Fraction(a, o), b, p + 1), (Fraction(b, p), a, o + 1)]
                rise = sum(
                    size * (score(own, (u + d) / Fraction(size)) - score(own, Fraction(u, size)))
                    for own, u, size in ways
                )
                if rise < min(size * d / (d + own * size) for own, _, size in ways):
                    raise Broken("a far point raises the scores too little")


def pairs_apart(rows: Rows, values: Values) -> None:
    """Of all S with one point of each of n/2 pairs: the mean v, where each score has a bound."""
    n = len(rows)
    half, everything = n // 2, frozenset(range(n))
    chosen = [s for s in values if all((x in s) != (x + half in s) for x in range(half))]
    expected = [mean(scored(rows, x, everything - s) for s in chosen if x in s) for x in range(n)]
    if mean(values[s] for s in chosen) != mean(expected):
        raise Broken("the mean value is not the mean score")
    for x in range(n):
        if expected[x] < Fraction(rows[x][(x + half) % n], 2 * sum(rows[x])) - Fraction(1, half - 1):
            raise Broken("a point apart from its partner scores too little")


def near_pairs(rows: Rows, values: Values) -> None:
    """Two points beside the rest, compared with either of them."""
    n, others = len(rows), len(rows) - 1
    t = [shares(rows, x) for x in range(n)]
    for x, y in combinations(range(n), 2):
        near = -faced(others, 1, t[x][y]) - faced(others, 1, t[y][x])
        alone = values[frozenset([x])] + values[frozenset([y])]
        if 4 * (others - 2) * values[frozenset([x, y])] < (others - 1) * near + 2 * others * alone:
            raise Broken("two points beside the rest have a smaller value")


def sums_of_sizes(n: int, j: int) -> None:
    """The weights of the sizes q of S where it has y and none of j others, but for a common factor, and their sums."""
    weights = {q: q * perm(n - q, j) for q in range(1, n - j + 1)}
    if any(perm(n, j + 1) * comb(n - 1 - j, q - 1) != weight * comb(n, q) for q, weight in weights.items()):
        raise Broken("the weights of sizes are others")
    inverse = sum(Fraction(weight, q * (n - q)) for q, weight in weights.items())
    ahead = sum(Fraction(weight * q, (n - q) * (n - q - 1)) for q, weight in weights.items())
    if (
        sum(weights.values()) != factorial(j) * comb(n + 1, j + 2)
        or inverse != factorial(j - 1) * comb(n - 1, j)
        or ahead > 2 * factorial(j - 2) * comb(n, j + 1)
    ):
        raise Broken("a sum over sizes is another one")


def enough_points(n: int) -> None:
    """The bounds of the proof for n points and, as they get slacker, for all more; in units of V, and a = n² V."""
    others, m, r = n - 1, n // 3, n // 3 * 2
    least = Fraction(m * r * ((others - 1) * (r + 1) - 2 * (r - 1)), others) - 2 * (others - 1) * r
    if not least > Fraction("0.147") * n * n * others:
        raise Broken("single points need not lose as much")
    j, pairs = 2100, 7001
    star = j - Fraction(2000 * (j + 2) * n, (j - 1) * (n + 1)) - Fraction(2 * (j + 2) * (j + 1), n + 1)
    if not (star > 3 and Fraction(pairs, 2000) - Fraction(2 * n, n - 2) > Fraction(3, 2) and 51 * n > 50 * (n + 1)):
        raise Broken("far points may gain too little")
    if not 50 * (n - 2) * n >= Fraction("49.6") * (n - 1) ** 2 or not 30 * n <= 31 * (n - 4):
        raise Broken("far points may raise scores by too little")
    far = 2 * pairs * (j + 1)
    if not far <= Fraction("0.005") * n * Fraction(others - 200_000, 17_000 * n):
        raise Broken("far points may be too many")
    share = Fraction(50, 49)
    kept = 1 - Fraction("0.051") * share
    if not (
        Fraction("0.04") < Fraction("0.043") * kept
        and share * (1 + Fraction(51_000, others**2)) < Fraction("1.1") * kept
        and 51 * share + Fraction(others, others - 1) < 57 * kept
    ):
        raise Broken("the losses may be larger")
    lost = (
        Fraction("0.043") + Fraction("1.1") * Fraction("0.005") + Fraction(57_000 * n**2, 7_000_000 * others**2)
    ) / (1 - Fraction(57, 1000))
    if not lost < Fraction("0.147"):
        raise Broken("the losses may be as large as needed")
    a = Fraction(7_000_000, n)
    if not (
        17 * a < 1
        and Fraction(4, n**2) + Fraction(2 * others, others - 1) < Fraction("2.1")
        and Fraction("1.1") * 201 + Fraction(2 * 201, n**2) + 201**2 < 41_000 * (1 - 201**2 * a)
        and 9 + Fraction("2.1") * 41_000 * 201 < 18_000_000
        and 18_000_000 * a * 1000 < 1
    ):
        raise Broken("points may be near to each other")
    if not Fraction("0.043") + Fraction(57 * n, 1000 * others) < Fraction("0.147"):
        raise Broken("the losses of near points may be as large as needed")
