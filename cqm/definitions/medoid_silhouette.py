"""Medoid silhouette (Lenssen & Schubert 2022), of any clustering: simplified silhouette with medoids for centroids."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import if_at_most, maximum, mean, minimum, ratio

__all__ = ["medoid_silhouette", "sample_medoid_silhouette"]

Distances = Sequence[Sequence[Any]]


def medoid_silhouette(distances: Distances, labels: Sequence[Any]) -> Any:
    """Mean over all points of their medoid silhouette. Higher is better."""
    return mean(sample_medoid_silhouette(distances, labels))


def sample_medoid_silhouette(distances: Distances, labels: Sequence[Any]) -> list[Any]:
    """s(x) = (b(x) − a(x)) / max(a(x), b(x)) for each point x, from its distances to medoids; 1 where a = b = 0.

    a(x) = d(x, m_own(x)), b(x) = min over the other clusters of d(x, m_C). Where several points of a cluster have the
    smallest sum of distances, the distance to its medoid is the mean of the distances to them.
    """
    clusters = {c: [y for y, label in enumerate(labels) if label == c] for c in dict.fromkeys(labels)}
    medoids = {c: _medoids(distances, members) for c, members in clusters.items()}
    out = []
    for x, label in enumerate(labels):
        to = {c: _mean_over(distances[x], medoids[c]) for c in clusters}
        other = minimum(to[c] for c in clusters if c != label)
        out.append(_score(to[label], other))
    return out


def _medoids(distances: Distances, members: Sequence[int]) -> list[tuple[int, Any]]:
    """Members with 1 for those whose sum of distances is the smallest, and 0 for the others."""
    sums = [sum(distances[m][y] for y in members) for m in members]
    least = minimum(sums)
    return [(m, if_at_most(total, least, 1, 0)) for m, total in zip(members, sums, strict=True)]


def _mean_over(row: Sequence[Any], medoids: Sequence[tuple[int, Any]]) -> Any:
    return ratio(sum(row[m] * is_one for m, is_one in medoids), sum(is_one for _, is_one in medoids))


def _score(own: Any, other: Any) -> Any:
    larger = maximum([own, other])
    return ratio(other - own, larger) if larger != 0 else 1
