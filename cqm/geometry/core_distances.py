"""All-points core distances (Moulavi et al. 2014, Definition 1): how sparse a cluster is around each of its points."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_numpy_array

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.host.jit import kernel
from cqm.geometry.pairs import within_clusters

__all__ = ["core_distances"]


# Adding and subtracting these rounds a number up to 1 to a multiple of 2⁻³¹, and one up to 2⁻³² to a multiple of 2⁻⁶².
# Sums of up to 2²² such multiples are exact, so that they don't depend on the order of their terms.
COARSE, FINE = 1.5 * 2.0**21, 1.5 * 2.0**-10
NEGLIGIBLE = 2.0**-70  # a term this small rounds to 0
NOWHERE = np.iinfo(np.int64).max  # past every row


def core_distances(clustering: Clustering, dimension: float) -> tuple[FloatArray, LongArray]:
    """(n,) core distances a(x) = (mean over the cluster's other points y of d(x, y)^−D)^(−1/D), and (n,) places.

    The place of a point is the first row at distance 0 of it in its cluster, or its own. Points of one place add
    nothing to each other's sums; a cluster of a single place has core distances 0.

    Every distance is taken relative to the nearest one, so that powers lie between 0 and 1 and neither over- nor
    underflow in any dimension. Points with the same distances to their clusters get the same bits, in any order of
    rows. Clusters need at least 2 points.
    """
    points, exponent = clustering.points, float(dimension)
    nearest, place = _nearest(clustering)
    codes, reach = points.here(clustering.codes), points.here(nearest)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any, Any]:
        tile = within_clusters(a, b, codes, tile)
        if not is_numpy_array(tile):
            return _sums_of_powers(tile, reach[a], exponent)
        sums = np.zeros((2, len(tile)))
        _add_powers(tile, reach[a], exponent, sums)
        return sums[0], sums[1]

    coarse, fine = points.fold_points(visit, _add, (0.0, 0.0), np.ones(clustering.k, dtype=bool))
    means = (coarse + fine) / np.repeat(clustering.sizes - 1, clustering.sizes)
    alone = np.isinf(nearest)
    core = np.where(alone, 0.0, nearest) * np.where(alone, 1.0, means) ** (-1 / dimension)
    return np.asarray(core), place


def _nearest(clustering: Clustering) -> tuple[FloatArray, LongArray]:
    """(n,) distances to the nearest point of the cluster in another place, +∞ where there is none, and (n,) places."""
    codes = clustering.points.here(clustering.codes)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any, Any]:
        tile = within_clusters(a, b, codes, tile)
        xp, zero = array_namespace(tile), tile == 0
        first = xp.argmax(xp.astype(zero, xp.uint8), axis=1) + b.start
        return xp.min(xp.where(zero, xp.inf, tile), axis=1), xp.where(xp.any(zero, axis=1), first, NOWHERE)

    blank = (np.inf, NOWHERE)
    nearest, place = clustering.points.fold_points(visit, _least, blank, np.ones(clustering.k, dtype=bool))
    while (place[place] != place).any():  # rounding may put x beside y and y beside z, but x beside z not
        place = place[place]
    return nearest, place


def _least(x: tuple[Any, Any], y: tuple[Any, Any]) -> tuple[Any, Any]:
    xp = array_namespace(x[0])
    return xp.minimum(x[0], y[0]), xp.minimum(x[1], y[1])


def _add(x: tuple[Any, Any], y: tuple[Any, Any]) -> tuple[Any, Any]:
    return x[0] + y[0], x[1] + y[1]


def _sums_of_powers(tile: Any, nearest: Any, dimension: float) -> tuple[Any, Any]:
    """Each row's Σ (nearest / distance)^dimension in coarse and fine multiples, by another library than numpy."""
    xp = array_namespace(tile)
    quotients = xp.where(tile > 0, nearest[:, None] / tile, 0.0)
    terms = xp.where(quotients > NEGLIGIBLE ** (1 / dimension), quotients, 0.0) ** dimension
    coarse = (terms + COARSE) - COARSE
    return xp.sum(coarse, axis=1), xp.sum(((terms - coarse) + FINE) - FINE, axis=1)


@kernel
def _add_powers(tile: FloatArray, nearest: FloatArray, dimension: float, sums: FloatArray) -> None:
    """Add each row's Σ (nearest / distance)^dimension to `sums` (2, rows), in coarse and fine multiples."""
    smallest = NEGLIGIBLE ** (1 / dimension)
    terms = np.empty(tile.shape[1])
    for i in range(len(tile)):
        for j in range(len(terms)):
            quotient = nearest[i] / tile[i, j] if tile[i, j] > 0 else 0.0
            terms[j] = quotient if quotient > smallest else 0.0
        _raise_to(terms, dimension)
        for j in range(len(terms)):
            coarse = (terms[j] + COARSE) - COARSE
            sums[0, i] += coarse
            sums[1, i] += ((terms[j] - coarse) + FINE) - FINE


@kernel
def _raise_to(values: FloatArray, exponent: float) -> None:
    """Replace the values by their powers; whole exponents by squaring, which vector instructions can do."""
    whole = int(exponent)
    if whole != exponent:
        for j in range(len(values)):
            values[j] = values[j] ** exponent
        return
    square = values.copy()
    values[:] = 1.0
    while True:
        if whole & 1:
            for j in range(len(values)):
                values[j] *= square[j]
        whole >>= 1
        if whole == 0:
            return
        for j in range(len(values)):
            square[j] *= square[j]
