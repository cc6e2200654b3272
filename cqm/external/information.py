"""Indices of what knowing one clustering says of the other, and of the commonest class of each cluster."""

from collections.abc import Hashable
from typing import Any, Literal

import numpy as np

from cqm.external.labels import both_labelings

__all__ = [
    "adjusted_mutual_information",
    "completeness",
    "homogeneity",
    "normalized_mutual_information",
    "purity",
    "v_measure",
    "variation_of_information",
]


def homogeneity(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Share of the uncertainty about the true class that knowing the cluster removes.

    .. math:: 1 - \frac{H(T \mid P)}{H(T)}

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [0, 1]; 1 where every cluster holds points of one class.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL 2007, equation 1.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.homogeneity([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    1.0
    """
    from sklearn.metrics import homogeneity_score

    return float(homogeneity_score(*both_labelings(labels_true, labels_pred, noise_label)))


def completeness(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Share of the uncertainty about the cluster that knowing the true class removes.

    .. math:: 1 - \frac{H(P \mid T)}{H(P)}

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [0, 1]; 1 where every class lies in one cluster.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL 2007, equation 2.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.completeness([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.6667
    """
    from sklearn.metrics import completeness_score

    return float(completeness_score(*both_labelings(labels_true, labels_pred, noise_label)))


def v_measure(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    """Harmonic mean of homogeneity and completeness: mutual information over the mean of both entropies.

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [0, 1]; 1 for equal clusterings. Not adjusted for chance: it rises with the number of clusters.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL 2007, section 2.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.v_measure([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.8
    """
    from sklearn.metrics import v_measure_score

    return float(v_measure_score(*both_labelings(labels_true, labels_pred, noise_label)))


def normalized_mutual_information(
    labels_true: Any,
    labels_pred: Any,
    *,
    average: Literal["min", "geometric", "arithmetic", "max"] = "arithmetic",
    noise_label: Hashable | None = None,
) -> float:
    """Mutual information over a mean of both entropies; with the arithmetic mean it is the V-measure.

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.
    average : {"min", "geometric", "arithmetic", "max"}
        The mean of both entropies to divide by.

    Returns
    -------
    float
        In [0, 1]; 1 for equal clusterings. Not adjusted for chance: it rises with the number of clusters.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    N. X. Vinh, J. Epps and J. Bailey, "Information theoretic measures for clusterings comparison", JMLR 11, 2010,
    table 2.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.normalized_mutual_information([0, 0, 1, 1], [0, 0, 1, 2], average="max"), 4)
    0.6667
    """
    from sklearn.metrics import normalized_mutual_info_score

    true, pred = both_labelings(labels_true, labels_pred, noise_label)
    return float(normalized_mutual_info_score(true, pred, average_method=average))


def adjusted_mutual_information(
    labels_true: Any,
    labels_pred: Any,
    *,
    average: Literal["min", "geometric", "arithmetic", "max"] = "arithmetic",
    noise_label: Hashable | None = None,
) -> float:
    """Mutual information, adjusted for chance: 0 on average for unrelated clusterings of any numbers of clusters.

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.
    average : {"min", "geometric", "arithmetic", "max"}
        The mean of both entropies that stands for the most that could be shared.

    Returns
    -------
    float
        At most 1, which equal clusterings reach; below 0 for less than chance. Not monotone: it may fall when one more
        pair of points is agreed on, as docs/external-axioms.md shows.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    N. X. Vinh, J. Epps and J. Bailey, "Information theoretic measures for clusterings comparison", JMLR 11, 2010,
    section 4.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.adjusted_mutual_information([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.5714
    """
    from sklearn.metrics import adjusted_mutual_info_score

    true, pred = both_labelings(labels_true, labels_pred, noise_label)
    return float(adjusted_mutual_info_score(true, pred, average_method=average))


def variation_of_information(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Uncertainty about each of two clusterings that remains when the other is known, in nats.

    .. math:: H(T \mid P) + H(P \mid T)

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In [0, ln n]; 0 for equal clusterings. Lower is better. A metric on clusterings.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    M. Meilă, "Comparing clusterings: an information based distance", Journal of Multivariate Analysis 98, 2007,
    equation 15.

    Examples
    --------
    Knowing the three clusters leaves nothing open; knowing the two classes leaves one bit open for half of the points.

    >>> import cqm, math
    >>> round(cqm.variation_of_information([0, 0, 1, 1], [0, 0, 1, 2]) / math.log(2), 4)
    0.5
    """
    from sklearn.metrics.cluster import contingency_matrix

    joint = contingency_matrix(*both_labelings(labels_true, labels_pred, noise_label))
    share = joint / joint.sum()
    rows, columns = np.nonzero(joint)
    of_row, of_column = share.sum(axis=1)[rows], share.sum(axis=0)[columns]
    met = share[rows, columns]
    return max(0.0, float(-np.sum(met * (np.log(met / of_row) + np.log(met / of_column)))))


def purity(labels_true: Any, labels_pred: Any, *, noise_label: Hashable | None = None) -> float:
    r"""Share of the points that belong to the commonest class of their cluster.

    .. math:: \frac{1}{n} \sum_P \max_T |P \cap T|

    Parameters
    ----------
    labels_true, labels_pred, noise_label
        As for `rand`.

    Returns
    -------
    float
        In (0, 1]; 1 where every cluster holds points of one class, as when each point is its own cluster.

    Raises
    ------
    ValueError
        As for `rand`.

    References
    ----------
    C. D. Manning, P. Raghavan and H. Schütze, Introduction to Information Retrieval, 2008, section 16.3.

    Examples
    --------
    >>> import cqm
    >>> cqm.purity([0, 0, 1, 1], [0, 0, 0, 1])
    0.75
    """
    from sklearn.metrics.cluster import contingency_matrix

    joint = contingency_matrix(*both_labelings(labels_true, labels_pred, noise_label))
    return float(joint.max(axis=0).sum() / joint.sum())
