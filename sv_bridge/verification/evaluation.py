"""Embeddings and trials → error rates, over all trials and where channel or language can't give the speaker away."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.calibration import actual_dcf, calibrate, cllr
from sv_bridge.verification.confidence import Interval, speaker_bootstrap
from sv_bridge.verification.error_rates import error_curve
from sv_bridge.verification.trials import Trials

__all__ = ["Result", "breakdown", "calibrated_costs", "evaluate"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """Error rates over one set of trials.

    Attributes
    ----------
    condition : which trials.
    targets, nontargets : how many.
    equal_error_rate, threshold : a fraction, and the score where it is attained.
    min_dcf_01, min_dcf_05 : smallest normalised detection cost at a target prior of 0.01 and 0.05, unit costs.
    interval : 95 % interval of the equal error rate by resampling speakers, when asked for.
    """

    condition: str
    targets: int
    nontargets: int
    equal_error_rate: float
    threshold: float
    min_dcf_01: float
    min_dcf_05: float
    interval: Interval | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, for JSON."""
        return asdict(self)


def evaluate(scores: FloatArray, labels: NDArray[np.bool_], *, condition: str = "all trials") -> Result:
    """Error rates of scored trials.

    Examples
    --------
    >>> evaluate(np.array([0.9, 0.8, 0.1, 0.2]), np.array([True, True, False, False])).equal_error_rate
    0.0
    """
    if len(scores) != len(labels):
        raise ValueError(f"there are {len(scores)} scores but {len(labels)} labels")
    curve = error_curve(scores[labels], scores[~labels])
    equal = curve.equal_error()
    return Result(
        condition=condition,
        targets=int(np.count_nonzero(labels)),
        nontargets=int(np.count_nonzero(~labels)),
        equal_error_rate=equal.value,
        threshold=equal.threshold,
        min_dcf_01=curve.min_cost(p_target=0.01).value,
        min_dcf_05=curve.min_cost(p_target=0.05).value,
    )


def breakdown(
    scores: FloatArray, trials: Trials, embeddings: Embeddings, *, intervals: bool = False, seed: int = 0
) -> list[Result]:
    """Error rates over all trials, then over subsets that have both targets and non-targets.

    Subsets are the trials whose two utterances share their language, their source (collection, channel), both; then
    each source and each language by itself. What a model gains over all trials but not within one source, it owes to
    the channel.

    Parameters
    ----------
    scores : (trials,) scores.
    trials : the trials, of utterances in `embeddings`.
    embeddings : knows each utterance's speaker, source and language.
    intervals : whether to bootstrap a confidence interval for each equal error rate.
    seed : of the bootstrap.
    """
    sides = embeddings.rows(trials)
    speakers = [embeddings.speakers[rows] for rows in sides]
    results = []
    for condition, mask in _conditions(trials, embeddings, *sides):
        labels = trials.labels[mask]
        if labels.all() or not labels.any():
            continue
        result = evaluate(scores[mask], labels, condition=condition)
        if intervals:
            interval = speaker_bootstrap(scores[mask], labels, speakers[0][mask], speakers[1][mask], seed=seed)
            result = Result(**{**{name: getattr(result, name) for name in Result.__slots__}, "interval": interval})
        results.append(result)
    if not results:
        evaluate(scores, trials.labels)  # raises: one class only
    return results


def calibrated_costs(
    scores: FloatArray, labels: NDArray[np.bool_], dev_scores: FloatArray, dev_labels: NDArray[np.bool_]
) -> dict[str, float]:
    """Detection costs at Bayes' threshold and Cllr, of scores calibrated on development trials.

    The map for each cost is trained around its own prior, that for Cllr around even odds.
    """
    costs = {}
    for name, p_target in ((".01", 0.01), (".05", 0.05)):
        calibration = calibrate(dev_scores[dev_labels], dev_scores[~dev_labels], p_target=p_target)
        llrs = calibration(scores)
        costs[f"actual DCF {name}"] = actual_dcf(llrs[labels], llrs[~labels], p_target=p_target)
    llrs = calibrate(dev_scores[dev_labels], dev_scores[~dev_labels])(scores)
    return costs | {"Cllr": cllr(llrs[labels], llrs[~labels])}


def _conditions(
    trials: Trials, embeddings: Embeddings, enrol: NDArray[np.int64], test: NDArray[np.int64]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Name and mask of each set of trials."""
    everything = np.ones(len(trials), dtype=np.bool_)
    yield "all trials", everything
    shared = {}
    for name in ("language", "source"):
        values = embeddings.column(name)
        shared[name] = (values[enrol] == values[test]) & (values[enrol] != "")
    masks = {**shared, "source and language": shared["source"] & shared["language"]}
    for name, mask in masks.items():
        if not mask.all():
            yield f"same {name}", mask
    for name in ("source", "language"):
        values = embeddings.column(name)
        present = np.unique(values[enrol][shared[name]])
        for value in present.tolist() if len(present) > 1 else ():
            yield f"{name} {value}", shared[name] & (values[enrol] == value)
