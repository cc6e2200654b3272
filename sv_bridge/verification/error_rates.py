"""Verification metrics: the error curve of two sets of scores, equal error rate, detection cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ErrorCurve", "OperatingPoint", "equal_error_rate", "error_curve", "min_dcf"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A metric's value and the threshold that attains it: trials that score at least `threshold` are accepted."""

    value: float
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class ErrorCurve:
    """Every operating point of a scorer, from "accept nothing" to "accept everything".

    Equal scores cannot be told apart by any threshold, so they share one point: the curve, and all that is read off
    it, does not depend on the order in which tied trials are listed.

    Attributes
    ----------
    thresholds : (m,) descending; +∞ first, then every distinct score.
    miss : (m,) share of target trials with a score below the threshold.
    false_alarm : (m,) share of non-target trials with a score at or above it.
    """

    thresholds: FloatArray
    miss: FloatArray
    false_alarm: FloatArray

    def equal_error(self) -> OperatingPoint:
        """Where the piecewise linear curve crosses miss = false alarm.

        The value is reached by accepting everything above the threshold and, on average, part of the trials at it.
        """
        after = int(np.argmax(self.false_alarm >= self.miss))
        before = after - 1
        gap = self.miss[before] - self.false_alarm[before]
        step = gap / (gap + self.false_alarm[after] - self.miss[after])
        value = self.miss[before] + step * (self.miss[after] - self.miss[before])
        return OperatingPoint(float(value), float(self.thresholds[after]))

    def min_cost(self, *, p_target: float = 0.01, c_miss: float = 1.0, c_fa: float = 1.0) -> OperatingPoint:
        """Smallest normalised detection cost over all thresholds; the highest such threshold."""
        miss_weight, alarm_weight = cost_weights(p_target, c_miss, c_fa)
        costs = miss_weight * self.miss + alarm_weight * self.false_alarm
        best = int(np.argmin(costs))
        return OperatingPoint(float(costs[best]), float(self.thresholds[best]))


def error_curve(
    target_scores: Any, nontarget_scores: Any, *, target_weights: Any = None, nontarget_weights: Any = None
) -> ErrorCurve:
    """Miss and false-alarm rates at every threshold that tells trials apart.

    Parameters
    ----------
    target_scores : (t,) scores of trials of one speaker; higher means more alike.
    nontarget_scores : (u,) scores of trials of two speakers.
    target_weights, nontarget_weights : (t,) and (u,) non-negative weights of the trials; all 1 when left out.

    Returns
    -------
    ErrorCurve

    Raises
    ------
    ValueError
        A class has no trials or no weight, or a score is not finite.

    Examples
    --------
    >>> curve = error_curve([0.9, 0.8, 0.3], [0.7, 0.4, 0.2, 0.1])
    >>> float(curve.false_alarm[curve.thresholds == 0.4][0])
    0.5
    """
    targets = check_scores(target_scores, "target")
    nontargets = check_scores(nontarget_scores, "nontarget")
    scores = np.concatenate([targets, nontargets])
    hits = np.zeros(len(scores))
    alarms = np.zeros(len(scores))
    hits[: len(targets)] = 1.0 if target_weights is None else check_weights(target_weights, targets, "target")
    alarms[len(targets) :] = (
        1.0 if nontarget_weights is None else check_weights(nontarget_weights, nontargets, "nontarget")
    )
    order = np.argsort(-scores, kind="stable")
    scores = scores[order]
    last_of_tie = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))
    hit_rate = np.cumsum(hits[order])[last_of_tie]
    alarm_rate = np.cumsum(alarms[order])[last_of_tie]
    return ErrorCurve(
        thresholds=np.concatenate([[np.inf], scores[last_of_tie]]),
        miss=np.concatenate([[1.0], 1 - hit_rate / hit_rate[-1]]),
        false_alarm=np.concatenate([[0.0], alarm_rate / alarm_rate[-1]]),
    )


