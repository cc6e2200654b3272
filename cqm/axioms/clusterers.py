"""Clustering functions in Kleinberg's sense: distances in, a partition out.

Single linkage with his three stopping rules and the optimum of the k-medoids loss are written out; the others are
scikit-learn's and SciPy's. Points that DBSCAN and HDBSCAN call noise become clusters of their own, since a clustering
function returns a partition of all points.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from inspect import Parameter, signature
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FUNCTIONS",
    "TOLD_FUNCTIONS",
    "agglomerative",
    "dbscan",
    "function_of",
    "hdbscan",
    "is_clusterer",
    "is_clustering_function",
    "is_told",
    "joined",
    "k_means",
    "k_medoids",
    "least_squares",
    "linked",
    "single_linkage",
    "spectral",
    "takes_points",
    "ward",
    "ward_linked",
]

Distances = Sequence[Sequence[float]]


def single_linkage(
    distances: Distances, *, k: int | None = None, alpha: float | None = None, r: float | None = None
) -> list[int]:
    """Connected components of the short edges, by one of Kleinberg's three stopping rules (2002, §2).

    Parameters
    ----------
    distances : (n, n) distances.
    k : stop as soon as there are k clusters; edges of equal length are taken in the order of their points.
    alpha : take the edges that are at most `alpha` times the longest distance.
    r : take the edges that are at most `r` long.

    Returns
    -------
    list of int
        The label of each point.

    Examples
    --------
    >>> d = [[0, 1, 5], [1, 0, 4], [5, 4, 0]]
    >>> single_linkage(d, k=2), single_linkage(d, alpha=0.9), single_linkage(d, r=0.5)
    ([0, 0, 2], [0, 0, 0], [0, 1, 2])
    """
    if [k, alpha, r].count(None) != 2:
        raise ValueError(f"single linkage needs one stopping rule: k, alpha or r; got k={k}, alpha={alpha}, r={r}")
    n = len(distances)
    labels = list(range(n))
    edges = sorted((distances[x][y], y, x) for x in range(n) for y in range(x))
    longest = max((length for length, _, _ in edges), default=0)
    for length, y, x in edges:
        if k is not None and len(set(labels)) <= k:
            break
        if (alpha is not None and length > alpha * longest) or (r is not None and length > r):
            break
        low, high = sorted((labels[x], labels[y]))
        labels = [low if label == high else label for label in labels]
    return labels


def k_medoids(distances: Distances, *, k: int) -> list[int]:
    """Clusters of the k points to which the others are closest in sum: the optimum, by trying all sets of k points."""
    n = len(distances)
    best = min(
        combinations(range(n), k), key=lambda centres: sum(min(distances[x][c] for c in centres) for x in range(n))
    )
    return [min(best, key=lambda c: (distances[x][c], c)) for x in range(n)]


def agglomerative(distances: Distances, *, k: int, method: str) -> NDArray[np.intp]:
    """Cut SciPy's dendrogram ("complete", "average", …) where there are k clusters."""
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(np.asarray(distances, dtype=float)), method=method)
    return np.asarray(cut_tree(tree, n_clusters=k)[:, 0])


def dbscan(distances: Distances, *, eps: float, min_samples: int) -> list[int]:
    """Run scikit-learn's DBSCAN on distances."""
    from sklearn.cluster import DBSCAN

    model = DBSCAN(eps=eps, min_samples=min_samples, metric="precomputed")
    return noise_apart(model.fit_predict(np.asarray(distances, dtype=float)))


def hdbscan(distances: Distances, *, min_cluster_size: int) -> list[int]:
    """Run scikit-learn's HDBSCAN on distances."""
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(min_cluster_size=min_cluster_size, metric="precomputed", copy=True, allow_single_cluster=True)
    return noise_apart(model.fit_predict(np.asarray(distances, dtype=float)))


def spectral(distances: Distances, *, k: int) -> NDArray[np.intp]:
    """Run scikit-learn's spectral clustering, with similarity exp(−d / mean d).

    Where eigenvalues tie, rounding chooses among clusterings, and another machine chooses another: ValueError.
    """
    from sklearn.cluster import SpectralClustering
    from sklearn.metrics import adjusted_rand_score

    d = np.asarray(distances, dtype=float)
    tilt = 1e-9 * np.random.default_rng(0).uniform(-1, 1, d.shape)
    model = SpectralClustering(n_clusters=k, affinity="precomputed", random_state=0, assign_labels="cluster_qr")
    labels, *tilted = (
        model.fit_predict(np.exp(-each / each.mean())) for each in (d, d * (1 + tilt + tilt.T), d * (1 - tilt - tilt.T))
    )
    if any(adjusted_rand_score(labels, others) < 1 for others in tilted):
        raise ValueError("the clusters hang on rounding: eigenvalues tie")
    return labels


