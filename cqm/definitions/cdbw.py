"""CDbw (Halkidi & Vazirgiannis 2008): density inside and between clusters, by several representatives of each."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from cqm.definitions.arithmetic import if_at_most, maximum, mean, minimum, ratio, square_root
from cqm.definitions.coordinates import Point, centroid, clusters_of, distance, squared_distance, sum_of_squares

__all__ = ["cdbw"]

ROUNDING = Fraction(1, 10**9)
SHRINKING = [Fraction(s, 10) for s in range(1, 9)]


def cdbw(points: Sequence[Point], labels: Sequence[Any], *, n_representatives: int = 10) -> Any:
    """Cohesion · Sep · Compactness. Higher is better.

    Compactness = mean over s of Intra_dens(s);  Cohesion = Compactness / (1 + mean change of Intra_dens from s to s)
    Intra_dens(s) = mean over clusters of (mean over representatives v of share(v + s (c_i − v), C_i)) / stdev
    Sep = mean over i of min over j≠i of Dist_ij / (1 + mean over i of max over j≠i of Dens_ij)
    """
    clusters = clusters_of(points, labels)
    k = range(len(clusters))
    stdevs = [square_root(ratio(sum_of_squares(cluster), len(cluster))) for cluster in clusters]
    spread = mean(stdevs)
    borders = [representatives(cluster, n_representatives) for cluster in clusters]

    within = []
    for s in SHRINKING:
        shares = []
        for cluster, border in zip(clusters, borders, strict=True):
            c = centroid(cluster)
            shrunken = [[a + s * (b - a) for a, b in zip(v, c, strict=True)] for v in border]
            shares.append(mean(share(v, cluster, spread) for v in shrunken))
        within.append(over(mean(shares), spread))
    compactness = mean(within)
    change = ratio(sum(abs(b - a) for a, b in pairwise(within)), len(within) - 1)

    lengths, densities = {}, {}
    for i in k:
        for j in k:
            pairs = closest_pairs(borders[i], borders[j])
            radius, area = ratio(stdevs[i] + stdevs[j], 2), clusters[i] + clusters[j]
            lengths[i, j] = mean(distance(v, w) for v, w in pairs)
            densities[i, j] = mean(
                over(distance(v, w), 2 * radius) * share(centroid([v, w]), area, radius) for v, w in pairs
            )
    separation = mean(minimum(lengths[i, j] for j in k if j != i) for i in k)
    crowding = mean(maximum(densities[i, j] for j in k if j != i) for i in k)
    return ratio(compactness, 1 + change) * ratio(separation, 1 + crowding) * compactness


def representatives(cluster: Sequence[Point], count: int) -> list[Point]:
    """Up to `count` points, each the farthest from those before it, the first the farthest from the centroid.

    Of equally far points the one with the largest coordinates is taken, so that their order does not matter.
    """
    center = centroid(cluster)
    chosen = [max(cluster, key=lambda x: (squared_distance(x, center), tuple(x)))]
    while len(chosen) < count:
        reach = {tuple(x): min(squared_distance(x, v) for v in chosen) for x in cluster}
        farthest = max(reach, key=lambda x: (reach[x], x))
        if reach[farthest] == 0:
            break
        chosen.append(farthest)
    return chosen


def closest_pairs(border: Sequence[Point], other: Sequence[Point]) -> list[tuple[Point, Point]]:
    """The pairs of representatives each of which is nearest to the other."""
    return [
        (v, w)
        for v in border
        for w in other
        if squared_distance(v, w)
        == min(squared_distance(v, y) for y in other)
        == min(squared_distance(x, w) for x in border)
    ]


def share(u: Point, points: Sequence[Point], radius: Any) -> Any:
    """Share of the points nearer to u than `radius`, but not at u itself; radii are roots, hence the rounding."""
    inner = radius * (1 - ROUNDING)

    def near(squared: Any) -> Any:
        return (1 - if_at_most(inner * inner, squared, 1, 0)) * (1 - if_at_most(squared, 0, 1, 0))

    return mean(near(squared_distance(x, u)) for x in points)


def over(value: Any, stdev: Any) -> Any:
    """Quotient that is 0 where there is no deviation, as the paper sets densities in §3.5.1."""
    return ratio(value, stdev) if stdev != 0 else 0
