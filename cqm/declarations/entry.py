"""What the catalogue says of a measure: function, definition, direction, range, domain, cost and source."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cqm.arrays.clustering import Clustering, in_coordinates, repeated
from cqm.arrays.intake import check_clusters
from cqm.arrays.metrics import Metric, distance_of
from cqm.declarations import cost as costs
from cqm.declarations.across_k import AcrossK, across_k
from cqm.declarations.cost import Cost
from cqm.verdicts import RecordedVerdict, recorded_verdicts

__all__ = ["INFINITY", "POSITIVE", "REAL", "Catalog", "Cost", "Direction", "Measure", "on_points"]

INFINITY = float("inf")
POSITIVE, REAL = (0.0, INFINITY), (-INFINITY, INFINITY)

Direction = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the catalogue.

    Attributes
    ----------
    name : the public function's name, with its variant behind an underscore where there is one.
    function : `f(X, labels, *, metric=…, noise_label=…, sample_weight=…)` → float.
    core : the same of a validated clustering.
    definition : the same quantity in plain Python over (distances, labels) or, where `needs` is "points",
        over (points, labels).
    better : which direction is better; never folded into the value.
    range : smallest and largest possible value.
    needs : "distances" (any metric, precomputed included) or "points" (coordinates; Euclidean or cosine).
    cost : growth of the work from vectors: "nd" (linear in n), "nd2" (a scatter matrix), "k2d" (every centroid to every
        other), "nkd" (every point to every centroid), "midpoints" (and to every midpoint of two of them), "outlines"
        (several representatives of each cluster to those of all others), "sums" (sums of distances over clusters:
        n·k·d for cosine, correlation and sqeuclidean, which have closed forms, all pairs otherwise), "n2" (all pairs),
        "ranks" (the ranks of their distances, or what takes as long), "apart" (each two clusters without the others),
        "n2_apart" (that after all pairs), "hard" (a search within a budget: no polynomial algorithm is known for all
        k), "relaxed" (such a search after rounds of a relaxation), "pairs" and "pairs_relaxed" (these for each two
        clusters).
    reference : paper and section or equation.
    counts_coordinates : whether a measure that needs points needs only the number of their coordinates, so that any
        distance between them will do.
    judged : parameters with which the axioms are judged where the default ones see nothing of a few points.
    besides : a value outside the range, where the quantity does not exist.
    counts_noise : whether the value depends on the points that are noise, or on how many there are, so that clusterings
        of different shares may be compared.
    fewest_clusters : how many clusters it takes.
    weights : which `sample_weight` it takes: "any" where it is made of sums, in which a weight is a factor, or of
        extremes, to which it does not matter; "whole" where points are counted or ranked, so that rows are repeated.
    of_neighbours : whether nearest neighbours are all that it sees, so that a sparse graph of them is enough.
    engines : kinds of arrays it is computed for: "host" (numpy, and what numpy sees without a copy), "device" (other
        libraries of the array API standard, where their arrays are), "dask", "sparse" (scipy's matrices and arrays).
    open_axioms : axioms for which there is neither a proof nor a counterexample yet.
    """

    name: str
    function: Callable[..., float]
    core: Callable[[Clustering], float]
    definition: Callable[..., Any]
    better: Direction
    range: tuple[float, float]
    needs: Literal["distances", "points"]
    cost: Cost
    reference: str
    counts_coordinates: bool = False
    judged: tuple[tuple[str, Any], ...] = ()
    besides: float | None = None
    counts_noise: bool = False
    fewest_clusters: int = 2
    weights: Literal["any", "whole"] = "whole"
    of_neighbours: bool = False
    engines: tuple[str, ...] = ("host", "device", "dask", "sparse")
    open_axioms: tuple[str, ...] = ()

    @property
    def coordinates(self) -> bool:
        """Whether the core takes Euclidean geometry, under cosine that of rows scaled to unit length."""
        return self.needs == "points" and not self.counts_coordinates

    def inapplicable(self, metric: Metric) -> str | None:
        """Why the measure has no value under this distance, or None."""
        distance = distance_of(metric)
        if self.needs == "distances":
            return None
        if self.counts_coordinates:
            if not distance.precomputed:
                return None
            call = f"cqm.{self.name}(D, labels, metric='precomputed', dimension=…)"
            return f"needs the number of coordinates: pass vectors, or call {call}"
        return None if distance.has_centroids else "needs coordinates under euclidean or cosine distance"

    @property
    def across_k(self) -> AcrossK:
        """Whether clusterings of different numbers of clusters may be compared, and why not."""
        return across_k(self.name)

    @property
    def range_text(self) -> str:
        """The range as it is printed."""
        text = f"[{self.range[0]:.4g}, {self.range[1]:.4g}]"
        return text if self.besides is None else f"{text} or {self.besides:g}"

    @property
    def axioms(self) -> dict[str, RecordedVerdict]:
        """Axiom → verdict with its evidence, as `cqm axioms --table` found it."""
        return recorded_verdicts(self.name)

    def of(self, clustering: Clustering) -> float:
        """Value of a validated clustering, whose passes over the data several measures may share."""
        check_clusters(clustering, self.fewest_clusters)
        clustering = clustering if self.weights == "any" else repeated(clustering)
        return self.core(in_coordinates(clustering) if self.coordinates else clustering)

    def score(self, X: Any, labels: Any, **options: Any) -> float:
        """Value with the sign turned so that higher is better, for searches and scorers."""
        return self.oriented(self.function(X, labels, **options))

    def oriented(self, value: float) -> float:
        """A value of this measure with the sign turned so that higher is better."""
        return value if self.better == "higher" else -value

    def operations(self, n: int, k: int, d: float, metric: Metric) -> float:
        """Work on n points in d dimensions and k clusters, in multiply–adds of a matrix product."""
        return costs.operations(self.cost, n, k, d, metric)


