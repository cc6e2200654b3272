"""Tests of the tester: planted violators are found, and are found to violate nothing else."""

from dataclasses import replace

import pytest

from cqm import axioms
from tests.cqm.axioms.planted import KEPT, OF_POINTS, PLANTED, separation

QUICK = axioms.Budget(cases=150, largest=5, seconds=20)
IMPLIED = {"inner_consistency": {"consistency"}, "outer_consistency": {"consistency"}}
IMPLIED["consistency"] = {"outer_consistency"}  # one of the two halves of a broken whole has to break


@pytest.mark.parametrize("axiom", PLANTED)
def test_the_planted_violation_is_found_within_the_default_budget(axiom):
    verdict = axioms.check(PLANTED[axiom], axiom, better="higher", generic=True)
    assert verdict.holds is False
    assert verdict.witness.frames[0].n <= 5
    assert verdict.witness.exactness == "exact"
    assert verdict.witness.replay()


@pytest.mark.parametrize("axiom", OF_POINTS)
def test_the_planted_violation_of_an_axiom_of_points_is_found(axiom):
    verdict = axioms.check(OF_POINTS[axiom], axiom, better="higher", needs="points", generic=True)
    assert verdict.holds is False
    assert verdict.witness.exactness == "exact"
    assert verdict.witness.replay()


@pytest.mark.parametrize(
    ("planted", "axiom"),
    [
        (name, axiom)
        for name, measure in PLANTED.items()
        for axiom in KEPT
        if measure not in (separation, PLANTED["outer_consistency"]) or name in ("consistency", "locality")
        if axiom != name and axiom not in IMPLIED.get(name, ())
    ],
)
def test_a_planted_violator_keeps_the_other_axioms(planted, axiom):
    verdict = axioms.check(PLANTED[planted], axiom, better="higher", generic=True, budget=QUICK)
    assert verdict.holds, str(verdict)


@pytest.mark.parametrize("axiom", ["consistency", "non_negativity"])
def test_the_direction_of_a_measure_matters(axiom):
    verdict = axioms.check(separation, axiom, better="lower", generic=True)
    assert verdict.holds is (axiom == "non_negativity")


def test_of_several_verdicts_those_that_failed_are_refuted_and_open_ones_are_not():
    asked = ["isomorphism_invariance", "scale_invariance", "consistency"]
    found = axioms.check(PLANTED["scale_invariance"], asked, better="higher", generic=True, budget=QUICK)
    assert [verdict.axiom for verdict in found.refuted] == ["scale_invariance"]
    assert axioms.Verdicts([replace(verdict, holds=None) for verdict in found]).refuted == ()
