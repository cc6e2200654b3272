"""What verdicts of one measure, or of measures that grow with each other, say of one another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cqm.axioms.kleinberg import FUNCTION_AXIOMS
from cqm.axioms.verdict import Verdict

__all__ = ["IMPLICATIONS", "TRANSFORMS", "Implication", "Transforms", "disagreements", "function_disagreements"]

Table = Mapping[str, Mapping[str, Verdict]]


@dataclass(frozen=True, slots=True)
class Implication:
    """Whatever has all properties of the premises has the conclusion, or has it not.

    Attributes
    ----------
    premises : names of axioms that hold.
    conclusion : name of the axiom that follows.
    holds : whether it then holds, or is refuted.
    domain : "distances" where a step of the argument leaves other domains; any by default.
    """

    premises: tuple[str, ...]
    conclusion: str
    holds: bool = True
    domain: str = ""

    def broken(self, verdicts: Mapping[str, Verdict]) -> bool:
        """Whether the verdicts contradict it: all premises hold, and the conclusion is the opposite of what follows.

        Read the other way round: where the conclusion fails, not all premises can hold.
        """
        known = [verdicts[axiom] for axiom in (*self.premises, self.conclusion) if axiom in verdicts]
        if len(known) <= len(self.premises) or (self.domain and known[0].domain != self.domain):
            return False
        return all(one.holds is True for one in known[:-1]) and known[-1].holds is not self.holds


IMPLICATIONS = (
    Implication(("consistency",), "inner_consistency"),
    Implication(("consistency",), "outer_consistency"),
    Implication(("inner_consistency", "outer_consistency"), "consistency", domain="distances"),  # one after the other
    Implication(("consistency",), "monotonic_consistency"),
    Implication(("richness",), "weak_richness"),
    Implication(("richness",), "k_richness"),
    *(
        Implication(("isomorphism_invariance",), f"{part}_invariance")
        for part in ("translation", "rotation", "padding")
    ),
    Implication(("order_invariance",), "order_consistency"),
    Implication(("order_invariance",), "scale_invariance"),
    Implication(("order_invariance",), "shift_invariance"),  # the squares of distances are in the same order
    Implication(("range_invariance",), "non_negativity"),
    Implication(("refinement_preference",), "weak_richness", holds=False),  # Ackerman 2012, Theorem 8
    Implication(("coarsening_preference",), "weak_richness", holds=False),
    Implication(("refinement_preference",), "richness", holds=False),
    Implication(("coarsening_preference",), "richness", holds=False),
    Implication(("function_consistency",), "function_refinement_consistency"),
    Implication(("function_consistency",), "function_relaxed_consistency"),
    *(
        Implication(("function_consistency",), f"function_{part}_consistency")
        for part in ("inner", "outer", "monotonic")
    ),
    *(Implication((f"function_{kind}_richness",), "function_k_richness") for kind in ("outer", "inner", "threshold")),
    Implication(("function_weight_robustness",), "function_weight_sensitivity", holds=False),
    Implication(("function_order_invariance",), "function_scale_invariance"),
    *(  # Kleinberg; of refinements, what returns single points for λd, λ small, returns them for all d′ ≥ λd
        Implication(("function_scale_invariance", "function_richness"), f"function_{kind}", holds=False)
        for kind in ("consistency", "refinement_consistency")
    ),
)


@dataclass(frozen=True, slots=True)
class Transforms:
    """Measures each of which is a monotone function of every other one, better with better.

    Attributes
    ----------
    measures : their names.
    axioms : what they therefore share: all that only compares values, on the same data or on any.
    as_many : whether it takes another function for another number of clusters.
    """

    measures: tuple[str, ...]
    axioms: tuple[str, ...]
    as_many: bool = False


ON_THE_SAME_DATA = (
    *("richness", "weak_richness", "k_richness", "locality", "refinement_preference", "coarsening_preference"),
    "order_consistency",
)
OF_ONE_CLUSTERING = (
    *("consistency", "inner_consistency", "outer_consistency"),
    *("monotonic_consistency", "centric_consistency", "motion_consistency"),
)
ON_ANY_DATA = (*OF_ONE_CLUSTERING, *ON_THE_SAME_DATA)
INVARIANCES = (
    *("isomorphism_invariance", "scale_invariance", "label_permutation_invariance", "order_invariance"),
    *("translation_invariance", "rotation_invariance", "padding_invariance", "axis_scaling_invariance"),
    "shift_invariance",
)

TRANSFORMS = (
    Transforms(("det_ratio", "log_det_ratio"), (*ON_ANY_DATA, *INVARIANCES)),  # n log, for n points
    Transforms(
        ("variance_ratio", "log_ss_ratio", "normalized_k_means"),  # B/W, its logarithm, 1/(1 + B/W)
        (*ON_ANY_DATA, *INVARIANCES, "duplication_invariance"),
    ),
    Transforms(("variance_ratio", "trace_w"), ON_THE_SAME_DATA),  # T/W − 1, with T of the data
    *(  # times n − k, over k − 1
        Transforms(of, (*OF_ONE_CLUSTERING, "k_richness", *INVARIANCES), as_many=True)
        for of in (("variance_ratio", "calinski_harabasz"), ("trace_w", "trace_cov_w"))
    ),
    Transforms(
        ("xie_beni", "ray_turi"),  # equal
        (*ON_ANY_DATA, *INVARIANCES, "duplication_invariance", "continuity", "non_negativity"),
    ),
)


def disagreements(table: Table) -> Iterator[str]:
    """Implications that the verdicts break, and transforms that do not share what they have to."""
    for name, verdicts in table.items():
        yield from _broken(name, verdicts)
    for one in TRANSFORMS:
        for axiom in one.axioms:
            found = {name: table[name][axiom].status for name in one.measures if axiom in table.get(name, {})}
            if len(set(found.values())) > 1:
                yield f"{axiom}: {found}"


def function_disagreements(functions: Table) -> Iterator[str]:
    """Implications that the verdicts on clustering functions break."""
    for name, verdicts in functions.items():
        if set(verdicts) <= set(FUNCTION_AXIOMS):
            yield from _broken(name, verdicts)


def _broken(name: str, verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    for one in IMPLICATIONS:
        if one.broken(verdicts):
            does = "holds" if one.holds else "fails"
            yield f"{name}: where {' and '.join(one.premises)} hold, {one.conclusion} {does}"
