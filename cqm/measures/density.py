"""Density-based clustering validation (Moulavi et al. 2014)."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.core_distances import core_distances
from cqm.geometry.reachability import inner_nodes, separations
from cqm.measures.arithmetic import ratio
from cqm.tables import count, html_table, number, text_table

__all__ = ["ClusterDensities", "dbcv", "dbcv_of", "densities_of", "profile_densities"]


@dataclass(frozen=True, slots=True, eq=False)
class ClusterDensities:
    """One row a cluster; every array has shape (k,).

    Attributes
    ----------
    labels : label of each cluster of at least 2 points.
    sizes : number of points.
    sparseness : longest mutual reachability distance inside the cluster's spanning tree (Definition 5).
    separation : shortest mutual reachability distance to another cluster (Definition 6).
    validity : (separation − sparseness) / max(separation, sparseness), in [−1, 1] (Definition 7).
    points : number of all points, noise and singletons included.
    """

    labels: tuple[Hashable, ...]
    sizes: NDArray[np.intp]
    sparseness: NDArray[np.float64]
    separation: NDArray[np.float64]
    validity: NDArray[np.float64]
    points: float

    @property
    def value(self) -> float:
        """DBCV: the mean validity, weighted by the clusters' shares of all points (Definition 8)."""
        return math.fsum((self.sizes * self.validity).tolist()) / self.points

    def _table(self) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
        rows = [
            (str(label), str(self.sizes[i]), *(number(x[i]) for x in (self.sparseness, self.separation, self.validity)))
            for i, label in enumerate(self.labels)
        ]
        title = f"DBCV {number(self.value)} over {len(self.labels)} clusters and {count(self.points)} points"
        return title, ("cluster", "size", "sparseness", "separation", "validity"), rows

    def __str__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(*self._table())


def dbcv(
    X: Any,
    labels: Any,
    *,
    dimension: float | None = None,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Density-based clustering validation: how sparse clusters are inside against how sparse it is between them.

    .. math:: DBCV = \sum_i \frac{|C_i|}{|O|} \,
                     \frac{\min_{j \ne i} DSPC(C_i, C_j) - DSC(C_i)}{\max(\min_{j \ne i} DSPC(C_i, C_j), DSC(C_i))}

    from the mutual reachability distance :math:`m(x, y) = \max(a(x), a(y), d(x, y))` with all-points core distances
    :math:`a(x) = \bigl(\frac{1}{n_i - 1} \sum_{y \in C_i, y \ne x} d(x, y)^{-D}\bigr)^{-1/D}`: DSC is the longest
    edge between inner nodes (those of several edges) of a cluster's minimum spanning tree under m, DSPC the smallest m
    between inner nodes of two clusters. O holds all points, noise included. Higher is better.

    **Ties.** Very many values of m are equal (to a core distance), so that a cluster has many minimum spanning trees,
    with different inner nodes. The paper leaves the choice open; programs take the tree that the order of rows leads
    to. Here, of equal m that edge comes first whose
    :math:`\min(a(x), a(y)) / \max(d(x, y), \frac{3}{5} m)` is smallest: one from afar to a dense place, as when the
    authors' program grows its tree and meets a dense place before what lies around it. Where this ties, too, the edges
    of all such trees are taken together. The value depends on the distances alone. It lies among those of the authors'
    rule over orders of the rows on each of their four data sets, and chooses DBSCAN's eps for moons and circles as well
    as that: docs/benchmarks/choosing-eps.md has the numbers. Ties to the smaller d make nearly every point an inner
    node; the value then lies far below, and prefers pieces of a cluster to the cluster.

    **Conventions.** Without inner nodes all nodes count, without edges between them all edges; clusters of one point
    are noise; points at distance 0 of x add nothing to the sum in a(x): all as in the authors' program. Copies of a
    point are one node of the tree.

    Definition 1 takes a distance; by default, as in hdbscan and R's dbscan, it is the Euclidean one. The program that
    computed the values of the paper's tables squares it: ``metric="sqeuclidean"`` follows it, and is the one to choose
    eps by, as it finds the right one of circles and noisy moons far more often. permetrics takes powers with the
    opposite sign. Powers are taken of quotients of distances here, so that no dimension is too high.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    dimension : float, optional
        D in the core distance; by default the number of features. Needed for ``metric="precomputed"``.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are in no cluster; they lower the shares of the others.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [−1, 1]. NaN when fewer than 2 clusters have at least 2 points, or when a cluster of a single location shares
        it with another.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, no dimension for precomputed distances.

    References
    ----------
    D. Moulavi, P. A. Jaskowiak, R. J. G. B. Campello, A. Zimek and J. Sander, "Density-based clustering validation",
    SDM 2014, 839–847, Definitions 1–8.

    Examples
    --------
    In each cluster the middle point is the inner node; its core distance is 4/3, that of the far ones 1.5 and 2.4.
    The longest edge is 2.4 in both, the inner nodes are 30 apart.

    >>> import cqm
    >>> cqm.dbcv([[0.0], [1.0], [3.0], [30.0], [31.0], [33.0]], [0, 0, 0, 1, 1, 1])
    0.92
    """
    return dbcv_of(validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), dimension)


def dbcv_of(clustering: Clustering, dimension: float | None = None) -> float:
    """`dbcv` of a validated clustering."""
    return densities_of(clustering, dimension).value


def profile_densities(
    X: Any,
    labels: Any,
    *,
    dimension: float | None = None,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> ClusterDensities:
    """Sparseness, separation and validity of each cluster, whose weighted mean is :func:`cqm.dbcv`.

    Parameters, conventions and errors are those of :func:`cqm.dbcv`.

    Examples
    --------
    >>> import cqm
    >>> profile = cqm.profile_densities([[0.0], [1.0], [3.0], [30.0], [31.0], [33.0]], [0, 0, 0, 1, 1, 1])
    >>> profile.sparseness.round(6).tolist(), profile.separation.tolist()
    ([2.4, 2.4], [30.0, 30.0])
    """
    return densities_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), dimension
    )


def densities_of(clustering: Clustering, dimension: float | None = None) -> ClusterDensities:
    """`profile_densities` of a validated clustering."""
    if dimension is None:
        if clustering.distance.precomputed:
            raise ValueError("dbcv needs coordinates, or the `dimension` they had: pass vectors, or dimension=...")
        dimension = clustering.points.features
    if not dimension > 0:
        raise ValueError(f"`dimension` must be positive, got {dimension}")
    clusters = clustering.only(np.repeat(clustering.sizes > 1, clustering.sizes))
    core, place = core_distances(clusters, dimension)
    own = place == np.arange(clusters.n)
    inner_places, sparseness = inner_nodes(clusters.only(own), core[own])
    inner = inner_places[(np.cumsum(own) - 1)[place]]
    separation = separations(clusters.only(inner), core[inner])
    validity = ratio(separation - sparseness, np.maximum(separation, sparseness))
    return ClusterDensities(clusters.classes, clusters.sizes, sparseness, separation, validity, clustering.input_mass)
