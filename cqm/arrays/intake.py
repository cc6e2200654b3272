"""User input → `Clustering`: checked once, rows grouped by cluster, ready for geometry.

Every error says what was wanted, what came and how to cure it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays import cures, elsewhere
from cqm.arrays.elsewhere import Elsewhere, is_elsewhere
from cqm.arrays.vectors import SCIPY_METRICS, check_directions, check_vectors, numeric, take_rows, unit_rows
from cqm.sharing import once

__all__ = ["METRICS", "Clustering", "Metric", "Part", "check_metric", "validate"]

_CURE = "give such points a label, or leave them out"

Metric = str | Callable[[NDArray[Any], NDArray[Any]], float]

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


@dataclass(frozen=True, eq=False)
class Clustering:
    """A validated clustering. Rows are in *cluster order*: cluster i is rows `starts[i]:starts[i + 1]`.

    Attributes
    ----------
    points : (n, d) vectors; for `metric="precomputed"` the (n, n) distances **in input order** (index them through
        `order`; geometry's tiles do). Arrays of other libraries are wrapped in `Elsewhere`, which refuses to be used as
        numpy.
    order : (n,) input row of each ordered row; of a dask array, rows are in cluster order within each chunk.
    starts : (k + 1,) first ordered row of each cluster, and n.
    classes : the k labels, in cluster order.
    metric : one of `METRICS` or a callable; "euclidean" where a measure needs coordinates, whose rows then have unit
        length if the user asked for cosine.
    p : exponent of the Minkowski metric.
    input_rows : number of rows the user gave, noise included.
    arranged : whether `points` are in cluster order already, or still in the user's.
    directions : "cosine" or "correlation" where the vectors meant are `points` as `unit_rows` scales them for it.
    """

    points: NDArray[Any]
    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    classes: tuple[Hashable, ...]
    metric: Metric
    p: float
    input_rows: int
    arranged: bool = True
    directions: str = ""

    @cached_property
    def data(self) -> NDArray[Any]:
        """Vectors in cluster order, C-contiguous: copied when they are first asked for."""
        if self.directions:
            return self.vectors(slice(0, self.n))
        return self.points if self.arranged else take_rows(self.points, self.order)

    @property
    def _laid_out(self) -> bool:
        """Whether `data` needs no copy, or none any more."""
        return "data" in vars(self) or (self.arranged and not self.directions)

    def vectors(self, rows: slice | NDArray[np.intp]) -> NDArray[Any]:
        """Vectors of these ordered rows: spares what goes over them block by block the copy of all in `data`."""
        if self._laid_out:
            return self.data[rows]
        at = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        if not self.arranged:
            at = self.order[at]
        if self.directions:
            return unit_rows(self.points, at, centred=self.directions == "correlation")
        return np.take(self.points, at, axis=0, mode="clip")  # without the lock

    def locate(self, rows: slice) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Vectors, and which of them are these ordered rows: copies none of them where it can."""
        if self._laid_out:
            return self.data, np.arange(rows.start, rows.stop)
        if self.directions:
            return self.vectors(rows), np.arange(rows.stop - rows.start)
        return self.points, self.order[rows]

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

    def to_input_order(self, values: Any) -> Any:
        """Per-point values from cluster order back to the order the user gave; NaN for points that were left out."""
        if is_elsewhere(values):
            return elsewhere.to_input_order(values, self.order, self.input_rows)
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
    check_metric(metric, coordinates)
    if not p >= 1:
        raise ValueError(f"`p` must be at least 1 for minkowski to be a distance, got {p}")
    _check_noise_label(noise_label)
    clustering = _grouped(X, labels, metric, noise_label, p, coordinates is not None)
    if clustering.k < min_clusters:
        found = f"got {clustering.k}" if clustering.k else "no points are left"
        raise ValueError(f"needs at least {min_clusters} clusters, {found}: label the points with more than one label")
    if clustering.k == clustering.n and not allow_singletons_only:
        raise ValueError(
            f"every one of the {clustering.n} points is its own cluster: needs a cluster of at least 2 points"
        )
    return clustering


def check_metric(metric: Metric, coordinates: str | None = None) -> None:
    """Refuse a metric that nobody knows, or that the measure named `coordinates` does not take."""
    if not callable(metric) and metric not in METRICS and metric not in SCIPY_METRICS:
        raise cures.metric_error(metric, METRICS + SCIPY_METRICS)
    if coordinates is not None and metric not in ("euclidean", "cosine"):
        raise ValueError(
            f"{coordinates} needs coordinates, because it uses cluster centroids: pass vectors with "
            f'metric="euclidean" or metric="cosine", not metric={metric!r}'
        )


@once
def _grouped(
    X: Any, labels: Any, metric: Metric, noise_label: Hashable | None, p: float, in_coordinates: bool
) -> Clustering:
    """Checked points, in cluster order; scaled to unit length where coordinates are asked for under cosine."""
    if is_elsewhere(X):
        data = elsewhere.check(X, metric)
    else:
        data = check_distances(X) if metric == "precomputed" else check_vectors(X, metric)
    codes, classes = encode(elsewhere.on_host(labels))
    input_rows = data.shape[0]
    if len(codes) != input_rows:
        raise ValueError(f"`labels` has {len(codes)} entries but `X` has {input_rows} rows")
    kept = np.arange(input_rows, dtype=np.intp)
    if noise_label is not None and noise_label not in classes:
        cures.check_noise_label(noise_label, classes)
    elif noise_label is not None:
        noise = classes.index(noise_label)
        kept = np.flatnonzero(codes != noise)
        codes = codes[kept] - (codes[kept] > noise)
        classes = classes[:noise] + classes[noise + 1 :]
    by_cluster = _by_cluster(codes, len(classes), elsewhere.chunks_of(data, kept))
    order, codes = kept[by_cluster], codes[by_cluster]
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(classes)))])
    unit, arranged, directions = in_coordinates and metric == "cosine", True, ""
    if is_elsewhere(data):
        data = Elsewhere(elsewhere.arrange(data, order, metric, unit=unit), codes)
    elif metric != "precomputed":
        if metric in ("cosine", "angular", "correlation"):
            check_directions(data, str(metric), order)
        arranged = not (data.flags.c_contiguous and data.flags.writeable)  # what compiled code was compiled for
        if arranged:
            data = take_rows(data, order)
        if unit:
            directions = "cosine"
    shown = "euclidean" if unit else metric
    return Clustering(data, order, starts, classes, shown, p, input_rows, arranged, directions)


