"""Axioms of external indices: what is said of ours, and the numbers it rests on."""

import math
from fractions import Fraction
from itertools import permutations, product
from pathlib import Path

import pytest
from sklearn import metrics

import cqm
from cqm import axioms
from cqm.axioms.agreement.exhaustion import CASES, triangles
from cqm.axioms.agreement.pages import INDEX_PAGE, index_page
from cqm.axioms.agreement.partitions import improvements, is_improvement, meet, sizes, types, with_sizes
from cqm.axioms.agreement.proofs import INDEX_PROOFS, PAGE
from cqm.axioms.agreement.subjects import index_subject
from cqm.axioms.closed_forms import ClosedForm
from cqm.axioms.instances import partitions
from cqm.axioms.proofs.proof import anchor
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.table import read_verdicts
from cqm.axioms.verdict import Verdict
from cqm.definitions import agreement
from cqm.definitions.arithmetic import irrational
from cqm.external import external_catalog

ROOT = Path(__file__).parents[3]
*_, TABLE = read_verdicts()


@pytest.fixture
def exact_logarithms():
    token = irrational.set(ClosedForm.of)
    yield
    irrational.reset(token)


# numbers


def test_equal_numbers_are_equal_however_they_are_written(exact_logarithms):
    ln = {n: ClosedForm.of(n).logarithm() for n in (2, 3, 6, 8, 12)}
    assert ln[6] == ln[2] + ln[3]
    assert ln[8] == 3 * ln[2]
    assert ln[12] - ln[3] == 2 * ln[2]
    assert ln[8] / ln[2] == 3
    assert isinstance(ln[8] / ln[2], Fraction)
    assert ln[2] / ln[6] + ln[3] / ln[6] == 1
    root = {n: ClosedForm.of(n).square_root() for n in (2, 3, 6, 8, Fraction(9, 4))}
    assert root[2] * root[3] == root[6]
    assert root[8] == 2 * root[2]
    assert root[Fraction(9, 4)] == Fraction(3, 2)
    assert 1 / root[2] == root[2] / 2


def test_numbers_that_differ_in_the_sixtieth_digit_are_told_apart(exact_logarithms):
    ln = ClosedForm.of(2).logarithm()
    close = ln + Fraction(1, 10**60)
    assert close > ln
    assert close != ln
    assert float(close) == float(ln) == math.log(2)


def test_numbers_that_no_precision_tells_apart_are_not_called_equal():
    ln = ClosedForm.of(2).logarithm()
    with pytest.raises(ArithmeticError, match="75 digits"):
        assert ln == ln + Fraction(1, 10**90)


# definitions


@pytest.mark.parametrize("name", external_catalog)
def test_definitions_are_what_the_functions_compute(name, exact_logarithms):
    index = external_catalog[name]
    for n in (1, 2, 3, 4):
        for a, b in product(types(n), partitions(n)):
            assert float(index.definition(a, b)) == pytest.approx(index.function(a, b), abs=1e-12)


def test_the_expected_information_is_the_mean_over_all_orders(exact_logarithms):
    a, b = (0, 0, 1, 1, 2), (0, 0, 0, 1, 2)
    every = [agreement.mutual_information(a, order) for order in permutations(b)]
    assert sum(every) / len(every) == agreement.expected_mutual_information(a, b)


# cases


def test_what_agrees_on_more_pairs_is_reached_by_smallest_steps():
    for n in (3, 4):
        for a, b in product(partitions(n), repeat=2):
            reached, seen = [b], set()
            while reached:
                new = [c for c in improvements(a, reached.pop()) if c not in seen]
                seen.update(new)
                reached += new
            assert seen == {c for c in partitions(n) if is_improvement(a, b, c)}


def test_types_and_sizes_cover_all_partitions():
    assert sum(len(with_sizes(sizes(one))) for one in types(6)) == len(partitions(6)) == 203
    assert meet((0, 0, 1, 1), (0, 1, 0, 0)) == (0, 1, 2, 2)


@pytest.mark.parametrize(
    "index", [lambda true, pred: 1 - (1 - cqm.rand(true, pred)) ** 2, "fowlkes_mallows", "pair_jaccard"]
)
def test_the_screen_leaves_out_no_triangle_that_is_broken(index):
    subject = index_subject(index, better="higher", name="index")
    axiom = axioms.INDEX_AXIOMS["index_triangle_inequality"]

    def broken(trials):
        values = ([subject.exact(frame) for frame in trial.frames] for trial in trials)
        return any(axiom.judge(one, "higher") > 0 for one in values)

    assert broken(triangles(subject, 3)[1]) == broken(CASES[axiom.name](3)) == (index != "pair_jaccard")


# ours


