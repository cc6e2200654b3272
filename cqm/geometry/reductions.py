"""Distances reduced over clusters: sums, minima and maxima, per point and per pair of clusters.

Every function visits each unordered pair of points once, unless the per-point results don't fit `PER_POINT_BYTES`: then
every block of rows meets all the columns, and only the block's results are kept. Sums of squared Euclidean, cosine and
correlation distances have a closed form and visit no pairs.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host import kernels
from cqm.arrays.host.kernels import MAXIMUM, MINIMUM, SUM
from cqm.arrays.host.landmarks import blocks_for
from cqm.arrays.host.tiles import Block, block_of, rough, row_blocks, scale_of, tile, to_distances
from cqm.arrays.intake import Clustering, Part
from cqm.geometry import closed_forms
from cqm.geometry.closed_forms import has_closed_form
from cqm.geometry.engines import Score, primitive
from cqm.parallel import in_order

__all__ = [
    "gaps_and_diameters",
    "maxima",
    "minima",
    "nearest_across",
    "pair_maxima",
    "pair_minima",
    "pair_sums",
    "per_pair",
    "scores_from_sums",
    "sums",
    "sums_across",
]

Reduced = TypeVar("Reduced")
FloatArray = NDArray[np.float64]
Wanted = Callable[[Part, Part], tuple[int, ...]]  # reductions of the tile of two blocks; none leaves it out

# (n, k) results per point are held in memory up to this size.
PER_POINT_BYTES = 2**29

MERGE = {SUM: np.add, MINIMUM: np.minimum, MAXIMUM: np.maximum}
START = {SUM: 0.0, MINIMUM: np.inf, MAXIMUM: 0.0}


def sums(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) sums of distances to each cluster."""
    if not has_closed_form(clustering.metric):
        return _per_point(clustering, SUM)
    totals = closed_forms.totals(clustering)
    return in_order(lambda rows: (rows, totals(rows)), blocks_for(clustering, clustering.k))


@primitive
def scores_from_sums(clustering: Clustering, score: Score) -> Any:
    """(n,) `score` of each point from its sums of distances to the clusters."""
    codes, sizes = clustering.codes, clustering.sizes.astype(np.float64)
    if not has_closed_form(clustering.metric):
        return np.concatenate([score(values, codes[rows], sizes) for rows, values in _per_point(clustering, SUM)])
    totals = closed_forms.totals(clustering)
    parts = in_order(lambda rows: score(totals(rows), codes[rows], sizes), blocks_for(clustering, clustering.k))
    return np.concatenate(list(parts))


