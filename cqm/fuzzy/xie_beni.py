"""Xie–Beni index of memberships (Xie & Beni 1991)."""

from typing import Any

import numpy as np

from cqm.arrays.clustering import in_coordinates
from cqm.arrays.cures import check_alignment
from cqm.arrays.host.tiles import between
from cqm.arrays.intake import check_metric, validate_points
from cqm.arrays.metrics import SQEUCLIDEAN, Metric
from cqm.fuzzy.memberships import check_memberships
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import ratio

__all__ = ["fuzzy_xie_beni"]


def fuzzy_xie_beni(X: Any, memberships: Any, *, fuzzifier: float = 2.0, metric: Metric = "euclidean") -> float:
    r"""Mean squared distance to the centroids, weighted by memberships, over the smallest one between two centroids.

    .. math:: XB = \frac{\sum_x \sum_i u_{xi}^m \lVert x - v_i \rVert^2}{n \min_{i \ne j} \lVert v_i - v_j \rVert^2},
              \qquad v_i = \frac{\sum_x u_{xi}^m x}{\sum_x u_{xi}^m}

    Lower is better. The centroids are those of fuzzy c-means with the same memberships. With memberships 0 and 1 it is
    :func:`cqm.xie_beni`. O(n·k·d) time, on every kind of array.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    memberships : array_like of shape (n, k)
        Degree to which each point belongs to each cluster, at least 0; the rows sum to 1.
    fuzzifier : float
        m, above 0: the paper's 2, or that of the c-means that found the memberships.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.

    Returns
    -------
    float
        In [0, ∞]: ∞ when two centroids coincide, as when all memberships are equal; NaN when all points do.

    Raises
    ------
    ValueError
        Memberships that are negative or do not sum to 1, of a single cluster, or of a cluster that no point belongs to;
        another metric; unusable `X`.

    References
    ----------
    X. L. Xie and G. Beni, "A validity measure for fuzzy clustering", IEEE TPAMI 13, 1991, validity function S.

    Notes
    -----
    R's fclust takes the m of its c-means, and the centroids that this ended with.

    Examples
    --------
    >>> import cqm
    >>> cqm.fuzzy_xie_beni([[0.0], [2.0], [10.0], [12.0]], [[1, 0], [1, 0], [0, 1], [0, 1]])
    0.01
    """
    check_metric(metric, "fuzzy Xie–Beni")
    if not 0 < fuzzifier < float("inf"):
        raise ValueError(f"`fuzzifier` must be above 0 and finite, got {fuzzifier}")
    points = in_coordinates(validate_points(X, metric=metric))
    U = check_memberships(memberships, points.n, fewest=2)
    check_alignment(X, memberships, other_name="memberships")
    weights = U.T**fuzzifier
    nobodys = np.flatnonzero(~weights.any(axis=1))
    if len(nobodys):
        raise ValueError(
            f"no point belongs to cluster {nobodys[0]}: leave such columns out, memberships[:, "
            "numpy.any(memberships, axis=0)]"
        )
    spreads = [dispersion(points.weighted(each)) for each in weights]
    centroids = np.concatenate([spread.centroids for spread in spreads])  # (k, d), relative to the first point
    gaps = between(centroids, centroids, SQEUCLIDEAN)[~np.eye(len(centroids), dtype=bool)]
    within = sum(float(spread.within.sum()) for spread in spreads)
    return float(ratio(within, points.n * gaps.min()))
