"""The proofs of docs/proofs.md run: their arguments hold on cases, and fail on measures that they are not about."""

from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import combinations, product
from random import Random

import pytest

from cqm.axioms import AXIOMS, movements
from cqm.axioms.changes import is_consistent_change
from cqm.axioms.clusterers import FUNCTIONS, TOLD_FUNCTIONS
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.instances import Instance, non_trivial_partitions, squared_distances
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject
from cqm.axioms.limits import OutOfTime, time_limit
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
from cqm.axioms.proofs.traced import Broken, Continuous, Graded, Moved, NoRule
from cqm.axioms.solvers import agreed_unsatisfiable, unsatisfiable_by_cvc5
from cqm.axioms.subjects import subject_of
from cqm.definitions.arithmetic import exponential, if_at_most, maximum, minimum, ratio, square_root
from cqm.definitions.coordinates import centroid, squared_distance
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


def roundness(points):
    """How far the points are from lying on a sphere about their centroid: 0 where they do."""
    centre = centroid(points)
    squares = [squared_distance(point, centre) for point in points]
    return (max(squares) - min(squares)) / max(squares)


@pytest.mark.parametrize("sizes", [(2, 1, 1), (2, 2, 1), (3, 2, 1), (2, 2, 2), (4, 4, 3, 1)])
def test_two_clusters_lie_on_a_sphere_and_not_with_a_point_of_a_third_one(sizes):
    instance = constructions.on_spheres(sizes)
    *_, last = range(instance.n)
    for one, other in combinations(range(len(sizes)), 2):
        chosen = [x for x in range(instance.n) if instance.labels[x] in (one, other)]
        assert roundness([instance.rows[x] for x in chosen]) < 1e-5
        if last not in chosen:
            assert roundness([instance.rows[x] for x in (*chosen, last)]) > 1e-2


@pytest.mark.parametrize(("bound", "wrong"), [("LARGEST", "2.07"), ("WIDE", "2.42"), ("MANY", "1e2000")])
def test_bounds_for_a_thirteenth_of_the_points_are_no_wider_than_said(bound, wrong, monkeypatch):
    monkeypatch.setattr(one_in_thirteen, bound, Fraction(wrong))
    with pytest.raises(Broken):
        try_often(one_in_thirteen.pairs_or_halves_are_better, subject_of("adjusted_davies_bouldin"), AXIOMS["richness"])


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 2, 1, 1), (2, 2, 2), (4, 3, 2), (4, 4, 1), (3, 3, 2)])
def test_no_other_clusters_are_round(sizes):
    instance = round_unions.round_unions(sizes)
    for chosen in non_trivial_subsets(range(instance.n)):
        counts = [sum(instance.labels[x] == label for x in chosen) for label in range(len(sizes))]
        single = sum(counts[label] for label, size in enumerate(sizes) if size == 1)
        met = [label for label, count in enumerate(counts) if count and sizes[label] > 1]
        far = roundness([instance.rows[x] for x in chosen])
        if single + len(met) == 1 or (len(met) == 1 and single == 1) or not met:
            assert far == 0
        elif len(met) == 2 and not single and all(counts[label] == sizes[label] for label in met):
            assert 0 < far < 1e-5
        else:
            assert far > 1e-4


@pytest.mark.parametrize("single", [4, 5])
def test_four_points_outdo_all_rivals_in_the_limit(single, monkeypatch):
    monkeypatch.setattr(small_steps, "limit", cache(small_steps.limit))
    far = single if single == 4 else 1
    size, best = 4, (1, 3, 0, 0)
    for clusters in divided((1, 3, far, single - far)):
        if 1 < len(clusters) < size + single and not (best in clusters and len(clusters) == 1 + single):
            small_steps.outdone(size, clusters)


def divided(counts, largest=None):
    """All ways to put points, so many of each kind, into clusters."""
    if not any(counts):
        yield []
    for first in product(*(range(count + 1) for count in counts)):
        if any(first) and (largest is None or first <= largest):
            rest = tuple(count - own for count, own in zip(counts, first, strict=True))
            for others in divided(rest, first):
                yield [first, *others]


