"""Every clustering of n points under every integer distance matrix with few values: no case is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cqm.axioms.comparisons import Found
from cqm.axioms.domains import DISTANCES, METRICS, Domain
from cqm.axioms.exact import is_undefined
from cqm.axioms.instances import Instance, Trial
from cqm.axioms.lattice import classes, lattice
from cqm.axioms.rounding import differ, stands
from cqm.axioms.statements import Axiom, isomorphism_invariance
from cqm.axioms.subjects import Subject

__all__ = ["Exhausted", "exhaust", "lattices"]


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Outcome of an exhaustive comparison.

    Attributes
    ----------
    found : a case that breaks the axiom, if there is one; the one with the smallest distances.
    compared : comparisons made, or instances looked at.
    moved : comparisons in which the value moved.
    instances : matrices with a clustering, up to isomorphism.
    """

    found: Trial | None
    compared: int
    moved: int
    instances: int


def lattices(domain: Domain, axiom: Axiom, thorough: bool = False) -> list[tuple[int, tuple[int, ...]]]:
    """Numbers of points and distance values whose lattices belong to a domain, the small ones first."""
    if axiom.variants is not None:
        sizes = [(3, 4), (4, 2)]
    else:
        sizes = [(3, 12), (4, 6), (5, 3)] if thorough else [(3, 8), (4, 4), (5, 2)]
    if domain == DISTANCES:
        return [(n, tuple(range(1, m + 1))) for n, m in sizes]
    if domain == METRICS:  # distances between s and 2s never break the triangle inequality
        return [(n, tuple(range(m - 1, 2 * m - 1))) for n, m in sizes]
    return []


@lru_cache(maxsize=64)
def symmetric(subject: Subject) -> bool:
    """Whether the order of points makes no difference to the measure on small lattices."""
    outcomes = [exhaust(subject, isomorphism_invariance, n, (1, 2)) for n in (3, 4)]
    return all(outcome is not None and outcome.found is None for outcome in outcomes)


def exhaust(subject: Subject, axiom: Axiom, n: int, values: tuple[int, ...]) -> Exhausted | None:
    """Compare all instances of one lattice; None where the axiom is not one that a lattice decides."""
    if n < axiom.smallest or (axiom.variants is None and axiom.comparison is None):
        return None
    if axiom.comparison is not None and not symmetric(subject):
        return None
    instances, _ = classes(n, values)
    compared = moved = 0
    best: tuple[int, Trial] | None = None
    if axiom.comparison is None:
        found = _each(subject, instances, axiom)
    else:
        found = axiom.comparison(lattice(subject, n, values), 1 if subject.better == "higher" else -1)
    for trial, size, count, changed in found:
        compared, moved = compared + count, moved + changed
        if trial is not None and (best is None or size < best[0]) and _stands(subject, axiom, trial):
            best = size, trial
    return Exhausted(None if best is None else best[1], compared, moved, len(instances))


def _stands(subject: Subject, axiom: Axiom, trial: Trial) -> bool:
    """Whether a violation is more than rounding and more than chance."""
    values = [subject.exact(frame) for frame in trial.frames]
    if any(map(is_undefined, values)) or not axiom.judge(values, subject.better) > 0:
        return False
    return stands(subject, axiom, DISTANCES, trial, values, 0) is True


def _each(subject: Subject, instances: Iterable[Instance], axiom: Axiom) -> Found:
    """All variants of every instance that the axiom asks to be no different."""
    assert axiom.variants is not None
    for instance in instances:
        for trial in axiom.variants(instance):
            values = [subject.exact(frame) for frame in trial.frames]
            if any(map(is_undefined, values)):
                continue
            broken = axiom.judge(values, subject.better) > 0
            moved = any(differ(values[0], value) for value in values[1:])
            yield (trial if broken else None), sum(map(sum, instance.rows)), 1, int(moved)  # type: ignore[arg-type]
