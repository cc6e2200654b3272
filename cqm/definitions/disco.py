"""Density-based internal score for clusterings with noise (Beer et al. 2026)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, maximum, mean, minimum, ratio
from cqm.definitions.silhouette import score

__all__ = ["disco", "sample_disco"]

Distances = Sequence[Sequence[Any]]


def disco(distances: Distances, labels: Sequence[Any], *, min_points: int = 5, noise_label: Any = None) -> Any:
    """Mean over all points, noise included, of their score. Higher is better."""
    return mean(sample_disco(distances, labels, min_points=min_points, noise_label=noise_label))


def sample_disco(
    distances: Distances, labels: Sequence[Any], *, min_points: int = 5, noise_label: Any = None
) -> list[Any]:
    """Silhouettes of clustered points from density-connectivity distances, and how sparse and how far noise is.

    A noise point scores the least over clusters C of (κ − κ_C) / max(κ, κ_C), with the largest core distance κ_C of the
    cluster, and the same with the point's distance to the cluster in place of its core distance κ. Beside a single
    cluster every noise point counts as a cluster of its own.
    """
    n = len(labels)
    core = [_core_distance(distances[x], x, min_points) for x in range(n)]
    apart = _connectivity(distances, core)
    clusters = {c: [y for y in range(n) if labels[y] == c] for c in dict.fromkeys(labels) if c != noise_label}
    noise = [x for x in range(n) if labels[x] not in clusters]
    rivals = list(clusters.values()) if len(clusters) > 1 else [*clusters.values(), *([x] for x in noise)]
    widest = {c: maximum(core[x] for x in members) for c, members in clusters.items()}
    out = []
    for x, label in enumerate(labels):
        if label in clusters:
            own = [apart[x][y] for y in clusters[label] if y != x]
            other = minimum(mean(apart[x][y] for y in rival) for rival in rivals if x not in rival)
            out.append(score(mean(own), other, len(own) + 1) if own and len(rivals) > 1 else 0)
        else:
            near = {c: minimum(apart[x][y] for y in members) for c, members in clusters.items()}
            out.append(minimum(_beyond(reach, widest[c]) for c in clusters for reach in (core[x], near[c])))
    return out


def _core_distance(row: Sequence[Any], x: int, min_points: int) -> Any:
    """Distance to the `min_points`-th nearest point, itself the first; to the farthest where there are fewer."""
    others = ascending(row[y] for y in range(len(row)) if y != x)
    return others[min(min_points - 1, len(others)) - 1] if min_points > 1 else 0


def _connectivity(distances: Distances, core: Sequence[Any]) -> list[list[Any]]:
    """Least over the ways from x to y of the largest step, in max(κ(x), κ(y), d(x, y))."""
    everything = range(len(core))
    step = [[maximum([core[x], core[y], distances[x][y]]) if x != y else 0 for y in everything] for x in everything]
    for via in everything:
        for x in everything:
            for y in everything:
                if len({x, y, via}) == 3:
                    step[x][y] = minimum([step[x][y], maximum([step[x][via], step[via][y]])])
    return step


def _beyond(reach: Any, widest: Any) -> Any:
    larger = maximum([reach, widest])
    return ratio(reach - widest, larger) if larger != 0 else 0
