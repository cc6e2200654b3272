"""Squared Euclidean distances, or distances, of all points to a few landmarks, such as the centroids."""

from collections.abc import Callable, Iterator

import numpy as np

from cqm.arrays.clustering import Groups
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host import kernels
from cqm.arrays.host.rows import Rows
from cqm.arrays.host.tiles import FEW_FEATURES, Block, block, multiply, parallel, precision, shift
from cqm.arrays.metrics import SQEUCLIDEAN

__all__ = ["blocks_for", "to_landmarks"]


# Entries of a block of distances: few enough for a cache, enough to hide what a block costs in Python.
BLOCK_ENTRIES = 2**18
MOST_ROWS, FEWEST_ROWS = 1024, 64


def blocks_for(groups: Groups, landmarks: int) -> Iterator[slice]:
    """Consecutive slices of the ordered rows, of a size that suits so many landmarks."""
    step = min(max(BLOCK_ENTRIES // landmarks, FEWEST_ROWS), MOST_ROWS)
    for first in range(0, groups.n, step):
        yield slice(first, min(first + step, groups.n))


def to_landmarks(
    points: Rows, landmarks: FloatArray, origin: FloatArray, *, root: bool
) -> Callable[[slice], FloatArray]:
    """Rows → their (rows, landmarks) Euclidean distances, or squared ones without `root`.

    Distances of a few u between points that were scaled to unit length are rounding alone, and 0.

    Parameters
    ----------
    landmarks : (landmarks, d), relative to `origin`.
    origin : (d,) a point near the data.
    """
    dtype, unit = points.dtype, points.unit
    transform = kernels.ROOT if root else kernels.SAME
    if points.features <= FEW_FEATURES:
        features, tolerance = np.ascontiguousarray(landmarks.T), parallel(dtype) if unit else 0.0

        def from_differences(rows: slice) -> FloatArray:
            values = np.empty((rows.stop - rows.start, len(landmarks)))
            kernels.fill(kernels.SQUARED, 2.0, points.vectors(rows) - origin, features, values)
            values[values <= tolerance] = 0.0
            return np.sqrt(values, out=values) if root else values

        return from_differences
    columns = block(landmarks, SQEUCLIDEAN)
    centre = columns.middle
    if dtype == np.float32 and not points.directions:
        dtype = precision(dtype, points.data.min(axis=0), points.data.max(axis=0))
    shifted = shift(columns, centre, dtype)

    def from_products(rows: slice) -> FloatArray:
        values, products = multiply(shift(Block(points.vectors(rows)), centre, dtype, origin), shifted, unit=unit)
        kernels.finish(values, products, transform)
        return values.astype(np.float64, copy=False)

    return from_products
