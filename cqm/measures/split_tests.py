"""Tests of whether one cluster should be split in two: Duda–Hart and Beale."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import ratio
from cqm.measures.refinement import successive
from cqm.tables import count

__all__ = ["Beale", "DudaHart", "beale", "duda_hart"]


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
    split = _split(X, labels, finer_labels, options)
    z = NormalDist().inv_cdf(1 - significance)
    n, d = split.n, split.d
    critical = 1 - 2 / (math.pi * d) - z * math.sqrt(2 * (1 - 8 / (math.pi**2 * d)) / (n * d))
    return DudaHart(float(ratio(split.after, split.before)), critical, n, d, significance)


@dataclass(frozen=True, slots=True)
class Beale:
    """Whether a cluster should be split in two.

    Attributes
    ----------
    statistic : F, how much the sum of squares falls over how much that of uniform points would.
    p_value : probability of such a fall, or a greater one, where there is one cluster.
    n, d : number of points of the cluster, and of variables.
    significance : level of the test.
    """

    statistic: float
    p_value: float
    n: float
    d: int
    significance: float

    @property
    def splits(self) -> bool:
        """Whether the cluster is more than one."""
        return self.p_value < self.significance

    def __str__(self) -> str:
        verdict = "significant" if self.splits else "not significant"
        return (
            f"F = {self.statistic:.6g}, p = {self.p_value:.3g}: the split of {count(self.n)} points is {verdict} at "
            f"level {self.significance:g}"
        )

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>"


def beale(
    X: Any,
    labels: Any,
    finer_labels: Any,
    *,
    significance: float = 0.1,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> Beale:
    r"""F test of how much the sum of squares of one cluster falls when it is split in two.

    .. math:: F = \frac{J_1 - J_2}{J_2} \Big/ \Bigl(\frac{n - 1}{n - 2} \, 2^{2/d} - 1\Bigr)

    with :math:`J_1, J_2` the cluster's sum of squares before and after the split, n its points and d the variables, is
    held against the F distribution with d and (n − 2)·d degrees of freedom. The smallest k is chosen at which no split
    is significant. O(n·d) time.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    finer_labels : array_like of shape (n,)
        The same clustering with one cluster split in two. To test all points, give them one and the same `labels`.
    significance : float
        Level of the test, in (0, 1).
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    Beale
        With F in [0, ∞] and its p-value; ∞ when the points of each half coincide. Both are NaN, and nothing is split,
        when all points coincide or there are no more than two.

    Raises
    ------
    ValueError
        Another metric, or unusable `X`.
        `finer_labels` does not split exactly one cluster in two, or has other noise; `significance` is not in (0, 1).

    References
    ----------
    E. M. L. Beale, "Euclidean cluster analysis", Bulletin of the International Statistical Institute 43 (1969), 92–94;
    A. D. Gordon, "Classification", 2nd edition, Chapman & Hall, 1999.

    Notes
    -----
    ``beale`` of R's NbClust sets the last parenthesis one factor further to the right, (n − 1)/(n − 2) · (2^(2/d) − 1),
    so that its F is larger.

    Examples
    --------
    The sum of squares falls from 104 to 4: F = 25 / (3/2 · 4 − 1), with 1 and 2 degrees of freedom.

    >>> import cqm
    >>> test = cqm.beale([[0.0], [2.0], [10.0], [12.0]], [0, 0, 0, 0], [0, 0, 1, 1])
    >>> round(test.statistic, 9), test.splits
    (5.0, False)
    """
    if not 0 < significance < 1:
        raise ValueError(f"`significance` must lie between 0 and 1, got {significance}")
    options: dict[str, Any] = {
        "metric": metric,
        "noise_label": noise_label,
        "sample_weight": sample_weight,
        "fractions": True,
        "coordinates": "Beale's test",
    }
    n, d, before, after = _split(X, labels, finer_labels, options)
    if n <= 2 or before == 0:
        return Beale(math.nan, math.nan, n, d, significance)
    from scipy.special import fdtrc  # here, as it takes time to import

    statistic = float(ratio(before - after, after)) / ((n - 1) / (n - 2) * 2 ** (2 / d) - 1)
    return Beale(statistic, float(fdtrc(d, (n - 2) * d, statistic)), n, d, significance)


class _Split(NamedTuple):
    """The one cluster that is split: its points, its variables, its sum of squares before and after."""

    n: float
    d: int
    before: float
    after: float


def _split(X: Any, labels: Any, finer_labels: Any, options: dict[str, Any]) -> _Split:
    coarse, fine = successive(X, {"labels": labels, "finer_labels": finer_labels}, options)
    owner = np.empty(coarse.input_rows, dtype=np.intp)
    owner[coarse.order] = coarse.codes
    owners = owner[fine.order]  # (n,) cluster of `labels`, in the order of the finer one
    parents = owners[fine.starts[:-1]]
    if not np.array_equal(owners, np.repeat(parents, fine.sizes)):
        raise ValueError("`finer_labels` must split one cluster of `labels` and leave the others as they are")
    split = int(np.flatnonzero(np.bincount(parents) == 2)[0])
    before, after = dispersion(coarse).squares[split].sum(), dispersion(fine).squares[parents == split].sum()
    n = coarse.only(coarse.codes == split).mass
    return _Split(n, coarse.points.features, float(before), float(after))
