"""Weights of points: how many points each row stands for."""

import math
from typing import Any

import numpy as np

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.foreign import on_host

__all__ = ["copies", "read_weights", "total"]


def read_weights(sample_weight: Any, n: int) -> FloatArray:
    """(n,) finite weights of at least 0, not all of them 0."""
    name = "`sample_weight`"
    if np.ma.is_masked(sample_weight):
        row = np.flatnonzero(np.ma.getmaskarray(sample_weight))[0]
        raise ValueError(f"{name} is masked at position {row}: give that point a weight, or 0 to leave it out")
    weights = np.asarray(on_host(sample_weight))
    if weights.dtype.kind not in "biuf":
        cure = "convert it with numpy.asarray(sample_weight, dtype=float)"
        raise TypeError(f"{name} must be real numbers, got dtype {weights.dtype}: {cure}")
    if weights.ndim != 1:
        cure = f"pass numpy.full({n}, sample_weight)" if weights.ndim == 0 else "pass numpy.ravel(sample_weight)"
        raise ValueError(f"{name} must be one weight a point, got shape {weights.shape}: {cure}")
    if len(weights) != n:
        raise ValueError(f"{name} has {len(weights)} entries but `X` has {n} rows")
    weights = weights.astype(np.float64)
    wrong = np.flatnonzero(~((weights >= 0) & (weights < np.inf)))
    if len(wrong):
        row = wrong[0]
        why = "weights say how many points a row stands for, and 0 leaves it out"
        raise ValueError(f"{name} has {weights[row]} at position {row}: {why}")
    if not weights.any():
        raise ValueError(f"{name} is 0 everywhere, which leaves all points out: give them weights above 0")
    return weights


def copies(
    weights: FloatArray,
    rows: IntArray,
    why: str = "this measure counts or ranks points, of which there are whole ones",
    otherwise: str = ', or take a measure whose cqm.catalog[name].weights is "any"',
) -> IntArray:
    """Ordered rows, each as often as its weight says; `rows` are their numbers in the input."""
    wrong = np.flatnonzero(weights != np.rint(weights))
    if len(wrong):
        row = rows[wrong].min()
        raise ValueError(
            f"`sample_weight` has {weights[rows == row].item()} at position {row}, but {why}: pass "
            f"numpy.maximum(numpy.rint(sample_weight), 1){otherwise}"
        )
    return np.repeat(np.arange(len(weights)), weights.astype(np.intp))


def total(weights: FloatArray) -> float:
    """Sum of weights, the same in any order of them."""
    found = math.fsum(weights.tolist())
    return int(found) if found.is_integer() else found
