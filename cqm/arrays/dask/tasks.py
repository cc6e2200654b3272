"""What tasks do with blocks of rows: the host's passes over numpy arrays, and shuffles."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import chain, combinations_with_replacement, pairwise, product
from typing import Any, NamedTuple, TypeVar

import numpy as np
from dask.delayed import Delayed, delayed
from numpy.typing import NDArray

from cqm.arrays.clustering import Part
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import ACROSS, MINIMUM, SUM, Merge, Reduce, Request, Visit
from cqm.arrays.host import reductions
from cqm.arrays.host.engine import Host
from cqm.arrays.host.landmarks import blocks_for, to_landmarks
from cqm.arrays.host.pairs import around, gathered, merged, sum_over_columns
from cqm.arrays.host.reductions import MERGE, START
from cqm.arrays.host.tiles import TILE_ROWS, block, distances, row_blocks, tile
from cqm.arrays.host.trees import Edges, spanning_edges
from cqm.arrays.host.vectors import check_directions, check_vectors
from cqm.arrays.metrics import Distance

__all__ = [
    "Lot",
    "at_centres",
    "at_landmarks",
    "checked",
    "edges_of",
    "first_points",
    "folded",
    "folded_points",
    "host_of",
    "met_by",
    "nearest_of",
    "over_parts",
    "over_points",
    "pairs_of_clusters",
    "put_together",
    "shuffled",
    "sums_across",
    "trees_of",
]

MET_ROWS = 16 * TILE_ROWS  # rows of a block that meet all clusters of another one at a time

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])


def edges_of(n: int, size: int) -> IntArray:
    """First rows of blocks of this size, and n."""
    return np.append(np.arange(0, n, size), n).astype(np.intp)


def shuffled(blocks: Sequence[Delayed], first: IntArray, order: IntArray, edges: IntArray) -> tuple[Delayed, ...]:
    """Blocks of the rows in `order`, cut at `edges`, from blocks whose first rows are `first`."""
    out = []
    for a, b in pairwise(edges):
        rows = order[a:b]
        block = np.searchsorted(first, rows, side="right") - 1
        sources = np.unique(block)
        pieces = [delayed(_take)(blocks[s], rows[block == s] - first[s]) for s in sources]
        places = [np.flatnonzero(block == s) for s in sources]
        out.append(pieces[0] if len(pieces) == 1 else delayed(_put)(pieces, places))
    return tuple(out)


def _take(array: Any, rows: IntArray) -> NDArray[Any]:
    return np.ascontiguousarray(np.asarray(array)[rows])


def _put(pieces: list[NDArray[Any]], places: list[IntArray]) -> NDArray[Any]:
    out = np.empty((sum(map(len, places)), *pieces[0].shape[1:]), pieces[0].dtype)
    for piece, place in zip(pieces, places, strict=True):
        out[place] = piece
    return out


def checked(chunk: Any, distance: Distance, block_info: Any = None) -> NDArray[Any]:
    """A chunk of the user's points as floats, checked."""
    first = block_info[0]["array-location"][0][0]
    data = check_vectors(chunk, distance, first)
    if distance.unit:
        check_directions(data, distance, np.arange(len(data)), first)
    return data


def host_of(
    array: NDArray[Any], starts: IntArray, weights: FloatArray, distance: Distance, directions: Distance | None
) -> Host:
    """A block as numpy points of the clusters that it meets."""
    given = np.require(array, requirements=["C", "W"])
    points = Host(np.arange(len(array)), starts, given, distance, True, scaled=directions is not None)
    return points.weighted(weights) if len(weights) else points


def _both(a: Host, b: Host | None) -> Host:
    """Two blocks' points, the clusters of the second behind those of the first."""
    if b is None:
        return a
    starts = np.concatenate([a.starts[:-1], a.n + b.starts])
    weights = None if a.weights is None or b.weights is None else np.concatenate([a.weights, b.weights])
    given = np.concatenate([a.given, b.given])
    return replace(a, order=np.arange(a.n + b.n), starts=starts, given=given, weights=weights)


def first_points(a: Host) -> FloatArray:
    """(clusters, d) first point of each cluster of a block."""
    return a.data[a.starts[:-1]].astype(np.float64)


def at_landmarks(
    a: Host, shared: tuple[FloatArray, FloatArray, bool], part: Part, masses: FloatArray, take: Reduce
) -> NDArray[Any]:
    """`take` of the distances to points relative to an origin, a few rows at a time."""
    at, origin, root = shared
    found, own = to_landmarks(a, at, origin, root=root), _own(part)
    return np.concatenate([take(found(rows), own[rows], masses) for rows in blocks_for(a, len(at))])


