"""Density cluster separability index (Gauss, Scheipl & Herrmann 2023)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, maximum, mean, minimum, ratio

__all__ = ["core_points", "dcsi"]

Distances = Sequence[Sequence[Any]]


def dcsi(distances: Distances, labels: Sequence[Any], *, min_points: int = 5) -> Any:
    """Mean over pairs of clusters of q/(1 + q) = Sep/(Sep + Conn), with q = Sep/Conn. Higher is better.

    Sep is the smallest distance between core points of the two, Conn the larger of the clusters' longest steps in
    minimum spanning trees of their core points. A pair with a cluster that has no core point adds 0.
    """
    clusters = [[x for x, label in enumerate(labels) if label == own] for own in dict.fromkeys(labels)]
    core = [core_points(distances, cluster, min_points) for cluster in clusters]
    widest = [_longest_step(distances, points) for points in core]
    values = []
    for i in range(len(clusters)):
        for j in range(i):
            if core[i] and core[j]:
                apart = minimum(distances[x][y] for x in core[i] for y in core[j])
                values.append(ratio(apart, apart + maximum([widest[i], widest[j]])))
            else:
                values.append(0)
    return mean(values)


def core_points(distances: Distances, cluster: Sequence[int], min_points: int) -> list[int]:
    """Points whose `min_points`-th neighbour in the cluster is no farther than ε; none in a cluster of no more points.

    ε is the median over the cluster of the distance to the neighbour of twice that rank, or to the farthest point.
    """
    size = len(cluster)
    if size <= min_points:
        return []
    ranked = {x: ascending(distances[x][y] for y in cluster if y != x) for x in cluster}
    farther = ascending(row[min(2 * min_points, size - 1) - 1] for row in ranked.values())
    epsilon = ratio(farther[(size - 1) // 2] + farther[size // 2], 2)
    return [x for x in cluster if ranked[x][min_points - 1] <= epsilon]


def _longest_step(distances: Distances, points: Sequence[int]) -> Any:
    """Largest over pairs of points of the least largest step of a way from one to the other; 0 for one point."""
    step = {(x, y): distances[x][y] for x in points for y in points if x != y}
    for via in points:
        for x, y in step:
            if via not in (x, y):
                step[x, y] = minimum([step[x, y], maximum([step[x, via], step[via, y]])])
    return maximum(step.values())
