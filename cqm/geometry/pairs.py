"""How many pairs there are."""

import numpy as np

from cqm.arrays.clustering import Groups
from cqm.arrays.dtypes import FloatArray

__all__ = ["mean_distances", "numbers_of_pairs", "weights_of_pairs"]


def mean_distances(groups: Groups, totals: FloatArray) -> FloatArray:
    """(k,) mean distances inside clusters from (k, k) sums over pairs; 0 in a cluster of at most one point."""
    pairs = groups.masses * (groups.masses - 1) / 2
    return np.asarray(np.where(pairs > 0, np.diagonal(totals), 0.0) / np.where(pairs > 0, pairs, 1.0))


def weights_of_pairs(groups: Groups) -> tuple[float, float]:
    """Count the pairs of points inside clusters, and across clusters: copies of a row are points."""
    masses, mass = groups.masses, groups.mass
    within = float((masses * (masses - 1)).sum()) / 2
    return within, mass * (mass - 1) / 2 - within


def numbers_of_pairs(groups: Groups) -> tuple[int, int]:
    """Count the pairs of rows inside clusters, and across clusters."""
    sizes = groups.sizes
    within = int((sizes * (sizes - 1)).sum()) // 2
    return within, groups.n * (groups.n - 1) // 2 - within
