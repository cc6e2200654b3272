"""The engine of numpy arrays, and of arrays whose memory numpy can see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from cqm.arrays import foreign
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import SUM, Merge, Reduce, Request, Visit
from cqm.arrays.host import centroids, pairs, reductions, trees
from cqm.arrays.host.landmarks import blocks_for, to_landmarks
from cqm.arrays.host.reductions import MERGE, START
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.tiles import Block, block, block_of, row_blocks, tile
from cqm.arrays.host.vectors import check_directions, check_vectors, read_distances, take_rows
from cqm.arrays.metrics import Distance
from cqm.parallel import in_order

__all__ = ["Host"]

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])


@dataclass(frozen=True, eq=False)
class Host(Rows):
    """Points in numpy arrays.

    Attributes
    ----------
    user : an array of the library that values per point go back to; None for numpy.
    """

    user: Any = None

    @classmethod
    def check(cls, X: Any, distance: Distance) -> "Checked":
        """Points or distances in float32 or float64."""
        view = foreign.view(X)
        data = X if view is None else view
        checked = read_distances(data) if distance.precomputed else check_vectors(data, distance)
        return Checked(checked, None if view is None or array_api_compat.is_numpy_array(X) else foreign.plain(X)[:0])

    @classmethod
    def arrange(cls, data: "Checked", order: IntArray, starts: IntArray, distance: Distance) -> Self:
        """Checked points in the order of their clusters."""
        given, arranged = data.array, False
        if not distance.precomputed:
            if distance.unit:
                check_directions(given, distance, order)
            arranged = not (given.flags.c_contiguous and given.flags.writeable)  # what compiled code was compiled for
            given = take_rows(given, order) if arranged else given
        return cls(order, starts, given, distance, arranged, user=data.user)

    def rows(self, rows: slice) -> NDArray[Any]:
        """(rows, d) vectors."""
        return self.vectors(rows)

    def dispersion(self) -> Dispersion:
        """Centroids, sums of squares and sums of distances, accumulated in float64."""
        return centroids.dispersion(self)

    def sum_of_distances(self, spread: Dispersion) -> float:
        """Sum of the Euclidean distances of all points to their common centroid."""
        return centroids.sum_of_distances(self, spread)

    def to_landmarks(
        self, landmarks: FloatArray, origin: FloatArray, reduce: Reduce, *, root: bool, over: int | None = None
    ) -> NDArray[Any]:
        """`reduce` of Euclidean distances, or squared ones without `root`, to points relative to `origin`."""
        distances, codes, masses = (
            to_landmarks(self, landmarks, origin, root=root),
            self.codes,
            self.masses,
        )
        blocks = blocks_for(self, len(landmarks))
        return self._together(in_order(lambda rows: (rows, reduce(distances(rows), codes[rows], masses)), blocks), over)

    def to_centres(self, centres: NDArray[Any], reduce: Reduce) -> NDArray[Any]:
        """`reduce` of the distances to (k,) ordered rows or (k, d) vectors."""
        codes, masses = self.codes, self.masses
        if self.distance.precomputed:
            columns = Block(self.order[centres], matrix=self.given)
        else:
            columns = block(self.vectors(centres) if centres.ndim == 1 else centres, self.distance)

        def visit(rows: slice) -> Any:
            values = tile(self.distance, block_of(self, rows), columns).finished()
            return rows, reduce(values, codes[rows], masses)

        return self._together(in_order(visit, row_blocks(self)), None)

    def per_point(
        self, operation: int, reduce: Reduce, over: int | None = None, merge: Merge[Any] | None = None
    ) -> NDArray[Any]:
        """`reduce` of (rows, k) sums, or extremes, of the distances to each cluster's points."""
        codes, masses = self.codes, self.masses
        found = reductions.per_point(self, operation)
        return self._together(((rows, reduce(values, codes[rows], masses)) for rows, values in found), over)

    def _together(self, found: Iterable[tuple[slice, NDArray[Any]]], over: int | None) -> NDArray[Any]:
        """Values of blocks of rows as one array, or reduced over the points of each cluster."""
        if over is None:
            return np.concatenate([values for _, values in found])
        out = np.empty(0)
        for rows, values in found:
            part, merge = self.part(rows), MERGE[over]
            if over == SUM and self.weights is not None:
                values = values * self.weights[rows, None]
            out = out if len(out) else np.full((self.k, *values.shape[1:]), START[over])
            out[part.clusters] = merge(out[part.clusters], merge.reduceat(values, part.starts[:-1], axis=0))
        return out

    def per_pair(self, *requests: Request) -> list[FloatArray]:
        """(k, k) symmetric reductions over pairs of points."""
        return reductions.per_pair(self, *requests)

    def nearest_across(self) -> float:
        """Smallest distance between points of different clusters."""
        return reductions.nearest_across(self)

    def sums_inside(self) -> FloatArray:
        """(n,) sums of distances to the points of the own cluster."""
        return pairs.sums_inside(self)

    def longest_steps(self) -> FloatArray:
        """(k,) longest edge of each cluster's minimum spanning tree."""
        return trees.longest_steps(self)

    def here(self, values: NDArray[Any]) -> NDArray[Any]:
        """The array itself."""
        return values

    def fold(self, visit: Visit[Result], merge: Merge[Result], inside: NDArray[np.bool_] | None = None) -> Result:
        """Results of `visit` on tiles, merged in order."""
        return pairs.fold(self, visit, merge, inside)

    def fold_points(
        self,
        visit: Visit[Found],
        merge: Merge[Found],
        blank: tuple[float, ...],
        inside: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[Any], ...]:
        """What `visit` says of the rows of each tile, merged over all rows that they meet."""
        return pairs.fold_points(self, visit, merge, blank, inside)

    def to_input_order(self, values: NDArray[Any], input_rows: int) -> Any:
        """Per-point values in the order the user gave, of the user's library; NaN for points that were left out."""
        out = np.full(input_rows, np.nan)
        out[self.order] = values
        return out if self.user is None else array_api_compat.array_namespace(self.user).asarray(out)


@dataclass(frozen=True)
class Checked:
    """Checked points, and an empty array of the library they came from if that is not numpy."""

    array: NDArray[Any]
    user: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the points."""
        return self.array.shape
