"""The axioms of quality measures: what each says, who said it, how a case is made and judged.

Those about points in space and the order of distances are in `space_and_order.py`, those between data sets in
`between_data.py`.
"""

from dataclasses import replace
from functools import partial

from cqm.axioms import changes
from cqm.axioms import comparisons as each
from cqm.axioms import transformations as make
from cqm.axioms.axiom import (
    Axiom,
    Better,
    changed,
    improvement,
    jumped,
    negative,
    not_judged,
    preference_reversed,
    unbeaten,
    worsened,
)
from cqm.axioms.between_data import BETWEEN_DATA
from cqm.axioms.space_and_order import CONSISTENCIES, INVARIANCES

__all__ = ["AXIOMS", "Axiom", "Better", "changed", "improvement", "negative", "not_judged", "worsened"]

_ABD = "Ackerman & Ben-David 2008, §3.1"
_VLM = "van Laarhoven & Marchiori 2014, §3"

scale_invariance = Axiom(
    "scale_invariance",
    "measuring all distances in another unit leaves the value unchanged",
    "m(C, X, λd) = m(C, X, d) for λ > 0",
    _ABD,
    "the value depends on the unit in which distances are given (metres or kilometres), so values of different data "
    "sets cannot be compared",
    make.of_one(changes.scaled),
    changed,
    goal="unchanged",
    variants=each.scalings,
)
consistency = Axiom(
    "consistency",
    "the value does not get worse when clusters tighten and move apart",
    "m(C, X, d') ≥ m(C, X, d) whenever d' ≤ d inside clusters and d' ≥ d between clusters",
    _ABD,
    "points of the same cluster moved closer together or points of different clusters moved further apart, which can "
    "only make the clustering clearer, yet the measure calls it worse",
    make.consistent,
    worsened,
    inner=True,
    outer=True,
    goal="not worse",
    comparison=each.consistent_steps(inner=True, outer=True),
)
monotonicity = replace(
    consistency,
    name="monotonicity",
    source=f"{_VLM}; on distances it is the consistency of {_ABD}",
)
"""Consistency by another name, so it has no row of its own in the table.

Van Laarhoven and Marchiori judge clusterings of graphs and ask that the quality does not fall when edges inside
clusters gain weight and edges between clusters lose some. A heavier edge is a shorter distance; written for distances,
the changes are the consistent ones and the inequality is the same.
"""
inner_consistency = Axiom(
    "inner_consistency",
    "the value does not get worse when distances inside clusters shrink",
    "m(C, X, d') ≥ m(C, X, d) whenever d' ≤ d inside clusters and d' = d between clusters",
    "Ackerman, Ben-David & Loker 2010, §3",
    "points of the same cluster moved closer together and nothing else changed, yet the measure calls it worse",
    partial(make.consistent, outer=False),
    worsened,
    inner=True,
    goal="not worse",
    comparison=each.consistent_steps(inner=True, outer=False),
)
outer_consistency = Axiom(
    "outer_consistency",
    "the value does not get worse when distances between clusters grow",
    "m(C, X, d') ≥ m(C, X, d) whenever d' = d inside clusters and d' ≥ d between clusters",
    "Ackerman, Ben-David & Loker 2010, §3",
    "points of different clusters moved further apart and nothing else changed, yet the measure calls it worse",
    partial(make.consistent, inner=False),
    worsened,
    outer=True,
    goal="not worse",
    comparison=each.consistent_steps(inner=False, outer=True),
)
richness = Axiom(
    "richness",
    "every non-trivial clustering is the only best one for some distances",
    "for every non-trivial C there is a d with m(C, X, d) > m(C', X, d) for all other non-trivial C'",
    _ABD,
    "some clusterings can never be the single best answer, however the data look",
    None,
    not_judged,
    unique=True,
)
weak_richness = Axiom(
    "weak_richness",
    "every non-trivial clustering is among the best ones for some distances",
    "for every non-trivial C there is a d with m(C, X, d) ≥ m(C', X, d) for all non-trivial C'",
    _ABD,
    "some clusterings can never be a best answer, however the data look",
    None,
    not_judged,
    unique=False,
)
k_richness = Axiom(
    "k_richness",
    "every non-trivial clustering is the only best one among those with as many clusters, for some distances",
    "for every non-trivial C there is a d with m(C, X, d) > m(C', X, d) for all other C' with |C'| = |C|",
    "of functions: Zadeh & Ben-David 2009",
    "some clusterings can never be the single best answer, not even where the number of clusters is given",
    None,
    not_judged,
    unique=True,
    as_many=True,
)
isomorphism_invariance = Axiom(
    "isomorphism_invariance",
    "listing the same points in another order leaves the value unchanged",
    "m(φ(C), φ(X), d') = m(C, X, d) for every bijection φ with d'(φ(x), φ(y)) = d(x, y)",
    _ABD,
    "the value depends on the order in which the points are listed, or on where they lie, and not on their distances "
    "and clusters alone: shuffling the rows of the data changes the result",
    make.of_one(changes.reordered),
    changed,
    variants=each.orders,
)
label_permutation_invariance = Axiom(
    "label_permutation_invariance",
    "renaming the clusters leaves the value unchanged",
    "m(X, d, π∘labels) = m(X, d, labels) for every one-to-one π",
    "van Laarhoven & Marchiori 2014, §3 (permutation invariance)",
    "the value depends on which cluster is called 0 and which is called 1, although the clusters are the same",
    make.of_one(changes.relabelled),
    changed,
    variants=each.names,
)
non_negativity = Axiom(
    "non_negativity",
    "the value is never negative",
    "m(C, X, d) ≥ 0",
    "Ackerman & Ben-David 2008, §2",
    "the value is negative, and a clustering-quality measure is a non-negative number by definition",
    make.single,
    negative,
    goal="not negative",
    variants=each.as_it_is,
)
locality = Axiom(
    "locality",
    "which of two clusterings of a subset is better does not depend on how the rest is arranged or clustered",
    "m(A∪R, d) ≥ m(B∪R, d) implies m(A∪R', d') ≥ m(B∪R', d'), where A, B partition S, R, R' the rest, and d = d' on "
    "all pairs that touch S",
    _VLM,
    "which of two ways to cluster some points is preferred changes with how other points, far away or near, are "
    "clustered among themselves",
    make.replacing_the_rest,
    preference_reversed,
    smallest=4,
    comparison=each.locality,
)
continuity = Axiom(
    "continuity",
    "arbitrarily small changes of the distances change the value arbitrarily little",
    "m(C, X, d_i) → m(C, X, d) whenever d_i → d",
    _VLM,
    "the value jumps when distances change by less than any instrument can tell, so rounding decides the result",
    make.of_one(changes.nudged),
    jumped,
    goal="continuous",
)
refinement_preference = Axiom(
    "refinement_preference",
    "every clustering that can be split further is beaten by one of its finer clusterings",
    "every C with a non-trivial refinement C' ≠ C has one with m(C', X, d) > m(C, X, d)",
    "Ackerman 2012, Definition 12",
    "a clustering is at least as good as every finer one: the measure does not always ask for more clusters",
    make.refining,
    unbeaten,
    smallest=4,
    largest=6,
    comparison=each.preference(finer=True),
)
coarsening_preference = Axiom(
    "coarsening_preference",
    "every clustering whose clusters can be merged is beaten by one of its coarser clusterings",
    "every C with a non-trivial coarsening C' ≠ C has one with m(C', X, d) > m(C, X, d)",
    "Ackerman 2012, Definition 13",
    "a clustering is at least as good as every coarser one: the measure does not always ask for fewer clusters",
    make.coarsening,
    unbeaten,
    smallest=4,
    largest=6,
    comparison=each.preference(finer=False),
)
duplication_invariance = Axiom(
    "duplication_invariance",
    "replacing every point by the same number of copies leaves the value unchanged",
    "m(rC, rX, d) = m(C, X, d), where rX holds each point r times",
    "Ackerman, Ben-David, Brânzei & Loker 2012, §3 (weights that are all equal)",
    "recording every observation twice changes the value, although the shape of the data is the same",
    make.of_one(changes.duplicated),
    changed,
    variants=each.copies,
)

AXIOMS = {
    axiom.name: axiom
    for axiom in (
        scale_invariance,
        consistency,
        richness,
        weak_richness,
        isomorphism_invariance,
        non_negativity,
        label_permutation_invariance,
        inner_consistency,
        outer_consistency,
        locality,
        continuity,
        refinement_preference,
        coarsening_preference,
        duplication_invariance,
        *INVARIANCES,
        k_richness,
        *CONSISTENCIES,
        *BETWEEN_DATA,
    )
}
