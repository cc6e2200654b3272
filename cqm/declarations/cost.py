"""What measures cost, so that `evaluate` can leave out what would take too long.

The unit is a multiply–add in a product of float32 matrices. All other work is counted in units that take as long.
`python -m benchmarks.costs` measures what measures take, and tests/cqm/test_cost.py holds the formulas against it.
"""

import math
from inspect import signature
from typing import Literal

from cqm.arrays.metrics import Metric, distance_of
from cqm.measures.margins import relative_margin
from cqm.measures.margins.optimum import MATRIX_BYTES

__all__ = ["OF_COORDINATES", "PER_SECOND", "Cost", "operations"]

# Units that a core makes in a second.
PER_SECOND = 36e9

Cost = Literal[
    "nd",
    "nd2",
    "k2d",
    "nkd",
    "midpoints",
    "outlines",
    "sums",
    "n2",
    "ranks",
    "apart",
    "n2_apart",
    "pairs",
    "pairs_relaxed",
    "hard",
    "relaxed",
]

# Costs of measures that take coordinates one by one, which sparse vectors have to be made dense for.
OF_COORDINATES = frozenset[Cost]({"nd2", "midpoints", "outlines"})

# A feature of a distance that is no product, and a call of a function.
FEATURE = {"manhattan": 11, "chebyshev": 40, "minkowski": 1000}
CALLABLE = 4e5
# What a distance costs beside its features; an entry of a smaller array, which numpy passes over; a distance's rank;
# a distance between representatives, of which few are those of their clusters.
DISTANCE, ENTRY, RANK, FACING = 150, 500, 1000, 4000
# A number of `X`, in the passes that all measures make, and in factorisations; what Python does for a cluster, or for
# two without the others, and when it calls a measure for two of few points.
NUMBER, FACTOR, CLUSTER, CALL = 300, 20, 1e7, 7e7
# The search for the best representatives: a look at a distance, as many as the budget allows; rounds of the relaxation,
# whose number grows with k.
LOOK, BUDGET = 200, float(signature(relative_margin).parameters["budget"].default)
RELAXATION = 4500
# Of CDbw, a cluster.
REPRESENTATIVES = 10


def operations(cost: Cost, n: float, k: float, d: float, metric: Metric) -> float:
    """Units that a measure of this cost takes on n points in d dimensions and k clusters."""
    distance = distance_of(metric)
    clusters, reading = k * CLUSTER, n * d * NUMBER
    one = (CALLABLE if distance.function else d * FEATURE.get(distance.name, 1)) + DISTANCE
    match cost:
        case "nd":
            return reading
        case "nd2":
            return reading + n * d * d * FACTOR
        case "k2d":
            return reading + k * k * 2 * one  # in float64, both orders
        case "nkd":
            return reading + n * k * (d + ENTRY)
        case "midpoints":
            return reading + clusters + 2 * n * k * (d + ENTRY) + k * k * d * NUMBER
        case "outlines":
            outline = k * min(REPRESENTATIVES, n / k)
            return reading * REPRESENTATIVES + clusters + outline * (k * d * NUMBER + outline * (d + FACING))
        case "sums" if distance.closed_form:
            return reading + n * k * (d + ENTRY)
        case "sums" | "n2":
            return reading + clusters + n * n / 2 * one
        case "ranks":
            return reading + n * n / 2 * (one + RANK)
        case "apart":
            return reading + k * k / 2 * (CLUSTER + 2 * n / k * d * NUMBER)
        case "n2_apart":
            return operations("n2", n, k, d, distance) + operations("apart", n, k, d, distance)
        case "hard":
            return reading + n * n * one + _search(n, k)
        case "relaxed":
            relaxation = n * n * RELAXATION * math.sqrt(k) if _fits(n) else 0.0
            return reading + n * n * one + relaxation + (_search(n, k) if k > 2 else 0.0)  # exact for k = 2
        case "pairs" | "pairs_relaxed":
            return k * k / 2 * (CALL + operations("hard" if cost == "pairs" else "relaxed", 2 * n / k, 2, d, distance))


def _search(n: float, k: float) -> float:
    """Looks at n ones for each set of representatives, until the budget is spent."""
    if not _fits(n):
        return 0.0
    sets = k * math.log(n / k)
    return LOOK * (BUDGET if sets > math.log(BUDGET / n) else n * math.exp(sets))


def _fits(n: float) -> bool:
    return n * n * 8 <= MATRIX_BYTES
