"""Every measure with what is known of it, by name."""

from cqm.catalogue import coordinates, distances, margins
from cqm.catalogue.entry import Catalog, Measure

__all__ = ["Catalog", "Measure", "catalog"]

catalog = Catalog(
    (measure.name, measure)
    for measure in (
        *margins.LINKAGE,
        *margins.MARGINS,
        *margins.PAIRS,
        *margins.LOSSES,
        *distances.SILHOUETTE,
        *distances.PAIRS,
        *distances.NEIGHBOURS,
        *distances.DENSITY,
        *distances.GENERALIZED_DUNN,
        *coordinates.DISPERSION,
        *coordinates.CENTROID_SEPARATION,
        *coordinates.SCATTER,
        *coordinates.SCATTERING,
    )
)
