"""Silhouette (Rousseeuw 1987) and simplified silhouette (Hruschka, de Castro & Campello 2004)."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from cqm.arrays.intake import Metric, validate
from cqm.geometry.dispersion import dispersion, scores_from_centroids
from cqm.geometry.reductions import scores_from_sums

__all__ = ["sample_silhouette", "sample_simplified_silhouette", "silhouette", "simplified_silhouette"]


def silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, p: float = 2.0
) -> float:
    r"""Mean over the points of how much nearer a point is to its own cluster than to the next one.

    .. math:: s(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))}

    with a(x) the mean distance to the other points of the own cluster and b(x) the smallest mean distance to the points
    of another cluster. Higher is better. O(n²) time; under cosine, correlation and squared Euclidean distance O(n·k·d),
    because their sums over a cluster have a closed form.

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
        In [−1, 1]. A point that is alone in its cluster scores 0, as does one with a = b = 0 (all the points it is
        compared with lie at the same place).

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal of
    Computational and Applied Mathematics 20, 1987, section 2.

    Examples
    --------
    The outer points have a = 2 and b = 11, the inner ones a = 2 and b = 9.

    >>> import cqm
    >>> round(cqm.silhouette([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)
    0.79798
    """
    return _mean(scores_from_sums(validate(X, labels, metric=metric, noise_label=noise_label, p=p), _from_sums))


def sample_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, p: float = 2.0
) -> Any:
    """Silhouette of each point, in input order.

    Parameters
    ----------
    X, labels, metric, noise_label, p
        As for `silhouette`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`; NaN for noise. 0 for a point that is alone in its cluster,
        and where a = b = 0.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal of
    Computational and Applied Mathematics 20, 1987, section 2.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_silhouette([[0.0], [1.0], [10.0]], ["a", "a", "b"])
    array([0.9 , 0.88888889, 0. ])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, p=p)
    return clustering.to_input_order(scores_from_sums(clustering, _from_sums))


def simplified_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None
) -> float:
    r"""Mean silhouette with distances to centroids in place of mean distances to points.

    .. math:: s(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))}

    with a(x) the Euclidean distance to the own cluster's centroid and b(x) that to the nearest other centroid. Higher
    is better. O(n·k·d) time.

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

    Returns
    -------
    float
        In [−1, 1]. A point that is alone in its cluster scores 0, as does one with a = b = 0.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    E. R. Hruschka, L. N. de Castro and R. J. G. B. Campello, "Evolutionary algorithms for clustering gene-expression
    data", ICDM 2004, section 2.

    Examples
    --------
    Every point is 1 from its centroid and 9 or 11 from the other one.

    >>> import cqm
    >>> round(cqm.simplified_silhouette([[0.0], [2.0], [10.0], [12.0]], ["a", "a", "b", "b"]), 6)
    0.89899
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, coordinates="simplified silhouette")
    return _mean(scores_from_centroids(clustering, dispersion(clustering), _from_centroids))


def sample_simplified_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None
) -> Any:
    """Simplified silhouette of each point, in input order.

    Parameters
    ----------
    X, labels, metric, noise_label
        As for `simplified_silhouette`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`; NaN for noise. 0 for a point that is alone in its cluster,
        and where a = b = 0.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    E. R. Hruschka, L. N. de Castro and R. J. G. B. Campello, "Evolutionary algorithms for clustering gene-expression
    data", ICDM 2004, section 2.

    Examples
    --------
    >>> import cqm
    >>> cqm.sample_simplified_silhouette([[0.0], [2.0], [10.0]], ["a", "a", "b"])
    array([0.9 , 0.875, 0. ])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, coordinates="simplified silhouette")
    return clustering.to_input_order(scores_from_centroids(clustering, dispersion(clustering), _from_centroids))


def _from_sums(totals: Any, own: Any, sizes: Any) -> Any:
    """(rows,) silhouettes from (rows, k) sums of distances to the clusters."""
    xp = array_namespace(totals)
    others = xp.maximum(
        xp.take(sizes, own, axis=0) - 1, xp.ones_like(own, dtype=sizes.dtype)
    )  # without the point itself
    return _scores(_at(totals, own) / others, totals / sizes, own, sizes)


def _from_centroids(lengths: Any, own: Any, sizes: Any) -> Any:
    """(rows,) simplified silhouettes from (rows, k) distances to the centroids."""
    return _scores(_at(lengths, own), lengths, own, sizes)


def _scores(cohesion: Any, separations: Any, own: Any, sizes: Any) -> Any:
    """(b − a) / max(a, b) from a, and from the (rows, k) candidates for b."""
    xp = array_namespace(separations)
    is_own = own[:, None] == xp.arange(sizes.shape[0], dtype=own.dtype, device=device(own))[None, :]
    separation = xp.min(xp.where(is_own, np.inf, separations), axis=1)
    larger = xp.maximum(cohesion, separation)
    scored = (larger > 0) & (xp.take(sizes, own, axis=0) > 1)
    return xp.where(scored, (separation - cohesion) / xp.where(scored, larger, 1.0), 0.0)


def _at(values: Any, columns: Any) -> Any:
    """(rows,) entry of each row in its column."""
    xp = array_namespace(values)
    rows = xp.arange(values.shape[0], dtype=columns.dtype, device=device(columns))
    return xp.take(xp.reshape(values, (-1,)), rows * values.shape[1] + columns, axis=0)


def _mean(scores: Any) -> float:
    return float(array_namespace(scores).mean(scores))