def k_means(points: Distances, *, k: int) -> NDArray[np.intp]:
    """Run scikit-learn's k-means on points, with ten restarts."""
    from sklearn.cluster import KMeans

    return KMeans(n_clusters=k, n_init=10, random_state=0).fit_predict(np.asarray(points, dtype=float))


def ward(points: Distances, *, k: int) -> NDArray[np.intp]:
    """Run scikit-learn's agglomerative clustering of points with Ward's criterion."""
    from sklearn.cluster import AgglomerativeClustering

    return AgglomerativeClustering(n_clusters=k, linkage="ward").fit_predict(np.asarray(points, dtype=float))


Members = Sequence[int]


def joined(n: int, *, k: int, apart: Callable[[Members, Members], Any]) -> list[int]:
    """Join the two nearest of n points, then of clusters, until there are k; of equally near ones those listed first.

    Parameters
    ----------
    n, k : numbers of points and of clusters.
    apart : distance of two clusters, which are given by their points.

    Examples
    --------
    >>> places = [0, 1, 3, 4]
    >>> joined(4, k=2, apart=lambda a, b: max(abs(places[x] - places[y]) for x in a for y in b))
    [0, 0, 2, 2]
    """
    clusters = [[x] for x in range(n)]
    lengths = {(x, y): apart([x], [y]) for y in range(n) for x in range(y)}  # by the first points of two clusters
    while len(clusters) > k:
        first, second = min(lengths, key=lambda pair: (lengths[pair], pair))
        one, other = (next(c for c in clusters if c[0] == x) for x in (first, second))
        clusters.remove(other)
        one += other
        lengths = {pair: length for pair, length in lengths.items() if second not in pair and first not in pair}
        for cluster in clusters:
            if cluster is not one:
                lengths[min(first, cluster[0]), max(first, cluster[0])] = apart(one, cluster)
    return [next(members[0] for members in clusters if x in members) for x in range(n)]


def linked(distances: Distances, *, k: int, linkage: Callable[[Iterable[float]], float]) -> list[int]:
    """`joined` by a linkage: of the distances between the points of two clusters, such as `max`."""
    return joined(len(distances), k=k, apart=lambda a, b: linkage([distances[x][y] for x in a for y in b]))


def ward_linked(points: Distances, *, k: int) -> list[int]:
    """`joined` by what W grows by, in exact arithmetic: |A| |B| / (|A| + |B|) · ‖c_A − c_B‖²."""
    rows = [[Fraction(float(value)) for value in row] for row in points]

    def apart(a: Members, b: Members) -> Fraction:
        centres = ([sum(axis) / len(c) for axis in zip(*(rows[x] for x in c), strict=True)] for c in (a, b))
        square = sum(((u - v) ** 2 for u, v in zip(*centres, strict=True)), start=Fraction(0))
        return Fraction(len(a) * len(b), len(a) + len(b)) * square

    return joined(len(rows), k=k, apart=apart)


def least_squares(points: Distances, *, k: int) -> list[int]:
    """The k clusters with the least sum of squares, by trying all; of equally good ones, one that the order decides.

    In exact arithmetic: W is the sum over clusters of Σ over pairs of squared distances / size.
    """
    rows = [[Fraction(float(value)) for value in row] for row in points]
    different = list(dict.fromkeys(map(tuple, rows)))  # copies go together
    weight = [rows.count(list(point)) for point in different]
    square = [
        [sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), start=Fraction(0)) for y in different]
        for x in different
    ]

    @cache
    def scatter(mask: int) -> Fraction:
        members = [x for x in range(len(different)) if mask >> x & 1]
        pairs = sum(
            (weight[x] * weight[y] * square[x][y] for x in members for y in members if y < x), start=Fraction(0)
        )
        return pairs / sum(weight[x] for x in members)

    @cache
    def best(mask: int, parts: int) -> tuple[Fraction, tuple[int, ...]] | None:
        """Least W of the points of a mask in so many clusters, and the clusters, that of the first point first."""
        if parts == 1:
            return (scatter(mask), (mask,)) if mask else None
        first = mask & -mask
        rest, found = mask ^ first, None
        part = rest
        while True:  # every subset of the rest, to go with the first point
            other = best(rest ^ part, parts - 1) if rest ^ part else None
            if other is not None:
                total = scatter(first | part) + other[0]
                if found is None or total < found[0]:
                    found = total, (first | part, *other[1])
            if part == 0:
                return found
            part = (part - 1) & rest

    optimum = best((1 << len(different)) - 1, k)
    if optimum is None:
        raise ValueError(f"{len(different)} different points make no {k} clusters")
    place = {point: x for x, point in enumerate(different)}
    return [next(i for i, mask in enumerate(optimum[1]) if mask >> place[tuple(row)] & 1) for row in rows]


