"""Scores where an accelerator is: what `scoring` computes with numpy, block by block with torch."""

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["cohort_statistics", "products"]

FloatArray = NDArray[np.float64]
TRIALS, ROWS = 1 << 18, 4096


@torch.inference_mode()
def products(
    left: FloatArray, right: FloatArray, enrol: NDArray[np.int64], test: NDArray[np.int64], device: str
) -> FloatArray:
    """(trials,) inner products of rows of two (n, dim) tables, in float32."""
    tables = [torch.from_numpy(table.astype(np.float32)).to(device) for table in (left, right)]
    out = np.empty(len(enrol))
    for first in range(0, len(enrol), TRIALS):
        block = slice(first, first + TRIALS)
        one, other = (
            rows[torch.from_numpy(side[block]).to(device)] for rows, side in zip(tables, (enrol, test), strict=True)
        )
        out[block] = torch.linalg.vecdot(one, other).cpu().numpy()
    return out


@torch.inference_mode()
def cohort_statistics(vectors: FloatArray, cohort: FloatArray, top: int, device: str) -> tuple[FloatArray, FloatArray]:
    """(n,) mean and standard deviation of each row's `top` highest inner products with the cohort's rows."""
    others = torch.from_numpy(cohort.astype(np.float32)).to(device).T
    mean, deviation = np.empty(len(vectors)), np.empty(len(vectors))
    for first in range(0, len(vectors), ROWS):
        block = slice(first, first + ROWS)
        scores = torch.from_numpy(vectors[block].astype(np.float32)).to(device) @ others
        highest = scores.topk(top, dim=1, sorted=False).values
        variance, middle = torch.var_mean(highest, dim=1, correction=0)
        mean[block], deviation[block] = middle.cpu().numpy(), variance.sqrt().cpu().numpy()
    return mean, deviation
