"""What the reports that resample points share."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.cures import numbers_error, sparse_error
from cqm.arrays.dtypes import IntArray
from cqm.arrays.foreign import is_sparse
from cqm.arrays.labels import encode
from cqm.arrays.weights import copies, read_weights
from cqm.reports.spaces import is_pipeline, takes_distances

__all__ = ["check_vectors", "clusters", "copied_rows", "generator", "joint_counts", "points_of"]


def points_of(X: Any, sample_weight: Any = None) -> NDArray[Any]:
    """(n, d) points as numpy, each row as often as its weight says."""
    if is_sparse(X):
        raise sparse_error(X)
    points = np.asarray(X)
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(f"`X` must be (points, features) with at least 2 points, got shape {points.shape}")
    if points.dtype.kind not in "biuf":
        raise numbers_error(X, points)
    return points if sample_weight is None else points[copied_rows(sample_weight, len(points))]


def copied_rows(sample_weight: Any, n: int) -> IntArray:
    """Numbers of rows, each as often as its weight says: points are drawn one by one."""
    return copies(read_weights(sample_weight, n), np.arange(n), "points are drawn one by one, and are whole ones", "")


def check_vectors(clusterer: Any, what: str) -> None:
    """Refuse clusterers that see something else than the points whose nearest centroids are looked for."""
    if is_pipeline(clusterer):
        raise ValueError(
            f"{what} assigns points to the nearest centroid, and a pipeline clusters them in another space: pass "
            "pipeline[:-1].fit_transform(X) and pipeline[-1]"
        )
    if takes_distances(clusterer):
        raise ValueError(
            f"{what} assigns points to the nearest centroid, and {type(clusterer).__name__} is given distances: pass "
            "vectors and a clusterer of vectors, or take cqm.cluster_stability"
        )


def generator(repetitions: int, random_state: int | None) -> np.random.Generator:
    """Random numbers for so many repetitions."""
    if repetitions < 1:
        raise ValueError(f"at least one resample is needed, got {repetitions}")
    return np.random.default_rng(random_state)


def clusters(labels: Any, noise_label: Hashable | None) -> tuple[NDArray[np.intp], tuple[Hashable, ...]]:
    """(n,) codes of the clusters, −1 for noise, and the clusters' labels."""
    codes, classes = encode(labels)
    if noise_label is None or noise_label not in classes:
        return codes, classes
    noise = classes.index(noise_label)
    codes = np.where(codes == noise, -1, codes - (codes > noise))
    return codes, classes[:noise] + classes[noise + 1 :]


def joint_counts(one: NDArray[np.intp], other: NDArray[np.intp], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Number of points in each cluster of the one and each of the other clustering; −1 is noise."""
    joint = np.zeros(shape)
    both = (one >= 0) & (other >= 0)
    np.add.at(joint, (one[both], other[both]), 1)
    return joint
