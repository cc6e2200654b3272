from typing import get_args

import numpy as np
import permetrics
import pytest
from genieclust.cluster_validity import generalised_dunn_index
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

import cqm
from cqm.definitions import separation as definitions
from cqm.measures.separation import Diameter, Separation
from tests.cqm.strategies import distance_clusterings, point_clusterings

SEPARATIONS, DIAMETERS = get_args(Separation), get_args(Diameter)


def blobs(n=120, k=4, d=5, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % k
    return rng.normal(size=(n, d)) + 3 * rng.normal(size=(k, d))[labels], labels


@given(distance_clusterings())
def test_dunn_equals_its_definition(case):
    distances, labels = case
    got = cqm.dunn(np.array(distances, dtype=float), labels, metric="precomputed")
    assert got == pytest.approx(float(definitions.dunn(distances, labels)), rel=1e-12)


@given(
    distance_clusterings(),
    st.sampled_from(["single", "complete", "average", "hausdorff"]),
    st.sampled_from(["maximum", "average"]),
)
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
    # a centroid has a rounding error of 1e-15 times the coordinates (up to 8) that only centroids that coincide show
    assert cqm.generalized_dunn(points, labels, **variant) == pytest.approx(want, rel=1e-12, abs=1e-12, nan_ok=True)


def test_dunn_known_answer():
    t, s = 1.0, 10.0
    distances = [[0, t, s, s], [t, 0, s, s], [s, s, 0, t], [s, s, t, 0]]
    assert cqm.dunn(distances, [0, 0, 1, 1], metric="precomputed") == 10


@pytest.mark.parametrize(
    ("separation", "diameter", "want"),
    [
        ("single", "maximum", 10 / 4),
        ("complete", "maximum", 15 / 4),
        ("average", "maximum", (11 + 15 + 10 + 14) / 4 / 4),
        ("centroid", "maximum", 12.5 / 4),
        ("average_to_centroids", "maximum", (13 + 12 + 10.5 + 14.5) / 4 / 4),
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
def test_single_over_maximum_is_dunn_under_every_metric(metric):
    points, labels = blobs()
    assert cqm.generalized_dunn(points, labels, metric=metric) == cqm.dunn(points, labels, metric=metric)


@pytest.mark.parametrize("separation", SEPARATIONS[:4])
@pytest.mark.parametrize("diameter", DIAMETERS)
def test_generalized_dunn_agrees_with_genieclust_up_to_its_doubled_average_diameter(separation, diameter):
    points, labels = blobs(seed=1)
    peer = generalised_dunn_index(points, labels, 1 + SEPARATIONS.index(separation), 1 + DIAMETERS.index(diameter))
    got = cqm.generalized_dunn(points, labels, separation=separation, diameter=diameter)
    assert peer == pytest.approx(got * (2 if diameter == "average" else 1), rel=1e-10)


def test_genieclust_takes_the_average_to_centroids_from_each_point_to_its_own():
    points, labels = blobs(seed=2)
    clusters = [points[labels == i] for i in range(4)]
    radii = [cdist(cluster, [cluster.mean(axis=0)]).sum() for cluster in clusters]
    own = min((radii[i] + radii[j]) / 60 for i in range(4) for j in range(i))
    widest = max(cdist(cluster, cluster).max() for cluster in clusters)
    assert generalised_dunn_index(points, labels, 5, 1) == pytest.approx(own / widest, rel=1e-10)


def test_permetrics_measures_dunn_from_the_first_centroid_unless_told_otherwise():
    points, labels = blobs(seed=3)
    peer = permetrics.ClusteringMetric(X=points, y_pred=labels)
    assert peer.dunn_index(use_modified=False) == pytest.approx(cqm.dunn(points, labels), rel=1e-10)
    clusters = [points[labels == i] for i in range(4)]
    nearest = min(cdist(clusters[j], [clusters[i].mean(axis=0)]).min() for j in range(4) for i in range(j))
    widest = max(cdist(cluster, cluster).max() for cluster in clusters)
    assert peer.dunn_index() == pytest.approx(nearest / widest, rel=1e-10)


def test_centroid_variants_take_cosine_as_distance_of_unit_vectors():
    points, labels = blobs(seed=4)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    for variant in ({"separation": "centroid"}, {"diameter": "centroid"}):
        assert cqm.generalized_dunn(points, labels, metric="cosine", **variant) == pytest.approx(
            cqm.generalized_dunn(unit, labels, **variant), rel=1e-12
        )


def test_centroid_variants_refuse_distances():
    with pytest.raises(ValueError, match="needs coordinates"):
        cqm.generalized_dunn(np.zeros((3, 3)), [0, 0, 1], metric="precomputed", separation="centroid")


@pytest.mark.parametrize("variant", [{"separation": "ward"}, {"diameter": "median"}])
def test_unknown_variants_are_named(variant):
    with pytest.raises(ValueError, match=f"must be one of .* got '{next(iter(variant.values()))}'"):
        cqm.generalized_dunn([[0.0], [1.0], [3.0]], [0, 0, 1], **variant)
