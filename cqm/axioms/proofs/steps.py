"""Arguments about consistency and locality that look at more than the direction of each step."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice, permutations
from random import Random
from typing import Any

from cqm.axioms.exact import compare
from cqm.axioms.instances import Instance, partitions
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.arguments import definition_of, not_worse, same, with_exact_roots
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.definitions.dispersion import trace_w
from cqm.definitions.losses import _to_medoid
from cqm.definitions.pairs import within_and_between
from cqm.definitions.viasckde import viasckde

__all__ = ["above_and_below", "by_ranks", "parts_add_up", "rigid_clusters"]


def above_and_below(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """C-index: S − S_min falls or stays, S_max − S grows or stays."""
    before, after = next(cases.consistent_changes(subject, rng, inner=axiom.inner, outer=axiom.outer))
    (old, least, most), (new, new_least, new_most) = (sums(frame.rows, frame.labels) for frame in (before, after))
    if new - new_least > old - least:
        raise Broken(f"S − S_min rises from {old - least} to {new - new_least}")
    if new_most - new < most - old:
        raise Broken(f"S_max − S falls from {most - old} to {new_most - new}")
    not_worse(subject, before, after)


def sums(rows: Sequence[Sequence[Any]], labels: Sequence[int]) -> tuple[Any, Any, Any]:
    """S, S_min and S_max of the C-index."""
    inside, across = within_and_between(rows, labels)
    every = sorted(inside + across)
    return sum(inside), sum(every[: len(inside)]), sum(every[len(across) :])


def by_ranks(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Nearest neighbours: with ties broken by one order of the points, the i-th foreigner's rank never falls."""
    before, after = next(cases.consistent_changes(subject, rng, inner=axiom.inner, outer=axiom.outer))
    order = list(range(before.n))
    rng.shuffle(order)
    for x in range(before.n):
        old, new = (foreign_ranks(frame, x, order) for frame in (before, after))
        if any(b < a for a, b in zip(old, new, strict=True)):
            raise Broken(f"foreign neighbours of {x} have the ranks {old}, then {new}")
    x = rng.randrange(before.n)
    orders_that_matter(before, x)
    not_worse(subject, before, after)


def foreign_ranks(instance: Instance, x: int, order: Sequence[int]) -> list[int]:
    """Ranks of the neighbours of x in other clusters, equally near ones in the given order."""
    ranked = sorted((y for y in range(instance.n) if y != x), key=lambda y: (instance.rows[x][y], order[y]))
    return [rank for rank, y in enumerate(ranked, start=1) if instance.labels[y] != instance.labels[x]]


def orders_that_matter(instance: Instance, x: int) -> None:
    """The share of foreigners that the definition gives a rank is the mean over all orders of the equally near."""
    groups = defaultdict(list)
    for y in range(instance.n):
        if y != x:
            groups[instance.rows[x][y]].append(instance.labels[y] != instance.labels[x])
    for group in groups.values():
        orders = list(islice(permutations(group), 5040)) if len(group) <= 6 else []
        for rank in range(len(group)) if orders else ():
            mean = Fraction(sum(order[rank] for order in orders), len(orders))
            same("the mean over orders and the share", mean, Fraction(sum(group), len(group)))


def rigid_clusters(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Clusters move as rigid bodies in the plane or in space: what is made inside them stays."""
    dimension = rng.choice((2, 3))
    changes = cases.consistent_changes(subject, rng, inner=False, outer=True, dimension=dimension)
    not_worse(subject, *next(changes))


# What the value rises or falls with once the data are given, where it is not such a sum itself.
SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "normalized_k_means": trace_w,
    "variance_ratio": trace_w,
    "log_ss_ratio": trace_w,
    "normalized_k_median": lambda d, labels: sum(
        _to_medoid(d, [x for x in range(len(labels)) if labels[x] == own]) for own in set(labels)
    ),
    "normalized_min_sum": lambda d, labels: sum(within_and_between(d, labels)[0]),
    "viasckde": lambda d, labels: -with_exact_roots(partial(viasckde, bandwidth=1), d, labels),
}


def parts_add_up(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Locality: the sum is one of S and one of the rest, which cancels where two clusterings of S are compared."""
    inside, outside = rng.randint(3, 6), rng.randint(2, 5)
    n = inside + outside
    first = cases.case(subject, rng, n=n, dimension=2)
    if first.kind == "points":  # S lies in a plane, and points of the rest change sides: distances to S stay
        heights = [0] * inside + [rng.randint(1, 9) for _ in range(outside)]
        flips = [rng.choice((-1, 1)) for _ in range(n)]
        frames = [
            tuple((*row, h) for row, h in zip(first.rows, heights, strict=True)),
            tuple((*row, h * f) for row, h, f in zip(first.rows, heights, flips, strict=True)),
        ]
    else:
        rows = [list(row) for row in first.rows]
        for x in range(inside, n):
            for y in range(inside, x):
                rows[x][y] = rows[y][x] = rng.randint(1, 40)
        frames = [first.rows, tuple(map(tuple, rows))]
    a, b = (rng.choice(partitions(inside)) for _ in range(2))
    comparisons = []
    for rows_ in frames:
        rest = rng.choice(partitions(outside))
        values, totals = [], []
        for part in (a, b):
            labels = (*part, *(max(part) + 1 + label for label in rest))
            instance = Instance(first.kind, rows_, labels)
            if not 1 < max(labels) + 1 < n:
                return
            values.append(subject.exact(instance))
            totals.append(SUMS.get(subject.name, definition_of(subject))(rows_, labels))
        sign = {"lower": 1, "higher": -1}[subject.better]
        if compare(values[0], values[1]) != sign * compare(totals[0], totals[1]):
            raise Broken(f"values {values} are not in the order of {totals}")
        comparisons.append(totals[0] - totals[1])
    same("the difference beside one rest and beside another", *comparisons)
