"""Arrays of the three kinds that everything here computes with."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatArray", "IntArray", "LongArray"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
LongArray = NDArray[np.int64]
