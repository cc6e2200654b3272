"""Numbers that cannot be wrong: comparison with a stated exactness, and enclosures of roots, logarithms and the like.

A rational input to a rational definition gives a `Fraction`, and comparison is exact. Roots and logarithms are enclosed
between two numbers that differ by about 10⁻⁷⁷ of one unit: two enclosures that do not overlap are surely different,
two that overlap count as equal. That is enough for sums and products of roots; a definition that branches on whether
powers of e are equal asks the exponents, as VIASCKDE's does. Floats come from functions that only know floats; they
count as different when they are further apart than rounding explains.
"""

import math
from fractions import Fraction
from functools import total_ordering
from typing import Any

__all__ = [
    "FLOAT_TOLERANCE",
    "Enclosure",
    "Rounded",
    "compare",
    "gap",
    "is_undefined",
    "may_differ",
    "root",
    "to_float",
    "total",
]

FLOAT_TOLERANCE = 1e-9  # far above the rounding of a measure on a dozen points, far below a violation worth reporting


class Rounded(float):
    """A float that knows how far rounding may have moved it."""

    noise: float

    def __new__(cls, value: float, noise: float) -> "Rounded":
        """Make the float."""
        self = super().__new__(cls, value)
        self.noise = noise
        return self


_BITS = 256
_ONE = 1 << _BITS
_LARGEST_EXPONENT = 4096 << _BITS


