import pickle

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn import config_context
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.exceptions import UndefinedMetricWarning, UnsetMetadataPassedError
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import cqm
from tests.cqm.test_report import LABELS, POINTS
from tests.cqm.test_selection import BLOB_LABELS, BLOBS, KMEANS, WIDE


@pytest.mark.parametrize("measure", ["silhouette", "weakest_link", "davies_bouldin"])
@pytest.mark.parametrize(
    ("estimator", "grid", "best"),
    [  # all noise, three clusters, one cluster; one cluster, three, every point its own
        (DBSCAN(min_samples=2), {"eps": [0.5, 2, 40]}, {"eps": 2}),
        (KMeans(random_state=0), {"n_clusters": [1, 3, 8]}, {"n_clusters": 3}),
        (AgglomerativeClustering(linkage="single"), {"n_clusters": [1, 3, 8]}, {"n_clusters": 3}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_search_ranks_clusterings_without_a_value_last(measure, estimator, grid, best):
    points = np.vstack([POINTS, [[60, 60]]])  # DBSCAN's noise
    everything = [(np.arange(8), np.arange(8))]
    scoring = cqm.scorer(measure, min_coverage=0.8)
    search = GridSearchCV(estimator, grid, scoring=scoring, cv=everything, error_score="raise")
    undefined = pytest.warns(UndefinedMetricWarning, match=f"{measure} has no value: ")
    with undefined, pytest.warns(UserWarning, match="non-finite"):
        search.fit(points)
    assert search.best_params_ == best
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [True, False, True]
    labels = search.best_estimator_.labels_
    assert search.best_score_ == cqm.catalog[measure].score(points, labels, noise_label=-1)
    assert ("DBSCAN" in repr(estimator)) == (-1 in labels)


def test_scorers_score_pipelines_in_the_space_of_the_last_step():
    rows = np.arange(len(WIDE))
    for final in (KMEANS, AgglomerativeClustering()):
        name = type(final).__name__.lower()
        search = GridSearchCV(
            make_pipeline(StandardScaler(), final),
            {f"{name}__n_clusters": [2, 3, 4]},
            scoring=cqm.scorer("silhouette"),
            cv=[(rows, rows)],
            error_score="raise",
        ).fit(WIDE)
        labels = search.best_estimator_[-1].labels_
        assert search.best_params_ == {f"{name}__n_clusters": 3}
        assert search.best_score_ == pytest.approx(cqm.silhouette(StandardScaler().fit_transform(WIDE), labels))


def test_a_search_with_a_scorer_can_be_saved():
    folds = KFold(3, shuffle=True, random_state=0)
    order = np.argsort(BLOB_LABELS)
    search = GridSearchCV(KMEANS, {"n_clusters": [2, 3, 4]}, scoring=cqm.scorer("silhouette"), cv=folds)
    search.fit(BLOBS[order])  # sorted rows are what folds have to be shuffled for
    again = pickle.loads(pickle.dumps(search))
    assert again.best_params_ == {"n_clusters": 3}
    assert again.score(BLOBS) == search.score(BLOBS)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (("silhuette",), {}, KeyError, "did you mean silhouette"),
        (("silhouette",), {"metric": "euclidian"}, ValueError, "did you mean 'euclidean'"),
        (("trace_w",), {"metric": "manhattan"}, ValueError, "trace_w needs coordinates"),
    ],
)
def test_scorers_of_nothing_are_errors(arguments, options, error, message):
    with pytest.raises(error, match=message):
        cqm.scorer(*arguments, **options)


def test_a_search_over_distances():
    distances = squareform(pdist(BLOBS))
    rows = np.arange(90)
    scoring = cqm.scorer("silhouette", metric="precomputed")
    clusterer = DBSCAN(metric="precomputed")
    search = GridSearchCV(clusterer, {"eps": [0.5, 3.0]}, scoring=scoring, cv=[(rows, rows)], error_score="raise")
    few = pytest.warns(UndefinedMetricWarning, match=r"\d+% of the points are kept, fewer than min_coverage=0.9")
    with few, pytest.warns(UserWarning, match="non-finite"):
        search.fit(distances)
    assert search.best_params_ == {"eps": 3.0}
    expected = cqm.silhouette(BLOBS, search.best_estimator_.labels_, noise_label=-1)
    assert search.best_score_ == pytest.approx(expected)


def test_scorers_of_distances_refuse_clusterers_of_vectors():
    scoring = cqm.scorer("silhouette", metric="precomputed")
    with pytest.raises(ValueError, match="KMeans clusters vectors"):
        scoring(KMeans(3, random_state=0).fit(np.eye(9)), 1 - np.eye(9))


def test_labels_of_three_groups_score_as_the_measure_says():
    model = AgglomerativeClustering(3).fit(POINTS)
    assert cqm.scorer("silhouette")(model, POINTS) == pytest.approx(cqm.silhouette(POINTS, LABELS))


WEIGHTS = np.where(np.arange(90) % 3 == 0, 5, 1)


@pytest.mark.parametrize("scoring", ["one", "several"])
def test_a_search_hands_weights_on_where_routing_is_on(scoring):
    rows = np.arange(90)
    clusterer = KMeans(random_state=0, n_init=3)
    with config_context(enable_metadata_routing=True):
        one = cqm.scorer("silhouette").set_score_request(sample_weight=True)
        search = GridSearchCV(
            clusterer.set_fit_request(sample_weight=True),
            {"n_clusters": [2, 3]},
            scoring=one if scoring == "one" else {"silhouette": one},
            refit=True if scoring == "one" else "silhouette",
            cv=[(rows, rows)],
            error_score="raise",
        ).fit(BLOBS, sample_weight=WEIGHTS)
        again = pickle.loads(pickle.dumps(one))
    labels = search.best_estimator_.labels_
    copies = np.repeat(rows, WEIGHTS)
    assert search.best_score_ == pytest.approx(cqm.silhouette(BLOBS[copies], labels[copies]))
    assert search.best_score_ != pytest.approx(cqm.silhouette(BLOBS, labels), rel=1e-3)
    assert again == one
    assert hash(again) == hash(one)


def test_weights_that_nobody_asked_for_are_an_error():
    clusterer = KMeans(random_state=0, n_init=3)
    with config_context(enable_metadata_routing=True):
        search = GridSearchCV(
            clusterer.set_fit_request(sample_weight=True), {"n_clusters": [2, 3]}, scoring=cqm.scorer("silhouette")
        )
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            search.fit(BLOBS, sample_weight=WEIGHTS)
        none = cqm.scorer("silhouette").set_score_request(sample_weight=False)
        folds = KFold(3, shuffle=True, random_state=0)
        assert search.set_params(scoring=none, cv=folds).fit(BLOBS, sample_weight=WEIGHTS).best_params_
    with pytest.raises(RuntimeError, match=r"sklearn.set_config\(enable_metadata_routing=True\) first"):
        cqm.scorer("silhouette").set_score_request(sample_weight=True)
