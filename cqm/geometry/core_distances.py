"""All-points core distances (Moulavi et al. 2014, Definition 1): how sparse a cluster is around each of its points."""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.jit import kernel
from cqm.arrays.host.pairs import map_pairs_within
from cqm.arrays.intake import Clustering

__all__ = ["core_distances"]

FloatArray = NDArray[np.float64]

# Adding and subtracting these rounds a number up to 1 to a multiple of 2⁻³¹, and one up to 2⁻³² to a multiple of 2⁻⁶².
# Sums of up to 2²² such multiples are exact, so that they don't depend on the order of their terms.
COARSE, FINE = 1.5 * 2.0**21, 1.5 * 2.0**-10
NEGLIGIBLE = 2.0**-70  # a term this small rounds to 0


def core_distances(clustering: Clustering, dimension: float) -> FloatArray:
    """(n,) core distances a(x) = (mean over the cluster's other points y of d(x, y)^−D)^(−1/D); 0 beside a duplicate.

    Every distance is taken relative to the nearest one, so that powers lie between 0 and 1 and neither over- nor
    underflow in any dimension. Points with the same distances to their clusters get the same bits, in any order of
    rows. Clusters need at least 2 points.
    """
    nearest = _nearest(clustering)

    def add(a: slice, b: slice, tile: FloatArray) -> tuple[slice, FloatArray, slice, FloatArray]:
        by_row, by_column = np.zeros((2, len(tile))), np.zeros((2, tile.shape[1]))
        if a == b:
            np.fill_diagonal(tile, np.inf)
        else:
            _add_powers(np.ascontiguousarray(tile.T), nearest[b], float(dimension), by_column)
        _add_powers(tile, nearest[a], float(dimension), by_row)
        return a, by_row, b, by_column

    sums = np.zeros((2, clustering.n))
    for a, by_row, b, by_column in map_pairs_within(clustering, add):
        sums[:, a] += by_row
        sums[:, b] += by_column
    means = sums.sum(axis=0) / np.repeat(clustering.sizes - 1, clustering.sizes)
    means[nearest == 0] = np.inf  # the density at a duplicate
    return np.asarray(nearest * means ** (-1 / dimension))


def _nearest(clustering: Clustering) -> FloatArray:
    """(n,) distances to the nearest other point of the cluster."""

    def smallest(a: slice, b: slice, tile: FloatArray) -> tuple[slice, FloatArray, slice, FloatArray]:
        if a == b:
            np.fill_diagonal(tile, np.inf)
        return a, tile.min(axis=1), b, tile.min(axis=0)

    out = np.full(clustering.n, np.inf)
    for a, by_row, b, by_column in map_pairs_within(clustering, smallest):
        out[a] = np.minimum(out[a], by_row)
        out[b] = np.minimum(out[b], by_column)
    return out


@kernel
def _add_powers(tile: FloatArray, nearest: FloatArray, dimension: float, sums: FloatArray) -> None:
    """Add each row's Σ (nearest / distance)^dimension to `sums` (2, rows), in coarse and fine multiples."""
    smallest = NEGLIGIBLE ** (1 / dimension)
    terms = np.empty(tile.shape[1])
    for i in range(len(tile)):
        for j in range(len(terms)):  # at distance 0 the nearest is too, and the sum is of no use
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
