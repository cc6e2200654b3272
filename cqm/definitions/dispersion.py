"""Indices made of sums of squares: W within clusters, B between their centroids, T = W + B in all."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import logarithm, mean, ratio, square_root
from cqm.definitions.coordinates import Point, centroid, clusters_of, squared_distance, sum_of_squares

__all__ = [
    "ball_hall",
    "banfield_raftery",
    "calinski_harabasz",
    "log_ss_ratio",
    "ratkowsky_lance",
    "trace_cov_w",
    "trace_w",
    "variance_ratio",
]


def trace_w(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """W = Σ over clusters of Σ over their points x of ‖x − c_i‖². Lower is better."""
    return sum(sum_of_squares(cluster) for cluster in clusters_of(points, labels))


def trace_cov_w(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """W / (n − k), the trace of the pooled covariance matrix of the clusters. Lower is better."""
    return ratio(trace_w(points, labels), len(points) - len(set(labels)))


def between_sum_of_squares(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """B = Σ over clusters of n_i ‖c_i − c‖², with c the centroid of all points."""
    center = centroid(points)
    return sum(len(cluster) * squared_distance(centroid(cluster), center) for cluster in clusters_of(points, labels))


def calinski_harabasz(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """(B / (k − 1)) / (W / (n − k)). Higher is better."""
    n, k = len(points), len(set(labels))
    return ratio(between_sum_of_squares(points, labels) * (n - k), trace_w(points, labels) * (k - 1))


def variance_ratio(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """B / W. Higher is better."""
    return ratio(between_sum_of_squares(points, labels), trace_w(points, labels))


def log_ss_ratio(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """log(B / W). Higher is better."""
    return logarithm(variance_ratio(points, labels))


def ball_hall(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over clusters of the mean squared distance to the centroid. Lower is better."""
    return mean(ratio(sum_of_squares(cluster), len(cluster)) for cluster in clusters_of(points, labels))


def banfield_raftery(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Σ over clusters of n_i log(tr W_i / n_i). Lower is better."""
    return sum(
        len(cluster) * logarithm(ratio(sum_of_squares(cluster), len(cluster)))
        for cluster in clusters_of(points, labels)
    )


def ratkowsky_lance(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean over the variables j that vary of √(B_j / T_j), over √k. Higher is better."""
    axes = [[[coordinate] for coordinate in axis] for axis in zip(*points, strict=True)]  # points on a line
    varying = [axis for axis in axes if sum_of_squares(axis) != 0]
    shares = [ratio(between_sum_of_squares(axis, labels), sum_of_squares(axis)) for axis in varying]
    return mean(square_root(share) for share in shares) / square_root(len(set(labels)))
