"""Fuzzy silhouette (Campello & Hruschka 2006)."""

from typing import Any

import numpy as np

from cqm.arrays.cures import check_alignment
from cqm.arrays.intake import validate, validate_points
from cqm.arrays.metrics import Metric
from cqm.fuzzy.memberships import check_memberships
from cqm.measures.arithmetic import ratio
from cqm.measures.silhouette import silhouettes_of

__all__ = ["fuzzy_silhouette"]


def fuzzy_silhouette(X: Any, memberships: Any, *, exponent: float = 1.0, metric: Metric = "euclidean") -> float:
    r"""Mean silhouette, in which a point counts by how much it belongs to its cluster rather than to the next one.

    .. math:: FS = \frac{\sum_x (u_{x,1} - u_{x,2})^\alpha s(x)}{\sum_x (u_{x,1} - u_{x,2})^\alpha}

    with the two largest memberships :math:`u_{x,1} \ge u_{x,2}` of x and its silhouette s(x), as of
    :func:`cqm.silhouette`, where each point lies in its likeliest cluster (of equally likely ones, in the first). So
    points between clusters count little. Higher is better. O(n²) time; under cosine, correlation and squared Euclidean
    distance O(n·k·d).

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    memberships : array_like of shape (n, k)
        Degree to which each point belongs to each cluster, at least 0; the rows sum to 1.
    exponent : float
        α, at least 0: with 0 all points count alike, which is the silhouette of the likeliest clusters.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.

    Returns
    -------
    float
        In [−1, 1]; NaN when no point belongs to one cluster more than to another. Clusters that are nobody's likeliest
        one have no points.

    Raises
    ------
    ValueError
        Memberships that are negative or do not sum to 1; a negative `exponent`; fewer than 2 clusters that are
        somebody's likeliest one; unusable `X`.

    References
    ----------
    R. J. G. B. Campello and E. R. Hruschka, "A fuzzy extension of the silhouette width criterion for cluster analysis",
    Fuzzy Sets and Systems 157, 2006.

    Notes
    -----
    ``SIL.F`` of R's fclust.

    Examples
    --------
    The two points in the middle have lower silhouettes, 1 − 2/9, and count little here; the outer ones have 1 − 2/11.

    >>> import cqm
    >>> points = [[0.0], [2.0], [10.0], [12.0]]
    >>> round(cqm.fuzzy_silhouette(points, [[1, 0], [0.55, 0.45], [0.45, 0.55], [0, 1]]), 6)
    0.814509
    >>> round(cqm.silhouette(points, [0, 0, 1, 1]), 6)
    0.79798
    """
    if not exponent >= 0:
        raise ValueError(f"`exponent` must be at least 0, got {exponent}")
    U = check_memberships(memberships, validate_points(X, metric=metric).n, fewest=2)
    check_alignment(X, memberships, other_name="memberships")
    second, first = np.sort(U, axis=1)[:, -2:].T
    clustering = validate(X, U.argmax(axis=1), metric=metric)
    weights = (first - second)[clustering.order] ** exponent
    return float(ratio(weights @ silhouettes_of(clustering), weights.sum()))
