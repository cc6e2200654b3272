"""The primitives for arrays of any library that follows the array API standard, on the device where they are.

Tiles are computed by the array's own library, with the formulas and the accuracy of `tiles`: products around a centre,
and near-duplicates from differences. What leaves the device has the size of the clusters; values per point stay.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import combinations_with_replacement, pairwise
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from cqm.arrays.elsewhere import on_host
from cqm.arrays.host.tiles import CANCELLATION, UNIT, parallel, scale_of
from cqm.arrays.intake import Clustering, Part
from cqm.geometry.closed_forms import has_closed_form, pair_sums_of, sums_of_squares
from cqm.geometry.dispersion import Dispersion

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
Score = Callable[[Any, Any, Any], Any]

TILE_ROWS = 2048
ENTRIES = 2**24  # of temporary arrays of differences


class _Device:
    """The vectors of a clustering as its metric wants them, and arithmetic on their device."""

    def __init__(self, clustering: Clustering) -> None:
        self.clustering, self.metric = clustering, clustering.metric
        self.X: Any = clustering.points.array  # type: ignore[attr-defined]
        self.xp: Any = array_namespace(self.X)
        self.on = {"device": device(self.X)}
        self.zero = 0.0
        if self.metric in UNIT:
            self.zero = parallel(np.dtype(np.float32 if self.X.dtype == self.xp.float32 else np.float64))
            self.X = self._unit_rows()

    def array(self, values: Any) -> Any:
        """Cluster-sized numpy array on the device."""
        return self.xp.asarray(np.ascontiguousarray(values), **self.on)

    def wide(self, values: Any) -> Any:
        """In float64."""
        return self.xp.astype(values, self.xp.float64)

    def _unit_rows(self) -> Any:
        xp, exact = self.xp, self.wide(self.X)
        if self.metric == "correlation":
            exact = exact - xp.mean(exact, axis=1, keepdims=True)
        return xp.astype(exact / xp.sqrt(xp.sum(exact * exact, axis=1, keepdims=True)), self.X.dtype)

    def parts(self) -> list[Part]:
        """Blocks of rows, with the clusters that they meet."""
        n = self.clustering.n
        return [self.clustering.part(slice(first, min(first + TILE_ROWS, n))) for first in range(0, n, TILE_ROWS)]

    def tile(self, rows: slice, columns: slice) -> Any:
        """(rows, columns) distances, in float64."""
        xp = self.xp
        if self.metric == "precomputed":
            order = self.clustering.order
            values = xp.take(self.X, self.array(order[rows]), axis=0)
            return self.wide(xp.take(values, self.array(order[columns]), axis=1))
        a, b = self.X[rows, :], self.X[columns, :]
        if self.metric in ("manhattan", "chebyshev", "minkowski"):
            return self._from_features(self.wide(a), self.wide(b))
        squared = self.squared(a, b)
        if rows == columns:
            squared = xp.where(xp.eye(squared.shape[0], dtype=xp.bool, **self.on), 0.0, squared)
        if self.metric == "euclidean":
            return xp.sqrt(squared)
        if self.metric == "angular":
            return xp.asin(xp.minimum(xp.sqrt(squared) / 2, xp.ones_like(squared))) * (2 / np.pi)
        return squared * scale_of(self.metric)

    def squared(self, a: Any, b: Any, dtype: Any = None) -> Any:
        """(rows, columns) squared Euclidean distances between vectors in float64, from products in `dtype`."""
        xp = self.xp
        dtype = dtype or a.dtype
        largest = float(xp.maximum(xp.max(xp.abs(a)), xp.max(xp.abs(b))))
        if not 2.0**-40 < largest < 2.0**50:
            dtype = xp.float64
        centre = (xp.mean(self.wide(a), axis=0) + xp.mean(self.wide(b), axis=0)) / 2
        left, right = (xp.astype(self.wide(side) - centre, dtype) for side in (a, b))
        both = xp.sum(self.wide(left) ** 2, axis=1)[:, None] + xp.sum(self.wide(right) ** 2, axis=1)[None, :]
        squared = both - 2 * self.wide(left @ right.T)
        share = CANCELLATION[np.dtype(np.float32 if dtype == xp.float32 else np.float64)]
        close = squared <= share * both + self.zero
        lines = xp.nonzero(xp.any(close, axis=1))[0]
        if lines.shape[0]:
            exact = self._differences(xp.take(a, lines, axis=0), b)
            place = xp.cumulative_sum(xp.astype(xp.any(close, axis=1), xp.int64)) - 1
            place = xp.maximum(place, xp.zeros_like(place))
            squared = xp.where(close, xp.take(exact, place, axis=0), squared)
        return xp.where(squared <= self.zero, 0.0, squared)

    def _differences(self, a: Any, b: Any) -> Any:
        rows, step = a.shape[0], max(1, ENTRIES // (b.shape[0] * b.shape[1]))
        a, b = self.wide(a)[:, None, :], self.wide(b)[None, :, :]
        strips = (a[first : min(first + step, rows), :, :] - b for first in range(0, rows, step))
        return self.xp.concat([self.xp.sum(strip * strip, axis=2) for strip in strips])

    def _from_features(self, a: Any, b: Any) -> Any:
        xp, p = self.xp, self.clustering.p

        def differences() -> Iterator[Any]:
            return (xp.abs(a[:, f][:, None] - b[:, f][None, :]) for f in range(a.shape[1]))

        if self.metric == "manhattan":
            return reduce(xp.add, differences())
        largest = reduce(xp.maximum, differences())
        if self.metric == "chebyshev":
            return largest
        divisor = xp.where(largest > 0, largest, 1.0)
        return largest * reduce(xp.add, ((difference / divisor) ** p for difference in differences())) ** (1 / p)

    def over_columns(self, tile: Any, part: Part, reduction: Callable[..., Any]) -> Any:
        """(rows, clusters of the part) reductions over the columns of each cluster."""
        return self.xp.stack([reduction(tile[:, a:b], axis=1) for a, b in pairwise(part.starts.tolist())], axis=1)

    def per_pair(self, *reductions: str) -> list[FloatArray]:
        """(k, k) "sum", "min" or "max" over pairs of points; pairs within a cluster are met in both orders."""
        k = self.clustering.k
        outs = [np.full((k, k), np.inf if name == "min" else 0.0) for name in reductions]
        for i, j in combinations_with_replacement(self.parts(), 2):
            tile = self.tile(i.rows, j.rows)
            for out, name in zip(outs, reductions, strict=True):
                if name == "min" and i is j:
                    tile = self.xp.where(self.xp.eye(tile.shape[0], dtype=self.xp.bool, **self.on), np.inf, tile)
                by_row = self.over_columns(tile, j, getattr(self.xp, name))
                met = on_host(self.over_columns(by_row.T, i, getattr(self.xp, name)).T)
                merge = {"sum": np.add, "min": np.minimum, "max": np.maximum}[name]
                out[i.clusters, j.clusters] = merge(out[i.clusters, j.clusters], met)
                if i is not j:
                    out[j.clusters, i.clusters] = merge(out[j.clusters, i.clusters], met.T)
        return outs

    def totals(self, part: Part) -> Any:
        """(rows, k) sums of distances to each cluster."""
        xp, rows = self.xp, part.rows.stop - part.rows.start
        out = xp.zeros((rows, self.clustering.k), dtype=xp.float64, **self.on)
        for other in self.parts():
            out[:, other.clusters] += self.over_columns(self.tile(part.rows, other.rows), other, xp.sum)
        return out

    def to_landmarks(self, spread: Dispersion) -> Callable[[Part], Any]:
        """Part → (rows, k) squared distances to the centroids."""
        origin, centroids = self.array(spread.origin), self.array(spread.centroids)
        return lambda part: self.squared(self.wide(self.X[part.rows, :]) - origin, centroids, self.X.dtype)

    def scores(self, values: Callable[[Part], Any], score: Score) -> Any:
        """(n,) score of each point from its (rows, k) values."""
        sizes = self.wide(self.array(self.clustering.sizes))
        codes = self.array(self.clustering.codes)
        return self.xp.concat([score(values(part), codes[part.rows], sizes) for part in self.parts()])


def scores_from_sums(clustering: Clustering, score: Score) -> Any:
    """(n,) `score` of each point from its sums of distances to the clusters, on the device."""
    space = _Device(clustering)
    if not has_closed_form(clustering.metric):
        return space.scores(lambda part: space.totals(part), score)
    spread, scale = dispersion(clustering), scale_of(clustering.metric)
    squares, sizes = space.array(sums_of_squares(spread, space.zero)), space.wide(space.array(spread.sizes))
    to_centroids = space.to_landmarks(spread)
    return space.scores(lambda part: scale * (to_centroids(part) * sizes + squares), score)


def scores_from_centroids(clustering: Clustering, spread: Dispersion, score: Score) -> Any:
    """(n,) `score` of each point from its distances to the centroids, on the device."""
    space = _Device(clustering)
    to_centroids = space.to_landmarks(spread)
    return space.scores(lambda part: space.xp.sqrt(to_centroids(part)), score)


def pair_sums(clustering: Clustering) -> FloatArray:
    """(k, k) sums of distances over pairs of points, each unordered pair counted once, also on the diagonal."""
    space = _Device(clustering)
    if has_closed_form(clustering.metric):
        return pair_sums_of(dispersion(clustering), space.zero, scale_of(clustering.metric))
    (out,) = space.per_pair("sum")
    out[np.diag_indices(clustering.k)] /= 2
    return out


def pair_minima(clustering: Clustering) -> FloatArray:
    """(k, k) smallest distance between two different points; +∞ on the diagonal of a singleton."""
    return _Device(clustering).per_pair("min")[0]


def pair_maxima(clustering: Clustering) -> FloatArray:
    """(k, k) largest distances; the diagonal holds the clusters' diameters."""
    return _Device(clustering).per_pair("max")[0]


