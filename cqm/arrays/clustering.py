"""A validated clustering: rows in cluster order, and the engine that holds its points."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.metrics import EUCLIDEAN, SQEUCLIDEAN, Distance
from cqm.arrays.weights import copies, total
from cqm.sharing import once

if TYPE_CHECKING:
    from cqm.arrays.engine import Engine

__all__ = ["Clustering", "Groups", "Part", "as_squared", "in_coordinates", "repeated"]

NO_WEIGHTS: FloatArray = np.empty(0)
BYTES_TOGETHER = 2**24


class Part(NamedTuple):
    """Consecutive ordered rows; those of cluster `clusters.start + c` are `starts[c]:starts[c + 1]` of them."""

    rows: slice
    clusters: slice
    starts: IntArray


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in *cluster order*: cluster i is rows `starts[i]:starts[i + 1]`.

    Attributes
    ----------
    order : (n,) input row of each ordered row.
    starts : (k + 1,) first ordered row of each cluster, and n.
    weights : (n,) how many points each ordered row stands for; None where each is one.
    """

    order: IntArray
    starts: IntArray
    weights: FloatArray | None = field(default=None, kw_only=True)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.order)

    @property
    def k(self) -> int:
        """Number of clusters."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> IntArray:
        """(k,) number of rows of each cluster."""
        return np.diff(self.starts)

    @property
    def masses(self) -> FloatArray:
        """(k,) number of points of each cluster: its rows, or the sum of their weights."""
        if self.weights is None:
            return self.sizes.astype(np.float64)
        return np.asarray(np.add.reduceat(self.weights, self.starts[:-1]))

    @property
    def mass(self) -> float:
        """Number of points: the rows, or the sum of their weights."""
        return self.n if self.weights is None else total(self.weights)

    def weighted(self, weights: FloatArray | None) -> Self:
        """The same rows, which stand for so many points each."""
        return replace(self, weights=weights)

    def weights_of(self, rows: slice | IntArray) -> FloatArray:
        """(rows,) weights of some ordered rows; empty where each is one point."""
        return NO_WEIGHTS if self.weights is None else self.weights[rows]

    @property
    def codes(self) -> IntArray:
        """(n,) cluster of each ordered row."""
        return np.repeat(np.arange(self.k, dtype=np.intp), self.sizes)

    def cluster(self, i: int) -> slice:
        """Ordered rows of cluster i."""
        return slice(int(self.starts[i]), int(self.starts[i + 1]))

    def pieces(self, rows: int) -> list[list[slice]]:
        """All ordered rows in pieces of at most `rows`: of whole clusters, or parts of one that is larger.

        The parts of a cluster stand together in a list; every other piece is alone.
        """
        out, first = [], 0
        while first < self.k:
            fit = int(np.searchsorted(self.starts, self.starts[first] + rows, side="right")) - 1
            last = max(first + 1, fit)
            start, size = int(self.starts[first]), int(self.starts[last] - self.starts[first])
            parts = -(-size // rows)
            edges = [start + size * part // parts for part in range(parts + 1)]
            out.append([slice(*ends) for ends in pairwise(edges)])
            first = last
        return out

    def part(self, rows: slice) -> Part:
        """Ordered rows with the clusters that they meet."""
        first, last = np.searchsorted(self.starts, [rows.start, rows.stop - 1], side="right") - 1
        clusters = slice(int(first), int(last) + 1)
        edges = np.clip(self.starts[clusters.start : clusters.stop + 1], rows.start, rows.stop)
        return Part(rows, clusters, edges - rows.start)


@dataclass(frozen=True, eq=False)
class Clustering(Groups):
    """A validated clustering.

    Attributes
    ----------
    classes : the k labels, in cluster order.
    distance : the metric.
    input_rows, input_mass : number of rows the user gave, noise included, and of the points that they stand for.
    points : the engine that holds the points.
    with_noise : arranges the same clusters, and the noise that was left out as a last one; None where there was none.
    """

    classes: tuple[Hashable, ...]
    distance: Distance
    input_rows: int
    input_mass: float
    points: "Engine"
    with_noise: "Callable[[], Clustering] | None" = None

    def under(self, distance: Distance) -> "Clustering":
        """The same clustering under another distance; where this one looks at directions, of the rows' directions."""
        if distance == self.distance:
            return self
        arrange = self.with_noise
        with_noise = None if arrange is None else lambda: arrange().under(distance)
        return replace(self, distance=distance, points=self.points.under(distance), with_noise=with_noise)

    def only(self, kept: NDArray[np.bool_] | IntArray) -> "Clustering":
        """The ordered rows that are kept, and the clusters that have any; no noise belongs to them."""
        rows: IntArray = np.flatnonzero(kept) if kept.dtype == bool else kept.astype(np.intp, copy=False)
        sizes = np.bincount(self.codes[rows], minlength=self.k)
        starts = np.concatenate([[0], np.cumsum(sizes[sizes > 0])]).astype(np.intp)
        classes = tuple(label for label, size in zip(self.classes, sizes, strict=True) if size)
        weights = None if self.weights is None else self.weights[rows]
        points = self.points.weighted(None).only(rows, starts).weighted(weights)
        alone = replace(self, with_noise=None)
        return replace(alone, order=self.order[rows], starts=starts, classes=classes, points=points, weights=weights)

    def vectors(self) -> Iterator[NDArray[Any]]:
        """(rows, d) vectors of one cluster after the other, as numpy: those of small ones are brought here together."""
        for group in self.pieces(max(1, BYTES_TOGETHER // (8 * self.points.features))):
            rows = slice(group[0].start, group[-1].stop)
            brought = self.points.rows(rows)
            for first, last in pairwise(self.part(rows).starts.tolist()):
                yield brought[first:last]

    def weighted(self, weights: FloatArray | None) -> Self:
        """The same rows, which stand for so many points each."""
        return replace(self, points=self.points.weighted(weights), weights=weights)

    def weigh(self, values: FloatArray) -> FloatArray:
        """(n,) values of the ordered rows times their weights."""
        return values if self.weights is None else values * self.weights

    def to_input_order(self, values: Any) -> Any:
        """Per-point values from cluster order back to the order the user gave; NaN for points that were left out."""
        return self.points.to_input_order(values, self.input_rows)


@once
def in_coordinates(clustering: Clustering) -> Clustering:
    """For measures that need coordinates: Euclidean geometry, under cosine that of rows scaled to unit length."""
    return clustering.under(EUCLIDEAN)


@once
def as_squared(clustering: Clustering) -> Clustering:
    """Points whose squared distances, times the metric's scale, are the distances."""
    return clustering.under(SQEUCLIDEAN)


@once
def repeated(clustering: Clustering) -> Clustering:
    """For measures of points without weights: each row as often as its weight says."""
    if clustering.weights is None:
        return clustering
    rows, arrange = copies(clustering.weights, clustering.order), clustering.with_noise
    with_noise = None if arrange is None else lambda: repeated(arrange())
    return replace(clustering.weighted(None).only(rows), with_noise=with_noise)
