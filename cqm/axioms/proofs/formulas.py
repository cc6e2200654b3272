"""Measures written in terms of distances alone, so that what a consistent change does to each step can be read off.

Centroids are no points of the set, but distances to and between them are made of distances between points:

    Σ over x∈A of ‖x − c_A‖² = Σ over pairs of A of d² / |A|
    ‖c_A − c_B‖² = mean over A × B of d² − V_A − V_B,   ‖x − c_B‖² = mean over B of d(x, ·)² − V_B

with V_A = Σ over pairs of A of d² / |A|². Each formula takes the *squared* distances for measures of points, the
distances for others, and equals the measure's definition.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from cqm.axioms.proofs.traced import Traced
from cqm.definitions.arithmetic import if_at_most, logarithm, maximum, mean, minimum, ratio, square_root
from cqm.definitions.coordinates import centroid, distance
from cqm.definitions.coordinates import clusters_of as clusters_of_points
from cqm.definitions.dcsi import _longest_step, core_points
from cqm.definitions.margins import mean_gap, mean_within, representative_sets, trespass
from cqm.definitions.medoid_silhouette import _mean_over, _medoids
from cqm.definitions.pairs import within_and_between
from cqm.definitions.sd_indices import sd_scat

__all__ = ["FORMULAS", "OF_POINTS"]

Rows = Sequence[Sequence[Any]]
Formula = Callable[[Rows, Sequence[int]], Any]


def clusters_of(labels: Sequence[int]) -> list[list[int]]:
    """The points of each cluster by their numbers."""
    return [[x for x, label in enumerate(labels) if label == own] for own in dict.fromkeys(labels)]


def pair_sum(squares: Rows, cluster: Sequence[int]) -> Any:
    """Sum over the pairs of a cluster."""
    return sum(squares[x][y] for x in cluster for y in cluster if y < x)


def spread(squares: Rows, cluster: Sequence[int]) -> Any:
    """V, the mean squared distance to the centroid."""
    return ratio(pair_sum(squares, cluster), len(cluster) ** 2)


def between_centroids(squares: Rows, a: Sequence[int], b: Sequence[int]) -> Any:
    """Squared distance of two centroids."""
    apart = mean(squares[x][y] for x in a for y in b) - spread(squares, a) - spread(squares, b)
    return known_as_square(apart)


def to_centroid(squares: Rows, x: int, cluster: Sequence[int]) -> Any:
    """Squared distance of a point to a centroid."""
    return known_as_square(mean(squares[x][y] for y in cluster) - spread(squares, cluster))


def quotient(numerator: Any, denominator: Any) -> Any:
    """`ratio`, also of a plain number over one that an argument follows."""
    return numerator / denominator if isinstance(denominator, Traced) else ratio(numerator, denominator)


def known_as_square(number: Any) -> Any:
    """A difference that is never negative because it is a squared length."""
    return number.never_negative() if hasattr(number, "never_negative") else number


def within(squares: Rows, labels: Sequence[int]) -> Any:
    """W = Σ over clusters of Σ over pairs / size."""
    return sum(ratio(pair_sum(squares, cluster), len(cluster)) for cluster in clusters_of(labels))


def between(squares: Rows, labels: Sequence[int]) -> Any:
    """B = Σ over pairs across / n − Σ over clusters of Σ over pairs · (1/size − 1/n)."""
    n = len(labels)
    _, across = within_and_between(squares, labels)
    inside = [(pair_sum(squares, cluster), len(cluster)) for cluster in clusters_of(labels)]
    return known_as_square(
        ratio(sum(across), n) - sum(pairs * (ratio(1, size) - ratio(1, n)) for pairs, size in inside)
    )


def share_of_between(squares: Rows, labels: Sequence[int]) -> Any:
    """B / W."""
    return ratio(between(squares, labels), within(squares, labels))


def calinski_harabasz(squares: Rows, labels: Sequence[int]) -> Any:
    """B / W times a constant."""
    n, k = len(labels), len(set(labels))
    return share_of_between(squares, labels) * ratio(n - k, k - 1)


def normalized_k_means(squares: Rows, labels: Sequence[int]) -> Any:
    """1 / (1 + B/W)."""
    return quotient(1, 1 + share_of_between(squares, labels))


def trace_cov_w(squares: Rows, labels: Sequence[int]) -> Any:
    """W / (n − k)."""
    return ratio(within(squares, labels), len(labels) - len(set(labels)))


def hubert_gamma(squares: Rows, labels: Sequence[int]) -> Any:
    """Mean over all pairs of distance · distance of centroids, which is 0 inside clusters."""
    clusters, n = clusters_of(labels), len(labels)
    products = (
        sum(map(sum, across(squares, a, b))) * square_root(between_centroids(squares, a, b))
        for i, a in enumerate(clusters)
        for b in clusters[:i]
    )
    return ratio(sum(products), n * (n - 1) // 2)


def ball_hall(squares: Rows, labels: Sequence[int]) -> Any:
    """Mean of V."""
    return mean(spread(squares, cluster) for cluster in clusters_of(labels))


def banfield_raftery(squares: Rows, labels: Sequence[int]) -> Any:
    """Σ of n_i log V_i."""
    return sum(len(cluster) * logarithm(spread(squares, cluster)) for cluster in clusters_of(labels))


def xie_beni(squares: Rows, labels: Sequence[int]) -> Any:
    """W / n over the smallest squared distance of two centroids."""
    clusters = clusters_of(labels)
    nearest = minimum(between_centroids(squares, a, b) for i, a in enumerate(clusters) for b in clusters[:i])
    return ratio(within(squares, labels), len(labels) * nearest)


def davies_bouldin(squares: Rows, labels: Sequence[int]) -> Any:
    """Mean distances to the centroid, over distances of centroids."""
    clusters = clusters_of(labels)
    radii = [mean(square_root(to_centroid(squares, x, cluster)) for x in cluster) for cluster in clusters]
    k = range(len(clusters))
    return mean(
        maximum(
            quotient(radii[i] + radii[j], square_root(between_centroids(squares, clusters[i], clusters[j])))
            for j in k
            if j != i
        )
        for i in k
    )


def own_and_nearest_other(squares: Rows, labels: Sequence[int]) -> list[tuple[Any, Any, int]]:
    """For each point the distances to its own centroid and to the nearest other one, and its cluster's size."""
    clusters = clusters_of(labels)
    return [
        (
            square_root(to_centroid(squares, x, own)),
            minimum(square_root(to_centroid(squares, x, other)) for other in clusters if other is not own),
            len(own),
        )
        for own in clusters
        for x in own
    ]


