"""Metrics: what each name stands for, and what geometry may make of it; read by the command line before all else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["EUCLIDEAN", "METRICS", "SQEUCLIDEAN", "Distance", "Metric", "Minkowski", "distance_of"]

METRICS = (
    "euclidean",
    "sqeuclidean",
    "cosine",
    "angular",
    "manhattan",
    "chebyshev",
    "minkowski",
    "correlation",
    "precomputed",
)

# Names that `scipy.spatial.distance.cdist` computes; its others depend on more than two points, or are ours too.
SCIPY_METRICS = (
    "braycurtis",
    "canberra",
    "dice",
    "hamming",
    "jaccard",
    "jensenshannon",
    "rogerstanimoto",
    "sokalsneath",
    "yule",
)


@dataclass(frozen=True)
class Distance:
    """A metric with its parameters.

    Attributes
    ----------
    name : one of `METRICS` or `SCIPY_METRICS`, or "callable".
    p : exponent, of Minkowski's metric alone.
    function : of two vectors, of a callable alone.
    """

    name: str
    p: float = 2.0
    function: Callable[[Any, Any], float] | None = None

    @property
    def precomputed(self) -> bool:
        """Whether distances come in the place of points."""
        return self.name == "precomputed"

    @property
    def one_by_one(self) -> bool:
        """Whether it is called with two numpy vectors, by scipy."""
        return self.function is not None or self.name in SCIPY_METRICS

    @property
    def unit(self) -> bool:
        """Whether it looks at directions alone: a function of the distance between rows scaled to unit length."""
        return self.name in ("cosine", "angular", "correlation")

    @property
    def centred(self) -> bool:
        """Whether each row's mean is subtracted before it is scaled."""
        return self.name == "correlation"

    @property
    def squared(self) -> bool:
        """Whether it is a function of a squared Euclidean distance."""
        return self.unit or self.name in ("euclidean", "sqeuclidean")

    @property
    def takes_sparse(self) -> bool:
        """Whether vectors need not be moved for it, so that sparse ones stay sparse."""
        return self.squared and not self.centred

    @property
    def closed_form(self) -> bool:
        """Whether sums of these distances need no pairs."""
        return self.name in ("sqeuclidean", "cosine", "correlation")

    @property
    def has_centroids(self) -> bool:
        """Whether centroids have a meaning: measures that need coordinates take these metrics."""
        return self.name in ("euclidean", "cosine")

    @property
    def scale(self) -> float:
        """Factor between a squared distance, or what is made of it, and the distance."""
        return 0.5 if self.name in ("cosine", "correlation") else 1.0  # 1 − x̂·ŷ = ½‖x̂ − ŷ‖²

    def __str__(self) -> str:
        if self.function is not None:
            return getattr(self.function, "__name__", repr(self.function))
        return self.name


class Minkowski(Distance):
    r"""Minkowski's metric, :math:`(\sum_f |x_f - y_f|^p)^{1/p}`: Manhattan at p = 1, Euclidean at 2, Chebyshev at ∞.

    Parameters
    ----------
    p : exponent, at least 1 and finite.

    Raises
    ------
    ValueError
        Another `p`: the triangle inequality fails below 1; ∞ is ``metric="chebyshev"``.

    Examples
    --------
    >>> import cqm
    >>> round(cqm.dunn([[0, 0], [1, 1], [4, 4], [6, 6]], [0, 0, 1, 1], metric=cqm.Minkowski(3)), 6)
    1.5
    """

    def __init__(self, p: float = 2.0) -> None:
        if not 1 <= p < float("inf"):
            cure = 'use metric="chebyshev" for p = ∞' if p == float("inf") else "choose p ≥ 1"
            raise ValueError(f"`p` must be at least 1 for minkowski to be a distance, and finite, got {p}: {cure}")
        super().__init__("minkowski", p=float(p))

    def __repr__(self) -> str:
        return f"Minkowski({self.p:g})"

    def __str__(self) -> str:
        return f"minkowski (p = {self.p:g})"


Metric = str | Distance | Callable[[Any, Any], float]

EUCLIDEAN, SQEUCLIDEAN = Distance("euclidean"), Distance("sqeuclidean")


def distance_of(metric: Metric) -> Distance:
    """What a user means by a metric: one of `METRICS`, `Minkowski`, or a function of two vectors.

    Raises
    ------
    ValueError
        No metric has this name.
    """
    if isinstance(metric, Distance):
        return metric
    if callable(metric):
        return Distance("callable", function=metric)
    if metric not in METRICS and metric not in SCIPY_METRICS:
        from cqm.arrays.cures import metric_error  # here, as it imports numpy, which the command line's help does not

        raise metric_error(metric, METRICS + SCIPY_METRICS)
    return Minkowski() if metric == "minkowski" else Distance(metric)
