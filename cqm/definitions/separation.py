"""Dunn's index and its generalisations (Dunn 1974; Bezdek & Pal 1998, eqs. 20–28)."""

from collections.abc import Callable, Sequence
from typing import Any

from cqm.definitions.arithmetic import maximum, mean, minimum, ratio, square_root
from cqm.definitions.pairs import within_and_between

__all__ = ["DIAMETERS", "SEPARATIONS", "dunn", "generalized_dunn", "generalized_dunn_of_points"]

Items = Sequence[Any]
Distance = Callable[[Any, Any], Any]


def dunn(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Shortest distance between clusters over the longest distance inside one. Higher is better.

    D(C, X, d) = min over x≁y of d(x, y) / max over x∼y of d(x, y)
    """
    within, between = within_and_between(distances, labels)
    return ratio(minimum(between), maximum(within))


def generalized_dunn(
    distances: Sequence[Sequence[Any]], labels: Sequence[Any], *, separation: str, diameter: str
) -> Any:
    """Smallest set distance δ between two clusters over the largest diameter Δ of a cluster. Higher is better.

    V(C) = min over i≠j of δ(C_i, C_j) / max over i of Δ(C_i), for the δ and Δ that need no centroids.
    """
    return _quotient(range(len(labels)), labels, lambda x, y: distances[x][y], separation, diameter)


def generalized_dunn_of_points(
    points: Sequence[Sequence[Any]], labels: Sequence[Any], *, separation: str, diameter: str
) -> Any:
    """`generalized_dunn` under the Euclidean distance between points, for every δ and Δ."""
    return _quotient(points, labels, _euclidean, separation, diameter)


def _quotient(items: Items, labels: Sequence[Any], d: Distance, separation: str, diameter: str) -> Any:
    clusters = [[item for item, label in zip(items, labels, strict=True) if label == own] for own in set(labels)]
    apart = minimum(SEPARATIONS[separation](s, t, d) for i, s in enumerate(clusters) for t in clusters[:i])
    return ratio(apart, maximum(DIAMETERS[diameter](s, d) for s in clusters))


def _euclidean(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return square_root(sum((u - v) * (u - v) for u, v in zip(a, b, strict=True)))


def _centroid(s: Items) -> list[Any]:
    return [mean(column) for column in zip(*s, strict=True)]


def _single(s: Items, t: Items, d: Distance) -> Any:
    """δ₁: distance of the nearest two points."""
    return minimum(d(x, y) for x in s for y in t)


def _complete(s: Items, t: Items, d: Distance) -> Any:
    """δ₂: distance of the farthest two points."""
    return maximum(d(x, y) for x in s for y in t)


def _average(s: Items, t: Items, d: Distance) -> Any:
    """δ₃: mean distance of all pairs."""
    return mean(d(x, y) for x in s for y in t)


def _between_centroids(s: Items, t: Items, d: Distance) -> Any:
    """δ₄: distance of the centroids."""
    return d(_centroid(s), _centroid(t))


def _average_to_centroids(s: Items, t: Items, d: Distance) -> Any:
    """δ₅: mean distance of all points of both clusters to the other cluster's centroid."""
    s_centre, t_centre = _centroid(s), _centroid(t)
    return mean([d(x, t_centre) for x in s] + [d(y, s_centre) for y in t])


def _hausdorff(s: Items, t: Items, d: Distance) -> Any:
    """δ₆: farthest that a point of either cluster is from its nearest point in the other."""
    from_s = maximum(minimum(d(x, y) for y in t) for x in s)
    from_t = maximum(minimum(d(x, y) for x in s) for y in t)
    return maximum([from_s, from_t])


def _widest(s: Items, d: Distance) -> Any:
    """Δ₁: largest distance of two points."""
    return maximum(d(x, y) for x in s for y in s)


def _mean_pair(s: Items, d: Distance) -> Any:
    """Δ₂: mean distance of two different points; 0 for a singleton."""
    pairs = [d(s[i], s[j]) for i in range(len(s)) for j in range(i)]
    return mean(pairs) if pairs else 0


def _twice_mean_radius(s: Items, d: Distance) -> Any:
    """Δ₃: twice the mean distance to the centroid."""
    centre = _centroid(s)
    return 2 * mean(d(x, centre) for x in s)


SEPARATIONS: dict[str, Callable[[Items, Items, Distance], Any]] = {
    "single": _single,
    "complete": _complete,
    "average": _average,
    "centroid": _between_centroids,
    "average_to_centroids": _average_to_centroids,
    "hausdorff": _hausdorff,
}

DIAMETERS: dict[str, Callable[[Items, Distance], Any]] = {
    "maximum": _widest,
    "average": _mean_pair,
    "centroid": _twice_mean_radius,
}
