"""The formulas of `cqm.declarations.cost` against seconds measured, and what `evaluate` leaves out by them."""

import inspect
import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import cqm
from benchmarks.costs import CASES, METRICS
from cqm.declarations.cost import PER_SECOND, Cost, operations

MEASURED = json.loads((Path(__file__).parents[2] / "docs" / "benchmarks" / "costs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", MEASURED["cases"], ids=lambda case: "-".join(map(str, list(case.values())[:-1])))
def test_cost_is_within_a_factor_of_three_of_seconds_measured(case):
    metric = METRICS.get(case["metric"], case["metric"])
    predicted = cqm.catalog[case["measure"]].operations(case["n"], case["k"], case["d"], metric) / PER_SECOND
    assert 1 / 3 <= predicted / case["seconds"] <= 3


def test_every_cost_is_measured():
    assert {cqm.catalog[case["measure"]].cost for case in MEASURED["cases"]} == set(get_args(Cost))


def test_every_case_is_measured():
    assert [tuple(case.values())[:-1] for case in MEASURED["cases"]] == list(CASES)


@pytest.mark.parametrize("cost", get_args(Cost))
def test_cost_grows_with_points_features_and_clusters(cost):
    at = operations(cost, 5_000, 20, 32, "euclidean")
    assert operations(cost, 10_000, 20, 32, "euclidean") > at
    assert operations(cost, 5_000, 20, 64, "euclidean") > at
    assert operations(cost, 5_000, 40, 32, "euclidean") >= at or "pairs" in cost  # n³/k
    assert all(0 < operations(cost, n, k, 1, "cosine") < np.inf for n, k in [(3, 2), (1_000_000, 999_999)])


@pytest.mark.parametrize("k", [2_000, 6_000])
@pytest.mark.parametrize(
    "measure",
    ["relative_margin_pairs_mean", "additive_margin_pairs_mean", "adjusted_calinski_harabasz", "adjusted_silhouette"],
)
def test_millions_of_pairs_of_clusters_are_left_out_and_hundreds_are_not(measure, k):
    effort = inspect.signature(cqm.evaluate).parameters["effort"].default
    pairs = cqm.catalog[measure]
    assert pairs.operations(4 * k, k, 4, "cosine") > effort
    assert pairs.operations(1_000, 40, 192, "cosine") < effort / 10


def test_distances_that_come_from_calls_cost_what_calls_cost():
    silhouette = cqm.catalog["silhouette"]
    assert silhouette.operations(20_000, 20, 4, np.dot) > 100 * silhouette.operations(20_000, 20, 4, "euclidean")
