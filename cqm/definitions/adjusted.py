"""Measures that may be compared between data sets: Jeon et al.'s adjusted measures, means over pairs of clusters.

Each looks at two clusters at a time, takes distances in units of how much those to the centre of the two vary, and is
squashed into [0, 1] (or, the silhouette, [−1, 1]). The constants are those of the authors' program.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from cqm.definitions.arithmetic import exponential, mean, minimum, ratio, square_root
from cqm.definitions.coordinates import Point, centroid, clusters_of, distance, squared_distance, sum_of_squares

__all__ = ["adjusted_calinski_harabasz", "adjusted_davies_bouldin", "adjusted_silhouette", "adjusted_xie_beni"]

Cluster = Sequence[Point]


def adjusted_calinski_harabasz(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over pairs of clusters of squash(b e^b / 2), b = B / (n σ). Higher is better."""

    def of_two(s: Cluster, t: Cluster) -> Any:
        share = ratio(between(s, t), len(s) + len(t)) / deviation([*s, *t], squared_distance)
        return squash(share * exponential(share) / 2, Fraction("4.432010535838295"))

    return mean_over_pairs(of_two, points, labels)


def adjusted_xie_beni(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over pairs of clusters of squash(e^b · distance of the centroids / σ′). Higher is better."""

    def of_two(s: Cluster, t: Cluster) -> Any:
        share = ratio(between(s, t), len(s) + len(t)) / deviation([*s, *t], squared_distance)
        apart = ratio(distance(centroid(s), centroid(t)), deviation([*s, *t], distance))
        return squash(exponential(share) * apart, Fraction("0.29289310158571386"))

    return mean_over_pairs(of_two, points, labels)


def adjusted_davies_bouldin(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over pairs of clusters of squash(squared distance of the centroids / σ · (T / (n σ)) / (e^v + e^w)).

    v and w are the mean squared distances to the centroids over σ. Higher is better.
    """

    def of_two(s: Cluster, t: Cluster) -> Any:
        both = [*s, *t]
        unit = deviation(both, squared_distance)
        apart = squared_distance(centroid(s), centroid(t)) / unit * (ratio(sum_of_squares(both), len(both)) / unit)
        spreads = (exponential(ratio(sum_of_squares(cluster), len(cluster)) / unit) for cluster in (s, t))
        return squash(ratio(apart, sum(spreads)), Fraction("2.4831185988914117"))

    return mean_over_pairs(of_two, points, labels)


def adjusted_silhouette(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over pairs of clusters of the two clusters' mean of (e^b − e^a) / e^max(a, b). Higher is better.

    a and b are x's mean distances to the rest of its cluster and to the other one, over σ′; single points have 0.
    """

    def of_two(s: Cluster, t: Cluster) -> Any:
        unit = deviation([*s, *t], distance)

        def width(x: Point, own: Cluster, other: Cluster) -> Any:
            a, b = ratio(sum(distance(x, y) for y in own), len(own) - 1), mean(distance(x, y) for y in other)
            gain = ratio(b - a, unit)
            return minimum([1, exponential(gain)]) - minimum([1, exponential(-1 * gain)])

        widths = [[width(x, own, other) if len(own) > 1 else 0 for x in own] for own, other in ((s, t), (t, s))]
        return mean(map(mean, widths))

    return mean_over_pairs(of_two, points, labels)


def mean_over_pairs(of_two: Callable[[Cluster, Cluster], Any], points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean of the values of two clusters each; pairs whose points are all as far from their centre have none."""
    pairs = combinations(clusters_of(points, labels), 2)
    return mean(of_two(s, t) for s, t in pairs if deviation([*s, *t], squared_distance) != 0)


def deviation(points: Sequence[Point], d: Callable[[Point, Point], Any]) -> Any:
    """Standard deviation (divisor n) of the points' distances d to their centroid."""
    center = centroid(points)
    values = [d(x, center) for x in points]
    middle = mean(values)
    return square_root(mean((value - middle) * (value - middle) for value in values))


def between(s: Cluster, t: Cluster) -> Any:
    """B of two clusters: n_s n_t / n times the squared distance of their centroids."""
    return ratio(len(s) * len(t), len(s) + len(t)) * squared_distance(centroid(s), centroid(t))


def squash(value: Any, steepness: Fraction) -> Any:
    """(1 − e^(−kv)) / (1 + e^(−kv)): 0 → 0, ∞ → 1."""
    rest = exponential(-1 * steepness * value) if value != math.inf else 0
    return ratio(1 - rest, 1 + rest)
