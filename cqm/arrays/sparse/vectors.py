r"""Sparse vectors: checked, scaled to unit length, and their squared distances.

Zero is where most entries are, so vectors are not moved:

.. math:: \|x - y\|^2 = \|x\|^2 + \|y\|^2 - 2 x \cdot y.

Where the left-hand side is small against the terms of the right-hand side, digits would cancel: such pairs are computed
again from their differences, a few at a time. Everything is in float64, whatever the precision of the entries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cqm.arrays.cures import numbers_error, sparse_error
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.metrics import Distance
from cqm.arrays.rules import NoRoomError, check_integers, check_size, not_finite

__all__ = ["SparseVectors", "read_vectors", "sparse_of"]

CANCELLATION = 2.0**-6  # share of ‖x‖² + ‖y‖² up to which a squared distance comes from differences
ENTRIES = 2**21  # numbers in the differences of pairs that are held at once
MOST_BYTES = 2**28  # of one dense array
# What a pair of sparse rows takes, and what a feature that both have, in features of dense rows.
PAIR, ENTRY = 900.0, 40.0


@dataclass(frozen=True, eq=False)
class SparseVectors:
    """Vectors of which most entries are 0.

    Attributes
    ----------
    table : (n, d) csr_array of float64 without duplicates and stored zeros, columns ascending.
    unit : whether the rows were scaled to unit length.
    """

    table: Any
    unit: bool = False

    ndim = 2
    dtype = np.dtype(np.float64)

    @property
    def shape(self) -> tuple[int, int]:
        """(n, d)."""
        n, d = self.table.shape
        return n, d

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | IntArray) -> "SparseVectors":
        return SparseVectors(self.table[rows], self.unit)

    @cached_property
    def stored(self) -> IntArray:
        """(n,) number of entries of each row that are not 0."""
        return np.diff(self.table.indptr).astype(np.intp)

    @cached_property
    def width(self) -> float:
        """Features of dense rows whose products take as long."""
        met = np.bincount(self.table.indices).astype(np.float64)  # rows that a feature is stored in
        return PAIR + ENTRY * float(met @ met) / max(len(self), 1) ** 2

    @cached_property
    def squares(self) -> FloatArray:
        """(n,) squared lengths; 1 of unit rows, so that rows without a common feature are all at the same distance."""
        return np.ones(len(self)) if self.unit else _row_sums(self.table, self.table.data**2)

    def scaled(self) -> "SparseVectors":
        """The rows scaled to unit length; none of them may be zero."""
        if self.unit:
            return self
        out = self.table.copy()
        rows = np.repeat(np.arange(len(self)), self.stored)
        largest = np.zeros(len(self))
        np.maximum.at(largest, rows, np.abs(out.data))
        out.data /= largest[rows]  # squares of small numbers would vanish
        out.data /= np.sqrt(_row_sums(out, out.data**2))[rows]
        return SparseVectors(out, unit=True)

    def dense(self) -> FloatArray:
        """(n, d) array, if it is not too large."""
        _check_room(*self.shape)
        return np.asarray(self.table.toarray())

    def squared_to(self, others: "SparseVectors", zero: float) -> FloatArray:
        """(n, m) squared distances to other sparse vectors; up to `zero`, they are 0."""
        products = (self.table @ others.table.T).toarray()

        def differences(i: IntArray, j: IntArray) -> FloatArray:
            apart = self.table[i] - others.table[j]
            return _row_sums(apart, apart.data**2)

        most = int(self.stored.max(initial=0) + others.stored.max(initial=0))
        return _finished(self.squares, others.squares, products, zero, differences, most)

    def squared_to_points(self, points: FloatArray, origin: FloatArray, zero: float = 0.0) -> FloatArray:
        """(n, m) squared distances to (m, d) dense points relative to `origin`; up to `zero`, they are 0."""
        at = points + origin

        def differences(i: IntArray, j: IntArray) -> FloatArray:
            apart = (self.table[i].toarray() - origin) - points[j]
            return np.einsum("ij,ij->i", apart, apart)

        squares = np.einsum("ij,ij->i", at, at)
        return _finished(self.squares, squares, self.table @ at.T, zero, differences, self.shape[1])

    def spread(self, weights: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Mean relative to the first row, (d,) sums of squared deviations from it, and the sum of their lengths.

        Rows count as often as their weights say, once if there are none.
        """
        n, d = self.shape
        weights = weights if len(weights) else np.ones(n)
        mass, stored = weights.sum(), np.repeat(weights, self.stored)
        first = self.table[[0]].toarray()[0]
        at, values = self.table.indices, self.table.data - first[self.table.indices]
        absent = np.bincount(at, minlength=d)
        absent = np.where(absent < n, mass - np.bincount(at, stored, d), 0.0)
        offset = (np.bincount(at, stored * values, d) - absent * first) / mass
        squares = np.bincount(at, stored * (values - offset[at]) ** 2, d) + absent * (first + offset) ** 2
        lengths = np.sqrt(self.squared_to_points(offset[None], first))
        return offset, squares, float(weights @ lengths[:, 0])


