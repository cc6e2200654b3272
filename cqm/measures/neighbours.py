"""Measures of nearest neighbours sharing a cluster: connectivity, CVNN."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.neighbours import foreign_shares
from cqm.geometry.pairs import mean_distances
from cqm.geometry.reductions import pair_sums

__all__ = [
    "check_neighbors",
    "connectivity",
    "connectivity_of",
    "cvnn",
    "cvnn_compactness",
    "cvnn_compactness_of",
    "cvnn_separation",
    "cvnn_separation_of",
]


def connectivity(
    X: Any,
    labels: Any,
    *,
    neighbors: int = 10,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Nearest neighbours that lie in another cluster, each weighted by the inverse of its rank.

    .. math:: Conn = \sum_{x} \sum_{j=1}^{L} \frac{1}{j} \, [\text{the } j\text{-th nearest neighbour of } x
                     \text{ is in another cluster}]

    Lower is better. Points equally near to x share their ranks evenly: the mean over all orders of them, which the
    order of rows cannot change.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    neighbors : int
        Number of nearest neighbours that count; when there are fewer other points, all of them.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, n·(1 + 1/2 + … + 1/L)]; 0 when all L nearest neighbours of every point share its cluster.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `neighbors` below 1.

    References
    ----------
    J. Handl and J. Knowles, "Exploiting the trade-off — the benefits of multiple objectives in data clustering", EMO
    2005, 547–560; J. Handl, J. Knowles and D. B. Kell, Bioinformatics 21 (2005), 3201–3212.

    Examples
    --------
    The nearest neighbour of 3 lies at 1 or at 5, one of them in the other cluster; that of 5 lies there.

    >>> import cqm
    >>> cqm.connectivity([[0.0], [1.0], [3.0], [5.0], [8.5], [9.0]], [0, 0, 0, 1, 1, 1], neighbors=1)
    1.5
    """
    return connectivity_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), neighbors
    )


def connectivity_of(clustering: Clustering, neighbors: int = 10) -> float:
    """`connectivity` of a validated clustering."""
    shares = _shares(clustering, neighbors)
    return float((shares / np.arange(1, neighbors + 1)).sum())


def cvnn_separation(
    X: Any,
    labels: Any,
    *,
    neighbors: int = 10,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Share of its points' nearest neighbours that lie in other clusters, for the cluster where it is largest.

    .. math:: Sep = \max_i \frac{1}{n_i} \sum_{x \in C_i} \frac{q_x}{k}

    with :math:`q_x` the number of x's k nearest neighbours that are in other clusters. Lower is better. Points equally
    near to x share their ranks evenly.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    neighbors : int
        Number of nearest neighbours that count; when there are fewer other points, all of them.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1]; 0 when all k nearest neighbours of every point share its cluster.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `neighbors` below 1.

    References
    ----------
    Y. Liu, Z. Li, H. Xiong, X. Gao, J. Wu and S. Wu, "Understanding and enhancement of internal clustering validation
    measures", IEEE Transactions on Cybernetics 43 (2013), 982–994, section IV.

    Examples
    --------
    In each cluster, one of three points has its nearest neighbour in the other.

    >>> import cqm
    >>> points = [[0.0], [1.0], [4.0], [6.0], [9.0], [10.0]]
    >>> cqm.cvnn_separation(points, [0, 0, 0, 1, 1, 1], neighbors=1) == 1 / 3
    True
    """
    return cvnn_separation_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight), neighbors
    )


def cvnn_separation_of(clustering: Clustering, neighbors: int = 10) -> float:
    """`cvnn_separation` of a validated clustering."""
    per_point = _shares(clustering, neighbors).sum(axis=1) / neighbors
    return float((np.add.reduceat(per_point, clustering.starts[:-1]) / clustering.sizes).max())


def cvnn_compactness(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Sum over clusters of the mean distance of two of their points.

    .. math:: Com = \sum_i \frac{2}{n_i (n_i - 1)} \sum_{\{x, y\} \subseteq C_i} d(x, y)

    Lower is better. Singletons add nothing. fpc's cvnn takes the mean over all clusters' pairs at once instead.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞), in units of the distance.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    Y. Liu, Z. Li, H. Xiong, X. Gao, J. Wu and S. Wu, "Understanding and enhancement of internal clustering validation
    measures", IEEE Transactions on Cybernetics 43 (2013), 982–994, section IV.

    Examples
    --------
    >>> import cqm
    >>> cqm.cvnn_compactness([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    3.0
    """
    return cvnn_compactness_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def cvnn_compactness_of(clustering: Clustering) -> float:
    """`cvnn_compactness` of a validated clustering."""
    return float(mean_distances(clustering, pair_sums(clustering)).sum())


def cvnn(
    X: Any,
    clusterings: Sequence[Any],
    *,
    neighbors: int = 10,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> NDArray[np.float64]:
    r"""Clustering validation by nearest neighbours: separation plus compactness, relative to several clusterings.

    .. math:: CVNN(C) = \frac{Sep(C)}{\max_{C'} Sep(C')} + \frac{Com(C)}{\max_{C'} Com(C')}

    with the maxima over the given clusterings; see `cvnn_separation` and `cvnn_compactness`. Lower is better.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    clusterings : sequence of m array_likes of shape (n,)
        Clusterings of the same points, such as one for each number of clusters.
    neighbors : int
        Number of nearest neighbours that count; when there are fewer other points, all of them.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    numpy.ndarray of shape (m,)
        Values in [0, 2]. A term whose maximum is 0 is 0 for all clusterings.

    Raises
    ------
    ValueError
        No clusterings, or one with fewer than 2 clusters or only singletons; unusable `X`; `neighbors` below 1.

    References
    ----------
    Y. Liu, Z. Li, H. Xiong, X. Gao, J. Wu and S. Wu, "Understanding and enhancement of internal clustering validation
    measures", IEEE Transactions on Cybernetics 43 (2013), 982–994, section IV.

    Examples
    --------
    No nearest neighbour is in another cluster; the compactness is 1 + 1 + 2 against 3 + 2.

    >>> import cqm
    >>> points = [[0.0], [1.0], [4.0], [5.0], [100.0], [102.0]]
    >>> cqm.cvnn(points, [[0, 0, 1, 1, 2, 2], [0, 0, 0, 0, 1, 1]], neighbors=1).tolist()
    [0.8, 1.0]
    """
    if len(clusterings) == 0:
        raise ValueError("`clusterings` is empty: pass at least one label array")
    each = [
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
        for labels in clusterings
    ]
    separations = np.array([cvnn_separation_of(clustering, neighbors) for clustering in each])
    compactnesses = np.array([cvnn_compactness_of(clustering) for clustering in each])
    return _relative(separations) + _relative(compactnesses)


def check_neighbors(neighbors: int) -> None:
    """Refuse a number of neighbours below 1."""
    if neighbors < 1:
        raise ValueError(f"`neighbors` must be at least 1, got {neighbors}")


def _shares(clustering: Clustering, neighbors: int) -> NDArray[np.float64]:
    check_neighbors(neighbors)
    return foreign_shares(clustering, neighbors)


def _relative(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values / values.max()) if values.any() else values