def wemmert_gancarski(squares: Rows, labels: Sequence[int]) -> Any:
    """Σ over clusters of n_i · max(0, 1 − mean quotient) / n."""
    compared = own_and_nearest_other(squares, labels)
    total: Any = 0
    for cluster in clusters_of(labels):
        here, compared = compared[: len(cluster)], compared[len(cluster) :]
        total += len(cluster) * maximum([0, 1 - mean(quotient(own, other) for own, other, _ in here)])
    return ratio(total, len(labels))


def simplified_silhouette(squares: Rows, labels: Sequence[int]) -> Any:
    """Mean of min(1, b/a) − min(1, a/b); a point at its own centroid has 1, or 0 where another one is there too."""
    return mean(
        0 if size == 1 else if_at_most(other, 0, 0, 1) if own == 0 else score(own, other)
        for own, other, size in own_and_nearest_other(squares, labels)
    )


def silhouettes(distances: Rows, labels: Sequence[int], average: Callable[..., Any] = mean) -> list[list[Any]]:
    """For each cluster min(1, b/a) − min(1, a/b) of its points."""
    clusters = clusters_of(labels)
    scores = []
    for own in clusters:
        of_own = []
        for x in own:
            nearest = minimum(average([distances[x][y] for y in other]) for other in clusters if other is not own)
            inside = [distances[x][y] for y in own if y != x]
            of_own.append(score(average(inside), nearest) if inside else 0)
        scores.append(of_own)
    return scores


