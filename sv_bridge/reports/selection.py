"""Systems in order by numbers that need to know of nobody who speaks, and how sure that order is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sv_bridge.compactness.label_free import view_error_rate
from sv_bridge.data.randomness import generator
from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["COMMITTEE", "RULE", "Heard", "Selection", "on_halves", "order", "select"]

FloatArray = NDArray[np.float64]

RULE = "view_error_rate"
"""What decides: it chose best among checkpoints for development speakers, see docs/label-free.md."""
COMMITTEE = ("view_error_rate", "view_contrast", "view_alignment")
"""The three that follow development speakers' error rates best in both collections of docs/label-free.md, lower being
better; where `RULE` is not sure, their mean rank decides."""
SURE = 0.8
"""Share of the halves of the utterances in which `RULE` has to prefer the same system to decide alone."""
HALVES = 50


@dataclass(frozen=True, eq=False)
class Heard:
    """What is known of a system without labels.

    Attributes
    ----------
    name : of the system.
    whole : (n, dim) embeddings of whole utterances.
    first, second : (n, dim) embeddings of their beginnings and ends.
    speakers_found : number of clusters with the best silhouette.
    criteria : every number, see `sv_bridge.compactness.label_free`; and the silhouette of the speakers found.
    """

    name: str
    whole: NDArray[np.float32]
    first: NDArray[np.float32]
    second: NDArray[np.float32]
    speakers_found: int
    criteria: Mapping[str, float]

    def values(self) -> dict[str, float]:
        """Every number that systems are compared by."""
        return {**self.criteria, "speakers_found": float(self.speakers_found)}


@dataclass(frozen=True)
class Selection:
    """Systems in order, best first.

    Attributes
    ----------
    ranking : names of the systems.
    decided_by : `RULE`; or "mean rank", of `COMMITTEE`, where the rule was not sure.
    preferred : number of `COMMITTEE` → the system that it prefers.
    steady : system → share of halves of the utterances in which `RULE` prefers it; none that is 0.
    values : system → every number.
    utterances : how many were heard.
    """

    ranking: tuple[str, ...]
    decided_by: str
    preferred: Mapping[str, str]
    steady: Mapping[str, float]
    values: Mapping[str, Mapping[str, float]]
    utterances: int

    @property
    def statement(self) -> str:
        """How sure the choice is, in plain words."""
        first, others = self.ranking[0], len(self.ranking) - 1
        if not others:
            return f"{first} is the only one"
        rule = RULE.replace("_", " ")
        share = self.steady.get(first, 0.0)
        agreeing = [name.replace("_", " ") for name, system in self.preferred.items() if system == first]
        text = f"{first}: {rule} prefers it in {share:.0%} of random halves of the {self.utterances:,} utterances"
        if self.decided_by != RULE:
            text += f", which is not sure, so the mean rank of {len(COMMITTEE)} numbers decided"
        return text + f"; {', '.join(agreeing) or 'none of them'} would have it first of {others + 1}"

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings and lists, for JSON."""
        return {**asdict(self), "statement": self.statement}


def select(heard: Sequence[Heard]) -> Selection:
    """Put systems in order, see `order`."""
    if not heard:
        raise ValueError("nothing to choose from: name at least one system")
    names = [each.name for each in heard]
    if len(set(names)) < len(names):
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} is named twice")
    criteria = {name: np.array([each.criteria[name] for each in heard]) for name in COMMITTEE}
    halves = np.stack([on_halves(each.first, each.second) for each in heard])
    places, decided = order(criteria, halves)
    preferred, counts = np.unique(halves.argmin(axis=0), return_counts=True)
    steady = {names[i]: float(count) / HALVES for i, count in zip(preferred.tolist(), counts, strict=True)}
    return Selection(
        ranking=tuple(names[i] for i in np.lexsort([criteria[RULE], places]).tolist()),
        decided_by=RULE if decided else "mean rank",
        preferred={name: names[int(np.argmin(values))] for name, values in criteria.items()},
        steady=dict(sorted(steady.items(), key=lambda item: -item[1])),
        values={each.name: each.values() for each in heard},
        utterances=len(heard[0].whole),
    )


def order(criteria: Mapping[str, FloatArray], halves: FloatArray) -> tuple[FloatArray, bool]:
    """What systems are put in order by, and whether `RULE` alone decided.

    It does where it prefers one system in `SURE` of the random halves of the utterances. Where it does not, the numbers
    of `COMMITTEE` are asked, and the mean of their ranks decides.

    Parameters
    ----------
    criteria : number of `COMMITTEE` → (systems,) its values, lower is better.
    halves : (systems, `HALVES`) values of `RULE` on random halves, see `on_halves`.
    """
    share = np.bincount(halves.argmin(axis=0)).max() / halves.shape[1]
    if share >= SURE:
        return rankdata(criteria[RULE]), True
    return np.mean([rankdata(values) for values in criteria.values()], axis=0), False


def on_halves(first: NDArray[np.floating], second: NDArray[np.floating]) -> FloatArray:
    """(`HALVES`,) values of `RULE` on random halves of the utterances, the same halves for every system.

    Parameters
    ----------
    first, second : (n, dim) embeddings of two views of each utterance.
    """
    cosines = scoring_vectors(first) @ scoring_vectors(second).T
    rng, n = generator(0, "halves"), len(cosines)
    halves = [rng.permutation(n)[: n // 2] for _ in range(HALVES)]
    return np.array([view_error_rate(cosines[np.ix_(half, half)]) for half in halves])
