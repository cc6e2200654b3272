"""SD and S_Dbw."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from scipy.spatial.distance import cdist, pdist, squareform

import cqm
from cqm.definitions import sd_indices
from tests.cqm.strategies import point_clusterings

NAMES = sd_indices.__all__


def exact(points):
    return [[Fraction(x) for x in point] for point in points]


@pytest.mark.parametrize("name", NAMES)
@given(point_clusterings())
def test_measure_equals_its_definition(name, case):
    points, labels = case
    wanted = float(getattr(sd_indices, name)(exact(points), labels))
    assert getattr(cqm, name)(points, labels) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@given(point_clusterings(min_n=6, max_d=1, largest=1))
def test_s_dbw_counts_points_exactly_on_the_border(case):
    # on a line and on a coarse grid, distances equal to stdev are common
    points, labels = case
    wanted = float(sd_indices.s_dbw(exact(points), labels))
    assert cqm.s_dbw(points, labels) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@given(point_clusterings())
def test_sd_takes_its_weight_from_the_finest_clustering(case):
    points, labels = case
    finest = [0, *range(len(points) - 1)]
    wanted = float(sd_indices.sd_index(exact(points), labels, finest_labels=finest))
    assert cqm.sd_index(points, labels, finest_labels=finest) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


# Four corners of a square of side 2 at (0, 0), (10, 0) and (0, 20), with each centre twice.
CORNERS = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 0], [0, 0]])
POINTS = np.vstack([CORNERS, CORNERS + np.array([10, 0]), CORNERS + np.array([0, 20])])
LABELS = np.repeat(["a", "b", "c"], 6)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        # variances 2/3 in each variable and cluster; 2/3 + 200/9 and 2/3 + 800/9 in all
        ("sd_scat", np.hypot(2 / 3, 2 / 3) / np.hypot(2 / 3 + 200 / 9, 2 / 3 + 800 / 9)),
        ("sd_dis", np.sqrt(500) / 10 * (1 / 30 + 1 / (10 + np.sqrt(500)) + 1 / (20 + np.sqrt(500)))),
    ],
)
def test_known_answer(name, wanted):
    assert getattr(cqm, name)(POINTS, LABELS) == pytest.approx(wanted, rel=1e-13)


def test_sd_known_answer():
    dis = cqm.sd_dis(POINTS, LABELS)
    assert cqm.sd_index(POINTS, LABELS) == pytest.approx(dis * cqm.sd_scat(POINTS, LABELS) + dis, rel=1e-13)


RNG = np.random.default_rng(0)
FOUR = np.repeat(np.arange(4), [20, 30, 40, 50])
BLOBS = 0.8 * RNG.normal(size=(140, 2)) + np.array([[0, 0], [1.5, 0], [0, 1.5], [1.5, 1.5]])[FOUR]


def densities(own_cluster_only=False, strictly=False):
    """(midpoint, larger centroid) counts of each pair of clusters, written out."""
    centers = np.array([BLOBS[i == FOUR].mean(axis=0) for i in range(4)])
    norms = [np.linalg.norm(BLOBS[i == FOUR].var(axis=0)) for i in range(4)]
    stdev = np.sqrt(sum(norms)) / 4
    near = np.less if strictly else np.less_equal

    def count(u, members):
        return near(cdist(BLOBS[np.isin(FOUR, members)], [u]), stdev).sum()

    for i in range(4):
        for j in range(i):
            at = [count(centers[c], [c] if own_cluster_only else [i, j]) for c in (i, j)]
            yield count((centers[i] + centers[j]) / 2, [i, j]), max(at)


def test_s_dbw_written_out():
    quotients = [middle / larger for middle, larger in densities()]
    assert max(quotients) > 0  # overlapping blobs: the density term says something
    assert cqm.s_dbw(BLOBS, FOUR) == pytest.approx(cqm.sd_scat(BLOBS, FOUR) + np.mean(quotients), rel=1e-12)


def test_s_dbw_of_nbclust_counts_own_points_and_of_clustercrit_adds_up():
    scat, ours = cqm.sd_scat(BLOBS, FOUR), cqm.s_dbw(BLOBS, FOUR)
    nbclust = scat + np.mean([middle / larger for middle, larger in densities(own_cluster_only=True)])
    clustercrit = scat + np.sum([middle / larger for middle, larger in densities(strictly=True)])
    assert clustercrit == pytest.approx(scat + 6 * (ours - scat))  # nothing lies on the border here
    assert nbclust > ours


def test_sd_dis_written_out():
    centers = np.array([BLOBS[i == FOUR].mean(axis=0) for i in range(4)])
    gaps = pdist(centers)
    wanted = gaps.max() / gaps.min() * (1 / squareform(gaps).sum(axis=1)).sum()
    assert cqm.sd_dis(BLOBS, FOUR) == pytest.approx(wanted, rel=1e-12)


def test_no_density_anywhere_is_undefined():
    # in 100 dimensions no point is as near to its centroid as stdev
    points = RNG.normal(size=(60, 100)) + 10 * np.repeat([[0.0], [1.0]], 30, axis=0)
    assert np.isnan(cqm.s_dbw(points, [0] * 30 + [1] * 30))
    assert np.isnan(cqm.sd_scat(np.ones((4, 2)), [0, 0, 1, 1]))
    assert cqm.sd_dis([[0.0], [2.0], [1.0], [1.0], [8.0]], [0, 0, 1, 1, 2]) == np.inf
