import numpy as np
import pytest
import scipy.sparse
from joblib import parallel_config
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.datasets import load_wine, make_blobs, make_moons
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import cqm
from cqm.reports.report import SHORT
from tests.cqm.test_report import POINTS

BLOBS, BLOB_LABELS = make_blobs(90, centers=[[0, 0], [8, 0], [0, 8]], random_state=0)
WIDE = np.column_stack([BLOBS, np.random.default_rng(0).normal(scale=300, size=90)])  # a column of noise
KMEANS, FAST = KMeans(n_init=4, random_state=0), KMeans(n_init=1, random_state=0)


@pytest.mark.parametrize("measure", ["silhouette", "weakest_link"])
def test_select_finds_three_groups(measure):
    selection = cqm.select(POINTS, KMeans(random_state=0), k=range(2, 6), measures=measure)
    assert selection.best_k == 3
    assert selection.scores(measure)["k=3"] == cqm.catalog[measure].function(POINTS, selection.best_labels)
    assert selection.best_parameters == {"n_clusters": 3}


def test_the_short_set_votes():
    selection = cqm.select(BLOBS, KMEANS)
    assert [choice.measure for choice in selection.choices] == list(SHORT)
    assert selection.best_k == 3
    assert selection.votes["k=3"] == max(selection.votes.values()) >= 5
    assert list(selection.to_frame().index) == [f"k={k}" for k in range(2, 11)]
    assert "100%" in str(selection)
    assert "<b>" in selection._repr_html_()


@pytest.mark.parametrize("measure", [name for name, m in cqm.catalog.items() if m.across_k.way == "bend"])
def test_measures_that_move_with_k_vote_for_their_bend(measure):
    asked = [measure, "silhouette"]
    selection = cqm.select(BLOBS, KMEANS, k=range(2, 9), measures=asked)
    choice = selection.choices[0]
    assert choice.way == "bend"
    assert cqm.catalog[measure].across_k.reason in str(selection)
    assert selection.candidates[choice.best[0]].report.k not in (2, 8)


def test_the_largest_k_is_not_best_by_the_sum_of_squares():
    assert cqm.select(BLOBS, KMEANS, k=range(2, 12), measures="trace_w").best_k == 3


@pytest.mark.parametrize("measure", ["sd_index", "weakest_link_pairs_min"])
def test_measures_that_cannot_compare_k_are_refused_with_the_reason(measure):
    with pytest.raises(ValueError, match=f"{measure}: it can't compare different k: ") as caught:
        cqm.select(BLOBS, KMEANS, k=range(2, 5), measures=measure)
    assert cqm.catalog[measure].across_k.reason in str(caught.value)
    assert cqm.select(BLOBS, KMEANS, grid={"n_clusters": [3], "tol": [1e-4, 1e-3]}, measures=measure).best_k == 3


def test_a_grid_of_numbers_of_clusters_is_a_curve_over_k():
    over_k = cqm.select(BLOBS, FAST, grid={"n_clusters": range(2, 8)}, measures=["trace_w", "krzanowski_lai"])
    assert over_k.best_k == 3
    assert over_k.by_k


def test_bends_need_a_curve_over_k():
    grid = {"eps": [0.5, 1.5, 3.0, 5.0]}
    with pytest.raises(ValueError, match="it can't compare different k"):
        cqm.select(BLOBS, DBSCAN(), grid=grid, measures="trace_w", min_coverage=0)


def test_a_candidate_without_a_value_is_named_and_the_others_stand():
    selection = cqm.select(POINTS, KMeans(random_state=0), k=[1, 2, 3, 7], measures=["silhouette", "dunn"])
    assert selection.best_k == 3
    assert "k=1: no value (needs at least 2 clusters, got 1" in str(selection)
    assert "k=7: no value (every one of the 7 points is its own cluster" in str(selection)


def test_more_clusters_than_points_are_named():
    selection = cqm.select(POINTS, KMeans(random_state=0), k=[2, 3, 9], measures=["silhouette"])
    assert "k=9: no value (KMeans failed: n_samples=7 should be >= n_clusters=9" in str(selection)


