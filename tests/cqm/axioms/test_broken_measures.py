"""A user's broken measure, in floats, is refuted by a message that needs no paper to understand."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from cqm import axioms


def asymmetric_in_labels(D, labels):
    first = D[np.ix_(labels == labels.min(), labels == labels.min())].sum()
    return float(first / D.sum())


def dependent_on_scale(X, labels, *, metric="euclidean"):
    assert metric == "precomputed"
    same = labels[:, None] == labels[None, :]
    return float(X[~same].min() - X[same].max())


def dependent_on_order(D, labels):
    return float(D[0, -1] / D.max())


@pytest.mark.parametrize(
    ("measure", "axiom", "words"),
    [
        (asymmetric_in_labels, "label_permutation_invariance", "which cluster is called 0"),
        (dependent_on_scale, "scale_invariance", "unit in which distances are given"),
        (dependent_on_order, "isomorphism_invariance", "order in which the points are listed"),
    ],
)
def test_a_broken_measure_is_refuted_in_plain_words(measure, axiom, words):
    verdict = axioms.check(measure, axiom, better="higher")
    assert verdict.holds is False
    assert words in str(verdict)
    assert verdict.witness.n <= 5
    assert verdict.witness.exactness == "floating"
    assert "far above rounding" in str(verdict)


def test_rounding_is_no_violation():
    def rounded(D, labels):
        same = labels[:, None] == labels[None, :]
        return float(np.exp(np.log(D[~same].min()) - np.log(D[same].max())))  # the unit cancels but for rounding

    verdict = axioms.check(rounded, "scale_invariance", better="higher", budget=axioms.Budget(cases=1000))
    assert verdict.holds
    assert "above 1e-09" in str(verdict)


def test_a_measure_that_raises_is_undefined_and_not_refuted():
    def unfinished(D, labels):
        raise ValueError("not yet")

    verdict = axioms.check(unfinished, "consistency", better="higher", budget=axioms.Budget(cases=60))
    assert verdict.holds is None
    assert verdict.status == "undefined"
    assert "no value on any case, such as ValueError: not yet" in str(verdict)


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize(
    ("returned", "got"),
    [
        (None, "got None: is a `return` missing?"),
        (np.array([0.5, 1.0, 2.0]), "got an array of shape (3,)"),
        ("0.5", "got '0.5'"),
        ([0.5], "got [0.5]"),
        (1j, "got 1j"),
    ],
)
def test_a_measure_that_returns_no_number_is_told_what_it_returned(returned, got, generic):
    def forgetful(D, labels):
        return returned

    budget = axioms.Budget(cases=4, largest=3)
    verdict = axioms.check(forgetful, "consistency", better="higher", generic=generic, budget=budget)
    assert verdict.holds is None
    assert verdict.status == "error"
    assert f"it has to return one real number for a clustering, {got}" in str(verdict)


@pytest.mark.parametrize(
    "returned", [np.float32(0.5), np.array(0.5), np.int64(2), True, Fraction(1, 3), Decimal("0.1"), 10**25]
)
def test_any_number_is_a_number(returned):
    def constant(D, labels):
        return returned

    assert axioms.check(constant, "consistency", better="higher", budget=axioms.Budget(cases=20)).holds


def test_other_errors_of_a_measure_are_the_verdict_of_their_cell():
    def mistyped(D, labels):
        return D.no_such_attribute if len(D) > 3 else 1.0

    asked = ["consistency", "non_negativity"]
    budget = axioms.Budget(cases=40, largest=4)
    for verdict in axioms.check(mistyped, asked, better="higher", budget=budget):
        assert verdict.holds is None
        assert verdict.status == "error"
        assert "AttributeError: 'numpy.ndarray' object has no attribute 'no_such_attribute', for distances" in str(
            verdict
        )
        assert verdict.undefined.n == 4


def test_a_measure_that_fails_and_breaks_an_axiom_is_refuted():
    def fragile(D, labels):
        if D.max() > 11:
            raise RuntimeError("too far")
        return D.max()

    assert axioms.check(fragile, "scale_invariance", better="higher", budget=axioms.Budget(cases=100)).holds is False


def test_values_that_are_undefined_somewhere_are_told_apart():
    def gap(D, labels):  # 0/0 where all distances between clusters are equal
        far = [D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y]]
        return 1.0 if max(far) > min(far) else float("nan")

    few = axioms.Budget(cases=1000)
    verdict = axioms.check(gap, "scale_invariance", better="higher", generic=True, budget=few)
    assert verdict.holds
    assert verdict.undefined.replay()
    assert "undefined at" in str(verdict)


def test_a_foreign_measure_needs_a_direction():
    with pytest.raises(ValueError, match='pass better="higher" or better="lower"'):
        axioms.check(dependent_on_order, "consistency")


def test_coordinates_are_judged_on_euclidean_space_alone():
    with pytest.raises(ValueError, match='only domain="euclidean"'):
        axioms.check("simplified_silhouette", "consistency", domain="distances")


@axioms.parametrize(
    dependent_on_order, better="higher", axiom=["label_permutation_invariance"], budget=axioms.Budget(cases=50)
)
def test_parametrize_hands_a_check_to_the_users_test(check):
    assert check().holds


def test_parametrize_fails_with_the_message():
    mark = axioms.parametrize(dependent_on_order, better="higher", axiom="isomorphism_invariance").mark
    (parameter,) = mark.args[1]
    with pytest.raises(pytest.fail.Exception, match="order in which the points are listed"):
        parameter.values[0]()


@pytest.mark.parametrize("wanted", [None, True, False])
def test_progress_off_a_terminal_is_printed_where_it_is_asked_for(wanted, capfd):
    asked = ["non_negativity", "label_permutation_invariance"]
    axioms.check(dependent_on_order, asked, better="higher", budget=axioms.Budget(cases=20), progress=wanted)
    lines = ["dependent_on_order: non_negativity (1/2)", "dependent_on_order: label_permutation_invariance (2/2)"]
    assert capfd.readouterr().err.splitlines() == (lines if wanted else [])
