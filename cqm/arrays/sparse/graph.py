"""A graph of nearest neighbours, in the place of all distances: what it leaves out is unknown, not 0.

Its rows know the points that are nearest to each point, and nothing else. So measures that see neighbours alone take
it; a pass over all distances is refused.
"""

from dataclasses import dataclass, replace
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Groups
from cqm.arrays.cures import graph_error, numbers_error, sparse_error
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.metrics import Distance

__all__ = ["Graph", "read_graph"]


@dataclass(frozen=True, eq=False)
class Graph(Groups):
    """Known distances, in cluster order.

    Attributes
    ----------
    table : (n, n) csr_array; row x has the distances of x to its neighbours, and to itself.
    given : the graph as the user gave it.
    """

    table: Any
    given: Any

    features = 1
    width = 1.0
    dtype = np.dtype(np.float64)

    def under(self, distance: Distance) -> Self:
        """The same graph: it has no other distances."""
        return self

    def only(self, rows: IntArray, starts: IntArray) -> Self:
        """Some of the ordered rows, each perhaps several times."""
        return replace(self, order=self.order[rows], starts=starts, table=self.table[rows][:, rows])

    def to_input_order(self, values: FloatArray, input_rows: int) -> FloatArray:
        """Per-point values in the order the user gave; NaN for points that were left out."""
        out = np.full(input_rows, np.nan)
        out[self.order] = values
        return out

    def here(self, values: NDArray[Any]) -> NDArray[Any]:
        """The array itself."""
        return values

    def _unknown(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """A pass that this engine cannot make."""
        raise graph_error(self.given)

    rows = dispersion = sum_of_distances = to_landmarks = to_centres = _unknown
    per_point = per_pair = nearest_across = sums_inside = longest_steps = fold = fold_points = _unknown


def read_graph(X: Any) -> Any:
    """(n, n) csr_array of checked distances, in which each point is at distance 0 of itself; `X` is left as it is."""
    from scipy.sparse import coo_array, csr_array  # here, as it takes time to import

    if X.ndim != 2 or X.shape[0] != X.shape[1] or X.shape[0] == 0:
        raise sparse_error(X, "precomputed")
    table = csr_array(X, copy=True)
    table.sum_duplicates()
    if table.dtype.kind not in "biuf":
        raise numbers_error(X, table.data)
    entries, n = coo_array(table), table.shape[0]
    row, column, values = entries.row, entries.col, entries.data.astype(np.float64)
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        at = wrong[0]
        raise ValueError(
            f"distances must be finite and not negative, but X[{row[at]}, {column[at]}] = {values[at]}: pass the graph "
            'of distances, as sklearn.neighbors.kneighbors_graph(vectors, …, mode="distance") makes it'
        )
    others = row != column
    if values[~others].any():
        at = int(row[~others][np.flatnonzero(values[~others])[0]])
        raise ValueError(f"the distance of a point to itself must be 0, but X[{at}, {at}] is not: call X.setdiag(0)")
    row, column, values = row[others], column[others], values[others]
    if len(values) == n * (n - 1):
        raise sparse_error(X, "precomputed")
    if len(values) > n and (values == 1).all():
        raise ValueError(
            "all entries of the graph are 1, which says who is near, but not how near: make it of distances, "
            'sklearn.neighbors.kneighbors_graph(vectors, …, mode="distance")'
        )
    itself = np.arange(n)
    places = np.r_[row, itself], np.r_[column, itself]
    return csr_array((np.r_[values, np.zeros(n)], places), shape=(n, n))
