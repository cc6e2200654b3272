import math
from types import SimpleNamespace

import numpy as np
import permetrics
import pytest
from hdbscan.validity import all_points_core_distance, validity_index
from hypothesis import given
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_circles, make_moons
from sklearn.metrics import adjusted_rand_score

import cqm
from benchmarks.choosing_eps import by_the_authors_rules
from cqm.arrays.host import pairs
from cqm.definitions import density as definitions
from cqm.geometry import core_distances
from tests.cqm.strategies import distance_clusterings, point_clusterings


@given(point_clusterings())
def test_equals_its_definition_on_points(case):
    points, labels = case
    want = definitions.dbcv_of_points(points.tolist(), labels)
    assert cqm.dbcv(points, labels) == pytest.approx(float(want), rel=1e-12, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize("dimension", [2, 7, 2.5])
@given(case=distance_clusterings(max_n=9, largest=2))
def test_equals_its_definition_on_distances(case, dimension):
    distances, labels = case
    got = cqm.dbcv(np.array(distances, dtype=float), labels, metric="precomputed", dimension=dimension)
    want = definitions.dbcv(distances, labels, dimension=dimension)
    assert got == pytest.approx(float(want), rel=1e-12, abs=1e-15, nan_ok=True)


def by_other_means(points, labels):
    """DBCV from hdbscan's core distances and scipy's spanning trees of the ranks of (reachability, core's share)."""
    core, inner, sparseness = {}, {}, {}
    for i in np.unique(labels):
        distances = cdist(points[labels == i], points[labels == i])
        core[i] = all_points_core_distance(distances.copy(), d=points.shape[1])
        reach = np.maximum(np.maximum.outer(core[i], core[i]), distances)
        share = np.minimum.outer(core[i], core[i]) / np.maximum(distances, 3 * reach / 5)
        ranks = np.empty(distances.size)
        ranks[np.lexsort([share.ravel(), reach.ravel()])] = np.arange(1, distances.size + 1)
        ranks = np.triu(ranks.reshape(distances.shape), 1)
        u, v = minimum_spanning_tree(ranks).nonzero()
        inner[i] = np.bincount([*u, *v]) > 1
        sparseness[i] = reach[u, v][inner[i][u] & inner[i][v]].max()
    value = 0
    for i in inner:
        separation = min(
            np.maximum(
                np.maximum.outer(core[i][inner[i]], core[j][inner[j]]),
                cdist(points[labels == i][inner[i]], points[labels == j][inner[j]]),
            ).min()
            for j in inner
            if j != i
        )
        validity = (separation - sparseness[i]) / max(separation, sparseness[i])
        value += np.mean(labels == i) * validity
    return value


@pytest.mark.kernel
@pytest.mark.parametrize(("n", "k", "d"), [(90, 3, 2), (240, 4, 5), (120, 2, 3)])
def test_agrees_with_hdbscans_core_distances_and_scipys_trees(monkeypatch, n, k, d):
    monkeypatch.setattr(pairs, "TILE_ROWS", 25)  # several tiles a cluster
    rng = np.random.default_rng(0)
    labels = np.arange(n) % k
    points = rng.normal(size=(n, d)) + 4 * rng.normal(size=(k, d))[labels]
    assert cqm.dbcv(points, labels) == pytest.approx(by_other_means(points, labels), rel=1e-10)


def over_orders(points, labels, *, squared, orders=12):
    """Smallest and largest value by the authors' rules over some orders of the rows."""
    shuffles = (np.random.default_rng(seed).permutation(len(points)) for seed in range(orders))
    values = [by_the_authors_rules(points, labels, squared=squared, order=order) for order in shuffles]
    return min(values) - 1e-9, max(values) + 1e-9


def shapes():
    """Moons and circles with their true labels, with the sparsest points as noise, and rounded to one decimal.

    Of the rounded points about a third are copies of others.
    """
    for seed in range(4):
        for noise in (0.05, 0.1):
            moons = make_moons(120, noise=noise, random_state=seed)
            circles = make_circles(120, noise=noise, factor=0.4, random_state=seed)
            for points, truth in (moons, circles):
                yield points, truth
                fifth_nearest = np.sort(cdist(points, points), axis=1)[:, 5]
                yield points, np.where(fifth_nearest > np.quantile(fifth_nearest, 0.9), -1, truth)
                yield np.round(points, 1), truth


METRICS = pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])


