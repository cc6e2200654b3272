"""`check_function`: a clustering function in, verdicts by Kleinberg's axioms out."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import product
from random import Random
from typing import Any, Literal

from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain, domain_named
from cqm.axioms.instances import Instance, Rejected, Rows, partitions
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject, Partition
from cqm.axioms.search import STOPPED, Budget, search
from cqm.axioms.statements import Axiom
from cqm.axioms.verdict import Evidence, Verdict, Verdicts
from cqm.axioms.witness import Witness, statement

__all__ = ["check_function"]


def check_function(
    function: Callable[[Any], Any],
    axiom: Axiom | str | Iterable[Axiom | str] | None = None,
    *,
    needs: Literal["distances", "points"] = "distances",
    domain: Domain | str | None = None,
    name: str | None = None,
    budget: Budget | None = None,
) -> Verdicts:
    """Judge a clustering function by Kleinberg's axioms and the later ones.

    Parameters
    ----------
    function : takes an (n, n) array of distances (or an (n, d) array of points) and returns n labels.
    axiom : one or several of `FUNCTION_AXIOMS`, by object or name, with or without "function_"; all by default.
    needs : what the function takes.
    domain : "distances" (default), "metrics" or "euclidean" (default for functions of points).
    name : what verdicts call the function.
    budget : how long to look.

    Examples
    --------
    >>> from cqm import axioms
    >>> components = lambda d: axioms.single_linkage(d, r=4)
    >>> verdicts = axioms.check_function(components, ["scale_invariance", "richness", "consistency"])
    >>> [verdict.holds for verdict in verdicts]
    [False, True, True]
    """
    subject = FunctionSubject(name or str(getattr(function, "__name__", "the function")), function, needs)
    chosen = domain_named(domain) if domain is not None else EUCLIDEAN if needs == "points" else DISTANCES
    if needs == "points" and chosen.kind != "points":
        raise ValueError(f'{subject.name} takes points, so only domain="euclidean" can judge it, not {chosen.name}')
    if axiom is None:
        asked = [one for one in FUNCTION_AXIOMS.values() if chosen.kind in one.kinds]
    else:
        asked = [_named(one) for one in ([axiom] if isinstance(axiom, Axiom | str) else axiom)]
    verdicts = [_judge(subject, one, chosen, budget or Budget(cases=800, largest=5)) for one in asked]
    return Verdicts(_agree(subject, verdicts))


def _agree(subject: FunctionSubject, verdicts: list[Verdict]) -> list[Verdict]:
    """Refute what another verdict's witness refutes as well: the three consistencies are about the same changes."""
    trials = [verdict.witness for verdict in verdicts if verdict.witness and statement(verdict.axiom).consistent]
    out = []
    for verdict in verdicts:
        if verdict.holds and statement(verdict.axiom).consistent:
            for witness in trials:
                moved = replace(witness, axiom=verdict.axiom)
                if moved.replay():
                    verdict = replace(verdict, holds=False, evidence=moved)
                    break
        out.append(verdict)
    return out


def _named(axiom: Axiom | str) -> Axiom:
    if isinstance(axiom, Axiom):
        return axiom
    for full in (axiom, f"function_{axiom}"):
        if full in FUNCTION_AXIOMS:
            return FUNCTION_AXIOMS[full]
    raise ValueError(f"unknown axiom {axiom!r}: choose from {', '.join(FUNCTION_AXIOMS)}")


def _judge(subject: FunctionSubject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    if axiom.recipe is None:
        return _range(subject, axiom, domain, budget)
    bound = replace(axiom, recipe=partial(axiom.recipe, subject))
    state = search(subject, bound, domain, budget)  # type: ignore[arg-type]
    if state.found is not None:
        values = tuple(subject.exact(frame) for frame in state.found.frames)
        witness = Witness(
            subject.name,
            axiom.name,
            domain.name,
            "",
            state.found.frames,
            values,
            state.found.change,
            subject,  # type: ignore[arg-type]
        )
        return Verdict(subject.name, axiom.name, domain.name, False, witness, state.cases)
    text = f"no counterexample among {state.cases:,} cases with up to {budget.largest} points"
    evidence = Evidence("search", text + (STOPPED if state.stopped else ""))
    return Verdict(subject.name, axiom.name, domain.name, True, evidence, state.cases, stopped=state.stopped)


def _range(subject: FunctionSubject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """Distances for every partition of 3 and 4 points; or, where only the order counts, proof that there are none."""
    rng = Random(budget.seed)
    found: dict[Partition, Instance] = {}
    tried = 0
    for n in (3, 4):
        wanted, numbers = set(partitions(n)), set()
        for rows in _varied_rows(domain, n, rng, budget.cases):
            tried += 1
            partition = subject.partition(domain.kind, rows)
            numbers.add(max(partition) + 1)
            if partition in wanted:
                wanted.remove(partition)
                found[partition] = Instance(domain.kind, rows, partition)
            if not wanted:
                break
        if wanted:
            return _never(subject, axiom, domain, budget, min(wanted), tried, numbers)
    evidence = Evidence(
        "construction", f"distances for each of the {len(found)} partitions of 3 and 4 points", tuple(found.values())
    )
    return Verdict(subject.name, axiom.name, domain.name, True, evidence, tried)


def _varied_rows(domain: Domain, n: int, rng: Random, cases: int) -> Iterable[Rows]:
    """Tight clusters far apart for every partition in several units, then random members of the domain."""
    if domain.kind == "distances":
        for unit, labels in product((1, 10), partitions(n)):
            yield tuple(
                tuple(0 if x == y else unit * (1 if labels[x] == labels[y] else 8) for y in range(n)) for x in range(n)
            )
    for _ in range(cases):
        try:
            rows = domain.draw(n, rng.randint)
        except Rejected:
            continue
        yield rows if rng.random() < 0.5 else domain.scaled(rows, 10)


def _never(
    subject: FunctionSubject,
    axiom: Axiom,
    domain: Domain,
    budget: Budget,
    missing: Partition,
    tried: int,
    numbers: set[int],
) -> Verdict:
    """Whether a partition that was not returned can be returned at all."""
    shown = Instance("distances", (), missing).clusters()
    n = len(missing)
    ordered = FUNCTION_AXIOMS["function_order_invariance"]
    if domain == DISTANCES and n == 3 and _judge(subject, ordered, domain, budget).holds:
        lengths = product((1, 2, 3), repeat=3)  # every order of three distances, ties included
        returned = {subject.partition("distances", ((0, a, b), (a, 0, c), (b, c, 0))) for a, b, c in lengths}
        if missing not in returned:
            evidence = Evidence(
                "exhaustion",
                f"it never returns {shown}: not for any of the orders that 3 distances can have, and nothing but the "
                f"order of the distances was found to matter to it",
            )
            return Verdict(subject.name, axiom.name, domain.name, False, evidence, tried)
    text = f"no distances found for which it returns {shown}, among {tried:,} tried"
    if max(missing) + 1 not in numbers:
        made = " or ".join(map(str, sorted(numbers)))
        text += (
            f"; {max(missing) + 1} is not a number of clusters that it makes of {n} points: it was {made} every time"
        )
    evidence = Evidence("none", text)
    return Verdict(subject.name, axiom.name, domain.name, None, evidence, tried)
