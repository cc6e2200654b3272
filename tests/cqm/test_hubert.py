"""Hubert's Γ, plain and normalized: distances of points beside distances of centroids."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from scipy.spatial.distance import pdist, squareform

import cqm
from cqm.definitions import hubert as definitions
from tests.cqm.strategies import point_clusterings

RNG = np.random.default_rng(0)
LABELS = np.repeat([0, 1, 2, 3], [9, 1, 14, 6])
POINTS = RNG.normal(size=(30, 3)) + 2 * LABELS[:, None]
CENTROIDS = np.array([POINTS[i == LABELS].mean(axis=0) for i in range(4)])
NEAR, FAR = pdist(POINTS), pdist(CENTROIDS[LABELS])


@pytest.mark.parametrize("name", definitions.__all__)
@given(point_clusterings())
def test_measure_equals_its_definition(name, case):
    points, labels = case
    wanted = float(getattr(definitions, name)([[Fraction(x) for x in point] for point in points], labels))
    if math.isfinite(wanted):  # where all centroids meet but for rounding, a correlation is anything
        assert getattr(cqm, name)(points, labels) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_gamma_is_the_mean_product_of_two_proximities():
    assert cqm.hubert_gamma(POINTS, LABELS) == pytest.approx((NEAR * FAR).mean(), rel=1e-12)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_normalized_gamma_is_pearsons_correlation(offset):
    wanted = np.corrcoef(NEAR, FAR)[0, 1]
    assert cqm.normalized_hubert_gamma(POINTS + offset, LABELS) == pytest.approx(wanted, rel=1e-8)
    assert cqm.normalized_hubert_gamma(POINTS, LABELS) == pytest.approx(wanted, rel=1e-12)


def test_it_is_undefined_where_nothing_varies():
    assert math.isnan(cqm.normalized_hubert_gamma(np.eye(4), [0, 0, 1, 1]))
    assert math.isnan(cqm.normalized_hubert_gamma([[-1.0], [1.0], [-2.0], [2.0]], [0, 0, 1, 1]))


def test_nbclust_hubert_is_no_correlation():
    # its R code: means over the whole matrix, and the root of the sum of squared variances of the columns
    p, q = squareform(NEAR), squareform(FAR)
    spread = [np.sqrt((matrix.var(axis=0) ** 2).sum()) for matrix in (p, q)]
    upper = np.triu_indices(30, 1)
    theirs = ((p - p.mean()) * (q - q.mean()))[upper].sum() / (len(NEAR) * spread[0] * spread[1])
    assert theirs != pytest.approx(cqm.normalized_hubert_gamma(POINTS, LABELS), rel=0.1)
