"""External indices against the pairs and the points counted one by one."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqm
from cqm.external import external_catalog

two_clusterings = st.integers(2, 7).flatmap(
    lambda n: st.tuples(*[st.lists(st.sampled_from("abc"), min_size=n, max_size=n)] * 2)
)


def pairs(true, pred):
    """Pairs together in both, in the first alone, in the second alone, in neither."""
    met = [(true[i] == true[j], pred[i] == pred[j]) for i, j in combinations(range(len(true)), 2)]
    return [met.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))]


def entropy(labels, given_labels):
    """H(labels | given_labels) in nats."""
    n = len(labels)
    total = 0.0
    for a, b in product(set(labels), set(given_labels)):
        both = sum(x == a and y == b for x, y in zip(labels, given_labels, strict=True))
        if both:
            total -= both / n * math.log(both / given_labels.count(b))
    return total


@given(two_clusterings)
def test_indices_of_pairs_count_pairs(both):
    together, first, second, apart = pairs(*both)
    n_pairs = together + first + second + apart
    assert cqm.rand(*both) == pytest.approx((together + apart) / n_pairs)
    assert cqm.pair_jaccard(*both) == pytest.approx(
        together / (together + first + second) if together + first + second else 1.0
    )
    fowlkes = together / math.sqrt((together + first) * (together + second)) if together else 0.0
    assert cqm.fowlkes_mallows(*both) == pytest.approx(fowlkes)


@given(two_clusterings)
def test_indices_of_information_are_entropies(both):
    true, pred = both
    one = ["all"] * len(true)
    assert cqm.variation_of_information(true, pred) == pytest.approx(
        entropy(true, pred) + entropy(pred, true), abs=1e-12
    )
    if len(set(true)) > 1:
        assert cqm.homogeneity(true, pred) == pytest.approx(1 - entropy(true, pred) / entropy(true, one), abs=1e-9)
    if len(set(pred)) > 1:
        assert cqm.completeness(true, pred) == pytest.approx(1 - entropy(pred, true) / entropy(pred, one), abs=1e-9)
    assert cqm.v_measure(true, pred) == pytest.approx(cqm.normalized_mutual_information(true, pred), abs=1e-9)


@given(two_clusterings)
def test_purity_counts_the_commonest_class_of_each_cluster(both):
    true, pred = both
    commonest = [
        max(members.count(c) for c in members)
        for p in set(pred)
        for members in [[t for t, q in zip(true, pred, strict=True) if q == p]]
    ]
    assert cqm.purity(true, pred) == pytest.approx(sum(commonest) / len(true))


@pytest.mark.parametrize("index", external_catalog.values(), ids=lambda index: index.name)
@given(both=two_clusterings)
def test_catalogued_facts_hold(index, both):
    true, pred = both
    value, best = index.function(true, pred), index.range[index.better == "higher"]
    assert index.range[0] - 1e-12 <= value <= index.range[1] + 1e-12
    assert index.function(true, true) == pytest.approx(best) or pairs(true, true)[0] == 0
    renamed = ["xyz"["abc".index(label)] for label in pred]
    assert index.function(true, renamed) == pytest.approx(value, abs=1e-12)
    if index.symmetric:
        assert index.function(pred, true) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, index in external_catalog.items() if not index.symmetric])
def test_what_is_not_symmetric_differs_on_a_refinement(name):
    function = external_catalog[name].function
    assert function([0, 0, 1, 1], [0, 0, 1, 2]) != function([0, 0, 1, 2], [0, 0, 1, 1])


@pytest.mark.parametrize("index", external_catalog.values(), ids=lambda index: index.name)
def test_adjusted_indices_alone_are_zero_on_average_for_unrelated_clusterings(index):
    rng = np.random.default_rng(0)
    values = [index.function(rng.integers(2, size=20), rng.integers(10, size=20)) for _ in range(300)]
    standard_error = np.std(values) / math.sqrt(len(values))
    assert (abs(np.mean(values)) < 4 * standard_error) == index.adjusted


def test_points_that_either_clustering_calls_noise_are_left_out():
    true, pred = ["a", "a", "b", "b", -1], [0, 0, 1, -1, 1]
    assert cqm.adjusted_rand(true, pred, noise_label=-1) == cqm.adjusted_rand(["a", "a", "b"], [0, 0, 1]) == 1.0


@pytest.mark.parametrize(
    ("true", "pred", "noise_label", "message"),
    [
        ([0, 1], [0, 1, 1], None, "`labels_true` has 2 entries but `labels_pred` has 3"),
        ([], [], None, "are empty"),
        ([0, 1], [-1, -1], -1, "every point has the noise label -1"),
        ([0, None], [0, 1], None, "`labels` has None at position 1"),
    ],
)
def test_wrong_labels_are_refused(true, pred, noise_label, message):
    with pytest.raises(ValueError, match=message):
        cqm.adjusted_rand(true, pred, noise_label=noise_label)
