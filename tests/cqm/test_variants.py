"""What other measures generate: values over pairs of clusters, losses as shares of the one-cluster loss."""

import gc
import math
import weakref
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

import cqm
from cqm.arrays.intake import validate
from cqm.definitions import dispersion, losses, variants
from cqm.measures.separation import dunn_of
from cqm.measures.variants import over_pairs_of
from cqm.sharing import shared_work
from tests.cqm.inputs import DISTANCES, LABELS, POINTS
from tests.cqm.test_definitions import CASES
from tests.cqm.test_definitions import DISTANCES as DISTANCES_OF

RNG = np.random.default_rng(0)
BLOBS = RNG.normal(size=(60, 4)) + 3 * (np.arange(60) % 4)[:, None]
FOUR = np.arange(60) % 4


@pytest.mark.parametrize("over", ["min", "mean", "max"])
@pytest.mark.parametrize("measure", [cqm.weakest_link, cqm.dunn, cqm.silhouette, cqm.davies_bouldin])
def test_pairs_are_taken_alone(measure, over):
    values = []
    for pair in combinations(range(4), 2):
        rows = np.isin(FOUR, pair)
        values.append(measure(BLOBS[rows], FOUR[rows]))
    wanted = getattr(np, over)(values)
    assert cqm.over_pairs(measure, BLOBS, FOUR, over=over) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("measure", [cqm.weakest_link])
def test_all_pairs_at_once_equal_one_after_the_other(measure):
    def again(X, labels, **options):
        return measure(X, labels, **options)

    labels = [0, 0, 0, 1, 1, 2, 3, 3, 3]  # one singleton
    for over in ("min", "mean", "max"):
        got, wanted = (cqm.over_pairs(m, POINTS, labels, over=over, metric="manhattan") for m in (measure, again))
        assert got == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("measure", [cqm.relative_margin, cqm.weakest_link])
def test_options_noise_and_distances_reach_the_measure(measure):
    wanted = cqm.over_pairs(measure, POINTS, LABELS, metric=cqm.Minkowski(3))
    noisy = np.vstack([POINTS, [[50.0, 0, 0]]]), [*LABELS, -1]
    assert cqm.over_pairs(measure, *noisy, metric=cqm.Minkowski(3), noise_label=-1) == wanted
    distances = cdist(POINTS, POINTS, "minkowski", p=3)
    shuffled = RNG.permutation(9)
    got = cqm.over_pairs(
        measure, distances[np.ix_(shuffled, shuffled)], np.array(LABELS)[shuffled], metric="precomputed"
    )
    assert got == pytest.approx(wanted, rel=1e-12)


def test_measure_and_definition_leave_out_two_singletons_and_undefined_values():
    points, labels = [[0.0], [1.0], [5.0], [6.0]], [0, 0, 1, 2]
    assert cqm.over_pairs(cqm.weakest_link, points, labels, over="mean") == pytest.approx((1 / 4 + 1 / 5) / 2)
    nowhere = [[0.0]] * 4
    assert math.isnan(cqm.over_pairs(cqm.weakest_link, nowhere, labels))
    assert math.isnan(variants.over_pairs(lambda *_: math.nan, [[0] * 4] * 4, labels, over="min"))


def test_statistics_share_the_values_of_the_pairs_and_nothing_else_of_theirs():
    seen = []

    def watched(pair):
        seen.append(weakref.ref(pair))
        return dunn_of(pair)

    clusterings = [validate(BLOBS, FOUR, metric=cqm.Minkowski(p)) for p in (2, 3)]
    with shared_work():
        for over in ("min", "mean", "max"):
            for clustering in clusterings:
                wanted = cqm.over_pairs(cqm.dunn, BLOBS, FOUR, over=over, metric=clustering.distance)
                assert over_pairs_of(clustering, watched, over) == wanted
        assert len(seen) == 2 * 6
        gc.collect()
        assert not any(pair() is not None for pair in seen)
    over_pairs_of(clusterings[0], watched)
    assert len(seen) == 3 * 6


@pytest.mark.parametrize("measure", [cqm.relative_margin, cqm.additive_margin, cqm.silhouette])
def test_pairs_have_the_same_bits_for_any_number_of_threads(measure):
    X = RNG.normal(size=(90, 30)).astype(np.float32)
    values = []
    for workers in (1, 4):
        with threadpool_limits(workers):
            values.append(cqm.over_pairs(measure, X, np.arange(90) % 5))
    assert values[0] == values[1]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("loss", ["k_means", "k_median", "min_sum"])
def test_loss_equals_its_definition(loss, case):
    points, labels = CASES[case]
    exact = [[Fraction(value) for value in row] for row in points.tolist()]
    matrix = [[DISTANCES_OF["manhattan"](x, y) for y in exact] for x in exact]
    wanted = getattr(losses, f"normalized_{loss}")(exact if loss == "k_means" else matrix, list(labels))
    metric = "euclidean" if loss == "k_means" else "manhattan"
    got = cqm.normalized_loss(points, labels, loss=loss, metric=metric)
    assert got == pytest.approx(float(wanted), rel=1e-12, nan_ok=True)


def test_normalised_losses_are_those_that_methods_minimise():
    found = KMeans(4, n_init=3, random_state=0).fit(BLOBS)
    one = KMeans(1).fit(BLOBS)
    assert cqm.normalized_loss(BLOBS, found.labels_) == pytest.approx(found.inertia_ / one.inertia_, rel=1e-9)
    to_medoids = [DISTANCES[np.ix_(rows, rows)].sum(axis=0).min() for rows in np.arange(9).reshape(3, 3)]
    assert cqm.normalized_loss(POINTS, LABELS, loss="k_median") == pytest.approx(
        sum(to_medoids) / DISTANCES.sum(axis=0).min(), rel=1e-12
    )


@pytest.mark.parametrize("loss", ["k_means", "k_median", "min_sum"])
def test_one_cluster_loses_what_one_cluster_loses(loss):
    assert cqm.normalized_loss(BLOBS, [0] * 60, loss=loss) == pytest.approx(1, rel=1e-12)


def test_a_medoid_may_serve_others_better_than_any_of_theirs():
    star = [[0, 1, 1, 1], [1, 0, 2, 2], [1, 2, 0, 2], [1, 2, 2, 0]]
    assert losses.normalized_k_median(star, [0, 1, 1, 1]) == Fraction(4, 3)
    assert cqm.normalized_loss(star, [0, 1, 1, 1], loss="k_median", metric="precomputed") == pytest.approx(4 / 3)


def test_variance_ratio_says_what_the_loss_of_k_means_says():
    ratio, loss = cqm.variance_ratio(BLOBS, FOUR), cqm.normalized_loss(BLOBS, FOUR)
    assert loss == pytest.approx(1 / (1 + ratio), rel=1e-12)
    assert ratio == pytest.approx(math.exp(cqm.log_ss_ratio(BLOBS, FOUR)), rel=1e-12)
    assert dispersion.variance_ratio([[0], [2], [10], [12]], [0, 0, 1, 1]) == 25


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cqm.over_pairs(cqm.dunn, POINTS, LABELS, over="median"), "`over` must be one of min, mean, max"),
        (
            lambda: cqm.normalized_loss(POINTS, LABELS, loss="inertia"),
            "one of k_means, k_median, min_sum; got 'inertia'",
        ),
        (lambda: cqm.normalized_loss(DISTANCES, LABELS, metric="precomputed"), "the loss of k-means needs coordinates"),
    ],
)
def test_unknown_names_are_answered_with_the_choices(call, message):
    with pytest.raises(ValueError, match=message):
        call()
