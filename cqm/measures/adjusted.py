"""Measures that may be compared between data sets: Jeon et al.'s adjusted measures, means over pairs of clusters."""

from collections.abc import Hashable
from itertools import combinations
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import SUM
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import ratio
from cqm.measures.variants import over_pairs_of

__all__ = [
    "adjusted_calinski_harabasz",
    "adjusted_calinski_harabasz_of",
    "adjusted_davies_bouldin",
    "adjusted_davies_bouldin_of",
    "adjusted_silhouette",
    "adjusted_silhouette_of",
    "adjusted_xie_beni",
    "adjusted_xie_beni_of",
]

EQUAL = 1e-12
"""Relative difference up to which distances to a centre are taken for equal."""


def adjusted_calinski_harabasz(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Caliński–Harabasz index of each two clusters, in units of the data and squashed into [0, 1]: their mean.

    .. math:: CH_A = \binom{k}{2}^{-1} \sum_{i < j} \tanh\Bigl(\frac{4.432}{4} \, b \, e^{b}\Bigr),
              \qquad b = \frac{B}{n \sigma}

    with sums over the two clusters alone: n their points, :math:`B = n_i n_j / n \lVert c_i - c_j \rVert^2` and σ the
    standard deviation of the squared distances to their common centre. Higher is better. Made to be compared between
    data sets of any size, dimension and number of clusters: how well do the classes of a labelled data set match its
    clusters? O(n·k·d) time.

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
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1]. Pairs of clusters whose points are all as far from their common centre have no value and are left
        out, as two single points are; NaN when no pair has one.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    H. Jeon, M. Aupetit, D. Shin, A. Cho, S. Park and J. Seo, "Measuring the validity of clustering validation
    datasets", IEEE TPAMI, 2025, arXiv:2503.01097; on Caliński–Harabasz already "Sanity check for external
    clustering validation benchmarks using internal validation measures", arXiv:2209.10042.

    Notes
    -----
    As the authors' program computes it (github.com/hj-n/clm, ``calinski_harabasz_adjusted``), with its constant.

    Examples
    --------
    The same for twice as many points, in a space of three dimensions:

    >>> import cqm
    >>> points, labels = [[0.0], [6.0], [4.0], [12.0]], ["a", "a", "b", "b"]
    >>> once = cqm.adjusted_calinski_harabasz(points, labels)
    >>> again = cqm.adjusted_calinski_harabasz([[x, 0.0, 0.0] for (x,) in points * 2], labels * 2)
    >>> round(once, 9) == round(again, 9), round(once, 6)
    (True, 0.495698)
    """
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        coordinates="the adjusted Caliński–Harabasz index",
    )
    return adjusted_calinski_harabasz_of(clustering)


def adjusted_calinski_harabasz_of(clustering: Clustering) -> float:
    """`adjusted_calinski_harabasz` of a validated clustering."""
    return over_pairs_of(clustering, _calinski_harabasz, "mean")


def adjusted_xie_beni(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Xie–Beni index of each two clusters, in units of the data and squashed into [0, 1]: their mean.

    .. math:: XB_A = \binom{k}{2}^{-1} \sum_{i < j} \tanh\Bigl(\frac{0.2929}{2} \, e^{b} \,
              \frac{\lVert c_i - c_j \rVert}{\sigma'}\Bigr), \qquad b = \frac{B}{n \sigma}

    with sums over the two clusters alone: n their points, :math:`B = n_i n_j / n \lVert c_i - c_j \rVert^2` and σ and
    σ′ the standard deviations of the squared distances to their common centre, and of the distances themselves. Unlike
    Xie and Beni's, higher is better. Made to be compared between data sets of any size, dimension and number of
    clusters: how well do the classes of a labelled data set match its clusters? O(n·k·d) time.

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
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1]. Pairs of clusters whose points are all as far from their common centre have no value and are left
        out, as two single points are; NaN when no pair has one.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    H. Jeon, M. Aupetit, D. Shin, A. Cho, S. Park and J. Seo, "Measuring the validity of clustering validation
    datasets", IEEE TPAMI, 2025, arXiv:2503.01097; on Caliński–Harabasz already "Sanity check for external
    clustering validation benchmarks using internal validation measures", arXiv:2209.10042.

    Notes
    -----
    As the authors' program computes it (github.com/hj-n/clm, ``i_index_adjusted``), with its constant; the adjusted
    I index (PBM) is the same.

    Examples
    --------
    The same for twice as many points, in a space of three dimensions:

    >>> import cqm
    >>> points, labels = [[0.0], [6.0], [4.0], [12.0]], ["a", "a", "b", "b"]
    >>> once = cqm.adjusted_xie_beni(points, labels)
    >>> again = cqm.adjusted_xie_beni([[x, 0.0, 0.0] for (x,) in points * 2], labels * 2)
    >>> round(once, 9) == round(again, 9), round(once, 6)
    (True, 0.385301)
    """
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        coordinates="the adjusted Xie–Beni index",
    )
    return adjusted_xie_beni_of(clustering)


