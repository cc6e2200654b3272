"""Indices that compare a clustering with one that has a cluster more or less."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import check_mass, validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.geometry.pairs import numbers_of_pairs
from cqm.geometry.reductions import pair_sums
from cqm.measures.arithmetic import ratio

__all__ = ["frey", "hartigan", "krzanowski_lai", "successive"]


def hartigan(
    X: Any,
    labels: Any,
    finer_labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""How much one more cluster lowers the sum of squares within clusters, as an F ratio.

    .. math:: H(k) = \Bigl(\frac{\operatorname{tr} W_k}{\operatorname{tr} W_{k+1}} - 1\Bigr) (n - k - 1)

    The smallest k with H(k) ≤ 10 is Hartigan's choice: above that, the next cluster is worth having. His other index,
    log(B/W), is `log_ss_ratio`. O(n·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    finer_labels : array_like of shape (n,)
        A clustering with one cluster more, from the same method; it need not be nested.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        Negative where the finer clustering is the worse one; ∞ when the points of each of its clusters coincide, NaN
        when those of the coarser one do too, or when the finer one has singletons only.

    Raises
    ------
    ValueError
        Another metric, or unusable `X`.
        `finer_labels` has not one cluster more than `labels`, or other noise.

    References
    ----------
    J. A. Hartigan, "Clustering Algorithms", Wiley, 1975, chapter 4.

    Notes
    -----
    The same as ``hartigan`` of R's NbClust. ``hartigan_index`` of permetrics is another quantity: the sum over clusters
    of the squared distances to the own centroid over those to the nearest other one.

    Examples
    --------
    tr W falls from 104 to 4 with 4 − 1 − 1 degrees of freedom left.

    >>> import cqm
    >>> round(cqm.hartigan([[0.0], [2.0], [10.0], [12.0]], [0, 0, 0, 0], [0, 0, 1, 1]), 9)
    50.0
    """
    options: dict[str, Any] = {
        "metric": metric,
        "noise_label": noise_label,
        "sample_weight": sample_weight,
        "fractions": True,
        "coordinates": "Hartigan's index",
    }
    coarse, fine = successive(X, {"labels": labels, "finer_labels": finer_labels}, options)
    check_mass(fine)
    return (float(ratio(_within(coarse), _within(fine))) - 1) * (coarse.mass - coarse.k - 1)


