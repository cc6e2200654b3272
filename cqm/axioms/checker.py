"""`check`: a measure in, verdicts out."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, overload

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cqm.axioms.domains import Domain, domain_named
from cqm.axioms.judging import agree, judge, natural_domain
from cqm.axioms.search import Budget
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
    needs: Literal["distances", "points"] | None = ...,
    generic: bool = ...,
    name: str | None = ...,
    budget: Budget | None = ...,
    progress: bool | None = ...,
) -> Verdict: ...
@overload
def check(
    measure: Any,
    axiom: Iterable[Axiom | str] | None = ...,
    *,
    better: Direction | None = ...,
    domain: Domain | str | None = ...,
    needs: Literal["distances", "points"] | None = ...,
    generic: bool = ...,
    name: str | None = ...,
    budget: Budget | None = ...,
    progress: bool | None = ...,
) -> Verdicts: ...
def check(
    measure: Any,
    axiom: Axiom | str | Iterable[Axiom | str] | None = None,
    *,
    better: Direction | None = None,
    domain: Domain | str | None = None,
    needs: Literal["distances", "points"] | None = None,
    generic: bool = False,
    name: str | None = None,
    budget: Budget | None = None,
    progress: bool | None = None,
) -> Verdict | Verdicts:
    """Judge a quality measure by the axioms.

    Parameters
    ----------
    measure : a catalogue name or catalogued function, or any callable ``f(X, labels, *, metric="precomputed")`` or
        ``f(D, labels)`` that returns a number.
    axiom : one axiom (object or name) for one `Verdict`; several, or none for all of them, for `Verdicts`.
    better : "higher" or "lower"; only for measures that are not in the catalogue.
    domain : "distances" (default), "metrics", "euclidean" (default for measures that need points) or
        "pseudodistances".
    needs : "points" when the callable takes coordinates and not distances.
    generic : the callable is plain Python over nested sequences and works in any number type: judge it exactly.
    name : what verdicts call the measure.
    budget : how long to look; see `Budget`.
    progress : say on stderr which axiom's turn it is; by default when that is a terminal. Off a terminal, True prints a
        line for each axiom.

    Returns
    -------
    Verdict or Verdicts
        `holds` is False only with a witness or a proof, None where the measure is undefined or nothing was found.

    Raises
    ------
    TypeError
        The measure returned something else than one real number. Where it raises an ArithmeticError, a ValueError or
        an IndexError, it counts as undefined; its other errors come through.

    Examples
    --------
    >>> from cqm import axioms
    >>> def smallest_gap(D, labels):
    ...     return min(D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y])
    >>> verdict = axioms.check(smallest_gap, axioms.scale_invariance, better="higher", generic=True)
    >>> verdict.holds, str(verdict.witness)
    (False, '3 points, {0,1} {2}: 1 → 2')
    """
    subject = subject_of(measure, better=better, needs=needs, generic=generic, name=name)
    chosen = domain_named(domain) if domain is not None else natural_domain(subject)
    if subject.needs == "points" and chosen.kind != "points":
        raise ValueError(
            f'{subject.name} needs coordinates, so only domain="euclidean" can judge it, not {chosen.name}'
        )
    if isinstance(axiom, Axiom | str):
        return judge(subject, axiom_named(axiom), chosen, budget or Budget())
    asked = [axiom_named(one) for one in axiom] if axiom is not None else list(AXIOMS.values())
    verdicts = [judge(subject, one, chosen, budget or Budget()) for one in _told(subject.name, asked, progress)]
    return Verdicts(agree(subject, chosen, verdicts))


def _told(name: str, asked: list[Axiom], wanted: bool | None) -> Iterator[Axiom]:
    """The axioms, each announced on stderr when its turn comes: by a line that changes, or one each off a terminal."""
    console = progress_console()
    if not (console.is_terminal if wanted is None else wanted):
        yield from asked
    elif not console.is_terminal:
        for i, one in enumerate(asked, start=1):
            console.print(f"{name}: {one.name} ({i}/{len(asked)})", highlight=False, soft_wrap=True)
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
    options : as in `check`; ``axiom=`` selects some axioms, by default those of the 2008 paper.

    Examples
    --------
    >>> from cqm import axioms
    >>> @axioms.parametrize("weakest_link", axiom=[axioms.scale_invariance])
    ... def test_axioms(check):
    ...     check()
    """
    import pytest

    asked = options.pop("axiom", None) or PAPER
    chosen = [axiom_named(one) for one in ([asked] if isinstance(asked, Axiom | str) else asked)]

    def assertion(one: Axiom) -> Callable[[], Verdict]:
        def run() -> Verdict:
            verdict = check(measure, one, **options)
            if not verdict.holds:
                pytest.fail(str(verdict), pytrace=False)
            return verdict

        return run

    return pytest.mark.parametrize("check", [pytest.param(assertion(one), id=one.name) for one in chosen])


PAPER = ("scale_invariance", "consistency", "richness", "isomorphism_invariance")