def test_no_value_at_all_says_why():
    with pytest.raises(ValueError, match=r"no measure chooses among k=1\..*k=1: needs at least 2 clusters, got 1"):
        cqm.select(POINTS, KMeans(), k=[1], measures="silhouette")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"measures": "silhuette"}, KeyError, "did you mean silhouette"),
        ({"measures": "ch"}, KeyError, "did you mean calinski_harabasz"),
        ({"measures": "gap"}, KeyError, "gap_statistic"),
        ({"measures": []}, ValueError, "`measures` is empty"),
        ({"metric": "euclidian"}, ValueError, "did you mean 'euclidean'"),
        ({"metric": "manhattan", "measures": "trace_w"}, ValueError, "trace_w needs coordinates"),
        ({"grid": {"n_cluster": [2]}}, ValueError, "KMeans has no parameter 'n_cluster': did you mean n_clusters"),
        ({"grid": {"algorithm": ["loyd"]}}, ValueError, "'algorithm' parameter of KMeans must be"),
        ({"k": []}, ValueError, "`k` is empty"),
        ({"k": 3}, TypeError, r"`k` takes several numbers of clusters, such as range\(2, 11\), got 3"),
        ({"space": "raw"}, ValueError, '`space` must be "final" or "input"'),
        ({"k": [2, 4, 6], "measures": "hartigan"}, ValueError, r"k = 2, 4, 6: give k=range\(2, 7\)"),
        ({"grid": {"n_clusters": [2, 3], "tol": [0.1, 0.2]}, "measures": "gap_statistic"}, ValueError, "give k=range"),
        ({"metric": "manhattan", "measures": "gap_statistic"}, ValueError, "gap_statistic needs coordinates"),
    ],
)
def test_configuration_errors_are_errors(options, error, message):
    with pytest.raises(error, match=message):
        cqm.select(POINTS, KMeans(random_state=0), **options)


def test_unusable_points_are_an_error_not_a_table_of_nothing():
    with pytest.raises(ValueError, match=r"`X` has nan at X\[0, 0\]"):
        cqm.select(np.where(np.eye(7, 2), np.nan, POINTS), KMeans(random_state=0))


def test_a_clusterer_without_a_number_of_clusters_needs_a_grid():
    with pytest.raises(ValueError, match=r"DBSCAN has none of the parameters n_clusters.*as `grid`"):
        cqm.select(POINTS, DBSCAN())


def test_a_clusterer_is_what_clusters():
    with pytest.raises((TypeError, ValueError), match="is no clusterer"):
        cqm.select(POINTS, PCA(), grid={"n_components": [1, 2]})


def test_an_estimator_is_no_class():
    with pytest.raises(TypeError, match=r"got the class: pass KMeans\(\)"):
        cqm.select(POINTS, KMeans)


def test_candidates_have_names_of_their_own():
    selection = cqm.select(BLOBS, FAST, k=[3, 3, 4], measures="silhouette")
    assert list(selection.votes) == ["k=3", "k=4"]
    twins = cqm.select(BLOBS, FAST, grid={"n_clusters": [3, 3]}, measures="silhouette")
    assert list(twins.votes) == ["k=3", "k=3 #2"]


# --- noise


def test_the_radius_of_dbscan_on_moons():
    points, truth = make_moons(300, noise=0.05, random_state=0)
    grid = {"eps": [0.05, 0.1, 0.15, 0.2, 0.3]}
    selection = cqm.select(points, DBSCAN(), grid=grid, measures=["dunn", "weakest_link"])
    assert adjusted_rand_score(truth, selection.best_labels) > 0.98  # one point is noise
    reports = {candidate.name: candidate.report for candidate in selection.candidates}
    assert reports["eps=0.05"].coverage < 0.9
    text = str(selection)
    assert f"({reports['eps=0.05'].coverage:.0%})" in text
    assert "judged over" in text
    assert not any(0 in choice.best for choice in selection.choices)


def test_minus_one_is_noise_unless_said_otherwise():
    points = np.vstack([BLOBS, [[60, 60]]])
    noisy = cqm.select(points, DBSCAN(), grid={"eps": [2.0]}, measures="silhouette")
    assert (noisy.best.report.n, noisy.best_k) == (90, 3)
    clustered = cqm.select(points, DBSCAN(), grid={"eps": [2.0]}, measures="silhouette", noise_label=None)
    assert (clustered.best.report.n, clustered.best_k) == (91, 4)


# --- spaces


def test_pipelines_are_judged_in_the_space_of_the_last_step():
    pipeline = make_pipeline(StandardScaler(), KMEANS)
    selection = cqm.select(WIDE, pipeline, k=range(2, 6), measures="silhouette")
    scaled = StandardScaler().fit_transform(WIDE)
    assert selection.best_parameters == {"kmeans__n_clusters": 3}
    assert selection.scores("silhouette")["k=3"] == cqm.silhouette(scaled, selection.best_labels)
    labels = KMeans(3, n_init=4, random_state=0).fit_predict(scaled)
    assert np.array_equal(selection.best_labels, labels)


def test_pipelines_take_what_their_first_step_takes():
    texts = ["red apple pie", "green apple tart", "apple cake", "fast car race", "race car driver", "car engine"]
    pipeline = make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0), KMEANS)
    assert cqm.select(texts, pipeline, k=[2, 3], measures="silhouette", metric="cosine").best_k == 2


