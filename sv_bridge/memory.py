"""How the C library keeps memory between training steps."""

import ctypes
import sys

__all__ = ["keep_freed_memory"]

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of glibc's malloc.h
LARGEST = 2**31 - 1
TOP_PAD_BYTES = 64 * 2**20


def keep_freed_memory() -> bool:
    """Let this process keep freed memory for its next allocation instead of giving it back to the system.

    A training step on a CPU allocates and frees the same large tensors again and again. By default glibc maps each of
    them anew, and the kernel clears its pages on the first touch: a quarter of the time of a step of a small encoder.
    The price is that the process stays as large as it has ever been.

    Returns
    -------
    bool
        Whether the C library took the advice; another one than glibc isn't asked.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return False
    advice = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, LARGEST), (M_TOP_PAD, TOP_PAD_BYTES))
    return all(mallopt(option, value) == 1 for option, value in advice)
