"""Embeddings moved and scaled by what others are like: centring, whitening, unit length, variation within classes."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sv_bridge.embeddings import Embeddings

__all__ = ["center", "unit_length", "whiten", "whiten_themselves", "within_class_normalisation"]

WHITENED_FROM = 2
"""Utterances a dimension from which their covariance says more of the speech than of the sample."""


def center(embeddings: Embeddings, reference: Embeddings) -> Embeddings:
    """Subtract the mean of `reference`."""
    mean, _ = _mean(embeddings, reference)
    return replace(embeddings, vectors=(embeddings.vectors - mean).astype(np.float32))


def whiten(
    embeddings: Embeddings, reference: Embeddings, *, dimensions: int | None = None, shrinkage: float = 0.0
) -> Embeddings:
    """Rotate and scale so that `reference` gets mean 0 and, in each direction in which it varies, variance 1.

    (x − μ) W with W W′ = Σ⁻¹, where μ and Σ are the mean and covariance of the reference; directions with less than
    1e-6 of the largest variance are left out. No label is used.

    Parameters
    ----------
    embeddings, reference : (n, dim) or (n, crops, dim).
    dimensions : keep this many directions at most, those of the largest variance.
    shrinkage : share of the way from each variance to the mean of all that it is moved before it is divided by: at 0
        the reference becomes white, at 1 it is only moved and turned.

    Raises
    ------
    ValueError
        The dimensions differ, or a number is out of range.
    """
    if not 0 <= shrinkage <= 1:
        raise ValueError(f"wanted a shrinkage from 0 to 1, got {shrinkage}")
    mean, known = _mean(embeddings, reference)
    variances, directions = np.linalg.eigh(np.cov(known - mean, rowvar=False).reshape(reference.dim, reference.dim))
    kept = variances > 1e-6 * variances[-1]
    if dimensions is not None:
        if dimensions < 1:
            raise ValueError(f"wanted 1 dimension at least, got {dimensions}")
        kept[: max(0, len(kept) - dimensions)] = False
    divided = (1 - shrinkage) * variances + shrinkage * variances.mean()
    matrix = directions[:, kept] / np.sqrt(divided[kept])  # (dim, kept)
    return replace(embeddings, vectors=((embeddings.vectors - mean) @ matrix).astype(np.float32))


def whiten_themselves(embeddings: Embeddings, *, shrinkage: float = 0.0) -> Embeddings:
    """Embeddings whitened by themselves where they are enough for that."""
    enough = len(embeddings) >= WHITENED_FROM * embeddings.dim
    return whiten(embeddings, embeddings, shrinkage=shrinkage) if enough else embeddings


def within_class_normalisation(
    vectors: NDArray[np.floating], classes: ArrayLike, *, shrinkage: float = 0.5
) -> NDArray[np.float64]:
    """Matrix that takes the weight from directions in which unit vectors of one class differ.

    W^(−1/2), where W = (1 − λ) Σ + λ (tr Σ / d) I and Σ is the mean outer product of a unit vector less the mean of its
    class.

    Parameters
    ----------
    vectors : (n, d), scaled to unit length first.
    classes : (n,) names.
    shrinkage : λ, share of the way to a round Σ; at 1 only lengths change.

    Returns
    -------
    (d, d), symmetric; normalised are `x @ matrix` of unit vectors x.

    Raises
    ------
    ValueError
        Lengths differ, the shrinkage is not in (0, 1], or no class varies.

    References
    ----------
    A. O. Hatch, S. Kajarekar and A. Stolcke, "Within-class covariance normalization for SVM-based speaker recognition",
    Interspeech 2006.

    Examples
    --------
    >>> one, other = [3.0, 4.0], [4.0, 3.0]  # differ along (1, −1)
    >>> matrix = within_class_normalisation(np.array([one, other]), ["a", "a"])
    >>> along, across = matrix @ [1, -1], matrix @ [1, 1]
    >>> bool(along[0] < across[0])
    True
    """
    if not 0 < shrinkage <= 1:
        raise ValueError(f"wanted a shrinkage above 0, 1 at most, got {shrinkage}")
    x = np.asarray(vectors, dtype=np.float64)
    names, codes, counts = np.unique(np.asarray(classes), return_inverse=True, return_counts=True)
    if len(codes) != len(x):
        raise ValueError(f"wanted one class a vector, got {len(codes)} classes for {len(x)} vectors")
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    x = x / np.where(norms > 0, norms, 1)
    sums = np.zeros((len(names), x.shape[1]))
    np.add.at(sums, codes, x)
    apart = x - (sums / counts[:, None])[codes]
    scatter = apart.T @ apart / len(x)
    level = np.trace(scatter) / len(scatter)
    if level <= 1e-20:
        raise ValueError(f"nothing varies within the {len(names)} classes: wanted several vectors of some")
    variances, directions = np.linalg.eigh((1 - shrinkage) * scatter + shrinkage * level * np.eye(len(scatter)))
    return (directions / np.sqrt(variances)) @ directions.T


def unit_length(embeddings: Embeddings) -> Embeddings:
    """Scale every embedding to length 1; one that is zero stays zero."""
    norms = np.linalg.norm(embeddings.vectors, axis=-1, keepdims=True)
    return replace(embeddings, vectors=(embeddings.vectors / np.where(norms > 0, norms, 1)).astype(np.float32))


def _mean(embeddings: Embeddings, reference: Embeddings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(dim,) mean of the reference, and its vectors."""
    if embeddings.dim != reference.dim:
        raise ValueError(f"embeddings have {embeddings.dim} dimensions, the reference {reference.dim}")
    known = reference.vectors.reshape(-1, reference.dim).astype(np.float64)
    return known.mean(axis=0), known
