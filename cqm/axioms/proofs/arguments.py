"""Arguments that hold for many measures at once, each as something that runs on a case."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.exact import Enclosure, is_undefined
from cqm.axioms.instances import Instance, squared_distances
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.formulas import FORMULAS, OF_POINTS
from cqm.axioms.proofs.traced import Broken, Continuous, Graded, Moved, Way
from cqm.axioms.statements import Axiom, improvement
from cqm.axioms.subjects import Subject
from cqm.definitions.arithmetic import irrational

__all__ = [
    "by_direction",
    "by_rules_of_continuity",
    "by_units",
    "copies",
    "copies_without_value",
    "definition_of",
    "never_negative",
    "not_worse",
    "renamed",
    "right_way",
    "same",
    "the_same_set",
    "with_exact_roots",
]

FACTORS = (Fraction(7, 3), Fraction(1, 1000), 1000)


def same(what: str, one: Any, other: Any) -> None:
    """Both are equal, or both undefined."""
    if is_undefined(one) and is_undefined(other):
        return
    if is_undefined(one) or is_undefined(other) or one != other:
        raise Broken(f"{what}: {one} and {other}")


def by_units(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Dimensional analysis: no step mixes units, and the value has none. So it is the same in every unit."""
    instance = cases.case(subject, rng)
    rows = [[Graded(Fraction(v), 1) for v in row] for row in instance.rows]
    value = with_exact_roots(definition_of(subject), rows, instance.labels)
    if isinstance(value, Graded) and value.degree != 0 and value.value != 0:
        raise Broken(f"the value has the unit of length to the power {value.degree}")
    factor = rng.choice(FACTORS)
    scaled = Instance(instance.kind, tuple(tuple(v * factor for v in row) for row in instance.rows), instance.labels)
    same(f"the value before and after multiplication by {factor}", subject.exact(instance), subject.exact(scaled))


def definition_of(subject: Subject) -> Callable[..., Any]:
    """The measure with the parameters that it is judged with."""
    return partial(subject.function, **dict(subject.keywords))


def with_exact_roots(function: Any, rows: Any, labels: Any) -> Any:
    """Run a definition with enclosures for irrational roots."""
    token = irrational.set(Enclosure.of)
    try:
        return function(rows, labels)
    finally:
        irrational.reset(token)


def the_same_set(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The value is made of distances, whatever the order and the place of the points."""
    instance = cases.case(subject, rng)
    isometric = cases.isometric(rng, instance)
    same("the value of a set and of an isometric one", subject.exact(instance), subject.exact(isometric))


def renamed(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The clusters have other names."""
    instance = cases.case(subject, rng)
    names = rng.sample(range(100), instance.n)
    other = replace(instance, labels=tuple(names[label] for label in instance.labels))
    same("the value under other names", subject.exact(instance), subject.exact(other))


def never_negative(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The value is at least 0."""
    value = subject.exact(cases.case(subject, rng))
    if not is_undefined(value) and value < 0:
        raise Broken(f"the value is {value}")


def copies(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Every point has as many copies, at its own place."""
    instance = cases.case(subject, rng, n=cases.SMALLEST)
    same("the value of a set and of its copies", subject.exact(instance), subject.exact(copied(instance, rng)))


def copies_without_value(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """A set of copies has no value."""
    instance = copied(cases.case(subject, rng, n=cases.SMALLEST), rng)
    if not is_undefined(subject.exact(instance)):
        raise Broken(f"{instance.clusters()}, all of them copies, have a value")


def copied(instance: Instance, rng: Random) -> Instance:
    """The same set with two or three copies of every point."""
    often = rng.choice((2, 3))
    order = tuple(x for x in range(instance.n) for _ in range(often))
    domain = EUCLIDEAN if instance.kind == "points" else DISTANCES
    return Instance(instance.kind, domain.reordered(instance.rows, order), tuple(instance.labels[x] for x in order))


def by_rules_of_continuity(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Every step is a continuous operation: none compares numbers that may change."""
    instance = cases.case(subject, rng)
    positive = instance.kind == "distances"
    rows = [
        [0 if positive and x == y else Continuous(positive) for y in range(len(row))]
        for x, row in enumerate(instance.rows)
    ]
    formula: Callable[..., Any] = OF_POINTS.get(subject.name, definition_of(subject))
    formula(rows, instance.labels)
    if subject.name in OF_POINTS:
        value = with_exact_roots(formula, [list(row) for row in instance.rows], instance.labels)
        same("the formula and the definition", value, subject.exact(instance))


def by_direction(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Read off, step by step, which way the value goes: distances inside only shrink, those across only grow."""
    changes = cases.consistent_changes(subject, rng, inner=axiom.inner, outer=axiom.outer)
    before, after = next(changes)
    formula = FORMULAS.get(subject.name, definition_of(subject))
    rows = moved_rows(before, after, inner=axiom.inner, outer=axiom.outer)
    value = with_exact_roots(formula, rows, before.labels)
    right_way(value, subject, before, after)


def right_way(value: Any, subject: Subject, before: Instance, after: Instance) -> None:
    """A formula that was followed from before to after does not get worse, and is the definition."""
    if isinstance(value, Moved):
        wrong: Way = "shrank" if subject.better == "higher" else "grew"
        if value.way == wrong:
            raise Broken(f"the value {value.way}, and {subject.better} is better")
        for moment, instance in ((value.before, before), (value.after, after)):
            same("the formula and the definition", moment, subject.exact(instance))


def moved_rows(before: Instance, after: Instance, *, inner: bool, outer: bool) -> list[list[Any]]:
    """Distances, or squared distances of points, with the way that each may go."""
    labels = before.labels
    old, new = (squared_distances(i.rows) if i.kind == "points" else i.rows for i in (before, after))
    inside: Way = "shrank" if inner else "fixed"
    across: Way = "grew" if outer else "fixed"

    def moved(x: int, y: int) -> Any:
        way = inside if labels[x] == labels[y] else across
        return 0 if x == y else Moved(Fraction(old[x][y]), Fraction(new[x][y]), way)

    return [[moved(x, y) for y in range(len(labels))] for x in range(len(labels))]


def not_worse(subject: Subject, before: Instance, after: Instance) -> None:
    """The second value is at least as good, where both are defined."""
    first, second = subject.exact(before), subject.exact(after)
    if not is_undefined(first) and not is_undefined(second) and improvement(first, second, subject.better) < 0:
        raise Broken(f"the value gets worse: {first} → {second}")
