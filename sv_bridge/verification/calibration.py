"""Scores as log-likelihood ratios: logistic-regression calibration, actual detection cost, Cllr."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit, logit

from sv_bridge.verification.error_rates import check_scores, cost_weights

__all__ = ["Calibration", "actual_dcf", "calibrate", "cllr", "min_cllr"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Score s ↦ natural log-likelihood ratio `scale` · s + `offset`."""

    scale: float
    offset: float

    def __call__(self, scores: Any) -> FloatArray:
        """Log-likelihood ratios of the scores."""
        return self.scale * np.asarray(scores, dtype=np.float64) + self.offset


def calibrate(target_scores: Any, nontarget_scores: Any, *, p_target: float = 0.5) -> Calibration:
    """Affine map from scores to log-likelihood ratios, by prior-weighted logistic regression.

    Minimises p · mean over targets of log(1 + e^−(as + b + logit p)) + (1 − p) · the same over non-targets with the
    sign turned. As in Platt's method the t targets and u non-targets count as one of the other class to the share
    1 / (t + 2) and 1 / (u + 2), which keeps the map finite when the classes are perfectly separated.

    Parameters
    ----------
    target_scores, nontarget_scores : (t,) and (u,) scores of development trials, never of those to be evaluated.
    p_target : prior around which the map is to be accurate.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        A class has no trials, a score is not finite, or all scores are equal.

    References
    ----------
    N. Brümmer et al., "Fusion of heterogeneous speaker recognition systems in the STBU submission for the NIST
    speaker recognition evaluation 2006", IEEE TASLP 15(7), 2007, section III; J. Platt, "Probabilistic outputs for
    support vector machines", 1999, section 2.2.

    Examples
    --------
    >>> calibrate([1.0, 3.0], [-3.0, -1.0])([0.0]).round(6) + 0.0
    array([0.])
    """
    targets, nontargets = check_scores(target_scores, "target"), check_scores(nontarget_scores, "nontarget")
    cost_weights(p_target, 1.0, 1.0)
    scores = np.concatenate([targets, nontargets])
    center, spread = scores.mean(), scores.std()
    if spread == 0:
        raise ValueError("all scores are equal: nothing can be learned from them")
    standard = (scores - center) / spread
    truth = np.concatenate(
        [np.full(len(targets), 1 - 1 / (len(targets) + 2)), np.full(len(nontargets), 1 / (len(nontargets) + 2))]
    )
    weights = np.concatenate(
        [np.full(len(targets), p_target / len(targets)), np.full(len(nontargets), (1 - p_target) / len(nontargets))]
    )
    prior = logit(p_target)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        logits = parameters[0] * standard + parameters[1] + prior
        value = weights @ (np.logaddexp(0, logits) - truth * logits)
        slopes = weights * (expit(logits) - truth)
        return float(value), np.array([slopes @ standard, slopes.sum()])

    scale, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return Calibration(float(scale / spread), float(offset - scale * center / spread))


def actual_dcf(
    target_llrs: Any, nontarget_llrs: Any, *, p_target: float = 0.01, c_miss: float = 1.0, c_fa: float = 1.0
) -> float:
    """Normalised detection cost of deciding at Bayes' threshold, log(c_fa (1 − p_target)) − log(c_miss p_target).

    Never below `min_dcf` of the same scores; the difference is what calibration loses.

    Examples
    --------
    With p_target = 0.5 the threshold is 0: one of two targets is missed.

    >>> actual_dcf([2.0, -1.0], [-3.0, -2.0], p_target=0.5)
    0.5
    """
    targets, nontargets = check_scores(target_llrs, "target"), check_scores(nontarget_llrs, "nontarget")
    miss_weight, alarm_weight = cost_weights(p_target, c_miss, c_fa)
    threshold = np.log(alarm_weight / miss_weight)
    return float(miss_weight * np.mean(targets < threshold) + alarm_weight * np.mean(nontargets >= threshold))


def cllr(target_llrs: Any, nontarget_llrs: Any) -> float:
    """Cost of log-likelihood ratios averaged over all operating points, in bits.

    Cllr = ½ [mean over targets of log₂(1 + e^−llr) + mean over non-targets of log₂(1 + e^llr)]: 0 for certain and right
    answers, 1 for saying nothing (llr = 0 throughout), without bound for certain and wrong ones.

    References
    ----------
    N. Brümmer and J. du Preez, "Application-independent evaluation of speaker detection", Computer Speech & Language
    20, 2006, section 5.

    Examples
    --------
    >>> round(cllr([0.0, 0.0], [0.0]), 12)
    1.0
    """
    targets, nontargets = check_scores(target_llrs, "target"), check_scores(nontarget_llrs, "nontarget")
    return _cllr(targets, nontargets)


def min_cllr(target_scores: Any, nontarget_scores: Any) -> float:
    """Smallest Cllr that any non-decreasing map from scores to log-likelihood ratios attains, in [0, 1].

    The map is found by isotonic regression (pool adjacent violators), equal scores pooled from the start.

    References
    ----------
    N. Brümmer and J. du Preez, 2006, section 6.

    Examples
    --------
    >>> min_cllr([2.0, 3.0], [0.0, 1.0])
    0.0
    """
    targets, nontargets = check_scores(target_scores, "target"), check_scores(nontarget_scores, "nontarget")
    hits, alarms = _groups(np.sort(targets), np.sort(nontargets))
    posterior = isotonic_regression(hits / (hits + alarms), weights=hits + alarms).x
    with np.errstate(divide="ignore"):
        llrs = logit(np.clip(posterior, 0, 1)) - np.log(len(targets) / len(nontargets))
    # groups without a class may have an infinite ratio, which costs that class nothing
    target_bits = np.logaddexp(0, -llrs[hits > 0]) @ hits[hits > 0] / len(targets)
    nontarget_bits = np.logaddexp(0, llrs[alarms > 0]) @ alarms[alarms > 0] / len(nontargets)
    return float((target_bits + nontarget_bits) / (2 * np.log(2)))


def _groups(targets: FloatArray, nontargets: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Numbers of targets and of non-targets in groups of scores that have one value in the isotonic regression.

    Both are ascending. Scores that only one class has, with none of the other between them, are one group: their labels
    are equal, so the regression never parts them. Equal scores are one group by themselves.
    """
    below = np.searchsorted(nontargets, targets)  # nontargets under each target
    tied = np.searchsorted(nontargets, targets, side="right") - below
    new = np.concatenate([[True], (below[1:] != below[:-1]) | (tied[1:] != tied[:-1])])
    starts = np.flatnonzero(new)
    hits = np.diff(np.append(starts, len(targets)))
    below, tied = below[starts], tied[starts]
    between = below - np.concatenate([[0], (below + tied)[:-1]])  # nontargets alone, before each group of targets
    after = len(nontargets) - (below[-1] + tied[-1])
    counts = np.zeros((2, 2 * len(hits) + 1))
    counts[1, 0:-1:2], counts[1, -1] = between, after
    counts[0, 1::2], counts[1, 1::2] = hits, tied
    kept = counts.sum(axis=0) > 0
    return counts[0, kept], counts[1, kept]


def _cllr(targets: FloatArray, nontargets: FloatArray) -> float:
    bits = np.logaddexp(0, -targets).mean() + np.logaddexp(0, nontargets).mean()
    return float(bits / (2 * np.log(2)))
