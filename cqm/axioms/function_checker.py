"""`check_function`: a clustering function in, verdicts by Kleinberg's axioms out."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import product
from random import Random
from typing import Any, Literal

from cqm.axioms.axiom import unknown_axiom
from cqm.axioms.clusterers import function_of, is_clusterer, is_told, takes_points
from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain, domain_named
from cqm.axioms.instances import Instance, Rejected, Rows, partitions
from cqm.axioms.judging import one_mind, random_verdict, searched
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject, Partition
from cqm.axioms.limits import OutOfTime, time_left, time_limit
from cqm.axioms.rounding import SHARE, Repeated
from cqm.axioms.search import STOPPED, Budget, search, with_seconds
from cqm.axioms.settling import settled_function
from cqm.axioms.statements import Axiom
from cqm.axioms.told_functions import originals
from cqm.axioms.verdict import Evidence, Verdict, Verdicts
from cqm.axioms.witness import Witness

__all__ = ["FUNCTION_BUDGET", "can_be_asked", "check_function", "function_axiom"]

FUNCTION_BUDGET = Budget(cases=8_000)


def check_function(
    function: Any,
    axiom: Axiom | str | Iterable[Axiom | str] | None = None,
    *,
    needs: Literal["distances", "points"] | None = None,
    domain: Domain | str | None = None,
    name: str | None = None,
    budget: Budget | None = None,
    seconds: float | None = None,
) -> Verdicts:
    """Judge a clustering function by Kleinberg's axioms and the later ones.

    Parameters
    ----------
    function : takes an (n, n) array of distances (or an (n, d) array of points) and returns n labels, of which −1 is
        noise: each such point is taken as a cluster of its own. Or an estimator with ``fit_predict``. Where it has an
        argument `k` without a default, it is told the number of clusters.
    axiom : one or several of `FUNCTION_AXIOMS`, by object or name, with or without "function_"; by default all that can
        be asked of it. What a function is told leaves it no choice of, so `richness` is not asked of one that is told
        the number of clusters, and other kinds of richness are.
    needs : what the function takes; by default "points" where its first argument is called X and "distances" where it
        is not, and for an estimator what its ``metric`` says.
    domain : "distances" (default), "metrics" or "euclidean" (default for functions of points).
    name : what verdicts call the function.
    budget : how long to look.
    seconds : in place of the budget's limit on the time of the whole call.

    Returns
    -------
    Verdicts
        Of a function that returns different partitions for the same input, `holds` is None and the status "random".

    Examples
    --------
    >>> from cqm import axioms
    >>> components = lambda d: axioms.single_linkage(d, r=4)
    >>> verdicts = axioms.check_function(components, ["scale_invariance", "richness", "consistency"])
    >>> [verdict.holds for verdict in verdicts]
    [False, True, True]
    """
    called = name or getattr(function, "__name__", None) or type(function).__name__
    if is_clusterer(function):
        function, takes = function_of(function)
        needs = needs or takes
    elif needs is None and takes_points(function):
        needs = "points"
    subject = FunctionSubject(called, function, needs or "distances", is_told(function))
    chosen = domain_named(domain) if domain is not None else EUCLIDEAN if needs == "points" else DISTANCES
    if needs == "points" and chosen.kind != "points":
        raise ValueError(f'{subject.name} takes points, so only domain="euclidean" can judge it, not {chosen.name}')
    if axiom is None:
        asked = [one for one in FUNCTION_AXIOMS.values() if can_be_asked(one, chosen.kind, told=subject.told)]
    else:
        asked = [function_axiom(one) for one in ([axiom] if isinstance(axiom, Axiom | str) else axiom)]
        for one in asked:
            if not can_be_asked(one, chosen.kind, told=subject.told):
                said = "is told" if subject.told else "has no argument k, so it is not told"
                raise ValueError(
                    f"{one.name} is an axiom of {one.of}, on {' or '.join(one.kinds)}; {subject.name} {said} the "
                    f"number of clusters, and is judged on {chosen.name}"
                )
    limits = with_seconds(budget or FUNCTION_BUDGET, seconds)
    verdicts: list[Verdict] = []
    with time_limit(limits.seconds):
        random = _random(subject, chosen, limits)
        for i, one in enumerate(asked):
            with time_limit(time_left() / (len(asked) - i)):
                verdict = (
                    _judge(subject, one, chosen, limits)
                    if random is None
                    else random_verdict(subject, one, chosen, random)
                )
            verdicts.append(replace(verdict, statement=one))
        with suppress(OutOfTime):
            verdicts = _agree(subject, verdicts)
    return Verdicts(one_mind(verdicts))


def can_be_asked(axiom: Axiom, kind: str, *, told: bool) -> bool:
    """Whether an axiom says something of functions of distances, or of points, that are told the number of clusters."""
    of_it = axiom.name != "function_richness" if told else axiom.of == "functions"
    return of_it and kind in axiom.kinds


def _agree(subject: FunctionSubject, verdicts: list[Verdict]) -> list[Verdict]:
    """Refute what another verdict's witness refutes as well: the three consistencies are about the same changes."""
    trials = [verdict.witness for verdict in verdicts if verdict.witness and verdict.stated.consistent]
    out = []
    for verdict in verdicts:
        if verdict.holds and verdict.stated.consistent:
            for witness in trials:
                moved = replace(witness, axiom=verdict.axiom, statement=verdict.statement)
                if moved.replay():
                    verdict = replace(verdict, holds=False, evidence=moved)
                    break
        out.append(verdict)
    return out


