"""Representative sets: how a user names one, and the distances of all points to it, tile by tile."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cqm.arrays.clustering import Clustering, as_squared
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.geometry.centroids import centroids
from cqm.geometry.nearest import own_and_nearest
from cqm.geometry.reductions import sums_to_own_cluster

__all__ = ["Centres", "medoids", "own_and_nearest_centres", "representatives_of"]

Centres = NDArray[Any]  # (k,) ordered rows, or (k, d) vectors


def representatives_of(clustering: Clustering, representatives: str | ArrayLike) -> Centres:
    """The set that a user names: "medoid", "centroid", or the input rows of one point of each cluster."""
    if isinstance(representatives, str):
        if representatives == "medoid":
            return medoids(clustering)
        if representatives == "centroid":
            return _means(clustering)
        raise ValueError(
            '`representatives` must be "optimal", "medoid", "centroid" or the rows of one point of each cluster, '
            f"got {representatives!r}"
        )
    rows = np.asarray(representatives)
    if rows.dtype.kind not in "iu" or rows.ndim != 1:
        raise TypeError(
            "`representatives` must be a flat array of row numbers of `X`, "
            f"got dtype {rows.dtype} with shape {rows.shape}"
        )
    return _ordered_rows(clustering, rows)


def _ordered_rows(clustering: Clustering, rows: NDArray[Any]) -> IntArray:
    where = np.argsort(clustering.order, kind="stable")  # of several copies of a row, the first
    at = np.searchsorted(clustering.order, rows, sorter=where)
    found = where[np.minimum(at, clustering.n - 1)]
    strange = clustering.order[found] != rows
    if strange.any():
        raise ValueError(
            f"`representatives` names row {rows[strange][0]}, which is not a clustered point: "
            "give row numbers of `X` that exist and are not noise"
        )
    met = np.bincount(clustering.codes[found], minlength=clustering.k)
    if (met != 1).any():
        i = np.flatnonzero(met != 1)[0]
        raise ValueError(
            f"`representatives` must hold exactly one point of each of the {clustering.k} clusters: "
            f"it has {met[i]} of cluster {clustering.classes[i]!r}"
        )
    return np.sort(found)


def medoids(clustering: Clustering) -> IntArray:
    """(k,) ordered rows of the points with the smallest sum of distances to their own cluster, the first of a tie."""
    sums = sums_to_own_cluster(clustering)
    return np.array(
        [clustering.starts[i] + np.argmin(sums[clustering.cluster(i)]) for i in range(clustering.k)], dtype=np.intp
    )


def own_and_nearest_centres(clustering: Clustering, centres: Centres) -> FloatArray:
    """(n, 3) distances to the own centre, the nearest other one and the one that follows; +∞ where there is none."""
    return clustering.points.to_centres(centres, own_and_nearest)


def _means(clustering: Clustering) -> NDArray[Any]:
    """(k, d) cluster means; of the rows scaled to unit length where the metric looks at directions alone."""
    distance = clustering.distance
    if distance.precomputed:
        raise ValueError(
            'representatives="centroid" needs coordinates: pass vectors, or use representatives="medoid" with distances'
        )
    means = centroids(as_squared(clustering) if distance.unit else clustering).astype(clustering.points.dtype)
    if distance.unit:
        lengths = np.linalg.norm(means - means.mean(axis=1, keepdims=True) if distance.centred else means, axis=1)
        if (lengths <= 4 * np.finfo(means.dtype).eps).any():
            i = int(np.argmin(lengths))
            raise ValueError(
                f"the directions of cluster {clustering.classes[i]!r} cancel out, so that its mean has none: "
                f'use representatives="medoid" with {distance} distance'
            )
    return means
