import math
from fractions import Fraction

import pytest

from cqm.definitions import margins as definitions

TRIANGLES = {"literal": (0.5, 1.0), "own": (2.0, 1.0), "voronoi": (math.inf, 1.0)}
READINGS = ("own", "literal", "voronoi")


def block_distances(within, across):
    """{a1, a2} and {b1, b2}: one distance inside the clusters and one between them."""
    return [
        [0, within, across, across],
        [within, 0, across, across],
        [across, across, 0, within],
        [across, across, within, 0],
    ]


def triangle(height):
    """{(−1, 0), (1, 0)} and {(0, height)}."""
    points = [(-1.0, 0.0), (1.0, 0.0), (0.0, height)]
    return [[math.dist(a, b) for b in points] for a in points]


@pytest.mark.parametrize("reading", READINGS)
def test_definitions_on_equidistant_blocks(reading):
    distances = block_distances(Fraction(1), Fraction(10))
    assert definitions.relative_margin(distances, [0, 0, 1, 1], reading=reading) == Fraction(1, 10)
    # two centres contribute 10 − 0, two others 10 − 1
    assert definitions.additive_margin(distances, [0, 0, 1, 1], reading=reading) == Fraction(19, 2)


@pytest.mark.parametrize("reading", READINGS)
def test_literal_relative_margin_gets_worse_under_a_consistent_change(reading):
    before, after = (definitions.relative_margin(triangle(h), [0, 0, 1], reading=reading) for h in (0.0, math.sqrt(3)))
    assert (before, after) == pytest.approx(TRIANGLES[reading], rel=1e-15)


@pytest.mark.parametrize("reading", READINGS)
def test_readings_agree_where_clusters_are_far_apart(reading):
    assert definitions.relative_margin(triangle(5.0), [0, 0, 1], reading=reading) == pytest.approx(2 / math.sqrt(26))
