"""Numbers that know their unit, or which way they moved, or that they depend continuously on others."""

import pytest

from cqm.axioms.proofs.traced import Broken, Continuous, Graded, Moved, NoRule
from cqm.definitions.arithmetic import exponential, if_at_most, maximum, minimum, ratio, square_root


def test_units_are_kept_apart():
    metre, second = Graded(3, 1), Graded(2, 0)
    assert (metre * metre / metre).degree == 1
    assert square_root(metre * metre).degree == 1
    assert minimum([metre, metre * 2]).value == 3
    for mixed in (
        lambda: metre + second,
        lambda: metre < second,
        lambda: maximum([metre, 1]),
        lambda: metre.logarithm(),
        lambda: metre.exponential(),
    ):
        with pytest.raises(Broken, match="different units"):
            mixed()


def test_directions_follow_rules():
    up, down, still = Moved(1, 2, "grew"), Moved(3, 1, "shrank"), Moved(5, 5, "fixed")
    assert (up + still).way == "grew"
    assert (1 - up).way == "shrank"
    assert ratio(up, down).way == "grew"
    assert exponential(-1 * up).way == "shrank"
    assert minimum([up, still]).way == "grew"
    assert if_at_most(down, up, 1, 0).way == "grew"
    for unruly in (lambda: up + down, lambda: up * down, lambda: ratio(up, still - up), lambda: up < down):
        with pytest.raises(NoRule):
            unruly()
    with pytest.raises(Broken, match="should have been that it grew"):
        Moved(2, 1, "grew")


def test_what_branches_is_not_said_to_be_continuous():
    x, y = Continuous(True), Continuous(False)
    assert (x + 1).positive
    assert not (x + y).positive
    assert x > 0
    assert exponential(y) > 0
    for branch in (lambda: x < y, lambda: if_at_most(x, y, 1, 0), lambda: y == 0, lambda: sorted([x, y])):
        with pytest.raises(NoRule):
            branch()
