"""Reductions over clusters against the full matrix, over several tiles, with clusters that straddle them."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from threadpoolctl import threadpool_limits

from cqm.arrays.engine import MAXIMUM, MINIMUM, SUM, Request
from cqm.arrays.host import reductions, tiles
from cqm.arrays.host.reductions import across, per_pair
from cqm.arrays.intake import validate
from cqm.geometry import closed_forms
from cqm.geometry.reductions import (
    gaps_and_diameters,
    nearest_across,
    pair_maxima,
    pair_minima,
    pair_sums,
    reaches,
)

N, K = 1300, 7
EXTREMES = Request(MINIMUM), Request(MAXIMUM)
METRICS = ["euclidean", "sqeuclidean", "cosine", "angular", "manhattan", "correlation", "precomputed"]


def example(metric, d=20, dtype=np.float64):
    """A clustering with a singleton, and its (n, n) distances in cluster order."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, d)).astype(dtype)
    labels = np.r_[rng.integers(0, K - 1, N - 1), K - 1]
    rng.shuffle(labels)
    if metric == "precomputed":
        X = cdist(X, X)
    clustering = validate(X, labels, metric=metric)
    if metric == "precomputed":
        return clustering, X[np.ix_(clustering.order, clustering.order)]
    rows = clustering.points.data.astype(np.float64)
    expected = cdist(rows, rows, {"manhattan": "cityblock", "angular": "cosine"}.get(metric, metric))
    if metric == "angular":
        expected = np.arccos(np.clip(1 - expected, -1, 1)) / np.pi
    return clustering, expected


def all_of_them(values, own, sizes):
    return values


def sums(clustering):
    """(n, k) sums of the distances to each cluster's points."""
    if clustering.distance.closed_form:
        return closed_forms.from_sums(clustering, all_of_them)
    return clustering.points.per_point(SUM, all_of_them)


@pytest.fixture(params=["upper triangle", "row by row"])
def memory(request, monkeypatch):
    """Either way in which per-point results are made."""
    if request.param == "row by row":
        monkeypatch.setattr(reductions, "PER_POINT_BYTES", 0)


@pytest.mark.parametrize("metric", METRICS)
def test_per_point_reductions(metric, memory):
    clustering, expected = example(metric)
    starts = clustering.starts[:-1]
    np.fill_diagonal(expected, 0)
    assert sums(clustering) == pytest.approx(np.add.reduceat(expected, starts, axis=1), rel=1e-12)
    assert clustering.points.per_point(MAXIMUM, all_of_them) == pytest.approx(
        np.maximum.reduceat(expected, starts, axis=1), rel=1e-12
    )
    np.fill_diagonal(expected, np.inf)
    assert clustering.points.per_point(MINIMUM, all_of_them) == pytest.approx(
        np.minimum.reduceat(expected, starts, axis=1), rel=1e-12
    )


@pytest.mark.parametrize("metric", METRICS)
def test_reductions_over_pairs_of_clusters(metric):
    clustering, expected = example(metric)
    sizes = clustering.sizes

    def over_pairs(ufunc):
        return ufunc.reduceat(ufunc.reduceat(expected, clustering.starts[:-1], axis=0), clustering.starts[:-1], axis=1)

    np.fill_diagonal(expected, 0)
    totals = over_pairs(np.add) * np.where(np.eye(K), 0.5, 1)
    assert pair_sums(clustering) == pytest.approx(totals, rel=1e-12)
    assert pair_maxima(clustering) == pytest.approx(over_pairs(np.maximum), rel=1e-12)
    np.fill_diagonal(expected, np.inf)
    assert pair_minima(clustering) == pytest.approx(over_pairs(np.minimum), rel=1e-12)
    assert np.isinf(pair_minima(clustering)[np.diag_indices(K)]).tolist() == (sizes == 1).tolist()
    assert nearest_across(clustering) == pair_minima(clustering)[~np.eye(K, dtype=bool)].min()
    gaps, diameters = gaps_and_diameters(clustering)
    assert np.array_equal(gaps, np.where(np.eye(K), np.inf, pair_minima(clustering)))
    assert np.array_equal(diameters, np.diagonal(pair_maxima(clustering)))


def test_farthest_of_the_nearest():
    clustering, expected = example("euclidean")
    np.fill_diagonal(expected, np.inf)
    nearest = np.minimum.reduceat(expected, clustering.starts[:-1], axis=1)
    wanted = np.maximum.reduceat(nearest, clustering.starts[:-1], axis=0)
    assert reaches(clustering) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("operations", [(SUM, MINIMUM), (MAXIMUM, SUM), (SUM, MINIMUM, MAXIMUM)])
def test_sums_and_extremes_need_a_pass_each(operations):
    clustering, _ = example("euclidean")
    with pytest.raises(
        ValueError, match="sums are of distances, extremes of tile values: reduce to the one or the other"
    ):
        per_pair(clustering.points, *map(Request, operations))


