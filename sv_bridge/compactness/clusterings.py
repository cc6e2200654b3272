"""Clusterings of embeddings: making them, and comparing them with the speakers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["ALGORITHMS", "Agreement", "agreement", "cluster", "is_noise", "named_clusterings", "read_clustering"]

Algorithm = Literal["kmeans", "ahc", "spectral"]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well clusters agree with the speakers.

    Attributes
    ----------
    clusters, speakers : how many there are, noise not counted.
    noise : share of utterances that are in no cluster (label −1).
    purity : share of utterances that belong to their cluster's most frequent speaker; 1 for singletons too.
    inverse_purity : share of utterances in the cluster where their speaker is most often; 1 for one cluster too.
    nmi : normalised mutual information, in [0, 1] (arithmetic mean of the entropies).
    ari : adjusted Rand index (Hubert & Arabie 1985): 0 for chance, 1 for equality.
    confusion_error : share of all utterances, noise too, outside the best one-to-one matching of clusters and
        speakers: the speaker confusion part of the diarisation error rate, with utterances for seconds.
    """

    clusters: int
    speakers: int
    noise: float
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

    Purities, NMI and ARI are those of the utterances that are in a cluster.

    Parameters
    ----------
    clusters, speakers : (n,) labels; the cluster −1 is noise.
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
    seconds = np.ones(len(found)) if weights is None else np.asarray(weights, dtype=np.float64)
    total, clustered = seconds.sum(), ~is_noise(found)
    found, truth, seconds = found[clustered], truth[clustered], seconds[clustered]
    if len(found) == 0:
        raise ValueError("all utterances are noise (-1): there is no cluster to compare with the speakers")
    speaker_names, rows = np.unique(truth, return_inverse=True)
    cluster_names, columns = np.unique(found, return_inverse=True)
    table = np.zeros((len(speaker_names), len(cluster_names)))  # seconds of speaker in cluster
    np.add.at(table, (rows, columns), seconds)
    matched = table[linear_sum_assignment(table, maximize=True)].sum()
    return Agreement(
        clusters=table.shape[1],
        speakers=table.shape[0],
        noise=float(1 - seconds.sum() / total),
        purity=float(table.max(axis=0).sum() / table.sum()),
        inverse_purity=float(table.max(axis=1).sum() / table.sum()),
        nmi=float(normalized_mutual_info_score(truth, found)),
        ari=float(adjusted_rand_score(truth, found)),
        confusion_error=float(1 - matched / total),
    )


def is_noise(labels: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether a label is −1, as a number or as text: what density-based algorithms call noise."""
    return np.array([label in (-1, "-1", -1.0) for label in np.asarray(labels).tolist()], dtype=np.bool_)


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


def named_clusterings(
    embeddings: Embeddings, names: Sequence[str], *, k: int | None = None, seed: int = 0
) -> dict[str, NDArray[Any]]:
    """Clusterings by name: an algorithm with k clusters (by default one a speaker), or a file of labels."""
    k = len(np.unique(embeddings.speakers)) if k is None else k
    found: dict[str, NDArray[Any]] = {}
    for name in names:
        if name in ALGORITHMS:
            found[name] = cluster(embeddings, name, k, seed=seed)
        elif Path(name).is_file():
            found[Path(name).name] = read_clustering(name, embeddings)
        else:
            raise ValueError(f"{name!r} is neither one of {', '.join(ALGORITHMS)} nor a file of labels")
    return found


def read_clustering(path: Path | str, embeddings: Embeddings) -> NDArray[np.str_]:
    """(n,) labels from a text file: `utterance label` a line in any order, or one label a line in the order of rows.

    Raises
    ------
    ValueError
        Lines of another form, utterances without a label, or another number of labels than embeddings.
    """
    rows = [line.split() for line in Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    if all(len(row) == 1 for row in rows):
        if len(rows) != len(embeddings):
            raise ValueError(f"{path} has {len(rows)} labels but there are {len(embeddings)} embeddings")
        return np.array([row[0] for row in rows])
    if bad := next((row for row in rows if len(row) != 2), None):
        raise ValueError(f"{path}: wanted `utterance label` lines, got {' '.join(bad)[:80]!r}")
    label = dict(rows)
    missing = [name for name in embeddings.ids.tolist() if name not in label]
    if missing:
        raise ValueError(f"{path} lacks {len(missing)} of {len(embeddings)} utterances, first {missing[0]!r}")
    return np.array([label[name] for name in embeddings.ids.tolist()])
