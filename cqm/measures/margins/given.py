"""Margins of one given representative set, in O(n·k) distances and O(k) memory a row."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.host.jit import kernel
from cqm.arrays.intake import Clustering
from cqm.measures.arithmetic import ratio
from cqm.measures.margins.representatives import Centres, map_centre_distances

__all__ = ["Reading", "check_reading", "mean_gap", "mean_quotient", "quotients"]

FloatArray = NDArray[np.float64]
Reading = Literal["own", "voronoi", "literal"]


def check_reading(reading: str) -> None:
    """Refuse what is not a reading."""
    if reading not in ("own", "voronoi", "literal"):
        raise ValueError(f'`reading` must be "own", "voronoi" or "literal", got {reading!r}')


def mean_quotient(clustering: Clustering, centres: Centres, reading: Reading) -> float:
    """Mean of first/second over the points that are not centres; +∞ where `voronoi` does not allow the centres."""
    total, trespass = 0.0, False
    outside = np.ones(clustering.n, dtype=bool)
    if centres.ndim == 1:
        outside[centres] = False
    for rows, first, second in _compared(clustering, centres, reading):
        total += float(np.sum(ratio(first, second)[outside[rows]]))
        trespass |= bool(np.any(first > second))
    return float("inf") if reading == "voronoi" and trespass else total / int(np.count_nonzero(outside))


def quotients(clustering: Clustering, centres: Centres, reading: Reading) -> FloatArray:
    """(n,) first/second of each ordered point; NaN for the centres."""
    out = np.concatenate([ratio(first, second) for _, first, second in _compared(clustering, centres, reading)])
    if centres.ndim == 1:
        out[centres] = np.nan
    return np.asarray(out)


def mean_gap(clustering: Clustering, centres: Centres, reading: Reading, *, signed: bool) -> float:
    """Mean of second − first over all points, each at least 0 unless `signed`; 0 for centres `voronoi` forbids."""
    total, trespass = 0.0, False
    for _, first, second in _compared(clustering, centres, reading):
        gaps = second - first
        trespass |= bool(np.any(gaps < 0))
        total += float(np.sum(gaps if signed else np.maximum(gaps, 0.0)))
    return 0.0 if reading == "voronoi" and trespass else total / clustering.n


def _compared(
    clustering: Clustering, centres: Centres, reading: Reading
) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
    """Blocks of rows with the two distances that each point's margin compares."""
    codes = clustering.codes

    def compare(rows: slice, tile: FloatArray) -> tuple[slice, FloatArray, FloatArray]:
        return rows, *_first_and_second(tile, codes[rows], reading == "literal")

    return map_centre_distances(clustering, centres, compare)


@kernel
def _first_and_second(tile: FloatArray, codes: NDArray[np.intp], literal: bool) -> tuple[FloatArray, FloatArray]:
    """(rows,) own and nearest other distance, or nearest and second nearest if `literal`, of (rows, k) distances."""
    rows, k = tile.shape
    first, second = np.empty(rows), np.empty(rows)
    for x in range(rows):
        own, nearest, next_nearest = tile[x, codes[x]], np.inf, np.inf
        for j in range(k):
            if j != codes[x]:
                next_nearest = min(next_nearest, max(nearest, tile[x, j]))
                nearest = min(nearest, tile[x, j])
        first[x], second[x] = own, nearest
        if literal:
            first[x], second[x] = min(own, nearest), min(max(own, nearest), next_nearest)
    return first, second
