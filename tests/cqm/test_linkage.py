import numpy as np
import pytest
from hypothesis import given

import cqm
from cqm.definitions import linkage as definitions
from tests.cqm.strategies import distance_clusterings


@given(distance_clusterings())
def test_weakest_link_equals_its_definition(case):
    distances, labels = case
    got = cqm.weakest_link(np.array(distances, dtype=float), labels, metric="precomputed")
    assert got == pytest.approx(float(definitions.weakest_link(distances, labels)), rel=1e-12)


def test_weakest_link_known_answer():
    t, s = 1.0, 10.0
    distances = [[0, t, s, s], [t, 0, s, s], [s, s, 0, t], [s, s, t, 0]]
    assert cqm.weakest_link(distances, [0, 0, 1, 1], metric="precomputed") == 0.1


def test_weakest_link_follows_chains_not_diameters():
    chain = [[float(x)] for x in range(6)] + [[7.0]]
    assert cqm.weakest_link(chain, [0] * 6 + [1]) == 0.5
