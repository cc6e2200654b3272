"""The proofs of docs/proofs.md run: their arguments hold on cases, and fail on measures that they are not about."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from random import Random

import pytest

from cqm.axioms import AXIOMS, movements
from cqm.axioms.changes import is_consistent_change
from cqm.axioms.clusterers import FUNCTIONS, TOLD_FUNCTIONS
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.instances import Instance, non_trivial_partitions, squared_distances
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject
from cqm.axioms.proofs import (
    constructions,
    large,
    one_in_thirteen,
    one_point_apart,
    preferences,
    rivals,
    round_unions,
    shapes,
    single_points,
    small_steps,
    spaces,
    steps,
)
from cqm.axioms.proofs.arguments import (
    by_direction,
    by_rules_of_continuity,
    by_units,
    copies,
    copies_without_value,
    never_negative,
    renamed,
    the_same_set,
)
from cqm.axioms.proofs.cases import case, clustering, consistent_changes
from cqm.axioms.proofs.formulas import FORMULAS
from cqm.axioms.proofs.functions import FUNCTION_PROOFS, every_partition, in_order, scaled, some_pair, tightened
from cqm.axioms.proofs.registry import PROOFS
from cqm.axioms.proofs.told_functions import TOLD_PROOFS, some_way, stays, unmoved_by_weights
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.subjects import subject_of
from cqm.definitions.arithmetic import if_at_most
from tests.cqm.axioms import planted

FOUND_BY_TRYING = 40  # cases within which a planted measure breaks an argument

# what is the only best clustering is a best one, and the only best one of as many clusters
STATEMENTS = [
    (proof, name, axiom)
    for proof in PROOFS
    for name in proof.names
    for axiom in proof.axioms
    if axiom in AXIOMS and not (axiom in ("weak_richness", "k_richness") and "richness" in proof.axioms)
]


@pytest.mark.parametrize(
    ("proof", "measure", "axiom"), STATEMENTS, ids=[f"{name}-{axiom}" for _, name, axiom in STATEMENTS]
)
def test_every_argument_holds_on_a_case(proof, measure, axiom):
    proof.run(subject_of(measure), AXIOMS[axiom])


@pytest.mark.parametrize(
    ("proof", "name", "axiom"),
    [
        pytest.param(proof, name, axiom, id=f"{name}-{axiom}")
        for proof in (*FUNCTION_PROOFS, *TOLD_PROOFS)
        for name in proof.measures
        for axiom in proof.axioms
    ],
)
def test_every_argument_about_functions_holds_on_a_case(proof, name, axiom):
    proof.run(subject_named(name), FUNCTION_AXIOMS[axiom])


def subject_named(name):
    function, needs = (FUNCTIONS | TOLD_FUNCTIONS)[name]
    return FunctionSubject(name, function, needs, name in TOLD_FUNCTIONS)


def test_no_cell_is_settled_twice():
    settled = [(name, axiom) for proof in PROOFS for name in proof.names for axiom in proof.axioms]
    assert len(settled) == len(set(settled))


def jumps(D, labels):
    return if_at_most(planted.separation(D, labels), 2, 0, 1)


def judged(function, better="higher", name=None, needs="distances"):
    return subject_of(function, better=better, generic=True, name=name, needs=needs)


def flipped(name):
    subject = subject_of(name)
    return replace(subject, better="lower" if subject.better == "higher" else "higher")


def minus_trace_w(points, labels):
    return -1 * subject_of("trace_w").function(points, labels)


def two_pairs_apart(points, labels):
    return len(set(labels[:2])) + len(set(labels[2:4]))


WRONG = {
    "a length is added to a number": (by_units, judged(planted.in_a_unit), "scale_invariance"),
    "the first point is asked": (the_same_set, judged(planted.asks_the_first_point), "isomorphism_invariance"),
    "the axes are looked at": (the_same_set, subject_of("ratkowsky_lance"), "isomorphism_invariance"),
    "cluster 0 is asked": (renamed, judged(planted.asks_cluster_zero), "label_permutation_invariance"),
    "1 is subtracted": (never_negative, judged(planted.below_zero), "non_negativity"),
    "pairs of copies are counted": (copies, judged(planted.counts_copies), "duplication_invariance"),
    "copies have a value": (copies_without_value, judged(planted.counts_copies), "duplication_invariance"),
    "a mean is no distance": (spaces.one_of_the_distances, subject_of("average_within"), "order_consistency"),
    "distances across are looked at": (
        shapes.of_insides(movements.contracted, inside="shrank"),
        flipped("average_within"),
        "centric_consistency",
    ),
    "clusters change their form": (
        shapes.same_insides(movements.contracted),
        subject_of("trace_w"),
        "centric_consistency",
    ),
    "distances are looked at": (shapes.of_sizes, subject_of("dunn"), "order_invariance"),
    "a threshold is passed": (by_rules_of_continuity, judged(jumps), "continuity"),
    "gaps should be equal": (by_direction, judged(planted.likes_equal_gaps), "outer_consistency"),
    "the other direction is better": (by_direction, flipped("dunn"), "consistency"),
    "the other direction of the C-index": (steps.above_and_below, flipped("c_index"), "consistency"),
    "the other direction of connectivity": (steps.by_ranks, flipped("connectivity"), "consistency"),
    "the other direction of the determinants": (steps.rigid_clusters, flipped("davies_bouldin"), "outer_consistency"),
    "an extreme is no sum": (
        steps.parts_add_up,
        judged(planted.separation, "lower", "normalized_min_sum"),
        "locality",
    ),
    "closest pairs tie": (rivals.constructed(constructions.tight_clusters), subject_of("gamma"), "richness"),
    "some are better than others": (rivals.tied(constructions.simplex), subject_of("xie_beni"), "weak_richness"),
    "all are as good": (
        rivals.outdone(rivals.no_singletons, rivals.splits),
        judged(lambda D, labels: 1, name="constant"),
        "weak_richness",
    ),
    "finer is worse": (preferences.finer_is_better(rivals.splits), flipped("trace_w"), "refinement_preference"),
    "it is no scattering": (preferences.no_finer_is_better, subject_of("trace_w"), "refinement_preference"),
    "the clusters have diameters": (
        preferences.three_far_clusters,
        subject_of("cvnn_compactness"),
        "coarsening_preference",
    ),
    "the origin is looked at": (
        spaces.same_value(movements.shifted),
        judged(planted.asks_the_origin, needs="points"),
        "translation_invariance",
    ),
    "a coordinate is looked at": (
        spaces.same_value(movements.turned),
        judged(planted.asks_the_first_coordinate, needs="points"),
        "rotation_invariance",
    ),
    "coordinates are counted": (
        spaces.same_value(movements.padded),
        judged(planted.counts_coordinates, needs="points"),
        "padding_invariance",
    ),
    "lengths matter": (spaces.same_value(movements.axis_scaled), subject_of("dunn"), "axis_scaling_invariance"),
    "lengths are compared with a number": (spaces.in_order, judged(planted.in_a_unit), "order_invariance"),
    "a law makes it worse": (spaces.a_law_is_consistent, flipped("dunn"), "monotonic_consistency"),
    "the other direction of shapes": (
        shapes.one_way(movements.contracted, inside="shrank", gaps="fixed"),
        flipped("davies_bouldin"),
        "centric_consistency",
    ),
    "the other direction of gaps": (
        shapes.one_way(movements.moved_apart, inside="fixed", gaps="grew"),
        flipped("xie_beni"),
        "motion_consistency",
    ),
    "gaps that go either way": (
        shapes.one_way(movements.moved_apart, inside="fixed", gaps="grew"),
        subject_of("sd_dis"),
        "motion_consistency",
    ),
    "the other direction of the scatter": (
        shapes.clusters_scatter_less(movements.contracted),
        flipped("det_ratio"),
        "centric_consistency",
    ),
    "clusters do not shrink in their form": (
        shapes.clusters_scatter_less(movements.axis_scaled),
        subject_of("det_ratio"),
        "centric_consistency",
    ),
    "another clustering into as many is as good": (
        rivals.constructed(constructions.tight_clusters),
        subject_of("relative_margin_literal"),
        "k_richness",
    ),
    "clusters on a sphere are wide": (
        rivals.constructed(constructions.on_spheres, some_of=5),
        subject_of("adjusted_davies_bouldin"),
        "k_richness",
    ),
    "round clusters have a value": (
        rivals.constructed(round_unions.round_unions, some_of=5),
        subject_of("silhouette"),
        "k_richness",
    ),
    "the value beside a point is another one": (
        small_steps.best_of_all,
        subject_of("adjusted_davies_bouldin"),
        "k_richness",
    ),
    "it has a value": (preferences.without_value, subject_of("trace_w"), "richness"),
    "no pair has a smaller value": (
        large.a_pair_has_the_better_s_dbw,
        judged(minus_trace_w, needs="points"),
        "richness",
    ),
    "two pairs have the least value": (
        large.two_pairs_have_not_the_best_s_dbw,
        judged(two_pairs_apart, "lower", needs="points"),
        "k_richness",
    ),
    "a larger share of the sum of squares is not better": (
        one_point_apart.a_pair_is_better,
        subject_of("calinski_harabasz"),
        "weak_richness",
    ),
    "centroids are measured in other units": (
        one_in_thirteen.pairs_or_halves_are_better,
        subject_of("adjusted_xie_beni"),
        "weak_richness",
    ),
    "large clusters count more": (single_points.two_clusters_are_as_good, subject_of("silhouette"), "richness"),
    "a pair has a positive value": (large.a_pair_has_no_cdbw, subject_of("trace_w"), "richness"),
}


@pytest.mark.parametrize(("bound", "wrong"), [("LARGEST", "2.07"), ("WIDE", "2.42"), ("MANY", "1e2000")])
def test_bounds_for_a_thirteenth_of_the_points_are_no_wider_than_said(bound, wrong, monkeypatch):
    monkeypatch.setattr(one_in_thirteen, bound, Fraction(wrong))
    with pytest.raises(Broken):
        try_often(one_in_thirteen.pairs_or_halves_are_better, subject_of("adjusted_davies_bouldin"), AXIOMS["richness"])


@pytest.mark.parametrize("why", WRONG)
def test_an_argument_fails_on_a_measure_that_it_is_not_about(why):
    argument, subject, axiom = WRONG[why]
    with pytest.raises(Broken):
        try_often(argument, subject, AXIOMS[axiom])


@pytest.mark.parametrize(
    ("argument", "name", "axiom"),
    [
        (scaled, "single linkage, edges ≤ 4", "scale_invariance"),
        (tightened, "complete linkage, k = 2", "consistency"),
        (tightened, "k-medoids, k = 2", "relaxed_consistency"),
        (in_order, "average linkage, k = 2", "order_invariance"),
        (every_partition, "single linkage, k = 2", "richness"),
        (stays, "complete linkage, k = 2", "inner_consistency"),
        (stays, "average linkage", "weight_robustness"),
        (stays, "k-medoids", "hierarchy"),
        (some_way, "single linkage", "weight_sensitivity"),
    ],
)
def test_an_argument_fails_on_a_function_that_it_is_not_about(argument, name, axiom):
    subject = subject_named(name)
    with pytest.raises(Broken):
        try_often(argument, subject, FUNCTION_AXIOMS[f"function_{axiom}"])


def test_a_function_that_counts_points_is_moved_by_weights():
    counts = FunctionSubject("counts", lambda d, k: [x * k // len(d) for x in range(len(d))], "distances", told=True)
    with pytest.raises(Broken):
        try_often(unmoved_by_weights, counts, FUNCTION_AXIOMS["function_weight_sensitivity"])


@pytest.mark.parametrize("kind", ["k", "outer", "inner", "threshold"])
def test_a_function_that_looks_at_no_distance_is_not_rich(kind):
    blind = FunctionSubject("blind", lambda d, k: [min(x, k - 1) for x in range(len(d))], "distances", told=True)
    with pytest.raises(Broken):
        try_often(some_way, blind, FUNCTION_AXIOMS[f"function_{kind}_richness"])


def test_a_function_that_sets_all_points_apart_is_told():
    apart = FunctionSubject("apart", lambda distances: range(len(distances)), "distances")
    with pytest.raises(Broken):
        some_pair(apart, FUNCTION_AXIOMS["function_richness"], Random(0))


def try_often(argument, subject, axiom):
    for seed in range(FOUND_BY_TRYING):
        argument(subject, axiom, Random(seed))


@pytest.mark.parametrize("measure", FORMULAS)
def test_formulas_of_distances_are_the_definitions(measure):
    subject = subject_of(measure)
    for seed in range(5):
        instance = case(subject, Random(seed))
        rows = squared_distances(instance.rows) if instance.kind == "points" else instance.rows
        value = FORMULAS[measure](rows, instance.labels)
        assert float(value) == pytest.approx(subject.approximate(instance), nan_ok=True)


@pytest.mark.parametrize(("inner", "outer"), [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("measure", ["dunn", "trace_w"])
def test_changes_are_consistent_and_change_something(measure, inner, outer):
    subject = subject_of(measure)
    changes = consistent_changes(subject, Random(1), inner=inner, outer=outer)
    moved = 0
    for _ in range(20):
        before, after = next(changes)
        domain = EUCLIDEAN if before.kind == "points" else DISTANCES
        assert is_consistent_change(domain, before.rows, after.rows, before.labels, inner, outer)
        moved += subject.approximate(before) != subject.approximate(after) or not inner
    assert moved


def test_clusterings_are_of_every_kind():
    drawn = [clustering(Random(seed), 9) for seed in range(200)]
    assert {max(labels) + 1 for labels in drawn} == {2, 3, 4}
    assert any(labels.count(max(labels)) == 1 for labels in drawn)
    assert any(min(map(labels.count, labels)) > 1 for labels in drawn)


@pytest.mark.parametrize("construct", [constructions.tight_clusters, constructions.simplex, constructions.contrasts])
def test_one_rival_stands_for_all_that_differ_by_twins(construct):
    measure = {"tight_clusters": "silhouette", "simplex": "sd_index", "contrasts": "ratkowsky_lance"}
    subject, instance = subject_of(measure[construct.__name__]), construct((2, 2, 1))
    every = {subject.approximate(replace(instance, labels=labels)) for labels in non_trivial_partitions(5)}
    named = {subject.approximate(replace(instance, labels=labels)) for labels in rivals.rivals(instance)}
    named |= {subject.approximate(instance)}
    assert {round(value, 9) for value in named} == {round(value, 9) for value in every}
    if construct is not constructions.contrasts:  # no two points of it are twins
        assert len(list(rivals.rivals(instance))) < len(non_trivial_partitions(5)) - 1


def test_a_pair_of_instances_of_one_set_is_told_apart():
    instance = Instance("points", ((0, 0), (1, 0), (0, 2)), (0, 0, 1))
    assert rivals.twins(instance) == [0, 1, 2]
    assert rivals.twins(constructions.tight_clusters((2, 1))) == [0, 0, 2]


finer = partial(rivals.closest_pairs, inside=True)


def test_rivals_that_proofs_name_are_clusterings():
    instance = constructions.tight_clusters((3, 2, 1))
    named = {
        "splits": rivals.splits,
        "one_broken_up": rivals.one_broken_up,
        "closest_pairs": rivals.closest_pairs,
        "inside": finer,
        "moves": rivals.moves,
        "merges": rivals.merges,
        "pair_and_rest": rivals.pair_and_rest,
    }
    for propose in named.values():
        proposed = list(propose(instance))
        assert proposed
        assert set(proposed) <= set(non_trivial_partitions(6))