def at_centres(a: Host, centres: NDArray[Any], part: Part, masses: FloatArray, take: Reduce) -> NDArray[Any]:
    """`take` of the distances to vectors under the metric, a few rows at a time."""
    columns, own = block(centres, a.distance), _own(part)
    found = ((rows, tile(a.distance, block(a.data[rows], a.distance), columns).finished()) for rows in row_blocks(a))
    return np.concatenate([take(values, own[rows], masses) for rows, values in found])


def _own(part: Part) -> IntArray:
    """(rows,) clusters of a block's rows."""
    return np.repeat(np.arange(part.clusters.start, part.clusters.stop), np.diff(part.starts))


class Lot(NamedTuple):
    """Clusters that a block meets.

    Attributes
    ----------
    clusters : all of them.
    whole : those of which the block has all points, to be reduced at once.
    masses : their numbers of points.
    """

    clusters: slice
    whole: slice
    masses: FloatArray

    @property
    def cut(self) -> IntArray:
        """Clusters of which the block has some points."""
        clusters = np.arange(self.clusters.start, self.clusters.stop)
        return clusters[(clusters < self.whole.start) | (clusters >= self.whole.stop)]


def met_by(
    a: Host, b: Host | None, operation: int, part: Part, lot: Lot, take: Reduce
) -> tuple[NDArray[Any] | None, FloatArray]:
    """Of the distances of a's rows to b's clusters, or to its own, `take` of the whole ones, and the others as met."""
    own, first = _own(part) - lot.whole.start, lot.clusters.start
    columns = slice(lot.whole.start - first, lot.whole.stop - first)
    taken, cut = [], []
    for rows, values in _met(a, b, operation):
        if columns.stop > columns.start:
            taken.append(take(np.ascontiguousarray(values[:, columns]), own[rows] if b is None else None, lot.masses))
        cut.append(np.delete(values, columns, axis=1))
    return np.concatenate(taken) if taken else None, np.concatenate(cut)


def _met(a: Host, b: Host | None, operation: int) -> Iterator[tuple[slice, FloatArray]]:
    """Some rows at a time with their (rows, clusters) reductions over b's clusters, or a's."""
    if b is None:
        yield from reductions.per_point(a, operation)
        return
    for rows in row_blocks(a, MET_ROWS):
        some = a.weighted(None).only(np.arange(rows.start, rows.stop), a.part(rows).starts)
        some = some.weighted(None if a.weights is None else a.weights[rows])
        yield rows, reductions.across(_both(some, b), some.n, operation)[:, some.k :]


def over_parts(
    met: list[FloatArray],
    shared: tuple[list[IntArray], IntArray, FloatArray],
    operation: int,
    part: Part,
    take: Reduce,
) -> NDArray[Any]:
    """`take` of a block's reductions over clusters, from those over the parts of clusters that blocks have.

    `shared` are the clusters of each block, all of them, and their numbers of points.
    """
    clusters, all_clusters, masses = shared
    out = np.full((len(met[0]), len(all_clusters)), START[operation])
    for values, some in zip(met, clusters, strict=True):
        at = np.searchsorted(all_clusters, some)
        out[:, at] = MERGE[operation](out[:, at], values)
    own = _own(part)
    at = np.searchsorted(all_clusters, own)
    found = all_clusters[np.minimum(at, len(all_clusters) - 1)] == own
    return np.asarray(take(out, np.where(found, at, -1), masses))


def over_points(values: NDArray[Any], starts: IntArray, weights: FloatArray, operation: int) -> NDArray[Any]:
    """Values of a block's rows reduced over the points of each cluster."""
    if operation == SUM and len(weights):
        values = values * weights[:, None]
    return np.asarray(MERGE[operation].reduceat(values, starts[:-1], axis=0))


def pairs_of_clusters(a: Host, b: Host | None, requests: tuple[Request, ...]) -> list[FloatArray]:
    """Reductions over the pairs of clusters of a block, or of one block's and another's."""
    if b is None:
        return reductions.per_pair(a, *requests)
    everywhere = [Request(request.operation) for request in requests]  # a cluster in both blocks counts as two here
    return [values[: a.k, a.k :] for values in reductions.per_pair(_both(a, b), *everywhere, split=a.n)]


def nearest_of(a: Host, b: Host | None, shared: bool) -> float:
    """Smallest distance across clusters in a block, or between two blocks."""
    if b is None:
        return reductions.nearest_across(a)
    (values,) = reductions.per_pair(_both(a, b), Request(MINIMUM, ACROSS), split=a.n)
    across = values[: a.k, a.k :]
    if shared:
        across[-1, 0] = np.inf
    return float(across.min())


