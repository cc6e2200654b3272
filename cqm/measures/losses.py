"""Losses that clustering methods minimise, divided by the loss of one cluster of all points."""

from collections.abc import Hashable
from typing import Any, Literal, get_args

import numpy as np

from cqm.arrays.clustering import Clustering
from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.centroids import dispersion
from cqm.geometry.reductions import pair_sums, point_sums
from cqm.measures.arithmetic import ratio

__all__ = ["Loss", "normalized_loss", "normalized_loss_of"]

Loss = Literal["k_means", "k_median", "min_sum"]


def normalized_loss(
    X: Any,
    labels: Any,
    *,
    loss: Loss = "k_means",
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    sample_weight: Any = None,
) -> float:
    r"""Loss of a clustering over the loss of putting all points into one cluster.

    .. math:: \frac{L(C, X, d)}{L(\{X\}, X, d)}

    ============  ====================================================================
    loss          :math:`L(C, X, d)`
    ============  ====================================================================
    ``k_means``   :math:`\sum_i \sum_{x \in C_i} \lVert x - c_i \rVert^2`, with the centroids
    ``k_median``  :math:`\sum_i \min_{c \in C_i} \sum_{x \in C_i} d(x, c)`
    ``min_sum``   :math:`\sum_{x \sim y} d(x, y)`, every pair once
    ============  ====================================================================

    A loss grows with the unit of the distances; the quotient does not. Lower is better among clusterings with the same
    k: the losses fall when clusters are split, so that between different k the rule in use is the sharpest bend. O(n·d)
    time for ``k_means``, O(n²) distances for the others, n·k·d for those whose sums have closed forms.

    Parameters
    ----------
    X : array_like of shape (n, d), or (n, n) / condensed distances for ``metric="precomputed"``
        The points; ``k_means`` needs coordinates, under "euclidean" or "cosine" (rows scaled to unit length).
    labels : array_like of shape (n,)
        Cluster of each point; any hashable type.
    loss : {"k_means", "k_median", "min_sum"}
        The loss, see above.
    metric : str or callable
        One of ``cqm.METRICS``, ``cqm.Minkowski(p)``, or a function of two vectors.
    noise_label : hashable, optional
        Points with this label are left out.
    sample_weight : array_like of shape (n,), optional
        How many points each row stands for; 0 leaves it out.

    Returns
    -------
    float
        In [0, 1] for ``k_means`` and ``min_sum``. The medoid of all points serves no cluster but its own, so that
        ``k_median`` may exceed 1: it is in [0, 2] under the triangle inequality, in [0, ∞] without it. 0 when the
        points of each cluster coincide, NaN when all points do. One cluster is allowed: 1.

    Raises
    ------
    ValueError
        Unknown `loss`, no cluster, all singletons, or unusable `X`.

    References
    ----------
    M. Ackerman and S. Ben-David, "Measures of clustering quality: a working set of axioms for clustering", NIPS 2008,
    on normalising the loss functions of clustering methods.

    Examples
    --------
    Pairs inside have distances 1 and 2, those across 11, 13, 10 and 12.

    >>> import cqm
    >>> points = [[0.0], [1.0], [11.0], [13.0]]
    >>> round(cqm.normalized_loss(points, [0, 0, 1, 1], loss="min_sum"), 6) == round(3 / 49, 6)
    True
    >>> cqm.normalized_loss(points, [0, 0, 1, 1], loss="k_median")  # (1 + 2) / (1 + 10 + 12)
    0.13043478260869565
    """
    _check(loss)
    coordinates = "the loss of k-means" if loss == "k_means" else None
    clustering = validate(
        X,
        labels,
        metric=metric,
        noise_label=noise_label,
        sample_weight=sample_weight,
        fractions=True,
        min_clusters=1,
        coordinates=coordinates,
    )
    return normalized_loss_of(clustering, loss)


def normalized_loss_of(clustering: Clustering, loss: Loss = "k_means") -> float:
    """`normalized_loss` of a validated clustering."""
    _check(loss)
    return float(ratio(*_losses(clustering, loss)))


def _check(loss: str) -> None:
    if loss not in get_args(Loss):
        raise ValueError(f"`loss` must be one of {', '.join(get_args(Loss))}; got {loss!r}")


def _losses(clustering: Clustering, loss: Loss) -> tuple[float, float]:
    """Loss of the clustering, and of one cluster."""
    match loss:
        case "k_means":
            spread = dispersion(clustering)
            within = float(spread.within.sum())
            return within, within + float(spread.between.sum())
        case "min_sum":
            totals = pair_sums(clustering)
            within = float(np.trace(totals))
            return within, within + float(totals[np.triu_indices(clustering.k, 1)].sum())
        case "k_median":
            own, together, _ = point_sums(clustering).T
            return float(np.minimum.reduceat(own, clustering.starts[:-1]).sum()), float(together.min())
