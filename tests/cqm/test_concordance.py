import math

import numpy as np
import permetrics
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from scipy.stats import kendalltau, somersd
from sklearn.metrics import rand_score

import cqm
from cqm.arrays.host import pairs
from cqm.arrays.intake import validate
from cqm.definitions import concordance as definitions
from cqm.geometry import concordance, ranks
from tests.cqm.strategies import distance_clusterings

NAMES = ["gamma", "g_plus", "tau", "c_index"]


@given(distance_clusterings(), st.sampled_from(NAMES))
def test_equals_its_definition(case, name):
    distances, labels = case
    got = getattr(cqm, name)(np.array(distances, dtype=float), labels, metric="precomputed")
    want = float(getattr(definitions, name)(distances, labels))
    assert got == pytest.approx(want, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("name", "want"), [("gamma", 1), ("g_plus", 0), ("tau", 8 / math.sqrt(8 * 15)), ("c_index", 0)]
)
def test_known_answers(name, want):
    t, s = 1.0, 10.0
    distances = [[0, t, s, s], [t, 0, s, s], [s, s, 0, t], [s, s, t, 0]]
    assert getattr(cqm, name)(distances, [0, 0, 1, 1], metric="precomputed") == pytest.approx(want, rel=1e-15)


def grid_case(n=90, seed=0):
    """Points on a small grid, so that most distances tie."""
    rng = np.random.default_rng(seed)
    points, labels = rng.integers(0, 4, size=(n, 2)).astype(float), np.sort(rng.integers(0, 4, size=n))
    return points, labels, pdist(points), pdist(labels[:, None], "hamming")


def test_tau_is_kendalls_up_to_the_ties_of_distances():
    points, labels, distances, apart = grid_case()
    _, counts = np.unique(distances, return_counts=True)
    comparisons = math.comb(len(distances), 2)
    untied = comparisons - sum(math.comb(int(count), 2) for count in counts)
    want = kendalltau(distances, apart).statistic * math.sqrt(untied / comparisons)
    assert cqm.tau(points, labels) == pytest.approx(want, rel=1e-12)


def test_gamma_is_goodman_and_kruskals():
    points, labels, distances, apart = grid_case(seed=1)
    table = np.stack([np.histogram(distances[apart == side], np.unique([*distances, 9]))[0] for side in (0, 1)])
    # Somers' D of the labels is (s⁺ − s⁻) over all within–between comparisons; those that tie leave the denominator
    mixed = int((apart == 0).sum() * (apart == 1).sum())
    ties = int((table[0] * table[1]).sum())
    want = somersd(apart, distances).statistic * mixed / (mixed - ties)
    assert cqm.gamma(points, labels) == pytest.approx(want, rel=1e-12)


def test_permetrics_gamma_is_the_rand_index_of_two_label_vectors_on_the_scale_from_minus_one():
    _, labels, _, _ = grid_case()
    other = np.roll(labels, 7)
    peer = permetrics.ClusteringMetric(y_true=labels, y_pred=other).gamma_score()
    assert peer == pytest.approx(2 * rand_score(labels, other) - 1, rel=1e-12)


def test_c_index_of_the_best_possible_clustering_is_exactly_zero():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(60, 8)), rng.normal(size=(60, 8)) + 100])
    assert cqm.c_index(points, np.repeat([0, 1], 60)) == 0


def test_c_index_agrees_with_sorting():
    points, labels, distances, apart = grid_case(n=150, seed=2)
    inside = int((apart == 0).sum())
    ordered = np.sort(distances)
    least, most = ordered[:inside].sum(), ordered[-inside:].sum()
    want = (distances[apart == 0].sum() - least) / (most - least)
    assert cqm.c_index(points, labels) == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_shuffling_rows_changes_nothing(name, seed):
    points, labels, _, _ = grid_case(seed=seed)
    order = np.random.default_rng(seed).permutation(len(points))
    measure = getattr(cqm, name)
    assert measure(points[order], labels[order]) == pytest.approx(measure(points, labels), rel=1e-12)


def clumped(scale):
    """Distances of which many are 0, 1 or 2 exactly, and many nearly."""
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.integers(0, 3, size=(12, 1)), 1 + 1e-9 * rng.normal(size=(12, 1))]) * scale
    return points, np.arange(24) % 2


@pytest.mark.kernel
@pytest.mark.parametrize("few", [1, 1000])
@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_order_statistics_are_those_of_sorting(scale, few):
    points, labels = clumped(scale)
    ordered = np.sort(pdist(points, "cityblock"))
    places = [101, len(ordered) - 1]
    clustering = validate(points, labels, metric="manhattan")
    assert ranks.order_statistics(clustering, places, few) == ordered[places].tolist()


@pytest.mark.kernel
@pytest.mark.parametrize("capacity", [5, 60, 1 << 24])
@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_comparisons_do_not_depend_on_how_many_distances_are_held_at_once(monkeypatch, capacity, scale):
    monkeypatch.setattr(pairs, "TILE_ROWS", 10)  # several tiles
    points, labels = clumped(scale)
    clustering = validate(points, labels, metric="manhattan")
    cuts = ranks.slabs(clustering, capacity)
    assert all(cut.within <= capacity or cut.is_single_value for cut in cuts)
    monkeypatch.setattr(concordance, "slabs", lambda _: cuts)
    distances, apart = pdist(points, "cityblock"), pdist(labels[:, None], "hamming") > 0
    within, between = distances[~apart][:, None], distances[apart]
    assert concordance.comparisons(clustering) == ((within < between).sum(), (within > between).sum())


@pytest.mark.kernel
def test_both_ends_of_a_slab_belong_to_it():
    bits, rows, columns = np.arange(6).reshape(2, 3), np.array([0, 1]), np.array([1, 1, 0])
    assert ranks.select(bits, rows, columns, False, 2, 4, True).tolist() == [2, 3, 4]
    assert ranks.select(bits, rows, columns, False, 1, 5, False).tolist() == [1, 5]
