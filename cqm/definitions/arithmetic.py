"""The few operations whose spelling depends on the number type: extremes, quotients, roots, logarithms, exponentials.

A number type may bring its own `minimum`, `maximum`, `over`, `if_at_most` and `square_root` methods (symbolic reals do,
since a comparison of theirs is a formula and not a truth value); every other number uses Python's own operations.
"""

import math
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from fractions import Fraction
from functools import reduce
from typing import Any

__all__ = [
    "ascending", "exponential", "if_at_most", "irrational", "logarithm", "maximum", "mean", "minimum", "ratio", "root",
    "square_root",
]  # fmt: skip

irrational: ContextVar[Callable[[Any], Any] | None] = ContextVar("irrational", default=None)
"""What makes a number with exact roots and logarithms of a rational; where nothing is set, they are floats."""


def minimum(values: Iterable[Any]) -> Any:
    """Smallest of `values`, undefined ones (NaN) left out; +∞ when there are none."""
    return reduce(_smaller, values, math.inf)


def maximum(values: Iterable[Any]) -> Any:
    """Largest of `values`, which are non-negative; 0 when there are none, NaN when one of them is."""
    return reduce(_larger, values, 0)


def ascending(values: Iterable[Any]) -> list[Any]:
    """Sort the values, smallest first."""
    out = list(values)
    if not any(hasattr(value, "minimum") for value in out):
        return sorted(out)
    for last in range(len(out) - 1, 0, -1):  # a comparison whose outcome is a formula can only exchange, not branch
        for i in range(last):
            out[i], out[i + 1] = minimum(out[i : i + 2]), maximum(out[i : i + 2])
    return out


def mean(values: Iterable[Any]) -> Any:
    """Arithmetic mean; NaN when there are no values."""
    values = list(values)
    return ratio(sum(values), len(values))


def ratio(numerator: Any, denominator: Any) -> Any:
    """Quotient of two numbers, with x/0 = ±∞ for x ≠ 0 and 0/0 = NaN, exact for integers and fractions."""
    if hasattr(numerator, "over"):
        return numerator.over(denominator)
    if denominator == 0:
        return math.nan if numerator == 0 or math.isnan(numerator) else math.copysign(math.inf, numerator)
    if isinstance(numerator, int) and isinstance(denominator, int):
        return Fraction(numerator, denominator)
    return numerator / denominator


def if_at_most(a: Any, b: Any, value: Any, otherwise: Any) -> Any:
    """`value` where a ≤ b, else `otherwise`."""
    if hasattr(a, "if_at_most"):
        return a.if_at_most(b, value, otherwise)
    return value if a <= b else otherwise


def square_root(value: Any) -> Any:
    """Non-negative square root; exact where a fraction has one."""
    if hasattr(value, "square_root"):
        return value.square_root()
    if isinstance(value, Fraction | int):
        above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if above * above == value.numerator and below * below == value.denominator:
            return Fraction(above, below)
        if (exact := irrational.get()) is not None:
            return exact(value).square_root()
    return math.sqrt(value)


def root(value: Any, degree: float) -> Any:
    """Root of a positive number, of any positive degree; exact or enclosed where the degree is an integer."""
    if degree == 1:
        return value
    if degree == 2:
        return square_root(value)
    if hasattr(value, "root"):
        return value.root(degree)
    if isinstance(value, Fraction | int) and (exact := irrational.get()) is not None:
        return exact(value).root(degree)
    return value ** (1 / degree)


def logarithm(value: Any) -> Any:
    """Natural logarithm, with log 0 = −∞."""
    if hasattr(value, "logarithm"):
        return value.logarithm()
    if isinstance(value, Fraction | int) and value > 0 and (exact := irrational.get()) is not None:
        return exact(value).logarithm()
    return math.log(value) if value != 0 else -math.inf


def exponential(value: Any) -> Any:
    """Power of e; 0 and ∞ of ∓∞, and ∞ where a float has no room for it."""
    if hasattr(value, "exponential"):
        return value.exponential()
    if isinstance(value, float) and math.isinf(value):
        return 0 if value < 0 else math.inf
    if isinstance(value, Fraction | int) and (exact := irrational.get()) is not None:
        return exact(value).exponential()
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _smaller(a: Any, b: Any) -> Any:
    if hasattr(a, "minimum"):
        return a.minimum(b)
    return b.minimum(a) if hasattr(b, "minimum") else min(a, b)


def _larger(a: Any, b: Any) -> Any:
    if hasattr(a, "maximum"):
        return a.maximum(b)
    if hasattr(b, "maximum"):
        return b.maximum(a)
    return b if isinstance(b, float) and math.isnan(b) else max(a, b)  # max keeps a NaN that comes first
