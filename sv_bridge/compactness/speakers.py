"""Are a model's embeddings compact? Speakers as clusters under cosine distance, measured by cqm."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

import cqm
from cqm.json_files import plain, write_json
from sv_bridge.compactness.clusterings import Agreement, agreement, is_noise
from sv_bridge.compactness.cosines import CosineStatistics, centres, cosine_statistics, uniformity
from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.scoring import scoring_vectors

__all__ = [
    "ClusteringComparison",
    "Compactness",
    "SpeakerRow",
    "compactness",
    "compare_clusterings",
    "summary",
    "whole",
]

Metric = Literal["cosine", "angular"]

PAIRS = 50
EFFORT = 1e11
"""Multiply–adds a single measure may cost in a report: about 20,000 utterances for measures of all pairs."""


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """One speaker.

    Attributes
    ----------
    speaker, utterances : name and number of utterances.
    within : mean cosine of two of the speaker's utterances; NaN for a single one.
    own_centre, lowest_own_centre : mean and lowest cosine of the speaker's utterances to their centre.
    other_centre : mean cosine of the utterances to the nearest other centre, whichever that is for each.
    silhouette : mean silhouette of the utterances, in [−1, 1].
    confused : share of the utterances that are nearer to another speaker's centre.
    nearest, nearest_centre : the speaker with the nearest centre, and the cosine of the two centres.
    """

    speaker: str
    utterances: int
    within: float
    own_centre: float
    lowest_own_centre: float
    other_centre: float
    silhouette: float
    confused: float
    nearest: str
    nearest_centre: float


@dataclass(frozen=True, slots=True)
class Compactness:
    """How compact and how separate the speakers of a set of embeddings are.

    Attributes
    ----------
    utterances, speakers_count : what was measured.
    looked_at, warnings : which speakers these are, in words; and where measuring them flatters the system.
    metric : distance of the clustering-quality measures.
    values : measure → value; every measure of `cqm.catalog` that is feasible, and the margins of centroids
        (cosine: of the directions of the mean embeddings) and the certified ends of those of the best representatives.
    left_out : measure → why it has no value.
    cosines : means, deviations, d′, Fisher ratio, alignment and effective rank.
    uniformity : Wang and Isola's; NaN where all pairs are too many.
    speakers : one row a speaker, least compact first: by the mean cosine to their own centre.
    pairs : (speaker, speaker, cosine of their centres), most alike first; at most 50.
    """

    utterances: int
    speakers_count: int
    metric: str
    values: Mapping[str, float]
    left_out: Mapping[str, str]
    cosines: CosineStatistics
    uniformity: float
    speakers: tuple[SpeakerRow, ...]
    pairs: tuple[tuple[str, str, float], ...]
    looked_at: str = ""
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> Any:
        """Plain numbers, strings and lists; infinities and NaN as strings, since JSON has none."""
        return plain(asdict(self))

    def to_json(self, path: Path | str) -> None:
        """Write as JSON, atomically."""
        write_json(path, self.to_dict())


def compactness(
    embeddings: Embeddings, *, metric: Metric = "cosine", effort: float = EFFORT, share: tuple[int, int] = (0, 1)
) -> Compactness:
    """Measure the speakers of `embeddings` as clusters.

    Parameters
    ----------
    embeddings : several crops of an utterance count as their mean.
    metric : "cosine" (1 − cos) or "angular" (the angle over π). Measures that need coordinates take unit vectors.
    effort : most multiply–adds that one measure may cost; what costs more is left out, with the reason.
    share : (i, n) for the i-th of n equal shares of the measures, counted from 0, which `whole` puts together.

    Raises
    ------
    ValueError
        Fewer than 2 speakers, or no speaker with 2 utterances.
    """
    vectors, codes, names = _clustered(embeddings)
    if metric not in ("cosine", "angular"):
        raise ValueError(f'`metric` must be "cosine" or "angular", got {metric!r}')
    feasible, left_out = _feasible(vectors, len(names), metric, effort)
    feasible = feasible[share[0] :: share[1]]
    report = cqm.evaluate(vectors, embeddings.speakers, metric=metric, measures=feasible, progress=share[0] == 0)
    values = dict(report.values) | _centroid_margins(vectors, embeddings.speakers, metric)
    brackets, too_dear = _brackets(vectors, embeddings.speakers, metric, effort)
    directions = centres(vectors, codes)
    pairs_cost = len(vectors) ** 2 * vectors.shape[1]
    return Compactness(
        utterances=len(vectors),
        speakers_count=len(names),
        metric=metric,
        values=values | brackets,
        left_out={**left_out, **report.left_out, **too_dear},
        cosines=cosine_statistics(vectors, codes),
        uniformity=uniformity(vectors) if pairs_cost <= effort else math.nan,
        speakers=_speaker_rows(vectors, codes, names, directions),
        pairs=_alike(directions, names, PAIRS),
        looked_at=embeddings.description(),
        warnings=tuple(embeddings.warnings()),
    )


def whole(shares: Sequence[Compactness]) -> Compactness:
    """Put the shares of several processes together, with the measures in the order of the catalogue."""
    values = {name: value for share in shares for name, value in share.values.items()}
    order = [name for name in cqm.catalog if name in values]
    order += [name for name in values if name not in cqm.catalog]
    left_out = {name: why for share in shares for name, why in share.left_out.items()}
    return replace(shares[0], values={name: values[name] for name in order}, left_out=left_out)


def summary(embeddings: Embeddings) -> dict[str, float]:
    """A dozen numbers that say how compact embeddings are, in O(n·d·(k + d)): cheap enough for every epoch.

    Cosines within and between speakers, d′, Fisher ratio, alignment and effective rank of `cosines`, and of
    cqm under cosine distance: silhouette, Davies–Bouldin, relative and additive margin with centroids.
    """
    vectors, codes, _ = _clustered(embeddings)
    statistics = cosine_statistics(vectors, codes)
    chosen = ("within", "between", "d_prime", "own_centre", "fisher_ratio", "alignment", "effective_rank")
    report = cqm.evaluate(
        vectors, embeddings.speakers, metric="cosine", measures=("silhouette", "davies_bouldin"), progress=False
    )
    return (
        {name: getattr(statistics, name) for name in chosen}
        | dict(report.values)
        | _centroid_margins(vectors, embeddings.speakers, "cosine")
    )


@dataclass(frozen=True, slots=True)
class ClusteringComparison:
    """Clusterings of the same embeddings beside the speakers.

    Attributes
    ----------
    values : clustering → measure → value; the speakers themselves come first, as "speakers".
    agreements : clustering → how well it agrees with the speakers.
    """

    values: Mapping[str, Mapping[str, float]]
    agreements: Mapping[str, Agreement]

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that have a value for some clustering."""
        return tuple(dict.fromkeys(name for values in self.values.values() for name in values))


