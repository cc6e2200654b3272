import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from sv_bridge.compactness.cosines import alignment, centres, cosine_statistics, effective_rank, uniformity


@st.composite
def clustered(draw):
    """Unit vectors in 2 to 5 dimensions of 2 to 4 speakers, each with 1 to 6 utterances, in any order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4).filter(lambda s: max(s) > 1))
    codes = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    d = draw(st.integers(2, 5))
    vectors = rng.normal(size=(len(sizes), d))[codes] + draw(st.sampled_from([0.1, 1.0])) * rng.normal(
        size=(len(codes), d)
    )
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), codes


@given(clustered())
def test_pair_statistics_are_those_of_all_pairs(case):
    vectors, codes = case
    statistics = cosine_statistics(vectors, codes)
    i, j = np.triu_indices(len(codes), k=1)
    cosines = np.einsum("ij,ij->i", vectors[i], vectors[j])
    same = codes[i] == codes[j]
    # sums of squares cancel: a deviation is good to the root of the rounding error
    assert statistics.within == pytest.approx(cosines[same].mean(), abs=1e-12)
    assert statistics.within_deviation == pytest.approx(cosines[same].std(), abs=1e-7)
    assert statistics.between == pytest.approx(cosines[~same].mean(), abs=1e-12)
    assert statistics.between_deviation == pytest.approx(cosines[~same].std(), abs=1e-7)


@given(clustered())
def test_centre_statistics_are_those_of_all_centres(case):
    vectors, codes = case
    means = np.stack([vectors[codes == s].mean(axis=0) for s in range(codes.max() + 1)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(centres(vectors, codes), means, atol=1e-9)
    cosines = vectors @ means.T
    own = cosines[np.arange(len(codes)), codes]
    others = [np.delete(row, code).max() for row, code in zip(cosines, codes, strict=True)]
    statistics = cosine_statistics(vectors, codes)
    assert statistics.own_centre == pytest.approx(own.mean(), abs=1e-9)
    assert statistics.nearest_other_centre == pytest.approx(np.mean(others), abs=1e-9)
    assert statistics.centre_pairs == pytest.approx(1 - pdist(means, "cosine").mean(), abs=1e-9)


@given(clustered())
def test_alignment_and_uniformity_follow_their_definitions(case):
    vectors, codes = case
    squared = squareform(pdist(vectors, "sqeuclidean"))
    i, j = np.triu_indices(len(codes), k=1)
    assert alignment(vectors, codes) == pytest.approx(squared[i, j][codes[i] == codes[j]].mean(), abs=1e-12)
    assert uniformity(vectors) == pytest.approx(np.log(np.exp(-2 * squared[i, j]).mean()), abs=1e-12)


def test_uniformity_is_the_same_in_blocks():
    vectors = np.random.default_rng(0).normal(size=(1500, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert uniformity(vectors) == pytest.approx(np.log(np.exp(-2 * pdist(vectors, "sqeuclidean")).mean()), abs=1e-12)


def test_effective_rank_is_the_entropy_of_singular_values():
    matrix = np.random.default_rng(0).normal(size=(30, 4)) * [1, 2, 3, 4]
    singular = np.linalg.svd(matrix, compute_uv=False)
    shares = singular / singular.sum()
    assert effective_rank(matrix) == pytest.approx(np.exp(-np.sum(shares * np.log(shares))), rel=1e-12)
    assert effective_rank(np.ones((5, 3))) == pytest.approx(1.0, abs=1e-6)  # root of the rounding error


@given(clustered())
def test_fisher_ratio_is_that_of_scatter_matrices(case):
    vectors, codes = case
    means = np.stack([vectors[codes == code].mean(axis=0) for code in codes])
    within = np.sum((vectors - means) ** 2)
    between = np.sum((means - vectors.mean(axis=0)) ** 2)
    # differences of numbers of size n: good to 1e-13 of them, relative to within
    assert cosine_statistics(vectors, codes).fisher_ratio == pytest.approx(between / within, rel=1e-9 + 1e-11 / within)


def test_no_pairs_give_nan_and_collapse_gives_the_extremes():
    alone = cosine_statistics(np.eye(2), np.array([0, 1]))
    assert np.isnan(alone.within)
    assert np.isnan(alone.d_prime)
    collapsed = cosine_statistics(np.ones((4, 1)), np.array([0, 0, 1, 1]))
    assert (collapsed.within, collapsed.between, collapsed.alignment) == (1.0, 1.0, 0.0)
    assert np.isnan(collapsed.d_prime)
    with pytest.raises(ValueError, match="got 1"):
        uniformity(np.ones((1, 2)))
