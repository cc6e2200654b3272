"""Well-scattered points of each cluster, and the points around them and between clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.clustering import Clustering
from cqm.arrays.dtypes import FloatArray
from cqm.arrays.host.tiles import between
from cqm.geometry.centroids import Dispersion
from cqm.geometry.counts import BORDER

__all__ = ["Representatives", "areas_between", "representatives", "shares_around"]


@dataclass(frozen=True, slots=True, eq=False)
class Representatives:
    """Points that outline the clusters.

    Attributes
    ----------
    points : (r, d) coordinates relative to the dispersion's origin, cluster by cluster.
    starts : (k + 1,) first representative of each cluster, and r.
    """

    points: FloatArray
    starts: NDArray[np.intp]

    def of(self, i: int) -> FloatArray:
        """Those of cluster i."""
        return self.points[self.starts[i] : self.starts[i + 1]]


def representatives(clustering: Clustering, spread: Dispersion, count: int) -> Representatives:
    """Up to `count` points a cluster by farthest-first traversal from the centroid.

    Distances that differ by rounding are ties, and of tied points the one with the largest coordinates is taken.
    """
    around = zip(clustering.vectors(), spread.centroids, strict=True)
    chosen = [_outline(points - spread.origin, centroid, count) for points, centroid in around]
    starts = np.concatenate([[0], np.cumsum([len(points) for points in chosen])])
    return Representatives(np.vstack(chosen), starts.astype(np.intp))


def shares_around(
    clustering: Clustering, spread: Dispersion, outline: Representatives, shrinking: FloatArray, radius: float
) -> FloatArray:
    """(shrinking factors,) mean over clusters of the share of its points near its shrunken representatives."""
    shares = np.zeros(len(shrinking))
    for i, points in enumerate(clustering.vectors()):
        border = outline.of(i)
        shrunken = border + shrinking[:, None, None] * (spread.centroids[i] - border)  # (s, representatives, d)
        lengths = between(points - spread.origin, shrunken.reshape(-1, border.shape[1]))
        weights = None if clustering.weights is None else clustering.weights[clustering.cluster(i)]
        shares += np.average(_inside(lengths, radius), axis=0, weights=weights).reshape(len(shrinking), -1).mean(axis=1)
    return shares / clustering.k


def areas_between(
    clustering: Clustering, spread: Dispersion, outline: Representatives, radii: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What lies between the mutually closest representatives of two clusters.

    Parameters
    ----------
    radii : (k,) radius of each cluster; the radius of a pair is the mean of both.

    Returns
    -------
    (k, k) mean lengths of the closest pairs, and (k, k) means of length times the number of points of cluster i within
    the pair's radius of the middle.
    """
    k = clustering.k
    lengths, crowds = np.zeros((k, k)), np.zeros((k, k))
    owners = np.repeat(np.arange(k), np.diff(outline.starts))
    for i, points in enumerate(clustering.vectors()):
        border = outline.of(i)
        gaps = between(border, outline.points)  # (own representatives, all representatives)
        nearest_there = np.minimum.reduceat(gaps, outline.starts[:-1], axis=1)[:, owners]
        own, other = np.nonzero(gaps <= np.minimum(nearest_there, gaps.min(axis=0)) * (1 + BORDER))
        pairs = np.maximum(np.bincount(owners[other], minlength=k), 1)
        gap = gaps[own, other]
        near = between(points - spread.origin, (border[own] + outline.points[other]) / 2)
        inside = _inside(near, (radii[i] + radii[owners[other]]) / 2)
        count = inside.sum(axis=0) if clustering.weights is None else clustering.weights[clustering.cluster(i)] @ inside
        lengths[i] = np.bincount(owners[other], gap, minlength=k) / pairs
        crowds[i] = np.bincount(owners[other], gap * count, minlength=k) / pairs
    return lengths, crowds


def _outline(points: FloatArray, center: FloatArray, count: int) -> FloatArray:
    reach = ((points - center) ** 2).sum(axis=1)
    chosen = [_farthest(points, reach)]
    reach = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count and reach.any():
        chosen.append(_farthest(points, reach))
        np.minimum(reach, ((points - points[chosen[-1]]) ** 2).sum(axis=1), out=reach)
    return points[chosen]


def _farthest(points: FloatArray, reach: FloatArray) -> int:
    tied = np.flatnonzero(reach >= reach.max() * (1 - 2 * BORDER))
    return int(max(tied, key=lambda x: tuple(points[x])))


def _inside(lengths: FloatArray, radius: float | FloatArray) -> NDArray[np.bool_]:
    """Whether distances are positive and smaller than `radius`, up to rounding."""
    return (lengths > radius * BORDER) & (lengths < radius * (1 - BORDER))
