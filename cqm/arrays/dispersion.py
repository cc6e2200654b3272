"""Centroids and what lies around them, as every engine finds them."""

from dataclasses import dataclass

import numpy as np

from cqm.arrays.dtypes import FloatArray

__all__ = ["Dispersion"]


@dataclass(frozen=True, slots=True, eq=False)
class Dispersion:
    """Sums over the points of each cluster.

    Attributes
    ----------
    anchors : (k, d) first points of the clusters; the first of all is the origin.
    centroids : (k, d) means of the clusters, relative to the origin.
    center : (d,) mean of all points, relative to the origin.
    offsets : (k, d) means of the clusters, relative to the first point of each.
    squares : (k, d) sums of squared deviations from the cluster's centroid, in each variable.
    lengths : (k,) sums of Euclidean distances to the cluster's centroid.
    sizes : (k,) numbers of points: sums of their weights, where they have any, as all sums here are.
    """

    anchors: FloatArray
    centroids: FloatArray
    center: FloatArray
    offsets: FloatArray
    squares: FloatArray
    lengths: FloatArray
    sizes: FloatArray

    @classmethod
    def of(
        cls,
        anchors: FloatArray,
        offsets: FloatArray,
        squares: FloatArray,
        lengths: FloatArray,
        sizes: FloatArray,
    ) -> "Dispersion":
        """Of the clusters' first points and the sums around them."""
        centroids = (anchors - anchors[0]) + offsets
        return cls(anchors, centroids, sizes @ centroids / sizes.sum(), offsets, squares, lengths, sizes)

    @property
    def origin(self) -> FloatArray:
        """(d,) the point of the data that `centroids` and `center` are relative to."""
        return self.anchors[0]

    @property
    def within(self) -> FloatArray:
        """(d,) sums of squares within clusters, in each variable: the diagonal of W."""
        return np.asarray(self.squares.sum(axis=0))

    @property
    def between(self) -> FloatArray:
        """(d,) sums of squares between clusters, in each variable: the diagonal of B = T − W."""
        return np.asarray(self.sizes @ (self.centroids - self.center) ** 2)
