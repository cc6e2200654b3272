import numpy as np
import pytest

import cqm
from cqm.arrays.clustering import as_squared
from cqm.arrays.host import centroids as around_centroids
from cqm.arrays.host.tiles import distances
from cqm.arrays.intake import validate
from cqm.geometry.centroids import dispersion, sum_of_distances
from cqm.geometry.closed_forms import from_sums
from cqm.sharing import shared_work

pytestmark = pytest.mark.kernel

SIZES = (1, 2, 9, 3, 14, 1)


def example(dtype=np.float64, offset=0.0):
    """Points of clusters of these sizes, shuffled."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(range(len(SIZES)), SIZES))
    return (rng.normal(size=(len(labels), 3)) + offset).astype(dtype), labels


# rows of a lot, how many of them a large cluster has, and what comes of it: lots that share clusters, and others
LOTS = [(100, 1, 0, 1), (7, 0.1, 5, 0), (7, 1, 4, 2), (7, 100, 4, 2), (14, 100, 0, 5), (2, 0.1, 14, 1)]


@pytest.mark.parametrize(("rows", "each", "shared", "whole"), LOTS)
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("weighted", [False, True], ids=["alone", "weighted"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_around_centroids(rows, each, shared, whole, metric, weighted, dtype, monkeypatch):
    X, labels = example(dtype)
    monkeypatch.setattr(around_centroids, "LOT_ROWS", rows)
    monkeypatch.setattr(around_centroids, "ROWS_EACH", each)
    monkeypatch.setattr(around_centroids, "CACHE_BYTES", 4 * X[0].nbytes)
    weights = 1.0 + np.arange(len(X)) % 3 if weighted else np.ones(len(X))
    given, theirs = np.insert(X, [3, 20], 7, axis=0), np.insert(labels, [3, 20], -1)
    clustering = validate(
        given,
        theirs,
        metric=metric,
        noise_label=-1,
        sample_weight=np.insert(weights, [3, 20], 7) if weighted else None,
        coordinates="it",
        fractions=True,
    )
    assert [len(list(lots)) for lots in around_centroids._lots(clustering.points)] == [shared, whole]
    spread = dispersion(clustering)
    X = X.astype(float) if metric == "euclidean" else (X / np.linalg.norm(X.astype(float), axis=1)[:, None])
    X = X.astype(dtype).astype(float)
    clusters = [(X[labels == i], weights[labels == i]) for i in range(len(SIZES))]
    means = np.array([np.average(cluster, axis=0, weights=w) for cluster, w in clusters])
    assert spread.centroids + spread.origin == pytest.approx(means, abs=1e-14)
    assert spread.center + spread.origin == pytest.approx(np.average(X, axis=0, weights=weights), abs=1e-14)
    deviations = [(cluster - mean, w) for (cluster, w), mean in zip(clusters, means, strict=True)]
    assert spread.squares == pytest.approx(np.array([w @ away**2 for away, w in deviations]), rel=1e-12, abs=1e-30)
    lengths = np.array([w @ np.linalg.norm(away, axis=1) for away, w in deviations])
    assert spread.lengths == pytest.approx(lengths, rel=1e-12, abs=1e-15)
    apart = weights @ np.linalg.norm(X - np.average(X, axis=0, weights=weights), axis=1)
    assert sum_of_distances(clustering) == pytest.approx(apart, rel=1e-12)


def test_points_are_met_where_they_are_until_they_are_arranged():
    X, labels = example()
    clustering = validate(X, labels)
    first = dispersion(clustering)
    assert clustering.points.locate(np.arange(3))[0] is X
    assert np.array_equal(clustering.points.data, X[clustering.order])
    assert clustering.points.locate(np.arange(3))[0] is clustering.points.data
    assert np.array_equal(dispersion(clustering).squares, first.squares)


@pytest.mark.parametrize("change", [np.asfortranarray, lambda X: X[::-1][::-1], np.copy], ids=["F", "views", "frozen"])
def test_layout_changes_nothing(change):
    X, labels = example()
    changed = change(X)
    changed.flags.writeable = False
    assert cqm.davies_bouldin(changed, labels) == cqm.davies_bouldin(X, labels)


def test_equal_points_have_no_dispersion_far_from_zero():
    X, _ = example(offset=1e8)
    same = np.repeat(X[: len(SIZES)], SIZES, axis=0)
    spread = dispersion(validate(same, np.repeat(range(len(SIZES)), SIZES)))
    assert not spread.squares.any()
    assert not spread.lengths.any()
    assert np.array_equal(spread.centroids, X[: len(SIZES)] - X[0])


@pytest.mark.parametrize("metric", ["cosine", "correlation", "sqeuclidean"])
def test_closed_forms_make_no_copy_of_the_points(metric):
    X = np.random.default_rng(0).normal(size=(60, 20))
    clustering = validate(X, np.arange(60) % 3, metric=metric)
    with shared_work():
        points = as_squared(clustering).points
        totals = from_sums(clustering, lambda values, own, sizes: values)
        dispersion(as_squared(clustering))
    assert points.given is X
    assert "data" not in vars(clustering.points)
    assert "data" not in vars(points)
    exact = np.stack(
        [distances(clustering.points, slice(0, 60), clustering.cluster(i)).sum(axis=1) for i in range(3)], axis=1
    )
    np.testing.assert_allclose(totals, exact, rtol=1e-12)
