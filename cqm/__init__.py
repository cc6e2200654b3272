"""Clustering-quality measures that are axiom-checked."""

from cqm.catalog import Measure, catalog
from cqm.measures.linkage import weakest_link
from cqm.measures.silhouette import (
    sample_silhouette,
    sample_simplified_silhouette,
    silhouette,
    simplified_silhouette,
)
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
    "catalog",
    "compare",
    "evaluate",
    "profile_clusters",
    "sample_silhouette",
    "sample_simplified_silhouette",
    "scorer",
    "select",
    "silhouette",
    "simplified_silhouette",
    "weakest_link",
]