def test_a_sparse_matrix_inside_a_pipeline_is_measured_or_can_be_made_dense():
    texts = ["red apple pie", "green apple tart", "apple cake", "fast car race", "race car driver", "car engine"]
    steps = TfidfVectorizer(), KMeans(2, n_init=1, random_state=0)
    cosine = {"k": [2, 3], "measures": "silhouette", "metric": "cosine"}
    assert cqm.select(texts, make_pipeline(*steps), **cosine).best_k == 2
    assert np.isfinite(cqm.scorer("silhouette", metric="cosine")(make_pipeline(*steps).fit(texts), texts))
    options = cosine | {"metric": "manhattan"}
    with pytest.raises(TypeError, match=r"put a step before it, such as .* or Function") as caught:
        cqm.select(texts, make_pipeline(*steps), **options)
    scoring = cqm.scorer("silhouette", metric="manhattan")
    with pytest.raises(TypeError, match="put a step before it"):
        scoring(make_pipeline(*steps).fit(texts), texts)
    step = eval(str(caught.value).rpartition("or ")[2], {"FunctionTransformer": FunctionTransformer, "scipy": scipy})
    mended = make_pipeline(steps[0], step, steps[1])
    assert cqm.select(texts, mended, **options).best_k == 2
    assert np.isfinite(scoring(mended.fit(texts), texts))


def test_candidates_in_different_spaces_do_not_compare():
    pipeline = make_pipeline(PCA(random_state=0), KMEANS)
    grid = {"pca__n_components": [1, 2]}
    with pytest.raises(ValueError, match=r'pca__n_components lie in different spaces.*space="input"'):
        cqm.select(BLOBS, pipeline, k=[3], grid=grid, measures="silhouette")
    selection = cqm.select(BLOBS, pipeline, k=[3], grid=grid, measures="silhouette", space="input")
    assert selection.scores("silhouette")["n_components=2"] == cqm.silhouette(BLOBS, selection.best_labels)


def test_wine_in_a_pipeline():
    wine, cultivar = load_wine(return_X_y=True)
    selection = cqm.select(wine, make_pipeline(StandardScaler(), KMEANS))
    assert selection.best_k == 3
    assert adjusted_rand_score(cultivar, selection.best_labels) > 0.85


@pytest.mark.parametrize(
    "estimator",
    [AgglomerativeClustering(linkage="average"), AgglomerativeClustering(linkage="average", metric="precomputed")],
)
def test_clusterers_of_distances_are_given_distances(estimator):
    distances = squareform(pdist(BLOBS))
    selection = cqm.select(distances, estimator, k=range(2, 6), metric="precomputed")
    expected = AgglomerativeClustering(3, linkage="average").fit_predict(BLOBS)
    assert selection.best_k == 3
    assert np.array_equal(selection.best_labels, expected)
    condensed = cqm.select(pdist(BLOBS), estimator, k=range(2, 6), metric="precomputed")
    assert np.array_equal(condensed.best_labels, expected)
    for clusterer, grid in [(DBSCAN(), {"eps": [2.0]}), (HDBSCAN(copy=True), {"min_cluster_size": [10]})]:
        found = cqm.select(distances, clusterer, grid=grid, metric="precomputed", measures="silhouette")
        assert found.best_k == 3


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (KMeans(), "KMeans clusters vectors, not the distances"),
        (GaussianMixture(), "GaussianMixture clusters vectors"),
        (make_pipeline(StandardScaler(), KMeans()), "KMeans clusters vectors"),
        (SpectralClustering(affinity="precomputed"), "SpectralClustering clusters similarities"),
        (AgglomerativeClustering(), 'ward linkage clusters vectors.*linkage="average"'),
    ],
)
def test_clusterers_of_vectors_are_not_given_distances(estimator, message):
    with pytest.raises(ValueError, match=message):
        cqm.select(np.zeros((9, 9)), estimator, metric="precomputed")


def test_clusterers_of_distances_are_not_given_vectors():
    with pytest.raises(ValueError, match=r'AgglomerativeClustering takes distances.*metric="precomputed"'):
        cqm.select(BLOBS, AgglomerativeClustering(linkage="average", metric="precomputed"))


# --- rules


def test_rules_choose_k_and_one_cluster():
    names = ["gap_statistic", "krzanowski_lai"]
    selection = cqm.select(BLOBS, FAST, k=range(1, 5), measures=names)
    assert {choice.measure: choice.best for choice in selection.choices} == dict.fromkeys(names, (2,))
    assert np.isnan(selection.choices[1].values).tolist() == [True, False, False, True]
    one = np.random.default_rng(0).normal(size=(60, 2))
    assert cqm.select(one, FAST, k=range(1, 4), measures="gap_statistic").best_k == 1


