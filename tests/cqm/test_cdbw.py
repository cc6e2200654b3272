"""CDbw, and what makes R's fpc differ from its paper."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.datasets import load_iris

import cqm
from cqm.definitions import cdbw as definitions
from tests.cqm.strategies import point_clusterings


@given(point_clusterings(max_n=12), st.integers(1, 5))
def test_cdbw_equals_its_definition(case, count):
    points, labels = case
    exact = [[Fraction(x) for x in point] for point in points]
    wanted = float(definitions.cdbw(exact, labels, n_representatives=count))
    assert cqm.cdbw(points, labels, n_representatives=count) == pytest.approx(wanted, rel=1e-12)


@given(point_clusterings(min_n=6, max_n=12, largest=1), st.integers(1, 4), st.randoms())
def test_ties_do_not_depend_on_the_order_of_points(case, count, random):
    # on a coarse grid most distances are tied
    points, labels = case
    shuffled = list(range(len(points)))
    random.shuffle(shuffled)
    wanted = cqm.cdbw(points, labels, n_representatives=count)
    got = cqm.cdbw(points[shuffled], [labels[i] for i in shuffled], n_representatives=count)
    assert got == pytest.approx(wanted, rel=1e-12)


def test_known_answer():
    stdev = np.sqrt(2 / 3)
    compactness = (1 / 3 + 7 * 2 / 3) / 8 / stdev
    cohesion = compactness / (1 + (2 / 3 - 1 / 3) / 7 / stdev)
    wanted = cohesion * 8 * compactness
    points = [[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]
    assert cqm.cdbw(points, [0] * 3 + [1] * 3, n_representatives=2) == pytest.approx(wanted, rel=1e-12)


def test_density_between_clusters_counts_against_them():
    # 4 and 6 are the nearest representatives, 2 apart; of 7 points, the one at 4.9 lies within stdev_ij of their middle
    left, right = [[0.0], [4.0], [4.9]], [[10.0], [6.0], [14.0], [12.0]]
    with_it = cqm.cdbw(left + right, [0] * 3 + [1] * 4, n_representatives=2)
    without = cqm.cdbw([[0.0], [4.0], [0.1], *right], [0] * 3 + [1] * 4, n_representatives=2)
    assert with_it < without


def by_fpc(points, labels, *, radius_is_own, squared_against_stdev, half_of_pair, signed_change, freedom):
    """CDbw with the departures of `cdbw` in R's fpc, each by itself."""
    clusters = [points[labels == i] for i in np.unique(labels)]
    k, centers = len(clusters), [c.mean(axis=0) for c in clusters]
    stdevs = [np.sqrt(((c - m) ** 2).sum() / (len(c) - freedom)) for c, m in zip(clusters, centers, strict=True)]
    stdev, borders = np.mean(stdevs), []
    for c, m in zip(clusters, centers, strict=True):
        border = [c[cdist(c, [m]).argmax()]]
        while len(border) < 10 and (reach := cdist(c, border).min(axis=1)).max() > 0:
            border.append(c[reach.argmax()])
        borders.append(np.array(border))
    within = []
    for s in np.arange(1, 9) / 10:
        shares = []
        for i in range(k):
            lengths = cdist(clusters[i], borders[i] + s * (centers[i] - borders[i]))
            lengths = lengths**2 if squared_against_stdev else lengths
            shares.append(((lengths > 1e-12) & (lengths < (stdevs[i] if radius_is_own else stdev))).mean())
        within.append(np.mean(shares) / stdev)
    compactness = np.mean(within)
    changes = np.diff(within) if signed_change else np.abs(np.diff(within))
    cohesion = compactness / (1 + changes.sum() / 7)
    dist, dens = np.full((k, k), np.inf), np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1, k):
            radius = stdevs[i] if half_of_pair else (stdevs[i] + stdevs[j]) / 2
            gaps = cdist(borders[i], borders[j])
            mutual = [(a, b) for a, b in enumerate(gaps.argmin(axis=1)) if gaps[:, b].argmin() == a]
            area = np.vstack([clusters[i], clusters[j]])
            near = [(cdist(area, [(borders[i][a] + borders[j][b]) / 2]) < radius).mean() for a, b in mutual]
            lengths = np.array([gaps[a, b] for a, b in mutual])
            dist[i, j] = dist[j, i] = lengths.mean()
            dens[i, j] = dens[j, i] = (lengths / (2 * radius) * near).mean()
    separation = dist.min(axis=1).mean() / (1 + dens.max(axis=1).mean())
    return cohesion * separation * compactness


DEPARTURES = ["radius_is_own", "squared_against_stdev", "half_of_pair", "signed_change", "freedom"]
IRIS = load_iris().data[[*range(5), *range(50, 55), *range(100, 105)]]
SPECIES = np.repeat([0, 1, 2], 5)


def test_fpc_example_is_explained_by_its_five_departures():
    # man/cdbw.Rd prints 2.35 for these flowers
    assert by_fpc(IRIS, SPECIES, **dict.fromkeys(DEPARTURES, True)) == pytest.approx(2.35, abs=0.005)


def test_without_the_departures_it_is_the_paper():
    assert cqm.cdbw(IRIS, SPECIES) == pytest.approx(
        by_fpc(IRIS, SPECIES, **dict.fromkeys(DEPARTURES, False)), rel=1e-12
    )


def test_clusters_without_extent_score_zero():
    assert cqm.cdbw([[0.0], [0.0], [5.0], [5.0]], [0, 0, 1, 1]) == 0.0


def test_number_of_representatives_is_positive():
    with pytest.raises(ValueError, match="`n_representatives` must be at least 1, got 0"):
        cqm.cdbw(IRIS, SPECIES, n_representatives=0)
