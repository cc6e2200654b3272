"""The axioms asked of other packages' functions, as they compute them: docs/third-party-axioms.md.

    python -m benchmarks.third_party_axioms

Each function is called as it stands, on floats: what is found is about that code, not about the measure's formula.
"""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from genieclust import cluster_validity
from hdbscan.validity import validity_index
from sklearn import metrics

from cqm import axioms
from cqm.atomic import write_text
from cqm.axioms.pages import PAPER, item, sign
from cqm.axioms.verdict import Verdicts

OUT = Path(__file__).parents[1] / "docs" / "third-party-axioms.md"
ASKED = (*PAPER, "label_permutation_invariance", "duplication_invariance")
BUDGET = axioms.Budget(cases=3_200, largest=7, seconds=1_200)
VERSIONS = ", ".join(f"{name} {version(name)}" for name in ("scikit-learn", "hdbscan", "genieclust"))

INTRODUCTION = f"""# Other packages under the axioms

<!-- Written by `python -m benchmarks.third_party_axioms`. -->

The axioms asked of functions of {VERSIONS},
as they compute on floats: up to {BUDGET.cases:,} cases an axiom with up to {BUDGET.largest} points. A difference counts
where it is above a function's own rounding and is found again in data nearby, or in other units, so that what stands
here does not hang on the processor. The signs are those of [axioms.md](axioms.md).

"""


def silhouette(D: Any, labels: Any) -> float:
    """scikit-learn's silhouette of distances."""
    return float(metrics.silhouette_score(D, labels, metric="precomputed"))


def genieclust(index: Callable[..., float]) -> Callable[..., float]:
    """One of genieclust's indices, which stop the process unless labels are 0 … k − 1."""

    def value(X: Any, labels: Any) -> float:
        return float(index(X, np.unique(labels, return_inverse=True)[1]))

    return value


MEASURES: dict[str, tuple[Callable[..., float], str]] = {
    "sklearn.metrics.silhouette_score": (silhouette, "distances"),
    "sklearn.metrics.calinski_harabasz_score": (metrics.calinski_harabasz_score, "points"),
    "sklearn.metrics.davies_bouldin_score": (metrics.davies_bouldin_score, "points"),
    "hdbscan.validity.validity_index": (validity_index, "points"),
    "genieclust calinski_harabasz_index": (genieclust(cluster_validity.calinski_harabasz_index), "points"),
    "genieclust negated_davies_bouldin_index": (genieclust(cluster_validity.negated_davies_bouldin_index), "points"),
    "genieclust negated_ball_hall_index": (genieclust(cluster_validity.negated_ball_hall_index), "points"),
    "genieclust negated_wcss_index": (genieclust(cluster_validity.negated_wcss_index), "points"),
    "genieclust silhouette_index": (genieclust(cluster_validity.silhouette_index), "points"),
    "genieclust silhouette_w_index": (genieclust(cluster_validity.silhouette_w_index), "points"),
}
LOWER = {"sklearn.metrics.davies_bouldin_score"}


def main() -> None:
    found = {name: judged(name, function, needs) for name, (function, needs) in MEASURES.items()}
    head = f"| function | {' | '.join(axiom.replace('_', ' ') for axiom in ASKED)} |\n|---|{':-:|' * len(ASKED)}\n"
    rows = (f"| {name} | {' | '.join(sign(verdict) for verdict in verdicts)} |\n" for name, verdicts in found.items())
    sections = (f"\n## {name}\n\n" + "\n".join(map(item, verdicts)) + "\n" for name, verdicts in found.items())
    text = INTRODUCTION + head + "".join(rows) + "".join(sections)
    write_text(OUT, text)
    print(text)


def judged(name: str, function: Callable[..., float], needs: str) -> Verdicts:
    """Verdicts on one function."""
    better = "lower" if name in LOWER else "higher"
    return axioms.check(function, ASKED, better=better, needs=needs, name=name, budget=BUDGET)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
