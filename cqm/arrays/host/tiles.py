r"""Blocks of the distance matrix, in cluster order, for every metric.

Euclidean-like distances (euclidean, sqeuclidean, and cosine, angular and correlation, which are functions of the
distance between rows scaled to unit length) come from one matrix product a tile,

.. math:: \|x - y\|^2 = \|x - c\|^2 + \|y - c\|^2 - 2 (x - c) \cdot (y - c),

with c near the middle of the tile, so that data far from the origin keep their digits. Where the left-hand side is
small against the terms of the right-hand side (near-duplicates), digits would still cancel: such pairs are computed
again from their coordinate differences. Data of few features skip the product and take differences throughout. Sparse
vectors are not moved, and have products of their own (`cqm.arrays.sparse.vectors`).

**Accuracy.** A Euclidean distance between vectors of d features has a relative error of at most 32·(d + 8)·u with
u = 2⁻⁵³ for float64 input, and 8·(d + 8)·u with u = 2⁻²⁴ for float32 input, whose products stay in float32 (sums over
pairs are accumulated in float64 all the same). Both are worst cases; a few u are typical. Squared distances have twice
that error. Up to `FEW_FEATURES` features, the error is at most (d + 4)·2⁻⁵³ for either precision. Identical vectors are
at distance 0 exactly. The unit rows of cosine, angular and correlation are rounded themselves: this adds an absolute
error of about 4u to the distance ‖x̂ − ŷ‖ behind them, and below 8u they count as parallel, at distance 0.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Groups
from cqm.arrays.host import kernels
from cqm.arrays.host.kernels import Products
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.vectors import unit_rows
from cqm.arrays.metrics import EUCLIDEAN, Distance
from cqm.arrays.sparse.vectors import SparseVectors
from cqm.parallel import in_order

__all__ = [
    "TILE_ROWS",
    "Block",
    "Tile",
    "between",
    "block",
    "block_of",
    "distances",
    "multiply",
    "parallel",
    "precision",
    "rough",
    "row_blocks",
    "tile",
    "to_distances",
]

TILE_ROWS = 504  # fills a cache, and is no power of two: the entries of a column would compete for the same cache lines
FEW_FEATURES = 16
# Share of ‖x − c‖² + ‖y − c‖² up to which a squared distance comes from differences; its inverse bounds the error.
CANCELLATION = {np.dtype(np.float64): 2.0**-6, np.dtype(np.float32): 2.0**-4}
# float32 vectors with features beyond the first, or none spread over more than the second, multiply in float64.
LARGEST_FLOAT32, SMALLEST_FLOAT32 = 2.0**50, 2.0**-40

FILLS = {"manhattan": kernels.MANHATTAN, "chebyshev": kernels.CHEBYSHEV, "minkowski": kernels.MINKOWSKI}
NOTHING = np.empty(0)
NO_PRODUCTS = Products(
    False, NOTHING[:, None], NOTHING[:, None], NOTHING, NOTHING, NOTHING, np.float64(0), np.float64(0)
)


class Block(NamedTuple):
    """Points on one side of a tile.

    Attributes
    ----------
    points : (rows, d) vectors as the metric wants them, sparse ones among them, or (rows,) row numbers of the matrix.
    matrix : (n, n) distances, where these are given.
    zero : of unit rows, the squared distance up to which two of them differ by rounding alone; else 0.
    dtype : precision of products.
    low, high, middle : (d,) extremes and mean of each feature, where products are taken; else empty.
    """

    points: Any
    matrix: NDArray[Any] | None = None
    zero: float = 0.0
    dtype: np.dtype[Any] = np.dtype(np.float64)
    low: NDArray[np.float64] = NOTHING
    high: NDArray[np.float64] = NOTHING
    middle: NDArray[np.float64] = NOTHING

    @property
    def multiplies(self) -> bool:
        """Whether squared distances come from products."""
        return len(self.middle) > 0


class Shifted(NamedTuple):
    """A block moved so that the centre of its tile is the origin."""

    block: Block
    origin: NDArray[np.float64]
    moved: NDArray[Any]
    norms: NDArray[Any]


class Tile(NamedTuple):
    """Values that become distances by `kernels.finish(values, products, transform)`, times `scale`."""

    values: NDArray[Any]
    products: Products = NO_PRODUCTS
    transform: int = kernels.SAME
    scale: float = 1.0

    def finished(self) -> NDArray[np.float64]:
        """(rows, columns) distances; the tile is used up."""
        kernels.finish(self.values, self.products, self.transform)
        out = self.values.astype(np.float64, copy=False)
        return out if self.scale == 1 else np.multiply(out, self.scale, out=out)


def row_blocks(groups: Groups, rows: int = TILE_ROWS, *, split: int = 0) -> Iterator[slice]:
    """Consecutive slices that cover the ordered rows; none lies on both sides of row `split`."""
    for begin, end in ((0, split), (split, groups.n)):
        for first in range(begin, end, rows):
            yield slice(first, min(first + rows, end))


def distances(points: Rows, rows: slice, columns: slice) -> NDArray[np.float64]:
    """(rows, columns) distances between two ranges of ordered points."""
    a = block_of(points, rows)
    return tile(points.distance, a, a if rows == columns else block_of(points, columns)).finished()


def between(a: NDArray[Any], b: NDArray[Any], distance: Distance = EUCLIDEAN) -> NDArray[np.float64]:
    """(len(a), len(b)) distances between two sets of vectors."""
    columns = block(b, distance)

    def strip(first: int) -> NDArray[np.float64]:
        return tile(distance, block(a[first : first + TILE_ROWS], distance), columns).finished()

    return np.concatenate(list(in_order(strip, range(0, len(a), TILE_ROWS))))


def block_of(points: Rows, rows: slice) -> Block:
    """One range of ordered points."""
    if points.distance.precomputed:
        return Block(points.order[rows], matrix=points.given)
    return block(points.data[rows], points.distance)


def block(vectors: NDArray[Any] | SparseVectors, distance: Distance) -> Block:
    """Vectors that need not belong to a clustering, under this distance."""
    zero = parallel(vectors.dtype) if distance.unit else 0.0
    if isinstance(vectors, SparseVectors):
        return Block(vectors.scaled() if distance.unit else vectors, zero=zero)
    if distance.unit:
        vectors = unit_rows(vectors, centred=distance.centred)
    vectors = np.require(vectors, requirements=["C", "W"])
    if not distance.squared or vectors.shape[1] <= FEW_FEATURES:
        return Block(vectors.astype(np.float64, copy=False), zero=zero)
    low, high = vectors.min(axis=0).astype(np.float64), vectors.max(axis=0).astype(np.float64)
    middle = np.clip(vectors.mean(axis=0, dtype=np.float64), low, high)
    return Block(vectors, None, zero, precision(vectors.dtype, low, high), low, high, middle)


def precision(dtype: np.dtype[Any], low: NDArray[Any], high: NDArray[Any]) -> np.dtype[Any]:
    """Data type for products of vectors between `low` and `high`: their own, unless squares leave float32's range."""
    extreme = max(-low.min(), high.max()) > LARGEST_FLOAT32 or (high - low).max() < SMALLEST_FLOAT32
    return np.dtype(np.float64) if extreme else dtype


