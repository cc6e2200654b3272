"""Clusterings of embeddings: making them, and comparing them with the speakers."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from sv_bridge.embedding import Embeddings
from sv_bridge.scoring import scoring_vectors

__all__ = ["ALGORITHMS", "Agreement", "agreement", "cluster"]

Algorithm = Literal["kmeans", "ahc", "spectral"]
ALGORITHMS: tuple[Algorithm, ...] = ("kmeans", "ahc", "spectral")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well clusters agree with the speakers.

    Attributes
    ----------
    clusters, speakers : how many there are.
    purity : share of utterances that belong to their cluster's most frequent speaker; 1 for singletons too.
    inverse_purity : share of utterances in the cluster where their speaker is most often; 1 for one cluster too.
    nmi : normalised mutual information, in [0, 1] (arithmetic mean of the entropies).
    ari : adjusted Rand index (Hubert & Arabie 1985): 0 for chance, 1 for equality.
    confusion_error : share of utterances outside the best one-to-one matching of clusters and speakers: the speaker
        confusion part of the diarisation error rate, with utterances for seconds.
    """

    clusters: int
    speakers: int
    purity: float
    inverse_purity: float
    nmi: float
    ari: float
    confusion_error: float

    def to_dict(self) -> dict[str, Any]:
        """Attribute name → value."""
        return asdict(self)


def agreement(clusters: ArrayLike, speakers: ArrayLike, *, weights: ArrayLike | None = None) -> Agreement:
    """Compare clusters with speakers.

    Parameters
    ----------
    clusters, speakers : (n,) labels.
    weights : (n,) seconds of each utterance, for purities and the confusion error; utterances count alike without.

    Examples
    --------
    >>> result = agreement([0, 0, 0, 1], ["a", "a", "b", "b"])
    >>> result.purity, result.confusion_error
    (0.75, 0.25)
    """
    found, truth = np.asarray(clusters), np.asarray(speakers)
    if found.ndim != 1 or found.shape != truth.shape or len(found) == 0:
        raise ValueError(f"wanted one cluster an utterance, got {found.shape} clusters for {truth.shape} speakers")
    table = contingency_matrix(truth, found).astype(np.float64)  # (speakers, clusters)
    if weights is not None:
        rows = np.unique(truth, return_inverse=True)[1], np.unique(found, return_inverse=True)[1]
        table = np.zeros(table.shape)
        np.add.at(table, rows, np.asarray(weights, dtype=np.float64))
    matched = table[linear_sum_assignment(table, maximize=True)].sum()
    return Agreement(
        clusters=table.shape[1],
        speakers=table.shape[0],
        purity=float(table.max(axis=0).sum() / table.sum()),
        inverse_purity=float(table.max(axis=1).sum() / table.sum()),
        nmi=float(normalized_mutual_info_score(truth, found)),
        ari=float(adjusted_rand_score(truth, found)),
        confusion_error=float(1 - matched / table.sum()),
    )


def cluster(embeddings: Embeddings, algorithm: Algorithm, k: int, *, seed: int = 0) -> NDArray[np.intp]:
    """(n,) clusters of the unit embeddings.

    Parameters
    ----------
    embeddings : several crops of an utterance count as their mean.
    algorithm : "kmeans" (spherical in effect: unit vectors), "ahc" (agglomerative, average cosine distance) or
        "spectral" (Ng, Jordan & Weiss 2002: e^(−‖x − y‖² / 2σ²) with σ the median distance). "ahc" and "spectral"
        hold all pairs in memory.
    k : number of clusters.
    seed : of k-means and of the spectral embedding.
    """
    vectors = scoring_vectors(embeddings.vectors)
    if not 1 <= k <= len(vectors):
        raise ValueError(f"wanted 1 to {len(vectors)} clusters of {len(vectors)} utterances, got {k}")
    if algorithm == "kmeans":
        labels = KMeans(k, n_init=10, random_state=seed).fit_predict(vectors)
    elif algorithm == "ahc":
        labels = AgglomerativeClustering(k, metric="cosine", linkage="average").fit_predict(vectors)
    elif algorithm == "spectral":
        squared = np.maximum(2 - 2 * vectors @ vectors.T, 0)
        affinity = np.exp(-squared / (2 * np.median(squared)))
        labels = SpectralClustering(k, affinity="precomputed", random_state=seed).fit_predict(affinity)
    else:
        raise ValueError(f"`algorithm` must be one of {', '.join(ALGORITHMS)}, got {algorithm!r}")
    return np.asarray(labels, dtype=np.intp)
