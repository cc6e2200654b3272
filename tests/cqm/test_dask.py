"""Dask arrays against numpy: the same values from chunks, in this process and on a cluster of two worker processes."""

import dask
import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster

import cqm
from cqm.arrays.dask import engine, tasks
from tests.cqm.kinds import LABELS, POINTS, changed, chunked

METRICS = [metric for metric in cqm.METRICS if metric != "precomputed"]
# Together they need every pass that the engine has.
ON_PROCESSES = {
    "connectivity",
    "dbcv",
    "dunn",
    "gamma",
    "generalized_dunn_complete_average",
    "generalized_dunn_hausdorff_maximum",
    "mcclain_rao",
    "pbm",
    "relative_margin",
    "silhouette",
    "simplified_silhouette",
    "weakest_link",
    "weakest_link_pairs_mean",
}
SHUFFLED = np.random.default_rng(2).permutation(len(POINTS))


def equals_numpy(name):
    X, labels = POINTS[SHUFFLED], LABELS[SHUFFLED]
    got = cqm.catalog[name].function(chunked(X), labels)
    assert type(got) is float
    return got == pytest.approx(cqm.catalog[name].function(X, labels), rel=1e-12)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("measure", ["silhouette", "dunn", "weakest_link", "mcclain_rao"])
def test_every_metric(measure, metric):
    X, labels = POINTS[SHUFFLED], LABELS[SHUFFLED]
    metric = cqm.Minkowski(3.5) if metric == "minkowski" else metric
    got = getattr(cqm, measure)(chunked(X), labels, metric=metric)
    assert got == pytest.approx(getattr(cqm, measure)(X, labels, metric=metric), rel=1e-12)


@pytest.mark.parametrize("rows", [(70,), (1, 1, 1, 67), (35, 35)])
def test_any_chunks(rows):
    for measure in (cqm.silhouette, cqm.dunn, cqm.weakest_link, cqm.mcclain_rao, cqm.davies_bouldin, cqm.pbm):
        assert measure(chunked(POINTS, rows), LABELS) == pytest.approx(measure(POINTS, LABELS), rel=1e-12)


def test_columns_in_chunks_and_labels_as_a_dask_array():
    X = da.from_array(POINTS, chunks=(20, 7))
    assert cqm.dunn(X, da.from_array(LABELS, chunks=9)) == pytest.approx(cqm.dunn(POINTS, LABELS), rel=1e-12)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_float32(metric):
    X = POINTS.astype(np.float32)
    for measure in (cqm.silhouette, cqm.dunn, cqm.davies_bouldin):
        assert measure(chunked(X), LABELS, metric=metric) == pytest.approx(measure(X, LABELS, metric=metric), rel=1e-5)


def test_far_from_the_origin():
    X = POINTS + 1e8
    for measure in (cqm.silhouette, cqm.weakest_link, cqm.calinski_harabasz, cqm.davies_bouldin):
        assert measure(chunked(X), LABELS) == pytest.approx(measure(X, LABELS), rel=1e-12)


def test_the_same_bits_each_time():
    values = {cqm.mcclain_rao(chunked(POINTS), LABELS) for _ in range(3)}
    assert len(values) == 1


@pytest.mark.parametrize(
    ("X", "metric", "message"),
    [
        (changed(POINTS, 33, 1, np.nan), "euclidean", r"has nan at X\[33, 1\]"),
        (changed(POINTS, 33, slice(None), 0), "cosine", "undefined for zero vectors: row 33"),
        (POINTS[:9], "euclidean", "`labels` has 70 entries but `X` has 9 rows"),
    ],
)
def test_wrong_input_names_the_row(X, metric, message):
    with pytest.raises(ValueError, match=message):
        cqm.silhouette(da.from_array(X, chunks=(20, -1)), LABELS, metric=metric)


def test_chunks_of_unknown_size_are_refused():
    X = chunked(POINTS)
    with pytest.raises(ValueError, match=r"compute_chunk_sizes\(\)"):
        cqm.silhouette(X[X[:, 0] > -100], LABELS)
    with pytest.raises(TypeError, match="takes distances in memory"):
        cqm.silhouette(chunked(POINTS), LABELS, metric="precomputed")


# --- on a cluster, which every later test of this file would use, too


@pytest.fixture(scope="module")
def two_processes():
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(**options) as cluster, Client(cluster):
        yield


@pytest.mark.usefixtures("two_processes")
@pytest.mark.parametrize("name", sorted(ON_PROCESSES))
def test_measures_equal_those_of_numpy_on_two_processes(name):
    assert equals_numpy(name)


@pytest.mark.usefixtures("two_processes")
@pytest.mark.parametrize("measure", ["sample_silhouette", "sample_simplified_silhouette"])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_values_per_point_stay_dask_arrays(measure, metric):
    X, labels = POINTS[SHUFFLED], LABELS[SHUFFLED].copy()
    labels[::7] = -1
    labels[30] = -1  # a chunk of noise alone
    got = getattr(cqm, measure)(chunked(X), labels, metric=metric, noise_label=-1)
    assert isinstance(got, da.Array)
    expected = getattr(cqm, measure)(X, labels, metric=metric, noise_label=-1)
    assert got.compute() == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_sums_of_points_are_held_over_few_clusters(monkeypatch):
    held, over_parts = [], engine.over_parts

    def watched(met, shared, *arguments):
        held.append([values.shape[1] for values in met] + [len(shared[1])])
        return over_parts(met, shared, *arguments)

    monkeypatch.setattr(engine, "over_parts", watched)
    pairs = np.arange(70) // 2  # in blocks of 39 points, of which the 20th cluster has one in each
    with dask.config.set(scheduler="synchronous"):
        assert cqm.silhouette(chunked(POINTS), pairs) == pytest.approx(cqm.silhouette(POINTS, pairs), rel=1e-12)
    assert held == [[1, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize("rows", [16, 504])
@pytest.mark.parametrize("k", [2, 5, 35])
@pytest.mark.parametrize("name", ["silhouette", "viasckde"])
def test_clusters_in_lots(name, k, rows, monkeypatch):
    monkeypatch.setattr(tasks, "MET_ROWS", rows)
    labels = np.random.default_rng(k).permutation(np.arange(70) % k)
    got = getattr(cqm, name)(chunked(POINTS, (13, 13, 13, 31)), labels)
    assert got == pytest.approx(getattr(cqm, name)(POINTS, labels), rel=1e-12)
