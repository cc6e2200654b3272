"""Minimum spanning trees of clusters."""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.sharing import once

__all__ = ["longest_steps"]


@once
def longest_steps(clustering: Clustering) -> NDArray[np.float64]:
    """(k,) longest edge of each cluster's minimum spanning tree; 0 for a singleton."""
    return clustering.points.longest_steps()