def test_every_index_is_settled_on_every_axiom():
    assert list(TABLE) == list(external_catalog)
    for name, verdicts in TABLE.items():
        assert list(verdicts) == list(axioms.INDEX_AXIOMS)
        assert {verdict.status for verdict in verdicts.values()} <= {"proved", "refuted"}
        recorded = external_catalog[name].axioms
        assert {axiom: one.status for axiom, one in recorded.items()} == {a: v.status for a, v in verdicts.items()}


@pytest.mark.parametrize("name", external_catalog)
def test_every_counterexample_replays(name):
    for verdict in TABLE[name].values():
        if verdict.witness is not None:
            assert verdict.witness.replay()
            assert verdict.witness.exactness in ("exact", "enclosed")
            again = Verdict.from_record(name, verdict.record())
            assert again.witness.replay()
            assert str(again) == str(verdict)


@pytest.mark.parametrize("proof", INDEX_PROOFS, ids=lambda proof: f"{proof.heading} {proof.axiom}")
def test_every_proof_runs(proof):
    for name in proof.indices:
        proof.run(index_subject(name), cases=6, seed=1)


@pytest.mark.parametrize("proof", INDEX_PROOFS, ids=lambda proof: f"{proof.heading} {proof.axiom}")
def test_no_proof_runs_for_an_index_that_lacks_the_property(proof):
    worse = next(n for n in ("completeness", "fowlkes_mallows", "rand", "adjusted_rand") if broken(proof, n))
    assert TABLE[worse][proof.axiom].status == "refuted" or proof.axiom == "index_label_invariance"


def broken(proof, name):
    """Whether the argument fails for another index."""
    if proof.axiom == "index_label_invariance":
        subject = index_subject(lambda true, pred: metrics.accuracy_score(true, pred), better="higher", name=name)
    elif TABLE[name][proof.axiom].status != "refuted":
        return False
    else:
        subject = index_subject(name)
    try:
        proof.run(subject, cases=60)
    except (Broken, ValueError):
        return True
    return False


def test_every_proof_has_its_text():
    headings = {
        anchor(line[3:]) for line in (ROOT / PAGE).read_text(encoding="utf-8").splitlines() if line[:3] == "## "
    }
    assert {anchor(proof.heading) for proof in INDEX_PROOFS} == headings
    assert all(proof.link.endswith("#" + anchor(proof.heading)) for proof in INDEX_PROOFS)


def test_the_page_is_what_the_verdicts_say():
    assert (ROOT / INDEX_PAGE).read_text(encoding="utf-8") == index_page(TABLE)


def test_the_catalogue_says_the_same_of_symmetry_and_chance():
    for name, index in external_catalog.items():
        assert index.symmetric == bool(TABLE[name]["index_symmetry"].holds)
        assert index.adjusted == bool(TABLE[name]["index_constant_baseline"].holds)


def test_what_has_meilas_axioms_has_no_bound():
    """No index is aligned to the lattice, convexly additive and bounded at once (Meilă 2007)."""
    for name, verdicts in TABLE.items():
        lattice = ("index_refinement_additivity", "index_join_additivity", "index_convex_additivity")
        if all(verdicts[axiom].holds for axiom in lattice):
            assert math.inf in external_catalog[name].range


def test_adjusted_mutual_information_falls_when_it_should_rise():
    witness = TABLE["adjusted_mutual_information"]["index_monotonicity"].witness
    assert witness.n == 6
    assert witness.values == (Fraction(-7, 38), Fraction(-4, 21))
    true = [int(row[0]) for row in witness.frames[0].rows]
    before, after = (metrics.adjusted_mutual_info_score(true, frame.labels) for frame in witness.frames)
    assert before == pytest.approx(-7 / 38)
    assert after == pytest.approx(-4 / 21)
    assert metrics.rand_score(true, witness.frames[1].labels) > metrics.rand_score(true, witness.frames[0].labels)


@pytest.mark.parametrize("name", ["pair_jaccard", "fowlkes_mallows"])
def test_jaccard_and_fowlkes_mallows_stay_only_where_they_are_0(name):
    subject = index_subject(name)
    axiom = axioms.INDEX_AXIOMS["index_monotonicity"]
    stayed = 0
    for n in (3, 4, 5):
        for trial in CASES[axiom.name](n):
            values = [subject.exact(frame) for frame in trial.frames]
            if axiom.judge(values, "higher") > 0:
                stayed += 1
                assert values == [0, 0]
    assert stayed


# anyone's


@pytest.mark.parametrize(
    ("function", "ours"),
    [
        (metrics.adjusted_rand_score, "adjusted_rand"),
        (metrics.v_measure_score, "v_measure"),
    ],
)
def test_scikit_learns_functions_get_the_verdicts_of_the_definitions(function, ours, monkeypatch):
    monkeypatch.setattr("cqm.axioms.agreement.checker.LARGEST", 5)
    for axiom, verdict in zip(TABLE[ours].values(), axioms.check(function, better="higher", seconds=60), strict=True):
        assert (verdict.axiom, verdict.holds) == (axiom.axiom, axiom.holds), str(verdict)
