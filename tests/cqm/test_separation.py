from typing import get_args

import genieclust
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqm
from cqm.definitions import separation as definitions
from cqm.measures.separation import Diameter, Separation
from tests.cqm.strategies import distance_clusterings, point_clusterings

SEPARATIONS, DIAMETERS = get_args(Separation), get_args(Diameter)
OF_DISTANCES = [name for name in SEPARATIONS if "centroid" not in name], ["maximum", "average"]


def blobs(n=120, k=4, d=5, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % k
    return rng.normal(size=(n, d)) + 3 * rng.normal(size=(k, d))[labels], labels


@given(distance_clusterings())
def test_dunn_equals_its_definition(case):
    distances, labels = case
    got = cqm.dunn(np.array(distances, dtype=float), labels, metric="precomputed")
    assert got == pytest.approx(float(definitions.dunn(distances, labels)), rel=1e-12)


@given(distance_clusterings(), st.sampled_from(OF_DISTANCES[0]), st.sampled_from(OF_DISTANCES[1]))
def test_generalized_dunn_equals_its_definition_on_distances(case, separation, diameter):
    distances, labels = case
    variant = {"separation": separation, "diameter": diameter}
    got = cqm.generalized_dunn(np.array(distances, dtype=float), labels, metric="precomputed", **variant)
    assert got == pytest.approx(float(definitions.generalized_dunn(distances, labels, **variant)), rel=1e-12)


@given(point_clusterings(), st.sampled_from(SEPARATIONS), st.sampled_from(DIAMETERS))
def test_generalized_dunn_equals_its_definition_on_points(case, separation, diameter):
    points, labels = case
    variant = {"separation": separation, "diameter": diameter}
    want = float(definitions.generalized_dunn_of_points(points.tolist(), labels, **variant))
    # centroids are rounded, so that coinciding ones lie about 1e-15 apart
    assert cqm.generalized_dunn(points, labels, **variant) == pytest.approx(want, rel=1e-12, abs=1e-13, nan_ok=True)


def test_dunn_known_answer():
    t, s = 1.0, 10.0
    distances = [[0, t, s, s], [t, 0, s, s], [s, s, 0, t], [s, s, t, 0]]
    assert cqm.dunn(distances, [0, 0, 1, 1], metric="precomputed") == 10


@pytest.mark.parametrize(
    ("separation", "diameter", "want"),
    [
        ("single", "maximum", 10 / 4),
        ("complete", "maximum", 15 / 4),
        ("average", "maximum", (14 + 10 + 15 + 11) / 4 / 4),
        ("centroid", "maximum", 12.5 / 4),
        ("average_to_centroids", "maximum", (13 + 12 + 14.5 + 10.5) / 4 / 4),
        ("hausdorff", "maximum", 14 / 4),
        ("single", "average", 10 / 4),
        ("single", "centroid", 10 / (2 * 2)),
    ],
)
def test_generalized_dunn_by_hand(separation, diameter, want):
    # {0, 1} has centroid 0.5 and diameter 1; {11, 15} centroid 13 and diameter 4
    got = cqm.generalized_dunn([[0.0], [1.0], [11.0], [15.0]], [0, 0, 1, 1], separation=separation, diameter=diameter)
    assert got == want


@pytest.mark.parametrize("metric", cqm.METRICS[:-1])
def test_single_over_maximum_is_dunn(metric):
    points, labels = blobs()
    assert cqm.generalized_dunn(points, labels, metric=metric) == cqm.dunn(points, labels, metric=metric)


def test_dunn_and_generalized_dunn_agree_with_genieclust():
    points, labels = blobs(seed=1)
    assert cqm.dunn(points, labels) == pytest.approx(genieclust.cluster_validity.dunnowa_index is None or _peer_dunn(points, labels), rel=1e-10)
    

def _peer_dunn(points, labels):
    return genieclust.cluster_validity.generalised_dunn_index(points, labels, 1, 1)
