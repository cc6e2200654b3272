"""Silhouettes of clusters, of generalised means and of medoids, and the bound that no clustering exceeds."""

import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from genieclust.cluster_validity import silhouette_w_index
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from scipy.stats import gmean, hmean
from sklearn.datasets import load_iris
from sklearn.metrics import silhouette_samples

import cqm
from cqm.axioms.instances import non_trivial_partitions
from cqm.definitions import generalized_silhouette as generalized_definitions
from cqm.definitions import medoid_silhouette as medoid_definitions
from cqm.definitions import silhouette as definitions
from cqm.definitions import silhouette_bound as bound_definitions
from tests.cqm.kinds import LABELS, POINTS, kinds, out_of_sight  # noqa: F401
from tests.cqm.strategies import distance_clusterings

IRIS, SPECIES = load_iris(return_X_y=True)


def as_floats(distances):
    return np.array(distances, dtype=float)


@given(distance_clusterings())
def test_macro_silhouette_equals_its_definition(case):
    distances, labels = case
    want = float(definitions.macro_silhouette(distances, labels))
    assert cqm.macro_silhouette(as_floats(distances), labels, metric="precomputed") == pytest.approx(want, rel=1e-12)


def test_macro_silhouette_is_genieclusts_silhouette_w():
    labels = (SPECIES == 0) + (np.arange(150) % 7 == 0) * 1
    assert cqm.macro_silhouette(IRIS, labels) == pytest.approx(silhouette_w_index(IRIS, labels), rel=1e-10)


def test_profile_shows_the_mean_silhouette_of_each_cluster():
    labels = np.where(np.arange(150) < 3, "few", np.array(["a", "b", "c"])[SPECIES])
    profiles = cqm.profile_clusters(IRIS, labels)
    samples = silhouette_samples(IRIS, labels)
    assert profiles.silhouettes == pytest.approx([samples[labels == own].mean() for own in profiles.labels], rel=1e-10)
    assert cqm.macro_silhouette(IRIS, labels) == pytest.approx(profiles.silhouettes.mean(), rel=1e-12)


POWERS = [-math.inf, -3, -1, -0.5, 0, 0.5, 1, 2, math.inf]


@pytest.mark.parametrize("power", POWERS)
@given(case=distance_clusterings(max_n=6))
def test_generalized_silhouette_equals_its_definition(power, case):
    distances, labels = case
    got = cqm.sample_generalized_silhouette(as_floats(distances), labels, power=power, metric="precomputed")
    want = generalized_definitions.sample_generalized_silhouette(distances, labels, power=power)
    assert got == pytest.approx([float(s) for s in want], rel=1e-11, abs=1e-14)


MEANS = {
    -math.inf: np.min,
    -1: hmean,
    0: gmean,
    2: lambda distances: np.sqrt(np.mean(distances**2)),
    math.inf: np.max,
}


@pytest.mark.parametrize("power", MEANS)
def test_generalized_silhouette_from_scipys_means(power):
    distances, want = cdist(POINTS, POINTS), []
    for x, own in enumerate(LABELS):
        inside = (own == LABELS) & (np.arange(len(LABELS)) != x)
        b = min(MEANS[power](distances[x, other == LABELS]) for other in set(LABELS) - {own})
        a = MEANS[power](distances[x, inside]) if inside.any() else b  # 0 for the only point of a cluster
        want.append((b - a) / max(a, b))
    assert cqm.generalized_silhouette(POINTS, LABELS, power=power) == pytest.approx(np.mean(want), rel=1e-12)


def test_power_one_is_the_silhouette():
    assert cqm.generalized_silhouette(IRIS, SPECIES, power=1) == cqm.silhouette(IRIS, SPECIES)
    near_one = cqm.generalized_silhouette(IRIS, SPECIES, power=1 + 1e-9)
    assert near_one == pytest.approx(cqm.silhouette(IRIS, SPECIES), rel=1e-8)


def test_large_powers_approach_the_extremes():
    for sign in (-1, 1):
        extreme = cqm.generalized_silhouette(POINTS, LABELS, power=sign * math.inf)
        assert cqm.generalized_silhouette(POINTS, LABELS, power=sign * 1e5) == pytest.approx(extreme, abs=1e-4)


def test_copies_make_harmonic_and_geometric_means_zero():
    points, labels = [[0.0], [0.0], [1.0], [5.0], [6.0]], [0, 0, 0, 1, 1]
    for power in (-1, 0):
        assert cqm.sample_generalized_silhouette(points, labels, power=power)[:2].tolist() == [1, 1]


def test_nan_is_no_power():
    with pytest.raises(ValueError, match="`power` must be a number"):
        cqm.generalized_silhouette(POINTS, LABELS, power=math.nan)


@given(distance_clusterings(largest=3))
def test_medoid_silhouette_equals_its_definition(case):
    distances, labels = case
    got = cqm.sample_medoid_silhouette(as_floats(distances), labels, metric="precomputed")
    want = [float(s) for s in medoid_definitions.sample_medoid_silhouette(distances, labels)]
    assert got == pytest.approx(want, rel=1e-12, abs=1e-15)


def test_medoid_silhouette_is_the_papers_where_points_are_nearest_their_own_medoid():
    """1 − d₁/d₂ with the two nearest medoids, as kmedoids computes it."""
    distances = cdist(IRIS, IRIS)
    medoids = [rows[distances[np.ix_(rows, rows)].sum(axis=1).argmin()] for rows in np.arange(150).reshape(3, 50)]
    labels = distances[:, medoids].argmin(axis=1)
    for _ in range(20):
        medoids = [np.flatnonzero(labels == i) for i in range(3)]
        medoids = [rows[distances[np.ix_(rows, rows)].sum(axis=1).argmin()] for rows in medoids]
        labels = distances[:, medoids].argmin(axis=1)
    first, second = np.sort(distances[:, medoids], axis=1)[:, :2].T
    assert (first == distances[np.arange(150), np.array(medoids)[labels]]).all()
    assert cqm.sample_medoid_silhouette(IRIS, labels) == pytest.approx(1 - first / second, rel=1e-12)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "manhattan"])
