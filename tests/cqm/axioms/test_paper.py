"""The claims of the 2008 paper, reading by reading."""

import pytest

from cqm import axioms


def test_literal_relative_margin_is_refuted_by_three_points():
    verdict = axioms.check("relative_margin_literal", axioms.consistency)
    assert verdict.holds is False
    assert verdict.witness.n == 3
    assert verdict.witness.exactness == "exact"
    before, after = verdict.witness.values
    assert after > before
    assert verdict.witness.replay()


@pytest.mark.parametrize(
    ("measure", "consistent"),
    [
        ("relative_margin", True),
        ("relative_margin_voronoi", True),
        ("additive_margin", True),
        ("additive_margin_signed", False),
        ("additive_margin_literal", False),
        ("additive_margin_voronoi", False),
        ("additive_margin_voronoi_max", True),
        ("weakest_link", True),
        ("dunn", True),
        ("c_index", True),
        ("gamma", True),
    ],
)
def test_consistency_of_each_reading(measure, consistent):
    verdict = axioms.check(measure, axioms.consistency, budget=axioms.Budget(cases=600, largest=5))
    assert verdict.holds is consistent
    assert consistent or verdict.witness.replay()


def test_monotonicity_is_consistency():
    quick = axioms.Budget(cases=200, largest=4, proofs=False)
    for measure, holds in (("weakest_link", True), ("relative_margin_literal", False)):
        verdicts = [axioms.check(measure, name, budget=quick) for name in ("consistency", "monotonicity")]
        assert [verdict.holds for verdict in verdicts] == [holds, holds]
        assert verdicts[0].status == verdicts[1].status


def test_the_equilateral_counterexample_of_the_literal_reading():
    """x = (−1, 0), y = (1, 0), z = (0, h), clusters {x, y} and {z}: h from 0 to √3 takes 1/2 to 1, which is worse."""
    from cqm.axioms.instances import Instance
    from cqm.axioms.subjects import subject_of

    flat = Instance("distances", ((0, 2, 1), (2, 0, 1), (1, 1, 0)), (0, 0, 1))
    raised = Instance("distances", ((0, 2, 2), (2, 0, 2), (2, 2, 0)), (0, 0, 1))
    literal, own = subject_of("relative_margin_literal"), subject_of("relative_margin")
    assert [literal.exact(one) for one in (flat, raised)] == [0.5, 1]
    assert [own.exact(one) for one in (flat, raised)] == [2, 1]
