"""Values of measures and functions, written for reading."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cqm.axioms.exact import to_float
from cqm.axioms.instances import Instance

__all__ = ["shown", "together"]


def together(values: Sequence[Any]) -> list[str]:
    """Write values for reading, with as many digits as tell different ones apart."""
    for digits in range(6, 18):
        texts = [shown(value, digits) for value in values]
        if all(
            (one == other) == (texts[i] == texts[j])
            for i, one in enumerate(values)
            for j, other in enumerate(values[:i])
            if one == one and other == other
        ):
            break
    return texts


def shown(value: Any, digits: int = 6) -> str:
    """Write a value for reading: exact rationals as fractions with their decimal, partitions as sets."""
    if isinstance(value, tuple):
        return Instance("distances", (), value).clusters()
    if isinstance(value, Fraction) and value.denominator > 1:
        return f"{value} ({float(value):.4g})" if len(str(value)) < 20 else f"{float(value):.{digits}g}"
    if isinstance(value, int | Fraction):
        return str(value)
    return f"{to_float(value):.{digits}g}"
