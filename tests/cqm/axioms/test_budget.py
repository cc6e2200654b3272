"""A verdict depends on cases; where it depends on the clock, it says so."""

import pytest

from cqm import axioms
from cqm.axioms.verdict import Verdict


def smallest_gap(D, labels):
    return min(D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y])


def check(axiom, **budget):
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
    (searched,) = (one for one in (verdict.evidence, *verdict.also) if one.kind == "search")
    assert str(searched).endswith("points, stopped by the time limit")
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


def test_the_same_seed_finds_the_same():
    first, again = (check("scale_invariance", cases=200, seed=7) for _ in range(2))
    assert first == again
