"""CDbw (Halkidi & Vazirgiannis 2008): density inside and between clusters, by several representatives of each."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.geometry.representatives import areas_between, representatives, shares_around
from cqm.measures.arithmetic import ratio

__all__ = ["cdbw", "cdbw_of"]

SHRINKING = np.arange(1, 9) / 10


def cdbw(
    X: Any,
    labels: Any,
    *,
    n_representatives: int = 10,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Density inside clusters, how evenly it is distributed there, and how empty the space between clusters is.

    .. math:: \mathrm{CDbw} = \mathrm{Cohesion} \cdot \mathrm{Sep} \cdot \mathrm{Compactness}

    - Each cluster is outlined by representatives: the point farthest from the centroid, then always the one farthest
      from those chosen before (ties: the largest coordinates). stdev_i is the root of the mean squared distance to the
      centroid, stdev the mean over the clusters.
    - Compactness is the mean over s = 0.1, …, 0.8 of Intra_dens(s): the share of a cluster's points within stdev of a
      representative moved by s towards the centroid, averaged over representatives and clusters, over stdev. Cohesion
      divides it by 1 + the mean absolute change of Intra_dens from one s to the next.
    - Between clusters i and j lie the pairs of representatives of which each is the other's nearest. Dist is their mean
      length, Dens the mean of length / (2 stdev_ij) times the share of the points of both clusters within stdev_ij of
      their middle, where stdev_ij is the mean of stdev_i and stdev_j. Sep is the mean over i of the smallest Dist over
      1 + the mean over i of the largest Dens.

    Higher is better. Meant for clusters of any shape; not invariant under scaling. O(n·k·d) time for a fixed number of
    representatives.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    n_representatives : int
        Largest number of representatives a cluster; clusters with fewer distinct points have as many as these.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞). 0 when no point lies near a shrunken representative, and when the points of each cluster coincide. A
        distance within 10⁻⁹ of a radius, relatively, counts as equal to it, hence outside; a point at the very centre
        does not count, as in the paper.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.
        `n_representatives` is not positive.

    References
    ----------
    M. Halkidi and M. Vazirgiannis, "A density-based cluster validity approach using multi-representatives", Pattern
    Recognition Letters 29, 2008, definitions 1–10 and section 3.5.1.

    Notes
    -----
    The paper leaves open how a cluster's deviation in several variables becomes one number, and the number of
    representatives. R's fpc differs in five ways: it divides by n_i − 1; inside clusters it takes stdev_i for
    stdev unless told otherwise, and compares *squared* distances with it; it takes stdev_i of one of both clusters for
    stdev_ij (``mean(a, b)`` is ``a`` in R); and it leaves out the absolute value in the change of density. The Python
    package cdbw takes the vertices of the convex hull for representatives.

    Examples
    --------
    stdev = √(2/3). With 0 and 2 for representatives, 1/3 of the cluster lies near them when s = 0.1, and 2/3 for every
    larger s: Compactness = 5/8 / stdev, Cohesion divides it by 1 + 1/21 / stdev. Nothing lies half-way from 2 to 10, so
    Sep = 8.

    >>> import cqm
    >>> points = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    >>> round(cqm.cdbw(points, [0, 0, 0, 1, 1, 1], n_representatives=2), 6)
    4.429185
    """
    return cdbw_of(
        validate(
            X,
            labels,
            metric=metric,
            noise_label=noise_label,
            sample_weight=sample_weight,
            fractions=True,
            coordinates="CDbw",
        ),
        n_representatives,
    )


def cdbw_of(clustering: Clustering, n_representatives: int = 10) -> float:
    """`cdbw` of a validated clustering."""
    if n_representatives < 1:
        raise ValueError(f"`n_representatives` must be at least 1, got {n_representatives}")
    spread, sizes = dispersion(clustering), clustering.masses
    stdevs = np.sqrt(spread.squares.sum(axis=1) / sizes)
    stdev = stdevs.mean()
    if stdev == 0:
        return 0.0
    outline = representatives(clustering, spread, n_representatives)
    within = shares_around(clustering, spread, outline, SHRINKING, stdev) / stdev
    compactness = within.mean()
    cohesion = compactness / (1 + np.abs(np.diff(within)).mean())
    lengths, crowds = areas_between(clustering, spread, outline, stdevs)
    diameters = stdevs[:, None] + stdevs  # 2 stdev_ij
    densities = np.where(diameters > 0, ratio((crowds + crowds.T) / (sizes[:, None] + sizes), diameters), 0.0)
    np.fill_diagonal(lengths, np.inf)
    np.fill_diagonal(densities, 0.0)
    separation = lengths.min(axis=1).mean() / (1 + densities.max(axis=1).mean())
    return float(cohesion * separation * compactness)
