"""Kleinberg 2002, theorem 2.2: each stopping rule of single linkage fails exactly one of the three axioms."""

import numpy as np
import pytest

from cqm import axioms
from cqm.axioms import Budget

KLEINBERG = ("scale_invariance", "richness", "consistency")
SMALL = Budget(cases=300, largest=4)


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("single linkage, k = 2", "richness"),
        ("single linkage, edges ≤ max/2", "consistency"),
        ("single linkage, edges ≤ 4", "scale_invariance"),
    ],
)
def test_each_single_linkage_fails_exactly_one_axiom(name, fails):
    function, needs = axioms.FUNCTIONS[name]
    verdicts = axioms.check_function(function, KLEINBERG, needs=needs, name=name, budget=SMALL)
    assert [verdict.holds for verdict in verdicts] == [axiom != fails for axiom in KLEINBERG]


def test_a_counterexample_replays_on_the_function_itself():
    function, _ = axioms.FUNCTIONS["single linkage, edges ≤ 4"]
    (verdict,) = axioms.check_function(function, ["scale_invariance"], budget=SMALL)
    before, after = (np.array(frame.rows, dtype=float) for frame in verdict.witness.frames)
    assert len(before) == 3
    assert len(set(function(before))) != len(set(function(after)))


def test_unknown_axiom_lists_the_choices():
    with pytest.raises(ValueError, match="unknown axiom 'fairness': choose from function_scale_invariance"):
        axioms.check_function(len, ["fairness"])
