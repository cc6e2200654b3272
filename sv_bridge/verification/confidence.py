"""Confidence intervals of verification metrics, by resampling speakers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sv_bridge.verification.error_rates import ErrorCurve, check_scores, error_curve

__all__ = ["Interval", "speaker_bootstrap", "speaker_replicates"]

REDRAWS = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval of a metric."""

    lower: float
    upper: float


def speaker_bootstrap(
    scores: Any,
    labels: Any,
    enrol_speakers: Any,
    test_speakers: Any,
    *,
    metric: Callable[[ErrorCurve], float] = lambda curve: curve.equal_error().value,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap interval over speakers.

    Trials that share a speaker are not independent, so speakers are resampled, not trials: a speaker drawn m times
    counts m times in each of its target trials, and speakers drawn m and m′ times count m · m′ times in their
    non-target trials. Draws that leave a class without trials are drawn anew.

    Parameters
    ----------
    scores : (n,) scores of the trials.
    labels : (n,) whether a trial is a target.
    enrol_speakers, test_speakers : (n,) the speakers of both sides.
    metric : what to read off the error curve; the equal error rate by default.
    level : share of the resampled values inside the interval.
    replicates : number of resampled values.
    seed : the interval depends on it.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        Fewer than 2 speakers, lengths that differ, or speakers that contradict the labels.

    References
    ----------
    R. M. Bolle, N. K. Ratha and S. Pankanti, "Error analysis of pattern recognition systems — the subsets bootstrap",
    Computer Vision and Image Understanding 93, 2004, section 4.

    Examples
    --------
    >>> perfect = speaker_bootstrap([0.9, 0.8, 0.1], [True, True, False], ["a", "b", "a"], ["a", "b", "b"])
    >>> perfect.lower, perfect.upper
    (0.0, 0.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"`level` is a share strictly between 0 and 1, got {level}")
    values = speaker_replicates(
        scores, labels, enrol_speakers, test_speakers, metric=metric, replicates=replicates, seed=seed
    )
    lower, upper = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(lower), float(upper))


def speaker_replicates(
    scores: Any,
    labels: Any,
    enrol_speakers: Any,
    test_speakers: Any,
    *,
    metric: Callable[[ErrorCurve], float] = lambda curve: curve.equal_error().value,
    replicates: int = 1000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Values of a metric for speakers that are drawn with replacement, see `speaker_bootstrap`: (replicates,).

    A seed draws the same speakers whatever the scores are: differences of two systems' values on the same trials are
    paired.
    """
    labels = np.asarray(labels, dtype=np.bool_)
    scores = np.asarray(scores, dtype=np.float64)
    sides = np.asarray(enrol_speakers), np.asarray(test_speakers)
    if not len(scores) == len(labels) == len(sides[0]) == len(sides[1]):
        raise ValueError(
            f"wanted one label and two speakers a score, got {len(scores)} scores, {len(labels)} labels, "
            f"{len(sides[0])} and {len(sides[1])} speakers"
        )
    check_scores(scores[labels], "target"), check_scores(scores[~labels], "nontarget")
    contradictions = np.flatnonzero((sides[0] == sides[1]) != labels)
    if len(contradictions):
        first = contradictions[0]
        raise ValueError(
            f"{len(contradictions)} trials' labels contradict their speakers: trial {first} of "
            f"{str(sides[0][first])!r} and {str(sides[1][first])!r} is labelled {bool(labels[first])}"
        )
    # Sorted once: the curve of each replicate then only merges two sorted lists.
    order = np.argsort(-scores, kind="stable")
    scores, labels = scores[order], labels[order]
    names, codes = np.unique(np.concatenate(sides), return_inverse=True)
    enrol, test = np.split(codes, 2)
    enrol, test = enrol[order], test[order]
    target_speaker, one, other = enrol[labels], enrol[~labels], test[~labels]
    targets, nontargets = scores[labels], scores[~labels]
    rng = np.random.default_rng(seed)
    values = np.empty(replicates)
    for replicate in range(replicates):
        for _ in range(REDRAWS):
            count = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names)).astype(np.float64)
            target_weights, nontarget_weights = count[target_speaker], count[one] * count[other]
            if target_weights.any() and nontarget_weights.any():
                break
        else:
            raise ValueError(f"{REDRAWS} draws of the {len(names)} speakers in a row left a class without trials")
        values[replicate] = metric(
            error_curve(targets, nontargets, target_weights=target_weights, nontarget_weights=nontarget_weights)
        )
    return values