def read_vectors(X: Any, distance: Distance) -> SparseVectors:
    """Checked vectors of a sparse matrix or array, which is left as it is; what it holds twice is added up."""
    from scipy.sparse import csr_array  # here, as it takes time to import

    if not distance.takes_sparse:
        raise sparse_error(X, str(distance))
    if X.ndim != 2:
        raise ValueError(f"`X` must be (points, features), got shape {X.shape}: pass X.reshape(-1, 1)")
    if 0 in X.shape:
        raise ValueError(f"`X` is empty: shape {X.shape}; pass (points, features) with at least one of each")
    table = csr_array(X, copy=True)
    table.sum_duplicates()
    if table.dtype.kind not in "biuf":
        raise numbers_error(X, table.data)
    if table.dtype.kind in "iu" and table.nnz:
        check_integers(int(table.data.min()), int(table.data.max()))
    table = table.astype(np.float64)
    if not np.isfinite(table.data).all():
        wrong = int(np.flatnonzero(~np.isfinite(table.data))[0])
        row = int(np.searchsorted(table.indptr, wrong, side="right")) - 1
        raise not_finite(table.data[wrong], row, int(table.indices[wrong]))
    table.eliminate_zeros()
    check_size(float(np.abs(table.data).max(initial=0.0)), distance)
    return SparseVectors(table)


def sparse_of(vectors: FloatArray) -> SparseVectors:
    """Dense vectors as sparse ones."""
    from scipy.sparse import csr_array  # here, as it takes time to import

    return SparseVectors(csr_array(vectors.astype(np.float64, copy=False)))


def _check_room(n: int, d: int) -> None:
    """Refuse dense arrays of a size that sparse vectors were meant to spare."""
    if n * d * 8 > MOST_BYTES:
        raise NoRoomError(
            f"needs {n:,} × {d:,} numbers of a sparse `X` in one dense array, {n * d * 8 / 2**30:.2g} GiB: pass "
            "X.toarray() if memory allows, or fewer features, such as "
            "sklearn.decomposition.TruncatedSVD(100).fit_transform(X)"
        )


def _row_sums(table: Any, values: FloatArray) -> FloatArray:
    """Sums over the rows of a csr_array of one value for each stored entry."""
    n = table.shape[0]
    sums: FloatArray = np.bincount(np.repeat(np.arange(n), np.diff(table.indptr)), values, n).astype(np.float64)
    return sums


def _finished(
    a: FloatArray,
    b: FloatArray,
    products: FloatArray,
    zero: float,
    differences: Callable[[IntArray, IntArray], FloatArray],
    width: int,
) -> FloatArray:
    """(rows, columns) squared distances from squared lengths and products, or from differences where these cancel.

    Parameters
    ----------
    differences : rows i and columns j → squared distances of the pairs.
    width : most numbers in the difference of a pair.
    """
    both = a[:, None] + b
    out: FloatArray = both - 2 * products
    rows, columns = np.nonzero(out <= CANCELLATION * both + zero)
    size = max(1, ENTRIES // max(width, 1))
    for first in range(0, len(rows), size):
        i, j = rows[first : first + size], columns[first : first + size]
        exact = differences(i, j)
        out[i, j] = np.where(exact > zero, exact, 0.0)
    return out
