"""Blocks of the distance matrix, in cluster order, for every metric."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from cqm.validation import Clustering

__all__ = ["between", "distances", "row_blocks"]

TILE_ROWS = 512
SCIPY_NAMES = {"manhattan": "cityblock", "angular": "cosine"}


def row_blocks(clustering: Clustering, rows: int = TILE_ROWS) -> Iterator[slice]:
    """Consecutive slices that cover the ordered rows."""
    for first in range(0, clustering.n, rows):
        yield slice(first, min(first + rows, clustering.n))


def distances(clustering: Clustering, rows: slice, columns: slice) -> NDArray[np.float64]:
    """(rows, columns) distances between two ranges of ordered points."""
    if clustering.metric == "precomputed":
        order = clustering.order
        return clustering.data[np.ix_(order[rows], order[columns])].astype(np.float64)
    return between(clustering, clustering.data[rows], clustering.data[columns])


def between(clustering: Clustering, a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """(len(a), len(b)) distances between two sets of vectors under the clustering's metric."""
    metric = clustering.metric
    a, b = a.astype(np.float64, copy=False), b.astype(np.float64, copy=False)
    if callable(metric):
        return cdist(a, b, metric)
    if metric == "minkowski":
        return cdist(a, b, "minkowski", p=clustering.p)
    out = cdist(a, b, SCIPY_NAMES.get(metric, metric))
    if metric == "angular":
        out = np.arccos(np.clip(1 - out, -1, 1)) / np.pi
    return np.asarray(out, dtype=np.float64)
