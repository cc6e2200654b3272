"""Mutual reachability (Moulavi et al. 2014): spanning trees of clusters, and separations between clusters.

With core distances a(x), the mutual reachability distance of x and y is max(a(x), a(y), d(x, y)). Very many of these
are equal, to some core distance, so a cluster has many minimum spanning trees. Here, among equal ones the link with the
smallest share min(a(x), a(y)) / d(x, y) comes first, and where shares tie, too, the edges of all such trees are taken
together. So nothing depends on the order of rows.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.jit import kernel

__all__ = ["inner_nodes", "separations", "spanning_tree"]

LongArray = NDArray[np.int64]


def inner_nodes(clustering: Clustering, core: FloatArray) -> tuple[NDArray[np.bool_], FloatArray]:
    """(n,) whether a point is an inner node of its cluster's spanning tree, and (k,) longest edges between inner nodes.

    An inner node has several edges. In a cluster without any, all points count; in one without edges between them, all
    edges. No two points of a cluster may be at distance 0 of each other.

    Borůvka's algorithm: in each round, every component gains its shortest links to other components.
    """
    forest = _Forest(clustering)
    while (growing := forest.growing()).any():
        component = _roots(forest.parent)
        links = _links(clustering, core, component, growing)
        reach, share = _shortest(links, component)
        shortest = (links.reach == reach[component]) & (links.share == share[component])
        chosen = np.flatnonzero(shortest & (links.ties > 0))
        ties = np.bincount(component[chosen], links.ties[chosen], minlength=clustering.n)
        tied = np.bincount(clustering.codes, ties > 1, minlength=clustering.k) > 0
        u = chosen[~tied[clustering.codes[chosen]]]
        v = links.point[u]
        _, once = np.unique(np.minimum(u, v) * clustering.n + np.maximum(u, v), return_index=True)
        forest.add(u[once], v[once], links.reach[u[once]])
        for edges in _tied_edges(clustering, core, component, reach, share, tied):
            forest.add(*edges)
    return forest.inner_nodes()


def separations(clustering: Clustering, core: FloatArray) -> FloatArray:
    """(k, k) smallest mutual reachability distance between two clusters; +∞ on the diagonal."""
    codes = clustering.codes

    def separate(a: slice, b: slice, tile: FloatArray) -> tuple[slice, slice, FloatArray]:
        i, j = clustering.part(a).clusters, clustering.part(b).clusters
        out = np.full((i.stop - i.start, j.stop - j.start), np.inf)
        _separate(tile, core[a], core[b], codes[a] - i.start, codes[b] - j.start, out)
        return i, j, out

    out = np.full((clustering.k, clustering.k), np.inf)
    for i, j, smallest in clustering.points.map_pairs(separate):
        out[i, j] = np.minimum(out[i, j], smallest)
    np.fill_diagonal(out, np.inf)
    return np.minimum(out, out.T)


def spanning_tree(clustering: Clustering, core: FloatArray) -> tuple[LongArray, LongArray, FloatArray]:
    """(n − 1,) ends and mutual reachability distances of the edges of a minimum spanning tree of all points, in order.

    Which of several such trees it is makes no difference to the largest steps on ways through it.
    """
    n = clustering.n
    starts = np.array([0, n], dtype=np.intp)
    one = replace(clustering, starts=starts, classes=(None,), points=clustering.points.only(np.arange(n), starts))
    parent, found = np.arange(n), []
    while len(np.unique(component := _roots(parent))) > 1:
        links = _links(one, core, component, np.array([True]))
        by_component = np.lexsort([links.reach, component])
        _, first = np.unique(component[by_component], return_index=True)
        chosen = by_component[first]
        chosen = chosen[np.argsort(links.reach[chosen], kind="stable")]
        chosen = chosen[_connect(parent, chosen, links.point[chosen])]
        found.append((chosen, links.point[chosen], links.reach[chosen]))
    u, v, lengths = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.argsort(lengths, kind="stable")
    return u[order], v[order], lengths[order]


class _Forest:
    """Spanning trees as they grow, with what is asked of them in the end, in O(n) memory however many edges tie."""

    def __init__(self, clustering: Clustering) -> None:
        self.clustering = clustering
        self.parent = np.arange(clustering.n)  # towards the root of each point's component
        self.degree = np.zeros(clustering.n, dtype=np.int64)
        self.latest = np.zeros(clustering.n)  # length of each point's latest edge: a leaf's only one
        self.lengths: list[FloatArray] = []  # (3, ·) cluster, length, number of edges

    def growing(self) -> NDArray[np.bool_]:
        """(k,) whether a cluster still has several components."""
        roots, first = _roots(self.parent), self.clustering.starts[:-1]
        return np.asarray(np.minimum.reduceat(roots, first) < np.maximum.reduceat(roots, first))

    def add(self, u: LongArray, v: LongArray, lengths: FloatArray) -> None:
        """Edges between different components."""
        for ends in (u, v):
            self.degree += np.bincount(ends, minlength=self.clustering.n)
            self.latest[ends] = lengths
        different, counts = np.unique([self.clustering.codes[u], lengths], axis=1, return_counts=True)
        self.lengths.append(np.vstack([different, counts]))
        _join(self.parent, u, v)

    def inner_nodes(self) -> tuple[NDArray[np.bool_], FloatArray]:
        """Points with several edges, and each cluster's longest edge that has no leaf."""
        codes, k = self.clustering.codes, self.clustering.k
        inner = self.degree > 1
        inner |= (np.bincount(codes, inner, minlength=k) == 0)[codes]
        of_leaves = np.stack([codes[~inner], self.latest[~inner], np.full(np.count_nonzero(~inner), -1.0)])
        entries = np.hstack([*self.lengths, of_leaves])
        (clusters, lengths), which = np.unique(entries[:2], axis=1, return_inverse=True)
        between_inner = np.bincount(which.ravel(), entries[2]) > 0
        longest, longest_inner = np.zeros(k), np.full(k, -np.inf)
        np.maximum.at(longest, clusters.astype(np.intp), lengths)
        np.maximum.at(longest_inner, clusters[between_inner].astype(np.intp), lengths[between_inner])
        return inner, np.where(longest_inner >= 0, longest_inner, longest)


