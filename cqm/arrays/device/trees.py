"""Minimum spanning trees on a device, by Borůvka's rounds over tiles: every component gains its shortest link."""

from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cqm.arrays.device.pairs import pairs_of_blocks, visited
from cqm.arrays.device.space import Block, Space
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import INSIDE
from cqm.arrays.foreign import on_host
from cqm.arrays.host.trees import Edges, kruskal

__all__ = ["longest_steps"]


def longest_steps(space: Space) -> FloatArray:
    """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton."""
    codes, longest = space.codes, np.zeros(space.k)
    component = np.arange(space.n)  # a point of each point's component
    while True:
        best, point = _links(space, component)
        order = np.argsort(best, kind="stable")
        _, first = np.unique(component[order], return_index=True)
        u = order[first]
        u = u[best[u] < np.inf]
        if len(u) == 0:
            return space.final(longest)
        gained = kruskal(space.n, Edges(component[u], component[point[u]], best[u]))
        np.maximum.at(longest, codes[gained.a], gained.lengths)
        graph = coo_array((np.ones(len(gained.a)), (gained.a, gained.b)), shape=(space.n, space.n))
        joined = connected_components(graph, directed=False)[1][component]
        _, some, which = np.unique(joined, return_index=True, return_inverse=True)
        component = some[which]


def _links(space: Space, component: IntArray) -> tuple[FloatArray, IntArray]:
    """(n,) tile value of each point's shortest link to another component of its cluster, and its other end."""
    xp, here, codes = space.xp, space.here(component), space.own
    links: dict[int, list[tuple[Any, Any]]] = {block.part.rows.start: [] for block in space.blocks}

    def shortest(a: Block, b: Block, values: Any) -> list[tuple[int, Any, Any]]:
        rows, columns = a.part.rows, b.part.rows
        wanted = (codes[rows][:, None] == codes[columns][None, :]) & (here[rows][:, None] != here[columns][None, :])
        values = xp.where(wanted, values, np.inf)
        found = [(rows.start, xp.min(values, axis=1), xp.argmin(values, axis=1) + columns.start)]
        if a is not b:
            found.append((columns.start, xp.min(values, axis=0), xp.argmin(values, axis=0) + rows.start))
        return found

    for _, _, found in visited(space, pairs_of_blocks(space, INSIDE), shortest):
        for start, values, ends in found:
            links[start].append((values, ends))
    best, point = [], []
    for block in space.blocks:
        values = xp.stack([value for value, _ in links[block.part.rows.start]])
        at = xp.argmin(values, axis=0)[None, :]
        best.append(space.wide(xp.min(values, axis=0)))
        ends = xp.stack([end for _, end in links[block.part.rows.start]])
        point.append(xp.take_along_axis(ends, at, axis=0)[0, :])
    return np.array(on_host(xp.concat(best))), np.array(on_host(xp.concat(point)))
