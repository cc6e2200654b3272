"""The best representative set for the relative margin, depth first over the pairwise model of a relaxation.

A partial set costs at least the model's bound, plus what its centres and the best remaining candidate of every other
cluster add. Complete sets that the model cannot exclude are evaluated.
"""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.host.jit import kernel
from cqm.measures.margins.local_search import total_with

__all__ = ["best_set"]

BoolArray = NDArray[np.bool_]


@kernel
def best_set(
    D: FloatArray,
    starts: IntArray,
    rows: IntArray,
    edges: IntArray,
    bound: float,
    costs: FloatArray,
    tables: FloatArray,
    kind: int,
    centres: IntArray,
    total: float,
    budget: float,
) -> tuple[float, float, IntArray]:
    """Search from an incumbent set with its total.

    Returns a lower bound of all totals, which is the best total when the search ended within its budget of distance
    look-ups, and the total and the centres of the best set found.
    """
    n, k, m = len(D), len(starts) - 1, len(rows)
    best, centres = centres.copy(), centres.copy()
    added = np.empty((k, m))  # per depth: what each candidate of an open cluster adds, given the chosen ones
    for at in range(m):
        added[0, at] = costs[at]
    base, rest = np.empty(k), np.empty(k)  # bound without the open clusters; and with all but the split one
    split = np.empty(k, dtype=np.intp)
    tried = np.zeros((k, m), dtype=np.bool_)
    is_open = np.ones(k, dtype=np.bool_)
    low, second_low = np.empty(n), np.full(n, np.inf)
    base[0] = bound
    spent = 0.0
    depth, fresh = 0, True
    while depth >= 0:
        if fresh:
            split[depth], rest[depth] = _split(added[depth], edges, is_open, base[depth], total)
            spent += m
            if split[depth] < 0:
                depth, fresh = depth - 1, False
                continue
            for at in range(edges[split[depth]], edges[split[depth] + 1]):
                tried[depth, at] = False
            is_open[split[depth]] = False
            if depth == k - 1:
                _nearest_foreign_except(D, starts, centres, split[depth], low)
                spent += n * k
        i = split[depth]
        chosen = _lowest(added[depth], tried[depth], edges[i], edges[i + 1])
        if chosen < 0 or rest[depth] + added[depth, chosen] >= total:
            is_open[i] = True
            depth, fresh = depth - 1, False
            continue
        if spent >= budget:
            lower = total
            for level in range(depth + 1):
                chosen = _lowest(added[level], tried[level], edges[split[level]], edges[split[level] + 1])
                if chosen >= 0:
                    lower = min(lower, rest[level] + added[level, chosen])
            return lower, total, best
        tried[depth, chosen] = True
        if depth == k - 1:
            value = total_with(D, starts, kind, False, centres, i, rows[chosen], low, second_low, total)
            spent += n
            fresh = False
            if value < total:
                total = value
                for j in range(k):
                    best[j] = rows[chosen] if j == i else centres[j]
            continue
        centres[i] = rows[chosen]
        for j in range(k):
            if is_open[j]:
                for at in range(edges[j], edges[j + 1]):
                    added[depth + 1, at] = added[depth, at] + tables[chosen, at]
        base[depth + 1] = base[depth] + added[depth, chosen]
        depth, fresh = depth + 1, True
    return total, total, best


@kernel
def _split(added: FloatArray, edges: IntArray, is_open: BoolArray, base: float, total: float) -> tuple[int, float]:
    """Open cluster with the fewest candidates that may beat `total`, or −1, and the node's bound without it."""
    k = len(edges) - 1
    floor = base
    lowest = np.zeros(k)
    for j in range(k):
        if is_open[j]:
            lowest[j] = np.inf
            for at in range(edges[j], edges[j + 1]):
                lowest[j] = min(lowest[j], added[at])
            floor += lowest[j]
    if floor >= total:
        return -1, floor
    found, fewest = -1, len(added) + 1
    for j in range(k):
        if is_open[j]:
            count = 0
            for at in range(edges[j], edges[j + 1]):
                count += floor - lowest[j] + added[at] < total
            if count < fewest:
                found, fewest = j, count
    return found, floor - lowest[found]


@kernel
def _lowest(added: FloatArray, tried: BoolArray, first: int, last: int) -> int:
    """Candidate not tried yet that adds least; −1 if there is none."""
    found = -1
    for at in range(first, last):
        if not tried[at] and (found < 0 or added[at] < added[found]):
            found = at
    return found


@kernel
def _nearest_foreign_except(D: FloatArray, starts: IntArray, centres: IntArray, i: int, low: FloatArray) -> None:
    """(n,) distance to the nearest centre that is neither a point's own nor cluster i's."""
    k = len(starts) - 1
    for own in range(k):
        for x in range(starts[own], starts[own + 1]):
            low[x] = np.inf
            for j in range(k):
                if j not in (own, i):
                    low[x] = min(low[x], D[x, centres[j]])
