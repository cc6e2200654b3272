"""Every option of every compiled function, in one place."""

from typing import Any

from numba import njit

__all__ = ["kernel"]

# No fast-math: NaN and infinity mean something, and sums must not depend on how a compiler reorders them.
# nogil: tiles run on a thread pool. numpy's error model: x/0 is ±∞ instead of an exception, which lets loops vectorise.
kernel: Any = njit(cache=True, nogil=True, error_model="numpy")
