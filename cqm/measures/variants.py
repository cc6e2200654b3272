"""Measures generated from others: the value of each pair of clusters on its own."""

from collections.abc import Callable, Hashable, Iterator
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.reductions import distance_matrix
from cqm.measures.linkage import links_of_pairs, weakest_link, weakest_link_of
from cqm.parallel import in_order
from cqm.sharing import once, shared_work

__all__ = ["Over", "over_pairs", "over_pairs_of"]

Over = Literal["min", "mean", "max"]

REDUCE: dict[str, Callable[[NDArray[np.float64]], Any]] = {"min": np.min, "mean": np.mean, "max": np.max}
Core = Callable[[Clustering], float]
# Measures whose values for all pairs come from one pass: clustering → (k, k)
AT_ONCE: dict[Core, Callable[[Clustering], NDArray[np.float64]]] = {weakest_link_of: links_of_pairs}


def over_pairs(
    measure: Callable[..., float],
    X: Any,
    labels: Any,
    *,
    over: Over = "mean",
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
    **options: Any,
) -> float:
    r"""Smallest, mean or largest value of a measure over the pairs of clusters, each pair taken alone.

    .. math:: \min_{i < j} m(\{C_i, C_j\}),
              \qquad \frac{1}{\#} \sum_{i < j} m(\{C_i, C_j\}),
              \qquad \max_{i < j} m(\{C_i, C_j\})

    So every measure of two clusters becomes one of k clusters, in which a pair does not see the others. The direction
    is the measure's. The weakest link of all pairs takes one pass over the distances; another measure is called for
    each pair, with numpy arrays and on several threads, for the relative margin in time O(n³/k), polynomial at any k.

    Parameters
    ----------
    measure : callable
        A measure: ``measure(X, labels, metric=…, **options)`` → float.
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    over : {"min", "mean", "max"}
        What becomes of the pairs' values.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for, in whole numbers; 0 leaves it out.
    **options
        For the measure, such as `reading`.

    Returns
    -------
    float
        In the range of the measure. Two singletons have no value, and neither has a pair for which the measure is NaN:
        they are left out. NaN when no pair has a value.

    Raises
    ------
    ValueError
        Unknown `over`, fewer than 2 clusters, all singletons, unusable `X`, or what the measure refuses.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008,
    on generating measures from those of two clusters.

    Examples
    --------
    Steps inside the clusters are at most 1 and 2, the third cluster is one point; gaps are 10, 38 and 27.

    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [11.0], [13.0], [40.0]], ["a", "a", "b", "b", "c"]
    >>> cqm.over_pairs(cqm.weakest_link, points, labels, over="max")
    0.2
    """
    if over not in get_args(Over):
        raise ValueError(f"`over` must be one of {', '.join(get_args(Over))}; got {over!r}")
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    if measure is weakest_link:
        return over_pairs_of(clustering, weakest_link_of, over)

    def alone(pair: Clustering) -> float:
        points = pair.points.rows(slice(0, pair.n)) if not pair.distance.precomputed else distance_matrix(pair)
        return measure(points, pair.codes, metric=metric, **options)

    return over_pairs_of(clustering, alone, over)


def over_pairs_of(clustering: Clustering, core: Core, over: Over = "mean") -> float:
    """`over_pairs` of a validated clustering and a measure of such."""
    values = _values(clustering, core)
    return float(REDUCE[over](values)) if len(values) else float("nan")


@once
def _values(clustering: Clustering, core: Core) -> NDArray[np.float64]:
    """Values of the pairs that have one."""
    if core in AT_ONCE:
        sizes = clustering.sizes
        i, j = np.triu_indices(clustering.k, 1)
        values = AT_ONCE[core](clustering)[i, j][sizes[i] + sizes[j] > 2]
    else:

        def of_pair(pair: Clustering) -> float:
            with shared_work(apart=True):  # what a pair shares goes when the pair is done
                return core(pair)

        values = np.array(list(in_order(of_pair, _pairs(clustering))))
    return values[~np.isnan(values)]


def _pairs(clustering: Clustering) -> Iterator[Clustering]:
    """Each two clusters that are not both singletons."""
    sizes = clustering.sizes
    for i, j in combinations(range(clustering.k), 2):
        if sizes[i] + sizes[j] > 2:
            yield clustering.only(np.concatenate([np.arange(*clustering.starts[[c, c + 1]]) for c in (i, j)]))
