"""Verdicts that follow from one another agree, across the whole table."""

from dataclasses import replace
from random import Random

import pytest

from cqm.axioms.implications import IMPLICATIONS, TRANSFORMS, disagreements, function_disagreements
from cqm.axioms.kleinberg import FUNCTION_AXIOMS
from cqm.axioms.proofs.cases import case
from cqm.axioms.statements import AXIOMS
from cqm.axioms.subjects import subject_of
from cqm.axioms.table import read_verdicts

TABLE, FUNCTION_TABLE, _ = read_verdicts()


def test_the_table_agrees_with_itself():
    assert list(disagreements(TABLE)) == []
    assert list(function_disagreements(FUNCTION_TABLE)) == []


@pytest.mark.parametrize("one", IMPLICATIONS, ids=lambda one: f"{'+'.join(one.premises)}→{one.conclusion}")
def test_a_planted_contradiction_is_found(one):
    names = (*one.premises, one.conclusion)
    assert set(names) <= set(AXIOMS) | set(FUNCTION_AXIOMS)
    holds, fails = TABLE["dunn"]["scale_invariance"], TABLE["trace_w"]["scale_invariance"]
    right, wrong = (holds, fails) if one.holds else (fails, holds)
    table = {"planted": dict.fromkeys(one.premises, holds) | {one.conclusion: wrong}}
    found = [*disagreements(table), *function_disagreements(table)]
    assert any("planted" in text and one.conclusion in text for text in found)
    table["planted"][one.conclusion] = right
    assert not one.broken(table["planted"])
    for premise in one.premises:  # the other way round: where the conclusion fails, so may a premise
        assert not one.broken(table["planted"] | {premise: fails, one.conclusion: wrong})


def test_an_implication_of_distances_says_nothing_of_points():
    (both,) = [one for one in IMPLICATIONS if one.domain]
    verdicts = {axiom: replace(TABLE["dunn"]["consistency"], domain="euclidean") for axiom in both.premises}
    verdicts[both.conclusion] = replace(TABLE["pbm"]["consistency"], domain="euclidean")
    assert not both.broken(verdicts)


@pytest.mark.parametrize("one", TRANSFORMS, ids=lambda one: "-".join(one.measures))
def test_a_transform_that_shares_no_verdict_is_found(one):
    table = {name: dict(TABLE[name]) for name in one.measures}
    axiom = one.axioms[0]
    table[one.measures[0]][axiom] = replace(table[one.measures[0]][axiom], holds=None)
    shared = TABLE[one.measures[1]][axiom].holds
    other = TABLE["dunn" if shared is False else "pbm"]["consistency"]
    table[one.measures[0]][axiom] = other
    assert any(text.startswith(f"{axiom}:") for text in disagreements(table))


@pytest.mark.parametrize("one", TRANSFORMS, ids=lambda one: "-".join(one.measures))
def test_transforms_rank_clusterings_of_the_same_data_alike(one):
    subjects = [subject_of(name) for name in one.measures]
    for seed in range(10):
        first = case(subjects[0], Random(seed))
        labels = case(subjects[0], Random(seed + 100), n=first.n).labels
        if one.as_many:
            labels = tuple(Random(seed).sample(first.labels, first.n))
        second = replace(first, labels=labels)
        orders = set()
        for subject in subjects:
            a, b = subject.exact(first), subject.exact(second)
            sign = 1 if subject.better == "higher" else -1
            orders.add(sign * (int(a > b) - int(a < b)))
        assert len(orders) == 1
