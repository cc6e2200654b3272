"""All-points core distances (Moulavi et al. 2014, Definition 1): how sparse a cluster is around each of its points."""

from collections.abc import Iterator

import numba
import numpy as np
from numpy.typing import NDArray

from cqm.geometry.tiles import TILE_ROWS, distances
from cqm.validation import Clustering

__all__ = ["core_distances", "within_tiles"]

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
    nearest = np.full(clustering.n, np.inf)
    for a, b in within_tiles(clustering):
        tile = distances(clustering, a, b)
        if a == b:
            np.fill_diagonal(tile, np.inf)
        nearest[a] = np.minimum(nearest[a], tile.min(axis=1))
        nearest[b] = np.minimum(nearest[b], tile.min(axis=0))
    sums = np.zeros((2, clustering.n))
    for a, b in within_tiles(clustering):
        tile = distances(clustering, a, b)
        if a == b:
            np.fill_diagonal(tile, np.inf)
        else:
            _add_powers(np.ascontiguousarray(tile.T), nearest[b], float(dimension), sums[:, b])
        _add_powers(tile, nearest[a], float(dimension), sums[:, a])
    means = sums.sum(axis=0) / np.repeat(clustering.sizes - 1, clustering.sizes)
    means[nearest == 0] = np.inf  # the density at a duplicate
    return np.asarray(nearest * means ** (-1 / dimension))


def within_tiles(clustering: Clustering) -> Iterator[tuple[slice, slice]]:
    """Blocks of rows and columns that cover each pair inside a cluster once; a block meets itself, too."""
    for i in range(clustering.k):
        start, stop = int(clustering.starts[i]), int(clustering.starts[i + 1])
        blocks = [slice(first, min(first + TILE_ROWS, stop)) for first in range(start, stop, TILE_ROWS)]
        yield from ((a, b) for at, a in enumerate(blocks) for b in blocks[at:])


@numba.njit(cache=True, error_model="numpy")
def _add_powers(tile: FloatArray, nearest: FloatArray, dimension: float, sums: FloatArray) -> None:
    """Add each row's Σ (nearest / distance)^dimension to `sums` (2, rows), in coarse and fine multiples."""
    smallest = NEGLIGIBLE ** (1 / dimension)
    for i in range(len(tile)):
        terms = nearest[i] / tile[i]
        for j in range(len(terms)):
            terms[j] = terms[j] if terms[j] > smallest else 0.0
        _raise_to(terms, dimension)
        for j in range(len(terms)):
            coarse = (terms[j] + COARSE) - COARSE
            sums[0, i] += coarse
            sums[1, i] += ((terms[j] - coarse) + FINE) - FINE


@numba.njit(cache=True)
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
