"""All-points core distances (Moulavi et al. 2014, Definition 1): how sparse a cluster is around each of its points."""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel

__all__ = ["core_distances"]

LongArray = NDArray[np.int64]

# Adding and subtracting these rounds a number up to 1 to a multiple of 2⁻³¹, and one up to 2⁻³² to a multiple of 2⁻⁶².
# Sums of up to 2²² such multiples are exact, so that they don't depend on the order of their terms.
COARSE, FINE = 1.5 * 2.0**21, 1.5 * 2.0**-10
NEGLIGIBLE = 2.0**-70  # a term this small rounds to 0


def core_distances(clustering: Clustering, dimension: float) -> tuple[FloatArray, LongArray]:
    """(n,) core distances a(x) = (mean over the cluster's other points y of d(x, y)^−D)^(−1/D), and (n,) places.

    The place of a point is the first row at distance 0 of it in its cluster, or its own. Points of one place add
    nothing to each other's sums; a cluster of a single place has core distances 0.

    Every distance is taken relative to the nearest one, so that powers lie between 0 and 1 and neither over- nor
    underflow in any dimension. Points with the same distances to their clusters get the same bits, in any order of
    rows. Clusters need at least 2 points.
    """
    nearest, place = _nearest(clustering)

    def add(a: slice, b: slice, tile: FloatArray) -> tuple[slice, FloatArray, slice, FloatArray]:
        by_row, by_column = np.zeros((2, len(tile))), np.zeros((2, tile.shape[1]))
        if a != b:
            _add_powers(np.ascontiguousarray(tile.T), nearest[b], float(dimension), by_column)
        _add_powers(tile, nearest[a], float(dimension), by_row)
        return a, by_row, b, by_column

    sums = np.zeros((2, clustering.n))
    for a, by_row, b, by_column in clustering.points.map_pairs_within(add):
        sums[:, a] += by_row
        sums[:, b] += by_column
    means = sums.sum(axis=0) / np.repeat(clustering.sizes - 1, clustering.sizes)
    alone = np.isinf(nearest)
    core = np.where(alone, 0.0, nearest) * np.where(alone, 1.0, means) ** (-1 / dimension)
    return np.asarray(core), place


def _nearest(clustering: Clustering) -> tuple[FloatArray, LongArray]:
    """(n,) distances to the nearest point of the cluster in another place, +∞ where there is none, and (n,) places."""

    def smallest(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, FloatArray, LongArray]]:
        zero = tile == 0
        tile[zero] = np.inf
        found = [(a, tile.min(axis=1), _first(zero, b.start))]
        return found if a == b else [*found, (b, tile.min(axis=0), _first(zero.T, a.start))]

    nearest, place = np.full(clustering.n, np.inf), np.arange(clustering.n)
    for found in clustering.points.map_pairs_within(smallest):
        for rows, distances, first in found:
            nearest[rows] = np.minimum(nearest[rows], distances)
            place[rows] = np.minimum(place[rows], first)
    while (place[place] != place).any():  # rounding may put x beside y and y beside z, but x beside z not
        place = place[place]
    return nearest, place


def _first(zero: NDArray[np.bool_], start: int) -> LongArray:
    """For each row its first true column, which are numbered from `start`; past every row where there is none."""
    return np.where(zero.any(axis=1), start + zero.argmax(axis=1), np.iinfo(np.int64).max)


@kernel
def _add_powers(tile: FloatArray, nearest: FloatArray, dimension: float, sums: FloatArray) -> None:
    """Add each row's Σ (nearest / distance)^dimension to `sums` (2, rows), in coarse and fine multiples."""
    smallest = NEGLIGIBLE ** (1 / dimension)
    terms = np.empty(tile.shape[1])
    for i in range(len(tile)):
        for j in range(len(terms)):
            quotient = nearest[i] / tile[i, j] if tile[i, j] > 0 else 0.0
            terms[j] = quotient if quotient > smallest else 0.0
        _raise_to(terms, dimension)
        for j in range(len(terms)):
            coarse = (terms[j] + COARSE) - COARSE
            sums[0, i] += coarse
            sums[1, i] += ((terms[j] - coarse) + FINE) - FINE


@kernel
def _raise_to(values: FloatArray, exponent: float) -> None:
    """Replace the values by their powers; whole exponents by squaring, which vector instructions can do."""
    whole = int(exponent)
    if whole != exponent:
        for j in range(len(values)):
            values[j] = values[j] ** exponent
        return
    square = values.copy()
    values[:] = 1.0
    while True:
        if whole & 1:
            for j in range(len(values)):
                values[j] *= square[j]
        whole >>= 1
        if whole == 0:
            return
        for j in range(len(values)):
            square[j] *= square[j]
