import numpy as np
import pytest
from hypothesis import given
from sklearn.datasets import load_iris
from sklearn.metrics import silhouette_samples

import cqm
from cqm.definitions import silhouette as definitions
from tests.cqm.strategies import distance_clusterings, point_clusterings


@given(distance_clusterings())
def test_silhouette_equals_its_definition(case):
    distances, labels = case
    matrix = np.array(distances, dtype=float)
    expected = [float(s) for s in definitions.sample_silhouette(distances, labels)]
    assert cqm.sample_silhouette(matrix, labels, metric="precomputed") == pytest.approx(expected, rel=1e-12, abs=1e-15)
    expected = float(definitions.silhouette(distances, labels))
    assert cqm.silhouette(matrix, labels, metric="precomputed") == pytest.approx(expected, rel=1e-12, abs=1e-15)


@given(point_clusterings())
def test_simplified_silhouette_equals_its_definition(case):
    points, labels = case
    expected = definitions.sample_simplified_silhouette(points.tolist(), labels)
    # a point that is its own cluster's centroid has a = 0 or a = rounding of a mean: absolute, not relative
    assert cqm.sample_simplified_silhouette(points, labels) == pytest.approx(expected, rel=1e-12, abs=1e-13)
    expected = definitions.simplified_silhouette(points.tolist(), labels)
    assert cqm.simplified_silhouette(points, labels) == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "cosine", "manhattan", "chebyshev", "correlation"])
def test_silhouette_equals_scikit_learn(metric):
    iris = load_iris()
    shuffled = np.random.default_rng(0).permutation(len(iris.data))
    X, labels = iris.data[shuffled], iris.target_names[iris.target[shuffled]]
    peer = silhouette_samples(X, labels, metric={"manhattan": "cityblock"}.get(metric, metric))
    # scikit-learn's 1 − cos loses digits between nearly parallel rows: 1e-16 of distances around 1e-3
    assert cqm.sample_silhouette(X, labels, metric=metric) == pytest.approx(peer, rel=1e-10)
    assert cqm.silhouette(X, labels, metric=metric) == pytest.approx(peer.mean(), rel=1e-10)


def test_silhouette_known_answer():
    t, s = 1.0, 10.0
    distances = [[0, t, s, s], [t, 0, s, s], [s, s, 0, t], [s, s, t, 0]]
    assert cqm.silhouette(distances, [0, 0, 1, 1], metric="precomputed") == pytest.approx((s - t) / s)


def test_the_only_point_of_a_cluster_scores_zero():
    X, labels = [[0.0], [1.0], [10.0]], [0, 0, 1]
    assert cqm.sample_silhouette(X, labels)[2] == 0
    assert cqm.sample_simplified_silhouette(X, labels)[2] == 0


def test_clusters_at_the_same_place_score_zero():
    X, labels = np.zeros((4, 2)), [0, 0, 1, 1]
    assert cqm.silhouette(X, labels) == 0
    assert cqm.simplified_silhouette(X, labels) == 0


def test_samples_are_in_input_order_with_nan_for_noise():
    X, labels = np.array([[10.0], [5.0], [0.0], [12.0], [2.0]]), [1, -1, 0, 1, 0]
    got = cqm.sample_silhouette(X, labels, noise_label=-1)
    assert np.isnan(got[1])
    kept = [0, 2, 3, 4]
    assert got[kept] == pytest.approx(silhouette_samples(X[kept], np.array(labels)[kept]))


def test_simplified_silhouette_under_cosine_is_euclidean_on_unit_rows():
    X, labels = np.random.default_rng(1).normal(size=(30, 4)), np.arange(30) % 3
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert cqm.simplified_silhouette(X, labels, metric="cosine") == pytest.approx(
        cqm.simplified_silhouette(unit, labels)
    )


def test_simplified_silhouette_refuses_distances():
    with pytest.raises(ValueError, match="simplified silhouette needs coordinates"):
        cqm.simplified_silhouette(np.zeros((4, 4)), [0, 0, 1, 1], metric="precomputed")
