"""Trials → scores: cosine or PLDA, over whole utterances or several crops, with adaptive score normalisation."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.plda import Plda
from sv_bridge.verification.trials import Trials

__all__ = ["CropScoring", "cohort_statistics", "score_trials", "scoring_vectors", "speaker_means"]

CropScoring = Literal["embedding", "score"]
FloatArray = NDArray[np.float64]

TRIAL_BLOCK, COHORT_BLOCK = 512, 1024
"""Rows that are scored together, so that what is gathered stays in the cache."""


def score_trials(
    embeddings: Embeddings,
    trials: Trials,
    *,
    crops: CropScoring = "embedding",
    plda: Plda | None = None,
    cohort: Embeddings | None = None,
    top: int = 300,
    device: str = "cpu",
) -> FloatArray:
    """Score of each trial: a cosine, or the log-likelihood ratio of a PLDA.

    Parameters
    ----------
    embeddings : of all utterances that the trials name.
    trials : which utterances to compare.
    crops : what to do with several crops an utterance: "embedding" averages the embeddings and takes one cosine,
        "score" averages the scores of all crop pairs.
    plda : gives the scores; cosines without.
    cohort : embeddings of *other* speakers for adaptive score normalisation (AS-norm): each trial becomes
        ½ [(s − μ_e) / σ_e + (s − μ_t) / σ_t], with the mean and standard deviation of the enrolment's and of the test
        utterance's `top` highest scores against the cohort.
    top : cohort scores that are used; all of them when the cohort is smaller.
    device : "cpu", or where torch is to compute the scores.

    Returns
    -------
    (trials,) float64 scores; cosines are in [−1, 1]. Cosines against the cohort, and all scores on another device
        than the CPU, come from products in float32.

    Raises
    ------
    ValueError
        An utterance has no embedding or a zero one, or the cohort's dimension differs.

    References
    ----------
    P. Matějka et al., "Analysis of score normalization in multilingual speaker recognition", Interspeech 2017,
    section 2.3 (adaptive S-norm 1).
    """
    enrol, test = embeddings.rows(trials)
    used = np.zeros(len(embeddings), dtype=np.bool_)
    used[enrol] = used[test] = True
    compact = np.cumsum(used) - 1
    enrol, test = compact[enrol], compact[test]
    left, right = _sides(embeddings.vectors[used], crops, plda)
    scores = _products(left, right, enrol, test, device)
    if cohort is None:
        return scores
    mean, deviation = cohort_statistics(embeddings.where(used), cohort, crops=crops, plda=plda, top=top, device=device)
    if not deviation.all():
        raise ValueError("an utterance scores the same against its whole cohort: normalised scores are undefined")
    by_enrol, by_test = ((scores - mean[side]) / deviation[side] for side in (enrol, test))
    return (by_enrol + by_test) / 2


def cohort_statistics(
    embeddings: Embeddings,
    cohort: Embeddings,
    *,
    crops: CropScoring = "embedding",
    plda: Plda | None = None,
    top: int = 300,
    device: str = "cpu",
) -> tuple[FloatArray, FloatArray]:
    """(n,) mean and standard deviation of each embedding's `top` highest scores against a cohort of other speakers."""
    if cohort.dim != embeddings.dim:
        raise ValueError(f"cohort embeddings have {cohort.dim} dimensions, those of the trials {embeddings.dim}")
    vectors, _ = _sides(embeddings.vectors, crops, plda)
    _, others = _sides(cohort.vectors, crops, plda)
    return _highest(vectors, others, top, device, np.dtype(np.float32 if plda is None else np.float64))


