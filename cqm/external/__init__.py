"""External indices: how alike two clusterings of the same points are, often one found and one true.

scikit-learn computes them; what it lacks is made of its contingency tables. All take ``(labels_true, labels_pred)``
with any hashable labels. The catalogue of them, `external_catalog`, says direction, range, symmetry and source.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from cqm.definitions import agreement
from cqm.external.information import (
    adjusted_mutual_information,
    completeness,
    homogeneity,
    normalized_mutual_information,
    purity,
    v_measure,
    variation_of_information,
)
from cqm.external.pairs import adjusted_rand, fowlkes_mallows, pair_jaccard, rand
from cqm.verdicts import RecordedVerdict, recorded_verdicts

__all__ = [
    "ExternalIndex",
    "adjusted_mutual_information",
    "adjusted_rand",
    "completeness",
    "external_catalog",
    "fowlkes_mallows",
    "homogeneity",
    "normalized_mutual_information",
    "pair_jaccard",
    "purity",
    "rand",
    "v_measure",
    "variation_of_information",
]


@dataclass(frozen=True, slots=True)
class ExternalIndex:
    """One external index.

    Attributes
    ----------
    name : the public function's name.
    function : `f(labels_true, labels_pred, *, noise_label=None)` → float.
    definition : `f(labels_true, labels_pred)` in plain Python, as it is written.
    better : which direction means more alike.
    range : smallest and largest possible value.
    symmetric : whether the two clusterings may change places.
    adjusted : whether unrelated clusterings score 0 on average, whatever their numbers of clusters.
    """

    name: str
    function: Callable[..., float]
    definition: Callable[..., Any]
    better: Literal["higher", "lower"]
    range: tuple[float, float]
    symmetric: bool
    adjusted: bool

    @property
    def axioms(self) -> dict[str, RecordedVerdict]:
        """Axiom → verdict with its evidence, as `cqm axioms --table` found it."""
        return recorded_verdicts(self.name, "indices")


class _Indices(dict[str, ExternalIndex]):
    def __missing__(self, name: str) -> ExternalIndex:
        raise KeyError(f"no external index is named {name!r}: there are {', '.join(self)}")


external_catalog: Mapping[str, ExternalIndex] = MappingProxyType(
    _Indices(
        (index.name, index)
        for index in (
            ExternalIndex("adjusted_rand", adjusted_rand, agreement.adjusted_rand, "higher", (-0.5, 1.0), True, True),
            ExternalIndex(
                "adjusted_mutual_information",
                adjusted_mutual_information,
                agreement.adjusted_mutual_information,
                "higher",
                (-1.0, 1.0),
                True,
                True,
            ),
            ExternalIndex("v_measure", v_measure, agreement.v_measure, "higher", (0.0, 1.0), True, False),
            ExternalIndex("homogeneity", homogeneity, agreement.homogeneity, "higher", (0.0, 1.0), False, False),
            ExternalIndex("completeness", completeness, agreement.completeness, "higher", (0.0, 1.0), False, False),
            ExternalIndex(
                "normalized_mutual_information",
                normalized_mutual_information,
                agreement.normalized_mutual_information,
                "higher",
                (0.0, 1.0),
                True,
                False,
            ),
            ExternalIndex(
                "variation_of_information",
                variation_of_information,
                agreement.variation_of_information,
                "lower",
                (0.0, float("inf")),
                True,
                False,
            ),
            ExternalIndex("rand", rand, agreement.rand, "higher", (0.0, 1.0), True, False),
            ExternalIndex(
                "fowlkes_mallows", fowlkes_mallows, agreement.fowlkes_mallows, "higher", (0.0, 1.0), True, False
            ),
            ExternalIndex("pair_jaccard", pair_jaccard, agreement.pair_jaccard, "higher", (0.0, 1.0), True, False),
            ExternalIndex("purity", purity, agreement.purity, "higher", (0.0, 1.0), False, False),
        )
    )
)
