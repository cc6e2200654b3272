"""Every measure with what is known of it: formula, direction, range, domain and source."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cqm.definitions import linkage as linkage_definitions
from cqm.definitions import silhouette as silhouette_definitions
from cqm.measures import linkage, silhouette
from cqm.validation import Metric

__all__ = ["Catalog", "Measure", "catalog"]


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
    cost : growth of the work from vectors: "nd" (linear in n), "sums" (sums of distances over clusters: n·k·d for
        cosine and sqeuclidean, which have closed forms, all pairs otherwise), "n2" (all pairs) or "hard" (no
        polynomial algorithm for all k).
    reference : paper and section or equation.
    """

    name: str
    function: Callable[..., float]
    definition: Callable[..., Any]
    better: Literal["higher", "lower"]
    range: tuple[float, float]
    needs: Literal["distances", "points"]
    cost: Literal["nd", "sums", "n2", "hard"]
    reference: str

    def score(self, X: Any, labels: Any, **options: Any) -> float:
        """Value with the sign turned so that higher is better, for searches and scorers."""
        return self.oriented(self.function(X, labels, **options))

    def oriented(self, value: float) -> float:
        """A value of this measure with the sign turned so that higher is better."""
        return value if self.better == "higher" else -value

    def operations(self, n: int, k: int, d: int, metric: Metric) -> float:
        """Multiply–adds that the measure takes on n points in d dimensions, to its leading order."""
        if self.cost == "nd":
            return n * d
        if self.cost == "sums" and metric in ("cosine", "sqeuclidean"):
            return n * k * d
        return n * n / 2 * d


class Catalog(dict[str, Measure]):
    """Name → measure; an unknown name is answered with the nearest ones."""

    def __missing__(self, name: str) -> Measure:
        near = difflib.get_close_matches(str(name), self, n=3)
        cure = f"did you mean {' or '.join(near)}?" if near else "list(cqm.catalog) has all names"
        raise KeyError(f"no measure is named {name!r}: {cure}")


_INF = float("inf")

_LINKAGE = (
    Measure(
        name="weakest_link",
        function=linkage.weakest_link,
        definition=linkage_definitions.weakest_link,
        better="lower",
        range=(0.0, _INF),
        needs="distances",
        cost="n2",
        reference="Ackerman & Ben-David 2008, §3.3",
    ),
)

_SILHOUETTE = (
    Measure(
        name="silhouette",
        function=silhouette.silhouette,
        definition=silhouette_definitions.silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="sums",
        reference="Rousseeuw 1987, §2",
    ),
    Measure(
        name="simplified_silhouette",
        function=silhouette.simplified_silhouette,
        definition=silhouette_definitions.simplified_silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="points",
        cost="nd",
        reference="Hruschka, de Castro & Campello 2004, §2",
    ),
)

catalog = Catalog((measure.name, measure) for measure in (*_LINKAGE, *_SILHOUETTE))
