"""The best representative set of a clustering: which bounds and which search each margin and reading gets."""

from typing import Any, NamedTuple

import numpy as np
from array_api_compat import is_numpy_array

from cqm.arrays.clustering import Clustering
from cqm.arrays.device.libraries import full_precision
from cqm.arrays.dtypes import IntArray
from cqm.geometry.reductions import distance_matrix, resident_distances
from cqm.measures.margins import batched_local_search, interval_search, pairwise_search
from cqm.measures.margins.batched_relaxation import BatchedModel
from cqm.measures.margins.contributions import LAST_RATIO, RATIO_LITERAL
from cqm.measures.margins.extremes import interval_bound
from cqm.measures.margins.local_search import descend
from cqm.measures.margins.relaxation import Model
from cqm.measures.margins.representatives import medoids

__all__ = ["Optimum", "optimum"]


# A search holds the distance matrix, up to this size, and at most three tables of the same size.
MATRIX_BYTES = 3 * 2**29
ROUNDS = 8
# Sets of candidates few enough that trying them is cheaper than another round of the relaxation.
FEW_SETS = 1000


class Optimum(NamedTuple):
    """What is known of the smallest total.

    Attributes
    ----------
    lower : no set has a smaller total; equals `total` when the best set is certain.
    total : of the best set found; +∞ when there is none.
    centres : (k,) ordered rows of the best set found.
    slack : rounding error that either total may have.
    """

    lower: float
    total: float
    centres: IntArray
    slack: float


def optimum(clustering: Clustering, kind: int, largest: bool, budget: float) -> Optimum:
    """Search for the smallest total within a budget of distance look-ups."""
    if clustering.n**2 * 8 > MATRIX_BYTES:
        return Optimum(*interval_bound(clustering, kind, largest))
    there, starts = resident_distances(clustering), clustering.starts
    batched = not is_numpy_array(there) and kind < RATIO_LITERAL and _evenly_sized(clustering)
    D = there if batched else distance_matrix(clustering)
    with full_precision(D):
        total, centres = _descended(D, starts, kind, largest, medoids(clustering))
        if kind < RATIO_LITERAL and 0 < total < np.inf:
            lower, total, centres = _by_relaxation(clustering, D, kind, total, centres, budget)
        else:
            D = distance_matrix(clustering)
            lower, total, _, centres = interval_search.best_set(D, starts, kind, largest, centres, total, budget)
    # Summing m terms one by one is off by at most (m + 1) rounding units of the sum of their sizes.
    sizes = total if kind <= LAST_RATIO else clustering.n * distance_matrix(clustering).max()
    return Optimum(lower, total, centres, float((clustering.n + 8) * np.finfo(float).eps * sizes))


def _evenly_sized(clustering: Clustering) -> bool:
    """Whether tables of clusters of equal size, the largest one's, fit as well as the distance matrix does."""
    return (clustering.k * int(clustering.sizes.max())) ** 2 * 8 <= MATRIX_BYTES


def _descended(D: Any, starts: IntArray, kind: int, largest: bool, centres: IntArray) -> tuple[float, IntArray]:
    """A good set near another one."""
    if is_numpy_array(D):
        return descend(D, starts, kind, largest, centres)
    return batched_local_search.descend(D, starts, kind, centres)


def _by_relaxation(
    clustering: Clustering, D: Any, kind: int, total: float, centres: IntArray, budget: float
) -> tuple[float, float, IntArray]:
    """Rounds of the pairwise relaxation, each with a better set or fewer candidates; then a search of what is left.

    The search goes from one set to the next by what was found before: it has no parallel form, and runs on the host.
    """
    starts = clustering.starts
    model = Model(D, starts, centres, total) if is_numpy_array(D) else BatchedModel(D, starts, centres, total)
    best = relaxation = model.round()
    for _ in range(ROUNDS):
        found, at = _descended(D, starts, kind, False, relaxation.favoured)
        if found < total:
            model.total, total, centres = found, found, at
        if relaxation.bound > best.bound:
            best = relaxation
        alive = relaxation.bound + relaxation.costs < total
        living = np.add.reduceat(alive.astype(float), relaxation.edges[:-1])
        if not living.all():
            return total, total, centres
        model.keep(alive)
        if np.prod(living) <= FEW_SETS:
            best = relaxation
            break
        relaxation = model.round()
    lower, total, centres = pairwise_search.best_set(
        distance_matrix(clustering),
        starts,
        best.rows,
        best.edges,
        best.bound,
        best.costs,
        best.tables(),
        kind,
        centres,
        total,
        budget,
    )
    return max(lower, min(best.bound, total)), total, centres