def adjusted_xie_beni_of(clustering: Clustering) -> float:
    """`adjusted_xie_beni` of a validated clustering."""
    return over_pairs_of(clustering, _xie_beni, "mean")


def adjusted_davies_bouldin(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Davies–Bouldin index of each two clusters, in units of the data and squashed into [0, 1]: their mean.

    .. math:: DB_A = \binom{k}{2}^{-1} \sum_{i < j} \tanh\Bigl(\frac{2.483}{2} \,
              \frac{\lVert c_i - c_j \rVert^2 / \sigma \cdot T / (n \sigma)}
                   {e^{W_i / (n_i \sigma)} + e^{W_j / (n_j \sigma)}}\Bigr)

    with sums over the two clusters alone: n their points, T and W their sums of squares around the common and the own
    centres, and σ the standard deviation of the squared distances to their common centre. Unlike Davies and Bouldin's,
    higher is better. Made to be compared between data sets of any size, dimension and number of clusters: how well do
    the classes of a labelled data set match its clusters? O(n·k·d) time.

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
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1]. Pairs of clusters whose points are all as far from their common centre have no value and are left
        out, as two single points are; NaN when no pair has one.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    H. Jeon, M. Aupetit, D. Shin, A. Cho, S. Park and J. Seo, "Measuring the validity of clustering validation
    datasets", IEEE TPAMI, 2025, arXiv:2503.01097; on Caliński–Harabasz already "Sanity check for external
    clustering validation benchmarks using internal validation measures", arXiv:2209.10042.

    Notes
    -----
    As the authors' program computes it (github.com/hj-n/clm, ``davies_bouldin_adjusted``), with its constant.

    Examples
    --------
    The same for twice as many points, in a space of three dimensions:

    >>> import cqm
    >>> points, labels = [[0.0], [6.0], [4.0], [12.0]], ["a", "a", "b", "b"]
    >>> once = cqm.adjusted_davies_bouldin(points, labels)
    >>> again = cqm.adjusted_davies_bouldin([[x, 0.0, 0.0] for (x,) in points * 2], labels * 2)
    >>> round(once, 9) == round(again, 9), round(once, 6)
    (True, 0.413218)
    """
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        coordinates="the adjusted Davies–Bouldin index",
    )
    return adjusted_davies_bouldin_of(clustering)


def adjusted_davies_bouldin_of(clustering: Clustering) -> float:
    """`adjusted_davies_bouldin` of a validated clustering."""
    return over_pairs_of(clustering, _davies_bouldin, "mean")


def adjusted_silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> float:
    r"""Silhouette of each two clusters, of exponentials of distances in units of the data: their mean.

    .. math:: SC_A = \binom{k}{2}^{-1} \sum_{i < j} \frac12 \sum_{C \in \{C_i, C_j\}} \frac{1}{|C|} \sum_{x \in C}
              \frac{e^{b_x} - e^{a_x}}{e^{\max(a_x, b_x)}}

    with :math:`a_x, b_x` the mean distances of x to the rest of its own and to the other cluster, over the standard
    deviation σ′ of the distances of the points of the two to their common centre. Higher is better. Made to be compared
    between data sets of any size, dimension and number of clusters. O(n²·d) time.

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
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [−1, 1]; single points have 0. Pairs of clusters whose points are all as far from their common centre have no
        value and are left out, as two single points are; NaN when no pair has one.

    Raises
    ------
    ValueError
        Another metric, fewer than 2 clusters, all singletons, or unusable `X`.

    References
    ----------
    H. Jeon, M. Aupetit, D. Shin, A. Cho, S. Park and J. Seo, "Measuring the validity of clustering validation
    datasets", IEEE TPAMI, 2025, arXiv:2503.01097; on Caliński–Harabasz already "Sanity check for external
    clustering validation benchmarks using internal validation measures", arXiv:2209.10042.

    Notes
    -----
    As the authors' program computes it (github.com/hj-n/clm, ``silhouette_adjusted``), which
    has no value where a cluster is a single point.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.adjusted_silhouette([[0.0], [6.0], [4.0], [12.0]], ["a", "a", "b", "b"]), 6)
    -0.133713
    """
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        coordinates="the adjusted silhouette",
    )
    return adjusted_silhouette_of(clustering)


def adjusted_silhouette_of(clustering: Clustering) -> float:
    """`adjusted_silhouette` of a validated clustering."""
    sums, sizes = clustering.points.per_point(SUM, _as_they_are), clustering.sizes
    values = []
    for i, j in combinations(range(clustering.k), 2):
        rows = clustering.cluster(i), clustering.cluster(j)
        unit = _deviation(clustering.only(np.concatenate([np.arange(r.start, r.stop) for r in rows])), root=True)
        widths = [
            _mean_width(sums[own, a] / max(sizes[a] - 1, 1), sums[own, b] / sizes[b], unit) if sizes[a] > 1 else 0.0
            for own, a, b in ((rows[0], i, j), (rows[1], j, i))
        ]
        if not np.isnan(unit):
            values.append(sum(widths) / 2)
    return float(np.mean(values)) if values else float("nan")


def _calinski_harabasz(pair: Clustering) -> float:
    share = _share_between(pair)
    with np.errstate(over="ignore"):
        return _squash(share * np.exp(share) / 2, 4.432010535838295)


def _xie_beni(pair: Clustering) -> float:
    spread = dispersion(pair)
    apart = np.linalg.norm(spread.centroids[0] - spread.centroids[1])
    with np.errstate(over="ignore"):
        return _squash(np.exp(_share_between(pair)) * ratio(apart, _deviation(pair, root=True)), 0.29289310158571386)


def _davies_bouldin(pair: Clustering) -> float:
    spread, unit = dispersion(pair), _deviation(pair)
    within = spread.squares.sum(axis=1)
    total = within.sum() + spread.between.sum()
    apart = ratio(((spread.centroids[0] - spread.centroids[1]) ** 2).sum(), unit) * ratio(total / pair.n, unit)
    with np.errstate(over="ignore"):
        return _squash(apart / np.exp(ratio(within / spread.sizes, unit)).sum(), 2.4831185988914117)


def _mean_width(a: FloatArray, b: FloatArray, unit: float) -> float:
    """Mean of (e^b − e^a) / e^max(a, b), of distances in this unit."""
    gain = (b - a) / unit
    return float((-np.sign(gain) * np.expm1(-np.abs(gain))).mean())


def _as_they_are(values: Any, own: Any, sizes: Any) -> Any:
    return values


def _share_between(pair: Clustering) -> float:
    """B / (n σ)."""
    return float(ratio(dispersion(pair).between.sum() / pair.n, _deviation(pair)))


def _deviation(pair: Clustering, *, root: bool = False) -> float:
    """Standard deviation of the points' squared distances, or distances, to their centroid; NaN if equal."""
    spread = dispersion(pair)
    center = np.tile(spread.center, (2, 1))  # engines want a landmark for each cluster
    found: FloatArray = pair.points.to_landmarks(center, spread.origin, _as_they_are, root=root)[:, 0]
    return float(found.std()) if np.ptp(found) > EQUAL * found.max() else np.nan


def _squash(value: float, steepness: float) -> float:
    return float(np.tanh(steepness * value / 2))
