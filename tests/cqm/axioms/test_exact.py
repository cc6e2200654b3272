"""Enclosures contain the number they stand for, and are narrow."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqm.axioms.exact import Enclosure, compare, gap, root, to_float

positive = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000)


def contains(enclosure, value):
    return enclosure.low <= value * 2**256 <= enclosure.high


@given(positive, positive)
def test_arithmetic_encloses_the_exact_result(a, b):
    x, y = Enclosure.of(a), Enclosure.of(b)
    for got, want in ((x + y, a + b), (x - y, a - b), (x * y, a * b), (x / y, a / b), (-x, -a), (x**3, a**3)):
        assert contains(got, want)
        assert got.high - got.low < 2**40
    assert contains(abs(x - y), abs(a - b))
    assert contains(x.minimum(y), min(a, b))
    assert contains(x.maximum(y), max(a, b))


@given(positive)
def test_the_root_of_a_square_is_the_number(a):
    assert root(a * a) == a
    assert contains(Enclosure.of(a * a).square_root(), a)
    squared = root(a) ** 2
    assert squared == a


@given(positive)
def test_the_logarithm_agrees_with_floats_and_adds_up(a):
    got = Enclosure.of(a).logarithm()
    assert to_float(got) == pytest.approx(math.log(a), rel=1e-14, abs=1e-14)
    assert got.high - got.low < 2**60
    assert (Enclosure.of(a) * Enclosure.of(a)).logarithm() == 2 * got


def test_logarithm_of_two_to_fifty_digits():
    # OEIS A002162
    digits = Fraction("0.69314718055994530941723212145817656807550013436025")
    assert abs(Fraction(Enclosure.of(2).logarithm().low, 2**256) - digits) < Fraction(1, 10**49)


@given(st.fractions(-60, 60, max_denominator=1000))
def test_the_exponential_agrees_with_floats_and_undoes_the_logarithm(a):
    got = Enclosure.of(a).exponential()
    assert to_float(got) == pytest.approx(math.exp(a), rel=1e-12)
    assert got.high - got.low <= 2 + got.high // 2**200
    assert got.logarithm() == a
    assert contains(got * Enclosure.of(-a).exponential(), 1)


def test_eulers_number_to_fifty_digits():
    # OEIS A001113
    digits = Fraction("2.7182818284590452353602874713526624977572470936999")
    assert abs(Fraction(Enclosure.of(1).exponential().low, 2**256) - digits) < Fraction(1, 10**48)
    assert Enclosure.of(-1000).exponential().low == 0


def test_what_fills_pages_is_infinite():
    assert Enclosure.of(5000).exponential() == math.inf
    assert contains(Enclosure.of(-5000).exponential(), Fraction(1, 2**300))


@given(positive, positive)
def test_order_is_the_order_of_the_numbers(a, b):
    assert compare(a, b) == compare(Enclosure.of(a), Enclosure.of(b)) == (a > b) - (a < b)
    assert (gap(a, b) > 0) is (a > b)


def test_equal_roots_are_equal_however_they_arise():
    assert root(8) == 2 * root(2)
    assert compare(root(2) * root(3), root(6)) == 0
    assert compare(root(2) + root(3), root(10)) == -1


def test_infinities_compare_and_combine():
    x = root(2)
    assert compare(x, math.inf) == -1
    assert x < math.inf
    assert min(x, math.inf) is x
    assert x + math.inf == math.inf
    assert x.minimum(math.inf) is x is x.maximum(-math.inf)
    assert x.maximum(math.inf) == math.inf == -x.minimum(-math.inf)
    assert math.isnan(x.maximum(math.nan))
    assert x.minimum(math.nan) is x
    assert -x * math.inf == -math.inf == math.inf / -x
    assert x / math.inf == 0
    assert x.over(0) == math.inf
    assert math.isnan((x - x).over(0))


@given(positive, st.integers(1, 5))
def test_the_root_of_a_power_is_the_number(a, degree):
    got = Enclosure.of(a**degree).root(degree)
    assert contains(got, a)
    assert got.high - got.low < 2**80


def test_roots_of_nothing():
    assert Enclosure.of(0).root(3) == 0
    assert Enclosure.of(8).root(1.5) == pytest.approx(4, rel=1e-15)


def test_what_was_mixed_with_a_float_is_a_float():
    x = root(2)
    for mixed in (x + 0.1, 0.1 - x, x * 0.1, 0.1 / x, x.minimum(9.5), x.maximum(0.1)):
        assert isinstance(mixed, float)
    assert compare(x + 0.1, math.sqrt(2) + 0.1) == 0


def test_floats_that_differ_by_rounding_are_equal():
    assert compare(0.1 + 0.2, 0.3) == 0
    assert compare(1.0, 1.0 + 1e-6) == -1
    assert compare(math.inf, 5.0) == 1
