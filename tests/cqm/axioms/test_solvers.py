"""Two SMT solvers have to agree, in the time there is."""

import pytest

from cqm.axioms.limits import OutOfTime, time_limit
from cqm.axioms.solvers import agreed_unsatisfiable, unsatisfiable_by_cvc5


def test_two_solvers_have_to_agree():
    assert agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0)) (assert (< 1 x))")
    assert not agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0))")
    assert not unsatisfiable_by_cvc5("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0))")


def test_a_solver_alone_is_not_enough(monkeypatch):
    import cvc5

    class Undecided(cvc5.Solver):
        def checkSat(self):  # noqa: N802 - cvc5's name
            return self

        def isUnsat(self):  # noqa: N802
            return False

    monkeypatch.setattr(cvc5, "Solver", Undecided)
    assert not agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0)) (assert (< 1 x))")


def test_solvers_keep_to_the_time_that_is_left():
    with time_limit(-1), pytest.raises(OutOfTime):
        agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0))")
