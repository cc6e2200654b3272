import inspect
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import make_scorer, silhouette_score

import cqm
from cqm.reports.report import SHORT

POINTS = np.array([[0.0, 0], [0, 1], [1, 0], [9, 9], [9, 10], [30, 0], [31, 0]])
LABELS = ["a", "a", "a", "b", "b", "c", "c"]


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_report_holds_what_the_functions_return(metric):
    points = POINTS + np.array([1, 2])
    report = cqm.evaluate(points, LABELS, metric=metric, measures="all")
    alone = {name: cqm.catalog[name].function(points, LABELS, metric=metric) for name in report.values}
    assert report.values == pytest.approx(alone, rel=0, abs=0, nan_ok=True)
    assert (report.n, report.k, report.metric) == (7, 3, metric)
    without = {n for n, m in cqm.catalog.items() if m.needs == "points"} - {"dbcv"} if metric == "manhattan" else set()
    assert set(report.left_out) == without
    assert set(report.values) | set(report.left_out) == set(cqm.catalog)
    assert not set(report.values) & set(report.left_out)


def test_what_is_left_out_is_said_with_the_reason():
    report = cqm.evaluate(POINTS, LABELS, metric="manhattan", measures="all")
    needs_points = {name for name, measure in cqm.catalog.items() if measure.needs == "points"}
    assert needs_points - {"dbcv"} <= set(report.left_out)
    with pytest.raises(KeyError, match="simplified_silhouette was left out: needs coordinates"):
        report["simplified_silhouette"]


@pytest.mark.parametrize("metric", ["sqeuclidean", "manhattan", "chebyshev", "correlation"])
def test_dbcv_needs_only_the_number_of_coordinates(metric):
    points = np.column_stack([POINTS, POINTS[:, 0] ** 2 + 1])
    report = cqm.evaluate(points, LABELS, metric=metric, measures=["dbcv"])
    assert report["dbcv"] == cqm.dbcv(points, LABELS, metric=metric)


def test_dbcv_of_a_matrix_says_how_to_get_it():
    distances = np.abs(POINTS[:, None] - POINTS[None]).sum(axis=2)
    report = cqm.evaluate(distances, LABELS, metric="precomputed")
    assert report.left_out["dbcv"] == (
        "needs the number of coordinates: pass vectors, or call cqm.dbcv(D, labels, metric='precomputed', dimension=…)"
    )
    cured = cqm.dbcv(distances, LABELS, metric="precomputed", dimension=2)
    assert cured == cqm.evaluate(POINTS, LABELS, metric="manhattan")["dbcv"]


def test_effort_limit_leaves_out_all_pairs_but_not_closed_forms():
    cosine = cqm.evaluate(POINTS + 1, LABELS, metric="cosine", effort=1e6, measures="all")
    assert "silhouette" in cosine.values
    assert "effort" in cosine.left_out["weakest_link"]
    asked = cqm.evaluate(POINTS + 1, LABELS, metric="cosine", effort=1, measures=["weakest_link"])
    assert "weakest_link" in asked.values


def test_report_in_text_says_each_reason_once():
    report = cqm.evaluate(POINTS + 1, LABELS, effort=1e6, measures="all")
    assert report.left_out["dunn"].startswith(
        "would cost 3.0e+07 multiply–adds, 0 s of a core, more than effort=1.0e+06:"
    )
    lines = [line for line in str(report).splitlines() if line.startswith("left out: ")]
    assert len(lines) == len(set(report.left_out.values())) < len(report.left_out)
    assert all(any(name in line and why in line for line in lines) for name, why in report.left_out.items())


def test_effort_counts_the_pairs_of_centroids_and_of_representatives():
    effort = inspect.signature(cqm.evaluate).parameters["effort"].default
    shape = 200_000, 6_000, 192, "euclidean"
    assert cqm.catalog["cdbw"].operations(*shape) > effort > cqm.catalog["wemmert_gancarski"].operations(*shape)
    # more pairs of centroids than points
    assert cqm.catalog["davies_bouldin"].operations(*shape) > 2 * cqm.catalog["trace_w"].operations(*shape)


