"""Mean and spread of the distances inside and between clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.host.jit import kernel
from cqm.geometry.pairs import numbers_of_pairs
from cqm.sharing import once

__all__ = ["PairMoments", "pair_moments"]


FEW = 504


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
    shift = typical_distance(clustering)

    def visit(a: slice, b: slice, tile: NDArray[np.float64]) -> tuple[slice, NDArray[np.float64], float, float]:
        sums = np.zeros((len(tile), 3))
        return a, sums, *_accumulate(tile, codes[a], codes[b], a == b, shift, sums)

    sums = np.zeros((clustering.n, 3))  # per row: deviations within, between, and squares
    smallest, largest = np.inf, -np.inf
    for rows, found, low, high in clustering.points.map_pairs(visit):
        sums[rows] += found
        smallest, largest = min(smallest, low), max(largest, high)
    within, between = numbers_of_pairs(clustering)
    if smallest == largest:
        return PairMoments(within, between, 0.0, 0.0)
    from_within, from_between, squares = sums.sum(axis=0)
    mean = (from_within + from_between) / (within + between)
    deviation = np.sqrt(max(squares / (within + between) - mean * mean, 0.0))
    contrast = (from_between * within - from_within * between) / (within * between)
    return PairMoments(within, between, float(contrast), float(deviation))


def typical_distance(clustering: Clustering) -> float:
    """The median of the first point's distances to a few others."""
    first = clustering.only(np.arange(min(clustering.n, FEW)))
    tile, *_ = first.points.map_pairs(lambda a, b, tile: tile)
    return float(np.percentile(tile[0, 1:], 50, method="lower"))


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
