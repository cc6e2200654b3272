"""Smallest distance between clusters, as somebody adds it who follows CONTRIBUTING.md."""

from collections.abc import Sequence
from typing import Any

from cqm.definitions.arithmetic import minimum
from cqm.definitions.pairs import within_and_between

__all__ = ["minimum_gap"]


def minimum_gap(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
    """Smallest distance between points of different clusters. Higher is better."""
    return minimum(within_and_between(distances, labels)[1])
