"""Every pair of points once: tiles of finished distances, computed on all cores, in an order that never varies."""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import combinations_with_replacement
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import Merge, Visit
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.tiles import TILE_ROWS, Block, block_of, row_blocks, tile
from cqm.parallel import in_order

__all__ = ["around", "fold", "fold_points", "gathered", "merged", "sum_over_columns", "sums_inside"]

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])


class _Block(NamedTuple):
    rows: slice
    block: Block


def fold(points: Rows, visit: Visit[Result], merge: Merge[Result], inside: NDArray[np.bool_] | None = None) -> Result:
    """Results of `visit` on tiles of all pairs, or of those inside some clusters, merged in order."""

    def visited(pair: tuple[_Block, _Block]) -> Result:
        a, b = pair
        return visit(a.rows, b.rows, _distances(points, a, b))

    return reduce(merge, in_order(visited, _pairs(points, inside)))


def fold_points(
    points: Rows,
    visit: Visit[Found],
    merge: Merge[Found],
    blank: tuple[float, ...],
    inside: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[Any], ...]:
    """What `visit` says of the rows of each tile, and of its columns as rows, merged in order."""

    def visited(pair: tuple[_Block, _Block]) -> list[tuple[slice, Found]]:
        a, b = pair
        values = _distances(points, a, b)
        if a is b:
            return [(a.rows, visit(a.rows, a.rows, values))]
        other = np.ascontiguousarray(values.T)
        return [(a.rows, visit(a.rows, b.rows, values)), (b.rows, visit(b.rows, a.rows, other))]

    found = merged((one for both in in_order(visited, _pairs(points, inside)) for one in both), merge)
    return gathered(points.n, found, blank)


def merged(found: Iterable[tuple[slice, Found]], merge: Merge[Found]) -> list[tuple[slice, Found]]:
    """What was found for the same rows, merged in order."""
    out: dict[int, tuple[slice, Found]] = {}
    for rows, new in found:
        out[rows.start] = (rows, merge(out[rows.start][1], new) if rows.start in out else new)
    return list(out.values())


def gathered(
    n: int, found: Iterable[tuple[slice, tuple[Any, ...]]], blank: tuple[float, ...]
) -> tuple[NDArray[Any], ...]:
    """(n, …) arrays of what was found for some rows each."""
    found = list(found)
    shapes = [array.shape[1:] for array in found[0][1]] if found else [()] * len(blank)
    out = tuple(np.full((n, *shape), value) for shape, value in zip(shapes, blank, strict=True))
    for rows, arrays in found:
        for whole, array in zip(out, arrays, strict=True):
            whole[rows] = array
    return out


def sums_inside(points: Rows) -> FloatArray:
    """(n,) sums of distances to the points of the own cluster."""
    codes, weights = points.codes, points.weights_of(slice(0, points.n))

    def add_up(a: slice, b: slice, values: FloatArray) -> tuple[FloatArray]:
        if codes[a.start] != codes[b.stop - 1] or codes[b.start] != codes[a.stop - 1]:  # there are several clusters
            values[codes[a][:, None] != codes[b]] = 0.0
        return (sum_over_columns(values, weights[b]),)

    (sums,) = fold_points(points, add_up, lambda x, y: (x[0] + y[0],), (0.0,), np.ones(points.k, dtype=bool))
    return sums


def sum_over_columns(tile: FloatArray, weights: FloatArray) -> FloatArray:
    """(rows,) sums of a tile's distances, times the weights of the columns if there are any."""
    return tile @ weights if len(weights) else np.asarray(tile.sum(axis=1))


def _pairs(points: Rows, inside: NDArray[np.bool_] | None) -> Iterator[tuple[_Block, _Block]]:
    """Pairs of blocks of rows, each once: all of them, or those that cover the pairs inside some clusters."""
    groups = [list(row_blocks(points, TILE_ROWS))] if inside is None else around(points, inside)
    for group in groups:
        yield from combinations_with_replacement([_Block(rows, block_of(points, rows)) for rows in group], 2)


def around(points: Rows, inside: NDArray[np.bool_]) -> Iterator[list[slice]]:
    """Pieces of rows around these clusters; how rows are cut depends on no choice of them, so that tiles don't."""
    for group in points.pieces(TILE_ROWS):
        if inside[points.part(slice(group[0].start, group[-1].stop)).clusters].any():
            yield group


def _distances(points: Rows, a: _Block, b: _Block) -> FloatArray:
    return tile(points.distance, a.block, b.block).finished()
