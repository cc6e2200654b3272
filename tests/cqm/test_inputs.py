"""What every catalogued measure does with unusual and with wrong input; docs/inputs.md states the same."""

import math
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.spatial.distance import pdist, squareform

import cqm

# Quarter-integers: sums, differences and squares are exact, also after adding 1e8.
POINTS = np.array(
    [[0, 0, 1], [0, 1, 2.25], [1, 0, 0], [9, 9, 4], [9, 10.5, 3], [8, 9, 5], [30, 0, 2], [31, 1, 0], [30, 2, 3]]
)
LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2]
DISTANCES = squareform(pdist(POINTS))

every_measure = pytest.mark.parametrize("measure", cqm.catalog.values(), ids=cqm.catalog)
on_distances = pytest.mark.parametrize(
    "measure",
    [m for m in cqm.catalog.values() if m.needs == "distances"],
    ids=[m.name for m in cqm.catalog.values() if m.needs == "distances"],
)
on_points = pytest.mark.parametrize(
    "measure",
    [m for m in cqm.catalog.values() if m.needs == "points"],
    ids=[m.name for m in cqm.catalog.values() if m.needs == "points"],
)


def same(measure, *arguments, rel=1e-12, **options):
    """The measure gives what it gives for POINTS and LABELS, to rounding."""
    got, wanted = measure.function(*arguments, **options), measure.function(POINTS, LABELS)
    assert got == pytest.approx(wanted, rel=rel, abs=1e-12, nan_ok=True)


def outcome(measure, *arguments):
    """The value, or what the error says."""
    try:
        return measure.function(*arguments)
    except ValueError as error:
        return str(error)


@every_measure
def test_value_is_a_float_inside_its_range(measure):
    value = measure.function(POINTS, LABELS)
    assert type(value) is float
    low, high = measure.range
    assert low <= value <= high


# --- every form of good input


@every_measure
@pytest.mark.parametrize(
    "labels",
    [
        np.array(LABELS, dtype=np.int8),
        [0, 0, 0, 5, 5, 5, 9, 9, 9],
        [-3, -3, -3, 7, 7, 7, 100, 100, 100],
        list("aaabbbccc"),
        [("a", 1)] * 3 + [("b", 2)] * 3 + [("c", 3)] * 3,
        ["a", "a", "a", 1, 1, 1, 2.5, 2.5, 2.5],
        pd.Series(list("aaabbbccc"), dtype="category"),
        pl.Series(list("aaabbbccc")),
        pa.array(list("aaabbbccc")),
        np.array([True] * 3 + [False] * 6).astype(int) + np.array([0] * 6 + [5] * 3),
    ],
    ids=["int8", "gaps", "negative", "text", "tuples", "mixed", "category", "polars", "pyarrow", "arithmetic"],
)
def test_labels_of_any_hashable_type(measure, labels):
    same(measure, POINTS, labels)


@every_measure
@pytest.mark.parametrize(
    "points",
    [
        POINTS.tolist(),
        np.asfortranarray(POINTS),
        np.repeat(POINTS, 2, axis=0)[::2],
        pd.DataFrame(POINTS, columns=list("xyz")),
        pl.DataFrame(POINTS, schema=list("xyz")),
        pa.table(dict(zip("xyz", POINTS.T, strict=True))),
        POINTS.astype(np.float16),
    ],
    ids=["list", "fortran", "strided", "pandas", "polars", "pyarrow", "float16"],
)
def test_points_of_any_array_type(measure, points):
    # float32 arithmetic inside products keeps about 6 digits
    same(measure, points, LABELS, rel=2e-5 if getattr(points, "dtype", None) == np.float16 else 1e-12)


@every_measure
def test_integer_points(measure):
    whole = (4 * POINTS).astype(int)
    assert measure.function(whole, LABELS) == pytest.approx(measure.function(4.0 * POINTS, LABELS), nan_ok=True)


@every_measure
def test_input_is_left_alone(measure):
    points, labels = POINTS.copy(), np.array(LABELS)
    points.flags.writeable = labels.flags.writeable = False
    same(measure, points, labels)
    assert np.array_equal(points, POINTS)


@every_measure
def test_order_of_points_does_not_matter(measure):
    shuffled = np.random.default_rng(0).permutation(len(POINTS))
    same(measure, POINTS[shuffled], np.array(LABELS)[shuffled], rel=1e-10)


@every_measure
def test_noise_is_left_out(measure):
    points, labels = np.vstack([POINTS, [[5.0, 5, 5], [100, 100, 100]]]), [*LABELS, -1, -1]
    if measure.name.startswith("dbcv"):  # weighs each cluster by its share of all points, noise included
        wanted = measure.function(POINTS, LABELS) * len(POINTS) / len(points)
        assert measure.function(points, labels, noise_label=-1) == pytest.approx(wanted, rel=1e-12)
    else:
        same(measure, points, labels, noise_label=-1)


@on_distances
def test_precomputed_distances_square_and_condensed(measure):
    same(measure, DISTANCES, LABELS, metric="precomputed")
    same(measure, squareform(DISTANCES), LABELS, metric="precomputed")


@every_measure
def test_far_from_the_origin_no_digits_are_lost(measure):
    # the shifted coordinates are exact, so every difference is; centring costs a few roundings
    same(measure, POINTS + 1e8, LABELS, rel=1e-9)


@every_measure
def test_float32_is_close_to_float64(measure):
    same(measure, POINTS.astype(np.float32), LABELS, rel=2e-5)


@every_measure
def test_float32_too_large_to_square_is_right_or_refused(measure):
    huge = (POINTS * 1e30).astype(np.float32)
    wanted = measure.function(huge.astype(np.float64), LABELS)
    got = outcome(measure, huge, LABELS)
    assert got == pytest.approx(wanted, rel=2e-5, nan_ok=True) if isinstance(got, float) else "float64" in got


