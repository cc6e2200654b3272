"""A verdict depends on cases; where it depends on the clock, it says so."""

import pytest
from sklearn.metrics import adjusted_rand_score

from cqm import axioms
from cqm.axioms import limits
from cqm.axioms.verdict import Verdict


def check(axiom, **budget):
    def smallest_gap(D, labels):  # a new one each time, of which no value is known from before
        return min(D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y])

    return axioms.check(
        smallest_gap, axiom, better="higher", generic=True, budget=axioms.Budget(proofs=False, **budget)
    )


def test_a_search_that_ends_with_its_cases_says_nothing_of_time():
    verdict = check("consistency", cases=100, largest=4)
    assert verdict.holds
    assert not verdict.stopped
    assert "time limit" not in str(verdict) + str(verdict.also)
    assert "stopped" not in verdict.record()


def test_a_search_that_the_clock_ends_says_so():
    verdict = check("consistency", seconds=0)
    assert verdict.stopped
    assert verdict.holds is None
    assert str(verdict.evidence) == "no case was tried, stopped by the time limit"
    assert Verdict.from_record("smallest_gap", verdict.record()) == verdict


@pytest.mark.parametrize("axiom", ["richness", "weak_richness"])
def test_a_construction_that_the_clock_ends_says_so(axiom):
    verdict = check(axiom, seconds=0)
    assert verdict.stopped
    assert "stopped by the time limit" in str(verdict)
    assert Verdict.from_record("smallest_gap", verdict.record()).stopped


def test_a_clustering_functions_search_that_the_clock_ends_says_so():
    (verdict,) = axioms.check_function(
        lambda d: axioms.single_linkage(d, k=2), "consistency", budget=axioms.Budget(seconds=0)
    )
    assert verdict.stopped
    assert "stopped by the time limit" in str(verdict)


class Clock:
    """Time that passes only in the functions under judgement, 50 ms a call."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def call(self):
        self.now += 0.05


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


@pytest.mark.parametrize("axiom", [None, "richness", "consistency", "continuity", "isomorphism_invariance"])
def test_no_loop_outlasts_the_limit_by_more_than_a_call(axiom, clock):
    def slow(D, labels):
        clock.call()
        same = labels[:, None] == labels[None, :]
        return D[~same].min() / D[same].max()

    axioms.check(slow, axiom, better="higher", budget=axioms.Budget(cases=300, largest=5), seconds=10)
    assert 5 < clock.now <= 10.05 or axiom == "richness"


def test_what_was_stopped_while_there_was_time_goes_on(clock):
    def slow_on_three_points(X, labels):
        for _ in range(20 if len(X) == 3 else 1):
            clock.call()
        return X.sum()

    budget = axioms.Budget(cases=100, largest=5)  # a third of them of three points, which take nearly all of the time
    verdict = axioms.check(
        slow_on_three_points, "label_permutation_invariance", better="higher", budget=budget, seconds=90
    )
    assert 30 < clock.now < 90
    assert not verdict.stopped
    assert "time limit" not in str(verdict)


def test_no_loop_outlasts_the_limit_where_a_violation_is_being_shrunk(clock):
    def slow(D, labels):
        clock.call()
        return D.max() / (1 + D.min())

    verdict = axioms.check(slow, "scale_invariance", better="higher", seconds=3)
    assert clock.now <= 3.05
    assert verdict.holds is False


def test_no_loop_outlasts_the_limit_for_a_clustering_function(clock):
    def slow(d):
        clock.call()
        return axioms.single_linkage(d, k=2)

    verdicts = axioms.check_function(slow, budget=axioms.Budget(cases=300, largest=4), seconds=10)
    assert clock.now <= 10.05
    assert all(verdict.stopped for verdict in verdicts if verdict.holds)


def test_no_loop_outlasts_the_limit_for_an_index(clock):
    def slow(true, pred):
        clock.call()
        return adjusted_rand_score(true, pred)

    verdicts = axioms.check_index(slow, ["symmetry", "constant_baseline"], better="higher", seconds=3)
    assert clock.now <= 3.05
    assert [verdict.stopped for verdict in verdicts] == [True, True]


def test_the_same_seed_finds_the_same():
    first, again = (check("scale_invariance", cases=200, seed=7) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", ["adjusted_silhouette", "relative_margin_literal"])
def test_without_any_time_there_is_a_verdict_on_every_axiom(name):
    verdicts = axioms.check(name, seconds=0)
    assert any(verdict.holds is False for verdict in verdicts)
