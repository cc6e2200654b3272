"""Mean and spread of the distances inside and between clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.jit import kernel
from cqm.arrays.host.pairs import numbers_of_pairs, pair_tiles
from cqm.arrays.intake import Clustering
from cqm.sharing import once

__all__ = ["PairMoments", "pair_moments"]


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Moments of the distances of all pairs.

    Attributes
    ----------
    within, between : number of pairs inside clusters and across clusters.
    contrast : mean distance between minus mean distance within.
    deviation : standard deviation of all distances (divisor: their number); exactly 0 when all are equal.
    """

    within: int
    between: int
    contrast: float
    deviation: float


@once
def pair_moments(clustering: Clustering) -> PairMoments:
    """One pass over all pairs.

    Distances are taken relative to a typical one, so that a spread much smaller than the mean keeps its digits.
    """
    codes = clustering.codes
    sums = np.zeros((clustering.n, 3))  # per row: deviations within, between, and squares
    shift, smallest, largest = np.nan, np.inf, -np.inf
    for a, b, tile in pair_tiles(clustering):
        if np.isnan(shift):
            shift = float(np.percentile(tile[0, 1:], 50, method="lower"))
        low, high = _accumulate(tile, codes[a], codes[b], a == b, shift, sums[a])
        smallest, largest = min(smallest, low), max(largest, high)
    within, between = numbers_of_pairs(clustering)
    if smallest == largest:
        return PairMoments(within, between, 0.0, 0.0)
    from_within, from_between, squares = sums.sum(axis=0)
    mean = (from_within + from_between) / (within + between)
    deviation = np.sqrt(max(squares / (within + between) - mean * mean, 0.0))
    contrast = (from_between * within - from_within * between) / (within * between)
    return PairMoments(within, between, float(contrast), float(deviation))


@kernel
def _accumulate(
    tile: NDArray[np.float64],
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    shift: float,
    sums: NDArray[np.float64],
) -> tuple[float, float]:
    """Add each row's deviations from `shift` within and between, and their squares; return the extreme distances."""
    smallest, largest = np.inf, -np.inf
    for i in range(len(tile)):
        within, between, squares = 0.0, 0.0, 0.0
        for j in range(i + 1 if on_diagonal else 0, tile.shape[1]):
            smallest, largest = min(smallest, tile[i, j]), max(largest, tile[i, j])
            deviation = tile[i, j] - shift
            squares += deviation * deviation
            if row_codes[i] == column_codes[j]:
                within += deviation
            else:
                between += deviation
        sums[i, 0] += within
        sums[i, 1] += between
        sums[i, 2] += squares
    return smallest, largest