@pytest.mark.kernel
@pytest.mark.parametrize("d", [3, 20])
def test_reductions_between_two_sides_of_a_row(d):
    X = np.random.default_rng(0).normal(size=(13, d))
    clustering = validate(X, np.repeat(range(4), [2, 6, 4, 1]))
    split = int(clustering.starts[2])
    apart = cdist(X[:split], X[split:])
    there = [0, 4]  # where clusters 2 and 3 start beyond the split
    assert across(clustering.points, split, SUM)[:, 2:] == pytest.approx(
        np.add.reduceat(apart, there, axis=1), rel=1e-12
    )
    by_pair = per_pair(clustering.points, Request(SUM), split=split)
    by_pair += per_pair(clustering.points, *EXTREMES, split=split)
    for got, ufunc, of_none in zip(by_pair, (np.add, np.minimum, np.maximum), (0, np.inf, 0), strict=True):
        wanted = ufunc.reduceat(ufunc.reduceat(apart, there, axis=1), clustering.starts[:2], axis=0)
        assert got[:2, 2:] == pytest.approx(wanted, rel=1e-12)
        assert (got[:2, :2] == of_none).all()
        assert (got[2:, 2:] == of_none).all()
        assert np.array_equal(got, got.T)


def scattered(kind):
    """(30, 20) points: what rounds badly, or is tied."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 20))
    return {
        "far from zero": X + 1e7,
        "small": X * 1e-12,
        "too small for float32": X * 1e-20,
        "too large for float32": X * 1e20,
        "one far away": np.vstack([X[1:], np.full(20, 1e5)]),
        "nearly equal": 1 + 1e-9 * X,
        "duplicates": np.repeat(X[:10], 3, axis=0),
        "all at one distance": np.eye(30)[:, :20] + np.pad(np.eye(10), ((20, 0), (0, 10))) * np.e,
        "round numbers": rng.integers(0, 2, size=(30, 20)).astype(float),
    }[kind]


SCATTERED = [
    "far from zero", "small", "too small for float32", "too large for float32", "one far away", "nearly equal",
    "duplicates", "all at one distance", "round numbers",
]  # fmt: skip


@pytest.mark.kernel
@pytest.mark.parametrize("kind", SCATTERED)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_keep_their_digits(kind, dtype):
    X = scattered(kind).astype(dtype)
    labels = np.random.default_rng(1).permutation(np.repeat(range(4), [1, 7, 10, 12]))
    clustering = validate(X, labels)
    rows = clustering.points.data.astype(np.float64)
    distances = cdist(rows, rows)
    error = 8 * 28 * 2.0**-24 if dtype == np.float32 else 32 * 28 * 2.0**-53
    inside = per_pair(clustering.points, *EXTREMES)
    across = per_pair(clustering.points, *EXTREMES, split=int(clustering.starts[2]))
    for (smallest, largest), first, second in ((inside, range(4), range(4)), (across, (0, 1), (2, 3))):
        for i, j in product(first, second):
            met = distances[clustering.cluster(i), clustering.cluster(j)]
            assert largest[i, j] == pytest.approx(met.max(), rel=error, abs=0)
            others = met[~np.eye(len(met), dtype=bool)] if i == j else met
            assert smallest[i, j] == pytest.approx(others.min(initial=np.inf), rel=error, abs=0)


@pytest.mark.kernel
@pytest.mark.parametrize("seed", range(5))
def test_extremes_that_float32_does_not_tell_apart(seed):
    rng = np.random.default_rng(seed)
    centres, apart = rng.normal(size=(8, 20)), rng.normal(size=(8, 20))
    apart *= (1 + 1e-9 * rng.permutation(8)[:, None]) / np.linalg.norm(apart, axis=1, keepdims=True)
    X = np.vstack([centres, centres + 0.01 * apart])  # nearly tied gaps
    gaps, _ = gaps_and_diameters(validate(X, np.repeat([0, 1], 8)))
    assert gaps[0, 1] == pytest.approx(cdist(X[:8], X[8:]).min(), rel=1e-12, abs=0)
    X = np.vstack([apart, -apart, centres + 10])  # nearly tied diameters
    _, diameters = gaps_and_diameters(validate(X, np.repeat([0, 1], [16, 8])))
    assert diameters[0] == pytest.approx(cdist(X[:16], X[:16]).max(), rel=1e-12, abs=0)


def aligned_roundings(d):
    """(38, d) points for which a float32 product that is added up in order errs by nearly d·2⁻²⁴, and their clusters.

    Points 0 and 1 are the same, in two clusters; points 2 and 3 are 2⁻¹⁰ apart. In the product of the former each of
    d − 2 terms is a little less than half a unit in the last place of what it is added to, and lost; in that of the
    latter it is a little more, and counts twice. 4 to 7 mirror them, so that the origin is the centre. The others are
    there so that a few nearly tied pairs are few.
    """
    points = np.zeros((38, d))
    points[:4, 0] = 1
    points[:2, 1:-1], points[2:4, 1:-1] = np.sqrt(0.49 * 2.0**-23), np.sqrt(0.51 * 2.0**-23)
    points[2, -1] = 2.0**-10
    points[4:8] = -points[:4]
    points[8:23, 1:16] = np.diag(np.linspace(0.3, 0.5, 15))
    points[23:] = -points[8:23]
    return points, np.arange(38) % 2 + np.repeat([0, 2], [8, 30])


@pytest.mark.kernel
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_are_exact_where_every_rounding_of_float32_goes_the_wrong_way(dtype):
    points, clusters = aligned_roundings(60)
    gap = pair_minima(validate(points.astype(dtype), clusters))[0, 1]
    assert gap == 0


@pytest.mark.parametrize(("kind", "again"), [("far from zero", False), ("all at one distance", True)])
def test_where_too_many_are_nearly_tied_products_are_as_precise_as_the_points(kind, again, monkeypatch):
    made = []
    monkeypatch.setattr(reductions, "tile", lambda *blocks: made.append(blocks) or tiles.tile(*blocks))
    pair_minima(validate(scattered(kind), np.repeat([0, 1], 15)))
    assert bool(made) == again


def test_float32_sums_are_accumulated_in_float64():
    clustering, expected = example("euclidean", dtype=np.float32)
    np.fill_diagonal(expected, 0)
    got = sums(clustering)
    # a distance has a few 2⁻²⁴ of error; errors of a sum's terms average out, those of a float32 sum would not
    assert got == pytest.approx(np.add.reduceat(expected, clustering.starts[:-1], axis=1), rel=2e-7)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_same_bits_for_any_number_of_threads(metric, dtype, memory):
    clustering, _ = example(metric, d=50, dtype=dtype)
    with threadpool_limits(1):
        serial = sums(clustering), pair_sums(clustering), pair_minima(clustering)
    with threadpool_limits(4):
        threaded = sums(clustering), pair_sums(clustering), pair_minima(clustering)
    for one, many in zip(serial, threaded, strict=True):
        assert np.array_equal(one, many)


def test_reductions_of_pairs_are_symmetric_to_the_bit():
    clustering, _ = example("euclidean", d=50)
    for reduction in (pair_sums, pair_minima, pair_maxima):
        got = reduction(clustering)
        assert np.array_equal(got, got.T)


@pytest.mark.parametrize("metric", ["sqeuclidean", "cosine", "correlation"])
@pytest.mark.parametrize("d", [4, 30])
@pytest.mark.parametrize("scale", [1e-25, 1.0, 1e25])
def test_closed_forms_stand_any_scale_in_float32(metric, d, scale):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(40, d)) * scale).astype(np.float32)
    clustering = validate(X, np.arange(40) % 3, metric=metric)
    rows = clustering.points.data.astype(np.float64) / scale
    expected = np.add.reduceat(cdist(rows, rows, metric), clustering.starts[:-1], axis=1)
    if metric == "sqeuclidean":
        expected *= scale**2
    assert sums(clustering) == pytest.approx(expected, rel=1e-5, abs=0)


@pytest.mark.parametrize("d", [4, 30])
def test_closed_forms_keep_digits_far_from_the_origin(d):
    X = np.random.default_rng(0).normal(size=(60, d)) + 1e8
    clustering = validate(X, np.arange(60) % 3, metric="sqeuclidean")
    rows = clustering.points.data - clustering.points.data[0]
    expected = np.add.reduceat(cdist(rows, rows, "sqeuclidean"), clustering.starts[:-1], axis=1)
    assert sums(clustering) == pytest.approx(expected, rel=1e-12)
    totals = np.add.reduceat(expected, clustering.starts[:-1], axis=0) * np.where(np.eye(3), 0.5, 1)
    assert pair_sums(clustering) == pytest.approx(totals, rel=1e-12)


@pytest.mark.parametrize("metric", ["sqeuclidean", "cosine", "correlation"])
@pytest.mark.parametrize("d", [4, 30])
@pytest.mark.parametrize("n", [6, 600])
def test_points_at_the_same_place_have_sums_of_exactly_zero(metric, d, n):
    rng = np.random.default_rng(0)
    direction = rng.normal(size=d)
    lengths = rng.uniform(0.1, 10, n) if metric != "sqeuclidean" else np.ones(n)
    clustering = validate(np.outer(lengths, direction), np.arange(n) % 2, metric=metric)
    assert not sums(clustering).any()
    assert not pair_sums(clustering).any()
