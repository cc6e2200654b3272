"""Nearest neighbours, and how many of them lie in other clusters."""

import numba
import numpy as np
from numpy.typing import NDArray

from cqm.geometry.tiles import distances, row_blocks
from cqm.validation import Clustering

__all__ = ["foreign_shares"]

FloatArray = NDArray[np.float64]


def foreign_shares(clustering: Clustering, neighbors: int) -> FloatArray:
    """(n, neighbors) share of other clusters among the points that are the first, second, … nearest to each point.

    Points that are equally near share their ranks evenly. Ranks that n − 1 points cannot fill hold 0.
    """
    out = np.zeros((clustering.n, neighbors))
    codes = clustering.codes
    for rows in row_blocks(clustering):
        _foreign_shares(distances(clustering, rows, slice(0, clustering.n)), rows.start, codes, out[rows])
    return out


@numba.njit(cache=True)
def _foreign_shares(tile: FloatArray, first: int, codes: NDArray[np.intp], out: FloatArray) -> None:
    rows, columns = tile.shape
    nearest = np.empty(min(out.shape[1], columns - 1))
    points = np.empty(len(nearest), dtype=np.int64)  # per distinct distance, at its first rank
    foreign = np.empty(len(nearest), dtype=np.int64)
    for i in range(rows):
        own = first + i
        _smallest(tile[i], own, nearest)
        points[:], foreign[:] = 0, 0
        for j in range(columns):
            if tile[i, j] <= nearest[-1] and j != own:
                rank = np.searchsorted(nearest, tile[i, j])
                points[rank] += 1
                foreign[rank] += codes[j] != codes[own]
        rank = 0
        for j in range(len(nearest)):
            if nearest[j] != nearest[rank]:
                rank = j
            out[i, j] = foreign[rank] / points[rank]


@numba.njit(cache=True)
def _smallest(values: FloatArray, excluded: int, out: FloatArray) -> None:
    """Fill `out` with the smallest values in ascending order, one position left out."""
    out[:] = np.inf
    last = len(out) - 1
    for j in range(len(values)):
        if values[j] < out[last] and j != excluded:
            place = last
            while place > 0 and out[place - 1] > values[j]:
                out[place] = out[place - 1]
                place -= 1
            out[place] = values[j]