def krzanowski_lai(
    X: Any,
    coarser_labels: Any,
    labels: Any,
    finer_labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""How sharply the sum of squares within clusters, at equal cluster volume, stops falling at k clusters.

    .. math:: KL(k) = \left\lvert \frac{\mathrm{DIFF}(k)}{\mathrm{DIFF}(k + 1)} \right\rvert, \qquad
              \mathrm{DIFF}(k) = (k - 1)^{2/d} \operatorname{tr} W_{k-1} - k^{2/d} \operatorname{tr} W_k

    Higher is better. O(n·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    coarser_labels, finer_labels : array_like of shape (n,)
        Clusterings with one cluster less, which may be the single one, and one more, from the same method.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, ∞]; NaN when both differences vanish.

    Raises
    ------
    ValueError
        Another metric, or unusable `X`.
        The three clusterings have not k − 1, k and k + 1 clusters, or different noise.

    References
    ----------
    W. J. Krzanowski and Y. T. Lai, "A criterion for determining the number of groups in a data set using sum-of-squares
    clustering", Biometrics 44, 1988, definitions of DIFF(k) and KL(k).

    Notes
    -----
    The same as ``kl`` of R's NbClust.

    Examples
    --------
    One variable: k² tr W_k is 104, 16 and 18.

    >>> import cqm
    >>> points = [[0.0], [2.0], [10.0], [12.0]]
    >>> round(cqm.krzanowski_lai(points, [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 2]), 9)
    44.0
    """
    options: dict[str, Any] = {
        "metric": metric,
        "noise_label": noise_label,
        "sample_weight": sample_weight,
        "fractions": True,
        "coordinates": "Krzanowski–Lai",
    }
    clusterings = successive(
        X, {"coarser_labels": coarser_labels, "labels": labels, "finer_labels": finer_labels}, options
    )
    before, now, after = (c.k ** (2 / c.points.features) * _within(c) for c in clusterings)
    return float(abs(ratio(before - now, now - after)))


def frey(
    X: Any,
    labels: Any,
    finer_labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""How much the mean distance across clusters changes with one more cluster, over how much that inside them does.

    .. math:: K(k) = \frac{\bar d_b(k + 1) - \bar d_b(k)}{\bar d_w(k + 1) - \bar d_w(k)}

    with :math:`\bar d_w, \bar d_b` the mean distances of the pairs inside and across clusters. Setting apart what lies
    apart moves the mean inside the more, cutting through a cluster that across: so the rule merges clusters as long as
    the ratio stays at 1 or above, and takes the clustering before the last run of values below 1. Where none is below 1
    it answers one cluster; so it never answers two.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type. At least 2 clusters.
    finer_labels : array_like of shape (n,)
        A clustering with one cluster more, from the same method; it need not be nested.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.

    Returns
    -------
    float
        In [−∞, ∞]; NaN when both means stay, and when a clustering has singletons only.

    Raises
    ------
    ValueError
        Unusable `X`, fewer than 2 clusters, or `finer_labels` has not one cluster more than `labels`, or other noise.

    References
    ----------
    T. Frey and H. Van Groenewoud, "A cluster analysis of the D² matrix of white spruce stands in Saskatchewan based on
    the maximum-minimum principle", Journal of Ecology 60 (1972), 873–886; the rule as G. W. Milligan and M. C. Cooper
    word it, Psychometrika 50 (1985), 159–179.

    Notes
    -----
    The same as ``frey`` of R's NbClust, which chooses another k: the one before the first k with a ratio below 1.

    Examples
    --------
    The means inside go from 2 to 2, those across from 10 to 41/5: only the second moves.

    >>> import cqm
    >>> cqm.frey([[0.0], [2.0], [10.0], [12.0]], [0, 0, 1, 1], [0, 0, 1, 2])
    -inf
    """
    options: dict[str, Any] = {"metric": metric, "noise_label": noise_label, "sample_weight": sample_weight}
    coarse, fine = successive(X, {"labels": labels, "finer_labels": finer_labels}, options, min_clusters=2)
    (inside, across), (finer_inside, finer_across) = map(_mean_distances, (coarse, fine))
    return float(ratio(finer_across - across, finer_inside - inside))


def _mean_distances(clustering: Clustering) -> tuple[float, float]:
    """Mean distance of the pairs inside clusters, NaN if there are none, and across clusters."""
    sums, (inside, across) = pair_sums(clustering), numbers_of_pairs(clustering)
    return float(ratio(np.trace(sums), inside)), float(sums[np.triu_indices(clustering.k, 1)].sum()) / across


def _within(clustering: Clustering) -> float:
    return float(dispersion(clustering).within.sum())


def successive(
    X: Any, clusterings: dict[str, Any], options: dict[str, Any], *, min_clusters: int = 1
) -> list[Clustering]:
    """The clusterings, checked to have the same points and one cluster more each."""
    out: list[Clustering] = []
    for name, labels in clusterings.items():
        clustering = validate(X, labels, min_clusters=min_clusters, allow_singletons_only=True, **options)
        if out and clustering.k != out[-1].k + 1:
            raise ValueError(
                f"`{name}` must have one cluster more than the clustering before it, {out[-1].k + 1}, "
                f"got {clustering.k}"
            )
        if out and not np.array_equal(np.sort(clustering.order), np.sort(out[-1].order)):
            raise ValueError(f"`{name}` must leave out the same points as noise as the clustering before it")
        out.append(clustering)
    return out