def tile(distance: Distance, a: Block, b: Block) -> Tile:
    """Tile of two blocks, not yet finished."""
    if a.matrix is not None:
        return Tile(a.matrix[np.ix_(a.points, b.points)].astype(np.float64, copy=False))
    if distance.one_by_one:
        return Tile(_call(distance, a.points, b.points))
    transform, scale = _transform(distance), distance.scale
    if isinstance(a.points, SparseVectors):
        return Tile(a.points.squared_to(b.points, max(a.zero, b.zero)), NO_PRODUCTS, transform, scale)
    if a.multiplies:
        centre, dtype = centre_of(a, b), np.result_type(a.dtype, b.dtype)
        moved = shift(a, centre, dtype)
        values, products = multiply(moved, moved if a is b else shift(b, centre, dtype), unit=distance.unit)
        return Tile(values, products, transform, scale)
    values = np.empty((len(a.points), len(b.points)))
    features = np.ascontiguousarray(b.points.T)
    kernels.fill(FILLS.get(distance.name, kernels.SQUARED), distance.p, a.points, features, values)
    if distance.unit:
        values[values <= max(a.zero, b.zero)] = 0.0
    return Tile(values, NO_PRODUCTS, transform, scale)


def rough(distance: Distance, a: Block, b: Block) -> tuple[NDArray[Any], Products, float] | None:
    """(rows, columns) float32 products, and twice the error of squared distances made of them; None out of range.

    Relative errors of 2⁻²⁴ in coordinates, products and sums add up to at most (d + 10)·2⁻²⁴ of ‖x − c‖² + ‖y − c‖²;
    twice that is counted with here.
    """
    single = np.dtype(np.float32)
    if not a.multiplies or precision(single, np.minimum(a.low, b.low), np.maximum(a.high, b.high)) != single:
        return None
    centre = centre_of(a, b)
    moved = shift(a, centre, single)
    other = moved if a is b else shift(b, centre, single)
    values, products = multiply(moved, other, unit=distance.unit)
    zero = np.float64(parallel(np.result_type(a.dtype, b.dtype)) if distance.unit else 0.0)  # as of `tile`
    largest = float(moved.norms.max()) + float(other.norms.max())
    return values, products._replace(zero=zero), 4 * (a.points.shape[1] + 10) * 2.0**-24 * largest


