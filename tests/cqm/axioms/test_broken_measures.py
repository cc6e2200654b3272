"""A user's broken measure, in floats, is refuted by a message that needs no paper to understand."""

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

    verdict = axioms.check(rounded, "scale_invariance", better="higher")
    assert verdict.holds
    assert "above 1e-09" in str(verdict)


def test_a_measure_that_raises_is_undefined_and_not_refuted():
    def unfinished(D, labels):
        raise ValueError("not yet")

    verdict = axioms.check(unfinished, "consistency", better="higher", budget=axioms.Budget(cases=60))
    assert verdict.holds is None
    assert verdict.status == "undefined"
    assert "no value" in str(verdict)


def test_values_that_are_undefined_somewhere_are_told_apart():
    def gap(D, labels):  # 0/0 where all distances between clusters are equal
        far = [D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y]]
        return 1.0 if max(far) > min(far) else float("nan")

    verdict = axioms.check(gap, "scale_invariance", better="higher", generic=True)
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
