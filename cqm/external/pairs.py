"""Indices of the pairs of points that two clusterings put together or apart."""

from collections.abc import Hashable
from typing import Any

from cqm.external.labels import both_labelings

__all__ = [
    "adjusted_rand",
    "fowlkes_mallows",
    "pair_jaccard",
    "rand",
]


def rand(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Share of the pairs of points on which two clusterings agree: together in both, or apart in both.

    Parameters
    ----------
    labels_true, labels_pred : array_like of shape (n,)
        Cluster of each point in the two clusterings; any hashable labels.
    noise_label : hashable, optional
        Points that either clustering labels so are left out.

    Returns
    -------
    float
        In [0, 1]; 1 for equal clusterings.

    Raises
    ------
    ValueError
        Different numbers of labels, none at all, or nothing but noise.

    References
    ----------
    W. M. Rand, "Objective criteria for the evaluation of clustering methods", JASA 66, 1971, section 3.

    Examples
    --------
    Of six pairs, {0, 1} is together in both and four are apart in both.

    >>> import cqm
    >>> round(cqm.rand([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.8333
    """
    from sklearn.metrics import rand_score

    return float(rand_score(*both_labelings(labels_true, labels_pred, noise_label)))


def adjusted_rand(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Rand index, adjusted for chance.

    .. math:: \frac{R - E[R]}{1 - E[R]}

    with the expectation over clusterings of the same cluster sizes.

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [−0.5, 1]; 1 for equal clusterings, 0 on average for unrelated ones.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2, 1985, equation 5.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.adjusted_rand([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.5714
    """
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(*both_labelings(labels_true, labels_pred, noise_label)))


def fowlkes_mallows(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Geometric mean of the precision and recall of pairs of points that are together.

    .. math:: \frac{a}{\sqrt{(a + b)(a + c)}}

    with a the pairs together in both, b and c those together in the one or the other alone.

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [0, 1]; 0 where no pair is together in both.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    E. B. Fowlkes and C. L. Mallows, "A method for comparing two hierarchical clusterings", JASA 78, 1983, section 2.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.fowlkes_mallows([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.7071
    """
    from sklearn.metrics import fowlkes_mallows_score

    return float(fowlkes_mallows_score(*both_labelings(labels_true, labels_pred, noise_label)))


def pair_jaccard(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Jaccard index of the pairs of points that are together.

    .. math:: \frac{a}{a + b + c}

    with a the pairs together in both, b and c those together in the one or the other alone.

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [0, 1]; 1 where neither clustering has a pair together.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    A. Ben-Hur, A. Elisseeff and I. Guyon, "A stability based method for discovering structure in clustered data",
    Pacific Symposium on Biocomputing 2002, section 2.

    Examples
    --------
    >>> import cqm
    >>> cqm.pair_jaccard([0, 0, 1, 1], [0, 0, 1, 2])
    0.5
    """
    from sklearn.metrics.cluster import pair_confusion_matrix

    (_, alone), (other, both) = pair_confusion_matrix(*both_labelings(labels_true, labels_pred, noise_label))
    together = both + alone + other
    return float(both / together) if together else 1.0
