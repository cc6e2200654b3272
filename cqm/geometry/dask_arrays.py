"""The primitives for dask arrays: chunks of rows, and pairs of them, as tasks of one graph.

A chunk's points become a small clustering of the clusters that it meets, two chunks a clustering of both; the kernels
for numpy run on them. What comes back has the size of the clusters, merged in a fixed order; values per point stay dask
arrays, in chunks as before.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import dask
import dask.array as da
import numpy as np
from dask.delayed import Delayed, delayed
from numpy.typing import NDArray

from cqm.arrays.elsewhere import chunks_of
from cqm.arrays.host.kernels import MAXIMUM, MINIMUM, SUM
from cqm.arrays.host.landmarks import blocks_for, to_landmarks
from cqm.arrays.host.tiles import parallel, scale_of, to_distances
from cqm.arrays.intake import Clustering
from cqm.geometry import closed_forms, reductions
from cqm.geometry import dispersion as around_centroids
from cqm.geometry.closed_forms import has_closed_form
from cqm.geometry.dispersion import Dispersion
from cqm.geometry.engines import Score
from cqm.geometry.trees import Edges, kruskal, spanning_edges

__all__ = [
    "dispersion",
    "gaps_and_diameters",
    "longest_steps",
    "nearest_across",
    "pair_maxima",
    "pair_minima",
    "pair_sums",
    "scores_from_centroids",
    "scores_from_sums",
    "sum_of_distances",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

MERGED = 8  # results that one task merges


class Reduced(NamedTuple):
    """Reductions over the pairs of points of some clusters; `mirrored` where the pairs are met in one order alone."""

    rows: IntArray
    columns: IntArray
    values: list[FloatArray]
    mirrored: bool = False


def chunks(clustering: Clustering) -> list[Delayed]:
    """The points of each chunk as a clustering whose classes are the numbers of the clusters that it meets."""
    data: Any = clustering.points.array  # type: ignore[attr-defined]
    codes: IntArray = clustering.points.codes  # type: ignore[attr-defined]
    first = np.concatenate([[0], np.cumsum(data.chunks[0])])
    edges = np.searchsorted(chunks_of(data, clustering.order), np.arange(len(first)))  # type: ignore[arg-type]
    blocks = data.to_delayed().ravel()
    return [
        delayed(_local)(block, clustering.order[a:b] - start, codes[a:b], clustering.metric, clustering.p)
        for block, start, a, b in zip(blocks, first, edges, edges[1:], strict=False)
        if a < b
    ]


def _local(block: NDArray[Any], rows: IntArray, codes: IntArray, metric: str, p: float) -> Clustering:
    present, starts = np.unique(codes, return_index=True)
    data = np.ascontiguousarray(np.asarray(block)[rows])
    return Clustering(data, rows, np.append(starts, len(codes)), tuple(present.tolist()), metric, p, len(rows))


def _side_by_side(a: Clustering, b: Clustering) -> Clustering:
    """Two clusterings as one, the clusters of `b` behind those of `a`."""
    starts = np.concatenate([a.starts[:-1], a.n + b.starts])
    data, order = np.concatenate([a.data, b.data]), np.concatenate([a.order, b.order])
    return Clustering(data, order, starts, a.classes + b.classes, a.metric, a.p, len(order))


def _ids(local: Clustering) -> IntArray:
    return np.array(local.classes, dtype=np.intp)


def _merged(parts: Iterable[Delayed], merge: Callable[[list[Any]], Any]) -> Delayed:
    """All parts merged into one, some at a time, in order."""
    parts = list(parts)
    while True:
        parts = [delayed(merge)(parts[first : first + MERGED]) for first in range(0, len(parts), MERGED)]
        if len(parts) == 1:
            return parts[0]


def _per_pair(clustering: Clustering, *operations: int) -> list[FloatArray]:
    """(k, k) reductions over pairs of points; pairs within a cluster are met in both orders."""
    local = chunks(clustering)
    parts = [delayed(_inside)(a, operations) for a in local]
    parts += [delayed(_across)(a, b, operations) for a, b in combinations(local, 2)]
    return _merged(parts, partial(_together, clustering.k, operations)).compute().values


def _inside(a: Clustering, operations: tuple[int, ...]) -> Reduced:
    return Reduced(_ids(a), _ids(a), reductions.per_pair(a, *operations))


def _across(a: Clustering, b: Clustering, operations: tuple[int, ...]) -> Reduced:
    values = reductions.per_pair(_side_by_side(a, b), *operations, split=a.n)
    return Reduced(_ids(a), _ids(b), [value[: a.k, a.k :] for value in values], mirrored=True)


def _together(k: int, operations: tuple[int, ...], parts: list[Reduced]) -> Reduced:
    out = [np.full((k, k), reductions.START[operation]) for operation in operations]
    for part in parts:
        for total, operation, values in zip(out, operations, part.values, strict=True):
            merge = reductions.MERGE[operation]
            place = np.ix_(part.rows, part.columns)
            total[place] = merge(total[place], values)
            if part.mirrored:
                place = np.ix_(part.columns, part.rows)
                total[place] = merge(total[place], values.T)
    return Reduced(np.arange(k), np.arange(k), out)


def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums of distances over pairs of points, each unordered pair counted once, also on the diagonal."""
    if has_closed_form(clustering.metric):
        return closed_forms.pair_sums_of(dispersion(clustering), _zero(clustering), scale_of(clustering.metric))
    (out,) = _per_pair(clustering, SUM)
    out[np.diag_indices(clustering.k)] /= 2
    return out


