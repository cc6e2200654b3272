"""The engine of arrays on a device: any library of the array API standard, where its arrays are.

Nothing is written in place, which some libraries' arrays do not allow.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from cqm.arrays.clustering import Part
from cqm.arrays.device import centroids, landmarks, pairs, trees
from cqm.arrays.device.libraries import full_precision
from cqm.arrays.device.space import Block, Space, Tile
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import Merge, Reduce, Request, Visit
from cqm.arrays.foreign import on_host, plain
from cqm.arrays.host import tiles
from cqm.arrays.host.reductions import MERGE, START
from cqm.arrays.metrics import Distance
from cqm.arrays.rules import check_distances, check_integers, check_size, no_direction, not_finite

__all__ = ["Device"]

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])
Options = ParamSpec("Options")


def _precisely(
    method: Callable[Concatenate["Device", Options], Result],
) -> Callable[Concatenate["Device", Options], Result]:
    """Run a pass in the full precision of the array's library."""

    @wraps(method)
    def run(self: "Device", /, *args: Options.args, **options: Options.kwargs) -> Result:
        with full_precision(self.X):
            return method(self, *args, **options)

    return run


@dataclass(frozen=True, eq=False)
class Device(Space):
    """Points on a device."""

    @classmethod
    def check(cls, X: Any, distance: Distance) -> Any:
        """Points or distances in float32 or float64, checked where they are."""
        if distance.one_by_one:
            kind = "a callable `metric`" if distance.function else f'metric="{distance}"'
            raise TypeError(f"{kind} takes numpy vectors, got {type(X).__name__}: pass `X` as a numpy array")
        xp, X = array_namespace(X), plain(X)
        if X.ndim != 2 or 0 in X.shape:
            wanted = "square distances" if distance.precomputed else "(points, features)"
            raise ValueError(f"`X` must be {wanted} and not empty, got shape {tuple(X.shape)}")
        if xp.isdtype(X.dtype, "complex floating"):
            raise TypeError(f"`X` must be real numbers, got dtype {X.dtype}: convert it, for example with xp.real(X)")
        with full_precision(X):
            return _floats(xp, X, distance)

    @classmethod
    def arrange(cls, data: Any, order: IntArray, starts: IntArray, distance: Distance) -> Self:
        """Checked points in the order of their clusters."""
        if distance.precomputed:
            return cls(order, starts, data, distance)
        xp = array_namespace(data)
        with full_precision(data):
            X = xp.take(data, xp.asarray(order, device=device(data)), axis=0)
            if distance.unit:
                flat = xp.max(X, axis=1) == xp.min(X, axis=1) if distance.centred else ~xp.any(X != 0, axis=1)
                if xp.any(flat):
                    raise no_direction(distance, int(order[on_host(flat)].min()))
        return cls(order, starts, X, distance)

    @_precisely
    def under(self, distance: Distance) -> Self:
        """The same vectors under another distance; where this one looks at directions, the rows' directions."""
        if not self.distance.unit or distance == self.distance:
            return replace(self, distance=distance)
        return replace(self, X=self.unit_rows(self.X), distance=distance, rounding=tiles.parallel(self.dtype))

    def only(self, rows: IntArray, starts: IntArray) -> Self:
        """Some of the ordered rows."""
        X = self.X if self.distance.precomputed else self.xp.take(self.X, self.here(rows), axis=0)
        return replace(self, order=self.order[rows], starts=starts, X=X)

    def rows(self, rows: slice) -> NDArray[Any]:
        """(rows, d) vectors, brought to the host."""
        return np.asarray(on_host(self.X[rows, :]))

    @_precisely
    def to_input_order(self, values: FloatArray, input_rows: int) -> Any:
        """Per-point values in the order the user gave, on the device; NaN for points that were left out."""
        out = np.full(input_rows, np.nan)
        out[self.order] = values
        return self.here(out)

    @_precisely
    def dispersion(self) -> Dispersion:
        """Centroids, sums of squares and sums of distances, accumulated in float64."""
        return centroids.dispersion(self)

    @_precisely
    def sum_of_distances(self, spread: Dispersion) -> float:
        """Sum of the Euclidean distances of all points to their common centroid."""
        return centroids.sum_of_distances(self, spread)

    @_precisely
    def to_landmarks(
        self, at: FloatArray, origin: FloatArray, reduce: Reduce, *, root: bool, over: int | None = None
    ) -> FloatArray:
        """`reduce` of Euclidean distances, or squared ones without `root`, to a point of each cluster."""
        values, exact = landmarks.to_landmarks(self, at, origin)
        return self._of_blocks(values, exact, self.xp.sqrt if root else lambda squared: squared, reduce, over)

    @_precisely
    def to_centres(self, centres: NDArray[Any], reduce: Reduce) -> FloatArray:
        """`reduce` of the distances to (k,) ordered rows or (k, d) vectors, one of each cluster."""
        values, exact = landmarks.to_centres(self, centres)
        return self._of_blocks(values, exact, self.distances, reduce, None)

    @_precisely
    def per_point(
        self, operation: int, reduce: Reduce, over: int | None = None, merge: Merge[Any] | None = None
    ) -> FloatArray:
        """`reduce` of (rows, k) sums, or extremes, of the distances to each cluster's points."""
        found = pairs.per_point(self, operation, reduce, merge)
        return self._together([self._over(block, values, over) for block, values in found], over)

    def _of_blocks(
        self,
        values: Callable[[Block], Tile],
        exact: Callable[[Block], Any],
        finish: Callable[[Any], Any],
        reduce: Reduce,
        over: int | None,
    ) -> FloatArray:
        """Reductions of all blocks; those that have lost digits are computed again when all have been asked for."""

        def reduced(block: Block, values: Any) -> tuple[Part, Any]:
            sizes = self.xp.astype(self.cluster_masses, values.dtype)
            return self._over(block, reduce(finish(values), self.own[block.part.rows], sizes), over)

        out, lost = [], []
        with np.errstate(all="ignore"):  # what comes of lost digits is thrown away
            for block in self.blocks:
                tile = values(block)
                out.append(reduced(block, tile.values))
                if tile.lost is not None:
                    lost.append(tile.lost)
        for at in np.flatnonzero(on_host(self.xp.stack(lost))) if lost else []:
            out[at] = reduced(self.blocks[at], exact(self.blocks[at]))
        return self._together(out, over)

    def _over(self, block: Block, values: Any, over: int | None) -> tuple[Part, Any]:
        return block.part, values if over is None else block.runs.reduce(self.wide(values), over, axis=0)

    def _together(self, found: Iterable[tuple[Part, Any]], over: int | None) -> FloatArray:
        """Values of blocks of rows as one array, or reduced over the points of each cluster."""
        found = list(found)
        if over is None:
            return np.asarray(on_host(self.xp.concat([self.wide(values) for _, values in found])))
        out = np.full((self.k, *found[0][1].shape[1:]), START[over])
        for part, values in found:
            out[part.clusters] = MERGE[over](out[part.clusters], on_host(values))
        return out

    @_precisely
    def per_pair(self, *requests: Request) -> list[FloatArray]:
        """(k, k) symmetric reductions over pairs of points."""
        return pairs.per_pair(self, *requests)

    @_precisely
    def nearest_across(self) -> float:
        """Smallest distance between points of different clusters."""
        return pairs.nearest_across(self)

    @_precisely
    def sums_inside(self) -> FloatArray:
        """(n,) sums of distances to the points of the own cluster."""
        return pairs.sums_inside(self)

    @_precisely
    def longest_steps(self) -> FloatArray:
        """(k,) longest edge of each cluster's minimum spanning tree."""
        return trees.longest_steps(self)

    @_precisely
    def fold(self, visit: Visit[Result], merge: Merge[Result], inside: NDArray[np.bool_] | None = None) -> Result:
        """Results of `visit` on tiles, merged on the device."""
        return pairs.fold(self, visit, merge, inside)

    @_precisely
    def fold_points(
        self,
        visit: Visit[Found],
        merge: Merge[Found],
        blank: tuple[float, ...],
        inside: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[Any], ...]:
        """What `visit` says of the rows of each tile, merged on the device over all rows that they meet."""
        return pairs.fold_points(self, visit, merge, blank, inside)


def _floats(xp: Any, X: Any, distance: Distance) -> Any:
    """Finite floats whose squares the metric can take."""
    if X.dtype not in (xp.float32, xp.float64):
        whole = xp.isdtype(X.dtype, "integral")
        narrow = xp.isdtype(X.dtype, "real floating") and xp.finfo(X.dtype).bits < 32
        X = xp.astype(X, xp.float32 if narrow else xp.float64)
        if whole:  # now, as not every library has extremes of unsigned integers
            check_integers(int(xp.min(X)), int(xp.max(X)))
    if distance.precomputed:
        check_distances(X, X)
        return X
    largest = float(xp.max(xp.abs(X)))  # NaN passes through
    if not np.isfinite(largest):
        row, column = np.argwhere(on_host(~xp.isfinite(X)))[0].tolist()
        raise not_finite(float(X[row, column]), row, column)
    check_size(largest, distance)
    return X