def _by_cluster(codes: NDArray[np.intp], k: int, chunks: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """(n,) stable order of rows by cluster, or by chunk and then by cluster."""
    narrow = codes.astype(np.uint16) if k <= 2**16 else codes  # numpy sorts 16 bits in linear time
    return np.argsort(narrow, kind="stable") if chunks is None else np.lexsort((narrow, chunks))


def check_distances(X: Any) -> NDArray[Any]:
    """(n, n) symmetric non-negative distances with a zero diagonal; the condensed form is expanded."""
    data = numeric(X, distances=True)
    if data.size == 0:
        raise ValueError(f"`X` is empty: shape {data.shape}")
    if data.ndim == 1:
        n = (1 + np.sqrt(1 + 8 * len(data))) / 2
        if n != int(n):
            raise ValueError(
                f"condensed distances have n(n-1)/2 entries, got {len(data)}: pass the square matrix, or what "
                "scipy.spatial.distance.pdist gives"
            )
        data = _square(data, int(n))
    if data.ndim != 2 or data.shape[0] != data.shape[1]:
        raise ValueError(
            f'metric="precomputed" takes square or condensed distances, got shape {data.shape}: leave out what is no '
            'distance, such as a column of names; vectors go with another metric, such as "euclidean"'
        )
    if not np.isfinite(data).all() or (data < 0).any() or np.diagonal(data).any():
        raise cures.distances_error(X, data)
    asymmetric = np.abs(data - data.T) > 1e-5 * np.abs(data) if data.dtype == np.float32 else data != data.T
    if data.dtype == np.float64:
        asymmetric &= ~np.isclose(data, data.T, rtol=1e-10, atol=0)
    if asymmetric.any():
        raise cures.distances_error(X, data)
    return data


def _square(condensed: NDArray[Any], n: int) -> NDArray[Any]:
    out = np.zeros((n, n), condensed.dtype)
    out[np.triu_indices(n, 1)] = condensed
    return out + out.T


def _check_noise_label(noise_label: Hashable | None) -> None:
    try:
        hash(noise_label)
    except TypeError:
        raise TypeError(
            f"`noise_label` must be one hashable label, got {type(noise_label).__name__}: "
            "give all noise one label, such as -1"
        ) from None
    if noise_label is not None and _is_missing(noise_label):
        raise ValueError(f"`noise_label` is {noise_label}, which no label equals: label noise with -1, for example")


def encode(labels: Any) -> tuple[NDArray[np.intp], tuple[Hashable, ...]]:
    """(n,) cluster codes 0…k−1 and the k labels."""
    if np.ma.is_masked(labels):
        row = np.flatnonzero(np.ma.getmaskarray(labels))[0]
        raise ValueError(f"`labels` is masked at position {row}: {_CURE}")
    if hasattr(labels, "toarray"):
        raise TypeError(f"`labels` must be one label a point, got a {type(labels).__name__}: pass labels.toarray()")
    array = labels if isinstance(labels, list | tuple) else np.asarray(labels)
    if isinstance(array, np.ndarray):
        if array.ndim == 0:
            raise TypeError(f"`labels` must be a list or an array of one label a point, got {type(labels).__name__}")
        if array.ndim != 1:
            raise cures.labels_shape_error(array)
        if array.dtype.kind != "O":
            strange = array != array if array.dtype.kind in "fcmM" else np.zeros(0, dtype=bool)
            if strange.any():
                row = np.flatnonzero(strange)[0]
                raise ValueError(f"`labels` has {array[row]} at position {row}: {_CURE}")
            values, codes = np.unique(array, return_inverse=True)
            return codes.astype(np.intp), tuple(values.tolist())
        array = array.tolist()
    index: dict[Hashable, int] = {}
    out = np.empty(len(array), dtype=np.intp)
    for position, label in enumerate(array):
        try:
            out[position] = index.setdefault(label, len(index))
        except TypeError:
            if isinstance(label, list | np.ndarray) and all(np.shape(row) == np.shape(label) for row in array):
                raise cures.labels_shape_error(np.asarray(array)) from None
            raise TypeError(f"`labels` must be hashable, got {type(label).__name__} at position {position}") from None
    for label, code in index.items():
        if _is_missing(label):
            raise ValueError(f"`labels` has {label} at position {np.flatnonzero(out == code)[0]}: {_CURE}")
    return out, tuple(index)


def _is_missing(label: Any) -> bool:
    """Whether a label is None, or unequal to itself, as NaN, NaT and pandas' NA are."""
    try:
        return label is None or bool(label != label)
    except TypeError:  # NA knows no truth
        return True
