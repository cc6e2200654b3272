"""A point of weight w is w copies of it."""

from dataclasses import astuple, replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from scipy.spatial.distance import pdist, squareform

import cqm
from cqm.arrays.intake import validate
from tests.cqm import toy_engine
from tests.cqm.kinds import KINDS, chunked, out_of_sight, strict  # noqa: F401
from tests.cqm.test_engines import small_tiles, toy  # noqa: F401

RNG = np.random.default_rng(0)
LABELS = np.r_[RNG.integers(0, 3, 24), 3, 4, 4]
POINTS = np.round(RNG.normal(size=(27, 4)) + 2 * LABELS[:, None], 2)
WIDE = RNG.normal(size=(27, 20)) + LABELS[:, None]
WEIGHTS = np.r_[RNG.integers(1, 4, 22), 0, 0, 2, 1, 1]
COPIES = np.repeat(np.arange(27), WEIGHTS)
FRACTIONS = np.r_[RNG.uniform(0.5, 3, 24), 1.5, 2.25, 0]
GROUPS = np.repeat([[0.0, 0], [9, 0], [0, 9]], 20, axis=0) + RNG.normal(size=(60, 2))
HEAVY = RNG.integers(1, 4, 60)
REPEATED = np.repeat(GROUPS, HEAVY, axis=0)
ANY = [name for name, measure in cqm.catalog.items() if measure.weights == "any"]
OF_POINTS = ["sample_silhouette", "sample_simplified_silhouette", "sample_medoid_silhouette"]
WHOLE = [name for name in cqm.catalog if name not in ANY]


def value(measure, *arguments, **options):
    """The value, or what the error says."""
    try:
        return measure.function(*arguments, **options)
    except ValueError as error:
        return str(error)


def same(got, expected, tolerance=1e-9):
    assert list(got.left_out.items()) == list(expected.left_out.items())
    assert got.values == pytest.approx(dict(expected.values), rel=tolerance, nan_ok=True)


def evaluated(X, weights, labels=LABELS, measures="all", **options):
    return cqm.evaluate(X, labels, sample_weight=weights, measures=measures, **options)


# --- copies


@pytest.mark.parametrize("measure", cqm.catalog.values(), ids=cqm.catalog)
@pytest.mark.parametrize("noise_label", [None, 4])
def test_whole_weights_are_copies(measure, noise_label):
    expected = value(measure, POINTS[COPIES], LABELS[COPIES], noise_label=noise_label)
    got = value(measure, POINTS, LABELS, noise_label=noise_label, sample_weight=WEIGHTS)
    assert got == pytest.approx(expected, rel=1e-9, nan_ok=True)
    report = evaluated(POINTS, WEIGHTS, noise_label=noise_label, measures=[measure.name])
    assert report.values.get(measure.name, report.left_out.get(measure.name)) == pytest.approx(got, nan_ok=True)


@pytest.mark.parametrize("name", ["wcnn", "dunn_owa", "banfield_raftery", "scott_symons"])
def test_whole_weights_are_copies_in_clusters_of_many_points(name):
    """Of the small clusters of the test before, these are infinite."""
    measure, labels = cqm.catalog[name].function, np.where(np.arange(60) % 10, np.arange(60) // 20, 2)
    options = {"neighbors": 5} if name in ("wcnn", "dunn_owa") else {}
    copied = measure(REPEATED, np.repeat(labels, HEAVY), **options)
    assert np.isfinite(copied)
    assert measure(GROUPS, labels, sample_weight=HEAVY, **options) == pytest.approx(copied, rel=1e-9)
    assert measure(GROUPS, labels, **options) != pytest.approx(copied, rel=1e-9)


@pytest.mark.parametrize("measure", [cqm.s_dbw, cqm.cdbw])
def test_points_near_others_are_counted_with_their_weights(measure):
    X, labels, weights = RNG.normal(size=(60, 2)), np.arange(60) % 2, RNG.integers(1, 4, 60)
    copied = measure(np.repeat(X, weights, axis=0), np.repeat(labels, weights))
    assert measure(X, labels, sample_weight=weights) == pytest.approx(copied, rel=1e-9)
    assert measure(X, labels, sample_weight=weights / 2) == pytest.approx(copied, rel=1e-9)
    assert copied != measure(X, labels)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "cosine", "correlation", "manhattan"])
