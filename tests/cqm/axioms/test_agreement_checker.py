"""External indices of one's own: which violations are found, and which only seem to be some."""

import random

import numpy as np
import pytest
from sklearn import metrics
from typer.testing import CliRunner

import cqm
from cqm import axioms
from cqm.axioms.agreement.larger import drawn, most_points
from cqm.axioms.agreement.partitions import sizes
from cqm.axioms.table import read_verdicts
from cqm.cli import app

*_, TABLE = read_verdicts()


def test_an_index_in_single_precision_is_refuted_by_nothing_but_violations(monkeypatch):
    monkeypatch.setattr("cqm.axioms.agreement.checker.LARGEST", 5)

    def narrow(labels_true, labels_pred):
        return float(np.float32(cqm.adjusted_rand(labels_true, labels_pred)) + np.float32(1e-7) * hash_of(labels_pred))

    def hash_of(labels):  # what another order of additions does
        return random.Random(str(list(labels))).random()

    found = axioms.check_index(narrow, better="higher")
    for verdict, ours in zip(found, TABLE["adjusted_rand"].values(), strict=True):
        assert verdict.holds == ours.holds, str(verdict)


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_the_unit_of_an_index_does_not_matter(unit, monkeypatch):
    monkeypatch.setattr("cqm.axioms.agreement.checker.LARGEST", 5)
    found = axioms.check_index(lambda true, pred: unit * cqm.rand(true, pred), better="higher", name="scaled")
    assert {v.axiom for v in found if v.holds is False} == {a for a, v in TABLE["rand"].items() if v.holds is False}


def test_planted_violations_are_found_and_smallest():
    def prefers_two(true, pred):
        return cqm.adjusted_rand(true, pred) + (1e-3 if len(set(pred)) == 2 else 0)

    verdict = axioms.check_index(prefers_two, "constant_baseline", better="higher")
    assert verdict.holds is False
    assert verdict.witness.n == 4
    assert verdict.witness.replay(prefers_two)
    lopsided = axioms.check_index(
        lambda t, p: cqm.rand(t, p) + 1e-6 * len(set(t)), "symmetry", better="higher", name="x"
    )
    assert lopsided.holds is False
    assert lopsided.witness.n == 2
    named = axioms.check(metrics.accuracy_score, "label_invariance", better="higher")
    assert named.holds is False
    assert named.witness.n == 2


def lopsided_from_nine_points_on(true, pred):
    return cqm.adjusted_rand(true, pred) + (0.01 * len(set(true)) if len(true) >= 9 else 0)


def asks_for_the_largest_name(true, pred):
    return cqm.adjusted_rand(true, pred) + 0.01 * max(pred)


def halves_classes_of_seven(true, pred):
    return cqm.adjusted_rand(true, pred) * (0.5 if sizes(tuple(true))[0] >= 7 else 1)


def upside_down_for_sizes_2_2_3(true, pred):
    return cqm.rand(true, pred) * (-1 if sizes(tuple(true)) == (3, 2, 2) else 1)


def wants_no_two_points_apart(true, pred):
    return cqm.adjusted_rand(true, pred) + (0.1 if len(pred) >= 8 and 2 in sizes(tuple(pred)) else 0)


def kind_to_one_point_of_a_dozen(true, pred):
    return min(1, cqm.rand(true, pred) + (0.05 if len(pred) >= 12 else 0))


@pytest.mark.parametrize(
    ("index", "axiom"),
    [
        (lopsided_from_nine_points_on, "symmetry"),
        (lopsided_from_nine_points_on, "triangle_inequality"),
        (asks_for_the_largest_name, "label_invariance"),
        (halves_classes_of_seven, "maximal_agreement"),
        (wants_no_two_points_apart, "monotonicity"),
        (wants_no_two_points_apart, "constant_baseline"),
        (kind_to_one_point_of_a_dozen, "maximal_agreement"),
    ],
)
def test_violations_among_more_points_are_found(index, axiom, monkeypatch):
    monkeypatch.setattr("cqm.axioms.agreement.checker.LARGEST", 4)
    verdict = axioms.check_index(index, axiom, better="higher")
    assert verdict.holds is False, str(verdict)
    assert verdict.witness.n >= 7
    assert verdict.witness.replay(index)


