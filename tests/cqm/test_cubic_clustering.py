"""The cubic clustering criterion against Sarle's report, NbClust's formula and what it is for."""

import math

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

import cqm
from cqm.definitions import cubic_clustering as definitions

RNG = np.random.default_rng(0)
FOUR = np.repeat(np.arange(4), [8, 12, 15, 25])
BLOBS = RNG.normal(size=(60, 3)) @ RNG.normal(size=(3, 3)) + 2 * FOUR[:, None]


def by_nbclust(X, labels):
    """The steps of R's NbClust, which counts the sides that are cut with the edge that cuts all of them."""
    n, d, k = *X.shape, len(set(labels))
    total = X - X.mean(axis=0)
    s = np.sqrt(np.linalg.eigvalsh(total.T @ total / (n - 1))[::-1])
    within = sum(((X[i == labels] - X[i == labels].mean(axis=0)) ** 2).sum() for i in set(labels))
    r2 = 1 - within / (total**2).sum()
    u = s / (s.prod() / k) ** (1 / d)
    p = min((u >= 1).sum(), k - 1)
    if 0 < p < d:
        u = s / (s[:p].prod() / k) ** (1 / p)
    else:
        p = d
    b = (1 / (n + u[:p])).sum() + (u[p:] ** 2 / (n + u[p:])).sum()
    expected = 1 - b / (u**2).sum() * (n - k) ** 2 / n * (1 + 4 / n)
    return np.log((1 - expected) / (1 - r2)) * np.sqrt(n * p / 2) / (0.001 + expected) ** 1.2


def test_it_is_nbclusts_where_both_count_the_same_sides():
    assert cqm.cubic_clustering_criterion(BLOBS, FOUR) == pytest.approx(by_nbclust(BLOBS, FOUR), rel=1e-11)
    wide = RNG.normal(size=(80, 2)) * [5, 1]
    labels = np.digitize(wide[:, 0], [-3, 0, 3])
    assert cqm.cubic_clustering_criterion(wide, labels) == pytest.approx(by_nbclust(wide, labels), rel=1e-11)


def test_a_side_that_is_cut_with_the_longer_ones_need_not_be_cut_with_all():
    # sides 10, 3 and 1: an edge of (30/2)^(1/3) = 2.5 would cut two sides, but two pieces come from one cut
    signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
    X = signs * np.array([10, 3, 1])
    sides = [float(value) for value in definitions.eigenvalues((X.T @ X).tolist())]
    assert sides == pytest.approx([800, 72, 8])
    assert definitions.cut_sides(sides, 2) == 1
    assert definitions.cut_sides(sides, 4) == 2
    assert definitions.cut_sides([1.0, 1.0, 1.0], 4) == 3
    assert definitions.cut_sides([1.0, 0.0], 4) == 1


def test_nbclust_counts_other_sides_of_thin_data():
    # its edge is about (5 · 1 · 0.001 / 3)^(1/3) = 0.12, which cuts the second side; the report's 5 · 1 / 1² is above 3
    thin = RNG.normal(size=(200, 3)) * [5, 1, 0.001]
    labels = KMeans(3, n_init=2, random_state=0).fit_predict(thin)
    assert by_nbclust(thin, labels) != pytest.approx(cqm.cubic_clustering_criterion(thin, labels), rel=0.1)


def test_eigenvalues_are_numpys():
    matrix = BLOBS.T @ BLOBS
    wanted = np.linalg.eigvalsh(matrix)[::-1]
    assert definitions.eigenvalues(matrix.tolist()) == pytest.approx(wanted, rel=1e-12)
    assert definitions.eigenvalues([[2, 0, 0], [0, 2, 0], [0, 0, 0]]) == pytest.approx([2, 2, 0], abs=1e-30)


def test_uniform_points_have_about_0_and_clusters_more_than_3():
    box = RNG.uniform(size=(2000, 2))
    assert abs(cqm.cubic_clustering_criterion(box, KMeans(9, n_init=2, random_state=0).fit_predict(box))) < 3
    apart = RNG.normal(size=(200, 2)) + 12 * (np.arange(200) % 3)[:, None]
    assert cqm.cubic_clustering_criterion(apart, np.arange(200) % 3) > 3
    one = RNG.normal(size=(500, 2))
    assert cqm.cubic_clustering_criterion(one, KMeans(2, n_init=2, random_state=0).fit_predict(one)) < 0


def test_variables_that_depend_on_others_change_nothing_but_the_axes():
    turned = BLOBS @ np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    padded = np.column_stack([BLOBS, np.zeros(60)])
    for points in (turned, padded):
        assert cqm.cubic_clustering_criterion(points, FOUR) == pytest.approx(
            cqm.cubic_clustering_criterion(BLOBS, FOUR), rel=1e-11
        )


def test_by_definition_no_scatter_inside_is_infinite_and_none_at_all_undefined():
    assert cqm.cubic_clustering_criterion([[0.0], [0.0], [5.0], [5.0]], [0, 0, 1, 1]) == np.inf
    assert math.isnan(cqm.cubic_clustering_criterion(np.ones((4, 2)), [0, 0, 1, 1]))
    assert math.isnan(definitions.cubic_clustering_criterion([[1, 1]] * 4, [0, 0, 1, 1]))


def test_same_bits_on_any_number_of_threads():
    points, labels = RNG.normal(size=(9000, 20)), np.arange(9000) % 7
    with threadpool_limits(1):
        wanted = cqm.cubic_clustering_criterion(points, labels)
    assert cqm.cubic_clustering_criterion(points, labels) == wanted
