"""Distances of all points on a device to one point of each cluster, such as its centroid."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from array_api_compat import device
from numpy.typing import NDArray

from cqm.arrays.device.space import Block, Space, Tile
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host import tiles

__all__ = ["to_centres", "to_landmarks"]

Values = Callable[[Block], Tile]  # block → its (rows, k) values
Exact = Callable[[Block], Any]  # the same, with what has lost digits computed again


def to_landmarks(space: Space, landmarks: FloatArray, origin: FloatArray) -> tuple[Values, Exact]:
    """Squared Euclidean distances to points relative to `origin`."""
    at, shift = space.here(landmarks), space.here(origin)
    return _to(space, lambda points: space.wide(points) - shift, at, space.rounding)


def to_centres(space: Space, centres: NDArray[Any]) -> tuple[Values, Exact]:
    """Tile values to (k,) ordered rows or (k, d) vectors."""
    xp = space.xp
    if space.distance.precomputed:
        columns = space.here(space.order[centres])
        return lambda block: Tile(xp.take(xp.take(space.X, block.points, axis=0), columns, axis=1), None), _never
    if centres.ndim == 1:
        at = xp.take(space.vectors, space.here(centres), axis=0)
    else:
        at = space.here(centres.astype(space.dtype))
        at = space.unit_rows(at) if space.distance.unit else at
    at = space.wide(at)
    if space.distance.squared:
        return _to(space, space.wide, at, space.zero)
    return lambda block: Tile(space.from_features(space.wide(block.points), at), None), _never


def _never(block: Block) -> Any:
    raise AssertionError("no digits are lost")  # and so nobody asks


def _to(space: Space, shift: Callable[[Any], Any], at: Any, zero: float) -> tuple[Values, Exact]:
    """Squared distances of shifted points to (k, d) others; to the own cluster's, from differences throughout."""
    xp, own = space.xp, space.own
    if not space.multiplies:
        return lambda block: Tile(_squares(xp, shift(block.points), at, zero), None), _never
    single = all(block.stats.dtype == np.float32 for block in space.blocks)
    dtype = np.dtype(np.float32 if single else np.float64)
    centre = space.mean(at)
    moved = xp.astype(at - centre, space.kind(dtype))
    columns = xp.arange(at.shape[0], device=device(space.X), dtype=own.dtype)[None, :]

    def squared(block: Block) -> tuple[Any, Any]:
        points, mine = shift(block.points), own[block.part.rows]
        apart = points - xp.take(at, mine, axis=0)
        nearest = xp.astype(xp.sum(apart * apart, axis=1), moved.dtype)[:, None]
        here = xp.astype(points - centre, moved.dtype)
        values, limit = space.squared(here, moved, tiles.CANCELLATION[dtype], zero)
        is_mine = mine[:, None] == columns
        nearest = xp.where(nearest <= zero, 0.0, nearest) if zero else nearest
        return xp.where(is_mine, nearest, values), (values <= limit) & ~is_mine

    def fast(block: Block) -> Tile:
        values, close = squared(block)
        return Tile(values, xp.any(close))

    def exact(block: Block) -> Any:
        return space.patched(*squared(block), shift(block.points), at, zero)

    return fast, exact


def _squares(xp: Any, a: Any, b: Any, zero: float) -> Any:
    """(rows, columns) squared distances of points of few features."""
    parts = (a[:, f][:, None] - b[:, f][None, :] for f in range(a.shape[1]))
    values = reduce(xp.add, (part * part for part in parts))
    return xp.where(values <= zero, 0.0, values) if zero else values
