"""Score files: what `sv-bridge evaluate` writes, and what anybody else's system wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cqm.atomic import atomic_path
from sv_bridge.verification.columns import Columns, read_columns
from sv_bridge.verification.names import find_names
from sv_bridge.verification.trials import Trials, pair_oddities, read_trials

__all__ = ["Scored", "read_scores", "read_systems", "write_scores"]


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of n trials.

    Attributes
    ----------
    scores : (n,)
    labels : (n,) whether a trial is of one speaker.
    oddities : what is unusual about the trials, in words: repeated pairs, utterances against themselves.
    """

    scores: NDArray[np.float64] = field(repr=False)
    labels: NDArray[np.bool_] = field(repr=False)
    oddities: tuple[str, ...] = ()


def write_scores(path: Path | str, trials: Trials, scores: NDArray[np.float64]) -> None:
    """Write `label enrol test score` lines, atomically; scores with all their digits."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for label, enrol, test, score in zip(trials.labels, trials.enrol, trials.test, scores.tolist(), strict=True):
            lines.write(f"{label:d} {trials.ids[enrol]} {trials.ids[test]} {score!r}\n")


def read_scores(path: Path | str, trials: Trials | None = None) -> Scored:
    """Read scores and labels of trials.

    With a header, columns are known by their names (`label`, `score`, `enrol`, `test`, NIST's `modelid`, `segmentid`,
    `LLR`, `targettype`, …) and others are left alone. Without, lines are `label score`, `label enrol test score`,
    `enrol test score label`, `enrol test label score` or `score label`, decided for the whole file. With `trials`,
    lines are `enrol test score` in any order, and the labels are those of the list; names may differ in folder and
    format of the file.

    Raises
    ------
    ValueError
        A ragged or empty file, one that can be read in two ways, no column of labels or of scores, trials of the list
        without a score, or two scores for one pair.
    """
    path = Path(path)
    if trials is not None:
        known = frozenset(trials.ids)
        columns = read_columns(path, wanted=("enrol", "test", "score"), known=known)
        return Scored(_in_order(columns, trials, path), trials.labels, tuple(trials.oddities()))
    columns = read_columns(path, wanted=("score", "label"))
    if columns.scores is None or columns.labels is None:
        raise ValueError(f"{path} holds no scores")
    oddities: list[str] = []
    if columns.enrol is not None and columns.test is not None:
        oddities = pair_oddities(columns.enrol, columns.test, columns.labels, columns.names)
    return Scored(columns.scores, columns.labels, tuple(oddities))


def read_systems(paths: Sequence[Path | str]) -> tuple[Trials, NDArray[np.float64]]:
    """Read the trials of the first of several files of labelled scores, and (trials, files) scores of all of them.

    Raises
    ------
    ValueError
        A file without names of utterances and labels, or without a score for a trial of the first.
    """
    trials = read_trials(paths[0])
    return trials, np.stack([read_scores(path, trials).scores for path in paths], axis=1)


def _in_order(columns: Columns, trials: Trials, path: Path) -> NDArray[np.float64]:
    """Scores of the list's trials, found by their pair."""
    enrol, test, scores = columns.enrol, columns.test, columns.scores
    if enrol is None or test is None or scores is None:
        raise ValueError(f"{path} holds no scores")
    size = len(columns.names)
    keys = enrol.astype(np.int64) * size + test
    order = np.argsort(keys, kind="stable")
    keys, scores = keys[order], scores[order]
    again = keys[1:] == keys[:-1]
    differing = np.flatnonzero(again & (scores[1:] != scores[:-1]))
    if len(differing):
        first = differing[0]
        pair = f"{columns.names[keys[first] // size]} {columns.names[keys[first] % size]}"
        raise ValueError(
            f"{path} has {len(differing)} pairs with two scores, {pair} with {scores[first]} and {scores[first + 1]} "
            "for one: keep the right one"
        )
    try:
        rows = np.array(find_names(trials.ids, columns.names), dtype=np.int64)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    asked = rows[trials.enrol] * size + rows[trials.test]
    places = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    missing = np.flatnonzero(keys[places] != asked)
    if len(missing):
        first = trials.ids[trials.enrol[missing[0]]], trials.ids[trials.test[missing[0]]]
        raise ValueError(f"{path} lacks {len(missing)} of the list's {len(asked)} trials, first {' '.join(first)}")
    return scores[places]