def minima(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to each cluster's nearest *other* point; +∞ where there is none."""
    return _per_point(clustering, MINIMUM)


def maxima(clustering: Clustering) -> Iterator[tuple[slice, FloatArray]]:
    """Blocks of rows with their (rows, k) distances to each cluster's farthest point."""
    return _per_point(clustering, MAXIMUM)


@primitive
def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums of distances over pairs of points, each unordered pair counted once, also on the diagonal."""
    if has_closed_form(clustering.metric):
        return closed_forms.pair_sums(clustering)
    (out,) = per_pair(clustering, SUM)
    out[np.diag_indices(clustering.k)] /= 2
    return out


@primitive
def pair_minima(clustering: Clustering) -> FloatArray:
    """(k, k) smallest distance between two different points; +∞ on the diagonal of a singleton."""
    return per_pair(clustering, MINIMUM)[0]


@primitive
def pair_maxima(clustering: Clustering) -> FloatArray:
    """(k, k) largest distances; the diagonal holds the clusters' diameters."""
    return per_pair(clustering, MAXIMUM)[0]


@primitive
def gaps_and_diameters(clustering: Clustering) -> tuple[FloatArray, FloatArray]:
    """(k, k) smallest distances across clusters, +∞ on the diagonal, and (k,) largest ones inside, in one pass."""
    gaps, largest = _per_pair(clustering, _across_or_inside, (MINIMUM, MAXIMUM))
    np.fill_diagonal(gaps, np.inf)
    return gaps, np.diagonal(largest).copy()


@primitive
def nearest_across(clustering: Clustering) -> float:
    """Smallest distance between points of different clusters; tiles inside a cluster are not made."""
    out = np.inf
    for i, j, met in _pairs_of_clusters(clustering, lambda i, j: () if _inside(i, j) else (MINIMUM,)):
        same = np.arange(i.clusters.start, i.clusters.stop)[:, None] == np.arange(j.clusters.start, j.clusters.stop)
        out = min(out, met[MINIMUM][~same].min(initial=np.inf))
    return float(_distances(clustering, np.array(out), MINIMUM))


def per_pair(clustering: Clustering, *operations: int, split: int = 0) -> list[FloatArray]:
    """(k, k) symmetric reductions, SUM alone or extremes; a pair of points in one cluster is met in both orders.

    With `split`, a row at which a cluster starts, only pairs of a row before it and one from it on are met.
    """
    if SUM in operations and len(operations) > 1:
        raise ValueError("sums are of distances, extremes of tile values: reduce to the one or the other")
    return _per_pair(clustering, _on_both_sides(split, *operations), operations, split=split)


def _per_pair(
    clustering: Clustering, wanted: Wanted, operations: tuple[int, ...], *, split: int = 0
) -> list[FloatArray]:
    """(k, k) symmetric reductions by `operations`, of the tiles that want them."""
    outs = {operation: np.full((clustering.k, clustering.k), START[operation]) for operation in operations}
    for i, j, found in _pairs_of_clusters(clustering, wanted, split=split):
        for operation, met in found.items():
            out, merge = outs[operation], MERGE[operation]
            out[i.clusters, j.clusters] = merge(out[i.clusters, j.clusters], met)
            if i is not j:
                out[j.clusters, i.clusters] = merge(out[j.clusters, i.clusters], met.T)
    for out in outs.values():  # sums met in another order may differ in the last bit
        np.copyto(out, out.T, where=np.tri(clustering.k, dtype=bool))
    return [_distances(clustering, out, operation) for operation, out in outs.items()]


def _inside(i: Part, j: Part) -> bool:
    """Whether two blocks, the first not after the second, lie in one and the same cluster."""
    return i.clusters.start == j.clusters.stop - 1


def _across_or_inside(i: Part, j: Part) -> tuple[int, ...]:
    """Minima of what lies across clusters and maxima of what lies inside."""
    if _inside(i, j):
        return (MAXIMUM,)
    return (MINIMUM,) if i.clusters.stop <= j.clusters.start else (MINIMUM, MAXIMUM)


def _on_both_sides(split: int, *operations: int) -> Wanted:
    """These operations for every pair of blocks, or for those on different sides of row `split`."""
    return lambda i, j: operations if not split or (i.rows.start < split) != (j.rows.start < split) else ()


def _per_point(clustering: Clustering, operation: int) -> Iterator[tuple[slice, FloatArray]]:
    if clustering.n * clustering.k * 8 <= PER_POINT_BYTES:
        out = _all_points(clustering, operation)
        for rows in row_blocks(clustering):
            yield rows, _distances(clustering, out[rows], operation)
        return
    merge = MERGE[operation]
    everywhere = _tiles(clustering, lambda i, j: (operation,), symmetric=False)
    for _, tiles in groupby(everywhere, key=lambda found: found[0].rows.start):
        out = np.full((0, clustering.k), START[operation])
        for i, j, (by_row, _) in tiles:
            if len(out) == 0:
                rows, out = i.rows, np.full((i.rows.stop - i.rows.start, clustering.k), START[operation])
            out[:, j.clusters] = merge(out[:, j.clusters], by_row[0])
        yield rows, _distances(clustering, out, operation)


def sums_across(clustering: Clustering, split: int) -> FloatArray:
    """(split, k) sums of the distances of the rows before `split` to the clusters from there on."""
    out = np.zeros((split, clustering.k))
    for i, j, (by_row, _) in _tiles(clustering, _on_both_sides(split, SUM), symmetric=True, split=split):
        out[i.rows, j.clusters] += by_row[0]
    return _distances(clustering, out, SUM)


def _all_points(clustering: Clustering, operation: int) -> FloatArray:
    """(n, k) reductions from the upper triangle of the distance matrix."""
    merge = MERGE[operation]
    out = np.full((clustering.n, clustering.k), START[operation])
    for i, j, (by_row, by_column) in _tiles(clustering, lambda i, j: (operation,), symmetric=True, columns=True):
        out[i.rows, j.clusters] = merge(out[i.rows, j.clusters], by_row[0])
        if i is not j:
            out[j.rows, i.clusters] = merge(out[j.rows, i.clusters], by_column[0].T)
    return out


def _pairs_of_clusters(
    clustering: Clustering, wanted: Wanted, *, split: int = 0
) -> Iterator[tuple[Part, Part, dict[int, FloatArray]]]:
    """Pairs of blocks with their tile reduced over the clusters of both, by operation; extremes by rough products."""

    def reduce(i: Part, j: Part, a: Block, b: Block, operations: tuple[int, ...]) -> dict[int, FloatArray]:
        approximate = None if SUM in operations else rough(clustering, a, b)
        met = np.empty((len(operations), len(i.starts) - 1, len(j.starts) - 1))
        if approximate is None or not kernels.extremes_over_clusters(
            *approximate[:2], np.array(operations), i is j, i.starts, j.starts, approximate[2], met
        ):
            by_row, _ = _reduced(clustering, i, j, a, b, operations)
            for out, operation, values in zip(met, operations, by_row, strict=True):
                MERGE[operation].reduceat(values, i.starts[:-1], axis=0, out=out)
        return dict(zip(operations, met, strict=True))

    return _each_pair(clustering, reduce, wanted, symmetric=True, split=split)


def _tiles(
    clustering: Clustering, wanted: Wanted, *, symmetric: bool, columns: bool = False, split: int = 0
) -> Iterator[tuple[Part, Part, tuple[FloatArray, FloatArray]]]:
    """Pairs of blocks (i, j) with their tile reduced over j's and, with `columns`, i's clusters, an entry a operation.

    The reductions are of tile values; `_distances` makes distances of them at the end.
    """

    def reduce(i: Part, j: Part, a: Block, b: Block, operations: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
        return _reduced(clustering, i, j, a, b, operations, columns=columns)

    return _each_pair(clustering, reduce, wanted, symmetric=symmetric, split=split)


def _each_pair(
    clustering: Clustering,
    reduce: Callable[[Part, Part, Block, Block, tuple[int, ...]], Reduced],
    wanted: Wanted,
    *,
    symmetric: bool,
    split: int,
) -> Iterator[tuple[Part, Part, Reduced]]:
    """Results of `reduce` for the pairs of blocks (i, j), i ≤ j when `symmetric`, that want a reduction.

    No block lies on both sides of row `split`.
    """
    parts = [clustering.part(rows) for rows in row_blocks(clustering, split=split)]
    blocks = [block_of(clustering, part.rows) for part in parts]
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
    clustering: Clustering,
    i: Part,
    j: Part,
    a: Block,
    b: Block,
    operations: tuple[int, ...],
    *,
    columns: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """(operations, rows, clusters of j) and, with `columns`, (operations, clusters of i, columns) reductions."""
    values, products, transform, _ = tile(clustering, a, b)
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
        by_row,
        by_column,
    )
    return by_row, by_column


def _distances(clustering: Clustering, reduced: FloatArray, operation: int) -> FloatArray:
    """Distances from reduced tile values: sums were made of distances, extremes of what distances grow with."""
    return reduced * scale_of(clustering.metric) if operation == SUM else to_distances(clustering, reduced)
