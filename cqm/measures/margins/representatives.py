"""Representative sets: how a user names one, and the distances of all points to it, tile by tile."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cqm.geometry.centroids import centroids
from cqm.geometry.tiles import TILE_ROWS, between, distances, row_blocks
from cqm.validation import Clustering

__all__ = ["Centres", "centre_distances", "medoids", "representatives_of", "sums_to_own_cluster"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Centres = NDArray[Any]  # (k,) ordered rows, or (k, d) vectors

# Distances in one tile of points × centres.
TILE_DISTANCES = 2**22


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
    where = np.argsort(clustering.order)
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


def sums_to_own_cluster(clustering: Clustering) -> FloatArray:
    """(n,) sums of distances to the points of the own cluster."""
    out = np.empty(clustering.n)
    for i in range(clustering.k):
        own = clustering.cluster(i)
        for first in range(own.start, own.stop, TILE_ROWS):
            rows = slice(first, min(first + TILE_ROWS, own.stop))
            out[rows] = distances(clustering, rows, own).sum(axis=1)
    return out


def _means(clustering: Clustering) -> FloatArray:
    """(k, d) cluster means; of the rows scaled to unit length where the metric looks at directions alone."""
    metric = clustering.metric
    if metric == "precomputed":
        raise ValueError(
            'representatives="centroid" needs coordinates: pass vectors, or use representatives="medoid" with distances'
        )
    if metric in ("cosine", "angular", "correlation"):
        data = clustering.data.astype(np.float64)
        if metric == "correlation":
            data -= data.mean(axis=1, keepdims=True)
        data /= np.linalg.norm(data, axis=1, keepdims=True)
        clustering = replace(clustering, data=data)
    return centroids(clustering)


def centre_distances(clustering: Clustering, centres: Centres) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to the centres."""
    vectors = centres.ndim == 2
    for rows in row_blocks(clustering, max(1, TILE_DISTANCES // clustering.k)):
        if clustering.metric == "precomputed":
            order = clustering.order
            yield rows, clustering.data[np.ix_(order[rows], order[centres])].astype(np.float64)
        else:
            yield rows, between(clustering, clustering.data[rows], centres if vectors else clustering.data[centres])
