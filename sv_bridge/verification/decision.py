"""From a score to an answer: threshold and calibration learned on development trials, kept in a file, applied later."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from cqm.json_files import plain, write_json
from sv_bridge.verification.backend import COSINE
from sv_bridge.verification.calibration import Calibration, calibrate
from sv_bridge.verification.error_rates import cost_weights, error_curve

__all__ = ["DecisionRule", "learn_decision"]


@dataclass(frozen=True)
class DecisionRule:
    """When to say "the same speaker", and how sure to be.

    Attributes
    ----------
    calibration : score → natural log-likelihood ratio.
    threshold : scores that are at least this are accepted.
    false_alarm, miss : rates at the threshold, on the trials that the rule was learned on.
    p_target : prior probability of a target trial that the rule was learned for.
    aim : what the threshold was chosen for, in words.
    learned_on : which trials and speakers, in words.
    processing : how utterances became scores (crops and so on): the rule holds for scores made that way.
    backend : what happened between embeddings and scores, see `sv_bridge.verification.backend.parse_backend`.
    """

    calibration: Calibration
    threshold: float
    false_alarm: float
    miss: float
    p_target: float
    aim: str
    learned_on: str = ""
    processing: Mapping[str, Any] = field(default_factory=dict)
    backend: str = COSINE

    @property
    def cosine_threshold(self) -> float | None:
        """The threshold where scores are cosines; None where a back end makes something else of them."""
        return self.threshold if self.backend == COSINE else None

    def llr(self, score: float) -> float:
        """Natural log-likelihood ratio of a score."""
        return float(self.calibration([score])[0])

    def probability(self, score: float, prior: float | None = None) -> float:
        """Probability that a trial with this score is of one speaker, at the rule's prior or another.

        >>> rule = DecisionRule(Calibration(2.0, 0.0), 0.0, 0.1, 0.1, 0.5, "")
        >>> rule.probability(0.0), round(rule.probability(0.0, prior=0.1), 6)
        (0.5, 0.1)
        """
        prior = self.p_target if prior is None else prior
        if not 0 < prior < 1:
            raise ValueError(f"a prior is a probability strictly between 0 and 1, got {prior}")
        return float(expit(self.llr(score) + logit(prior)))

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(plain(asdict(self)))

    def save(self, path: Path | str) -> None:
        """Write as JSON, atomically."""
        write_json(path, asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "DecisionRule":
        """Read what `to_json` or `save` wrote."""
        fields = json.loads(text)
        fields["calibration"] = Calibration(**fields["calibration"])
        fields["threshold"] = float(fields["threshold"])
        return cls(**fields)


def learn_decision(
    scores: NDArray[np.float64],
    labels: NDArray[np.bool_],
    *,
    p_target: float = 0.05,
    c_miss: float = 1.0,
    c_fa: float = 1.0,
    false_alarm_rate: float | None = None,
    learned_on: str = "",
    processing: Mapping[str, Any] | None = None,
    backend: str = COSINE,
) -> DecisionRule:
    """Learn calibration and threshold from development trials.

    Parameters
    ----------
    scores, labels : (n,) scores, and whether a trial is of one speaker.
    p_target, c_miss, c_fa : prior and costs, whose Bayes threshold on the calibrated scores is taken.
    false_alarm_rate : instead, the lowest threshold with at most this rate on the development trials.
    learned_on, processing, backend : see `DecisionRule`.

    Examples
    --------
    >>> scores, labels = np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9]), np.array([0, 0, 1, 0, 1, 1], dtype=bool)
    >>> rule = learn_decision(scores, labels, false_alarm_rate=0.0)
    >>> rule.threshold, rule.false_alarm, round(rule.miss, 3)
    (0.8, 0.0, 0.333)
    """
    targets, nontargets = scores[labels], scores[~labels]
    calibration, curve = calibrate(targets, nontargets, p_target=p_target), error_curve(targets, nontargets)
    if false_alarm_rate is not None:
        threshold, _, _ = curve.at_false_alarm(false_alarm_rate)
        aim = f"a false-alarm rate of at most {false_alarm_rate:g}"
    else:
        miss_weight, alarm_weight = cost_weights(p_target, c_miss, c_fa)
        if not calibration.scale > 0:
            raise ValueError("targets score no higher than non-targets on these trials: no threshold tells them apart")
        threshold = (math.log(alarm_weight / miss_weight) - calibration.offset) / calibration.scale
        aim = f"least cost at a target prior of {p_target:g}, a miss costing {c_miss:g} and a false alarm {c_fa:g}"
    miss, false_alarm = curve.rates(threshold)
    return DecisionRule(
        calibration,
        float(threshold),
        float(false_alarm),
        float(miss),
        p_target,
        aim,
        learned_on,
        dict(processing or {}),
        backend,
    )
