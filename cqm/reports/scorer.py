"""A catalogued measure as a scikit-learn scorer."""

import math
import warnings
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from cqm.arrays.intake import check_metric, validate
from cqm.arrays.metrics import Metric
from cqm.declarations import catalog
from cqm.reports.settings import MIN_COVERAGE
from cqm.reports.spaces import check_dense, final_of, labels_of, taking_distances, transformed

__all__ = ["Scorer", "scorer"]


@dataclass(slots=True, unsafe_hash=True)
class Scorer:
    """`scorer(estimator, X, y=None)` → higher is better.

    Attributes
    ----------
    measure : name of the measure.
    metric, noise_label : passed on to it.
    min_coverage : share of the points that a clustering keeps, to have a score by a measure that does not count noise.
    weights : whether it asks for `sample_weight`, as scikit-learn's metadata routing has it; see `set_score_request`.
    """

    measure: str
    metric: Metric
    noise_label: Hashable | None
    min_coverage: float = MIN_COVERAGE
    weights: bool | str | None = field(default=None, hash=False)

    def set_score_request(self, *, sample_weight: bool | str | None) -> "Scorer":
        """Ask searches and cross-validation to hand weights on, as scikit-learn's own scorers do; returns itself.

        Parameters
        ----------
        sample_weight : True to get what is passed as `sample_weight`, a name to get what is passed under that one,
            False to get none, None to have it an error that weights are passed.

        Raises
        ------
        RuntimeError
            Metadata routing is off, so that nothing would be handed on.
        """
        from sklearn import get_config

        if not get_config()["enable_metadata_routing"]:
            raise RuntimeError(
                "scikit-learn hands weights to scorers only where metadata routing is on: call "
                "sklearn.set_config(enable_metadata_routing=True) first"
            )
        self.weights = sample_weight
        return self

    def get_metadata_routing(self) -> Any:
        """What scikit-learn's metadata routing is told."""
        from sklearn.utils.metadata_routing import MetadataRequest

        request = MetadataRequest(owner=self)
        request.score.add_request(param="sample_weight", alias=self.weights)
        return request

    def __call__(self, estimator: Any, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Score of a fitted clusterer, or of a pipeline that ends in one, in the space that the clusterer sees."""
        from sklearn.base import clone
        from sklearn.exceptions import UndefinedMetricWarning

        final = final_of(estimator)
        if taking_distances(final, self.metric):
            raise ValueError(f'{type(final).__name__} was fitted to vectors: give it metric="precomputed"')
        X = transformed(estimator, X, fit=False)
        check_dense(estimator, X, self.metric)
        labels = final.predict(X) if hasattr(final, "predict") else labels_of(clone(final), X, sample_weight)
        options: dict[str, Any] = {
            "metric": self.metric,
            "noise_label": self.noise_label,
            "sample_weight": sample_weight,
        }
        found = validate(  # no matter of data if it fails
            X, labels, **options, min_clusters=0, allow_singletons_only=True, fractions=True
        )
        measure, coverage = catalog[self.measure], found.mass / found.input_mass
        try:
            if 0 < coverage < self.min_coverage and not measure.counts_noise:
                raise ValueError(
                    f"{coverage:.0%} of the points are kept, fewer than min_coverage={self.min_coverage:g}"
                )
            return measure.score(X, labels, **options)
        except ValueError as error:
            warnings.warn(f"{self.measure} has no value: {error}", UndefinedMetricWarning, stacklevel=2)
            return math.nan


def scorer(
    measure: str,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = -1,
    min_coverage: float = MIN_COVERAGE,
) -> Scorer:
    """A scikit-learn scorer, `scorer(estimator, X, y=None)` → higher is better, for GridSearchCV and its kin.

    The estimator's `predict` labels the points it is scored on; one that cannot predict (DBSCAN, agglomerative
    clustering) is fitted to them anew. A pipeline is scored in the space that its last step sees. A clustering for
    which the measure is undefined (one cluster, all noise, every point its own cluster) scores NaN, which scikit-learn
    ranks last, and a warning has the reason. Scorers can be pickled.

    Folds have to be shuffled, as rows that are sorted by cluster would leave whole clusters out; or cluster all points
    with ``cv=[(rows, rows)]``, where ``rows = numpy.arange(len(X))``. :func:`select` does so, and more.

    Parameters
    ----------
    measure : str
        Name of a catalogued measure; its value's sign is turned where lower is better.
    metric : str or callable
        Passed on to the measure.
    noise_label : hashable, optional
        Points with this label are left out: −1, as scikit-learn's clusterers call noise. None makes it a cluster.
    min_coverage : float
        Share of the points, in [0, 1], that a clustering keeps to have a score, unless the measure counts noise.

    Raises
    ------
    KeyError
        No measure has this name.
    ValueError
        No metric has this name, or the measure does not take it.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.model_selection import GridSearchCV, KFold
    >>> import cqm
    >>> points = [[0.0], [1.0], [0.5], [0.7], [10.0], [11.0], [10.5], [10.7]]
    >>> folds = KFold(2, shuffle=True, random_state=0)
    >>> scoring = cqm.scorer("weakest_link")
    >>> search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [2, 3]}, scoring=scoring, cv=folds)
    >>> search.fit(points).best_params_
    {'n_clusters': 2}
    """
    check_metric(metric)
    if (reason := catalog[measure].inapplicable(metric)) is not None:
        raise ValueError(f"{measure} {reason}")
    return Scorer(measure, metric, noise_label, min_coverage)
