"""Two labelings of the same points, as codes."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.cures import check_alignment
from cqm.arrays.dtypes import IntArray
from cqm.arrays.labels import encode

__all__ = ["both_labelings"]


def both_labelings(labels_true: Any, labels_pred: Any, noise_label: Hashable | None) -> tuple[IntArray, IntArray]:
    """Both labelings as codes, of the points that neither of them calls noise."""
    (true, true_classes), (pred, pred_classes) = encode(labels_true), encode(labels_pred)
    if len(true) != len(pred):
        raise ValueError(
            f"`labels_true` has {len(true)} entries but `labels_pred` has {len(pred)}: pass a label a point"
        )
    if len(true) == 0:
        raise ValueError("`labels_true` and `labels_pred` are empty: pass at least one point")
    check_alignment(labels_true, labels_pred, "labels_true", "labels_pred")
    kept = np.ones(len(true), dtype=bool)
    if noise_label is not None:
        for codes, classes in ((true, true_classes), (pred, pred_classes)):
            if noise_label in classes:
                kept &= codes != classes.index(noise_label)
        if not kept.any():
            raise ValueError(f"every point has the noise label {noise_label!r}: nothing is left to compare")
    return true[kept], pred[kept]
