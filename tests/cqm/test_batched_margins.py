"""Relaxation and local search of the relative margin on a device: step by step what the host's kernels do."""

import numpy as np
import pytest

import cqm
from cqm.measures.margins import batched_local_search, local_search
from cqm.measures.margins.batched_relaxation import BatchedModel
from cqm.measures.margins.contributions import RATIOS
from cqm.measures.margins.relaxation import Model, rounds_of_pairs
from tests.cqm.kinds import libraries, out_of_sight, strict  # noqa: F401
from tests.cqm.test_engines import asked_for


def clusters(n, k, seed):
    """Distances of n points in k clusters of unequal sizes, in cluster order, and where each starts."""
    rng = np.random.default_rng(seed)
    labels = np.sort(np.r_[np.arange(k), rng.integers(k, size=n - k)])
    X = rng.normal(size=(n, 6)) + 3 * rng.normal(size=(k, 6))[labels]
    return np.linalg.norm(X[:, None] - X, axis=2), np.searchsorted(labels, np.arange(k + 1)).astype(np.intp)


SHAPES = [(40, 2), (60, 5), (60, 12)]


@libraries
@pytest.mark.parametrize(("n", "k"), SHAPES)
@pytest.mark.parametrize("reading", ["own", "voronoi"])
def test_local_search_ends_at_the_same_set(reading, n, k, elsewhere):
    D, starts = clusters(n, k, n + k)
    expected = local_search.descend(D, starts, RATIOS[reading], False, starts[:-1].copy())
    total, centres = batched_local_search.descend(elsewhere(D), starts, RATIOS[reading], starts[:-1])
    assert total == pytest.approx(expected[0], rel=1e-12)
    assert centres.tolist() == expected[1].tolist()


@libraries
@pytest.mark.parametrize(("n", "k"), SHAPES)
def test_rounds_of_the_relaxation_are_the_same(n, k, elsewhere):
    D, starts = clusters(n, k, n + k)
    total, centres = local_search.descend(D, starts, RATIOS["own"], False, starts[:-1].copy())
    models = [make(matrix, starts, centres, total) for make, matrix in ((Model, D), (BatchedModel, elsewhere(D)))]
    for _ in range(3):
        expected, got = (model.round() for model in models)
        assert got.bound == pytest.approx(expected.bound, rel=1e-9)
        assert got.costs == pytest.approx(expected.costs, rel=1e-6, abs=1e-9)
        assert got.favoured.tolist() == expected.favoured.tolist()
        codes = np.repeat(np.arange(k), np.diff(got.edges))
        across = codes[:, None] != codes
        assert got.tables()[across] == pytest.approx(expected.tables()[across], rel=1e-6, abs=1e-9)
        for model in models:
            model.keep(expected.bound + expected.costs < 1.02 * total)


@pytest.mark.parametrize("k", [2, 3, 8, 9])
def test_every_two_clusters_meet_once_and_none_twice_in_a_round(k):
    met = [list(zip(i.tolist(), j.tolist(), strict=True)) for i, j in rounds_of_pairs(k)]
    assert sorted(pair for pairs in met for pair in pairs) == [(i, j) for i in range(k) for j in range(i + 1, k)]
    assert all(len(set(np.ravel(pairs))) == 2 * len(pairs) for pairs in met)
    assert len(met) == k - 1 + k % 2


@pytest.mark.usefixtures("out_of_sight")
@libraries
@pytest.mark.parametrize("reading", ["own", "voronoi"])
def test_a_bracket_is_that_of_the_host(reading, elsewhere):
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 5
    X = 3 * rng.normal(size=(5, 8))[labels] + rng.normal(size=(60, 8))
    got, expected = (cqm.relative_margin_bounds(Y, labels, reading=reading, budget=1e4) for Y in (elsewhere(X), X))
    assert (got.lower, got.upper) == pytest.approx((expected.lower, expected.upper), rel=1e-9)
    assert got.representatives.tolist() == expected.representatives.tolist()


@pytest.mark.usefixtures("out_of_sight")
def test_a_device_is_not_waited_for_in_every_handshake(monkeypatch):
    def bracket(X, labels):
        cqm.relative_margin_bounds(X, labels, budget=0)

    calls, waits = asked_for(monkeypatch, bracket, 16)
    assert calls > 5000  # a dozen in each of fifteen rounds of handshakes of every sweep
    assert waits < 200  # one a sweep, and what is told at the start
