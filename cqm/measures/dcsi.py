"""Density cluster separability index (Gauss, Scheipl & Herrmann 2023)."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.near_pairs import nearest_distances
from cqm.geometry.reductions import gaps_and_diameters
from cqm.geometry.trees import longest_steps
from cqm.measures.arithmetic import ratio

__all__ = ["dcsi", "dcsi_of"]


def dcsi(
    X: Any,
    labels: Any,
    *,
    min_points: int = 5,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Density cluster separability index: gaps between clusters' cores against the widest steps inside them.

    .. math:: DCSI = \frac{2}{k(k-1)} \sum_{i < j} \frac{q_{ij}}{1 + q_{ij}},
              \qquad q_{ij} = \frac{Sep(C_i, C_j)}{\max(Conn(C_i), Conn(C_j))}

    from core points alone: points of :math:`C_i` that have at least `min_points` others of it within
    :math:`\varepsilon_i`, the median over the cluster of the distance to the neighbour of rank 2·`min_points`. Sep is
    the smallest distance between core points of two clusters, Conn the longest edge of the minimum spanning tree of a
    cluster's core points. Higher is better; any shape of cluster will do. O(n²) time.

    **Conventions.** The mean over pairs is what the paper settles on for more than two clusters. Where a cluster has
    fewer than 2·`min_points` + 1 points, its farthest point stands for the neighbour of that rank; one of no more than
    `min_points` points has no core points, and its pairs add 0, as in the program that DISCO's authors compare with.
    That program squares the distances, and counts equal ones as one neighbour: ``metric="sqeuclidean"`` gives its
    values where no distances are equal.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    min_points : int
        How many others of its cluster a core point has near it.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1); 1 where the core points of each cluster coincide. NaN where two clusters of coinciding core points
        share their place.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `min_points` below 1.

    References
    ----------
    J. Gauss, F. Scheipl and M. Herrmann, "DCSI – an improved measure of cluster separability based on separation and
    connectedness", arXiv:2310.12806.

    Examples
    --------
    All are core points; the gap is 9, and no step inside is wider than 1.

    >>> import cqm
    >>> points = [[0.0], [1.0], [2.0], [3.0], [12.0], [13.0], [14.0], [15.0]]
    >>> cqm.dcsi(points, [0] * 4 + [1] * 4, min_points=1)
    0.9
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return dcsi_of(clustering, min_points)


def dcsi_of(clustering: Clustering, min_points: int = 5) -> float:
    """`dcsi` of a validated clustering."""
    if min_points < 1:
        raise ValueError(f"`min_points` must be at least 1, got {min_points}")
    pairs = clustering.k * (clustering.k - 1) / 2
    clusters = clustering.only(np.repeat(clustering.sizes > min_points, clustering.sizes))
    if clusters.k < 2:
        return 0.0
    cores = clusters.only(_core_points(clusters, min_points))
    i, j = np.triu_indices(cores.k, 1)
    gaps, widest = gaps_and_diameters(cores)[0], longest_steps(cores)
    return float(ratio(gaps[i, j], gaps[i, j] + np.maximum(widest[i], widest[j])).sum() / pairs)


def _core_points(clustering: Clustering, min_points: int) -> NDArray[np.bool_]:
    """(n,) whether a point has its `min_points`-th neighbour within its cluster's ε."""
    ranked = nearest_distances(clustering, 2 * min_points, within=True)
    farthest = np.minimum(2 * min_points, np.repeat(clustering.sizes, clustering.sizes) - 1) - 1
    farther = ranked[np.arange(clustering.n), farthest]
    epsilon = [np.median(farther[clustering.cluster(i)]) for i in range(clustering.k)]
    return np.asarray(ranked[:, min_points - 1] <= np.repeat(epsilon, clustering.sizes))
