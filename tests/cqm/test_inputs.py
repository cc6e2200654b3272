"""What every catalogued measure does with unusual and with wrong input; docs/inputs.md states the same."""

import math
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from scipy.spatial.distance import pdist, squareform

import cqm

# Quarter-integers: sums, differences and squares are exact, also after adding 1e8.
POINTS = np.array(
    [[0, 0, 1], [0, 1, 2.25], [1, 0, 0], [9, 9, 4], [9, 10.5, 3], [8, 9, 5], [30, 0, 2], [31, 1, 0], [30, 2, 3]]
)
LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2]
DISTANCES = squareform(pdist(POINTS))
TABLE = pa.table(dict(zip("xyz", POINTS.T, strict=True)))

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
        pa.chunked_array([list("aaabb"), list("bccc")]),
        np.array([True] * 3 + [False] * 6).astype(int) + np.array([0] * 6 + [5] * 3),
        pd.Series(LABELS, dtype="Int64"),
        np.array(LABELS, dtype=">i4"),
        np.repeat(LABELS, 2)[::2],
        np.ma.array(LABELS),
        np.array(["2020-01-01"] * 3 + ["2020-01-02"] * 3 + ["2020-01-03"] * 3, dtype="datetime64[D]"),
    ],
    ids=[
        "int8",
        "gaps",
        "negative",
        "text",
        "tuples",
        "mixed",
        "category",
        "polars",
        "pyarrow",
        "chunked",
        "arithmetic",
        "nullable",
        "big-endian",
        "strided",
        "masked nowhere",
        "dates",
    ],
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
        np.ascontiguousarray(POINTS[::-1, ::-1])[::-1, ::-1],
        list(POINTS),
        np.ma.array(POINTS, mask=np.zeros(POINTS.shape, dtype=bool)),
        POINTS.astype(">f8"),
        POINTS.astype(np.longdouble),
        pd.DataFrame(POINTS, columns=list("xyz")),
        pd.DataFrame(POINTS, columns=list("xyz")).astype("Float64"),
        pd.DataFrame(POINTS, columns=list("xyz")).astype("double[pyarrow]"),
        pl.DataFrame(POINTS, schema=list("xyz")),
        TABLE,
        pa.concat_tables([TABLE.slice(0, 4), TABLE.slice(4)]),
        POINTS.astype(np.float16),
        POINTS.astype(">f4"),
    ],
    ids=[
        "list",
        "fortran",
        "strided",
        "reversed",
        "list of arrays",
        "masked nowhere",
        "big-endian",
        "long double",
        "pandas",
        "nullable",
        "arrow in pandas",
        "polars",
        "pyarrow",
        "chunked",
        "float16",
        "float32",
    ],
)
def test_points_of_any_array_type(measure, points):
    # float32 arithmetic inside products keeps about 6 digits
    same(measure, points, LABELS, rel=2e-5 if getattr(points, "dtype", None) in (np.float16, ">f4") else 1e-12)


@every_measure
def test_integer_points(measure):
    whole = (4 * POINTS).astype(int)
    assert measure.function(whole, LABELS) == pytest.approx(measure.function(4.0 * POINTS, LABELS), nan_ok=True)


@every_measure
def test_boolean_points_are_zeros_and_ones(measure):
    points = np.column_stack([POINTS > 2, POINTS < 1])
    wanted = outcome(measure, points.astype(float), LABELS)
    assert outcome(measure, points, LABELS) == pytest.approx(wanted, rel=0, nan_ok=True)
    table = pd.DataFrame(points).assign(number=POINTS[:, 0])  # columns of two types
    wanted = outcome(measure, np.column_stack([points, POINTS[:, 0]]), LABELS)
    assert outcome(measure, table, LABELS) == pytest.approx(wanted, rel=0, nan_ok=True)


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

NAN, INF, HOLE = POINTS.copy(), POINTS.copy(), np.ma.array(POINTS, mask=np.zeros(POINTS.shape, dtype=bool))
NAN[2, 1], INF[4, 0], HOLE[4, 1] = np.nan, np.inf, np.ma.masked
WITH_NA = pd.DataFrame(NAN, columns=list("xyz")).convert_dtypes()
INTEGERS = (4 * POINTS).astype(np.int64)
DATE = np.datetime64("2020-01-01")


