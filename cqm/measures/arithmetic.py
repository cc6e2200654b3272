"""Quotients and logarithms with the conventions of the definitions: x/0 = ±∞, 0/0 = NaN, log 0 = −∞; no warnings."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["logarithm", "ratio"]


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Any:
    """Element-wise quotient."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(numerator, denominator)


def logarithm(value: ArrayLike) -> Any:
    """Element-wise natural logarithm."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(value)
