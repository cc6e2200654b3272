"""Good representative sets: one cluster's centre at a time moves to the best place, until none moves."""

import numpy as np

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.host.jit import kernel
from cqm.measures.margins.contributions import GAP_SIGNED, LAST_RATIO, least

__all__ = ["descend", "total_of", "total_with"]


@kernel
def descend(D: FloatArray, starts: IntArray, kind: int, largest: bool, centres: IntArray) -> tuple[float, IntArray]:
    """Total and centres of a set that no move of a single centre improves, from the set `centres`.

    A sweep over the clusters looks at n² distances. Each point keeps its three nearest foreign centres: the moving one
    may be among them, and the literal reading asks for two others.
    """
    n, k = len(D), len(starts) - 1
    centres = centres.copy()
    foreign = np.empty((n, 3), dtype=np.intp)
    for i in range(k):
        for x in range(starts[i], starts[i + 1]):
            _nearest_foreign(D[x], centres, i, foreign[x])
    total = total_of(D, starts, kind, largest, centres, np.inf)
    low, second_low = np.empty(n), np.empty(n)
    still, i = 0, 0
    while still < k:
        for x in range(n):
            low[x] = second_low[x] = np.inf
            for at in range(3):
                j = foreign[x, at]
                if j >= 0 and j != i:
                    reach = D[x, centres[j]]
                    low[x], second_low[x] = min(low[x], reach), min(second_low[x], max(low[x], reach))
        moved = False
        for c in range(starts[i], starts[i + 1]):
            value = total_with(D, starts, kind, largest, centres, i, c, low, second_low, total)
            if value < total:
                total, centres[i], moved = value, c, True
        if moved:
            for j in range(k):
                if j != i:
                    for x in range(starts[j], starts[j + 1]):
                        _nearest_foreign_after(D[x], centres, j, i, foreign[x])
        still = 0 if moved else still + 1
        i = (i + 1) % k
    return total_of(D, starts, kind, largest, centres, np.inf), centres


@kernel
def total_of(D: FloatArray, starts: IntArray, kind: int, largest: bool, centres: IntArray, enough: float) -> float:
    """Sum of the points' contributions for a set of centres; +∞ as soon as it cannot stay below `enough`."""
    k = len(starts) - 1
    value = 0.0
    for i in range(k):
        for x in range(starts[i], starts[i + 1]):
            if kind <= LAST_RATIO and x == centres[i]:  # a centre has a gap, but no quotient
                continue
            low = second_low = np.inf
            for j in range(k):
                if j != i:
                    reach = D[x, centres[j]]
                    low, second_low = min(low, reach), min(second_low, max(low, reach))
            value += least(kind, largest, D[x, centres[i]], low, low, second_low, second_low)
        if value >= enough and kind != GAP_SIGNED and not largest:  # no contribution is negative
            return np.inf
    return value


@kernel
def total_with(
    D: FloatArray,
    starts: IntArray,
    kind: int,
    largest: bool,
    centres: IntArray,
    i: int,
    c: int,
    low: FloatArray,
    second_low: FloatArray,
    enough: float,
) -> float:
    """Total with c as the centre of cluster i; `low` and `second_low` are the distances to the nearest others."""
    value = 0.0
    for j in range(len(starts) - 1):
        for x in range(starts[j], starts[j + 1]):
            if kind <= LAST_RATIO and x == (c if j == i else centres[j]):
                continue
            own, nearest, second = D[c, x], low[x], second_low[x]
            if j != i:
                nearest, second = min(nearest, own), min(second, max(nearest, own))
                own = D[x, centres[j]]
            value += least(kind, largest, own, nearest, nearest, second, second)
        if value >= enough and kind != GAP_SIGNED and not largest:
            return np.inf
    return value


@kernel
def _nearest_foreign(row: FloatArray, centres: IntArray, own: int, found: IntArray) -> None:
    """The three nearest other clusters' centres of a point with distances `row`, nearest first; −1 for none."""
    found[:] = -1
    for j in range(len(centres)):
        if j != own:
            _insert(row, centres, j, found)


@kernel
def _nearest_foreign_after(row: FloatArray, centres: IntArray, own: int, moved: int, found: IntArray) -> None:
    """The same after a single centre has moved."""
    if moved in (found[0], found[1], found[2]):
        _nearest_foreign(row, centres, own, found)
    else:
        _insert(row, centres, moved, found)


@kernel
def _insert(row: FloatArray, centres: IntArray, j: int, found: IntArray) -> None:
    at = 3
    while at > 0 and (found[at - 1] < 0 or row[centres[j]] < row[centres[found[at - 1]]]):
        at -= 1
    for later in range(2, at, -1):
        found[later] = found[later - 1]
    if at < 3:
        found[at] = j
