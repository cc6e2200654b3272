"""Labels of any hashable type → cluster codes."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.cures import labels_shape_error, labels_type_error

__all__ = ["check_noise_label", "encode"]

_CURE = "give such points a label, such as -1 with noise_label=-1, or leave them out"


def check_noise_label(noise_label: Hashable | None) -> None:
    """Refuse what cannot be a label."""
    try:
        hash(noise_label)
    except TypeError:
        raise TypeError(
            f"`noise_label` must be one hashable label, got {type(noise_label).__name__}: "
            "give all noise one label, such as -1"
        ) from None
    if noise_label is not None and _is_missing(noise_label):
        raise ValueError(f"`noise_label` is {noise_label}, which no label equals: label noise with -1, for example")


def encode(labels: Any) -> tuple[NDArray[np.intp], tuple[Hashable, ...]]:
    """(n,) cluster codes 0…k−1 and the k labels."""
    if np.ma.is_masked(labels):
        row = np.flatnonzero(np.ma.getmaskarray(labels))[0]
        raise ValueError(f"`labels` is masked at position {row}: {_CURE}")
    if hasattr(labels, "toarray"):
        raise TypeError(f"`labels` must be one label a point, got a {type(labels).__name__}: pass labels.toarray()")
    array = labels if isinstance(labels, list | tuple) else np.asarray(labels)
    if isinstance(array, np.ndarray):
        if array.ndim == 0:
            raise labels_type_error(labels)
        if array.ndim != 1:
            raise labels_shape_error(array)
        if array.dtype.kind != "O":
            strange = array != array if array.dtype.kind in "fcmM" else np.zeros(0, dtype=bool)
            if strange.any():
                row = np.flatnonzero(strange)[0]
                raise ValueError(f"`labels` has {array[row]} at position {row}: {_CURE}")
            if array.dtype.kind in "iu" and len(array) and int(array.max()) - int(array.min()) < len(array):
                return _counted(array)
            values, codes = np.unique(array, return_inverse=True)
            return codes.astype(np.intp), tuple(values.tolist())
        array = array.tolist()
    index: dict[Hashable, int] = {}
    out = np.empty(len(array), dtype=np.intp)
    for position, label in enumerate(array):
        try:
            out[position] = index.setdefault(label, len(index))
        except TypeError:
            if isinstance(label, list | np.ndarray) and all(np.shape(row) == np.shape(label) for row in array):
                raise labels_shape_error(np.asarray(array)) from None
            raise TypeError(
                f"`labels` must be hashable, got {type(label).__name__} at position {position}: give each point the "
                "name or number of its cluster"
            ) from None
    for label, code in index.items():
        if _is_missing(label):
            raise ValueError(f"`labels` has {label} at position {np.flatnonzero(out == code)[0]}: {_CURE}")
    return out, tuple(index)


def _counted(array: NDArray[Any]) -> tuple[NDArray[np.intp], tuple[Hashable, ...]]:
    """Codes of integers that span no more numbers than there are points: these need not be sorted."""
    low = array.min()
    offsets = (array - low).view(f"u{array.itemsize}").astype(np.intp)  # a difference may be too large for its sign
    present = np.bincount(offsets) > 0
    values = np.flatnonzero(present).astype(array.dtype) + low
    return (np.cumsum(present) - 1)[offsets], tuple(values.tolist())


def _is_missing(label: Any) -> bool:
    """Whether a label is None, or unequal to itself, as NaN, NaT and pandas' NA are."""
    try:
        return label is None or bool(label != label)
    except TypeError:  # NA knows no truth
        return True
