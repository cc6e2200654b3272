"""Counterexamples on record are cases of their axioms, and break them."""

from fractions import Fraction

import pytest

from cqm import axioms
from cqm.axioms.clusterers import FUNCTIONS
from cqm.axioms.domains import DOMAINS
from cqm.axioms.exact import is_undefined, root, to_float
from cqm.axioms.instances import Instance
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject
from cqm.axioms.refutations import FUNCTION_REFUTATIONS, REFUTATIONS, refutation
from cqm.axioms.statements import AXIOMS
from cqm.axioms.subjects import subject_of
from cqm.axioms.witness import Witness
from tests.cqm.axioms.relations import FUNCTION_RELATIONS, RELATIONS

RECORDED = [(one, measure, axiom) for one in REFUTATIONS for measure in one.measures for axiom in one.axioms]


@pytest.mark.parametrize(("one", "measure", "axiom"), RECORDED, ids=[f"{m}-{a}" for _, m, a in RECORDED])
def test_every_counterexample_breaks_its_axiom(one, measure, axiom):
    witness = one.witness(subject_of(measure), AXIOMS[axiom])
    assert witness.replay()
    assert witness.exactness in ("exact", "enclosed")
    verdict = axioms.check(measure, axiom)
    assert verdict.holds is False
    assert verdict.witness == witness
    assert RELATIONS[axiom](one.frames)


@pytest.mark.parametrize("one", FUNCTION_REFUTATIONS)
def test_every_counterexample_of_a_function_breaks_its_axioms(one):
    for name in one.measures:
        subject = FunctionSubject(name, *FUNCTIONS[name])
        assert subject.screen(one.frames[0]) == one.frames[0].labels
        for axiom in one.axioms:
            assert FUNCTION_RELATIONS[axiom](one.frames)
            assert one.witness(subject, FUNCTION_AXIOMS[axiom]).replay(subject.function)


def test_a_record_is_no_refutation_of_another_measure():
    subject, axiom = subject_of("dunn"), AXIOMS["consistency"]
    (bent,) = [one for one in REFUTATIONS if "pbm" in one.measures and "consistency" in one.axioms]
    assert not bent.witness(subject_of("xie_beni"), axiom).replay()
    assert refutation(subject, axiom, DOMAINS["distances"]) is None
    own = subject_of(lambda D, labels: 0, better="higher", name="pbm")
    assert refutation(own, axiom, DOMAINS["euclidean"]) is None


@pytest.mark.parametrize(
    ("axiom", "tied", "settled"),
    [
        ("locality", (root(2), root(8) / 2, 0, 1), (2, 2, 0, 1)),
        ("order_consistency", (root(2), root(8) / 2, 0, 1), (root(3), root(2), 0, 1)),
        ("refinement_preference", (root(2), root(8) / 2, 1), (root(2), 1, 1)),
        ("coarsening_preference", (root(2), root(8) / 2, 1), (2, 2, 1)),
    ],
)
def test_values_that_only_enclosures_tie_refute_nothing(axiom, tied, settled):
    judge = AXIOMS[axiom].judge
    assert not judge(tied, "higher") > 0
    assert judge(settled, "higher") > 0


# e^−180 more density at the second point, which 77 digits do not show: its weight is 0, the other one's is 1
UNEQUAL_DENSITIES = ((0, Fraction(1, 3), 19), (Fraction(1, 3), 0, 23), (19, 23, 0))


def test_densities_that_differ_by_less_than_enclosures_tell_are_not_equal():
    before = Instance("distances", ((0, 1, 5), (1, 0, 6), (5, 6, 0)), (0, 0, 1))
    after = Instance("distances", UNEQUAL_DENSITIES, (0, 0, 1))
    viasckde = subject_of("viasckde")
    assert to_float(viasckde.exact(before)) == pytest.approx((1 - 1 / 5) / 3)
    assert is_undefined(viasckde.exact(after))  # it is (1 − 1/57)/3: no worse than before
    axiom = AXIOMS["monotonic_consistency"]
    wrong = Witness("viasckde", axiom.name, "distances", "higher", (before, after), (Fraction(4, 15), 0), "")
    assert not wrong.replay()
    equal = Instance("distances", ((0, 1, 9), (1, 0, 9), (9, 9, 0)), (0, 0, 1))
    assert viasckde.exact(equal) == 0
