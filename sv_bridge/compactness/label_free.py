"""What can be said of embeddings without knowing who speaks: their spectrum, and how well they know an utterance again.

Two views of an utterance (its beginning and its end, say, each through a channel of its own) are surely of one speaker.
Two views of different utterances mostly are of two, if the speakers are many.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from sv_bridge.compactness.cosines import effective_rank, uniformity
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["lidar", "spectral_decay", "spectrum_criteria", "view_contrast", "view_criteria", "view_error_rate"]

FloatArray = NDArray[np.float64]
SCALE = 30.0
"""Of the contrast of views: that of the contrastive recipes."""
RIDGE = 1e-4
"""Added to the covariance within utterances before it is inverted, times its mean variance."""
HEAD = 3
"""Eigenvalues that a power law is fitted from: the first ones tell of channels, and are few."""


def spectrum_criteria(vectors: NDArray[np.floating]) -> dict[str, float]:
    """Numbers that need embeddings alone.

    Parameters
    ----------
    vectors : (n, d), not normalised.

    Returns
    -------
    dict
        "rank_me" (Garrido et al., "RankMe", ICML 2023, equation 1): effective rank of the embeddings as they are.
        "effective_rank" and "uniformity" of unit embeddings; "spectral_decay".
    """
    values = np.asarray(vectors, dtype=np.float64)
    unit = scoring_vectors(values)
    return {
        "rank_me": effective_rank(values),
        "effective_rank": effective_rank(unit),
        "spectral_decay": spectral_decay(values),
        "uniformity": uniformity(unit),
    }


def view_criteria(first: NDArray[np.floating], second: NDArray[np.floating]) -> dict[str, float]:
    """Numbers that need two views of each utterance.

    Parameters
    ----------
    first, second : (n, d), row i of both a view of utterance i; not normalised.

    Returns
    -------
    dict
        "view_error_rate", "view_contrast", "lidar"; and "view_alignment", the mean squared distance of the two unit
        embeddings (Wang & Isola, ICML 2020, section 4.1, α = 2).
    """
    a, b = scoring_vectors(first), scoring_vectors(second)
    cosines = a @ b.T  # (n, n)
    return {
        "view_error_rate": view_error_rate(cosines),
        "view_contrast": view_contrast(cosines),
        "view_alignment": float(2 - 2 * np.mean(np.diagonal(cosines))),
        "lidar": lidar(first, second),
    }


def view_error_rate(cosines: FloatArray) -> float:
    """Equal error rate of telling two views of one utterance from views of two.

    Parameters
    ----------
    cosines : (n, n), of the first view of each utterance with the second view of each.

    Examples
    --------
    >>> view_error_rate(np.array([[0.9, 0.1], [0.8, 0.7]]))
    0.5
    """
    own = np.eye(len(cosines), dtype=np.bool_)
    return equal_error_rate(cosines[own], cosines[~own])


def view_contrast(cosines: FloatArray, scale: float = SCALE) -> float:
    """Cross-entropy of finding the second view of an utterance among those of all: NT-Xent without a margin.

    Parameters
    ----------
    cosines : (n, n), of the first view of each utterance with the second view of each.
    scale : inverse of the temperature.

    Examples
    --------
    Where nothing is told apart, it is log n:

    >>> bool(np.isclose(view_contrast(np.zeros((4, 4))), np.log(4)))
    True
    """
    logits = scale * cosines
    return float(np.mean(logsumexp(logits, axis=1) - np.diagonal(logits)))


def spectral_decay(vectors: NDArray[np.floating], *, head: int = HEAD) -> float:
    """Exponent α of the power law λ_i ∝ i^−α that fits the eigenvalues of the embeddings' covariance.

    By least squares in logarithms, over the ranks from `head` to half of the dimension. Values near 1 are what the
    authors find in good representations; far below, noise fills all directions, far above, few directions are used.

    Reference: K. K. Agrawal et al., "α-ReQ: assessing representation quality in self-supervised learning by measuring
    eigenspectrum decay", NeurIPS 2022.

    Examples
    --------
    Eigenvalues of equal size do not decay:

    >>> abs(round(spectral_decay(np.concatenate([np.eye(8), -np.eye(8)]), head=1), 9))
    0.0
    """
    values = np.asarray(vectors, dtype=np.float64)
    eigenvalues = np.linalg.eigvalsh(np.cov(values, rowvar=False))[::-1]
    last = max(head + 1, len(eigenvalues) // 2)
    chosen = eigenvalues[head - 1 : last]
    if len(chosen) < 2 or not (chosen > 0).all():
        return float("nan")
    ranks = np.arange(head, head + len(chosen))
    return float(-np.polyfit(np.log(ranks), np.log(chosen), 1)[0])


def lidar(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Effective rank of what tells utterances apart, measured by what changes between two views of one.

    exp of the entropy of the eigenvalues, scaled to sum 1, of Σ_w^−½ Σ_b Σ_w^−½, with the covariances between
    utterances' means and, with a ridge, of the views around them; between 1 and the dimension. NaN where the views
    of every utterance are equal.

    Reference: V. Thilak et al., "LiDAR: sensing linear probing performance in joint embedding SSL architectures", ICLR
    2024; here with two views an utterance.

    Examples
    --------
    Two utterances differ in one direction alone:

    >>> round(lidar(np.array([[1.0, 0.1], [-1, 0.1]]), np.array([[1.0, -0.1], [-1, -0.1]])), 6)
    1.0
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    means, halves = (a + b) / 2, (a - b) / 2
    between = np.cov(means, rowvar=False)
    within = 2 * halves.T @ halves / len(a)  # unbiased: two views leave one degree of freedom
    if not within.any():
        return float("nan")
    variances, directions = np.linalg.eigh(within + RIDGE * np.trace(within) / len(within) * np.eye(len(within)))
    whitening = directions / np.sqrt(variances)  # (d, d)
    eigenvalues = np.clip(np.linalg.eigvalsh(whitening.T @ between @ whitening), 0, None)
    shares = eigenvalues[eigenvalues > 0] / eigenvalues.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))
