"""Clustering-quality measures that are axiom-checked."""

from cqm.catalog import Measure, catalog
from cqm.measures.linkage import weakest_link
from cqm.measures.silhouette import (
    sample_silhouette,
    sample_simplified_silhouette,
    silhouette,
    simplified_silhouette,
)
from cqm.validation import METRICS

__version__ = "0.1.0"

__all__ = [
    "METRICS",
    "Measure",
    "catalog",
    "sample_silhouette",
    "sample_simplified_silhouette",
    "silhouette",
    "simplified_silhouette",
    "weakest_link",
]
