"""How the cosines of embeddings are distributed within speakers, between speakers and to speakers' centres."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CosineStatistics", "alignment", "centres", "cosine_statistics", "effective_rank", "uniformity"]

FloatArray = NDArray[np.float64]
ROWS = 1024


@dataclass(frozen=True, slots=True)
class CosineStatistics:
    """Cosines of pairs of utterances, and of utterances and speakers' centres; NaN where there are no such pairs.

    Attributes
    ----------
    within, within_deviation : mean and standard deviation over pairs of utterances of one speaker.
    between, between_deviation : the same over pairs of utterances of two speakers.
    d_prime : (within − between) / √((within_deviation² + between_deviation²) / 2), the distance of the two
        distributions in units of their common width (Green & Swets, "Signal detection theory", 1966).
    own_centre : mean cosine of an utterance to its speaker's centre, the direction of the mean of the speaker's unit
        embeddings.
    nearest_other_centre : mean cosine of an utterance to the nearest other centre.
    centre_pairs : mean cosine of two centres.
    fisher_ratio : between-speaker over within-speaker variance of the unit embeddings, tr S_B / tr S_W (Fukunaga,
        "Introduction to statistical pattern recognition", 1990, section 10.2).
    alignment : see `alignment`.
    effective_rank : see `effective_rank`.
    """

    within: float
    within_deviation: float
    between: float
    between_deviation: float
    d_prime: float
    own_centre: float
    nearest_other_centre: float
    centre_pairs: float
    fisher_ratio: float
    alignment: float
    effective_rank: float

    def to_dict(self) -> dict[str, Any]:
        """Attribute name → value."""
        return asdict(self)


def cosine_statistics(vectors: FloatArray, codes: NDArray[np.intp]) -> CosineStatistics:
    """Statistics of n unit embeddings of k speakers, in O(n·d·(k + d)) time without visiting pairs of utterances.

    The sum over pairs of cosines is that of a squared norm, ‖Σ z‖² = n + 2 Σ_{i<j} z_i·z_j, and the sum of their
    squares that of a Gram matrix, ‖ZᵀZ‖² = n + 2 Σ_{i<j} (z_i·z_j)².

    Parameters
    ----------
    vectors : (n, d) rows of unit length.
    codes : (n,) speaker of each row, 0 … k−1, each at least once.

    Examples
    --------
    Two speakers at right angles, each with two equal embeddings:

    >>> statistics = cosine_statistics(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]), np.array([0, 0, 1, 1]))
    >>> statistics.within, statistics.between, statistics.own_centre, statistics.fisher_ratio
    (1.0, 0.0, 1.0, inf)
    """
    n, k = len(vectors), int(codes.max()) + 1
    sizes = np.bincount(codes, minlength=k)
    sums = _sums(vectors, codes, k)
    within = np.zeros(3)  # number of pairs, sum and sum of squares of their cosines
    order, ends = np.argsort(codes, kind="stable"), np.cumsum(sizes)
    for i in range(k):
        within += _pair_moments(vectors[order[ends[i] - sizes[i] : ends[i]]])
    between = _pair_moments(vectors) - within
    (within_mean, within_deviation), (between_mean, between_deviation) = map(_mean_and_deviation, (within, between))
    width = np.sqrt((within_deviation**2 + between_deviation**2) / 2)
    directions = centres(vectors, codes)
    own, other = _centre_cosines(vectors, codes, directions)
    spread_within = n - np.sum(np.einsum("ij,ij->i", sums, sums) / sizes)
    spread_total = n - np.sum(sums.sum(axis=0) ** 2) / n
    return CosineStatistics(
        within=within_mean,
        within_deviation=within_deviation,
        between=between_mean,
        between_deviation=between_deviation,
        d_prime=_ratio(within_mean - between_mean, width),
        own_centre=own,
        nearest_other_centre=other,
        centre_pairs=_mean_and_deviation(_pair_moments(directions))[0],
        fisher_ratio=_ratio(spread_total - spread_within, spread_within),
        alignment=2 - 2 * within_mean,
        effective_rank=effective_rank(vectors),
    )


def alignment(vectors: FloatArray, codes: NDArray[np.intp]) -> float:
    """Mean squared Euclidean distance of two unit embeddings of one speaker; 0 when they coincide, lower is better.

    Reference: T. Wang and P. Isola, "Understanding contrastive representation learning through alignment and uniformity
    on the hypersphere", ICML 2020, section 4.1, with α = 2 and two utterances of a speaker as the positive pair.

    Examples
    --------
    >>> alignment(np.array([[1.0, 0], [0, 1]]), np.array([0, 0]))
    2.0
    """
    return cosine_statistics(vectors, codes).alignment


def uniformity(vectors: FloatArray) -> float:
    """Log of the mean of e^(−2‖x − y‖²) over all pairs of different rows; 0 for a collapsed encoder, lower is better.

    Takes all pairs: O(n²·d) time, O(n) memory. Reference: Wang and Isola 2020, section 4.1, with t = 2.

    Examples
    --------
    Two opposite unit vectors are 2 apart: −2 · 2² = −8.

    >>> round(uniformity(np.array([[1.0, 0], [-1, 0]])), 12)
    -8.0
    """
    n = len(vectors)
    if n < 2:
        raise ValueError(f"uniformity is about pairs of embeddings, got {n}")
    total = 0.0
    for first in range(0, n, ROWS):
        block = vectors[first : first + ROWS]
        total += float(np.exp(4 * (block @ vectors[first:].T) - 4)[np.triu_indices(len(block), 1, n - first)].sum())
    return float(np.log(total / (n * (n - 1) / 2)))


def effective_rank(vectors: FloatArray) -> float:
    """Exponential of the entropy of the singular values, scaled to sum 1: between 1 and the dimension.

    Reference: O. Roy and M. Vetterli, "The effective rank: a measure of effective dimensionality", EUSIPCO 2007,
    definition 1.

    Examples
    --------
    >>> round(effective_rank(np.eye(3)), 12)
    3.0
    """
    singular = np.sqrt(np.clip(np.linalg.eigvalsh(vectors.T @ vectors), 0, None))
    shares = singular[singular > 0] / singular.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))


def centres(vectors: FloatArray, codes: NDArray[np.intp]) -> FloatArray:
    """(k, d) unit directions of the speakers' mean embeddings; a zero mean stays zero."""
    sums = _sums(vectors, codes, int(codes.max()) + 1)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)