@METRICS
def test_values_are_typical_of_the_authors_program_over_orders_of_rows(metric):
    """Of 13 orders, 11 lie between two others on average: the value lies among 12 of them at least as often."""
    inside = []
    for points, labels in shapes():
        smallest, largest = over_orders(points, labels, squared=metric == "sqeuclidean")
        inside.append(smallest <= cqm.dbcv(points, labels, metric=metric, noise_label=-1) <= largest)
    assert len(inside) == 48
    assert np.mean(inside) >= 11 / 13


@METRICS
def test_the_two_moons_are_better_than_their_pieces(metric):
    points, truth = make_moons(300, noise=0.05, random_state=0)
    moons, pieces = (DBSCAN(eps=eps).fit_predict(points) for eps in (0.2, 0.075))
    assert adjusted_rand_score(truth, moons) == 1
    assert pieces.max() + 1 == 25
    values = [cqm.dbcv(points, labels, metric=metric, noise_label=-1) for labels in (moons, pieces)]
    assert values[0] > values[1] + 0.2
    for value, labels in zip(values, (moons, pieces), strict=True):
        smallest, largest = over_orders(points, labels, squared=metric == "sqeuclidean")
        assert smallest <= value <= largest


@METRICS
@pytest.mark.parametrize("noise", [0.05, 0.08])
def test_eps_chosen_by_it_recovers_the_moons(metric, noise):
    agreement = []
    for seed in range(4):
        points, truth = make_moons(300, noise=noise, random_state=seed)
        labellings = [DBSCAN(eps=eps).fit_predict(points) for eps in np.linspace(0.06, 0.3, 9)]
        labellings = [labels for labels in labellings if labels.max() > 0]
        values = [cqm.dbcv(points, labels, metric=metric, noise_label=-1) for labels in labellings]
        agreement.append(adjusted_rand_score(truth, labellings[int(np.argmax(values))]))
    assert np.mean(agreement) > 0.9


def steps():
    """Steps of growing length in 8 dimensions, where core distances hardly exceed that to the nearest point.

    No two mutual reachability distances that matter tie, so the spanning trees are unique.
    """
    points = np.zeros((12, 8))
    points[:, 0] = [0, 1, 3, 7, 15, 31, 100, 101, 103.5, 107, 114, 129]
    return points, np.repeat([0, 1], 6)


def test_agrees_with_hdbscan_where_the_tree_is_unique():
    points, labels = steps()
    assert cqm.dbcv(points, labels) == pytest.approx(validity_index(points, labels), rel=1e-10)


def test_permetrics_turns_the_sign_of_the_dimension():
    points, labels = np.array([[0.0, 0], [1, 0], [3, 0], [6, 0], [7, 0], [9, 0]]), np.repeat([0, 1], 3)
    peer = permetrics.ClusteringMetric(X=points, y_pred=labels).DBCVI()
    assert abs(peer - cqm.dbcv(points, labels)) > 0.01
    distances = cdist(points, points).tolist()
    assert peer == pytest.approx(definitions.dbcv(distances, labels.tolist(), dimension=-2), rel=1e-10)


def test_order_of_rows_moves_hdbscan_but_not_this():
    points, labels = make_moons(150, noise=0.08, random_state=0)
    orders = [np.random.default_rng(seed).permutation(150) for seed in range(8)]
    ours = [cqm.dbcv(points[order], labels[order]) for order in orders]
    assert ours == pytest.approx([ours[0]] * 8, rel=1e-13)
    theirs = [validity_index(points[order], labels[order]) for order in orders]
    assert max(theirs) - min(theirs) > 0.05


@pytest.mark.parametrize("side", [4, 7])
def test_order_of_rows_of_a_grid_does_not_matter(side):
    grid = np.stack(np.meshgrid(np.arange(2 * side), np.arange(side)), axis=-1).reshape(-1, 2).astype(float)
    labels = (grid[:, 0] >= side).astype(int)
    values = set()
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(grid))
        values.add(cqm.dbcv(grid[order], labels[order]))
    assert len(values) == 1


@pytest.mark.parametrize("scale", [1e-120, 1.0, 1e120])
def test_no_dimension_is_too_high(scale):
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1], 25)
    points = rng.normal(size=(50, 256)) + 3 * labels[:, None]
    want = definitions.dbcv_of_points(points.tolist(), labels.tolist())
    assert -1 < want < 1
    assert cqm.dbcv(points * scale, labels) == pytest.approx(want, rel=1e-9)
    # a distance of about 22 to the power of −256 is below the smallest float, so that hdbscan's core distances vanish
    assert not all_points_core_distance(cdist(points[:25], points[:25]), d=256).any()


