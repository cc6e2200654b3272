"""The distances of all pairs in order of size, without holding them all.

Non-negative floats have the order of their bits read as integers, so a histogram over leading bits cuts the distances
into slabs of increasing value. A slab that is still too large is cut again by its next bits; one of a single value
needs no cutting at all. Each slab can then be gathered and sorted by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.jit import kernel
from cqm.geometry.pairs import numbers_of_pairs, pair_tiles
from cqm.validation import Clustering

__all__ = ["Slab", "gather", "order_statistic", "slabs"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CAPACITY = 1 << 24  # distances gathered at once: 128 MiB
BITS = 63  # of a non-negative float64
RADIX = 21  # bits resolved by one histogram


@dataclass(frozen=True, slots=True)
class Slab:
    """All pairs with `low` ≤ bits of their distance < `high`.

    Attributes
    ----------
    low, high : range of the distance's bits, read as an integer.
    within, between : number of pairs inside clusters and across clusters.
    """

    low: int
    high: int
    within: int
    between: int

    @property
    def is_single_value(self) -> bool:
        """Whether all its distances are equal."""
        return self.high - self.low == 1

    @property
    def value(self) -> float:
        """The smallest distance that it can hold."""
        return float(np.int64(self.low).view(np.float64))


def slabs(clustering: Clustering, capacity: int = CAPACITY) -> list[Slab]:
    """Slabs of increasing distance that cover all pairs; one of more than `capacity` pairs is a single value."""
    within, between = numbers_of_pairs(clustering)
    if within + between <= capacity:
        return [Slab(0, (1 << BITS) - 1, within, between)]
    return list(_cut(clustering, 0, BITS, capacity))


def gather(clustering: Clustering, slab: Slab) -> tuple[FloatArray, FloatArray]:
    """Distances of the slab inside clusters and across clusters, each in ascending order."""
    if slab.is_single_value:
        return np.full(slab.within, slab.value), np.full(slab.between, slab.value)
    within, between = np.empty(slab.within, dtype=np.int64), np.empty(slab.between, dtype=np.int64)
    codes, filled = clustering.codes, (0, 0)
    for a, b, tile in pair_tiles(clustering):
        filled = _collect(_bits(tile), codes[a], codes[b], a == b, slab.low, slab.high, within, between, *filled)
    if filled != (slab.within, slab.between):
        raise ValueError("`metric` must return the same distance whenever it is called for the same two points")
    return np.sort(within.view(np.float64)), np.sort(between.view(np.float64))


def order_statistic(clustering: Clustering, cuts: list[Slab], rank: int) -> float:
    """Distance with `rank` others before it in ascending order (0 ≤ rank < number of pairs)."""
    for slab in cuts:
        if rank < slab.within + slab.between:
            if slab.is_single_value:
                return slab.value
            return float(np.partition(np.concatenate(gather(clustering, slab)), rank)[rank])
        rank -= slab.within + slab.between
    raise IndexError("rank exceeds the number of pairs")


def _cut(clustering: Clustering, low: int, width: int, capacity: int) -> Iterator[Slab]:
    """Slabs within the `width` trailing bits above `low`, from one histogram and, where crowded, more."""
    shift = max(width - RADIX, 0)
    counts = np.zeros((1 << (width - shift), 2), dtype=np.int64)  # (bins, between | within)
    codes = clustering.codes
    for a, b, tile in pair_tiles(clustering):
        _count(_bits(tile), codes[a], codes[b], a == b, low, shift, counts)
    pending: Slab | None = None
    for bin_ in np.flatnonzero(counts.any(axis=1)).tolist():
        start = low + (bin_ << shift)
        slab = Slab(start, start + (1 << shift), int(counts[bin_, 1]), int(counts[bin_, 0]))
        crowded = slab.within + slab.between > capacity
        if pending and (crowded or sum((pending.within, pending.between, slab.within, slab.between)) > capacity):
            yield pending
            pending = None
        if crowded and shift:
            yield from _cut(clustering, start, shift, capacity)
        elif crowded:
            yield slab
        elif pending:
            pending = Slab(pending.low, slab.high, pending.within + slab.within, pending.between + slab.between)
        else:
            pending = slab
    if pending:
        yield pending


def _bits(tile: FloatArray) -> IntArray:
    """Reinterpret the tile's floats as integers of the same order; adding 0 turns −0 into 0."""
    return np.add(tile, 0.0, out=tile).view(np.int64)


@kernel
def _count(
    bits: IntArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    low: int,
    shift: int,
    counts: IntArray,
) -> None:
    bins = len(counts)
    for i in range(len(bits)):
        for j in range(i + 1 if on_diagonal else 0, bits.shape[1]):
            if bits[i, j] >= low:
                bin_ = (bits[i, j] - low) >> shift
                if bin_ < bins:
                    counts[bin_, int(row_codes[i] == column_codes[j])] += 1


@kernel
def _collect(
    bits: IntArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    low: int,
    high: int,
    within: IntArray,
    between: IntArray,
    n_within: int,
    n_between: int,
) -> tuple[int, int]:
    for i in range(len(bits)):
        for j in range(i + 1 if on_diagonal else 0, bits.shape[1]):
            if low <= bits[i, j] < high:
                if row_codes[i] == column_codes[j]:
                    if n_within < len(within):
                        within[n_within] = bits[i, j]
                    n_within += 1
                else:
                    if n_between < len(between):
                        between[n_between] = bits[i, j]
                    n_between += 1
    return n_within, n_between
