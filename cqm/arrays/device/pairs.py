"""Passes over pairs of points on a device.

A pass asks for its tiles without waiting for any, as if no digits were lost. Whether some were is known when a wave of
tiles is done; the few tiles concerned are made again then, with near-duplicates from differences, before anything is
merged. So the calls for a tile, and the times that the device is waited for, do not grow with the clusters.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import chain, combinations_with_replacement, islice, product
from typing import Any, TypeVar

import numpy as np
from array_api_compat import is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.clustering import Part
from cqm.arrays.device.libraries import with_diagonal
from cqm.arrays.device.runs import Runs
from cqm.arrays.device.space import Block, Space
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import ACROSS, EVERYWHERE, INSIDE, MINIMUM, SUM, Merge, Reduce, Request, Visit
from cqm.arrays.foreign import on_host
from cqm.arrays.host.pairs import gathered, merged
from cqm.arrays.host.reductions import MERGE, START

__all__ = [
    "fold",
    "fold_points",
    "nearest_across",
    "pairs_of_blocks",
    "per_pair",
    "per_point",
    "sums_inside",
    "visited",
]

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])
Pairs = Iterable[tuple[Block, Block]]

WAVE = 16  # tiles under way before they are waited for
# (n, k) results per point are held on the device up to this size; then each block of rows meets all columns.
PER_POINT_BYTES = 2**30


def visited(
    space: Space, pairs: Pairs, work: Callable[[Block, Block, Any], Result]
) -> Iterator[tuple[Block, Block, Result]]:
    """Pairs of blocks with the result of `work` on the values of their tile, in order."""
    pairs = iter(pairs)
    while wave := list(islice(pairs, WAVE)):
        found, lost = [], []
        with np.errstate(all="ignore"):  # what comes of lost digits is thrown away, and x/0 is ±∞ as on a device
            for (a, b), tile in zip(wave, space.tiles(wave), strict=True):
                found.append(work(a, b, tile.values))
                if tile.lost is not None:
                    lost.append(tile.lost)
            for at in np.flatnonzero(on_host(space.xp.stack(lost))) if lost else ():
                found[at] = work(*wave[at], space.exact(*wave[at]))
        yield from ((a, b, result) for (a, b), result in zip(wave, found, strict=True))


def pairs_of_blocks(space: Space, region: int = EVERYWHERE) -> Iterator[tuple[Block, Block]]:
    """Pairs of blocks that have pairs of points of the region."""
    return (pair for pair in combinations_with_replacement(space.blocks, 2) if _meets(region, *pair))


def _meets(region: int, a: Block, b: Block) -> bool:
    if region == INSIDE:
        return a.part.clusters.stop > b.part.clusters.start
    return region == EVERYWHERE or a.part.clusters.start < b.part.clusters.stop - 1


def _counting(space: Space, a: Block, b: Block, values: Any, operation: int) -> Any:
    """Values of a tile for a reduction: sums are of distances, and no minimum is that of a point and itself.

    The tile may be used up but for its diagonal, which every reduction sets.
    """
    if operation == SUM:
        return space.distances(values)
    return with_diagonal(values, np.inf if operation == MINIMUM else 0.0) if a is b else values


def _landed(space: Space, arrays: list[Any]) -> list[NDArray[Any]]:
    """Arrays of one precision on the host, brought there together if they are not there yet."""
    if is_numpy_array(arrays[0]):
        return arrays
    shapes = [array.shape for array in arrays]
    flat = on_host(space.xp.concat([space.xp.reshape(array, (-1,)) for array in arrays]))
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [values.reshape(shape) for values, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]


def per_pair(space: Space, *requests: Request) -> list[FloatArray]:
    """(k, k) symmetric reductions; those of a tile are cluster-sized, and come to the host a wave at a time."""
    outs = [np.full((space.k, space.k), START[request.operation]) for request in requests]
    small: list[tuple[int, Part, Part, Any]] = []

    def work(a: Block, b: Block, values: Any) -> list[tuple[int, Part, Part, Any]]:
        found = []
        for at, (operation, region) in enumerate(requests):
            if _meets(region, a, b):
                by_row = b.runs.reduce(_counting(space, a, b, values, operation), operation, axis=1)
                met = a.runs.reduce(space.wide(by_row), operation, axis=0)
                found.append((at, a.part, b.part, met))
        return found

    def settle() -> None:
        for (at, i, j, _), values in zip(small, _landed(space, [met for *_, met in small]), strict=True):
            out, merge = outs[at], MERGE[requests[at].operation]
            out[i.clusters, j.clusters] = merge(out[i.clusters, j.clusters], values)
            if i.rows != j.rows:
                out[j.clusters, i.clusters] = merge(out[j.clusters, i.clusters], values.T)
        small.clear()

    wanted = (pair for pair in pairs_of_blocks(space) if any(_meets(request.region, *pair) for request in requests))
    for _, _, found in visited(space, wanted, work):
        small += found
        if len(small) >= WAVE:
            settle()
    if small:
        settle()
    for out in outs:
        np.copyto(out, out.T, where=np.tri(space.k, dtype=bool))
    return [out if request.operation == SUM else space.final(out) for request, out in zip(requests, outs, strict=True)]


def nearest_across(space: Space) -> float:
    """Smallest distance between points of different clusters."""
    xp, codes = space.xp, space.own

    def work(a: Block, b: Block, values: Any) -> Any:
        same = codes[a.part.rows][:, None] == codes[b.part.rows][None, :]
        return space.wide(xp.min(xp.where(same, np.inf, values)))

    found = [smallest for _, _, smallest in visited(space, pairs_of_blocks(space, ACROSS), work)]
    return float(space.final(np.array(on_host(xp.stack(found)).min())))


def sums_inside(space: Space) -> FloatArray:
    """(n,) sums of distances to the points of the own cluster."""
    xp, codes = space.xp, space.own

    def work(a: Block, b: Block, values: Any) -> list[tuple[slice, Any]]:
        same = codes[a.part.rows][:, None] == codes[b.part.rows][None, :]
        lengths = xp.where(same, space.distances(values), 0.0)
        by_row = (a.part.rows, xp.sum(space.weigh(lengths, b.part.rows), axis=1, dtype=xp.float64))
        by_column = (b.part.rows, xp.sum(space.weigh(lengths.T, a.part.rows), axis=1, dtype=xp.float64))
        return [by_row] if a is b else [by_row, by_column]

    out = np.zeros(space.n)
    found = list(chain.from_iterable(sums for _, _, sums in visited(space, pairs_of_blocks(space, INSIDE), work)))
    for (rows, _), sums in zip(found, _landed(space, [sums for _, sums in found]), strict=True):
        out[rows] += sums
    return out


# --- each point and all clusters


def per_point(space: Space, operation: int, reduce: Reduce, merge: Merge[Any] | None) -> Iterator[tuple[Block, Any]]:
    """Blocks with `reduce` of their (rows, k) reductions of distances."""
    if merge is not None:
        yield from _cluster_by_cluster(space, operation, reduce, merge)
    elif space.n * space.k * 8 <= PER_POINT_BYTES:
        yield from _all_clusters(space, operation, reduce, list(combinations_with_replacement(space.blocks, 2)))
    else:
        for block in space.blocks:
            yield from _all_clusters(space, operation, reduce, list(product([block], space.blocks)))


def _cluster_by_cluster(space: Space, operation: int, reduce: Reduce, merge: Merge[Any]) -> Iterator[tuple[Block, Any]]:
    """Each pair of points once, in memory that does not grow with k: a tile has all there is to say of whole clusters.

    The parts of a cluster that is larger than a block are put together before they are reduced.
    """
    group_of = {block.part.rows.start: group for group in space.groups for block in group}
    out: dict[int, Any] = {}
    parts: dict[tuple[int, int], list[Any]] = {}

    def reduced(rows: Block, clusters: slice, values: Any) -> Any:
        met = max(rows.part.clusters.start, clusters.start) < min(rows.part.clusters.stop, clusters.stop)
        own = space.own[rows.part.rows] - clusters.start if met else None
        sizes = space.xp.astype(space.cluster_masses[clusters], values.dtype)
        return space.wide(reduce(values if operation == SUM else space.distances(values), own, sizes))

    def work(a: Block, b: Block, values: Any) -> list[tuple[Block, Block, Any]]:
        values, found = _counting(space, a, b, values, operation), []
        for x, y, axis in ((a, b, 1), (b, a, 0))[: 1 if a is b else 2]:
            met = y.runs.reduce(values, operation, axis=axis)
            met = met if axis == 1 else met.T
            whole = len(group_of[y.part.rows.start]) == 1
            found.append((x, y, reduced(x, y.part.clusters, met) if whole else space.wide(met)))
        return found

    for _, _, found in visited(space, _by_groups(space), work):
        for x, y, values in found:
            at, group = x.part.rows.start, group_of[y.part.rows.start]
            if len(group) > 1:
                lot = parts.setdefault((at, group[0].part.rows.start), [])
                lot.append(values)
                if len(lot) < len(group):
                    continue
                whole = _merged_parts(space, parts.pop((at, group[0].part.rows.start)), operation)
                values = reduced(x, y.part.clusters, whole)
            out[at] = merge(out[at], values) if at in out else values
    for block in space.blocks:
        yield block, out[block.part.rows.start]


def _by_groups(space: Space) -> Iterator[tuple[Block, Block]]:
    """Pairs of blocks, those of two groups together."""
    for g, h in combinations_with_replacement(space.groups, 2):
        yield from combinations_with_replacement(g, 2) if g is h else product(g, h)


def _merged_parts(space: Space, lot: list[Any], operation: int) -> Any:
    """Reductions over the parts of a cluster as those over all of it."""
    return reduce(getattr(space.xp, MERGE[operation].__name__), lot)


def _all_clusters(
    space: Space, operation: int, reduce: Reduce, pairs: list[tuple[Block, Block]]
) -> Iterator[tuple[Block, Any]]:
    """Reductions of the first blocks' rows, from tiles that serve their rows and, of each pair once, their columns."""
    symmetric = pairs[0][0] is not pairs[-1][0] or len(pairs) == 1
    columns: dict[int, list[Any]] = {a.part.rows.start: [] for a, _ in pairs}
    blocks = {a.part.rows.start: a for a, _ in pairs}

    def work(a: Block, b: Block, values: Any) -> list[tuple[Block, Any]]:
        values = _counting(space, a, b, values, operation)
        by_row = (a, space.wide(b.runs.reduce(values, operation, axis=1)))
        if a is b or not symmetric:
            return [by_row]
        return [by_row, (b, space.wide(a.runs.reduce(values, operation, axis=0)).T)]

    for _, _, found in visited(space, pairs, work):
        for block, values in found:
            columns[block.part.rows.start].append(values)
    met = np.concatenate([np.arange(b.part.clusters.start, b.part.clusters.stop) for b in space.blocks])
    clusters = Runs(np.append(np.flatnonzero(np.diff(met, prepend=-1)), len(met)), space.X)
    for start, block in blocks.items():
        values = clusters.reduce(space.xp.concat(columns.pop(start), axis=1), operation, axis=1)
        values = values if operation == SUM else space.distances(values)
        yield block, reduce(values, space.own[block.part.rows], space.cluster_masses)


