"""Numbers that carry an argument along: a definition runs on them once, and every step of it obeys a rule.

`Graded` numbers know their unit, `Moved` numbers what a change of the distances did to them, `Continuous` numbers that
nothing in them jumps. A step for which there is no rule raises `NoRule`, and one whose numbers break the rule `Broken`.
"""

import math
from fractions import Fraction
from typing import Any, Literal

from cqm.axioms.exact import is_undefined
from cqm.definitions import arithmetic

__all__ = ["Broken", "Continuous", "Graded", "Moved", "NoRule", "Way"]

Way = Literal["fixed", "grew", "shrank"]


class Broken(Exception):  # noqa: N818 - what an argument says of a case is not so
    """A step of an argument does not hold on a case."""


class NoRule(Broken):
    """A definition takes a step that the argument says nothing of."""


class Traced:
    """A number whose operations all go through `apply`."""

    __slots__ = ()

    def apply(self, operation: str, *operands: Any) -> Any:
        """Result of an operation on numbers of which at least one is traced."""
        raise NotImplementedError

    def compared(self, other: Any) -> int:
        """−1, 0 or 1, where the argument allows a definition to branch on it."""
        raise NoRule(f"a definition branches on a comparison with {other}")

    def __add__(self, other: Any) -> Any:
        return self.apply("sum", self, other)

    def __radd__(self, other: Any) -> Any:
        return self.apply("sum", other, self)

    def __neg__(self) -> Any:
        return self.apply("product", self, -1)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        return self.apply("product", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self.apply("quotient", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.apply("quotient", other, self)

    def __pow__(self, exponent: int) -> Any:
        out: Any = 1
        for _ in range(exponent):
            out = self * out
        return out

    def over(self, other: Any) -> Any:
        return self.apply("quotient", self, other)

    def minimum(self, other: Any) -> Any:
        return self.apply("minimum", self, other)

    def maximum(self, other: Any) -> Any:
        return self.apply("maximum", self, other)

    def square_root(self) -> Any:
        return self.apply("root", self, 2)

    def root(self, degree: int) -> Any:
        return self.apply("root", self, degree)

    def logarithm(self) -> Any:
        return self.apply("logarithm", self)

    def exponential(self) -> Any:
        return self.apply("exponential", self)

    def if_at_most(self, bound: Any, value: Any, otherwise: Any) -> Any:
        return self.apply("select", self, bound, value, otherwise)

    def __eq__(self, other: object) -> bool:
        return self.compared(other) == 0

    def __lt__(self, other: Any) -> bool:
        return self.compared(other) < 0

    def __le__(self, other: Any) -> bool:
        return self.compared(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self.compared(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self.compared(other) >= 0

    __hash__ = None  # type: ignore[assignment]


def evaluated(operation: str, operands: tuple[Any, ...]) -> Any:
    """What an operation makes of exact numbers."""
    match operation:
        case "sum":
            return operands[0] + operands[1]
        case "product":
            return operands[0] * operands[1]
        case "quotient":
            return arithmetic.ratio(*operands)
        case "minimum":
            return arithmetic.minimum(operands)
        case "maximum":
            return arithmetic.maximum(operands) if min(operands) >= 0 else max(operands)
        case "root":
            return arithmetic.root(*operands)
        case "logarithm":
            return arithmetic.logarithm(*operands)
        case "exponential":
            return arithmetic.exponential(*operands)
        case _:
            return arithmetic.if_at_most(*operands)


def _sign(a: Any, b: Any) -> int:
    return int(a > b) - int(a < b)


class Graded(Traced):
    """A number with the power of the unit of length that it is measured in."""

    __slots__ = ("degree", "value")

    def __init__(self, value: Any, degree: Fraction | int) -> None:
        self.value, self.degree = value, Fraction(degree)

    def apply(self, operation: str, *operands: Any) -> Any:
        """The result with its unit."""
        values = tuple(x.value if isinstance(x, Graded) else x for x in operands)
        degree = self._degree(operation, operands)
        value = evaluated(operation, values)
        if isinstance(value, Graded) or (isinstance(value, float) and not math.isfinite(value)):
            return value  # ±∞ has any unit
        return Graded(value, degree)

    def _degree(self, operation: str, operands: tuple[Any, ...]) -> Fraction:
        match operation:
            case "product":
                return sum((_degree(x) or Fraction(0) for x in operands), start=Fraction(0))
            case "quotient":
                return (_degree(operands[0]) or Fraction(0)) - (_degree(operands[1]) or Fraction(0))
            case "root":
                return self.degree / operands[1]
            case "logarithm" | "exponential":
                return _common(operation, [self.degree, Fraction(0)])
            case "select":
                _common("comparison", [_degree(x) for x in operands[:2]])
                return _common("selection", [_degree(x) for x in operands[2:]])
            case _:
                return _common(operation, [_degree(x) for x in operands])

    def compared(self, other: Any) -> int:
        """Order of two numbers in one unit."""
        _common("comparison", [self.degree, _degree(other)])
        return _sign(self.value, other.value if isinstance(other, Graded) else other)

    def __abs__(self) -> "Graded":
        return Graded(abs(self.value), self.degree)


def _degree(number: Any) -> Fraction | None:
    """Power of the unit; None for 0 and ±∞, which are the same in every unit."""
    if isinstance(number, Graded):
        return number.degree
    return None if number == 0 or (isinstance(number, float) and not math.isfinite(number)) else Fraction(0)


def _common(operation: str, degrees: list[Fraction | None]) -> Fraction:
    known = {degree for degree in degrees if degree is not None}
    if len(known) > 1:
        raise Broken(f"a {operation} of numbers in different units: {' and '.join(map(str, sorted(known)))}")
    return known.pop() if known else Fraction(0)


class Moved(Traced):
    """A number before and after a change, with the way that the rules say it went.

    `sign` is 1 for what is never negative, and 0 where nothing is known.
    """

    __slots__ = ("after", "before", "sign", "way")

    def __init__(self, before: Any, after: Any, way: Way, sign: int = 1) -> None:
        self.before, self.after, self.way, self.sign = before, after, way, sign
        if is_undefined(before) or is_undefined(after):
            raise NoRule("a number is undefined before or after the change")
        if not {"fixed": before == after, "grew": before <= after, "shrank": before >= after}[way]:
            raise Broken(f"{before} → {after}, though it should have been that it {way}")
        if sign and (before < 0 or after < 0):
            raise Broken(f"{before} → {after}, though it should not be negative")

    def never_negative(self) -> "Moved":
        """The same number, known for another reason to be at least 0 before and after."""
        return Moved(self.before, self.after, self.way)

    def apply(self, operation: str, *operands: Any) -> Any:
        """The result with the way that it went."""
        moved = [_moved(x) for x in operands]
        before = evaluated(operation, tuple(x.before for x in moved))
        after = evaluated(operation, tuple(x.after for x in moved))
        a, b = moved[0], moved[-1]
        sign, way = a.sign and b.sign, a.way
        match operation:
            case "product":
                if a.way == "fixed":
                    a, b = b, a
                if b.way == "fixed":
                    way = a.way if b.before >= 0 else _turned(a.way)
                elif sign:
                    way = _together(operation, a.way, b.way)
                else:
                    raise NoRule("a product of numbers that moved and may be negative")
            case "quotient":
                if not b.sign or not (a.sign or b.way == "fixed"):
                    raise NoRule("a quotient of numbers that moved and may be negative")
                way = _together(operation, a.way, _turned(b.way))
            case "maximum":
                sign, way = a.sign or b.sign, _together(operation, a.way, b.way)
            case "root":
                way = a.way
            case "logarithm":
                sign = 0
            case "exponential":
                sign = 1
            case "select":
                sign, way = _selected(*moved)
            case _:
                way = _together(operation, a.way, b.way)
        return Moved(before, after, way, sign)

    def compared(self, other: Any) -> int:
        """Order of two numbers that do not move."""
        if self.way != "fixed" or _moved(other).way != "fixed":
            raise NoRule("a definition branches on numbers that move")
        return _sign(self.before, _moved(other).before)


def _moved(number: Any) -> Moved:
    return number if isinstance(number, Moved) else Moved(number, number, "fixed", int(number >= 0))


def _turned(way: Way) -> Way:
    turned: dict[Way, Way] = {"fixed": "fixed", "grew": "shrank", "shrank": "grew"}
    return turned[way]


def _together(operation: str, *ways: Way) -> Way:
    known = {way for way in ways if way != "fixed"}
    if len(known) > 1:
        raise NoRule(f"a {operation} of what grew and what shrank")
    return known.pop() if known else "fixed"


def _selected(a: Moved, b: Moved, value: Moved, otherwise: Moved) -> tuple[int, Way]:
    """Where a ≤ b can only become true, the selection can only pass from `otherwise` to `value`, and back likewise."""
    becomes = _together("comparison", _turned(a.way), b.way)  # grew: it can only become true
    sign, ways = value.sign and otherwise.sign, [value.way, otherwise.way]
    if becomes != "fixed":
        low, high = (value, otherwise) if becomes == "shrank" else (otherwise, value)
        if low.before <= high.before and low.after <= high.after:
            ways.append("grew")
        elif low.before >= high.before and low.after >= high.after:
            ways.append("shrank")
        else:
            raise NoRule("a selection between numbers in no order")
    return sign, _together("selection", *ways)


class Continuous(Traced):
    """A number that depends continuously on the distances wherever it is defined; `positive` where it is never 0."""

    __slots__ = ("positive",)

    def __init__(self, positive: bool) -> None:
        self.positive = positive

    def apply(self, operation: str, *operands: Any) -> Any:
        """Another continuous number, unless the operation selects."""
        if operation == "select":
            raise NoRule("a selection may jump where the two numbers that decide it are equal")
        if any(isinstance(x, float) and math.isnan(x) for x in operands):
            raise NoRule("a number is undefined")
        if operation == "exponential":
            return Continuous(True)
        if operation in ("minimum", "maximum") and any(isinstance(x, float) for x in operands):
            return self  # ∞ as the smallest of nothing
        signs = [x.positive if isinstance(x, Continuous) else x > 0 for x in operands]
        if operation == "quotient" and not isinstance(operands[1], Continuous) and operands[1] == 0:
            raise NoRule("a division by 0")
        adds_nothing = operation == "sum" and any(not isinstance(x, Continuous) and x == 0 for x in operands)
        either = operation == "maximum" or adds_nothing
        return Continuous(operation != "logarithm" and (any(signs) if either else all(signs)))

    def compared(self, other: Any) -> int:
        """Order where it is the same for all distances: of a positive number and 0."""
        if self.positive and not isinstance(other, Continuous) and other == 0:
            return 1
        raise NoRule("a definition branches on numbers that may change")
