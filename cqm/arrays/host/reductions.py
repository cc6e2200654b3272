"""Distances reduced over clusters: sums, minima and maxima, per point and per pair of clusters.

Every function visits each unordered pair of points once, unless the per-point results don't fit `PER_POINT_BYTES`: then
every block of rows meets all the columns, and only the block's results are kept.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TypeVar

import numpy as np

from cqm.arrays.clustering import Part
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import ACROSS, EVERYWHERE, MAXIMUM, MINIMUM, SUM, Request
from cqm.arrays.host import kernels
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.tiles import Block, block_of, rough, row_blocks, tile, to_distances
from cqm.parallel import in_order

__all__ = ["MERGE", "START", "across", "nearest_across", "per_pair", "per_point"]

Reduced = TypeVar("Reduced")
Wanted = Callable[[Part, Part], tuple[int, ...]]  # reductions of the tile of two blocks; none leaves it out

# (n, k) results per point are held in memory up to this size.
PER_POINT_BYTES = 2**29

MERGE = {SUM: np.add, MINIMUM: np.minimum, MAXIMUM: np.maximum}
START = {SUM: 0.0, MINIMUM: np.inf, MAXIMUM: 0.0}


def nearest_across(points: Rows) -> float:
    """Smallest distance between points of different clusters; tiles inside a cluster are not made."""
    out = np.inf
    for i, j, met in _pairs_of_clusters(points, lambda i, j: () if _inside(i, j) else (MINIMUM,)):
        same = np.arange(i.clusters.start, i.clusters.stop)[:, None] == np.arange(j.clusters.start, j.clusters.stop)
        out = min(out, met[MINIMUM][~same].min(initial=np.inf))
    return float(_distances(points, np.array(out), MINIMUM))


def per_pair(points: Rows, *requests: Request, split: int = 0) -> list[FloatArray]:
    """(k, k) symmetric reductions, a sum alone or extremes; a pair of points in one cluster is met in both orders.

    Tiles that no request's region meets are not made. With `split`, a row at which a cluster starts, only pairs of a
    row before it and one from it on are met.
    """
    operations = tuple(request.operation for request in requests)
    if SUM in operations and len(operations) > 1:
        raise ValueError("sums are of distances, extremes of tile values: reduce to the one or the other")

    def wanted(i: Part, j: Part) -> tuple[int, ...]:
        if split and (i.rows.start < split) == (j.rows.start < split):
            return ()
        return tuple(request.operation for request in requests if _meets(request.region, i, j))

    outs = {operation: np.full((points.k, points.k), START[operation]) for operation in operations}
    for i, j, found in _pairs_of_clusters(points, wanted, split=split):
        for operation, met in found.items():
            out, merge = outs[operation], MERGE[operation]
            out[i.clusters, j.clusters] = merge(out[i.clusters, j.clusters], met)
            if i is not j:
                out[j.clusters, i.clusters] = merge(out[j.clusters, i.clusters], met.T)
    for out in outs.values():  # sums met in another order may differ in the last bit
        np.copyto(out, out.T, where=np.tri(points.k, dtype=bool))
    return [_distances(points, out, operation) for operation, out in outs.items()]


def _meets(region: int, i: Part, j: Part) -> bool:
    """Whether the tile of two blocks, the first not after the second, has pairs of the region."""
    if region == ACROSS:
        return not _inside(i, j)
    return region == EVERYWHERE or i.clusters.stop > j.clusters.start


def _inside(i: Part, j: Part) -> bool:
    """Whether two blocks, the first not after the second, lie in one and the same cluster."""
    return i.clusters.start == j.clusters.stop - 1


def per_point(points: Rows, operation: int) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) reductions of the distances to each cluster; minima leave out one's own."""
    if points.n * points.k * 8 <= PER_POINT_BYTES:
        out = _all_points(points, operation)
        for rows in row_blocks(points):
            yield rows, _distances(points, out[rows], operation)
        return
    merge = MERGE[operation]
    everywhere = _tiles(points, lambda i, j: (operation,), symmetric=False)
    for _, tiles in groupby(everywhere, key=lambda found: found[0].rows.start):
        out = np.full((0, points.k), START[operation])
        for i, j, (by_row, _) in tiles:
            if len(out) == 0:
                rows, out = i.rows, np.full((i.rows.stop - i.rows.start, points.k), START[operation])
            out[:, j.clusters] = merge(out[:, j.clusters], by_row[0])
        yield rows, _distances(points, out, operation)


def across(points: Rows, split: int, operation: int) -> FloatArray:
    """(split, k) reductions of the distances of the rows before `split` to the clusters from there on."""

    def wanted(i: Part, j: Part) -> tuple[int, ...]:
        return (operation,) if (i.rows.start < split) != (j.rows.start < split) else ()

    out = np.full((split, points.k), START[operation])
    for i, j, (by_row, _) in _tiles(points, wanted, symmetric=True, split=split):
        out[i.rows, j.clusters] = MERGE[operation](out[i.rows, j.clusters], by_row[0])
    return _distances(points, out, operation)


