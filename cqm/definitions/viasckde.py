"""VIASCKDE index (Şenol 2022)."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, exponential, maximum, mean, minimum, ratio

__all__ = ["viasckde"]

Distances = Sequence[Sequence[Any]]


def viasckde(distances: Distances, labels: Sequence[Any], *, bandwidth: Any = 0.05) -> Any:
    """Mean over all points of w(x) (b(x) − a(x)) / max(a(x), b(x)). Higher is better.

    a(x) is the distance to the nearest point of the cluster, b(x) to the nearest of another one; w(x) the Gaussian
    kernel density at x, scaled to run from 0 to 1 over the cluster. The only point of a cluster, and all points of one
    of equal densities, have the weight 0. NaN where enclosures of densities that differ overlap; floats count as equal.
    """
    n = len(labels)
    values = [0] * n
    for own in dict.fromkeys(labels):
        cluster = [x for x in range(n) if labels[x] == own]
        if len(cluster) == 1:
            continue
        nearest = minimum(distances[x][y] for x in cluster for y in range(n) if y != x)
        density = {x: _density(distances[x], x, nearest, bandwidth) for x in cluster}
        least, most = minimum(density.values()), maximum(density.values())
        # sums of powers of e with rational exponents are equal only where the exponents are (Lindemann, Weierstrass)
        reaches = [ascending(distances[x][y] for y in range(n) if y != x) for x in cluster]
        if all(reach == reaches[0] for reach in reaches) or (isinstance(most, float) and most == least):
            continue
        for x in cluster:
            a = minimum(distances[x][y] for y in cluster if y != x)
            b = minimum(distances[x][y] for y in range(n) if labels[y] != own)
            if maximum([a, b]) != 0:
                values[x] = ratio(density[x] - least, most - least) * ratio(b - a, maximum([a, b]))
    return mean(values)


def _density(row: Sequence[Any], x: int, nearest: Any, bandwidth: Any) -> Any:
    """Σ over the other points y of exp(−d²/(2h²)), in units of its value at the distance `nearest`.

    The point itself adds the same to all densities, which scaling them to run from 0 to 1 takes away again.
    """
    others = [row[y] for y in range(len(row)) if y != x]
    return sum(exponential(ratio(nearest * nearest - d * d, 2 * bandwidth * bandwidth)) for d in others)
