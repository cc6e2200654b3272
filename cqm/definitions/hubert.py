"""Hubert's Γ: distances of points beside distances of the centroids of their clusters."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from cqm.definitions.arithmetic import mean, ratio, square_root
from cqm.definitions.coordinates import Point, centroid, distance

__all__ = ["hubert_gamma", "normalized_hubert_gamma"]


def hubert_gamma(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over all pairs of P(x, y) Q(x, y), distances of points and of centroids. Higher is better."""
    near, far = proximities(points, labels)
    return mean(p * q for p, q in zip(near, far, strict=True))


def normalized_hubert_gamma(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Pearson's correlation of P and Q over all pairs. Higher is better."""
    near, far = (deviations(values) for values in proximities(points, labels))
    variances = sum(p * p for p in near) * sum(q * q for q in far)
    return ratio(sum(p * q for p, q in zip(near, far, strict=True)), square_root(variances))


def proximities(points: Sequence[Point], labels: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """P and Q of each pair of points."""
    centers = {own: centroid([x for x, label in zip(points, labels, strict=True) if label == own]) for own in labels}
    pairs = list(combinations(range(len(points)), 2))
    near = [distance(points[x], points[y]) for x, y in pairs]
    far = [distance(centers[labels[x]], centers[labels[y]]) if labels[x] != labels[y] else 0 for x, y in pairs]
    return near, far


def deviations(values: Sequence[Any]) -> list[Any]:
    """Differences from the mean; exactly 0 where all values are equal, also in floats."""
    from_first = [value - values[0] for value in values]
    center = mean(from_first)
    return [value - center for value in from_first]
