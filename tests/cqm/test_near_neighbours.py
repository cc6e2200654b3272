"""WCNN and DuNN against their definitions, and against genieclust where no two distances are equal."""

import math

import numpy as np
import pytest
from genieclust.cluster_validity import dunnowa_index, wcnn_index
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.datasets import load_iris

import cqm
from cqm.arrays.host import pairs
from cqm.definitions import near_neighbours as definitions
from tests.cqm.kinds import kinds, out_of_sight  # noqa: F401
from tests.cqm.strategies import distance_clusterings

RNG = np.random.default_rng(0)
LABELS = np.arange(90) % 3
POINTS = RNG.normal(size=(90, 3)) + 2 * LABELS[:, None]
OPERATORS = ["min", "max", "mean", "const", "smin:2", "smin:5", "smax:3"]


def in_genieclust(operator):
    name, _, delta = operator.partition(":")
    return {"smin": "SMin", "smax": "SMax"}.get(name, name.title()) + (f":{delta}" if delta else "")


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setattr(pairs, "TILE_ROWS", 17)


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("neighbors", [1, 5, 25])
def test_wcnn_is_genieclusts(neighbors):
    assert cqm.wcnn(POINTS, LABELS, neighbors=neighbors) == pytest.approx(wcnn_index(POINTS, LABELS, neighbors))


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("numerator", OPERATORS)
@pytest.mark.parametrize("denominator", OPERATORS)
def test_dunn_owa_is_genieclusts(numerator, denominator):
    got = cqm.dunn_owa(POINTS, LABELS, neighbors=6, numerator=numerator, denominator=denominator)
    want = dunnowa_index(POINTS, LABELS, 6, in_genieclust(numerator), in_genieclust(denominator))
    assert got == pytest.approx(want, rel=1e-10)


def test_defaults_are_genieclusts():
    jittered = load_iris().data + RNG.uniform(-0.01, 0.01, (150, 4))
    assert cqm.wcnn(jittered, load_iris().target) == pytest.approx(wcnn_index(jittered, load_iris().target))
    assert cqm.dunn_owa(jittered, load_iris().target) == pytest.approx(dunnowa_index(jittered, load_iris().target))


@given(
    distance_clusterings(min_n=5, max_n=9, largest=2),
    st.integers(1, 3),
    st.sampled_from(OPERATORS),
    st.sampled_from(OPERATORS),
)
def test_equal_their_definitions(case, neighbors, numerator, denominator):
    distances, labels = case
    labels = [label % 2 for label in labels]
    if len(set(labels)) == 1:
        labels[-1] = 1 - labels[0]
    matrix = np.array(distances, dtype=float)
    got = cqm.wcnn(matrix, labels, neighbors=neighbors, metric="precomputed")
    assert got == pytest.approx(float(definitions.wcnn(distances, labels, neighbors=neighbors)), rel=1e-12, abs=1e-15)
    options = {"neighbors": neighbors, "numerator": numerator, "denominator": denominator}
    got = cqm.dunn_owa(matrix, labels, metric="precomputed", **options)
    assert got == pytest.approx(float(definitions.dunn_owa(distances, labels, **options)), rel=1e-12, nan_ok=True)


def test_a_cluster_of_no_more_than_m_points_scores_the_worst():
    labels = np.where(np.arange(90) < 5, 3, LABELS)
    for measure in (cqm.wcnn, cqm.dunn_owa):
        assert measure(POINTS, labels, neighbors=5) == -math.inf
        assert measure(POINTS, labels, neighbors=4) > -math.inf


def test_definition_where_no_near_neighbour_is_across_or_inside():
    apart = np.arange(8.0)[:, None] + 100 * (np.arange(8) > 3)[:, None]
    mixed = np.repeat(np.arange(4.0), 2)[:, None] * 10
    extremes = {"neighbors": 1, "numerator": "max", "denominator": "max"}
    for points, labels, options, want in (
        (apart, np.arange(8) > 3, {"neighbors": 2}, math.inf),
        (mixed, np.arange(8) % 2, extremes, -math.inf),
        (mixed, np.arange(8) % 2, {"neighbors": 1}, 0),
    ):
        assert cqm.dunn_owa(points, labels, **options) == want
        assert definitions.dunn_owa(cdist(points, points).tolist(), labels.tolist(), **options) == want


@pytest.mark.parametrize("operator", OPERATORS)
def test_definition_of_every_operator(operator):
    distances = cdist(POINTS[:24], POINTS[:24]).tolist()
    for options in ({"numerator": operator}, {"numerator": "mean", "denominator": operator}):
        want = definitions.dunn_owa(distances, LABELS[:24].tolist(), neighbors=4, **options)
        got = cqm.dunn_owa(POINTS[:24], LABELS[:24], neighbors=4, **options)
        assert got == pytest.approx(want, rel=1e-12)


@pytest.mark.usefixtures("small_tiles")
def test_order_of_rows_does_not_matter_where_distances_tie():
    grid = np.argwhere(np.ones((8, 5))).astype(float)
    labels = (grid[:, 0] > 3).astype(int)
    orders = [np.random.default_rng(seed).permutation(40) for seed in range(4)]
    for measure in (cqm.wcnn, cqm.dunn_owa):
        values = [measure(grid[order], labels[order], neighbors=3) for order in orders]
        assert values == pytest.approx([values[0]] * 4, rel=1e-14)
    theirs = {wcnn_index(grid[order], labels[order], 3) for order in orders}
    assert len(theirs) > 1


@kinds
@pytest.mark.usefixtures("out_of_sight")
def test_on_other_arrays(elsewhere):
    X = elsewhere(np.vstack([POINTS[:70]]))
    for measure in (cqm.wcnn, cqm.dunn_owa):
        want = measure(POINTS[:70], LABELS[:70], neighbors=7)
        assert measure(X, LABELS[:70], neighbors=7) == pytest.approx(want, rel=1e-12)


def test_unknown_operators_and_numbers_of_neighbours():
    with pytest.raises(ValueError, match=r"got 'smin:0'"):
        cqm.dunn_owa(POINTS, LABELS, numerator="smin:0")
    with pytest.raises(ValueError, match="`neighbors` must be at least 1, got 0"):
        cqm.wcnn(POINTS, LABELS, neighbors=0)
