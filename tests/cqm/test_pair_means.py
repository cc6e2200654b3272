import math

import numpy as np
import pytest
from hypothesis import given
from scipy.spatial.distance import pdist
from scipy.stats import pointbiserialr

import cqm
from cqm.arrays.host import pairs
from cqm.definitions import pair_means as definitions
from tests.cqm.strategies import distance_clusterings


@given(distance_clusterings())
def test_mcclain_rao_equals_its_definition(case):
    distances, labels = case
    got = cqm.mcclain_rao(np.array(distances, dtype=float), labels, metric="precomputed")
    assert got == pytest.approx(float(definitions.mcclain_rao(distances, labels)), rel=1e-12)


@given(distance_clusterings())
def test_point_biserial_equals_its_definition(case):
    distances, labels = case
    got = cqm.point_biserial(np.array(distances, dtype=float), labels, metric="precomputed")
    assert got == pytest.approx(float(definitions.point_biserial(distances, labels)), rel=1e-12, nan_ok=True)


@pytest.mark.kernel
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_point_biserial_is_pearsons_correlation_also_where_distances_hardly_differ(monkeypatch, offset):
    monkeypatch.setattr(pairs, "TILE_ROWS", 64)  # several tiles
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 3
    distances = pdist(rng.normal(size=(200, 4)) + labels[:, None]) + offset
    apart = pdist(labels[:, None], "hamming").astype(bool)
    want = pointbiserialr(apart, distances).statistic
    # the offset leaves 1e-16 · 1e6 of distances of order 1
    assert cqm.point_biserial(distances, labels, metric="precomputed") == pytest.approx(
        want, rel=1e-12 + 1e-15 * offset
    )


def test_point_biserial_of_equal_distances_is_undefined():
    distances = 0.1 * (1 - np.eye(5))
    assert math.isnan(cqm.point_biserial(distances, [0, 0, 1, 1, 1], metric="precomputed"))
