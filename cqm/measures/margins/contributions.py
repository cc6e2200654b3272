"""What one point adds to a margin, and the least it can add while the centres are known only to intervals.

A search minimises a sum over the points: quotients for the relative margin, gaps for the additive margin, negated gaps
where the largest additive margin is wanted. With exact distances `least` is the contribution itself.
"""

import numpy as np

from cqm.arrays.host.jit import kernel

__all__ = [
    "GAPS",
    "GAP_LITERAL",
    "GAP_SIGNED",
    "LAST_RATIO",
    "RATIOS",
    "RATIO_LITERAL",
    "least",
]

RATIO_OWN, RATIO_VORONOI, RATIO_LITERAL, GAP_OWN, GAP_VORONOI, GAP_LITERAL, GAP_SIGNED = range(7)
LAST_RATIO = RATIO_LITERAL
RATIOS = {"own": RATIO_OWN, "voronoi": RATIO_VORONOI, "literal": RATIO_LITERAL}
GAPS = {"own": GAP_OWN, "voronoi": GAP_VORONOI, "literal": GAP_LITERAL}


@kernel
def least(
    kind: int, largest: bool, own: float, low: float, high: float, second_low: float, second_high: float
) -> float:
    """Least contribution of a point to the sum that is minimised, which negates the gaps if `largest`.

    `own` is the distance to the own centre; the nearest other centre is within [low, high], the second nearest other
    one within [second_low, second_high].
    """
    if kind in (RATIO_VORONOI, GAP_VORONOI) and own > high:  # some other centre is nearer for sure
        return np.inf
    if kind in (RATIO_OWN, RATIO_VORONOI):
        return _quotient(own, high)
    if kind == RATIO_LITERAL:
        value = np.inf
        if low <= own:  # the nearest centre of all may be another one's ...
            value = _quotient(low, min(own, second_high))
        if high >= own:  # ... or the own
            value = min(value, _quotient(own, high))
        return value
    if kind == GAP_LITERAL:
        if largest:
            value = -np.inf
            if low <= own:
                value = min(own, second_high) - low
            if high >= own:
                value = max(value, high - own)
            return -value
        value = np.inf
        if low <= own:
            value = max(0.0, min(own, second_low) - min(own, high))
        if high >= own:
            value = min(value, max(own, low) - own)
        return value
    gap = high - own if largest else low - own
    if kind != GAP_SIGNED:
        gap = max(gap, 0.0)
    return -gap if largest else gap


@kernel
def _quotient(first: float, second: float) -> float:
    """first/second; +∞ for 0/0 too, since a set with an undefined quotient has no margin."""
    return first / second if second > 0 else np.inf
