"""Silhouette with generalised means of distances (Lengyel & Botta-Dukát 2019)."""

import math
from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import maximum, mean, minimum, ratio, root
from cqm.definitions.silhouette import score

__all__ = ["generalized_mean", "generalized_silhouette", "sample_generalized_silhouette"]


def generalized_silhouette(distances: Sequence[Sequence[Any]], labels: Sequence[Any], *, power: float = -1) -> Any:
    """Mean over all points of their generalised silhouette. Higher is better."""
    return mean(sample_generalized_silhouette(distances, labels, power=power))


def sample_generalized_silhouette(
    distances: Sequence[Sequence[Any]], labels: Sequence[Any], *, power: float = -1
) -> list[Any]:
    """s(x) = (b(x) − a(x)) / max(a(x), b(x)) for each point; 0 for the only point of a cluster, and where a = b = 0.

    a(x) = generalised mean over y∼x, y≠x of d(x, y);  b(x) = the least over other clusters C of that over y∈C
    """
    members = {c: [y for y, label in enumerate(labels) if label == c] for c in dict.fromkeys(labels)}
    out = []
    for x, label in enumerate(labels):
        own = [distances[x][y] for y in members[label] if y != x]
        others = [[distances[x][y] for y in members[c]] for c in members if c != label]
        other = minimum(generalized_mean(each, power) for each in others)
        out.append(score(generalized_mean(own, power), other, len(members[label])) if own else 0)
    return out


def generalized_mean(values: Sequence[Any], power: float) -> Any:
    """(mean of v^p)^(1/p); the geometric mean for p = 0, the smallest and the largest value for p = ∓∞.

    0 for p ≤ 0 where one of the values is 0, which is the limit.
    """
    if power == math.inf:
        return maximum(values)
    if power == -math.inf:
        return minimum(values)
    if power > 0:
        return root(mean(value**power for value in values), power)
    if any(value == 0 for value in values):
        return 0
    if power == 0:
        return root(math.prod(values), len(values))
    return root(ratio(1, mean(ratio(1, value**-power) for value in values)), -power)
