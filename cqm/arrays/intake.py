"""User input → `Clustering`: checked once, rows grouped by cluster, ready for geometry.

Every error says what was wanted, what came and how to cure it.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays import cures, foreign
from cqm.arrays.clustering import Clustering, Groups, in_coordinates
from cqm.arrays.engine import engine_of
from cqm.arrays.labels import check_noise_label, encode
from cqm.arrays.metrics import Metric, distance_of
from cqm.sharing import once

__all__ = ["check_clusters", "check_metric", "validate"]


def validate(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    min_clusters: int = 2,
    allow_singletons_only: bool = False,
    coordinates: str | None = None,
) -> Clustering:
    """Check `X` and `labels` and group the rows by cluster.

    Parameters
    ----------
    X : (n, d) vectors, or distances when `metric="precomputed"`: (n, n) or condensed (n(n−1)/2,).
    labels : (n,) hashable labels.
    metric : one of `METRICS`, `Minkowski`, or a callable of two vectors.
    noise_label : points with this label are left out.
    min_clusters : fewest clusters the measure is defined for.
    allow_singletons_only : whether k = n is meaningful for the measure.
    coordinates : name of a measure that needs coordinates; it takes "euclidean" or "cosine" (rows scaled to unit
        length, then Euclidean geometry), and nothing else.

    Raises
    ------
    TypeError
        `X` or `labels` is not numeric, or not hashable.
    ValueError
        Anything else that is wrong, with its cure.
    """
    check_metric(metric, coordinates)
    check_noise_label(noise_label)
    clustering = _grouped(X, labels, metric, noise_label)
    check_clusters(clustering, min_clusters, allow_singletons_only=allow_singletons_only)
    return clustering if coordinates is None else in_coordinates(clustering)


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
        found = f"got {clustering.k}" if clustering.k else "no points are left"
        raise ValueError(f"needs at least {min_clusters} clusters, {found}: label the points with more than one label")
    if clustering.k == clustering.n and not allow_singletons_only:
        raise ValueError(
            f"every one of the {clustering.n} points is its own cluster: needs a cluster of at least 2 points"
        )


@once
def _grouped(X: Any, labels: Any, metric: Metric, noise_label: Hashable | None) -> Clustering:
    """Checked points, in cluster order."""
    engine, distance = engine_of(X), distance_of(metric)
    data = engine.check(X, distance)
    codes, classes = encode(foreign.on_host(labels))
    input_rows = data.shape[0]
    if len(codes) != input_rows:
        raise ValueError(f"`labels` has {len(codes)} entries but `X` has {input_rows} rows")
    kept = np.arange(input_rows, dtype=np.intp)
    if noise_label is not None and noise_label not in classes:
        cures.check_noise_label(noise_label, classes)
    elif noise_label is not None:
        noise = classes.index(noise_label)
        kept = np.flatnonzero(codes != noise)
        codes = codes[kept] - (codes[kept] > noise)
        classes = classes[:noise] + classes[noise + 1 :]
    narrow = codes.astype(np.uint16) if len(classes) <= 2**16 else codes  # numpy sorts 16 bits in linear time
    order = kept[np.argsort(narrow, kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(classes)))]).astype(np.intp)
    return Clustering(order, starts, classes, distance, input_rows, engine.arrange(data, order, starts, distance))
