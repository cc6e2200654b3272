"""Indices of memberships: fuzzy silhouette, partition coefficient and entropy, fuzzy Xie–Beni."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import logarithm, minimum, ratio
from cqm.definitions.silhouette import sample_silhouette

__all__ = [
    "fuzzy_silhouette",
    "fuzzy_xie_beni",
    "modified_partition_coefficient",
    "partition_coefficient",
    "partition_entropy",
]

Matrix = Sequence[Sequence[Any]]


def fuzzy_silhouette(distances: Matrix, memberships: Matrix, exponent: int = 1) -> Any:
    """Silhouettes of the likeliest clusters, weighted by the gap between the two largest memberships."""
    likeliest = [row.index(max(row)) for row in map(list, memberships)]
    weights = [(a - b) ** exponent for *_, b, a in map(sorted, memberships)]
    silhouettes = sample_silhouette(distances, likeliest)
    return ratio(sum(w * s for w, s in zip(weights, silhouettes, strict=True)), sum(weights))


def partition_coefficient(memberships: Matrix) -> Any:
    """Mean over the points of the sum of squared memberships."""
    return sum(u * u for row in memberships for u in row) / len(memberships)


def modified_partition_coefficient(memberships: Matrix) -> Any:
    """The partition coefficient, from 0 where all memberships are equal to 1 where all are 0 or 1."""
    k = len(memberships[0])
    return 1 - (1 - partition_coefficient(memberships)) * k / (k - 1)


def partition_entropy(memberships: Matrix) -> Any:
    """Mean over the points of the entropy of their memberships."""
    return -sum(u * logarithm(u) for row in memberships for u in row if u > 0) / len(memberships)


def fuzzy_xie_beni(points: Matrix, memberships: Matrix, fuzzifier: int = 2) -> Any:
    """Mean squared distance to the weighted centroids, over the smallest one between two of them."""
    powers = [[u**fuzzifier for u in column] for column in zip(*memberships, strict=True)]
    centroids = [
        [sum(p * x for p, x in zip(column, axis, strict=True)) / sum(column) for axis in zip(*points, strict=True)]
        for column in powers
    ]
    within = sum(
        p * _squared(x, v)
        for column, v in zip(powers, centroids, strict=True)
        for p, x in zip(column, points, strict=True)
    )
    gaps = [_squared(a, b) for i, a in enumerate(centroids) for b in centroids[:i]]
    return ratio(within, len(points) * minimum(gaps))


def _squared(x: Sequence[Any], y: Sequence[Any]) -> Any:
    return sum((a - b) * (a - b) for a, b in zip(x, y, strict=True))