def test_without_a_hub_two_points_beside_single_ones_are_better(monkeypatch):
    steps = small_steps.steps
    monkeypatch.setattr(small_steps, "steps", lambda size: [*steps(size)][:2])
    clusters = [(1, 1, 0, 0), *[(0, 1, 0, 0)] * 3, *[(0, 0, 1, 0)] * 5]
    with pytest.raises(Broken):
        small_steps.outdone(5, clusters)


def test_with_far_single_points_alone_two_points_are_better():
    clusters = [(1, 1, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0), *[(0, 0, 1, 0)] * 30]
    with pytest.raises(Broken):
        small_steps.outdone(4, clusters)


def test_values_in_the_limit_are_no_smaller_than_said(monkeypatch):
    monkeypatch.setattr(small_steps, "bound", lambda *_: Fraction("0.45"))
    with pytest.raises(Broken):
        small_steps.bounded(3, (1, 0, 1, 0), (0, 1, 0, 1))
    monkeypatch.setattr(small_steps, "LEAST", Fraction("0.463"))
    with pytest.raises(Broken):
        try_often(small_steps.best_of_all, subject_of("adjusted_silhouette"), AXIOMS["richness"])


def non_trivial_subsets(points):
    return [chosen for size in range(3, len(points) + 1) for chosen in combinations(points, size)]


@pytest.mark.parametrize("value", [Fraction(7), Fraction(7, 4), Fraction(4**9 * 7), Fraction(2, 3), Fraction(0)])
def test_four_squares_sum_to_any_fraction(value):
    assert sum(v * v for v in round_unions.four_squares(value)) == value


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


def test_units_are_kept_apart():
    metre, second = Graded(3, 1), Graded(2, 0)
    assert (metre * metre / metre).degree == 1
    assert square_root(metre * metre).degree == 1
    assert minimum([metre, metre * 2]).value == 3
    for mixed in (
        lambda: metre + second,
        lambda: metre < second,
        lambda: maximum([metre, 1]),
        lambda: metre.logarithm(),
        lambda: metre.exponential(),
    ):
        with pytest.raises(Broken, match="different units"):
            mixed()


def test_directions_follow_rules():
    up, down, still = Moved(1, 2, "grew"), Moved(3, 1, "shrank"), Moved(5, 5, "fixed")
    assert (up + still).way == "grew"
    assert (1 - up).way == "shrank"
    assert ratio(up, down).way == "grew"
    assert exponential(-1 * up).way == "shrank"
    assert minimum([up, still]).way == "grew"
    assert if_at_most(down, up, 1, 0).way == "grew"
    for unruly in (lambda: up + down, lambda: up * down, lambda: ratio(up, still - up), lambda: up < down):
        with pytest.raises(NoRule):
            unruly()
    with pytest.raises(Broken, match="should have been that it grew"):
        Moved(2, 1, "grew")


def test_what_branches_is_not_said_to_be_continuous():
    x, y = Continuous(True), Continuous(False)
    assert (x + 1).positive
    assert not (x + y).positive
    assert x > 0
    assert exponential(y) > 0
    for branch in (lambda: x < y, lambda: if_at_most(x, y, 1, 0), lambda: y == 0, lambda: sorted([x, y])):
        with pytest.raises(NoRule):
            branch()


def test_two_solvers_have_to_agree():
    assert agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0)) (assert (< 1 x))")
    assert not agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0))")
    assert not unsatisfiable_by_cvc5("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0))")


def test_a_solver_alone_is_not_enough(monkeypatch):
    import cvc5

    class Undecided(cvc5.Solver):
        def checkSat(self):  # noqa: N802 - cvc5's name
            return self

        def isUnsat(self):  # noqa: N802
            return False

    monkeypatch.setattr(cvc5, "Solver", Undecided)
    assert not agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0)) (assert (< 1 x))")


def test_solvers_keep_to_the_time_that_is_left():
    with time_limit(-1), pytest.raises(OutOfTime):
        agreed_unsatisfiable("(set-logic QF_LRA) (declare-const x Real) (assert (< x 0))")


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
