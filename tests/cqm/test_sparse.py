"""scipy's sparse matrices and arrays have the values of what their `toarray` gives, and are never made dense."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csr_array
from sklearn.decomposition import TruncatedSVD

import cqm
from cqm.arrays.clustering import in_coordinates
from cqm.arrays.intake import validate
from cqm.arrays.sparse import vectors
from cqm.arrays.sparse.engine import Sparse
from cqm.geometry.centroids import centroid_distances

RNG = np.random.default_rng(0)
LABELS = np.r_[RNG.integers(0, 4, 89), 4]
COUNTS = RNG.poisson(0.3 + (np.arange(30) % 5 == LABELS[:, None]), size=(90, 30)).astype(float)
COUNTS[:, 29] += 1  # no row is zero
COUNTS[7], COUNTS[8] = COUNTS[6], 3 * COUNTS[6]
WEIGHTS = COUNTS * RNG.uniform(0.5, 1.5, size=30)
METRICS = ["euclidean", "sqeuclidean", "cosine", "angular"]


def same(got, expected):
    assert {**got.left_out} == {**expected.left_out}
    assert got.values == pytest.approx(dict(expected.values), rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("metric", METRICS)
def test_every_measure_has_the_value_of_the_dense_array(metric):
    got, expected = (cqm.evaluate(X, LABELS, metric=metric, measures="all") for X in (csr_array(WEIGHTS), WEIGHTS))
    assert len(got.values) > 30
    same(got, expected)


SOME = ["silhouette", "simplified_silhouette", "davies_bouldin", "dunn", "mcclain_rao", "weakest_link", "dbcv"]


def evaluated(X, metric="cosine", **options):
    return cqm.evaluate(X, LABELS, metric=metric, measures=SOME, **options)


@pytest.mark.parametrize("layout", ["csr", "csc", "coo", "lil", "dok", "bsr"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_layouts(layout, kind):
    same(evaluated(getattr(sparse, f"{layout}_{kind}")(COUNTS)), evaluated(COUNTS))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float32])
def test_types_of_numbers(dtype):
    X = COUNTS.astype(dtype)
    same(evaluated(csr_array(X)), evaluated(X.astype(float)))


def in_pieces(X):
    """Every entry twice, halved, and a stored zero a row, columns descending: rows as they are stored, and triples."""
    halves = [np.r_[np.flatnonzero(row), np.flatnonzero(row), np.argmin(row)][::-1] for row in X]
    values = np.concatenate([row[at] / 2 for row, at in zip(X, halves, strict=True)])
    columns, lengths = np.concatenate(halves), list(map(len, halves))
    return [
        csr_array((values, columns, np.cumsum([0, *lengths])), shape=X.shape),
        sparse.coo_array((values, (np.repeat(np.arange(len(X)), lengths), columns)), shape=X.shape),
    ]


def test_pieces_are_added_up_and_the_input_is_left_as_it_was():
    for given in in_pieces(WEIGHTS):
        values = given.data.copy()
        same(evaluated(given), evaluated(WEIGHTS))
        assert np.array_equal(given.data, values)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_noise(metric):
    X = WEIGHTS.copy()
    X[LABELS == 4] = 0  # without a direction, but left out
    same(evaluated(csr_array(X), metric, noise_label=4), evaluated(X, metric, noise_label=4))
    values = [cqm.sample_silhouette(x, LABELS, metric=metric, noise_label=4) for x in (csr_array(X), X)]
    assert values[0] == pytest.approx(values[1], rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("metric", ["cosine", "angular"])
def test_a_row_without_a_direction_is_named(metric):
    X = WEIGHTS.copy()
    X[[40, 50]] = 0
    with pytest.raises(ValueError, match=f"{metric} distance is undefined for zero vectors: row 40"):
        cqm.dunn(csr_array(X), LABELS, metric=metric)
    assert np.isfinite(cqm.dunn(csr_array(X), LABELS, metric="euclidean"))
    stored = csr_array(WEIGHTS)
    stored.data[stored.indptr[40] : stored.indptr[41]] = 0
    with pytest.raises(ValueError, match="row 40"):
        cqm.dunn(stored, LABELS, metric=metric)


def test_equal_rows_are_at_distance_zero_and_parallel_ones_in_angles():
    labels = np.r_[LABELS[:6], 5, 6, 7, LABELS[9:]]
    assert cqm.dunn(csr_array(WEIGHTS), labels) == 0
    rest = np.arange(90) != 7
    assert cqm.dunn(csr_array(WEIGHTS[rest]), labels[rest], metric="cosine") == 0
    assert cqm.dunn(csr_array(WEIGHTS[rest]), labels[rest]) > 0


def test_parallel_rows_lie_on_their_centroid():
    X = np.outer(RNG.uniform(0.5, 2, size=40), WEIGHTS[0])
    X[20:] = np.outer(RNG.uniform(0.5, 2, size=20), WEIGHTS[1])
    clustering = validate(csr_array(X), np.arange(40) // 20, metric="cosine")
    assert (centroid_distances(in_coordinates(clustering))[:, 0] == 0).all()


def test_rows_without_a_common_feature_are_all_equally_far():
    X = np.kron(np.eye(20), np.ones(3)) * RNG.uniform(0.5, 2, size=60)
    assert cqm.dunn(csr_array(X), np.arange(20) % 2, metric="cosine") == 1


def test_directions_of_small_numbers():
    X = WEIGHTS.copy()
    X[:5] *= 1e-170
    same(evaluated(csr_array(X)), evaluated(WEIGHTS))


def test_digits_are_kept_far_from_the_origin():
    X = WEIGHTS + 1e6
    got, expected = (cqm.evaluate(x, LABELS, measures=SOME) for x in (csr_array(X), X))
    same(got, expected)


@pytest.mark.parametrize("over", ["medoid", "centroid", np.unique(LABELS, return_index=True)[1]])
@pytest.mark.parametrize("metric", METRICS)
def test_representatives(metric, over):
    got, expected = (
        cqm.additive_margin(X, LABELS, metric=metric, representatives=over) for X in (csr_array(WEIGHTS), WEIGHTS)
    )
    assert got == pytest.approx(expected, rel=1e-9)


# --- what is never made dense


@pytest.fixture
def texts(monkeypatch):
    """Counts of 60 terms each out of 40,000, where one block of rows, or all centroids, may be dense, no more."""
    monkeypatch.setattr(vectors, "MOST_BYTES", 8 * 40_000 * 8)
    labels = np.arange(300) % 6
    columns = (RNG.integers(0, 400, size=(300, 60)) ** 2 % 7919 + 5000 * labels[:, None]) % 40_000
    columns[:, :8] = np.arange(8)
    X = sparse.coo_array((np.ones(18_000), (np.repeat(np.arange(300), 60), columns.ravel())), shape=(300, 40_000))
    return X.tocsr(), labels


def test_what_needs_a_large_dense_array_is_left_out_with_the_reason(texts):
    X, labels = texts
    report = cqm.evaluate(X, labels, metric="cosine", measures=["silhouette", "davies_bouldin", "trace_wib", "cdbw"])
    assert set(report.values) == {"silhouette", "davies_bouldin"}
    for rows, name in [(300, "trace_wib"), (50, "cdbw")]:
        assert f"needs {rows} × 40,000 numbers of a sparse `X` in one dense array" in report.left_out[name]
    assert np.isfinite(cqm.cdbw(X.toarray(), labels))  # the cures
    assert np.isfinite(cqm.cdbw(TruncatedSVD(100).fit_transform(X), labels))


def test_more_clusters_than_there_is_room_for_centroids(texts):
    X, labels = texts
    labels = labels + 6 * (np.arange(300) % 7)  # 42 clusters
    dense = X.toarray()
    for metric in ("cosine", "sqeuclidean"):
        for measure in (cqm.silhouette, cqm.mcclain_rao):
            got, expected = (measure(x, labels, metric=metric) for x in (X, dense))
            assert got == pytest.approx(expected, rel=1e-9)
    with pytest.raises(ValueError, match=r"needs 42 × 40,000 numbers"):
        cqm.davies_bouldin(X, labels)


@pytest.mark.parametrize("measure", [cqm.silhouette, cqm.davies_bouldin, cqm.dunn, cqm.weakest_link])
def test_no_dense_copy_is_made(texts, measure):
    X, labels = texts
    measure(X, labels, metric="cosine")
    tracemalloc.start()
    measure(X, labels, metric="cosine")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.shape[0] * X.shape[1] * 8 / 4


def test_costs_are_those_of_sparse_rows(texts):
    X, labels = texts
    points = validate(X, labels).points
    assert isinstance(points, Sparse)
    assert points.features == 40_000
    assert points.width < 2000
    effort = cqm.catalog["dunn"].operations(300, 6, 2000, "cosine")
    assert "dunn" in cqm.evaluate(X, labels, metric="cosine", effort=effort).values


def test_reports_of_sparse_points():
    X = csr_array(WEIGHTS)
    compared = [cqm.compare(x, {"a": LABELS, "b": LABELS % 2}, measures=SOME).to_frame() for x in (X, WEIGHTS)]
    assert compared[0].select_dtypes("number").to_numpy() == pytest.approx(
        compared[1].select_dtypes("number").to_numpy(), rel=1e-9, nan_ok=True
    )
    intervals = [cqm.confidence_interval(x, LABELS, "silhouette", random_state=0, n_resamples=5) for x in (X, WEIGHTS)]
    assert intervals[0].lower == pytest.approx(intervals[1].lower, rel=1e-9)
    with pytest.raises(TypeError, match=r"must be dense, got a csr_array: pass X.toarray\(\)"):
        cqm.cluster_stability(X, None, n_resamples=1)
