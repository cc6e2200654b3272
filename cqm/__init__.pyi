from .arrays.intake import METRICS
from .catalogue import Measure, catalog
from .measures.cdbw import cdbw
from .measures.centroid_separation import davies_bouldin, pbm, ray_turi, wemmert_gancarski, xie_beni
from .measures.concordance import c_index, g_plus, gamma, tau
from .measures.density import ClusterDensities, dbcv, profile_densities
from .measures.dispersion import (
    ball_hall,
    banfield_raftery,
    calinski_harabasz,
    log_ss_ratio,
    ratkowsky_lance,
    trace_w,
    variance_ratio,
)
from .measures.gap import GapStatistic, gap_choice, gap_statistic
from .measures.linkage import weakest_link
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
from .measures.neighbours import connectivity, cvnn, cvnn_compactness, cvnn_separation
from .measures.pair_means import mcclain_rao, point_biserial
from .measures.refinement import DudaHart, duda_hart, hartigan, krzanowski_lai
from .measures.scatter import det_ratio, log_det_ratio, scott_symons, trace_wib
from .measures.scattering import s_dbw, sd_dis, sd_index, sd_scat
from .measures.separation import dunn, generalized_dunn
from .measures.silhouette import sample_silhouette, sample_simplified_silhouette, silhouette, simplified_silhouette
from .measures.variants import over_pairs
from .reports import plots
from .reports.profile import ClusterProfiles, profile_clusters
from .reports.report import Comparison, Report, compare, evaluate
from .reports.selection import Selection, scorer, select

__version__: str

__all__ = [
    "METRICS",
    "Bracket",
    "BudgetExceeded",
    "ClusterDensities",
    "ClusterProfiles",
    "Comparison",
    "DudaHart",
    "GapStatistic",
    "Measure",
    "Report",
    "Selection",
    "additive_margin",
    "additive_margin_bounds",
    "ball_hall",
    "banfield_raftery",
    "c_index",
    "calinski_harabasz",
    "catalog",
    "cdbw",
    "compare",
    "connectivity",
    "cvnn",
    "cvnn_compactness",
    "cvnn_separation",
    "davies_bouldin",
    "dbcv",
    "det_ratio",
    "duda_hart",
    "dunn",
    "evaluate",
    "g_plus",
    "gamma",
    "gap_choice",
    "gap_statistic",
    "generalized_dunn",
    "hartigan",
    "krzanowski_lai",
    "log_det_ratio",
    "log_ss_ratio",
    "mcclain_rao",
    "normalized_loss",
    "over_pairs",
    "pbm",
    "plots",
    "point_biserial",
    "profile_clusters",
    "profile_densities",
    "ratkowsky_lance",
    "ray_turi",
    "relative_margin",
    "relative_margin_bounds",
    "s_dbw",
    "sample_relative_margin",
    "sample_silhouette",
    "sample_simplified_silhouette",
    "scorer",
    "scott_symons",
    "sd_dis",
    "sd_index",
    "sd_scat",
    "select",
    "silhouette",
    "simplified_silhouette",
    "tau",
    "trace_w",
    "trace_wib",
    "variance_ratio",
    "weakest_link",
    "wemmert_gancarski",
    "xie_beni",
]
