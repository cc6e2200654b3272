"""Kleinberg's theorems, met by searching: each single linkage fails one axiom, and the one that the theorem says."""

import json
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from cqm import axioms
from cqm.axioms.clusterers import FUNCTIONS, agglomerative, k_medoids, noise_apart, single_linkage
from cqm.axioms.function_checker import FUNCTION_BUDGET
from cqm.axioms.kleinberg import FunctionSubject
from tests.cqm.strategies import distance_clusterings

THREE = ["scale_invariance", "richness", "consistency"]
QUICK = axioms.Budget(cases=300, largest=4, seconds=20)


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("single linkage, k = 2", "richness"),
        ("single linkage, edges ≤ max/2", "consistency"),
        ("single linkage, edges ≤ 4", "scale_invariance"),
    ],
)
def test_each_stopping_rule_fails_the_axiom_of_theorem_2_2(name, fails):
    function, _ = FUNCTIONS[name]
    verdicts = axioms.check_function(function, THREE, name=name, budget=QUICK)
    assert [verdict.axiom for verdict in verdicts if verdict.holds is False] == [f"function_{fails}"]
    refuted = verdicts[f"function_{fails}"]
    if refuted.witness is None:
        assert refuted.evidence.kind == "proof"
    else:
        again = axioms.Witness.from_json(refuted.witness.to_json())
        assert again == refuted.witness
        assert again.replay(function)
        assert not again.replay(lambda d: [0] * len(d))


@pytest.mark.parametrize("name", ["complete linkage, k = 2", "k-medoids, k = 2"])
def test_no_function_has_all_three(name):
    function, needs = FUNCTIONS[name]
    verdicts = axioms.check_function(function, THREE, needs=needs, name=name, budget=QUICK)
    assert not all(verdict.holds for verdict in verdicts)


def test_verdicts_about_the_same_change_agree():
    asked = ["consistency", "relaxed_consistency"]
    verdicts = axioms.check_function(
        FUNCTIONS["k-medoids, k = 2"][0], asked, budget=axioms.Budget(cases=3_000, largest=5)
    )
    assert verdicts["function_consistency"].holds is False
    assert verdicts["function_relaxed_consistency"].holds is False  # k never changes
    assert "now it" in str(verdicts["function_consistency"])


@given(distance_clusterings(min_n=3, max_n=7))
def test_single_linkage_by_distance_is_scipys(case):
    D = np.array(case[0], dtype=float)
    tree = linkage(squareform(D), method="single")
    expected = fcluster(tree, t=3.0, criterion="distance")
    got = single_linkage(D, r=3.0)
    np.testing.assert_array_equal(np.equal.outer(got, got), np.equal.outer(expected, expected))
    assert len(set(single_linkage(D, k=2))) == 2
    assert single_linkage(D, alpha=1.0) == [0] * len(D)


def test_single_linkage_wants_one_rule():
    with pytest.raises(ValueError, match="needs one stopping rule"):
        single_linkage([[0, 1], [1, 0]], k=2, r=1.0)


def test_k_medoids_and_complete_linkage_on_a_line():
    x = np.array([0.0, 1.0, 10.0, 11.0, 13.0])
    d = np.abs(x[:, None] - x)
    assert len(set(k_medoids(d, k=2)[:2])) == len(set(k_medoids(d, k=2)[2:])) == 1
    assert list(agglomerative(d, k=2, method="complete")) == [0, 0, 1, 1, 1]
    assert noise_apart(np.array([0, -1, 0, -1])) == [0, 2, 0, 4]


def test_a_function_that_forgets_points_is_told_so():
    (verdict,) = axioms.check_function(lambda d: [0], "scale_invariance", name="short", budget=QUICK)
    assert verdict.status == "error"
    assert "it returned 1 labels for 3 points" in str(verdict)


def test_unknown_axioms_are_named():
    with pytest.raises(ValueError, match="unknown axiom of functions 'beauty': choose from scale_invariance"):
        axioms.check_function(lambda d: [0], "beauty")
    with pytest.raises(ValueError, match=r"axiom of functions 'scale_invariant': did you mean scale_invariance\?"):
        axioms.check_function(lambda d: [0], "scale_invariant")
    with pytest.raises(ValueError, match=r"axiom 'scale_invariant': did you mean scale_invariance.*\?"):
        axioms.check("dunn", "scale_invariant")
    with pytest.raises(ValueError, match=r"axiom of external indices 'symetry': did you mean symmetry\?"):
        axioms.check_index("rand", "symetry")


