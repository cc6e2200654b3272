"""Axioms of clustering quality, and the machine that checks, proves or refutes them for any measure."""

try:
    import hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "cqm.axioms needs hypothesis: install the extra with pip install 'axiomatic-cqm[axioms]'"
    ) from error

from cqm.axioms import strategies
from cqm.axioms.agreement.checker import check_index
from cqm.axioms.agreement.statements import INDEX_AXIOMS
from cqm.axioms.between_data import class_cardinality_invariance, range_invariance, shift_invariance
from cqm.axioms.checker import check, parametrize
from cqm.axioms.clusterers import FUNCTIONS, TOLD_FUNCTIONS, single_linkage
from cqm.axioms.domains import DISTANCES, DOMAINS, EUCLIDEAN, METRICS, PSEUDODISTANCES, Domain
from cqm.axioms.function_checker import check_function
from cqm.axioms.instances import Instance, Rejected, Trial
from cqm.axioms.kleinberg import FUNCTION_AXIOMS
from cqm.axioms.proofs.proof import Proof
from cqm.axioms.proofs.registry import proof_of
from cqm.axioms.search import Budget
from cqm.axioms.space_and_order import (
    axis_scaling_invariance,
    centric_consistency,
    monotonic_consistency,
    motion_consistency,
    order_consistency,
    order_invariance,
    padding_invariance,
    rotation_invariance,
    translation_invariance,
)
from cqm.axioms.statements import (
    AXIOMS,
    Axiom,
    changed,
    coarsening_preference,
    consistency,
    continuity,
    duplication_invariance,
    inner_consistency,
    isomorphism_invariance,
    k_richness,
    label_permutation_invariance,
    locality,
    monotonicity,
    negative,
    non_negativity,
    outer_consistency,
    refinement_preference,
    richness,
    scale_invariance,
    weak_richness,
    worsened,
)
from cqm.axioms.transformations import recipe
from cqm.axioms.verdict import Evidence, Verdict, Verdicts
from cqm.axioms.witness import Witness

__all__ = [
    "AXIOMS",
    "DISTANCES",
    "DOMAINS",
    "EUCLIDEAN",
    "FUNCTIONS",
    "FUNCTION_AXIOMS",
    "INDEX_AXIOMS",
    "METRICS",
    "PSEUDODISTANCES",
    "TOLD_FUNCTIONS",
    "Axiom",
    "Budget",
    "Domain",
    "Evidence",
    "Instance",
    "Proof",
    "Rejected",
    "Trial",
    "Verdict",
    "Verdicts",
    "Witness",
    "axis_scaling_invariance",
    "centric_consistency",
    "changed",
    "check",
    "check_function",
    "check_index",
    "class_cardinality_invariance",
    "coarsening_preference",
    "consistency",
    "continuity",
    "duplication_invariance",
    "inner_consistency",
    "isomorphism_invariance",
    "k_richness",
    "label_permutation_invariance",
    "locality",
    "monotonic_consistency",
    "monotonicity",
    "motion_consistency",
    "negative",
    "non_negativity",
    "order_consistency",
    "order_invariance",
    "outer_consistency",
    "padding_invariance",
    "parametrize",
    "proof_of",
    "range_invariance",
    "recipe",
    "refinement_preference",
    "richness",
    "rotation_invariance",
    "scale_invariance",
    "shift_invariance",
    "single_linkage",
    "strategies",
    "translation_invariance",
    "weak_richness",
    "worsened",
]
