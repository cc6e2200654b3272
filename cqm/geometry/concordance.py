"""Comparisons of within-cluster with between-cluster distances, counted over all pairs of pairs."""

from operator import add
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.foreign import on_host
from cqm.arrays.host.jit import kernel
from cqm.geometry.pairs import counted_once, numbers_of_pairs, together
from cqm.geometry.ranks import Slab, as_bits, order_statistics, select, slabs, within_in_order, within_slab
from cqm.sharing import once

__all__ = ["comparisons", "excesses"]


@once
def comparisons(clustering: Clustering) -> tuple[int, int]:
    """Count the (within, between) comparisons in which the distance within is strictly shorter, and strictly longer."""
    shorter = longer = within_before = between_before = 0
    for slab in slabs(clustering):
        shorter += within_before * slab.between
        longer += between_before * slab.within
        if slab.within and slab.between and not slab.is_single_value:
            shorter_here, longer_here = _comparisons(clustering, slab)
            shorter += shorter_here
            longer += longer_here
        within_before += slab.within
        between_before += slab.between
    return shorter, longer


def excesses(clustering: Clustering) -> tuple[float, float]:
    """(S − S_min, S_max − S) of the sum S of the N within-cluster distances.

    S_min and S_max are the sums of the N smallest and largest of all distances. With c the N-th smallest,
    S − S_min = Σ within above c of (d − c) + Σ between below c of (c − d), and likewise from above: sums of
    non-negative terms that lose no digits and vanish exactly where they should.
    """
    within, between = numbers_of_pairs(clustering)
    low, high = order_statistics(clustering, [within - 1, between])
    codes = clustering.points.here(clustering.codes)

    def visit(a: slice, b: slice, tile: Any) -> Any:
        if is_numpy_array(tile):
            sums = np.zeros((len(tile), 2))
            _exceed(tile, codes[a], codes[b], a == b, low, high, sums)
            return sums.sum(axis=0)
        return _excess(tile, together(a, b, codes), counted_once(a, b, tile), low, high)

    above_least, below_most = on_host(clustering.points.fold(visit, add)).tolist()
    return above_least, below_most


def _comparisons(clustering: Clustering, slab: Slab) -> tuple[int, int]:
    """Comparisons inside a slab: within shorter, within longer."""
    within, codes = within_in_order(clustering, slab), clustering.points.here(clustering.codes)

    def visit(a: slice, b: slice, tile: Any) -> list[Any]:
        if is_numpy_array(tile):
            between = select(as_bits(tile), codes[a], codes[b], a == b, slab.low, slab.last, False)
            between.sort()
            return [np.array(_compare(within, between))]
        return [_compared(within, tile, counted_once(a, b, tile) & ~together(a, b, codes) & within_slab(tile, slab))]

    found = clustering.points.fold(visit, add)  # apart, as their sums need more than 63 bits
    shorter, longer = on_host(array_namespace(found[0]).stack(found, axis=1)).tolist()
    return sum(shorter), sum(longer)


def _compared(within: Any, tile: Any, counted: Any) -> Any:
    """(2,) comparisons of ascending distances within with those of a tile that count: shorter, longer."""
    xp, values = array_namespace(tile), array_namespace(tile).reshape(tile, (-1,))
    counted, nothing = xp.reshape(counted, (-1,)), xp.zeros((1,), dtype=xp.int64, device=device(tile))
    below, not_above = (xp.astype(xp.searchsorted(within, values, side=side), xp.int64) for side in ("left", "right"))
    longer = within.shape[0] - not_above
    return xp.stack([xp.sum(xp.where(counted, each, nothing)) for each in (below, longer)])


def _excess(tile: Any, same: Any, counted: Any, low: float, high: float) -> Any:
    """(2,) sums of what `_exceed` adds up."""
    xp = array_namespace(tile)
    parts = [xp.where(same, part, -part) for part in (tile - low, high - tile)]
    return xp.stack([xp.sum(xp.where(counted & (part > 0), part, 0.0)) for part in parts])


@kernel
def _compare(within: LongArray, between: LongArray) -> tuple[int, int]:
    """Comparisons of two ascending arrays: within shorter, within longer."""
    shorter, longer, below = 0, 0, 0
    for value in between:
        below = _skip(within, below, value)
        not_above = _skip(within, below, value + 1)
        shorter += below
        longer += len(within) - not_above
    return shorter, longer


@kernel
def _skip(values: LongArray, at: int, bound: int) -> int:
    """First position from `at` on whose value is not below `bound`, in steps that double and then halve."""
    step = 1
    while at + step <= len(values) and values[at + step - 1] < bound:
        at += step
        step *= 2
    while step > 1:
        step //= 2
        if at + step <= len(values) and values[at + step - 1] < bound:
            at += step
    return at


@kernel
def _exceed(
    tile: FloatArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    low: float,
    high: float,
    sums: FloatArray,
) -> None:
    for i in range(len(tile)):
        above_least, below_most = 0.0, 0.0
        for j in range(i + 1 if on_diagonal else 0, tile.shape[1]):
            if row_codes[i] == column_codes[j]:
                above_least += max(tile[i, j] - low, 0.0)
                below_most += max(high - tile[i, j], 0.0)
            else:
                above_least += max(low - tile[i, j], 0.0)
                below_most += max(tile[i, j] - high, 0.0)
        sums[i, 0] += above_least
        sums[i, 1] += below_most