def test_partitions_travel_in_json():
    verdicts = axioms.check_function(lambda d: single_linkage(d, alpha=0.5), "consistency", budget=QUICK)
    record = json.loads(verdicts[0].witness.to_json())
    assert all(isinstance(value, list) for value in record["values"])


def test_the_picture_of_a_witness_shows_what_the_function_returned():
    (verdict,) = axioms.check_function(lambda d: axioms.single_linkage(d, alpha=0.5), "consistency", budget=QUICK)
    ax = verdict.witness.plot()
    first, last = (label.get_text() for label in ax.get_xticklabels())
    assert (first, last) == ("first\n{0} {1} {2}", "last\n{0,1,2}")
    plt.close(ax.figure)


def test_a_function_that_needs_more_points_is_judged_where_it_has_them():
    def four_clusters(d):
        if len(d) < 4:
            raise ValueError(f"4 clusters of {len(d)} points")
        return single_linkage(d, k=4)

    verdicts = axioms.check_function(four_clusters, ["scale_invariance", "richness"], budget=QUICK)
    assert verdicts["function_scale_invariance"].holds
    assert "points" in str(verdicts["function_richness"])
    never = axioms.check_function(lambda d: four_clusters(d[:3]), "scale_invariance", budget=QUICK)[0]
    assert never.holds is None
    assert "it returned no partition in any case: ValueError: 4 clusters of 3 points" in str(never)


def test_by_default_functions_are_tried_on_more_points_than_estimators_want_clusters():
    def eight_clusters(d):  # as many as KMeans() wants
        if len(d) < 8:
            raise ValueError(f"8 clusters of {len(d)} points")
        return single_linkage(d, k=8)

    def in_a_unit_from_eleven_points_on(d):
        return single_linkage(d, r=5) if len(d) >= 11 else single_linkage(d, k=2)

    few = replace(FUNCTION_BUDGET, cases=600, seconds=600)
    (verdict,) = axioms.check_function(eight_clusters, "scale_invariance", budget=few)
    assert verdict.holds
    assert verdict.moved > 1
    (verdict,) = axioms.check_function(in_a_unit_from_eleven_points_on, "scale_invariance", budget=few)
    assert verdict.holds is False


def test_large_units_are_tried_as_small_ones_are():
    for r in (0.01, 100):
        (verdict,) = axioms.check_function(lambda d, r=r: single_linkage(d, r=r), "scale_invariance", budget=QUICK)
        assert verdict.holds is False


def test_noise_is_clusters_of_their_own_and_said_to_be():
    def first_is_noise(d):
        return [-1, -1, *[0] * (len(d) - 2)]

    (verdict,) = axioms.check_function(first_is_noise, "order_invariance", budget=QUICK)
    assert verdict.holds
    assert "points labelled −1 count as noise, each as a cluster of its own" in str(verdict)
    assert FunctionSubject("f", first_is_noise, "distances").screen(
        axioms.Instance("distances", ((0,) * 4,) * 4, (0,) * 4)
    ) == (0, 1, 2, 2)


def test_a_function_with_random_starts_is_called_random():
    rng = np.random.default_rng(0)

    def restless(d):
        return rng.integers(0, 2, len(d))

    verdicts = axioms.check_function(restless, THREE, budget=QUICK)
    assert {(verdict.holds, verdict.status) for verdict in verdicts} == {(None, "random")}


def test_estimators_are_judged_as_functions():
    from sklearn.cluster import AgglomerativeClustering, SpectralClustering

    tree = AgglomerativeClustering(2, metric="precomputed", linkage="single")
    verdict = axioms.check(tree, "scale_invariance", budget=axioms.Budget(cases=60, largest=4))
    assert (verdict.measure, verdict.domain, verdict.holds) == ("AgglomerativeClustering", "distances", True)
    with pytest.raises(TypeError, match=r"pass an estimator, such as AgglomerativeClustering\(\), and not its class"):
        axioms.check(AgglomerativeClustering)
    with pytest.raises(ValueError, match="SpectralClustering takes similarities"):
        axioms.check(SpectralClustering(affinity="precomputed"))