def _floor(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


@total_ordering
class Enclosure:
    """A real number known to lie in [low, high] / 2²⁵⁶, with arithmetic that keeps it so."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    @classmethod
    def of(cls, value: "int | Fraction | Enclosure") -> "Enclosure":
        """Tightest enclosure of a rational."""
        if isinstance(value, Enclosure):
            return value
        scaled, denominator = value.numerator << _BITS, value.denominator
        return cls(_floor(scaled, denominator), _ceil(scaled, denominator))

    def _binary(self, other: Any, operation: Any) -> Any:
        if isinstance(other, float):
            if not math.isfinite(other):
                return operation(self, other)
            return to_float(operation(self, Enclosure.of(Fraction(other))))  # no enclosure rests on a float
        if not isinstance(other, Enclosure | int | Fraction):
            return NotImplemented
        return operation(self, Enclosure.of(other))

    def __add__(self, other: Any) -> Any:
        return self._binary(other, _add)

    __radd__ = __add__

    def __neg__(self) -> "Enclosure":
        return Enclosure(-self.high, -self.low)

    def __pos__(self) -> "Enclosure":
        return self

    def __abs__(self) -> "Enclosure":
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Enclosure(0, max(-self.low, self.high))

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        return self._binary(other, _multiply)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._binary(other, _divide)

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary(other, lambda x, y: _divide(y, x))

    def __pow__(self, exponent: Any) -> Any:
        if isinstance(exponent, int):
            power = Enclosure.of(1)
            for _ in range(abs(exponent)):
                power = power * self
            return power if exponent >= 0 else 1 / power
        doubled = 2 * exponent
        return self.square_root() ** int(doubled) if doubled == int(doubled) else NotImplemented

    def __eq__(self, other: object) -> bool:
        if isinstance(other, float) and not math.isfinite(other):
            return False
        if not isinstance(other, Enclosure | int | Fraction | float):
            return NotImplemented
        that = Enclosure.of(Fraction(other) if isinstance(other, float) else other)
        return self.low <= that.high and that.low <= self.high

    def __lt__(self, other: Any) -> bool:
        if isinstance(other, float) and not math.isfinite(other):
            return other == math.inf
        that = Enclosure.of(Fraction(other) if isinstance(other, float) else other)
        return self.high < that.low

    __hash__ = None  # type: ignore[assignment]  # overlapping is not transitive, so there is nothing to hash by

    def minimum(self, other: Any) -> Any:
        """Enclosure of the smaller of the two, whichever that is; a NaN is left out."""
        if isinstance(other, float) and not math.isfinite(other):
            return other if other < 0 else self
        return self._binary(other, lambda x, y: Enclosure(min(x.low, y.low), min(x.high, y.high)))

    def maximum(self, other: Any) -> Any:
        """Enclosure of the larger of the two; NaN when the other is."""
        if isinstance(other, float) and not math.isfinite(other):
            return self if other < 0 else other
        return self._binary(other, lambda x, y: Enclosure(max(x.low, y.low), max(x.high, y.high)))

    def over(self, other: Any) -> Any:
        """Quotient, with x/0 = ±∞ and 0/0 = NaN."""
        if other == 0:
            return math.nan if self == 0 else math.copysign(math.inf, self.low)
        return self / other

    def square_root(self) -> "Enclosure":
        """Non-negative root; an enclosure that touches 0 from below is a 0 that was rounded."""
        return Enclosure(math.isqrt(max(self.low, 0) << _BITS), _ceil_root(max(self.high, 0) << _BITS))

    def root(self, degree: float) -> Any:
        """Non-negative root of an integer degree; of another degree, a float."""
        if degree != int(degree):
            return to_float(self) ** (1 / degree)
        k = int(degree)
        low, high = (max(end, 0) << _BITS * (k - 1) for end in (self.low, self.high))
        floor = _floor_root(high, k)
        return Enclosure(_floor_root(low, k), floor + (floor**k < high))

    def logarithm(self) -> Any:
        """Natural logarithm; −∞ at 0, NaN below."""
        if self == 0:
            return -math.inf
        if self.high < 0:
            return math.nan
        return Enclosure(_logarithm(self.low)[0], _logarithm(self.high)[1])

    def exponential(self) -> Any:
        """Power of e; ∞ beyond e⁴⁰⁹⁶, which would fill pages."""
        if self.high > _LARGEST_EXPONENT:
            return math.inf
        return Enclosure(_exponential(self.low)[0], _exponential(self.high)[1])

    def __repr__(self) -> str:
        return f"≈{to_float(self)!r}"


def _add(x: Any, y: Any) -> Any:
    return y if isinstance(y, float) else Enclosure(x.low + y.low, x.high + y.high)


def _multiply(x: Any, y: Any) -> Any:
    if isinstance(y, float):
        return _signed(y, x)
    products = (x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high)
    return Enclosure(_floor(min(products), _ONE), _ceil(max(products), _ONE))


def _divide(x: Any, y: Any) -> Any:
    if isinstance(y, float):
        return Enclosure.of(0) if math.isinf(y) else y
    if isinstance(x, float):
        return _signed(x, y)
    if y.low <= 0 <= y.high:
        raise ZeroDivisionError("division by a number that may be 0")
    quotients = [(numerator << _BITS, denominator) for numerator in (x.low, x.high) for denominator in (y.low, y.high)]
    return Enclosure(min(_floor(*q) for q in quotients), max(_ceil(*q) for q in quotients))


def _signed(infinity: float, number: Enclosure) -> float:
    """±∞ with the sign of a product or quotient by the number; NaN where that may be 0."""
    return infinity if number.low > 0 else -infinity if number.high < 0 else math.nan


def _ceil_root(value: int) -> int:
    floor = math.isqrt(value)
    return floor + (floor * floor < value)


def _floor_root(value: int, degree: int) -> int:
    """Largest integer whose power is at most the value, by Newton's method from above."""
    if value == 0:
        return 0
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def _logarithm(value: int) -> tuple[int, int]:
    """Bounds of ln(value / 2²⁵⁶): ln x = e·ln 2 + 2·artanh((m − 1)/(m + 1)) for x = m·2^e with 1 ≤ m < 2."""
    exponent = value.bit_length() - 1 - _BITS
    mantissa = value << _BITS
    mantissa = mantissa >> exponent if exponent >= 0 else mantissa << -exponent
    unit = _ONE << _BITS
    low, high = _twice_artanh(mantissa - unit, mantissa + unit)
    two_low, two_high = _twice_artanh(1, 3)  # ln 2
    if exponent >= 0:
        return low + exponent * two_low, high + exponent * two_high
    return low + exponent * two_high, high + exponent * two_low


def _twice_artanh(numerator: int, denominator: int) -> tuple[int, int]:
    """Bounds of 2·artanh(numerator / denominator), for a quotient in [0, 1/3], in units of 2⁻²⁵⁶."""
    guard = 32
    z = (numerator << (_BITS + guard)) // denominator
    square = (z * z) >> (_BITS + guard)
    total, power, order = 0, z, 1
    while power:
        total += power // order
        power = (power * square) >> (_BITS + guard)
        order += 2
    # each of the fewer than 200 terms lost less than 2 units of the guarded precision, and so did the tail
    total = 2 * total
    return (total - 2048) >> guard, ((total + 2048) >> guard) + 1


def _exponential(value: int) -> tuple[int, int]:
    """Bounds of e^x for x = value / 2²⁵⁶: its series at x / 2^m, which is at most 2⁻⁸, squared m times."""
    halvings = max(value.bit_length() - _BITS + 8, 0)
    small = Enclosure(value >> halvings, -(-value >> halvings))
    total = term = Enclosure.of(1)
    for order in range(1, 31):
        term = term * small * Fraction(1, order)
        total = total + term
    total = Enclosure(total.low - 1, total.high + 1)  # what is left of the series is below 2⁻²⁴⁷/31!
    for _ in range(halvings):
        total = total * total
    return max(total.low, 0), total.high


def root(square: int | Fraction) -> "int | Fraction | Enclosure":
    """Exact root of a rational where there is one, an enclosure otherwise."""
    numerator, denominator = math.isqrt(square.numerator), math.isqrt(square.denominator)
    if numerator * numerator == square.numerator and denominator * denominator == square.denominator:
        return numerator if denominator == 1 else Fraction(numerator, denominator)
    return Enclosure.of(square).square_root()


def to_float(value: Any) -> float:
    """Nearest float, for printing and for climbing."""
    if isinstance(value, Enclosure):
        return float(Fraction(value.low + value.high, 2 * _ONE))
    return float(value)


def is_undefined(value: Any) -> bool:
    """Whether the value is NaN."""
    return isinstance(value, float) and math.isnan(value)


def compare(a: Any, b: Any) -> int:
    """−1, 0 or 1 as a < b, a = b or a > b; floats that rounding may have set apart count as equal.

    A float may be off by its own noise where it is `Rounded`, and by `FLOAT_TOLERANCE`, relative above 1, where not.
    """
    if isinstance(a, float) or isinstance(b, float):
        x, y = to_float(a), to_float(b)
        if x == y or (math.isfinite(x) and math.isfinite(y) and abs(x - y) <= max(_noise(a, x), _noise(b, y))):
            return 0
        return 1 if x > y else -1
    return int(a > b) - int(a < b)


def may_differ(a: Any, b: Any) -> bool:
    """Whether one of two numbers that overlap is known as an enclosure alone, so that they need not be equal."""
    return any(isinstance(value, Enclosure) and value.low < value.high for value in (a, b))


def _noise(value: Any, as_float: float) -> float:
    return value.noise if isinstance(value, Rounded) else FLOAT_TOLERANCE * max(1.0, abs(as_float))


def gap(a: Any, b: Any) -> float:
    """Size of a − b as a float, with the sign that `compare` finds."""
    sign = compare(a, b)
    if sign == 0:
        return 0.0
    x, y = to_float(a), to_float(b)
    difference = abs(x - y)
    return sign * (difference if difference > 0 else math.ulp(max(abs(x), abs(y))))


def total(*values: Any) -> Any:
    """Sum that keeps what rounding may have done to its terms."""
    rounded = [value.noise for value in values if isinstance(value, Rounded)]
    return Rounded(sum(map(float, values)), sum(rounded)) if rounded else sum(values)