def scoring_vectors(vectors: NDArray[np.floating], *, crops: CropScoring = "embedding") -> FloatArray:
    """(n, dim) vectors whose inner products are the cosine scores.

    The mean of the cosines of all N × N crop pairs of two utterances is the inner product of the means of their unit
    crop embeddings, so that no crop pair is ever visited.

    Examples
    --------
    Two crops at right angles, against themselves: cosines 1, 0, 0, 1.

    >>> v = scoring_vectors(np.array([[[2.0, 0.0], [0.0, 1.0]]]), crops="score")
    >>> float(v[0] @ v[0])
    0.5
    """
    if crops not in ("embedding", "score"):
        raise ValueError(f'`crops` must be "embedding" or "score", got {crops!r}')
    out = np.asarray(vectors, dtype=np.float64)
    if out.ndim == 3 and crops == "embedding":
        out = out.mean(axis=1)
    norms = np.linalg.norm(out, axis=-1, keepdims=True)
    if not norms.all():
        row = int(np.argwhere(norms == 0)[0, 0])
        raise ValueError(f"embedding {row} is zero and has no direction: cosine scores are undefined for it")
    out = out / norms
    return out.mean(axis=1) if out.ndim == 3 else out


def speaker_means(embeddings: Embeddings) -> Embeddings:
    """One unit-length mean of unit embeddings a speaker: a cohort in which every speaker counts once."""
    embeddings.require_speakers("a cohort of speakers")
    vectors = scoring_vectors(embeddings.vectors)
    speakers, codes = np.unique(embeddings.speakers, return_inverse=True)
    sums = np.zeros((len(speakers), embeddings.dim))
    np.add.at(sums, codes, vectors)
    return Embeddings(
        ids=speakers,
        vectors=scoring_vectors(sums).astype(np.float32),
        speakers=speakers,
    )


def _sides(vectors: NDArray[np.floating], crops: CropScoring, plda: Plda | None) -> tuple[FloatArray, FloatArray]:
    """Two tables whose rows' inner products are the scores; for cosines, one table twice."""
    if plda is None:
        directions = scoring_vectors(vectors, crops=crops)
        return directions, directions
    if vectors.ndim == 2 or crops == "embedding":
        return plda.sides(vectors if vectors.ndim == 2 else vectors.mean(axis=1))
    left, right = plda.sides(vectors.reshape(-1, vectors.shape[-1]))
    shape = (*vectors.shape[:2], -1)
    return left.reshape(shape).mean(axis=1), right.reshape(shape).mean(axis=1)


def _products(
    left: FloatArray, right: FloatArray, enrol: NDArray[np.int64], test: NDArray[np.int64], device: str
) -> FloatArray:
    """(trials,) inner products of rows of two tables, block by block."""
    if device != "cpu":
        from sv_bridge.verification import device_scoring  # torch is needed on devices alone

        return device_scoring.products(left, right, enrol, test, device)
    scores = np.empty(len(enrol))
    for first in range(0, len(scores), TRIAL_BLOCK):
        block = slice(first, first + TRIAL_BLOCK)
        scores[block] = np.vecdot(left[enrol[block]], right[test[block]])
    return scores


def _highest(
    vectors: FloatArray, cohort: FloatArray, top: int, device: str, precision: np.dtype[Any]
) -> tuple[FloatArray, FloatArray]:
    """(n,) mean and standard deviation of each row's `top` highest products with the cohort's, block by block."""
    top = min(top, len(cohort))
    if top < 2:
        raise ValueError(f"score normalisation needs at least 2 cohort scores, got {top}")
    if device != "cpu":
        from sv_bridge.verification import device_scoring

        return device_scoring.cohort_statistics(vectors, cohort, top, device)
    mean, deviation = np.empty(len(vectors)), np.empty(len(vectors))
    others = cohort.astype(precision).T
    for first in range(0, len(vectors), COHORT_BLOCK):
        block = slice(first, first + COHORT_BLOCK)
        scores = vectors[block].astype(precision) @ others  # (block, cohort)
        scores.partition(len(cohort) - top, axis=1)
        highest = scores[:, len(cohort) - top :]
        mean[block] = highest.mean(axis=1, dtype=np.float64)
        deviation[block] = highest.std(axis=1, dtype=np.float64)
    return mean, deviation
