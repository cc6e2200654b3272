"""Margins of one given representative set, in O(n·k) distances and O(k) memory a row."""

from typing import Literal

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.measures.arithmetic import ratio
from cqm.measures.margins.representatives import Centres, own_and_nearest_centres

__all__ = ["Reading", "check_reading", "mean_gap", "mean_quotient", "quotients"]

Reading = Literal["own", "voronoi", "literal"]


def check_reading(reading: str) -> None:
    """Refuse what is not a reading."""
    if reading not in ("own", "voronoi", "literal"):
        raise ValueError(f'`reading` must be "own", "voronoi" or "literal", got {reading!r}')


def mean_quotient(clustering: Clustering, centres: Centres, reading: Reading) -> float:
    """Mean of first/second over the points that are not centres; +∞ where `voronoi` does not allow the centres."""
    first, second = _compared(clustering, centres, reading)
    outside = np.ones(clustering.n, dtype=bool)
    if centres.ndim == 1:
        outside[centres] = False
    if reading == "voronoi" and np.any(first > second):
        return float("inf")
    return float(np.sum(ratio(first, second)[outside])) / int(np.count_nonzero(outside))


def quotients(clustering: Clustering, centres: Centres, reading: Reading) -> FloatArray:
    """(n,) first/second of each ordered point; NaN for the centres."""
    out = ratio(*_compared(clustering, centres, reading))
    if centres.ndim == 1:
        out[centres] = np.nan
    return np.asarray(out)


def mean_gap(clustering: Clustering, centres: Centres, reading: Reading, *, signed: bool) -> float:
    """Mean of second − first over all points, each at least 0 unless `signed`; 0 for centres `voronoi` forbids."""
    first, second = _compared(clustering, centres, reading)
    gaps = second - first
    if reading == "voronoi" and np.any(gaps < 0):
        return 0.0
    return float(np.sum(gaps if signed else np.maximum(gaps, 0.0))) / clustering.n


def _compared(clustering: Clustering, centres: Centres, reading: Reading) -> tuple[FloatArray, FloatArray]:
    """The two distances that each point's margin compares: own and nearest other, or nearest and second nearest."""
    own, nearest, following = own_and_nearest_centres(clustering, centres).T
    if reading == "literal":
        return np.minimum(own, nearest), np.minimum(np.maximum(own, nearest), following)
    return own, nearest
