"""Looking for a case that breaks an axiom: hypothesis, then a climb on the violation. Deterministic for a seed."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable

from cqm.axioms.domains import Domain
from cqm.axioms.exact import is_undefined
from cqm.axioms.instances import Rejected
from cqm.axioms.statements import Axiom
from cqm.axioms.strategies import trials
from cqm.axioms.subjects import Subject
from cqm.axioms.transformations import Trial

__all__ = ["STOPPED", "Budget", "Search", "search"]

CHUNK = 50
STOPPED = ", stopped by the time limit"


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to look.

    Attributes
    ----------
    cases : cases to try for each axiom.
    largest : most points of a case.
    seconds : a limit on the processor's time for each axiom, for slow measures: what it cuts short says so.
    seed : the same seed tries the same cases.
    thorough : exhaust larger lattices and prove for more points; minutes, not seconds.
    proofs : whether to look for proofs by an SMT solver, where z3 is installed.
    """

    cases: int = 1500
    largest: int = 6
    seconds: float = 10.0
    seed: int = 0
    thorough: bool = False
    proofs: bool = True


@dataclass(slots=True)
class Search:
    """What a search did and found.

    Attributes
    ----------
    subject, axiom, domain : what was judged.
    cases : cases tried whose values are all defined.
    found : the simplest case that breaks the axiom.
    undefined : the first case with an undefined value.
    floating : whether some value was screened as a float, so that smaller violations than rounding go unseen.
    stopped : whether the time limit came before the number of cases.
    """

    subject: Subject
    axiom: Axiom
    domain: Domain
    cases: int = 0
    found: Trial | None = None
    undefined: Trial | None = None
    floating: bool = False
    stopped: bool = False
    deadline: float = field(default=float("inf"), repr=False)

    def violation(self, trial: Trial) -> float:
        """Amount by which a case breaks the axiom: screened by fast arithmetic, confirmed by exact arithmetic."""
        amount = self._judge(trial, [self.subject.screen(frame) for frame in trial.frames])
        if amount > 0 and self.subject.generic:
            amount = self._judge(trial, [self.subject.exact(frame) for frame in trial.frames])
        return amount

    def _judge(self, trial: Trial, values: list[Any]) -> float:
        if any(map(is_undefined, values)):
            self.undefined = self.undefined or trial
            return -float("inf")
        self.cases += 1
        self.floating = self.floating or any(isinstance(value, float) for value in values)
        return self.axiom.judge(values, self.subject.better)

    def out_of_time(self) -> bool:
        """Whether the limit has passed, asked where there is more to try."""
        late = time.thread_time() > self.deadline
        self.stopped |= late
        return late


def search(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> Search:
    """Try cases with ever more points, so that the first violation has as few points as any that were tried."""
    state = Search(subject, axiom, domain)
    sizes = range(axiom.smallest, max(budget.largest, axiom.smallest) + 1)
    share = budget.cases // len(sizes)
    rng = random.Random(budget.seed)
    state.deadline = time.thread_time()
    for n in sizes:
        for method, part in ((_by_hypothesis, 0.25), (_by_climbing, 0.75)):
            state.deadline += part * budget.seconds / len(sizes)  # what one leaves over, the next may use
            state.found = method(state, n, round(part * share), rng)
            if state.found is not None:
                return state
    return state


def _by_hypothesis(state: Search, n: int, cases: int, rng: random.Random) -> Trial | None:
    """Property-based search; what it finds is already shrunk."""
    assert state.axiom.recipe is not None
    strategy = trials(state.axiom.recipe, state.domain, n)
    for start in range(0, cases, CHUNK):  # in chunks, because hypothesis must not see the clock
        if start and state.out_of_time():
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
            return find(strategy, lambda trial: state.violation(trial) > 0, settings=options, random=seed)
        except (NoSuchExample, Unsatisfiable):
            continue
    return None


def _by_climbing(state: Search, n: int, cases: int, rng: random.Random) -> Trial | None:
    """Local search: from random choices, change a few at a time and keep what comes closer to a violation."""
    spent = 0
    while spent < cases and not state.out_of_time():
        sparsity = rng.choice((0.0, 0.5, 0.9))
        best, trial = _attempt(state, n, [], rng, sparsity)
        spent += 1
        if trial is None:
            continue
        amount, stuck = state.violation(trial), 0
        while amount <= 0 and stuck < 40 and spent < cases and not state.out_of_time():
            proposal, changed = _attempt(state, n, _mutated(best, rng), rng, sparsity)
            spent += 1
            reached = -float("inf") if changed is None else state.violation(changed)
            stuck = 0 if reached > amount else stuck + 1
            if reached >= amount and changed is not None:  # sideways steps cross plateaus
                best, trial, amount = proposal, changed, reached
        if amount > 0:
            return _shrunk(state, n, best, trial)
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

    assert state.axiom.recipe is not None
    try:
        return made, state.axiom.recipe(state.domain, n, draw)
    except Rejected:
        return made, None


def _mutated(choices: Sequence[int], rng: random.Random) -> list[int]:
    out = list(choices)
    for _ in range(rng.choice((1, 1, 2, 3))):
        out[rng.randrange(len(out))] += rng.choice((-6, -2, -1, 1, 2, 6))
    return out


def _shrunk(state: Search, n: int, choices: list[int], trial: Trial) -> Trial:
    """Move every choice as near to 0 as the violation allows, until none can move further."""
    rng = random.Random(0)
    position = 0
    while position < len(choices):
        value = choices[position]
        for lower in sorted({0, value // 2, value - (value > 0) + (value < 0)}, key=abs):
            proposal = [*choices[:position], lower, *choices[position + 1 :]]
            made, candidate = _attempt(state, n, proposal, rng, sparsity=1.0)
            if candidate is not None and _size(made) < _size(choices) and state.violation(candidate) > 0:
                choices, trial, position = made, candidate, -1
                break
        position += 1
    return trial


def _size(choices: Sequence[int]) -> int:
    return sum(map(abs, choices))
