"""Minimum spanning trees against scipy, within one tile and across several."""

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from cqm.arrays.host import trees
from cqm.arrays.host.trees import minimum_spanning_trees
from cqm.arrays.intake import validate


def expected(points, metric):
    lengths = cdist(points, points, metric)
    return np.sort(minimum_spanning_tree(lengths).data)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "cityblock"])
@pytest.mark.parametrize("sizes", [(1, 2, 30), (513, 40), (1700, 600, 1)])
def test_edge_lengths_equal_scipy(metric, sizes):
    X = np.random.default_rng(0).normal(size=(sum(sizes), 20))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    shuffled = np.random.default_rng(1).permutation(len(X))
    clustering = validate(X[shuffled], labels[shuffled], metric={"cityblock": "manhattan"}.get(metric, metric))
    for i, edges in enumerate(minimum_spanning_trees(clustering.points)):
        assert edges == pytest.approx(expected(X[labels == i], metric), rel=1e-12)


@pytest.mark.kernel
def test_many_blocks_with_ties_and_thinning(monkeypatch):
    monkeypatch.setattr(trees, "TILE_ROWS", 7)
    monkeypatch.setattr(trees, "EDGES_PER_POINT", 1)
    grid = np.random.default_rng(0).permutation(np.argwhere(np.ones((9, 11)))) * [1.0, 1.5]
    clustering = validate(np.vstack([grid, [[50.0, 50.0]]]), [0] * 99 + [1])
    # columns of 11 points 1.5 apart would cost more than rows of 9 points 1 apart: 8 × 11 steps of 1, 10 of 1.5
    assert minimum_spanning_trees(clustering.points)[0].tolist() == [1.0] * 88 + [1.5] * 10


@pytest.mark.kernel
@pytest.mark.parametrize("thinning", [1, 8])
def test_many_small_blocks_without_ties(monkeypatch, thinning):
    monkeypatch.setattr(trees, "TILE_ROWS", 7)
    monkeypatch.setattr(trees, "EDGES_PER_POINT", thinning)
    X = np.random.default_rng(0).normal(size=(60, 3))
    edges, _ = minimum_spanning_trees(validate(X, [0] * 59 + [1]).points)
    assert edges == pytest.approx(expected(X[:59], "euclidean"), rel=1e-12)


def test_duplicates_are_edges_of_length_zero():
    clustering = validate(np.repeat([[0.0], [3.0], [9.0]], [3, 2, 1], axis=0), [0, 0, 0, 0, 0, 1])
    assert minimum_spanning_trees(clustering.points)[0].tolist() == [0.0, 0.0, 0.0, 3.0]


@pytest.mark.kernel
def test_precomputed_distances_without_the_triangle_inequality():
    D = np.array([[0, 1, 9, 5.0], [1, 0, 2, 5], [9, 2, 0, 5], [5, 5, 5, 0]])
    first, second = minimum_spanning_trees(validate(D, [0, 0, 0, 1], metric="precomputed").points)
    assert first.tolist() == [1.0, 2.0]
    assert second.tolist() == []


@pytest.mark.kernel
def test_graph_of_two_components_has_a_tree_of_each():
    a, b, lengths = np.array([0, 1, 2, 3]), np.array([1, 2, 0, 4]), np.array([2.0, 1.0, 3.0, 5.0])
    assert sorted(trees.kruskal(5, trees.Edges(a, b, lengths)).lengths) == [1.0, 2.0, 5.0]
