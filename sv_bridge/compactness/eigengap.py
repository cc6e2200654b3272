"""Spectral clustering of a recording's embeddings, with the number of speakers read off a gap of eigenvalues."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["Eigengap", "eigengap", "neighbour_graph", "spectral_clusters", "spectral_space"]

FloatArray = NDArray[np.float64]
MOST_NEIGHBOURS = 0.25
"""Share of all embeddings that are tried as neighbours of one."""
TRIED = 30
"""Numbers of neighbours that are tried, at equal steps."""


@dataclass(frozen=True, slots=True)
class Eigengap:
    """What the normalised maximum eigengap says.

    Attributes
    ----------
    clusters : number of speakers.
    neighbours : how many each embedding is joined to.
    ratios : neighbours → neighbours over the normalised gap; the smallest one decides.
    """

    clusters: int
    neighbours: int
    ratios: dict[int, float]


def eigengap(vectors: NDArray[np.floating], *, most: int = 10) -> Eigengap:
    """Number of neighbours p and of clusters by the normalised maximum eigengap (NME-SC).

    For each p the graph joins every embedding to the p of the largest cosine; g(p) is the largest gap among the first
    `most` + 1 eigenvalues of its Laplacian over the largest eigenvalue. The p of the smallest p / g(p) is taken, and as
    many clusters as there are eigenvalues below its gap. All pairs are held in memory.

    Parameters
    ----------
    vectors : (n, dim) embeddings.
    most : clusters at most.

    References
    ----------
    T. J. Park, K. J. Han, M. Kumar and S. Narayanan, "Auto-tuning spectral clustering for speaker diarization using
    normalized maximum eigengap", IEEE Signal Processing Letters 27, 2020.

    Examples
    --------
    >>> eigengap(np.repeat(np.eye(3), 8, axis=0) + 0.01 * np.random.default_rng(0).normal(size=(24, 3))).clusters
    3
    """
    cosines = _cosines(vectors)
    largest = max(2, int(MOST_NEIGHBOURS * len(cosines)))
    ratios: dict[int, float] = {}
    clusters: dict[int, int] = {}
    for p in sorted({int(p) for p in np.linspace(2, largest, TRIED).round()}):
        values = np.linalg.eigvalsh(_laplacian(neighbour_graph(cosines, p)))
        gaps = np.diff(values[: most + 1])
        clusters[p] = int(gaps.argmax()) + 1
        normalised = gaps.max() / (values[-1] + 1e-10)
        ratios[p] = float(p / normalised) if normalised > 0 else float("inf")
    best = min(ratios, key=lambda p: (ratios[p], p))
    return Eigengap(clusters[best], best, ratios)


def spectral_space(vectors: NDArray[np.floating], neighbours: int) -> FloatArray:
    """(n, n) eigenvectors of the Laplacian of the graph, those of the smallest eigenvalues first."""
    return np.linalg.eigh(_laplacian(neighbour_graph(_cosines(vectors), neighbours)))[1]


def spectral_clusters(space: FloatArray, clusters: int, *, seed: int = 0) -> NDArray[np.intp]:
    """(n,) clusters by k-means of the first `clusters` columns of a `spectral_space`."""
    return np.asarray(KMeans(clusters, n_init=10, random_state=seed).fit_predict(space[:, :clusters]), dtype=np.intp)


def neighbour_graph(cosines: FloatArray, neighbours: int) -> FloatArray:
    """(n, n) weights: 1 where two have each other among their `neighbours` largest cosines, ½ where one has."""
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :neighbours]
    joined = np.zeros_like(cosines)
    np.put_along_axis(joined, nearest, 1.0, axis=1)
    return (joined + joined.T) / 2


def _cosines(vectors: NDArray[np.floating]) -> FloatArray:
    directions = scoring_vectors(vectors)
    return directions @ directions.T


def _laplacian(weights: FloatArray) -> FloatArray:
    weights = weights - np.diag(np.diag(weights))
    return np.diag(weights.sum(axis=1)) - weights
