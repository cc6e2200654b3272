"""Measures that may be compared between data sets (Jeon et al. 2025)."""

from cqm.declarations.entry import on_points
from cqm.definitions import adjusted as definitions
from cqm.measures import adjusted

REFERENCE = "Jeon et al. 2025"

ADJUSTED = (
    on_points(
        adjusted.adjusted_calinski_harabasz,
        adjusted.adjusted_calinski_harabasz_of,
        definitions.adjusted_calinski_harabasz,
        "higher",
        (0.0, 1.0),
        "apart",
        REFERENCE,
    ),
    on_points(
        adjusted.adjusted_xie_beni,
        adjusted.adjusted_xie_beni_of,
        definitions.adjusted_xie_beni,
        "higher",
        (0.0, 1.0),
        "apart",
        REFERENCE,
        open_axioms=("richness", "weak_richness"),
    ),
    on_points(
        adjusted.adjusted_davies_bouldin,
        adjusted.adjusted_davies_bouldin_of,
        definitions.adjusted_davies_bouldin,
        "higher",
        (0.0, 1.0),
        "apart",
        REFERENCE,
        open_axioms=("k_richness",),
    ),
    on_points(
        adjusted.adjusted_silhouette,
        adjusted.adjusted_silhouette_of,
        definitions.adjusted_silhouette,
        "higher",
        (-1.0, 1.0),
        "n2_apart",
        REFERENCE,
    ),
)
