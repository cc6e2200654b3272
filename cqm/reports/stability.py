"""How often each cluster is found again when the points are drawn anew."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cqm.estimators import labelling
from cqm.external import adjusted_rand
from cqm.reports.resampling import clusters, copied_rows, generator, joint_counts, points_of
from cqm.reports.spaces import is_pipeline, takes_distances
from cqm.tables import html_table, text_table

__all__ = ["ClusterStability", "cluster_stability"]

DISSOLVED, RECOVERED = 0.5, 0.75  # Hennig 2007, section 3
"""A cluster whose best match is at most, or at least, so alike is dissolved, or recovered."""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterStability:
    """How well each cluster is found again in resamples.

    Attributes
    ----------
    labels : label of each cluster.
    sizes : (k,) number of points.
    jaccard : (k,) mean Jaccard index between the cluster and its best match; above 0.75 it is stable, below 0.6 it
        should not be trusted (Hennig 2007).
    recovered : (k,) share of the resamples in which that index is at least 0.75.
    dissolved : (k,) share in which it is at most 0.5.
    agreement : (n_resamples,) adjusted Rand index of each resample's clustering with the original one.
    """

    labels: tuple[Hashable, ...]
    sizes: NDArray[np.intp]
    jaccard: NDArray[np.float64]
    recovered: NDArray[np.float64]
    dissolved: NDArray[np.float64]
    agreement: NDArray[np.float64]

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (str(label), str(size), f"{jaccard:.3f}", f"{recovered:.0%}", f"{dissolved:.0%}")
            for label, size, jaccard, recovered, dissolved in zip(
                self.labels, self.sizes, self.jaccard, self.recovered, self.dissolved, strict=True
            )
        ]

    @property
    def _title(self) -> str:
        return f"{len(self.agreement)} resamples, mean adjusted Rand index {self.agreement.mean():.3f}"

    def __str__(self) -> str:
        return text_table(self._title, ("cluster", "size", "Jaccard", "recovered", "dissolved"), self._rows())

    def _repr_html_(self) -> str:
        return html_table(self._title, ("cluster", "size", "Jaccard", "recovered", "dissolved"), self._rows())


def cluster_stability(
    X: Any,
    clusterer: Any,
    *,
    resampling: Literal["bootstrap", "subset"] = "bootstrap",
    n_resamples: int = 100,
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    random_state: int | None = None,
) -> ClusterStability:
    r"""Jaccard index between each cluster and its best match in clusterings of resampled points.

    .. math:: \gamma(C, C') = \frac{|C \cap C'|}{|C \cup C'|}

    over the points that were drawn, maximal over the clusters C' of the resample's clustering, averaged over resamples.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) for a clusterer that takes distances
        The points, or what is precomputed of them.
    clusterer : scikit-learn clusterer, or function of points that returns labels
        Estimators are cloned; clusterings whose number of clusters is not fixed are welcome, and so are pipelines.
    resampling : {"bootstrap", "subset"}
        n points with replacement, or half of the points without.
    n_resamples : int
        Number of resamples.
    noise_label : hashable, optional
        Points with this label belong to no cluster: −1 for DBSCAN and its kin.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    random_state : int, optional
        Seed of the resampling.

    Returns
    -------
    ClusterStability

    Raises
    ------
    TypeError
        `clusterer` is neither an estimator nor a function.
    ValueError
        The clusterer finds no cluster at all, or takes distances and `X` is not square; or there are no resamples.

    References
    ----------
    C. Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52, 2007,
    section 3.

    Examples
    --------
    Two pairs far apart are found again whenever both of them are drawn.

    >>> from sklearn.cluster import AgglomerativeClustering
    >>> import cqm
    >>> points = [[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]]
    >>> stability = cqm.cluster_stability(points, AgglomerativeClustering(2), resampling="subset", random_state=0)
    >>> bool(stability.jaccard.min() > 0.6)
    True
    """
    points, method, rng = points_of(X), labelling(clusterer), generator(n_resamples, random_state)
    rows_of_points = np.arange(len(points)) if sample_weight is None else copied_rows(sample_weight, len(points))
    square = points.shape[0] == points.shape[1]
    between = takes_distances(clusterer) and (
        square or not is_pipeline(clusterer)
    )  # which may make distances of points
    if between and not square:
        raise ValueError(
            f"`clusterer` takes distances, a square matrix, but `X` has shape {points.shape}: pass distances, or a "
            "clusterer of vectors"
        )

    def drawn_points(rows: NDArray[np.intp]) -> NDArray[Any]:
        rows = rows_of_points[rows]
        return points[np.ix_(rows, rows)] if between else points[rows]

    n = len(rows_of_points)
    codes, classes = clusters(method(drawn_points(np.arange(n))), noise_label)
    if not classes:
        raise ValueError("`clusterer` found no cluster, only noise: nothing can be found again")
    best, agreement = np.zeros((n_resamples, len(classes))), np.zeros(n_resamples)
    for resample in range(n_resamples):
        rows = _draw(n, resampling, rng)
        found, _ = clusters(method(drawn_points(rows)), noise_label)
        rows, first = np.unique(rows, return_index=True)  # a point that was drawn twice counts once
        before, after = codes[rows], found[first]
        best[resample] = _best_matches(before, after, len(classes))
        agreement[resample] = adjusted_rand(before, after)
    drawn = ~np.isnan(best)  # no point of a small cluster may have been drawn
    counts = drawn.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return ClusterStability(
            labels=classes,
            sizes=np.bincount(codes[codes >= 0], minlength=len(classes)),
            jaccard=np.where(drawn, best, 0).sum(axis=0) / counts,
            recovered=(best >= RECOVERED).sum(axis=0) / counts,
            dissolved=(best <= DISSOLVED).sum(axis=0) / counts,
            agreement=agreement,
        )


def _draw(n: int, resampling: str, rng: np.random.Generator) -> NDArray[np.intp]:
    if resampling == "bootstrap":
        return rng.integers(n, size=n)
    if resampling == "subset":
        return rng.choice(n, (n + 1) // 2, replace=False)
    raise ValueError(f'`resampling` must be "bootstrap" or "subset", got {resampling!r}')


def _best_matches(before: NDArray[np.intp], after: NDArray[np.intp], k: int) -> NDArray[np.float64]:
    """(k,) Jaccard index of each cluster and the most alike of the others; NaN where none of its points is here."""
    joint = joint_counts(before, after, (k, max(after.max(initial=-1) + 1, 1)))
    sizes = np.bincount(before[before >= 0], minlength=k)
    others = np.bincount(after[after >= 0], minlength=joint.shape[1])
    union = sizes[:, None] + others - joint
    best = np.max(joint / np.maximum(union, 1), axis=1)
    return np.where(sizes > 0, best, np.nan)
