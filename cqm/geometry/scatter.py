"""Scatter matrices by their roots, RᵀR = W, so that no digits are lost to squaring; O(n·d²) time.

Ranks are decided as `numpy.linalg.matrix_rank` decides them, in variables of equal spread, so that the unit of a
variable has no say.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.geometry.centroids import cluster_deviations, deviations, dispersion
from cqm.parallel import in_order, one_blas_thread
from cqm.sharing import once

__all__ = ["canonical_ratios", "log_determinant_within", "log_determinants", "principal_deviations"]


@once
def canonical_ratios(clustering: Clustering) -> FloatArray:
    """(r,) eigenvalues of W⁻¹B in the space that the data span; +∞ in directions without scatter inside clusters."""
    spread = dispersion(clustering)
    scale = np.sqrt(spread.within + spread.between)
    varies = scale > 0
    scale = scale[varies]
    within = _root(len(scale), in_order(lambda block: _qr(block[:, varies] / scale), deviations(clustering)))
    between = np.sqrt(spread.sizes)[:, None] * (spread.centroids - spread.center)[:, varies] / scale  # (k, d)
    with one_blas_thread():
        return _ratios(within, between, max(clustering.n, len(scale)) * np.finfo(float).eps)


@once
def log_determinants(clustering: Clustering) -> FloatArray:
    """(k,) logarithms of the determinants of the clusters' scatter matrices W_i; −∞ where one is singular."""
    spread = dispersion(clustering)

    def log_determinant(cluster: tuple[int, NDArray[Any]]) -> float:
        i, points = cluster
        around, scale = cluster_deviations(clustering, i, points), np.sqrt(spread.squares[i])
        return _log_determinant(around, scale, len(points), len(points) - 1)

    each = in_order(log_determinant, enumerate(clustering.vectors()))
    return np.fromiter(each, dtype=np.float64, count=clustering.k)


@once
def log_determinant_within(clustering: Clustering) -> float:
    """Logarithm of the determinant of W; −∞ where it is singular."""
    scale = np.sqrt(dispersion(clustering).within)
    return _log_determinant(deviations(clustering), scale, clustering.n, clustering.n - clustering.k)


@once
def principal_deviations(clustering: Clustering) -> FloatArray:
    """Standard deviations of all points along their principal axes, largest first; axes without any are left out."""
    spread = dispersion(clustering)
    within = _root(clustering.points.features, in_order(_qr, deviations(clustering)))
    between = np.sqrt(spread.sizes)[:, None] * (spread.centroids - spread.center)
    with one_blas_thread():
        sizes = np.linalg.svd(_qr(np.vstack([within, between])), compute_uv=False)
    rounding = max(clustering.n, clustering.points.features) * np.finfo(float).eps * sizes.max(initial=0)
    return np.asarray(sizes[sizes > rounding] / np.sqrt(clustering.n - 1))


def _log_determinant(blocks: Iterable[FloatArray], scale: FloatArray, size: int, largest_rank: int) -> float:
    """Logarithm of |Σ AᵀA| over blocks A with columns of these lengths; −∞ where it is singular."""
    if largest_rank < len(scale) or not scale.all():
        return -np.inf
    sizes = np.linalg.svd(_root(len(scale), (block / scale for block in blocks)), compute_uv=False)
    if sizes.min() <= size * np.finfo(float).eps * sizes.max():
        return -np.inf
    return float(2 * (np.log(sizes).sum() + np.log(scale).sum()))


def _ratios(within: FloatArray, between: FloatArray, tolerance: float) -> FloatArray:
    """Eigenvalues of W⁻¹B from roots of W and B, where W + B has rank; `tolerance` tells rank from rounding."""
    from scipy.linalg import solve_triangular  # here, as it takes time to import

    _, sizes, axes = np.linalg.svd(_qr(np.vstack([within, between])), full_matrices=False)
    negligible = tolerance * sizes.max(initial=0)
    axes = axes[sizes > negligible].T  # (d, r)
    within = _qr(within @ axes)
    ratios = np.zeros(axes.shape[1])
    rank = int((np.linalg.svd(within, compute_uv=False) > negligible).sum())
    if rank < len(ratios):
        return np.full(len(ratios), np.inf)
    roots = np.linalg.svd(solve_triangular(within, (between @ axes).T, trans="T"), compute_uv=False)
    ratios[: len(roots)] = roots**2
    return ratios


def _root(d: int, blocks: Iterable[FloatArray]) -> FloatArray:
    """Upper triangular R with RᵀR the sum of the blocks' AᵀA."""
    root = np.zeros((0, d))
    for block in blocks:
        root = _qr(np.vstack([root, block]))
    return root


def _qr(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.qr(matrix, mode="r"))
