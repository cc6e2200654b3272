"""What the catalogue says of a measure: function, definition, direction, range, domain, cost and source."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cqm.validation import Metric
from cqm.verdicts import RecordedVerdict, recorded_verdicts

__all__ = ["INFINITY", "POSITIVE", "REAL", "Catalog", "Cost", "Direction", "Measure", "on_points"]

# CDbw compares up to 10 representatives a cluster, all with all, and looks at what comes out in so many passes over
# arrays that an entry costs as much as 1000 multiply–adds of a matrix product, measured.
REPRESENTATIVES, ENTRY = 10, 1000
# What a measure called for two clusters costs however few their points, in multiply–adds: some milliseconds.
CALL = 5e7

INFINITY = float("inf")
POSITIVE, REAL = (0.0, INFINITY), (-INFINITY, INFINITY)

Direction = Literal["higher", "lower"]
Cost = Literal["nd", "nd2", "k2d", "nkd", "outlines", "sums", "n2", "pairs", "hard"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the catalogue.

    Attributes
    ----------
    name : the public function's name, with its variant behind an underscore where there is one.
    function : `f(X, labels, *, metric=…, noise_label=…)` → float.
    definition : the same quantity in plain Python over (distances, labels) or, where `needs` is "points",
        over (points, labels).
    better : which direction is better; never folded into the value.
    range : smallest and largest possible value.
    needs : "distances" (any metric, precomputed included) or "points" (coordinates; Euclidean or cosine).
    cost : growth of the work from vectors: "nd" (linear in n), "nd2" (a scatter matrix), "k2d" (every centroid to every
        other), "nkd" (every point to every centroid), "outlines" (every point to every centroid, and several
        representatives of each cluster to those of all others), "sums" (sums of distances over clusters: n·k·d for
        cosine, correlation and sqeuclidean, which have closed forms, all pairs otherwise), "n2" (all pairs), "pairs"
        (a search for each two clusters) or "hard" (no polynomial algorithm for all k).
    reference : paper and section or equation.
    """

    name: str
    function: Callable[..., float]
    definition: Callable[..., Any]
    better: Direction
    range: tuple[float, float]
    needs: Literal["distances", "points"]
    cost: Cost
    reference: str

    @property
    def axioms(self) -> dict[str, RecordedVerdict]:
        """Axiom → verdict with its evidence, as `cqm axioms --table` found it."""
        return recorded_verdicts(self.name)

    def score(self, X: Any, labels: Any, **options: Any) -> float:
        """Value with the sign turned so that higher is better, for searches and scorers."""
        return self.oriented(self.function(X, labels, **options))

    def oriented(self, value: float) -> float:
        """A value of this measure with the sign turned so that higher is better."""
        return value if self.better == "higher" else -value

    def operations(self, n: int, k: int, d: int, metric: Metric) -> float:
        """Multiply–adds that the measure takes on n points in d dimensions, to its leading order."""
        match self.cost:
            case "nd":
                return n * d
            case "nd2":
                return n * d * d
            case "k2d":
                return (n + k * k) * d
            case "outlines":
                return n * k * d + (REPRESENTATIVES * k) ** 2 * (d + ENTRY)
            case "nkd":
                return n * k * d
            case "sums" if metric in ("cosine", "correlation", "sqeuclidean"):
                return n * k * d
            case "hard":
                return n * n * (d / 2 + n / k)
            case "pairs":
                return n * n * (d / 2 + n / k) + k * k / 2 * CALL
        return n * n / 2 * d


class Catalog(dict[str, Measure]):
    """Name → measure; an unknown name is answered with the nearest ones."""

    def __missing__(self, name: str) -> Measure:
        near = difflib.get_close_matches(str(name), self, n=3)
        cure = f"did you mean {' or '.join(near)}?" if near else "list(cqm.catalog) has all names"
        raise KeyError(f"no measure is named {name!r}: {cure}")


def on_points(
    function: Callable[..., float],
    definition: Callable[..., Any],
    better: Direction,
    bounds: tuple[float, float],
    cost: Cost,
    reference: str,
) -> Measure:
    """Entry of a measure that needs coordinates, under its function's name."""
    return Measure(function.__name__, function, definition, better, bounds, "points", cost, reference)
