"""Generalised means of each point's distances to each cluster."""

import math
from collections.abc import Callable

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import MAXIMUM, MINIMUM
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
            return np.asarray(np.exp(_sums(clustering, np.log) / counts))
        if abs(power) <= SMALL_POWER:
            return np.asarray((_sums(clustering, lambda values: values**power) / counts) ** (1 / power))
    extremes = clustering.points.per_point(MAXIMUM if power > 0 else MINIMUM, lambda values, own, sizes: values)
    if math.isinf(power):
        return extremes
    scales = np.where((extremes > 0) & np.isfinite(extremes), extremes, 1.0)

    def of_quotients(values: FloatArray, scales: FloatArray) -> FloatArray:
        if power > 0:
            return np.asarray((values / scales) ** power)
        return np.divide(scales, values, out=np.zeros_like(values), where=values > 0) ** -power

    means = _sums(clustering, of_quotients, scales) / counts
    return np.where(extremes > 0, scales * np.where(means > 0, means, 1.0) ** (1 / power), 0.0)


def _sums(clustering: Clustering, transform: Callable[..., FloatArray], scales: FloatArray | None = None) -> FloatArray:
    """(n, k) sums of transformed distances to the points of each cluster but the point itself.

    With (n, k) `scales`, the transformation takes them as well, at each pair that of the first point and the cluster of
    the second.
    """
    codes = clustering.codes

    def met(rows: slice, columns: slice, distances: FloatArray) -> tuple[slice, slice, FloatArray]:
        values = distances if scales is None else transform(distances, scales[rows][:, codes[columns]])
        if rows == columns:
            np.fill_diagonal(values, 0.0)
        part = clustering.part(columns)
        return rows, part.clusters, np.add.reduceat(values, part.starts[:-1], axis=1)

    def visit(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, slice, FloatArray]]:
        with np.errstate(divide="ignore"):  # on a thread of its own
            values = tile if scales is not None else transform(tile)
            return [met(a, b, values)] if a == b else [met(a, b, values), met(b, a, values.T)]

    out = np.zeros((clustering.n, clustering.k))
    for found in clustering.points.map_pairs(visit):
        for rows, clusters, sums in found:
            out[rows, clusters] += sums
    return out
