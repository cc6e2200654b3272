"""Two-covariance PLDA: Gaussian voices of speakers, Gaussian utterances around each, likelihood ratios as scores."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError, eigh

__all__ = ["Plda", "fit_plda"]

FloatArray = NDArray[np.float64]
TOLERANCE = 1e-7
"""EM ends when a step adds less to the mean log-likelihood of an utterance."""


@dataclass(frozen=True, eq=False)
class Plda:
    """x = y + e, with y ~ N(mean, B) of a speaker and e ~ N(0, W) of an utterance.

    Both covariances are kept diagonal: `directions` V (d, d) has VᵀWV = I and VᵀBV = diag(`between`).

    Attributes
    ----------
    mean : (d,) of all speakers.
    directions : (d, d) columns.
    between : (d,) variances of speakers in units of those of their utterances, descending.
    log_likelihood : mean over utterances of what it was fitted on, natural logarithm.
    iterations : steps of EM that were taken.
    """

    mean: FloatArray = field(repr=False)
    directions: FloatArray = field(repr=False)
    between: FloatArray = field(repr=False)
    log_likelihood: float = float("nan")
    iterations: int = 0

    def sides(self, vectors: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Two (n, d + 2) tables: the score of utterances i and j is the product of row i of one and row j of the other.

        The score is log p(x, x′ | one speaker) − log p(x) − log p(x′).
        """
        z = (np.asarray(vectors, dtype=np.float64) - self.mean) @ self.directions
        total, both = 1 + self.between, 1 + 2 * self.between
        alone = -(z**2) @ (self.between**2 / (total * both)) / 2 + np.sum(2 * np.log(total) - np.log(both)) / 4
        alone, ones = alone[:, None], np.ones((len(z), 1))
        cross = z * np.sqrt(self.between / both)
        return np.hstack([cross, alone, ones]), np.hstack([cross, ones, alone])


def fit_plda(vectors: ArrayLike, speakers: ArrayLike, *, iterations: int = 100) -> Plda:
    """Maximum likelihood by expectation and maximisation; the speakers' hidden voices are what is expected.

    Takes O((n + k·iterations)·d² + iterations·d³) for n utterances of k speakers.

    Parameters
    ----------
    vectors : (n, d) embeddings, as a rule centred, whitened and of unit length (Garcia-Romero & Espy-Wilson 2011).
    speakers : (n,) names.
    iterations : most steps; it ends before where a step adds next to nothing to the likelihood.

    Raises
    ------
    ValueError
        Fewer than two speakers, or utterances that do not vary inside speakers in every dimension.

    References
    ----------
    N. Brümmer and E. de Villiers, "The speaker partitioning problem", Odyssey 2010; A. Sizov, K. A. Lee and
    T. Kinnunen, "Unifying probabilistic linear discriminant analysis variants in biometric authentication", S+SSPR 2014
    (the two-covariance model); D. Garcia-Romero and C. Espy-Wilson, "Analysis of i-vector length normalization in
    speaker recognition systems", Interspeech 2011.

    Examples
    --------
    Two utterances of each of many speakers, speakers of variance 4 and utterances of variance 1 around them:

    >>> rng = np.random.default_rng(0)
    >>> voices = 2 * rng.normal(size=(4000, 1))
    >>> model = fit_plda(np.repeat(voices, 2, axis=0) + rng.normal(size=(8000, 1)), np.repeat(np.arange(4000), 2))
    >>> float(model.between[0].round())
    4.0
    """
    n, sizes, centres, scatter = _statistics(vectors, speakers)
    k = len(sizes)
    mean = centres.mean(axis=0)
    within = scatter / (n - k)
    between = (centres - mean).T @ (centres - mean) / k
    before = -np.inf
    for step in range(iterations + 1):
        variances, directions = _diagonal(between, within, n - k)
        z = (centres - mean) @ directions
        inside = directions.T @ scatter @ directions
        likelihood = _log_likelihood(z, sizes, variances, directions, inside) / n
        if step == iterations or likelihood - before < TOLERANCE:
            break
        before = likelihood
        shares = variances / (1 + sizes[:, None] * variances)  # (k, d): posterior variances of the voices
        voices = sizes[:, None] * shares * z  # and their means
        left = z - voices
        back = np.linalg.inv(directions)  # x = mean + z @ back
        moved = voices.mean(axis=0)
        spread = voices - moved
        between = back.T @ (spread.T @ spread / k + np.diag(shares.mean(axis=0))) @ back
        within = back.T @ ((inside + (left * sizes[:, None]).T @ left + np.diag(sizes @ shares)) / n) @ back
        mean = mean + moved @ back
    order = np.argsort(-variances, kind="stable")
    return Plda(mean, directions[:, order], variances[order], float(likelihood), step)


def _statistics(vectors: ArrayLike, speakers: ArrayLike) -> tuple[int, FloatArray, FloatArray, FloatArray]:
    """Number of utterances, those of each speaker, means of the speakers, and the scatter inside them."""
    points = np.asarray(vectors, dtype=np.float64)
    names, codes = np.unique(np.asarray(speakers), return_inverse=True)
    if points.ndim != 2 or len(points) != len(codes):
        raise ValueError(f"wanted a speaker for each of (n, d) vectors, got {len(codes)} for shape {points.shape}")
    if len(names) < 2:
        raise ValueError(f"PLDA learns how speakers differ from 2 speakers at least, got {len(names)}")
    sizes = np.bincount(codes).astype(np.float64)
    sums = np.zeros((len(names), points.shape[1]))
    np.add.at(sums, codes, points)
    centres = sums / sizes[:, None]
    inside = points - centres[codes]
    if len(points) - len(names) < points.shape[1]:
        raise ValueError(
            f"{len(points)} utterances of {len(names)} speakers say too little of {points.shape[1]} dimensions: wanted "
            f"{len(names) + points.shape[1]} utterances or more, or fewer dimensions (whiten:dimensions=N)"
        )
    return len(points), sizes, centres, inside.T @ inside


def _diagonal(between: FloatArray, within: FloatArray, free: int) -> tuple[FloatArray, FloatArray]:
    try:
        variances, directions = eigh(between, within)
    except LinAlgError:
        raise ValueError(
            f"the {free} degrees of freedom inside speakers do not vary in all {len(within)} dimensions: take fewer "
            "(whiten:dimensions=N)"
        ) from None
    return np.maximum(variances, 0), directions


def _log_likelihood(
    z: FloatArray, sizes: FloatArray, variances: FloatArray, directions: FloatArray, inside: FloatArray
) -> float:
    """Of all utterances, natural logarithm: by speaker, the mean and what is around it are independent."""
    n, d = sizes.sum(), z.shape[1]
    total = 1 + sizes[:, None] * variances  # (k, d): n times the variances of the speakers' means
    quadratic = np.trace(inside) + np.sum(sizes[:, None] * z**2 / total)
    log_volume = -2 * n * np.linalg.slogdet(directions)[1] + np.log(total).sum()
    return float(-(n * d * np.log(2 * np.pi) + log_volume + quadratic) / 2)