def noise_apart(labels: NDArray[np.intp]) -> list[int]:
    """Give every noise point (label −1) a label of its own."""
    top = int(labels.max(initial=-1)) + 1
    return [int(label) if label >= 0 else top + x for x, label in enumerate(labels)]


def is_clusterer(thing: Any) -> bool:
    """Whether it is an estimator that clusters, or a class of such ones."""
    return hasattr(thing, "fit_predict")


def is_clustering_function(thing: Any) -> bool:
    """Whether it is a function of data alone, or of data and the number `k` of clusters."""
    wanted = _wanted(thing)
    return len(wanted) == 1 or (len(wanted) == 2 and wanted[1] == "k")


def is_told(function: Callable[..., Any]) -> bool:
    """Whether a clustering function has to be told the number of clusters, by an argument `k` without a default."""
    return "k" in _wanted(function)


def takes_points(function: Callable[..., Any]) -> bool:
    """Whether a clustering function calls its data X."""
    return _wanted(function)[:1] == ["X"]


def _wanted(function: Any) -> list[str]:
    """The arguments without a default."""
    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    several = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return [each.name for each in parameters if each.default is Parameter.empty and each.kind not in several]


def function_of(estimator: Any) -> tuple[Callable[[Any], Any], Literal["distances", "points"]]:
    """An estimator as a clustering function, fitted anew on every call; and what that takes."""
    from sklearn.base import clone

    if isinstance(estimator, type):
        raise TypeError(f"pass an estimator, such as {estimator.__name__}(), and not its class")
    if getattr(estimator, "affinity", None) == "precomputed":
        raise ValueError(
            f"{type(estimator).__name__} takes similarities: pass a function of distances that makes them and clusters"
        )
    needs: Literal["distances", "points"] = "points"
    if getattr(estimator, "metric", None) == "precomputed":
        needs = "distances"
    return lambda X: clone(estimator).fit_predict(X), needs


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Literal["distances", "points"]]] = {
    "single linkage, k = 2": (lambda d: single_linkage(d, k=2), "distances"),
    "single linkage, edges ≤ max/2": (lambda d: single_linkage(d, alpha=0.5), "distances"),
    "single linkage, edges ≤ 4": (lambda d: single_linkage(d, r=4), "distances"),
    "complete linkage, k = 2": (lambda d: agglomerative(d, k=2, method="complete"), "distances"),
    "average linkage, k = 2": (lambda d: agglomerative(d, k=2, method="average"), "distances"),
    "k-medoids, k = 2": (lambda d: k_medoids(d, k=2), "distances"),
    "DBSCAN, eps = 4": (lambda d: dbscan(d, eps=4, min_samples=2), "distances"),
    "HDBSCAN, size ≥ 2": (lambda d: hdbscan(d, min_cluster_size=2), "distances"),
    "spectral, k = 2": (lambda d: spectral(d, k=2), "distances"),
    "k-means, k = 2": (lambda x: k_means(x, k=2), "points"),
    "Ward, k = 2": (lambda x: ward(x, k=2), "points"),
}
"""The functions of docs/axioms.md: name → function, and whether it takes distances or points."""


def _mean(lengths: Iterable[float]) -> float:
    """The mean, rounded once where lengths are whole numbers."""
    found = list(lengths)
    return sum(found) / len(found)


TOLD_FUNCTIONS: dict[str, tuple[Callable[[Any, int], Any], Literal["distances", "points"]]] = {
    "single linkage": (lambda d, k: single_linkage(d, k=k), "distances"),
    "complete linkage": (lambda d, k: linked(d, k=k, linkage=max), "distances"),
    "average linkage": (lambda d, k: linked(d, k=k, linkage=_mean), "distances"),
    "k-medoids": (lambda d, k: k_medoids(d, k=k), "distances"),
    "k-means": (lambda x, k: least_squares(x, k=k), "points"),
    "Ward": (lambda x, k: ward_linked(x, k=k), "points"),
}
"""Those that are told the number of clusters; k-medoids and k-means stand for the optimum of their losses."""
