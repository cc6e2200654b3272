"""`check_index`: whether an external index has the properties that are asked of one, with the counterexample if not."""

from collections.abc import Iterable
from contextlib import suppress
from random import Random
from typing import Any, overload

from cqm.axioms.agreement.exhaustion import CASES, LARGEST, triangles
from cqm.axioms.agreement.larger import drawn, most_points
from cqm.axioms.agreement.partitions import reference
from cqm.axioms.agreement.proofs import index_proof
from cqm.axioms.agreement.rounding import confirmed, repeated, with_noise
from cqm.axioms.agreement.statements import INDEX_AXIOMS, INDEX_DOMAIN, not_improved
from cqm.axioms.agreement.subjects import IndexSubject, index_subject
from cqm.axioms.axiom import unknown_axiom
from cqm.axioms.exact import is_undefined
from cqm.axioms.instances import Instance, Trial
from cqm.axioms.judging import one_mind, random_verdict
from cqm.axioms.limits import OutOfTime, check_time, time_left, time_limit
from cqm.axioms.rounding import Repeated
from cqm.axioms.statements import Axiom, changed
from cqm.axioms.verdict import Evidence, Verdict, Verdicts
from cqm.axioms.witness import Witness, described

__all__ = ["SECONDS", "check_index", "index_axiom"]

SECONDS = 60.0


@overload
def check_index(
    index: Any,
    axiom: Axiom | str,
    *,
    better: str | None = ...,
    name: str | None = ...,
    tolerance: float | None = ...,
    seconds: float = ...,
    seed: int = ...,
) -> Verdict: ...
@overload
def check_index(
    index: Any,
    axiom: Iterable[Axiom | str] | None = ...,
    *,
    better: str | None = ...,
    name: str | None = ...,
    tolerance: float | None = ...,
    seconds: float = ...,
    seed: int = ...,
) -> Verdicts: ...
def check_index(
    index: Any,
    axiom: Axiom | str | Iterable[Axiom | str] | None = None,
    *,
    better: str | None = None,
    name: str | None = None,
    tolerance: float | None = None,
    seconds: float = SECONDS,
    seed: int = 0,
) -> Verdict | Verdicts:
    """Judge an external index by one axiom, or by several; by default by all.

    Catalogued indices are judged from their definitions: values are fractions, or expressions in logarithms and roots,
    and every comparison of them is certain. Anyone's function is judged by its floats, and what rounding may have done
    to them refutes nothing. All partitions of 2, 3, … points are tried, so that a counterexample is a smallest one,
    then some of up to 17 points (9 for means of an index), for what begins with larger clusters.

    Parameters
    ----------
    index : name from `cqm.external.external_catalog`, one of its entries or functions, or any callable
        ``f(labels_true, labels_pred)`` that returns a number.
    axiom : one of `cqm.axioms.INDEX_AXIOMS`, or its name, with or without `index_`; or several, or None for all.
    better : which values of a callable mean more alike: "higher" or "lower". Known for catalogued indices.
    name : what verdicts call a callable.
    tolerance : differences up to this share of the largest value are rounding. By default 10⁻⁹ or, where that is more,
        32 times what the callable's values move by when the points are listed in another order.
    seconds : limit on the time of the whole call.
    seed : for the orders of the points that are tried.

    Returns
    -------
    Verdict or Verdicts
        `holds` is False only with a witness, and None where the index has no value, or several for one input.

    Examples
    --------
    >>> from cqm import axioms
    >>> verdict = axioms.check_index("rand", "constant_baseline")
    >>> verdict.status, str(verdict.witness)
    ('refuted', '4 points, {0,1} {2} beside all clusterings with the sizes of {0,1} {2}: 5/9 (0.5556) → 1/2 (0.5)')
    >>> axioms.check_index("adjusted_rand", "constant_baseline").status
    'proved'
    >>> from sklearn.metrics import normalized_mutual_info_score
    >>> verdict = axioms.check_index(normalized_mutual_info_score, "triangle_inequality", better="higher")
    >>> verdict.holds, verdict.witness.n
    (False, 3)
    """
    subject = index_subject(index, better=better, name=name)
    if isinstance(axiom, Axiom | str):
        asked = [index_axiom(axiom)]
    else:
        asked = [index_axiom(one) for one in (INDEX_AXIOMS if axiom is None else axiom)]
    verdicts = []
    with time_limit(seconds):
        several = None
        if not subject.generic:
            subject = with_noise(subject, tolerance, seed)
            several = repeated(subject, seed)
        for i, one in enumerate(asked):
            with time_limit(time_left() / (len(asked) - i)):
                verdicts.append(
                    _judged(subject, one, seed)
                    if several is None
                    else random_verdict(subject, one, INDEX_DOMAIN, several)
                )
    return verdicts[0] if isinstance(axiom, Axiom | str) else Verdicts(one_mind(verdicts))


