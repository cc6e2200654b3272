"""Arrays of other libraries than numpy: which they are, and numpy's view of them where there is one."""

import sys
from typing import Any

import array_api_compat
import numpy as np
from numpy.typing import NDArray

__all__ = ["is_dask", "is_elsewhere", "is_sparse", "on_host", "plain", "view"]

CPU = 1  # of DLPack's kinds of memory


def is_dask(X: Any) -> bool:
    """Whether `X` is a dask array."""
    return array_api_compat.is_dask_array(X)


def is_sparse(X: Any) -> bool:
    """Whether `X` is a sparse matrix or array of scipy; whoever has one has imported that."""
    library = sys.modules.get("scipy.sparse")
    return library is not None and bool(library.issparse(X))


def is_elsewhere(X: Any) -> bool:
    """Whether `X` follows the array API standard, and numpy cannot see its memory."""
    return array_api_compat.is_array_api_obj(X) and not is_dask(X) and view(X) is None


def plain(array: Any) -> Any:
    """A torch tensor without its gradients, as numbers are all that measures give; dense, or else refused."""
    if not array_api_compat.is_torch_array(array):
        return array
    if str(array.layout) != "torch.strided":
        raise TypeError(f"arrays must be dense, got a tensor with layout {array.layout}: pass .to_dense() of it")
    return array.detach()


def view(X: Any) -> NDArray[Any] | None:
    """Numpy's view of an array in the processor's memory, without a copy; None where there is none.

    Half precision that numpy lacks is widened.
    """
    if array_api_compat.is_numpy_array(X):
        return X
    if not array_api_compat.is_array_api_obj(X) or is_dask(X):
        return None
    X = plain(X)
    if X.__dlpack_device__()[0] != CPU:
        return None
    try:
        return np.asarray(X)
    except TypeError:  # bfloat16
        xp = array_api_compat.array_namespace(X)
        return np.asarray(xp.astype(X, xp.float32))
    except RuntimeError:  # another device, whatever its memory
        return None


def on_host(array: Any) -> Any:
    """Small arrays, wherever they are, as numpy; other objects as they are."""
    if is_dask(array):
        return array.compute()
    if not is_elsewhere(array):
        found = view(array)
        return array if found is None else found
    array = plain(array)
    try:
        return np.asarray(array_api_compat.to_device(array, "cpu"))
    except ValueError:  # a library that has another name for it
        host = array_api_compat.array_namespace(array).__array_namespace_info__().default_device()
        return np.asarray(array_api_compat.to_device(array, host))
