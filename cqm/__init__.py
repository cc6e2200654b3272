"""Clustering-quality measures that are axiom-checked."""

from cqm.catalog import Measure, catalog
from cqm.measures.concordance import c_index, g_plus, gamma, tau
from cqm.measures.linkage import weakest_link
from cqm.measures.pair_means import mcclain_rao, point_biserial
from cqm.measures.separation import dunn, generalized_dunn
from cqm.measures.silhouette import sample_silhouette, sample_simplified_silhouette, silhouette, simplified_silhouette
from cqm.profile import ClusterProfiles, profile_clusters
from cqm.report import Comparison, Report, compare, evaluate
from cqm.selection import Selection, scorer, select
from cqm.validation import METRICS

__version__ = "0.1.0"

__all__ = [
    "METRICS",
    "ClusterProfiles",
    "Comparison",
    "Measure",
    "Report",
    "Selection",
    "c_index",
    "catalog",
    "compare",
    "dunn",
    "evaluate",
    "g_plus",
    "gamma",
    "generalized_dunn",
    "mcclain_rao",
    "point_biserial",
    "profile_clusters",
    "sample_silhouette",
    "sample_simplified_silhouette",
    "scorer",
    "select",
    "silhouette",
    "simplified_silhouette",
    "tau",
    "weakest_link",
]
