"""Axioms of measures whose values are to be compared between data sets (Jeon et al. 2025).

Their fourth, that the number of points does not matter, is asked of random samples there; what can be said of one
data set is `duplication_invariance`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from cqm.axioms.axiom import Axiom, Better, changed
from cqm.axioms.domains import LARGEST, Domain, Draw, log_uniform
from cqm.axioms.exact import gap, is_undefined, total
from cqm.axioms.instances import Instance, Rejected, Trial, non_trivial_partitions
from cqm.axioms.lattice import canonical
from cqm.axioms.transformations import of_one

__all__ = ["BETWEEN_DATA", "every_clustering", "pairs_of_clusters", "spread"]

_JEON = "Jeon, Aupetit, Shin, Cho, Park & Seo 2025"


def spread(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """All distances, or all squared distances of points, plus one number."""
    by = log_uniform(draw) if draw(0, 3) == 3 else draw(0, LARGEST)
    if not by:
        raise Rejected
    if domain.kind == "points":
        lifted = [[by * (x == y) for y in range(before.n)] for x in range(before.n)]
        rows = tuple((*row, *own) for row, own in zip(before.rows, lifted, strict=True))
        change = f"each point gains a coordinate of its own, {by}: all squared distances grow by {2 * by * by}"
    else:
        rows = tuple(tuple(d + by * (x != y) for y, d in enumerate(row)) for x, row in enumerate(before.rows))
        change = f"all distances grow by {by}"
    return Trial((before, replace(before, rows=rows)), change)


def pairs_of_clusters(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """A clustering, and every two of its clusters with their points alone."""
    labels = before.labels
    names = sorted(set(labels))
    if len(names) < 3 or sum(labels.count(name) == 1 for name in names) > 1:
        raise Rejected  # two singletons are no clustering of two points that a measure is asked about
    parts = tuple(_part(before, pair) for pair in combinations(names, 2))
    return Trial((before, *parts), "all clusters, then every two of them with their points alone")


def _part(instance: Instance, kept: Sequence[int]) -> Instance:
    points = [x for x in range(instance.n) if instance.labels[x] in kept]
    rows = tuple(instance.rows[x] for x in points)
    if instance.kind == "distances":
        rows = tuple(tuple(row[y] for y in points) for row in rows)
    return Instance(instance.kind, rows, canonical(tuple(instance.labels[x] for x in points)))


def every_clustering(domain: Domain, before: Instance, draw: Draw) -> Trial:
    """All non-trivial clusterings of the points."""
    frames = tuple(replace(before, labels=labels) for labels in non_trivial_partitions(before.n))
    return Trial(frames, "all non-trivial clusterings of the points")


def no_mean(values: Sequence[Any], better: Better) -> float:
    """Amount by which the first value is not the mean of the others."""
    whole, *parts = values
    return abs(gap(total(*[whole] * len(parts)), total(*parts)))


def not_from_0_to_1(values: Sequence[Any], better: Better) -> float:
    """Amount by which the smallest value is not 0, or the largest not 1."""
    defined = [value for value in values if not is_undefined(value)]
    return max(abs(gap(min(defined), 0)), abs(gap(max(defined), 1)))


shift_invariance = Axiom(
    "shift_invariance",
    "adding one number to all distances leaves the value unchanged",
    "m(C, X, d + β) = m(C, X, d) for β > 0, where d + β is 0 from a point to itself",
    _JEON,
    "the value depends on how large all distances are, as they are in many dimensions, and not on their differences "
    "alone",
    of_one(spread),
    changed,
)
class_cardinality_invariance = Axiom(
    "class_cardinality_invariance",
    "the value is the mean of the values of every two clusters with their points alone",
    "m(C, X, d) = mean over i < j of m({C_i, C_j}, C_i ∪ C_j, d)",
    f"{_JEON}, with the mean as their programs take it",
    "the value depends on the number of clusters, and not only on how any two of them lie",
    of_one(pairs_of_clusters),
    no_mean,
    smallest=5,
)
range_invariance = Axiom(
    "range_invariance",
    "on every data set the smallest value of a clustering is 0 and the largest is 1",
    "min over C of m(C, X, d) = 0 and max over C of m(C, X, d) = 1, for every X and d",
    _JEON,
    "how large the value can get, or how small, depends on the data",
    of_one(every_clustering),
    not_from_0_to_1,
    largest=4,
)

BETWEEN_DATA = (shift_invariance, class_cardinality_invariance, range_invariance)
