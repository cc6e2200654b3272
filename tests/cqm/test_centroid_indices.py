"""Davies–Bouldin, Xie–Beni, Ray–Turi, PBM, Wemmert–Gançarski and the sums of squares."""

from fractions import Fraction

import numpy as np
import pytest
from genieclust import cluster_validity as genieclust
from hypothesis import assume, given
from permetrics import ClusteringMetric
from scipy.spatial.distance import cdist, pdist
from sklearn import metrics as sklearn

import cqm
from cqm.definitions import centroid_separation, dispersion
from tests.cqm.strategies import point_clusterings

MEASURES = {
    name: (getattr(cqm, name), getattr(module, name))
    for module in (centroid_separation, dispersion)
    for name in module.__all__
}


def exact(points):
    return [[Fraction(x) for x in point] for point in points]


@pytest.mark.parametrize("name", MEASURES)
@given(point_clusterings())
def test_measure_equals_its_definition(name, case):
    points, labels = case
    function, definition = MEASURES[name]
    wanted = float(definition(exact(points), labels))
    # the absolute tolerance is for logarithms of numbers near 1
    assert function(points, labels) == pytest.approx(wanted, rel=1e-12, abs=1e-13, nan_ok=True)


@given(point_clusterings())
def test_davies_bouldin_with_root_mean_squares_equals_its_definition(case):
    points, labels = case
    wanted = float(centroid_separation.davies_bouldin(exact(points), labels, q=2))
    assert cqm.davies_bouldin(points, labels, q=2) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@given(point_clusterings(max_n=6))
def test_cosine_is_euclidean_geometry_of_unit_vectors(case):
    points, labels = case
    points = points + 50  # away from the zero vector, which has no direction
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    for function, _ in MEASURES.values():
        assert function(points, labels, metric="cosine") == pytest.approx(function(unit, labels), rel=1e-9, nan_ok=True)


# Two clusters on a line, with centroids 1 and 12; spreads 1 and 2, mean squares 1 and 4, B = 4 · 5.5² = 121.
LINE, HALVES = [[0.0], [2.0], [10.0], [14.0]], ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("davies_bouldin", 3 / 11),
        ("xie_beni", 10 / 4 / 121),
        ("ray_turi", 10 / 4 / 121),
        ("pbm", (0.5 * (6.5 + 4.5 + 3.5 + 7.5) / 6 * 11) ** 2),
        ("wemmert_gancarski", ((2 - 1 / 12 - 1 / 10) + (2 - 2 / 9 - 2 / 13)) / 4),
        ("trace_w", 10.0),
        ("calinski_harabasz", 121 / (10 / 2)),
        ("log_ss_ratio", np.log(12.1)),
        ("ball_hall", 2.5),
        ("banfield_raftery", 2 * np.log(4)),
        ("ratkowsky_lance", np.sqrt(121 / 131 / 2)),
    ],
)
def test_known_answer(name, wanted):
    assert MEASURES[name][0](LINE, HALVES) == pytest.approx(wanted, rel=1e-14)


# --- peers

BLOBS = np.random.default_rng(0).normal(size=(60, 3)) + 2 * np.repeat(np.arange(4), [8, 12, 15, 25])[:, None]
FOUR = np.repeat(np.arange(4), [8, 12, 15, 25])
PEER = ClusteringMetric(X=BLOBS, y_pred=FOUR)
CENTROIDS = np.array([BLOBS[i == FOUR].mean(axis=0) for i in range(4)])
WITHIN = np.array([((BLOBS[i == FOUR] - CENTROIDS[i]) ** 2).sum() for i in range(4)])
SIZES = np.bincount(FOUR)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(cqm.davies_bouldin, sklearn.davies_bouldin_score(BLOBS, FOUR), id="db-sklearn"),
        pytest.param(cqm.davies_bouldin, -genieclust.negated_davies_bouldin_index(BLOBS, FOUR), id="db-genieclust"),
        pytest.param(cqm.davies_bouldin, PEER.davies_bouldin_index(), id="db-permetrics"),
        pytest.param(cqm.calinski_harabasz, sklearn.calinski_harabasz_score(BLOBS, FOUR), id="ch-sklearn"),
        pytest.param(cqm.calinski_harabasz, genieclust.calinski_harabasz_index(BLOBS, FOUR), id="ch-genieclust"),
        pytest.param(cqm.calinski_harabasz, PEER.calinski_harabasz_index(), id="ch-permetrics"),
        pytest.param(cqm.trace_w, -genieclust.negated_wcss_index(BLOBS, FOUR), id="trace_w-genieclust"),
        pytest.param(cqm.trace_w, PEER.sum_squared_error_index(), id="trace_w-permetrics"),
        pytest.param(cqm.log_ss_ratio, PEER.log_ss_ratio_index(), id="log_ss_ratio-permetrics"),
        pytest.param(cqm.banfield_raftery, PEER.banfeld_raftery_index(), id="banfield_raftery-permetrics"),
    ],
)
def test_peers_agree(ours, theirs):
    assert ours(BLOBS, FOUR) == pytest.approx(theirs, rel=1e-12)


def test_permetrics_ball_hall_is_trace_w_over_k():
    assert PEER.ball_hall_index() == pytest.approx(cqm.trace_w(BLOBS, FOUR) / 4)
    assert cqm.ball_hall(BLOBS, FOUR) == pytest.approx((WITHIN / SIZES).mean())
    assert PEER.ball_hall_index() != pytest.approx(cqm.ball_hall(BLOBS, FOUR), rel=0.1)


def test_genieclust_ball_hall_is_summed_over_clusters_and_negated():
    assert genieclust.negated_ball_hall_index(BLOBS, FOUR) == pytest.approx(-4 * cqm.ball_hall(BLOBS, FOUR))


