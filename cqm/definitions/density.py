"""Density-based clustering validation (Moulavi et al. 2014, §3)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, maximum, minimum, ratio, root, square_root

__all__ = ["core_distance", "dbcv", "dbcv_of_points"]

Distances = Sequence[Sequence[Any]]
Edge = tuple[int, int]


def dbcv(distances: Distances, labels: Sequence[Any], *, dimension: float, noise_label: Any = None) -> Any:
    """Σ |C_i| / |O| · (separation − sparseness) / max(separation, sparseness), Definition 8. Higher is better.

    O holds all points, noise included; clusters of one point are noise, as in the authors' program.
    """
    members = {own: [x for x, label in enumerate(labels) if label == own] for own in set(labels) - {noise_label}}
    clusters = [cluster for cluster in members.values() if len(cluster) > 1]
    core = {x: core_distance(distances, cluster, x, dimension) for cluster in clusters for x in cluster}

    def reachability(x: int, y: int) -> Any:  # Definition 2
        return maximum([core[x], core[y], distances[x][y]])

    def order(x: int, y: int) -> tuple[Any, Any]:
        reach = reachability(x, y)
        return reach, ratio(minimum([core[x], core[y]]), maximum([distances[x][y], ratio(3 * reach, 5)]))

    sparseness, inner = [], []
    for cluster in clusters:
        place = {x: next(y for y in cluster if distances[x][y] == 0) for x in cluster}
        edges = _spanning_edges(sorted(set(place.values())), order)
        inside = [x for x in cluster if sum(place[x] in edge for edge in edges) > 1] or cluster
        internal = [edge for edge in edges if edge[0] in inside and edge[1] in inside] or edges
        sparseness.append(maximum(reachability(x, y) for x, y in internal))  # Definition 5
        inner.append(inside)
    value = 0
    for i, cluster in enumerate(clusters):
        others = [y for j, inside in enumerate(inner) if j != i for y in inside]
        separation = minimum(reachability(x, y) for x in inner[i] for y in others)  # Definition 6
        validity = ratio(separation - sparseness[i], maximum([separation, sparseness[i]]))  # Definition 7
        value = value + ratio(len(cluster), len(labels)) * validity
    return value


def dbcv_of_points(points: Sequence[Sequence[Any]], labels: Sequence[Any], *, noise_label: Any = None) -> Any:
    """`dbcv` under the Euclidean distance, with the number of coordinates as the dimension."""
    distances = [
        [square_root(sum((u - v) * (u - v) for u, v in zip(a, b, strict=True))) for b in points] for a in points
    ]
    return dbcv(distances, labels, dimension=len(points[0]), noise_label=noise_label)


def core_distance(distances: Distances, cluster: Sequence[int], x: int, dimension: float) -> Any:
    """(mean over the cluster's other points y of d(x, y)^−D)^(−1/D), Definition 1.

    Points at distance 0 add nothing to the sum, as in the authors' program; 0 where there are no others. Powers are of
    quotients by the nearest distance, which keeps them between 0 and 1.
    """
    others = ascending(distances[x][y] for y in cluster if distances[x][y] != 0)
    if not others:
        return 0
    total = sum(ratio(others[0], d) ** dimension for d in reversed(others))
    return ratio(others[0], root(ratio(total, len(cluster) - 1), dimension))


def _spanning_edges(places: Sequence[int], weight: Any) -> list[Edge]:
    """Edges that belong to some minimum spanning tree: those whose ends no path of smaller edges joins (Definition 4).

    Where the tree is unique, these are its edges. Many mutual reachability distances are equal (to a core distance), so
    weights are pairs: of equal ones comes first the edge whose smaller core distance is the smallest share of its
    distance, one from afar to a dense place; where that is below 3/5 of the edge, of these.
    """
    step = {(x, y): weight(x, y) for x in places for y in places if x != y}
    direct = dict(step)
    for via in places:
        for x, y in direct:
            if via not in (x, y):
                step[x, y] = min(step[x, y], max(step[x, via], step[via, y]))
    return [(x, y) for x, y in direct if x < y and direct[x, y] <= step[x, y]]
