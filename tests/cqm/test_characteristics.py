"""Hennig's characteristics of clusterings, against the steps of R's fpc on a full matrix of distances."""

import math

import numpy as np
import pytest
from hypothesis import given
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform
from scipy.stats import entropy

import cqm
from cqm.arrays.host import pairs
from cqm.definitions import characteristics as definitions
from tests.cqm.strategies import distance_clusterings

pytestmark = pytest.mark.kernel

RNG = np.random.default_rng(0)
LABELS = np.r_[RNG.integers(0, 4, 69), 4]
POINTS = RNG.normal(size=(70, 3)) + LABELS[:, None]
D = squareform(pdist(POINTS))
CLUSTERS = [np.flatnonzero(i == LABELS) for i in range(5)]


@pytest.mark.parametrize("name", definitions.__all__)
@given(distance_clusterings())
def test_measure_equals_its_definition(name, case):
    distances, labels = case
    got = getattr(cqm, name)(np.array(distances, dtype=float), labels, metric="precomputed")
    wanted = float(getattr(definitions, name)(distances, labels))
    assert got == pytest.approx(wanted, rel=1e-12, abs=1e-15, nan_ok=True)


@pytest.fixture(params=[16, 4096])
def tiles(request, monkeypatch):
    """Several tiles, and one."""
    monkeypatch.setattr(pairs, "TILE_ROWS", request.param)


def inside(cluster):
    return D[np.ix_(cluster, cluster)]


def test_average_within_is_fpcs_weighted_mean(tiles):
    means = [squareform(inside(c)).mean() for c in CLUSTERS if len(c) > 1]
    wanted = np.average(means, weights=[len(c) for c in CLUSTERS if len(c) > 1])
    assert cqm.average_within(POINTS, LABELS) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_separation_is_fpcs_mean_below_a_quantile(tiles, share):
    gaps = np.array([D[x, LABELS[x] != LABELS].min() for x in range(70)])
    closest = [g for c in CLUSTERS for g in gaps[c] if g <= np.quantile(gaps[c], share)]
    assert cqm.separation_index(POINTS, LABELS, share=share) == pytest.approx(np.mean(closest), rel=1e-12)


