"""Speakers found without a label: clusters of embeddings, how many of them, and which utterances to trust.

Every decision is one of cqm's measures; no speaker's name is read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans

import cqm
from cqm.reports.choice import bend
from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.scoring import scoring_vectors
from sv_bridge.verification.transforms import whiten_themselves

__all__ = ["CLUSTERERS", "Clusterer", "PseudoSpeakers", "cuts", "find_pseudo_speakers", "numbers_to_try"]

Clusterer = Literal["ahc", "kmeans"]
CLUSTERERS: tuple[Clusterer, ...] = get_args(Clusterer)
UNTRUSTED = -1
"""Label of utterances that belong to no pseudo-speaker."""

SHRINKAGE = 0.1
"""Of the whitening under which clusters are measured: enough to keep the least directions from being all noise."""

Labels = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PseudoSpeakers:
    """Clusters of utterances that stand for speakers.

    Attributes
    ----------
    labels : (n,) pseudo-speaker of each utterance, from 0; −1 where it is not to be trusted.
    clusters : number of clusters that was chosen, before any was dropped.
    measure : name of the measure that chose.
    values : number of clusters → the measure's value; all that were tried.
    """

    labels: Labels
    clusters: int
    measure: str
    values: Mapping[int, float]

    @property
    def speakers(self) -> int:
        """Number of pseudo-speakers that are left."""
        return int(self.labels.max(initial=UNTRUSTED)) + 1

    @property
    def kept(self) -> float:
        """Share of the utterances that belong to one."""
        return float(np.mean(self.labels != UNTRUSTED))

    @property
    def value(self) -> float:
        """The measure's value at the chosen number of clusters."""
        return self.values[self.clusters]


def numbers_to_try(utterances: int, *, steps: int = 28) -> tuple[int, ...]:
    """Numbers of clusters from 2 to a third of the utterances, each about the same factor above the last.

    >>> numbers_to_try(60, steps=4)
    (2, 4, 9, 20)
    """
    most = max(2, utterances // 3)
    return tuple(sorted({int(k) for k in np.geomspace(2, most, steps).round()}))


def find_pseudo_speakers(
    embeddings: Embeddings,
    *,
    clusterer: Clusterer = "ahc",
    numbers: Iterable[int] | None = None,
    measure: str = "silhouette",
    trusted: float = 0.0,
    least_utterances: int = 3,
    seed: int = 0,
) -> PseudoSpeakers:
    """Cluster utterances, choose the number of clusters by a measure, and drop what does not belong.

    Unit vectors are clustered as they are, and measured whitened: whitened, the few directions in which all differ most
    (children and adults, one collection and another) no longer outweigh the many that tell people apart. The number is
    where the measure's curve is highest above the straight line between its ends, since many measures climb or fall
    with the number, whatever the clusters; of a curve that is nowhere above it, the best value.

    Parameters
    ----------
    embeddings : several crops of an utterance count as their mean; `speakers` is not read.
    clusterer : "ahc" (Ward's linkage of unit vectors, all pairs in memory) or "kmeans" (of unit vectors).
    numbers : numbers of clusters to try; `numbers_to_try` if not given.
    measure : name of a measure of `cqm.catalog`, under cosine distance.
    trusted : utterances with a smaller silhouette are dropped; −1 keeps all.
    least_utterances : clusters that are left with fewer are dropped.
    seed : of k-means.

    Raises
    ------
    KeyError
        No measure has this name.
    ValueError
        Nothing to cluster, or no cluster is left.
    """
    vectors = scoring_vectors(embeddings.vectors)
    measured = scoring_vectors(whiten_themselves(embeddings, shrinkage=SHRINKAGE).vectors)
    entry = cqm.catalog[measure]
    tried = sorted(set(numbers_to_try(len(vectors)) if numbers is None else numbers))
    if not tried or tried[0] < 2 or tried[-1] >= len(vectors):
        raise ValueError(f"wanted numbers of clusters from 2 to {len(vectors) - 1}, got {tried or 'none'}")
    cut = cuts(vectors, clusterer, seed=seed)
    found = {k: cut(k) for k in tried}
    values = {k: entry.function(measured, labels, metric="cosine") for k, labels in found.items()}
    at = bend(tried, list(values.values()), entry.better, logarithmic=entry.across_k.logarithmic)
    best = max(tried, key=lambda k: (entry.oriented(values[k]), -k)) if at is None else tried[at]
    labels = _trusted(measured, found[best], trusted, least_utterances)
    if labels.max() < 1:
        raise ValueError(
            f"of {best} clusters fewer than two are left with {least_utterances} utterances of silhouette {trusted:g}: "
            "lower `trusted` or `least_utterances`"
        )
    return PseudoSpeakers(labels, best, measure, values)


def cuts(vectors: NDArray[np.floating], clusterer: Clusterer = "ahc", *, seed: int = 0) -> Callable[[int], Labels]:
    """K → (n,) labels of unit vectors, as `find_pseudo_speakers` clusters them; Ward's tree is built once."""
    if clusterer == "ahc":
        tree = linkage(vectors, method="ward")
        return lambda k: np.asarray(fcluster(tree, k, criterion="maxclust"), dtype=np.intp)
    if clusterer == "kmeans":
        return lambda k: np.asarray(KMeans(k, n_init=3, random_state=seed).fit_predict(vectors), dtype=np.intp)
    raise ValueError(f"`clusterer` must be one of {', '.join(CLUSTERERS)}, got {clusterer!r}")


def _trusted(measured: NDArray[np.floating], labels: Labels, least: float, least_utterances: int) -> Labels:
    """Labels from 0, −1 for utterances of too small a silhouette and for clusters left with too few."""
    silhouettes = cqm.sample_silhouette(measured, labels, metric="cosine")
    kept = np.where(silhouettes >= least, labels, UNTRUSTED)
    names, counts = np.unique(kept[kept != UNTRUSTED], return_counts=True)
    large = names[counts >= least_utterances]
    numbers = np.searchsorted(large, kept)
    return np.where(np.isin(kept, large), numbers, UNTRUSTED)
