"""Points where few pairs of a clustering's clusters have a value, and these the best ones: the adjusted silhouette.

Two clusters are round, and have no value, where their points are all as far from their common centroid.
"""

from collections.abc import Hashable
from fractions import Fraction
from itertools import combinations, product
from math import isqrt

from cqm.axioms.construction import labels_of
from cqm.axioms.instances import Instance

__all__ = ["beside_single_points", "round_unions"]

Shared = dict[Hashable, Fraction]
"""Coordinates that a point has in common with others, by what they are for."""


def round_unions(sizes: tuple[int, ...]) -> Instance:
    """A clustering is the only best one: few pairs of its clusters have a value."""
    return on_exact_spheres(sizes) if sizes[1] > 1 else beside_single_points(sizes)


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


def beside_single_points(sizes: tuple[int, ...]) -> Instance:
    """A cluster A of N points and single points: squared distances are 2 and a step, each small beside the one before.

    Single points are 2g² farther from each other. All are far, or the last if there are more than N: f = g⁴ farther
    from A. A's first point, the hub, is 2e² nearer to its others, and so are single points that are not far, but these
    are (N − 3) 2e² farther from the hub, and so round with A; e² = g⁶.
    """
    labels, size, single = labels_of(sizes), sizes[0], len(sizes) - 1
    n = len(labels)
    bits = 5 + n.bit_length()
    g, f, e = (Fraction(1, 2 ** (power * bits)) for power in (1, 4, 3))
    far = range(n - 1 if single > size else size, n)
    points: list[Shared] = [{} for _ in labels]
    for x, y in combinations(range(size, n), 2):
        points[x][x, y], points[y][x, y] = -g, g if x in far or y not in far else g - f / (2 * g)
    hubs = [0, *range(size, far[0])]
    for x, leaf in product(hubs, range(1, size)):
        points[x][x, leaf] = points[leaf][x, leaf] = e
    for x in hubs[1:]:
        points[0][0, x], points[x][0, x] = (size - 3) * e, -e
    return of_norms(points, [1 + f if x in far else Fraction(1) for x in range(n)], labels)


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
        if is_sum_of_three(whole - a * a)
        for b in range(isqrt(whole - a * a), -1, -1)
        for c in range(isqrt(whole - a * a - b * b), -1, -1)
        if a * a + b * b + c * c + (d := isqrt(whole - a * a - b * b - c * c)) ** 2 == whole
    )


def is_sum_of_three(whole: int) -> bool:
    """Whether it is a sum of three squares (Legendre: unless it is a power of 4 times 8j + 7)."""
    while whole and whole % 4 == 0:
        whole //= 4
    return whole % 8 != 7


def of_norms(points: list[Shared], norms: list[Fraction], labels: tuple[int, ...]) -> Instance:
    """Points with these shared coordinates, and others of their own that give them these squared lengths."""
    keys = list(dict.fromkeys(key for shared in points for key in shared))
    rows = []
    for x, (shared, length) in enumerate(zip(points, norms, strict=True)):
        own = four_squares(length - norm(shared))
        before, after = [Fraction(0)] * (4 * x), [Fraction(0)] * (4 * (len(points) - 1 - x))
        rows.append((*(shared.get(key, Fraction(0)) for key in keys), *before, *own, *after))
    return Instance("points", tuple(rows), labels)
