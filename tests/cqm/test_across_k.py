"""What the catalogue says of measures and the number of clusters: theorems on random splits, the rest as measured."""

import json

import numpy as np
import pytest

import cqm
from benchmarks.across_k import PAGE, with_table
from cqm.declarations.across_k import BEND, MERGE, NONE, PATH, SPLIT

FILE = json.loads(PATH.read_text(encoding="utf-8"))
MEASURED = FILE["measures"]
SPLITTING = [name for name, reason in BEND.items() if reason == SPLIT]
MERGING = [name for name, reason in {**BEND, **NONE}.items() if reason == MERGE]


def refinements(count=60):
    """Points, labels, and the same labels with one cluster split."""
    for seed in range(count):
        generator = np.random.default_rng(seed)
        points = generator.normal(size=(30, 2)) + 3 * generator.integers(0, 3, size=(30, 1))
        coarse = np.arange(30) % 3
        fine = coarse.copy()
        members = np.flatnonzero(coarse == 0)
        part = generator.permutation(members)[: generator.integers(3, len(members) - 2)]
        fine[part] = 3
        yield points, coarse, fine


@pytest.mark.parametrize("name", SPLITTING)
def test_splitting_a_cluster_never_makes_these_worse(name):
    score = cqm.catalog[name].score
    for points, coarse, fine in refinements():
        assert score(points, fine) >= score(points, coarse) - 1e-9 * abs(score(points, coarse))


@pytest.mark.parametrize("name", MERGING)
def test_merging_clusters_never_makes_these_worse(name):
    score = cqm.catalog[name].score
    for points, coarse, fine in refinements():
        assert score(points, coarse) >= score(points, fine) - 1e-12


@pytest.mark.parametrize("name", ["silhouette", "calinski_harabasz", "dunn", "davies_bouldin"])
def test_splits_and_merges_may_make_others_worse(name):
    score = cqm.catalog[name].score
    changes = [score(points, fine) - score(points, coarse) for points, coarse, fine in refinements()]
    assert min(changes) < 0 < max(changes) or max(changes) < 0


def test_every_measure_was_measured():
    assert set(MEASURED) == set(cqm.catalog)
    assert set(BEND) | set(NONE) <= set(cqm.catalog)


@pytest.mark.parametrize("name", BEND)
def test_bends_find_more_than_best_values(name):
    measured = MEASURED[name]
    assert measured["found"] > max(measured["best_at_right"], measured["sets"] / 2)


# It sees no points, and the clear clusters here are of one size.
BLIND = "size_entropy"


@pytest.mark.parametrize("name", sorted(set(NONE) - {BLIND}))
def test_what_can_choose_no_k_finds_it_in_less_than_two_thirds_of_the_sets(name):
    assert MEASURED[name]["best_at_right"] < MEASURED[name]["sets"] * 2 / 3


@pytest.mark.parametrize("name", [name for name, m in cqm.catalog.items() if m.across_k.way == "best"])
def test_best_values_of_the_others_are_seldom_at_the_ends(name):
    measured = MEASURED[name]
    assert measured["found"] == measured["best_at_right"]
    assert measured["largest"] + measured["smallest"] <= measured["sets"] / 3


def test_what_sees_no_points_says_the_same_of_any():
    points = np.random.default_rng(0).normal(size=(6, 2))
    assert cqm.size_entropy(points, [0, 0, 1, 1, 2, 2]) == cqm.size_entropy(points[::-1] ** 3, [0, 0, 1, 1, 2, 2])


def test_shapes_are_seen_by_measures_of_gaps_and_densities():
    seen = {name for name, measure in cqm.catalog.items() if measure.across_k.any_shape}
    assert {"dunn", "weakest_link", "dbcv", "connectivity"} <= seen
    assert not seen & {"silhouette", "calinski_harabasz", "davies_bouldin", "trace_w", "gamma"}


def test_the_page_has_the_table_that_was_measured():
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page, FILE["setting"], MEASURED) == page