def _transform(distance: Distance) -> int:
    return {"euclidean": kernels.ROOT, "angular": kernels.ANGLE}.get(distance.name, kernels.SAME)


def to_distances(distance: Distance, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances from tile values that were reduced before their transform, as extremes may be: it is monotone."""
    transform = _transform(distance)
    if transform != kernels.SAME:
        values = np.sqrt(values)
    if transform == kernels.ANGLE:
        values = np.where(np.isinf(values), values, np.arcsin(np.minimum(values / 2, 1.0)) * (2 / np.pi))
    return values * distance.scale


def centre_of(a: Block, b: Block) -> NDArray[np.float64]:
    """(d,) middle of two blocks, rounded to a fraction of their spread.

    Rounding keeps differences of round numbers exact, so that tied distances stay tied; a constant feature is exact.
    """
    spread = np.maximum(a.high, b.high) - np.minimum(a.low, b.low)
    step = np.ldexp(1.0, np.frexp(spread)[1] - 3)
    return np.where(spread > 0, np.round((a.middle + b.middle) / 2 / step) * step, a.middle)


def shift(
    block: Block, centre: NDArray[np.float64], dtype: np.dtype[Any], origin: NDArray[np.float64] | None = None
) -> Shifted:
    """Move a block for products around `centre`, after subtracting `origin` from its points."""
    origin = np.zeros(block.points.shape[1]) if origin is None else origin
    moved = np.empty(block.points.shape, dtype)
    norms = kernels.shift(block.points, origin, centre, moved).astype(dtype, copy=False)
    return Shifted(block, origin, moved, norms)


def multiply(a: Shifted, b: Shifted, *, unit: bool) -> tuple[NDArray[Any], Products]:
    """(rows, columns) inner products, and what makes squared distances of them; `b` has its origin at 0."""
    dtype = a.moved.dtype
    threshold, zero = dtype.type(CANCELLATION[dtype]), dtype.type(parallel(dtype) if unit else 0.0)
    products = Products(True, a.block.points, b.block.points, a.origin, a.norms, b.norms, threshold, zero)
    return a.moved @ b.moved.T, products


def parallel(dtype: np.dtype[Any]) -> float:
    """Squared distance up to which two unit rows differ by rounding alone."""
    return float(4 * np.finfo(dtype).eps) ** 2


def _call(distance: Distance, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    from scipy.spatial.distance import cdist  # here, because it takes a third of a second to import

    out = cdist(a, b, distance.function or distance.name)
    wrong = ~((out >= 0) & (out < np.inf))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        raise ValueError(f"`metric` must return finite distances of at least 0, got {out[i, j]} for {a[i]} and {b[j]}")
    return out