def test_squared_distances_double_the_dimension():
    rng = np.random.default_rng(2)
    points, labels = rng.normal(size=(80, 3)), np.arange(80) % 2
    squared = cqm.profile_densities(points, labels, metric="sqeuclidean", dimension=3)
    plain = cqm.profile_densities(points, labels, dimension=6)
    assert squared.sparseness == pytest.approx(plain.sparseness**2, rel=1e-12)
    assert squared.separation == pytest.approx(plain.separation**2, rel=1e-12)


POINTS, LABELS = np.array([[0.0], [1], [3], [30], [31], [33]]), [0, 0, 0, 1, 1, 1]


def test_noise_and_singletons_count_among_all_points_alone():
    points = np.vstack([POINTS, [[15.0], [50.0]]])
    assert cqm.dbcv(points, [*LABELS, 2, -1], noise_label=-1) == pytest.approx(0.92 * 6 / 8, rel=1e-12)


def test_two_points_are_a_cluster():
    # both core distances are the distance, 1 and 2; no node has two edges, so all count
    profile = cqm.profile_densities([[0.0], [1], [5], [7]], [0, 0, 1, 1])
    assert profile.sparseness.tolist() == [1, 2]
    assert profile.separation.tolist() == [4, 4]
    assert profile.value == (3 / 4 + 2 / 4) / 2


def test_one_cluster_beside_singletons_is_undefined():
    assert math.isnan(cqm.dbcv([[0.0], [1], [5]], [0, 0, 1]))


def test_duplicates_have_core_distance_zero():
    profile = cqm.profile_densities([[0.0], [0], [4], [5]], [0, 0, 1, 1])
    assert profile.sparseness.tolist() == [0, 1]
    assert profile.validity.tolist() == [1, 0.75]


def test_copies_of_a_point_add_nothing_to_its_core_distance():
    # a(0) = (4/9)⁻¹, a(1) = (5/6)⁻¹, a(3) = (7/18)⁻¹; the tree is 0 – 1 – 3, whose longer edge is as long as a(3)
    points = [[0.0], [0], [1], [3], [30], [30], [31], [33]]
    profile = cqm.profile_densities(points, [0] * 4 + [1] * 4)
    assert profile.sparseness == pytest.approx([18 / 7] * 2, rel=1e-12)
    assert profile.separation == pytest.approx([30.0] * 2, rel=1e-12)  # from 1 to 31, the inner nodes


def test_copies_are_one_node_of_the_tree():
    """3 has one edge, to the place of 1, and is a leaf: else 30 – 3 would be the separation."""
    once, twice = [[0.0], [1], [3], [30], [31], [33]], [[0.0], [1], [1], [3], [30], [31], [31], [33]]
    assert cqm.profile_densities(once, [0] * 3 + [1] * 3).separation.tolist() == [30, 30]
    assert cqm.profile_densities(twice, [0] * 4 + [1] * 4).separation.tolist() == [30, 30]


def test_precomputed_distances_need_a_dimension():
    distances = cdist(POINTS, POINTS)
    assert cqm.dbcv(distances, LABELS, metric="precomputed", dimension=1) == pytest.approx(0.92, rel=1e-12)
    with pytest.raises(ValueError, match="or the `dimension` they had"):
        cqm.dbcv(distances, LABELS, metric="precomputed")
    with pytest.raises(ValueError, match="`dimension` must be positive, got 0"):
        cqm.dbcv(POINTS, LABELS, dimension=0)


def test_profile_shows_itself():
    profile = cqm.profile_densities(POINTS, list("aaabbb"))
    for text in (str(profile), profile._repr_html_()):
        assert "DBCV 0.92 over 2 clusters and 6 points" in text
        assert "sparseness" in text


@pytest.mark.kernel
def test_places_follow_each_other_where_rounding_tells_two_of_three_apart():
    """Row 1 lies beside row 0 and row 2 beside row 1, but row 2 not beside row 0: all three are one place."""
    tile = np.array([[0.0, 0, 1e-9, 5], [0, 0, 0, 5], [1e-9, 0, 0, 5], [5, 5, 5, 0]])
    all_rows = slice(0, 4)
    points = SimpleNamespace(here=np.asarray, fold_points=lambda visit, *_: visit(all_rows, all_rows, tile))
    _, place = core_distances._nearest(SimpleNamespace(k=1, codes=np.zeros(4, dtype=int), points=points))
    assert place.tolist() == [0, 0, 0, 3]
