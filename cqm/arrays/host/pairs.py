"""Every pair of points once: tiles of finished distances, computed on all cores, in an order that never varies."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.tiles import TILE_ROWS, Block, block_of, tile
from cqm.arrays.intake import Clustering
from cqm.parallel import in_order

__all__ = ["map_pairs", "map_pairs_within", "numbers_of_pairs", "pair_tiles"]

Result = TypeVar("Result")
Visit = Callable[[slice, slice, NDArray[np.float64]], Result]


class _Rows(NamedTuple):
    rows: slice
    block: Block


def numbers_of_pairs(clustering: Clustering) -> tuple[int, int]:
    """Count the pairs inside clusters, and across clusters."""
    sizes = clustering.sizes
    within = int((sizes * (sizes - 1)).sum()) // 2
    return within, clustering.n * (clustering.n - 1) // 2 - within


def pair_tiles(clustering: Clustering) -> Iterator[tuple[slice, slice, NDArray[np.float64]]]:
    """Rows a, rows b and their distances, for blocks that cover all pairs; a block meets itself in a full square."""
    return map_pairs(clustering, lambda a, b, values: (a, b, values))


def map_pairs(clustering: Clustering, visit: Visit[Result], *, only_within: bool = False) -> Iterator[Result]:
    """Results of `visit` on each of these tiles, or on those with pairs inside clusters; it may use the tile up."""
    return _map(clustering, visit, [_blocks(slice(0, clustering.n))], only_within)


def map_pairs_within(
    clustering: Clustering, visit: Visit[Result], clusters: NDArray[np.bool_] | None = None
) -> Iterator[Result]:
    """Results of `visit` on smaller tiles that cover the pairs inside clusters, or inside some of them."""
    chosen = np.arange(clustering.k) if clusters is None else np.flatnonzero(clusters)
    return _map(clustering, visit, (_blocks(clustering.cluster(int(i))) for i in chosen), True)


def _blocks(rows: slice) -> list[slice]:
    return [slice(first, min(first + TILE_ROWS, rows.stop)) for first in range(rows.start, rows.stop, TILE_ROWS)]


def _map(
    clustering: Clustering, visit: Visit[Result], groups: Iterable[list[slice]], only_within: bool
) -> Iterator[Result]:
    """Visit each pair of blocks of the same group, or those that share a cluster."""
    codes = clustering.codes

    def pairs() -> Iterator[tuple[_Rows, _Rows]]:
        for group in groups:
            blocks = [_Rows(rows, block_of(clustering, rows)) for rows in group]
            for at, a in enumerate(blocks):
                for b in blocks[at:]:
                    if not only_within or codes[a.rows.stop - 1] == codes[b.rows.start] or a is b:
                        yield a, b

    def visit_pair(pair: tuple[_Rows, _Rows]) -> Result:
        a, b = pair
        return visit(a.rows, b.rows, tile(clustering, a.block, b.block).finished())

    return in_order(visit_pair, pairs())