def _all_points(points: Rows, operation: int) -> FloatArray:
    """(n, k) reductions from the upper triangle of the distance matrix."""
    merge = MERGE[operation]
    out = np.full((points.n, points.k), START[operation])
    for i, j, (by_row, by_column) in _tiles(points, lambda i, j: (operation,), symmetric=True, columns=True):
        out[i.rows, j.clusters] = merge(out[i.rows, j.clusters], by_row[0])
        if i is not j:
            out[j.rows, i.clusters] = merge(out[j.rows, i.clusters], by_column[0].T)
    return out


def _pairs_of_clusters(
    points: Rows, wanted: Wanted, *, split: int = 0
) -> Iterator[tuple[Part, Part, dict[int, FloatArray]]]:
    """Pairs of blocks with their tile reduced over the clusters of both, by operation; extremes by rough products."""

    def reduce(i: Part, j: Part, a: Block, b: Block, operations: tuple[int, ...]) -> dict[int, FloatArray]:
        approximate = None if SUM in operations else rough(points.distance, a, b)
        met = np.empty((len(operations), len(i.starts) - 1, len(j.starts) - 1))
        if approximate is None or not kernels.extremes_over_clusters(
            *approximate[:2], np.array(operations), i is j, i.starts, j.starts, approximate[2], met
        ):
            by_row, _ = _reduced(points, i, j, a, b, operations)
            for out, operation, values in zip(met, operations, by_row, strict=True):
                if operation == SUM and points.weights is not None:
                    values *= points.weights[i.rows, None]
                MERGE[operation].reduceat(values, i.starts[:-1], axis=0, out=out)
        return dict(zip(operations, met, strict=True))

    return _each_pair(points, reduce, wanted, symmetric=True, split=split)


def _tiles(
    points: Rows, wanted: Wanted, *, symmetric: bool, columns: bool = False, split: int = 0
) -> Iterator[tuple[Part, Part, tuple[FloatArray, FloatArray]]]:
    """Pairs of blocks (i, j) with their tile reduced over j's and, with `columns`, i's clusters, an entry a operation.

    The reductions are of tile values; `_distances` makes distances of them at the end.
    """

    def reduce(i: Part, j: Part, a: Block, b: Block, operations: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
        return _reduced(points, i, j, a, b, operations, columns=columns)

    return _each_pair(points, reduce, wanted, symmetric=symmetric, split=split)


def _each_pair(
    points: Rows,
    reduce: Callable[[Part, Part, Block, Block, tuple[int, ...]], Reduced],
    wanted: Wanted,
    *,
    symmetric: bool,
    split: int,
) -> Iterator[tuple[Part, Part, Reduced]]:
    """Results of `reduce` for the pairs of blocks (i, j), i ≤ j when `symmetric`, that want a reduction.

    No block lies on both sides of row `split`.
    """
    parts = [points.part(rows) for rows in row_blocks(points, split=split)]
    blocks = [block_of(points, part.rows) for part in parts]
    pairs = (
        (a, b, operations)
        for a, i in enumerate(parts)
        for b, j in enumerate(parts[a * symmetric :], a * symmetric)
        if (operations := wanted(i, j))
    )

    def visit(pair: tuple[int, int, tuple[int, ...]]) -> tuple[Part, Part, Reduced]:
        a, b, operations = pair
        return parts[a], parts[b], reduce(parts[a], parts[b], blocks[a], blocks[b], operations)

    return in_order(visit, pairs)


def _reduced(
    points: Rows,
    i: Part,
    j: Part,
    a: Block,
    b: Block,
    operations: tuple[int, ...],
    *,
    columns: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """(operations, rows, clusters of j) and, with `columns`, (operations, clusters of i, columns) reductions."""
    values, products, transform, _ = tile(points.distance, a, b)
    by_row = np.empty((len(operations), len(values), len(j.starts) - 1))
    by_column = np.empty((len(operations), (len(i.starts) - 1) * columns, values.shape[1]))
    for out, operation in zip(by_column, operations, strict=True):
        out.fill(START[operation])
    kernels.reduce_over_clusters(
        values,
        products,
        transform if SUM in operations else kernels.SAME,
        np.array(operations),
        i is j,
        i.starts,
        j.starts,
        points.weights_of(i.rows),
        points.weights_of(j.rows),
        by_row,
        by_column,
    )
    return by_row, by_column


def _distances(points: Rows, reduced: FloatArray, operation: int) -> FloatArray:
    """Distances from reduced tile values: sums were made of distances, extremes of what distances grow with."""
    return reduced * points.distance.scale if operation == SUM else to_distances(points.distance, reduced)
