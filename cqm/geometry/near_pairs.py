"""Distances to the nearest points, and those of near pairs inside and across clusters."""

from typing import Any, NamedTuple

import numpy as np
from array_api_compat import array_namespace, device, is_numpy_array

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.foreign import on_host
from cqm.geometry.pairs import together, within_clusters, without_itself
from cqm.sharing import once

__all__ = ["Counted", "near_distances", "nearest_distances"]


class Counted(NamedTuple):
    """Different values, ascending, and how often each occurs."""

    values: FloatArray
    counts: LongArray


@once
def nearest_distances(clustering: Clustering, ranks: int, *, within: bool = False) -> FloatArray:
    """(n, ranks) ascending distances to the nearest others, of all or of the own cluster; +∞ where there are none."""
    codes = clustering.points.here(clustering.codes)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any]:
        others = without_itself(a, b, tile)
        return (_smallest(within_clusters(a, b, codes, others) if within else others, ranks),)

    def merge(x: tuple[Any], y: tuple[Any]) -> tuple[Any]:
        return (_smallest(array_namespace(x[0]).concat([x[0], y[0]], axis=1), ranks),)

    inside = np.ones(clustering.k, dtype=bool) if within else None
    (out,) = clustering.points.fold_points(visit, merge, (np.inf,), inside)
    return np.sort(out, axis=1)


def near_distances(clustering: Clustering, radius: FloatArray) -> tuple[Counted, Counted]:
    """Distances of each point x to the others at most radius(x) away, (n,): those inside clusters, and across."""
    points = clustering.points
    codes, radii = points.here(clustering.codes), points.here(radius)

    def visit(a: slice, b: slice, tile: Any) -> list[list[tuple[Any, Any]]]:
        xp, others = array_namespace(tile), without_itself(a, b, tile)
        near = xp.astype(others <= radii[a][:, None], xp.int64)
        if a != b:
            near = near + xp.astype(others <= radii[b][None, :], xp.int64)
        same = together(a, b, codes)
        return [[(others[chosen], near[chosen])] for chosen in ((near > 0) & same, (near > 0) & ~same)]

    inside, across = points.fold(visit, lambda x, y: [p + q for p, q in zip(x, y, strict=True)])
    return _counted(inside), _counted(across)


def _smallest(values: Any, count: int) -> Any:
    """(rows, count) smallest values of each row, in no order, or what there is and +∞."""
    xp, missing = array_namespace(values), count - values.shape[1]
    if missing > 0:
        return xp.concat([values, xp.full((values.shape[0], missing), xp.inf, device=device(values))], axis=1)
    if is_numpy_array(values):
        return np.partition(values, count - 1, axis=1)[:, :count].copy()
    return xp.sort(values, axis=1, stable=False)[:, :count]


def _counted(found: list[tuple[Any, Any]]) -> Counted:
    """Different values and how often each occurs, from lots of values that occur so often."""
    values, counts = (np.concatenate([on_host(each) for each in column]) for column in zip(*found, strict=True))
    different, which = np.unique(values, return_inverse=True)
    return Counted(different, np.bincount(which.ravel(), counts, minlength=len(different)).astype(np.int64))
