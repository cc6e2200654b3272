"""Indices that compare a clustering with one that has a cluster more or less."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import mean, ratio, root, square_root
from cqm.definitions.coordinates import Point, sum_of_squares
from cqm.definitions.dispersion import trace_w
from cqm.definitions.pairs import within_and_between

__all__ = ["beale", "duda_hart", "frey", "gap", "hartigan", "krzanowski_lai"]


def hartigan(points: Sequence[Point], labels: Sequence[Any], finer_labels: Sequence[Any]) -> Any:
    """(W_k / W_{k+1} − 1) (n − k − 1): how much the next cluster is worth."""
    quotient = ratio(trace_w(points, labels), trace_w(points, finer_labels))
    return (quotient - 1) * (len(points) - len(set(labels)) - 1)


def krzanowski_lai(
    points: Sequence[Point], coarser_labels: Sequence[Any], labels: Sequence[Any], finer_labels: Sequence[Any]
) -> Any:
    """|DIFF(k) / DIFF(k + 1)| with DIFF(k) = (k − 1)^(2/d) W_{k−1} − k^(2/d) W_k. Higher is better."""
    d = len(points[0])

    def volume(clustering: Sequence[Any]) -> Any:
        k = len(set(clustering))
        return (k ** (2 // d) if d <= 2 else k ** (2 / d)) * trace_w(points, clustering)

    before, now, after = (volume(clustering) for clustering in (coarser_labels, labels, finer_labels))
    return abs(ratio(before - now, now - after))


def duda_hart(points: Sequence[Point], labels: Sequence[Any], finer_labels: Sequence[Any]) -> Any:
    """Je(2) / Je(1): sum of squares of the one cluster that is split, after and before the split."""
    inside, halves = split_cluster(points, labels, finer_labels)
    return ratio(trace_w(inside, halves), sum_of_squares(inside))


def beale(points: Sequence[Point], labels: Sequence[Any], finer_labels: Sequence[Any]) -> Any:
    """F = ((J1 − J2) / J2) / ((n − 1)/(n − 2) · 2^(2/d) − 1), of the n points of the one cluster that is split."""
    inside, halves = split_cluster(points, labels, finer_labels)
    n, d, after = len(inside), len(points[0]), trace_w(inside, halves)
    fall = ratio(sum_of_squares(inside) - after, after)
    return ratio(fall, ratio(n - 1, n - 2) * root(4, d) - 1)


def frey(distances: Sequence[Sequence[Any]], labels: Sequence[Any], finer_labels: Sequence[Any]) -> Any:
    """Change of the mean distance across clusters over that of the mean distance inside them."""
    inside, across = map(mean, within_and_between(distances, labels))
    finer_inside, finer_across = map(mean, within_and_between(distances, finer_labels))
    return ratio(finer_across - across, finer_inside - inside)


def split_cluster(
    points: Sequence[Point], labels: Sequence[Any], finer_labels: Sequence[Any]
) -> tuple[list[Point], list[Any]]:
    """Points of the one cluster that is split, and their finer labels."""
    split = {
        label
        for label in labels
        if len({finer for own, finer in zip(labels, finer_labels, strict=True) if own == label}) > 1
    }
    inside = [x for x, label in zip(points, labels, strict=True) if label in split]
    return inside, [finer for finer, label in zip(finer_labels, labels, strict=True) if label in split]


def gap(log_within: float, reference_log_withins: Sequence[float]) -> tuple[Any, Any]:
    """(mean of the references' log W − log W, their standard deviation · √(1 + 1/B))."""
    center = mean(reference_log_withins)
    variance = mean((value - center) * (value - center) for value in reference_log_withins)
    return center - log_within, square_root(variance * (1 + ratio(1, len(reference_log_withins))))
