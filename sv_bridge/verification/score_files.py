"""Score files: what `sv-bridge evaluate` writes, and what anybody else's system wrote."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sv_bridge.atomic import atomic_path
from sv_bridge.data.trials import LABELS, Trials

__all__ = ["read_scores", "write_scores"]


def write_scores(path: Path | str, trials: Trials, scores: NDArray[np.float64]) -> None:
    """Write `label enrol test score` lines, atomically; scores with all their digits."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for label, enrol, test, score in zip(trials.labels, trials.enrol, trials.test, scores.tolist(), strict=True):
            lines.write(f"{label:d} {trials.ids[enrol]} {trials.ids[test]} {score!r}\n")


def read_scores(path: Path | str, trials: Trials | None = None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read scores and labels of trials.

    Columns are separated by blanks, tabs or commas; a header line is skipped. The label is the first column with
    nothing but 1 and 0 (or target and nontarget) in it, the score is the last other column with nothing but numbers.
    So `label score`, `score label`, `label enrol test score` and `enrol test score label` all do. With `trials`, lines
    are `enrol test score` in any order, and the labels are those of the list.

    Returns
    -------
    (trials,) scores and (trials,) labels.

    Raises
    ------
    ValueError
        A ragged or empty file, no column of labels or of scores, or trials of the list without a score.
    """
    path = Path(path)
    with path.open(encoding="utf-8-sig") as lines:
        rows = [re.split(r"[\s,]+", line.strip()) for line in lines if line.strip()]
    if rows and not any(_is_number(field) for field in rows[0]):
        rows = rows[1:]
    if not rows:
        raise ValueError(f"{path} holds no scores")
    if ragged := next((row for row in rows if len(row) != len(rows[0])), None):
        raise ValueError(f"{path}: wanted {len(rows[0])} columns throughout, got {' '.join(ragged)[:80]!r}")
    columns = list(zip(*rows, strict=True))
    label_column = next((i for i, column in enumerate(columns) if set(column) <= set(LABELS)), None)
    numeric = [i for i, column in enumerate(columns) if i != label_column and all(map(_is_number, column))]
    if not numeric:
        raise ValueError(f"{path}: no column of scores, the first line is {' '.join(rows[0])[:80]!r}")
    scores = np.array(columns[numeric[-1]], dtype=np.float64)
    if trials is not None:
        names = [column for i, column in enumerate(columns) if i not in (label_column, numeric[-1])]
        if len(names) != 2:
            raise ValueError(f"{path}: wanted `enrol test score` lines, got {' '.join(rows[0])[:80]!r}")
        return _in_order(dict(zip(zip(*names, strict=True), scores.tolist(), strict=True)), trials, path)
    if label_column is None:
        raise ValueError(
            f"{path}: no column of labels (1 and 0, or target and nontarget): name the trial list too, or add one"
        )
    return scores, np.array([LABELS[field] for field in columns[label_column]], dtype=np.bool_)


def _in_order(
    table: dict[tuple[str, str], float], trials: Trials, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    pairs = [(trials.ids[i], trials.ids[j]) for i, j in zip(trials.enrol, trials.test, strict=True)]
    missing = [pair for pair in pairs if pair not in table]
    if missing:
        raise ValueError(f"{path} lacks {len(missing)} of the list's {len(pairs)} trials, first {' '.join(missing[0])}")
    return np.array([table[pair] for pair in pairs]), trials.labels


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