def gaps_and_diameters(clustering: Clustering) -> tuple[FloatArray, FloatArray]:
    """(k, k) smallest distances across clusters, +∞ on the diagonal, and (k,) largest ones inside, in one pass."""
    largest, gaps = _Device(clustering).per_pair("max", "min")
    np.fill_diagonal(gaps, np.inf)
    return gaps, np.diagonal(largest).copy()


def nearest_across(clustering: Clustering) -> float:
    """Smallest distance between points of different clusters."""
    return float(pair_minima(clustering)[~np.eye(clustering.k, dtype=bool)].min())


def longest_steps(clustering: Clustering) -> FloatArray:
    """(k,) longest edge of each cluster's minimum spanning tree, by Prim's algorithm; 0 for a singleton."""
    space, out = _Device(clustering), np.zeros(clustering.k)
    xp = space.xp
    for i in range(clustering.k):
        rows = clustering.cluster(i)
        points = xp.arange(rows.stop - rows.start, **space.on)
        inside, reach, newest = points < 0, xp.full(points.shape, np.inf, dtype=xp.float64, **space.on), 0
        for _ in range(points.shape[0] - 1):
            inside = inside | (points == newest)
            row = slice(rows.start + newest, rows.start + newest + 1)
            reach = xp.where(inside, np.inf, xp.minimum(reach, space.tile(row, rows)[0, :]))
            newest = int(xp.argmin(reach))
            out[i] = max(out[i], float(reach[newest]))
    return out


def dispersion(clustering: Clustering) -> Dispersion:
    """Centroids, sums of squares and sums of distances, of unit rows under cosine and correlation."""
    space = _Device(clustering)
    xp, found = space.xp, []
    for i in range(clustering.k):
        rows = space.wide(space.X[clustering.cluster(i), :])
        from_anchor = rows - rows[0, :]
        offset = xp.mean(from_anchor, axis=0)
        squares = (from_anchor - offset) ** 2
        lengths = xp.sum(xp.sqrt(xp.sum(squares, axis=1)))
        found.append((rows[0, :], offset, xp.sum(squares, axis=0), lengths))
    anchors, offsets, squares, lengths = (on_host(xp.stack(column)) for column in zip(*found, strict=True))
    return Dispersion.of(anchors, offsets, squares, lengths, clustering.sizes)


def sum_of_distances(clustering: Clustering, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""
    space = _Device(clustering)
    origin, center = space.array(spread.origin), space.array(spread.center)
    squares = (((space.wide(space.X[part.rows, :]) - origin) - center) ** 2 for part in space.parts())
    return sum(float(space.xp.sum(space.xp.sqrt(space.xp.sum(square, axis=1)))) for square in squares)
