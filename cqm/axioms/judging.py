"""One verdict from all the evidence: search and exhaustion refute, constructions and proofs support."""

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from cqm.axioms import solvers
from cqm.axioms.changes import halves
from cqm.axioms.construction import Construction, construct, labels_of, strongest_rival
from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain
from cqm.axioms.exhaustion import exhaust, lattices
from cqm.axioms.instances import Instance, Trial
from cqm.axioms.limits import OutOfTime, until
from cqm.axioms.readable import together
from cqm.axioms.rounding import Repeated, stands
from cqm.axioms.search import ENOUGH, STOPPED, Budget, Search, search
from cqm.axioms.settling import settled
from cqm.axioms.statements import AXIOMS, Axiom, inner_consistency
from cqm.axioms.subjects import Subject, Undefined
from cqm.axioms.verdict import STRENGTH, Evidence, Verdict
from cqm.axioms.witness import Witness, described

__all__ = ["agree", "judge", "natural_domain", "one_mind", "random_verdict", "searched"]


def natural_domain(subject: Subject, axiom: Axiom | None = None) -> Domain:
    """Where a measure is judged unless asked otherwise; an axiom of points is about points."""
    return EUCLIDEAN if subject.needs == "points" or (axiom and "distances" not in axiom.kinds) else DISTANCES


