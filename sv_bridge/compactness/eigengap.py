"""Spectral clustering of a recording's embeddings, with the number of speakers read off a gap of eigenvalues."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array, diags_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigsh
from sklearn.cluster import KMeans

from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["Eigengap", "eigengap", "neighbour_graph", "spectral_clusters", "spectral_space"]

FloatArray = NDArray[np.float64]
MOST_NEIGHBOURS = 0.25
"""Share of all embeddings that are tried as neighbours of one."""
TRIED = 30
"""Numbers of neighbours that are tried, at equal steps."""
ROUNDING = 1e-12
"""Gaps up to this share of the largest eigenvalue are those of equal eigenvalues."""
LARGE = 256
"""Embeddings up to which all eigenvalues are computed; of more, those that are looked at."""


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
    nearest = _nearest(_cosines(vectors))
    n = len(nearest)
    ratios: dict[int, float] = {}
    clusters: dict[int, int] = {}
    for p in sorted({int(p) for p in np.linspace(2, max(2, int(MOST_NEIGHBOURS * n)), TRIED).round()}):
        smallest, largest = _ends_of_spectrum(_graph(nearest, p), most + 1)
        gaps = np.diff(smallest) / (largest + 1e-10)
        clusters[p] = int(gaps.argmax()) + 1
        ratios[p] = float(p / gaps.max()) if gaps.max() > ROUNDING else float("inf")
    best = min(ratios, key=lambda p: (ratios[p], p))
    return Eigengap(clusters[best], best, ratios)


def spectral_space(vectors: NDArray[np.floating], neighbours: int, *, dimensions: int) -> FloatArray:
    """(n, dimensions) eigenvectors of the Laplacian of the graph, those of the smallest eigenvalues first."""
    weights = neighbour_graph(_cosines(vectors), neighbours)
    return np.asarray(eigh(_laplacian(weights).toarray(), subset_by_index=(0, min(dimensions, len(vectors)) - 1))[1])


def spectral_clusters(space: FloatArray, clusters: int, *, seed: int = 0) -> NDArray[np.intp]:
    """(n,) clusters by k-means of the first `clusters` columns of a `spectral_space`."""
    return np.asarray(KMeans(clusters, n_init=10, random_state=seed).fit_predict(space[:, :clusters]), dtype=np.intp)


def neighbour_graph(cosines: FloatArray, neighbours: int) -> csr_array:
    """(n, n) weights: 1 where two have each other among their `neighbours` largest cosines, ½ where one has."""
    return _graph(_nearest(cosines), neighbours)


def _nearest(cosines: FloatArray) -> NDArray[np.intp]:
    """(n, n) columns by falling cosine."""
    return np.argsort(-cosines, axis=1, kind="stable")


def _graph(nearest: NDArray[np.intp], neighbours: int) -> csr_array:
    n, chosen = len(nearest), nearest[:, :neighbours]
    edges = np.arange(n + 1) * chosen.shape[1]
    joined = csr_array((np.ones(chosen.size), chosen.ravel(), edges), shape=(n, n))
    return csr_array((joined + joined.T) / 2)


def _ends_of_spectrum(weights: csr_array, count: int) -> tuple[FloatArray, float]:
    """The smallest eigenvalues of the Laplacian and its largest one.

    They are those of the parts that nothing joins. So none is missed by Lanczos' method, which large parts are left to
    and which finds a repeated eigenvalue once.
    """
    laplacian = _laplacian(weights)
    parts, part_of = connected_components(weights, directed=False)
    smallest, largest = [], 0.0
    for part in range(parts):
        rows = np.flatnonzero(part_of == part)
        block = laplacian[rows][:, rows]
        if len(rows) <= max(LARGE, 4 * count):
            values = np.linalg.eigvalsh(block.toarray())
            low, high = values[:count], values[-1]
        else:
            start = np.random.default_rng(0).normal(size=len(rows))
            high = eigsh(block, 1, which="LA", v0=start, return_eigenvectors=False)[0]
            flipped = high * eye_array(len(rows), format="csr") - block
            low = high - eigsh(flipped, count, which="LA", v0=start, ncv=max(60, 2 * count), return_eigenvectors=False)
        smallest.append(low)
        largest = max(largest, float(high))
    return np.sort(np.concatenate(smallest))[:count], largest


def _cosines(vectors: NDArray[np.floating]) -> FloatArray:
    directions = scoring_vectors(vectors)
    return directions @ directions.T


def _laplacian(weights: csr_array) -> csr_array:
    without = weights - diags_array(weights.diagonal())
    return csr_array(diags_array(without.sum(axis=1)) - without)
