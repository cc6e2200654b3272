"""Strategies alone, as other people's tests use them: under a plain @given, with cases that say something."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import cqm
from cqm import axioms
from cqm.axioms import changes
from cqm.axioms import strategies as some
from cqm.axioms.domains import METRICS


@given(some.distance_matrices(n=(3, 6)), some.metrics(5), some.distance_matrices(4, domain="pseudodistances"))
def test_matrices_are_what_they_are_called(D, M, P):
    for matrix in (D, M, P):
        assert (matrix == matrix.T).all()
        assert not matrix.diagonal().any()
    assert (D + np.eye(len(D)) > 0).all()
    assert (M[:, None, :] <= M[:, :, None] + M[None, :, :]).all()


def test_points_lie_between_others_in_a_share_of_the_metrics_only():
    between = []

    @given(some.metrics(6))
    @settings(derandomize=True, database=None)
    def collect(D):
        ways = D[:, :, None] + D[None, :, :]  # from x to y by way of each other point
        ways[[*range(6)], [*range(6)], :] = ways[:, [*range(6)], [*range(6)]] = np.inf
        between.append((ways.min(axis=1) == D)[~np.eye(6, dtype=bool)].any())

    collect()
    assert 0.4 < np.mean(between) < 0.9


@given(some.point_sets(n=(4, 6), d=2), some.clusterings(sizes=(1, 2, 3)), some.clusterings(7, k=3), some.clusterings())
def test_points_and_labels_are_what_they_are_called(X, sized, three, labels):
    assert len({tuple(row) for row in X}) == len(X) in (4, 5, 6)
    assert sorted(np.bincount(sized)) == [1, 2, 3]
    assert len(three) == 7
    assert len(set(three)) == 3
    assert 1 < len(set(labels)) < len(labels)
    assert list(dict.fromkeys(labels)) == sorted(set(labels))


@given(some.before_and_after(some.instances("metrics"), some.consistent, domain="metrics"))
def test_consistent_changes_of_metrics_are_consistent_and_metrics(change):
    before, after = change
    assert changes.is_consistent_change(METRICS, before.rows, after.rows, before.labels)
    assert METRICS.contains(after.rows)


@given(some.before_and_after(some.instances("euclidean"), some.consistent))
def test_consistent_changes_of_points_are_consistent_changes(change):
    before, _ = change
    same = np.equal.outer(before.y, before.y)
    old, new = (np.linalg.norm(case.X[:, None] - case.X, axis=2) for case in change)
    assert (new[same] <= old[same] * (1 + 1e-9)).all()
    assert (new[~same] >= old[~same] * (1 - 1e-9)).all()
    assert not np.allclose(old, new, rtol=1e-9)


def test_clusters_of_points_shrink_in_a_share_of_the_consistent_changes():
    pairs = []

    @given(some.before_and_after(some.instances("euclidean", k=2, n=(4, 8)), some.consistent))
    @settings(derandomize=True, database=None)
    def collect(change):
        before, _ = change
        same = np.equal.outer(before.y, before.y)
        old, new = (np.linalg.norm(case.X[:, None] - case.X, axis=2)[same] for case in change)
        pairs.append((new < old * (1 - 1e-9)).any())

    collect()
    assert np.mean(pairs) > 0.3


def test_changes_inside_clusters_of_given_points_are_refused():  # the cure is a trial, and they are all tried below
    case = axioms.Instance("points", ((0, 0), (1, 3), (2, 1), (5, 5)), (0, 0, 1, 1))
    with pytest.raises(
        ValueError, match=r'take trials\("inner_consistency", "euclidean"\), which draws points that do'
    ):
        some.consistent(case, outer=False)


def test_a_case_of_points_has_no_change_among_metrics():
    case = axioms.Instance("points", ((0, 0), (1, 3), (2, 1)), (0, 0, 1))
    with pytest.raises(ValueError, match="the case is of points, which metrics are not"):
        some.scaled(case, domain="metrics")


def consistent_in_five_dimensions(labels):
    rows = ((0, 0, 0, 0, 1), (3, 0, 0, 2, 0), (0, 4, 0, 0, 7), (0, 0, 5, 0, 0))
    return some.consistent(axioms.Instance("points", rows, labels))


@given(st.sampled_from(((0, 5, 5, 9), (3, 1, 1, 1))).flatmap(consistent_in_five_dimensions))
def test_clusters_may_have_any_names_and_points_many_coordinates(after):
    assert after.X.shape[1] in (5, 6)


@given(some.before_and_after(some.instances("euclidean"), some.consistent, inner=False))
def test_outer_changes_of_points_leave_the_clusters_as_they_are(change):
    before, _ = change
    same = np.equal.outer(before.y, before.y)
    old, new = (np.linalg.norm(case.X[:, None] - case.X, axis=2) for case in change)
    np.testing.assert_allclose(new[same], old[same], rtol=1e-9, atol=1e-12)
    assert (new[~same] >= old[~same] - 1e-9 * (1 + old[~same])).all()


@given(some.instances(n=(3, 6)).flatmap(lambda case: st.tuples(*(st.just(case), *others(case)))))
def test_other_changes_do_what_they_say(cases):
    case, unit, order, names, copies = cases
    entries = [zip(*rows, strict=True) for rows in zip(case.rows, unit.rows, strict=True)]
    factors = {Fraction(after, before) for row in entries for before, after in row if before}
    assert len(factors) == 1
    value = cqm.dunn(case.X, case.y, metric="precomputed")
    for other in (unit, order, names, copies):
        assert cqm.dunn(other.X, other.y, metric="precomputed") == pytest.approx(value)
    assert copies.n in (2 * case.n, 3 * case.n)


def others(case):
    return some.scaled(case), some.isomorphic(case), some.relabelled(case), some.duplicated(case)


@given(
    some.instances(sizes=(2, 2, 3)).flatmap(lambda case: st.tuples(st.just(case), some.finer(case), some.coarser(case)))
)
def test_finer_and_coarser(cases):
    middle, fine, coarse = cases
    assert len(set(fine.labels)) > len(set(middle.labels)) > len(set(coarse.labels)) > 1
    assert len(set(zip(fine.labels, middle.labels, strict=True))) == len(set(fine.labels))
    assert len(set(zip(middle.labels, coarse.labels, strict=True))) == len(set(middle.labels))


@given(
    some.instances(n=14, k=(4, 5)).flatmap(lambda case: st.tuples(st.just(case), some.finer(case), some.coarser(case)))
)
def test_finer_and_coarser_clusterings_of_many_points(cases):
    middle, fine, coarse = (len(set(case.labels)) for case in cases)
    assert 1 < coarse < middle < fine < 14


@given(
    some.clusterings(n=(3, 6), k=(3, 9)), some.clusterings(n=(2, 4)), some.clusterings(4, k=4), some.clusterings(4, k=1)
)
def test_sizes_and_numbers_of_clusters_go_together(some_clusters, least, single, whole):
    assert 3 <= len(set(some_clusters)) < len(some_clusters) or len(some_clusters) == 3
    assert 1 < len(set(least)) < len(least)
    assert [*single, *whole] == [0, 1, 2, 3, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("n", "k", "message"),
    [
        (2, None, "2 points have no clustering but one cluster and all singletons: give an `n` of at least 3"),
        ((3, 4), (5, 6), "4 points have no clustering into 5 clusters: give an `n` of at least 5"),
    ],
)
def test_too_few_points_are_refused_with_a_cure_that_works(n, k, message):
    with pytest.raises(ValueError, match=message):
        find(some.clusterings(n, k=k), lambda labels: True)
    find(some.clusterings(int(message[-1]), k=k), lambda labels: True)


@given(some.point_sets(n=30, d=1))
def test_there_is_room_for_many_points_on_a_line(X):
    assert len(set(X.ravel())) == 30


def test_cases_shrink_and_print_as_code():
    smallest = find(some.instances(n=(3, 8)), lambda case: case.X.max() >= 3)
    assert smallest.n == 3
    assert sorted({value for row in smallest.rows for value in row}) == [0, 1, 3]
    assert eval(repr(smallest), {"Instance": axioms.Instance}) == smallest
    other_unit = find(some.instances(n=3).flatmap(some.scaled), lambda case: case.X.max() < 1)
    assert eval(repr(other_unit), {"Instance": axioms.Instance, "Fraction": Fraction}) == other_unit
    assert "Fraction(0" not in repr(other_unit)  # integers stay integers
    assert (
        find(some.distance_matrices(), lambda D: len(set(D.ravel())) < len(D)).max() == 1
    )  # ties are what is simplest


@given(some.trials("consistency", "metrics", n=4))
def test_trials_are_the_axioms_cases(trial):
    values = [cqm.weakest_link(frame.X, frame.y, metric="precomputed") for frame in trial.frames]
    assert axioms.consistency.judge(values, "lower") <= 0


@pytest.mark.parametrize("axiom", [axiom for axiom in axioms.AXIOMS.values() if axiom.recipe])
def test_every_axiom_has_cases_under_a_plain_given(axiom):
    for domain in ("metrics", "euclidean"):
        if axioms.DOMAINS[domain].kind in axiom.kinds:

            @given(some.trials(axiom, domain))
            @settings(max_examples=12)
            def made(trial):
                assert axioms.DOMAINS[domain].contains(trial.frames[0].rows)  # noqa: B023

            made()


def test_an_axiom_about_points_has_cases_of_points_alone():
    assert find(some.trials("translation_invariance"), lambda trial: True).frames[0].kind == "points"
    with pytest.raises(ValueError, match="translation_invariance is about points, which metrics are not"):
        some.trials("translation_invariance", "metrics")
    with pytest.raises(ValueError, match="function_consistency is an axiom of functions"):
        some.trials(axioms.FUNCTION_AXIOMS["function_consistency"])


def test_richness_has_no_cases():
    with pytest.raises(ValueError, match="richness has no cases, as it is about all distances at once"):
        some.trials("richness")
