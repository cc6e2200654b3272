"""Relative and additive margin (Ackerman & Ben-David 2008, §3.1–3.2), in each reading of "nearest centre".

A representative set holds one point of each cluster. `own` compares a point's own centre with the nearest other one;
`literal` the nearest centre with the second nearest, whichever clusters they represent; `voronoi` is `literal` over the
sets for which every point is (weakly) nearest its own centre.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from cqm.definitions.arithmetic import if_at_most, maximum, mean, minimum, ratio

__all__ = ["additive_margin", "additive_margin_of", "relative_margin", "relative_margin_of", "representative_sets"]

Distances = Sequence[Sequence[Any]]
Centres = Mapping[Any, int]  # label → point


def relative_margin(distances: Distances, labels: Sequence[Any], *, reading: str = "own") -> Any:
    """Smallest relative margin of a representative set. Lower is better; +∞ when no set has one."""
    return minimum(
        relative_margin_of(distances, labels, centres, reading=reading) for centres in representative_sets(labels)
    )


def relative_margin_of(distances: Distances, labels: Sequence[Any], centres: Centres, *, reading: str = "own") -> Any:
    """Mean over the points outside K of first / second; +∞ for `voronoi` where K's cells are not the clusters.

    RM_K(C, X, d) = mean over x ∈ X∖K of d(x, first centre of x) / d(x, second centre of x)
    """
    outside = [x for x in range(len(labels)) if x not in centres.values()]
    value = mean(ratio(*first_and_second(distances[x], labels[x], centres, reading)) for x in outside)
    return if_at_most(trespass(distances, labels, centres, reading), 0, value, math.inf)


def additive_margin(
    distances: Distances, labels: Sequence[Any], *, reading: str = "own", signed: bool = False, over: str = "min"
) -> Any:
    """Smallest (`over="min"`) or largest (`over="max"`) additive margin of a representative set. Higher is better.

    The `voronoi` margin is 0 when no set has the clusters for cells.
    """
    sets = list(representative_sets(labels))
    trespasses = [trespass(distances, labels, centres, reading) for centres in sets]
    sign = -1 if over == "max" else 1
    turned = minimum(
        if_at_most(t, 0, sign * mean_gap(distances, labels, centres, reading=reading, signed=signed), math.inf)
        for t, centres in zip(trespasses, sets, strict=True)
    )
    return ratio(if_at_most(minimum(trespasses), 0, sign * turned, 0), mean_within(distances, labels))


def additive_margin_of(
    distances: Distances, labels: Sequence[Any], centres: Centres, *, reading: str = "own", signed: bool = False
) -> Any:
    """Mean over all points of second − first, over the mean distance of two points of one cluster.

    AM_K(C, X, d) = mean over x ∈ X of [d(x, second centre) − d(x, first centre)] / mean over {x ∼ y} of d(x, y)

    A point nearer to another centre than to its own counts 0, or below 0 if `signed`; a set whose cells are not the
    clusters has `voronoi` margin 0.
    """
    gap = mean_gap(distances, labels, centres, reading=reading, signed=signed)
    gap = if_at_most(trespass(distances, labels, centres, reading), 0, gap, 0)
    return ratio(gap, mean_within(distances, labels))


def mean_gap(distances: Distances, labels: Sequence[Any], centres: Centres, *, reading: str, signed: bool) -> Any:
    """Mean over all points of second − first, each at least 0 unless `signed`."""
    compared = [first_and_second(distances[x], labels[x], centres, reading) for x in range(len(labels))]
    return mean(second - first if signed else maximum([second - first]) for first, second in compared)


def mean_within(distances: Distances, labels: Sequence[Any]) -> Any:
    """Mean distance of two different points of one cluster."""
    return mean(distances[x][y] for x in range(len(labels)) for y in range(x) if labels[x] == labels[y])


def representative_sets(labels: Sequence[Any]) -> Iterator[Centres]:
    """Every choice of one point of each cluster."""
    clusters: dict[Any, list[int]] = {}
    for x, label in enumerate(labels):
        clusters.setdefault(label, []).append(x)
    for points in product(*clusters.values()):
        yield dict(zip(clusters, points, strict=True))


def first_and_second(row: Sequence[Any], label: Any, centres: Centres, reading: str) -> tuple[Any, Any]:
    """The two distances that a point's margin compares; `row` holds its distances, `label` is its cluster."""
    if reading == "literal":
        reach = [row[c] for c in centres.values()]
        return minimum(reach), minimum(maximum(pair) for pair in combinations(reach, 2))
    return row[centres[label]], minimum(row[c] for other, c in centres.items() if other != label)


def trespass(distances: Distances, labels: Sequence[Any], centres: Centres, reading: str) -> Any:
    """How far the clusters are from being K's cells: 0 iff every point is (weakly) nearest its own centre.

    Only the `voronoi` reading asks for it; 0 in the others.
    """
    if reading != "voronoi":
        return 0
    compared = (first_and_second(distances[x], labels[x], centres, reading) for x in range(len(labels)))
    return maximum(first - second for first, second in compared)
