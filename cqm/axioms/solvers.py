"""Two SMT solvers, z3 and cvc5: a claim is proved only where each of them finds that its negation has no solution."""

import importlib.util
import math

from cqm.axioms.limits import check_time, time_left

__all__ = ["agreed_unsatisfiable", "installed", "unsatisfiable_by_cvc5"]


def installed() -> bool:
    """Whether both are there."""
    return all(importlib.util.find_spec(name) for name in ("z3", "cvc5"))


def agreed_unsatisfiable(text: str) -> bool:
    """Whether both solvers find that an SMT-LIB text has no solution, in the time that is left.

    Examples
    --------
    >>> agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0)) (assert (< 1 x))")
    True
    """
    import z3

    solver = z3.Solver()
    if math.isfinite(time_left()):
        solver.set("timeout", 1 + int(1000 * max(time_left(), 0)))
    solver.from_string(text)
    outcome = solver.check()
    check_time()  # what the clock ended is no answer to keep
    return bool(outcome == z3.unsat) and unsatisfiable_by_cvc5(text)


def unsatisfiable_by_cvc5(text: str, *, effort: int | None = None) -> bool:
    """Whether cvc5 finds it: within its own count of its work, where `effort` is given, and the time that is left."""
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("nl-cov", "true")
    if effort is not None:
        solver.setOption("rlimit", str(effort))
    if math.isfinite(time_left()):
        solver.setOption("tlimit", str(1 + int(1000 * max(time_left(), 0))))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "claim")
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, parser.getSymbolManager())
    outcome = solver.checkSat()
    check_time()  # what the clock ended is no answer to keep
    return bool(outcome.isUnsat())
