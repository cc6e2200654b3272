"""How many pairs there are, and which pairs of a tile count."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array

from cqm.arrays.clustering import Groups
from cqm.arrays.device.libraries import with_diagonal
from cqm.arrays.dtypes import FloatArray

__all__ = [
    "counted_once",
    "mean_distances",
    "numbers_of_pairs",
    "together",
    "weights_of_pairs",
    "within_clusters",
    "without_itself",
]


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


def together(a: slice, b: slice, codes: Any) -> Any:
    """(a, b) whether two ordered rows lie in one cluster."""
    return codes[a][:, None] == codes[b][None, :]


def counted_once(a: slice, b: slice, tile: Any) -> Any:
    """(a, b) whether a tile is the one in which a pair is counted: all of them, or of a square those above."""
    xp, on = array_namespace(tile), device(tile)
    rows, columns = (xp.arange(rows.start, rows.stop, device=on) for rows in (a, b))
    return rows[:, None] < columns[None, :] if a == b else xp.ones((1, 1), dtype=xp.bool, device=on)


def within_clusters(a: slice, b: slice, codes: Any, tile: Any) -> Any:
    """A tile with +∞ between points of different clusters; numpy's in place."""
    if not is_numpy_array(tile):
        return array_namespace(tile).where(together(a, b, codes), tile, float("inf"))
    if codes[a.start] != codes[b.stop - 1] or codes[b.start] != codes[a.stop - 1]:
        tile[~together(a, b, codes)] = float("inf")
    return tile


def without_itself(a: slice, b: slice, tile: Any, blank: float = float("inf")) -> Any:
    """A tile that is blank where a point meets itself; numpy's and torch's in place."""
    return with_diagonal(tile, blank) if a == b else tile