class _Links(NamedTuple):
    """For each point, the shortest link to another component of its cluster.

    Attributes
    ----------
    reach, share : the link's mutual reachability distance and, deciding among equal ones, the smaller core distance of
        its ends as a share of their distance.
    point : its other end.
    ties : number of links that are equal in both.
    """

    reach: FloatArray
    share: FloatArray
    point: LongArray
    ties: LongArray

    @classmethod
    def none(cls, n: int) -> "_Links":
        return cls(np.full(n, np.inf), np.full(n, np.inf), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))

    def shorten(self, rows: slice, found: "_Links") -> None:
        """Take over what was found for some points, where it is shorter."""
        reach, share = self.reach[rows], self.share[rows]
        equal = (found.reach == reach) & (found.share == share)
        shorter = (found.reach < reach) | ((found.reach == reach) & (found.share < share))
        self.ties[rows][equal] += found.ties[equal]
        for old, new in zip(self, found, strict=True):
            old[rows][shorter] = new[shorter]


def _links(clustering: Clustering, core: FloatArray, component: LongArray, growing: NDArray[np.bool_]) -> _Links:
    def link(a: slice, b: slice, tile: FloatArray) -> list[tuple[slice, _Links]]:
        by_row, by_column = _Links.none(tile.shape[0]), _Links.none(tile.shape[1])
        _link(tile, core[a], core[b], component[a], component[b], b.start, by_row)
        if a == b:
            return [(a, by_row)]
        _link(np.ascontiguousarray(tile.T), core[b], core[a], component[b], component[a], a.start, by_column)
        return [(a, by_row), (b, by_column)]

    out = _Links.none(clustering.n)
    for found in clustering.points.map_pairs_within(link, growing):
        for rows, links in found:
            out.shorten(rows, links)
    return out


