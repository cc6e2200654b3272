"""The best representative set, by branch and bound on a distance matrix in cluster order.

A node holds, for each cluster, the candidates that are still alive. Each point's distance to a cluster's centre then
lies between its distances to the nearest and the farthest candidate, which bounds every candidate's cluster from below;
what cannot beat the best set found so far dies, and the intervals shrink. When nothing more dies, the cluster with the
fewest candidates is split.
"""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.host.jit import kernel
from cqm.measures.margins.contributions import LAST_RATIO, least

__all__ = ["best_set"]

BoolArray = NDArray[np.bool_]


@kernel
def best_set(
    D: FloatArray,
    starts: IntArray,
    kind: int,
    largest: bool,
    centres: IntArray,
    total: float,
    budget: float,
) -> tuple[float, float, float, IntArray]:
    """Search from an incumbent: the (k,) `centres` with their `total` (+∞ for none).

    Returns a lower bound of all totals, which is the best total when the search ended within its budget of distance
    look-ups; the total and centres of the best set found; and the look-ups spent.
    """
    n, k = len(D), len(starts) - 1
    alive = np.ones((k + 1, n), dtype=np.bool_)  # per depth; candidates of the split cluster die once they are tried
    floors = np.empty((k + 1, n))
    split = np.empty(k + 1, dtype=np.intp)
    base = np.empty(k + 1)  # bound of a child: base + its candidate's floor
    best = centres.copy()
    spent = 0.0
    depth, fresh = 0, True
    while depth >= 0:
        if fresh:
            bound, work = _propagate(D, starts, kind, largest, alive[depth], floors[depth], total)
            spent += work
            split[depth] = _narrowest(starts, alive[depth])
            if bound < total and split[depth] < 0:
                total = bound
                for i in range(k):
                    best[i] = _lowest(starts, i, alive[depth], floors[depth])
            if bound >= total:
                depth, fresh = depth - 1, False
                continue
            base[depth] = bound - floors[depth, _lowest(starts, split[depth], alive[depth], floors[depth])]
        c = _lowest(starts, split[depth], alive[depth], floors[depth])
        if c < 0 or base[depth] + floors[depth, c] >= total:
            depth, fresh = depth - 1, False
            continue
        if spent >= budget:
            lower = total
            for level in range(depth + 1):
                c = _lowest(starts, split[level], alive[level], floors[level])
                if c >= 0:
                    lower = min(lower, base[level] + floors[level, c])
            return lower, total, spent, best
        alive[depth, c] = False
        for x in range(n):
            in_split = starts[split[depth]] <= x < starts[split[depth] + 1]
            alive[depth + 1, x] = x == c if in_split else alive[depth, x]
        depth, fresh = depth + 1, True
    return total, total, spent, best


@kernel
def _lowest(starts: IntArray, i: int, alive: BoolArray, floor: FloatArray) -> int:
    """Living candidate of cluster i with the lowest floor; −1 if none lives."""
    found = -1
    for c in range(starts[i], starts[i + 1]):
        if alive[c] and (found < 0 or floor[c] < floor[found]):
            found = c
    return found


@kernel
def _narrowest(starts: IntArray, alive: BoolArray) -> int:
    """Cluster with the fewest candidates above one; −1 when all have one."""
    found, fewest = -1, len(alive) + 1
    for i in range(len(starts) - 1):
        count = 0
        for c in range(starts[i], starts[i + 1]):
            count += alive[c]
        if 1 < count < fewest:
            found, fewest = i, count
    return found


@kernel
def _propagate(
    D: FloatArray,
    starts: IntArray,
    kind: int,
    largest: bool,
    alive: BoolArray,
    floor: FloatArray,
    total: float,
) -> tuple[float, float]:
    """Kill candidates that cannot be part of a set below `total`, as long as many die.

    `floor` receives the least that each candidate's cluster adds with it as centre. Returns a lower bound of the node
    and the number of distances looked at.
    """
    n, k = len(D), len(starts) - 1
    living = np.empty(n, dtype=np.intp)
    edges = np.zeros(k + 1, dtype=np.intp)
    work = 0.0
    while True:
        count = 0
        for i in range(k):
            for c in range(starts[i], starts[i + 1]):
                if alive[c]:
                    living[count] = c
                    count += 1
            edges[i + 1] = count
        work += count * n
        bound = _floors(D, starts, kind, largest, living, edges, floor)
        if bound >= total:
            return np.inf, work
        died = 0
        for i in range(k):
            lowest = floor[_lowest(starts, i, alive, floor)]
            for at in range(edges[i], edges[i + 1]):
                if bound - lowest + floor[living[at]] >= total:
                    alive[living[at]] = False
                    died += 1
        # Another pass is worth its cost while it kills enough; a node without a choice left needs its exact total.
        if died * 20 <= count - died - k:
            return bound, work


@kernel
def _floors(
    D: FloatArray, starts: IntArray, kind: int, largest: bool, living: IntArray, edges: IntArray, floor: FloatArray
) -> float:
    """Fill `floor` for the candidates `living[edges[i]:edges[i + 1]]` of each cluster; returns the sum of lowest."""
    k = len(starts) - 1
    bound = 0.0
    for i in range(k):
        for at in range(edges[i], edges[i + 1]):
            floor[living[at]] = 0.0
        for x in range(starts[i], starts[i + 1]):
            low = high = second_low = second_high = np.inf
            for j in range(k):
                if j == i:
                    continue
                nearest, farthest = np.inf, 0.0
                for at in range(edges[j], edges[j + 1]):
                    reach = D[x, living[at]]
                    nearest = min(nearest, reach)
                    farthest = max(farthest, reach)
                low, second_low = min(low, nearest), min(second_low, max(low, nearest))
                high, second_high = min(high, farthest), min(second_high, max(high, farthest))
            for at in range(edges[i], edges[i + 1]):
                c = living[at]
                if x != c or kind > LAST_RATIO:  # a centre has a gap, but no quotient
                    floor[c] += least(kind, largest, D[x, c], low, high, second_low, second_high)
        lowest = np.inf
        for at in range(edges[i], edges[i + 1]):
            lowest = min(lowest, floor[living[at]])
        bound += lowest
    return bound
