"""Gap statistic (Tibshirani, Walther & Hastie 2001)."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.estimators import labelling
from cqm.geometry.centroids import dispersion
from cqm.measures.arithmetic import logarithm

__all__ = ["GapStatistic", "gap_choice", "gap_statistic"]


@dataclass(frozen=True, slots=True)
class GapStatistic:
    """How much smaller the sum of squares of a clustering is than that of clusterings of structureless data.

    Attributes
    ----------
    gap : mean of `reference_log_withins` minus `log_within`; higher is better.
    standard_error : standard deviation of `reference_log_withins` times √(1 + 1/B): the paper's s_k.
    log_within : log tr W of the clustering.
    reference_log_withins : log tr W of the clusterings of the B reference sets.
    """

    gap: float
    standard_error: float
    log_within: float
    reference_log_withins: tuple[float, ...]

    def __str__(self) -> str:
        return f"gap = {self.gap:.6g} ± {self.standard_error:.3g} over {len(self.reference_log_withins)} reference sets"

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>"


def gap_statistic(
    X: Any,
    labels: Any,
    *,
    clusterer: Any,
    n_references: int = 20,
    reference: Literal["box", "principal"] = "box",
    seed: int = 0,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> GapStatistic:
    r"""Expected logarithm of the sum of squares of clustered structureless data, minus that of this clustering.

    .. math:: \mathrm{Gap}(k) = \frac{1}{B} \sum_b \log \operatorname{tr} W_b - \log \operatorname{tr} W

    Higher is better. Each of the B reference sets has as many points, drawn uniformly, and is clustered by the same
    method. Between different k, the paper takes the smallest with Gap(k) ≥ Gap(k + 1) − s_{k+1}: `gap_choice`.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type. One cluster is allowed.
    clusterer : callable or scikit-learn clusterer
        The method that gave `labels`: a function of an (n, d) array that returns n labels, or an estimator with
        `fit_predict`, which is cloned. It has to find as many clusters as `labels` has.
    n_references : int
        Number B of reference sets, at least 1.
    reference : {"box", "principal"}
        Points uniform in the box spanned by the variables (the paper's choice a), or in the box spanned by the
        principal components (choice b).
    seed : int
        Seed of the reference sets: the same seed gives the same answer.
    metric : {"euclidean", "cosine"}
        With "cosine", rows are scaled to unit length first.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out. Reference sets have as many points.

    Returns
    -------
    GapStatistic
        A gap of ∞ when the points of each cluster coincide; NaN when those of the reference clusterings do too.

    Raises
    ------
    TypeError
        `clusterer` is neither a function nor an estimator.
    ValueError
        Another metric, unusable `X`, an unknown `reference`, no reference sets, or a clusterer that finds another
        number of clusters.

    References
    ----------
    R. Tibshirani, G. Walther and T. Hastie, "Estimating the number of clusters in a data set via the gap statistic",
    Journal of the Royal Statistical Society B 63, 2001, sections 2 and 3.

    Notes
    -----
    tr W is the paper's W_k: its sum of all pairwise squared distances over twice the cluster size is the sum of squares
    around the centroid. ``clusGap`` of R's cluster sums unsquared distances by default (its ``d.power = 1``), and uses
    principal components.

    Examples
    --------
    Two clusters lower the sum of squares further in two tight groups than in data without any.

    >>> import cqm
    >>> def halves(points):
    ...     return points[:, 0] > points[:, 0].mean()
    >>> points = [[0.0], [1.0], [10.0], [11.0]]
    >>> bool(cqm.gap_statistic(points, [0, 0, 1, 1], clusterer=halves).gap > 0)
    True
    """
    if n_references < 1:
        raise ValueError(f"`n_references` must be at least 1, got {n_references}")
    if reference not in ("box", "principal"):
        raise ValueError(f'`reference` must be "box" or "principal", got {reference!r}')
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        min_clusters=1,
        coordinates="the gap statistic",
    )
    method, generator = labelling(clusterer), np.random.default_rng(seed)
    draw = _box(clustering) if reference == "box" else _principal(clustering)
    references = []
    for _ in range(n_references):
        points = draw(generator)
        found = validate(points, method(points), min_clusters=1)
        if found.k != clustering.k:
            raise ValueError(
                f"`clusterer` found {found.k} clusters in a reference set, but `labels` has {clustering.k}: "
                "give it the number of clusters"
            )
        references.append(_log_within(found))
    log_within = _log_within(clustering)
    with np.errstate(invalid="ignore"):
        gap = float(np.mean(references) - log_within)
        error = float(np.std(references) * np.sqrt(1 + 1 / n_references))
    return GapStatistic(gap, error, log_within, tuple(references))


def gap_choice(statistics: Mapping[int, GapStatistic]) -> int:
    """The smallest k whose gap is at least the next one's, less that one's standard error.

    Parameters
    ----------
    statistics : mapping of k to its gap statistic
        For successive k.

    Returns
    -------
    int
        The largest k when none qualifies.

    Raises
    ------
    ValueError
        `statistics` is empty, or a k between the smallest and the largest is missing.

    References
    ----------
    R. Tibshirani, G. Walther and T. Hastie, "Estimating the number of clusters in a data set via the gap statistic",
    Journal of the Royal Statistical Society B 63, 2001, section 3, step 3.

    Examples
    --------
    >>> from cqm import GapStatistic, gap_choice
    >>> gaps = {1: 0.1, 2: 0.9, 3: 0.95}
    >>> gap_choice({k: GapStatistic(gap, 0.1, 0.0, ()) for k, gap in gaps.items()})
    2
    """
    sizes = sorted(statistics)
    if not sizes:
        raise ValueError("`statistics` is empty: give the gap statistic of at least one k")
    missing = sorted(set(range(sizes[0], sizes[-1] + 1)) - set(sizes))
    if missing:
        raise ValueError(
            f"each k is held against the next, so `statistics` has to have every k from {sizes[0]} to {sizes[-1]}: "
            f"{', '.join(map(str, missing))} is missing"
        )
    for k, following in pairwise(sizes):
        if statistics[k].gap >= statistics[following].gap - statistics[following].standard_error:
            return k
    return sizes[-1]


def _log_within(clustering: Clustering) -> float:
    return float(logarithm(dispersion(clustering).within.sum()))


def _box(clustering: Clustering) -> Callable[[np.random.Generator], FloatArray]:
    points = clustering.points.rows(slice(0, clustering.n)).astype(np.float64, copy=False)
    low, high = points.min(axis=0), points.max(axis=0)
    return lambda generator: generator.uniform(low, high, size=points.shape)


def _principal(clustering: Clustering) -> Callable[[np.random.Generator], FloatArray]:
    points = clustering.points.rows(slice(0, clustering.n)).astype(np.float64, copy=False)
    center = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - center, full_matrices=False)  # rows are the components
    along = (points - center) @ axes.T
    low, high = along.min(axis=0), along.max(axis=0)
    return lambda generator: generator.uniform(low, high, size=along.shape) @ axes + center