def pair_minima(clustering: Clustering) -> FloatArray:
    """(k, k) smallest distance between two different points; +∞ on the diagonal of a singleton."""
    return _per_pair(clustering, MINIMUM)[0]


def pair_maxima(clustering: Clustering) -> FloatArray:
    """(k, k) largest distances; the diagonal holds the clusters' diameters."""
    return _per_pair(clustering, MAXIMUM)[0]


def gaps_and_diameters(clustering: Clustering) -> tuple[FloatArray, FloatArray]:
    """(k, k) smallest distances across clusters, +∞ on the diagonal, and (k,) largest ones inside, in one pass."""
    gaps, largest = _per_pair(clustering, MINIMUM, MAXIMUM)
    np.fill_diagonal(gaps, np.inf)
    return gaps, np.diagonal(largest).copy()


def nearest_across(clustering: Clustering) -> float:
    """Smallest distance between points of different clusters."""
    return float(pair_minima(clustering)[~np.eye(clustering.k, dtype=bool)].min())


def longest_steps(clustering: Clustering) -> FloatArray:
    """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton.

    Every edge joins points of some two chunks, so the trees of all pairs of chunks hold a tree of the whole.
    """
    local = chunks(clustering)
    pairs = [delayed(_edges)(a, b, i, j) for (i, a), (j, b) in combinations(enumerate(local), 2)]
    alone = [delayed(_edges)(local[0], None, 0, 0)] if len(local) == 1 else []
    trees: dict[int, Edges] = _merged([*alone, *pairs], _trees).compute()
    out = np.zeros(clustering.k)
    for i, tree in trees.items():
        out[i] = tree.lengths.max(initial=0.0)
    return to_distances(clustering, out)


def _edges(a: Clustering, b: Clustering | None, i: int, j: int) -> dict[int, Edges]:
    """Cluster → edges of the tree of its points in two chunks; points are numbered by chunk and row."""
    numbers, codes, data = a.order * 2**20 + i, np.repeat(_ids(a), a.sizes), a.data
    if b is not None:
        numbers = np.concatenate([numbers, b.order * 2**20 + j])
        codes, data = np.concatenate([codes, np.repeat(_ids(b), b.sizes)]), np.concatenate([a.data, b.data])
    by_cluster = np.argsort(codes, kind="stable")
    both = _local(data, by_cluster, codes[by_cluster], str(a.metric), a.p)
    out = {}
    for cluster, (code, tree) in enumerate(zip(both.classes, spanning_edges(both), strict=True)):
        points = numbers[by_cluster[both.cluster(cluster)]]
        out[int(code)] = Edges(points[tree.a], points[tree.b], tree.lengths)  # type: ignore[call-overload]
    return out


def _trees(parts: list[dict[int, Edges]]) -> dict[int, Edges]:
    """Cluster → edges of a tree of all its points."""
    out = {}
    for cluster in sorted({cluster for part in parts for cluster in part}):
        edges = Edges.together([part[cluster] for part in parts if cluster in part])
        points, places = np.unique(np.concatenate([edges.a, edges.b]), return_inverse=True)
        a, b = np.split(places, 2)
        tree = kruskal(len(points), Edges(a, b, edges.lengths))
        out[cluster] = Edges(points[tree.a], points[tree.b], tree.lengths)
    return out


def dispersion(clustering: Clustering) -> Dispersion:
    """Centroids, sums of squares and sums of distances, of unit rows under cosine and correlation."""
    data, codes = clustering.points.array, clustering.points.codes  # type: ignore[attr-defined]
    first = clustering.order[np.unique(codes, return_index=True)[1]]  # a row of each cluster
    rows, back = np.unique(first, return_inverse=True)
    anchors = delayed(_anchors)(data[rows], back, clustering.metric)
    local, k = [delayed(_squared)(a) for a in chunks(clustering)], clustering.k
    sums = _merged([delayed(_summed)(a, anchors) for a in local], partial(_added, k))
    spreads = _merged([delayed(_spread)(a, anchors, sums, clustering.sizes) for a in local], partial(_added, k))
    anchors, (_, (totals,)), (_, (squares, lengths)) = dask.compute(anchors, sums, spreads)
    return Dispersion.of(anchors, totals / clustering.sizes[:, None], squares, lengths, clustering.sizes)


