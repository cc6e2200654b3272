"""The formulas of `cqm.catalogue.cost` against seconds measured, and what `evaluate` leaves out by them."""

import inspect
from typing import get_args

import numpy as np
import pytest

import cqm
from cqm.catalogue.cost import PER_SECOND, Cost, operations

# Seconds of a core of an x86-64 server (AVX-512) for overlapping clusters: (measure, n, k, d, metric) → seconds.
MEASURED = {
    ("trace_w", 200_000, 500, 64, "cosine"): 0.168,
    ("trace_w", 20_000, 600, 192, "euclidean"): 0.022,
    ("trace_wib", 20_000, 600, 192, "euclidean"): 0.278,
    ("trace_wib", 200_000, 500, 64, "cosine"): 0.816,
    ("davies_bouldin", 20_000, 600, 192, "euclidean"): 0.033,
    ("davies_bouldin", 3_000, 1_000, 128, "euclidean"): 0.030,
    ("simplified_silhouette", 20_000, 600, 192, "euclidean"): 0.135,
    ("simplified_silhouette", 200_000, 500, 64, "cosine"): 3.07,
    ("silhouette", 200_000, 500, 64, "cosine"): 3.87,
    ("silhouette", 20_000, 600, 192, "euclidean"): 1.58,
    ("silhouette", 5_000, 50, 64, "chebyshev"): 0.878,
    ("s_dbw", 20_000, 600, 192, "euclidean"): 0.876,
    ("s_dbw", 3_000, 1_000, 128, "euclidean"): 0.903,
    ("s_dbw", 200_000, 500, 64, "cosine"): 3.20,
    ("cdbw", 20_000, 600, 192, "euclidean"): 7.80,
    ("cdbw", 3_000, 1_000, 128, "euclidean"): 4.17,
    ("cdbw", 10_000, 200, 64, "euclidean"): 0.682,
    ("dunn", 20_000, 600, 192, "euclidean"): 1.56,
    ("dunn", 20_000, 20, 16, "euclidean"): 1.06,
    ("dunn", 20_000, 20, 2, "euclidean"): 0.286,
    ("dunn", 5_000, 50, 64, "manhattan"): 0.256,
    ("dunn", 2_000, 50, 64, "minkowski"): 4.39,
    ("dunn", 600, 5, 16, np.dot): 2.56,
    ("weakest_link", 3_000, 1_000, 128, "euclidean"): 0.357,
    ("connectivity", 20_000, 600, 192, "euclidean"): 3.36,
    ("point_biserial", 20_000, 600, 192, "euclidean"): 2.46,
    ("dbcv", 3_000, 1_000, 128, "euclidean"): 0.893,
    ("generalized_dunn_hausdorff_maximum", 20_000, 600, 192, "euclidean"): 4.20,
    ("gamma", 20_000, 600, 192, "euclidean"): 5.41,
    ("c_index", 20_000, 20, 16, "euclidean"): 7.44,
    ("additive_margin", 1_000, 100, 64, "euclidean"): 2.55,
    ("additive_margin", 8_000, 40, 64, "euclidean"): 3.16,
    ("additive_margin", 8_000, 2_000, 64, "cosine"): 10.2,
    ("additive_margin", 16_000, 40, 64, "euclidean"): 2.20,
    ("relative_margin_literal", 1_797, 10, 64, "euclidean"): 11.1,
    ("relative_margin", 1_000, 100, 64, "euclidean"): 3.15,
    ("relative_margin", 3_000, 300, 64, "euclidean"): 34.1,
    ("relative_margin", 8_000, 40, 64, "euclidean"): 75.5,
    ("relative_margin", 5_000, 2, 64, "euclidean"): 5.34,
    ("relative_margin_pairs_mean", 320, 20, 128, "cosine"): 0.39,
    ("relative_margin_pairs_mean", 5_000, 50, 64, "euclidean"): 4.54,
    ("additive_margin_pairs_mean", 320, 20, 128, "cosine"): 0.39,
    ("additive_margin_pairs_mean", 5_000, 50, 64, "euclidean"): 12.8,
}


@pytest.mark.parametrize("case", MEASURED, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}-{case[3]}-{case[4]}")
def test_cost_is_within_a_factor_of_three_of_seconds_measured(case):
    name, *shape = case
    predicted = cqm.catalog[name].operations(*shape) / PER_SECOND
    assert 1 / 3 <= predicted / MEASURED[case] <= 3


def test_every_cost_is_measured():
    assert {cqm.catalog[name].cost for name, *_ in MEASURED} == set(get_args(Cost))


@pytest.mark.parametrize("cost", get_args(Cost))
def test_cost_grows_with_points_features_and_clusters(cost):
    at = operations(cost, 5_000, 20, 32, "euclidean")
    assert operations(cost, 10_000, 20, 32, "euclidean") > at
    assert operations(cost, 5_000, 20, 64, "euclidean") > at
    assert operations(cost, 5_000, 40, 32, "euclidean") >= at or "pairs" in cost  # n³/k
    assert all(0 < operations(cost, n, k, 1, "cosine") < np.inf for n, k in [(3, 2), (1_000_000, 999_999)])


@pytest.mark.parametrize("k", [2_000, 6_000])
@pytest.mark.parametrize("measure", ["relative_margin", "additive_margin"])
def test_searches_for_millions_of_pairs_are_left_out_and_those_for_hundreds_are_not(measure, k):
    effort = inspect.signature(cqm.evaluate).parameters["effort"].default
    pairs = cqm.catalog[f"{measure}_pairs_mean"]
    assert pairs.operations(4 * k, k, 4, "cosine") > effort
    assert pairs.operations(1_000, 40, 192, "cosine") < effort / 10


def test_distances_that_come_from_calls_cost_what_calls_cost():
    silhouette = cqm.catalog["silhouette"]
    assert silhouette.operations(20_000, 20, 4, np.dot) > 100 * silhouette.operations(20_000, 20, 4, "euclidean")
