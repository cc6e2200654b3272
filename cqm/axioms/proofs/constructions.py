"""Distances and points under which a given clustering is the best one, alone or among others.

Each construction takes the sizes of the clusters, largest first, and works for any of them; `tight` becomes smaller
with the number of points, as the proofs ask for what is small enough.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from math import isqrt, sqrt

from cqm.axioms.construction import labels_of
from cqm.axioms.instances import Instance, Number

__all__ = [
    "Construct",
    "centred_cross_distances",
    "contrasts",
    "doubling_steps",
    "equal_axes",
    "equal_distances",
    "guarded_stars",
    "on_a_line",
    "on_spheres",
    "representatives",
    "simplex",
    "sparse_points",
    "spread_singletons",
    "tight_clusters",
    "two_special_points",
]

Construct = Callable[[tuple[int, ...]], Instance]


def tight(sizes: tuple[int, ...]) -> Fraction:
    """A distance that is small beside 1, for so many points."""
    return Fraction(1, 4 * sum(sizes) ** 2)


def from_pairs(sizes: tuple[int, ...], distance: Callable[[int, int], Number]) -> Instance:
    """Distances of all pairs; `distance` is asked for x > y."""
    labels = labels_of(sizes)
    n = len(labels)
    rows = tuple(tuple(0 if x == y else distance(max(x, y), min(x, y)) for y in range(n)) for x in range(n))
    return Instance("distances", rows, labels)


def equal_distances(sizes: tuple[int, ...]) -> Instance:
    """All distances are 1."""
    return from_pairs(sizes, lambda x, y: 1)


def guarded_stars(sizes: tuple[int, ...]) -> Instance:
    """Distances 1 to the first point of a cluster, 2 between others of it, and w² across, with w = 4n².

    But in a circle of the clusters with two points or more, a guard of each is w from the second point of the next: its
    last point, or of two points the first.
    """
    labels, wide = labels_of(sizes), 1 / tight(sizes)
    stars = [label for label, size in enumerate(sizes) if size > 1]
    first = {label: labels.index(label) for label in stars}
    following = dict(zip(stars, stars[1:] + stars[:1], strict=True)) if len(stars) > 1 else {}
    guards = {(first[a] + (sizes[a] - 1 if sizes[a] > 2 else 0), first[b] + 1) for a, b in following.items()}

    def distance(x: int, y: int) -> Number:
        if labels[x] == labels[y]:
            return 1 if y == first[labels[y]] else 2
        return wide if (x, y) in guards or (y, x) in guards else wide**2

    return from_pairs(sizes, distance)


def tight_clusters(sizes: tuple[int, ...]) -> Instance:
    """Distances t inside clusters and 1 between them."""
    labels, t = labels_of(sizes), tight(sizes)
    return from_pairs(sizes, lambda x, y: t if labels[x] == labels[y] else 1)


def representatives(sizes: tuple[int, ...]) -> Instance:
    """Distances t inside; between clusters 1 for two representatives and for two others, 1 + t for one of each."""
    labels, t = labels_of(sizes), Fraction(1, 2)

    def distance(x: int, y: int) -> Number:
        if labels[x] == labels[y]:
            return t
        special = [labels.index(labels[point]) == point for point in (x, y)]
        return 1 if special[0] == special[1] else 1 + t

    return from_pairs(sizes, distance)


def spread_singletons(sizes: tuple[int, ...]) -> Instance:
    """Distances 1 inside and 2 across, but a little more between clusters of one point."""
    labels, little = labels_of(sizes), tight(sizes)

    def distance(x: int, y: int) -> Number:
        if labels[x] == labels[y]:
            return 1
        return 2 + little if sizes[labels[x]] == sizes[labels[y]] == 1 else 2

    return from_pairs(sizes, distance)


def sparse_points(sizes: tuple[int, ...]) -> Instance:
    """Distances t inside and 1 across, but 2 to the last point of a cluster of two points or more."""
    labels, t = labels_of(sizes), tight(sizes)
    last = {before - 1 for before, size in zip(accumulate(sizes), sizes, strict=True) if size > 1}

    def distance(x: int, y: int) -> Number:
        if labels[x] == labels[y]:
            return t
        return 2 if x in last or y in last else 1

    return from_pairs(sizes, distance)


def balanced(size: int) -> list[Fraction]:
    """Numbers without 0 whose sum is 0; they lie between −1 and 1."""
    return [Fraction(1, size)] * (size - 1) + [-Fraction(size - 1, size)]


def centred_cross_distances(sizes: tuple[int, ...]) -> Instance:
    """Distances t inside, 1 to singletons, and 1 + ε u_x v_y between other clusters, with `balanced` u and v."""
    labels, epsilon = labels_of(sizes), tight(sizes)
    weight = [value for size in sizes for value in balanced(size)]
    t = epsilon**4  # beside ε / n³ as well

    def distance(x: int, y: int) -> Number:
        if labels[x] == labels[y]:
            return t
        if 1 in (sizes[labels[x]], sizes[labels[y]]):
            return 1
        return 1 + epsilon * weight[x] * weight[y]

    return from_pairs(sizes, distance)


def two_special_points(sizes: tuple[int, ...]) -> Instance:
    """Distances t inside; between clusters of a and b points 1/d is 2M, but for those of one of the first points.

    From the first cluster's first point it is M + η/(b − 1), to the second one's M − η/(a − 1); of both of them, 2M.
    """
    labels, t, m = labels_of(sizes), Fraction(1, 100), Fraction(1)
    eta = Fraction(1, 16 * sum(sizes))

    def distance(x: int, y: int) -> Number:
        if labels[x] == labels[y]:
            return t
        a, b = sizes[labels[y]], sizes[labels[x]]  # y < x, so y's cluster comes first
        if a == 1 or b == 1:
            return 1 / m
        first_row, first_column = labels.index(labels[y]) == y, labels.index(labels[x]) == x
        if first_row and not first_column:
            return 1 / (m + eta / (b - 1))
        if first_column and not first_row:
            return 1 / (m - eta / (a - 1))
        return 1 / (2 * m)

    return from_pairs(sizes, distance)


def simplex(sizes: tuple[int, ...]) -> Instance:
    """Points (e_cluster, b e_point): clusters at the corners of a simplex, each a small simplex itself."""
    labels, b = labels_of(sizes), tight(sizes)
    n, k = len(labels), len(sizes)
    rows = tuple(
        tuple(int(axis == labels[x]) for axis in range(k)) + tuple(b * (axis == x) for axis in range(n))
        for x in range(n)
    )
    return Instance("points", rows, labels)


def on_spheres(sizes: tuple[int, ...]) -> Instance:
    """Of three clusters or more, any two lie on a sphere about their common centroid, up to a millionth.

    Squared distances are 2m inside a cluster of m points, and 2(l + m − 1) to one of l points, less 2 w_x w_y for x and
    y of different clusters, where w sums to 0 over a cluster, and over no part of it. But two clusters of m points are
    farther apart, and two single points nearer to each other, each two of them in another way. Of two clusters all are
    on a line, at 0 and 1, but for one point at −1/3.
    """
    labels, k, nudge = labels_of(sizes), len(sizes), Fraction(1, 2**20)
    n = len(labels)
    rows: list[tuple[Fraction, ...]] = [(Fraction(label) - Fraction(x == 0, 3),) for x, label in enumerate(labels)]
    if k > 2:
        shares = [2 / (3 + 2 * label) for label in range(k)]
        w = [share * value for size, share in zip(sizes, shares, strict=True) for value in uneven(size)]

        def product(x: int, y: int) -> float:
            first, last = sorted((labels[x], labels[y]))
            size = sizes[last]
            if first == last:
                return size * (x == y) + size - 1
            if size == 1 or sizes[first] > size:
                return w[x] * w[y] + shares[first] * shares[last] * (sizes[first] == 1)
            return w[x] * w[y] - size * (k * k + k * first + last) / (2 * k * k * (sizes.count(size) - 1))

        rows = with_products([[product(x, y) for y in range(n)] for x in range(n)])
    return Instance("points", tuple((*row, nudge * x * x) for x, row in enumerate(rows)), labels)


def uneven(size: int) -> list[float]:
    """Different numbers that sum to 0, no part of them to 0; they lie between −1 and 1."""
    return [*(2 * x / size / (size - 1) for x in range(1, size)), -1.0] if size > 1 else [0.0]


def with_products(products: list[list[float]]) -> list[tuple[Fraction, ...]]:
    """Points with these inner products, up to rounding (Cholesky's decomposition)."""
    rows: list[list[float]] = []
    for x, row in enumerate(products):
        out: list[float] = []
        for y in range(x):
            known = sum(a * b for a, b in zip(out, rows[y], strict=False))
            out.append((row[y] - known) / rows[y][y])
        out.append(sqrt(row[x] - sum(a * a for a in out)))
        rows.append(out)
    n = len(rows)
    return [tuple(Fraction(round(v * 2**40), 2**40) for v in row + [0.0] * (n - len(row))) for row in rows]


def contrasts(sizes: tuple[int, ...]) -> Instance:
    """Orthogonal contrasts of the clusters as k − 1 variables, but for differences that keep points apart."""
    small = tight(sizes) ** 3
    rows: list[tuple[Number, ...]] = [
        (first + small * x, *others) for x, (first, *others) in enumerate(contrasted(sizes))
    ]
    return Instance("points", tuple(rows), labels_of(sizes))


def equal_axes(sizes: tuple[int, ...]) -> Instance:
    """The same contrasts, all of nearly the same scatter, and a further variable with tiny differences."""
    before, small = list(accumulate(sizes)), Fraction(1, 2**100)
    norms = [before[j - 1] * sizes[j] * (sizes[j] + before[j - 1]) for j in range(1, len(sizes))]
    scales = [Fraction(isqrt(10**12 // norm), 10**6) for norm in norms]
    rows: list[tuple[Number, ...]] = [
        (*(value * scale for value, scale in zip(row, scales, strict=True)), small * x)
        for x, row in enumerate(contrasted(sizes))
    ]
    return Instance("points", tuple(rows), labels_of(sizes))


def contrasted(sizes: tuple[int, ...]) -> list[list[int]]:
    """For each point k − 1 variables that sum to 0 and are orthogonal, equal inside clusters."""
    before = list(accumulate(sizes))
    return [
        [sizes[j] if label < j else -before[j - 1] if label == j else 0 for j in range(1, len(sizes))]
        for label in labels_of(sizes)
    ]


def doubling_steps(sizes: tuple[int, ...]) -> Instance:
    """Points of a line in the plane, no three of which are evenly spaced."""
    return Instance("points", tuple((2**x, 0) for x in range(sum(sizes))), labels_of(sizes))


def on_a_line(sizes: tuple[int, ...]) -> Instance:
    """Clusters at whole numbers on a line, whose points follow each other in small steps."""
    labels, small = labels_of(sizes), tight(sizes)
    rows = tuple((label + small * labels[:x].count(label),) for x, label in enumerate(labels))
    return Instance("points", rows, labels)
