"""Calibration against clusterings drawn by hand, and the growth of random clusterings against the plain rule."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

import cqm
from cqm.reports.calibration import KINDS, random_clustering

POINTS, MEMBERS = make_blobs(40, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
DISTANCES = np.linalg.norm(POINTS[:, None] - POINTS[None], axis=2)
JOIN = {"nearest": min, "farthest": max, "average": lambda values: sum(values) / len(values)}


def grown(distances, seeds, join):
    """The rule in words: again and again, the free point and the cluster join that are closest."""
    groups = [[seed] for seed in seeds]
    free = set(range(len(distances))) - set(seeds)
    while free:
        _, group, point = min(
            (join([distances[p][x] for x in members]), i, p) for i, members in enumerate(groups) for p in free
        )
        groups[group].append(point)
        free.remove(point)
    labels = np.empty(len(distances), dtype=int)
    for i, members in enumerate(groups):
        labels[members] = i
    return labels


@pytest.mark.parametrize("kind", JOIN)
def test_random_clusterings_grow_by_the_rule(kind):
    seeds = np.random.default_rng(3).choice(40, 4, replace=False)
    found = random_clustering(DISTANCES, 4, kind, np.random.default_rng(3))
    assert found.tolist() == grown(DISTANCES, seeds.tolist(), JOIN[kind]).tolist()


def test_random_centroids_take_the_nearest_points():
    seeds = np.random.default_rng(3).choice(40, 4, replace=False)
    found = random_clustering(DISTANCES, 4, "centroids", np.random.default_rng(3))
    assert found.tolist() == DISTANCES[:, seeds].argmin(axis=1).tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_every_cluster_is_used_also_among_equal_points(kind):
    labels = random_clustering(np.zeros((6, 6)), 3, kind, np.random.default_rng(0))
    assert set(labels) == {0, 1, 2}


def test_values_are_standardised_over_the_pool():
    found = {"blobs": MEMBERS, "halves": np.arange(40) % 2}
    table = cqm.calibrate(POINTS, found, ["trace_w"], n_random=5, random_state=0)
    rng = np.random.default_rng(0)
    pools = {k: [random_clustering(DISTANCES, k, kind, rng) for kind in KINDS for _ in range(5)] for k in (2, 3)}
    for name, k in (("blobs", 3), ("halves", 2)):
        pool = [cqm.trace_w(POINTS, labels) for labels in pools[k]] + [cqm.trace_w(POINTS, found[name])]
        wanted = -(cqm.trace_w(POINTS, found[name]) - np.mean(pool)) / np.std(pool, ddof=1)  # lower is better
        assert table.standardised[name]["trace_w"] == pytest.approx(wanted)


def test_a_measure_that_falls_with_k_no_longer_prefers_many_clusters():
    rng = np.random.default_rng(0)
    shattered = np.where(rng.random(40) < 0.5, rng.integers(20, size=40), MEMBERS)
    found = {"blobs": MEMBERS, "shattered": shattered}
    assert cqm.calibrate(POINTS, found, ["trace_w"], n_random=5, random_state=0).best == "blobs"


def test_weights_decide_and_the_best_is_marked():
    found = {"blobs": MEMBERS, "halves": np.arange(40) % 2}
    against = cqm.calibrate(POINTS, found, {"silhouette": -1.0}, n_random=5, random_state=0)
    assert against.best == "halves"
    assert "halves" in str(against)
    assert "<b>" in against._repr_html_()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cqm.calibrate(POINTS, {}, ["dunn"]), ValueError, "nothing to compare"),
        (lambda: cqm.calibrate(POINTS, {"one": [0] * 40}, ["dunn"], n_random=1), ValueError, "choose other measures"),
        (lambda: cqm.calibrate(POINTS, {"a": MEMBERS}, ["dunnn"]), KeyError, "dunn"),
        (
            lambda: random_clustering(DISTANCES, 0, "average", np.random.default_rng()),
            ValueError,
            "between 1 and the 40",
        ),
        (lambda: random_clustering(DISTANCES, 2, "medoid", np.random.default_rng()), ValueError, "must be one of"),
    ],
)
def test_wrong_calls_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
