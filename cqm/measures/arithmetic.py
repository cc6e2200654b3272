"""Quotients with the conventions of the definitions: x/0 = ±∞, 0/0 = NaN, without warnings."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["ratio"]


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Any:
    """Element-wise quotient."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(numerator, denominator)