def test_hartigan_is_content_with_the_first_k_at_most_10():
    spread = np.linspace(0, 3.9, 12)[:, None]
    selection = cqm.select(np.vstack([spread, spread + 50]), FAST, k=range(1, 16), measures=["hartigan", "silhouette"])
    values = selection.choices[0].values
    chosen = selection.choices[0].best[0]
    assert values[chosen] <= 10 < min(values[:chosen])
    few = cqm.select(BLOBS, KMEANS, k=range(2, 5), measures=["hartigan", "silhouette"])
    assert few.choices[0].values[0] == cqm.hartigan(BLOBS, *(c.labels for c in few.candidates[:2]))
    assert "hartigan: no best: one more cluster is worth having at every k up to 3: try larger k" in str(few)


def test_duda_hart_splits_nested_clusterings_alone():
    selection = cqm.select(BLOBS, AgglomerativeClustering(), k=range(1, 6), measures="duda_hart")
    assert selection.best_k == 3
    one = np.random.default_rng(0).normal(size=(60, 2))
    assert cqm.select(one, AgglomerativeClustering(), k=range(1, 4), measures="duda_hart").best_k == 1
    mixed = cqm.select(BLOBS, KMEANS, k=range(2, 7), measures=["duda_hart", "silhouette"])
    assert "must split one cluster" in mixed.choices[0].reason or mixed.choices[0].best


def test_beale_splits_nested_clusterings_alone():
    two = np.vstack([BLOBS[:20], BLOBS[:20] + 30])
    assert cqm.select(two, AgglomerativeClustering(), k=range(1, 6), measures="beale").best_k == 2
    one = np.random.default_rng(0).normal(size=(60, 2))
    assert cqm.select(one, AgglomerativeClustering(), k=range(1, 4), measures="beale").best_k == 1


def test_frey_takes_the_clustering_before_the_last_run_below_1():
    angles = 2 * np.pi * (np.arange(150) % 5) / 5
    five = 9 * np.column_stack([np.cos(angles), np.sin(angles)]) + np.random.default_rng(0).normal(size=(150, 2))
    selection = cqm.select(five, AgglomerativeClustering(), k=range(1, 10), measures="frey")
    assert selection.best_k == 5
    values = dict(zip(range(1, 10), selection.choices[0].values, strict=True))
    assert all(values[k] < 1 for k in range(2, 5))
    assert values[5] >= 1
    average = AgglomerativeClustering(metric="precomputed", linkage="average")
    distances = pdist(five, "cityblock")
    assert cqm.select(distances, average, k=range(2, 10), metric="precomputed", measures="frey").best_k == 5
    two = five[angles < 2]
    assert cqm.select(two, AgglomerativeClustering(), k=range(1, 6), measures="frey").best_k == 1
    with pytest.raises(ValueError, match="which speaks for one cluster: try k from 1 on"):
        cqm.select(two, AgglomerativeClustering(), k=range(2, 6), measures="frey")


def test_gap_choice_needs_every_k():
    gaps = {k: cqm.GapStatistic(0.1 * k, 0.0, 0.0, ()) for k in (1, 3, 5)}
    with pytest.raises(ValueError, match="every k from 1 to 5: 2, 4 is missing"):
        cqm.gap_choice(gaps)


def test_jobs_change_nothing():
    with parallel_config("threading"):
        alone, together = (cqm.select(BLOBS, KMEANS, k=range(2, 5), n_jobs=jobs) for jobs in (None, 2))
    assert alone.to_frame().equals(together.to_frame())


def test_reasons_that_several_measures_and_candidates_share_are_said_once():
    with pytest.raises(ValueError, match=r"no measure chooses among eps=0.001; eps=0.002") as caught:
        cqm.select(BLOBS, DBSCAN(), grid={"eps": [0.001, 0.002]}, measures=["silhouette", "dunn"])
    assert str(caught.value).endswith(
        "silhouette, dunn: it has no value for any of them (eps=0.001, eps=0.002: no points are left: all are noise)"
    )


@pytest.mark.parametrize(
    ("estimator", "options", "message"),
    [
        (KMEANS, {"grid": {"n_clusters": 3}}, r"several values of 'n_clusters', such as \[3\], got 3"),
        (KMEANS, {"grid": {"init": "random"}}, r"several values of 'init', such as \['random'\], got 'random'"),
        (KMEANS, {"k": 3.0}, r"several numbers of clusters, such as range\(2, 11\), got 3.0"),
        (lambda points, k: points[:, 0] > k, {"k": [2]}, "got function: give the labels that it finds to cqm.compare"),
    ],
    ids=["number", "text", "k", "function"],
)
def test_what_selection_does_not_take(estimator, options, message):
    with pytest.raises(TypeError, match=message):
        cqm.select(BLOBS, estimator, **options)