def _squared(local: Clustering) -> Clustering:
    """Points whose squared distances the metric's closed form sums; other metrics' points as they are."""
    return closed_forms.as_squared(local)[0] if has_closed_form(local.metric) else local


def _anchors(points: NDArray[Any], back: IntArray, metric: str) -> FloatArray:
    rows = np.asarray(points)[back]
    one = Clustering(rows, np.arange(len(rows)), np.arange(len(rows) + 1), tuple(range(len(rows))), metric, 2.0, 0)
    return np.asarray(_squared(one).data, dtype=np.float64)


def _summed(local: Clustering, anchors: FloatArray) -> tuple[IntArray, tuple[FloatArray, ...]]:
    return _ids(local), (around_centroids.summed(local, anchors[_ids(local)]),)


def _spread(
    local: Clustering, anchors: FloatArray, sums: tuple[IntArray, tuple[FloatArray, ...]], sizes: IntArray
) -> tuple[IntArray, tuple[FloatArray, ...]]:
    ids = _ids(local)
    offsets = sums[1][0][ids] / sizes[ids, None]
    return ids, around_centroids.squared(local, anchors[ids], offsets)


def _added(k: int, parts: list[tuple[IntArray, tuple[FloatArray, ...]]]) -> tuple[IntArray, tuple[FloatArray, ...]]:
    """Arrays of all k clusters, in each of which those of the parts are added up."""
    out = tuple(np.zeros((k, *values.shape[1:])) for values in parts[0][1])
    for ids, arrays in parts:
        for total, values in zip(out, arrays, strict=True):
            total[ids] += values
    return np.arange(k), out


def sum_of_distances(clustering: Clustering, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""
    parts = [delayed(around_centroids.sum_of_distances)(a, spread) for a in chunks(clustering)]
    return float(sum(dask.compute(*parts)))


def scores_from_sums(clustering: Clustering, score: Score) -> Any:
    """(n,) `score` of each point from its sums of distances to the clusters, as a dask array."""
    local, sizes = chunks(clustering), clustering.sizes.astype(np.float64)
    if has_closed_form(clustering.metric):
        spread = delayed(dispersion(clustering))
        return _array([delayed(_closed_scores)(a, spread, sizes, score) for a in local], clustering)
    scores = []
    for a in local:
        totals = delayed(_own_totals)(a, clustering.k)
        for b in local:
            if b is not a:
                totals = delayed(_more_totals)(totals, a, b)
        scores.append(delayed(_scores)(totals, a, sizes, score))
    return _array(scores, clustering)


def _own_totals(a: Clustering, k: int) -> FloatArray:
    out = np.zeros((a.n, k))
    for rows, values in reductions.sums(a):
        out[rows, _ids(a)] = values
    return out


def _more_totals(totals: FloatArray, a: Clustering, b: Clustering) -> FloatArray:
    out = totals.copy()  # a task must not change what another has made
    out[:, _ids(b)] += reductions.sums_across(_side_by_side(a, b), a.n)[:, a.k :]
    return out


def _scores(totals: FloatArray, a: Clustering, sizes: FloatArray, score: Score) -> FloatArray:
    values: FloatArray = score(totals, _ids(a)[a.codes], sizes)
    return values


def _closed_scores(a: Clustering, spread: Dispersion, sizes: FloatArray, score: Score) -> FloatArray:
    totals, codes = closed_forms.totals(a, spread), _ids(a)[a.codes]
    return np.concatenate([score(totals(rows), codes[rows], sizes) for rows in blocks_for(a, len(sizes))])


def scores_from_centroids(clustering: Clustering, spread: Dispersion, score: Score) -> Any:
    """(n,) `score` of each point from its distances to the centroids, as a dask array."""
    around, sizes = delayed(spread), clustering.sizes.astype(np.float64)
    return _array([delayed(_centroid_scores)(a, around, sizes, score) for a in chunks(clustering)], clustering)


def _centroid_scores(a: Clustering, spread: Dispersion, sizes: FloatArray, score: Score) -> FloatArray:
    distances, codes = to_landmarks(a, spread.centroids, spread.origin, root=True), _ids(a)[a.codes]
    return np.concatenate([score(distances(rows), codes[rows], sizes) for rows in blocks_for(a, len(sizes))])


def _array(scores: list[Delayed], clustering: Clustering) -> Any:
    data: Any = clustering.points.array  # type: ignore[attr-defined]
    counts = np.bincount(chunks_of(data, clustering.order))  # type: ignore[arg-type]
    parts = zip(scores, counts[counts > 0].tolist(), strict=True)
    return da.concatenate([da.from_delayed(part, (count,), np.float64) for part, count in parts])


def _zero(clustering: Clustering) -> float:
    """Squared distances up to here are rounding."""
    data: Any = clustering.points.array  # type: ignore[attr-defined]
    return 0.0 if clustering.metric == "sqeuclidean" else parallel(np.dtype(data.dtype))
