"""Telling a violation from rounding, for functions that know floats only.

Two things are asked of a difference before it counts. It is larger than the function's own noise: what its values move
by when it is called again, when the points are listed in another order, or when the data change in their last digit.
And it does not hang on the last digit of the very case: either it stays when every number of the case is changed in
its last digit, or it stays in several other units, chosen so that means of clusters, squares and sums are integers and
are not rounded at all.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median
from typing import Any

import numpy as np

from cqm.axioms.domains import Domain
from cqm.axioms.exact import compare, is_undefined, to_float
from cqm.axioms.instances import Instance
from cqm.axioms.limits import OutOfTime, time_left, time_limit

__all__ = ["Noise", "Repeated", "differ", "measured_noise", "stands", "survives"]

LAST_DIGIT = Fraction(1, 2**52)
SAFETY = 32  # times the noise that was seen is how far rounding may go
NUDGES, UNITS = 24, (1, 3, 5, 7, 11, 13, 17, 19)
STEADY = 1.2  # shares of the values that rounding causes differ by more, from unit to unit
RANDOM = 1e-6  # above this, two values of one call are no rounding
SHARE = 0.1  # of the time that is left, for measuring the noise
Broken = Callable[[Sequence[Any]], float]
_SHAPES = ((0, 0, 1, 1), (0, 0, 0, 1, 2), (0, 0, 0, 1, 1, 2), (0, 1, 0, 1, 0, 1, 1), (0, 0, 0, 0, 1, 1, 1, 2, 2))


@dataclass(frozen=True, slots=True)
class Repeated:
    """One input, two values."""

    instance: Instance
    first: Any
    second: Any


@dataclass(frozen=True, slots=True)
class Noise:
    """How far a function's values are from exact.

    Attributes
    ----------
    tolerance : relative to values above 1, differences up to here are rounding.
    random : an input on which two calls returned values that are no rounding of each other.
    """

    tolerance: float
    random: Repeated | None = None


def measured_noise(subject: Any, domain: Domain, seed: int) -> Noise:
    """Call a function of floats on a few clusterings again, in other orders and with other last digits."""
    rng = random.Random(seed)
    moves, seen = [0.0], []
    try:
        with time_limit(SHARE * time_left()):
            for shape in _SHAPES:
                case = _generic(domain, shape, rng)
                value = subject.approximate(case)
                again = subject.approximate(case)
                if is_undefined(value) or not math.isfinite(value):
                    continue
                if _relative(value, again) > RANDOM:
                    return Noise(subject.tolerance, Repeated(case, value, again))
                others = [again, *(subject.approximate(other) for other in _like(domain, case, rng))]
                seen += [float(value), *map(float, others)]
                moves += [move for other in others if (move := _relative(value, other)) <= RANDOM]
    except OutOfTime:  # a slow function is judged by what was seen so far
        pass
    return Noise(max(subject.tolerance, SAFETY * max(moves), SAFETY * _precision(seen)))


def _precision(values: list[float]) -> float:
    """Unit roundoff of the coarsest type that holds all values, where they are not a few round numbers."""
    finite = [value for value in values if math.isfinite(value) and value * 64 != round(value * 64)]
    if len(set(finite)) < 4:
        return 0.0
    with np.errstate(over="ignore"):
        for kind in (np.float16, np.float32):
            if all(float(kind(value)) == value for value in finite):
                return float(np.finfo(kind).eps) / 2
    return 0.0


def _generic(domain: Domain, labels: tuple[int, ...], rng: random.Random) -> Instance:
    """A clustering of numbers that use all their digits; its distances are a metric."""
    n = len(labels)
    if domain.kind == "points":
        rows = tuple(tuple(Fraction(rng.uniform(-8, 8)) for _ in range(2)) for _ in range(n))
    else:
        entries = {(x, y): Fraction(rng.uniform(4, 8)) for x in range(n) for y in range(x)}
        rows = _symmetric(n, lambda x, y: entries[x, y])
    return Instance(domain.kind, rows, labels)


def _symmetric(n: int, entry: Callable[[int, int], Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(entry(max(x, y), min(x, y)) if x != y else 0 for y in range(n)) for x in range(n))


def _like(domain: Domain, case: Instance, rng: random.Random) -> Iterator[Instance]:
    """The same case in other orders, and with other last digits."""
    for _ in range(3):
        order = tuple(rng.sample(range(case.n), case.n))
        yield Instance(case.kind, domain.reordered(case.rows, order), tuple(case.labels[x] for x in order))
    for _ in range(3):
        yield nudged(case, rng)


def nudged(case: Instance, rng: random.Random) -> Instance:
    """The case with every number changed in its last digit; equal points stay equal."""
    if case.kind == "distances":
        entries = {
            (x, y): case.rows[x][y] * (1 + rng.randint(-2, 2) * LAST_DIGIT) for x in range(case.n) for y in range(x)
        }
        return replace(case, rows=_symmetric(case.n, lambda x, y: entries[x, y]))
    digit = LAST_DIGIT * max(abs(Fraction(value)) for row in case.rows for value in row)
    moved = {row: tuple(value + rng.randint(-2, 2) * digit for value in row) for row in dict.fromkeys(case.rows)}
    return replace(case, rows=tuple(moved[row] for row in case.rows))


def _relative(one: Any, other: Any) -> float:
    if one == other:
        return 0.0
    x, y = to_float(one), to_float(other)
    return abs(x - y) / max(1.0, abs(x), abs(y)) if math.isfinite(x) and math.isfinite(y) else math.inf


def differ(one: Any, other: Any) -> bool:
    """Whether two values, or two partitions, are different."""
    return one != other if isinstance(one, tuple) else compare(one, other) != 0


def stands(
    subject: Any, axiom: Any, domain: Domain, frames: Sequence[Instance], values: Sequence[Any], seed: int
) -> bool | Repeated:
    """Whether a case breaks an axiom by more than rounding; or an input for which the function has several values."""
    exact = subject.generic and not any(isinstance(value, float) and math.isfinite(value) for value in values)
    if exact:
        return True
    if not subject.generic:
        for frame, first in zip(frames, values, strict=True):
            for _ in range(3):
                second = subject.approximate(frame)
                if second != first if isinstance(first, tuple) else not _relative(first, second) <= RANDOM:
                    return Repeated(frame, first, second)
    return survives(subject, domain, frames, lambda found: axiom.judge(found, subject.better), seed)


def survives(subject: Any, domain: Domain, frames: Sequence[Instance], broken: Broken, seed: int) -> bool:
    """Whether a violation is more than the rounding of one case.

    Parameters
    ----------
    subject : what is judged.
    domain : where.
    frames : the case.
    broken : values of its instances → amount by which they break the axiom; positive means broken.
    seed : for the nudges.
    """
    return _in_every_unit(subject, domain, frames, broken) or _when_nudged(subject, frames, broken, random.Random(seed))


def _in_every_unit(subject: Any, domain: Domain, frames: Sequence[Instance], broken: Broken) -> bool:
    """Whether it stays in units in which the means of clusters, squares and their sums are integers.

    Where some would be too large for that, it has to stay the same share of the values, too.
    """
    sizes = {frame.labels.count(label) for frame in frames for label in frame.labels} | {frame.n for frame in frames}
    entries = [Fraction(value) for frame in frames for row in frame.rows for value in row]
    whole = math.lcm(*range(1, 11), *sizes) * math.lcm(*(value.denominator for value in entries))
    widest = max(map(abs, entries)) * whole * max(UNITS)
    shares = []
    for unit in UNITS:
        scaled = (replace(frame, rows=domain.scaled(frame.rows, whole * unit)) for frame in frames)
        values = [subject.approximate(frame) for frame in scaled]
        amount = -1.0 if any(map(is_undefined, values)) else broken(values)
        if not amount > 0:
            return False
        if not isinstance(values[0], tuple):
            shares.append(amount / max(1.0, *(abs(value) for value in map(to_float, values) if math.isfinite(value))))
    return widest**2 * 4 * len(entries) < 2**53 or max(shares, default=1) < STEADY * min(shares, default=1)


def _when_nudged(subject: Any, frames: Sequence[Instance], broken: Broken, rng: random.Random) -> bool:
    """Whether it stays, and stays far larger than what they do to it, under changes of all last digits."""
    amounts = []
    for _ in range(NUDGES):
        values = [subject.approximate(nudged(frame, rng)) for frame in frames]
        amount = -1.0 if any(map(is_undefined, values)) else broken(values)
        if not amount > 0:
            return False
        amounts.append(amount)
    finite = [amount for amount in amounts if math.isfinite(amount)]
    return not finite or median(finite) > 4 * (max(finite) - min(finite))
