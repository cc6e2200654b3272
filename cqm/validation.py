"""User input → `Clustering`: checked once, rows grouped by cluster, ready for geometry.

Every error says what was wanted, what came and how to cure it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import squareform

from cqm.sharing import once

__all__ = ["METRICS", "Clustering", "Metric", "Part", "unit_rows", "validate"]

Metric = str | Callable[[NDArray[Any], NDArray[Any]], float]

# Rows that are checked, moved and scaled at a time, so that no temporary array has the size of the data.
BLOCK_ROWS = 4096

METRICS = (
    "euclidean",
    "sqeuclidean",
    "cosine",
    "angular",
    "manhattan",
    "chebyshev",
    "minkowski",
    "correlation",
    "precomputed",
)


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """A validated clustering. Rows are in *cluster order*: cluster i is rows `starts[i]:starts[i + 1]`.

    Attributes
    ----------
    data : (n, d) vectors in cluster order, C-contiguous float32 or float64; for `metric="precomputed"` the (n, n)
        distances **in input order** (index them through `order`; geometry's tiles do).
    order : (n,) input row of each ordered row.
    starts : (k + 1,) first ordered row of each cluster, and n.
    classes : the k labels, in cluster order.
    metric : one of `METRICS` or a callable; "euclidean" where a measure needs coordinates, whose rows then have unit
        length if the user asked for cosine.
    p : exponent of the Minkowski metric.
    input_rows : number of rows the user gave, noise included.
    """

    data: NDArray[Any]
    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    classes: tuple[Hashable, ...]
    metric: Metric
    p: float
    input_rows: int

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.order)

    @property
    def k(self) -> int:
        """Number of clusters."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> NDArray[np.intp]:
        """(k,) number of points of each cluster."""
        return np.diff(self.starts)

    @property
    def codes(self) -> NDArray[np.intp]:
        """(n,) cluster of each ordered row."""
        return np.repeat(np.arange(self.k, dtype=np.intp), self.sizes)

    def cluster(self, i: int) -> slice:
        """Ordered rows of cluster i."""
        return slice(int(self.starts[i]), int(self.starts[i + 1]))

    def part(self, rows: slice) -> "Part":
        """Ordered rows with the clusters that they meet."""
        first, last = np.searchsorted(self.starts, [rows.start, rows.stop - 1], side="right") - 1
        clusters = slice(int(first), int(last) + 1)
        edges = np.clip(self.starts[clusters.start : clusters.stop + 1], rows.start, rows.stop)
        return Part(rows, clusters, edges - rows.start)

    def to_input_order(self, values: NDArray[Any]) -> NDArray[Any]:
        """Per-point values from cluster order back to the order the user gave; NaN for points that were left out."""
        out = np.full(self.input_rows, np.nan)
        out[self.order] = values
        return out


class Part(NamedTuple):
    """Consecutive ordered rows; those of cluster `clusters.start + c` are `starts[c]:starts[c + 1]` of them."""

    rows: slice
    clusters: slice
    starts: NDArray[np.intp]


def validate(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    p: float = 2.0,
    min_clusters: int = 2,
    allow_singletons_only: bool = False,
    coordinates: str | None = None,
) -> Clustering:
    """Check `X` and `labels` and group the rows by cluster.

    Parameters
    ----------
    X : (n, d) vectors, or distances when `metric="precomputed"`: (n, n) or condensed (n(n−1)/2,).
    labels : (n,) hashable labels.
    metric : one of `METRICS`, or a callable of two vectors.
    noise_label : points with this label are left out.
    p : exponent of the Minkowski metric, at least 1.
    min_clusters : fewest clusters the measure is defined for.
    allow_singletons_only : whether k = n is meaningful for the measure.
    coordinates : name of a measure that needs coordinates; it takes "euclidean" or "cosine" (rows scaled to unit
        length, then Euclidean geometry), and nothing else.

    Raises
    ------
    TypeError
        `X` or `labels` is not numeric, or not hashable.
    ValueError
        Anything else that is wrong, with its cure.
    """
    if not callable(metric) and metric not in METRICS:
        raise ValueError(f"`metric` must be one of {', '.join(METRICS)}, or a callable; got {metric!r}")
    if coordinates is not None and metric not in ("euclidean", "cosine"):
        raise ValueError(
            f"{coordinates} needs coordinates, because it uses cluster centroids: pass vectors with "
            f'metric="euclidean" or metric="cosine", not metric={metric!r}'
        )
    if not p >= 1:
        raise ValueError(f"`p` must be at least 1 for minkowski to be a distance, got {p}")
    clustering = _grouped(X, labels, metric, noise_label, p, coordinates is not None)
    if clustering.k < min_clusters:
        found = f"got {clustering.k}" if clustering.k else "no points are left"
        raise ValueError(f"needs at least {min_clusters} clusters, {found}: label the points with more than one label")
    if clustering.k == clustering.n and not allow_singletons_only:
        raise ValueError(
            f"every one of the {clustering.n} points is its own cluster: needs a cluster of at least 2 points"
        )
    return clustering


@once
def _grouped(
    X: Any, labels: Any, metric: Metric, noise_label: Hashable | None, p: float, in_coordinates: bool
) -> Clustering:
    """Checked points, in cluster order; scaled to unit length where coordinates are asked for under cosine."""
    data = check_distances(X) if metric == "precomputed" else check_vectors(X)
    codes, classes = encode(labels)
    if len(codes) != len(data):
        raise ValueError(f"`labels` has {len(codes)} entries but `X` has {len(data)} rows")
    kept = np.arange(len(codes), dtype=np.intp)
    if noise_label is not None and noise_label in classes:
        noise = classes.index(noise_label)
        kept = np.flatnonzero(codes != noise)
        codes = codes[kept] - (codes[kept] > noise)
        classes = classes[:noise] + classes[noise + 1 :]
    narrow = codes.astype(np.uint16) if len(classes) <= 2**16 else codes  # numpy sorts 16 bits in linear time
    by_cluster = np.argsort(narrow, kind="stable")
    order = kept[by_cluster]
    starts = np.searchsorted(codes[by_cluster], np.arange(len(classes) + 1)).astype(np.intp)
    if metric != "precomputed":
        if metric in ("cosine", "angular", "correlation"):
            check_directions(data[kept], str(metric))
        if not np.array_equal(order, np.arange(len(data))):
            data = np.take(data, order, axis=0)
        if in_coordinates and metric == "cosine":
            data = data / np.linalg.norm(data, axis=1, keepdims=True)
            metric = "euclidean"
    return Clustering(np.ascontiguousarray(data), order, starts, classes, metric, p, len(labels))


def check_vectors(X: Any) -> NDArray[Any]:
    """(n, d) finite float32 or float64 array."""
    data = numeric(X)
    if data.ndim != 2:
        cure = "reshape a single feature with X.reshape(-1, 1)" if data.ndim == 1 else "flatten each point to a row"
        raise ValueError(f"`X` must be (points, features), got shape {data.shape}: {cure}")
    if data.size == 0:
        raise ValueError(f"`X` is empty: shape {data.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(data.sum())  # without an array as large as the data; a finite sum has finite terms
    if not finite and not np.isfinite(data).all():
        row, column = np.argwhere(~np.isfinite(data))[0]
        raise ValueError(f"`X` has {data[row, column]} at X[{row}, {column}]: remove or impute such points")
    return data


def check_distances(X: Any) -> NDArray[Any]:
    """(n, n) symmetric non-negative distances with a zero diagonal; the condensed form is expanded."""
    data = numeric(X)
    if data.size == 0:
        raise ValueError(f"`X` is empty: shape {data.shape}")
    if data.ndim == 1:
        n = (1 + np.sqrt(1 + 8 * len(data))) / 2
        if n != int(n):
            raise ValueError(f"condensed distances have n(n-1)/2 entries, got {len(data)}")
        data = squareform(data, checks=False)
    if data.ndim != 2 or data.shape[0] != data.shape[1]:
        raise ValueError(f'metric="precomputed" takes square or condensed distances, got shape {data.shape}')
    if not np.isfinite(data).all():
        row, column = np.argwhere(~np.isfinite(data))[0]
        raise ValueError(f"`X` has {data[row, column]} at X[{row}, {column}]: distances must be finite")
    if (data < 0).any():
        row, column = np.argwhere(data < 0)[0]
        raise ValueError(f"distances must not be negative: X[{row}, {column}] = {data[row, column]}")
    if np.diagonal(data).any():
        row = np.flatnonzero(np.diagonal(data))[0]
        raise ValueError(f"the distance of a point to itself must be 0: X[{row}, {row}] = {data[row, row]}")
    asymmetric = np.abs(data - data.T) > 1e-5 * np.abs(data) if data.dtype == np.float32 else data != data.T
    if data.dtype == np.float64:
        asymmetric &= ~np.isclose(data, data.T, rtol=1e-10, atol=0)
    if asymmetric.any():
        row, column = np.argwhere(asymmetric)[0]
        raise ValueError(
            f"`X` is not symmetric: X[{row}, {column}] = {data[row, column]} "
            f"but X[{column}, {row}] = {data[column, row]}; symmetrise with (X + X.T) / 2"
        )
    return data


def check_directions(data: NDArray[Any], metric: str) -> None:
    """Angles need vectors with a direction."""
    spread = data - data.mean(axis=1, keepdims=True) if metric == "correlation" else data
    flat = ~spread.any(axis=1)
    if flat.any():
        what = "constant" if metric == "correlation" else "zero"
        raise ValueError(f"{metric} distance is undefined for {what} vectors: row {np.flatnonzero(flat)[0]} of `X`")


def unit_rows(vectors: NDArray[Any], *, centred: bool = False) -> NDArray[Any]:
    """Rows scaled to unit length, after subtracting each row's mean when `centred`; lengths are float64."""
    out = np.empty(vectors.shape, vectors.dtype)
    for first in range(0, len(vectors), BLOCK_ROWS):
        rows = vectors[first : first + BLOCK_ROWS].astype(np.float64, copy=False)
        if centred:
            rows = rows - rows.mean(axis=1, keepdims=True)
        np.divide(
            rows,
            np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None],
            out=out[first : first + BLOCK_ROWS],
            casting="same_kind",
        )
    return out


def numeric(X: Any) -> NDArray[Any]:
    """`X` as a float32 or float64 array; half precision and integers are widened."""
    data = np.asarray(X)
    if data.dtype.kind in "biu":
        return data.astype(np.float64)
    if data.dtype.kind != "f":
        raise TypeError(
            f"`X` must be real numbers, got dtype {data.dtype}: convert it with numpy.asarray(X, dtype=float)"
        )
    if data.dtype == np.float16:
        return data.astype(np.float32)
    return data if data.dtype == np.float32 else data.astype(np.float64, copy=False)


def encode(labels: Any) -> tuple[NDArray[np.intp], tuple[Hashable, ...]]:
    """(n,) cluster codes 0…k−1 and the k labels."""
    array = labels if isinstance(labels, list | tuple) else np.asarray(labels)
    if isinstance(array, np.ndarray):
        if array.ndim != 1:
            raise ValueError(f"`labels` must be one label a point, got shape {array.shape}: use labels.ravel()")
        if array.dtype.kind == "f" and np.isnan(array).any():
            row = np.flatnonzero(np.isnan(array))[0]
            raise ValueError(f"`labels` has NaN at position {row}: give such points a label, or leave them out")
        if array.dtype.kind != "O":
            values, codes = np.unique(array, return_inverse=True)
            return codes.astype(np.intp), tuple(values.tolist())
        array = array.tolist()
    index: dict[Hashable, int] = {}
    out = np.empty(len(array), dtype=np.intp)
    for position, label in enumerate(array):
        if label is None or label != label:
            raise ValueError(
                f"`labels` has {label} at position {position}: give such points a label, or leave them out"
            )
        try:
            out[position] = index.setdefault(label, len(index))
        except TypeError:
            raise TypeError(f"`labels` must be hashable, got {type(label).__name__} at position {position}") from None
    return out, tuple(index)
