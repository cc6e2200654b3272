"""Trials → scores: cosine over whole utterances or several crops, mean subtraction, adaptive score normalisation."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.trials import Trials

__all__ = ["CropScoring", "score_trials", "scoring_vectors", "speaker_means"]

CropScoring = Literal["embedding", "score"]
FloatArray = NDArray[np.float64]

TRIAL_BLOCK, COHORT_BLOCK = 512, 1024
"""Rows that are scored together, so that what is gathered stays in the cache."""


def score_trials(
    embeddings: Embeddings,
    trials: Trials,
    *,
    crops: CropScoring = "embedding",
    center: NDArray[np.floating] | None = None,
    cohort: Embeddings | None = None,
    top: int = 300,
    device: str = "cpu",
) -> FloatArray:
    """Cosine score of each trial.

    Parameters
    ----------
    embeddings : of all utterances that the trials name.
    trials : which utterances to compare.
    crops : what to do with several crops an utterance: "embedding" averages the embeddings and takes one cosine,
        "score" averages the cosines of all crop pairs.
    center : (dim,) mean embedding of a training corpus, subtracted from all embeddings first.
    cohort : embeddings of *other* speakers for adaptive score normalisation (AS-norm): each trial becomes
        ½ [(s − μ_e) / σ_e + (s − μ_t) / σ_t], with the mean and standard deviation of the enrolment's and of the test
        utterance's `top` highest scores against the cohort.
    top : cohort scores that are used; all of them when the cohort is smaller.
    device : "cpu", or where torch is to compute the scores.

    Returns
    -------
    (trials,) float64 scores; in [−1, 1] without a cohort. Scores against the cohort, and all scores on another device
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
    vectors = scoring_vectors(embeddings.vectors[used], crops=crops, center=center)
    scores = _cosines(vectors, enrol, test, device)
    if cohort is None:
        return scores
    if cohort.dim != embeddings.dim:
        raise ValueError(f"cohort embeddings have {cohort.dim} dimensions, those of the trials {embeddings.dim}")
    others = scoring_vectors(cohort.vectors, crops=crops, center=center)
    mean, deviation = _cohort_statistics(vectors, others, top, device)
    by_enrol, by_test = ((scores - mean[side]) / deviation[side] for side in (enrol, test))
    return (by_enrol + by_test) / 2


def scoring_vectors(
    vectors: NDArray[np.floating], *, crops: CropScoring = "embedding", center: NDArray[np.floating] | None = None
) -> FloatArray:
    """(n, dim) vectors whose inner products are the scores.

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
    if center is not None:
        if np.shape(center) != out.shape[-1:]:
            raise ValueError(f"`center` has shape {np.shape(center)} but embeddings have {out.shape[-1]} dimensions")
        out = out - center
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


def _cosines(vectors: FloatArray, enrol: NDArray[np.int64], test: NDArray[np.int64], device: str) -> FloatArray:
    """(trials,) inner products of pairs of rows, block by block."""
    if device != "cpu":
        from sv_bridge.verification import device_scoring  # torch is needed on devices alone

        return device_scoring.cosines(vectors, enrol, test, device)
    scores = np.empty(len(enrol))
    for first in range(0, len(scores), TRIAL_BLOCK):
        block = slice(first, first + TRIAL_BLOCK)
        scores[block] = np.vecdot(vectors[enrol[block]], vectors[test[block]])
    return scores


def _cohort_statistics(vectors: FloatArray, cohort: FloatArray, top: int, device: str) -> tuple[FloatArray, FloatArray]:
    """(n,) mean and standard deviation of each vector's `top` highest scores against the cohort, block by block."""
    top = min(top, len(cohort))
    if top < 2:
        raise ValueError(f"score normalisation needs at least 2 cohort scores, got {top}")
    if device != "cpu":
        from sv_bridge.verification import device_scoring

        mean, deviation = device_scoring.cohort_statistics(vectors, cohort, top, device)
    else:
        mean, deviation = np.empty(len(vectors)), np.empty(len(vectors))
        others = cohort.astype(np.float32).T
        for first in range(0, len(vectors), COHORT_BLOCK):
            block = slice(first, first + COHORT_BLOCK)
            scores = vectors[block].astype(np.float32) @ others  # (block, cohort)
            scores.partition(len(cohort) - top, axis=1)
            highest = scores[:, len(cohort) - top :]
            mean[block] = highest.mean(axis=1, dtype=np.float64)
            deviation[block] = highest.std(axis=1, dtype=np.float64)
    if not deviation.all():
        raise ValueError("an utterance scores the same against its whole cohort: normalised scores are undefined")
    return mean, deviation
