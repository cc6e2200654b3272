"""Axioms of clustering functions that are told the number of clusters.

Richness of a function that is told the number of clusters is asked in several ways, each of which says what is given –
nothing, the distances inside the clusters, those between them – and what may be chosen. No single case refutes one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from cqm.axioms.axiom import Axiom, changed
from cqm.axioms.changes import is_finer
from cqm.axioms.clustering_function import FunctionSubject, Partition, start
from cqm.axioms.domains import Domain, Draw
from cqm.axioms.instances import Instance, Number, Rejected, Rows, Trial

__all__ = ["TOLD", "Ways", "originals", "tight_pair", "weighted"]

_ABL = "Ackerman, Ben-David & Loker 2010"
_WEIGHTED = "Ackerman, Ben-David, Brânzei & Loker 2012"

Ways = Callable[[FunctionSubject, Domain, int, Draw], Iterator[tuple[Instance, ...]]]
"""For what is given, sets of instances to try in turn: the axiom judges each one of a set and what is returned."""

SCALES = (2, 10, 100, 10_000)  # by which distances between clusters exceed those inside, in turn
CONFORMING = 12  # distances that are tried for a pair of thresholds
COPIES = (2, 4, 8, 16)  # of some points beside single ones, in turn


def _sizes(n: int, draw: Draw) -> tuple[int, ...]:
    """Labels of a clustering with 2 to n − 1 clusters, in order of first appearance."""
    k = 2 + draw(0, n - 3)
    rest = sorted(draw(0, k - 1) for _ in range(n - k))
    return tuple(sorted([*range(k), *rest]))


def _matrix(labels: Sequence[int], inside: Callable[[int, int], Number], across: Callable[[int, int], Number]) -> Rows:
    n = len(labels)
    return tuple(
        tuple(0 if x == y else (inside if labels[x] == labels[y] else across)(max(x, y), min(x, y)) for y in range(n))
        for x in range(n)
    )


def _corners(labels: Sequence[int], rows: Rows, far: int) -> Rows:
    """Points with coordinates more, by which different clusters are at different corners of a large simplex."""
    return tuple(
        (*row, *(far * (axis == label) for axis in range(max(labels) + 1)))
        for row, label in zip(rows, labels, strict=True)
    )


def any_distances(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Iterator[tuple[Instance, ...]]:
    """Nothing is given: tight clusters, ever farther apart."""
    labels = _sizes(n, draw)
    for far in SCALES:
        if domain.kind == "points":
            rows = _corners(labels, tuple((x,) for x in range(n)), far * n)
        else:
            rows = _matrix(labels, lambda x, y: 1, lambda x, y: far)  # noqa: B023 - used at once
        yield (Instance(domain.kind, rows, labels),)


def distances_between(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Iterator[tuple[Instance, ...]]:
    """The distances inside are given: those between are ever longer."""
    labels, given = _sizes(n, draw), domain.draw(n, draw)
    longest = max(domain.apart(given, x, y) for x in range(n) for y in range(x))
    for far in SCALES:
        if domain.kind == "points":
            rows = _corners(labels, given, far * n * (1 + max(abs(int(v)) for row in given for v in row)))
        else:
            rows = _matrix(labels, lambda x, y: given[x][y], lambda x, y: far * longest)  # noqa: B023 - used at once
        yield (Instance(domain.kind, rows, labels),)


def distances_inside(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Iterator[tuple[Instance, ...]]:
    """The distances between are given: those inside are ever shorter."""
    labels, given = _sizes(n, draw), domain.draw(n, draw)
    shortest = min(given[x][y] for x in range(n) for y in range(x))
    for near in SCALES:
        rows = _matrix(labels, lambda x, y: Fraction(shortest) / near, lambda x, y: given[x][y])  # noqa: B023
        yield (Instance(domain.kind, rows, labels),)


def thresholds(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Iterator[tuple[Instance, ...]]:
    """All distances inside are up to a, all between b or more; of these several are tried."""
    labels, unit = _sizes(n, draw), 12
    for far in SCALES:
        cases = []
        for _ in range(CONFORMING):
            if domain.kind == "points":
                rows: Rows = tuple((draw(0, unit), x) for x in range(n))
                rows = _corners(labels, rows, far * n * unit)
            else:
                rows = _symmetric(
                    _matrix(labels, lambda x, y: draw(1, unit), lambda x, y: far * unit + draw(0, unit))  # noqa: B023
                )
            cases.append(Instance(domain.kind, rows, labels))
        yield tuple(cases)


def _symmetric(rows: Rows) -> Rows:
    return tuple(tuple(rows[max(x, y)][min(x, y)] for y in range(len(rows))) for x in range(len(rows)))


def weights(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Iterator[tuple[Instance, ...]]:
    """Ever more copies of some points, which have to change how the points are clustered.

    Lengths are of one magnitude, so that a few copies weigh enough.
    """
    rows: Rows = tuple((x % 3 * 2 + draw(0, 1), x // 3 * 2 + draw(0, 1)) for x in range(n))
    if domain.kind == "distances":
        rows = _symmetric(_matrix((0,) * n, lambda x, y: draw(4, 8), lambda x, y: 0))
    before = _asked(subject, domain, rows, 2 + draw(0, max(n - 4, 0)))
    k = max(before.labels) + 1
    for copies in COPIES:
        for first in range(n):
            heavy = {(first + step) % n for step in range(k)}
            yield (weighted(domain, before, [copies if x in heavy else 1 for x in range(n)]),)


def _asked(subject: FunctionSubject, domain: Domain, rows: Rows, k: int) -> Instance:
    """A set with the partition that the function makes of it."""
    before = Instance(domain.kind, domain.checked(rows), tuple(min(x, k - 1) for x in range(len(rows))))
    partition = subject.screen(before)
    if not isinstance(partition, tuple):
        raise Rejected
    return replace(before, labels=partition)


def tight_pair(n: int) -> Instance:
    """Two clusters with distances 1 inside and 8 between them."""
    labels = tuple(int(2 * x >= n) for x in range(n))
    return Instance("distances", _matrix(labels, lambda x, y: 1, lambda x, y: 8), labels)


def weighted(domain: Domain, before: Instance, weight: Sequence[int]) -> Instance:
    """The points, then the copies of the first one, and so on."""
    order = (*range(before.n), *(x for x, copies in enumerate(weight) for _ in range(copies - 1)))
    return Instance(before.kind, domain.reordered(before.rows, order), tuple(before.labels[x] for x in order))


def originals(instance: Instance) -> int:
    """Number of points before the first copy of an earlier one."""
    seen: set[tuple[Number, ...]] = set()
    for x, row in enumerate(instance.rows):
        if row in seen:
            return x
        seen.add(row)
    return instance.n


def _on_its_own(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
    """Some of its clusters, listed first, and then without the others."""
    found = start(subject, domain, n, draw)
    k = max(found.labels) + 1
    chosen = {label for label in range(k) if draw(0, 1)} or {0}
    order = tuple(sorted(range(n), key=lambda x: (found.labels[x] not in chosen, x)))
    before = replace(found, rows=domain.reordered(found.rows, order))
    partition = subject.screen(replace(before, labels=tuple(min(x, k - 1) for x in range(n))))
    kept = sum(label in chosen for label in found.labels)
    if not isinstance(partition, tuple) or set(partition[:kept]) & set(partition[kept:]) or len(chosen) == k:
        raise Rejected
    if len(set(partition[:kept])) < 2:
        raise Rejected
    rest = range(kept)
    rows = tuple(before.rows[x][:kept] if domain.kind == "distances" else before.rows[x] for x in rest)
    change = f"the clusters of points {kept} to {n - 1} are left out"
    return Trial((replace(before, labels=partition), Instance(domain.kind, rows, partition[:kept])), change)


def _one_more(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
    """The same set in more clusters."""
    before = start(subject, domain, n, draw)
    k = max(before.labels) + 1
    more = k + 1 + draw(0, n - k - 1) if k < n else k
    if more >= n:
        raise Rejected
    after = subject.screen(replace(before, labels=tuple(min(x, more - 1) for x in range(n))))
    if not isinstance(after, tuple):
        raise Rejected
    return Trial((before, replace(before, labels=after)), f"{more} clusters are asked for in place of {k}")


def _copied(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
    """Some points several times."""
    before = start(subject, domain, n, draw)
    weight = [1 + draw(0, 5) for _ in range(n)]
    after = weighted(domain, before, weight)
    if after.n == n:
        raise Rejected
    return Trial((before, after), f"the points get the weights {weight}, as copies that follow them")


def differ_at_first(values: Sequence[Partition], better: str) -> float:
    """Positive when two partitions differ on the points that both are of, which come first."""
    shared = min(map(len, values))
    return float(values[0][:shared] != values[1][:shared])


def alike_at_first(values: Sequence[Partition], better: str) -> float:
    """Positive when two partitions agree on the points that both are of."""
    return 1 - differ_at_first(values, better)


def not_finer(values: Sequence[Partition], better: str) -> float:
    """Positive when the second is no refinement of the first."""
    return 1.0 if not is_finer(values[1], values[0]) else -1.0


TOLD = (
    Axiom(
        "function_k_richness",
        "every partition into k clusters is the answer for some distances",
        "for every partition C of X there is a d with f(d, |C|) = C",
        "Zadeh & Ben-David 2009",
        "some partitions are never returned, however the data look",
        None,
        changed,
        of="functions that are told k",
        unique=False,
        ways=any_distances,
    ),
    Axiom(
        "function_outer_richness",
        "any sets, far enough apart, are the answer",
        "for every C and all distances inside its clusters there are distances between them with f(d, |C|) = C",
        _ABL,
        "some sets are never returned as clusters, however far apart they are",
        None,
        changed,
        of="functions that are told k",
        unique=False,
        ways=distances_between,
    ),
    Axiom(
        "function_inner_richness",
        "any sets, tight enough, are the answer",
        "for every C and all distances between its clusters there are distances inside them with f(d, |C|) = C",
        _ABL,
        "some sets are never returned as clusters, however tight they are",
        None,
        changed,
        of="functions that are told k",
        kinds=("distances",),
        unique=False,
        ways=distances_inside,
    ),
    Axiom(
        "function_threshold_richness",
        "clusters that are tight and far apart by some measure are the answer, whatever else the distances are",
        "for every C there are a < b with f(d, |C|) = C for all d with d ≤ a inside and d ≥ b between clusters",
        _ABL,
        "no gap between clusters is wide enough for it to return them for certain",
        None,
        changed,
        of="functions that are told k",
        unique=False,
        ways=thresholds,
    ),
    Axiom(
        "function_locality",
        "some of the returned clusters are returned again when the others are left out",
        "f(d restricted to ∪C', |C'|) = C' for all C' ⊆ f(d, k)",
        _ABL,
        "what it makes of some clusters depends on points of other ones",
        _on_its_own,
        differ_at_first,
        of="functions that are told k",
        smallest=4,
    ),
    Axiom(
        "function_hierarchy",
        "more clusters are parts of fewer",
        "f(d, k') refines f(d, k) for k' ≥ k",
        _ABL,
        "asked for more clusters, it joins points that it kept apart",
        _one_more,
        not_finer,
        of="functions that are told k",
        smallest=4,
    ),
    Axiom(
        "function_weight_robustness",
        "weights of points make no difference",
        "f(w[X], d, k) = f(X, d, k) for all weights w, here whole numbers: of copies",
        _WEIGHTED,
        "points that count several times change which clusters it returns",
        _copied,
        differ_at_first,
        of="functions that are told k",
    ),
    Axiom(
        "function_weight_sensitivity",
        "on all data some weights make a difference",
        "for all X, d and k < |X| there are weights w, w' with f(w[X], d, k) ≠ f(w'[X], d, k)",
        _WEIGHTED,
        "on some data it returns the same clusters whatever the points weigh",
        None,
        alike_at_first,
        of="functions that are told k",
        unique=False,
        ways=weights,
    ),
)
