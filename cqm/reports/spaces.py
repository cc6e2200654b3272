"""The space that a clusterer saw: what a pipeline's last step is given, or distances for one that takes them."""

from collections.abc import Mapping
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.metrics import Metric, distance_of

__all__ = [
    "check_dense",
    "check_weighing",
    "final_of",
    "is_pipeline",
    "labels_of",
    "named",
    "takes_distances",
    "taking_distances",
    "transformed",
]


def is_pipeline(estimator: Any) -> bool:
    """Whether an estimator is a scikit-learn pipeline."""
    return hasattr(estimator, "steps") and hasattr(estimator, "named_steps")


def final_of(estimator: Any) -> Any:
    """The clusterer itself: the last step of a pipeline, of a pipeline in a pipeline too."""
    while is_pipeline(estimator):
        estimator = estimator.steps[-1][1]
    if isinstance(estimator, str) or estimator is None:
        raise ValueError(f"the last step of the pipeline is {estimator!r}: it has to be a clusterer")
    return estimator


def named(estimator: Any, parameter: str) -> str:
    """The parameter of the clusterer by its name from outside, such as ``kmeans__n_clusters``."""
    prefix = ""
    while is_pipeline(estimator):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return prefix + parameter


def transformed(estimator: Any, X: Any, *, fit: bool, sample_weight: Any = None) -> Any:
    """What the last step is given: `X` itself where there is no pipeline; with `fit`, steps are fitted to `X` first."""
    while is_pipeline(estimator):
        if len(estimator.steps) > 1:
            before = estimator[:-1]
            X = before.fit_transform(X, **_weights_of_steps(before, sample_weight)) if fit else before.transform(X)
        estimator = estimator.steps[-1][1]
    return X


def check_dense(estimator: Any, X: Any, metric: Metric) -> None:
    """Refuse a sparse matrix that the metric does not take inside a pipeline, where nobody can call its toarray."""
    distance = distance_of(metric)
    if is_pipeline(estimator) and hasattr(X, "toarray") and not distance.takes_sparse:
        raise TypeError(
            f"the last step of the pipeline is given a sparse matrix, which {distance} distance does not take: put a "
            "step before it, such as TruncatedSVD, or FunctionTransformer(scipy.sparse.csr_matrix.toarray)"
        )


def _weights_of_steps(before: Any, sample_weight: Any) -> dict[str, Any]:
    """What `fit` is given, so that each step knows the weights; steps that learn nothing need none."""
    from sklearn.utils import get_tags
    from sklearn.utils.validation import has_fit_parameter

    out = {}
    for name, step in before.steps if sample_weight is not None else ():
        if step in (None, "passthrough") or not get_tags(step).requires_fit:
            continue
        if not has_fit_parameter(step, "sample_weight"):
            raise TypeError(
                f"{type(step).__name__} takes no sample_weight, so it would not know the weights: transform `X` first, "
                "and pass the last step alone"
            )
        out[f"{name}__sample_weight"] = sample_weight
    return out


def labels_of(estimator: Any, X: Any, sample_weight: Any = None) -> NDArray[Any]:
    """Labels of a clusterer that is fitted to these points."""
    if not hasattr(estimator, "fit_predict"):
        raise TypeError(f"{type(estimator).__name__} is no clusterer: it has no fit_predict")
    if sample_weight is None:
        return np.asarray(estimator.fit_predict(X))
    check_weighing(estimator)
    return np.asarray(estimator.fit_predict(X, sample_weight=sample_weight))


def check_weighing(estimator: Any) -> None:
    """Refuse a clusterer that does not know of weights."""
    if "sample_weight" not in signature(final_of(estimator).fit_predict).parameters:
        name = type(final_of(estimator)).__name__
        raise TypeError(
            f"{name} takes no sample_weight, so its clusters would not know the weights: take one that does, such as "
            "KMeans or DBSCAN, or give the labels it finds to cqm.compare(X, {…}, sample_weight=…)"
        )


def takes_distances(clusterer: Any) -> bool:
    """Whether a clusterer is given distances, or similarities, in the place of points."""
    if not hasattr(clusterer, "get_params"):
        return False
    final = final_of(clusterer)
    parameters = final.get_params()
    settings = {str(parameters.get("metric")), str(parameters.get("affinity"))}
    return is_pairwise(final) or not settings.isdisjoint({"precomputed", "precomputed_nearest_neighbors"})


def is_pairwise(estimator: Any) -> bool:
    """Whether an estimator's tags say that it is given a square matrix."""
    from sklearn.utils import get_tags  # here, because scikit-learn takes a second to import

    return hasattr(estimator, "__sklearn_tags__") and get_tags(estimator).input_tags.pairwise


def taking_distances(estimator: Any, metric: Metric) -> Mapping[str, Any]:
    """Settings of the last step that make it take distances, where distances are what it is given.

    Raises
    ------
    ValueError
        It clusters vectors, or takes distances where the measure is given vectors.
    """
    final = final_of(estimator)
    name, parameters = type(final).__name__, final.get_params()
    setting = parameters.get("metric", parameters.get("affinity"))
    if metric != "precomputed":
        if takes_distances(final):
            raise ValueError(
                f'{name} takes distances, but the measure vectors, as metric={metric!r}: pass metric="precomputed"'
            )
        return {}
    if "metric" in parameters:
        if parameters.get("linkage") == "ward":
            raise ValueError(
                f"{name} with ward linkage clusters vectors, not the distances that "
                f'metric="precomputed" promises: give it linkage="average" and metric="precomputed"'
            )
        return {} if setting == "precomputed" else {named(estimator, "metric"): "precomputed"}
    if setting == "precomputed_nearest_neighbors" or (setting is None and is_pairwise(final)):
        return {}
    takes = "similarities" if setting == "precomputed" else "vectors"
    raise ValueError(
        f'{name} clusters {takes}, not the distances that metric="precomputed" promises: take a clusterer of '
        'distances, such as DBSCAN, HDBSCAN or AgglomerativeClustering(linkage="average"), or pass vectors'
    )
