"""Characteristics of clusterings that users may ask for one by one (Hennig 2019; R's fpc, not standardised)."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cqm.definitions.arithmetic import ascending, logarithm, maximum, mean, minimum, ratio, square_root
from cqm.definitions.linkage import smallest_steps

__all__ = [
    "average_within",
    "density_at_boundaries",
    "density_weighted_gap",
    "neighbor_distance",
    "neighbor_variation",
    "separation_index",
    "size_entropy",
]

Distances = Sequence[Sequence[Any]]


def average_within(distances: Distances, labels: Sequence[Any]) -> Any:
    """Mean distance of two points of a cluster, over clusters with weights n_i. Lower is better."""
    clusters = [cluster for cluster in clusters_of(labels) if len(cluster) > 1]
    total: Any = 0
    for cluster in clusters:
        total = total + len(cluster) * mean(distances[x][y] for x in cluster for y in cluster if y < x)
    return ratio(total, sum(map(len, clusters)))


def separation_index(distances: Distances, labels: Sequence[Any], *, share: Any = Fraction(1, 10)) -> Any:
    """Mean distance to the nearest other cluster of the ⌈p n_i⌉ points of each cluster that are closest to one.

    Higher is better.
    """
    closest = []
    for cluster in clusters_of(labels):
        gaps = ascending(minimum(distances[x][y] for y in range(len(labels)) if y not in cluster) for x in cluster)
        closest += gaps[: math.ceil(share * len(cluster))]
    return mean(closest)


def size_entropy(distances: Distances, labels: Sequence[Any]) -> Any:
    """−Σ (n_i / n) log(n_i / n), over its largest value log k. Higher is better."""
    n, sizes = len(labels), list(map(len, clusters_of(labels)))
    entropy = -1 * sum(size * logarithm(ratio(size, n)) for size in sizes) / n
    return ratio(entropy, logarithm(len(sizes)))


def neighbor_distance(distances: Distances, labels: Sequence[Any], *, neighbors: int = 2) -> Any:
    """Mean distance of a point to its k-th nearest one in its cluster; clusters of up to k points are left out.

    Lower is better.
    """
    return mean(d for _, own in own_neighbors(distances, labels, neighbors) for d in own)


def neighbor_variation(distances: Distances, labels: Sequence[Any], *, neighbors: int = 2) -> Any:
    """Standard deviation over mean of these distances inside a cluster, over clusters with weights n_i.

    Lower is better.
    """
    total, weight = 0, 0
    for size, own in own_neighbors(distances, labels, neighbors):
        center = mean(own)
        variance = ratio(sum((d - center) * (d - center) for d in own), size - 1)
        total, weight = total + size * ratio(square_root(variance), center), weight + size
    return ratio(total, weight)


def density_at_boundaries(distances: Distances, labels: Sequence[Any], *, quantile: Any = Fraction(1, 10)) -> Any:
    """Mean over points of h(x) h_o(x) / (max h)², with h_o the part of the density h(x) that other clusters make.

    h(x) = Σ over y of max(0, 1 − d(x, y) / q), with q a quantile of all distances. Lower is better.
    """
    n, weights = len(labels), triangular_weights(distances, quantile)
    densities = [sum(row) for row in weights]
    foreign = [sum(weights[x][y] for y in range(n) if labels[y] != labels[x]) for x in range(n)]
    highest = maximum(densities)
    return mean(ratio(h * o, highest * highest) for h, o in zip(densities, foreign, strict=True))


def density_weighted_gap(distances: Distances, labels: Sequence[Any], *, quantile: Any = Fraction(1, 10)) -> Any:
    """Largest min(h(x), h(y)) / max h · s(x, y) of two points of a cluster, with h as for the density at boundaries.

    s(x, y) is the least over chains inside the cluster from x to y of the largest step. Lower is better.
    """
    densities = [sum(row) for row in triangular_weights(distances, quantile)]
    highest, step = maximum(densities), smallest_steps(distances, labels)
    return maximum(
        ratio(minimum([densities[x], densities[y]]), highest) * step[x][y]
        for cluster in clusters_of(labels)
        for x in cluster
        for y in cluster
        if y < x
    )


def triangular_weights(distances: Distances, quantile: Any) -> list[list[Any]]:
    """max(0, 1 − d(x, y) / q) for all x and y, with q the quantile of the distances of all pairs."""
    n = len(distances)
    width = quantile_of([distances[x][y] for x in range(n) for y in range(x)], quantile)
    return [[maximum([0, 1 - ratio(distances[x][y], width)]) for y in range(n)] for x in range(n)]


def clusters_of(labels: Sequence[Any]) -> list[list[int]]:
    """The points of each cluster by their numbers."""
    return [[x for x, label in enumerate(labels) if label == own] for own in dict.fromkeys(labels)]


def own_neighbors(distances: Distances, labels: Sequence[Any], rank: int) -> list[tuple[int, list[Any]]]:
    """Size, and distances to the own cluster's point of this rank, for clusters that have so many."""
    return [
        (len(cluster), [ascending(distances[x][y] for y in cluster if y != x)[rank - 1] for x in cluster])
        for cluster in clusters_of(labels)
        if len(cluster) > rank
    ]


def quantile_of(values: Sequence[Any], share: Any) -> Any:
    """Linear interpolation of the order statistics at (N − 1) p, as R and numpy have it."""
    ordered, place = ascending(values), (len(values) - 1) * share
    below = math.floor(place)
    if below == place:
        return ordered[below]
    return (below + 1 - place) * ordered[below] + (place - below) * ordered[below + 1]
