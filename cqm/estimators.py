"""Clusterers as people have them: scikit-learn's estimators, and functions of points that return labels."""

from collections.abc import Callable
from typing import Any

__all__ = ["SIZE_PARAMETERS", "labelling", "size_parameter"]

SIZE_PARAMETERS = ("n_clusters", "n_components", "k")
"""What estimators call their number of clusters."""


def size_parameter(estimator: Any) -> str | None:
    """Name of the estimator's parameter for the number of clusters; None where it has none."""
    return next((name for name in SIZE_PARAMETERS if name in estimator.get_params()), None)


def labelling(clusterer: Any, k: int | None = None) -> Callable[[Any], Any]:
    """What makes labels of points, with k clusters where a number is asked for; estimators are cloned each time.

    Raises
    ------
    TypeError
        `clusterer` is neither an estimator nor a function of points, or of points and k.
    ValueError
        An estimator has no parameter for the number of clusters.
    """
    if not hasattr(clusterer, "fit_predict"):
        if not callable(clusterer):
            raise TypeError(
                f"`clusterer` must be a function of {'points' if k is None else '(points, k)'} that returns labels, "
                f"or an estimator with fit_predict, got {type(clusterer).__name__}"
            )
        return clusterer if k is None else lambda points: clusterer(points, k)
    from sklearn.base import clone  # here, because scikit-learn takes a second to import

    settings = {}
    if k is not None:
        if (parameter := size_parameter(clusterer)) is None:
            raise ValueError(
                f"{type(clusterer).__name__} has none of the parameters {', '.join(SIZE_PARAMETERS)}: "
                "pass a function of (points, k) that returns labels"
            )
        settings[parameter] = k
    return lambda points: clone(clusterer).set_params(**settings).fit_predict(points)
