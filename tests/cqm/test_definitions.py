"""Every catalogued measure equals its definition in exact arithmetic, on random and on adversarial small inputs."""

from fractions import Fraction

import numpy as np
import pytest

import cqm

RANDOM = np.random.default_rng(0)


def quarters(n, d, largest=40):
    """Points on a grid of quarters: sums, differences and squares of coordinates are exact."""
    return RANDOM.integers(-largest, largest, size=(n, d)) / 4


def blobs(sizes, d):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return quarters(len(labels), d, 8) + 12 * labels[:, None], labels


LINE = np.array([[0.0], [1], [3], [10], [11], [11.5], [30], [31]])
PLACES = np.array([[0.0, 0], [4, 1], [9, 3], [2, 8]])
CASES = {
    "apart": blobs([3, 4, 3], 2),
    "overlapping": (quarters(9, 2), [0, 1, 2, 0, 1, 2, 0, 1, 2]),
    "on a line": (LINE, [0, 0, 0, 1, 1, 1, 2, 2]),
    "nested": (LINE, [0, 1, 0, 1, 0, 1, 0, 1]),
    "ties": (np.argwhere(np.ones((3, 3))).astype(float), [0, 0, 0, 1, 1, 1, 2, 2, 2]),
    "ties across": (np.argwhere(np.ones((3, 3))).astype(float), [0, 1, 0, 1, 0, 1, 0, 1, 0]),
    "all equally far": (np.eye(6), [0, 0, 0, 1, 1, 1]),
    "duplicates within": (PLACES[[0, 0, 1, 2, 2, 3, 3, 3]], [0, 0, 0, 1, 1, 2, 2, 1]),
    "duplicates across": (PLACES[[0, 1, 2, 0, 3, 2]], [0, 0, 0, 1, 1, 1]),
    "each cluster at one place": (PLACES[[0, 0, 1, 1, 2, 2, 2]], [0, 0, 1, 1, 2, 2, 2]),
    "two clusters at one place": (PLACES[[0, 0, 0, 0, 1, 2]], [0, 0, 1, 1, 2, 2]),
    "singletons": (quarters(6, 2), [0, 0, 1, 2, 2, 3]),
    "one pair among singletons": (quarters(5, 3), [0, 1, 2, 3, 3]),
    "clusters of two": (quarters(8, 3), [0, 0, 1, 1, 2, 2, 3, 3]),
    "one large, one small": blobs([8, 2], 3),
    "same centroid": (np.array([[-1.0, 0], [1, 0], [0, -2], [0, 2]]), [0, 0, 1, 1]),
    "constant feature": (np.column_stack([quarters(7, 2), np.full(7, 5.0)]), [0, 0, 0, 1, 1, 2, 2]),
    "far from zero": (quarters(7, 2) + 2.0**20, [0, 0, 1, 1, 1, 2, 2]),
}
DISTANCES = {
    "manhattan": lambda x, y: sum(abs(a - b) for a, b in zip(x, y, strict=True)),
    "sqeuclidean": lambda x, y: sum((a - b) ** 2 for a, b in zip(x, y, strict=True)),
}


def runs(measure, points, labels):
    """The measure and its definition, on points or on two distances of them that are exact."""
    exact = [[Fraction(value) for value in row] for row in points.tolist()]
    labels = list(labels)
    if measure.needs == "points":
        yield measure.function(points, labels), measure.definition(exact, labels)
        return
    for metric, distance in DISTANCES.items():
        matrix = [[distance(x, y) for y in exact] for x in exact]
        yield measure.function(points, labels, metric=metric), measure.definition(matrix, labels)


def agrees(got, wanted):
    """Same number to 1e-12 relative, a few hundred roundings; same infinity; or both undefined."""
    return got == pytest.approx(float(wanted), rel=1e-12, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("measure", cqm.catalog.values(), ids=cqm.catalog)
def test_measure_equals_its_definition(measure, case):
    for got, wanted in runs(measure, *CASES[case]):
        assert agrees(got, wanted)


@pytest.mark.parametrize("measure", [m for m in cqm.catalog.values() if m.needs == "distances"], ids=lambda m: m.name)
def test_measure_of_distances_from_matrix_products_equals_its_definition(measure):
    for got, wanted in runs(measure, *blobs([3, 3, 2], 20)):
        assert agrees(got, wanted)
