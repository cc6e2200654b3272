"""DISCO against its definition, and against scikit-learn's and scipy's parts put together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import cdist, squareform
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_moons
from sklearn.metrics import silhouette_samples
from sklearn.neighbors import KDTree

import cqm
from cqm.arrays.host import pairs
from cqm.definitions import disco as definitions
from tests.cqm.kinds import LABELS, POINTS, kinds, out_of_sight  # noqa: F401
from tests.cqm.strategies import distance_clusterings

MOONS, TRUTH = make_moons(200, noise=0.08, random_state=0)
LABELLINGS = {"truth": TRUTH} | {f"eps {eps}": DBSCAN(eps).fit_predict(MOONS) for eps in (0.1, 0.15, 0.2, 0.3)}


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    monkeypatch.setattr(pairs, "TILE_ROWS", 37)


@given(distance_clusterings(max_n=7, largest=3), st.integers(1, 4), st.booleans())
def test_equals_its_definition(case, min_points, noise):
    distances, labels = case
    noise_label = labels[-1] if noise and labels.count(labels[-1]) < len(labels) - 1 else None
    if noise_label is not None and all(labels.count(own) == 1 for own in set(labels) - {noise_label}):
        noise_label = None  # nothing but single points beside the noise
    options = {"min_points": min_points, "noise_label": noise_label}
    got = cqm.sample_disco(np.array(distances, dtype=float), labels, metric="precomputed", **options)
    want = [float(s) for s in definitions.sample_disco(distances, labels, **options)]
    assert got == pytest.approx(want, rel=1e-12, abs=1e-15)
    value = cqm.disco(np.array(distances, dtype=float), labels, metric="precomputed", **options)
    assert value == pytest.approx(float(definitions.disco(distances, labels, **options)), rel=1e-12, abs=1e-15)


def by_other_means(points, labels, min_points):
    """Minimax distances are the cophenetic ones of single linkage."""
    core = KDTree(points).query(points, k=min_points)[0].max(axis=1)
    reach = np.maximum(np.maximum.outer(core, core), cdist(points, points))
    np.fill_diagonal(reach, 0)
    apart = squareform(cophenet(linkage(squareform(reach, checks=False), "single")))
    noise, clusters = labels == -1, sorted(set(labels) - {-1})
    out = np.zeros(len(labels))
    if len(clusters) > 1:
        out[~noise] = silhouette_samples(apart[np.ix_(~noise, ~noise)], labels[~noise], metric="precomputed")
    elif noise.any():
        each = np.where(noise, np.arange(len(labels)) + 10, 0)
        out[~noise] = silhouette_samples(apart, each, metric="precomputed")[~noise]
    for x in np.flatnonzero(noise):
        found = []
        for own in clusters:
            widest = core[labels == own].max()
            for value in (core[x], apart[x, labels == own].min()):
                found.append((value - widest) / max(value, widest))
        out[x] = min(found)
    return out


@pytest.mark.parametrize("min_points", [2, 5])
@pytest.mark.parametrize("name", LABELLINGS)
def test_agrees_with_cophenetic_distances_and_scikit_learns_silhouettes(name, min_points):
    labels = LABELLINGS[name]
    got = cqm.sample_disco(MOONS, labels, min_points=min_points, noise_label=-1 if -1 in labels else None)
    assert got == pytest.approx(by_other_means(MOONS, labels, min_points), rel=1e-9, abs=1e-12)


def test_one_cluster_beside_noise_and_without():
    labels = np.where(np.arange(200) < 20, -1, 0)
    got = cqm.sample_disco(MOONS, labels, noise_label=-1)
    assert got == pytest.approx(by_other_means(MOONS, labels, 5), rel=1e-9, abs=1e-12)
    assert cqm.disco(MOONS, np.zeros(200)) == 0
    report = cqm.evaluate(MOONS, labels, noise_label=-1, measures=["disco", "dbcv"])
    assert report["disco"] == pytest.approx(got.mean(), rel=1e-12)
    assert list(report.left_out) == ["dbcv"]


def test_noise_that_is_noise_scores_and_noise_inside_a_cluster_costs():
    far = np.vstack([MOONS, [[9.0, 9.0]]])
    inside = np.vstack([MOONS, MOONS[7] + 0.001])
    labels = [*TRUTH, -1]
    assert cqm.sample_disco(far, labels, noise_label=-1)[-1] > 0.5
    assert cqm.sample_disco(inside, labels, noise_label=-1)[-1] < -0.5


def test_order_of_rows_does_not_matter_where_steps_tie():
    grid = np.argwhere(np.ones((8, 6))).astype(float)
    labels = np.r_[np.zeros(20), np.ones(24), np.full(4, -1)].astype(int)
    values = []
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(48)
        values.append(cqm.disco(grid[order], labels[order], noise_label=-1))
    assert values == pytest.approx([values[0]] * 4, rel=1e-13)


@kinds
@pytest.mark.usefixtures("out_of_sight")
@pytest.mark.parametrize("noise_label", [None, 2])
def test_on_other_arrays(elsewhere, noise_label):
    got = cqm.disco(elsewhere(POINTS), LABELS, noise_label=noise_label)
    assert got == pytest.approx(cqm.disco(POINTS, LABELS, noise_label=noise_label), rel=1e-11)


def test_noise_under_another_metric_and_with_weights():
    labels = np.where(np.arange(70) % 9 == 0, -1, LABELS)
    cosines = cdist(POINTS, POINTS, "cosine")
    np.fill_diagonal(cosines, 0)
    got = cqm.disco(POINTS, labels, metric="cosine", noise_label=-1)
    assert got == pytest.approx(cqm.disco(cosines, labels, metric="precomputed", noise_label=-1), rel=1e-9)
    weights = 1 + np.arange(70) % 3
    many = np.repeat(np.arange(70), weights)
    weighed = cqm.disco(POINTS, labels, noise_label=-1, sample_weight=weights)
    assert weighed == pytest.approx(cqm.disco(POINTS[many], labels[many], noise_label=-1), rel=1e-12)


def test_min_points_is_at_least_one():
    with pytest.raises(ValueError, match="`min_points` must be at least 1, got 0"):
        cqm.disco(POINTS, LABELS, min_points=0)