def _shortest(links: _Links, component: LongArray) -> tuple[FloatArray, FloatArray]:
    """(n,) reach and share of each component's shortest link, at the component's root."""
    reach, share = np.full(len(component), np.inf), np.full(len(component), np.inf)
    np.minimum.at(reach, component, links.reach)
    shortest = links.reach == reach[component]
    np.minimum.at(share, component[shortest], links.share[shortest])
    return reach, share


def _tied_edges(
    clustering: Clustering,
    core: FloatArray,
    component: LongArray,
    reach: FloatArray,
    share: FloatArray,
    tied: NDArray[np.bool_],
) -> Iterator[tuple[LongArray, LongArray, FloatArray]]:
    """Links (u, v, reach) that are shortest for the component of an end, tile by tile, in the tied clusters."""

    def choose(a: slice, b: slice, tile: FloatArray) -> tuple[LongArray, LongArray, FloatArray]:
        reaches = np.maximum(np.maximum.outer(core[a], core[b]), tile)
        shares = np.divide(np.minimum.outer(core[a], core[b]), tile, out=np.zeros_like(tile), where=tile > 0)
        chosen = np.zeros(tile.shape, dtype=bool)
        for ends in (component[a][:, None], component[b][None, :]):
            chosen |= (reaches == reach[ends]) & (shares == share[ends])
        chosen &= component[a][:, None] != component[b][None, :]
        i, j = np.nonzero(np.triu(chosen) if a == b else chosen)
        return a.start + i, b.start + j, reaches[i, j]

    return clustering.points.map_pairs_within(choose, tied)


@kernel
def _link(
    tile: FloatArray,
    a_core: FloatArray,
    b_core: FloatArray,
    a_component: LongArray,
    b_component: LongArray,
    first: int,
    links: _Links,
) -> None:
    """Shorten each row's link by the points of the columns, which are numbered from `first`."""
    for i in range(len(tile)):
        reach, share, point, ties = links.reach[i], links.share[i], links.point[i], links.ties[i]
        for j in range(tile.shape[1]):
            if a_component[i] != b_component[j]:
                d = tile[i, j]
                r = max(a_core[i], b_core[j], d)
                if r <= reach:
                    s = min(a_core[i], b_core[j]) / d
                    if r < reach or s < share:
                        reach, share, point, ties = r, s, first + j, 1
                    elif s == share:
                        ties += 1
        links.reach[i], links.share[i], links.point[i], links.ties[i] = reach, share, point, ties


@kernel
def _roots(parent: LongArray) -> LongArray:
    """Let every point's parent be its root, and return a copy."""
    for i in range(len(parent)):
        root = i
        while parent[root] != root:
            root = parent[root]
        at = i
        while parent[at] != root:
            parent[at], at = root, parent[at]
    return parent.copy()


@kernel
def _join(parent: LongArray, u: LongArray, v: LongArray) -> None:
    """Join the components of each edge's ends."""
    for e in range(len(u)):
        a, b = u[e], v[e]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        parent[max(a, b)] = min(a, b)


@kernel
def _connect(parent: LongArray, u: LongArray, v: LongArray) -> NDArray[np.bool_]:
    """Join the components of each edge's ends, one edge after the other, and say which edges did."""
    joined = np.zeros(len(u), dtype=np.bool_)
    for e in range(len(u)):
        a, b = u[e], v[e]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            parent[max(a, b)] = min(a, b)
            joined[e] = True
    return joined


@kernel
def _separate(
    tile: FloatArray,
    a_core: FloatArray,
    b_core: FloatArray,
    a_codes: NDArray[np.intp],
    b_codes: NDArray[np.intp],
    out: FloatArray,
) -> None:
    """Lower the separations of the clusters of rows and columns by the tile's mutual reachability distances."""
    for i in range(len(tile)):
        row = out[a_codes[i]]
        for j in range(tile.shape[1]):
            reach = max(a_core[i], b_core[j], tile[i, j])
            if reach < row[b_codes[j]]:
                row[b_codes[j]] = reach
