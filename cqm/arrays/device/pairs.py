"""Passes over pairs of points on a device.

A pass asks for its tiles without waiting for any. Near-duplicates are left out of the tiles and counted; when the
counts of a wave of tiles are known, those of the few tiles that have any are computed from differences and merged. So
the calls for a tile, and the times that the device is waited for, do not grow with the clusters.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations_with_replacement, product
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Part
from cqm.arrays.device.runs import Runs
from cqm.arrays.device.space import Block, Space, Tile
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import ACROSS, EVERYWHERE, INSIDE, MINIMUM, SUM, Request, Visit
from cqm.arrays.foreign import on_host
from cqm.arrays.host.reductions import MERGE, START
from cqm.parallel import in_order

__all__ = [
    "map_pairs",
    "map_pairs_within",
    "nearest_across",
    "pairs_of_blocks",
    "per_pair",
    "per_point",
    "sums_inside",
    "waves",
]

Result = TypeVar("Result")
LeftOut = tuple[Block, Block, IntArray, IntArray, FloatArray]  # blocks, rows, columns, squared distances

WAVE = 64  # tiles under way before they are waited for
HOST_ROWS = 1024  # of tiles that go to the host
# (n, k) results per point are held on the device up to this size; then each pair of points is met once.
PER_POINT_BYTES = 2**30


def waves(
    space: Space, pairs: Iterable[tuple[Block, Block]], take: Callable[[Block, Block, Tile], None]
) -> Iterator[LeftOut]:
    """Let `take` have each tile, to be used without its near-duplicates; these come a wave later, if there are any."""
    wave: list[tuple[Block, Block, Any]] = []
    for a, b in pairs:
        tile = space.tile(a, b)
        take(a, b, tile)
        if tile.close is not None:
            wave.append((a, b, space.xp.any(tile.close)))
        if len(wave) == WAVE:
            yield from _left_out(space, wave)
            wave = []
    yield from _left_out(space, wave)


def _left_out(space: Space, wave: list[tuple[Block, Block, Any]]) -> Iterator[LeftOut]:
    if wave:
        for (a, b, _), some in zip(wave, on_host(space.xp.stack([some for _, _, some in wave])), strict=True):
            if some:
                yield a, b, *space.exact(a, b, space.tile(a, b))


def pairs_of_blocks(space: Space, region: int = EVERYWHERE) -> Iterator[tuple[Block, Block]]:
    """Pairs of blocks that have pairs of points of the region."""
    return (pair for pair in combinations_with_replacement(space.blocks, 2) if _meets(region, *pair))


def _meets(region: int, a: Block, b: Block) -> bool:
    if region == INSIDE:
        return a.part.clusters.stop > b.part.clusters.start
    return region == EVERYWHERE or a.part.clusters.start < b.part.clusters.stop - 1


def _counting(space: Space, a: Block, b: Block, tile: Tile, operation: int) -> Any:
    """Values of a tile for a reduction: what does not count does not matter to it."""
    xp, values = space.xp, tile.values
    if tile.close is not None:
        values = xp.where(tile.close, START[operation], values)
    if operation == SUM:
        values = space.distances(values)
    if a is b and operation == MINIMUM:
        values = xp.where(space.eye(values.shape[0]), np.inf, values)
    return values


def per_pair(space: Space, *requests: Request) -> list[FloatArray]:
    """(k, k) symmetric reductions; those of a tile are cluster-sized, and come to the host a wave at a time."""
    outs = [np.full((space.k, space.k), START[request.operation]) for request in requests]
    small: list[tuple[int, Part, Part, Any]] = []

    def take(a: Block, b: Block, tile: Tile) -> None:
        for at, (operation, region) in enumerate(requests):
            if _meets(region, a, b):
                by_row = b.runs.reduce(_counting(space, a, b, tile, operation), operation, axis=1)
                met = a.runs.reduce(space.wide(by_row), operation, axis=0)
                small.append((at, a.part, b.part, met))
        if len(small) >= WAVE:
            settle()

    def settle() -> None:
        if not small:
            return
        flat = on_host(space.xp.concat([space.xp.reshape(met, (-1,)) for *_, met in small]))
        first = 0
        for at, i, j, met in small:
            last = first + met.shape[0] * met.shape[1]
            values, out, merge = flat[first:last].reshape(met.shape), outs[at], MERGE[requests[at].operation]
            out[i.clusters, j.clusters] = merge(out[i.clusters, j.clusters], values)
            if i.rows != j.rows:
                out[j.clusters, i.clusters] = merge(out[j.clusters, i.clusters], values.T)
            first = last
        small.clear()

    codes = space.codes
    wanted = (pair for pair in pairs_of_blocks(space) if any(_meets(request.region, *pair) for request in requests))
    for a, b, rows, columns, squared in waves(space, wanted, take):
        met = codes[a.part.rows][rows], codes[b.part.rows][columns]
        for request, out in zip(requests, outs, strict=True):
            values, merge = squared, MERGE[request.operation]
            if request.operation == SUM:
                values = _weighed(space, space.final(squared), rows + a.part.rows.start, columns + b.part.rows.start)
            merge.at(out, met, values)
            merge.at(out, met[::-1], values)
    settle()
    for out in outs:
        np.copyto(out, out.T, where=np.tri(space.k, dtype=bool))
    return [out if request.operation == SUM else space.final(out) for request, out in zip(requests, outs, strict=True)]


def _weighed(space: Space, values: FloatArray, *rows: IntArray) -> FloatArray:
    """Values times the weights of ordered rows."""
    weights = space.weights
    return values if weights is None else values * np.prod([weights[each] for each in rows], axis=0)


def nearest_across(space: Space) -> float:
    """Smallest distance between points of different clusters."""
    xp, codes, smallest, found = space.xp, space.here(space.codes), [], np.inf

    def take(a: Block, b: Block, tile: Tile) -> None:
        same = codes[a.part.rows][:, None] == codes[b.part.rows][None, :]
        values = _counting(space, a, b, tile, MINIMUM)
        smallest.append(space.wide(xp.min(xp.where(same, np.inf, values))))

    for a, b, rows, columns, squared in waves(space, pairs_of_blocks(space, ACROSS), take):
        apart = space.codes[a.part.rows][rows] != space.codes[b.part.rows][columns]
        found = min(found, squared[apart].min(initial=np.inf))
    return float(space.final(np.array(min(found, on_host(xp.stack(smallest)).min()))))


def sums_inside(space: Space) -> FloatArray:
    """(n,) sums of distances to the points of the own cluster."""
    xp, codes, out = space.xp, space.here(space.codes), np.zeros(space.n)
    found: list[tuple[slice, Any]] = []

    def take(a: Block, b: Block, tile: Tile) -> None:
        same = codes[a.part.rows][:, None] == codes[b.part.rows][None, :]
        values = xp.where(same, _counting(space, a, b, tile, SUM), 0.0)
        found.append((a.part.rows, xp.sum(space.weigh(values, b.part.rows), axis=1, dtype=xp.float64)))
        if a is not b:
            found.append((b.part.rows, xp.sum(space.weigh(values.T, a.part.rows), axis=1, dtype=xp.float64)))

    for a, b, rows, columns, squared in waves(space, pairs_of_blocks(space, INSIDE), take):
        u, v = rows + a.part.rows.start, columns + b.part.rows.start
        inside = space.codes[u] == space.codes[v]
        for ends, others in ((u, v), (v, u)):
            np.add.at(out, ends[inside], _weighed(space, space.final(squared), others)[inside])
    first = 0
    sums = on_host(xp.concat([values for _, values in found]))
    for part, values in found:
        out[part] += sums[first : first + values.shape[0]]
        first += values.shape[0]
    return out


def per_point(space: Space, operation: int) -> Iterator[tuple[Block, Any]]:
    """Blocks with their (rows, k) reductions of distances."""
    if space.n * space.k * 8 <= PER_POINT_BYTES:
        yield from _reduced(space, operation, list(combinations_with_replacement(space.blocks, 2)), space.blocks)
    else:
        for block in space.blocks:
            yield from _reduced(space, operation, list(product([block], space.blocks)), [block])


def _reduced(
    space: Space, operation: int, pairs: list[tuple[Block, Block]], blocks: list[Block]
) -> Iterator[tuple[Block, Any]]:
    """Reductions of these blocks' rows, from tiles that serve their rows and, where wanted, their columns."""
    codes, merge = space.codes, MERGE[operation]
    found: dict[int, list[Any]] = {block.part.rows.start: [] for block in blocks}
    more: dict[int, FloatArray] = {}
    symmetric = len(blocks) == len(space.blocks)

    def take(a: Block, b: Block, tile: Tile) -> None:
        values = _counting(space, a, b, tile, operation)
        found[a.part.rows.start].append(space.wide(b.runs.reduce(values, operation, axis=1)))
        if symmetric and a is not b:
            found[b.part.rows.start].append(space.wide(a.runs.reduce(values, operation, axis=0)).T)

    def add(block: Block, rows: IntArray, clusters: IntArray, values: FloatArray) -> None:
        part = block.part.rows
        if part.start not in more:
            more[part.start] = np.full((part.stop - part.start, space.k), START[operation])
        merge.at(more[part.start], (rows, clusters), values)

    for a, b, rows, columns, squared in waves(space, pairs, take):
        of_rows = of_columns = squared
        if operation == SUM:
            of_rows = _weighed(space, space.final(squared), columns + b.part.rows.start)
            of_columns = _weighed(space, space.final(squared), rows + a.part.rows.start)
        add(a, rows, codes[b.part.rows][columns], of_rows)
        if symmetric or a is b:
            add(b, columns, codes[a.part.rows][rows], of_columns)
    met = np.concatenate([np.arange(b.part.clusters.start, b.part.clusters.stop) for b in space.blocks])
    clusters = Runs(np.append(np.flatnonzero(np.diff(met, prepend=-1)), len(met)), space.X)
    for block in blocks:
        start = block.part.rows.start
        values = clusters.reduce(space.xp.concat(found.pop(start), axis=1), operation, axis=1)
        if start in more:
            values = getattr(space.xp, merge.__name__)(values, space.here(more.pop(start)))
        yield block, values if operation == SUM else space.distances(values)


