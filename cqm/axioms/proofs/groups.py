"""Headings of docs/proofs.md, and groups of measures, that several families of proofs name."""

from cqm.declarations import catalog

REFINEMENT = ("refinement_preference",)

PAIRS, SIZES, CHARACTERISTICS = "Over pairs of clusters", "Sizes of clusters", "Characteristics"
DETERMINANTS, SQUARES = "Determinants", "Sums of squares"


def generalized_dunn(separations: str, diameters: str) -> tuple[str, ...]:
    """Names of generalised Dunn indices."""
    return tuple(f"generalized_dunn_{s}_{d}" for s in separations.split() for d in diameters.split())


OF_POINTS, OF_CENTROIDS = "single complete average hausdorff", "centroid average_to_centroids"
DUNN_OF_DISTANCES = tuple(name for name in generalized_dunn(OF_POINTS, "maximum average") if name in catalog)
"""Those that the catalogue has: Dunn's own index and its like have names of their own."""

DUNN_OF_CENTROIDS = generalized_dunn(OF_CENTROIDS, "maximum average")
DUNN_OF_RADII = generalized_dunn(f"{OF_POINTS} {OF_CENTROIDS}", "centroid")
WEAKEST_PAIRS = ("weakest_link_pairs_min", "weakest_link_pairs_mean", "weakest_link_pairs_max")
ADJUSTED = tuple(f"adjusted_{name}" for name in ("calinski_harabasz", "xie_beni", "davies_bouldin", "silhouette"))
SHARES_OF_SQUARES = ("trace_w", "normalized_k_means", "variance_ratio", "log_ss_ratio")
