import numpy as np
import pytest

import cqm
from cqm.arrays.clustering import as_squared
from cqm.arrays.host import centroids as around_centroids
from cqm.arrays.host.tiles import distances
from cqm.arrays.intake import validate
from cqm.geometry.centroids import dispersion
from cqm.geometry.closed_forms import from_sums
from cqm.sharing import shared_work

pytestmark = pytest.mark.kernel

SIZES = (1, 2, 9, 3, 14, 1)


def example(dtype=np.float64, offset=0.0):
    """Points of clusters of these sizes, shuffled."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(range(len(SIZES)), SIZES))
    return (rng.normal(size=(len(labels), 3)) + offset).astype(dtype), labels


@pytest.mark.parametrize("rows", [2, 6, 100], ids="{} rows a block".format)
@pytest.mark.parametrize("bytes_", [1, 100, 2**20], ids="{} bytes of cache".format)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_around_centroids(rows, bytes_, dtype, monkeypatch):
    monkeypatch.setattr(around_centroids, "BLOCK_ROWS", rows)
    monkeypatch.setattr(around_centroids, "CACHE_BYTES", bytes_)
    X, labels = example(dtype)
    clustering = validate(X, labels)
    spread = dispersion(clustering)
    clusters = [X[labels == i].astype(float) for i in range(len(SIZES))]
    means = np.array([cluster.mean(axis=0) for cluster in clusters])
    assert spread.centroids + spread.origin == pytest.approx(means, abs=1e-14)
    assert spread.center + spread.origin == pytest.approx(X.astype(float).mean(axis=0), abs=1e-14)
    squares = [((cluster - mean) ** 2).sum(axis=0) for cluster, mean in zip(clusters, means, strict=True)]
    assert spread.squares == pytest.approx(np.array(squares), rel=1e-12, abs=0)
    lengths = [np.linalg.norm(cluster - mean, axis=1).sum() for cluster, mean in zip(clusters, means, strict=True)]
    assert spread.lengths == pytest.approx(np.array(lengths), rel=1e-12, abs=0)


def test_points_are_met_where_they_are_until_they_are_arranged():
    X, labels = example()
    clustering = validate(X, labels)
    first = dispersion(clustering)
    assert clustering.points.locate(slice(0, 3))[0] is X
    assert np.array_equal(clustering.points.data, X[clustering.order])
    assert clustering.points.locate(slice(0, 3))[0] is clustering.points.data
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