def test_in_products_closed_forms_and_differences(metric):
    same(evaluated(WIDE, WEIGHTS, metric=metric), evaluated(WIDE[COPIES], None, LABELS[COPIES], metric=metric))


def test_kernels_weigh_rows_and_columns():
    names = ["silhouette", "generalized_dunn_average_average"]
    copied = evaluated(WIDE[COPIES], None, LABELS[COPIES], names, metric="manhattan")
    same(evaluated(WIDE, WEIGHTS, LABELS, names, metric="manhattan"), copied)


@pytest.mark.parametrize("d", [4, 20])
def test_of_many_tiles(d):
    X, labels, weights = RNG.normal(size=(1100, d)), RNG.integers(0, 3, 1100), RNG.integers(1, 3, 1100)
    copied, theirs = np.repeat(X, weights, axis=0), np.repeat(labels, weights)
    names = ["silhouette", "normalized_min_sum", "generalized_dunn_average_average", "pbm", "scott_symons"]
    same(evaluated(X, weights, labels, names), evaluated(copied, None, theirs, names))


def test_of_given_distances():
    D = squareform(pdist(POINTS))
    copied = D[np.ix_(COPIES, COPIES)]
    same(evaluated(D, WEIGHTS, metric="precomputed"), evaluated(copied, None, LABELS[COPIES], metric="precomputed"))


def test_a_measure_that_counts_rows_is_no_measure_of_weights():
    """The tests above would notice: it is declared to add weights up, but counts each row once."""
    planted = replace(cqm.catalog["trace_w"], core=lambda c: float(c.n), weights="any")
    counted = replace(planted, weights="whole")
    both = [validate(POINTS, LABELS, sample_weight=WEIGHTS, fractions=True)] * 2
    assert planted.of(both[0]) != len(COPIES) == counted.of(both[1])


@pytest.mark.parametrize("name", OF_POINTS)
def test_values_of_points_are_those_of_their_copies(name):
    function = getattr(cqm, name)
    got, copied = function(POINTS, LABELS, sample_weight=WEIGHTS), function(POINTS[COPIES], LABELS[COPIES])
    assert got[COPIES] == pytest.approx(copied, rel=1e-12)
    assert np.isnan(got[WEIGHTS == 0]).all()


def test_indices_of_successive_clusterings():
    finer = np.where((LABELS == 0) & (POINTS[:, 0] > 0), 9, LABELS)
    assert len(set(finer[COPIES])) == 6
    for function, clusterings in [
        (cqm.hartigan, (LABELS, finer)),
        (cqm.krzanowski_lai, (np.where(LABELS == 4, 3, LABELS), LABELS, finer)),
        (cqm.frey, (LABELS, finer)),
        (cqm.duda_hart, (LABELS, finer)),
        (cqm.beale, (LABELS, finer)),
    ]:
        got = function(POINTS, *clusterings, sample_weight=WEIGHTS)
        expected = function(POINTS[COPIES], *(labels[COPIES] for labels in clusterings))
        if function in (cqm.duda_hart, cqm.beale):
            assert str(got) == str(expected)
            got, expected = astuple(got), astuple(expected)
        assert np.isfinite(got).all()
        assert got == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("profile", [cqm.profile_clusters, cqm.profile_densities])
def test_profiles_are_those_of_copies(profile):
    got = profile(POINTS, LABELS, noise_label=4, sample_weight=WEIGHTS)
    assert str(got) == str(profile(POINTS[COPIES], LABELS[COPIES], noise_label=4))


