from . import axioms
from .arrays.metrics import METRICS, Minkowski
from .declarations import Measure, catalog
from .external import (
    ExternalIndex,
    adjusted_mutual_information,
    adjusted_rand,
    completeness,
    external_catalog,
    fowlkes_mallows,
    homogeneity,
    normalized_mutual_information,
    pair_jaccard,
    purity,
    rand,
    v_measure,
    variation_of_information,
)
from .fuzzy import (
    fuzzy_silhouette,
    fuzzy_xie_beni,
    modified_partition_coefficient,
    partition_coefficient,
    partition_entropy,
)
from .measures.adjusted import (
    adjusted_calinski_harabasz,
    adjusted_davies_bouldin,
    adjusted_silhouette,
    adjusted_xie_beni,
)
from .measures.cdbw import cdbw
from .measures.centroid_distances import pbm, wemmert_gancarski
from .measures.centroid_separation import davies_bouldin, ray_turi, xie_beni
from .measures.characteristics import average_within, separation_index, size_entropy
from .measures.concordance import c_index, g_plus, gamma, tau
from .measures.cubic_clustering import cubic_clustering_criterion
from .measures.dcsi import dcsi
from .measures.density import ClusterDensities, dbcv, profile_densities
from .measures.density_characteristics import density_at_boundaries, neighbor_distance, neighbor_variation
from .measures.disco import disco, sample_disco
from .measures.dispersion import ball_hall, banfield_raftery, trace_cov_w, trace_w
from .measures.gap import GapStatistic, gap_choice, gap_statistic
from .measures.generalized_silhouette import generalized_silhouette, sample_generalized_silhouette
from .measures.hubert import hubert_gamma, normalized_hubert_gamma
from .measures.linkage import density_weighted_gap, weakest_link, widest_gap
from .measures.losses import normalized_loss
from .measures.margins import (
    Bracket,
    BudgetExceeded,
    additive_margin,
    additive_margin_bounds,
    relative_margin,
    relative_margin_bounds,
    sample_relative_margin,
)
from .measures.medoid_silhouette import medoid_silhouette, sample_medoid_silhouette
from .measures.near_neighbours import dunn_owa, wcnn
from .measures.neighbours import connectivity, cvnn, cvnn_compactness, cvnn_separation
from .measures.pair_means import mcclain_rao, point_biserial
from .measures.refinement import frey, hartigan, krzanowski_lai
from .measures.scatter import det_ratio, log_det_ratio, marriott, scott_symons, trace_wib
from .measures.sd_indices import s_dbw, sd_dis, sd_index, sd_scat
from .measures.separation import dunn, generalized_dunn
from .measures.silhouette import (
    macro_silhouette,
    sample_silhouette,
    sample_simplified_silhouette,
    silhouette,
    simplified_silhouette,
)
from .measures.silhouette_bound import sample_silhouette_upper_bound, silhouette_upper_bound
from .measures.split_tests import Beale, DudaHart, beale, duda_hart
from .measures.variance_ratios import calinski_harabasz, log_ss_ratio, ratkowsky_lance, variance_ratio
from .measures.variants import over_pairs
from .measures.viasckde import viasckde
from .reports import plots
from .reports.calibration import Calibration, calibrate
from .reports.comparison import Comparison, compare
from .reports.intervals import Interval, confidence_interval
from .reports.profile import ClusterProfiles, profile_clusters
from .reports.recommendation import Recommendation, recommend
from .reports.report import Report, evaluate
from .reports.reproducibility import ReproducibleK, clustering_instability, prediction_strength
from .reports.scorer import Scorer, scorer
from .reports.selection import Selection, select
from .reports.stability import ClusterStability, cluster_stability

__version__: str

__all__ = [
    "METRICS",
    "Beale",
    "Bracket",
    "BudgetExceeded",
    "Calibration",
    "ClusterDensities",
    "ClusterProfiles",
    "ClusterStability",
    "Comparison",
    "DudaHart",
    "ExternalIndex",
    "GapStatistic",
    "Interval",
    "Measure",
    "Minkowski",
    "Recommendation",
    "Report",
    "ReproducibleK",
    "Scorer",
    "Selection",
    "additive_margin",
    "additive_margin_bounds",
    "adjusted_calinski_harabasz",
    "adjusted_davies_bouldin",
    "adjusted_mutual_information",
    "adjusted_rand",
    "adjusted_silhouette",
    "adjusted_xie_beni",
    "average_within",
    "axioms",
    "ball_hall",
    "banfield_raftery",
    "beale",
    "c_index",
    "calibrate",
    "calinski_harabasz",
    "catalog",
    "cdbw",
    "cluster_stability",
    "clustering_instability",
    "compare",
    "completeness",
    "confidence_interval",
    "connectivity",
    "cubic_clustering_criterion",
    "cvnn",
    "cvnn_compactness",
    "cvnn_separation",
    "davies_bouldin",
    "dbcv",
    "dcsi",
    "density_at_boundaries",
    "density_weighted_gap",
    "det_ratio",
    "disco",
    "duda_hart",
    "dunn",
    "dunn_owa",
    "evaluate",
    "external_catalog",
    "fowlkes_mallows",
    "frey",
    "fuzzy_silhouette",
    "fuzzy_xie_beni",
    "g_plus",
    "gamma",
    "gap_choice",
    "gap_statistic",
    "generalized_dunn",
    "generalized_silhouette",
    "hartigan",
    "homogeneity",
    "hubert_gamma",
    "krzanowski_lai",
    "log_det_ratio",
    "log_ss_ratio",
    "macro_silhouette",
    "marriott",
    "mcclain_rao",
    "medoid_silhouette",
    "modified_partition_coefficient",
    "neighbor_distance",
    "neighbor_variation",
    "normalized_hubert_gamma",
    "normalized_loss",
    "normalized_mutual_information",
    "over_pairs",
    "pair_jaccard",
    "partition_coefficient",
    "partition_entropy",
    "pbm",
    "plots",
    "point_biserial",
    "prediction_strength",
    "profile_clusters",
    "profile_densities",
    "purity",
    "rand",
    "ratkowsky_lance",
    "ray_turi",
    "recommend",
    "relative_margin",
    "relative_margin_bounds",
    "s_dbw",
    "sample_disco",
    "sample_generalized_silhouette",
    "sample_medoid_silhouette",
    "sample_relative_margin",
    "sample_silhouette",
    "sample_silhouette_upper_bound",
    "sample_simplified_silhouette",
    "scorer",
    "scott_symons",
    "sd_dis",
    "sd_index",
    "sd_scat",
    "select",
    "separation_index",
    "silhouette",
    "silhouette_upper_bound",
    "simplified_silhouette",
    "size_entropy",
    "tau",
    "trace_cov_w",
    "trace_w",
    "trace_wib",
    "v_measure",
    "variance_ratio",
    "variation_of_information",
    "viasckde",
    "wcnn",
    "weakest_link",
    "wemmert_gancarski",
    "widest_gap",
    "xie_beni",
]