def sums_across(a: Host, b: Host) -> tuple[FloatArray, FloatArray]:
    """Sums of the distances between the points of the cluster that two blocks share, for those of either."""
    mine, theirs = a.cluster(a.k - 1), b.cluster(0)
    rows, columns = np.zeros(mine.stop - mine.start), np.zeros(theirs.stop)
    both, pieces = _both(a, b), product(_pieces(mine, 0), _pieces(theirs, a.n))
    for i, j in pieces:
        values = distances(both, i, j)
        rows[i.start - mine.start : i.stop - mine.start] += sum_over_columns(values, both.weights_of(j))
        columns[j.start - a.n : j.stop - a.n] += sum_over_columns(values.T, both.weights_of(i))
    return rows, columns


def trees_of(a: Host, b: Host | None, a_first: int, b_first: int) -> list[Edges]:
    """Trees of a block's clusters, or of the one that two blocks share, whose first rows these are."""
    if b is None:
        found, places = spanning_edges(a), np.arange(a.n) + a_first
        return [Edges(places[t.a + s], places[t.b + s], t.lengths) for t, s in zip(found, a.starts, strict=False)]
    mine, theirs = a.cluster(a.k - 1), b.cluster(0)
    places = np.concatenate([np.arange(mine.start, mine.stop) + a_first, np.arange(theirs.stop) + b_first])
    given = np.concatenate([a.data[mine], b.data[theirs]])
    both = replace(a, order=np.arange(len(given)), starts=np.array([0, len(given)]), given=given, weights=None)
    return [Edges(places[tree.a], places[tree.b], tree.lengths) for tree in spanning_edges(both)]


def folded(
    a: Host,
    b: Host | None,
    parts: tuple[Part, Part],
    visit: Visit[Result],
    merge: Merge[Result],
    inside: NDArray[np.bool_] | None,
) -> Result:
    """Results of `visit` on the tiles of a block, or of two, merged."""
    return reduce(merge, (visit(*tile) for tile in _tiles(a, b, *parts, inside)))


def folded_points(
    a: Host,
    b: Host | None,
    parts: tuple[Part, Part],
    visit: Visit[Found],
    merge: Merge[Found],
    blank: tuple[float, ...],
    inside: NDArray[np.bool_] | None,
) -> tuple[tuple[NDArray[Any], ...], tuple[NDArray[Any], ...]]:
    """What `visit` says of the rows of the first block, and of the second, merged; blank where they meet nobody."""
    of_a: list[tuple[slice, Found]] = []
    of_b: list[tuple[slice, Found]] = []
    for x, y, values in _tiles(a, b, *parts, inside):
        other = None if x == y else np.ascontiguousarray(values.T)
        of_a.append((x, visit(x, y, values)))
        if other is not None:
            (of_a if b is None else of_b).append((y, visit(y, x, other)))
    return _of_block(parts[0], merged(of_a, merge), blank), _of_block(parts[1], merged(of_b, merge), blank)


def _of_block(part: Part, found: list[tuple[slice, Found]], blank: tuple[float, ...]) -> tuple[NDArray[Any], ...]:
    """What was found for some ordered rows of a block as one array a value."""
    first = part.rows.start
    pieces = [(slice(rows.start - first, rows.stop - first), values) for rows, values in found]
    return gathered(part.rows.stop - first, pieces, blank)


def put_together(found: list[Result], merge: Merge[Result]) -> Result:
    """Results merged in order."""
    return reduce(merge, found)


def _tiles(
    a: Host, b: Host | None, i: Part, j: Part, inside: NDArray[np.bool_] | None
) -> Iterator[tuple[slice, slice, FloatArray]]:
    """Rows, columns and distances of the tiles of a block, or of two; all, or those inside some of a's clusters."""
    both = _both(a, b)
    if b is None:
        groups = [list(row_blocks(a))] if inside is None else list(around(a, inside))
        pairs = chain.from_iterable(combinations_with_replacement(group, 2) for group in groups)
        shift = i.rows.start
    else:
        rows = row_blocks(a) if inside is None else _pieces(a.cluster(a.k - 1), 0)
        columns = _pieces(slice(0, b.n) if inside is None else b.cluster(0), a.n)
        pairs, shift = chain(product(rows, columns)), j.rows.start - a.n
    for x, y in pairs:
        here = slice(x.start + i.rows.start, x.stop + i.rows.start)
        yield here, slice(y.start + shift, y.stop + shift), distances(both, x, y)


def _pieces(rows: slice, shift: int) -> Iterator[slice]:
    for first in range(rows.start, rows.stop, TILE_ROWS):
        yield slice(first + shift, min(first + TILE_ROWS, rows.stop) + shift)
