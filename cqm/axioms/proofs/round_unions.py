"""Points where few pairs of a clustering's clusters have a value, and these the best ones: the adjusted silhouette.

Two clusters are round, and have no value, where their points are all as far from their common centroid.
"""

from collections.abc import Hashable
from fractions import Fraction
from itertools import combinations
from math import isqrt
from random import Random
from typing import Any

from cqm.axioms.construction import labels_of
from cqm.axioms.exact import root
from cqm.axioms.instances import Instance
from cqm.axioms.proofs.rivals import constructed
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.definitions.arithmetic import exponential, minimum

__all__ = ["best_of_as_many", "round_unions"]

LEAST = Fraction("0.4627")
"""Any number of points that are a little farther from a single point than from each other have a larger value."""

Shared = dict[Hashable, Fraction]
"""Coordinates that a point has in common with others, by what they are for."""

Counts = tuple[int, int]
"""How many points of the cluster, and how many single points, are in a cluster of a rival."""


def best_of_as_many(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The construction against its rivals, and values of pairs beside one point, for any number of points."""
    clusters = rng.choice([((t, 0), (0, 1)) for t in range(2, 6)]), mixed(rng, 3)
    for own, other in clusters:
        compared(subject, own, other)
    for t in range(2, 40):
        if not beside_one(t) > LEAST:
            raise Broken(f"{t} points beside one that is a little farther have a smaller value")
    for largest in (3, 12, 60):
        own, other = mixed(rng, largest)
        if not of_mixed(own, other) < LEAST:
            raise Broken(
                f"two clusters with {own} and {other} points of the cluster and single ones have a larger value"
            )
    constructed(round_unions, some_of=5)(subject, axiom, rng)


def mixed(rng: Random, largest: int) -> tuple[Counts, Counts]:
    """Two clusters with a point of the cluster and two single points, or more of them, in both together."""
    while True:
        s, r, t, u = (rng.randint(0, largest) for _ in range(4))
        if min(s + r, t + u, s + t, r + u - 1) > 0:
            return (s, r), (t, u)


def compared(subject: Subject, own: Counts, other: Counts) -> None:
    """The value of two such clusters is the one of the limit, or near it."""
    n, q = own[0] + other[0] + 1, own[1] + other[1]
    rows = beside_one_point((n, *[1] * q)).rows
    singles = list(range(n, n + q))
    first = [*range(own[0]), *singles[: own[1]]]
    last = [*range(own[0], own[0] + other[0]), *singles[own[1] :]]
    labels = (*[0] * len(first), *[1] * len(last))
    value = subject.exact(Instance("points", tuple(rows[x] for x in [*first, *last]), labels))
    limit = beside_one(own[0]) if q == 1 else of_mixed(own, other)
    if not abs(value - limit) < Fraction(1, 100):
        raise Broken(f"two clusters with {own} and {other} points have the value {value}, and not {limit}")


def width(gain: Any) -> Any:
    """ψ(t) = sgn(t) (1 − e^(−|t|))."""
    return minimum([1, exponential(gain)]) - minimum([1, exponential(-1 * gain)])


def beside_one(t: int) -> Any:
    """Value of t points and one that is a little farther from them than they from each other."""
    return width(root(Fraction((t + 1) ** 3, 2 * (t - 1) ** 2))) / 2


def of_mixed(own: Counts, other: Counts) -> Any:
    """Value of two clusters with two single points or more, which are a little farther from each other."""
    single, rest = own[1] + other[1], own[0] + other[0]
    m = single + rest
    unit = root(Fraction(m**3 * (m - 1), 2 * (single - 1) ** 2 * single * rest))

    def mean(cluster: Counts, faced: Counts) -> Any:
        size = sum(cluster)
        if size == 1 or cluster[1] == 0:
            return 0
        gain = Fraction(faced[1], sum(faced)) - Fraction(cluster[1] - 1, size - 1)
        return Fraction(cluster[1], size) * width(unit * gain)

    return (mean(own, other) + mean(other, own)) / 2


def round_unions(sizes: tuple[int, ...]) -> Instance:
    """A clustering is the only best one of as many clusters: few pairs of its clusters have a value."""
    return on_exact_spheres(sizes) if sizes[1] > 1 else beside_one_point(sizes)


def on_exact_spheres(sizes: tuple[int, ...]) -> Instance:
    """Two clusters or more are nearly round two by two, and exactly round, all equally far, with each single point.

    Squared distances are 2m inside a cluster of m points, and 2(l + m − 1) to one of l points, less 2 w_x w_y where
    neither is a single point, w as in `weights`. Clusters of the same size are farther apart, each two by another
    amount, if they are no single points, and the first points of clusters a little nearer.
    """
    labels, k = labels_of(sizes), len(sizes)
    clusters = [label for label, size in enumerate(sizes) if size > 1]
    scale = Fraction(1, 2 ** isqrt(len(labels)).bit_length())
    of_clusters: dict[int, Shared] = {label: {} for label in range(k)}
    for s, t in combinations(clusters, 2):
        if sizes[s] == sizes[t]:
            apart = Fraction(k * k + k * s + t, 2 ** (2 * k * k).bit_length() * 2 ** isqrt(k).bit_length())
            of_clusters[s][s, t], of_clusters[t][s, t] = apart, -apart
    for label, shared in of_clusters.items():
        shared.update(zip(range(4 * label, 4 * label + 4), four_squares(sizes[label] - 1 - norm(shared)), strict=True))
    w = [value * scale * (1 + Fraction(s, 2 ** k.bit_length())) for s in range(k) for value in weights(sizes[s])]
    points = [dict(of_clusters[label]) for label in labels]
    for x, y in combinations(range(len(labels)), 2):
        if labels[x] != labels[y] and min(sizes[labels[x]], sizes[labels[y]]) > 1:
            points[x]["points", x, y], points[y]["points", x, y] = w[x], w[y]
    for label in clusters:
        points[labels.index(label)]["first"] = Fraction(1, 2**10)
    return of_norms(points, [Fraction(2 * sizes[label] - 1) for label in labels], labels)


def weights(size: int) -> list[Fraction]:
    """Different numbers that sum to 0, no part of them to 0; they lie between −1/2 and 1/2."""
    powers = [Fraction(2**x, 2**size) for x in range(size - 1)]
    return [*powers, -sum(powers, Fraction(0))]


def beside_one_point(sizes: tuple[int, ...]) -> Instance:
    """A cluster and single points: all squared distances are 2, but 2 + f to the last point, 2 + 2g² of single points.

    f = g⁴ is small beside g².
    """
    labels, q = labels_of(sizes), len(sizes) - 1
    last = len(labels) - 1
    bits = 5 + q.bit_length()
    g, f = Fraction(1, 2**bits), Fraction(1, 2 ** (4 * bits))
    points: list[Shared] = [{} for _ in labels]
    for x, y in combinations(range(sizes[0], last + 1), 2):
        points[x][x, y], points[y][x, y] = -g, g - f / (2 * g) if y == last else g
    return of_norms(points, [*[Fraction(1)] * last, 1 + f], labels)


def norm(shared: Shared) -> Fraction:
    """Sum of the squares."""
    return sum((value * value for value in shared.values()), Fraction(0))


def four_squares(value: Fraction) -> list[Fraction]:
    """Four numbers whose squares have this sum (Lagrange: there are some unless it is negative)."""
    whole, unit = value.numerator * value.denominator, Fraction(1, value.denominator)
    while whole and whole % 4 == 0:  # else few ways to write it are left
        whole, unit = whole // 4, 2 * unit
    return next(
        [a * unit, b * unit, c * unit, d * unit]
        for a in range(isqrt(whole), -1, -1)
        for b in range(isqrt(whole - a * a), -1, -1)
        for c in range(isqrt(whole - a * a - b * b), -1, -1)
        if a * a + b * b + c * c + (d := isqrt(whole - a * a - b * b - c * c)) ** 2 == whole
    )


def of_norms(points: list[Shared], norms: list[Fraction], labels: tuple[int, ...]) -> Instance:
    """Points with these shared coordinates, and others of their own that give them these squared lengths."""
    keys = list(dict.fromkeys(key for shared in points for key in shared))
    rows = []
    for x, (shared, length) in enumerate(zip(points, norms, strict=True)):
        own = four_squares(length - norm(shared))
        before, after = [Fraction(0)] * (4 * x), [Fraction(0)] * (4 * (len(points) - 1 - x))
        rows.append((*(shared.get(key, Fraction(0)) for key in keys), *before, *own, *after))
    return Instance("points", tuple(rows), labels)
