"""Looking for a case that breaks an axiom: hypothesis, a climb, bisection. Deterministic for a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, find, reject, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition, NoSuchExample, Unsatisfiable

from cqm.axioms.domains import Domain, Draw
from cqm.axioms.exact import is_undefined, to_float
from cqm.axioms.instances import Rejected, Trial
from cqm.axioms.limits import OutOfTime, deadline, time_left, time_limit, until
from cqm.axioms.rounding import Repeated, differ, stands
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject, Undefined
from cqm.axioms.transformations import labels, straddling

__all__ = ["ENOUGH", "STOPPED", "Budget", "Search", "search", "with_seconds"]

CHUNK = 50
STOPPED = ", stopped by the time limit"
SIZES = (3, 4, 5, 6, 7, 9, 13)  # numbers of points that are searched
SMALL = 6  # up to here, most axioms break if they break at all
MANY = 0.4  # share of the cases with more points
ENOUGH = 100  # different values that are kept count of


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to look.

    Attributes
    ----------
    cases : cases to try for each axiom.
    largest : most points of a case.
    seconds : a limit on the time of one check, shared by the axioms that it asks; none of its loops outlasts it by more
        than one call of the function. What it cuts short says so.
    seed : the same seed tries the same cases.
    thorough : exhaust larger lattices and prove for more points; minutes, not seconds.
    proofs : whether to look for proofs by SMT solvers, where z3 and cvc5 are installed.
    """

    cases: int = 5000
    largest: int = 13
    seconds: float = 50.0
    seed: int = 0
    thorough: bool = False
    proofs: bool = True


def with_seconds(budget: Budget, seconds: float | None) -> Budget:
    """The budget with another limit on time, if one is given."""
    return budget if seconds is None else replace(budget, seconds=seconds)


class Over(KeyboardInterrupt):
    """Ends hypothesis at once, as a user would: it takes any other exception for a failure to look into."""


@dataclass(slots=True, repr=False)
class Search:
    """What a search did and found.

    Attributes
    ----------
    subject, axiom, domain : what was judged.
    tried : how often a case was to be made.
    cases : those whose values are all defined.
    without : those in which some value is undefined.
    moved : those of them whose values differ from each other.
    different : values that the first instances of cases had, up to a few.
    compared : whether cases have several instances, so that a value can move.
    rounded : cases that broke the axiom by no more than rounding.
    found : the simplest case that breaks the axiom.
    undefined : the first case with an undefined value.
    failed : the first case on which the function failed.
    random : an input on which the function returned two values.
    floating : whether some value was screened as a float, so that smaller violations than rounding go unseen.
    stopped : whether the time limit came before the number of cases.
    deadline : when the time for the axiom is over.
    confirmed : amounts by which cases break the axiom.
    values : the values of the cases that are named here.
    """

    subject: Subject
    axiom: Axiom
    domain: Domain
    seed: int = 0
    tried: int = 0
    cases: int = 0
    without: int = 0
    moved: int = 0
    different: set[Any] = field(default_factory=set)
    compared: bool = False
    rounded: int = 0
    found: Trial | None = None
    undefined: Trial | None = None
    failed: Trial | None = None
    random: Repeated | None = None
    floating: bool = False
    stopped: bool = False
    deadline: float = field(default_factory=deadline)
    confirmed: dict[Trial, float] = field(default_factory=dict, repr=False)
    values: dict[Trial, tuple[Any, ...]] = field(default_factory=dict, repr=False)

    @property
    def counts_values(self) -> bool:
        """Whether cases say more the more values there are, and not the more often a value moves."""
        return self.axiom.invariant or not self.compared

    def violation(self, trial: Trial) -> float:
        """Amount by which a case breaks the axiom: screened by fast arithmetic, confirmed by exact arithmetic.

        Of a function of floats, it is confirmed that the amount is no rounding. Nothing breaks the axiom any more once
        the time is over.
        """
        if trial in self.confirmed:  # whoever shrinks a case has to find what it found
            return self.confirmed[trial]
        if self.over():
            return -float("inf")
        try:
            with until(self.deadline):  # a case that was begun may take what is left for other ones
                amount = self._violation(trial)
        except OutOfTime:
            self.stopped = True
            return -float("inf")
        if amount > 0:
            self.confirmed[trial] = amount
        return amount

    def _violation(self, trial: Trial) -> float:
        values = [self.subject.screen(frame) for frame in trial.frames]
        if not self._defined(trial, values):
            return -float("inf")
        self._count(values)
        amount = self.axiom.judge(values, self.subject.better)
        if amount > 0 and self.subject.generic:
            values = [self.subject.exact(frame) for frame in trial.frames]
            if not self._defined(trial, values):
                return -float("inf")
            amount = self.axiom.judge(values, self.subject.better)
        if amount > 0:
            outcome = stands(self.subject, self.axiom, self.domain, trial, values, self.seed)
            if isinstance(outcome, Repeated):
                self.random = outcome
                return -float("inf")
            if not outcome:
                self.rounded += 1
                return 0.0
            self.values[trial] = tuple(values)
        return amount

    def _defined(self, trial: Trial, values: Sequence[Any]) -> bool:
        if not any(map(is_undefined, values)):
            return True
        self.without += 1
        if self.undefined is None:
            self.undefined, self.values[trial] = trial, tuple(values)
        if self.failed is None and any(isinstance(value, Undefined) and value.failed for value in values):
            self.failed, self.values[trial] = trial, tuple(values)
        return False

    def _count(self, values: Sequence[Any]) -> None:
        first = values[0]
        self.cases += 1
        self.moved += any(differ(first, value) for value in values[1:])
        self.compared |= len(values) > 1
        self.floating = self.floating or any(isinstance(value, float) for value in values)
        if len(self.different) < ENOUGH:
            self.different.add(first if isinstance(first, tuple) else f"{to_float(first):.9g}")

    def go_on(self, other: "Search") -> None:
        """Count what another search did, and take what it found."""
        for count in ("cases", "without", "moved", "rounded"):
            setattr(self, count, getattr(self, count) + getattr(other, count))
        self.different = set(list(self.different | other.different)[:ENOUGH])
        for seen in ("found", "undefined", "failed", "random"):
            setattr(self, seen, getattr(self, seen) or getattr(other, seen))
        for either in ("compared", "floating", "stopped"):
            setattr(self, either, getattr(self, either) or getattr(other, either))
        self.values.update(other.values)

    def made_by(self, n: int, draw: Draw) -> Trial | None:
        """The case that the axiom's recipe makes of some choices, if it makes one."""
        self.tried += 1
        choices: list[int] = []

        def chosen(low: int, high: int) -> int:
            choices.append(draw(low, high))
            return choices[-1]

        try:
            trial = made(self.axiom, n, self.domain, chosen)
        except OutOfTime:  # recipes of functions call them
            self.stopped = True
            return None
        if trial is None or self.axiom.goal == "continuous":  # a jump is not found again in data nearby
            return trial
        return replace(trial, again=lambda domain: replayed(self.axiom, n, choices, domain))

    def over(self) -> bool:
        """Whether to stop: the limit has passed, or the function has been seen to be random."""
        late = time_left() < 0
        self.stopped |= late
        return late or self.random is not None


