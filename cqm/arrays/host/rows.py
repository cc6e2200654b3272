"""numpy points in cluster order, copied and scaled as late as can be."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Groups
from cqm.arrays.dtypes import IntArray
from cqm.arrays.host.vectors import take_rows, unit_rows
from cqm.arrays.metrics import Distance

__all__ = ["Rows"]


@dataclass(frozen=True, eq=False)
class Rows(Groups):
    """The points of a clustering.

    Attributes
    ----------
    given : (n, d) vectors, or (n, n) distances, as numpy; `order` says which of them are meant.
    distance : the metric.
    arranged : whether the vectors are in cluster order already, and no others among them.
    directions : where the vectors meant are the given ones scaled to unit length: the distance they are scaled for.
    scaled : whether the given vectors are such already, so that distances of a few u between them are rounding.
    """

    given: NDArray[Any]
    distance: Distance
    arranged: bool = False
    directions: Distance | None = None
    scaled: bool = False

    @property
    def features(self) -> int:
        """Number of features."""
        return 1 if self.distance.precomputed else int(self.given.shape[1])

    @property
    def width(self) -> float:
        """Features that a product of rows costs."""
        return self.features

    @property
    def dtype(self) -> np.dtype[Any]:
        """Precision of the points."""
        return self.given.dtype

    @property
    def unit(self) -> bool:
        """Whether the vectors meant were scaled to unit length."""
        return self.scaled or self.directions is not None

    @cached_property
    def data(self) -> NDArray[Any]:
        """Vectors in cluster order, C-contiguous: copied when they are first asked for."""
        if self.directions:
            return self.vectors(slice(0, self.n))
        return self.given if self.arranged else take_rows(self.given, self.order)

    @property
    def _laid_out(self) -> bool:
        """Whether `data` needs no copy, or none any more."""
        return "data" in vars(self) or (self.arranged and not self.directions)

    def vectors(self, rows: slice | IntArray) -> NDArray[Any]:
        """Vectors of these ordered rows: spares what goes over them block by block the copy of all in `data`."""
        if self._laid_out:
            return self.data[rows]
        at = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        if not self.arranged:
            at = self.order[at]
        if self.directions:
            return unit_rows(self.given, at, centred=self.directions.centred)
        return np.take(self.given, at, axis=0, mode="clip")  # without the lock

    def locate(self, rows: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Vectors, and which of them are these ordered rows: copies none of them where it can."""
        if self._laid_out:
            return self.data, rows
        if self.directions:
            return self.vectors(rows), np.arange(len(rows))
        return self.given, self.order[rows]

    def as_they_lie(self, rows: IntArray) -> IntArray:
        """These ordered rows, which come in ascending order, in that in which their vectors lie in memory."""
        if self.arranged or self._laid_out:
            return rows
        at = np.full(len(self.given), -1)
        at[self.order[rows]] = rows
        return at[at >= 0]

    def under(self, distance: Distance) -> Self:
        """The same vectors under another distance; where this one looks at directions, the rows' directions."""
        if distance == self.distance:
            return self
        return replace(self, distance=distance, directions=self.distance if self.distance.unit else self.directions)

    def only(self, rows: IntArray, starts: IntArray) -> Self:
        """Some of the ordered rows."""
        if self.distance.precomputed:
            return replace(self, order=self.order[rows], starts=starts)
        return replace(
            self,
            order=self.order[rows],
            starts=starts,
            given=self.vectors(rows),
            arranged=True,
            directions=None,
            scaled=self.unit,
        )
