"""User input → `Clustering`: checked once, rows grouped by cluster, ready for geometry.

Every error says what was wanted, what came and how to cure it.
"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from cqm.arrays import cures, foreign
from cqm.arrays.clustering import Clustering, Groups, in_coordinates, repeated
from cqm.arrays.dtypes import IntArray
from cqm.arrays.engine import engine_of
from cqm.arrays.labels import check_noise_label, encode
from cqm.arrays.metrics import Metric, distance_of
from cqm.arrays.weights import read_weights, total
from cqm.sharing import once

__all__ = ["check_clusters", "check_mass", "check_metric", "validate", "validate_points"]


def validate(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    min_clusters: int = 2,
    allow_singletons_only: bool = False,
    coordinates: str | None = None,
    fractions: bool = False,
) -> Clustering:
    """Check `X` and `labels` and group the rows by cluster.

    Parameters
    ----------
    X : (n, d) vectors, or distances when `metric="precomputed"`: (n, n) or condensed (n(n−1)/2,).
    labels : (n,) hashable labels.
    metric : one of `METRICS`, `Minkowski`, or a callable of two vectors.
    noise_label : points with this label are left out.
    sample_weight : (n,) how many points each row stands for; rows of weight 0 are left out.
    min_clusters : fewest clusters the measure is defined for.
    allow_singletons_only : whether k = n is meaningful for the measure.
    coordinates : name of a measure that needs coordinates; it takes "euclidean" or "cosine" (rows scaled to unit
        length, then Euclidean geometry), and nothing else.
    fractions : whether the measure adds weights up. Otherwise rows are repeated, and weights have to be whole numbers.

    Raises
    ------
    TypeError
        `X` or `labels` is not numeric, or not hashable.
    ValueError
        Anything else that is wrong, with its cure.
    """
    check_metric(metric, coordinates)
    check_noise_label(noise_label)
    clustering = _grouped(X, labels, metric, noise_label, sample_weight)
    check_clusters(clustering, min_clusters, allow_singletons_only=allow_singletons_only)
    clustering = clustering if fractions else repeated(clustering)
    return clustering if coordinates is None else in_coordinates(clustering)


def validate_points(X: Any, *, metric: Metric = "euclidean") -> Clustering:
    """Check `X` alone; all its rows are one cluster. Errors are those of `validate`."""
    check_metric(metric)
    engine, distance = engine_of(X), distance_of(metric)
    data = engine.check(X, distance)
    n = data.shape[0]
    order, starts = np.arange(n, dtype=np.intp), np.array([0, n], dtype=np.intp)
    return Clustering(order, starts, (0,), distance, n, n, engine.arrange(data, order, starts, distance))


def check_metric(metric: Metric, coordinates: str | None = None) -> None:
    """Refuse a metric that nobody knows, or that the measure named `coordinates` does not take."""
    if not distance_of(metric).has_centroids and coordinates is not None:
        raise ValueError(
            f"{coordinates} needs coordinates, because it uses cluster centroids: pass vectors with "
            f'metric="euclidean" or metric="cosine", not metric={metric!r}'
        )


def check_clusters(clustering: Groups, min_clusters: int, *, allow_singletons_only: bool = False) -> None:
    """Refuse clusterings that a measure is not defined for."""
    if clustering.k < min_clusters:
        wanted = f"needs at least {min_clusters} cluster{'s' * (min_clusters != 1)}"
        if clustering.k == 0:
            raise ValueError(f"{wanted}, but no points are left: all are noise")
        raise ValueError(f"{wanted}, got {clustering.k}: label the points with more than one label")
    if clustering.k == clustering.n and clustering.mass <= clustering.k and not allow_singletons_only:
        raise ValueError(
            f"every one of the {clustering.n} points is its own cluster: needs a cluster of at least 2 points"
        )


def check_mass(clustering: Groups) -> None:
    """Refuse weights that make no more points than clusters, where a measure divides by the difference."""
    if clustering.weights is not None and clustering.mass <= clustering.k:
        raise ValueError(
            f"`sample_weight` says how many points each row stands for, but sums to {clustering.mass:.6g} for "
            f"{clustering.k} clusters: make its mean 1 with sample_weight / numpy.mean(sample_weight)"
        )


@once
def _grouped(X: Any, labels: Any, metric: Metric, noise_label: Hashable | None, sample_weight: Any) -> Clustering:
    """Checked points, in cluster order."""
    engine, distance = engine_of(X), distance_of(metric)
    data = engine.check(X, distance)
    codes, classes = encode(foreign.on_host(labels))
    input_rows = data.shape[0]
    if len(codes) != input_rows:
        raise cures.lengths_error(X, data.shape, len(codes))
    cures.check_alignment(X, labels)
    weights = None if sample_weight is None else read_weights(sample_weight, input_rows)
    left_out = np.zeros(input_rows, dtype=bool) if weights is None else weights == 0
    noise = np.zeros(0, dtype=np.intp)
    if noise_label is not None and noise_label not in classes:
        cures.check_noise_label(noise_label, classes)
    elif noise_label is not None:
        is_noise = codes == classes.index(noise_label)
        noise = np.flatnonzero(is_noise & ~left_out)
        left_out |= is_noise
    kept = np.flatnonzero(~left_out) if left_out.any() else None
    if kept is not None:
        present = np.bincount(codes[kept], minlength=len(classes)) > 0
        codes = (np.cumsum(present) - 1)[codes[kept]]
        classes = tuple(label for label, there in zip(classes, present, strict=True) if there)
    narrow = codes.astype(np.uint16) if len(classes) <= 2**16 else codes  # numpy sorts 16 bits in linear time
    order = np.argsort(narrow, kind="stable")
    order = order if kept is None else kept[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(classes)))]).astype(np.intp)
    mass = input_rows if weights is None else total(weights)

    def arranged(order: IntArray, starts: IntArray, classes: tuple[Hashable, ...]) -> Clustering:
        points = engine.arrange(data, order, starts, distance)
        clustering = Clustering(order, starts, classes, distance, input_rows, mass, points)
        if weights is None or (weights[order] == 1).all():
            return clustering
        return clustering.weighted(weights[order])

    def with_noise() -> Clustering:
        return arranged(
            np.concatenate([order, noise]), np.append(starts, len(order) + len(noise)), (*classes, noise_label)
        )

    clustering = arranged(order, starts, classes)
    return replace(clustering, with_noise=with_noise) if len(noise) else clustering
