"""Resampling reports against the papers' sums over sets and pairs, written out."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.datasets import make_blobs, make_moons
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import cqm
from cqm.reports.reproducibility import _disagreement, _strength
from cqm.reports.stability import _best_matches

TRIANGLE, MEMBERS = make_blobs(60, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
codes = st.lists(st.integers(0, 2), min_size=8, max_size=8).map(
    lambda values: np.unique(values, return_inverse=True)[1]
)


@given(codes, st.lists(st.integers(-1, 2), min_size=8, max_size=8))
def test_best_match_is_the_largest_jaccard_index_of_two_sets(before, after):
    for cluster, best in enumerate(_best_matches(before, np.array(after), before.max() + 1)):
        own = {i for i in range(8) if before[i] == cluster}
        others = [{i for i in range(8) if after[i] == label} for label in set(after) - {-1}]
        assert best == pytest.approx(max((len(own & other) / len(own | other) for other in others), default=0.0))


@given(codes, codes)
def test_strength_is_the_least_share_of_pairs_assigned_together(found, assigned):
    shares = []
    for cluster in range(found.max() + 1):
        members = np.flatnonzero(found == cluster)
        pairs = list(permutations(members, 2))
        if pairs:
            shares.append(np.mean([assigned[x] == assigned[y] for x, y in pairs]))
    assert _strength(found, assigned) == pytest.approx(min(shares, default=1.0))


@given(codes, codes)
def test_disagreement_is_over_all_pairs(one, other):
    pairs = [(x, y) for x in range(8) for y in range(8)]
    assert _disagreement(one, other) == pytest.approx(
        np.mean([(one[x] == one[y]) != (other[x] == other[y]) for x, y in pairs])
    )


@pytest.mark.parametrize("resampling", ["bootstrap", "subset"])
def test_clusters_that_are_there_are_found_again_and_those_that_are_not_dissolve(resampling):
    settings = {"resampling": resampling, "n_resamples": 20, "random_state": 0}
    there = cqm.cluster_stability(TRIANGLE, AgglomerativeClustering(3), **settings)
    cut = cqm.cluster_stability(TRIANGLE, KMeans(6, n_init=1, random_state=0), **settings)
    assert there.recovered.min() == 1
    assert there.agreement.min() == 1
    assert cut.jaccard.min() < 0.75


def test_noise_is_no_cluster_that_could_be_found_again():
    points, _moons = make_moons(80, noise=0.03, random_state=0)
    points = np.vstack([points, [[50.0, 50.0], [-50.0, 50.0]]])
    stability = cqm.cluster_stability(points, DBSCAN(0.4), noise_label=-1, n_resamples=10, random_state=0)
    assert stability.labels == (0, 1)
    assert stability.sizes.tolist() == [40, 40]
    with pytest.raises(ValueError, match="found no cluster, only noise"):
        cqm.cluster_stability(points, DBSCAN(1e-6), noise_label=-1)


def test_a_clusterer_that_ignores_the_points_is_as_unstable_as_chance():
    rng = np.random.default_rng(1)
    stability = cqm.cluster_stability(TRIANGLE, lambda points: rng.integers(3, size=len(points)), random_state=0)
    assert abs(stability.agreement.mean()) < 0.05


@pytest.mark.parametrize(
    ("statistic", "repeated"), [(cqm.prediction_strength, "n_splits"), (cqm.clustering_instability, "n_resamples")]
)
def test_three_groups_are_three(statistic, repeated):
    found = statistic(TRIANGLE, KMeans(n_init=2, random_state=0), k=range(2, 6), random_state=0, **{repeated: 6})
    assert found.best_k == 3
    assert {2, 3, 4, 5} <= set(found.values)
    assert "3" in str(found)
    assert "<b>" in found._repr_html_()


def test_prediction_strength_chooses_one_cluster_where_there_is_one():
    rng = np.random.default_rng(0)
    found = cqm.prediction_strength(
        rng.normal(size=(80, 2)), KMeans(n_init=2, random_state=0), k=range(1, 4), n_splits=6, random_state=0
    )
    assert found.best_k == 1
    assert found.values[1] == 1.0


def test_interval_covers_as_often_as_it_says():
    """The mean of a Gaussian sample has a known truth; 200 intervals of 90 % miss it about 20 times."""
    rng = np.random.default_rng(0)
    missed = 0
    for seed in range(200):
        points = rng.normal(size=(60, 1))
        interval = cqm.confidence_interval(
            points, [0] * 60, lambda X, labels: X.mean(), confidence=0.9, n_resamples=100, random_state=seed
        )
        missed += not interval.lower <= 0 <= interval.upper
    assert 0.04 < missed / 200 < 0.18


def test_interval_of_a_catalogued_measure_takes_distances_and_noise():
    distances = np.linalg.norm(TRIANGLE[:, None] - TRIANGLE[None], axis=2)
    labels = np.where(np.arange(60) < 5, -1, MEMBERS)
    from_points = cqm.confidence_interval(
        TRIANGLE, labels, "silhouette", noise_label=-1, n_resamples=20, random_state=0
    )
    from_distances = cqm.confidence_interval(
        distances, labels, "silhouette", metric="precomputed", noise_label=-1, n_resamples=20, random_state=0
    )
    assert from_points.value == pytest.approx(cqm.silhouette(TRIANGLE, labels, noise_label=-1))
    assert (from_points.lower, from_points.upper) == pytest.approx((from_distances.lower, from_distances.upper))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cqm.cluster_stability(TRIANGLE, "k-means"), TypeError, "`clusterer` must be a function of points"),
        (lambda: cqm.prediction_strength(TRIANGLE, 3), TypeError, r"function of \(points, k\)"),
        (
            lambda: cqm.prediction_strength(TRIANGLE, DBSCAN()),
            ValueError,
            "DBSCAN has none of the parameters n_clusters",
        ),
        (lambda: cqm.prediction_strength(TRIANGLE, KMeans(), k=[31]), ValueError, "k = 31 needs 62 points"),
        (lambda: cqm.clustering_instability(TRIANGLE, KMeans(), k=[1]), ValueError, "from 2 on"),
        (lambda: cqm.cluster_stability(TRIANGLE, KMeans(), n_resamples=0), ValueError, "at least one resample"),
        (lambda: cqm.cluster_stability(TRIANGLE, KMeans(), resampling="jitter"), ValueError, '"bootstrap" or "subset"'),
        (lambda: cqm.cluster_stability([1.0, 2.0], KMeans()), ValueError, r"must be \(points, features\)"),
        (lambda: cqm.confidence_interval(TRIANGLE, MEMBERS, "dunn", share=1), ValueError, "`share` must lie between"),
        (lambda: cqm.confidence_interval([[0.0], [1.0]], [0, 0], "trace_w"), ValueError, "too small to subsample"),
    ],
)
def test_wrong_calls_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_distances_are_drawn_with_their_rows_and_columns():
    distances = np.sqrt(((TRIANGLE[:, None] - TRIANGLE) ** 2).sum(axis=2))
    far = AgglomerativeClustering(4, linkage="average")
    near = AgglomerativeClustering(4, linkage="average", metric="precomputed")
    options = {"n_resamples": 5, "random_state": 0}
    got, expected = cqm.cluster_stability(distances, near, **options), cqm.cluster_stability(TRIANGLE, far, **options)
    assert str(got) == str(expected)
    with pytest.raises(ValueError, match=r"takes distances, a square matrix, but `X` has shape \(60, 2\)"):
        cqm.cluster_stability(TRIANGLE, near, **options)


class OfDistances(ClusterMixin, BaseEstimator):
    """Single linkage that nothing but its tags tells to take distances."""

    def __init__(self, clusters=2):
        self.clusters = clusters

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = True
        return tags

    def fit_predict(self, X, y=None):
        near = AgglomerativeClustering(self.clusters, linkage="single", metric="precomputed")
        return near.fit_predict(X)


def test_a_clusterer_takes_distances_where_its_tags_say_so():
    distances = np.sqrt(((TRIANGLE[:, None] - TRIANGLE) ** 2).sum(axis=2))
    options = {"n_resamples": 5, "random_state": 0}
    far = AgglomerativeClustering(4, linkage="single")
    got, expected = (
        cqm.cluster_stability(X, clusterer, **options)
        for X, clusterer in ((distances, OfDistances(4)), (TRIANGLE, far))
    )
    assert str(got) == str(expected)


def test_neighbours_among_distances_are_those_of_drawn_points():
    distances = np.sqrt(((TRIANGLE[:, None] - TRIANGLE) ** 2).sum(axis=2))
    far, near = (
        SpectralClustering(3, affinity=affinity, n_neighbors=25, random_state=0)
        for affinity in ("nearest_neighbors", "precomputed_nearest_neighbors")
    )
    options = {"n_resamples": 3, "resampling": "subset", "random_state": 0}
    got, expected = cqm.cluster_stability(distances, near, **options), cqm.cluster_stability(TRIANGLE, far, **options)
    assert str(got) == str(expected)


def test_a_pipeline_may_make_distances_of_points():
    def distances(points):
        return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))

    near = AgglomerativeClustering(4, linkage="average", metric="precomputed")
    options = {"n_resamples": 5, "random_state": 0}
    got = cqm.cluster_stability(TRIANGLE, make_pipeline(FunctionTransformer(distances), near), **options)
    assert str(got) == str(cqm.cluster_stability(distances(TRIANGLE), near, **options))


@pytest.mark.parametrize("report", [cqm.prediction_strength, cqm.clustering_instability])
def test_nearest_centroids_are_those_of_the_space_that_the_clusterer_sees(report):
    pipeline = make_pipeline(StandardScaler(), KMeans(random_state=0, n_init=2))
    with pytest.raises(ValueError, match=r"pass pipeline\[:-1\].fit_transform\(X\) and pipeline\[-1\]"):
        report(TRIANGLE, pipeline)
    assert report(pipeline[:-1].fit_transform(TRIANGLE), pipeline[-1], k=range(2, 5), random_state=0).best_k == 3
    with pytest.raises(ValueError, match=r"AgglomerativeClustering is given distances: .* cqm.cluster_stability"):
        report(np.zeros((9, 9)), AgglomerativeClustering(metric="precomputed", linkage="average"))


def test_points_that_are_no_numbers_and_clusterings_of_others():
    table = pd.DataFrame(TRIANGLE, columns=["x", "y"]).assign(kind="a")
    with pytest.raises(TypeError, match=r"X\[0, 2\] is 'a'; leave such columns out with X.drop"):
        cqm.cluster_stability(table, KMeans(3))
    with pytest.raises(ValueError, match="`labels` has 5 entries but `X` has 60 rows"):
        cqm.calibrate(TRIANGLE, {"whole": MEMBERS, "part": MEMBERS[:5]}, "silhouette")


@pytest.mark.parametrize(
    "report",
    [
        lambda X, labels: cqm.calibrate(X, {"whole": labels}, "silhouette"),
        lambda X, labels: cqm.confidence_interval(X, labels, "silhouette"),
    ],
    ids=["calibration", "interval"],
)
def test_labels_are_those_of_the_points(report):
    with pytest.raises(ValueError, match="`labels` has 45 entries but `X` has 60 rows"):
        report(TRIANGLE, MEMBERS[:45])
    with pytest.raises(ValueError, match="row 0 is 0 in `X` but 59 in `labels`, which has the same rows"):
        report(pd.DataFrame(TRIANGLE), pd.Series(MEMBERS)[::-1])


def test_a_point_that_is_drawn_twice_counts_once():
    points = np.arange(9.0)[:, None] ** 2

    def halves(rows):
        return (rows[:, 0] > np.median(rows)).astype(int)

    stability = cqm.cluster_stability(points, halves, n_resamples=3, random_state=0)
    rng, best = np.random.default_rng(0), []
    for _ in range(3):
        rows = rng.integers(9, size=9)
        found = halves(points[rows])
        sets = [set(rows[found == label].tolist()) for label in (0, 1)]
        whole = [set(np.flatnonzero(halves(points) == label)) & set(rows.tolist()) for label in (0, 1)]
        best.append([max(len(one & other) / len(one | other) for other in sets) for one in whole])
    np.testing.assert_allclose(stability.jaccard, np.mean(best, axis=0))