def test_a_row_that_stands_for_two_points_is_no_singleton():
    X, labels = [[0.0], [1.0], [3.0]], ["a", "b", "c"]
    assert cqm.silhouette(X, labels, sample_weight=[2, 1, 1]) == 0.5
    with pytest.raises(ValueError, match="every one of the 3 points is its own cluster"):
        cqm.silhouette(X, labels, sample_weight=[1, 1, 1])


def test_comparisons_weigh_the_truth_too():
    clusterings = {"a": LABELS, "b": LABELS // 2}
    truth = [label % 3 for label in LABELS]
    options = {"measures": ["trace_w", "connectivity"], "noise_label": 4}
    got = cqm.compare(POINTS, clusterings, truth=truth, sample_weight=WEIGHTS, **options)
    copied = {name: labels[COPIES] for name, labels in clusterings.items()}
    expected = cqm.compare(POINTS[COPIES], copied, truth=np.repeat(truth, WEIGHTS), **options)
    assert got.to_frame().to_numpy() == pytest.approx(expected.to_frame().to_numpy(), rel=1e-9, nan_ok=True)
    assert str(got) == str(expected)


# --- fractions


# How the value grows when all weights do: by their factor, or not at all. For the others, points are counted.
LINEAR = {"trace_w", "banfield_raftery", "log_det_ratio", "scott_symons"}
COUNTING = {"calinski_harabasz", "silhouette", "macro_silhouette", "mcclain_rao", "cvnn_compactness"} | {
    name for name in cqm.catalog if name.startswith("generalized_dunn") and name.endswith("_average")
}


@pytest.mark.parametrize("name", [name for name in ANY if name not in {*COUNTING, "s_dbw"}])
def test_a_common_factor_of_all_weights(name):
    measure, large = cqm.catalog[name].function, LABELS < 3
    X, labels, weights = WIDE[large, :3], LABELS[large], WEIGHTS[large]
    whole = measure(X, labels, sample_weight=weights)
    assert np.isfinite(whole)
    for factor in (0.75, 3):
        got = measure(X, labels, sample_weight=weights * factor)
        assert got == pytest.approx(whole * (factor if name in LINEAR else 1), rel=1e-9)


def masses():
    return np.array([FRACTIONS[i == LABELS].sum() for i in range(5)])


def weighted_sums():
    """(n, k) weighted sums of distances to the clusters, and (k, k) of pairs of clusters."""
    D, member = squareform(pdist(POINTS)), (LABELS[:, None] == np.arange(5)).astype(float)
    to_clusters = D @ (member * FRACTIONS[:, None])
    return to_clusters, member.T @ (to_clusters * FRACTIONS[:, None])


def by_silhouette():
    sums, _ = weighted_sums()
    scores = np.zeros(27)
    for x, own in enumerate(LABELS):
        a = sums[x, own] / (masses()[own] - 1)
        b = min(sums[x, j] / masses()[j] for j in range(5) if j != own)
        scores[x] = (b - a) / max(a, b)
    return FRACTIONS @ scores / FRACTIONS.sum()


def by_calinski_harabasz():
    centroids = np.array([np.average(POINTS[i == LABELS], axis=0, weights=FRACTIONS[i == LABELS]) for i in range(5)])
    centre = np.average(POINTS, axis=0, weights=FRACTIONS)
    within = FRACTIONS @ ((POINTS - centroids[LABELS]) ** 2).sum(axis=1)
    between = masses() @ ((centroids - centre) ** 2).sum(axis=1)
    return between / 4 / (within / (FRACTIONS.sum() - 5))


def by_mcclain_rao():
    _, pairs = weighted_sums()
    inside, whole = (masses() * (masses() - 1)).sum(), FRACTIONS.sum() * (FRACTIONS.sum() - 1)
    return np.trace(pairs) / inside / ((pairs.sum() - np.trace(pairs)) / (whole - inside))


def mean_distances():
    return np.diagonal(weighted_sums()[1]) / (masses() * (masses() - 1))


def by_generalized_dunn():
    between = weighted_sums()[1] / np.outer(masses(), masses())
    return between[~np.eye(5, dtype=bool)].min() / mean_distances().max()


@pytest.mark.parametrize(
    ("name", "referee"),
    [
        ("silhouette", by_silhouette),
        ("calinski_harabasz", by_calinski_harabasz),
        ("mcclain_rao", by_mcclain_rao),
        ("cvnn_compactness", lambda: mean_distances().sum()),
        ("generalized_dunn_average_average", by_generalized_dunn),
    ],
)
def test_sums_of_fractions(name, referee):
    got = cqm.catalog[name].function(POINTS, LABELS, sample_weight=FRACTIONS)
    assert got == pytest.approx(referee(), rel=1e-12)


@pytest.mark.parametrize("name", WHOLE)
def test_fractions_are_refused_where_points_are_counted(name):
    with pytest.raises(ValueError, match=r"`sample_weight` has 0.5 at position 3, but this measure counts or ranks"):
        cqm.catalog[name].function(POINTS, LABELS, sample_weight=np.r_[WEIGHTS[:3], 0.5, WEIGHTS[4:]])
    assert "0.5 at position 3" in evaluated(POINTS, np.r_[WEIGHTS[:3], 0.5, WEIGHTS[4:]]).left_out[name]


def test_weights_do_not_matter_to_extremes():
    rows = FRACTIONS > 0
    for name in ("dunn", "weakest_link", "generalized_dunn_hausdorff_maximum", "generalized_dunn_complete_maximum"):
        got = cqm.catalog[name].function(POINTS, LABELS, sample_weight=FRACTIONS)
        assert got == cqm.catalog[name].function(POINTS[rows], LABELS[rows])


# --- engines


@pytest.mark.usefixtures("out_of_sight", "small_tiles")
@pytest.mark.parametrize("elsewhere", [*KINDS.values(), csr_array], ids=[*KINDS, "sparse"])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_every_kind_of_array(elsewhere, metric):
    X = np.concatenate([WIDE, WIDE[:20] + 0.1])
    X[::2] += 40  # far apart, so that most distances in either half come from differences
    labels, weights = np.r_[LABELS, LABELS[:20]], np.r_[FRACTIONS, FRACTIONS[:20] + 1]
    there = chunked(X, (30, 1, 16)) if elsewhere is chunked else elsewhere(X)
    kind = {chunked: "dask", csr_array: "sparse"}.get(elsewhere, "device")
    measures = [name for name in ANY if kind in cqm.catalog[name].engines]
    got, expected = (evaluated(each, weights, labels, measures, metric=metric) for each in (there, X))
    assert len(got.values) > 30
    same(got, expected, 1e-7)


@pytest.mark.parametrize("elsewhere", [*KINDS.values(), csr_array], ids=[*KINDS, "sparse"])
def test_copies_on_every_kind_of_array(elsewhere):
    there = chunked(WIDE, (13, 1, 13)) if elsewhere is chunked else elsewhere(WIDE)
    measures = ["connectivity", "gamma", "dbcv", "relative_margin"]
    same(evaluated(there, WEIGHTS, measures=measures), evaluated(WIDE, WEIGHTS, measures=measures), 1e-9)


@pytest.mark.usefixtures("toy")
def test_an_engine_of_somebody_else():
    table = toy_engine.Table(POINTS.tolist())
    same(evaluated(table, FRACTIONS, measures=ANY), evaluated(POINTS, FRACTIONS, measures=ANY))


def test_float32():
    narrow = WIDE.astype(np.float32)
    same(evaluated(narrow, FRACTIONS, measures=ANY), evaluated(WIDE, FRACTIONS, measures=ANY), 1e-4)


@pytest.mark.parametrize("kind", [list, torch.asarray, chunked, strict], ids=["list", "torch", "dask", "strict"])
def test_weights_of_any_kind(kind):
    weights = kind(FRACTIONS) if kind is not chunked else kind(FRACTIONS[:, None], (13, 14)).ravel()
    assert cqm.trace_w(POINTS, LABELS, sample_weight=weights) == cqm.trace_w(POINTS, LABELS, sample_weight=FRACTIONS)


# --- what weights are


def test_ones_change_no_bit():
    same(evaluated(POINTS, np.ones(27)), evaluated(POINTS, None), 0)


def test_points_are_counted_with_their_weights():
    report = evaluated(POINTS, FRACTIONS, noise_label=4, measures=["trace_w"])
    assert (report.n, report.rows) == pytest.approx((FRACTIONS[LABELS < 4].sum(), FRACTIONS.sum()), rel=1e-15)
    assert str(report).startswith(f"{report.n:.1f} points and 2.2 of noise, 4 clusters")
    whole = evaluated(POINTS, WEIGHTS, noise_label=4, measures=["trace_w"])
    assert (whole.n, whole.rows) == (len(COPIES) - 2, len(COPIES))


def test_the_work_of_copies_counts():
    options = {"measures": "all", "effort": 1e9}
    report = cqm.evaluate(POINTS, LABELS, sample_weight=WEIGHTS * 1000, **options)
    assert "would cost" in report.left_out["gamma"]
    assert "silhouette" in report.values


@pytest.mark.parametrize(
    ("weights", "error", "message", "cure"),
    [
        (np.ones(26), ValueError, "has 26 entries but `X` has 27 rows", None),
        (-FRACTIONS, ValueError, r"has -[\d.]+ at position 0: weights say how many points", None),
        (np.r_[np.nan, FRACTIONS[1:]], ValueError, "has nan at position 0", None),
        (np.r_[FRACTIONS[:-1], np.inf], ValueError, "has inf at position 26", None),
        (np.zeros(27), ValueError, "0 everywhere", None),
        (np.ma.masked_equal(WEIGHTS, 0), ValueError, "masked at position 22", None),
        (FRACTIONS[:, None], ValueError, r"numpy.ravel\(sample_weight\)", np.ravel),
        (2.0, ValueError, r"numpy.full\(27, sample_weight\)", lambda w: np.full(27, w)),
        (FRACTIONS.astype(str), TypeError, "dtype=float", lambda w: np.asarray(w, dtype=float)),
        (FRACTIONS.astype(object), TypeError, "dtype=float", lambda w: np.asarray(w, dtype=float)),
    ],
)
def test_what_is_no_weight(weights, error, message, cure):
    with pytest.raises(error, match=message):
        cqm.dunn(POINTS, LABELS, sample_weight=weights)
    if cure is not None:
        assert np.isfinite(cqm.dunn(POINTS, LABELS, sample_weight=cure(weights)))


def test_a_cluster_of_at_most_one_point():
    X, labels = [[0.0], [1.0], [9.0], [10.0]], ["a", "a", "b", "b"]
    values = cqm.sample_silhouette(X, labels, sample_weight=[0.5, 0.5, 2, 1])
    assert values[:2].tolist() == [0, 0]
    assert (values[2:] > 0.5).all()


def test_cure_of_fractions():
    whole = np.maximum(np.rint(FRACTIONS), 1)
    assert np.isfinite(cqm.connectivity(POINTS, LABELS, sample_weight=whole))


@pytest.mark.parametrize("name", ["calinski_harabasz", "mcclain_rao"])
def test_cure_of_weights_that_sum_to_one(name):
    function, weights = cqm.catalog[name].function, FRACTIONS / FRACTIONS.sum()
    with pytest.raises(ValueError, match=r"sums to 1 for 5 clusters: .* sample_weight / numpy.mean\(sample_weight\)"):
        function(POINTS, LABELS, sample_weight=weights)
    assert function(POINTS, LABELS, sample_weight=weights / np.mean(weights)) > 0
