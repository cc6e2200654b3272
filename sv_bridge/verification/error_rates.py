"""Verification metrics: the error curve of two sets of scores, equal error rate, detection cost."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ErrorCurve", "OperatingPoint", "equal_error_rate", "error_curve", "min_dcf"]

FloatArray = NDArray[np.float64]
SCORES = 1 << 20
"""Thresholds that are looked at together."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A metric's value and the threshold that attains it: trials that score at least `threshold` are accepted."""

    value: float
    threshold: float


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Every operating point of a scorer, from "accept nothing" to "accept everything".

    Equal scores cannot be told apart by any threshold, so they share one point: the curve, and all that is read off
    it, does not depend on the order in which tied trials are listed. It is kept as the sorted scores of both classes,
    8 bytes a trial; the arrays of its points are made when they are asked for.

    Attributes
    ----------
    targets, nontargets : (t,) and (u,) scores, ascending.
    missed, rejected : (t + 1,) and (u + 1,) weight of the first i scores; None where all weigh the same.
    """

    targets: FloatArray
    nontargets: FloatArray
    missed: FloatArray | None = None
    rejected: FloatArray | None = None

    def rates(self, thresholds: Any) -> tuple[FloatArray, FloatArray]:
        """Miss and false-alarm rates when trials that score at least a threshold are accepted."""
        values = np.asarray(thresholds, dtype=np.float64)
        below, rejected = np.searchsorted(self.targets, values), np.searchsorted(self.nontargets, values)
        return _share(below, self.targets, self.missed), 1 - _share(rejected, self.nontargets, self.rejected)

    @cached_property
    def thresholds(self) -> FloatArray:
        """(m,) descending; +∞ first, then every distinct score."""
        return np.concatenate([[np.inf], np.unique(np.concatenate([self.targets, self.nontargets]))[::-1]])

    @cached_property
    def miss(self) -> FloatArray:
        """(m,) share of target trials with a score below the threshold."""
        return self.rates(self.thresholds)[0]

    @cached_property
    def false_alarm(self) -> FloatArray:
        """(m,) share of non-target trials with a score at or above the threshold."""
        return self.rates(self.thresholds)[1]

    def equal_error(self) -> OperatingPoint:
        """Where the piecewise linear curve crosses miss = false alarm.

        The value is reached by accepting everything above the threshold and, on average, part of the trials at it.
        """
        # false alarms exceed misses up to a score, which is the threshold; the next higher score ends the step
        after = max(self._last_crossed(self.targets), self._last_crossed(self.nontargets))
        before = min(_next_above(self.targets, after), _next_above(self.nontargets, after))
        (miss_before, miss_after), (alarm_before, alarm_after) = self.rates([before, after])
        gap = miss_before - alarm_before
        step = gap / (gap + alarm_after - miss_after)
        return OperatingPoint(float(miss_before + step * (miss_after - miss_before)), after)

    def min_cost(self, *, p_target: float = 0.01, c_miss: float = 1.0, c_fa: float = 1.0) -> OperatingPoint:
        """Smallest normalised detection cost over all thresholds; the highest such threshold."""
        miss_weight, alarm_weight = cost_weights(p_target, c_miss, c_fa)
        best = OperatingPoint(miss_weight, np.inf)
        # a threshold that no target scores is never better than the next higher one that does
        for last in range(len(self.targets), 0, -SCORES):
            thresholds = self.targets[max(0, last - SCORES) : last][::-1]
            miss, false_alarm = self.rates(thresholds)
            costs = miss_weight * miss + alarm_weight * false_alarm
            i = int(np.argmin(costs))
            if costs[i] < best.value:
                best = OperatingPoint(float(costs[i]), float(thresholds[i]))
        return best

    def at_false_alarm(self, rate: float) -> tuple[float, float, float]:
        """Lowest threshold with at most this false-alarm rate: the threshold, its false-alarm and its miss rate.

        Examples
        --------
        >>> curve = error_curve([0.9, 0.8, 0.3], [0.7, 0.4, 0.2, 0.1])
        >>> [round(value, 3) for value in curve.at_false_alarm(0.25)]
        [0.7, 0.25, 0.333]
        """
        if not 0 <= rate <= 1:
            raise ValueError(f"a false-alarm rate is a share between 0 and 1, got {rate}")
        low, high = 0, len(self.nontargets)  # of the nontargets, those from `high` on may be accepted
        while low < high:
            middle = (low + high) // 2
            if self.rates(self.nontargets[middle])[1] <= rate:
                high = middle
            else:
                low = middle + 1
        # among the scores above the last nontarget that has to be rejected, the lowest
        rejected = self.nontargets[high - 1] if high else -np.inf
        threshold = min(_next_above(self.targets, rejected), _next_above(self.nontargets, rejected))
        miss, false_alarm = self.rates(threshold)
        return float(threshold), float(false_alarm), float(miss)

    def _last_crossed(self, scores: FloatArray) -> float:
        """Highest of the scores at which false alarms are no rarer than misses; −∞ where there is none."""
        low, high = 0, len(scores)
        while low < high:
            middle = (low + high) // 2
            miss, false_alarm = self.rates(scores[middle])
            if false_alarm >= miss:
                low = middle + 1
            else:
                high = middle
        return float(scores[low - 1]) if low else -np.inf


def _share(positions: Any, scores: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Share of the weight of the first so many scores."""
    return positions / len(scores) if weights is None else weights[positions] / weights[-1]


def _next_above(scores: FloatArray, value: float) -> float:
    """Lowest score above a value; ∞ where there is none."""
    position = int(np.searchsorted(scores, value, side="right"))
    return float(scores[position]) if position < len(scores) else np.inf


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
    targets, missed = _sorted(check_scores(target_scores, "target"), target_weights, "target")
    nontargets, rejected = _sorted(check_scores(nontarget_scores, "nontarget"), nontarget_weights, "nontarget")
    return ErrorCurve(targets, nontargets, missed, rejected)


def _sorted(scores: FloatArray, weights: Any, name: str) -> tuple[FloatArray, FloatArray | None]:
    """Ascending scores, and the weight of the first i of them."""
    if weights is None:
        return np.sort(scores), None
    order = np.argsort(scores, kind="stable")
    return scores[order], np.concatenate([[0.0], np.cumsum(check_weights(weights, scores, name)[order])])


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
