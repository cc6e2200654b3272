"""Every pair of points once: tiles of finished distances, computed on all cores, in an order that never varies."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import Visit
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.tiles import TILE_ROWS, Block, block_of, tile
from cqm.parallel import in_order

__all__ = ["map_pairs", "map_pairs_within", "sum_over_columns", "sums_inside"]

Result = TypeVar("Result")


class _Block(NamedTuple):
    rows: slice
    block: Block


def map_pairs(points: Rows, visit: Visit[Result], *, only_within: bool = False) -> Iterator[Result]:
    """Results of `visit` on tiles that cover all pairs, or those with pairs inside clusters; it may use the tile up."""
    return _map(points, visit, [_blocks(slice(0, points.n))], only_within)


def map_pairs_within(points: Rows, visit: Visit[Result], clusters: NDArray[np.bool_] | None = None) -> Iterator[Result]:
    """Results of `visit` on smaller tiles that cover the pairs inside clusters, or inside some of them."""
    chosen = np.arange(points.k) if clusters is None else np.flatnonzero(clusters)
    return _map(points, visit, (_blocks(points.cluster(int(i))) for i in chosen), True)


def sums_inside(points: Rows) -> FloatArray:
    """(n,) sums of distances to the points of the own cluster."""

    def add_up(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, FloatArray]]:
        by_row = (a, sum_over_columns(tile, points.weights_of(b)))
        return [by_row] if a == b else [by_row, (b, sum_over_columns(tile.T, points.weights_of(a)))]

    out = np.zeros(points.n)
    for found in map_pairs_within(points, add_up):
        for rows, sums in found:
            out[rows] += sums
    return out


def sum_over_columns(tile: FloatArray, weights: FloatArray) -> FloatArray:
    """(rows,) sums of a tile's distances, times the weights of the columns if there are any."""
    return tile @ weights if len(weights) else np.asarray(tile.sum(axis=1))


def _blocks(rows: slice) -> list[slice]:
    return [slice(first, min(first + TILE_ROWS, rows.stop)) for first in range(rows.start, rows.stop, TILE_ROWS)]


def _map(points: Rows, visit: Visit[Result], groups: Iterable[list[slice]], only_within: bool) -> Iterator[Result]:
    """Visit each pair of blocks of the same group, or those that share a cluster."""
    codes = points.codes

    def pairs() -> Iterator[tuple[_Block, _Block]]:
        for group in groups:
            blocks = [_Block(rows, block_of(points, rows)) for rows in group]
            for at, a in enumerate(blocks):
                for b in blocks[at:]:
                    if not only_within or codes[a.rows.stop - 1] == codes[b.rows.start] or a is b:
                        yield a, b

    def visit_pair(pair: tuple[_Block, _Block]) -> Result:
        a, b = pair
        return visit(a.rows, b.rows, tile(points.distance, a.block, b.block).finished())

    return in_order(visit_pair, pairs())
