"""Several scores of one trial, or a score and the quality of its recordings, as one log-likelihood ratio."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fusion", "learn_fusion", "trial_qualities"]

FloatArray = NDArray[np.float64]

QUALITIES = ("log of the shorter duration", "log of the longer duration", "lower imposter mean", "higher imposter mean")


@dataclass(frozen=True, eq=False)
class Fusion:
    """Columns of a trial ↦ natural log-likelihood ratio, `columns` · `weights` + `offset`.

    Attributes
    ----------
    names : of the columns.
    weights : (columns,)
    offset : of the sum.
    """

    names: tuple[str, ...]
    weights: FloatArray
    offset: float

    def __call__(self, columns: Any) -> FloatArray:
        """(trials,) log-likelihood ratios of (trials, columns)."""
        return np.asarray(columns, dtype=np.float64) @ self.weights + self.offset


def learn_fusion(columns: Any, labels: Any, names: Sequence[str] = ()) -> Fusion:
    """Fusion by logistic regression, targets and non-targets weighing the same.

    scikit-learn's, of standardised columns with its usual slight penalty on the weights, which keeps them finite where
    the classes are separated perfectly.

    Parameters
    ----------
    columns : (trials, columns) of development trials, never of those to be evaluated: one system's scores a column, or
        a score and qualities.
    labels : (trials,) whether a trial is of one speaker.
    names : of the columns.

    References
    ----------
    N. Brümmer et al., "Fusion of heterogeneous speaker recognition systems in the STBU submission for the NIST speaker
    recognition evaluation 2006", IEEE TASLP 15(7), 2007.

    Examples
    --------
    >>> fusion = learn_fusion([[3.0, 1.0], [2.5, 0.0], [-2.0, 1.0], [-3.0, 0.0]], [True, True, False, False])
    >>> bool(fusion([[3.0, 0.5]])[0] > 0 > fusion([[-3.0, 0.5]])[0])
    True
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    table, truth = np.asarray(columns, dtype=np.float64), np.asarray(labels, dtype=np.bool_)
    if table.ndim != 2 or len(table) != len(truth):
        raise ValueError(
            f"wanted (trials, columns) scores and a label a trial, got {table.shape} and {len(truth)} labels"
        )
    if truth.all() or not truth.any():
        raise ValueError("fusion is learned from targets and non-targets: these trials are of one kind")
    scaler = StandardScaler().fit(table)
    model = LogisticRegression(class_weight="balanced", max_iter=1000).fit(scaler.transform(table), truth)
    weights = model.coef_[0] / scaler.scale_
    found = tuple(names) or tuple(f"column {i + 1}" for i in range(table.shape[1]))
    return Fusion(found, weights, float(model.intercept_[0] - weights @ scaler.mean_))


def trial_qualities(
    seconds: FloatArray, imposter_means: FloatArray, enrol: NDArray[np.int64], test: NDArray[np.int64]
) -> FloatArray:
    """(trials, 4) qualities of trials: logs of the two durations and the two imposter means, the lower one first.

    Which side is enrolment makes no difference. A logistic regression of the score and of these is calibration with
    quality measure functions: short recordings, and voices that resemble many others, get other thresholds.

    Parameters
    ----------
    seconds : (n,) of each recording; a model's is the sum of its recordings'.
    imposter_means : (n,) mean of each recording's highest scores against a cohort of other speakers.
    enrol, test : (trials,) rows.

    References
    ----------
    J. Thienpondt, B. Desplanques and K. Demuynck, "The IDLab VoxSRC-20 submission: large margin fine-tuning and
    quality-aware score calibration in DNN based speaker verification", ICASSP 2021.
    """
    columns = []
    for values in (np.log(seconds), imposter_means):
        columns += [np.minimum(values[enrol], values[test]), np.maximum(values[enrol], values[test])]
    return np.stack(columns, axis=1)
