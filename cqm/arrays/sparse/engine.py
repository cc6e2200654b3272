"""The engine of scipy's sparse matrices and arrays: the host's passes, with tiles from sparse products.

Distances are the Euclidean, its square, and those of angles, cosine and angular. Centroids are dense, (k, d); rows are
made dense a block at a time where a measure wants their coordinates. What would take a larger dense array is refused.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import Reduce
from cqm.arrays.host.engine import Host
from cqm.arrays.host.landmarks import blocks_for
from cqm.arrays.host.tiles import parallel
from cqm.arrays.metrics import Distance
from cqm.arrays.rules import no_direction
from cqm.arrays.sparse.graph import Graph, read_graph
from cqm.arrays.sparse.vectors import read_vectors, sparse_of
from cqm.parallel import in_order

__all__ = ["Sparse"]


class _Given(NamedTuple):
    """A graph as it was given, and as it is read."""

    X: Any
    table: Any

    @property
    def shape(self) -> tuple[int, int]:
        n, _ = self.table.shape
        return n, n


@dataclass(frozen=True, eq=False)
class Sparse(Host):
    """Points as sparse vectors in cluster order, scaled to unit length where the metric looks at directions."""

    given: Any  # SparseVectors

    @classmethod
    def check(cls, X: Any, distance: Distance) -> Any:
        """Finite vectors in float64; where distances are given, a graph of neighbours."""
        return _Given(X, read_graph(X)) if distance.precomputed else read_vectors(X, distance)

    @classmethod
    def arrange(cls, data: Any, order: IntArray, starts: IntArray, distance: Distance) -> Any:
        """Checked points in the order of their clusters."""
        if isinstance(data, _Given):
            return Graph(order, starts, data.table[order][:, order], data.X)
        without = order[data.stored[order] == 0]
        if distance.unit and len(without):
            raise no_direction(distance, int(without.min()))
        given = data[order]
        return cls(order, starts, given.scaled() if distance.unit else given, distance, arranged=True)

    def under(self, distance: Distance) -> Self:
        """The same vectors under another distance."""
        return replace(self, distance=distance)

    @property
    def width(self) -> float:
        """Features of dense rows whose products cost as much."""
        return float(self.given.width)

    @property
    def unit(self) -> bool:
        """Whether the vectors were scaled to unit length."""
        return bool(self.given.unit)

    def only(self, rows: IntArray, starts: IntArray) -> Self:
        """Some of the ordered rows."""
        return replace(self, order=self.order[rows], starts=starts, given=self.given[rows])

    def rows(self, rows: slice) -> NDArray[Any]:
        """(rows, d) vectors, made dense."""
        dense: FloatArray = self.given[rows].dense()
        return dense

    def dispersion(self) -> Dispersion:
        """Centroids, sums of squares and sums of distances."""
        anchors = self.given[self.starts[:-1]].dense()
        clusters = map(self.cluster, range(self.k))
        found = in_order(lambda rows: self.given[rows].spread(self.weights_of(rows)), clusters)
        offsets, squares, lengths = (np.array(each) for each in zip(*found, strict=True))
        return Dispersion.of(anchors, offsets, squares, lengths, self.masses)

    def sum_of_distances(self, spread: Dispersion) -> float:
        """Sum of the Euclidean distances of all points to their common centroid."""
        squared = self.given.squared_to_points(spread.center[None], spread.origin)
        lengths = np.sqrt(squared)
        return float(lengths.sum() if self.weights is None else self.weights @ lengths[:, 0])

    def to_landmarks(
        self, landmarks: FloatArray, origin: FloatArray, reduce: Reduce, *, root: bool, over: int | None = None
    ) -> NDArray[Any]:
        """`reduce` of Euclidean distances, or squared ones without `root`, to points relative to `origin`."""
        codes, masses = self.codes, self.masses
        zero = parallel(self.dtype) if self.unit else 0.0

        def visit(rows: slice) -> Any:
            squared = self.given[rows].squared_to_points(landmarks, origin, zero)
            return rows, reduce(np.sqrt(squared) if root else squared, codes[rows], masses)

        return self._together(in_order(visit, blocks_for(self, len(landmarks))), over)

    def to_centres(self, centres: Any, reduce: Reduce) -> NDArray[Any]:
        """`reduce` of the distances to (k,) ordered rows or (k, d) vectors."""
        at: Any = centres if centres.ndim == 1 else sparse_of(centres)
        return super().to_centres(at, reduce)