def test_shares_of_all_sizes_are_rounded_up():
    line = np.arange(40.0)[:, None]
    for size in (10, 20, 30):  # 0.1 · 30 is a little more than 3 in floats
        gaps = np.arange(1, size // 10 + 1)  # the first cluster's closest points to the second, ...
        others = np.arange(1, math.ceil((40 - size) / 10) + 1)  # ... and the second's to the first
        wanted = (gaps.sum() + others.sum()) / (len(gaps) + len(others))
        assert cqm.separation_index(line, np.arange(40) >= size) == pytest.approx(wanted)


def test_widest_gap_is_the_last_merge_of_single_linkage(tiles):
    wanted = max(linkage(squareform(inside(c)), "single")[-1, 2] for c in CLUSTERS if len(c) > 1)
    assert cqm.widest_gap(POINTS, LABELS) == pytest.approx(wanted, rel=1e-12)
    assert cqm.weakest_link(POINTS, LABELS) == pytest.approx(wanted / D[LABELS[:, None] != LABELS].min(), rel=1e-12)


def test_entropy_of_sizes_is_scipys():
    assert cqm.size_entropy(POINTS, LABELS) == pytest.approx(entropy(np.bincount(LABELS), base=5), rel=1e-12)
    assert cqm.size_entropy(POINTS[:6], [0, 0, 1, 1, 2, 2]) == pytest.approx(1)


@pytest.mark.parametrize("neighbors", [1, 2, 5])
def test_neighbour_distances_are_sorted_columns(tiles, neighbors):
    own = [np.sort(inside(c), axis=1)[:, neighbors] for c in CLUSTERS if len(c) > neighbors]
    options = {"neighbors": neighbors}
    assert cqm.neighbor_distance(POINTS, LABELS, **options) == pytest.approx(np.concatenate(own).mean(), rel=1e-12)
    variations, sizes = [d.std(ddof=1) / d.mean() for d in own], [len(d) for d in own]
    assert cqm.neighbor_variation(POINTS, LABELS, **options) == pytest.approx(np.average(variations, weights=sizes))


def test_clusters_without_so_many_neighbours_are_left_out():
    assert math.isnan(cqm.neighbor_distance(POINTS[:4], [0, 0, 1, 1]))
    assert math.isnan(cqm.neighbor_variation(POINTS[:4], [0, 0, 1, 1]))
    assert cqm.neighbor_variation(np.eye(6), [0, 0, 0, 1, 1, 1]) == 0


@pytest.mark.parametrize("quantile", [0.1, 0.37])
def test_density_at_boundaries_is_fpcs_denscut(tiles, quantile):
    width = np.quantile(squareform(D), quantile)
    weights = np.where(width > D, 1 - D / width, 0)
    density = weights.sum(axis=1) / weights.sum(axis=1).max()
    foreign = (weights * (LABELS[:, None] != LABELS)).sum(axis=1) / weights.sum(axis=1).max()
    got = cqm.density_at_boundaries(POINTS, LABELS, quantile=quantile)
    assert got == pytest.approx((density * foreign).sum() / 70, rel=1e-12)


def highdgap(distances, labels, quantile, rng):
    """fpc's: clusters grow from a densest point by a nearest one; each step times the largest density outside."""
    width = np.quantile(distances[np.triu_indices(len(labels), 1)], quantile)
    density = np.where(width > distances, 1 - distances / width, 0).sum(axis=1)
    steps = []
    for own in np.unique(labels):
        outside = rng.permutation(np.flatnonzero(labels == own)).tolist()
        inside = [outside.pop(np.argmax(density[outside]))]
        while outside:
            reach = distances[np.ix_(outside, inside)].min(axis=1)
            steps.append(reach.min() * density[outside].max() / density.max())
            inside.append(outside.pop(np.argmin(reach)))
    return max(steps)


@pytest.mark.parametrize("quantile", [0.1, 0.37])
def test_density_weighted_gap_is_fpcs_highdgap(tiles, quantile):
    got = cqm.density_weighted_gap(POINTS, LABELS, quantile=quantile)
    assert got == pytest.approx(highdgap(D, LABELS, quantile, RNG), rel=1e-12)
    assert got < cqm.widest_gap(POINTS, LABELS)


@pytest.mark.parametrize("seed", range(20))
def test_density_weighted_gap_is_fpcs_whichever_of_equals_comes_first(seed):
    rng = np.random.default_rng(seed)
    points, labels = rng.integers(0, 6, (24, 2)), np.r_[0, 0, 1, rng.integers(0, 3, 21)]  # many ties, some copies
    distances, order = np.abs(points[:, None] - points).sum(axis=2), rng.permutation(24)
    wanted = [highdgap(distances, labels, 0.3, rng) for _ in range(5)]
    got = cqm.density_weighted_gap(points, labels, quantile=0.3, metric="manhattan")
    assert wanted == pytest.approx([got] * 5, rel=1e-12)
    assert cqm.density_weighted_gap(points[order], labels[order], quantile=0.3, metric="manhattan") == pytest.approx(
        got
    )


def test_a_gap_between_halves_weighs_more_than_one_before_an_outlier():
    half, far = np.arange(10.0), [60.0, 61.0]
    outlier = cqm.density_weighted_gap(np.r_[half, 12.0, far][:, None], [0] * 11 + [1] * 2, quantile=0.2)
    halves = cqm.density_weighted_gap(np.r_[half, half + 12.0, far][:, None], [0] * 20 + [1] * 2, quantile=0.2)
    assert outlier < 3
    assert halves == pytest.approx(3)


def test_where_most_points_coincide_there_is_no_density():
    assert math.isnan(cqm.density_at_boundaries([[0.0]] * 5 + [[1.0]], [0, 0, 0, 1, 1, 1]))
    assert math.isnan(cqm.density_weighted_gap([[0.0]] * 5 + [[1.0]], [0, 0, 0, 1, 1, 1]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cqm.separation_index(POINTS, LABELS, share=0), r"`share` must lie in \(0, 1\], got 0"),
        (lambda: cqm.neighbor_distance(POINTS, LABELS, neighbors=0), "`neighbors` must be at least 1, got 0"),
        (lambda: cqm.density_at_boundaries(POINTS, LABELS, quantile=1), "`quantile` must lie between 0 and 1, got 1"),
        (lambda: cqm.density_weighted_gap(POINTS, LABELS, quantile=0), "`quantile` must lie between 0 and 1, got 0"),
    ],
)
def test_settings_that_mean_nothing_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
