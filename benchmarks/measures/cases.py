"""What is timed: measures, the programs that compute them, and the data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CQM", "MEASURES", "ONE_PASS", "Case", "Measure", "points"]

CQM, ONE_PASS = "cqm", "one pass over the distances"
SIZES, FEATURES, CLUSTERS = (1_000, 4_000, 10_000, 20_000, 100_000), (32, 256), (10, 40)
WARM_UP = 1_200  # points of a first call that is not timed: enough for several tiles

Points = NDArray[np.floating]
Labels = NDArray[np.intp]
Program = Callable[[Points, Labels], float]


@dataclass(frozen=True)
class Case:
    """n points with d features in k clusters."""

    measure: str
    n: int
    d: int
    k: int

    @property
    def small(self) -> "Case":
        """The same with few points."""
        return replace(self, n=max(WARM_UP, 2 * self.k))


@dataclass(frozen=True)
class Measure:
    """A measure, who computes it, and what bounds its speed.

    Attributes
    ----------
    title : what the page calls it.
    programs : name → function of points and labels; the first is ours.
    bound : "pairs" (half a matrix product and a root a pair), "extremes" (half a product in float32), "centroids" (a
        product with the centroids), "pass" (the data read once), or "" where no such bound is known.
    growth : power of n that the time of every program grows with.
    value_is : what the returned number is, where it is not the measure itself.
    shapes : (n, d, k) that are timed.
    dtype : precision of the points.
    """

    title: str
    programs: dict[str, Program]
    bound: str = ""
    growth: int = 2
    value_is: str = ""
    shapes: tuple[tuple[int, int, int], ...] = tuple(product(SIZES, FEATURES, CLUSTERS))
    dtype: str = "float64"

    def cases_of(self, name: str) -> Iterator[Case]:
        """All cases, small ones first."""
        return (Case(name, *shape) for shape in self.shapes)


def points(case: Case, seed: int = 0) -> tuple[Points, Labels]:
    """Normal clusters around normal centres: the clusters touch, as those of real embeddings do."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(case.k, case.d))
    labels = rng.permutation(np.arange(case.n) % case.k)
    data = centres[labels]
    for rows in np.array_split(np.arange(case.n), max(1, case.n // 10_000)):
        data[rows] += rng.normal(size=(len(rows), case.d))
    return data.astype(MEASURES[case.measure].dtype, copy=False), labels


def of_cqm(name: str, **options: Any) -> Program:
    def run(X: Points, labels: Labels) -> float:
        import cqm

        return getattr(cqm, name)(X, labels, **options)

    return run


def in_double(program: Program) -> Program:
    return lambda X, labels: program(X.astype(np.float64), labels)


def bracket_width(X: Points, labels: Labels) -> float:
    import cqm

    return cqm.relative_margin_bounds(X, labels).width


def one_pass(X: Points, labels: Labels) -> float:
    """Every distance made once, and nothing done with it; the largest row number comes back."""
    from cqm.arrays.intake import validate

    return float(validate(X, labels).points.fold(lambda a, b, tile: b.stop, max))


def of_scikit_learn(name: str, X: Points, labels: Labels, **options: Any) -> float:
    import sklearn.metrics

    return getattr(sklearn.metrics, name)(X, labels, **options)


def of_genieclust(name: str, sign: int, X: Points, labels: Labels, *options: int) -> float:
    from genieclust import cluster_validity

    return sign * getattr(cluster_validity, name)(X, labels, *options)


def of_permetrics(name: str, X: Points, labels: Labels, **options: Any) -> float:
    from permetrics import ClusteringMetric

    return getattr(ClusteringMetric(X=X, y_pred=labels), name)(**options)


def of_hdbscan(X: Points, labels: Labels) -> float:
    from hdbscan.validity import validity_index

    return float(validity_index(X, labels))


def by_scipy(X: Points, labels: Labels) -> float:
    """Weakest link from scipy's spanning trees and distances, cluster by cluster."""
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import cdist

    clusters = [X[labels == label] for label in np.unique(labels)]
    step = max(minimum_spanning_tree(cdist(cluster, cluster)).data.max() for cluster in clusters)
    gap = min(cdist(a, b).min() for i, a in enumerate(clusters) for b in clusters[:i])
    return float(step / gap)


def dunn_of_genieclust(X: Points, labels: Labels) -> float:
    return of_genieclust("generalised_dunn_index", 1, X, labels, 1, 1)


SKLEARN_SILHOUETTE = partial(of_scikit_learn, "silhouette_score")
MEASURES = {
    "silhouette": Measure(
        "silhouette",
        {
            CQM: of_cqm("silhouette"),
            "scikit-learn": SKLEARN_SILHOUETTE,
            "genieclust": partial(of_genieclust, "silhouette_index", 1),
            "permetrics": partial(of_permetrics, "silhouette_index"),
        },
        bound="pairs",
    ),
    "silhouette_cosine": Measure(
        "silhouette, cosine",
        {
            CQM: of_cqm("silhouette", metric="cosine"),
            "scikit-learn": partial(SKLEARN_SILHOUETTE, metric="cosine"),
        },
        bound="centroids",
    ),
    "silhouette_sqeuclidean": Measure(
        "silhouette, squared Euclidean",
        {
            CQM: of_cqm("silhouette", metric="sqeuclidean"),
            "scikit-learn": partial(SKLEARN_SILHOUETTE, metric="sqeuclidean"),
        },
        bound="centroids",
    ),
    "silhouette_float32": Measure(
        "silhouette of float32 points",
        {
            CQM: of_cqm("silhouette"),
            "cqm in float64": in_double(of_cqm("silhouette")),
            "scikit-learn": SKLEARN_SILHOUETTE,
        },
        bound="pairs",
        shapes=((10_000, 32, 10), (20_000, 32, 10), (10_000, 256, 10), (20_000, 256, 10)),
        dtype="float32",
    ),
    "dunn": Measure(
        "Dunn",
        {
            CQM: of_cqm("dunn"),
            "genieclust": dunn_of_genieclust,
            "permetrics": partial(of_permetrics, "dunn_index", use_modified=False),
        },
        bound="extremes",
    ),
    "weakest_link": Measure(
        "weakest link",
        {CQM: of_cqm("weakest_link"), "scipy, put together": by_scipy, ONE_PASS: one_pass},
        bound="extremes",
    ),
    "dbcv": Measure(
        "DBCV", {CQM: of_cqm("dbcv"), "hdbscan": of_hdbscan, "permetrics": partial(of_permetrics, "DBCVI")}
    ),
    "davies_bouldin": Measure(
        "Davies–Bouldin",
        {
            CQM: of_cqm("davies_bouldin"),
            "scikit-learn": partial(of_scikit_learn, "davies_bouldin_score"),
            "genieclust": partial(of_genieclust, "negated_davies_bouldin_index", -1),
            "permetrics": partial(of_permetrics, "davies_bouldin_index"),
        },
        bound="pass",
        growth=1,
        shapes=(*product(SIZES, FEATURES, CLUSTERS), (200_000, 192, 2_000)),
    ),
    "calinski_harabasz": Measure(
        "Caliński–Harabasz",
        {
            CQM: of_cqm("calinski_harabasz"),
            "scikit-learn": partial(of_scikit_learn, "calinski_harabasz_score"),
            "genieclust": partial(of_genieclust, "calinski_harabasz_index", 1),
            "permetrics": partial(of_permetrics, "calinski_harabasz_index"),
        },
        bound="pass",
        growth=1,
        shapes=(*product(SIZES, FEATURES, CLUSTERS), (200_000, 192, 2_000)),
    ),
    "relative_margin": Measure(
        "relative margin, exact", {CQM: of_cqm("relative_margin")}, shapes=((1_000, 32, 3), (1_000, 256, 3))
    ),
    "relative_margin_bounds": Measure(
        "bounds of the relative margin",
        {CQM: bracket_width},
        value_is="width as a share of the upper end",
        shapes=((1_000, 32, 10), (4_000, 32, 10), (4_000, 256, 40), (4_874, 192, 40)),
    ),
}
