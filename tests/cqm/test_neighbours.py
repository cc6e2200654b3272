import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

import cqm
from cqm.arrays.host import pairs
from cqm.definitions import neighbours as definitions
from cqm.geometry import neighbours
from tests.cqm.strategies import distance_clusterings, labelings

neighbors = st.integers(1, 9)  # more than there are points, too


@given(distance_clusterings(), neighbors, st.sampled_from(["connectivity", "cvnn_separation"]))
def test_equals_its_definition(case, neighbors, name):
    distances, labels = case
    got = getattr(cqm, name)(np.array(distances, dtype=float), labels, metric="precomputed", neighbors=neighbors)
    want = getattr(definitions, name)(distances, labels, neighbors=neighbors)
    assert got == pytest.approx(float(want), rel=1e-12)


@given(distance_clusterings())
def test_compactness_equals_its_definition(case):
    distances, labels = case
    got = cqm.cvnn_compactness(np.array(distances, dtype=float), labels, metric="precomputed")
    assert got == pytest.approx(float(definitions.cvnn_compactness(distances, labels)), rel=1e-12)


@given(distance_clusterings(min_n=5, max_n=5), st.lists(labelings(5), max_size=3), neighbors)
def test_cvnn_equals_its_definition(case, others, neighbors):
    distances, labels = case
    clusterings = [labels, *others]
    got = cqm.cvnn(np.array(distances, dtype=float), clusterings, metric="precomputed", neighbors=neighbors)
    want = [float(value) for value in definitions.cvnn(distances, clusterings, neighbors=neighbors)]
    assert got.tolist() == pytest.approx(want, rel=1e-12)


@pytest.mark.kernel
@pytest.mark.parametrize("count", [1, 5, 20])
def test_agrees_with_a_neighbour_search_where_nothing_ties(monkeypatch, count):
    monkeypatch.setattr(pairs, "TILE_ROWS", 32)  # several tiles
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(100, 3)), rng.integers(0, 4, size=100)
    nearest = NearestNeighbors(n_neighbors=count).fit(points).kneighbors(return_distance=False)
    foreign = labels[nearest] != labels[:, None]
    assert cqm.connectivity(points, labels, neighbors=count) == pytest.approx(
        (foreign / np.arange(1, count + 1)).sum(), rel=1e-12
    )
    separation = max(foreign[labels == i].mean() for i in range(4))
    assert cqm.cvnn_separation(points, labels, neighbors=count) == pytest.approx(separation, rel=1e-12)


@pytest.mark.kernel
def test_what_two_blocks_met_is_the_same_whichever_is_first():
    few = [[1.0, np.inf, np.inf]], [[1, 0, 0]], [[1, 0, 0]]
    many = [[0.5, 1.0, 2.0]], [[1, 1, 1]], [[0, 0, 1]]
    for first, second in [(few, many), (many, few)]:
        found, nearest = (neighbours._Nearest(*map(np.array, each)) for each in (first, second))
        neighbours._merge(found, nearest)
        assert nearest.distance[0, :2].tolist() == [0.5, 1]
        assert nearest.points[0, :2].tolist() == [1, 2]
        assert nearest.foreign[0, :2].tolist() == [0, 1]


@pytest.mark.parametrize("name", ["connectivity", "cvnn_separation", "cvnn_compactness"])
def test_shuffling_rows_of_a_grid_changes_nothing(name):
    rng = np.random.default_rng(1)
    points, labels = rng.integers(0, 5, size=(80, 2)).astype(float), rng.integers(0, 3, size=80)
    order = rng.permutation(80)
    measure = getattr(cqm, name)
    assert measure(points[order], labels[order]) == pytest.approx(measure(points, labels), rel=1e-12)


def test_equally_near_points_share_their_ranks():
    # x at 0 has one neighbour of its own cluster and two others at distance 1: ranks 1, 2, 3 are foreign to 2/3 each
    distances = np.ones((4, 4)) - np.eye(4)
    assert cqm.connectivity(distances, [0, 0, 1, 1], metric="precomputed", neighbors=2) == pytest.approx(
        4 * 2 / 3 * (1 + 1 / 2), rel=1e-15
    )


def test_at_least_one_neighbour():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        cqm.connectivity([[0.0], [1.0], [3.0]], [0, 0, 1], neighbors=0)


def test_cvnn_of_nothing():
    with pytest.raises(ValueError, match="pass at least one label array"):
        cqm.cvnn([[0.0], [1.0], [3.0]], [])
