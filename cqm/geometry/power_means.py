"""Generalised means of each point's distances to each cluster."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import MAXIMUM, MINIMUM
from cqm.geometry.pairs import without_itself
from cqm.sharing import once

__all__ = ["power_means"]

SMALL_POWER = 2.0  # powers of distances whose squares are numbers are numbers, too


@once
def power_means(clustering: Clustering, power: float) -> FloatArray:
    """(n, k) generalised means of the distances to the points of each cluster, without the point itself.

    What stands at the own cluster of a point that is alone there means nothing. Large powers are of quotients by the
    smallest or the largest distance, which keeps them between 0 and 1.
    """
    counts = np.maximum(clustering.sizes - (clustering.codes[:, None] == np.arange(clustering.k)), 1)
    with np.errstate(divide="ignore"):  # log 0 = −∞ and 1/0 = ∞, so that the mean is 0
        if power == 0:
            return np.asarray(np.exp(_sums(clustering, _logarithms) / counts))
        if abs(power) <= SMALL_POWER:
            return np.asarray((_sums(clustering, lambda values: values**power) / counts) ** (1 / power))
    extremes = clustering.points.per_point(MAXIMUM if power > 0 else MINIMUM, lambda values, own, sizes: values)
    if math.isinf(power):
        return extremes
    scales = np.where((extremes > 0) & np.isfinite(extremes), extremes, 1.0)

    def of_quotients(values: Any, scales: Any) -> Any:
        if power > 0:
            return (values / scales) ** power
        xp = array_namespace(values)
        return xp.where(values > 0, scales / xp.where(values > 0, values, 1.0), 0.0) ** -power

    means = _sums(clustering, of_quotients, scales) / counts
    return np.where(extremes > 0, scales * np.where(means > 0, means, 1.0) ** (1 / power), 0.0)


def _logarithms(values: Any) -> Any:
    return array_namespace(values).log(values)


def _sums(clustering: Clustering, transform: Callable[..., Any], scales: FloatArray | None = None) -> FloatArray:
    """(n, k) sums of transformed distances to the points of each cluster but the point itself.

    With (n, k) `scales`, the transformation takes them as well, at each pair that of the first point and the cluster of
    the second.
    """
    points, k = clustering.points, clustering.k
    codes = points.here(clustering.codes)
    around = None if scales is None else points.here(scales)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any]:
        xp = array_namespace(tile)
        with np.errstate(divide="ignore"):  # on a thread of its own
            more = () if around is None else (xp.take(around[a, :], codes[b], axis=1),)
            values = without_itself(a, b, transform(tile, *more), 0.0)
        return (_over_clusters(values, codes[b], k),)

    (out,) = points.fold_points(visit, lambda x, y: (x[0] + y[0],), (0.0,))
    return out


def _over_clusters(values: Any, codes: Any, k: int) -> Any:
    """(rows, k) sums over the columns of each cluster."""
    if is_numpy_array(values):
        out, starts = np.zeros((len(values), k)), np.flatnonzero(np.diff(codes, prepend=-1))
        out[:, codes[starts]] = np.add.reduceat(values, starts, axis=1)
        return out
    xp = array_namespace(values)
    clusters = xp.arange(k, dtype=codes.dtype, device=device(values))
    return values @ xp.astype(codes[:, None] == clusters[None, :], values.dtype)