ALIASES = {
    "asw": "silhouette",
    "avewithin": "average_within",
    "ccc": "cubic_clustering_criterion",
    "ch": "calinski_harabasz",
    "db": "davies_bouldin",
    "dbi": "davies_bouldin",
    "denscut": "density_at_boundaries",
    "di": "dunn",
    "dunnowa": "dunn_owa",
    "elbow": "trace_w",
    "entropy": "size_entropy",
    "gplus": "g_plus",
    "highdgap": "density_weighted_gap",
    "hubert": "hubert_gamma",
    "inertia": "trace_w",
    "ksq_det_w": "marriott",
    "ksq_detw": "marriott",
    "marriot": "marriott",
    "pearson_gamma": "point_biserial",
    "pseudo_f": "calinski_harabasz",
    "sil": "silhouette",
    "sindex": "separation_index",
    "sse": "trace_w",
    "ssw": "trace_w",
    "sw": "silhouette",
    "trcovw": "trace_cov_w",
    "vrc": "calinski_harabasz",
    "wcss": "trace_w",
    "wss": "trace_w",
    "widestgap": "widest_gap",
    "xb": "xie_beni",
}
"""Names that people and other programs give to measures."""
BESIDE = {
    "beale": "it compares two clusterings: choose k by it with cqm.select(…, measures=['beale'])",
    "cvnn": "cqm.cvnn weighs several clusterings together",
    "duda_hart": "it compares two clusterings: choose k by it with cqm.select(…, measures=['duda_hart'])",
    "frey": "it compares two clusterings: choose k by it with cqm.select(…, measures=['frey'])",
    "gap": "it needs the clusterer: choose k by it with cqm.select(…, measures=['gap_statistic'])",
    "gap_statistic": "it needs the clusterer: choose k by it with cqm.select(…, measures=['gap_statistic'])",
    "generalized_dunn": "its variants have names such as generalized_dunn_average_average",
    "hartigan": "it compares two clusterings: choose k by it with cqm.select(…, measures=['hartigan'])",
    "krzanowski_lai": "it compares three clusterings: choose k by it with cqm.select(…, measures=['krzanowski_lai'])",
    "normalized_loss": "its variants are normalized_k_means, normalized_k_median and normalized_min_sum",
    "silhouette_upper_bound": "it needs no labels: call cqm.silhouette_upper_bound(X)",
}


class Catalog(dict[str, Measure]):
    """Name → measure; an unknown name is answered with the one that others call so, or with the nearest ones."""

    def __missing__(self, name: str) -> Measure:
        plain = str(name).lower().replace("-", "_").replace(" ", "_").removesuffix("_score").removesuffix("_index")
        if plain in BESIDE:
            raise KeyError(f"no measure of one clustering is named {name!r}: {BESIDE[plain]}")
        meant = ALIASES.get(plain, plain)
        near = [meant] if meant in self else difflib.get_close_matches(plain, self, n=3)
        cure = f"did you mean {' or '.join(near)}?" if near else "list(cqm.catalog) has all names"
        raise KeyError(f"no measure is named {name!r}: {cure}")


def on_points(
    function: Callable[..., float],
    core: Callable[[Clustering], float],
    definition: Callable[..., Any],
    better: Direction,
    bounds: tuple[float, float],
    cost: Cost,
    reference: str,
    fewest_clusters: int = 2,
    weights: Literal["any", "whole"] = "whole",
    open_axioms: tuple[str, ...] = (),
) -> Measure:
    """Entry of a measure that needs coordinates, under its function's name."""
    return Measure(
        name=function.__name__,
        function=function,
        core=core,
        definition=definition,
        better=better,
        range=bounds,
        needs="points",
        cost=cost,
        reference=reference,
        fewest_clusters=fewest_clusters,
        weights=weights,
        open_axioms=open_axioms,
    )
