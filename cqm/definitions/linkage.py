"""Steps of chains inside clusters: weakest link (Ackerman & Ben-David 2008, §3.3), widest gap (Hennig 2019)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import maximum, minimum, ratio

__all__ = ["smallest_steps", "weakest_link", "widest_gap"]


def weakest_link(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Longest necessary step inside a cluster over the shortest distance between clusters. Lower is better.

    WL(C, X, d) = max over x∼y of (min over chains inside their cluster from x to y of the largest step)
                  / min over x≁y of d(x, y)
    """
    n = len(labels)
    shortest = minimum(distances[x][y] for x in range(n) for y in range(x) if labels[x] != labels[y])
    return ratio(widest_gap(distances, labels), shortest)


def widest_gap(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Longest necessary step inside a cluster, an edge of its minimum spanning tree. Lower is better."""
    n, step = len(labels), smallest_steps(distances, labels)
    return maximum(step[x][y] for x in range(n) for y in range(x) if labels[x] == labels[y])


def smallest_steps(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> list[list[Any]]:
    """For two points of a cluster, the least over chains inside it of the largest step."""
    n = len(labels)
    step = [list(row) for row in distances]
    for via in range(n):  # minimax paths by Floyd–Warshall, inside clusters only
        for x in range(n):
            for y in range(n):
                if labels[x] == labels[via] == labels[y]:
                    step[x][y] = minimum([step[x][y], maximum([step[x][via], step[via][y]])])
    return step
