"""Hypothesis strategies for property tests of measures: clusterings, the data they group, and changes of a given case.

They work under a plain ``@given``. Numbers are integers or simple fractions, so that ties are real, floats are exact,
and what fails shrinks to a case that can be read. Instances and arrays print as code that can be pasted into a test:
``Instance(kind='distances', rows=((0, 1), (1, 0)), labels=(0, 1))``, imported from `cqm.axioms`; other units have rows
with ``Fraction(1, 2)``, imported from `fractions`.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from numpy.typing import NDArray

from cqm.axioms import changes
from cqm.axioms.changes import Change
from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain, Draw, domain_named
from cqm.axioms.instances import Instance, Rejected, Trial, plain
from cqm.axioms.lattice import canonical
from cqm.axioms.statements import Axiom
from cqm.axioms.witness import axiom_named

__all__ = [
    "before_and_after",
    "clusterings",
    "coarser",
    "consistent",
    "distance_matrices",
    "duplicated",
    "finer",
    "instances",
    "isomorphic",
    "metrics",
    "point_sets",
    "relabelled",
    "scaled",
    "trials",
]

Size = int | tuple[int, int]
"""A number of points, or the smallest and the largest one."""

TRIES = 20  # draws of an axiom's case, of which its recipe may reject most


def _ends(size: Size) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def _between(size: Size) -> st.SearchStrategy[int]:
    return st.integers(*_ends(size))


def _drawing(draw: st.DrawFn) -> Draw:
    return lambda low, high: draw(st.integers(low, high))


@st.composite
def distance_matrices(draw: st.DrawFn, n: Size = (3, 8), *, domain: Domain | str = DISTANCES) -> NDArray[np.float64]:
    """(n, n) distances of a domain: symmetric, with a zero diagonal; most of them of small integers, where ties abound.

    Parameters
    ----------
    n : number of points, or the smallest and the largest.
    domain : "distances" (positive, no triangle inequality), "metrics" or "pseudodistances" (different points may be 0
        apart).
    """
    chosen = domain_named(domain)
    if chosen.kind != "distances":
        raise ValueError(f"`domain` has to be one of distances; for {chosen.name} take point_sets")
    return np.array(chosen.draw(draw(_between(n)), _drawing(draw)), dtype=float)


def metrics(n: Size = (3, 8)) -> st.SearchStrategy[NDArray[np.float64]]:
    """(n, n) distances that obey the triangle inequality."""
    return distance_matrices(n, domain="metrics")


@st.composite
def point_sets(draw: st.DrawFn, n: Size = (3, 8), d: Size = (1, 3), *, distinct: bool = True) -> NDArray[np.float64]:
    """(n, d) points with integer coordinates: few of them, so that distances tie, or of larger magnitudes.

    Parameters
    ----------
    n, d : number of points and of coordinates, or the smallest and the largest of each.
    distinct : whether no two points may be equal.
    """
    number, width = draw(_between(n)), draw(_between(d))
    size = draw(st.sampled_from((2, 12, 1_000, 100_000)))
    while (2 * size + 1) ** width < 2 * number:  # room for different points
        size *= 2
    point = st.tuples(*[st.integers(-size, size)] * width)
    points = draw(st.lists(point, min_size=number, max_size=number, unique=distinct))
    return np.array(points, dtype=float).reshape(number, width)


@st.composite
def clusterings(
    draw: st.DrawFn, n: Size = (3, 8), *, k: Size | None = None, sizes: tuple[int, ...] | None = None
) -> NDArray[np.intp]:
    """Labels of a clustering with at least 2 clusters, not all of one point, numbered in order of first appearance.

    Parameters
    ----------
    n : number of points, or the smallest and the largest.
    k : number of clusters, or the smallest and the largest; by default anything from 2 to n − 1. One cluster, or n, are
        drawn where they are all that is asked for.
    sizes : sizes of the clusters in any order, in place of `n` and `k`.
    """
    if sizes is not None:
        members = [label for label, size in enumerate(sizes) for _ in range(size)]
    else:
        fewest, most = _ends(n)
        low, high = (2, most) if k is None else _ends(k)
        needed = 3 if k is None else low
        if most < needed:
            what = "clustering but one cluster and all singletons" if k is None else f"clustering into {low} clusters"
            raise ValueError(f"{most} points have no {what}: give an `n` of at least {needed}")
        points = draw(st.integers(max(fewest, needed), most))
        clusters = draw(st.integers(max(low, min(2, high)), min(high, max(low, points - 1))))
        rest = st.integers(0, clusters - 1)
        members = [*range(clusters), *draw(st.lists(rest, min_size=points - clusters, max_size=points - clusters))]
    return np.array(canonical(tuple(draw(st.permutations(members)))))


@st.composite
def instances(
    draw: st.DrawFn,
    domain: Domain | str = DISTANCES,
    n: Size = (3, 8),
    *,
    k: Size | None = None,
    sizes: tuple[int, ...] | None = None,
) -> Instance:
    """A clustered set of a domain: distances or points in `X`, labels in `y`, and the exact numbers in `rows`.

    Parameters
    ----------
    domain : "distances", "metrics", "pseudodistances" or "euclidean" (points), or a `Domain`.
    n, k, sizes : as for `clusterings`.
    """
    chosen = domain_named(domain)
    labels = tuple(int(label) for label in draw(clusterings(n, k=k, sizes=sizes)))
    try:
        return Instance(chosen.kind, chosen.draw(len(labels), _drawing(draw)), labels)
    except Rejected:
        reject()


@st.composite
def _changed(draw: st.DrawFn, case: Instance, change: Change, domain: Domain, options: dict[str, Any]) -> Instance:
    """The case after a change; what leaves it as it is, is drawn again."""
    try:
        return plain(change(domain, case, _drawing(draw), **options).frames[-1])
    except Rejected:
        reject()


def _where(case: Instance, domain: Domain | str | None) -> Domain:
    chosen = domain_named(domain or ("euclidean" if case.kind == "points" else "distances"))
    if chosen.kind != case.kind:
        raise ValueError(f"the case is of {case.kind}, which {chosen.name} are not")
    return chosen


def scaled(case: Instance, *, domain: Domain | str | None = None) -> st.SearchStrategy[Instance]:
    """The case in another unit."""
    return _changed(case, changes.scaled, _where(case, domain), {})


def isomorphic(case: Instance, *, domain: Domain | str | None = None) -> st.SearchStrategy[Instance]:
    """The case with its points in another order; points are turned and shifted as well."""
    return _changed(case, changes.reordered, _where(case, domain), {"padded": False})


def relabelled(case: Instance) -> st.SearchStrategy[Instance]:
    """The case with other names for its clusters."""
    return _changed(case, changes.relabelled, _where(case, None), {})


def duplicated(case: Instance) -> st.SearchStrategy[Instance]:
    """The case with two or three copies of every point."""
    return _changed(case, changes.duplicated, _where(case, None), {})


def consistent(
    case: Instance, *, inner: bool = True, outer: bool = True, domain: Domain | str | None = None
) -> st.SearchStrategy[Instance]:
    """The case after distances shrank inside its clusters (where `inner`) and grew between them (where `outer`).

    Points may gain up to two coordinates, which count as 0 before; as hardly any points allow changes inside clusters
    alone, ``outer=False`` is refused for them. Distances stay in the `domain`, which for "metrics" has to be said.
    """
    if case.kind == "points" and not outer:
        raise ValueError(
            "hardly any points allow changes inside clusters alone: "
            'take trials("inner_consistency", "euclidean"), which draws points that do'
        )
    return _changed(case, changes.consistently, _where(case, domain), {"inner": inner, "outer": outer})


@st.composite
def finer(draw: st.DrawFn, case: Instance) -> Instance:
    """The case with a clustering that splits some of its clusters and leaves one of several points; if there is one."""
    sizes = Counter(case.labels)
    parts = [draw(st.integers(0, sizes[label] - 1)) for label in case.labels]
    split = canonical(tuple(zip(case.labels, parts, strict=True)))
    if len(set(split)) in (len(sizes), case.n):
        reject()
    return replace(case, labels=split)


@st.composite
def coarser(draw: st.DrawFn, case: Instance) -> Instance:
    """The case with a clustering that merges some of its clusters and leaves two or more; if there is one."""
    names = dict.fromkeys(case.labels)
    if len(names) < 3:
        reject()
    whole = {label: draw(st.integers(0, len(names) - 2)) for label in names}
    merged = canonical(tuple(whole[label] for label in case.labels))
    if len(set(merged)) == 1:
        reject()
    return replace(case, labels=merged)


def before_and_after(
    cases: st.SearchStrategy[Instance], change: Callable[..., st.SearchStrategy[Instance]], **options: Any
) -> st.SearchStrategy[tuple[Instance, Instance]]:
    """Cases together with a change of each, such as ``before_and_after(instances("metrics"), consistent)``."""
    return cases.flatmap(lambda case: st.tuples(st.just(case), change(case, **options)))


def trials(axiom: Axiom | str, domain: Domain | str | None = None, n: Size = (3, 6)) -> st.SearchStrategy[Trial]:
    """Cases of an axiom: instances whose values it relates, in `frames`.

    ``axiom.judge([measure(frame) for frame in trial.frames], "higher") > 0`` is a violation.

    Parameters
    ----------
    axiom : an axiom of measures, or its name.
    domain : as for `instances`; by default "distances", or "euclidean" for axioms about points.
    n : number of points, or the smallest and the largest; at least as many as the axiom needs.
    """
    asked = axiom_named(axiom)
    chosen = domain_named(domain) if domain else DISTANCES if "distances" in asked.kinds else EUCLIDEAN
    if asked.of != "measures":
        raise ValueError(f"{asked.name} is an axiom of {asked.of}: trials are cases for measures")
    if asked.recipe is None:
        raise ValueError(f"{asked.name} has no cases, as it is about all distances at once: `axioms.check` judges it")
    if chosen.kind not in asked.kinds:
        raise ValueError(f"{asked.name} is about {asked.kinds[0]}, which {chosen.name} are not")
    return _made(asked, chosen, n)


@st.composite
def _made(draw: st.DrawFn, axiom: Axiom, domain: Domain, n: Size) -> Trial:
    assert axiom.recipe is not None
    points = max(draw(_between(n)), axiom.smallest)
    for _ in range(TRIES):
        with suppress(Rejected):
            trial = axiom.recipe(domain, points, _drawing(draw))
            break
    else:
        reject()
    return replace(trial, frames=tuple(map(plain, trial.frames)))
