"""The local search of `local_search.py` by any library of the array API standard: a cluster's candidates at once."""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from cqm.arrays.dtypes import IntArray
from cqm.arrays.foreign import on_host
from cqm.measures.margins.contributions import RATIO_VORONOI

__all__ = ["descend"]


def descend(D: Any, starts: IntArray, kind: int, centres: IntArray) -> tuple[float, IntArray]:
    """Total and centres of a set that no move of a single centre improves, for quotients of own and nearest other.

    The device is waited for once in a sweep over the clusters.
    """
    xp, on, k = array_namespace(D), device(D), len(starts) - 1
    codes = xp.asarray(np.repeat(np.arange(k), np.diff(starts)), device=on)
    at = xp.asarray(centres, device=on)
    rows, clusters = xp.arange(D.shape[0], dtype=at.dtype, device=on), xp.arange(k, dtype=at.dtype, device=on)
    mine = codes[:, None] == clusters[None, :]  # (n, k)
    reach = xp.take(D, at, axis=1)

    def quotients(own: Any, nearest: Any, is_centre: Any) -> Any:
        found = xp.where(nearest > 0, own / xp.where(nearest > 0, nearest, 1.0), xp.inf)
        if kind == RATIO_VORONOI:
            found = xp.where(own > nearest, xp.inf, found)
        return xp.sum(xp.where(is_centre, 0.0, found), axis=-1)

    def whole() -> Any:
        own = xp.sum(xp.where(mine, reach, 0.0), axis=1)
        nearest = xp.min(xp.where(mine, xp.inf, reach), axis=1)
        return quotients(own, nearest, rows == xp.take(at, codes, axis=0))

    total, moves = whole(), 1
    while moves:
        before = at
        for i in range(k):
            some = slice(int(starts[i]), int(starts[i + 1]))
            here, candidates = (codes == i)[None, :], rows[some]
            others = xp.min(xp.where(mine | (clusters == i)[None, :], xp.inf, reach), axis=1)[None, :]
            own = xp.sum(xp.where(mine, reach, 0.0), axis=1)[None, :]
            to = D[some, :]
            centre = xp.where(here, candidates[:, None] == rows[None, :], (rows == xp.take(at, codes, axis=0))[None, :])
            totals = quotients(xp.where(here, to, own), xp.where(here, others, xp.minimum(others, to)), centre)
            best = xp.min(totals)
            better, chosen = best < total, candidates[xp.argmin(totals)]
            total = xp.where(better, best, total)
            at = xp.where((clusters == i) & better, chosen, at)
            to_chosen = xp.take(D, xp.reshape(at[i], (1,)), axis=1)
            reach = xp.where((clusters == i)[None, :], to_chosen, reach)
        moves = int(xp.count_nonzero(at != before))
    return float(whole()), np.asarray(on_host(at)).astype(np.intp)
