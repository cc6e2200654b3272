"""How many speakers a recording has, and which embedding is whose: by a measure, a threshold or an eigengap."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

import cqm
from sv_bridge.compactness.eigengap import eigengap, spectral_clusters, spectral_space
from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["CLUSTERERS", "Clusterer", "SpeakerCount", "check_choice", "count_speakers"]

Clusterer = Literal["ahc", "spectral"]
CLUSTERERS: tuple[Clusterer, ...] = get_args(Clusterer)
AUTO, EIGENGAP, THRESHOLD = "auto", "nme-sc", "threshold"
LONG = 60
"""Embeddings from which "auto" is NME-SC: with so many it counts best, with half as many it finds far too many speakers
(docs/diarisation.md). Windows 0.75 s apart are that many in 45 s of speech."""
STRUCTURE = 0.25
"""Mean silhouettes up to this are no structure (Kaufman & Rousseeuw, "Finding groups in data", 1990): one speaker."""

Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class SpeakerCount:
    """Clusters of a recording's embeddings.

    Attributes
    ----------
    labels : (n,) cluster of each embedding, from 0, in the order in which they begin.
    speakers : how many clusters.
    by : what chose the number: a measure, "nme-sc", "threshold" or "given".
    values : number of clusters → the measure's value; of "nme-sc", number of neighbours → its ratio.
    threshold : for "ahc", a cosine between that of the last two clusters that were joined and of the next two that are
        not; the clusters are those of this threshold. NaN for one cluster of one embedding, and for "spectral".
    neighbours : of "spectral", how many each embedding is joined to.
    """

    labels: Labels = field(repr=False)
    speakers: int
    by: str
    values: Mapping[int, float] = field(default_factory=dict)
    threshold: float = float("nan")
    neighbours: int | None = None


def count_speakers(
    vectors: NDArray[np.floating],
    *,
    by: str = AUTO,
    clusterer: Clusterer | None = None,
    speakers: int | None = None,
    threshold: float | None = None,
    most: int = 10,
    structure: float = STRUCTURE,
    seed: int = 0,
) -> SpeakerCount:
    """Cluster a recording's embeddings into speakers.

    Parameters
    ----------
    vectors : (n, dim) embeddings of segments.
    by : what chooses the number of speakers. A measure of `cqm.catalog`, under cosine distance, among 2 … `most`
        clusters; "nme-sc", see `sv_bridge.compactness.eigengap`, for spectral clustering; "threshold" for agglomerative
        clustering. "auto": NME-SC for 60 embeddings or more, the silhouette for fewer or another clusterer.
    clusterer : "ahc" (agglomerative, average cosine distance) or "spectral" (of the graph that NME-SC chooses);
        without, "spectral" for NME-SC, else "ahc".
    speakers : how many there are, where that is known.
    threshold : least average cosine of clusters that are joined, for "threshold". A measure takes it to tell one
        speaker from two: where even the last two clusters are as alike as that, there is one. NME-SC has no use for it.
    most : speakers at most.
    structure : silhouettes up to this mean one speaker. Scale-free as measures are, a few alike embeddings of one
        speaker can have more: `threshold` knows better, and other measures than the silhouette have nothing else.
    seed : of k-means.

    Raises
    ------
    ValueError
        No measure has this name, settings that do not go together, or no embeddings.

    Examples
    --------
    >>> voices = np.repeat(np.eye(3), 5, axis=0) + 0.05 * np.random.default_rng(0).normal(size=(15, 3))
    >>> found = count_speakers(voices)
    >>> found.speakers, found.labels.tolist()
    (3, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    """
    directions = scoring_vectors(vectors)
    n = len(directions)
    if n == 0 or most < 1 or (speakers is not None and not 1 <= speakers <= n):
        raise ValueError(f"wanted 1 to {n} speakers of {n} embeddings, got {most if speakers is None else speakers}")
    check_choice(by, clusterer, threshold)
    if by == AUTO:
        by = EIGENGAP if n >= LONG and clusterer != "ahc" else "silhouette"
    clusterer = clusterer or ("spectral" if by == EIGENGAP else "ahc")
    given = "given" if speakers is not None else by
    if n == 1:
        return SpeakerCount(np.zeros(1, dtype=np.intp), 1, given)
    tree = cache(lambda: linkage(directions, method="average", metric="cosine"))
    if n < 3 and by != THRESHOLD:  # too few to be told apart
        return _of_number(tree(), given, speakers or 1)
    if clusterer == "ahc" and speakers is not None:
        return _of_number(tree(), given, speakers)
    if threshold is not None and by == THRESHOLD:
        return _of_threshold(tree(), threshold)
    gap = eigengap(directions, most=min(most, n - 1)) if clusterer == "spectral" else None
    neighbours = None if gap is None else gap.neighbours
    space = None if neighbours is None else spectral_space(directions, neighbours, dimensions=max(most, speakers or 1))

    def cut(k: int) -> Labels:
        """Clusters of each embedding, k of them."""
        return _cut(tree(), k) if space is None else spectral_clusters(space, k, seed=seed)

    if gap is not None and (speakers is not None or by == EIGENGAP):
        k = gap.clusters if speakers is None else speakers
        return SpeakerCount(_ordered(cut(k)), k, given, gap.ratios, neighbours=neighbours)
    found = {k: cut(k) for k in range(2, min(most, n - 1) + 1)}
    measure = cqm.catalog[by]
    values = {k: measure.function(directions, labels, metric="cosine") for k, labels in found.items()}
    k = max(values, key=lambda k: (measure.oriented(values[k]), -k)) if values else 1
    if values and (
        (by == "silhouette" and values[k] <= structure)
        or (threshold is not None and tree()[-1, 2] <= 1 - threshold)  # the last two clusters are as alike
    ):
        k = 1
    if neighbours is None:
        return replace(_of_number(tree(), by, k), values=values)
    return SpeakerCount(_ordered(cut(k)), k, by, values, neighbours=neighbours)


def check_choice(by: str, clusterer: Clusterer | None, threshold: float | None) -> None:
    """Refuse settings of `count_speakers` that do not go together.

    Raises
    ------
    ValueError
        They do not.
    """
    if clusterer not in (None, *CLUSTERERS):
        raise ValueError(f"`clusterer` must be one of {', '.join(CLUSTERERS)}, got {clusterer!r}")
    if by == THRESHOLD and (threshold is None or clusterer == "spectral"):
        raise ValueError(
            "a threshold is for agglomerative clustering, and has to be named: threshold=0.5, clusterer='ahc'"
        )
    if by == EIGENGAP and clusterer == "ahc":
        raise ValueError("nme-sc chooses for spectral clustering: clusterer='spectral'")
    if by not in (AUTO, EIGENGAP, THRESHOLD) and by not in cqm.catalog:
        raise ValueError(
            f"{by!r} is none of {AUTO}, {EIGENGAP} and {THRESHOLD} nor a measure: `cqm measures` lists them"
        )


def _of_number(tree: NDArray[np.float64], by: str, k: int) -> SpeakerCount:
    """Agglomerative clusters, k of them where no two joined at one height, and a threshold that gives them."""
    heights = tree[:, 2]  # cosine distances at which clusters were joined, ascending
    joined = len(heights) + 1 - k
    below = heights[joined - 1] if joined else 0.0
    above = heights[joined] if joined < len(heights) else 2.0
    labels = _ordered(_cut(tree, k))
    return SpeakerCount(labels, len(np.unique(labels)), by, threshold=float(1 - (below + above) / 2))


def _of_threshold(tree: NDArray[np.float64], threshold: float) -> SpeakerCount:
    """Agglomerative clusters that are joined at an average cosine of the threshold or more."""
    k = len(tree) + 1 - int(np.searchsorted(tree[:, 2], 1 - threshold, side="right"))
    return replace(_of_number(tree, THRESHOLD, k), threshold=threshold)


def _cut(tree: NDArray[np.float64], k: int) -> Labels:
    return np.asarray(fcluster(tree, k, criterion="maxclust"), dtype=np.intp)


def _ordered(labels: NDArray[np.integer]) -> Labels:
    """Clusters from 0, in the order in which they begin."""
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[codes]
