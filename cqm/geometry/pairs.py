"""How many pairs there are."""

from cqm.arrays.clustering import Groups

__all__ = ["numbers_of_pairs"]


def numbers_of_pairs(groups: Groups) -> tuple[int, int]:
    """Count the pairs inside clusters, and across clusters."""
    sizes = groups.sizes
    within = int((sizes * (sizes - 1)).sum()) // 2
    return within, groups.n * (groups.n - 1) // 2 - within