def compare_clusterings(
    embeddings: Embeddings,
    clusterings: Mapping[str, ArrayLike],
    *,
    metric: Metric = "cosine",
    effort: float = EFFORT,
) -> ClusteringComparison:
    """Measure clusterings of embeddings by themselves (cqm) and against the speakers.

    Parameters
    ----------
    embeddings : several crops of an utterance count as their mean.
    clusterings : name → (n,) clusters; see `sv_bridge.compactness.clusterings.cluster` and `read_clustering`. The label
        −1 is noise, as density-based algorithms write it: its utterances are in no cluster and left out.
    metric, effort : see `compactness`.
    """
    vectors, _, _ = _clustered(embeddings)
    everything = {"speakers": embeddings.speakers, **clusterings}
    values = {}
    for name, labels in everything.items():
        clustered = ~is_noise(labels)
        found, kept = np.asarray(labels)[clustered], vectors[clustered]
        feasible, _ = _feasible(kept, len(np.unique(found)), metric, effort)
        values[name] = dict(cqm.evaluate(kept, found, metric=metric, measures=feasible).values)
    agreements = {name: agreement(labels, embeddings.speakers) for name, labels in clusterings.items()}
    return ClusteringComparison(values, agreements)


def _clustered(embeddings: Embeddings) -> tuple[NDArray[np.float64], NDArray[np.intp], tuple[str, ...]]:
    """Unit vectors, speaker codes and speaker names."""
    embeddings.require_speakers("compactness of speakers")
    names, codes, counts = np.unique(embeddings.speakers, return_inverse=True, return_counts=True)
    if len(names) < 2 or counts.max() < 2:
        raise ValueError(
            "compactness is of 2 speakers or more, one of them with 2 utterances; these are "
            f"{len(codes)} utterances of {len(names)}: take more of the corpus (--split)"
        )
    return scoring_vectors(embeddings.vectors), codes.astype(np.intp), tuple(names.tolist())


