"""Mutual reachability (Moulavi et al. 2014): spanning trees of clusters, and separations between clusters.

With core distances a(x), the mutual reachability distance of x and y is max(a(x), a(y), d(x, y)). Very many of these
are equal, to some core distance, so a cluster has many minimum spanning trees. Here, of links that are equal in m, the
one with the smallest share min(a(x), a(y)) / max(d(x, y), 3/5 m) comes first, and where shares tie, too, the edges of
all such trees are taken together. So nothing depends on the order of rows.
"""

from collections.abc import Iterator
from dataclasses import replace
from operator import add
from typing import Any, NamedTuple

import numpy as np
from array_api_compat import array_namespace, is_numpy_array
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray, LongArray
from cqm.arrays.foreign import on_host
from cqm.arrays.host.jit import kernel
from cqm.arrays.host.trees import connect, root
from cqm.geometry.pairs import counted_once, together, within_clusters

__all__ = ["inner_nodes", "separations", "spanning_tree", "spanning_trees"]


def inner_nodes(clustering: Clustering, core: FloatArray) -> tuple[NDArray[np.bool_], FloatArray]:
    """(n,) whether a point is an inner node of its cluster's spanning tree, and (k,) longest edges between inner nodes.

    An inner node has several edges. In a cluster without any, all points count; in one without edges between them, all
    edges. No two points of a cluster may be at distance 0 of each other.

    Borůvka's algorithm: in each round, every component gains its shortest links to other components.
    """
    forest = _Forest(clustering)
    while (growing := _growing(clustering, component := _roots(forest.parent))).any():
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
        if tied.any():
            for edges in _tied_edges(clustering, core, component, reach, share, tied):
                forest.add(*edges)
    return forest.inner_nodes()


def separations(clustering: Clustering, core: FloatArray) -> FloatArray:
    """(k,) smallest mutual reachability distance to another cluster; +∞ where there is none."""
    points = clustering.points
    codes, cores = points.here(clustering.codes), points.here(core)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any]:
        if is_numpy_array(tile):
            return (_separate(tile, cores[a], cores[b], codes[a], codes[b]),)
        xp = array_namespace(tile)
        reaches = xp.maximum(xp.maximum(cores[a][:, None], cores[b][None, :]), tile)
        return (xp.min(xp.where(together(a, b, codes), xp.inf, reaches), axis=1),)

    def merge(x: tuple[Any], y: tuple[Any]) -> tuple[Any]:
        return (array_namespace(x[0]).minimum(x[0], y[0]),)

    (nearest,) = points.fold_points(visit, merge, (np.inf,))
    return np.asarray(np.minimum.reduceat(nearest, clustering.starts[:-1]))


def spanning_tree(clustering: Clustering, core: FloatArray) -> tuple[LongArray, LongArray, FloatArray]:
    """(n − 1,) ends and mutual reachability distances of the edges of a minimum spanning tree of all points, in order.

    Which of several such trees it is makes no difference to the largest steps on ways through it.
    """
    n = clustering.n
    starts = np.array([0, n], dtype=np.intp)
    one = replace(clustering, starts=starts, classes=(None,), points=clustering.points.only(np.arange(n), starts))
    return spanning_trees(one, core)


