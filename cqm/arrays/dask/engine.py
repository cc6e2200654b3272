"""The engine of dask arrays: blocks of rows, and pairs of them, as tasks of one graph.

Rows are put into cluster order by a shuffle, so that a block meets few clusters and what a pair of blocks has to say is
small. Tasks run the host's passes over numpy arrays; their results are merged in a fixed order. Values per point stay
dask arrays.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations_with_replacement, pairwise
from typing import Any, Self, TypeVar, cast

import dask
import dask.array as da
import numpy as np
from dask.delayed import Delayed, delayed
from numpy.typing import NDArray

from cqm.arrays.clustering import Groups, Part
from cqm.arrays.dask.tasks import (
    Lot,
    at_centres,
    at_landmarks,
    checked,
    edges_of,
    first_points,
    folded,
    folded_points,
    host_of,
    met_by,
    nearest_of,
    over_parts,
    over_points,
    pairs_of_clusters,
    put_together,
    shuffled,
    sums_across,
    trees_of,
)
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import INSIDE, Merge, Reduce, Request, Visit
from cqm.arrays.host import centroids
from cqm.arrays.host.pairs import gathered, sums_inside
from cqm.arrays.host.reductions import MERGE, START
from cqm.arrays.host.tiles import to_distances
from cqm.arrays.host.trees import Edges, kruskal
from cqm.arrays.host.vectors import numeric, unit_rows
from cqm.arrays.metrics import Distance

__all__ = ["Dask"]

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])

FAN = 8  # results that one task puts together


@dataclass(frozen=True, eq=False)
class Dask(Groups):
    """Points in blocks of rows.

    Attributes
    ----------
    blocks : tasks, each of which gives an array of consecutive ordered rows.
    edges : (blocks + 1,) first ordered row of each block, and n.
    distance : the metric.
    features, dtype : number of features, and precision.
    chunks : sizes of the chunks of the user's rows.
    directions : where the blocks hold rows scaled to unit length: the distance they were scaled for.
    """

    blocks: tuple[Delayed, ...]
    edges: IntArray
    distance: Distance
    features: int
    dtype: np.dtype[Any]
    chunks: tuple[int, ...]
    directions: Distance | None = None

    @property
    def width(self) -> float:
        """Features that a product of rows costs."""
        return self.features

    # --- intake

    @classmethod
    def check(cls, X: Any, distance: Distance) -> Any:
        """Points whose chunks are checked as they load."""
        if distance.one_by_one:
            kind = "a callable `metric`" if distance.function else f'metric="{distance}"'
            raise TypeError(f"{kind} takes numpy vectors, got {type(X).__name__}: pass `X` as a numpy array")
        if distance.precomputed:
            raise TypeError(
                'metric="precomputed" takes distances in memory: pass vectors as a dask array, or X.compute()'
            )
        if X.ndim != 2 or 0 in X.shape:
            raise ValueError(f"`X` must be (points, features) and not empty, got shape {X.shape}")
        if np.isnan(X.shape).any():
            raise ValueError("`X` has chunks of unknown size: call X.compute_chunk_sizes() first")
        dtype = numeric(np.empty(0, X.dtype)).dtype
        return X.rechunk({1: -1}).map_blocks(checked, distance, dtype=dtype, meta=np.empty((0, 0), dtype))

    @classmethod
    def arrange(cls, data: Any, order: IntArray, starts: IntArray, distance: Distance) -> Self:
        """Checked points in the order of their clusters, in blocks as large as the chunks."""
        edges = edges_of(len(order), max(data.chunks[0]))
        blocks = shuffled(data.to_delayed().ravel(), np.cumsum([0, *data.chunks[0]]), order, edges)
        return cls(order, starts, blocks, edges, distance, data.shape[1], data.dtype, data.chunks[0])

    def under(self, distance: Distance) -> Self:
        """The same vectors under another distance; where this one looks at directions, the rows' directions."""
        if not self.distance.unit or distance == self.distance:
            return replace(self, distance=distance)
        blocks = tuple(delayed(unit_rows)(each, centred=self.distance.centred) for each in self.blocks)
        return replace(self, blocks=blocks, distance=distance, directions=self.distance)

    def only(self, rows: IntArray, starts: IntArray) -> Self:
        """Some of the ordered rows."""
        edges = edges_of(len(rows), int(np.diff(self.edges).max()))
        blocks = shuffled(self.blocks, self.edges, rows, edges)
        return replace(self, order=self.order[rows], starts=starts, blocks=blocks, edges=edges)

    def rows(self, rows: slice) -> NDArray[Any]:
        """(rows, d) vectors, computed and brought here."""
        return self._at(np.arange(rows.start, rows.stop))

    def _at(self, rows: IntArray) -> NDArray[Any]:
        return np.asarray(dask.compute(*shuffled(self.blocks, self.edges, rows, np.array([0, len(rows)])))[0])

    def to_input_order(self, values: FloatArray, input_rows: int) -> Any:
        """Per-point values in the order the user gave, as a dask array in the user's chunks; NaN where left out."""
        out = np.full(input_rows, np.nan)
        out[self.order] = values
        return da.from_array(out, chunks=(self.chunks,))

    # --- blocks

    @cached_property
    def parts(self) -> list[Part]:
        """Rows and clusters of each block."""
        return [self.part(slice(int(a), int(b))) for a, b in pairwise(self.edges)]

    @cached_property
    def hosts(self) -> list[Delayed]:
        """Each block as numpy points of the clusters that it meets."""
        return [
            delayed(host_of)(each, part.starts, self.weights_of(part.rows), self.distance, self.directions)
            for each, part in zip(self.blocks, self.parts, strict=True)
        ]

    def _pairs(self, region: int | None = None) -> list[tuple[int, int]]:
        """Pairs of blocks, or of those that share a cluster."""
        pairs = list(combinations_with_replacement(range(len(self.blocks)), 2))
        return [(a, b) for a, b in pairs if self._shared(a, b)] if region == INSIDE else pairs

    def _shared(self, a: int, b: int) -> bool:
        return self.parts[a].clusters.stop > self.parts[b].clusters.start

    # --- passes

    def dispersion(self) -> Dispersion:
        """Centroids, sums of squares and sums of distances, accumulated in float64."""
        anchors = np.zeros((self.k, self.features))
        firsts = dask.compute(*(delayed(first_points)(host) for host in self.hosts))
        for part, found in zip(reversed(self.parts), reversed(firsts), strict=True):
            anchors[part.clusters] = found
        sums = self._added(lambda host, i: (delayed(centroids.summed)(host, anchors[i]),))
        offsets = sums[0] / self.masses[:, None]
        squares, lengths = self._added(lambda host, i: delayed(centroids.squared, nout=2)(host, anchors[i], offsets[i]))
        return Dispersion.of(anchors, offsets, squares, lengths, self.masses)

    def _added(self, of_block: Callable[[Delayed, slice], Any]) -> list[FloatArray]:
        """(k, …) sums over blocks of what each has for its clusters."""
        found = dask.compute(*(tuple(of_block(h, p.clusters)) for h, p in zip(self.hosts, self.parts, strict=True)))
        out = [np.zeros((self.k, *values.shape[1:])) for values in found[0]]
        for part, arrays in zip(self.parts, found, strict=True):
            for total, values in zip(out, arrays, strict=True):
                total[part.clusters] += values
        return out

    def sum_of_distances(self, spread: Dispersion) -> float:
        """Sum of the Euclidean distances of all points to their common centroid."""
        around = delayed(spread)
        return float(sum(dask.compute(*(delayed(centroids.sum_of_distances)(host, around) for host in self.hosts))))

    def to_landmarks(
        self, at: FloatArray, origin: FloatArray, reduce: Reduce, *, root: bool, over: int | None = None
    ) -> FloatArray:
        """`reduce` of Euclidean distances, or squared ones without `root`, to points relative to `origin`."""
        return self._together(self._of_rows(at_landmarks, (at, origin, root), reduce), over)

    def to_centres(self, centres: NDArray[Any], reduce: Reduce) -> FloatArray:
        """`reduce` of the distances to (k,) ordered rows or (k, d) vectors."""
        if centres.ndim == 1:
            centres = self._at(centres)
        return self._together(self._of_rows(at_centres, centres, reduce), None)

    def _of_rows(self, task: Callable[..., Any], to: Any, reduce: Reduce) -> list[Delayed]:
        """What a task finds for each block alone, from the distances of its rows to what all blocks are given."""
        shared, masses, reducing = delayed(to), delayed(self.masses), delayed(reduce)
        return [delayed(task)(h, shared, p, masses, reducing) for h, p in zip(self.hosts, self.parts, strict=True)]

    def per_point(
        self, operation: int, reduce: Reduce, over: int | None = None, merge: Merge[Any] | None = None
    ) -> FloatArray:
        """`reduce` of (rows, k) sums, or extremes, of the distances to each cluster's points."""
        lots = [self._lot(part, in_lots=merge is not None) for part in self.parts]
        cut = [lot.cut for lot in lots]
        shared = np.unique(np.concatenate(cut))  # clusters of several blocks
        border = delayed((cut, shared, self.masses[shared]), traverse=False)
        held, reducing, merging = [delayed(lot, traverse=False) for lot in lots], delayed(reduce), delayed(merge)
        out = []
        for a, part in enumerate(self.parts):
            met = [
                delayed(met_by, nout=2)(self.hosts[a], None if a == b else host, operation, part, held[b], reducing)
                for b, host in enumerate(self.hosts)
            ]
            found = [inside for (inside, _), lot in zip(met, lots, strict=True) if lot.whole.stop > lot.whole.start]
            if len(shared):
                found.append(delayed(over_parts)([each for _, each in met], border, operation, part, reducing))
            out.append(_tree(put_together, found, merging))
        return self._together(out, over)

    def _lot(self, part: Part, *, in_lots: bool) -> Lot:
        """The clusters of a block, and with `in_lots` which of them are in no other; else all are as if they were."""
        first, last = part.clusters.start, part.clusters.stop
        if in_lots:
            first += int(self.starts[first] < part.rows.start)
            last -= int(self.starts[last] > part.rows.stop)
        whole = slice(first, max(first, last) if in_lots else first)
        return Lot(part.clusters, whole, self.masses[whole])

    def _together(self, found: list[Delayed], over: int | None) -> FloatArray:
        """What was found for each block as one array, or reduced over clusters' points."""
        parts = self.parts
        if over is not None:
            found = [
                delayed(over_points)(each, p.starts, self.weights_of(p.rows), over)
                for each, p in zip(found, parts, strict=True)
            ]
        arrays = dask.compute(*found)
        if over is None:
            return np.concatenate(arrays)
        out = np.full((self.k, *arrays[0].shape[1:]), START[over])
        for part, array in zip(parts, arrays, strict=True):
            out[part.clusters] = MERGE[over](out[part.clusters], array)
        return out

    def per_pair(self, *requests: Request) -> list[FloatArray]:
        """(k, k) symmetric reductions over pairs of points."""
        outs = [np.full((self.k, self.k), START[request.operation]) for request in requests]
        region = INSIDE if all(request.region == INSIDE for request in requests) else None
        pairs = self._pairs(region)
        found = dask.compute(*(self._pair(pairs_of_clusters, a, b, requests) for a, b in pairs))
        for (a, b), arrays in zip(pairs, found, strict=True):
            i, j = self.parts[a].clusters, self.parts[b].clusters
            for request, out, values in zip(requests, outs, arrays, strict=True):
                merge = MERGE[request.operation]
                out[i, j] = merge(out[i, j], values)
                if a != b:
                    out[j, i] = merge(out[j, i], values.T)
        for out in outs:
            np.copyto(out, out.T, where=np.tri(self.k, dtype=bool))
        return outs

    def _pair(self, task: Callable[..., Any], a: int, b: int, *arguments: Any) -> Delayed:
        return delayed(task)(self.hosts[a], None if a == b else self.hosts[b], *arguments)

    def nearest_across(self) -> float:
        """Smallest distance between points of different clusters."""
        return float(min(dask.compute(*(self._pair(nearest_of, a, b, self._shared(a, b)) for a, b in self._pairs()))))

    def sums_inside(self) -> FloatArray:
        """(n,) sums of distances to the points of the own cluster."""
        found = [delayed(sums_inside)(host) for host in self.hosts]
        pairs = [(a, b) for a, b in self._pairs(INSIDE) if a != b]
        inside, across = dask.compute(found, [self._pair(sums_across, a, b) for a, b in pairs])
        out = np.concatenate(inside)
        for (a, b), (mine, theirs) in zip(pairs, across, strict=True):
            last, first = self.parts[a].rows.stop, self.parts[b].rows.start
            out[last - len(mine) : last] += mine
            out[first : first + len(theirs)] += theirs
        return out

    def longest_steps(self) -> FloatArray:
        """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton.

        Every edge joins points of some two blocks, so the trees of all pairs of blocks hold a tree of the whole.
        """
        out = np.zeros(self.k)
        trees: dict[int, list[Edges]] = {}
        pairs, first = self._pairs(INSIDE), [part.rows.start for part in self.parts]
        tasks = [self._pair(trees_of, a, b, first[a], first[b]) for a, b in pairs]
        for (_, b), found in zip(pairs, dask.compute(*tasks), strict=True):
            for cluster, tree in enumerate(found, self.parts[b].clusters.start):
                trees.setdefault(cluster, []).append(tree)
        for cluster, parts in trees.items():
            edges, start = Edges.together(parts), self.starts[cluster]
            tree = kruskal(int(self.sizes[cluster]), Edges(edges.a - start, edges.b - start, edges.lengths))
            out[cluster] = tree.lengths.max(initial=0.0)
        return to_distances(self.distance, out)

    def here(self, values: NDArray[Any]) -> NDArray[Any]:
        """The array itself, as tiles are numpy's."""
        return values

    def fold(self, visit: Visit[Result], merge: Merge[Result], inside: NDArray[np.bool_] | None = None) -> Result:
        """Results of `visit` on tiles, merged by a tree of tasks."""
        visiting, merging = delayed(visit), delayed(merge)
        found = [self._folded(folded, a, b, visiting, merging, inside) for a, b in self._folding(inside)]
        return cast(Result, dask.compute(_tree(put_together, found, merging))[0])

    def fold_points(
        self,
        visit: Visit[Found],
        merge: Merge[Found],
        blank: tuple[float, ...],
        inside: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[Any], ...]:
        """What `visit` says of the rows of each tile, merged by a tree of tasks for each block."""
        found: dict[int, list[Delayed]] = {}
        visiting, merging = delayed(visit), delayed(merge)
        for a, b in self._folding(inside):
            both = self._folded(folded_points, a, b, visiting, merging, inside, blank)
            for place, block in enumerate({a: None, b: None}):
                found.setdefault(block, []).append(both[place])
        each = dask.compute(*(_tree(put_together, parts, merging) for parts in found.values()))
        rows = (self.parts[block].rows for block in found)
        return gathered(self.n, zip(rows, each, strict=True), blank)

    def _folding(self, inside: NDArray[np.bool_] | None) -> list[tuple[int, int]]:
        """Pairs of blocks, or those with pairs of points inside some clusters."""
        if inside is None:
            return self._pairs()
        clusters = [part.clusters for part in self.parts]
        return [
            (a, b)
            for a, b in self._pairs(INSIDE)
            if inside[clusters[a] if a == b else slice(clusters[b].start, clusters[b].start + 1)].any()
        ]

    def _folded(
        self,
        task: Callable[..., Any],
        a: int,
        b: int,
        visit: Delayed,
        merge: Delayed,
        inside: NDArray[np.bool_] | None,
        *blank: tuple[float, ...],
    ) -> Delayed:
        mask = None if inside is None else inside[self.parts[a].clusters]
        return self._pair(task, a, b, (self.parts[a], self.parts[b]), visit, merge, *blank, mask)


def _tree(task: Callable[..., Any], parts: list[Delayed], *arguments: Any) -> Delayed:
    """Parts put together in order, a few at a time."""
    while len(parts) > 1:
        parts = [delayed(task)(parts[first : first + FAN], *arguments) for first in range(0, len(parts), FAN)]
    return parts[0]
