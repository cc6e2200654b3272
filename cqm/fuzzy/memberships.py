"""Memberships of any kind of array → a checked fuzzy partition."""

from typing import Any

import numpy as np

from cqm.arrays.dtypes import FloatArray
from cqm.arrays.foreign import on_host

__all__ = ["check_memberships"]

TOLERANCE = 1e-4
"""By how much a point's memberships may miss a sum of 1, as those of float32 and those that iterations left do."""


def check_memberships(memberships: Any, rows: int | None = None, *, fewest: int = 1) -> FloatArray:
    """(n, k) memberships in float64, each row of which sums to 1, for so many rows of `X`."""
    given = memberships.toarray() if hasattr(memberships, "toarray") else on_host(memberships)
    U = np.asarray(given)
    if U.dtype.kind not in "biuf":
        cure = "convert them with numpy.asarray(memberships, dtype=float)"
        raise TypeError(f"`memberships` must be real numbers, got dtype {U.dtype}: {cure}")
    if U.ndim == 1:
        raise ValueError(
            f"`memberships` must have a row a point and a column a cluster, got shape {U.shape}: labels go into "
            "cqm.silhouette and its kin; as memberships they are numpy.asarray(memberships)[:, None] == "
            "numpy.unique(memberships)"
        )
    if U.ndim != 2 or 0 in U.shape:
        raise ValueError(f"`memberships` must have a row a point and a column a cluster, got shape {U.shape}")
    U = U.astype(np.float64)
    turned = _sums_to_one(U.T) and (U.shape[1] == rows if rows is not None else not _sums_to_one(U))
    if turned and U.shape[0] != rows:
        raise ValueError(
            f"`memberships` must have a row a point and a column a cluster, got shape {U.shape}, whose columns sum to "
            "1: pass numpy.transpose(memberships)"
        )
    if rows is not None and len(U) != rows:
        raise ValueError(f"`memberships` has {len(U)} rows but `X` has {rows}")
    if not np.isfinite(U).all() or (U < 0).any():
        row, column = np.argwhere(~(np.isfinite(U) & (U >= 0)))[0]
        raise ValueError(
            f"`memberships` must be finite and not negative, got {U[row, column]} at [{row}, {column}]: leave such "
            "points out"
        )
    if not _sums_to_one(U):
        sums = U.sum(axis=1)
        row = int(np.argmax(np.abs(sums - 1)))
        empty = sums == 0
        cure = "divide each row by its sum, memberships / numpy.sum(memberships, axis=1, keepdims=True)"
        if empty.any():
            row = int(np.flatnonzero(empty)[0])
            cure = "leave out points of no cluster, here and in `X`: rows with numpy.sum(memberships, axis=1) > 0"
        raise ValueError(f"the memberships of a point must sum to 1, those of row {row} sum to {sums[row]:.6g}: {cure}")
    if U.shape[1] < fewest:
        raise ValueError(f"needs memberships of at least {fewest} clusters, got {U.shape[1]}")
    return U


def _sums_to_one(U: FloatArray) -> bool:
    return bool(np.allclose(U.sum(axis=1), 1, rtol=0, atol=TOLERANCE))
