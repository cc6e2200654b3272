"""Sums around centroids on a device: products with a matrix of clusters, relative to a point of each."""

from typing import Any

import numpy as np

from cqm.arrays.clustering import Part
from cqm.arrays.device.space import Block, Space
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import SUM
from cqm.arrays.foreign import on_host

__all__ = ["dispersion", "sum_of_distances"]


def dispersion(space: Space) -> Dispersion:
    """Centroids, sums of squares and sums of distances, accumulated in float64."""
    xp, own = space.xp, space.own
    anchors = space.wide(xp.take(space.X, space.here(space.starts[:-1]), axis=0))

    def relative(block: Block) -> Any:
        mine = own[block.part.rows]
        return space.wide(space.X[block.part.rows, :]) - xp.take(anchors, mine, axis=0)

    sums = _added(space, [(b.part, b.runs.reduce(relative(b), SUM, axis=0)) for b in space.blocks])
    offsets = sums / space.masses[:, None]
    at, found = space.here(offsets), []
    for block in space.blocks:
        apart = relative(block) - xp.take(at, own[block.part.rows], axis=0)
        squares = apart * apart
        lengths = xp.sqrt(xp.sum(squares, axis=1, keepdims=True))
        found.append((block.part, block.runs.reduce(xp.concat([squares, lengths], axis=1), SUM, axis=0)))
    both = _added(space, found)
    return Dispersion.of(np.asarray(on_host(anchors)), offsets, both[:, :-1], both[:, -1], space.masses)


def _added(space: Space, found: list[tuple[Part, Any]]) -> FloatArray:
    """(k, …) sums over blocks, all of which come to the host together."""
    rows = on_host(space.xp.concat([values for _, values in found]))
    out, first = np.zeros((space.k, rows.shape[1])), 0
    for part, values in found:
        out[part.clusters] += rows[first : first + values.shape[0]]
        first += values.shape[0]
    return out


def sum_of_distances(space: Space, spread: Dispersion) -> float:
    """Sum of the Euclidean distances of all points to their common centroid."""
    xp, origin, center = space.xp, space.here(spread.origin), space.here(spread.center)
    found = []
    for block in space.blocks:
        apart = (space.wide(space.X[block.part.rows, :]) - origin) - center
        found.append(xp.sum(space.weigh(xp.sqrt(xp.sum(apart * apart, axis=1)), block.part.rows)))
    return float(on_host(xp.stack(found)).sum())