def index_axiom(name: Axiom | str) -> Axiom:
    """The axiom of external indices that has that name."""
    if isinstance(name, Axiom):
        if INDEX_AXIOMS.get(name.name) is not name:
            raise ValueError(f"{name.name} is none of axioms.INDEX_AXIOMS, by which alone external indices are judged")
        return name
    for called in (name, f"index_{name}"):
        if called in INDEX_AXIOMS:
            return INDEX_AXIOMS[called]
    raise unknown_axiom(name, [called.removeprefix("index_") for called in INDEX_AXIOMS], "axiom of external indices")


def _judged(subject: IndexSubject, axiom: Axiom, seed: int) -> Verdict:
    if (proof := index_proof(subject, axiom)) is not None:
        return Verdict(subject.name, axiom.name, INDEX_DOMAIN, True, proof.evidence())
    cases, moved, largest = 0, 0, 0
    undefined: Witness | None = None
    failed: Witness | None = None
    tie: Trial | None = None
    most = most_points(axiom.name)  # of clusterings that are drawn after all of few points
    with suppress(OutOfTime):
        for n in [*range(axiom.smallest, _largest(subject) + 1), most]:
            doubtless, trials = _cases(subject, axiom, n, seed)
            cases += doubtless
            for trial in trials:
                check_time()  # values that are known already are not asked for
                values = [_value(subject, axiom, frame) for frame in trial.frames]
                if any(map(is_undefined, values)):
                    undefined = undefined or _witness(subject, axiom, trial, values)
                    if failed is None and any(getattr(value, "failed", False) for value in values):
                        failed = _witness(subject, axiom, trial, values)
                    continue
                cases += 1
                moved += any(value != values[0] for value in values[1:])
                if axiom.judge(values, subject.better) > 0 and (sure := confirmed(subject, axiom, trial, seed)):
                    if isinstance(sure, Repeated):
                        return random_verdict(subject, axiom, INDEX_DOMAIN, sure)
                    if axiom.judge is not not_improved or changed(values, subject.better):
                        return _refuted(subject, axiom, trial, cases, undefined)
                    tie = tie or trial  # a value that gets worse, where there is one, shows more than one that stays
            largest = n
            if tie is not None:
                break
    if tie is not None:
        return _refuted(subject, axiom, tie, cases, undefined)
    stopped = largest < most
    largest = min(largest, _largest(subject))
    if failed is not None or not cases:
        if failed is not None:
            nothing = Evidence("error", _reason(failed))
        elif undefined is not None:
            text = "it has no value for any two clusterings that were tried"
            nothing = Evidence("none", f"{text}, such as {_reason(undefined)}")
        else:
            nothing = Evidence("none", "the time was too short")
        missing = failed or undefined
        return Verdict(subject.name, axiom.name, INDEX_DOMAIN, None, nothing, cases, undefined=missing, stopped=stopped)
    more = "" if stopped else f" and some of up to {most}"
    text = f"no counterexample among all partitions of {axiom.smallest} to {largest} points{more}: {cases:,} cases"
    evidence = Evidence("exhaustion", text + (", when the time was over" if stopped else ""), largest=largest)
    return Verdict(
        subject.name,
        axiom.name,
        INDEX_DOMAIN,
        True,
        evidence,
        cases,
        (),
        undefined,
        stopped,
        max(moved, cases - moved > 0),
    )


def _refuted(subject: IndexSubject, axiom: Axiom, trial: Trial, cases: int, undefined: Witness | None) -> Verdict:
    witness = _witness(subject, axiom, trial, [subject.exact(frame) for frame in trial.frames])
    return Verdict(subject.name, axiom.name, INDEX_DOMAIN, False, witness, cases, undefined=undefined)


def _largest(subject: IndexSubject) -> int:
    return LARGEST if subject.generic else LARGEST - 1


def _cases(subject: IndexSubject, axiom: Axiom, n: int, seed: int) -> tuple[int, Iterable[Trial]]:
    """Cases that hold without doubt, by their number, and the others."""
    if n > _largest(subject):
        return 0, drawn(axiom.name, Random(seed))
    if axiom.name == "index_triangle_inequality":
        every, doubtful = triangles(subject, n)
        return every - len(doubtful) if every else 0, doubtful or (() if every else CASES[axiom.name](n))
    return 0, CASES[axiom.name](n)


def _value(subject: IndexSubject, axiom: Axiom, frame: Instance) -> Any:
    """The value, from those that are known unless the names themselves are what is asked about."""
    if axiom.name == "index_label_invariance":
        return subject.exact(frame)
    if frame.kind == "shuffled partitions":
        return subject.mean(reference(frame), frame.labels)
    return subject.between(reference(frame), frame.labels)


def _witness(subject: IndexSubject, axiom: Axiom, trial: Trial, values: Iterable[Any]) -> Witness:
    return Witness(
        subject.name, axiom.name, INDEX_DOMAIN, subject.better, trial.frames, tuple(values), trial.change, subject
    )


def _reason(missing: Witness) -> str:
    """Why there is no value, and where; a failure before any other reason."""
    found = [(value, frame) for value, frame in zip(missing.values, missing.frames, strict=True) if is_undefined(value)]
    value, frame = max(found, key=lambda one: getattr(one[0], "failed", False))
    return f"{getattr(value, 'reason', 'NaN')}, for {described(frame)}"
