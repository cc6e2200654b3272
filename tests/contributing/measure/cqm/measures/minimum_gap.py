"""Smallest distance between clusters, as somebody adds it who follows CONTRIBUTING.md."""

from collections.abc import Hashable
from typing import Any

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.reductions import nearest_across

__all__ = ["minimum_gap", "minimum_gap_of"]


def minimum_gap(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Smallest distance between points of different clusters.

    .. math:: \min_{x \not\sim y} d(x, y)

    Higher is better.

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
        How many points each row stands for; 0 leaves it out. Copies of points change nothing.

    Returns
    -------
    float
        In [0, ∞); 0 when two clusters share a location.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008.

    Examples
    --------
    >>> import cqm
    >>> cqm.minimum_gap([[0.0], [1.0], [11.0], [13.0]], ["a", "a", "b", "b"])
    10.0
    """
    return minimum_gap_of(
        validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, fractions=True)
    )


def minimum_gap_of(clustering: Clustering) -> float:
    """`minimum_gap` of a validated clustering."""
    return nearest_across(clustering)
