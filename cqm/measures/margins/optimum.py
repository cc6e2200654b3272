"""The best representative set of a clustering, for each margin and reading."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.geometry.tiles import distances
from cqm.measures.margins.contributions import (
    GAP_LITERAL,
    GAP_OWN,
    GAP_SIGNED,
    GAP_VORONOI,
    LAST_RATIO,
    RATIO_LITERAL,
    RATIO_OWN,
    RATIO_VORONOI,
)
from cqm.measures.margins.given import Reading
from cqm.measures.margins.representatives import medoids
from cqm.measures.margins.search import best_set, descend
from cqm.validation import Clustering

__all__ = ["Optimum", "smallest_gap", "smallest_quotient"]

IntArray = NDArray[np.intp]


class Optimum(NamedTuple):
    """End of a search for the smallest total.

    Attributes
    ----------
    lower : no set has a smaller total; equals `total` when the search has ended.
    total : of the best set found; +∞ when there is none.
    centres : (k,) ordered rows of the best set found.
    slack : rounding error that either total may have.
    """

    lower: float
    total: float
    centres: IntArray
    slack: float


RATIOS = {"own": RATIO_OWN, "voronoi": RATIO_VORONOI, "literal": RATIO_LITERAL}
GAPS = {"own": GAP_OWN, "voronoi": GAP_VORONOI, "literal": GAP_LITERAL}


def smallest_quotient(clustering: Clustering, reading: Reading, budget: float) -> Optimum:
    """Smallest sum of first/second."""
    return _search(clustering, RATIOS[reading], False, budget)


def smallest_gap(clustering: Clustering, reading: Reading, signed: bool, largest: bool, budget: float) -> Optimum:
    """Smallest sum of second − first, or, if `largest`, of first − second."""
    return _search(clustering, GAP_SIGNED if signed and reading == "own" else GAPS[reading], largest, budget)


def _search(clustering: Clustering, kind: int, largest: bool, budget: float) -> Optimum:
    everything = slice(0, clustering.n)
    D = np.ascontiguousarray(distances(clustering, everything, everything))
    total, centres = descend(D, clustering.starts, kind, largest, medoids(clustering))
    lower, total, _, centres = best_set(D, clustering.starts, kind, largest, centres, total, budget)
    # Summing m terms one by one is off by at most (m + 1) rounding units of the sum of their sizes.
    sizes = total if kind <= LAST_RATIO else clustering.n * D.max()
    return Optimum(lower, total, centres, float((clustering.n + 8) * np.finfo(float).eps * sizes))