def equal_error_rate(target_scores: Any, nontarget_scores: Any) -> float:
    """Error rate at the threshold where misses and false alarms are equally frequent.

    Linear interpolation on the receiver operating characteristic, with equal scores as one threshold.

    Parameters
    ----------
    target_scores : (t,) scores of trials of one speaker; higher means more alike.
    nontarget_scores : (u,) scores of trials of two speakers.

    Returns
    -------
    float
        A fraction in [0, 1]: 0 when every target scores above every non-target, 0.5 for chance and when all scores
        are equal, 1 when the order is wholly reversed.

    Raises
    ------
    ValueError
        A class has no trials, or a score is not finite.

    References
    ----------
    A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997.

    Examples
    --------
    Lowering the threshold from 0.7 to 0.4 keeps one of three targets missed while false alarms go from one to two
    of four: on the way both rates are a third.

    >>> round(equal_error_rate([0.9, 0.8, 0.3], [0.7, 0.4, 0.2, 0.1]), 4)
    0.3333
    """
    return error_curve(target_scores, nontarget_scores).equal_error().value


def min_dcf(
    target_scores: Any, nontarget_scores: Any, *, p_target: float = 0.01, c_miss: float = 1.0, c_fa: float = 1.0
) -> float:
    """Smallest normalised detection cost that any threshold attains.

    (c_miss · p_target · P_miss + c_fa · (1 − p_target) · P_fa) / min(c_miss · p_target, c_fa · (1 − p_target)),
    so that 1 is the cost of accepting, or rejecting, every trial, whichever is cheaper.

    Parameters
    ----------
    target_scores : (t,) scores of trials of one speaker; higher means more alike.
    nontarget_scores : (u,) scores of trials of two speakers.
    p_target : prior probability of a target trial, strictly between 0 and 1.
    c_miss, c_fa : positive costs of a miss and of a false alarm.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        A class has no trials, a score is not finite, or a prior or cost is out of range.

    References
    ----------
    NIST 2016 speaker recognition evaluation plan, section 3.1.

    Examples
    --------
    With p_target = 0.5 the cost is P_miss + P_fa: a third of the targets is missed and nothing falsely accepted.

    >>> round(min_dcf([0.9, 0.8, 0.3], [0.7, 0.4, 0.2, 0.1], p_target=0.5), 4)
    0.3333
    """
    curve = error_curve(target_scores, nontarget_scores)
    return curve.min_cost(p_target=p_target, c_miss=c_miss, c_fa=c_fa).value


def cost_weights(p_target: float, c_miss: float, c_fa: float) -> tuple[float, float]:
    """Weights of the miss and the false-alarm rate in the normalised detection cost; the smaller one is 1."""
    if not 0 < p_target < 1:
        raise ValueError(f"`p_target` is a probability strictly between 0 and 1, got {p_target}")
    if not (c_miss > 0 and c_fa > 0):
        raise ValueError(f"`c_miss` and `c_fa` must be positive, got {c_miss} and {c_fa}")
    miss, alarm = c_miss * p_target, c_fa * (1 - p_target)
    return miss / min(miss, alarm), alarm / min(miss, alarm)


def check_scores(scores: Any, name: str) -> FloatArray:
    """(n,) finite float64 scores of at least one trial."""
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"`{name}_scores` must be one score a trial, got shape {values.shape}: use scores.ravel()")
    if len(values) == 0:
        raise ValueError(f"there are no {name} trials: error rates need both target and nontarget trials")
    finite = np.isfinite(values)
    if not finite.all():
        position = int(np.flatnonzero(~finite)[0])
        raise ValueError(
            f"`{name}_scores` has {np.count_nonzero(~finite)} scores that are not finite, the first is "
            f"{values[position]} at position {position}: look for zero-norm or diverged embeddings"
        )
    return values


def check_weights(weights: Any, scores: FloatArray, name: str) -> FloatArray:
    """Non-negative weights, one a score, not all zero."""
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != scores.shape:
        raise ValueError(f"`{name}_weights` has shape {values.shape} but there are {len(scores)} {name} scores")
    if not (values >= 0).all() or not np.isfinite(values).all() or not values.any():
        raise ValueError(f"`{name}_weights` must be finite, not negative and not all zero")
    return values
