"""The pairs of points that a clustering puts together, and those it sets apart."""

from collections.abc import Sequence
from typing import Any

__all__ = ["within_and_between"]


def within_and_between(distances: Sequence[Sequence[Any]], labels: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Distances of the pairs inside clusters, and of the pairs across clusters."""
    pairs = [(x, y) for x in range(len(labels)) for y in range(x)]
    within = [distances[x][y] for x, y in pairs if labels[x] == labels[y]]
    between = [distances[x][y] for x, y in pairs if labels[x] != labels[y]]
    return within, between