def test_report_json_round_trips_infinity(tmp_path):
    touching = cqm.evaluate([[0.0], [1.0], [1.0], [5.0]], [0, 0, 1, 1], measures=["weakest_link"])
    touching.to_json(tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["values"]["weakest_link"] == "inf"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_report_frame_and_html_name_every_value():
    report = cqm.evaluate(POINTS, LABELS, measures="all")
    frame = report.to_frame()
    html = report._repr_html_()
    for name, value in report.values.items():
        assert frame.loc[name, "value"] == pytest.approx(value, nan_ok=True)
        assert name in html
        assert name in str(report)


def test_the_short_set_is_what_readme_and_docstring_say():
    assert list(cqm.evaluate(POINTS, LABELS).values) == list(SHORT)
    assert all(cqm.catalog[name].across_k.way == "best" for name in SHORT)
    assert list(cqm.evaluate(POINTS, LABELS, measures="dunn").values) == ["dunn"]


def test_a_report_without_values_is_a_table_too():
    report = cqm.evaluate(POINTS, [0] * 7, measures=["silhouette"])
    assert report.left_out["silhouette"].startswith("needs at least 2 clusters, got 1")
    frame = report.to_frame()
    assert list(frame.columns) == ["value", "better", "range", "reference"]
    assert frame.index.name == "measure"
    assert len(frame) == 0
    assert frame.dtypes.index.tolist() == cqm.evaluate(POINTS, LABELS).to_frame().dtypes.index.tolist()
    assert "got 1" in str(report)


def test_one_cluster_has_the_values_that_one_cluster_has():
    report = cqm.evaluate(POINTS, [0] * 7, measures=["trace_w", "ball_hall", "silhouette"])
    assert report["trace_w"] == pytest.approx(((POINTS - POINTS.mean(axis=0)) ** 2).sum())
    assert list(report.left_out) == ["silhouette"]


def test_only_noise_is_an_error():
    with pytest.raises(ValueError, match="no points are left"):
        cqm.evaluate(POINTS, [-1] * 7, noise_label=-1)


def test_what_was_not_asked_for_says_how_to_ask():
    with pytest.raises(KeyError, match="was not asked for"):
        cqm.evaluate(POINTS, LABELS)["trace_w"]


def test_no_range_is_printed_beside_a_value_outside_it():
    points = np.random.default_rng(0).normal(size=(20, 2))
    report = cqm.evaluate(points, np.arange(20) % 3, measures="all")
    for name, value in report.values.items():
        measure = cqm.catalog[name]
        low, high = measure.range
        assert low <= value <= high or value == measure.besides or np.isnan(value)
        assert measure.besides is None or f"[{low:g}, {high:g}] or {measure.besides:g}" == measure.range_text


def test_a_dense_neighbour_graph_is_noticed():
    from sklearn.neighbors import kneighbors_graph

    points = np.random.default_rng(0).normal(size=(40, 2))
    graph = kneighbors_graph(points, 5, mode="distance")
    dense = graph.maximum(graph.T).toarray()
    report = cqm.evaluate(dense, np.arange(40) % 2, metric="precomputed", measures=["silhouette"])
    assert "is this a neighbour graph, where 0 means unknown?" in str(report)
    copies = np.repeat(np.repeat(1 - np.eye(2), 20, axis=0), 20, axis=1)
    assert not cqm.evaluate(copies, np.arange(40) % 2, metric="precomputed", measures=["silhouette"]).notes


def test_row_names_and_missing_labels_are_noticed():
    table = pd.DataFrame(POINTS).reset_index().rename(columns={"index": "Unnamed: 0"})
    assert "column 'Unnamed: 0' counts as a coordinate" in str(cqm.evaluate(table, LABELS))
    unlabelled = pd.Series([*LABELS[:5], None, None]).astype("string").fillna("nan")
    assert "label 'nan' counts as a cluster" in str(cqm.evaluate(POINTS, unlabelled))


def test_a_noise_label_that_no_point_has_is_said():
    assert "no point has the noise label -1" in str(cqm.evaluate(POINTS, LABELS, noise_label=-1))
    unsaid = cqm.evaluate(POINTS, [0, 0, 0, 1, 1, -1, -1])
    assert "label -1 counts as a cluster" in str(unsaid)
    assert "label -1 counts" in unsaid._repr_html_()
    said = cqm.evaluate(POINTS, [0, 0, 0, 1, 1, -1, -1], noise_label=-1)
    assert not said.notes
    assert "5 points and 2 of noise, 2 clusters" in str(said)
    assert said.coverage == 5 / 7


def test_html_escapes_labels():
    page = cqm.profile_clusters(POINTS, ["<b>"] * 3 + ["x"] * 4)._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def test_unknown_measure_is_answered_with_the_nearest_name():
    with pytest.raises(KeyError, match="did you mean silhouette"):
        cqm.catalog["silhuette"]
    with pytest.raises(KeyError, match="no measure is named"):
        cqm.evaluate(POINTS, LABELS, measures=["zzz"])


def test_measures_fit_make_scorer():
    # scikit-learn calls score(y_true, y_pred): with y_true = the points, that is measure(X, labels)
    scoring = make_scorer(cqm.silhouette)
    model = KMeans(3, random_state=0).fit(POINTS)
    assert scoring(model, POINTS, POINTS) == pytest.approx(silhouette_score(POINTS, model.labels_), rel=1e-12)


def test_profiles_of_clusters():
    profiles = cqm.profile_clusters(POINTS, LABELS)
    assert profiles.labels == ("a", "b", "c")
    assert profiles.diameters.tolist() == [np.sqrt(2), 1, 1]
    assert profiles.widest_steps.tolist() == [1, 1, 1]
    assert profiles.mean_distances[0] == pytest.approx((2 + np.sqrt(2)) / 3, rel=1e-15)
    assert profiles.nearest == ("b", "a", "b")
    assert profiles.to_csv().count("\n") == 4
