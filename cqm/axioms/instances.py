"""What measures are tried on: a small set of points, or the distances between them, with the cluster of each."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cqm.axioms.exact import root

__all__ = [
    "Instance",
    "Number",
    "Rejected",
    "Trial",
    "non_trivial_partitions",
    "partitions",
    "plain",
    "squared_distances",
]

Number = int | Fraction
Rows = tuple[tuple[Number, ...], ...]


class Rejected(Exception):  # noqa: N818 - a signal to draw again, not an error
    """The numbers drawn do not make an instance of the domain."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A clustered set.

    Attributes
    ----------
    kind : what `rows` holds: a square matrix of distances, points by their coordinates, or another clustering that the
        clusters are compared with, themselves or all with their sizes.
    rows : (n, n) distances or (n, d) coordinates, rational, or (n, 1) labels of the other clustering.
    labels : the cluster of each point.
    """

    kind: Literal["distances", "points", "partitions", "shuffled partitions"]
    rows: Rows
    labels: tuple[int, ...]

    @property
    def X(self) -> NDArray[np.float64]:  # noqa: N802 - as everywhere
        """`rows` as an array: (n, n) distances or (n, d) points."""
        return np.array(self.rows, dtype=float)

    @property
    def y(self) -> NDArray[np.intp]:
        """`labels` as an array."""
        return np.array(self.labels)

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.labels)

    def distances(self) -> list[list[Any]]:
        """(n, n) exact distances: rationals, and enclosures of the irrational ones."""
        if self.kind == "distances":
            return [list(row) for row in self.rows]
        return [[root(square) for square in row] for row in squared_distances(self.rows)]

    def float_rows(self) -> list[list[float]]:
        """`rows` as floats."""
        return [[float(value) for value in row] for row in self.rows]

    def float_distances(self) -> list[list[float]]:
        """(n, n) distances as floats."""
        rows = self.float_rows()
        return rows if self.kind == "distances" else [[math.dist(x, y) for y in rows] for x in rows]

    def text(self) -> str:
        """Write `rows` out, such as ``[0, 1; 1, 0]``."""
        return f"[{'; '.join(', '.join(map(str, row)) for row in self.rows)}]"

    def clusters(self) -> str:
        """Write the partition out, such as ``{0,1} {2}``."""
        return " ".join(
            "{" + ",".join(str(x) for x in range(self.n) if self.labels[x] == label) + "}"
            for label in dict.fromkeys(self.labels)
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data; rationals that are not integers become strings such as "1/3"."""
        return {
            "kind": self.kind,
            "rows": [[value if isinstance(value, int) else str(value) for value in row] for row in plain(self).rows],
            "labels": list(self.labels),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Instance":
        """Inverse of `to_json`."""
        rows = tuple(tuple(v if isinstance(v, int) else Fraction(v) for v in row) for row in data["rows"])
        return cls(data["kind"], rows, tuple(data["labels"]))


def plain(instance: Instance) -> Instance:
    """The same instance, with integers as such."""
    rows = tuple(tuple(value if value.denominator > 1 else int(value) for value in row) for row in instance.rows)
    return replace(instance, rows=rows)


@dataclass(frozen=True, slots=True)
class Trial:
    """Instances whose values an axiom relates.

    Attributes
    ----------
    frames : the instances.
    change : in words, what leads from the first to the others.
    again : makes the same of what another domain draws, or nothing where that cannot be; None where nobody knows how.
    """

    frames: tuple[Instance, ...]
    change: str
    again: Callable[[Any], "Trial | None"] | None = field(default=None, repr=False, compare=False)


def squared_distances(points: Sequence[Sequence[Number]]) -> list[list[Number]]:
    """(n, n) exact squared Euclidean distances."""
    return [[sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), start=0) for y in points] for x in points]


def _growth_strings(n: int, used: int = 0) -> Iterator[tuple[int, ...]]:
    if n == 0:
        yield ()
        return
    for label in range(used + 1):
        for rest in _growth_strings(n - 1, max(used, label + 1)):
            yield (label, *rest)


@lru_cache
def partitions(n: int) -> tuple[tuple[int, ...], ...]:
    """All partitions of n points, each as labels in order of first appearance."""
    return tuple(_growth_strings(n))


@lru_cache
def non_trivial_partitions(n: int) -> tuple[tuple[int, ...], ...]:
    """All partitions of n points but the one-cluster and the all-singletons partition."""
    return tuple(labels for labels in partitions(n) if 1 < max(labels) + 1 < n)
