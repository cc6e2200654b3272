"""The distances of all pairs in order of size, without holding them all.

Non-negative floats have the order of their bits read as integers, so histograms over the leading bits, then over the
next ones, find order statistics and cut the distances into slabs of increasing value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import add
from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.foreign import on_host
from cqm.arrays.host.jit import kernel
from cqm.geometry.pairs import counted_once, numbers_of_pairs, together

__all__ = ["Slab", "as_bits", "order_statistics", "select", "slabs", "within_in_order", "within_slab"]


CAPACITY = 1 << 25  # within-cluster distances held at once: 256 MiB
BITS = 63  # of a non-negative float64
RADIX = 16  # bits resolved by one histogram
FEW = 1 << 23  # distances held to find one among them
INFINITY = 0x7FF << 52  # bits of +∞


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


def within_slab(tile: Any, slab: Slab) -> Any:
    """Whether distances of another library than numpy lie in a slab."""
    low, last = as_distances([slab.low, slab.last]).tolist()
    return (tile >= low) & (tile <= last)


def as_distances(bits: Any) -> FloatArray:
    """Distances that have these bits; more bits than those of +∞ are +∞."""
    return np.minimum(np.asarray(bits, dtype=np.uint64), INFINITY).view(np.float64)


def as_bits(tile: FloatArray) -> LongArray:
    """Reinterpret floats as integers of the same order, in place; adding 0 turns −0 into 0."""
    return np.add(tile, 0.0, out=tile).view(np.int64)


def slabs(clustering: Clustering, capacity: int = CAPACITY) -> list[Slab]:
    """Slabs of increasing distance that cover all pairs; one of more than `capacity` pairs within is a single value."""
    within, between = numbers_of_pairs(clustering)
    if within <= capacity:
        return [Slab(0, (1 << BITS) - 1, within, between)]
    return list(_cut(clustering, 0, BITS, capacity))


def within_in_order(clustering: Clustering, slab: Slab) -> Any:
    """The slab's distances inside clusters in ascending order: numpy's as bits, other libraries' where they are."""
    codes = clustering.points.here(clustering.codes)

    def visit(a: slice, b: slice, tile: Any) -> list[Any]:
        if is_numpy_array(tile):
            return [select(as_bits(tile), codes[a], codes[b], a == b, slab.low, slab.last, True)]
        return [tile[counted_once(a, b, tile) & together(a, b, codes) & within_slab(tile, slab)]]

    found = clustering.points.fold(visit, add, np.ones(clustering.k, dtype=bool))
    xp = array_namespace(found[0])
    return xp.sort(xp.concat(found), stable=False)


def order_statistics(clustering: Clustering, ranks: list[int], few: int = FEW) -> list[float]:
    """Distances that have so many others before them in ascending order.

    Histograms narrow each down to at most `few` candidates, or to a single value.
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
    if not shift:
        return as_distances(lows).tolist()
    candidates = _candidates(clustering, [Slab(low, low - 1 + (1 << shift), 0, 0) for low in lows])
    return [_ranked(values, rank) for values, rank in zip(candidates, ranks, strict=True)]


def _candidates(clustering: Clustering, ranges: list[Slab]) -> list[Any]:
    """The distances in each range, in no order; numpy's as bits."""
    one = np.zeros(clustering.n, dtype=np.intp)  # cluster: every pair counts

    def visit(a: slice, b: slice, tile: Any) -> list[list[Any]]:
        if is_numpy_array(tile):
            bits = as_bits(tile)
            return [[select(bits, one[a], one[b], a == b, each.low, each.last, True)] for each in ranges]
        return [[tile[counted_once(a, b, tile) & within_slab(tile, each)]] for each in ranges]

    found = clustering.points.fold(visit, lambda x, y: [p + q for p, q in zip(x, y, strict=True)])
    return [array_namespace(values[0]).concat(values) for values in found]


def _ranked(values: Any, rank: int) -> float:
    """The value that has so many others before it in ascending order."""
    if is_numpy_array(values):
        return float(np.partition(values, rank)[rank].view(np.float64))
    return float(array_namespace(values).sort(values, stable=False)[rank])


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
    codes = clustering.points.here(clustering.codes)
    starts = np.array(lows, dtype=np.int64)
    steps = np.arange((1 << width) + 1, dtype=np.uint64) << np.uint64(shift)
    edges = clustering.points.here(as_distances(starts.astype(np.uint64)[:, None] + steps))

    def visit(a: slice, b: slice, tile: Any) -> Any:
        if is_numpy_array(tile):
            return _bins(as_bits(tile), codes[a], codes[b], a == b, starts, shift, 1 << width)
        same, counted = together(a, b, codes), counted_once(a, b, tile)
        return array_namespace(tile).stack([_between(edges, tile, counted & each) for each in (~same, same)], axis=2)

    counts: LongArray = on_host(clustering.points.fold(visit, add))
    return counts


def _between(edges: Any, tile: Any, counted: Any) -> Any:
    """(lows, bins) how many of the distances that count lie from each edge to the next."""
    xp = array_namespace(tile)
    ordered = xp.sort(xp.reshape(xp.where(counted, tile, xp.inf), (-1,)), stable=False)
    before = xp.reshape(xp.searchsorted(ordered, xp.reshape(edges, (-1,))), edges.shape)
    return xp.astype(before[:, 1:] - before[:, :-1], xp.int64)


@kernel
def _bins(
    bits: LongArray,
    row_codes: NDArray[np.intp],
    column_codes: NDArray[np.intp],
    on_diagonal: bool,
    starts: LongArray,
    shift: int,
    size: int,
) -> LongArray:
    """(starts, size, 2) how many pairs fall into each bin of 2^shift from each of `starts` on, across and inside."""
    counts = np.zeros((len(starts), size, 2), dtype=np.int64)
    for i in range(len(bits)):
        for j in range(i + 1 if on_diagonal else 0, bits.shape[1]):
            for s in range(len(starts)):
                if bits[i, j] >= starts[s]:
                    bin_ = (bits[i, j] - starts[s]) >> shift
                    if bin_ < size:
                        counts[s, bin_, np.int64(row_codes[i] == column_codes[j])] += 1
    return counts


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
