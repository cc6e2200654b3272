"""Points on a device, and tiles of their distances.

Tiles have the formulas and the accuracy of `cqm.arrays.host.tiles`: products around a centre, in the precision of the
points. Where digits cancel, among near-duplicates, a tile says so; what asked for it asks again for exact values, in
which these distances come from differences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from cqm.arrays.clustering import Groups, Part
from cqm.arrays.device.libraries import with_diagonal
from cqm.arrays.device.runs import Runs
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.foreign import on_host
from cqm.arrays.host import tiles
from cqm.arrays.metrics import Distance

__all__ = ["Block", "Space", "Tile"]


TILE_ROWS = 8192  # enough for a device to be busy while it is asked for more
VISITED_ROWS = 4096
ENTRIES = 2**24  # of temporary arrays of differences
TERMS = 8  # of products are a multiple of this many
MANY = 1 / 256  # of a tile's distances; fewer are made from differences sooner than all of them in float64
CANCELLATION_IN_DOUBLE = 2.0**-24  # as `tiles.CANCELLATION`, of float32 points that are multiplied in float64


class Block(NamedTuple):
    """Consecutive rows.

    Attributes
    ----------
    part : the rows and the clusters that they meet.
    points : (rows, d) vectors as the metric wants them, or (rows,) row numbers of the matrix.
    stats : their extremes, mean and precision, where products are taken.
    runs : the clusters' runs of rows.
    """

    part: Part
    points: Any
    stats: tiles.Block
    runs: Runs


class Tile(NamedTuple):
    """Values that grow with the distances of two blocks.

    Attributes
    ----------
    values : (rows, columns) squared distances where the metric is a function of these, else distances.
    lost : whether some of them have lost digits, and may be negative; None where none can have.
    """

    values: Any
    lost: Any


@dataclass(frozen=True, eq=False)
class Space(Groups):
    """Points on a device.

    Attributes
    ----------
    X : (n, d) vectors in cluster order, or (n, n) distances in input order.
    distance : the metric.
    rounding : of rows scaled to unit length, the squared distance up to which two differ by rounding alone; else 0.
    """

    X: Any
    distance: Distance
    rounding: float = 0.0

    @property
    def xp(self) -> Any:
        """The array's library."""
        return array_namespace(self.X)

    @property
    def on(self) -> Any:
        """The array's device."""
        return device(self.X)

    @cached_property
    def own(self) -> Any:
        """(n,) cluster of each ordered row, on the device."""
        return self.here(self.codes)

    @cached_property
    def cluster_masses(self) -> Any:
        """(k,) numbers of points of the clusters, on the device."""
        return self.here(self.masses)

    @cached_property
    def row_weights(self) -> Any:
        """(n,) weights of the ordered rows, on the device, where there are any."""
        return self.here(self.weights_of(slice(0, self.n)))

    @property
    def features(self) -> int:
        """Number of features."""
        return 1 if self.distance.precomputed else int(self.X.shape[1])

    @property
    def width(self) -> float:
        """Features that a product of rows costs."""
        return self.features

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """Precision of the points."""
        return np.dtype(np.float32 if self.X.dtype == self.xp.float32 else np.float64)

    @cached_property
    def vectors(self) -> Any:
        """(n, d) vectors as the metric wants them."""
        return self.unit_rows(self.X) if self.distance.unit else self.X

    @cached_property
    def groups(self) -> list[list[Block]]:
        """All rows in blocks of whole clusters, or of parts of one: the parts of a cluster stand together."""
        return self.cut(self.pieces(TILE_ROWS))

    @property
    def blocks(self) -> list[Block]:
        """All rows in blocks."""
        return [block for group in self.groups for block in group]

    @cached_property
    def smaller_groups(self) -> list[list[Block]]:
        """The same for passes that hold several arrays of a tile's size in float64."""
        return self.cut(self.pieces(VISITED_ROWS))

    @property
    def multiplies(self) -> bool:
        """Whether squared distances come from products."""
        return self.distance.squared and self.features > tiles.FEW_FEATURES

    @property
    def zero(self) -> float:
        """Squared distance up to which the metric counts two points as one."""
        return tiles.parallel(self.dtype) if self.distance.unit else 0.0

    def here(self, values: NDArray[Any]) -> Any:
        """A small numpy array on the device."""
        return self.xp.asarray(np.ascontiguousarray(values), device=self.on)

    def weigh(self, values: Any, rows: slice) -> Any:
        """(…, rows) values times the weights of the rows."""
        return values if self.weights is None else values * self.xp.astype(self.row_weights[rows], values.dtype)

    def wide(self, values: Any) -> Any:
        """In float64."""
        return self.xp.astype(values, self.xp.float64)

    def kind(self, dtype: np.dtype[Any]) -> Any:
        """The library's name of a precision."""
        return self.xp.float32 if dtype == np.float32 else self.xp.float64

    def unit_rows(self, vectors: Any) -> Any:
        """Rows scaled to unit length for this distance, some at a time."""
        xp, out = self.xp, []
        for first in range(0, vectors.shape[0], TILE_ROWS):
            exact = self.wide(vectors[first : min(first + TILE_ROWS, vectors.shape[0]), :])
            if self.distance.centred:
                exact = exact - xp.mean(exact, axis=1, keepdims=True)
            out.append(xp.astype(exact / xp.sqrt(xp.sum(exact * exact, axis=1, keepdims=True)), vectors.dtype))
        return xp.concat(out)

    def cut(self, pieces: list[list[slice]]) -> list[list[Block]]:
        """Blocks of these rows; their statistics come to the host together."""
        xp, parts = self.xp, [self.part(rows) for group in pieces for rows in group]
        runs = [Runs(part.starts, self.X, self.weights_of(part.rows)) for part in parts]
        if self.distance.precomputed:
            points = [self.here(self.order[part.rows]) for part in parts]
        else:
            points = [self.vectors[part.rows, :] for part in parts]
        stats = [tiles.Block(np.empty(0))] * len(parts)
        if self.multiplies:
            found = [
                xp.stack([self.wide(xp.min(p, axis=0)), self.wide(xp.max(p, axis=0)), self.mean(p)]) for p in points
            ]
            stats = []
            for low, high, mean in on_host(xp.stack(found)):
                dtype = tiles.precision(self.dtype, low, high)
                stats.append(tiles.Block(np.empty(0), None, 0.0, dtype, low, high, np.clip(mean, low, high)))
        blocks = map(Block, parts, points, stats, runs)
        return [[next(blocks) for _ in group] for group in pieces]

    def mean(self, points: Any) -> Any:
        """(d,) mean in float64."""
        return self.xp.sum(points, axis=0, dtype=self.xp.float64) / points.shape[0]

    def tiles(self, pairs: Sequence[tuple[Block, Block]]) -> Iterator[Tile]:
        """Tiles of pairs of blocks, one after the other; a block with itself has 0 on the diagonal."""
        if not self.multiplies:
            yield from (Tile(self._by_feature(a, b), None) for a, b in pairs)
            return
        centres = self.here(np.stack([tiles.centre_of(a.stats, b.stats) for a, b in pairs]))  # all in one go
        for at, (a, b) in enumerate(pairs):
            dtype = np.result_type(a.stats.dtype, b.stats.dtype)
            values, limit = self._by_product(a, b, centres[at, :], dtype, tiles.CANCELLATION[dtype])
            lost = self.xp.any(self.xp.min(values, axis=1, keepdims=True) <= limit)
            yield Tile(with_diagonal(values, 0.0) if a is b else values, lost)

    def exact(self, a: Block, b: Block) -> Any:
        """Values of a tile of two blocks, those of near-duplicates from differences.

        Where clusters are compact, many float32 products lose digits: then all are made in float64, which loses none of
        float32's but for points that nearly coincide.
        """
        xp, centre = self.xp, self.here(tiles.centre_of(a.stats, b.stats))
        dtype = np.result_type(a.stats.dtype, b.stats.dtype)

        def found(dtype: np.dtype[Any], share: float) -> tuple[Any, Any]:
            values, limit = self._by_product(a, b, centre, dtype, share)
            return values, values <= limit

        values, close = found(dtype, tiles.CANCELLATION[dtype])
        if dtype == np.float32 and int(xp.count_nonzero(close)) > MANY * values.shape[0] * values.shape[1]:
            values, close = found(np.dtype(np.float64), CANCELLATION_IN_DOUBLE)
        values = xp.astype(self.patched(values, close, a.points, b.points, self.zero), self.kind(dtype), copy=False)
        return with_diagonal(values, 0.0) if a is b else values

    def _by_feature(self, a: Block, b: Block) -> Any:
        xp = self.xp
        if self.distance.precomputed:
            return xp.take(xp.take(self.X, a.points, axis=0), b.points, axis=1)
        return self.from_features(self.wide(a.points), self.wide(b.points))

    def _by_product(self, a: Block, b: Block, centre: Any, dtype: np.dtype[Any], share: float) -> tuple[Any, Any]:
        """What `squared` says of two blocks, with +∞ where a point meets itself, as no digits are lost there."""
        xp = self.xp
        moved = xp.astype(a.points - centre, self.kind(dtype))  # of float64 numbers, as the centre is
        other = moved if a is b else xp.astype(b.points - centre, self.kind(dtype))
        values, limit = self.squared(moved, other, share, self.zero)
        return with_diagonal(values, np.inf) if a is b else values, limit

    def squared(self, a: Any, b: Any, share: float, zero: float) -> tuple[Any, Any]:
        """(rows, columns) squared distances by one product, and (rows, 1) values up to which digits are lost.

        ‖x − y‖² = (−2x, ‖x‖², 1) · (y, 1, ‖y‖²). Digits are lost where it is at most a `share` of ‖x‖² + ‖y‖²; here
        the largest ‖y‖² stands for all, so that a tile is compared with a number a row. Zeros fill the terms up to a
        number that can be read several at a time.
        """
        xp = self.xp
        norms = [xp.astype(xp.sum(x * x, axis=1, dtype=xp.float64, keepdims=True), x.dtype) for x in (a, b)]
        ones = [xp.ones_like(norm) for norm in norms]
        spare = [xp.zeros((x.shape[0], -(x.shape[1] + 2) % TERMS), dtype=x.dtype, device=self.on) for x in (a, b)]
        left = xp.concat([-2 * a, norms[0], ones[0], spare[0]], axis=1)
        right = xp.concat([b, ones[1], norms[1], spare[1]], axis=1)
        return left @ right.T, share * (norms[0] + xp.max(norms[1])) + zero

    def patched(self, values: Any, close: Any, a: Any, b: Any, zero: float) -> Any:
        """Squared distances of two sets of points, from differences where they are close, and 0 up to `zero`."""
        xp = self.xp
        rows, columns = xp.nonzero(close)
        if rows.shape[0] == 0:
            return values
        found = self._differences(a, b, rows, columns)
        found = xp.astype(xp.where(found <= zero, 0.0, found), values.dtype)
        # how many close ones there are up to each place says which of those found belongs there
        places = xp.cumulative_sum(xp.astype(xp.reshape(close, (-1,)), xp.int64)) - 1
        there = xp.take(found, xp.where(places < 0, 0, places))
        return xp.where(close, xp.reshape(there, values.shape), values)

    def from_features(self, a: Any, b: Any) -> Any:
        """(rows, columns) squared distances, or distances, feature by feature in float64."""
        xp, p = self.xp, self.distance.p

        def differences() -> Iterator[Any]:
            return (xp.abs(a[:, f][:, None] - b[:, f][None, :]) for f in range(a.shape[1]))

        if self.distance.squared:
            squared = reduce(xp.add, (difference * difference for difference in differences()))
            return xp.where(squared <= self.zero, 0.0, squared)
        if self.distance.name == "manhattan":
            return reduce(xp.add, differences())
        largest = reduce(xp.maximum, differences())
        if self.distance.name == "chebyshev":
            return largest
        divisor = xp.where(largest > 0, largest, 1.0)
        return largest * reduce(xp.add, ((difference / divisor) ** p for difference in differences())) ** (1 / p)

    def _differences(self, a: Any, b: Any, rows: Any, columns: Any) -> Any:
        """Squared distances of pairs of rows."""
        xp, step, out = self.xp, max(1, ENTRIES // self.features), []
        for first in range(0, rows.shape[0], step):
            some = slice(first, min(first + step, rows.shape[0]))
            apart = self.wide(xp.take(a, rows[some], axis=0)) - self.wide(xp.take(b, columns[some], axis=0))
            out.append(xp.sum(apart * apart, axis=1))
        return xp.concat(out)

    def distances(self, values: Any) -> Any:
        """Distances from tile values, on the device."""
        xp, scale = self.xp, self.distance.scale
        if not self.distance.squared:
            return values
        if self.distance.name == "euclidean":
            return xp.sqrt(values)
        if self.distance.name == "angular":
            root = xp.sqrt(values) / 2
            return xp.where(xp.isinf(root), root, xp.asin(xp.minimum(root, xp.ones_like(root))) * (2 / np.pi))
        return values * scale if scale != 1 else values

    def final(self, values: FloatArray) -> FloatArray:
        """Distances from tile values, on the host."""
        return tiles.to_distances(self.distance, values) if self.distance.squared else values
