"""Orders of the pairs' distances: Baker–Hubert Gamma, G+, Tau and the C-index.

A within-cluster pair and a between-cluster pair are *concordant* when the within-cluster one is strictly shorter,
*discordant* when it is strictly longer, and neither when both are equally long.
"""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import ascending, if_at_most, ratio, square_root
from cqm.definitions.pairs import within_and_between

__all__ = ["c_index", "g_plus", "gamma", "tau"]


def gamma(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """(s⁺ − s⁻) / (s⁺ + s⁻), of concordant and discordant comparisons (Baker & Hubert 1975). Higher is better."""
    concordant, discordant = _comparisons(*within_and_between(distances, labels))
    return ratio(concordant - discordant, concordant + discordant)


def g_plus(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """2·s⁻ / (N_t·(N_t − 1)): discordant comparisons among all of N_t distances (Rohlf 1974). Lower is better."""
    within, between = within_and_between(distances, labels)
    _, discordant = _comparisons(within, between)
    total = len(within) + len(between)
    return ratio(2 * discordant, total * (total - 1))


def tau(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Kendall's correlation of the distances with lying in different clusters (Rohlf 1974). Higher is better.

    τ = (s⁺ − s⁻) / √((N − t)·N), with N = N_t·(N_t − 1)/2 comparisons of two distances, t of which compare two
    within-cluster or two between-cluster distances.
    """
    within, between = within_and_between(distances, labels)
    concordant, discordant = _comparisons(within, between)
    total = len(within) + len(between)
    comparisons = total * (total - 1) // 2
    of_one_kind = (len(within) * (len(within) - 1) + len(between) * (len(between) - 1)) // 2
    return ratio(concordant - discordant, square_root((comparisons - of_one_kind) * comparisons))


def c_index(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """(S − S_min) / (S_max − S_min) (Hubert & Levin 1976). Lower is better.

    S is the sum of the N_w within-cluster distances, S_min and S_max those of the N_w smallest and largest of all.
    """
    within, between = within_and_between(distances, labels)
    every = ascending(within + between)
    smallest, largest = sum(every[: len(within)]), sum(every[len(between) :])
    return ratio(sum(within) - smallest, largest - smallest)


def _comparisons(within: Sequence[Any], between: Sequence[Any]) -> tuple[Any, Any]:
    concordant = sum(if_at_most(b, w, 0, 1) for w in within for b in between)
    discordant = sum(if_at_most(w, b, 0, 1) for w in within for b in between)
    return concordant, discordant
