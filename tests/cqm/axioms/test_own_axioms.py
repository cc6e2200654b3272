"""Axioms of one's own: judged like the others, and refused at once where they can't be."""

import re
from fractions import Fraction

import numpy as np
import pytest

from cqm import axioms

FEW = axioms.Budget(cases=60, largest=4, seconds=600)


def shifted(case, draw):
    """Every point moves by the same amount."""
    x, y = draw(-9, 9), draw(-9, 9)
    return axioms.Instance(case.kind, tuple((row[0] + x, row[1] + y, *row[2:]) for row in case.rows), case.labels)


TRANSLATION = axioms.Axiom(
    "translation_invariance",
    "moving all points alike changes nothing",
    "m(C, X + t) = m(C, X)",
    recipe=axioms.recipe(shifted),
    judge=axioms.changed,
)


def test_an_axiom_of_ones_own_is_judged_with_witnesses_that_replay():
    def from_the_origin(X, labels):
        return float(np.linalg.norm(X, axis=1).sum())

    verdict = axioms.check(from_the_origin, TRANSLATION, better="lower", budget=FEW)
    assert verdict.holds is False
    assert "moving all points alike changes nothing; here it is not so" in str(verdict)
    assert "3 points; every point moves by the same amount" in str(verdict)
    assert verdict.witness.replay()
    again = axioms.Witness.from_json(verdict.witness.to_json(), axiom=TRANSLATION)
    assert again == verdict.witness
    assert again.replay(from_the_origin)
    assert not again.replay(lambda X, labels: 1.0)
    both = axioms.check("trace_w", [TRANSLATION, "non_negativity"], budget=FEW)
    assert [verdict.holds for verdict in both] == [True, True]
    assert "translation_invariance" in repr(both)
    assert "moving all points alike" in both._repr_html_()


def smallest(D, labels):
    return D[labels[:, None] != labels[None, :]].min()


def largest(D, labels):
    return D.max()


def looser(case, draw):
    """Distances inside the clusters are multiplied."""
    by = 1 + draw(0, 3)
    rows = [
        [d * by if case.labels[x] == case.labels[y] else d for y, d in enumerate(row)]
        for x, row in enumerate(case.rows)
    ]
    return axioms.Instance(case.kind, rows, case.labels)


def own(change, judge=axioms.changed, **options):
    return axioms.Axiom("own", "nothing changes", "m' = m", recipe=axioms.recipe(change), judge=judge, **options)


def test_an_axiom_about_one_value_is_judged_by_single_cases():
    bounded = own(None, lambda values, better: float(values[0]) - 1)
    assert axioms.check(largest, bounded, better="lower", budget=FEW).witness.frames[0].X.max() == 2
    constant = axioms.check(lambda D, labels: D.min(), bounded, better="lower", budget=FEW)
    assert "with 1 different value" in str(constant)
    various = axioms.check(lambda D, labels: D.mean() / D.max(), bounded, better="lower", budget=FEW)
    assert various.holds
    assert f"with {various.moved} different values" in str(various)
    assert various.moved > 10


def test_an_axiom_of_clustering_functions():
    def components(d):
        return axioms.single_linkage(d, r=4)

    change = axioms.recipe(looser, of="functions")
    loosening = axioms.Axiom(
        "loosening", "looser is the same", "f(d') = f(d)", recipe=change, judge=axioms.changed, of="functions"
    )
    (verdict,) = axioms.check_function(components, loosening, budget=FEW)
    assert verdict.holds is False
    assert "distances inside the clusters are multiplied" in str(verdict)
    assert verdict.witness.frames[0].labels == tuple(components(verdict.witness.frames[0].X))
    assert axioms.Witness.from_json(verdict.witness.to_json(), axiom=loosening).replay(components)
    never_one = axioms.Axiom(
        "never_one",
        "there are two clusters or more",
        "|f(d)| > 1",
        recipe=axioms.recipe(of="functions"),
        judge=lambda values, better: 1.0 if max(values[0]) == 0 else -1.0,
        of="functions",
    )
    (verdict,) = axioms.check_function(components, never_one, budget=FEW)
    assert verdict.witness.values == ((0, 0, 0),)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda case, draw: None,
            TypeError,
            "has to return an Instance of distances, got None: is a `return` missing?",
        ),
        (lambda case, draw: remade(case, case.X), TypeError, "start from case.rows, not from case.X"),
        (
            lambda case, draw: remade(case, [[v * 0.1 for v in row] for row in case.rows]),
            TypeError,
            "write Fraction(1, 10)",
        ),
        (lambda case, draw: remade(case, [(*row, 1) for row in case.rows]), ValueError, 'say kinds=("points",)'),
        (lambda case, draw: remade(case, [row[::-1] for row in case.rows]), ValueError, "symmetric distances"),
        (lambda case, draw: remade(case, case.rows[1:]), ValueError, "rows of 3 numbers for 3 labels"),
    ],
)
def test_what_is_no_distance_matrix_refutes_nothing(change, error, message):
    with pytest.raises(error, match=re.escape(message)):
        axioms.check(largest, own(change), better="higher", budget=FEW)


def remade(case, rows):
    return axioms.Instance(case.kind, rows, case.labels)


def test_cures_of_refused_changes_work():
    tenth = own(lambda case, draw: remade(case, [[v * Fraction(1, 10) for v in row] for row in case.rows]))
    assert axioms.check(lambda D, labels: D.mean() / D.max(), tenth, better="higher", budget=FEW).holds
    padded = own(lambda case, draw: remade(case, [(*row, 1) for row in case.rows]), kinds=("points",))
    assert axioms.check("dunn", padded, budget=FEW).domain == "euclidean"


def test_what_leaves_the_domain_is_drawn_again():
    shorter = own(
        lambda case, draw: remade(
            case,
            [[v - (x != y) for y, v in enumerate(row)] for x, row in enumerate(case.rows)],
        )
    )
    verdict = axioms.check(smallest, shorter, better="higher", budget=FEW)
    assert verdict.witness.frames[1].X[0, 1] > 0
    negative = own(lambda case, draw: remade(case, [[-v for v in row] for row in case.rows]))
    assert "no case was tried" in str(axioms.check(smallest, negative, better="higher", budget=FEW))


def test_an_axiom_that_can_not_be_judged_is_refused_when_it_is_made():
    with pytest.raises(ValueError, match="own has no cases: give it a `recipe`"):
        axioms.Axiom("own", "s", "f")
    with pytest.raises(ValueError, match="nothing would break own: give it a `judge`"):
        axioms.Axiom("own", "s", "f", recipe=axioms.recipe(looser))
    with pytest.raises(TypeError, match=r"a judge is called with \(values, better\), which <lambda> does not take"):
        own(looser, lambda values: 1.0)
    with pytest.raises(TypeError, match="which looser does not take; axioms"):
        axioms.Axiom("own", "s", "f", recipe=looser, judge=axioms.changed)


@pytest.mark.parametrize(
    ("judged", "axiom", "message"),
    [
        (
            "dunn",
            axioms.INDEX_AXIOMS["index_constant_baseline"],
            "an axiom of indices, and dunn is judged as a measure",
        ),
        ("dunn", axioms.FUNCTION_AXIOMS["function_richness"], "an axiom of functions, and dunn is judged as a measure"),
        ("rand", axioms.consistency, "consistency is none of axioms.INDEX_AXIOMS"),
        (axioms.single_linkage, axioms.consistency, "consistency is an axiom of measures"),
    ],
)
def test_an_axiom_of_something_else_is_refused(judged, axiom, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        axioms.check(judged, axiom)
