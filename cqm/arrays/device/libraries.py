"""What the array API standard leaves to the libraries: products in full precision, and what is written in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device, is_jax_array, is_numpy_array, is_torch_array

__all__ = ["full_precision", "with_diagonal"]


@contextmanager
def full_precision(like: Any) -> Iterator[None]:
    """A context in which this library's products keep the digits of their terms, and float64 is to be had.

    torch can be told to multiply float32 in fewer bits; JAX does so of itself on some devices, and knows float64 only
    where it is allowed.
    """
    if is_torch_array(like):
        import torch

        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        try:
            with torch.no_grad():
                yield
        finally:
            torch.set_float32_matmul_precision(before)
    elif is_jax_array(like):
        import jax

        with jax.enable_x64(True), jax.default_matmul_precision("highest"):
            yield
    else:
        yield


def with_diagonal(square: Any, value: float) -> Any:
    """A square matrix with this value on its diagonal; numpy's and torch's in place, which saves two passes over it."""
    if is_numpy_array(square):
        np.fill_diagonal(square, value)
        return square
    if is_torch_array(square):
        return square.fill_diagonal_(value)
    xp = array_namespace(square)
    places = xp.arange(square.shape[0], device=device(square))
    return xp.where(places[:, None] == places[None, :], value, square)
