"""The operations of definitions, on Python's numbers and on a number type that brings its own."""

import math
from dataclasses import dataclass
from fractions import Fraction

import pytest

from cqm.definitions import arithmetic


@dataclass(frozen=True)
class Own:
    """A number that can't be compared: it answers by methods, as symbolic reals do."""

    value: Fraction

    __lt__ = __le__ = __gt__ = __ge__ = None

    def minimum(self, other):
        return Own(min(self.value, plain(other)))

    def maximum(self, other):
        return Own(max(self.value, plain(other)))

    def over(self, other):
        return Own(self.value / plain(other))

    def if_at_most(self, other, value, otherwise):
        return value if self.value <= plain(other) else otherwise

    def square_root(self):
        return Own(Fraction(math.sqrt(self.value)))

    def root(self, degree):
        return Own(Fraction(float(self.value) ** (1 / degree)))

    def logarithm(self):
        return Own(math.log(self.value))

    def exponential(self):
        return Own(math.exp(self.value))


def plain(number):
    return number.value if isinstance(number, Own) else number


def own(*values):
    return [Own(Fraction(value)) for value in values]


def test_numbers_are_asked_for_their_own_operations():
    a, b = own(9, 4)
    assert arithmetic.minimum([a, b, 5]) == b
    assert arithmetic.maximum([3, a, b]) == a
    assert arithmetic.ratio(a, b) == Own(Fraction(9, 4))
    assert arithmetic.if_at_most(a, b, "yes", "no") == "no"
    assert arithmetic.square_root(a) == Own(Fraction(3))
    assert arithmetic.logarithm(b) == Own(math.log(4))
    assert arithmetic.exponential(b) == Own(math.exp(4))


def test_numbers_are_sorted_by_exchanges_where_comparisons_have_no_truth_value():
    with pytest.raises(TypeError):
        sorted(own(2, 1))
    assert arithmetic.ascending(own(3, 1, 2, 1)) == own(1, 1, 2, 3)
    assert arithmetic.ascending([3, 1, 2, 1]) == [1, 1, 2, 3]


def test_roots_and_logarithms_are_as_exact_as_was_asked_for():
    assert arithmetic.square_root(Fraction(9, 4)) == Fraction(3, 2)
    assert arithmetic.square_root(2) == math.sqrt(2)
    assert (arithmetic.root(9, 2), arithmetic.root(8, 3)) == (3, 2.0)
    assert arithmetic.root(Own(Fraction(8)), 3) == Own(Fraction(2))
    assert (arithmetic.logarithm(Fraction(1, 2)), arithmetic.logarithm(0)) == (math.log(0.5), -math.inf)
    assert arithmetic.exponential(Fraction(1, 2)) == math.exp(0.5)
    token = arithmetic.irrational.set(Own)
    try:
        assert (arithmetic.square_root(2), arithmetic.logarithm(2)) == (Own(Fraction(math.sqrt(2))), Own(math.log(2)))
        assert (arithmetic.root(8, 3), arithmetic.root(8, 1)) == (Own(Fraction(2)), 8)
        assert arithmetic.exponential(2) == Own(math.exp(2))
        assert arithmetic.square_root(4) == 2  # rational roots stay rational
    finally:
        arithmetic.irrational.reset(token)


def test_quotients_by_zero_are_limits():
    assert (arithmetic.ratio(2, 0), arithmetic.ratio(-2.0, 0)) == (math.inf, -math.inf)
    assert all(math.isnan(arithmetic.ratio(x, 0)) for x in (0, 0.0, math.nan))
    assert arithmetic.ratio(1, 3) == Fraction(1, 3)
    assert math.isnan(arithmetic.mean([]))


def test_undefined_values_are_left_out_below_and_kept_above():
    assert (arithmetic.minimum([]), arithmetic.minimum([math.nan, 2])) == (math.inf, 2)
    assert arithmetic.maximum([]) == 0
    assert math.isnan(arithmetic.maximum([1, math.nan, 2]))


def test_exponentials_know_infinity():
    assert (arithmetic.exponential(Fraction(1, 2)), arithmetic.exponential(1e4)) == (math.exp(0.5), math.inf)
    assert (arithmetic.exponential(-math.inf), arithmetic.exponential(math.inf)) == (0, math.inf)
