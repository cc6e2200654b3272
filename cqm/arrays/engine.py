"""Engines: the points of a clustering as one kind of array, and the passes over them that geometry is made of.

numpy arrays, and arrays whose memory numpy can see, have the engine of `cqm.arrays.host`; other arrays of the array API
standard that of `cqm.arrays.device`; dask arrays that of `cqm.arrays.dask`; scipy's sparse arrays that of
`cqm.arrays.sparse`. Another kind of array needs one file with a class that follows `Engine`, and a call of `register`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from cqm.arrays import foreign
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.metrics import Distance

__all__ = [
    "ACROSS",
    "EVERYWHERE",
    "INSIDE",
    "MAXIMUM",
    "MINIMUM",
    "SUM",
    "Engine",
    "Merge",
    "Reduce",
    "Request",
    "Visit",
]

Result = TypeVar("Result")
Found = TypeVar("Found", bound=tuple[Any, ...])

SUM, MINIMUM, MAXIMUM = range(3)
EVERYWHERE, ACROSS, INSIDE = range(3)

# (rows, m) values of points, which may be overwritten, (rows,) the places of their own clusters among these, and (m,)
# sizes as floats → (rows, …), all of them of one library. In a lot of clusters the own may be none: then its place is
# none of the m, or that of all rows None.
Reduce = Callable[[Any, Any, Any], Any]
# ordered rows a, ordered rows b and their (a, b) distances, as float64 of the engine's library, which may be
# overwritten; a block meets itself in a square
Visit = Callable[[slice, slice, Any], Result]
Merge = Callable[[Result, Result], Result]


class Request(NamedTuple):
    """A reduction of distances over pairs of clusters; outside its region, values mean nothing."""

    operation: int
    region: int = EVERYWHERE


class Engine(Protocol):
    """Points in cluster order. What has the size of clusters, or few values a point, comes back as numpy.

    A pass that an engine cannot make raises a ValueError that says why: `evaluate` leaves out what wants it.
    """

    @property
    def features(self) -> int:
        """Number of features; of distances, 1."""

    @property
    def width(self) -> float:
        """Features that a product of rows costs: `features`, unless most of them are left out."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Precision of the points, float32 or float64."""

    @classmethod
    def check(cls, X: Any, distance: Distance) -> Any:
        """Points or distances in float32 or float64; an error says what is wrong with them."""

    @classmethod
    def arrange(cls, data: Any, order: IntArray, starts: IntArray, distance: Distance) -> Self:
        """Checked points in the order of their clusters; an error names a point without a direction."""

    def weighted(self, weights: FloatArray | None) -> Self:
        """The same points, each as many as its weight says: in sums over points, as `Groups` has it."""

    def under(self, distance: Distance) -> Self:
        """The same points under another distance; where this one looks at directions, the rows' directions."""

    def only(self, rows: IntArray, starts: IntArray) -> Self:
        """Some of the ordered rows."""

    def rows(self, rows: slice) -> NDArray[Any]:
        """(rows, d) vectors, as numpy."""

    def dispersion(self) -> Dispersion:
        """Centroids, sums of squares and sums of distances, accumulated in float64."""

    def sum_of_distances(self, spread: Dispersion) -> float:
        """Sum of the Euclidean distances of all points to their common centroid."""

    def to_landmarks(
        self, landmarks: FloatArray, origin: FloatArray, reduce: Reduce, *, root: bool, over: int | None = None
    ) -> FloatArray:
        """`reduce` of Euclidean distances, or squared ones without `root`, to (m, d) points relative to `origin`.

        (n, …) values, or with `over` an operation, (k, …): reduced over the points of each cluster.
        """

    def to_centres(self, centres: NDArray[Any], reduce: Reduce) -> FloatArray:
        """`reduce` of the distances to (k,) ordered rows or (k, d) vectors."""

    def per_point(
        self, operation: int, reduce: Reduce, over: int | None = None, merge: Merge[Any] | None = None
    ) -> FloatArray:
        """`reduce` of (rows, k) sums, or extremes, of the distances to each cluster's points; minima leave out the own.

        (n, …) values, or with `over` an operation, (k, …): reduced over the points of each cluster. With `merge`,
        `reduce` may get the clusters in lots, and `merge` what came of two of them; else it gets all at once.
        """

    def per_pair(self, *requests: Request) -> list[FloatArray]:
        """(k, k) symmetric reductions: a sum alone, or extremes. Pairs inside a cluster count in both orders.

        A minimum without any pair is +∞, a maximum 0.
        """

    def nearest_across(self) -> float:
        """Smallest distance between points of different clusters."""

    def sums_inside(self) -> FloatArray:
        """(n,) sums of distances to the points of the own cluster."""

    def longest_steps(self) -> FloatArray:
        """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton."""

    def here(self, values: NDArray[Any]) -> Any:
        """A small array in the engine's library, where the points are."""

    def fold(self, visit: Visit[Result], merge: Merge[Result], inside: NDArray[np.bool_] | None = None) -> Result:
        """Results of `visit` on tiles, merged in a fixed order where the points are.

        The tiles hold each pair of points once, or with `inside`, each pair inside of these clusters, and a few others.
        """

    def fold_points(
        self,
        visit: Visit[Found],
        merge: Merge[Found],
        blank: tuple[float, ...],
        inside: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[Any], ...]:
        """What `visit` says of the rows a of each tile, merged over all the rows b that they meet.

        Each pair of points is met in both orders, in tiles as those of `fold`. The (a, …) arrays come back as (n, …),
        with the `blank` values, which change nothing in a merge, at points that met nobody.
        """

    def to_input_order(self, values: FloatArray, input_rows: int) -> Any:
        """Per-point values in the order the user gave, and of the user's kind of array; NaN for points left out."""


@dataclass(frozen=True)
class _Kind:
    name: str
    recognises: Callable[[Any], bool]
    load: Callable[[], type[Engine]]


_kinds: list[_Kind] = []


def register(name: str, recognises: Callable[[Any], bool], load: Callable[[], type[Engine]]) -> None:
    """Let arrays that `recognises` accepts be computed by the engine that `load` imports; the latest comes first."""
    _kinds.insert(0, _Kind(name, recognises, load))


def engines() -> tuple[str, ...]:
    """Names of the engines."""
    return tuple(kind.name for kind in _kinds)


def engine_of(X: Any) -> type[Engine]:
    """The engine of an array's kind."""
    return next(kind.load() for kind in _kinds if kind.recognises(X))


register("host", lambda X: True, lambda: import_module("cqm.arrays.host.engine").Host)
register("device", foreign.is_elsewhere, lambda: import_module("cqm.arrays.device.engine").Device)
register("dask", foreign.is_dask, lambda: import_module("cqm.arrays.dask.engine").Dask)
register("sparse", foreign.is_sparse, lambda: import_module("cqm.arrays.sparse.engine").Sparse)
