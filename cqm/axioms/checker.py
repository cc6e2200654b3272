"""`check`: a measure in, verdicts out."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal, overload

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cqm.axioms.agreement.checker import SECONDS, check_index, index_axiom
from cqm.axioms.agreement.subjects import is_index
from cqm.axioms.clusterers import is_clusterer, is_clustering_function, is_told
from cqm.axioms.domains import Domain, domain_named
from cqm.axioms.exact import FLOAT_TOLERANCE
from cqm.axioms.function_checker import FUNCTION_BUDGET, check_function, function_axiom
from cqm.axioms.judging import agree, judge, natural_domain, one_mind, random_verdict
from cqm.axioms.limits import OutOfTime, time_left, time_limit
from cqm.axioms.rounding import measured_noise
from cqm.axioms.search import Budget, with_seconds
from cqm.axioms.statements import AXIOMS, Axiom
from cqm.axioms.subjects import subject_of
from cqm.axioms.verdict import Verdict, Verdicts
from cqm.axioms.witness import axiom_named
from cqm.console import progress_console

__all__ = ["check", "parametrize"]

Direction = Literal["higher", "lower"]


@overload
def check(
    measure: Any,
    axiom: Axiom | str,
    *,
    better: Direction | None = ...,
    domain: Domain | str | None = ...,
    needs: Literal["distances", "points", "labels"] | None = ...,
    generic: bool = ...,
    name: str | None = ...,
    tolerance: float | None = ...,
    budget: Budget | None = ...,
    seconds: float | None = ...,
    progress: bool | None = ...,
) -> Verdict: ...
@overload
def check(
    measure: Any,
    axiom: Iterable[Axiom | str] | None = ...,
    *,
    better: Direction | None = ...,
    domain: Domain | str | None = ...,
    needs: Literal["distances", "points", "labels"] | None = ...,
    generic: bool = ...,
    name: str | None = ...,
    tolerance: float | None = ...,
    budget: Budget | None = ...,
    seconds: float | None = ...,
    progress: bool | None = ...,
) -> Verdicts: ...
def check(
    measure: Any,
    axiom: Axiom | str | Iterable[Axiom | str] | None = None,
    *,
    better: Direction | None = None,
    domain: Domain | str | None = None,
    needs: Literal["distances", "points", "labels"] | None = None,
    generic: bool = False,
    name: str | None = None,
    tolerance: float | None = None,
    budget: Budget | None = None,
    seconds: float | None = None,
    progress: bool | None = None,
) -> Verdict | Verdicts:
    """Judge a quality measure, or a clustering function, by the axioms.

    Parameters
    ----------
    measure : a catalogue name or catalogued function; any callable ``f(X, labels)``, ``f(D, labels)`` or
        ``f(X, labels, *, metric="precomputed")`` that returns a number; a scikit-learn scorer
        ``s(estimator, X, y=None)``; an estimator with ``fit_predict``, or a clustering function of data alone (and
        perhaps `k`), which are judged as `check_function` does; or an external index ``f(labels_true, labels_pred)``,
        which is judged as `check_index` does.
    axiom : one axiom (object or name) for one `Verdict`; several, or none for all of them, for `Verdicts`.
    better : "higher" or "lower"; only for measures that are not in the catalogue, and "higher" for scorers.
    domain : "distances" (default), "metrics", "euclidean" (default for measures that need points) or
        "pseudodistances".
    needs : "points" when the callable takes coordinates and not distances; by default where its first parameter is
        called X and there is no ``metric``. "labels" when it compares two clusterings, which is known where its
        parameters are called labels_true and labels_pred, or y_true and y_pred.
    generic : the callable is plain Python over nested sequences and works in any number type: judge it exactly.
    name : what verdicts call the measure.
    tolerance : differences up to here, relative to values above 1, are rounding. By default 10⁻⁹ or, where that is
        more, 32 times what the callable's values move by when it is called again, with the points in another order or
        with other last digits.
    budget : how long to look; see `Budget`.
    seconds : in place of the budget's limit on the time of the whole call.
    progress : say on stderr which axiom's turn it is; by default when that is a terminal. Off a terminal, True prints a
        line for each axiom.

    Returns
    -------
    Verdict or Verdicts
        `holds` is False only with a witness or a proof, None where the measure is undefined or random, fails, or
        nothing was found. Where it raises an ArithmeticError, a ValueError or an IndexError, or returns NaN, it counts
        as undefined; by other errors, or by something else than a number, it fails, and the verdict says how.

    Examples
    --------
    >>> from cqm import axioms
    >>> def smallest_gap(D, labels):
    ...     return min(D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y])
    >>> verdict = axioms.check(smallest_gap, axioms.scale_invariance, better="higher", generic=True)
    >>> verdict.holds, str(verdict.witness)
    (False, '3 points, {0,1} {2}: 1 → 2')
    """
    if needs == "labels" or (needs is None and is_index(measure)):
        limit = seconds if seconds is not None else budget.seconds if budget is not None else SECONDS
        return check_index(measure, axiom, better=better, name=name, tolerance=tolerance, seconds=limit)
    if _clusters(measure, better):
        limits = None if budget is None and seconds is None else with_seconds(budget or FUNCTION_BUDGET, seconds)
        of_function = check_function(measure, axiom, needs=needs, domain=domain, name=name, budget=limits)
        return of_function[0] if isinstance(axiom, Axiom | str) else of_function
    limits = with_seconds(budget or Budget(), seconds)
    subject = subject_of(
        measure,
        better=better,
        needs=needs,
        generic=generic,
        name=name,
        tolerance=FLOAT_TOLERANCE if tolerance is None else tolerance,
    )
    chosen = domain_named(domain) if domain is not None else natural_domain(subject)
    if subject.needs == "points" and chosen.kind != "points":
        raise ValueError(
            f'{subject.name} needs coordinates, so only domain="euclidean" can judge it, not {chosen.name}'
        )
    single = isinstance(axiom, Axiom | str)
    asked = [one for one in AXIOMS.values() if chosen.kind in one.kinds] if axiom is None else _axioms(axiom)
    where = {one.name: natural_domain(subject, one) if domain is None else chosen for one in asked}
    for one in asked:
        if one.of != "measures":
            raise ValueError(f"{one.name} is an axiom of {one.of}, and {subject.name} is judged as a measure")
        if where[one.name].kind not in one.kinds:
            raise ValueError(f'{one.name} is about points, so only domain="euclidean" can judge it, not {chosen.name}')
    with time_limit(limits.seconds):
        noise = None if subject.generic else measured_noise(subject, chosen, limits.seed)
        if noise is not None and tolerance is None:
            subject = replace(subject, tolerance=noise.tolerance)
        verdicts: list[Verdict] = []
        for i, one in enumerate(asked if single else _told(subject.name, asked, progress)):
            with time_limit(time_left() / (len(asked) - i)):
                if noise is not None and noise.random is not None:
                    verdict = random_verdict(subject, one, where[one.name], noise.random)
                else:
                    verdict = judge(subject, one, where[one.name], limits)
            verdicts.append(replace(verdict, statement=one))
        with suppress(OutOfTime):
            verdicts = agree(subject, chosen, verdicts)
    return verdicts[0] if single else Verdicts(one_mind(verdicts))


def _clusters(measure: Any, better: Direction | None) -> bool:
    """Whether it is a clustering function, whose answers are neither better nor worse."""
    return is_clusterer(measure) or (better is None and is_clustering_function(measure))


def _axioms(asked: Axiom | str | Iterable[Axiom | str]) -> list[Axiom]:
    """One axiom or several as a list."""
    return [axiom_named(one) for one in ([asked] if isinstance(asked, Axiom | str) else asked)]


def _told(name: str, asked: list[Axiom], wanted: bool | None) -> Iterator[Axiom]:
    """The axioms, each announced on stderr when its turn comes: by a line that changes, or one each off a terminal."""
    console = progress_console()
    if not (console.is_terminal if wanted is None else wanted):
        yield from asked
    elif not console.is_terminal:
        for i, one in enumerate(asked, start=1):
            print(f"{name}: {one.name} ({i}/{len(asked)})", file=sys.stderr)  # the console is silent there
            yield one
    else:
        columns = (SpinnerColumn(), TextColumn("{task.description} ({task.completed}/{task.total})"))
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
            task = bar.add_task(name, total=len(asked))
            for one in asked:
                bar.update(task, description=f"{name}: {one.name}")
                yield one
                bar.advance(task)


def parametrize(measure: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Pytest decorator: one test for each axiom, whose `check` argument fails with the verdict's message.

    Parameters
    ----------
    measure : as in `check`.
    options : as in `check`; ``axiom=`` selects some axioms, by default those of the 2008 paper, of a clustering
        function Kleinberg's three, and of an external index what nearly every use of one asks: `OF_INDICES`.

    Examples
    --------
    >>> from cqm import axioms
    >>> @axioms.parametrize("weakest_link", axiom=[axioms.scale_invariance])
    ... def test_axioms(check):
    ...     check()
    """
    import pytest

    named = options.pop("axiom", None)
    if options.get("needs") == "labels" or ("needs" not in options and is_index(measure)):
        chosen = [index_axiom(one) for one in ([named] if isinstance(named, Axiom | str) else named or OF_INDICES)]
    elif _clusters(measure, options.get("better")):
        usual = OF_TOLD_FUNCTIONS if is_told(measure) else OF_FUNCTIONS
        chosen = [function_axiom(one) for one in ([named] if isinstance(named, Axiom | str) else named or usual)]
    else:
        chosen = _axioms(named or PAPER)

    def assertion(one: Axiom) -> Callable[[], Verdict]:
        def run() -> Verdict:
            verdict = check(measure, one, **options)
            if not verdict.holds:
                pytest.fail(str(verdict), pytrace=False)
            return verdict

        return run

    return pytest.mark.parametrize("check", [pytest.param(assertion(one), id=one.name) for one in chosen])


PAPER = ("scale_invariance", "consistency", "richness", "isomorphism_invariance")
OF_FUNCTIONS = ("scale_invariance", "richness", "consistency")
OF_TOLD_FUNCTIONS = ("scale_invariance", "k_richness", "consistency")
OF_INDICES = ("label_invariance", "maximal_agreement", "monotonicity", "constant_baseline")