# --- tiles for others


def fold(space: Space, visit: Visit[Result], merge: Merge[Result], inside: NDArray[np.bool_] | None = None) -> Result:
    """Results of `visit` on tiles of distances, merged on the device."""

    def work(a: Block, b: Block, values: Any) -> Result:
        return visit(a.part.rows, b.part.rows, _finished(space, a, b, values))

    return reduce(merge, (result for _, _, result in visited(space, _folding(space, inside), work)))


def fold_points(
    space: Space,
    visit: Visit[Found],
    merge: Merge[Found],
    blank: tuple[float, ...],
    inside: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[Any], ...]:
    """What `visit` says of the rows of each tile, and of its columns as rows, merged on the device."""

    def work(a: Block, b: Block, values: Any) -> list[tuple[slice, Found]]:
        rows, columns, tile = a.part.rows, b.part.rows, _finished(space, a, b, values)
        by_row = (rows, visit(rows, columns, tile))
        return [by_row] if a is b else [by_row, (columns, visit(columns, rows, tile.T))]

    each = chain.from_iterable(found for _, _, found in visited(space, _folding(space, inside), work))
    found = merged(each, merge)
    columns = [_landed(space, list(values)) for values in zip(*(values for _, values in found), strict=True)]
    rows = (rows for rows, _ in found)
    return gathered(space.n, zip(rows, zip(*columns, strict=True), strict=True), blank)


def _folding(space: Space, inside: NDArray[np.bool_] | None) -> Iterator[tuple[Block, Block]]:
    """Pairs of smaller blocks, or those that cover the pairs inside some clusters."""
    if inside is None:
        blocks = [block for group in space.smaller_groups for block in group]
        yield from combinations_with_replacement(blocks, 2)
        return
    for group in space.smaller_groups:
        if inside[group[0].part.clusters].any():
            yield from combinations_with_replacement(group, 2)


def _finished(space: Space, a: Block, b: Block, values: Any) -> Any:
    """(rows, columns) distances in float64; of a square, symmetric to the last bit, as products are not always."""
    if a is b:
        places = space.xp.arange(values.shape[0], device=space.on)
        values = space.xp.where(places[:, None] > places[None, :], values.T, values)
    return space.wide(space.distances(values))