def silhouette(distances: Rows, labels: Sequence[int]) -> Any:
    """Mean over the points."""
    return mean(chain(*silhouettes(distances, labels)))


def macro_silhouette(distances: Rows, labels: Sequence[int]) -> Any:
    """Mean over the clusters of their means."""
    return mean(map(mean, silhouettes(distances, labels)))


def generalized_silhouette(distances: Rows, labels: Sequence[int]) -> Any:
    """Mean over the points, with harmonic means of the distances."""
    return mean(chain(*silhouettes(distances, labels, harmonic_mean)))


def harmonic_mean(values: Sequence[Any]) -> Any:
    """1 / mean of 1/v."""
    return quotient(1, mean(quotient(1, value) for value in values))


def medoid_silhouette(distances: Rows, labels: Sequence[int]) -> Any:
    """Mean of min(1, b/a) − min(1, a/b); a medoid has 1."""
    medoids = [_medoids(distances, cluster) for cluster in clusters_of(labels)]
    scores = []
    for i, cluster in enumerate(clusters_of(labels)):
        for x in cluster:
            to = [_mean_over(distances[x], of_cluster) for of_cluster in medoids]
            nearest = minimum(to[j] for j in range(len(to)) if j != i)
            scores.append(1 if to[i] == 0 else score(to[i], nearest))
    return mean(scores)


def score(own: Any, other: Any) -> Any:
    """(b − a) / max(a, b) = min(1, b/a) − min(1, a/b)."""
    return minimum([1, quotient(other, own)]) - minimum([1, quotient(own, other)])


def dcsi(distances: Rows, labels: Sequence[int]) -> Any:
    """Mean over pairs of 1 / (1 + Conn/Sep), with core points for one neighbour; 0 where there are none."""
    core = [core_points(distances, cluster, 1) for cluster in clusters_of(labels)]
    widest = [_longest_step(distances, points) for points in core]
    values = []
    for i in range(len(core)):
        for j in range(i):
            apart = minimum(distances[x][y] for x in core[i] for y in core[j])
            met = core[i] and core[j]
            values.append(quotient(1, 1 + quotient(maximum([widest[i], widest[j]]), apart)) if met else 0)
    return mean(values)


def gamma(distances: Rows, labels: Sequence[int]) -> Any:
    """(s⁺ − s⁻)/(s⁺ + s⁻) = 2/(1 + s⁻/s⁺) − 1."""
    inside, across = within_and_between(distances, labels)
    concordant = sum(if_at_most(b, w, 0, 1) for w in inside for b in across)
    discordant = sum(if_at_most(w, b, 0, 1) for w in inside for b in across)
    return quotient(2, 1 + quotient(discordant, concordant)) - 1


def normalized_min_sum(distances: Rows, labels: Sequence[int]) -> Any:
    """S_w/(S_w + S_b) = 1/(1 + S_b/S_w)."""
    inside, across = within_and_between(distances, labels)
    return quotient(1, 1 + quotient(sum(across), sum(inside)))


def additive_margin_voronoi_max(distances: Rows, labels: Sequence[int]) -> Any:
    """Largest gap of an allowed set, 0 for others, over the mean distance inside."""
    gaps = maximum(
        if_at_most(
            trespass(distances, labels, centres, "voronoi"),
            0,
            mean_gap(distances, labels, centres, reading="voronoi", signed=False),
            0,
        )
        for centres in representative_sets(labels)
    )
    return ratio(gaps, mean_within(distances, labels))


def generalized_dunn(separation: str, diameter: str) -> Formula:
    """Smallest separation over largest diameter, from squared distances."""

    def formula(squares: Rows, labels: Sequence[int]) -> Any:
        clusters = clusters_of(labels)
        apart = minimum(SEPARATIONS[separation](squares, a, b) for i, a in enumerate(clusters) for b in clusters[:i])
        return ratio(apart, maximum(DIAMETERS[diameter](squares, cluster) for cluster in clusters))

    return formula


