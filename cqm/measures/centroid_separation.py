"""Indices that weigh the spread around centroids against the gaps between these."""

from collections.abc import Hashable
from typing import Any, Literal

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import Dispersion, centroid_gaps, dispersion
from cqm.measures.arithmetic import ratio

__all__ = [
    "davies_bouldin",
    "davies_bouldin_of",
    "ray_turi",
    "ray_turi_of",
    "xie_beni",
    "xie_beni_of",
]


def davies_bouldin(
    X: Any,
    labels: Any,
    *,
    q: Literal[1, 2] = 1,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Mean over the clusters of the spread shared with the most similar other cluster, relative to their distance.

    .. math:: DB = \frac{1}{k} \sum_i \max_{j \ne i} \frac{S_i + S_j}{\lVert c_i - c_j \rVert},
              \qquad S_i = \Bigl(\frac{1}{n_i} \sum_{x \in C_i} \lVert x - c_i \rVert^q\Bigr)^{1/q}

    Lower is better. O(n·d + k²·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    q : {1, 2}
        Exponent of the spread: 1 for the mean distance to the centroid, 2 for the root of the mean square.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞]: 0 when the points of each cluster coincide, ∞ when two centroids coincide, NaN when two clusters
        are one and the same single location.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.
        `q` is neither 1 nor 2.

    References
    ----------
    D. L. Davies and D. W. Bouldin, "A cluster separation measure", IEEE TPAMI 1, 1979, definitions of S_i, M_ij (here
    with its exponent p = 2, the Euclidean distance), of R_ij and of their mean.

    Notes
    -----
    The paper leaves q open. scikit-learn, genieclust (negated), permetrics and R's clusterCrit have q = 1; R's NbClust
    and clusterSim have q = 2 by default. Where two centroids coincide, scikit-learn takes their similarity for 0,
    NbClust leaves the pair out and permetrics returns 10¹⁰. clusterCrit before 1.2.8 takes the last instead of the most
    similar other cluster.

    Examples
    --------
    Spreads 1 and 2, centroids 11 apart.

    >>> import cqm
    >>> round(cqm.davies_bouldin([[0.0], [2.0], [10.0], [14.0]], ["a", "a", "b", "b"]), 6)
    0.272727
    """
    return davies_bouldin_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Davies–Bouldin",
        ),
        q,
    )


def davies_bouldin_of(clustering: Clustering, q: Literal[1, 2] = 1) -> float:
    """`davies_bouldin` of a validated clustering."""
    if q not in (1, 2):
        raise ValueError(f"`q` must be 1 (mean distance) or 2 (root mean square), got {q!r}")
    spread = dispersion(clustering)
    radii = spread.lengths / spread.sizes if q == 1 else np.sqrt(spread.squares.sum(axis=1) / spread.sizes)
    worst = np.empty(clustering.k)
    for rows, gaps in centroid_gaps(spread):
        similarity = ratio(radii[rows, None] + radii, gaps)
        similarity[np.arange(len(gaps)), np.arange(rows.start, rows.stop)] = 0.0
        worst[rows] = similarity.max(axis=1)
    return float(worst.mean())


def xie_beni(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Mean squared distance to the own centroid, over the smallest squared distance between two centroids.

    .. math:: XB = \frac{\sum_i \sum_{x \in C_i} \lVert x - c_i \rVert^2}{n \min_{i \ne j} \lVert c_i - c_j \rVert^2}

    Lower is better. The index of a fuzzy clustering, here with memberships 0 and 1; on these it equals `ray_turi`.
    O(n·d + k²·d) time.

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
        In [0, ∞]: 0 when the points of each cluster coincide, ∞ when two centroids coincide, NaN when both.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    X. L. Xie and G. Beni, "A validity measure for fuzzy clustering", IEEE TPAMI 13, 1991, validity function S with
    μ_ij in {0, 1}.

    Notes
    -----
    R's clusterCrit divides by the smallest squared distance between *points* of different clusters; permetrics measures
    every point to its nearest centroid, own or not.

    Examples
    --------
    Every point is 1 from its centroid, the centroids are 10 apart.

    >>> import cqm
    >>> cqm.xie_beni([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    0.01
    """
    return xie_beni_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Xie–Beni",
        )
    )


def xie_beni_of(clustering: Clustering) -> float:
    """`xie_beni` of a validated clustering."""
    return _mean_square_over_gap(clustering)


def ray_turi(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Intra-cluster over inter-cluster distance: mean square to the own centroid over the smallest between centroids.

    .. math:: \frac{\frac{1}{n} \sum_i \sum_{x \in C_i} \lVert x - c_i \rVert^2}
                   {\min_{i \ne j} \lVert c_i - c_j \rVert^2}

    Lower is better. Equal to `xie_beni` of a hard clustering. O(n·d + k²·d) time.

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
        In [0, ∞]: 0 when the points of each cluster coincide, ∞ when two centroids coincide, NaN when both.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    S. Ray and R. H. Turi, "Determination of number of clusters in k-means clustering and application in colour image
    segmentation", ICAPRDT 1999, "validity = intra / inter". The paper's later multiplier for small k is left out.

    Notes
    -----
    The same as ``Ray_Turi`` of R's clusterCrit.

    Examples
    --------
    Every point is 1 from its centroid, the centroids are 10 apart.

    >>> import cqm
    >>> cqm.ray_turi([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    0.01
    """
    return ray_turi_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="Ray–Turi",
        )
    )


def ray_turi_of(clustering: Clustering) -> float:
    """`ray_turi` of a validated clustering."""
    return _mean_square_over_gap(clustering)


def _mean_square_over_gap(clustering: Clustering) -> float:
    spread = dispersion(clustering)
    return float(ratio(spread.within.sum() / clustering.mass, _smallest_gap(spread) ** 2))


def _smallest_gap(spread: Dispersion) -> float:
    smallest = np.inf
    for rows, gaps in centroid_gaps(spread):
        gaps[np.arange(len(gaps)), np.arange(rows.start, rows.stop)] = np.inf
        smallest = min(smallest, gaps.min())
    return float(smallest)