# --- degenerate but valid input has a value, and never a warning


@every_measure
@pytest.mark.parametrize(
    "points",
    [
        np.column_stack([POINTS, np.full(9, 7.0)]),
        POINTS[:, :1],
        POINTS[[0, 0, 0, 0, 4, 5, 6, 7, 8]],
        POINTS[[0, 0, 0, 3, 3, 3, 6, 6, 6]],
        np.ones((9, 3)),
        np.hstack([POINTS] * 5),
    ],
    ids=[
        "constant feature",
        "one feature",
        "clusters share a location",
        "each cluster is one location",
        "all points are one location",
        "more features than points",
    ],
)
def test_degenerate_points_have_a_documented_value(measure, points):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value = measure.function(points, LABELS)
    assert type(value) is float
    low, high = measure.range
    assert math.isnan(value) or low <= value <= high or math.isinf(value)


@every_measure
def test_singleton_clusters_have_a_value(measure):
    assert type(measure.function(POINTS, [0, 0, 0, 0, 0, 0, 0, 1, 2])) is float


# --- wrong input is refused with a cure

NAN, INF = POINTS.copy(), POINTS.copy()
NAN[2, 1], INF[4, 0] = np.nan, np.inf


@every_measure
@pytest.mark.parametrize(
    ("points", "labels", "error", "message"),
    [
        (NAN, LABELS, ValueError, r"`X` has nan at X\[2, 1\]"),
        (INF, LABELS, ValueError, r"`X` has inf at X\[4, 0\]"),
        (POINTS, LABELS[:8], ValueError, "`labels` has 8 entries but `X` has 9 rows"),
        (np.empty((0, 3)), [], ValueError, "`X` is empty"),
        (POINTS[:, 0], LABELS, ValueError, "`X` must be \\(points, features\\), got shape \\(9,\\)"),
        (POINTS[None], LABELS, ValueError, "`X` must be \\(points, features\\), got shape \\(1, 9, 3\\)"),
        (POINTS, list(range(9)), ValueError, "every one of the 9 points is its own cluster"),
        (POINTS, [0.0] * 8 + [np.nan], ValueError, "`labels` has nan at position 8"),
        (POINTS, np.array([0.0] * 8 + [np.nan]), ValueError, "`labels` has NaN at position 8"),
        (POINTS, [None] * 9, ValueError, "`labels` has None at position 0"),
        (POINTS, [[1]] * 9, TypeError, "`labels` must be hashable, got list"),
        (POINTS, np.zeros((9, 1)), ValueError, "`labels` must be one label a point, got shape \\(9, 1\\)"),
        (POINTS + 1j, LABELS, TypeError, "`X` must be real numbers, got dtype complex128"),
        (POINTS.astype(object), LABELS, TypeError, "`X` must be real numbers, got dtype object"),
        (POINTS.astype(str), LABELS, TypeError, "`X` must be real numbers, got dtype <U"),
    ],
)
def test_wrong_points_or_labels(measure, points, labels, error, message):
    with pytest.raises(error, match=message):
        measure.function(points, labels)


@every_measure
def test_one_cluster_is_refused_or_has_a_value(measure):
    got = outcome(measure, POINTS, [0] * 9)
    assert isinstance(got, float) or "needs at least 2 clusters, got 1" in got


@every_measure
def test_unknown_metric(measure):
    with pytest.raises(ValueError, match=r"must be one of euclidean|needs coordinates"):
        measure.function(POINTS, LABELS, metric="euclid")


@every_measure
def test_only_noise_is_refused(measure):
    with pytest.raises(ValueError, match="no points are left"):
        measure.function(POINTS, [-1] * 9, noise_label=-1)


@every_measure
def test_zero_vector_under_cosine(measure):
    with pytest.raises(ValueError, match="cosine distance is undefined for zero vectors: row 3 of `X`"):
        measure.function(np.where(np.arange(9)[:, None] == 3, 0, POINTS + 1), LABELS, metric="cosine")


@every_measure
@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_squares_beyond_float64_are_refused(measure, scale):
    with pytest.raises(ValueError, match=r"whose squares (overflow|vanish) in float64: scale `X` (down|up)"):
        measure.function(POINTS * scale, LABELS)


@on_points
def test_measures_on_coordinates_refuse_distances(measure):
    with pytest.raises(ValueError, match="needs coordinates"):
        measure.function(DISTANCES, LABELS, metric="precomputed")


def changed(row, column, value):
    matrix = DISTANCES.copy()
    matrix[row, column] = value
    return matrix


@on_distances
@pytest.mark.parametrize(
    ("distances", "message"),
    [
        (changed(0, 3, 1.0), r"`X` is not symmetric: X\[0, 3\] = 1.0 but X\[3, 0\] = "),
        (changed(2, 2, 0.5), r"the distance of a point to itself must be 0: X\[2, 2\] = 0.5"),
        (changed(1, 4, -2.0), r"distances must not be negative: X\[1, 4\] = -2.0"),
        (changed(1, 4, np.nan), r"`X` has nan at X\[1, 4\]"),
        (changed(1, 4, np.inf), r"`X` has inf at X\[1, 4\]"),
        (DISTANCES[:8], r"takes square or condensed distances, got shape \(8, 9\)"),
        (np.arange(1.0, 6), r"condensed distances have n\(n-1\)/2 entries, got 5"),
    ],
)
def test_wrong_distances(measure, distances, message):
    with pytest.raises(ValueError, match=message):
        measure.function(distances, LABELS, metric="precomputed")
