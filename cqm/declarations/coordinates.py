"""Indices of coordinates: sums of squares, centroids, scatter matrices, densities around centroids."""

from cqm.declarations.entry import INFINITY, POSITIVE, REAL, on_points
from cqm.definitions import cdbw as cdbw_definitions
from cqm.definitions import centroid_separation as centroid_separation_definitions
from cqm.definitions import dispersion as dispersion_definitions
from cqm.definitions import scatter as scatter_definitions
from cqm.definitions import sd_indices as sd_index_definitions
from cqm.measures import cdbw, centroid_separation, dispersion, scatter, sd_indices

DISPERSION = (
    on_points(
        dispersion.trace_w,
        dispersion.trace_w_of,
        dispersion_definitions.trace_w,
        "lower",
        POSITIVE,
        "nd",
        "Friedman & Rubin 1967",
        1,
    ),
    on_points(
        dispersion.calinski_harabasz,
        dispersion.calinski_harabasz_of,
        dispersion_definitions.calinski_harabasz,
        "higher",
        POSITIVE,
        "nd",
        "Caliński & Harabasz 1974",
    ),
    on_points(
        dispersion.variance_ratio,
        dispersion.variance_ratio_of,
        dispersion_definitions.variance_ratio,
        "higher",
        POSITIVE,
        "nd",
        "Zhang 2001",
    ),
    on_points(
        dispersion.log_ss_ratio,
        dispersion.log_ss_ratio_of,
        dispersion_definitions.log_ss_ratio,
        "higher",
        REAL,
        "nd",
        "Hartigan 1975",
    ),
    on_points(
        dispersion.ball_hall,
        dispersion.ball_hall_of,
        dispersion_definitions.ball_hall,
        "lower",
        POSITIVE,
        "nd",
        "Ball & Hall 1965",
        1,
    ),
    on_points(
        dispersion.banfield_raftery,
        dispersion.banfield_raftery_of,
        dispersion_definitions.banfield_raftery,
        "lower",
        REAL,
        "nd",
        "Banfield & Raftery 1993",
        1,
    ),
    on_points(
        dispersion.ratkowsky_lance,
        dispersion.ratkowsky_lance_of,
        dispersion_definitions.ratkowsky_lance,
        "higher",
        (0.0, 0.5**0.5),
        "nd",
        "Ratkowsky & Lance 1978",
    ),
)

CENTROID_SEPARATION = (
    on_points(
        centroid_separation.davies_bouldin,
        centroid_separation.davies_bouldin_of,
        centroid_separation_definitions.davies_bouldin,
        "lower",
        POSITIVE,
        "k2d",
        "Davies & Bouldin 1979",
    ),
    on_points(
        centroid_separation.xie_beni,
        centroid_separation.xie_beni_of,
        centroid_separation_definitions.xie_beni,
        "lower",
        POSITIVE,
        "k2d",
        "Xie & Beni 1991",
    ),
    on_points(
        centroid_separation.ray_turi,
        centroid_separation.ray_turi_of,
        centroid_separation_definitions.ray_turi,
        "lower",
        POSITIVE,
        "k2d",
        "Ray & Turi 1999",
    ),
    on_points(
        centroid_separation.pbm,
        centroid_separation.pbm_of,
        centroid_separation_definitions.pbm,
        "higher",
        POSITIVE,
        "k2d",
        "Pakhira, Bandyopadhyay & Maulik 2004",
    ),
    on_points(
        centroid_separation.wemmert_gancarski,
        centroid_separation.wemmert_gancarski_of,
        centroid_separation_definitions.wemmert_gancarski,
        "higher",
        (0.0, 1.0),
        "nkd",
        "Wemmert, Gançarski & Korczak 2000",
    ),
)

SCATTER = (
    on_points(
        scatter.trace_wib,
        scatter.trace_wib_of,
        scatter_definitions.trace_wib,
        "higher",
        POSITIVE,
        "nd2",
        "Friedman & Rubin 1967",
    ),
    on_points(
        scatter.det_ratio,
        scatter.det_ratio_of,
        scatter_definitions.det_ratio,
        "higher",
        (1.0, INFINITY),
        "nd2",
        "Friedman & Rubin 1967",
    ),
    on_points(
        scatter.log_det_ratio,
        scatter.log_det_ratio_of,
        scatter_definitions.log_det_ratio,
        "higher",
        POSITIVE,
        "nd2",
        "Scott & Symons 1971",
    ),
    on_points(
        scatter.scott_symons,
        scatter.scott_symons_of,
        scatter_definitions.scott_symons,
        "lower",
        REAL,
        "nd2",
        "Scott & Symons 1971",
        1,
    ),
)

SCATTERING = (
    on_points(
        cdbw.cdbw, cdbw.cdbw_of, cdbw_definitions.cdbw, "higher", POSITIVE, "outlines", "Halkidi & Vazirgiannis 2008"
    ),
    on_points(
        sd_indices.sd_scat,
        sd_indices.sd_scat_of,
        sd_index_definitions.sd_scat,
        "lower",
        POSITIVE,
        "nd",
        "Halkidi et al. 2000, eq. 4",
    ),
    on_points(
        sd_indices.sd_dis,
        sd_indices.sd_dis_of,
        sd_index_definitions.sd_dis,
        "lower",
        POSITIVE,
        "k2d",
        "Halkidi et al. 2000, eq. 5",
    ),
    on_points(
        sd_indices.sd_index,
        sd_indices.sd_index_of,
        sd_index_definitions.sd_index,
        "lower",
        POSITIVE,
        "k2d",
        "Halkidi et al. 2000, eq. 6",
    ),
    on_points(
        sd_indices.s_dbw,
        sd_indices.s_dbw_of,
        sd_index_definitions.s_dbw,
        "lower",
        POSITIVE,
        "midpoints",
        "Halkidi & Vazirgiannis 2001, eq. 1–5",
    ),
)
