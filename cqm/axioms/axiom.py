"""What an axiom is, and the judges of its cases."""

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from cqm.axioms.comparisons import Comparison, Variants
from cqm.axioms.exact import gap, may_differ, to_float
from cqm.axioms.instances import Instance, Trial

__all__ = [
    "Axiom",
    "Better",
    "Goal",
    "Judge",
    "changed",
    "improvement",
    "jumped",
    "negative",
    "not_judged",
    "preference_reversed",
    "unbeaten",
    "unknown_axiom",
    "worsened",
]

Better = str
Goal = Literal["unchanged", "not worse", "not negative", "continuous"]
Judge = Callable[[Sequence[Any], Better], float]


def improvement(before: Any, after: Any, better: Better) -> float:
    """How much better `after` is."""
    return gap(after, before) if better == "higher" else gap(before, after)


def changed(values: Sequence[Any], better: Better) -> float:
    """Amount by which two values differ; 1 for two different partitions."""
    if isinstance(values[0], tuple):
        return float(values[0] != values[1])
    return abs(gap(values[0], values[1]))


def worsened(values: Sequence[Any], better: Better) -> float:
    """Amount by which the second value is worse."""
    return -improvement(values[0], values[1], better)


def negative(values: Sequence[Any], better: Better) -> float:
    """Amount by which the value is below zero."""
    return -gap(values[0], 0)


def jumped(values: Sequence[Any], better: Better) -> float:
    """Amount by which the value moves under the smallest change, unless it moves much more under a larger one.

    A continuous function's move fades with the change: even a square root's shrinks 1000-fold from 2⁻²⁰ to 2⁻⁴⁰.
    Moves below a millionth are not reported.
    """
    start, wide, narrow = values
    if not math.isfinite(to_float(start)):
        finite = math.isfinite(to_float(narrow))  # leaving ±∞ is continuous only when the values still grow
        return float(finite and abs(to_float(narrow)) < 2 * abs(to_float(wide)))
    move = abs(gap(narrow, start))
    return move if move > 1e-6 and 2 * move >= abs(gap(wide, start)) else -move


def as_good(one: Any, other: Any, better: Better) -> bool:
    """Whether a value is surely at least as good as another; enclosures that overlap may stand for either order."""
    ahead = improvement(other, one, better)
    return ahead > 0 or (ahead == 0 and not may_differ(one, other))


def unbeaten(values: Sequence[Any], better: Better) -> float:
    """Positive when none of the other values is better than the first."""
    return 1.0 if all(as_good(values[0], other, better) for other in values[1:]) else -1.0


def preference_reversed(values: Sequence[Any], better: Better) -> float:
    """Positive when the first is at least as good as the second, but the third is worse than the fourth."""
    if not as_good(values[0], values[1], better):
        return -1.0
    return improvement(values[2], values[3], better)


def not_judged(values: Sequence[Any], better: Better) -> float:
    """Richness is a statement about all distances at once: no single case can break it."""
    return -1.0


def _check_call(function: Callable[..., Any], role: str, arguments: tuple[str, ...], cure: str = "") -> None:
    """Say at once, and not in the middle of a search, that a function can't be called as it will be."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        name = getattr(function, "__name__", repr(function))
        raise TypeError(f"a {role} is called with ({', '.join(arguments)}), which {name} does not take{cure}") from None


@dataclass(frozen=True, slots=True)
class Axiom:
    """A property that a quality measure m, or a clustering function f, may have.

    Attributes
    ----------
    name : how it is asked for.
    sentence : what it asks, in words.
    formal : the same as a formula, for a higher-is-better m.
    source : who stated it.
    plainly : what a violation means to somebody who has not read the paper.
    recipe : makes cases; None for richness, which is constructed and not searched. Of an axiom of functions, it takes
        the function first.
    judge : values of a case's instances → amount by which it breaks the axiom; positive means broken.
    smallest, largest : fewest points on which the axiom says anything, and most points on which it is tried.
    of : what it is asked of.
    kinds : the kinds of instances on which it can be asked.
    inner, outer : whether its cases are consistent changes, and distances shrink inside or grow between clusters.
    unique : for richness, whether a clustering has to be the *only* best one; None for every other axiom.
    as_many : for richness, whether it is compared only with clusterings into as many clusters.
    ways : for richness of functions, what to try for something that is given.
    goal : what a solver has to prove of the value, where it can prove the axiom at all.
    variants : all cases that start at one instance, for axioms that look at one instance at a time.
    comparison : finds what breaks the axiom among the values on a whole lattice of distances.
    """

    name: str
    sentence: str
    formal: str
    source: str = ""
    plainly: str = "it is not so"
    recipe: Callable[..., Trial] | None = None
    judge: Judge = not_judged
    smallest: int = 3
    largest: int | None = None
    of: Literal["measures", "functions", "functions that are told k", "indices"] = "measures"
    kinds: tuple[Literal["distances", "points"], ...] = ("distances", "points")
    inner: bool = False
    outer: bool = False
    unique: bool | None = None
    as_many: bool = False
    ways: Callable[..., Iterator[tuple[Instance, ...]]] | None = None
    goal: Goal | None = None
    variants: Variants | None = None
    comparison: Comparison | None = None

    def __post_init__(self) -> None:
        if self.of == "indices":
            return
        if self.recipe is None and self.unique is None and self.ways is None:
            made = "axioms.recipe makes one of a function that changes an instance"
            raise ValueError(f"{self.name} has no cases: give it a `recipe`; {made}")
        if self.recipe is not None:
            if self.judge is not_judged:
                usual = "axioms.changed, axioms.worsened, axioms.negative or a function of (values, better)"
                raise ValueError(f"nothing would break {self.name}: give it a `judge`, such as {usual}")
            takes = ("domain", "n", "draw") if self.of == "measures" else ("function", "domain", "n", "draw")
            _check_call(self.recipe, "recipe", takes, f'; axioms.recipe(…, of="{self.of}") makes one that does')
        _check_call(self.judge, "judge", ("values", "better"))

    def __repr__(self) -> str:
        return f"<axiom {self.name}: {self.sentence}>"

    @property
    def consistent(self) -> bool:
        """Whether it is a consistency: of a change inside clusters, between them, or both."""
        return self.inner or self.outer

    @property
    def invariant(self) -> bool:
        """Whether a value that moves in a case breaks it, or a case has a single value."""
        return self.judge in (changed, negative)


def unknown_axiom(name: str, known: Iterable[str], kind: str = "axiom") -> ValueError:
    """What is said of a name that no axiom has: the nearest ones, or all."""
    near = get_close_matches(name, known, n=2, cutoff=0.7)
    cure = f"did you mean {' or '.join(near)}?" if near else f"choose from {', '.join(known)}"
    return ValueError(f"unknown {kind} {name!r}: {cure}")
