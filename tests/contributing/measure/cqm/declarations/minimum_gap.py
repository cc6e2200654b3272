"""The smallest distance between clusters, as somebody declares it who follows CONTRIBUTING.md."""

from cqm.declarations.entry import INFINITY, Measure
from cqm.definitions import minimum_gap as definitions
from cqm.measures import minimum_gap as measures

MINIMUM_GAP = Measure(
    name="minimum_gap",
    function=measures.minimum_gap,
    core=measures.minimum_gap_of,
    definition=definitions.minimum_gap,
    better="higher",
    range=(0.0, INFINITY),
    needs="distances",
    cost="n2",
    weights="any",
    reference="NIPS 2008",
    open_axioms=(
        "consistency",
        "inner_consistency",
        "outer_consistency",
        "weak_richness",
        "duplication_invariance",
        "order_consistency",
        "k_richness",
        "monotonic_consistency",
    ),
)
