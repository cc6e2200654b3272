"""Indices that weigh distances to the own centroid against distances to, or between, other centroids."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import maximum, mean, minimum, ratio, square_root
from cqm.definitions.coordinates import Point, centroid, clusters_of, distance, squared_distance
from cqm.definitions.dispersion import trace_w

__all__ = ["davies_bouldin", "pbm", "ray_turi", "wemmert_gancarski", "xie_beni"]


def davies_bouldin(points: Sequence[Point], labels: Sequence[Any], *, q: int = 1) -> Any:
    """Mean over clusters i of max over j≠i of (S_i + S_j) / M_ij. Lower is better.

    S_i = (mean over x∈C_i of ‖x − c_i‖^q)^(1/q), q = 1 or 2;  M_ij = ‖c_i − c_j‖
    """
    clusters = clusters_of(points, labels)
    centers = [centroid(cluster) for cluster in clusters]
    if q == 1:
        spreads = [mean(distance(x, c) for x in cluster) for cluster, c in zip(clusters, centers, strict=True)]
    else:
        spreads = [
            square_root(mean(squared_distance(x, c) for x in cluster))
            for cluster, c in zip(clusters, centers, strict=True)
        ]
    k = range(len(clusters))
    return mean(
        maximum(ratio(spreads[i] + spreads[j], distance(centers[i], centers[j])) for j in k if j != i) for i in k
    )


def xie_beni(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Σ over all x of ‖x − c_own(x)‖² / (n · min over i≠j of ‖c_i − c_j‖²). Lower is better."""
    centers = [centroid(cluster) for cluster in clusters_of(points, labels)]
    nearest = minimum(squared_distance(a, b) for i, a in enumerate(centers) for b in centers[:i])
    return ratio(trace_w(points, labels), len(points) * nearest)


def ray_turi(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Mean squared distance to the own centroid / smallest squared distance of two centroids. Lower is better."""
    return xie_beni(points, labels)


def pbm(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """(1/k · E_1 / E_k · D_k)². Higher is better.

    E_1 = Σ ‖x − c‖;  E_k = Σ ‖x − c_own(x)‖;  D_k = max over i, j of ‖c_i − c_j‖
    """
    clusters = clusters_of(points, labels)
    centers = [centroid(cluster) for cluster in clusters]
    together = sum(distance(x, centroid(points)) for x in points)
    apart = sum(distance(x, c) for cluster, c in zip(clusters, centers, strict=True) for x in cluster)
    widest = maximum(distance(a, b) for i, a in enumerate(centers) for b in centers[:i])
    root = ratio(together * widest, len(clusters) * apart)
    return root * root


def wemmert_gancarski(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """1/n · Σ over clusters of n_i · max(0, 1 − mean over x∈C_i of R(x)). Higher is better.

    R(x) = ‖x − c_own(x)‖ / min over j≠own of ‖x − c_j‖
    """
    clusters = clusters_of(points, labels)
    centers = [centroid(cluster) for cluster in clusters]
    total = 0
    for i, cluster in enumerate(clusters):
        others = centers[:i] + centers[i + 1 :]
        quotients = [ratio(distance(x, centers[i]), minimum(distance(x, c) for c in others)) for x in cluster]
        total += len(cluster) * maximum([0, 1 - mean(quotients)])
    return ratio(total, len(points))