def map_pairs(space: Space, visit: Visit[Result], *, only_within: bool = False) -> Iterator[Result]:
    """Results of `visit` on tiles that the device makes and the host gets."""
    blocks = space.cut(slice(first, min(first + HOST_ROWS, space.n)) for first in range(0, space.n, HOST_ROWS))
    pairs = combinations_with_replacement(blocks, 2)
    tiles = (
        (a.part.rows, b.part.rows, _on_host(space, a, b)) for a, b in pairs if not only_within or _meets(INSIDE, a, b)
    )
    return in_order(lambda found: visit(*found), tiles)


def map_pairs_within(space: Space, visit: Visit[Result], clusters: NDArray[np.bool_] | None = None) -> Iterator[Result]:
    """Results of `visit` on what lies inside clusters of such tiles."""
    wanted = np.ones(space.k, dtype=bool) if clusters is None else clusters
    blocks = space.cut(slice(first, min(first + HOST_ROWS, space.n)) for first in range(0, space.n, HOST_ROWS))

    def inside() -> Iterator[tuple[slice, slice, FloatArray]]:
        for a, b in combinations_with_replacement(blocks, 2):
            first, last = max(a.part.clusters.start, b.part.clusters.start), a.part.clusters.stop
            shared = [i for i in range(first, min(last, b.part.clusters.stop)) if wanted[i]]
            tile = _on_host(space, a, b) if shared else np.empty((0, 0))
            for i in shared:
                rows, columns = (_overlap(space.cluster(i), block.part.rows) for block in (a, b))
                yield rows, columns, tile[_within(rows, a.part.rows), _within(columns, b.part.rows)].copy()

    return in_order(lambda found: visit(*found), inside())


def _overlap(a: slice, b: slice) -> slice:
    return slice(max(a.start, b.start), min(a.stop, b.stop))


def _within(a: slice, b: slice) -> slice:
    return slice(a.start - b.start, a.stop - b.start)


def _on_host(space: Space, a: Block, b: Block) -> FloatArray:
    """(rows, columns) distances of two blocks."""
    tile = space.tile(a, b)
    values = tile.values if tile.close is None else space.xp.where(tile.close, 0.0, tile.values)
    out = np.array(on_host(space.wide(space.distances(values))))
    if tile.close is not None:
        rows, columns, squared = space.exact(a, b, tile)
        out[rows, columns] = space.final(squared)
    if a is b:  # products are not always symmetric to the last bit
        np.copyto(out, out.T, where=np.tri(len(out), k=-1, dtype=bool))
    return out
