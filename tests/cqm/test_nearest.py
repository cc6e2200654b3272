"""The few values of a point that measures are made of, against sorting them, for numpy and for other arrays."""

import array_api_strict
import numpy as np
import pytest

from cqm.geometry.nearest import own_all_and_least_mean, own_and_nearest, sums_and_least_mean, two_nearest

pytestmark = pytest.mark.kernel

RNG = np.random.default_rng(0)
VALUES, OWN, SIZES = RNG.integers(0, 9, size=(40, 5)) / 4, RNG.integers(0, 5, 40), np.array([8.0, 2, 4, 1, 16])
LIBRARIES = pytest.mark.parametrize("of", [np.asarray, array_api_strict.asarray], ids=["numpy", "others"])


@LIBRARIES
@pytest.mark.parametrize("k", [2, 5])
def test_own_and_the_two_nearest_others(of, k):
    values, own = VALUES[:, :k], OWN % k
    found = np.asarray(own_and_nearest(of(values), of(own), of(SIZES[:k])))
    for row, at, got in zip(values, own, found, strict=True):
        others = [*sorted(np.delete(row, at)), np.inf]
        assert got.tolist() == [row[at], others[0], others[1]]


@LIBRARIES
def test_own_sum_all_sums_and_the_least_mean_of_another(of):
    found = np.asarray(own_all_and_least_mean(of(VALUES), of(OWN), of(SIZES)))
    for row, at, got in zip(VALUES, OWN, found, strict=True):
        assert got.tolist() == [row[at], row.sum(), np.delete(row / SIZES, at).min()]


@LIBRARIES
@pytest.mark.parametrize(
    ("of_all", "merge"), [(own_and_nearest, two_nearest), (own_all_and_least_mean, sums_and_least_mean)]
)
@pytest.mark.parametrize("split", [1, 3])
def test_clusters_in_two_lots_are_those_in_one(of_all, merge, split, of):
    lots = [slice(0, split), slice(split, 5)]
    found = [of_all(of(VALUES[:, lot]), of(OWN - lot.start), of(SIZES[lot])) for lot in lots]
    assert np.array_equal(np.asarray(merge(*found)), np.asarray(of_all(of(VALUES), of(OWN), of(SIZES))))


@LIBRARIES
@pytest.mark.parametrize("of_all", [own_and_nearest, own_all_and_least_mean])
def test_the_own_cluster_may_be_none_of_a_lot(of_all, of):
    elsewhere, nobody = (np.asarray(of_all(of(VALUES), own, of(SIZES))) for own in (of(OWN + 5), None))
    assert np.array_equal(elsewhere, nobody)
    assert not nobody[:, 0].any()
