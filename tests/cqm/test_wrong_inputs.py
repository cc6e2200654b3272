"""What every catalogued measure says of wrong input; docs/inputs.md states the same."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import cqm
from tests.cqm.inputs import DISTANCES, LABELS, POINTS, every_measure, on_distances, on_points, outcome

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
        (sparse.csr_matrix(NAN), ValueError, r"`X` has nan at X\[2, 1\]: remove or impute"),
        (sparse.coo_array(INF), ValueError, r"`X` has inf at X\[4, 0\]: remove or impute"),
        (sparse.csr_array((9, 0)), ValueError, "`X` is empty: shape \\(9, 0\\)"),
        (sparse.coo_array(POINTS[:, 0]), ValueError, "got shape \\(9,\\): pass X.reshape"),
        (sparse.csr_array(POINTS + 1j), TypeError, r"real numbers, got dtype complex128: convert it with numpy.real"),
        (sparse.csr_array(2**60 + INTEGERS), ValueError, "integers up to 1152921504606847100"),
        (POINTS + 1j, TypeError, r"real numbers, got dtype complex128: convert it with numpy.real\(X\)"),
        (POINTS.astype(object), TypeError, r"got dtype object: convert it with numpy.asarray\(X, dtype=float\)"),
        (POINTS.astype(str), TypeError, "got dtype <U32: convert it with numpy.asarray"),
        (INTEGERS.astype("timedelta64[s]"), TypeError, r"got dtype timedelta64\[s\]: convert it with numpy.asarray"),
        (
            DATE + INTEGERS.astype("timedelta64[s]"),
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
        ([0.0] * 8 + [np.nan], ValueError, "`labels` has nan at position 8: give such points a label, such as"),
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
        (
            np.zeros((9, 1)),
            ValueError,
            r"`labels` must be one label a point, got shape \(9, 1\): use numpy.ravel\(labels\)",
        ),
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
        (changed(0, 3, 1.0), r"`X` is not symmetric, X\[0, 3\] = 1.0 but X\[3, 0\] = "),
        (changed(2, 2, 0.5), r"the distance of a point to itself must be 0, but X\[2, 2\] = 0.5"),
        (changed(1, 4, -2.0), r"distances must not be negative, but X\[1, 4\] = -2.0"),
        (changed(1, 4, -2.0).clip(max=changed(1, 4, -2.0).T), r"distances must not be negative, but X\[1, 4\] = -2.0"),
        (changed(1, 4, np.nan), r"X\[1, 4\]"),
        (changed(1, 4, np.inf), r"`X` has inf at X\[1, 4\]"),
        (DISTANCES[:8], r"takes square or condensed distances, got shape \(8, 9\)"),
        (np.arange(1.0, 6), r"condensed distances have n\(n-1\)/2 entries, got 5"),
    ],
)
def test_wrong_distances(measure, distances, message):
    with pytest.raises(ValueError, match=message):
        measure.function(distances, LABELS, metric="precomputed")


@pytest.mark.parametrize("metric", ["cosine", "angular", "correlation"])
def test_rows_that_begin_like_those_without_direction_are_taken(metric):
    X = np.array([[0.0, 1.0, 0.0], [0.0, 2.0, 1.0], [3.0, 1.0, 3.0], [4.0, 2.0, 4.0]])
    assert np.isfinite(cqm.silhouette(X, [0, 0, 1, 1], metric=metric))
