"""Indices that compare a clustering with one that has a cluster more or less."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import check_mass, validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import ratio
from cqm.tables import count

__all__ = ["DudaHart", "duda_hart", "hartigan", "krzanowski_lai"]


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
    coarse, fine = _successive(X, {"labels": labels, "finer_labels": finer_labels}, options)
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
    clusterings = _successive(
        X, {"coarser_labels": coarser_labels, "labels": labels, "finer_labels": finer_labels}, options
    )
    before, now, after = (c.k ** (2 / c.points.features) * _within(c) for c in clusterings)
    return float(abs(ratio(before - now, now - after)))


@dataclass(frozen=True, slots=True)
class DudaHart:
    """Whether a cluster should be split in two.

    Attributes
    ----------
    ratio : Je(2) / Je(1), the sum of squares after the split over that before; in [0, 1].
    critical : the ratio below which the split is significant.
    n, d : number of points of the cluster, and of variables.
    significance : level of the test.
    """

    ratio: float
    critical: float
    n: float
    d: int
    significance: float

    @property
    def splits(self) -> bool:
        """Whether the cluster is more than one."""
        return self.ratio < self.critical

    def __str__(self) -> str:
        verdict = "significant" if self.splits else "not significant"
        return (
            f"Je(2)/Je(1) = {self.ratio:.6g}, critical value {self.critical:.6g}: the split of {count(self.n)} points "
            f"is {verdict} at level {self.significance:g}"
        )

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>"


def duda_hart(
    X: Any,
    labels: Any,
    finer_labels: Any,
    *,
    significance: float = 0.001,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> DudaHart:
    r"""Ratio of the sum of squares after and before one cluster is split in two, with its test.

    .. math:: \frac{J_e(2)}{J_e(1)} < 1 - \frac{2}{\pi d}
              - z_{1-\alpha} \sqrt{\frac{2 (1 - 8 / (\pi^2 d))}{n d}}

    lets the hypothesis of a single Gaussian cluster be rejected at level α, with n the points of that cluster and d the
    variables. O(n·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    finer_labels : array_like of shape (n,)
        The same clustering with one cluster split in two. To test all points, give them one and the same `labels`.
    significance : float
        Level α of the test, in (0, 1).
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    DudaHart
        With a ratio in [0, 1]; NaN when the points of the split cluster coincide.

    Raises
    ------
    ValueError
        Another metric, or unusable `X`.
        `finer_labels` does not split exactly one cluster in two, or has other noise; `significance` is not in (0, 1).

    References
    ----------
    R. O. Duda and P. E. Hart, "Pattern Classification and Scene Analysis", Wiley, 1973, section 6.12.

    Notes
    -----
    The same as ``dudahart2`` of R's fpc and ``duda`` of R's NbClust, whose level is fixed by z = 3.2.
    ``duda_hart_index`` of permetrics is another quantity, a quotient of mean distances inside and between clusters.

    Examples
    --------
    The sum of squares falls from 104 to 4.

    >>> import cqm
    >>> test = cqm.duda_hart([[0.0], [2.0], [10.0], [12.0]], [0, 0, 0, 0], [0, 0, 1, 1], significance=0.1)
    >>> round(test.ratio, 6), test.splits
    (0.038462, False)
    """
    if not 0 < significance < 1:
        raise ValueError(f"`significance` must lie between 0 and 1, got {significance}")
    options: dict[str, Any] = {
        "metric": metric,
        "noise_label": noise_label,
        "sample_weight": sample_weight,
        "fractions": True,
        "coordinates": "Duda–Hart",
    }
    coarse, fine = _successive(X, {"labels": labels, "finer_labels": finer_labels}, options)
    owner = np.empty(coarse.input_rows, dtype=np.intp)
    owner[coarse.order] = coarse.codes
    owners = owner[fine.order]  # (n,) cluster of `labels`, in the order of the finer one
    parents = owners[fine.starts[:-1]]
    if not np.array_equal(owners, np.repeat(parents, fine.sizes)):
        raise ValueError("`finer_labels` must split one cluster of `labels` and leave the others as they are")
    split = int(np.flatnonzero(np.bincount(parents) == 2)[0])
    before, after = dispersion(coarse).squares[split].sum(), dispersion(fine).squares[parents == split].sum()
    n, d = coarse.only(coarse.codes == split).mass, coarse.points.features
    z = NormalDist().inv_cdf(1 - significance)
    critical = 1 - 2 / (math.pi * d) - z * math.sqrt(2 * (1 - 8 / (math.pi**2 * d)) / (n * d))
    return DudaHart(float(ratio(after, before)), critical, n, d, significance)


def _within(clustering: Clustering) -> float:
    return float(dispersion(clustering).within.sum())


def _successive(X: Any, clusterings: dict[str, Any], options: dict[str, Any]) -> list[Clustering]:
    """The clusterings, checked to have the same points and one cluster more each."""
    out: list[Clustering] = []
    for name, labels in clusterings.items():
        clustering = validate(X, labels, min_clusters=1, allow_singletons_only=True, **options)
        if out and clustering.k != out[-1].k + 1:
            raise ValueError(
                f"`{name}` must have one cluster more than the clustering before it, {out[-1].k + 1}, "
                f"got {clustering.k}"
            )
        if out and not np.array_equal(np.sort(clustering.order), np.sort(out[-1].order)):
            raise ValueError(f"`{name}` must leave out the same points as noise as the clustering before it")
        out.append(clustering)
    return out
