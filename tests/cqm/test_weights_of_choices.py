"""A point of weight w is w copies of it, for what clusters, chooses, draws points and scores."""

from dataclasses import astuple

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

import cqm
from tests.cqm.test_weights import GROUPS, HEAVY, REPEATED


def test_selection_weighs_clusterer_steps_and_measures():
    scaled = make_pipeline(Normalizer(), StandardScaler(), DBSCAN(min_samples=12))
    for estimator in (DBSCAN(min_samples=12), scaled):
        options = {"grid": {"eps": [0.2, 1.0, 2.0]}, "measures": ["silhouette", "trace_w", "dbcv"]}
        got = cqm.select(GROUPS, estimator, sample_weight=HEAVY, **options)
        assert str(got) == str(cqm.select(REPEATED, estimator, **options))
        assert [len(found.labels) for found in got.candidates] == [60] * 3
        assert str(got) != str(cqm.select(GROUPS, estimator, **options))


def test_rules_weigh_points():
    start = GROUPS[[0, 20, 40, 5]]  # the same for rows and their copies

    class FromFarApart(KMeans):
        def fit_predict(self, X, y=None, sample_weight=None):
            return KMeans(self.n_clusters, init=start[: self.n_clusters], n_init=1).fit_predict(X, None, sample_weight)

    options = {"k": range(1, 5), "measures": ["hartigan", "krzanowski_lai"]}
    got = cqm.select(GROUPS, FromFarApart(), sample_weight=HEAVY, **options)
    expected = cqm.select(REPEATED, FromFarApart(), **options)
    for rule in options["measures"]:
        assert got.scores(rule) == pytest.approx(expected.scores(rule), rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("reference", ["box", "principal"])
def test_the_gap_statistic_weighs_points(reference):
    labels = np.repeat([0, 1, 2], 20)
    options = {"clusterer": KMeans(3, random_state=0, n_init=1), "n_references": 3, "reference": reference}
    got = cqm.gap_statistic(GROUPS, labels, sample_weight=HEAVY, **options)
    expected = cqm.gap_statistic(REPEATED, np.repeat(labels, HEAVY), **options)
    assert astuple(got)[:3] == pytest.approx(astuple(expected)[:3], rel=1e-9)
    chosen = cqm.select(GROUPS, KMeans(random_state=0, n_init=3), k=range(1, 5), measures="gap_statistic")
    weighed = cqm.select(
        GROUPS, KMeans(random_state=0, n_init=3), k=range(1, 5), measures="gap_statistic", sample_weight=HEAVY
    )
    assert weighed.best_k == chosen.best_k == 3
    assert weighed.scores("gap_statistic")["k=3"] != chosen.scores("gap_statistic")["k=3"]


@pytest.mark.parametrize("representatives", ["medoid", "centroid", [3, 25, 47]])
@pytest.mark.parametrize("reading", ["own", "literal"])
def test_relative_margins_of_points_are_those_of_their_copies(representatives, reading):
    labels = np.repeat([0, 1, 2], 20)
    copies = np.repeat(np.arange(60), HEAVY)
    centres = representatives
    if isinstance(representatives, list):
        centres = [int(np.flatnonzero(copies == row)[0]) for row in representatives]
    options = {"reading": reading}
    got = cqm.sample_relative_margin(GROUPS, labels, representatives=representatives, sample_weight=HEAVY, **options)
    copied = cqm.sample_relative_margin(REPEATED, labels[copies], representatives=centres, **options)
    last = np.cumsum(HEAVY) - 1
    assert got == pytest.approx(copied[last], rel=1e-12, nan_ok=True)
    several = np.isin(copies, copies[np.isnan(copied)]) & ~np.isnan(copied)
    assert (copied[several] == 0).all()  # the other copies of a centre lie on it


@pytest.mark.parametrize(
    "report",
    [
        lambda X, labels, **more: cqm.cluster_stability(X, KMeans(3, random_state=0, n_init=1), n_resamples=4, **more),
        lambda X, labels, **more: cqm.prediction_strength(
            X, KMeans(random_state=0, n_init=1), k=[4], n_splits=2, **more
        ),
        lambda X, labels, **more: cqm.clustering_instability(X, KMeans(random_state=0), k=[4], n_resamples=2, **more),
        lambda X, labels, **more: cqm.confidence_interval(X, labels, "silhouette", n_resamples=4, **more),
        lambda X, labels, **more: cqm.calibrate(X, {"true": labels}, "silhouette", n_random=2, **more),
    ],
    ids=["stability", "strength", "instability", "interval", "calibration"],
)
def test_points_are_drawn_as_often_as_they_weigh(report):
    labels = np.repeat([0, 1, 2], 20)
    weights = np.where(np.arange(60) % 7 == 0, 0, HEAVY)
    got = report(GROUPS, labels, sample_weight=weights, random_state=0)
    expected = report(np.repeat(GROUPS, weights, axis=0), np.repeat(labels, weights), random_state=0)
    assert str(got) == str(expected)
    assert str(got) != str(report(GROUPS, labels, random_state=0))
    with pytest.raises(ValueError, match=r"`sample_weight` has 1.5 at position 1, but points are drawn one by one"):
        report(GROUPS, labels, sample_weight=np.r_[1, 1.5, np.ones(58)])


def test_what_does_not_know_weights_is_refused():
    with pytest.raises(TypeError, match=r"AgglomerativeClustering takes no sample_weight, .* cqm.compare"):
        cqm.select(GROUPS, AgglomerativeClustering(), sample_weight=HEAVY)
    with pytest.raises(TypeError, match=r"PCA takes no sample_weight, .* transform `X` first"):
        cqm.select(GROUPS, make_pipeline(PCA(2), KMeans()), sample_weight=HEAVY)
    labels = AgglomerativeClustering(3).fit_predict(GROUPS)
    assert cqm.compare(GROUPS, {"ward": labels}, sample_weight=HEAVY).best("silhouette") == ("ward",)


@pytest.mark.parametrize(
    "estimator", [KMeans(3, random_state=0), DBSCAN(2.0, min_samples=12)], ids=["predicts", "does not"]
)
def test_scorers_weigh_points(estimator):
    fitted = estimator.fit(GROUPS, sample_weight=HEAVY)
    scoring = cqm.scorer("silhouette", min_coverage=0.5)
    labels = fitted.labels_
    expected = cqm.silhouette(REPEATED, np.repeat(labels, HEAVY), noise_label=-1)
    assert scoring(fitted, GROUPS, sample_weight=HEAVY) == pytest.approx(expected, rel=1e-9)
