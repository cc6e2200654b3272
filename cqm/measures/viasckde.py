"""VIASCKDE index (Şenol 2022)."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.engine import MINIMUM
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.nearest import own_and_nearest, two_nearest
from cqm.geometry.pairs import without_itself

__all__ = ["viasckde", "viasckde_of"]

EQUAL = 1e-9  # densities that differ by less than this share of them are equal


def viasckde(
    X: Any,
    labels: Any,
    *,
    bandwidth: float = 0.05,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""VIASCKDE: how much nearer the nearest point of another cluster is than that of the own, where points are dense.

    .. math:: \frac{1}{n} \sum_x w(x) \frac{b(x) - a(x)}{\max(a(x), b(x))}

    with a(x) the distance to the nearest other point of the cluster, b(x) to the nearest point of another one, and w(x)
    the Gaussian kernel density at x, scaled to run from 0 to 1 over its cluster. Higher is better; any shape of cluster
    will do. O(n²) time.

    The bandwidth is a distance, and 0.05 the author's, for data of about unit size: scale the data, or the bandwidth.
    One that is small beside the distances ranks points by their nearest neighbour alone. Densities that differ by less
    than a billionth count as equal.

    **Who differs.** The author's package, viasckde, takes densities as equal below a difference of 1e-12, which makes
    all weights 0 where the bandwidth is small; here it is the quotient that counts. An earlier program of his
    scales logarithms of densities, and takes a mean, weighted by cumulative sizes, of cumulative means over clusters.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points.
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    bandwidth : float
        h, the standard deviation of the kernel.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In (−1, 1). A point that is alone in its cluster adds 0, as do clusters whose points have equal densities, and
        points with a = b = 0.

    Raises
    ------
    ValueError
        Fewer than 2 clusters, all singletons, unusable `X`, or `bandwidth` is not positive.

    References
    ----------
    A. Şenol, "VIASCKDE index: a novel internal cluster validity index for arbitrary-shaped clusters based on the kernel
    density estimation", Computational Intelligence and Neuroscience 2022, 4059302, Algorithm 1.

    Examples
    --------
    The weights are 0, 1, 0.12 and 1, 0: in a cluster of two, the one nearer to the others is denser. The scores of
    those that count are 4.1/5, 3.2/4.1 and 3.1/4.1.

    >>> import cqm
    >>> points = [[0.0], [1.0], [1.9], [6.0], [7.0]]
    >>> round(cqm.viasckde(points, [0, 0, 0, 1, 1], bandwidth=1), 4)
    0.3341
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    return viasckde_of(clustering, bandwidth)


def viasckde_of(clustering: Clustering, bandwidth: float = 0.05) -> float:
    """`viasckde` of a validated clustering."""
    if not 0 < bandwidth < np.inf:
        raise ValueError(f"`bandwidth` must be a positive number, got {bandwidth}")
    first, codes = clustering.starts[:-1], clustering.codes
    own, other, _ = clustering.points.per_point(MINIMUM, own_and_nearest, merge=two_nearest).T
    density = _densities(clustering, np.minimum.reduceat(np.minimum(own, other), first)[codes], bandwidth)
    least, most = (extreme.reduceat(density, first)[codes] for extreme in (np.minimum, np.maximum))
    larger, alone = np.maximum(own, other), np.isinf(own)
    counts = ~alone & (most - least > EQUAL * most) & (larger > 0)
    own, larger, most = (np.where(counts, values, 1.0) for values in (own, larger, most))
    least = np.where(counts, least, 0.0)
    return float(np.where(counts, (density - least) / (most - least) * ((other - own) / larger), 0.0).mean())


def _densities(clustering: Clustering, nearest: FloatArray, bandwidth: float) -> FloatArray:
    """(n,) Σ over the other points of exp(−d²/(2h²)), in units of its value at the distance `nearest`, (n,)."""
    points = clustering.points
    scaled = points.here((nearest / bandwidth) ** 2 / 2)

    def visit(a: slice, b: slice, tile: Any) -> tuple[Any]:
        xp = array_namespace(tile)
        apart = tile / bandwidth
        exponents = without_itself(a, b, apart * apart / -2, -np.inf)
        return (xp.sum(xp.exp(exponents + scaled[a][:, None]), axis=1),)

    (out,) = points.fold_points(visit, lambda x, y: (x[0] + y[0],), (0.0,))
    return out
