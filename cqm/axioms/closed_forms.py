"""Numbers made of fractions, square roots and logarithms, whose comparisons are certain.

A `ClosedForm` is a quotient of polynomials in the logarithms of primes and the square roots of integers. Two that are
equal as expressions are equal; of two others, an enclosure to 75 digits says which is larger, and where that does not
tell them apart, the comparison raises instead of guessing. For sums of logarithms and for sums of roots it never has
to: the logarithms of primes, and the roots of different square-free integers, are linearly independent over ℚ.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, total_ordering
from typing import Any

from cqm.axioms.exact import Enclosure, to_float

__all__ = ["ClosedForm", "NotSeparated"]

Monomial = tuple[int, tuple[tuple[int, int], ...]]
"""A square-free number under a root, and the primes whose logarithms are multiplied, with their powers."""

Polynomial = Mapping[Monomial, Fraction]
ONE: Monomial = (1, ())


class NotSeparated(ArithmeticError):  # noqa: N818 - says what happened
    """Two numbers that are different expressions are too close for the precision at hand."""


@total_ordering
class ClosedForm:
    """Numerator and denominator, polynomials in logarithms of primes and square roots."""

    __slots__ = ("_enclosed", "denominator_", "numerator_")

    def __init__(self, numerator: Polynomial, denominator: Polynomial) -> None:
        self.numerator_, self.denominator_ = numerator, denominator
        self._enclosed: Enclosure | None = None

    @classmethod
    def of(cls, value: "int | Fraction | ClosedForm") -> "ClosedForm":
        """A rational as one of these."""
        if isinstance(value, ClosedForm):
            return value
        return cls({ONE: Fraction(value)} if value else {}, {ONE: Fraction(1)})

    def logarithm(self) -> Any:
        """Natural logarithm of a positive rational."""
        value = self._rational("logarithm")
        terms: dict[Monomial, Fraction] = {}
        for number, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, power in _factors(number).items():
                terms[1, ((prime, 1),)] = Fraction(sign * power)
        return _simplest(terms, {ONE: Fraction(1)})

    def square_root(self) -> Any:
        """Square root of a rational that is not negative."""
        value = self._rational("square root")
        outside, inside = _square_part(value.numerator * value.denominator)
        return _simplest({(inside, ()): Fraction(outside, value.denominator)}, {ONE: Fraction(1)})

    def _rational(self, what: str) -> Fraction:
        if set(self.numerator_) <= {ONE} and set(self.denominator_) == {ONE}:
            return self.numerator_.get(ONE, Fraction(0)) / self.denominator_[ONE]
        raise TypeError(f"the {what} of a number that is not rational has no closed form here")

    def enclosure(self) -> Enclosure:
        """The number to 75 digits."""
        if self._enclosed is None:
            self._enclosed = _enclosed(self.numerator_) / _enclosed(self.denominator_)
        return self._enclosed

    def __float__(self) -> float:
        return to_float(self.enclosure())

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, ClosedForm | int | Fraction):
            return NotImplemented
        that = ClosedForm.of(other)
        if self.denominator_ == that.denominator_:
            return _simplest(_sum(self.numerator_, that.numerator_), self.denominator_)
        return _simplest(
            _sum(_product(self.numerator_, that.denominator_), _product(that.numerator_, self.denominator_)),
            _product(self.denominator_, that.denominator_),
        )

    __radd__ = __add__

    def __neg__(self) -> "ClosedForm":
        return ClosedForm({key: -value for key, value in self.numerator_.items()}, self.denominator_)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __abs__(self) -> "ClosedForm":
        return -self if self < 0 else self

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, ClosedForm | int | Fraction):
            return NotImplemented
        that = ClosedForm.of(other)
        return _simplest(_product(self.numerator_, that.numerator_), _product(self.denominator_, that.denominator_))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if not isinstance(other, ClosedForm | int | Fraction):
            return NotImplemented
        return self * ClosedForm.of(other)._inverse()

    def __rtruediv__(self, other: Any) -> Any:
        return self._inverse() * other

    over = __truediv__

    def _inverse(self) -> "ClosedForm":
        if not self.numerator_:
            raise ZeroDivisionError("division by 0")
        return ClosedForm(self.denominator_, self.numerator_)

    def _sign_of_difference(self, other: Any) -> int:
        that = ClosedForm.of(other)
        if self.denominator_ == that.denominator_:
            difference, below = _sum(self.numerator_, _negative(that.numerator_)), _enclosed(self.denominator_)
        else:
            difference = _sum(
                _product(self.numerator_, that.denominator_), _negative(_product(that.numerator_, self.denominator_))
            )
            below = _enclosed(self.denominator_) * _enclosed(that.denominator_)
        if not difference:
            return 0
        return _sign(_enclosed(difference)) * _sign(below)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, float):
            return float(self) == other
        if not isinstance(other, ClosedForm | int | Fraction):
            return NotImplemented
        return self._sign_of_difference(other) == 0

    def __lt__(self, other: Any) -> bool:
        if isinstance(other, float):
            return float(self) < other
        if not isinstance(other, ClosedForm | int | Fraction):
            return NotImplemented
        return self._sign_of_difference(other) < 0

    __hash__ = None  # type: ignore[assignment]  # equal numbers may be different expressions

    def __repr__(self) -> str:
        below = "" if self.denominator_ == {ONE: 1} else f" / ({_text(self.denominator_)})"
        return f"({_text(self.numerator_)}){below}" if below else _text(self.numerator_)


def _simplest(numerator: Polynomial, denominator: Polynomial) -> Any:
    """A fraction where the quotient is rational, and a polynomial where the denominator is."""
    if not numerator:
        return Fraction(0)
    if numerator.keys() == denominator.keys():
        quotients = {numerator[key] / denominator[key] for key in numerator}
        if len(quotients) == 1:
            return quotients.pop()
    if denominator.keys() == {ONE}:
        return ClosedForm({key: value / denominator[ONE] for key, value in numerator.items()}, {ONE: Fraction(1)})
    return ClosedForm(numerator, denominator)


def _sum(a: Polynomial, b: Polynomial) -> Polynomial:
    out = dict(a)
    for key, value in b.items():
        out[key] = out.get(key, Fraction(0)) + value
    return {key: value for key, value in out.items() if value}


def _negative(a: Polynomial) -> Polynomial:
    return {key: -value for key, value in a.items()}


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    out: dict[Monomial, Fraction] = {}
    for (root, logs), value in a.items():
        for (other, more), factor in b.items():
            outside, inside = _square_part(root * other)
            powers = dict(logs)
            for prime, power in more:
                powers[prime] = powers.get(prime, 0) + power
            key = (inside, tuple(sorted(powers.items())))
            out[key] = out.get(key, Fraction(0)) + value * factor * outside
    return {key: value for key, value in out.items() if value}


@cache
def _factors(number: int) -> dict[int, int]:
    """Prime → power, of a positive integer."""
    out: dict[int, int] = {}
    prime = 2
    while number > 1:
        while number % prime == 0:
            out[prime] = out.get(prime, 0) + 1
            number //= prime
        prime += 1
    return out


@cache
def _square_part(number: int) -> tuple[int, int]:
    """The r and the square-free s of a number r²·s."""
    if number == 0:
        return 0, 1
    outside = inside = 1
    for prime, power in _factors(number).items():
        outside *= prime ** (power // 2)
        inside *= prime ** (power % 2)
    return outside, inside


@cache
def _log_of(prime: int) -> Enclosure:
    value: Enclosure = Enclosure.of(prime).logarithm()
    return value


@cache
def _root_of(number: int) -> Enclosure:
    return Enclosure.of(number).square_root()


def _enclosed(polynomial: Polynomial) -> Enclosure:
    total = Enclosure.of(0)
    for (root, logs), value in polynomial.items():
        term = Enclosure.of(value) if root == 1 else _root_of(root) * value
        for prime, power in logs:
            for _ in range(power):
                term = term * _log_of(prime)
        total = total + term
    return total


def _sign(number: Enclosure) -> int:
    if number.low > 0 or number.high < 0:
        return 1 if number.low > 0 else -1
    raise NotSeparated("two numbers agree to 75 digits and are different expressions")


def _text(polynomial: Polynomial) -> str:
    parts = []
    for (root, logs), value in polynomial.items():
        factors = [str(value)] if value != 1 or (root == 1 and not logs) else []
        factors += [f"√{root}"] if root != 1 else []
        factors += [f"ln({prime})" + (f"^{power}" if power > 1 else "") for prime, power in logs]
        parts.append("·".join(factors))
    return " + ".join(parts) or "0"
