"""Indices of memberships alone: how far they are from 0 and 1 (Bezdek 1981; Davé 1996)."""

from typing import Any

import numpy as np

from cqm.fuzzy.memberships import check_memberships

__all__ = ["modified_partition_coefficient", "partition_coefficient", "partition_entropy"]


def partition_coefficient(memberships: Any) -> float:
    r"""Mean over the points of the sum of their squared memberships.

    .. math:: PC = \frac{1}{n} \sum_{x} \sum_{i=1}^{k} u_{xi}^2

    Higher is better, at equal k: the smallest value falls with k, which :func:`modified_partition_coefficient` mends.
    It sees the memberships alone, not where the points lie.

    Parameters
    ----------
    memberships : array_like of shape (n, k)
        Degree to which each point belongs to each cluster, at least 0; the rows sum to 1.

    Returns
    -------
    float
        In [1/k, 1]: 1 when all memberships are 0 or 1, 1/k when all are equal.

    Raises
    ------
    ValueError
        Memberships that are negative or do not sum to 1.

    References
    ----------
    J. C. Bezdek, "Pattern Recognition with Fuzzy Objective Function Algorithms", Plenum, 1981.

    Notes
    -----
    ``PC`` of R's fclust, and ``fpc`` of scikit-fuzzy's ``cmeans``.

    Examples
    --------
    >>> import cqm
    >>> cqm.partition_coefficient([[1, 0], [0.5, 0.5]])
    0.75
    """
    U = check_memberships(memberships)
    return float((U * U).sum() / len(U))


def modified_partition_coefficient(memberships: Any) -> float:
    r"""Partition coefficient from 0 to 1, whatever the number of clusters.

    .. math:: MPC = 1 - \frac{k}{k - 1} (1 - PC)

    Higher is better.

    Parameters
    ----------
    memberships : array_like of shape (n, k)
        Degree to which each point belongs to each cluster, at least 0; the rows sum to 1.

    Returns
    -------
    float
        In [0, 1]: 1 when all memberships are 0 or 1, 0 when all are equal.

    Raises
    ------
    ValueError
        Memberships that are negative or do not sum to 1, or of a single cluster.

    References
    ----------
    R. N. Davé, "Validating fuzzy partitions obtained through c-shells clustering", Pattern Recognition Letters 17,
    1996.

    Notes
    -----
    ``MPC`` of R's fclust.

    Examples
    --------
    >>> import cqm
    >>> cqm.modified_partition_coefficient([[1, 0], [0.5, 0.5]])
    0.5
    """
    k = check_memberships(memberships, fewest=2).shape[1]
    return 1 - (1 - partition_coefficient(memberships)) * k / (k - 1)


def partition_entropy(memberships: Any) -> float:
    r"""Mean over the points of the entropy of their memberships.

    .. math:: PE = -\frac{1}{n} \sum_{x} \sum_{i=1}^{k} u_{xi} \log u_{xi}

    with the natural logarithm and 0 log 0 = 0. Lower is better, at equal k.

    Parameters
    ----------
    memberships : array_like of shape (n, k)
        Degree to which each point belongs to each cluster, at least 0; the rows sum to 1.

    Returns
    -------
    float
        In [0, log k]: 0 when all memberships are 0 or 1, log k when all are equal.

    Raises
    ------
    ValueError
        Memberships that are negative or do not sum to 1.

    References
    ----------
    J. C. Bezdek, "Pattern Recognition with Fuzzy Objective Function Algorithms", Plenum, 1981.

    Notes
    -----
    ``PE`` of R's fclust.

    Examples
    --------
    >>> import math
    >>> import cqm
    >>> cqm.partition_entropy([[1, 0], [0.5, 0.5]]) == math.log(2) / 2
    True
    """
    U = check_memberships(memberships)
    positive = U[U > 0]
    return abs(float((positive * np.log(positive)).sum() / len(U)))
