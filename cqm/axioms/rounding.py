"""Telling a violation from rounding, for functions that know floats only.

Two things are asked of a difference before it counts. It is larger than the function's own noise: what its values move
by when it is called again, when the points are listed in another order, or when the data change in their last digit.
And it does not hang on how the numbers of the very case are rounded: either the same change of data nearby, where
nothing is equal by chance, breaks the axiom by about as much; or, since a function may be wrong just where distances
are equal, it stays in many copies of the case, in which what was equal is equal but all is rounded in another way.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from cqm.axioms.domains import Domain, nearby
from cqm.axioms.exact import compare, is_undefined, to_float
from cqm.axioms.instances import Instance, Number, Trial
from cqm.axioms.limits import OutOfTime, time_left, time_limit

__all__ = ["Noise", "Repeated", "differ", "measured_noise", "stands", "survives"]

LAST_DIGIT = Fraction(1, 2**52)
SAFETY = 32  # times the noise that was seen is how far rounding may go
NEARBY, NUDGES, COPIES = 8, 24, 64  # how often a violation has to be found again
TRIES = 3 * NEARBY
ALIKE, STEADY = 1.3, 1.5  # by no more of a factor do its shares of the values differ; those of rounding differ by more
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


def stands(subject: Any, axiom: Any, domain: Domain, trial: Trial, values: Sequence[Any], seed: int) -> bool | Repeated:
    """Whether a case breaks an axiom by more than rounding; or an input for which the function has several values."""
    exact = subject.generic and not any(isinstance(value, float) and math.isfinite(value) for value in values)
    if exact:
        return True
    if not subject.generic:
        for frame, first in zip(trial.frames, values, strict=True):
            for _ in range(2):
                second = subject.approximate(frame)
                if second != first if isinstance(first, tuple) else not _relative(first, second) <= RANDOM:
                    return Repeated(frame, first, second)
    return survives(subject, domain, trial, lambda found: axiom.judge(found, subject.better), seed)


def survives(subject: Any, domain: Domain, trial: Trial, broken: Broken, seed: int) -> bool:
    """Whether a violation is more than the rounding of one case.

    Parameters
    ----------
    subject : what is judged.
    domain : where.
    trial : the case.
    broken : values of its instances → amount by which they break the axiom; positive means broken.
    seed : for the data nearby and the copies.
    """
    rng = random.Random(seed)

    def share(frames: Sequence[Instance]) -> float:
        """Amount by which the axiom is broken, as a share of the values; 1 for partitions, −1 where it is not."""
        values = [subject.screen(frame) for frame in frames]
        amount = -1.0 if any(map(is_undefined, values)) else broken(values)
        if not amount > 0 or isinstance(values[0], tuple):
            return amount
        sizes = [abs(value) for value in map(to_float, values) if math.isfinite(value)]
        return amount / (max(sizes, default=0.0) or 1.0) if math.isfinite(amount) else 1.0

    near = nearby(domain, rng, subject.tolerance)
    others = (
        [] if trial.again is None else list(islice(filter(None, (trial.again(near) for _ in range(TRIES))), NEARBY))
    )
    if len(others) == NEARBY:
        close = _steady(map(share, (other.frames for other in others)), ALIKE)
    else:  # nobody knows how the case is made, or it cannot be made of other data
        close = _steady((share([nudged(frame, rng) for frame in trial.frames]) for _ in range(NUDGES)), ALIKE)
    return close or _steady(map(share, _copies(trial.frames, rng)), STEADY)


def _steady(shares: Iterable[float], factor: float) -> bool:
    """Whether all are positive, and none is larger than another by so much."""
    seen = []
    for share in shares:
        if not share > 0:
            return False
        seen.append(share)
    return max(seen) < factor * min(seen)


def _copies(frames: Sequence[Instance], rng: random.Random) -> Iterator[tuple[Instance, ...]]:
    """The case again and again, with the same ties, but rounded in other ways.

    Points are turned and scaled by a Gaussian integer, whose length is mostly irrational. Distances are scaled and
    shifted a little, by whole numbers that keep equal sums equal, where all instances have the same distances; else
    they are scaled by any number and raised to a power just below 1.
    """
    sizes = {frame.labels.count(label) for frame in frames for label in frame.labels} | {frame.n for frame in frames}
    entries = [Fraction(value) for frame in frames for row in frame.rows for value in row]
    whole = 12 * math.lcm(*sizes, *(value.denominator for value in entries))  # means of means are whole, too
    moved = len({tuple(sorted(value for row in frame.rows for value in row)) for frame in frames}) > 1
    for _ in range(COPIES):
        if frames[0].kind == "points":
            angle = rng.uniform(0, math.tau)
            z = whole * round(32 * math.cos(angle)), whole * round(32 * math.sin(angle))
            yield tuple(replace(frame, rows=tuple(_turned(row, z) for row in frame.rows)) for frame in frames)
        elif moved:
            factor, power = rng.uniform(1, 1.1), 1 - rng.uniform(0, 2**-10)
            yield tuple(_entrywise(frame, lambda d: Fraction(factor * float(d) ** power)) for frame in frames)  # noqa: B023
        else:
            unit, shift = whole * rng.randint(1024, 1100), whole * rng.randint(1, 16)
            yield tuple(_entrywise(frame, lambda d: d * unit + shift) for frame in frames)  # noqa: B023


def _turned(row: Sequence[Number], z: tuple[int, int]) -> tuple[Number, ...]:
    """The coordinates, two by two, times a complex number with whole parts."""
    padded = (*row, *(0,) * (len(row) % 2))
    pairs = zip(padded[::2], padded[1::2], strict=True)
    return tuple(part for x, y in pairs for part in (x * z[0] - y * z[1], x * z[1] + y * z[0]))


def _entrywise(frame: Instance, new: Callable[[Number], Number]) -> Instance:
    """Other distances; those that are 0 stay so."""
    return replace(frame, rows=tuple(tuple(new(d) if d else d for d in row) for row in frame.rows))
