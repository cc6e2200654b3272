"""Embeddings and trials → error rates, over all trials and where channel or language can't give the speaker away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.calibration import actual_dcf, calibrate, cllr
from sv_bridge.verification.confidence import Interval, speaker_bootstrap
from sv_bridge.verification.error_rates import error_curve
from sv_bridge.verification.trials import Trials

__all__ = ["Result", "SpeakerErrors", "breakdown", "calibrated_costs", "evaluate", "separation", "speaker_errors"]

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
    min_dcf : the same cost at further target priors that were asked for: prior → cost.
    """

    condition: str
    targets: int
    nontargets: int
    equal_error_rate: float
    threshold: float
    min_dcf_01: float
    min_dcf_05: float
    interval: Interval | None = None
    min_dcf: Mapping[float, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, for JSON."""
        return asdict(self)


def evaluate(
    scores: FloatArray, labels: NDArray[np.bool_], *, condition: str = "all trials", priors: Sequence[float] = ()
) -> Result:
    """Error rates of scored trials, with the detection cost at further target `priors`.

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
        min_dcf={prior: curve.min_cost(p_target=prior).value for prior in priors},
    )


def breakdown(
    scores: FloatArray,
    trials: Trials,
    embeddings: Embeddings,
    *,
    by: Sequence[str] = ("language", "source"),
    priors: Sequence[float] = (),
    intervals: bool = False,
    seed: int = 0,
) -> list[Result]:
    """Error rates over all trials, then over subsets that have both targets and non-targets.

    Subsets are the trials whose two utterances share a column of the manifest, such as their language or their source
    (collection, channel), or all of these columns; then each value of a column by itself. What a model gains over all
    trials but not within one source, it owes to the channel.

    Parameters
    ----------
    scores : (trials,) scores.
    trials : the trials, of utterances in `embeddings`.
    embeddings : knows each utterance's speaker, source and language.
    by : columns of the manifest: language, source, gender, age_group, …
    priors : target priors of further detection costs.
    intervals : whether to bootstrap a confidence interval for each equal error rate.
    seed : of the bootstrap.
    """
    sides = embeddings.rows(trials)
    speakers = [embeddings.speakers[rows] for rows in sides]
    results = []
    for condition, mask in _conditions(trials, embeddings, *sides, by):
        labels = trials.labels[mask]
        if labels.all() or not labels.any():
            continue
        result = evaluate(scores[mask], labels, condition=condition, priors=priors)
        if intervals:
            interval = speaker_bootstrap(scores[mask], labels, speakers[0][mask], speakers[1][mask], seed=seed)
            result = replace(result, interval=interval)
        results.append(result)
    if not results:
        evaluate(scores, trials.labels)  # raises: one class only
    return results


def separation(result: Result) -> list[str]:
    """Say what perfect separation means: no errors among n independent trials leave rates of up to 3/n likely.

    Reference: J. Hanley and A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249, 1983.

    Examples
    --------
    >>> perfect = evaluate(np.array([0.9, 0.1]), np.array([True, False]))
    >>> separation(perfect)[0][:62]
    'perfect separation: every target scores above every non-target'
    """
    if result.equal_error_rate > 0:
        return []
    fewer = min(result.targets, result.nontargets)
    return [
        "perfect separation: every target scores above every non-target. Had the "
        f"{fewer:,} {'targets' if fewer == result.targets else 'non-targets'} nothing in common, an error rate of up "
        f"to {min(1, 3 / fewer):.2%} would still be likely (95 %): harder or more trials tell more"
    ]


@dataclass(frozen=True, slots=True)
class SpeakerErrors:
    """How often the system errs about one speaker, at one threshold.

    Attributes
    ----------
    speaker : name.
    targets, nontargets : trials that the speaker takes part in.
    miss, false_alarm : share of them that are decided wrongly; NaN where there are none.
    """

    speaker: str
    targets: int
    nontargets: int
    miss: float
    false_alarm: float


def speaker_errors(scores: FloatArray, trials: Trials, embeddings: Embeddings, threshold: float) -> list[SpeakerErrors]:
    """Errors about each speaker when scores of at least `threshold` are accepted, the worst speakers first.

    The order is that of miss + false-alarm rate, of which a rate without trials counts as 0.
    """
    names, codes = np.unique(embeddings.speakers, return_inverse=True)
    one, other = (codes[rows] for rows in embeddings.rows(trials))
    accepted = scores >= threshold
    targets = np.bincount(one[trials.labels], minlength=len(names))
    misses = np.bincount(one[trials.labels & ~accepted], minlength=len(names))
    both = np.concatenate([one[~trials.labels], other[~trials.labels]])
    nontargets = np.bincount(both, minlength=len(names))
    alarms = np.bincount(both[np.tile(accepted[~trials.labels], 2)], minlength=len(names))
    with np.errstate(invalid="ignore"):
        miss, false_alarm = misses / targets, alarms / nontargets
    order = np.argsort(-(np.nan_to_num(miss) + np.nan_to_num(false_alarm)), kind="stable")
    return [
        SpeakerErrors(str(names[i]), int(targets[i]), int(nontargets[i]), float(miss[i]), float(false_alarm[i]))
        for i in order.tolist()
        if targets[i] or nontargets[i]
    ]


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
    trials: Trials,
    embeddings: Embeddings,
    enrol: NDArray[np.int64],
    test: NDArray[np.int64],
    by: Sequence[str],
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Name and mask of each set of trials."""
    everything = np.ones(len(trials), dtype=np.bool_)
    yield "all trials", everything
    shared = {}
    for name in by:
        if name not in embeddings.columns and name not in ("language", "source"):
            known = ", ".join(embeddings.columns) or "none"
            raise ValueError(f"the manifest says nothing of {name!r} for these utterances: its columns are {known}")
        values = embeddings.column(name)
        shared[name] = (values[enrol] == values[test]) & (values[enrol] != "")
    masks = dict(shared)
    if len(by) > 1:
        masks[" and ".join(reversed(by))] = np.logical_and.reduce(list(shared.values()))
    for name, mask in masks.items():
        if not mask.all():
            yield f"same {name}", mask
    for name in reversed(by):
        values = embeddings.column(name)
        present = np.unique(values[enrol][shared[name]])
        for value in present.tolist() if len(present) > 1 else ():
            yield f"{name} {value}", shared[name] & (values[enrol] == value)