def test_permetrics_xie_beni_measures_points_to_the_nearest_centroid_of_all():
    nearest = cdist(BLOBS, CENTROIDS).min(axis=1)
    theirs = (nearest**2).mean() / pdist(CENTROIDS).min() ** 2
    assert PEER.xie_beni_index() == pytest.approx(theirs)
    assert cqm.xie_beni(BLOBS, FOUR) == pytest.approx(WITHIN.sum() / 60 / pdist(CENTROIDS).min() ** 2)
    assert theirs < cqm.xie_beni(BLOBS, FOUR)


def test_davies_bouldin_exponent_2_is_never_smaller():
    radii = np.sqrt(WITHIN / SIZES)
    gaps = cdist(CENTROIDS, CENTROIDS)
    np.fill_diagonal(gaps, np.inf)
    wanted = ((radii[:, None] + radii) / gaps).max(axis=1).mean()
    assert cqm.davies_bouldin(BLOBS, FOUR, q=2) == pytest.approx(wanted, rel=1e-12)
    assert cqm.davies_bouldin(BLOBS, FOUR, q=2) > cqm.davies_bouldin(BLOBS, FOUR)


def test_davies_bouldin_knows_two_exponents():
    with pytest.raises(ValueError, match=r"`q` must be 1 .* or 2 .*, got 3"):
        cqm.davies_bouldin(BLOBS, FOUR, q=3)


@given(point_clusterings())
def test_ray_turi_is_xie_beni_of_a_hard_clustering(case):
    assert cqm.ray_turi(*case) == pytest.approx(cqm.xie_beni(*case), nan_ok=True)


# --- degenerate clusterings, and where peers put a number

SHARED = [[0.0], [2.0], [0.5], [1.5], [9.0], [9.0]]  # the first two centroids are both 1
POINTWISE = [[0.0], [0.0], [5.0], [5.0]]  # each cluster is one location


@pytest.mark.parametrize(
    ("function", "points", "labels", "wanted"),
    [
        (cqm.davies_bouldin, SHARED, [0, 0, 1, 1, 2, 2], np.inf),
        (cqm.xie_beni, SHARED, [0, 0, 1, 1, 2, 2], np.inf),
        (cqm.davies_bouldin, [[3.0]] * 4 + [[7.0]], [0, 0, 1, 1, 2], np.nan),
        (cqm.davies_bouldin, POINTWISE, [0, 0, 1, 1], 0.0),
        (cqm.calinski_harabasz, POINTWISE, [0, 0, 1, 1], np.inf),
        (cqm.calinski_harabasz, [[3.0]] * 4, [0, 0, 1, 1], np.nan),
        (cqm.pbm, POINTWISE, [0, 0, 1, 1], np.inf),
        (cqm.wemmert_gancarski, POINTWISE, [0, 0, 1, 1], 1.0),
        (cqm.wemmert_gancarski, [[3.0]] * 4, [0, 0, 1, 1], np.nan),
        (cqm.log_ss_ratio, POINTWISE, [0, 0, 1, 1], np.inf),
        (cqm.log_ss_ratio, SHARED[:4], [0, 0, 1, 1], -np.inf),
        (cqm.banfield_raftery, [[0.0], [1.0], [5.0]], [0, 0, 1], -np.inf),
        (cqm.ratkowsky_lance, [[3.0]] * 4, [0, 0, 1, 1], np.nan),
        (cqm.trace_w, POINTWISE, [0, 0, 0, 0], 25.0),
    ],
)
def test_degenerate_clusterings(function, points, labels, wanted):
    assert function(points, labels) == pytest.approx(wanted, nan_ok=True)


def test_scikit_learn_hides_degenerate_clusterings():
    assert sklearn.calinski_harabasz_score(POINTWISE, [0, 0, 1, 1]) == 1.0
    assert sklearn.davies_bouldin_score(SHARED, [0, 0, 1, 1, 2, 2]) < 1


def test_constant_clusters_have_no_dispersion_whatever_their_location():
    # 0.1 is no binary fraction: a mean of three is not 0.1, so that only deviations from a point of the cluster vanish
    points = np.repeat([[0.1, 1 / 3], [0.7, 2 / 7]], 3, axis=0) + 1e3
    assert cqm.trace_w(points, [0, 0, 0, 1, 1, 1]) == 0.0


@given(point_clusterings())
def test_far_from_the_origin_no_digits_are_lost(case):
    points, labels = case
    assume(len({tuple(p) for p in points.tolist()}) > 1)
    for function, _ in MEASURES.values():
        # shifted quarter-integers are exact, so the shift itself costs nothing
        assert function(points + 1e8, labels) == pytest.approx(
            function(points, labels), rel=1e-12, abs=1e-13, nan_ok=True
        )


def test_thousands_of_centroids_are_compared_in_blocks():
    points = np.random.default_rng(2).normal(size=(2600, 5))
    centroids = (points[::2] + points[1::2]) / 2
    gaps = cdist(centroids, centroids)
    np.fill_diagonal(gaps, np.inf)
    radii = np.linalg.norm(points[::2] - centroids, axis=1)  # both points of a pair are equally far from its middle
    wanted = ((radii[:, None] + radii) / gaps).max(axis=1).mean()
    assert cqm.davies_bouldin(points, np.arange(2600) // 2) == pytest.approx(wanted, rel=1e-12)


def test_constant_variables_are_left_out_of_ratkowsky_lance():
    widened = np.column_stack([BLOBS, np.full(60, 0.1)])
    assert cqm.ratkowsky_lance(widened, FOUR) == cqm.ratkowsky_lance(BLOBS, FOUR)
