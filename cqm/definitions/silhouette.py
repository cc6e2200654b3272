"""Silhouette (Rousseeuw 1987) over points and clusters, and simplified silhouette (Hruschka et al. 2004)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import maximum, mean, minimum, ratio, square_root

__all__ = [
    "macro_silhouette",
    "sample_silhouette",
    "sample_simplified_silhouette",
    "score",
    "silhouette",
    "simplified_silhouette",
]


def silhouette(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Mean over all points of their silhouette. Higher is better."""
    return mean(sample_silhouette(distances, labels))


def macro_silhouette(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Mean over the clusters of the mean silhouette of their points. Higher is better."""
    scores = sample_silhouette(distances, labels)
    return mean(
        mean(s for s, label in zip(scores, labels, strict=True) if label == own) for own in dict.fromkeys(labels)
    )


def sample_silhouette(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> list[Any]:
    """s(x) = (b(x) − a(x)) / max(a(x), b(x)) for each point x; 0 for the only point of a cluster, and where a = b = 0.

    a(x) = mean over y∼x, y≠x of d(x, y);  b(x) = min over the other clusters C of (mean over y∈C of d(x, y))
    """
    n, clusters = len(labels), sorted(set(labels), key=labels.index)
    members = {c: [y for y in range(n) if labels[y] == c] for c in clusters}
    out = []
    for x in range(n):
        own = mean(distances[x][y] for y in members[labels[x]] if y != x)
        other = minimum(mean(distances[x][y] for y in members[c]) for c in clusters if c != labels[x])
        out.append(score(own, other, len(members[labels[x]])))
    return out


def simplified_silhouette(points: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Mean over all points of their simplified silhouette. Higher is better."""
    return mean(sample_simplified_silhouette(points, labels))


def sample_simplified_silhouette(points: Sequence[Sequence[Any]], labels: Sequence[Any]) -> list[Any]:
    """Silhouette of each point, from distances to centroids in place of mean distances to points."""
    clusters = sorted(set(labels), key=labels.index)
    members = {c: [x for x, label in zip(points, labels, strict=True) if label == c] for c in clusters}
    centroids = {c: [mean(axis) for axis in zip(*members[c], strict=True)] for c in clusters}
    out = []
    for x, label in zip(points, labels, strict=True):
        own = _euclidean(x, centroids[label])
        other = minimum(_euclidean(x, centroids[c]) for c in clusters if c != label)
        out.append(score(own, other, len(members[label])))
    return out


def score(own: Any, other: Any, size: int) -> Any:
    """(b − a) / max(a, b); 0 for the only point of a cluster, and where a = b = 0."""
    if size == 1:
        return 0
    larger = maximum([own, other])
    return ratio(other - own, larger) if larger != 0 else 0


def _euclidean(x: Sequence[Any], y: Sequence[Any]) -> Any:
    return square_root(sum((a - b) * (a - b) for a, b in zip(x, y, strict=True)))
