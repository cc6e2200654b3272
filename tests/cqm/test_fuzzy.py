"""Indices of memberships are their definitions, and those of hard clusterings where memberships are 0 and 1."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from scipy.spatial.distance import pdist, squareform
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture

import cqm
from cqm.definitions import fuzzy as definitions
from tests.cqm.kinds import KINDS, chunked, out_of_sight  # noqa: F401

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(40, 5)) + np.repeat([[0.0], [2], [5]], [10, 10, 20], axis=0)
MEMBERSHIPS = RNG.dirichlet([0.5, 0.4, 0.6], 40)
HARD = np.eye(3)[MEMBERSHIPS.argmax(axis=1)]
OF_POINTS = [cqm.fuzzy_silhouette, cqm.fuzzy_xie_beni]
OF_MEMBERSHIPS = [cqm.partition_coefficient, cqm.modified_partition_coefficient, cqm.partition_entropy]


@pytest.mark.parametrize("exponent", [0, 1, 2])
@pytest.mark.parametrize("metric", ["euclidean", "cityblock"])
def test_fuzzy_silhouette_is_its_definition(exponent, metric):
    D = squareform(pdist(POINTS, metric))
    expected = definitions.fuzzy_silhouette(D.tolist(), MEMBERSHIPS.tolist(), exponent)
    name = {"cityblock": "manhattan"}.get(metric, metric)
    assert cqm.fuzzy_silhouette(POINTS, MEMBERSHIPS, exponent=exponent, metric=name) == pytest.approx(expected)
    assert cqm.fuzzy_silhouette(D, MEMBERSHIPS, exponent=exponent, metric="precomputed") == pytest.approx(expected)


@pytest.mark.parametrize("fuzzifier", [1, 2, 3])
def test_fuzzy_xie_beni_is_its_definition(fuzzifier):
    expected = definitions.fuzzy_xie_beni(POINTS.tolist(), MEMBERSHIPS.tolist(), fuzzifier)
    assert cqm.fuzzy_xie_beni(POINTS, MEMBERSHIPS, fuzzifier=fuzzifier) == pytest.approx(expected)


@pytest.mark.parametrize("index", OF_MEMBERSHIPS)
def test_indices_of_memberships_are_their_definitions(index):
    expected = getattr(definitions, index.__name__)(MEMBERSHIPS.tolist())
    assert index(MEMBERSHIPS) == pytest.approx(expected, rel=1e-12)


def test_values_by_hand():
    half = [[Fraction(1), Fraction(0)], [Fraction(1, 2), Fraction(1, 2)]]
    assert definitions.partition_coefficient(half) == Fraction(3, 4)
    assert definitions.modified_partition_coefficient(half) == Fraction(1, 2)
    # centroids 0 + 1·¼ over 1¼ = 1/5 and 1; within: 1/25 + ¼·16/25 for the first, 0 for the second
    points, memberships = [[Fraction(0)], [Fraction(1)]], half
    assert definitions.fuzzy_xie_beni(points, memberships) == Fraction(1, 5) / (2 * Fraction(16, 25))
    assert cqm.fuzzy_xie_beni([[0.0], [1.0]], [[1, 0], [0.5, 0.5]]) == pytest.approx(5 / 32)
    # silhouettes 9/11, 7/9, 7/9, 9/11; the two in the middle count a tenth
    got = cqm.fuzzy_silhouette([[0.0], [2.0], [10.0], [12.0]], [[1, 0], [0.55, 0.45], [0.45, 0.55], [0, 1]])
    assert got == pytest.approx((9 / 11 + 0.1 * 7 / 9) / 1.1)


def test_memberships_of_0_and_1_are_hard_clusterings():
    labels = HARD.argmax(axis=1)
    assert cqm.fuzzy_silhouette(POINTS, HARD) == pytest.approx(cqm.silhouette(POINTS, labels), rel=1e-12)
    assert cqm.fuzzy_silhouette(POINTS, MEMBERSHIPS, exponent=0) == pytest.approx(cqm.silhouette(POINTS, labels))
    assert cqm.fuzzy_xie_beni(POINTS, HARD) == pytest.approx(cqm.xie_beni(POINTS, labels), rel=1e-12)
    assert [index(HARD) for index in OF_MEMBERSHIPS] == [1, 1, 0]


def test_equal_memberships():
    equal = np.full((40, 4), 0.25)
    found = [index(equal) for index in OF_MEMBERSHIPS]
    assert found == pytest.approx([0.25, 0, math.log(4)])
    assert cqm.fuzzy_xie_beni(POINTS, equal) == math.inf
    with pytest.raises(ValueError, match="needs at least 2 clusters"):
        cqm.fuzzy_silhouette(POINTS, equal)
    tied = np.repeat([[0.5, 0.5, 0], [0, 0.5, 0.5]], 20, axis=0)
    assert np.isnan(cqm.fuzzy_silhouette(POINTS, tied))


def test_points_between_clusters_count_less():
    X = load_iris().data
    U = GaussianMixture(3, random_state=0).fit(X).predict_proba(X)
    assert cqm.fuzzy_silhouette(X, U) > cqm.silhouette(X, U.argmax(axis=1))


@pytest.mark.usefixtures("out_of_sight")
@pytest.mark.parametrize("elsewhere", [*KINDS.values(), csr_array], ids=[*KINDS, "sparse"])
@pytest.mark.parametrize("index", OF_POINTS)
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_every_kind_of_array(elsewhere, index, metric):
    there = chunked(POINTS, (15, 1, 24)) if elsewhere is chunked else elsewhere(POINTS)
    assert index(there, MEMBERSHIPS, metric=metric) == pytest.approx(index(POINTS, MEMBERSHIPS, metric=metric))


def test_memberships_of_any_kind():
    expected = cqm.fuzzy_silhouette(POINTS, MEMBERSHIPS)
    for given in (MEMBERSHIPS.tolist(), torch.asarray(MEMBERSHIPS), csr_array(MEMBERSHIPS)):
        assert cqm.fuzzy_silhouette(POINTS, given) == expected
    narrow = MEMBERSHIPS.astype(np.float32)
    assert cqm.fuzzy_silhouette(POINTS, narrow) == pytest.approx(expected, rel=1e-5)


CURES = {
    "transposed": (MEMBERSHIPS.T, ValueError, r"numpy.transpose\(memberships\)", np.transpose),
    "unnormalised": (
        MEMBERSHIPS * 2,
        ValueError,
        r"memberships / numpy.sum\(memberships, axis=1, keepdims=True\)",
        lambda U: U / np.sum(U, axis=1, keepdims=True),
    ),
    "text": (MEMBERSHIPS.astype(str), TypeError, "dtype=float", lambda U: np.asarray(U, dtype=float)),
    "labels": (
        MEMBERSHIPS.argmax(axis=1),
        ValueError,
        r"numpy.asarray\(memberships\)\[:, None\] == numpy.unique\(memberships\)",
        lambda y: np.asarray(y)[:, None] == np.unique(y),
    ),
}


@pytest.mark.parametrize(("given", "error", "message", "cure"), CURES.values(), ids=CURES)
@pytest.mark.parametrize("index", OF_POINTS)
def test_cures(index, given, error, message, cure):
    with pytest.raises(error, match=message):
        index(POINTS, given)
    assert np.isfinite(index(POINTS, cure(given)))


def test_points_of_no_cluster():
    U = MEMBERSHIPS.copy()
    U[7] = 0
    with pytest.raises(ValueError, match=r"row 7 sum to 0: .*rows with numpy.sum\(memberships, axis=1\) > 0"):
        cqm.fuzzy_silhouette(POINTS, U)
    kept = np.sum(U, axis=1) > 0
    assert np.isfinite(cqm.fuzzy_silhouette(POINTS[kept], U[kept]))


def test_a_cluster_of_nobody():
    U = np.c_[MEMBERSHIPS, np.zeros(40)]
    with pytest.raises(ValueError, match=r"no point belongs to cluster 3: .*numpy.any\(memberships, axis=0\)\]"):
        cqm.fuzzy_xie_beni(POINTS, U)
    assert cqm.fuzzy_xie_beni(POINTS, U[:, np.any(U, axis=0)]) == cqm.fuzzy_xie_beni(POINTS, MEMBERSHIPS)
    assert cqm.fuzzy_silhouette(POINTS, U) == cqm.fuzzy_silhouette(POINTS, MEMBERSHIPS)


@pytest.mark.parametrize(
    ("U", "message"),
    [
        (MEMBERSHIPS[:-1], "has 39 rows but `X` has 40"),
        (MEMBERSHIPS - 1, r"not negative, got -[\d.]+ at \[0, 0\]"),
        (np.full((40, 2), np.nan), r"got nan at \[0, 0\]"),
        (np.ones((40, 1)), "at least 2 clusters, got 1"),
        (np.ones((40, 0)), r"got shape \(40, 0\)"),
    ],
)
def test_what_are_no_memberships(U, message):
    for index in OF_POINTS:
        with pytest.raises(ValueError, match=message):
            index(POINTS, U)


def test_settings_out_of_range():
    with pytest.raises(ValueError, match="`exponent` must be at least 0"):
        cqm.fuzzy_silhouette(POINTS, MEMBERSHIPS, exponent=-1)
    with pytest.raises(ValueError, match="`fuzzifier` must be above 0"):
        cqm.fuzzy_xie_beni(POINTS, MEMBERSHIPS, fuzzifier=0)
    with pytest.raises(ValueError, match="needs coordinates"):
        cqm.fuzzy_xie_beni(POINTS, MEMBERSHIPS, metric="manhattan")


@pytest.mark.parametrize("turned", [False, True])
def test_memberships_in_the_place_of_labels_are_sent_here(turned):
    labels = MEMBERSHIPS.T if turned else MEMBERSHIPS
    with pytest.raises(ValueError, match=r"which cqm.fuzzy_silhouette takes, a row a point"):
        cqm.silhouette(POINTS, labels)
    assert np.isfinite(cqm.fuzzy_silhouette(POINTS, labels.T if turned else labels))