def test_tied_medoids_count_alike_in_any_order_of_rows(metric):
    grid = np.argwhere(np.ones((6, 4))).astype(float)
    labels = (grid[:, 0] > 2).astype(int)
    orders = [np.random.default_rng(seed).permutation(24) for seed in range(5)]
    values = [cqm.medoid_silhouette(grid[order], labels[order], metric=metric) for order in orders]
    assert values == pytest.approx([values[0]] * 5, rel=1e-14)
    copied = cqm.medoid_silhouette(np.repeat(grid, 3, axis=0), np.repeat(labels, 3), metric=metric)
    assert copied == pytest.approx(values[0], rel=1e-13)


@kinds
@pytest.mark.usefixtures("out_of_sight")
def test_variants_on_other_arrays(elsewhere):
    X = elsewhere(POINTS)
    for function in (cqm.macro_silhouette, cqm.medoid_silhouette, cqm.generalized_silhouette):
        assert function(X, LABELS) == pytest.approx(function(POINTS, LABELS), rel=1e-12)
    for power in (0, -math.inf, 3):
        got = cqm.generalized_silhouette(X, LABELS, power=power)
        assert got == pytest.approx(cqm.generalized_silhouette(POINTS, LABELS, power=power), rel=1e-12)
    assert cqm.silhouette_upper_bound(X) == pytest.approx(cqm.silhouette_upper_bound(POINTS), rel=1e-12)
    bound = cqm.silhouette_upper_bound(X, metric="manhattan", smallest=5)
    assert bound == pytest.approx(cqm.silhouette_upper_bound(POINTS, metric="manhattan", smallest=5), rel=1e-12)


@given(distance_clusterings(min_n=4, max_n=7), st.integers(1, 2))
def test_bound_equals_its_definition(case, smallest):
    distances, _ = case
    got = cqm.sample_silhouette_upper_bound(as_floats(distances), metric="precomputed", smallest=smallest)
    want = bound_definitions.sample_silhouette_upper_bound(distances, smallest=smallest)
    assert got == pytest.approx([float(b) for b in want], rel=1e-12, abs=1e-15)
    value = cqm.silhouette_upper_bound(as_floats(distances), metric="precomputed", smallest=smallest)
    assert value == pytest.approx(float(bound_definitions.silhouette_upper_bound(distances, smallest=smallest)))


@given(distance_clusterings(min_n=4, max_n=5), st.integers(1, 2))
def test_every_point_reaches_its_bound_in_some_clustering_and_exceeds_it_in_none(case, smallest):
    distances, _ = case
    n, best = len(distances), [Fraction(0)] * len(distances)
    for labels in non_trivial_partitions(n):
        if min(map(labels.count, labels)) >= smallest:
            best = list(map(max, best, definitions.sample_silhouette(distances, labels)))
    assert best == bound_definitions.sample_silhouette_upper_bound(distances, smallest=smallest)


def test_evaluate_gives_the_bound_beside_the_silhouette(monkeypatch):
    report = cqm.evaluate(IRIS, SPECIES)
    assert report.upper_bounds == {"silhouette": cqm.silhouette_upper_bound(IRIS)}
    assert "[-1, 1], here ≤ 0.901297" in str(report)
    assert "here ≤ 0.901297" in report._repr_html_()
    without = np.delete(IRIS, 7, axis=0)
    noisy = cqm.evaluate(IRIS, np.where(np.arange(150) == 7, -1, SPECIES), noise_label=-1, measures="silhouette")
    assert noisy.upper_bounds["silhouette"] == pytest.approx(cqm.silhouette_upper_bound(without), rel=1e-12)
    assert cqm.evaluate(IRIS, SPECIES, measures="dunn").upper_bounds == {}
    monkeypatch.setattr(cqm.reports.report, "FEW_POINTS", 149)
    assert cqm.evaluate(IRIS, SPECIES).upper_bounds == {}


def test_bound_of_points_at_one_place_is_zero():
    assert cqm.silhouette_upper_bound(np.zeros((5, 2))) == 0
    assert cqm.silhouette_upper_bound([[0.0], [1.0]]) == 0


@pytest.mark.parametrize("smallest", [0, 3])
def test_clusters_can_be_no_larger_than_half_of_the_points(smallest):
    with pytest.raises(ValueError, match=f"`smallest` must be from 1 to n/2 = 2, got {smallest}"):
        cqm.silhouette_upper_bound([[0.0], [1.0], [2.0], [4.0], [5.0]], smallest=smallest)


@pytest.mark.parametrize("tied", [False, True])
def test_medoid_silhouettes_never_hold_the_distances_of_all_points_to_all_medoids(tied):
    n, k = 12_000, 2_000
    copies, labels = np.divmod(np.arange(n), k)
    away = copies % 2 if tied else np.random.default_rng(0).normal(size=n)  # half of each cluster in one of two places
    points = np.stack([9.0 * labels, away], axis=1)
    tracemalloc.start()
    try:
        cqm.medoid_silhouette(points, labels, metric="sqeuclidean")
        assert tracemalloc.get_traced_memory()[1] < 8 * n * k / 2
    finally:
        tracemalloc.stop()
