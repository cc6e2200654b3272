"""DCSI and VIASCKDE against their definitions and against programs of other kinds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs, make_moons
from sklearn.neighbors import KernelDensity, NearestNeighbors

import cqm
from cqm.arrays.host import pairs
from cqm.definitions import dcsi as dcsi_definitions
from cqm.definitions import viasckde as viasckde_definitions
from tests.cqm.kinds import LABELS, POINTS, kinds, out_of_sight  # noqa: F401
from tests.cqm.strategies import distance_clusterings

MOONS = make_moons(150, noise=0.08, random_state=0)
BLOBS = make_blobs(120, centers=4, n_features=3, random_state=1)
SETS = pytest.mark.parametrize(("points", "labels"), [MOONS, BLOBS], ids=["moons", "blobs"])


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    monkeypatch.setattr(pairs, "TILE_ROWS", 29)


@given(distance_clusterings(max_n=9), st.integers(1, 3))
def test_dcsi_equals_its_definition(case, min_points):
    distances, labels = case
    got = cqm.dcsi(np.array(distances, dtype=float), labels, min_points=min_points, metric="precomputed")
    assert got == pytest.approx(float(dcsi_definitions.dcsi(distances, labels, min_points=min_points)), rel=1e-12)


def core_of(points, min_points):
    """Core points, with scikit-learn's neighbours."""
    ranked = NearestNeighbors(n_neighbors=2 * min_points + 1).fit(points).kneighbors()[0]
    return points[ranked[:, min_points - 1] <= np.median(ranked[:, 2 * min_points - 1])]


@SETS
@pytest.mark.parametrize("min_points", [2, 5])
def test_dcsi_from_scikit_learns_neighbours_and_scipys_trees(points, labels, min_points):
    cores = [core_of(points[labels == own], min_points) for own in np.unique(labels)]
    widest = [minimum_spanning_tree(cdist(core, core)).max() for core in cores]
    values = []
    for i, core in enumerate(cores):
        for j in range(i):
            quotient = KDTree(cores[j]).query(core)[0].min() / max(widest[i], widest[j])
            values.append(quotient / (1 + quotient))
    assert cqm.dcsi(points, labels, min_points=min_points) == pytest.approx(np.mean(values), rel=1e-10)


def test_pairs_with_a_small_cluster_add_nothing_to_dcsi():
    points, labels = MOONS
    more = np.vstack([points, points[:5] + 9])
    with_small = cqm.dcsi(more, [*labels, 2, 2, 2, 2, 2])
    assert with_small == pytest.approx(cqm.dcsi(points, labels) / 3, rel=1e-12)
    assert cqm.dcsi([[0.0], [1.0], [5.0]], [0, 0, 1]) == 0


def test_dcsi_of_copies():
    assert cqm.dcsi([[0.0], [0.0], [3.0], [3.0]], [0, 0, 1, 1], min_points=1) == 1
    assert math.isnan(cqm.dcsi(np.zeros((4, 1)), [0, 0, 1, 1], min_points=1))


# with bandwidths that leave no densities between equal and a billionth apart
@given(distance_clusterings(), st.sampled_from([3.0, 6.0]))
def test_viasckde_equals_its_definition(case, bandwidth):
    distances, labels = case
    got = cqm.viasckde(np.array(distances, dtype=float), labels, bandwidth=bandwidth, metric="precomputed")
    want = float(viasckde_definitions.viasckde(distances, labels, bandwidth=bandwidth))
    assert got == pytest.approx(want, rel=1e-9, abs=1e-12)


def test_viasckde_equals_its_definition_where_clusters_share_a_point():
    points, labels = np.array([[0.0], [0.0], [3.0], [0.0], [7.0]]), [0, 0, 0, 1, 1]  # the first ones: a = b = 0
    distances = np.abs(points - points.T)
    want = float(viasckde_definitions.viasckde(distances.tolist(), labels, bandwidth=2.0))
    assert want < 0
    assert cqm.viasckde(points, labels, bandwidth=2.0) == pytest.approx(want, rel=1e-12)


@SETS
@pytest.mark.parametrize("bandwidth", [0.3, 1.0])
def test_viasckde_from_scikit_learns_densities(points, labels, bandwidth):
    density = np.exp(KernelDensity(bandwidth=bandwidth).fit(points).score_samples(points))
    values = np.zeros(len(points))
    for own in np.unique(labels):
        inside = labels == own
        a = KDTree(points[inside]).query(points[inside], k=2)[0][:, 1]
        b = KDTree(points[~inside]).query(points[inside])[0]
        weights = density[inside] - density[inside].min()
        values[inside] = weights / weights.max() * (b - a) / np.maximum(a, b)
    assert cqm.viasckde(points, labels, bandwidth=bandwidth) == pytest.approx(values.mean(), rel=1e-8)


@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_viasckde_with_a_bandwidth_far_below_the_distances_and_in_any_unit(scale):
    points, labels = np.array([[0.0], [1], [2.5], [9], [10]]), [0, 0, 0, 1, 1]
    # 1.5 is so much sparser than 1 that the weights are 1, 1, 0; the right pair's densities differ by nothing visible
    want = (8 / 9 + 7 / 8) / 5
    assert cqm.viasckde(points * scale, labels, bandwidth=0.05 * scale) == pytest.approx(want, rel=1e-12)


def test_equal_densities_weigh_nothing():
    square = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    points = np.vstack([square, square + np.array([4, 0])])
    assert cqm.viasckde(np.vstack([square, square + 1e6]), [0] * 4 + [1] * 4, bandwidth=1) == 0
    assert cqm.viasckde(points, [0] * 4 + [1] * 4, bandwidth=1) > 0  # the facing sides are denser


@kinds
@pytest.mark.usefixtures("out_of_sight")
def test_on_other_arrays(elsewhere):
    X = elsewhere(POINTS)
    assert cqm.dcsi(X, LABELS, min_points=3) == pytest.approx(cqm.dcsi(POINTS, LABELS, min_points=3), rel=1e-12)
    assert cqm.viasckde(X, LABELS, bandwidth=2) == pytest.approx(cqm.viasckde(POINTS, LABELS, bandwidth=2), rel=1e-11)


def test_wrong_parameters():
    with pytest.raises(ValueError, match="`min_points` must be at least 1, got 0"):
        cqm.dcsi(POINTS, LABELS, min_points=0)
    for bandwidth in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match="`bandwidth` must be a positive number, got"):
            cqm.viasckde(POINTS, LABELS, bandwidth=bandwidth)
