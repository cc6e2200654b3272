"""WCNN and DuNN, indices of the near-neighbour graph (Gagolewski, Bartoszuk & Cena 2021).

The paper takes M nearest neighbours of each point as if no two were equally near. Here, for WCNN points that are share
their ranks evenly, and for DuNN all points that are as near as the M-th nearest count.
"""

import math
from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, exponential, mean, ratio
from cqm.definitions.neighbours import foreign_shares

__all__ = ["dunn_owa", "wcnn"]

Distances = Sequence[Sequence[Any]]


def wcnn(distances: Distances, labels: Sequence[Any], *, neighbors: int = 25) -> Any:
    """Share of the points' M nearest neighbours that lie in their cluster; −∞ if a cluster has no more than M points.

    Higher is better.
    """
    if _smallest_size(labels) <= neighbors:
        return -math.inf
    return 1 - mean(ratio(sum(foreign_shares(distances, labels, x, neighbors)), neighbors) for x in range(len(labels)))


def dunn_owa(
    distances: Distances,
    labels: Sequence[Any],
    *,
    neighbors: int = 25,
    numerator: str = "smin:5",
    denominator: str = "const",
) -> Any:
    """OWA of distances to near neighbours in other clusters, over that of those in the same cluster. Higher is better.

    −∞ if a cluster has no more than M points, or no near neighbour shares a cluster; +∞ if all do.
    """
    if _smallest_size(labels) <= neighbors:
        return -math.inf
    across: list[Any] = []
    inside: list[Any] = []
    for x, label in enumerate(labels):
        others = [y for y in range(len(labels)) if y != x]
        farthest = ascending(distances[x][y] for y in others)[neighbors - 1]
        for y in others:
            if distances[x][y] <= farthest:
                (inside if labels[y] == label else across).append(distances[x][y])
    if not across and numerator != "const":
        return math.inf
    if not inside and denominator != "const":
        return -math.inf
    return ratio(_owa(across, numerator), _owa(inside, denominator))


def _owa(values: Sequence[Any], operator: str) -> Any:
    """Ordered weighted average: of all values, or a smooth minimum or maximum of 3δ of them.

    The u-th smallest (largest) has the weight exp(−((u − 1)/δ)²/2), u = 1, …, 3δ.
    """
    if operator == "const":
        return 1
    if operator == "mean":
        return mean(values)
    ordered = ascending(values)
    name, _, delta = operator.partition(":")
    if name.endswith("max"):
        ordered = ordered[::-1]
    if not delta:
        return ordered[0]
    smoothness = int(delta)
    kept = ordered[: 3 * smoothness]
    weights = [exponential(ratio(-u * u, 2 * smoothness * smoothness)) for u in range(len(kept))]
    return ratio(sum(w * value for w, value in zip(weights, kept, strict=True)), sum(weights))


def _smallest_size(labels: Sequence[Any]) -> int:
    return min(list(labels).count(label) for label in set(labels))
