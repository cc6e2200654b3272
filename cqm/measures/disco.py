"""Density-based internal score for clusterings with noise (Beer et al. 2026)."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from cqm.arrays.clustering import Clustering, repeated
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.connectivity import connectivity
from cqm.measures.silhouette import scores

__all__ = ["disco", "disco_of", "sample_disco"]


def disco(
    X: Any,
    labels: Any,
    *,
    min_points: int = 5,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""DISCO: silhouettes in density-connectivity, and a score of each noise point for being sparse and far.

    .. math:: \frac{1}{n} \sum_x \rho(x), \qquad
              \rho(x) = \frac{b(x) - a(x)}{\max(a(x), b(x))} \text{ in a cluster}, \qquad
              \rho(x) = \min_i \min\Bigl(\frac{\kappa(x) - \kappa_i}{\max(\kappa(x), \kappa_i)},
                        \frac{d_i(x) - \kappa_i}{\max(d_i(x), \kappa_i)}\Bigr) \text{ of noise}

    The core distance :math:`\kappa(x)` is the distance to the nearest point of rank `min_points`, x itself the first;
    the density-connectivity distance of x and y is the least, over the ways from x to y through all points, of the
    largest step, where a step's length is the largest of both core distances and the distance. a and b are the mean
    distances of the silhouette in that distance; :math:`\kappa_i` is the largest core distance of cluster i, and
    :math:`d_i(x)` the distance of x to its nearest point. Higher is better; any shape of cluster will do. Unlike other
    measures it asks whether noise is noise: a point in the middle of a cluster scores below 0 as noise, one far away in
    a sparse region above 0. O(n²) time for the tree, O(n·k) for the sums.

    **Conventions**, as in the authors' program: noise takes part in ways and core distances; beside a single cluster,
    every noise point counts as a cluster of its own; a single cluster without noise scores 0, and so does a point that
    is alone in its cluster. Where there are fewer than `min_points` points, the farthest one sets the core distance;
    the program refuses these, and scores −1 where all is noise, which is an error here, as there is no cluster.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points, noise included.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    min_points : int
        Rank of the neighbour that the core distance goes to, the point itself counted.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are noise.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [−1, 1].

    Raises
    ------
    ValueError
        No cluster, all singletons, unusable `X`, or `min_points` below 1.

    References
    ----------
    A. Beer, L. Krieger, P. Weber, M. Ritzert, I. Assent and C. Plant, "DISCO: internal evaluation of density-based
    clustering", arXiv:2503.00127; in ICLR 2026 as "Internal evaluation of density-based clusterings with noise".

    Examples
    --------
    Steps inside are 1, the way to the other cluster has one of 8. The noise point's core distance is 12, and so is its
    way to the cluster.

    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0], [24.0]], [0, 0, 0, 1, 1, 1, -1]
    >>> round(cqm.disco(points, labels, min_points=2, noise_label=-1), 6) == round((6 * 7 / 8 + 11 / 12) / 7, 6)
    True
    """
    return disco_of(_validated(X, labels, metric, noise_label, sample_weight), min_points)


def disco_of(clustering: Clustering, min_points: int = 5) -> float:
    """`disco` of a validated clustering."""
    return float(_samples(_everything(clustering), clustering.k, min_points).mean())


def sample_disco(
    X: Any,
    labels: Any,
    *,
    min_points: int = 5,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> Any:
    """Score of each point, noise included, in input order; their mean is :func:`cqm.disco`.

    Parameters and errors are those of :func:`cqm.disco`.

    Returns
    -------
    array of shape (n,)
        In [−1, 1], of the library and on the device of `X`.

    Examples
    --------
    >>> import cqm
    >>> points, labels = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0], [1.5]], [0, 0, 0, 1, 1, 1, -1]
    >>> cqm.sample_disco(points, labels, min_points=2, noise_label=-1).round(3)
    array([ 0.875,  0.906,  0.906,  0.875,  0.875,  0.875, -0.5  ])
    """
    clustering = _validated(X, labels, metric, noise_label, sample_weight)
    everything = _everything(clustering)
    return everything.to_input_order(_samples(everything, clustering.k, min_points))


def _validated(X: Any, labels: Any, metric: Metric, noise_label: Hashable | None, sample_weight: Any) -> Clustering:
    return validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight, min_clusters=1)


def _everything(clustering: Clustering) -> Clustering:
    """The clusters, and noise as a last one where there is any."""
    return clustering if clustering.with_noise is None else repeated(clustering.with_noise())


def _samples(everything: Clustering, k: int, min_points: int) -> FloatArray:
    """(n,) scores of the ordered points, of which those after the first k clusters are noise."""
    if min_points < 1:
        raise ValueError(f"`min_points` must be at least 1, got {min_points}")
    n, clustered = everything.n, int(everything.starts[k])
    core, sums, nearest = connectivity(everything, min(min_points, n) - 1)
    out = np.zeros(n)
    widest = np.maximum.reduceat(core[:clustered], everything.starts[:k])
    reach = np.stack([np.repeat(core[clustered:, None], k, axis=1), nearest[clustered:, :k]])
    larger = np.maximum(reach, widest)
    beyond = np.divide(reach - widest, larger, out=np.zeros_like(larger), where=larger > 0)
    out[clustered:] = beyond.min(axis=(0, 2), initial=1.0)
    rows, codes, sizes = np.arange(clustered), everything.codes[:clustered], everything.sizes[:k].astype(np.float64)
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    if k > 1:
        others = sums[:clustered, :k] / sizes
        others[rows, codes] = np.inf
        out[:clustered] = scores(own, others.min(axis=1), sizes[codes])
    elif clustered < n:
        out[:clustered] = scores(own, nearest[:clustered, k], sizes[codes])
    return out
