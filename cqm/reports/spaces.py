"""The space that a clusterer saw: what a pipeline's last step is given, or distances for one that takes them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.metrics import Metric, distance_of

__all__ = ["check_dense", "final_of", "is_pipeline", "labels_of", "named", "taking_distances", "transformed"]


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


def transformed(estimator: Any, X: Any, *, fit: bool) -> Any:
    """What the last step is given: `X` itself where there is no pipeline; with `fit`, steps are fitted to `X` first."""
    while is_pipeline(estimator):
        if len(estimator.steps) > 1:
            before = estimator[:-1]
            X = before.fit_transform(X) if fit else before.transform(X)
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


def labels_of(estimator: Any, X: Any) -> NDArray[Any]:
    """Labels of a clusterer that is fitted to these points."""
    if not hasattr(estimator, "fit_predict"):
        raise TypeError(f"{type(estimator).__name__} is no clusterer: it has no fit_predict")
    labels = estimator.fit_predict(X)
    return np.asarray(labels)


def taking_distances(estimator: Any, metric: Metric) -> Mapping[str, Any]:
    """Settings of the last step that make it take distances, where distances are what it is given.

    Raises
    ------
    ValueError
        It clusters vectors, or takes distances where the measure is given vectors.
    """
    from sklearn.utils import get_tags  # here, because scikit-learn takes a second to import

    final = final_of(estimator)
    name, parameters = type(final).__name__, final.get_params()
    setting = parameters.get("metric", parameters.get("affinity"))
    if metric != "precomputed":
        if setting == "precomputed":
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
    if setting == "precomputed_nearest_neighbors" or (setting is None and get_tags(final).input_tags.pairwise):
        return {}
    takes = "similarities" if setting == "precomputed" else "vectors"
    raise ValueError(
        f'{name} clusters {takes}, not the distances that metric="precomputed" promises: take a clusterer of '
        'distances, such as DBSCAN, HDBSCAN or AgglomerativeClustering(linkage="average"), or pass vectors'
    )