def _sums(vectors: FloatArray, codes: NDArray[np.intp], k: int) -> FloatArray:
    out = np.zeros((k, vectors.shape[1]))
    np.add.at(out, codes, vectors)
    return out


def _pair_moments(vectors: FloatArray) -> FloatArray:
    """Number of unordered pairs of different rows, sum of their inner products, sum of the squares of those."""
    n = len(vectors)
    total = vectors.sum(axis=0)
    # the smaller of the two Gram matrices has the same sum of squares
    gram = vectors.T @ vectors if n > vectors.shape[1] else vectors @ vectors.T
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    return np.array([n * (n - 1), total @ total - lengths.sum(), np.sum(gram**2) - np.sum(lengths**2)]) / 2


def _mean_and_deviation(moments: FloatArray) -> tuple[float, float]:
    if moments[0] == 0:
        return float("nan"), float("nan")
    mean = moments[1] / moments[0]
    return float(mean), float(np.sqrt(max(moments[2] / moments[0] - mean**2, 0.0)))


def _centre_cosines(vectors: FloatArray, codes: NDArray[np.intp], directions: FloatArray) -> tuple[float, float]:
    """Mean cosine to the own and to the nearest other centre."""
    own = other = 0.0
    for first in range(0, len(vectors), ROWS):
        cosines = vectors[first : first + ROWS] @ directions.T  # (rows, k)
        position = np.arange(len(cosines)), codes[first : first + ROWS]
        own += float(cosines[position].sum())
        cosines[position] = -np.inf
        other += float(cosines.max(axis=1).sum())
    return own / len(vectors), other / len(vectors) if len(directions) > 1 else float("nan")


def _ratio(numerator: float, denominator: float) -> float:
    """Quotient, with x/0 = ±∞ and 0/0 = NaN."""
    if denominator <= 0:
        return float("nan") if numerator == 0 or np.isnan(numerator) else float(np.copysign(np.inf, numerator))
    return float(numerator / denominator)