def across(squares: Rows, a: Sequence[int], b: Sequence[int]) -> list[list[Any]]:
    """Distances of two clusters' points."""
    return [[square_root(squares[x][y]) for y in b] for x in a]


def _hausdorff(squares: Rows, a: Sequence[int], b: Sequence[int]) -> Any:
    rows = across(squares, a, b)
    return maximum([*map(minimum, rows), *map(minimum, zip(*rows, strict=True))])


SEPARATIONS: dict[str, Callable[..., Any]] = {
    "single": lambda squares, a, b: minimum(map(minimum, across(squares, a, b))),
    "complete": lambda squares, a, b: maximum(map(maximum, across(squares, a, b))),
    "average": lambda squares, a, b: mean(d for row in across(squares, a, b) for d in row),
    "centroid": lambda squares, a, b: square_root(between_centroids(squares, a, b)),
    "average_to_centroids": lambda squares, a, b: mean(
        [square_root(to_centroid(squares, x, b)) for x in a] + [square_root(to_centroid(squares, x, a)) for x in b]
    ),
    "hausdorff": _hausdorff,
}
DIAMETERS: dict[str, Callable[..., Any]] = {
    "maximum": lambda squares, s: square_root(maximum(squares[x][y] for x in s for y in s)),
    "average": lambda squares, s: mean(square_root(squares[x][y]) for x in s for y in s if y < x) if len(s) > 1 else 0,
    "centroid": lambda squares, s: 2 * mean(square_root(to_centroid(squares, x, s)) for x in s),
}

FORMULAS: dict[str, Formula] = {
    "additive_margin_voronoi_max": additive_margin_voronoi_max,
    "ball_hall": ball_hall,
    "banfield_raftery": banfield_raftery,
    "calinski_harabasz": calinski_harabasz,
    "davies_bouldin": davies_bouldin,
    "dcsi": dcsi,
    "gamma": gamma,
    "generalized_silhouette": generalized_silhouette,
    "hubert_gamma": hubert_gamma,
    "log_ss_ratio": lambda squares, labels: logarithm(share_of_between(squares, labels)),
    "macro_silhouette": macro_silhouette,
    "medoid_silhouette": medoid_silhouette,
    "normalized_k_means": normalized_k_means,
    "normalized_min_sum": normalized_min_sum,
    "ray_turi": xie_beni,
    "silhouette": silhouette,
    "simplified_silhouette": simplified_silhouette,
    "trace_cov_w": trace_cov_w,
    "trace_w": within,
    "variance_ratio": share_of_between,
    "wemmert_gancarski": wemmert_gancarski,
    "xie_beni": xie_beni,
} | {
    f"generalized_dunn_{separation}_{diameter}": generalized_dunn(separation, diameter)
    for separation in SEPARATIONS
    for diameter in DIAMETERS
    if "centroid" in separation + diameter
}
"""Name → the measure as a formula of squared distances (measures of points) or of distances."""


def sd_dis(points: Rows, labels: Sequence[int]) -> Any:
    """D_max / D_min · Σ of 1 / Σ of distances, with extremes that are not chosen by comparing."""
    centres = [centroid(cluster) for cluster in clusters_of_points(points, labels)]
    gaps = [[distance(a, b) for b in centres if b is not a] for a in centres]
    every = [gap for row in gaps for gap in row]
    return ratio(maximum(every), minimum(every)) * sum(quotient(1, sum(row)) for row in gaps)


def sd_index(points: Rows, labels: Sequence[int]) -> Any:
    """Dis · Scat + Dis."""
    dis = sd_dis(points, labels)
    return dis * sd_scat(points, labels) + dis


OF_POINTS: dict[str, Formula] = {"sd_dis": sd_dis, "sd_index": sd_index}
"""Name → the measure as a formula of coordinates."""
