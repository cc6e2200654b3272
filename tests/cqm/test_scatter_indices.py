"""Determinants and traces of scatter matrices, and their degenerate cases."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from permetrics import ClusteringMetric
from scipy.linalg import null_space
from scipy.stats import multivariate_normal
from threadpoolctl import threadpool_limits

import cqm
from cqm.definitions import scatter
from tests.cqm.strategies import point_clusterings

NAMES = scatter.__all__


@pytest.mark.parametrize("name", NAMES)
@given(point_clusterings(max_n=12))
def test_measure_equals_its_definition(name, case):
    points, labels = case
    wanted = float(getattr(scatter, name)([[Fraction(x) for x in point] for point in points], labels))
    # the absolute tolerance is for logarithms of numbers near 1
    assert getattr(cqm, name)(points, labels) == pytest.approx(wanted, rel=1e-12, abs=1e-12, nan_ok=True)


# Two clusters of four corners of a square each: W = 8 I, c_i = ±(3, 0) from the centre, B = diag(72, 0).
CORNERS = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
SQUARES, HALVES = np.vstack([CORNERS, CORNERS + np.array([6, 0])]), np.repeat([0, 1], 4)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("trace_wib", 9.0),
        ("det_ratio", 10.0),
        ("log_det_ratio", 8 * np.log(10)),
        ("scott_symons", 0.0),
        ("marriott", 256.0),
    ],
)
def test_known_answer(name, wanted):
    assert getattr(cqm, name)(SQUARES, HALVES) == pytest.approx(wanted, rel=1e-13, abs=1e-13)


RNG = np.random.default_rng(0)
FOUR = np.repeat(np.arange(4), [8, 12, 15, 25])
BLOBS = RNG.normal(size=(60, 3)) @ RNG.normal(size=(3, 3)) + 2 * FOUR[:, None]
DEVIATIONS = BLOBS - np.array([BLOBS[i == FOUR].mean(axis=0) for i in range(4)])[FOUR]
WITHIN, TOTAL = DEVIATIONS.T @ DEVIATIONS, 60 * np.cov(BLOBS.T, bias=True)
PEER = ClusteringMetric(X=BLOBS, y_pred=FOUR)


def test_trace_wib_by_textbook_inverse():
    wanted = np.trace(np.linalg.solve(WITHIN, TOTAL - WITHIN))
    assert cqm.trace_wib(BLOBS, FOUR) == pytest.approx(wanted, rel=1e-11)


def test_nbclust_friedman_is_no_trace():
    # its R code is sum(diag(solve(W)*B)), where * multiplies element by element
    elementwise = (np.linalg.inv(WITHIN) * (TOTAL - WITHIN)).trace()
    assert elementwise != pytest.approx(cqm.trace_wib(BLOBS, FOUR), rel=0.1)


def test_permetrics_agrees_on_determinants():
    assert cqm.det_ratio(BLOBS, FOUR) == pytest.approx(PEER.det_ratio_index(), rel=1e-11)
    assert cqm.log_det_ratio(BLOBS, FOUR) == pytest.approx(PEER.log_det_ratio_index(), rel=1e-11)


def test_scott_symons_is_a_gaussian_likelihood():
    likelihood = sum(
        multivariate_normal(rows.mean(axis=0), np.cov(rows.T, bias=True)).logpdf(rows).sum()
        for rows in (BLOBS[i == FOUR] for i in range(4))
    )
    # −2 log L = Σ n_i log|W_i / n_i| + n d (log 2π + 1)
    assert cqm.scott_symons(BLOBS, FOUR) == pytest.approx(-2 * likelihood - 60 * 3 * (np.log(2 * np.pi) + 1), rel=1e-11)


def test_marriott_by_textbook_determinant():
    # clusterCrit's Ksq_DetW, and NbClust's marriot
    assert cqm.marriott(BLOBS, FOUR) == pytest.approx(16 * np.linalg.det(WITHIN), rel=1e-11)
    assert cqm.marriott(BLOBS, np.zeros(60)) == pytest.approx(np.linalg.det(TOTAL), rel=1e-11)


def test_marriott_is_0_where_clusters_have_no_scatter():
    constant = np.column_stack([BLOBS, np.full(60, 0.1)])
    dependent = np.column_stack([BLOBS, BLOBS @ [1.0, 2.0, -1.0]])
    assert cqm.marriott(constant, FOUR) == cqm.marriott(dependent, FOUR) == 0
    assert cqm.marriott(RNG.normal(size=(10, 9)), np.arange(10) // 5) == 0
    assert cqm.marriott(1e120 * BLOBS, FOUR) == np.inf


def test_trace_cov_w_is_the_trace_of_the_pooled_covariance():
    covariances = [np.cov(BLOBS[i == FOUR].T) * (sum(i == FOUR) - 1) for i in range(4)]
    assert cqm.trace_cov_w(BLOBS, FOUR) == pytest.approx(np.trace(sum(covariances)) / 56, rel=1e-12)


def test_nbclust_trcovw_is_a_covariance_of_the_entries_of_w():
    # its R code is sum(diag(cov(W))), which changes with the axes
    turned, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    theirs = [np.trace(np.cov(matrix)) for matrix in (WITHIN, turned.T @ WITHIN @ turned)]
    assert theirs[0] != pytest.approx(theirs[1], rel=0.01)
    assert cqm.trace_cov_w(BLOBS @ turned, FOUR) == pytest.approx(cqm.trace_cov_w(BLOBS, FOUR), rel=1e-12)


@pytest.mark.parametrize("name", ["trace_wib", "det_ratio", "log_det_ratio"])
def test_linear_maps_change_nothing(name):
    measure = getattr(cqm, name)
    wanted = measure(BLOBS, FOUR)
    stretched = BLOBS * [1e-6, 1.0, 1e6]
    sheared = BLOBS @ RNG.normal(size=(3, 3))
    dependent = np.column_stack([BLOBS, BLOBS @ [1.0, 2.0, -1.0], np.full(60, 0.1)])
    for points in (stretched, sheared, dependent):
        assert measure(points, FOUR) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", ["trace_wib", "det_ratio", "log_det_ratio"])
def test_no_scatter_inside_clusters_where_the_data_vary_is_infinite(name):
    measure = getattr(cqm, name)
    flat = BLOBS.copy()
    flat[:, 0] = 0.1 * FOUR  # this variable is constant inside every cluster
    assert measure(flat, FOUR) == np.inf
    wide = RNG.normal(size=(10, 30))  # 10 points minus 2 centroids cannot fill 9 dimensions
    assert measure(wide, np.repeat([0, 1], 5)) == np.inf
    assert np.isnan(measure(np.ones((6, 2)), [0, 0, 0, 1, 1, 1]))


def test_scott_symons_needs_clusters_that_span_the_space():
    planar = BLOBS.copy()
    planar[FOUR == 2] = BLOBS[FOUR == 2][:, :2] @ null_space(np.ones((1, 3))).T  # in one plane, askew to all axes
    assert cqm.scott_symons(planar, FOUR) == -np.inf
    assert cqm.scott_symons(BLOBS[:4], [0, 0, 0, 1]) == -np.inf
    assert np.isfinite(cqm.scott_symons(BLOBS * [1e-9, 1, 1e9], FOUR))


def test_small_distances_between_centroids_keep_their_digits():
    # tr(W⁻¹B) of 1e-20 is lost when B is formed as T − W
    near = np.vstack([CORNERS, CORNERS + np.array([2.0**-30, 0])])
    assert cqm.trace_wib(near, HALVES) == pytest.approx(8 * 2.0**-62 / 8, rel=1e-12)


def test_many_dimensions_do_not_overflow_the_logarithm():
    points = RNG.normal(size=(900, 300)) + 40 * np.repeat(np.eye(300)[:3], 300, axis=0)
    labels = np.repeat(np.arange(3), 300)
    _, total = np.linalg.slogdet(np.cov(points.T))
    deviations = points - np.repeat([points[labels == i].mean(axis=0) for i in range(3)], 300, axis=0)
    _, within = np.linalg.slogdet(deviations.T @ deviations / 899)
    assert cqm.log_det_ratio(points, labels) == pytest.approx(900 * (total - within), rel=1e-11)


@pytest.mark.parametrize("name", NAMES)
def test_same_bits_on_any_number_of_threads(name):
    points = RNG.normal(size=(9000, 20))  # three blocks
    labels = np.arange(9000) % 7
    with threadpool_limits(1):
        wanted = getattr(cqm, name)(points, labels)
    assert getattr(cqm, name)(points, labels) == wanted
