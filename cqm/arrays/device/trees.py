"""Minimum spanning trees on a device, by Borůvka's rounds over tiles: every component gains its shortest link."""

from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cqm.arrays.device.pairs import pairs_of_blocks, waves
from cqm.arrays.device.space import Block, Space, Tile
from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.engine import INSIDE
from cqm.arrays.foreign import on_host
from cqm.arrays.host.trees import Edges, kruskal

__all__ = ["longest_steps"]


def longest_steps(space: Space) -> FloatArray:
    """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton."""
    codes, longest = space.codes, np.zeros(space.k)
    component = np.arange(space.n)  # a point of each point's component
    near: list[Edges] | None = None
    while True:
        best, point, found = _links(space, component)
        near = found if near is None else near  # near-duplicates are the same in every round
        for edges in near:
            _shorten(best, point, edges, component)
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


def _links(space: Space, component: IntArray) -> tuple[FloatArray, IntArray, list[Edges]]:
    """(n,) tile value of each point's shortest link to another component of its cluster, its other end; and the rest.

    The rest are the links of near-duplicates.
    """
    xp, here, codes = space.xp, space.here(component), space.here(space.codes)
    links: dict[int, list[tuple[Any, Any]]] = {block.part.rows.start: [] for block in space.blocks}

    def take(a: Block, b: Block, tile: Tile) -> None:
        rows, columns = a.part.rows, b.part.rows
        wanted = (codes[rows][:, None] == codes[columns][None, :]) & (here[rows][:, None] != here[columns][None, :])
        wanted = wanted if tile.close is None else wanted & ~tile.close
        values = xp.where(wanted, tile.values, np.inf)
        links[rows.start].append((xp.min(values, axis=1), xp.argmin(values, axis=1) + columns.start))
        if a is not b:
            links[columns.start].append((xp.min(values, axis=0), xp.argmin(values, axis=0) + rows.start))

    near = []
    for a, b, rows, columns, squared in waves(space, pairs_of_blocks(space, INSIDE), take):
        u, v = rows + a.part.rows.start, columns + b.part.rows.start
        inside = space.codes[u] == space.codes[v]
        near.append(Edges(u[inside], v[inside], squared[inside]))
    best, point = [], []
    for block in space.blocks:
        values = xp.stack([value for value, _ in links[block.part.rows.start]])
        at = xp.argmin(values, axis=0)[None, :]
        best.append(space.wide(xp.min(values, axis=0)))
        ends = xp.stack([end for _, end in links[block.part.rows.start]])
        point.append(xp.take_along_axis(ends, at, axis=0)[0, :])
    return np.array(on_host(xp.concat(best))), np.array(on_host(xp.concat(point))), near


def _shorten(best: FloatArray, point: IntArray, edges: Edges, component: IntArray) -> None:
    """Let links be as short as these edges between different components allow."""
    apart = component[edges.a] != component[edges.b]
    for u, v in ((edges.a[apart], edges.b[apart]), (edges.b[apart], edges.a[apart])):
        order = np.lexsort((edges.lengths[apart], u))
        _, first = np.unique(u[order], return_index=True)
        at = order[first]
        shorter = edges.lengths[apart][at] < best[u[at]]
        best[u[at][shorter]], point[u[at][shorter]] = edges.lengths[apart][at][shorter], v[at][shorter]
