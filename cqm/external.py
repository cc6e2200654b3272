"""External indices: how alike two clusterings of the same points are, often one found and one true.

scikit-learn computes them; what it lacks is made of its contingency tables. All take ``(labels_true, labels_pred)``
with any hashable labels. The catalogue of them, `external_catalog`, says direction, range, symmetry and source.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.labels import encode

__all__ = [
    "ExternalIndex",
    "adjusted_mutual_information",
    "adjusted_rand",
    "completeness",
    "external_catalog",
    "fowlkes_mallows",
    "homogeneity",
    "normalized_mutual_information",
    "pair_jaccard",
    "purity",
    "rand",
    "v_measure",
    "variation_of_information",
]

Codes = NDArray[np.intp]


def _both(labels_true: Any, labels_pred: Any, noise_label: Hashable | None) -> tuple[Codes, Codes]:
    """Both labelings as codes, of the points that neither of them calls noise."""
    (true, true_classes), (pred, pred_classes) = encode(labels_true), encode(labels_pred)
    if len(true) != len(pred):
        raise ValueError(
            f"`labels_true` has {len(true)} entries but `labels_pred` has {len(pred)}: pass a label a point"
        )
    if len(true) == 0:
        raise ValueError("`labels_true` and `labels_pred` are empty: pass at least one point")
    kept = np.ones(len(true), dtype=bool)
    if noise_label is not None:
        for codes, classes in ((true, true_classes), (pred, pred_classes)):
            if noise_label in classes:
                kept &= codes != classes.index(noise_label)
        if not kept.any():
            raise ValueError(f"every point has the noise label {noise_label!r}: nothing is left to compare")
    return true[kept], pred[kept]


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

    return float(rand_score(*_both(labels_true, labels_pred, noise_label)))


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

    return float(adjusted_rand_score(*_both(labels_true, labels_pred, noise_label)))


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

    return float(fowlkes_mallows_score(*_both(labels_true, labels_pred, noise_label)))


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

    (_, alone), (other, both) = pair_confusion_matrix(*_both(labels_true, labels_pred, noise_label))
    together = both + alone + other
    return float(both / together) if together else 1.0


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

    return float(homogeneity_score(*_both(labels_true, labels_pred, noise_label)))


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

    return float(completeness_score(*_both(labels_true, labels_pred, noise_label)))


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

    return float(v_measure_score(*_both(labels_true, labels_pred, noise_label)))


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

    true, pred = _both(labels_true, labels_pred, noise_label)
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
        At most 1, which equal clusterings reach; below 0 for less than chance.

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

    true, pred = _both(labels_true, labels_pred, noise_label)
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

    joint = contingency_matrix(*_both(labels_true, labels_pred, noise_label))
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

    joint = contingency_matrix(*_both(labels_true, labels_pred, noise_label))
    return float(joint.max(axis=0).sum() / joint.sum())


@dataclass(frozen=True, slots=True)
class ExternalIndex:
    """One external index.

    Attributes
    ----------
    name : the public function's name.
    function : `f(labels_true, labels_pred, *, noise_label=None)` → float.
    better : which direction means more alike.
    range : smallest and largest possible value.
    symmetric : whether the two clusterings may change places.
    adjusted : whether unrelated clusterings score 0 on average, whatever their numbers of clusters.
    """

    name: str
    function: Callable[..., float]
    better: Literal["higher", "lower"]
    range: tuple[float, float]
    symmetric: bool
    adjusted: bool


class _Indices(dict[str, ExternalIndex]):
    def __missing__(self, name: str) -> ExternalIndex:
        raise KeyError(f"no external index is named {name!r}: there are {', '.join(self)}")


external_catalog: Mapping[str, ExternalIndex] = MappingProxyType(
    _Indices(
        (index.name, index)
        for index in (
            ExternalIndex("adjusted_rand", adjusted_rand, "higher", (-0.5, 1.0), True, True),
            ExternalIndex(
                "adjusted_mutual_information", adjusted_mutual_information, "higher", (-1.0, 1.0), True, True
            ),
            ExternalIndex("v_measure", v_measure, "higher", (0.0, 1.0), True, False),
            ExternalIndex("homogeneity", homogeneity, "higher", (0.0, 1.0), False, False),
            ExternalIndex("completeness", completeness, "higher", (0.0, 1.0), False, False),
            ExternalIndex(
                "normalized_mutual_information", normalized_mutual_information, "higher", (0.0, 1.0), True, False
            ),
            ExternalIndex(
                "variation_of_information", variation_of_information, "lower", (0.0, float("inf")), True, False
            ),
            ExternalIndex("rand", rand, "higher", (0.0, 1.0), True, False),
            ExternalIndex("fowlkes_mallows", fowlkes_mallows, "higher", (0.0, 1.0), True, False),
            ExternalIndex("pair_jaccard", pair_jaccard, "higher", (0.0, 1.0), True, False),
            ExternalIndex("purity", purity, "higher", (0.0, 1.0), False, False),
        )
    )
)
