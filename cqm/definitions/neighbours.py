"""Whether nearest neighbours share a cluster: connectivity (Handl & Knowles 2005) and CVNN (Liu et al. 2013).

The papers rank neighbours as if no two were equally near. Here points that are share their ranks evenly, which is the
mean over all orders of them and depends on nothing but the distances.
"""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, if_at_most, maximum, mean, ratio

__all__ = ["connectivity", "cvnn", "cvnn_compactness", "cvnn_separation", "foreign_shares"]

Distances = Sequence[Sequence[Any]]


def connectivity(distances: Distances, labels: Sequence[Any], *, neighbors: int = 10) -> Any:
    """Sum over points x and ranks j ≤ L of 1/j where the j-th nearest neighbour of x is in another cluster.

    Lower is better.
    """
    shares = [foreign_shares(distances, labels, x, neighbors) for x in range(len(labels))]
    return sum(ratio(share, rank) for row in shares for rank, share in enumerate(row, start=1))


def cvnn_separation(distances: Distances, labels: Sequence[Any], *, neighbors: int = 10) -> Any:
    """Sep = max over clusters of the mean share of their points' k nearest neighbours in other clusters (§IV)."""
    shares = [ratio(sum(foreign_shares(distances, labels, x, neighbors)), neighbors) for x in range(len(labels))]
    return maximum(
        mean(share for share, label in zip(shares, labels, strict=True) if label == own) for own in set(labels)
    )


def cvnn_compactness(distances: Distances, labels: Sequence[Any]) -> Any:
    """Com = Σ over clusters of the mean distance of two of their points (§IV); singletons add nothing."""
    total = 0
    for own in set(labels):
        members = [x for x, label in enumerate(labels) if label == own]
        if len(members) > 1:
            total = total + mean(distances[x][y] for x in members for y in members if y < x)
    return total


def cvnn(distances: Distances, clusterings: Sequence[Sequence[Any]], *, neighbors: int = 10) -> list[Any]:
    """Sep / max Sep + Com / max Com for each of several clusterings (§IV). Lower is better."""
    separations = [cvnn_separation(distances, labels, neighbors=neighbors) for labels in clusterings]
    compactnesses = [cvnn_compactness(distances, labels) for labels in clusterings]
    return [a + b for a, b in zip(_relative(separations), _relative(compactnesses), strict=True)]


def foreign_shares(distances: Distances, labels: Sequence[Any], x: int, neighbors: int) -> list[Any]:
    """For each rank, the share of other clusters among the points that have it."""
    others = [y for y in range(len(labels)) if y != x]
    out = []
    for distance in ascending(distances[x][y] for y in others)[:neighbors]:
        has_rank = [_equal(distances[x][y], distance) for y in others]
        foreign = sum(tied * (labels[y] != labels[x]) for y, tied in zip(others, has_rank, strict=True))
        out.append(ratio(foreign, sum(has_rank)))
    return out


def _equal(a: Any, b: Any) -> Any:
    return if_at_most(a, b, if_at_most(b, a, 1, 0), 0)


def _relative(values: Sequence[Any]) -> list[Any]:
    """Values as shares of the largest; 0 where all are 0."""
    largest = maximum(values)
    return [if_at_most(largest, 0, 0, ratio(value, largest)) for value in values]
