"""SD (Halkidi, Vazirgiannis & Batistakis 2000) and S_Dbw (Halkidi & Vazirgiannis 2001)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import if_at_most, maximum, mean, minimum, ratio, square_root
from cqm.definitions.coordinates import Point, centroid, clusters_of, distance, squared_distance

__all__ = ["s_dbw", "sd_dis", "sd_index", "sd_scat"]


def variance_norm(points: Sequence[Point]) -> Any:
    """‖σ‖, the Euclidean length of the vector of the variables' variances."""
    center = centroid(points)
    variances = [mean((x[p] - center[p]) * (x[p] - center[p]) for x in points) for p in range(len(center))]
    return square_root(sum(variance * variance for variance in variances))


def sd_scat(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Scat = mean over clusters of ‖σ(C_i)‖ / ‖σ(X)‖. Lower is better."""
    return ratio(mean(variance_norm(cluster) for cluster in clusters_of(points, labels)), variance_norm(points))


def sd_dis(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Dis = D_max / D_min · Σ over clusters i of 1 / (Σ over j of ‖c_i − c_j‖). Lower is better."""
    centers = [centroid(cluster) for cluster in clusters_of(points, labels)]
    gaps = [[distance(a, b) for j, b in enumerate(centers) if j != i] for i, a in enumerate(centers)]
    widest, narrowest = maximum(max(row) for row in gaps), minimum(min(row) for row in gaps)
    return ratio(widest, narrowest) * sum(ratio(1, sum(row)) for row in gaps)


def sd_index(points: Sequence[Point], labels: Sequence[Any], *, finest_labels: Sequence[Any] | None = None) -> Any:
    """SD = Dis(finest clustering) · Scat + Dis. Lower is better."""
    weight = sd_dis(points, labels if finest_labels is None else finest_labels)
    return weight * sd_scat(points, labels) + sd_dis(points, labels)


def s_dbw(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Scat + mean over i≠j of density(u_ij) / max(density(c_i), density(c_j)). Lower is better.

    density(u) = number of points of C_i ∪ C_j with ‖x − u‖ ≤ stdev;  u_ij = (c_i + c_j) / 2
    stdev = 1/k · √(Σ over clusters of ‖σ(C_i)‖)
    """
    clusters = clusters_of(points, labels)
    k = len(clusters)
    centers = [centroid(cluster) for cluster in clusters]
    squared_radius = ratio(sum(variance_norm(cluster) for cluster in clusters), k * k)

    def density(u: Point, i: int, j: int) -> Any:
        return sum(if_at_most(squared_distance(x, u), squared_radius, 1, 0) for x in clusters[i] + clusters[j])

    between = [
        ratio(
            density(centroid([centers[i], centers[j]]), i, j),
            maximum([density(centers[i], i, j), density(centers[j], i, j)]),
        )
        for i in range(k)
        for j in range(i)
    ]
    return sd_scat(points, labels) + mean(between)
