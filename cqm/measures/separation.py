"""Measures of separation relative to size: Dunn's index and its generalisations."""

from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.intake import Clustering, Metric, validate
from cqm.geometry.dispersion import Dispersion, centroid_gaps, dispersion, distances_to_centroids
from cqm.geometry.reductions import gaps_and_diameters, minima, pair_maxima, pair_minima, pair_sums
from cqm.measures.arithmetic import ratio

__all__ = ["Diameter", "Separation", "dunn", "generalized_dunn"]

Separation = Literal["single", "complete", "average", "centroid", "average_to_centroids", "hausdorff"]
Diameter = Literal["maximum", "average", "centroid"]

FloatArray = NDArray[np.float64]


def dunn(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, p: float = 2.0
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
        One of ``cqm.METRICS``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    p : float
        Exponent of the Minkowski metric.

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
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, p=p)
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
    p: float = 2.0,
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
        One of ``cqm.METRICS``, or a function of two vectors. The variants with centroids need vectors and take
        "euclidean" or "cosine" (rows scaled to unit length, then Euclidean distances).
    noise_label : hashable, optional
        Points with this label are left out.
    p : float
        Exponent of the Minkowski metric.

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
    with_centroids = "centroid" in separation or diameter == "centroid"
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        p=p,
        coordinates=f"generalized_dunn with {separation}/{diameter}" if with_centroids else None,
    )
    reductions = _Reductions(clustering)
    return float(ratio(_smallest(_separations(reductions, separation)), _diameters(reductions, diameter).max()))


class _Reductions:
    """What both a separation and a diameter may want of a clustering, computed once."""

    def __init__(self, clustering: Clustering) -> None:
        self.clustering = clustering

    @cached_property
    def farthest(self) -> FloatArray:
        return pair_maxima(self.clustering)

    @cached_property
    def sums(self) -> FloatArray:
        return pair_sums(self.clustering)

    @cached_property
    def spread(self) -> Dispersion:
        return dispersion(self.clustering)


def _smallest(between: FloatArray) -> float:
    """Smallest entry off the diagonal of a (k, k) array."""
    return float(between[~np.eye(len(between), dtype=bool)].min())


def _separations(reductions: _Reductions, separation: Separation) -> FloatArray:
    """(k, k) set distances; the diagonal means nothing."""
    clustering = reductions.clustering
    sizes = clustering.sizes
    match separation:
        case "single":
            return pair_minima(clustering)
        case "complete":
            return reductions.farthest
        case "average":
            return np.asarray(reductions.sums / np.outer(sizes, sizes))
        case "centroid":
            return np.concatenate([gaps for _, gaps in centroid_gaps(clustering, reductions.spread)])
        case "average_to_centroids":
            totals = _over_clusters(clustering, distances_to_centroids(clustering, reductions.spread), np.add)
            return np.asarray((totals + totals.T) / np.add.outer(sizes, sizes))
        case "hausdorff":
            reach = _over_clusters(clustering, minima(clustering), np.maximum)
            return np.maximum(reach, reach.T)


def _diameters(reductions: _Reductions, diameter: Diameter) -> FloatArray:
    """(k,) diameters."""
    sizes = reductions.clustering.sizes
    match diameter:
        case "maximum":
            return np.asarray(np.diagonal(reductions.farthest))
        case "average":
            return np.asarray(np.diagonal(reductions.sums) / np.maximum(sizes * (sizes - 1) / 2, 1))
        case "centroid":
            return np.asarray(2 * reductions.spread.lengths / sizes)


def _over_clusters(clustering: Clustering, blocks: Iterator[tuple[slice, FloatArray]], ufunc: np.ufunc) -> FloatArray:
    """(k, k) per-point values of non-negative distances, summed or maximised over the points of each cluster."""
    out = np.zeros((clustering.k, clustering.k))
    for rows, values in blocks:
        part = clustering.part(rows)
        out[part.clusters] = ufunc(out[part.clusters], ufunc.reduceat(values, part.starts[:-1], axis=0))
    return out
