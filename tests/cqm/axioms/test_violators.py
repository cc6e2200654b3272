"""Measures that break an axiom where one has to look, and measures that only seem to break one."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics import davies_bouldin_score, euclidean_distances, pairwise_distances, silhouette_score

import cqm
from cqm import axioms
from cqm.axioms.subjects import subject_of

BUDGET = axioms.Budget(seconds=600, proofs=False)


def parts(D, labels):
    same = labels[:, None] == labels[None, :]
    return D[~same], D[same & ~np.eye(len(D), dtype=bool)]


def dunn(D, labels):
    between, within = parts(D, labels)
    return between.min() / within.max()


def sizes(labels):
    return sorted(np.unique(labels, return_counts=True)[1])


def once_the_largest_is_40(D, labels):
    return dunn(D, labels) - (0.5 if D.max() >= 40 else 0)


def once_the_ratio_is_60(D, labels):
    return dunn(D, labels) * (0.9 if D.max() / parts(D, labels)[1].min() >= 60 else 1)


def once_a_cluster_is_a_fortieth(D, labels):
    between, within = parts(D, labels)
    return dunn(D, labels) * (0.5 if 40 * within.max() < between.max() else 1)


def in_a_small_unit(D, labels):
    return dunn(D, labels) + (1 if D.max() > 1e6 else 0)


def asks_the_first_pair_of_many(D, labels):
    return dunn(D, labels) + (0.1 * D[0, 1] / D.max() if len(D) >= 8 else 0)


def in_a_unit_for_clusters_of_seven(D, labels):
    return dunn(D, labels) * (1 + D.max() if sizes(labels)[-1] >= 7 else 1)


def upside_down_for_sizes_2_2_3(D, labels):
    return 1 / dunn(D, labels) if sizes(labels) == [2, 2, 3] else dunn(D, labels)


def upside_down_for_sizes_1_2_2_2(D, labels):
    return 1 / dunn(D, labels) if sizes(labels) == [1, 2, 2, 2] else dunn(D, labels)


def once_the_largest_is_500(D, labels):
    return dunn(D, labels) * (0.95 if D.max() >= 500 else 1)


def asks_for_the_origin_from_afar(X, labels):
    return dunn(pairwise_distances(X), labels) + (0.1 if np.abs(X.mean(axis=0)).max() > 5000 else 0)


def jumps_at_the_root_of_two(D, labels):
    return dunn(D, labels) + (0.01 if dunn(D, labels) > np.sqrt(2) else 0)


def jumps_at_pi_points_apart(X, labels):
    return dunn(pairwise_distances(X), labels) + (0.1 if X.max() > np.pi else 0)


def in_a_unit_by_a_millionth(D, labels):
    return dunn(D, labels) + 1e-6 * D.max()


def asks_who_is_last(D, labels):
    return dunn(D, labels) + (1e-3 if D[0, -1] == D.max() else 0)


def asks_for_cluster_two(D, labels):
    return dunn(D, labels) + 0.01 * (labels[0] == 2)


def nearest_in_the_cluster(D, labels):
    """Of equally near points the first one counts."""
    nearest = (D + np.diag([np.inf] * len(D))).argmin(axis=1)
    return np.mean(labels[nearest] == labels)


def with_radii_of_medoids(D, labels):
    """Of medoids with equal sums the first one counts."""
    groups = [np.flatnonzero(labels == name) for name in np.unique(labels)]
    radii = [D[group[D[np.ix_(group, group)].sum(axis=0).argmin()], group].max() for group in groups]
    return parts(D, labels)[0].min() / sum(radii)


def asks_how_many_coordinates(X, labels):
    return dunn(pairwise_distances(X), labels) * X.shape[1]


@pytest.mark.parametrize(
    ("measure", "axiom"),
    [
        (once_the_largest_is_40, "consistency"),
        (once_the_largest_is_40, "outer_consistency"),
        (once_the_ratio_is_60, "consistency"),
        (once_a_cluster_is_a_fortieth, "inner_consistency"),
        (in_a_small_unit, "scale_invariance"),
        (asks_the_first_pair_of_many, "isomorphism_invariance"),
        (in_a_unit_for_clusters_of_seven, "scale_invariance"),
        (upside_down_for_sizes_2_2_3, "consistency"),
        (upside_down_for_sizes_1_2_2_2, "consistency"),
        (once_the_largest_is_500, "shift_invariance"),
        (asks_for_the_origin_from_afar, "translation_invariance"),
        (jumps_at_the_root_of_two, "continuity"),
        (jumps_at_pi_points_apart, "continuity"),
        (in_a_unit_by_a_millionth, "scale_invariance"),
        (asks_who_is_last, "isomorphism_invariance"),
        (asks_for_cluster_two, "label_permutation_invariance"),
        (nearest_in_the_cluster, "isomorphism_invariance"),
        (with_radii_of_medoids, "isomorphism_invariance"),
        (asks_how_many_coordinates, "isomorphism_invariance"),
    ],
)
def test_a_subtle_violation_is_found(measure, axiom):
    verdict = axioms.check(measure, axiom, better="higher", budget=BUDGET)
    assert verdict.holds is False, str(verdict)
    assert verdict.witness.replay()
    shown = [line.rpartition("value ")[2] for line in verdict.witness.describe().splitlines()[1:]]
    assert len(set(shown)) > 1  # as many digits as show the difference


def test_a_narrow_threshold_is_found_from_some_seed():
    found = [
        axioms.check(once_the_largest_is_500, "consistency", better="higher", budget=replace(BUDGET, seed=seed)).holds
        for seed in range(3)
    ]
    assert False in found


def in_single_precision(D, labels):
    return dunn(D.astype(np.float32), labels)


def to_three_decimals(D, labels):
    return round(dunn(D, labels), 3)


def by_logarithms(D, labels):
    between, within = parts(D, labels)
    return float(np.exp(np.log(between.min()) - np.log(within.max())))


def with_noise_in_the_last_digits(D, labels):
    return dunn(D, labels) * (1 + 1e-8 * (crc32(D.tobytes()) % 1000 / 1000 - 0.5))


def of_nearest_centroids(X, labels):
    """The simplified silhouette by distances from products, in which who is nearest is a matter of rounding."""
    names, own = np.unique(labels, return_inverse=True)
    D = euclidean_distances(X, np.array([X[labels == name].mean(axis=0) for name in names]))
    near = D[np.arange(len(X)), own]
    D[np.arange(len(X)), own] = np.inf
    return np.mean((D.min(axis=1) - near) / np.maximum(D.min(axis=1), near))


def of_medoids(X, labels):
    """Distances to medoids, found among sums that are often equal but for rounding."""
    D = euclidean_distances(X)
    groups = [np.flatnonzero(labels == name) for name in np.unique(labels)]
    medoids = [group[D[np.ix_(group, group)].sum(axis=0).argmin()] for group in groups]
    between = D[np.ix_(medoids, medoids)]
    return sum(D[m, group].sum() for m, group in zip(medoids, groups, strict=True)) / between[between > 0].min()


@pytest.mark.parametrize("axiom", ["scale_invariance", "isomorphism_invariance"])
@pytest.mark.parametrize(
    "measure",
    [
        in_single_precision,
        to_three_decimals,
        by_logarithms,
        with_noise_in_the_last_digits,
        davies_bouldin_score,
        of_nearest_centroids,
        pytest.param(of_medoids, id="of_medoids"),
    ],
)
def test_rounding_is_no_violation(measure, axiom):
    if measure is of_medoids and axiom == "isomorphism_invariance":
        axiom = "label_permutation_invariance"  # of equal medoids the first one counts, so the order does matter
    verdict = axioms.check(measure, axiom, better="higher", budget=axioms.Budget(cases=500, largest=7, seconds=600))
    assert verdict.holds, str(verdict)


def nearer_to_their_own_centroid(X, labels):
    """Points of data brought to one scale, so that equal distances come out equal or not as rounding has it."""
    Z = (X - X.mean(axis=0)) / X.std()
    names, own = np.unique(labels, return_inverse=True)
    D = cdist(Z, [Z[labels == name].mean(axis=0) for name in names])
    near = D[np.arange(len(Z)), own]
    D[np.arange(len(Z)), own] = np.inf
    return np.mean(near <= D.min(axis=1))


def nearer_to_their_own_cluster(D, labels):
    """Points by means of distances that are shares of all: in every unit the same digits, in every order others."""
    D = D / D.sum()
    names, own = np.unique(labels, return_inverse=True)
    means = np.array([[row[labels == name].mean() for name in names] for row in D])
    near = means[np.arange(len(D)), own]
    means[np.arange(len(D)), own] = np.inf
    return np.mean(near < means.min(axis=1))


def shorter_inside(X, labels):
    """The share of distances inside that are shorter than others between, of data brought to one scale."""
    D = pdist(X / np.linalg.norm(X - X.mean(axis=0)))
    same = pdist(labels[:, None]) == 0
    return np.mean(D[same][:, None] < D[~same])


@pytest.mark.parametrize("measure", [nearer_to_their_own_centroid, nearer_to_their_own_cluster, shorter_inside])
def test_ties_that_rounding_breaks_are_no_violation(measure):
    verdict = axioms.check(measure, "isomorphism_invariance", better="higher", budget=BUDGET)
    assert verdict.holds, str(verdict)
    assert "differences were rounding" in "".join(map(str, (verdict.evidence, *verdict.also)))


def test_a_tolerance_says_what_counts():
    asked = {"better": "higher", "budget": axioms.Budget(cases=100, largest=4, seconds=600)}
    assert not axioms.check(asks_for_cluster_two, "label_permutation_invariance", **asked).holds
    verdict = axioms.check(asks_for_cluster_two, "label_permutation_invariance", tolerance=0.1, **asked)
    assert verdict.holds
    assert "no violation above 0.1 among" in str(verdict)


def test_a_violation_is_no_rounding_because_the_measure_is_in_single_precision():
    def also_in_a_unit(D, labels):
        return dunn(D.astype(np.float32), labels) + np.float32(1e-3) * D.max().astype(np.float32)

    assert axioms.check(also_in_a_unit, "scale_invariance", better="higher", budget=BUDGET).holds is False


@pytest.mark.parametrize("size", [1e-3, 10.0])
def test_a_random_measure_is_called_random(size):
    rng = np.random.default_rng(0)

    def restless(D, labels):
        return dunn(D, labels) + size * rng.random()

    verdicts = axioms.check(restless, ["consistency", "scale_invariance"], better="higher", budget=BUDGET)
    assert [(verdict.holds, verdict.status) for verdict in verdicts] == [(None, "random")] * 2
    assert "returns different values for the same input" in str(verdicts[0])


def test_a_measure_that_is_random_now_and_then_is_called_random():
    rng = np.random.default_rng(0)

    def restless(D, labels):
        return dunn(D, labels) + (rng.random() < 0.02)

    verdicts = axioms.check(restless, ["scale_invariance", "isomorphism_invariance"], better="higher", budget=BUDGET)
    assert {verdict.status for verdict in verdicts} == {"random"}


def test_noise_below_a_millionth_is_rounding():
    rng = np.random.default_rng(0)

    def shaky(D, labels):
        return dunn(D, labels) * (1 + 1e-9 * rng.random())

    asked = axioms.Budget(cases=300, largest=5, seconds=600)
    assert axioms.check(shaky, "scale_invariance", better="higher", budget=asked).holds


def test_a_value_that_never_moves_is_told():
    def of_labels(D, labels):
        return float(len(set(labels)))

    asked = {"better": "higher", "budget": axioms.Budget(cases=100, largest=5, seconds=600)}
    verdict = axioms.check(of_labels, "consistency", **asked)
    assert verdict.status == "holds, but the value never moved"
    assert "in none of which the value moved" in "".join(map(str, (verdict.evidence, *verdict.also)))
    assert axioms.check(lambda D, labels: 1.0, "scale_invariance", **asked).moved == 1  # different values


def test_consistency_of_points_is_looked_for_inside_clusters_once_more():
    def spread(X, labels):
        return float(sum(((X[labels == k] - X[labels == k].mean(axis=0)) ** 2).sum() for k in np.unique(labels)))

    few = axioms.Budget(cases=60, largest=4, seconds=600)
    cases = {
        name: axioms.check(spread, name, better="lower", budget=few).cases
        for name in ("consistency", "inner_consistency")
    }
    assert cases["consistency"] > few.cases >= cases["inner_consistency"] > 0


@pytest.mark.parametrize("axiom", ["range_invariance", "refinement_preference"])
def test_values_that_are_all_0_may_break_an_axiom(axiom):  # the silhouettes of equidistant points
    verdict = axioms.check(silhouette_score, axiom, better="higher", budget=axioms.Budget(cases=40, largest=4))
    assert verdict.holds is False
    assert set(verdict.witness.values) == {0}


def test_judged_parameters_see_something_of_a_few_points():
    judged = subject_of("cvnn_separation").value

    def with_ten_neighbours(D, labels):
        return cqm.catalog["cvnn_separation"].definition(D, labels)

    few = axioms.Budget(cases=100, largest=5, seconds=600, proofs=False)
    options = {"better": "lower", "generic": True, "budget": few}
    assert axioms.check(judged, "consistency", **options).moved > 0
    assert axioms.check(with_ten_neighbours, "consistency", **options).status == "holds, but the value never moved"


def test_a_value_that_is_mostly_missing_is_told():
    def of_overlapping_clusters(D, labels):
        between, within = parts(D, labels)
        return 1 / (within.max() - between.min()) if within.max() > between.min() else np.nan

    budget = axioms.Budget(cases=200, largest=5, seconds=600)
    verdict = axioms.check(of_overlapping_clusters, "label_permutation_invariance", better="lower", budget=budget)
    assert "it had no value in " in "".join(map(str, (verdict.evidence, *verdict.also)))
