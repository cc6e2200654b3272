"""Cluster centroids, in the coordinates of the data."""

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.intake import Clustering
from cqm.geometry.dispersion import dispersion

__all__ = ["centroids"]


def centroids(clustering: Clustering) -> NDArray[np.float64]:
    """(k, d) means of the clusters."""
    spread = dispersion(clustering)
    return spread.centroids + spread.origin
