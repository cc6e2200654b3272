"""What every catalogued measure does with unusual input; docs/inputs.md states the same."""

import math
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.spatial.distance import pdist, squareform

import cqm
from tests.cqm.inputs import DISTANCES, LABELS, POINTS, every_measure, on_distances, outcome

TABLE = pa.table(dict(zip("xyz", POINTS.T, strict=True)))


def same(measure, *arguments, rel=1e-12, **options):
    """The measure gives what it gives for POINTS and LABELS, to rounding."""
    got, wanted = measure.function(*arguments, **options), measure.function(POINTS, LABELS)
    assert got == pytest.approx(wanted, rel=rel, abs=1e-12, nan_ok=True)


@every_measure
def test_value_is_a_float_inside_its_range(measure):
    value = measure.function(POINTS, LABELS)
    assert type(value) is float
    low, high = measure.range
    assert low <= value <= high or value == measure.besides


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
@pytest.mark.parametrize("noise", [(9, 9), (0, 4)], ids=["last", "first"])
def test_noise_is_left_out(measure, noise):
    points, labels = (
        np.insert(POINTS, noise, [[5.0, 5, 5], [100, 100, 100]], axis=0),
        np.insert(LABELS, noise, -1).tolist(),
    )
    if measure.name.startswith("dbcv"):  # weighs each cluster by its share of all points, noise included
        wanted = measure.function(POINTS, LABELS) * len(POINTS) / len(points)
        assert measure.function(points, labels, noise_label=-1) == pytest.approx(wanted, rel=1e-12)
    elif measure.name == "disco":  # scores noise as well
        wanted = measure.definition(squareform(pdist(points)).tolist(), labels, noise_label=-1)
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


@pytest.mark.parametrize("k", [2**16, 70_000])
def test_more_clusters_than_16_bits_can_tell_apart(k):
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(k), 2))
    position = labels + np.random.default_rng(1).choice([-0.25, 0.25], 2 * k)
    pairs = position[np.argsort(labels)].reshape(k, 2)
    within = ((pairs[:, 0] - pairs[:, 1]) ** 2 / 2).sum()
    between = 2 * ((pairs.mean(axis=1) - position.mean()) ** 2).sum()
    wanted = between / (k - 1) / (within / k)
    assert cqm.calinski_harabasz(position[:, None], labels) == pytest.approx(wanted, rel=1e-12)


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
