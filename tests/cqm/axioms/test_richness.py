"""Constructions are checked against brute force, and the types of clusterings are all of them."""

import random
from itertools import islice

import numpy as np
import pytest

import cqm
from cqm import axioms
from cqm.axioms.construction import FAMILIES, _distances, cluster_types, construct, labels_of, lead
from cqm.axioms.domains import EUCLIDEAN
from cqm.axioms.instances import Instance, non_trivial_partitions, partitions
from cqm.axioms.subjects import subject_of
from cqm.definitions.arithmetic import exponential


def test_types_are_the_partitions_of_the_number():
    # OEIS A000041 without the two trivial ones; A000110 for the clusterings
    assert [len(cluster_types(n)) for n in range(3, 8)] == [1, 3, 5, 9, 13]
    assert [len(partitions(n)) for n in range(1, 7)] == [1, 2, 5, 15, 52, 203]
    assert len(non_trivial_partitions(6)) == 201


@pytest.mark.parametrize("measure", ["weakest_link", "dunn", "mcclain_rao"])
def test_constructions_beat_every_other_clustering_by_the_public_function(measure):
    entry = cqm.catalog[measure]
    budget = axioms.Budget(largest=4)
    again = lambda D, labels: entry.definition(D, labels)  # noqa: E731 - by another name there is no proof
    verdict = axioms.check(again, axioms.richness, better=entry.better, generic=True, budget=budget)
    assert verdict.holds
    assert [instance.n for instance in verdict.evidence.instances] == [3, 4, 4, 4]
    for instance in verdict.evidence.instances:
        D = np.array(instance.rows, dtype=float)
        scores = {labels: entry.score(D, labels, metric="precomputed") for labels in non_trivial_partitions(instance.n)}
        assert sum(score >= scores[instance.labels] for score in scores.values()) == 1


def test_relative_margin_is_rich_by_its_representatives():
    verdict = axioms.check("relative_margin", axioms.richness, budget=axioms.Budget(largest=4))
    assert verdict.holds


@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 3), (3, 2, 1), (4, 2)])
def test_matched_members_make_the_mean_additive_margin_of_pairs_rich(sizes):
    labels = labels_of(sizes)
    rivals = [other for other in non_trivial_partitions(6) if other != labels]
    subject = subject_of("additive_margin_pairs_mean")
    families = islice(_distances(sizes, random.Random(0)), FAMILIES)
    leads = [lead(subject, Instance("distances", D, labels), rivals, exact=True, enough=0) for D in families]
    assert max(leads[:12]) <= 0 < max(leads[12:])


def test_a_climb_finds_six_points_for_the_adjusted_davies_bouldin_index():
    known = {sizes: Instance("points", (), labels_of(sizes)) for n in range(3, 7) for sizes in cluster_types(n)}
    del known[5, 1]
    subject = subject_of("adjusted_davies_bouldin")
    found = construct(subject, EUCLIDEAN, unique=True, largest=6, seed=1, known=known).found[5, 1]
    scores = {y: cqm.adjusted_davies_bouldin(found.float_rows(), y) for y in non_trivial_partitions(6)}
    assert max(scores, key=scores.get) == found.labels
    assert sorted(scores.values())[-1] > sorted(scores.values())[-2] + 1e-9


def literal_again(D, labels):
    """The catalogued measure by another name, for which there is no proof by hand."""
    return cqm.catalog["relative_margin_literal"].definition(D, labels)


def test_relative_margin_as_printed_is_not_rich():
    verdict = axioms.check("relative_margin_literal", axioms.richness, budget=axioms.Budget(seconds=1))
    assert verdict.holds is False
    assert verdict.evidence.kind == "proof"
    verdict = axioms.check(
        literal_again, axioms.richness, better="lower", generic=True, budget=axioms.Budget(largest=3)
    )
    assert verdict.holds is False
    assert "{0,1} {2} is never the only best clustering of 3 points" in str(verdict)


def test_a_constant_is_weakly_rich_and_not_rich():
    def constant(D, labels):
        return 1

    budget = axioms.Budget(largest=4, seconds=1)
    assert axioms.check(constant, "weak_richness", better="higher", generic=True, budget=budget).holds
    assert axioms.check(constant, "richness", better="higher", generic=True, budget=budget).holds is False


def test_values_that_only_enclosures_tie_are_not_taken_for_equal():
    def saturated(D, labels):
        return 1 - exponential(-400 * len(set(labels)))

    budget = axioms.Budget(largest=4, seconds=1)
    verdict = axioms.check(saturated, "weak_richness", better="higher", generic=True, budget=budget)
    assert verdict.holds is None


def test_what_is_not_found_is_not_refuted():
    def clusters(D, labels):
        return len(set(labels))

    budget = axioms.Budget(largest=4, seconds=0.5, proofs=False)
    verdict = axioms.check(clusters, "weak_richness", better="higher", generic=True, budget=budget)
    assert verdict.holds is None
    assert verdict.status == "not found"
    assert "{0,1,2} {3}" in str(verdict)
    assert "where it came closest, {0,1} {2} {3} is ahead by 1" in str(verdict)


def test_clusterings_without_a_value_are_told_apart():
    def of_large_clusters(D, labels):
        return 1 if min(labels.count(label) for label in labels) > 1 else float("nan")

    budget = axioms.Budget(largest=4, seconds=1, proofs=False)
    verdict = axioms.check(of_large_clusters, "weak_richness", better="higher", generic=True, budget=budget)
    assert verdict.holds is None
    assert verdict.status == "undefined"
    assert "no value on {0,1} {2} under any" in str(verdict)
    assert verdict.undefined.replay()


def test_a_measure_is_proved_poor_by_hand():
    verdict = axioms.check("connectivity", "weak_richness", budget=axioms.Budget(largest=4, seconds=1))
    assert verdict.holds is False
    assert "docs/proofs.md#connectivity" in str(verdict)
    verdict = axioms.check("connectivity", "coarsening_preference", budget=axioms.Budget(cases=50, largest=4))
    assert verdict.holds is False
    verdict = axioms.check("dbcv", "richness", budget=axioms.Budget(largest=4, seconds=1))
    assert verdict.status == "undefined"
    assert "docs/proofs.md#dbcv" in str(verdict)