def made(axiom: Axiom, n: int, domain: Domain, draw: Draw) -> Trial | None:
    """The case that the axiom's recipe makes, if it makes one."""
    assert axiom.recipe is not None
    try:
        return axiom.recipe(domain, n, draw)
    except Rejected:
        return None


def replayed(axiom: Axiom, n: int, choices: Sequence[int], domain: Domain) -> Trial | None:
    """The case that the recipe makes of choices that were made before."""
    left = iter(choices)
    try:
        return made(axiom, n, domain, lambda low, high: min(max(next(left, 0), low), high))
    except (TypeError, ValueError):  # a recipe of one's own may want whole numbers
        return None


def search(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> Search:
    """Try cases with ever more points, so that the first violation has as few points as any that were tried."""
    state = Search(subject, axiom, domain, seed=budget.seed)
    largest = max(budget.largest, axiom.smallest)
    sizes = [n for n in SIZES if axiom.smallest <= n <= (largest if axiom.largest is None else axiom.largest)]
    small = [n for n in sizes if n <= SMALL]
    many = MANY if len(sizes) > len(small) else 0
    rng = random.Random(budget.seed)
    steps = []
    for n in sizes:
        share = (1 - many) / len(small) if n <= SMALL else many / (len(sizes) - len(small))
        # hypothesis shrinks better than it finds, and takes long to draw many numbers
        methods = {_by_hypothesis: 0.25, _by_climbing: 0.75} if n <= SMALL else {_by_climbing: 1.0}
        if axiom.goal == "continuous":
            methods = {**methods, _by_bisection: 1.0}
        steps += [(n, method, round(part * share * budget.cases)) for method, part in methods.items()]
    while steps and state.found is None and state.random is None:
        cut = []
        for i, (n, method, cases) in enumerate(steps):
            left, before, state.stopped = sum(step[2] for step in steps[i:]), state.tried, False
            with time_limit(time_left() * cases / max(left, 1)):  # what one leaves over, the next may use
                state.found = method(state, n, cases, rng)
            if state.found is not None or state.random is not None:
                break
            if state.stopped and (more := cases - (state.tried - before)) > 0:
                cut.append((n, method, more))
        state.stopped = bool(cut)
        steps = cut if time_left() > 0 else []  # and what all leave over, those that it stopped
    return state


def _by_hypothesis(state: Search, n: int, cases: int, rng: random.Random) -> Trial | None:
    """Property-based search; what it finds is already shrunk."""

    @st.composite
    def trials(draw: st.DrawFn) -> Trial:
        if state.over():
            raise Over
        trial = state.made_by(n, lambda low, high: draw(st.integers(low, high)))
        return reject() if trial is None else trial

    for start in range(0, cases, CHUNK):  # in chunks, because hypothesis must not see the clock
        if state.over():
            break
        options = settings(
            max_examples=min(CHUNK, cases - start),
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        seed = random.Random(rng.getrandbits(64))
        try:
            return find(trials(), lambda trial: state.violation(trial) > 0, settings=options, random=seed)
        except (NoSuchExample, Unsatisfiable):
            continue
        except (Over, FlakyStrategyDefinition):  # what was being shrunk has come as far as it could
            if not state.over():  # hypothesis calls it flaky when the time ends between two runs of one case
                raise
            return next(reversed(state.confirmed), None) if state.random is None else None
    return None


def _by_climbing(state: Search, n: int, cases: int, rng: random.Random) -> Trial | None:
    """Local search: from random choices, change a few at a time and keep what comes closer to a violation."""
    spent, patience = 0, 40 if n <= SMALL else 8  # many points can be clustered in many ways
    while spent < cases and not state.over():
        sparsity = rng.choice((0.0, 0.5, 0.9))
        best, trial = _attempt(state, n, [], rng, sparsity)
        spent += 1
        if trial is None:
            continue
        amount, stuck = state.violation(trial), 0
        while amount <= 0 and stuck < patience and spent < cases and not state.over():
            proposal, changed = _attempt(state, n, _mutated(best, rng), rng, sparsity)
            spent += 1
            reached = -float("inf") if changed is None else state.violation(changed)
            stuck = 0 if reached > amount else stuck + 1
            if reached >= amount and changed is not None:  # sideways steps cross plateaus
                best, trial, amount = proposal, changed, reached
        if amount > 0:
            return _shrunk(state, n, best, trial)
    return None


def _by_bisection(state: Search, n: int, cases: int, rng: random.Random) -> Trial | None:
    """Walk from one instance to another and halve, again and again, the part of the way on which the value moves more.

    Where the value jumps, be it at an irrational number, that closes in on the jump.
    """
    spent = 0
    while spent < cases and not state.over():
        try:
            clustering = labels(n, rng.randint)
            ends = [state.domain.draw(n, rng.randint) for _ in range(2)]
            trial, steps = straddling(state.domain, ends, clustering, state.subject.screen)
        except Rejected:
            spent += 1
            continue
        except OutOfTime:
            state.stopped = True
            break
        spent, state.tried = spent + steps, state.tried + steps
        if trial is not None and state.violation(trial) > 0:
            return trial
    return None


def _attempt(
    state: Search, n: int, replayed: Sequence[int], rng: random.Random, sparsity: float
) -> tuple[list[int], Trial | None]:
    """Make the case of given choices, with random ones where they run out; return the choices that were made, too."""
    made: list[int] = []

    def draw(low: int, high: int) -> int:
        if len(made) < len(replayed):
            choice = min(max(replayed[len(made)], low), high)
        elif rng.random() < sparsity:
            choice = min(max(0, low), high)
        else:
            choice = rng.randint(low, high)
        made.append(choice)
        return choice

    return made, state.made_by(n, draw)


def _mutated(choices: Sequence[int], rng: random.Random) -> list[int]:
    out = list(choices)
    for _ in range(rng.choice((1, 1, 2, 3))):
        out[rng.randrange(len(out))] += rng.choice((-6, -2, -1, 1, 2, 6))
    return out


def _shrunk(state: Search, n: int, choices: list[int], trial: Trial) -> Trial:
    """Move every choice as near to 0 as the violation allows, until none can move further."""
    rng = random.Random(0)
    shrinks = True
    while shrinks:
        shrinks = False
        for position in range(len(choices)):
            if position >= len(choices):  # other choices may need fewer draws
                break
            value = choices[position]
            for lower in sorted({0, value // 2, value - (value > 0) + (value < 0)}, key=abs):
                proposal = [*choices[:position], lower, *choices[position + 1 :]]
                made, candidate = _attempt(state, n, proposal, rng, sparsity=1.0)
                if candidate is not None and _size(made) < _size(choices) and state.violation(candidate) > 0:
                    choices, trial, shrinks = made, candidate, True
                    break
    return trial


def _size(choices: Sequence[int]) -> int:
    return sum(map(abs, choices))
