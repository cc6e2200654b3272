"""Distances of every metric against scipy, and their stated accuracy against extended precision."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import cqm
from cqm.arrays.host.tiles import FEW_FEATURES, between, distances
from cqm.arrays.intake import validate
from cqm.arrays.metrics import METRICS

MANY = FEW_FEATURES + 15  # features enough for matrix products
PEERS = {"manhattan": "cityblock", "angular": "cosine"}


def all_distances(X, metric="euclidean"):
    """(n, n) distances in input order."""
    points = validate(X, np.arange(len(X)) % 2, metric=metric).points
    everything = slice(0, points.n)
    back = np.argsort(points.order)
    return distances(points, everything, everything)[np.ix_(back, back)]


def extended(X):
    """(n, n) squared Euclidean distances with 64-bit mantissas where the platform has them."""
    X = X.astype(np.longdouble)
    return ((X[:, None, :] - X[None, :, :]) ** 2).sum(axis=2)


@pytest.mark.kernel
@pytest.mark.parametrize("d", [3, MANY])
@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric != "precomputed"])
def test_distances_equal_scipy(metric, d):
    X = np.random.default_rng(0).normal(size=(40, d))
    options = {"p": 3.5} if metric == "minkowski" else {}
    peer = cdist(X, X, PEERS.get(metric, metric), **options)
    if metric == "angular":
        peer = np.arccos(np.clip(1 - peer, -1, 1)) / np.pi
    off_diagonal = ~np.eye(len(X), dtype=bool)
    got = all_distances(X, cqm.Minkowski(3.5) if metric == "minkowski" else metric)
    assert got[off_diagonal] == pytest.approx(peer[off_diagonal], rel=1e-12)
    assert not got[~off_diagonal].any()


def test_minkowski_with_a_large_exponent_is_nearly_chebyshev():
    X = np.random.default_rng(0).normal(size=(20, 3)) * 1e5
    # the sum of at most 3 powers adds at most a factor 3^(1/p)
    assert all_distances(X, cqm.Minkowski(1e4)) == pytest.approx(all_distances(X, "chebyshev"), rel=2e-4)


def test_callable_metric():
    X = np.random.default_rng(0).normal(size=(20, 3))
    assert all_distances(X, lambda x, y: abs(x - y).max()) == pytest.approx(all_distances(X, "chebyshev"))


def test_callable_metric_must_be_a_distance():
    with pytest.raises(ValueError, match=r"`metric` must return finite distances of at least 0, got -1\.0"):
        all_distances(np.zeros((4, 2)), lambda x, y: -1.0)


def test_between_takes_vectors_that_are_no_points():
    rng = np.random.default_rng(0)
    X, others = rng.normal(size=(1100, MANY)), rng.normal(size=(7, MANY))
    assert between(X, others) == pytest.approx(cdist(X, others))


# Hard cases of ‖x‖² + ‖y‖² − 2x·y; the bounds are those of the module's docstring.
def tight_clumps(rng, d):
    return np.repeat(10 * rng.normal(size=(4, d)), 15, axis=0) + 1e-7 * rng.normal(size=(60, d))


def clumps_of_every_width(rng, d):
    """From tight to as wide as they are apart: some pairs lie where a product has lost any given number of digits."""
    widths = np.tile(np.logspace(-7, 1, 15), 4)[:, None]
    return np.repeat(10 * rng.normal(size=(4, d)), 15, axis=0) + widths * rng.normal(size=(60, d))


CASES = {
    "plain": lambda rng, d: rng.normal(size=(60, d)),
    "far from the origin": lambda rng, d: rng.normal(size=(60, d)) + 1e8,
    "tight clumps": tight_clumps,
    "tight clumps far from the origin": lambda rng, d: tight_clumps(rng, d) * 100 + 1e8,
    "clumps of every width": clumps_of_every_width,
    "features of different scale": lambda rng, d: rng.normal(size=(60, d)) * np.logspace(-6, 6, d),
    "constant features": lambda rng, d: np.where(np.arange(d) % 2, rng.normal(size=(60, d)), 1e9),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("d", [FEW_FEATURES, MANY, 300])
def test_stated_accuracy_in_float64(case, d):
    X = CASES[case](np.random.default_rng(1), d)
    expected = np.sqrt(extended(X)).astype(float)
    np.testing.assert_array_less(np.abs(all_distances(X) - expected), 32 * (d + 8) * 2.0**-53 * expected + 1e-300)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("d", [FEW_FEATURES, MANY, 300])
def test_stated_accuracy_in_float32(case, d):
    X = CASES[case](np.random.default_rng(1), d).astype(np.float32)
    expected = np.sqrt(extended(X)).astype(float)
    np.testing.assert_array_less(np.abs(all_distances(X) - expected), 8 * (d + 8) * 2.0**-24 * expected + 1e-300)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_squares_beyond_float32_are_no_obstacle(scale):
    X = (np.random.default_rng(0).normal(size=(20, MANY)) * scale).astype(np.float32)
    assert all_distances(X) == pytest.approx(cdist(X, X), rel=1e-6, abs=0)


@pytest.mark.parametrize("d", [4, 64])
def test_tied_distances_stay_tied(d):
    X = np.random.default_rng(0).integers(0, 4, size=(60, d)) / 4
    exact = extended(X * 4).astype(int)
    got = all_distances(X)
    for value in np.unique(exact):
        assert len(np.unique(got[exact == value])) == 1


@pytest.mark.kernel
@pytest.mark.parametrize("metric", ["cosine", "angular", "correlation"])
@pytest.mark.parametrize("d", [5, MANY])
def test_parallel_rows_are_at_distance_zero(metric, d):
    x = np.random.default_rng(0).normal(size=d)
    got = all_distances(np.outer([1.0, 3.0, 0.1, 7.7], x), metric)
    assert not got.any()


@pytest.mark.parametrize("d", [5, MANY])
def test_nearly_parallel_rows_keep_their_digits(d):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=d), rng.normal(size=d)
    y -= x * (x @ y) / (x @ x)
    angle = 1e-6
    z = np.cos(angle) * x / np.linalg.norm(x) + np.sin(angle) * y / np.linalg.norm(y)
    got = all_distances(np.array([x, z, -x]), "cosine")[0, 1]
    # 4u = 4e-16 absolute in ‖x̂ − ŷ‖ = 1e-6; 1 − x̂·ŷ would keep 4 digits
    assert got == pytest.approx(2 * np.sin(angle / 2) ** 2, rel=2e-9)
