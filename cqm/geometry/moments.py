"""Mean and spread of the distances inside and between clusters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.foreign import on_host
from cqm.arrays.host.jit import kernel
from cqm.geometry.pairs import counted_once, numbers_of_pairs, together
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
    codes = clustering.points.here(clustering.codes)
    shift = typical_distance(clustering)

    def visit(a: slice, b: slice, tile: Any) -> Any:
        if is_numpy_array(tile):
            sums = np.zeros((len(tile), 3))
            extremes = _accumulate(tile, codes[a], codes[b], a == b, shift, sums)
            return np.concatenate([sums.sum(axis=0), extremes])
        return _deviations(tile, together(a, b, codes), counted_once(a, b, tile), shift)

    found = on_host(clustering.points.fold(visit, _merge))
    from_within, from_between, squares, smallest, largest = found.tolist()
    within, between = numbers_of_pairs(clustering)
    if smallest == largest:
        return PairMoments(within, between, 0.0, 0.0)
    mean = (from_within + from_between) / (within + between)
    deviation = np.sqrt(max(squares / (within + between) - mean * mean, 0.0))
    contrast = (from_between * within - from_within * between) / (within * between)
    return PairMoments(within, between, float(contrast), float(deviation))


def typical_distance(clustering: Clustering) -> float:
    """The median of the first point's distances to a few others."""
    few = min(clustering.n, FEW)
    points = clustering.points.weighted(None).only(np.arange(few), np.array([0, few]))
    lengths = points.to_centres(np.array([0]), lambda values, own, sizes: values)
    return float(np.percentile(lengths[1:, 0], 50, method="lower"))


def _merge(x: Any, y: Any) -> Any:
    """Moments of two lots of pairs together."""
    xp = array_namespace(x)
    return xp.concat([x[:3] + y[:3], xp.minimum(x[3:4], y[3:4]), xp.maximum(x[4:], y[4:])])


def _deviations(tile: Any, same: Any, counted: Any, shift: float) -> Any:
    """(5,) sums of deviations from `shift` within and between and of their squares, and extreme distances."""
    xp = array_namespace(tile)
    away = xp.where(counted, tile - shift, 0.0)
    sums = [xp.sum(xp.where(same, away, 0.0)), xp.sum(xp.where(same, 0.0, away)), xp.sum(away * away)]
    extremes = [xp.min(xp.where(counted, tile, xp.inf)), xp.max(xp.where(counted, tile, -xp.inf))]
    return xp.stack(sums + extremes)


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
