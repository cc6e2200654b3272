"""The distances of all pairs in order of size, without holding them all.

Non-negative floats have the order of their bits read as integers, so histograms over the leading bits, then over the
next ones, find order statistics and cut the distances into slabs of increasing value.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel
from cqm.geometry.pairs import numbers_of_pairs

__all__ = ["Slab", "as_bits", "order_statistics", "select", "slabs", "within_in_order"]

LongArray = NDArray[np.int64]

CAPACITY = 1 << 25  # within-cluster distances held at once: 256 MiB
BITS = 63  # of a non-negative float64
RADIX = 21  # bits resolved by one histogram
FEW = 1 << 21  # distances sorted to find one among them


@dataclass(frozen=True, slots=True)
class Slab:
    """All pairs with `low` ≤ bits of their distance ≤ `last`.

    Attributes
    ----------
    low, last : range of the distance's bits, read as an integer.
    within, between : number of pairs inside clusters and across clusters.
    """

    low: int
    last: int
    within: int
    between: int

    @property
    def is_single_value(self) -> bool:
        """Whether all its distances are equal."""
        return self.last == self.low


def as_bits(tile: FloatArray) -> LongArray:
    """Reinterpret floats as integers of the same order, in place; adding 0 turns −0 into 0."""
    return np.add(tile, 0.0, out=tile).view(np.int64)


def slabs(clustering: Clustering, capacity: int = CAPACITY) -> list[Slab]:
    """Slabs of increasing distance that cover all pairs; one of more than `capacity` pairs within is a single value."""
    within, between = numbers_of_pairs(clustering)
    if within <= capacity:
        return [Slab(0, (1 << BITS) - 1, within, between)]
    return list(_cut(clustering, 0, BITS, capacity))


def within_in_order(clustering: Clustering, slab: Slab) -> LongArray:
    """Bits of the slab's distances inside clusters, in ascending order."""
    codes = clustering.codes

    def visit(a: slice, b: slice, tile: FloatArray) -> LongArray:
        return select(as_bits(tile), codes[a], codes[b], a == b, slab.low, slab.last, True)

    return np.sort(np.concatenate(list(clustering.points.map_pairs(visit, only_within=True))))


def order_statistics(clustering: Clustering, ranks: list[int], few: int = FEW) -> list[float]:
    """Distances that have so many others before them in ascending order.

    Histograms narrow each down to at most `few` candidates, or to a single value; those few are sorted.
    """
    total = sum(numbers_of_pairs(clustering))
    lows, ranks, counts, shift = [0] * len(ranks), list(ranks), [total] * len(ranks), BITS
    while shift and max(counts) > few:
        width = min(RADIX, shift)
        shift -= width
        bins = _histograms(clustering, lows, shift, width).sum(axis=2)
        for i, ends in enumerate(bins.cumsum(axis=1)):
            bin_ = int(np.searchsorted(ends, ranks[i], side="right"))
            counts[i] = int(bins[i, bin_])
            ranks[i] -= int(ends[bin_]) - counts[i]
            lows[i] += bin_ << shift
    if shift:
        together = np.zeros(clustering.n, dtype=np.intp)  # one cluster: every pair counts

        def visit(a: slice, b: slice, tile: FloatArray) -> list[LongArray]:
            bits, codes = as_bits(tile), (together[a], together[b])
            return [select(bits, *codes, a == b, low, low - 1 + (1 << shift), True) for low in lows]

        candidates = zip(*clustering.points.map_pairs(visit), strict=True)
        lows = [np.sort(np.concatenate(found))[rank] for found, rank in zip(candidates, ranks, strict=True)]
    return [float(value) for value in np.array(lows, dtype=np.int64).view(np.float64)]


def _cut(clustering: Clustering, low: int, shift: int, capacity: int) -> Iterator[Slab]:
    """Slabs within the `shift` trailing bits above `low`, from one histogram and, where crowded, more."""
    width = min(RADIX, shift)
    shift -= width
    counts = _histograms(clustering, [low], shift, width)[0]
    pending: Slab | None = None
    for bin_ in np.flatnonzero(counts.any(axis=1)).tolist():
        start = low + (bin_ << shift)
        between, within = counts[bin_].tolist()
        crowded = within > capacity
        if pending and (crowded or pending.within + within > capacity):
            yield pending
            pending = None
        if crowded and shift:
            yield from _cut(clustering, start, shift, capacity)
        elif pending:
            pending = Slab(pending.low, start - 1 + (1 << shift), pending.within + within, pending.between + between)
        else:
            pending = Slab(start, start - 1 + (1 << shift), within, between)
    if pending:
        yield pending


def _histograms(clustering: Clustering, lows: list[int], shift: int, width: int) -> LongArray:
    """(lows, 2^width, 2) numbers of pairs across and inside clusters, in bins of 2^shift from each of `lows` on."""
    codes = clustering.codes
    counts = np.zeros((len(lows), 1 << width, 2), dtype=np.int64)
    starts = np.array(lows, dtype=np.int64)

    def visit(a: slice, b: slice, tile: FloatArray) -> NDArray[np.int32]:
        return _bins(as_bits(tile), codes[a], codes[b], a == b, starts, shift, 1 << width)

    for bins in clustering.points.map_pairs(visit):
        _count(bins, counts.reshape(-1))
    return counts


@kernel
def _bins(
    bits: LongArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    starts: LongArray,
    shift: int,
    size: int,
) -> NDArray[np.int32]:
    """Place of each pair in the histograms, laid out one after the other, for each histogram that it falls into."""
    out = np.empty(bits.size * len(starts), dtype=np.int32)
    found = 0
    for i in range(len(bits)):
        for j in range(i + 1 if on_diagonal else 0, bits.shape[1]):
            for s in range(len(starts)):
                if bits[i, j] >= starts[s]:
                    bin_ = (bits[i, j] - starts[s]) >> shift
                    if bin_ < size:
                        out[found] = 2 * (s * size + bin_) + (row_codes[i] == column_codes[j])
                        found += 1
    return out[:found].copy()


@kernel
def _count(bins: NDArray[np.int32], counts: LongArray) -> None:
    for bin_ in bins:
        counts[bin_] += 1


@kernel
def select(
    bits: LongArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    low: int,
    last: int,
    within: bool,
) -> LongArray:
    """Entries of a tile with low ≤ bits ≤ last that are inside clusters, or across them."""
    out = np.empty(bits.size, dtype=np.int64)
    found = 0
    for i in range(len(bits)):
        for j in range(i + 1 if on_diagonal else 0, bits.shape[1]):
            if low <= bits[i, j] <= last and (row_codes[i] == column_codes[j]) == within:
                out[found] = bits[i, j]
                found += 1
    return out[:found].copy()
