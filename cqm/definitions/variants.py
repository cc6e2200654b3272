"""Measures generated from others: the value of each pair of clusters on its own (Ackerman & Ben-David 2008)."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from cqm.definitions.arithmetic import mean, minimum

__all__ = ["over_pairs"]

Definition = Callable[[Sequence[Sequence[Any]], Sequence[Any]], Any]


def over_pairs(measure: Definition, distances: Sequence[Sequence[Any]], labels: Sequence[Any], *, over: str) -> Any:
    """Smallest, mean or largest value of the measure on two clusters alone; NaN where no pair has one.

    Two singletons have no value: the measure is not defined for them.
    """
    values = []
    for pair in combinations(dict.fromkeys(labels), 2):
        rows = [x for x, label in enumerate(labels) if label in pair]
        if len(rows) > 2:
            values.append(measure([[distances[x][y] for y in rows] for x in rows], [labels[x] for x in rows]))
    values = [value for value in values if not (isinstance(value, float) and math.isnan(value))]
    if not values:
        return math.nan
    if over == "mean":
        return mean(values)
    return minimum(values) if over == "min" else -1 * minimum(-1 * value for value in values)
