"""Means of the distances inside and between clusters: McClain–Rao, point-biserial correlation."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import mean, ratio, square_root
from cqm.definitions.pairs import within_and_between

__all__ = ["mcclain_rao", "point_biserial"]


def mcclain_rao(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Mean distance inside clusters over mean distance between clusters (McClain & Rao 1975). Lower is better."""
    within, between = within_and_between(distances, labels)
    return ratio(mean(within), mean(between))


def point_biserial(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Correlation of the pairs' distances with lying in different clusters (Milligan 1981). Higher is better.

    r = (mean between − mean within) · √(N_w·N_b / N_t²) / s_d, with s_d the standard deviation of all N_t distances
    about their mean (divisor N_t, so that r is Pearson's correlation).
    """
    within, between = within_and_between(distances, labels)
    every = within + between
    centre = mean(every)
    deviation = square_root(mean((d - centre) * (d - centre) for d in every))
    share = square_root(ratio(len(within) * len(between), len(every) * len(every)))
    return ratio((mean(between) - mean(within)) * share, deviation)
