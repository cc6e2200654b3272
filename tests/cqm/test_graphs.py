"""A sparse graph of nearest neighbours is enough for measures of neighbours, which have the value of all distances."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import shortest_path
from sklearn.neighbors import kneighbors_graph, radius_neighbors_graph

import cqm

RNG = np.random.default_rng(0)
LABELS = np.r_[RNG.integers(0, 4, 74), [4] * 6]
POINTS = RNG.normal(size=(80, 3)) + LABELS[:, None]
GRAPH = kneighbors_graph(POINTS, 30, mode="distance")
HALVES = np.where(LABELS > 1, 1, 0)  # clusters that are larger than any number of neighbours
OF_NEIGHBOURS = [name for name, measure in cqm.catalog.items() if measure.of_neighbours]
MEASURED = [*OF_NEIGHBOURS, "size_entropy"]  # which looks at no distance
GRAPHS = {
    "nearest": GRAPH,
    "symmetric": GRAPH.maximum(GRAPH.T),
    "with itself": kneighbors_graph(POINTS, 16, mode="distance", include_self=True),
    "radius": radius_neighbors_graph(POINTS, 4, mode="distance"),
    **{layout: getattr(sparse, f"{layout}_array")(GRAPH.copy()) for layout in ("csc", "coo", "lil", "dok")},
}

of_neighbours = pytest.mark.parametrize("name", OF_NEIGHBOURS)


def value(name, X, labels=LABELS, **options):
    options |= {"neighbors": 5} if name in OF_NEIGHBOURS else {}
    return cqm.catalog[name].function(X, labels, **options)


@of_neighbours
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_kernels_on_graphs_give_the_value_of_all_distances(name, graph):
    before = graph.copy()
    assert value(name, graph, metric="precomputed") == pytest.approx(value(name, POINTS), rel=1e-12)
    assert np.array_equal(before.toarray(), graph.toarray())


@of_neighbours
def test_points_that_are_equally_near_share_their_ranks(name):
    grid = np.array([[x, y] for x in range(9) for y in range(9)], dtype=float)
    labels = (grid[:, 0] > 3) + 2 * (grid[:, 1] > 4)
    graph = radius_neighbors_graph(grid, 3.7, mode="distance")
    assert value(name, graph, labels, metric="precomputed") == value(name, grid, labels)


@of_neighbours
def test_copies_are_at_distance_zero(name):
    rows = np.r_[0:80, 0:30, 5]
    graph = kneighbors_graph(POINTS[rows], 14, mode="distance")
    assert (graph.data == 0).sum() > 30
    expected = value(name, POINTS[rows], LABELS[rows])
    assert value(name, graph, LABELS[rows], metric="precomputed") == pytest.approx(expected, rel=1e-12)


@of_neighbours
def test_noise_and_weights(name):
    weights = RNG.integers(0, 3, 80)
    graph = kneighbors_graph(POINTS, 50, mode="distance")
    options = {"noise_label": 4, "sample_weight": weights}
    expected = value(name, POINTS, **options)
    assert value(name, graph, metric="precomputed", **options) == pytest.approx(expected, rel=1e-12)


def test_an_evaluation_has_the_measures_of_neighbours_and_says_why_not_the_others():
    report = cqm.evaluate(GRAPH, HALVES, metric="precomputed", measures="all")
    assert list(report.values) == MEASURED
    assert len(OF_NEIGHBOURS) >= 3
    assert "2,400 of the 6,320 distances" in report.left_out["silhouette"]
    assert "unknown, not 0" in report.left_out["dunn"]


@pytest.mark.parametrize("name", [name for name in cqm.catalog if name not in MEASURED])
def test_other_measures_refuse_graphs(name):
    with pytest.raises(ValueError, match=r"unknown, not 0|needs|precomputed"):
        value(name, GRAPH, HALVES, metric="precomputed")


def test_distances_along_the_graph_go_into_the_others():
    with pytest.raises(ValueError, match=r"or distances along the graph, scipy.sparse.csgraph.shortest_path"):
        cqm.silhouette(GRAPH, LABELS, metric="precomputed")
    assert np.isfinite(cqm.silhouette(shortest_path(GRAPH, directed=False), LABELS, metric="precomputed"))


def test_comparison_by_a_graph():
    clusterings = {"given": HALVES, "drawn": RNG.permutation(HALVES)}
    table = cqm.compare(GRAPH, clusterings, metric="precomputed", measures=OF_NEIGHBOURS)
    assert [table.best(name) for name in OF_NEIGHBOURS] == [("given",)] * len(OF_NEIGHBOURS)


def test_cure_of_graphs_of_too_few_neighbours():
    few = kneighbors_graph(POINTS, 4, mode="distance")
    with pytest.raises(ValueError, match=r"has 4 neighbours that are no noise, and 10 are asked for: pass neighbors=4"):
        cqm.connectivity(few, LABELS, metric="precomputed")
    got = cqm.connectivity(few, LABELS, metric="precomputed", neighbors=4)
    assert got == pytest.approx(cqm.connectivity(POINTS, LABELS, neighbors=4))
    alone = few.tolil()
    alone[7] = 0
    with pytest.raises(ValueError, match=r"row 7 of the graph has 0 neighbours .* pass a graph of more"):
        cqm.connectivity(alone, LABELS, metric="precomputed")


def test_cure_of_graphs_without_distances():
    graph = kneighbors_graph(POINTS, 12)
    with pytest.raises(ValueError, match=r'kneighbors_graph\(vectors, …, mode="distance"\)'):
        cqm.connectivity(graph, LABELS, metric="precomputed")
    assert cqm.connectivity(kneighbors_graph(POINTS, 12, mode="distance"), LABELS, metric="precomputed") > 0


def test_cure_of_a_diagonal():
    graph = GRAPH.tolil()
    graph.setdiag(1)
    graph = graph.tocsr()
    with pytest.raises(ValueError, match=r"X\[0, 0\] is not: call X.setdiag\(0\)"):
        cqm.connectivity(graph, LABELS, metric="precomputed")
    graph.setdiag(0)
    assert cqm.connectivity(graph, LABELS, metric="precomputed") == cqm.connectivity(
        GRAPH, LABELS, metric="precomputed"
    )


@pytest.mark.parametrize(
    ("graph", "error", "message"),
    [
        (-GRAPH, ValueError, r"not negative, but X\[0, \d+\] = -"),
        (GRAPH * np.nan, ValueError, "finite and not negative"),
        (GRAPH * 1j, TypeError, "real numbers"),
        (GRAPH[:, :70], TypeError, "must be dense"),
        (sparse.csr_array((80, 80)), ValueError, "has 0 neighbours"),
    ],
)
def test_what_is_no_graph(graph, error, message):
    with pytest.raises(error, match=message):
        cqm.connectivity(graph, LABELS, metric="precomputed")


def test_the_work_is_that_of_the_graph():
    report = cqm.evaluate(GRAPH, HALVES, metric="precomputed", measures="all", effort=1e4)
    assert list(report.values) == MEASURED
