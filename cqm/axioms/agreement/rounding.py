"""What is rounding and what is a violation, for an index of floats."""

import math
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from cqm.axioms.agreement.partitions import compared, reference
from cqm.axioms.agreement.subjects import IndexSubject
from cqm.axioms.exact import FLOAT_TOLERANCE, is_undefined
from cqm.axioms.instances import Instance, Trial, partitions
from cqm.axioms.limits import OutOfTime, time_left, time_limit
from cqm.axioms.rounding import RANDOM, SAFETY, SHARE, Repeated
from cqm.axioms.statements import Axiom

__all__ = ["confirmed", "repeated", "with_noise"]

LAST_DIGITS = 2.0**-46
TRIES = 4
CALLED_AGAIN = 50  # cases


def with_noise(subject: IndexSubject, tolerance: float | None, seed: int) -> IndexSubject:
    """The subject with what rounding may do to its values: by default much more than other orders of the points do."""
    rng = random.Random(seed)
    scale, moved = 0.0, 0.0
    with suppress(OutOfTime), time_limit(SHARE * time_left()):  # a slow function is judged by what was seen so far
        for n in (3, 4, 5) * 8:
            case = compared(*(rng.choice(partitions(n)) for _ in range(2)))
            values = [subject.exact(one) for one in (case, *_like(case, rng))]
            finite = [float(value) for value in values if math.isfinite(value)]
            scale = max([scale, *map(abs, finite)])
            spread = max(finite, default=0.0) - min(finite, default=0.0)
            moved = max(moved, spread if spread < RANDOM * scale else 0.0)  # more is no rounding
    noise = max(FLOAT_TOLERANCE * scale, SAFETY * moved) if tolerance is None else tolerance * scale
    return replace(subject, noise=noise, last_digits=max(LAST_DIGITS * scale, 4 * moved), known={})


def repeated(subject: IndexSubject, seed: int) -> Repeated | None:
    """Two clusterings for which the function has several values, if there are any among some."""
    rng = random.Random(seed)
    with suppress(OutOfTime), time_limit(SHARE * time_left()):
        for _ in range(CALLED_AGAIN):
            case = compared(*(rng.choice(partitions(5)) for _ in range(2)))
            first, second = (subject.exact(case) for _ in range(2))
            if not any(map(is_undefined, (first, second))) and abs(first - second) > subject.noise:
                return Repeated(case, first, second)
    return None


def confirmed(subject: IndexSubject, axiom: Axiom, trial: Trial, seed: int) -> bool | Repeated:
    """Whether a violation of a function of floats is more than rounding, whatever the order of the points.

    Values that should differ and do not have to be equal to the last digits, too: a function may tell clusterings apart
    by very little. An input for which the function has several values is returned instead.
    """
    if subject.generic:
        return True
    for frame in trial.frames:
        first, *others = (replace(subject, known={}).exact(frame) for _ in range(3))
        for other in others:
            if not is_undefined(first) and not abs(first - other) <= max(subject.noise, RANDOM * abs(first)):
                return Repeated(frame, first, other)
    rng = random.Random(seed)
    sharp = replace(subject, noise=min(subject.noise, subject.last_digits), known={})
    orders = [trial.frames]
    if axiom.name != "index_label_invariance":
        orders += [tuple(_reordered(frame, rng) for frame in trial.frames) for _ in range(TRIES)]
    for one in (subject, sharp):
        for frames in orders:
            values = [one.exact(frame) for frame in frames]
            if any(map(is_undefined, values)) or not axiom.judge(values, subject.better) > 0:
                return False
    return True


def _like(case: Instance, rng: random.Random) -> Iterator[Instance]:
    for _ in range(TRIES):
        yield _reordered(case, rng)


def _reordered(case: Instance, rng: random.Random) -> Instance:
    """The same clusterings with the points in another order."""
    order = rng.sample(range(case.n), case.n)
    true = reference(case)
    rows = tuple((true[x],) for x in order)
    return replace(case, rows=rows, labels=tuple(case.labels[x] for x in order))
