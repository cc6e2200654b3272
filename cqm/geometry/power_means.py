"""Generalised means of each point's distances to each cluster."""

import math
from collections.abc import Callable

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import MAXIMUM, MINIMUM
from cqm.sharing import once

__all__ = ["power_means"]

Transform = Callable[[FloatArray, FloatArray], FloatArray]


@once
def power_means(clustering: Clustering, power: float) -> FloatArray:
    """(n, k) generalised means of the distances to the points of each cluster, without the point itself.

    What stands at the own cluster of a point that is alone there means nothing. Powers are of quotients by the smallest
    or the largest distance, which keeps them between 0 and 1.
    """
    own = clustering.codes[:, None] == np.arange(clustering.k)
    counts = np.maximum(clustering.sizes - own, 1)
    with np.errstate(divide="ignore"):  # log 0 = −∞, and the geometric mean is 0
        if power == 0:
            return np.exp(_sums(clustering, own, lambda values, scales: np.log(values)) / counts)
    extremes = clustering.points.per_point(MAXIMUM if power > 0 else MINIMUM, lambda values, own, sizes: values)
    if math.isinf(power):
        return extremes
    scales = np.where((extremes > 0) & np.isfinite(extremes), extremes, 1.0)

    def quotients(values: FloatArray, scales: FloatArray) -> FloatArray:
        out = values / scales if power > 0 else np.divide(scales, values, out=np.zeros_like(values), where=values > 0)
        return np.power(out, abs(power), out=out)

    means = np.asarray(_sums(clustering, own, quotients, scales) / counts)
    return np.where(extremes > 0, scales * np.where(means > 0, means, 1.0) ** (1 / power), 0.0)


def _sums(
    clustering: Clustering, own: np.ndarray, transform: Transform, scales: FloatArray | None = None
) -> FloatArray:
    """(n, k) sums of transformed distances to the points of each cluster but the point itself."""
    codes = clustering.codes

    def visit(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, slice, FloatArray]]:
        found = []
        for rows, columns, distances in ((a, b, tile), (b, a, tile.T)) if a != b else ((a, b, tile),):
            values = transform(distances, scales[rows][:, codes[columns]] if scales is not None else distances)
            if a == b:
                np.fill_diagonal(values, 0.0)
            part = clustering.part(columns)
            found.append((rows, part.clusters, np.add.reduceat(values, part.starts[:-1], axis=1)))
        return found

    out = np.zeros((clustering.n, clustering.k))
    for found in clustering.points.map_pairs(visit):
        for rows, clusters, sums in found:
            out[rows, clusters] += sums
    return out
