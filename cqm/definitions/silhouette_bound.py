"""Upper bound of the silhouette over all clusterings of a set (Sträng & Dinh 2026)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, maximum, mean, ratio

__all__ = ["sample_silhouette_upper_bound", "silhouette_upper_bound"]

Distances = Sequence[Sequence[Any]]


def silhouette_upper_bound(distances: Distances, *, smallest: int = 1) -> Any:
    """Mean over all points of what their silhouette can be at most in a clustering without smaller clusters."""
    return mean(sample_silhouette_upper_bound(distances, smallest=smallest))


def sample_silhouette_upper_bound(distances: Distances, *, smallest: int = 1) -> list[Any]:
    """Largest over sizes s of 1 − (mean of the s − 1 smallest distances) / (mean of the n − s others); 0 for s = 1.

    In a cluster of s points, a is at least the former, and b, the least of several means whose weighted mean is that of
    all distances to other clusters, at most the latter. s runs from `smallest` to n − `smallest`.
    """
    n = len(distances)
    out = []
    for x in range(n):
        row = ascending(distances[x][y] for y in range(n) if y != x)
        sizes = range(max(smallest, 2), n - smallest + 1)
        bounds = [_bound(mean(row[: size - 1]), mean(row[size - 1 :])) for size in sizes]
        out.append(maximum([0, *bounds]))
    return out


def _bound(least_own: Any, most_other: Any) -> Any:
    return 1 - ratio(least_own, most_other) if most_other != 0 else 0