@pytest.mark.parametrize("axiom", axioms.INDEX_AXIOMS)
def test_cases_of_more_points_have_as_many_as_is_said(axiom):
    found = [max(frame.n for frame in trial.frames) for trial in drawn(axiom, random.Random(0))]
    assert max(found) == most_points(axiom)
    assert min(found) >= 7


def test_sizes_that_few_points_have_are_all_tried():
    verdict = axioms.check_index(upside_down_for_sizes_2_2_3, "monotonicity", better="higher")
    assert verdict.holds is False


def test_indices_that_are_random_now_and_then_are_called_random():
    noise, calls = random.Random(0), iter(range(10**9))
    for now_and_then in (lambda t, p: noise.random() < 0.05, lambda t, p: next(calls) % 7 == 0):
        verdicts = axioms.check_index(now_and_then, ["symmetry", "monotonicity"], better="higher", name="restless")
        assert [verdict.status for verdict in verdicts] == ["random"] * 2
        assert "fix its random state" in str(verdicts[0].evidence)


def test_an_index_that_is_random_on_many_points_is_not_refuted():
    noise = random.Random(0)

    def restless(true, pred):
        return cqm.adjusted_rand(true, pred) + (noise.random() if len(pred) >= 8 else 0)

    verdicts = axioms.check_index(restless, ["maximal_agreement", "symmetry"], better="higher")
    assert [verdict.status for verdict in verdicts] == ["random"] * 2


def test_an_index_that_fails_on_some_clusterings_is_said_to_and_why():
    def fragile(true, pred):
        if max(true) == max(pred) == 1:
            raise TypeError("two and two")
        return cqm.rand(true, pred)

    verdict = axioms.check_index(fragile, "symmetry", better="higher")
    assert (verdict.status, verdict.holds) == ("error", None)
    assert str(verdict.evidence) == "TypeError: two and two, for {0,1} {2} beside {0,2} {1}"

    def picky(true, pred):
        raise ValueError("never")

    verdict = axioms.check_index(picky, "symmetry", better="higher")
    assert verdict.status == "undefined"
    assert str(verdict.evidence).endswith("such as ValueError: never, for {0,1} beside {0} {1}")


def test_the_limit_holds_where_values_are_known_already():
    def of_several_classes(true, pred):
        if len(set(true)) == 1:
            raise RuntimeError("one class")
        return cqm.pair_jaccard(true, pred)

    verdict = axioms.check_index(of_several_classes, "triangle_inequality", better="higher", seconds=1)
    assert verdict.stopped


def test_random_failing_and_unending_functions_are_called_so():
    noise = random.Random(0)
    (one,) = axioms.check_index(lambda t, p: noise.random(), ["symmetry"], better="higher", name="noise")
    assert one.status == "random"
    (one,) = axioms.check_index(lambda t, p: "alike", ["symmetry"], better="higher", name="words")
    assert one.status == "error"
    assert one.holds is None
    with pytest.raises(ValueError, match=r'better="higher" or better="lower"'):
        axioms.check_index(lambda t, p: 0)
    with pytest.raises(ValueError, match="label_invariance, symmetry"):
        axioms.check_index("rand", "beauty")


@axioms.parametrize("adjusted_rand")
def test_a_test_suite_of_an_index_is_one_decorator(check):
    assert check().status == "proved"


def test_the_decorator_fails_where_the_index_does():
    @axioms.parametrize(metrics.rand_score, better="higher", axiom="constant_baseline")
    def test(check): ...

    (case,) = test.pytestmark[0].args[1]
    with pytest.raises(pytest.fail.Exception, match=r"0.555556"):
        case.values[0]()


def test_the_shell_shows_an_index():
    shown = CliRunner().invoke(app, ["axioms", "rand", "--axiom", "constant_baseline"])
    assert "5/9" in shown.output
