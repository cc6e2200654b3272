"""Indices of scatter matrices: W = Σ W_i inside clusters, B between centroids, T = W + B; |·| is the determinant.

Friedman and Rubin's criteria do not change under linear maps, so that variables which depend linearly on earlier ones
are left out of them: the remaining ones span the same space.
"""

import math
from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import logarithm, ratio
from cqm.definitions.coordinates import Point, centroid, clusters_of

__all__ = ["det_ratio", "log_det_ratio", "marriott", "scott_symons", "trace_wib"]

Matrix = list[list[Any]]


def scatter(points: Sequence[Point]) -> Matrix:
    """Σ (x − c)(x − c)ᵀ around the centroid c."""
    deviations = [[a - b for a, b in zip(x, centroid(points), strict=True)] for x in points]
    axes = list(zip(*deviations, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in axes] for row in axes]


def determinant(matrix: Matrix) -> Any:
    """Expanded along the first row."""
    if not matrix:
        return 1
    minors = ([row[:j] + row[j + 1 :] for row in matrix[1:]] for j in range(len(matrix)))
    return sum((-1) ** j * matrix[0][j] * determinant(minor) for j, minor in enumerate(minors))


def within_scatter(points: Sequence[Point], labels: Sequence[Any]) -> Matrix:
    """W = Σ W_i."""
    parts = [scatter(cluster) for cluster in clusters_of(points, labels)]
    axes = range(len(points[0]))
    return [[sum(part[i][j] for part in parts) for j in axes] for i in axes]


def total_and_within(points: Sequence[Point], labels: Sequence[Any]) -> tuple[Matrix, Matrix]:
    """T and W in variables that span the space of the points."""
    total, within = scatter(points), within_scatter(points, labels)
    kept: list[int] = []
    for j in range(len(total)):
        if determinant([[total[a][b] for b in [*kept, j]] for a in [*kept, j]]) != 0:
            kept.append(j)
    return [[total[a][b] for b in kept] for a in kept], [[within[a][b] for b in kept] for a in kept]


def det_ratio(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """|T| / |W|. Higher is better."""
    total, within = total_and_within(points, labels)
    return ratio(determinant(total), determinant(within)) if total else math.nan


def log_det_ratio(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """N log(|T| / |W|). Higher is better."""
    return len(points) * logarithm(det_ratio(points, labels))


def trace_wib(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """tr(W⁻¹B), by Cramer's rule; +∞ when W is singular. Higher is better."""
    total, within = total_and_within(points, labels)
    if not total:
        return math.nan
    volume = determinant(within)
    if volume == 0:
        return math.inf
    replaced = (
        [[*row[:j], t[j] - row[j], *row[j + 1 :]] for row, t in zip(within, total, strict=True)]  # column j from B
        for j in range(len(total))
    )
    return ratio(sum(determinant(matrix) for matrix in replaced), volume)


def scott_symons(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Σ over clusters of n_i log |W_i / n_i|. Lower is better."""
    clusters = clusters_of(points, labels)
    shapes = [[[ratio(a, len(cluster)) for a in row] for row in scatter(cluster)] for cluster in clusters]
    return sum(len(cluster) * logarithm(determinant(shape)) for cluster, shape in zip(clusters, shapes, strict=True))


def marriott(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """k² |W|. Lower is better."""
    k = len(set(labels))
    return k * k * determinant(within_scatter(points, labels))
