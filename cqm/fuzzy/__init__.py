"""Indices of fuzzy clusterings: every point belongs to each cluster to a degree, its membership."""

from cqm.fuzzy.partition import modified_partition_coefficient, partition_coefficient, partition_entropy
from cqm.fuzzy.silhouette import fuzzy_silhouette
from cqm.fuzzy.xie_beni import fuzzy_xie_beni

__all__ = [
    "fuzzy_silhouette",
    "fuzzy_xie_beni",
    "modified_partition_coefficient",
    "partition_coefficient",
    "partition_entropy",
]
