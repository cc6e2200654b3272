"""Representative sets: how a user names one, and the distances of all points to it, tile by tile."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cqm.arrays.host.tiles import TILE_ROWS, UNIT, Block, block, block_of, distances, row_blocks, tile
from cqm.arrays.intake import Clustering
from cqm.arrays.vectors import unit_rows
from cqm.geometry.centroids import centroids
from cqm.parallel import in_order

__all__ = ["Centres", "map_centre_distances", "medoids", "representatives_of", "sums_to_own_cluster"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Centres = NDArray[Any]  # (k,) ordered rows, or (k, d) vectors

Result = TypeVar("Result")


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
    blocks = [
        (slice(first, min(first + TILE_ROWS, own.stop)), own)
        for own in map(clustering.cluster, range(clustering.k))
        for first in range(own.start, own.stop, TILE_ROWS)
    ]
    return np.concatenate(list(in_order(lambda block: distances(clustering, *block).sum(axis=1), blocks)))


def _means(clustering: Clustering) -> NDArray[Any]:
    """(k, d) cluster means; of the rows scaled to unit length where the metric looks at directions alone."""
    metric = clustering.metric
    if metric == "precomputed":
        raise ValueError(
            'representatives="centroid" needs coordinates: pass vectors, or use representatives="medoid" with distances'
        )
    if metric in UNIT:
        points = unit_rows(clustering.data, centred=metric == "correlation")
        clustering = replace(clustering, points=points, arranged=True)
    means = centroids(clustering).astype(clustering.data.dtype)
    if metric in UNIT:
        lengths = np.linalg.norm(
            means - means.mean(axis=1, keepdims=True) if metric == "correlation" else means, axis=1
        )
        if (lengths <= 4 * np.finfo(means.dtype).eps).any():
            i = int(np.argmin(lengths))
            raise ValueError(
                f"the directions of cluster {clustering.classes[i]!r} cancel out, so that its mean has none: "
                f'use representatives="medoid" with {metric} distance'
            )
    return means


def map_centre_distances(
    clustering: Clustering, centres: Centres, reduce: Callable[[slice, FloatArray], Result]
) -> Iterator[Result]:
    """`reduce` of blocks of rows and their (rows, k) distances to the centres, in order, on all cores."""
    if clustering.metric == "precomputed":
        columns = Block(clustering.order[centres])
    else:
        columns = block(clustering.data[centres] if centres.ndim == 1 else centres, clustering.metric)

    def visit(rows: slice) -> Result:
        return reduce(rows, tile(clustering, block_of(clustering, rows), columns).finished())

    return in_order(visit, row_blocks(clustering))