def _feasible(vectors: NDArray[np.float64], k: int, metric: Metric, effort: float) -> tuple[list[str], dict[str, str]]:
    """Catalogued measures within the effort, and why the others are not."""
    feasible, left_out = [], {}
    for measure in cqm.catalog.values():
        cost = measure.operations(*_shape(vectors, k), metric)
        if measure.cost in ("hard", "relaxed"):
            left_out[measure.name] = "searches all sets of representatives; see the margins of centroids and the bounds"
        elif cost > effort:
            left_out[measure.name] = f"would cost {cost:.1e} multiply–adds, more than effort={effort:.1e}"
        else:
            feasible.append(measure.name)
    return feasible, left_out


def _shape(vectors: NDArray[np.float64], k: int) -> tuple[int, int, int]:
    return len(vectors), k, vectors.shape[1]


def _centroid_margins(vectors: NDArray[np.float64], speakers: NDArray[np.str_], metric: Metric) -> dict[str, float]:
    return {
        "relative_margin_centroid": cqm.relative_margin(vectors, speakers, metric=metric, representatives="centroid"),
        "additive_margin_centroid": cqm.additive_margin(vectors, speakers, metric=metric, representatives="centroid"),
    }


def _brackets(
    vectors: NDArray[np.float64], speakers: NDArray[np.str_], metric: Metric, effort: float
) -> tuple[dict[str, float], dict[str, str]]:
    """Certified ends of the margins of the best representatives, or why there are none."""
    values: dict[str, float] = {}
    left_out: dict[str, str] = {}
    n, k, d = _shape(vectors, len(np.unique(speakers)))
    cost = n * n * (d + n / k)
    for name, bounds in _BOUNDS.items():
        if cost > effort:
            left_out[f"{name} bounds"] = f"would cost {cost:.1e} multiply–adds, more than effort={effort:.1e}"
            continue
        bracket = bounds(vectors, speakers, metric=metric)
        values |= {f"{name}_lower": bracket.lower, f"{name}_upper": bracket.upper}
    return values, left_out


_BOUNDS = {"relative_margin": cqm.relative_margin_bounds, "additive_margin": cqm.additive_margin_bounds}


def _speaker_rows(
    vectors: NDArray[np.float64], codes: NDArray[np.intp], names: tuple[str, ...], directions: NDArray[np.float64]
) -> tuple[SpeakerRow, ...]:
    alike = directions @ directions.T  # (k, k)
    np.fill_diagonal(alike, -np.inf)
    silhouettes = cqm.sample_silhouette(vectors, codes, metric="cosine")
    rows = []
    for i, name in enumerate(names):
        members = codes == i
        own = vectors[members]
        cosines = own @ directions.T  # (utterances, k)
        size, total = len(own), own.sum(axis=0)
        own_cosines = cosines[:, i].copy()
        cosines[:, i] = -np.inf
        others = cosines.max(axis=1)
        nearest = int(alike[i].argmax())
        rows.append(
            SpeakerRow(
                speaker=name,
                utterances=size,
                within=float((total @ total - size) / (size * (size - 1))) if size > 1 else math.nan,
                own_centre=float(own_cosines.mean()),
                lowest_own_centre=float(own_cosines.min()),
                other_centre=float(others.mean()),
                silhouette=float(silhouettes[members].mean()),
                confused=float(np.mean(others > own_cosines)),
                nearest=names[nearest],
                nearest_centre=float(alike[i, nearest]),
            )
        )
    return tuple(sorted(rows, key=lambda row: row.own_centre))


def _alike(directions: NDArray[np.float64], names: tuple[str, ...], count: int) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of speakers with the nearest centres."""
    i, j = np.triu_indices(len(names), k=1)
    cosines = (directions @ directions.T)[i, j]
    first = np.argsort(-cosines, kind="stable")[:count]
    return tuple((names[i[p]], names[j[p]], float(cosines[p])) for p in first)
