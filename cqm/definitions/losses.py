"""Losses that clustering methods minimise, as shares of what one cluster of all points loses."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import minimum, ratio
from cqm.definitions.coordinates import Point
from cqm.definitions.dispersion import trace_w
from cqm.definitions.pairs import within_and_between

__all__ = ["normalized_k_means", "normalized_k_median", "normalized_min_sum"]

Distances = Sequence[Sequence[Any]]


def normalized_k_means(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """Σ over x of ‖x − c_own(x)‖² / Σ over x of ‖x − c‖², with the centroids. Lower is better."""
    return ratio(trace_w(points, labels), trace_w(points, [0] * len(labels)))


def normalized_k_median(distances: Distances, labels: Sequence[Any]) -> Any:
    """Σ over clusters of min over c∈C_i of Σ over x∈C_i of d(x, c), over the same of one cluster. Lower is better."""
    everything = range(len(labels))
    clusters = [[x for x in everything if labels[x] == label] for label in dict.fromkeys(labels)]
    return ratio(sum(_to_medoid(distances, cluster) for cluster in clusters), _to_medoid(distances, everything))


def normalized_min_sum(distances: Distances, labels: Sequence[Any]) -> Any:
    """Σ over x∼y of d(x, y) / Σ over all pairs of d(x, y). Lower is better."""
    within, between = within_and_between(distances, labels)
    return ratio(sum(within), sum(within) + sum(between))


def _to_medoid(distances: Distances, cluster: Sequence[int]) -> Any:
    return minimum(sum(distances[x][c] for x in cluster) for c in cluster)
