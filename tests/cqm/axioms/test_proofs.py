"""What the solver proves is what is true: known theorems are proved, and nothing that is refuted is."""

import pytest
import z3

from cqm import axioms
from cqm.axioms.entailment import EFFORT, entailed
from cqm.axioms.subjects import subject_of
from cqm.axioms.symbolic_proof import never_alone_best, provable, prove
from tests.cqm.axioms.planted import PLANTED, separation


@pytest.mark.parametrize("axiom", ["consistency", "scale_invariance", "non_negativity"])
@pytest.mark.parametrize(
    "measure", ["relative_margin", "relative_margin_voronoi", "additive_margin", "weakest_link", "dunn"]
)
def test_the_papers_measures_are_proved_on_three_and_four_points(measure, axiom):
    for n in (3, 4):
        assert prove(subject_of(measure), axioms.AXIOMS[axiom], n).holds


def test_additive_margin_of_the_best_voronoi_set_is_proved_by_looking_into_the_operands():
    assert prove(subject_of("additive_margin_voronoi_max"), axioms.consistency, 3).holds


@pytest.mark.parametrize(
    "measure",
    ["relative_margin_literal", "additive_margin_literal", "additive_margin_signed", "additive_margin_voronoi"],
)
def test_inconsistent_readings_are_not_proved(measure):
    assert not prove(subject_of(measure), axioms.consistency, 4, thorough=False).holds


@pytest.mark.parametrize("axiom", [name for name in PLANTED if axioms.AXIOMS[name].goal is not None])
def test_no_planted_violator_is_proved(axiom):
    subject = subject_of(PLANTED[axiom], better="higher", generic=True)
    assert provable(subject, axioms.AXIOMS[axiom])
    assert not all(prove(subject, axioms.AXIOMS[axiom], n, thorough=False).holds for n in (3, 4))


@pytest.mark.parametrize("axiom", [name for name, axiom in axioms.AXIOMS.items() if axiom.goal is not None])
def test_a_sound_measure_is_proved(axiom):
    assert prove(subject_of(separation, better="higher", generic=True), axioms.AXIOMS[axiom], 4).holds


def test_a_branch_on_the_data_is_no_proof():
    def branches(D, labels):
        return 1 if D[0][1] > D[0][2] else 2

    outcome = prove(subject_of(branches, better="higher", generic=True), axioms.scale_invariance, 3)
    assert not outcome.holds
    assert "Undecided" in outcome.reason


@pytest.mark.parametrize(
    ("measure", "sizes"),
    [("relative_margin_literal", (2, 1)), ("g_plus", (2, 2)), ("trace_w", (3, 1))],
)
def test_clusterings_that_are_never_alone_at_the_top(measure, sizes):
    assert never_alone_best(subject_of(measure), sizes).holds


@pytest.mark.parametrize("measure", ["relative_margin", "dunn", "weakest_link"])
def test_rich_measures_are_not_proved_to_be_poor(measure):
    assert not never_alone_best(subject_of(measure), (2, 1)).holds


SMALLER_OF_TWO = ("grew", "minimum", (((0, 1),), ((1, 1),)), (frozenset({"grew"}),) * 2, (None, None))


def test_a_proof_takes_effort():
    assert entailed(*SMALLER_OF_TWO)
    assert not entailed(*SMALLER_OF_TWO, effort=1)


def test_effort_is_counted_in_steps_and_not_in_seconds(monkeypatch):
    limits = []
    monkeypatch.setattr(z3.Solver, "set", lambda self, *limit: limits.append(limit))
    assert entailed.__wrapped__(*SMALLER_OF_TWO)
    assert limits == [("rlimit", EFFORT)]


def test_one_solver_alone_proves_nothing(monkeypatch):
    monkeypatch.setattr("cqm.axioms.entailment.unsatisfiable_by_cvc5", lambda text, *, effort: False)
    assert not entailed.__wrapped__(*SMALLER_OF_TWO)