@every_measure
@pytest.mark.parametrize(
    ("points", "error", "message"),
    [
        (NAN, ValueError, r"`X` has nan at X\[2, 1\]: remove or impute"),
        (INF, ValueError, r"`X` has inf at X\[4, 0\]: remove or impute"),
        (INF.astype(np.float16), ValueError, r"`X` has inf at X\[4, 0\]"),
        (WITH_NA, ValueError, r"`X` has nan at X\[2, 1\]"),
        (pl.DataFrame(NAN, schema=list("xyz")).fill_nan(None), ValueError, r"`X` has nan at X\[2, 1\]"),
        (HOLE, ValueError, r"`X` is masked at X\[4, 1\]: remove or impute"),
        (np.empty((0, 3)), ValueError, "`X` is empty: shape \\(0, 3\\); pass \\(points, features\\)"),
        (np.empty((9, 0)), ValueError, "`X` is empty: shape \\(9, 0\\)"),
        ([], ValueError, "`X` is empty: shape \\(0,\\)"),
        (np.float64(3), ValueError, "`X` must be \\(points, features\\), got shape \\(\\)"),
        (POINTS[:, 0], ValueError, "`X` must be \\(points, features\\), got shape \\(9,\\): reshape"),
        (POINTS[None], ValueError, "`X` must be \\(points, features\\), got shape \\(1, 9, 3\\): flatten"),
        ([[0, 1, 2]] * 8 + [[1, 2]], ValueError, "rows of equally many numbers: row 8 has 2, row 0 3"),
        ([[0, [1, 2]]] * 9, ValueError, "rows of equally many numbers: entries of a row are sequences"),
        (2**60 + INTEGERS, ValueError, r"integers up to 1152921504606847100, .* subtract X.min\(axis=0\) first"),
        (-(2**60) - INTEGERS, ValueError, "integers up to 1152921504606847100"),
        (np.uint64(2**63) + INTEGERS.astype(np.uint64), ValueError, "integers up to 9223372036854775932"),
        (sparse.csr_matrix(POINTS), TypeError, r"`X` must be dense, got a csr_matrix: pass X.toarray\(\)"),
        (sparse.coo_array(POINTS), TypeError, "`X` must be dense, got a coo_array"),
        (POINTS + 1j, TypeError, r"real numbers, got dtype complex128: convert it with numpy.real\(X\)"),
        (POINTS.astype(object), TypeError, r"got dtype object: convert it with numpy.asarray\(X, dtype=float\)"),
        (POINTS.astype(str), TypeError, "got dtype <U32: convert it with numpy.asarray"),
        (POINTS.astype("timedelta64[s]"), TypeError, r"got dtype timedelta64\[s\]: convert it with numpy.asarray"),
        (
            DATE + POINTS.astype("timedelta64[s]"),
            TypeError,
            r"got dtype datetime64\[s\]: convert it with numpy.asarray",
        ),
        (pd.DataFrame(POINTS).assign(text="a"), TypeError, "got dtype object"),
        (None, TypeError, "`X` must be an array, a list of rows or a table, got NoneType"),
        ("points", TypeError, "`X` must be an array, a list of rows or a table, got str"),
        (pl.LazyFrame(POINTS), TypeError, "`X` must be an array, a list of rows or a table, got LazyFrame"),
    ],
)
def test_wrong_points(measure, points, error, message):
    with pytest.raises(error, match=message):
        measure.function(points, LABELS)


@every_measure
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (LABELS[:8], ValueError, "`labels` has 8 entries but `X` has 9 rows"),
        (list(range(9)), ValueError, "every one of the 9 points is its own cluster"),
        ([0.0] * 8 + [np.nan], ValueError, "`labels` has nan at position 8: give such points a label, or leave"),
        (np.array([0.0] * 8 + [np.nan]), ValueError, "`labels` has nan at position 8: give such points a label"),
        (["a"] * 8 + [None], ValueError, "`labels` has None at position 8: give"),
        ([0] * 8 + [pd.NA], ValueError, "`labels` has <NA> at position 8: give"),
        (pd.Series([*list("aaabbbcc"), pd.NA], dtype="string"), ValueError, "`labels` has <NA> at position 8"),
        (pd.Series([0] * 8 + [pd.NA], dtype="Int64"), ValueError, "`labels` has nan at position 8"),
        ([DATE] * 8 + [pd.NaT], ValueError, "`labels` has NaT at position 8: give"),
        (np.array([DATE] * 8 + [np.datetime64("NaT")]), ValueError, "`labels` has NaT at position 8: give"),
        (pl.Series([0] * 8 + [None]), ValueError, "`labels` has nan at position 8"),
        (pa.array(["a"] * 8 + [None]), ValueError, "`labels` has None at position 8"),
        (np.ma.array(LABELS, mask=[False] * 8 + [True]), ValueError, "`labels` is masked at position 8: give"),
        ([0] * 8 + [[1]], TypeError, "`labels` must be hashable, got list at position 8"),
        (np.zeros((9, 1)), ValueError, r"`labels` must be one label a point, got shape \(9, 1\): use labels.ravel\(\)"),
        ("aaabbbccc", TypeError, "`labels` must be a list or an array of one label a point, got str"),
        (None, TypeError, "`labels` must be a list or an array of one label a point, got NoneType"),
    ],
)
def test_wrong_labels(measure, labels, error, message):
    with pytest.raises(error, match=message):
        measure.function(POINTS, labels)


@every_measure
@pytest.mark.parametrize(
    ("noise_label", "error", "message"),
    [
        ([-1], TypeError, "`noise_label` must be one hashable label, got list: give all noise one label, such as -1"),
        ({-1}, TypeError, "`noise_label` must be one hashable label, got set"),
        (np.array([-1]), TypeError, "`noise_label` must be one hashable label, got ndarray"),
        (math.nan, ValueError, "`noise_label` is nan, which no label equals: label noise with -1"),
        (pd.NA, ValueError, "`noise_label` is <NA>, which no label equals"),
    ],
)
def test_wrong_noise_label(measure, noise_label, error, message):
    with pytest.raises(error, match=message):
        measure.function(POINTS, LABELS, noise_label=noise_label)


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
