"""Functions that are told the number of clusters: what they return, and what is asked of them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import squareform

from cqm import axioms
from cqm.axioms.clusterers import is_told, least_squares, linked, ward_linked
from cqm.axioms.function_checker import can_be_asked
from cqm.axioms.kleinberg import FUNCTION_AXIOMS

QUICK = axioms.Budget(cases=300, largest=6, seconds=20)


def together(labels):
    return np.equal.outer(labels, labels).tolist()


@st.composite
def without_ties(draw):
    """Distances no two of which are equal, nor are sums of a few of them."""
    n = draw(st.integers(3, 8))
    lengths = draw(st.permutations([2**i + 1000 for i in range(n * (n - 1) // 2)]))
    return squareform(np.array(lengths, dtype=float)), draw(st.integers(2, n - 1))


@given(without_ties())
@pytest.mark.parametrize(("method", "of"), [("complete", max), ("average", np.mean)])
def test_linkages_are_scipys_where_no_two_lengths_are_equal(method, of, case):
    D, k = case
    expected = cut_tree(linkage(squareform(D), method=method), n_clusters=k)[:, 0]
    assert together(linked(D, k=k, linkage=of)) == together(expected)


@given(st.lists(st.tuples(*[st.integers(0, 60)] * 2), min_size=4, max_size=7, unique=True), st.integers(2, 3))
def test_least_squares_are_no_more_than_any_partitions(points, k):
    X = np.array(points, dtype=float)

    def scatter(labels):
        clusters = [X[np.array(labels) == label] for label in set(labels)]
        return sum(((c - c.mean(axis=0)) ** 2).sum() for c in clusters)

    found = least_squares(X, k=k)
    assert len(set(found)) == k
    every = (labels for labels in product(range(k), repeat=len(X)) if len(set(labels)) == k)
    assert scatter(found) <= min(map(scatter, every)) + 1e-9


def test_ward_is_scipys():
    rng = np.random.default_rng(0)
    for k in range(2, 7):
        X = rng.normal(size=(12, 2))
        expected = cut_tree(linkage(X, method="ward"), n_clusters=k)[:, 0]
        assert together(ward_linked(X, k=k)) == together(expected)


def test_copies_go_together_in_least_squares():
    assert least_squares([[0], [0], [5], [0], [9]], k=2) == [0, 0, 1, 0, 1]
    with pytest.raises(ValueError, match="2 different points make no 3 clusters"):
        least_squares([[0], [0], [5]], k=3)


def test_who_is_told():
    assert is_told(lambda d, k: 0)
    assert is_told(lambda d, *, k: 0)
    assert not is_told(lambda d, k=2: 0)
    assert not is_told(lambda d: 0)


def test_a_function_that_is_told_is_asked_for_every_number():
    by_gaps = lambda d, k: linked(d, k=k, linkage=max)  # noqa: E731
    verdicts = axioms.check_function(by_gaps, ["k_richness", "hierarchy", "locality"], budget=QUICK)
    assert all(verdict.holds for verdict in verdicts)
    asked = {name for name, axiom in FUNCTION_AXIOMS.items() if can_be_asked(axiom, "distances", told=True)}
    assert "function_scale_invariance" in asked
    assert "function_richness" not in asked


def first_ones_apart(d, k):
    """The first points are clusters of their own: no richness, and no look at distances."""
    return [min(x, k - 1) for x in range(len(d))]


def even_sizes(d, k):
    """Points in the order of their distances' sums, cut into equal parts: neither local nor hierarchical."""
    order = np.argsort(np.sum(d, axis=0), kind="stable")
    labels = np.empty(len(d), dtype=int)
    labels[order] = np.arange(len(d)) * k // len(d)
    return labels


@pytest.mark.parametrize(
    ("function", "axiom", "status"),
    [
        (first_ones_apart, "k_richness", "not found"),
        (first_ones_apart, "outer_richness", "not found"),
        (first_ones_apart, "threshold_richness", "not found"),
        (even_sizes, "inner_richness", "not found"),
        (even_sizes, "locality", "refuted"),
        (even_sizes, "hierarchy", "refuted"),
        (even_sizes, "weight_robustness", "refuted"),
        (first_ones_apart, "weight_sensitivity", "not found"),
    ],
)
def test_planted_functions_are_told(function, axiom, status):
    (verdict,) = axioms.check_function(function, axiom, budget=QUICK)
    assert verdict.status == status
    if verdict.witness is not None:
        again = axioms.Witness.from_json(verdict.witness.to_json())
        assert again.replay(function)


def test_an_axiom_of_another_kind_of_function_is_refused():
    with pytest.raises(ValueError, match="no argument k, so it is not told the number of clusters"):
        axioms.check_function(lambda d: [0] * len(d), "k_richness")
    with pytest.raises(
        ValueError, match=r"function_inner_richness is an axiom of functions that are told k, on distances"
    ):
        axioms.check_function(least_squares_of, "inner_richness", needs="points")


def least_squares_of(X, k):
    return least_squares(X, k=k)