def judge(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """One verdict by the strongest evidence that is at hand; what is proved or refuted already is not searched."""
    if (known := settled(subject, axiom, domain)) is not None:
        return known
    if axiom.recipe is None:
        return _richness(subject, axiom, domain, budget)
    state = search(subject, axiom, domain, budget)
    if state.found is None and state.random is None and axiom.inner and axiom.outer and domain.kind == "points":
        # points that can move inside clusters alone are special, and other moves hide what that does to a value
        state.go_on(search(subject, replace(axiom, recipe=inner_consistency.recipe), domain, budget))
    if state.random is not None:
        return random_verdict(subject, axiom, domain, state.random)
    undefined = None
    if state.undefined is not None:
        undefined = _witness(subject, axiom, domain, state.undefined, state.values.get(state.undefined))
    what = f"violation above {subject.tolerance:.2g}" if state.floating else "counterexample"
    support = searched(state, what, budget)
    cases, moved, found, stopped = state.cases, state.moved, state.found, state.stopped
    if state.counts_values:
        moved = len(state.different)
    if found is None and subject.needs == "distances":
        exhausted = _exhausted(subject, axiom, domain, budget)
        found, cases, stopped = exhausted.found, cases + exhausted.compared, stopped or exhausted.stopped
        moved += exhausted.moved
        support += exhausted.evidence(what)
    if found is not None:
        witness = _witness(subject, axiom, domain, found, state.values.get(found))
        return Verdict(subject.name, axiom.name, domain.name, False, witness, cases, undefined=undefined)
    if state.failed is not None:
        return _failed(subject, axiom, domain, state, cases)
    support += _solver_proof(subject, axiom, domain, budget)
    if not support:
        why = [value.reason for value in undefined.values if isinstance(value, Undefined)] if undefined else []
        text = "the measure had no value on any case" if undefined else "no case was tried"
        nothing = Evidence("none", text + (f", such as {why[0]}" if why else "") + (STOPPED if stopped else ""))
        return Verdict(subject.name, axiom.name, domain.name, None, nothing, undefined=undefined, stopped=stopped)
    strongest, *weaker = sorted(support, key=lambda evidence: STRENGTH.index(evidence.kind))
    return Verdict(
        subject.name, axiom.name, domain.name, True, strongest, cases, tuple(weaker), undefined, stopped, moved
    )


def searched(state: Search, what: str, budget: Budget) -> list[Evidence]:
    """What a search says that found nothing: how often the value was there, and how often it moved."""
    if not state.cases:
        return []
    largest = min(budget.largest, state.axiom.largest or budget.largest)
    text = f"no {what} among {state.cases:,} cases with up to {largest} points"
    if state.counts_values:
        few = len(state.different)
        text += f", with {few}{' or more' if few == ENOUGH else ''} different value{'s' * (few != 1)}"
    elif not state.moved:
        text += ", in none of which the value moved"
    else:
        text += f", in {state.moved:,} of which the value moved"
    if state.without:
        text += f"; it had no value in {state.without:,} more"
    if state.rounded:
        text += f"; {state.rounded:,} differences were rounding"
    return [Evidence("search", text + (STOPPED if state.stopped else ""))]


def random_verdict(subject: Any, axiom: Axiom, domain: Domain | str, random: Repeated) -> Verdict:
    """What is said of a function that returns different values for the same input."""
    first, second = together((random.first, random.second))
    text = f"it returns different values for the same input, such as {first} and then {second} for "
    on = random.instance
    text += f"{on.kind} {on.text()}" if isinstance(random.first, tuple) else described(on)
    text += ": fix its random state"
    name = domain if isinstance(domain, str) else domain.name
    return Verdict(subject.name, axiom.name, name, None, Evidence("random", text))


def one_mind(verdicts: list[Verdict]) -> list[Verdict]:
    """What was seen to be random once is random for every axiom."""
    seen = next((verdict.evidence for verdict in verdicts if verdict.status == "random"), None)
    if seen is None:
        return verdicts
    return [Verdict(one.measure, one.axiom, one.domain, None, seen, statement=one.statement) for one in verdicts]


def _failed(subject: Subject, axiom: Axiom, domain: Domain, state: Search, cases: int) -> Verdict:
    """What is said of a function that fails on some input and is not refuted by another."""
    assert state.failed is not None
    witness = _witness(subject, axiom, domain, state.failed, state.values[state.failed])
    reason, frame = next(
        (value.reason, frame)
        for value, frame in zip(witness.values, witness.frames, strict=True)
        if isinstance(value, Undefined) and value.failed
    )
    evidence = Evidence("error", f"{reason}, for {described(frame)}")
    return Verdict(subject.name, axiom.name, domain.name, None, evidence, cases, undefined=witness)


def agree(subject: Subject, domain: Domain, verdicts: list[Verdict]) -> list[Verdict]:
    """Refute what another verdict's witness refutes as well: inner, outer and whole consistency are tied together."""
    by_name = {verdict.axiom: verdict for verdict in verdicts}
    for verdict in verdicts:
        if verdict.witness is None or not verdict.witness.stated.consistent:
            continue
        for name, trial in halves(Trial(verdict.witness.frames, verdict.witness.change)).items():
            other = by_name.get(name)
            if other is None or other.holds is False or trial.frames[0] == trial.frames[1]:
                continue
            witness = _witness(subject, AXIOMS[name], domain, trial)
            values = witness.values
            if witness.replay() and stands(subject, AXIOMS[name], domain, trial, values, 0) is True:
                by_name[name] = replace(other, holds=False, evidence=witness, also=())
    return [by_name[verdict.axiom] for verdict in verdicts]


@dataclass(slots=True)
class _Exhaustion:
    """All lattices of a domain that were compared."""

    found: Trial | None = None
    compared: int = 0
    moved: int = 0
    instances: int = 0
    looked_at: list[str] = field(default_factory=list)
    stopped: bool = False

    def evidence(self, what: str) -> list[Evidence]:
        """What it says where it found nothing."""
        if not self.compared:
            return []
        where = ", of ".join(self.looked_at)
        text = f"no {what} among all {self.instances:,} clusterings of {where}, up to isomorphism "
        text += f"({self.compared:,} comparisons)"
        return [Evidence("exhaustion", text + (STOPPED if self.stopped else ""))]


def _exhausted(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> _Exhaustion:
    """Compare one lattice after the other until one breaks the axiom or the time is over."""
    out = _Exhaustion()
    for n, values in lattices(domain, axiom, budget.thorough):
        try:
            outcome = exhaust(subject, axiom, n, values)
        except OutOfTime:
            out.stopped = True
            break
        if outcome is None:
            continue
        out.compared, out.moved = out.compared + outcome.compared, out.moved + outcome.moved
        out.instances += outcome.instances
        out.looked_at.append(f"{n} points with distances {values[0]} to {values[-1]}")
        if outcome.found is not None:
            out.found = outcome.found
            break
    return out


def _witness(
    subject: Subject, axiom: Axiom, domain: Domain, trial: Trial, values: tuple[Any, ...] | None = None
) -> Witness:
    if values is None:
        with until(math.inf):  # a few evaluations, of what has been found
            values = tuple(subject.exact(frame) for frame in trial.frames)
    return Witness(
        subject.name, axiom.name, domain.name, subject.better, trial.frames, values, trial.change, subject, axiom
    )


def _solver_proof(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> list[Evidence]:
    """Proofs for few points, where there is a solver and a way."""
    if not budget.proofs or not solvers.installed():
        return []
    from cqm.axioms.symbolic_proof import provable, prove

    if not provable(subject, axiom) or domain.smallest == 0:
        return []
    proved, steps, divisors = [], 0, False
    for n in (3, 4, 5) if budget.thorough else (3, 4):
        try:
            outcome = prove(subject, axiom, n, thorough=budget.thorough)
        except OutOfTime:  # what is proved for fewer points stays proved
            break
        if not outcome.holds:
            break
        proved.append(n)
        steps, divisors = steps + outcome.steps, divisors or outcome.divisors
    if not proved:
        return []
    what = "all points of the plane" if subject.needs == "points" else "all real distances"
    where = ", wherever no divisor vanishes" if divisors else ""
    sizes = " and ".join([", ".join(map(str, proved[:-1])), str(proved[-1])] if proved[:-1] else [str(proved[-1])])
    text = f"proved for {what} on {sizes} points{where}: {steps:,} steps, each by two SMT solvers"
    return [Evidence("solver", text, largest=proved[-1])]


MOST = 6  # points of which every clustering is compared with every other


@lru_cache(maxsize=32)
def _constructed(subject: Subject, domain: Domain, unique: bool, as_many: bool, budget: Budget) -> Construction:
    known = None if unique and not as_many else _constructed(subject, domain, True, False, budget).found
    return construct(
        subject,
        domain,
        unique=unique,
        as_many=as_many,
        largest=min(budget.largest, MOST),
        seed=budget.seed,
        known=known,
    )


def _richness(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """Constructions for every type of clustering, or a proof that one type can never be best."""
    unique = bool(axiom.unique)
    outcome = _constructed(subject, domain, unique, axiom.as_many, budget)
    best = "the only best" if unique else "a best"
    others = "all others with as many clusters" if axiom.as_many else "all others"
    if outcome.missing is None:
        evidence = Evidence(
            "construction",
            f"distances that make it {best} one, for each of the {len(outcome.found)} types of non-trivial clusterings "
            f"of 3 to {outcome.largest} points, verified against {others}{STOPPED if outcome.stopped else ''}",
            tuple(outcome.found.values()),
            outcome.largest,
        )
        return Verdict(subject.name, axiom.name, domain.name, True, evidence, outcome.tried, stopped=outcome.stopped)
    shown = Instance("distances", (), labels_of(outcome.missing)).clusters()
    if unique and not axiom.as_many and budget.proofs and subject.generic and solvers.installed():
        from cqm.axioms.symbolic_proof import never_alone_best

        if sum(outcome.missing) <= 4 and never_alone_best(subject, outcome.missing, thorough=budget.thorough).holds:
            what = "points of the plane" if subject.needs == "points" else "distances"
            impossible = Evidence(
                "solver",
                f"{shown} is never the only best clustering of {sum(outcome.missing)} points: under all {what} some "
                f"other one is at least as good, wherever all have a value (proved by two SMT solvers)",
            )
            return Verdict(subject.name, axiom.name, domain.name, False, impossible, outcome.tried)
    return _not_found(subject, axiom, domain, outcome, f"{shown} {best} clustering")


def _not_found(subject: Subject, axiom: Axiom, domain: Domain, outcome: Construction, wanted: str) -> Verdict:
    """What was looked for in vain, and what stood in its way where it came closest."""
    text, undefined = f"no distances found that make {wanted}, among {outcome.tried:,} tried", None
    if outcome.closest is not None:
        with until(math.inf):  # a few evaluations, of what has been found
            rival, ahead = strongest_rival(subject, outcome.closest, as_many=axiom.as_many)
        if rival is None:
            undefined = _witness(subject, axiom, domain, Trial((outcome.closest,), ""))
            text = f"it has no value on {outcome.closest.clusters()} under any of the {outcome.tried:,} distances tried"
        else:
            by = "has no value" if math.isnan(ahead) else f"is ahead by {ahead:.3g}" if ahead else "is as good"
            text += f"; where it came closest, {replace(outcome.closest, labels=rival).clusters()} {by}"
    missing = Evidence("none", text + (STOPPED if outcome.stopped else ""))
    cases = 0 if undefined else outcome.tried
    return Verdict(
        subject.name, axiom.name, domain.name, None, missing, cases, undefined=undefined, stopped=outcome.stopped
    )
