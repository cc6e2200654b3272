"""Clustering-quality measures that are axiom-checked."""

from cqm.catalog import Measure, catalog
from cqm.measures.linkage import weakest_link
from cqm.validation import METRICS

__version__ = "0.1.0"

__all__ = ["METRICS", "Measure", "catalog", "weakest_link"]
