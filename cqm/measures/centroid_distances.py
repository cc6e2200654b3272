"""Indices of the points' distances to centroids: PBM, and Wemmert and Gançarski's."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import centroid_distances, centroid_gaps, dispersion, sum_of_distances
from cqm.measures.arithmetic import ratio

__all__ = ["pbm", "pbm_of", "wemmert_gancarski", "wemmert_gancarski_of"]


def pbm(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Square of: distances to the common centroid over those to the own, times the widest gap of centroids, over k.

    .. math:: PBM = \Bigl(\frac{1}{k} \cdot \frac{E_1}{E_k} \cdot D_k\Bigr)^2, \quad
              E_1 = \sum_x \lVert x - c \rVert, \quad E_k = \sum_i \sum_{x \in C_i} \lVert x - c_i \rVert, \quad
              D_k = \max_{i, j} \lVert c_i - c_j \rVert

    Higher is better. It has the square of the unit of `X`. O(n·d + k²·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞]: 0 when all centroids coincide, ∞ when the points of each cluster coincide, NaN when all points do.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. K. Pakhira, S. Bandyopadhyay and U. Maulik, "Validity index for crisp and fuzzy clusters", Pattern Recognition
    37, 2004, PBM index for crisp clusters.

    Notes
    -----
    The same as ``PBM`` of R's clusterCrit.

    Examples
    --------
    E₁ = 20, E₂ = 4, D₂ = 10.

    >>> import cqm
    >>> cqm.pbm([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    625.0
    """
    return pbm_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="PBM",
        )
    )


def pbm_of(clustering: Clustering) -> float:
    """`pbm` of a validated clustering."""
    spread = dispersion(clustering)
    widest = max(gaps.max() for _, gaps in centroid_gaps(spread))
    root = ratio(sum_of_distances(clustering) * widest, clustering.k * spread.lengths.sum())
    return float(root * root)


def wemmert_gancarski(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""How much nearer points are to their own centroid than to the next one, averaged over the clusters that are.

    .. math:: \frac{1}{n} \sum_i n_i \max\Bigl(0,\, 1 - \frac{1}{n_i} \sum_{x \in C_i} R(x)\Bigr), \qquad
              R(x) = \frac{\lVert x - c_i \rVert}{\min_{j \ne i} \lVert x - c_j \rVert}

    Higher is better. O(n·k·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1]: 1 when the points of each cluster coincide, NaN when a point lies on two centroids, its own included.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    C. Wemmert, P. Gançarski and J. J. Korczak, "A collaborative approach to combine multiple learning methods",
    International Journal on Artificial Intelligence Tools 9, 2000, cluster quality criterion.

    Notes
    -----
    The same as ``Wemmert_Gancarski`` of R's clusterCrit.

    Examples
    --------
    Quotients 1/11 and 1/9 in each cluster, with mean 10/99.

    >>> import cqm
    >>> round(cqm.wemmert_gancarski([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)
    0.89899
    """
    return wemmert_gancarski_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Wemmert–Gançarski",
        )
    )


def wemmert_gancarski_of(clustering: Clustering) -> float:
    """`wemmert_gancarski` of a validated clustering."""
    own, nearest, _ = centroid_distances(clustering).T
    quotients = clustering.weigh(ratio(own, nearest))
    missing = clustering.masses - np.add.reduceat(quotients, clustering.starts[:-1])
    return float(np.maximum(missing, 0.0).sum() / clustering.mass)
