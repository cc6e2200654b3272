"""Axioms of measures that are compared between data sets: their cases are what they say, and say something."""

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

import cqm
from cqm import axioms
from cqm.axioms.between_data import every_clustering, pairs_of_clusters, spread
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.exact import Rounded
from cqm.axioms.instances import Instance, Rejected, non_trivial_partitions, squared_distances
from tests.cqm.axioms.planted import clusters, separation

QUICK = axioms.Budget(cases=200, largest=7, seconds=20)


def test_distances_and_squared_distances_of_points_grow_by_one_number():
    points = Instance("points", ((0, 0), (3, 1), (-2, 5)), (0, 0, 1))
    distances = Instance("distances", ((0, 2, 3), (2, 0, 7), (3, 7, 0)), (0, 1, 1))
    rng = Random(0)
    for domain, instance in ((EUCLIDEAN, points), (DISTANCES, distances)):
        grown = set()
        while len(grown) < 4:
            try:
                before, after = (
                    squared_distances(frame.rows) if frame.kind == "points" else frame.rows
                    for frame in spread(domain, instance, rng.randint).frames
                )
            except Rejected:
                continue
            (by,) = {after[x][y] - before[x][y] for x, y in combinations(range(3), 2)}
            assert by > 0
            assert all(after[x][x] == 0 for x in range(3))
            grown.add(by)


def test_two_clusters_at_a_time_keep_their_points_and_distances():
    rows = tuple(tuple(0 if x == y else 10 * min(x, y) + max(x, y) for y in range(6)) for x in range(6))
    whole, *parts = pairs_of_clusters(DISTANCES, Instance("distances", rows, (0, 1, 0, 2, 1, 2)), max).frames
    assert [part.labels for part in parts] == [(0, 1, 0, 1), (0, 0, 1, 1), (0, 1, 0, 1)]
    assert [part.rows[0][1] for part in parts] == [1, 2, 13]
    with pytest.raises(Rejected):
        pairs_of_clusters(DISTANCES, Instance("distances", rows, (0, 0, 0, 0, 1, 2)), max)
    assert len(every_clustering(DISTANCES, whole, max).frames) == len(non_trivial_partitions(6))


def mean_over_pairs(D, labels):
    """Mean of Dunn's index over pairs of clusters."""
    values = []
    for first, second in combinations(clusters(labels), 2):
        points = first + second
        part = [[D[x][y] for y in points] for x in points]
        values.append(separation(part, [0] * len(first) + [1] * len(second)))
    return Fraction(sum(values)) / len(values)


def test_a_mean_over_pairs_has_what_is_asked_of_one():
    verdict = axioms.check(mean_over_pairs, "class_cardinality_invariance", better="higher", generic=True, budget=QUICK)
    assert verdict.holds is True
    assert verdict.moved


def test_a_mean_of_rounded_values_is_theirs_to_rounding():
    def amount(*values):
        return axioms.class_cardinality_invariance.judge([Rounded(value, 1e-6) for value in values], "higher")

    assert amount(0.5, 0.4, 0.6 + 1e-6) == 0
    assert amount(0.5, 0.4, 0.6 + 1e-5) == pytest.approx(1e-5)


def test_the_c_index_is_0_for_the_closest_pair_and_1_for_the_farthest():
    D = [[0, 1, 4, 6], [1, 0, 5, 3], [4, 5, 0, 2], [6, 3, 2, 0]]
    values = [float(cqm.c_index(D, labels, metric="precomputed")) for labels in non_trivial_partitions(4)]
    assert (min(values), max(values)) == (0, 1)
    assert cqm.catalog["c_index"].axioms["range_invariance"].status == "proved"
    assert [name for name, m in cqm.catalog.items() if m.axioms["range_invariance"].holds] == ["c_index"]
