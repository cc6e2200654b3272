"""Scatter matrices by their roots, RᵀR = W, so that no digits are lost to squaring; O(n·d²) time.

Ranks are decided as `numpy.linalg.matrix_rank` decides them, in variables of equal spread, so that the unit of a
variable has no say.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from cqm.geometry.dispersion import cluster_deviations, deviations, dispersion
from cqm.sharing import once
from cqm.validation import Clustering

__all__ = ["canonical_ratios", "log_determinants"]

FloatArray = NDArray[np.float64]


@once
def canonical_ratios(clustering: Clustering) -> FloatArray:
    """(r,) eigenvalues of W⁻¹B in the space that the data span; +∞ in directions without scatter inside clusters."""
    spread = dispersion(clustering)
    scale = np.sqrt(spread.within + spread.between)
    varies = scale > 0
    scale = scale[varies]
    within = _root(len(scale), (block[:, varies] / scale for block in deviations(clustering, spread)))
    between = np.sqrt(spread.sizes)[:, None] * (spread.centroids - spread.center)[:, varies] / scale  # (k, d)
    _, sizes, axes = np.linalg.svd(np.vstack([within, _root(len(scale), [between])]), full_matrices=False)
    negligible = max(clustering.n, len(scale)) * np.finfo(float).eps * sizes.max(initial=0)
    axes = axes[sizes > negligible].T  # (d, r)
    within = _root(axes.shape[1], [within @ axes])
    rank = int((np.linalg.svd(within, compute_uv=False) > negligible).sum())
    if rank < axes.shape[1]:
        return np.full(axes.shape[1], np.inf)
    quotient = solve_triangular(within, (between @ axes).T, trans="T")  # (r, k): roots of W⁻¹B
    ratios = np.zeros(axes.shape[1])
    roots = np.linalg.svd(quotient, compute_uv=False)
    ratios[: len(roots)] = roots**2
    return ratios


@once
def log_determinants(clustering: Clustering) -> FloatArray:
    """(k,) logarithms of the determinants of the clusters' scatter matrices W_i; −∞ where one is singular."""
    spread = dispersion(clustering)
    out = np.full(clustering.k, -np.inf)
    d = clustering.data.shape[1]
    for i in np.flatnonzero((spread.sizes > d) & (spread.squares > 0).all(axis=1)):
        scale = np.sqrt(spread.squares[i])
        root = _root(d, (block / scale for block in cluster_deviations(clustering, spread, int(i))))
        sizes = np.linalg.svd(root, compute_uv=False)
        if sizes.min() > spread.sizes[i] * np.finfo(float).eps * sizes.max():
            out[i] = 2 * (np.log(sizes).sum() + np.log(scale).sum())
    return out


def _root(d: int, blocks: Iterable[FloatArray]) -> FloatArray:
    """Upper triangular R with RᵀR the sum of the blocks' AᵀA."""
    root = np.zeros((0, d))
    for block in blocks:
        root = np.asarray(np.linalg.qr(np.vstack([root, block]), mode="r"))
    return root