def spanning_trees(clustering: Clustering, core: FloatArray) -> tuple[LongArray, LongArray, FloatArray]:
    """(n − k,) the same of a minimum spanning tree of each cluster, all edges together in order of their lengths."""
    parent, found = np.arange(clustering.n), []
    while (growing := _growing(clustering, component := _roots(parent))).any():
        links = _links(clustering, core, component, growing)
        by_component = np.lexsort([links.reach, component])
        _, first = np.unique(component[by_component], return_index=True)
        chosen = by_component[first]
        chosen = chosen[growing[clustering.codes[chosen]]]
        chosen = chosen[np.argsort(links.reach[chosen], kind="stable")]
        chosen = chosen[connect(parent, chosen, links.point[chosen])]
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

    def add(self, u: LongArray, v: LongArray, lengths: FloatArray) -> None:
        """Edges between different components."""
        for ends in (u, v):
            self.degree += np.bincount(ends, minlength=self.clustering.n)
            self.latest[ends] = lengths
        different, counts = np.unique([self.clustering.codes[u], lengths], axis=1, return_counts=True)
        self.lengths.append(np.vstack([different, counts]))
        connect(self.parent, u, v)

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
        its ends as a share of their distance, of 3/5 of the reachability at least.
    point : its other end.
    ties : number of links that are equal in both.
    """

    reach: Any
    share: Any
    point: Any
    ties: Any

    @classmethod
    def none(cls, n: int) -> "_Links":
        return cls(np.full(n, np.inf), np.full(n, np.inf), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))


def _shorter(x: tuple[Any, ...], y: tuple[Any, ...]) -> tuple[Any, ...]:
    """Links of the same points from two lots, the shorter one each."""
    old, new = _Links(*x), _Links(*y)
    xp = array_namespace(old.reach)
    equal = (new.reach == old.reach) & (new.share == old.share)
    shorter = (new.reach < old.reach) | ((new.reach == old.reach) & (new.share < old.share))
    old = old._replace(ties=xp.where(equal, old.ties + new.ties, old.ties))
    return tuple(xp.where(shorter, *each) for each in zip(new, old, strict=True))


def _links(clustering: Clustering, core: FloatArray, component: LongArray, growing: NDArray[np.bool_]) -> _Links:
    points = clustering.points
    codes, cores, components = (points.here(each) for each in (clustering.codes, core, component))

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any, ...]:
        tile = within_clusters(a, b, codes, tile)
        if not is_numpy_array(tile):
            return _shortest_of_rows(tile, cores[a], cores[b], components[a], components[b], b.start)
        links = _Links.none(len(tile))
        _link(tile, cores[a], cores[b], components[a], components[b], b.start, links)
        return links

    return _Links(*points.fold_points(visit, _shorter, (np.inf, np.inf, 0, 0), growing))


def _shortest_of_rows(tile: Any, a_core: Any, b_core: Any, a_component: Any, b_component: Any, first: int) -> _Links:
    """What `_link` finds, by another library than numpy."""
    xp = array_namespace(tile)
    linked = (a_component[:, None] != b_component[None, :]) & (tile < xp.inf)
    reaches, shares = _reaches_and_shares(tile, a_core, b_core)
    reaches = xp.where(linked, reaches, xp.inf)
    reach = xp.min(reaches, axis=1)
    shares = xp.where(linked & (reaches == reach[:, None]), shares, xp.inf)
    share = xp.min(shares, axis=1)
    equal = shares == share[:, None]
    ties = xp.where(share < xp.inf, xp.sum(xp.astype(equal, xp.int64), axis=1), 0)
    return _Links(reach, share, xp.argmin(shares, axis=1) + first, ties)


def _reaches_and_shares(tile: Any, a_core: Any, b_core: Any) -> tuple[Any, Any]:
    """Mutual reachability distances of a tile, and smaller core distances as shares."""
    xp, a_core, b_core = array_namespace(tile), a_core[:, None], b_core[None, :]
    reaches = xp.maximum(xp.maximum(a_core, b_core), tile)
    wholes = xp.where(reaches > 0, xp.maximum(tile, 3 * reaches / 5), xp.inf)
    return reaches, xp.minimum(a_core, b_core) / wholes


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
    points = clustering.points
    wanted = tied[clustering.codes]
    each = (clustering.codes, core, component, reach[component], share[component], wanted)
    codes, cores, components, reached, shared, of_tied = (points.here(values) for values in each)

    def choose(a: slice, b: slice, tile: Any) -> list[tuple[Any, Any, Any]]:
        xp = array_namespace(tile)
        reaches, shares = _reaches_and_shares(tile, cores[a], cores[b])
        chosen = (reaches == reached[a][:, None]) & (shares == shared[a][:, None])
        chosen = chosen | (reaches == reached[b][None, :]) & (shares == shared[b][None, :])
        chosen = chosen & (components[a][:, None] != components[b][None, :]) & together(a, b, codes)
        i, j = xp.nonzero(chosen & of_tied[a][:, None] & counted_once(a, b, tile))
        lengths = xp.take(xp.reshape(reaches, (-1,)), i * reaches.shape[1] + j)
        return [(i + a.start, j + b.start, lengths)]

    for u, v, lengths in points.fold(choose, add, tied):
        yield on_host(u), on_host(v), on_host(lengths)


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
            d = tile[i, j]
            if a_component[i] != b_component[j] and d < np.inf:
                r = max(a_core[i], b_core[j], d)
                if r <= reach:
                    s = min(a_core[i], b_core[j]) / max(d, 3 * r / 5)
                    if r < reach or s < share:
                        reach, share, point, ties = r, s, first + j, 1
                    elif s == share:
                        ties += 1
        links.reach[i], links.share[i], links.point[i], links.ties[i] = reach, share, point, ties


def _growing(clustering: Clustering, component: LongArray) -> NDArray[np.bool_]:
    """(k,) whether a cluster still has several components."""
    first = clustering.starts[:-1]
    return np.asarray(np.minimum.reduceat(component, first) < np.maximum.reduceat(component, first))


@kernel
def _roots(parent: LongArray) -> LongArray:
    """Let every point's parent be its root, and return a copy."""
    for i in range(len(parent)):
        parent[i] = root(parent, i)
    return parent.copy()


@kernel
def _separate(
    tile: FloatArray,
    a_core: FloatArray,
    b_core: FloatArray,
    a_codes: NDArray[np.intp],
    b_codes: NDArray[np.intp],
) -> FloatArray:
    """Each row's smallest mutual reachability distance to a column of another cluster."""
    out = np.full(len(tile), np.inf)
    for i in range(len(tile)):
        for j in range(tile.shape[1]):
            if a_codes[i] != b_codes[j]:
                reach = max(a_core[i], b_core[j], tile[i, j])
                if reach < out[i]:
                    out[i] = reach
    return out
