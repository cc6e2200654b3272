"""Jeon et al.'s adjusted measures, against the steps of the authors' program, and what they were made for."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import cqm

RNG = np.random.default_rng(0)
LABELS = np.repeat([0, 1, 2], [9, 14, 6])
POINTS = RNG.normal(size=(29, 3)) + 1.2 * LABELS[:, None]
NAMES = ("calinski_harabasz", "xie_beni", "davies_bouldin", "silhouette")


def logistic(value, k):
    return (1 / (1 + np.exp(-k * value)) - 0.5) / 0.5


def of_two(name, s, t):
    """A value of two classes, in the terms of the program: compactness, separability and an invariance term."""
    both = np.vstack([s, t])
    n, center = len(both), both.mean(axis=0)
    squares = ((both - center) ** 2).sum(axis=1)
    std, std_of_roots = squares.std(), np.sqrt(squares).std()
    within = [((c - c.mean(axis=0)) ** 2).sum() for c in (s, t)]
    apart = ((s.mean(axis=0) - t.mean(axis=0)) ** 2).sum()
    if name == "calinski_harabasz":
        separability = sum(len(c) * ((c.mean(axis=0) - center) ** 2).sum() for c in (s, t)) / 2 / std
        compactness, invariance = np.exp(sum(within) / n / std), np.exp(squares.mean() / std)
        return logistic(separability * invariance / (compactness * n), 4.432010535838295)
    if name == "xie_beni":
        ratio = np.exp(squares.mean() / std) / np.exp(sum(within) / n / std)
        return logistic(ratio * np.sqrt(apart) / std_of_roots, 0.29289310158571386)
    if name == "davies_bouldin":
        compactness = sum(np.exp(w / (len(c) * std)) for w, c in zip(within, (s, t), strict=True))
        return logistic(1 / (compactness / (apart / std * squares.sum() / (n * std))), 2.4831185988914117)
    means = []
    for own, other in ((s, t), (t, s)):
        a = cdist(own, own).sum(axis=1) / (len(own) - 1) / std_of_roots
        b = cdist(own, other).mean(axis=1) / std_of_roots
        means.append(((np.exp(b) - np.exp(a)) / np.exp(np.maximum(a, b))).mean())
    return np.mean(means)


@pytest.mark.parametrize("name", NAMES)
def test_measure_is_the_authors(name):
    clusters = [POINTS[i == LABELS] for i in range(3)]
    wanted = np.mean([of_two(name, s, t) for s, t in combinations(clusters, 2)])
    got = getattr(cqm, f"adjusted_{name}")(POINTS, LABELS)
    assert got == pytest.approx(wanted, rel=1e-10)
    assert 0.01 < abs(got) < 0.99


@pytest.mark.parametrize("name", NAMES)
def test_sets_of_other_sizes_and_dimensions_compare(name):
    measure = getattr(cqm, f"adjusted_{name}")
    one = measure(POINTS, LABELS)
    if name != "silhouette":  # whose mean distances leave a point itself out
        assert measure(np.repeat(POINTS, 3, axis=0), np.repeat(LABELS, 3)) == pytest.approx(one, rel=1e-10)
    assert measure(np.column_stack([POINTS, np.zeros((29, 40))]), LABELS) == pytest.approx(one, rel=1e-10)
    assert measure(1e3 * POINTS + 5, LABELS) == pytest.approx(one, rel=1e-8)
    twice = np.vstack(
        [POINTS, POINTS + 1e6]
    )  # the three classes again, far away: pairs of near and far ones are perfect
    assert measure(twice, np.r_[LABELS, LABELS + 3]) == pytest.approx((6 * one + 9 * 1) / 15, abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_pairs_that_do_not_vary_have_no_value(name):
    measure = getattr(cqm, f"adjusted_{name}")
    corners = np.array([[0.0, 0], [6, 0], [0, 6], [6, 6]])
    assert math.isnan(measure(corners, [0, 0, 1, 1]))
    with_others = np.vstack([corners, [[-9, 3], [8, 3]]])
    alone = [measure(with_others[rows], [0, 0, 1, 1]) for rows in ([0, 1, 4, 5], [2, 3, 4, 5])]
    assert measure(with_others, [0, 0, 1, 1, 2, 2]) == pytest.approx(np.mean(alone))


def test_single_points_have_no_silhouette():
    assert cqm.adjusted_silhouette([[0.0], [1.0], [9.0]], [0, 0, 1]) == pytest.approx(0.5, abs=0.01)
