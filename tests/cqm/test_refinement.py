"""Hartigan, Krzanowski–Lai, Frey, Duda–Hart, Beale and the gap statistic."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from permetrics import ClusteringMetric
from scipy.spatial.distance import cdist, pdist
from scipy.stats import f, norm
from sklearn.cluster import KMeans

import cqm
from cqm.definitions import refinement as definitions
from tests.cqm.strategies import point_clusterings


def exact(points):
    return [[Fraction(x) for x in point] for point in points]


def splitting(labels):
    """The labels with the first cluster of several points cut in two."""
    largest = max(labels, key=labels.count)
    finer = list(labels)
    finer[finer.index(largest)] = "split off"
    return finer


def merging(labels):
    """The labels with two clusters made one."""
    first, second = list(dict.fromkeys(labels))[:2]
    return [first if label == second else label for label in labels]


@given(point_clusterings())
def test_hartigan_equals_its_definition(case):
    points, labels = case
    finer = splitting(labels)
    wanted = definitions.hartigan(exact(points), labels, finer)
    assume(math.isnan(wanted) or abs(wanted) > 1e-3 or wanted == 0)  # quotients near 1 cancel
    assert cqm.hartigan(points, labels, finer) == pytest.approx(float(wanted), rel=1e-12, abs=1e-12, nan_ok=True)


@given(point_clusterings())
def test_krzanowski_lai_equals_its_definition(case):
    points, labels = case
    clusterings = merging(labels), labels, splitting(labels)
    wanted = float(definitions.krzanowski_lai(exact(points), *clusterings))
    assume(1e-2 < wanted < 1e2)  # differences that cancel lose digits in any arithmetic
    assert cqm.krzanowski_lai(points, *clusterings) == pytest.approx(wanted, rel=1e-9)


@given(point_clusterings())
def test_duda_hart_equals_its_definition(case):
    points, labels = case
    finer = splitting(labels)
    wanted = float(definitions.duda_hart(exact(points), labels, finer))
    assert cqm.duda_hart(points, labels, finer).ratio == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@given(point_clusterings())
def test_beale_equals_its_definition(case):
    points, labels = case
    finer = splitting(labels)
    wanted = float(definitions.beale(exact(points), labels, finer))
    got = cqm.beale(points, labels, finer)
    if labels.count(max(labels, key=labels.count)) == 2:
        assert math.isnan(got.statistic)
        assert not got.splits
    else:
        assert got.statistic == pytest.approx(wanted, rel=1e-9, abs=1e-12, nan_ok=True)


@given(point_clusterings())
def test_frey_equals_its_definition(case):
    points, labels = case
    finer = splitting(labels)
    distances = [[Fraction(int(16 * sum(abs(x - y)))) / 16 for y in points] for x in points]
    wanted = float(definitions.frey(distances, labels, finer))
    assert cqm.frey(points, labels, finer, metric="manhattan") == pytest.approx(wanted, rel=1e-9, nan_ok=True)


LINE = [[0.0], [2.0], [10.0], [12.0]]


def test_known_answers():
    assert cqm.hartigan(LINE, [0, 0, 0, 0], [0, 0, 1, 1]) == pytest.approx((104 / 4 - 1) * 2)
    assert cqm.krzanowski_lai(LINE, [0] * 4, [0, 0, 1, 1], [0, 0, 1, 2]) == pytest.approx((104 - 16) / 2)
    assert cqm.duda_hart(LINE, [0] * 4, [0, 0, 1, 1]).ratio == pytest.approx(4 / 104)


def test_hartigan_of_singletons_is_undefined():
    assert math.isnan(cqm.hartigan(LINE, [0, 0, 1, 2], [0, 1, 2, 3]))
    assert cqm.hartigan([[0.0], [0.0], [5.0], [5.0]], [0, 0, 0, 0], [0, 0, 1, 1]) == np.inf


def test_duda_hart_tests_as_the_book_does():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(200, 3))
    halves = (one[:, 0] > 0).astype(int)
    test = cqm.duda_hart(one, [0] * 200, halves, significance=0.05)
    assert test.critical == pytest.approx(
        1 - 2 / (math.pi * 3) - norm.ppf(0.95) * math.sqrt(2 * (1 - 8 / (math.pi**2 * 3)) / 600)
    )
    assert not test.splits
    apart = one + 6 * halves[:, None]
    assert cqm.duda_hart(apart, [0] * 200, halves, significance=0.05).splits
    assert "not significant" in test._repr_html_()


def test_beale_is_an_f_test_of_the_split_cluster():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(50, 3))
    halves = (one[:, 0] > 0).astype(int)
    within = sum(((one[i == halves] - one[i == halves].mean(axis=0)) ** 2).sum() for i in (0, 1))
    total = ((one - one.mean(axis=0)) ** 2).sum()
    statistic = (total / within - 1) / (49 / 48 * 2 ** (2 / 3) - 1)
    test = cqm.beale(np.vstack([one, [[90, 90, 90]]]), [0] * 50 + [1], [*halves, 2])
    assert test.statistic == pytest.approx(statistic, rel=1e-12)
    assert test.p_value == pytest.approx(f.sf(statistic, 3, 48 * 3), rel=1e-10)
    assert not test.splits
    assert "not significant at level 0.1" in str(test)
    assert "is significant" in cqm.beale(one + 9 * halves[:, None], [0] * 50, halves)._repr_html_()
    # NbClust's R code has ((NM - 1) / (NM - 2)) * (2^(2 / dim2) - 1)
    assert (total / within - 1) / (49 / 48 * (2 ** (2 / 3) - 1)) > statistic


def test_beale_of_halves_at_one_place_is_certain():
    test = cqm.beale([[0.0], [0.0], [5.0], [5.0]], [0, 0, 0, 0], [0, 0, 1, 1])
    assert (test.statistic, test.p_value, test.splits) == (math.inf, 0.0, True)
    with pytest.raises(ValueError, match="`significance` must lie between 0 and 1, got 1"):
        cqm.beale(LINE, [0] * 4, [0, 0, 1, 1], significance=1)


def test_frey_is_a_quotient_of_differences_of_means():
    rng = np.random.default_rng(0)
    points, labels, finer = rng.normal(size=(20, 2)), np.arange(20) % 3, np.arange(20) % 4
    together = [pdist(np.asarray(c)[:, None], "hamming") == 0 for c in (labels, finer)]
    (inside, across), (finer_inside, finer_across) = (
        (pdist(points)[same].mean(), pdist(points)[~same].mean()) for same in together
    )
    wanted = (finer_across - across) / (finer_inside - inside)
    assert cqm.frey(points, labels, finer) == pytest.approx(wanted, rel=1e-9)
    with pytest.raises(ValueError, match="needs at least 2 clusters"):
        cqm.frey(points, [0] * 20, np.arange(20) % 2)


def test_duda_hart_looks_at_the_split_cluster_alone():
    points = [*LINE, [100.0], [900.0]]
    test = cqm.duda_hart(points, ["a"] * 4 + ["b"] * 2, ["p", "p", "q", "q", "b", "b"])
    assert (test.ratio, test.n) == (pytest.approx(4 / 104), 4)


@pytest.mark.parametrize(
    ("function", "clusterings", "message"),
    [
        (cqm.hartigan, ([0, 0, 0, 0], [0, 1, 2, 2]), "`finer_labels` must have one cluster more .*, 2, got 3"),
        (cqm.krzanowski_lai, ([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1]), "`labels` must have one cluster more"),
        (cqm.duda_hart, ([0, 0, 1, 1], [0, 1, 2, 0]), "must split one cluster of `labels`"),
    ],
)
def test_clusterings_that_do_not_follow_each_other_are_refused(function, clusterings, message):
    with pytest.raises(ValueError, match=message):
        function(LINE, *clusterings)


def test_noise_has_to_agree():
    points = [*LINE, [50.0]]
    assert cqm.hartigan(points, [0, 0, 0, 0, -1], [0, 0, 1, 1, -1], noise_label=-1) == pytest.approx(50)
    with pytest.raises(ValueError, match="same points as noise"):
        cqm.hartigan(points, [0, 0, 0, 0, -1], [0, 0, 1, -1, 1], noise_label=-1)


def test_significance_is_a_probability():
    with pytest.raises(ValueError, match="`significance` must lie between 0 and 1, got 5"):
        cqm.duda_hart(LINE, [0] * 4, [0, 0, 1, 1], significance=5)


# --- permetrics gives these names to other quantities

GROUPS = np.repeat([0, 1, 2], 12)
POINTS = np.random.default_rng(3).normal(size=(36, 2)) + 2 * GROUPS[:, None]
CENTROIDS = np.array([POINTS[i == GROUPS].mean(axis=0) for i in range(3)])
PEER = ClusteringMetric(X=POINTS, y_pred=GROUPS)


def test_permetrics_hartigan_compares_own_and_nearest_centroid():
    total = 0.0
    for i in range(3):
        to_all = cdist(POINTS[i == GROUPS], CENTROIDS, "sqeuclidean").sum(axis=0)
        nearest = np.argsort(np.linalg.norm(CENTROIDS - CENTROIDS[i], axis=1))[1]
        total += to_all[i] / to_all[nearest]
    assert PEER.hartigan_index() == pytest.approx(total, rel=1e-12)


def test_permetrics_duda_hart_compares_mean_distances():
    distances = cdist(POINTS, POINTS)
    own = [distances[np.ix_(i == GROUPS, i == GROUPS)].mean() for i in range(3)]  # of a point to itself, too
    others = [distances[np.ix_(i == GROUPS, i != GROUPS)].mean() for i in range(3)]
    assert PEER.duda_hart_index() == pytest.approx(sum(own) / sum(others), rel=1e-12)


# --- gap statistic

RNG = np.random.default_rng(1)
THREE = np.vstack([RNG.normal(center, 0.3, size=(30, 2)) for center in ([0, 0], [5, 0], [0, 5])])


def gaps(reference):
    out = {}
    for k in range(1, 6):
        method = KMeans(k, n_init=3, random_state=0)
        out[k] = cqm.gap_statistic(THREE, method.fit_predict(THREE), clusterer=method, reference=reference)
    return out


@pytest.mark.parametrize("reference", ["box", "principal"])
def test_gap_finds_three_groups(reference):
    assert cqm.gap_choice(gaps(reference)) == 3


def test_gap_of_one_cluster_is_a_known_integral():
    # n uniform points on [0, 1]: E tr W = (n − 1) / 12 up to the fluctuation of the logarithm
    points = np.linspace(0, 1, 400)[:, None]
    result = cqm.gap_statistic(points, [0] * 400, clusterer=lambda X: [0] * len(X), n_references=200)
    assert result.log_within == pytest.approx(math.log(((points - 0.5) ** 2).sum()))
    assert np.mean(result.reference_log_withins) == pytest.approx(math.log(399 / 12), abs=0.01)


def test_gap_and_error_are_those_of_the_definition():
    result = gaps("box")[3]
    gap, error = definitions.gap(result.log_within, result.reference_log_withins)
    assert (result.gap, result.standard_error) == (pytest.approx(gap), pytest.approx(error))


def test_gap_is_the_same_for_the_same_seed():
    def halves(points):
        return points[:, 0] > points[:, 0].mean()

    labels = halves(THREE)
    once, again = (cqm.gap_statistic(THREE, labels, clusterer=halves, seed=7) for _ in range(2))
    other = cqm.gap_statistic(THREE, labels, clusterer=halves, seed=8)
    assert once == again != other
    assert "over 20 reference sets" in once._repr_html_()


def test_principal_reference_follows_the_data_axes():
    # points on a diagonal line: principal references stay on it, box references fill the square
    line = np.linspace(0, 1, 50)[:, None] * [1.0, 1.0]
    seen = []

    def one_cluster(points):
        seen.append(np.abs(points[:, 0] - points[:, 1]).max())
        return [0] * len(points)

    for reference in ("principal", "box"):
        cqm.gap_statistic(line, [0] * 50, clusterer=one_cluster, reference=reference, n_references=1)
    assert seen[0] < 1e-12
    assert seen[1] > 0.5


def test_gap_of_points_that_coincide_is_infinite():
    points = [[0.0], [0.0], [5.0], [5.0]]
    result = cqm.gap_statistic(points, [0, 0, 1, 1], clusterer=lambda X: X[:, 0] > np.median(X), n_references=3)
    assert result.gap == np.inf


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clusterer": lambda X: [0] * len(X)}, "found 1 clusters in a reference set, but `labels` has 2"),
        ({"clusterer": None, "n_references": 0}, "`n_references` must be at least 1"),
        ({"clusterer": None, "reference": "sphere"}, '`reference` must be "box" or "principal"'),
    ],
)
def test_gap_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        cqm.gap_statistic(LINE, [0, 0, 1, 1], **options)


def test_gap_needs_a_method_and_its_choice_needs_statistics():
    with pytest.raises(TypeError, match=r"`clusterer` must be a function of points .*, got str"):
        cqm.gap_statistic(LINE, [0, 0, 1, 1], clusterer="kmeans")
    with pytest.raises(ValueError, match="is empty"):
        cqm.gap_choice({})
