"""Which clusters of the constructions lie on spheres, and what two clusters are worth as their distances get alike."""

from fractions import Fraction
from functools import cache
from itertools import combinations, product
from random import Random

import pytest

from cqm.axioms import AXIOMS
from cqm.axioms.proofs import constructions, round_unions, small_steps
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.subjects import subject_of
from cqm.definitions.coordinates import centroid, squared_distance


def roundness(points):
    """How far the points are from lying on a sphere about their centroid: 0 where they do."""
    centre = centroid(points)
    squares = [squared_distance(point, centre) for point in points]
    return (max(squares) - min(squares)) / max(squares)


@pytest.mark.parametrize("sizes", [(2, 1, 1), (2, 2, 1), (3, 2, 1), (2, 2, 2), (4, 4, 3, 1)])
def test_two_clusters_lie_on_a_sphere_and_not_with_a_point_of_a_third_one(sizes):
    instance = constructions.on_spheres(sizes)
    *_, last = range(instance.n)
    for one, other in combinations(range(len(sizes)), 2):
        chosen = [x for x in range(instance.n) if instance.labels[x] in (one, other)]
        assert roundness([instance.rows[x] for x in chosen]) < 1e-5
        if last not in chosen:
            assert roundness([instance.rows[x] for x in (*chosen, last)]) > 1e-2


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 2, 1, 1), (2, 2, 2), (4, 3, 2), (4, 4, 1), (3, 3, 2)])
def test_no_other_clusters_are_round(sizes):
    instance = round_unions.round_unions(sizes)
    for chosen in non_trivial_subsets(range(instance.n)):
        counts = [sum(instance.labels[x] == label for x in chosen) for label in range(len(sizes))]
        single = sum(counts[label] for label, size in enumerate(sizes) if size == 1)
        met = [label for label, count in enumerate(counts) if count and sizes[label] > 1]
        far = roundness([instance.rows[x] for x in chosen])
        if single + len(met) == 1 or (len(met) == 1 and single == 1) or not met:
            assert far == 0
        elif len(met) == 2 and not single and all(counts[label] == sizes[label] for label in met):
            assert 0 < far < 1e-5
        else:
            assert far > 1e-4


@pytest.mark.parametrize("single", [4, 5])
def test_four_points_outdo_all_rivals_in_the_limit(single, monkeypatch):
    monkeypatch.setattr(small_steps, "limit", cache(small_steps.limit))
    far = single if single == 4 else 1
    size, best = 4, (1, 3, 0, 0)
    for clusters in divided((1, 3, far, single - far)):
        if 1 < len(clusters) < size + single and not (best in clusters and len(clusters) == 1 + single):
            small_steps.outdone(size, clusters)


def divided(counts, largest=None):
    """All ways to put points, so many of each kind, into clusters."""
    if not any(counts):
        yield []
    for first in product(*(range(count + 1) for count in counts)):
        if any(first) and (largest is None or first <= largest):
            rest = tuple(count - own for count, own in zip(counts, first, strict=True))
            for others in divided(rest, first):
                yield [first, *others]


def test_without_a_hub_two_points_beside_single_ones_are_better(monkeypatch):
    steps = small_steps.steps
    monkeypatch.setattr(small_steps, "steps", lambda size: [*steps(size)][:2])
    clusters = [(1, 1, 0, 0), *[(0, 1, 0, 0)] * 3, *[(0, 0, 1, 0)] * 5]
    with pytest.raises(Broken):
        small_steps.outdone(5, clusters)


def test_with_far_single_points_alone_two_points_are_better():
    clusters = [(1, 1, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0), *[(0, 0, 1, 0)] * 30]
    with pytest.raises(Broken):
        small_steps.outdone(4, clusters)


def test_values_in_the_limit_are_no_smaller_than_said(monkeypatch):
    monkeypatch.setattr(small_steps, "bound", lambda *_: Fraction("0.45"))
    with pytest.raises(Broken):
        small_steps.bounded(3, (1, 0, 1, 0), (0, 1, 0, 1))
    monkeypatch.setattr(small_steps, "LEAST", Fraction("0.463"))
    with pytest.raises(Broken):
        small_steps.best_of_all(subject_of("adjusted_silhouette"), AXIOMS["richness"], Random(0))


def non_trivial_subsets(points):
    return [chosen for size in range(3, len(points) + 1) for chosen in combinations(points, size)]


@pytest.mark.parametrize("value", [Fraction(7), Fraction(7, 4), Fraction(4**9 * 7), Fraction(2, 3), Fraction(0)])
def test_four_squares_sum_to_any_fraction(value):
    assert sum(v * v for v in round_unions.four_squares(value)) == value
