"""A density around each point from its distances, and the part of it that other clusters make."""

import math
from typing import Any

from array_api_compat import array_namespace

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.geometry.pairs import numbers_of_pairs, together
from cqm.geometry.ranks import order_statistics
from cqm.sharing import once

__all__ = ["distance_quantile", "triangular_densities"]


def distance_quantile(clustering: Clustering, share: float) -> float:
    """Quantile of the distances of all pairs, linear between order statistics, as numpy's default."""
    if not 0 < share < 1:
        raise ValueError(f"`quantile` must lie between 0 and 1, got {share}")
    total = sum(numbers_of_pairs(clustering))
    place = (total - 1) * share
    below = min(math.floor(place + 1e-9), total - 1)
    low, high = order_statistics(clustering, [below, min(below + 1, total - 1)])
    return low + max(place - below, 0.0) * (high - low)


@once
def triangular_densities(clustering: Clustering, width: float) -> tuple[FloatArray, FloatArray]:
    """(n,) sums of max(0, 1 − d/width) over all points, itself included, and over points of other clusters."""
    codes = clustering.points.here(clustering.codes)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any, Any]:
        xp = array_namespace(tile)
        weights = xp.where(tile < width, 1 - tile / width, 0.0)
        foreign = xp.where(together(a, b, codes), 0.0, weights)
        return xp.sum(weights, axis=1), xp.sum(foreign, axis=1)

    def merge(x: tuple[Any, Any], y: tuple[Any, Any]) -> tuple[Any, Any]:
        return x[0] + y[0], x[1] + y[1]

    densities, foreign = clustering.points.fold_points(visit, merge, (0.0, 0.0))
    return densities, foreign
