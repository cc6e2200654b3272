"""Centroids and squared distances of points given by coordinates, exact on fractions."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import mean, square_root

__all__ = ["centroid", "clusters_of", "distance", "squared_distance", "sum_of_squares"]

Point = Sequence[Any]


def clusters_of(points: Sequence[Point], labels: Sequence[Any]) -> list[list[Point]]:
    """The points of each cluster."""
    members: dict[Any, list[Point]] = {}
    for point, label in zip(points, labels, strict=True):
        members.setdefault(label, []).append(point)
    return list(members.values())


def centroid(points: Sequence[Point]) -> list[Any]:
    """Mean of the points."""
    return [mean(axis) for axis in zip(*points, strict=True)]


def squared_distance(x: Point, y: Point) -> Any:
    """Squared Euclidean distance."""
    return sum((a - b) * (a - b) for a, b in zip(x, y, strict=True))


def distance(x: Point, y: Point) -> Any:
    """Euclidean distance."""
    return square_root(squared_distance(x, y))


def sum_of_squares(points: Sequence[Point]) -> Any:
    """Sum of squared distances of the points to their centroid."""
    center = centroid(points)
    return sum(squared_distance(x, center) for x in points)