def function_axiom(axiom: Axiom | str) -> Axiom:
    """Return the axiom of clustering functions that has that name, with or without "function_"."""
    if isinstance(axiom, Axiom):
        return axiom
    for full in (axiom, f"function_{axiom}"):
        if full in FUNCTION_AXIOMS:
            return FUNCTION_AXIOMS[full]
    raise unknown_axiom(axiom, [name.removeprefix("function_") for name in FUNCTION_AXIOMS], "axiom of functions")


def _judge(subject: FunctionSubject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    if (known := settled_function(subject, axiom, domain)) is not None:
        return known
    if axiom.ways is not None:
        return _by_ways(subject, axiom, domain, budget)
    if axiom.recipe is None:
        return _range(subject, axiom, domain, budget)
    as_measure = replace(axiom, recipe=partial(axiom.recipe, subject), of="measures")  # whose values are partitions
    state = search(subject, as_measure, domain, budget)  # type: ignore[arg-type]
    if state.random is not None:
        return random_verdict(subject, axiom, domain, state.random)
    if state.found is not None:
        witness = Witness(
            subject.name,
            axiom.name,
            domain.name,
            "",
            state.found.frames,
            state.values[state.found],
            state.found.change,
            subject,  # type: ignore[arg-type]
            axiom,
        )
        return Verdict(subject.name, axiom.name, domain.name, False, witness, state.cases)
    if failure := _failure(subject, axiom, domain, state.cases):
        return failure
    text = "".join(one.text for one in searched(state, "counterexample", budget)) + _noise(subject)
    if not state.cases:
        nothing = Evidence("none", f"no case was tried{STOPPED if state.stopped else ''}")
        return Verdict(subject.name, axiom.name, domain.name, None, nothing, stopped=state.stopped)
    moved = len(state.different) if state.counts_values else state.moved
    evidence = Evidence("search", text)
    return Verdict(
        subject.name, axiom.name, domain.name, True, evidence, state.cases, stopped=state.stopped, moved=moved
    )


def _random(subject: FunctionSubject, domain: Domain, budget: Budget) -> Repeated | None:
    """An input for which the function returns different partitions, among a few."""
    rng = Random(budget.seed)
    try:
        with time_limit(SHARE * time_left()):
            for n in (5, 7, 7, 9, 9):
                try:
                    instance = Instance(domain.kind, domain.draw(n, rng.randint), (0,) * n)
                except Rejected:
                    continue
                first = subject.screen(instance)
                for _ in range(4):
                    second = subject.approximate(instance)
                    if isinstance(first, tuple) and isinstance(second, tuple) and first != second:
                        return Repeated(instance, first, second)
    except OutOfTime:
        pass
    return None


def _failure(subject: FunctionSubject, axiom: Axiom, domain: Domain, cases: int) -> Verdict | None:
    """What is said of a function that failed somewhere, or of one that never returned a partition."""
    missing = [(instance, value) for instance, value in subject.known.items() if not isinstance(value, tuple)]
    failed = [(instance, value) for instance, value in missing if value.failed]
    if not failed and (cases or not missing):
        return None
    instance, value = min(failed or missing, key=lambda one: one[0].n)
    said = f"{value.reason}, for {instance.kind} {instance.text()}"
    evidence = Evidence("error", said) if failed else Evidence("none", f"it returned no partition in any case: {said}")
    return Verdict(subject.name, axiom.name, domain.name, None, evidence, cases)


def _noise(subject: FunctionSubject) -> str:
    return "; points labelled −1 count as noise, each as a cluster of its own" if subject.noisy else ""


GIVEN, MOST_GIVEN = 200, 6  # things that are given, for each of which there has to be a way, and most points of them


def _by_ways(subject: FunctionSubject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """A way for each of many things that are given; where one has none, nothing is found."""
    assert axiom.ways is not None
    rng, met, tried = Random(budget.seed), 0, 0
    most = max(axiom.smallest, min(budget.largest, MOST_GIVEN))
    missing: Instance | None = None
    stopped = False
    try:
        while met < min(GIVEN, budget.cases) and missing is None:
            n = rng.randint(axiom.smallest, most)
            try:
                for together in axiom.ways(subject, domain, n, rng.randint):
                    tried += len(together)
                    missing = next((one for one in together if not _as_asked(subject, axiom, one)), None)
                    if missing is None:
                        break
            except Rejected:
                continue
            met += missing is None
    except OutOfTime:
        stopped = True
    late = STOPPED if stopped else ""
    if failure := _failure(subject, axiom, domain, tried):
        return failure
    if missing is not None and not stopped:
        found = subject.screen(missing)
        got = replace(missing, labels=found).clusters() if isinstance(found, tuple) else str(found)
        text = f"no way found, the last one being {missing.kind} {missing.text()}, which it clusters as {got}"
        return Verdict(subject.name, axiom.name, domain.name, None, Evidence("none", text), tried)
    if not met:
        nothing = Evidence("none", f"no case was tried{late}")
        return Verdict(subject.name, axiom.name, domain.name, None, nothing, tried, stopped=stopped)
    evidence = Evidence("search", f"a way was found for each of {met} that were given, with up to {most} points{late}")
    return Verdict(subject.name, axiom.name, domain.name, True, evidence, tried, stopped=stopped)


def _as_asked(subject: FunctionSubject, axiom: Axiom, instance: Instance) -> bool:
    found = subject.screen(instance)
    return isinstance(found, tuple) and axiom.judge((instance.labels[: originals(instance)], found), "") <= 0


def _range(subject: FunctionSubject, axiom: Axiom, domain: Domain, budget: Budget) -> Verdict:
    """Distances for every partition of two numbers of points; or, where the order decides, proof that there are none.

    The numbers are 3 and 4, or the first two of which the function makes clusters.
    """
    rng = Random(budget.seed)
    found: dict[Partition, Instance] = {}
    tried, sizes = 0, []
    try:
        for n in range(3, 8):
            wanted: set[Partition] = set(partitions(n))
            numbers: set[int] = set()
            for rows in _varied_rows(domain, n, rng, budget.cases):
                instance = Instance(domain.kind, rows, (0,) * n)
                partition = subject.screen(instance)
                if not isinstance(partition, tuple):
                    if not numbers:
                        break  # fewer points than it can cluster
                    continue
                tried += 1
                numbers.add(max(partition) + 1)
                if partition in wanted:
                    wanted.remove(partition)
                    found[partition] = replace(instance, labels=partition)
                if not wanted:
                    break
            if not numbers:
                continue
            if wanted:
                return _never(subject, axiom, domain, budget, min(wanted), tried, numbers)
            sizes.append(n)
            if len(sizes) == 2:
                break
    except OutOfTime:
        evidence = Evidence("none", f"{len(found)} partitions were returned for {tried:,} distances tried{STOPPED}")
        return Verdict(subject.name, axiom.name, domain.name, None, evidence, tried, stopped=True)
    if failure := _failure(subject, axiom, domain, tried):
        return failure
    text = f"distances for each of the {len(found)} partitions of {' and '.join(map(str, sizes))} points"
    evidence = Evidence("construction", text + _noise(subject), tuple(found.values()))
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
        matrices = (((0, a, b), (a, 0, c), (b, c, 0)) for a, b, c in lengths)
        returned = {subject.screen(Instance("distances", rows, (0, 0, 0))) for rows in matrices}
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
