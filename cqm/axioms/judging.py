"""One verdict from all the evidence: search and exhaustion refute, constructions and proofs support."""

import importlib.util
import math
from dataclasses import replace
from functools import lru_cache

from cqm.axioms.construction import Construction, construct, labels_of, strongest_rival
from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain
from cqm.axioms.exact import FLOAT_TOLERANCE
from cqm.axioms.exhaustion import exhaust, lattices
from cqm.axioms.hand_proofs import HandProof, hand_proof
from cqm.axioms.instances import Instance
from cqm.axioms.search import STOPPED, Budget, search
from cqm.axioms.statements import AXIOMS, Axiom
from cqm.axioms.subjects import Subject, Undefined
from cqm.axioms.transformations import Trial, halves
from cqm.axioms.verdict import STRENGTH, Evidence, Verdict
from cqm.axioms.witness import Witness, statement

__all__ = ["agree", "judge", "natural_domain"]


def natural_domain(subject: Subject) -> Domain:
    """Where a measure is judged unless asked otherwise."""
    return EUCLIDEAN if subject.needs == "points" else DISTANCES


def judge(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """One verdict by the strongest evidence that is at hand."""
    if axiom.recipe is None:
        return _richness(subject, axiom, domain, budget)
    state = search(subject, axiom, domain, budget)
    undefined = None if state.undefined is None else _witness(subject, axiom, domain, state.undefined)
    cases, found, support = state.cases, state.found, []
    what = f"violation above {FLOAT_TOLERANCE:g}" if state.floating else "counterexample"
    if cases:
        ended = STOPPED if state.stopped else ""
        support.append(Evidence("search", f"no {what} among {cases:,} cases with up to {budget.largest} points{ended}"))
    if found is None and subject.needs == "distances":
        found, compared, looked_at = _exhausted(subject, axiom, domain, budget)
        cases += compared
        if compared:
            support.append(Evidence("exhaustion", f"no {what} among {looked_at} ({compared:,} comparisons)"))
    if found is not None:
        witness = _witness(subject, axiom, domain, found)
        return Verdict(subject.name, axiom.name, domain.name, False, witness, cases, undefined=undefined)
    if (proof := hand_proof(subject, axiom, domain)) is not None:
        if not proof.holds:
            return _by_hand(proof, subject, axiom, domain, undefined)
        support.append(proof.evidence())
    support += _solver_proof(subject, axiom, domain, budget)
    if not support:
        why = [value.reason for value in undefined.values if isinstance(value, Undefined)] if undefined else []
        nothing = Evidence("none", "the measure had no value on any case" + (f", such as {why[0]}" if why else ""))
        return Verdict(subject.name, axiom.name, domain.name, None, nothing, undefined=undefined, stopped=state.stopped)
    strongest, *weaker = sorted(support, key=lambda evidence: STRENGTH.index(evidence.kind))
    return Verdict(
        subject.name, axiom.name, domain.name, True, strongest, cases, tuple(weaker), undefined, state.stopped
    )


def agree(subject: Subject, domain: Domain, verdicts: list[Verdict]) -> list[Verdict]:
    """Refute what another verdict's witness refutes as well: inner, outer and whole consistency are tied together."""
    by_name = {verdict.axiom: verdict for verdict in verdicts}
    for verdict in verdicts:
        if verdict.witness is None or not statement(verdict.axiom).consistent:
            continue
        for name, trial in halves(Trial(verdict.witness.frames, verdict.witness.change)).items():
            other = by_name.get(name)
            if other is None or other.holds is False or trial.frames[0] == trial.frames[1]:
                continue
            witness = _witness(subject, AXIOMS[name], domain, trial)
            if witness.replay():
                by_name[name] = replace(other, holds=False, evidence=witness, also=())
    return [by_name[verdict.axiom] for verdict in verdicts]


def _exhausted(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> tuple[Trial | None, int, str]:
    """The first violation on the lattices of the domain, the comparisons made, and what was looked at in words."""
    compared, instances, looked_at = 0, 0, []
    for n, values in lattices(domain, axiom, budget.thorough):
        outcome = exhaust(subject, axiom, n, values)
        if outcome is None:
            continue
        compared, instances = compared + outcome.compared, instances + outcome.instances
        looked_at.append(f"{n} points with distances {values[0]} to {values[-1]}")
        if outcome.found is not None:
            return outcome.found, compared, ""
    return None, compared, f"all {instances:,} clusterings of {', of '.join(looked_at)}, up to isomorphism"


def _witness(subject: Subject, axiom: Axiom, domain: Domain, trial: Trial) -> Witness:
    values = tuple(subject.exact(frame) for frame in trial.frames)
    return Witness(
        subject.name, axiom.name, domain.name, subject.better, trial.frames, values, trial.change, subject=subject
    )


def _solver_proof(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> list[Evidence]:
    """Proofs for few points, where there is a solver and a way."""
    if not budget.proofs or importlib.util.find_spec("z3") is None:
        return []
    from cqm.axioms.proof import provable, prove

    if not provable(subject, axiom) or domain.smallest == 0:
        return []
    proved, steps, divisors = [], 0, False
    for n in (3, 4, 5) if budget.thorough else (3, 4):
        outcome = prove(subject, axiom, n, thorough=budget.thorough)
        if not outcome.holds:
            break
        proved.append(n)
        steps, divisors = steps + outcome.steps, divisors or outcome.divisors
    if not proved:
        return []
    what = "all points of the plane" if subject.needs == "points" else "all real distances"
    where = ", wherever no divisor vanishes" if divisors else ""
    sizes = " and ".join([", ".join(map(str, proved[:-1])), str(proved[-1])] if proved[:-1] else [str(proved[-1])])
    text = f"proved for {what} on {sizes} points{where}: {steps:,} steps by an SMT solver"
    return [Evidence("solver", text, largest=proved[-1])]


@lru_cache(maxsize=32)
def _constructed(subject: Subject, domain: Domain, unique: bool, budget: Budget) -> Construction:
    known = None if unique else _constructed(subject, domain, True, budget).found
    return construct(
        subject,
        domain,
        unique=unique,
        largest=budget.largest,
        seconds=budget.seconds,
        seed=budget.seed,
        known=known,
    )


def _richness(subject: Subject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """Constructions for every type of clustering, or a proof that one type can never be best."""
    unique = bool(axiom.unique)
    proof = hand_proof(subject, axiom, domain)
    if proof is not None and not proof.holds:
        return _by_hand(proof, subject, axiom, domain)
    outcome = _constructed(subject, domain, unique, budget)
    best = "the only best" if unique else "a best"
    if outcome.missing is None:
        evidence = Evidence(
            "construction",
            f"distances that make it {best} one, for each of the {len(outcome.found)} types of non-trivial clusterings "
            f"of 3 to {outcome.largest} points, verified against all others{STOPPED if outcome.stopped else ''}",
            tuple(outcome.found.values()),
            outcome.largest,
        )
        support = [evidence] if proof is None else [proof.evidence(), evidence]
        weaker, stopped = tuple(support[1:]), outcome.stopped
        return Verdict(subject.name, axiom.name, domain.name, True, support[0], outcome.tried, weaker, stopped=stopped)
    if proof is not None:
        return Verdict(subject.name, axiom.name, domain.name, True, proof.evidence(), outcome.tried)
    shown = Instance("distances", (), labels_of(outcome.missing)).clusters()
    if unique and budget.proofs and subject.generic and importlib.util.find_spec("z3"):
        from cqm.axioms.proof import never_alone_best

        if sum(outcome.missing) <= 4 and never_alone_best(subject, outcome.missing, thorough=budget.thorough).holds:
            what = "points of the plane" if subject.needs == "points" else "distances"
            impossible = Evidence(
                "solver",
                f"{shown} is never the only best clustering of {sum(outcome.missing)} points: under all {what} some "
                f"other one is at least as good, wherever all have a value (proved by an SMT solver)",
            )
            return Verdict(subject.name, axiom.name, domain.name, False, impossible, outcome.tried)
    return _not_found(subject, axiom, domain, outcome, f"{shown} {best} clustering")


def _by_hand(
    proof: HandProof, subject: Subject, axiom: Axiom, domain: Domain, undefined: Witness | None = None
) -> Verdict:
    """What a proof refutes, or proves to have no value."""
    return Verdict(subject.name, axiom.name, domain.name, proof.holds, proof.evidence(), undefined=undefined)


def _not_found(subject: Subject, axiom: Axiom, domain: Domain, outcome: Construction, wanted: str) -> Verdict:
    """What was looked for in vain, and what stood in its way where it came closest."""
    assert outcome.closest is not None
    rival, ahead = strongest_rival(subject, outcome.closest)
    undefined = None
    if rival is None:
        undefined = _witness(subject, axiom, domain, Trial((outcome.closest,), ""))
        text = f"it has no value on {outcome.closest.clusters()} under any of the {outcome.tried:,} distances tried"
    else:
        by = "has no value" if math.isnan(ahead) else f"is ahead by {ahead:.3g}" if ahead else "is as good"
        text = f"no distances found that make {wanted}, among {outcome.tried:,} tried; where it came closest, "
        text += f"{replace(outcome.closest, labels=rival).clusters()} {by}"
    missing = Evidence("none", text + (STOPPED if outcome.stopped else ""))
    cases = 0 if undefined else outcome.tried
    return Verdict(
        subject.name, axiom.name, domain.name, None, missing, cases, undefined=undefined, stopped=outcome.stopped
    )
