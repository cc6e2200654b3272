"""Measures of separation relative to size: Dunn's index and its generalisations."""

from collections.abc import Hashable
from typing import Any, Literal, get_args

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import SUM
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import centroid_gaps, dispersion, from_centroids
from cqm.geometry.pairs import mean_distances
from cqm.geometry.reductions import gaps_and_diameters, pair_maxima, pair_minima, pair_sums, reaches
from cqm.measures.arithmetic import ratio
from cqm.sharing import shared_work

__all__ = ["Diameter", "Separation", "dunn", "dunn_of", "generalized_dunn", "generalized_dunn_of"]

Separation = Literal["single", "complete", "average", "centroid", "average_to_centroids", "hausdorff"]
Diameter = Literal["maximum", "average", "centroid"]


def dunn(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Shortest distance between two clusters over the longest distance inside a cluster.

    .. math:: D = \frac{\min_{x \not\sim y} d(x, y)}{\max_{x \sim y} d(x, y)}

    Higher is better. The default of permetrics replaces the numerator by distances of points to other clusters' means.

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
        In [0, ∞]. Above 1 when the clusters are compact and well separated; 0 when two clusters share a location, ∞
        when every cluster is a single location, NaN when both hold.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    J. C. Dunn, "Well-separated clusters and optimal fuzzy partitions", Journal of Cybernetics 4 (1974), 95–104;
    J. C. Bezdek and N. R. Pal, "Some new indexes of cluster validity", IEEE Transactions on Systems, Man, and
    Cybernetics B 28 (1998), 301–315, section II.

    Examples
    --------
    >>> import cqm
    >>> cqm.dunn([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    5.0
    """
    return dunn_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def dunn_of(clustering: Clustering) -> float:
    """`dunn` of a validated clustering."""
    gaps, diameters = gaps_and_diameters(clustering)
    return float(ratio(gaps.min(), diameters.max()))


def generalized_dunn(
    X: Any,
    labels: Any,
    *,
    separation: Separation = "single",
    diameter: Diameter = "maximum",
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Smallest set distance between two clusters over the largest diameter of a cluster: one of 18 Dunn indices.

    .. math:: V_{\delta\Delta} = \frac{\min_{i \ne j} \delta(C_i, C_j)}{\max_i \Delta(C_i)}

    ====================== =====================================================================================
    separation             :math:`\delta(S, T)`
    ====================== =====================================================================================
    single                 :math:`\delta_1`: distance of the nearest two points
    complete               :math:`\delta_2`: distance of the farthest two points
    average                :math:`\delta_3`: mean distance of all pairs
    centroid               :math:`\delta_4`: distance of the centroids
    average_to_centroids   :math:`\delta_5`: mean distance of all points of S and T to the other cluster's centroid
    hausdorff              :math:`\delta_6`: farthest that a point is from the nearest point of the other cluster
    ====================== =====================================================================================

    ========== =================================================================================
    diameter   :math:`\Delta(S)`
    ========== =================================================================================
    maximum    :math:`\Delta_1`: largest distance of two points
    average    :math:`\Delta_2`: mean distance of two different points, 0 for a singleton
    centroid   :math:`\Delta_3`: twice the mean distance to the centroid
    ========== =================================================================================

    Higher is better. ``separation="single", diameter="maximum"`` is `dunn`.

    clusterCrit and genieclust sum :math:`\Delta_2` over unordered pairs but divide by :math:`|S|(|S|-1)`, which doubles
    the index, and take :math:`\delta_5` from points to their *own* centroids, where it no longer depends on how the
    clusters lie.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    separation, diameter : str
        Set distance and diameter, from the tables.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors. The variants with centroids need
        vectors and take "euclidean" or "cosine" (rows scaled to unit length, then Euclidean distances).
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞]; ∞ when every cluster is a single location, NaN when moreover the separation is 0.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, an unknown variant, or a metric without centroids.

    References
    ----------
    J. C. Bezdek and N. R. Pal, "Some new indexes of cluster validity", IEEE Transactions on Systems, Man, and
    Cybernetics B 28 (1998), 301–315, equations (20)–(28).

    Examples
    --------
    The centroids are 0.5 and 12; the larger cluster has points at distance 1 from its centroid.

    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"]
    >>> cqm.generalized_dunn(points, labels, separation="centroid", diameter="centroid")
    5.75
    """
    if separation not in get_args(Separation):
        raise ValueError(f"`separation` must be one of {', '.join(get_args(Separation))}; got {separation!r}")
    if diameter not in get_args(Diameter):
        raise ValueError(f"`diameter` must be one of {', '.join(get_args(Diameter))}; got {diameter!r}")
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        fractions=True,
        coordinates=f"generalized_dunn with {separation}/{diameter}" if _has_centroids(separation, diameter) else None,
    )
    return generalized_dunn_of(clustering, separation, diameter)


def generalized_dunn_of(
    clustering: Clustering, separation: Separation = "single", diameter: Diameter = "maximum"
) -> float:
    """`generalized_dunn` of a validated clustering."""
    with shared_work():  # a separation and a diameter may want the same of it
        return float(ratio(_smallest(_separations(clustering, separation)), _diameters(clustering, diameter).max()))


def _has_centroids(separation: Separation, diameter: Diameter) -> bool:
    return "centroid" in separation or diameter == "centroid"


def _smallest(between: FloatArray) -> float:
    """Smallest entry off the diagonal of a (k, k) array."""
    return float(between[~np.eye(len(between), dtype=bool)].min())


def _separations(clustering: Clustering, separation: Separation) -> FloatArray:
    """(k, k) set distances; the diagonal means nothing."""
    sizes = clustering.masses
    match separation:
        case "single":
            return pair_minima(clustering)
        case "complete":
            return pair_maxima(clustering)
        case "average":
            return np.asarray(pair_sums(clustering) / np.outer(sizes, sizes))
        case "centroid":
            return np.concatenate([gaps for _, gaps in centroid_gaps(dispersion(clustering))])
        case "average_to_centroids":
            totals = from_centroids(clustering, lambda lengths, own, sizes: lengths, over=SUM)
            return np.asarray((totals + totals.T) / np.add.outer(sizes, sizes))
        case "hausdorff":
            reach = reaches(clustering)
            return np.maximum(reach, reach.T)


def _diameters(clustering: Clustering, diameter: Diameter) -> FloatArray:
    """(k,) diameters."""
    match diameter:
        case "maximum":
            return np.asarray(np.diagonal(pair_maxima(clustering)))
        case "average":
            return mean_distances(clustering, pair_sums(clustering))
        case "centroid":
            return np.asarray(2 * dispersion(clustering).lengths / clustering.masses)
