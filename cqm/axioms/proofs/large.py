"""Lemmas of proofs that speak of more points than all clusterings can be compared for."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

from cqm.axioms.exact import root
from cqm.axioms.instances import Instance, Rows, non_trivial_partitions
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.arguments import with_exact_roots
from cqm.axioms.proofs.rivals import closest_pairs, exactly, into_as_many, outdone
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.definitions.coordinates import Point, centroid, clusters_of, squared_distance
from cqm.definitions.dispersion import trace_w
from cqm.definitions.sd_indices import variance_norm
from cqm.definitions.silhouette import sample_simplified_silhouette

__all__ = [
    "a_pair_has_no_cdbw",
    "a_pair_has_the_better_s_dbw",
    "least_squares_come_near",
    "two_pairs_have_not_the_best_s_dbw",
]


def least_squares(points: Rows, k: int, *, tied: bool = False) -> tuple[int, ...]:
    """Labels of the k clusters with the least W; points 0 and 1 in one of them if `tied`."""
    allowed = [labels for labels in non_trivial_partitions(len(points)) if max(labels) + 1 == k]
    return min((c for c in allowed if not tied or c[0] == c[1]), key=lambda labels: trace_w(points, labels))


def least_squares_come_near(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Simplified silhouette: the two bounds on distances to centroids, and that a tight pair is beaten."""
    points = cases.points(rng, 6, 2, 9)
    k = rng.randint(2, 5)
    labels = least_squares(points, k)
    scores = with_exact_roots(sample_simplified_silhouette, points, labels)
    for score, label in zip(scores, labels, strict=True):
        p, q = labels.count(label), max(labels.count(other) for other in labels if other != label)
        if p > 1 and score < 1 - root((1 - Fraction(1, p)) * (1 - Fraction(1, q + 1))):
            raise Broken("a point of the least W is too far from its own centroid")
    if k == 2 and min(map(labels.count, labels)) > 1 and sum(scores) < 2 - Fraction(2, 8):
        raise Broken("the two clusters of the least W have too small a silhouette")
    together = ((0, 0), (1, 0), *((400 * x, 400 * y) for x, y in cases.points(rng, 5, 2, 9) if (x, y) != (0, 0)))
    n = len(together)
    best = least_squares(together, n - 4, tied=True) if n - 4 > 1 else (0, 0, *(1,) * (n - 2))
    middle, clusters = centroid(together[:2]), clusters_of(together, best)
    own, *others = (squared_distance(middle, centroid(cluster)) for cluster in clusters)
    for other, cluster in zip(others, clusters[1:], strict=True):
        p, q = best.count(best[0]), len(cluster)
        if own > (1 - Fraction(2, p)) * (1 - Fraction(2, q + 2)) * other:
            raise Broken("the pair is too far from its own centroid")
    pair = with_exact_roots(sample_simplified_silhouette, together, (0, 0, *range(1, n - 1)))
    nearest = min(root(squared_distance(x, y)) for x in together[:2] for y in together[2:])
    if sum(pair) > 2 - 1 / (nearest + 1):
        raise Broken("a pair beside single points has too large a silhouette")
    if n >= 6 and not sum(with_exact_roots(sample_simplified_silhouette, together, best)) > 2:
        raise Broken("five points near each other do not beat the pair")


def a_pair_has_the_better_s_dbw(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """S_Dbw: nine points and a single one are beaten by a pair, also where that one lies between or beyond two."""
    points = cases.points(rng, 10, rng.choice((2, 3)), 8)
    if rng.random() < 0.5:
        a, b = rng.sample(range(9), 2)
        t, nudge = rng.choice((0, 1, 3)), rng.choice((-1, 0, 1))
        points = tuple(tuple(2 * v for v in x) for x in points[:9])
        last = tuple(u + t * (v - u) // 2 + nudge for u, v in zip(points[a], points[b], strict=True))
        if last in points:
            return
        points = (*points, last)
    instance = Instance("points", points, (0,) * 9 + (1,))
    own = subject.exact(instance)
    if math.isnan(own) if isinstance(own, float) else False:
        return
    for labels in closest_pairs(instance):
        value = subject.exact(Instance("points", points, labels))
        if not (isinstance(value, float) and math.isnan(value)) and value < own:
            return
    raise Broken("no pair beside single points is better")


def a_pair_has_no_cdbw(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """CDbw: a pair and nine single points score 0, ten points and a single one do not."""
    points = cases.points(rng, 11, 2, 9)
    if subject.exact(Instance("points", points, (0, 0, *range(1, 10)))) != 0:
        raise Broken("a pair beside single points has a positive value")
    if not subject.exact(Instance("points", points, (0,) * 10 + (1,))) > 0:
        raise Broken("ten points and a single one have the value 0")


MANY = 250
"""Clusters from which on two pairs beside single points are not the best."""

PAIRINGS = (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2)))


def two_pairs_have_not_the_best_s_dbw(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """S_Dbw: of any four points a triple scatters less than two pairs, or two pairs have no value.

    And if a triple scatters least, its cluster has no point in the middle between it and a single point.
    """
    four = four_points(rng)
    if all(has_value(four, pairing) for pairing in PAIRINGS) and not of_triples(four) < of_pairs(four):
        raise Broken(f"no three of {four} scatter less than two pairs")
    triple = cases.points(rng, 3, 2, 9)
    g, scatter = centroid(triple), scattering(triple)
    place = rng.choice([g, *([2 * u - v for u, v in zip(x, g, strict=True)] for x in triple)])
    offset = [Fraction(rng.randint(-9, 9), 20 * MANY) for _ in place]
    last = tuple(u + v for u, v in zip(place, offset, strict=True))
    if sum(v * v for v in offset) * MANY**2 > 4 * scatter or last in triple:
        return
    four = (*triple, last)
    least = min(of_triples(four), of_pairs(four))
    if all(has_value(four, pairing) for pairing in PAIRINGS) and not least < scatter:
        raise Broken(f"no part of {four} scatters less than the first three")
    outdone(exactly(2, 2, 1, 1, 1, 1, 1), into_as_many)(subject, axiom, rng)


def four_points(rng: Random) -> tuple[tuple[Any, ...], ...]:
    """Different points: anywhere, or nearly three together, an evenly spaced end twice, three and their centroid."""
    a, b, c, d = cases.points(rng, 4, 2, 9)
    middle = [[Fraction(u + v, 2) for u, v in zip(a, b, strict=True)], centroid([a, b, c])]
    chosen = rng.choice([(a, b, c, d), (a, a, a, b), (a, a, middle[0], b), (a, b, c, middle[1])])
    small = Fraction(1, 10**5)
    return tuple(
        tuple(v + small * w for v, w in zip(x, y, strict=True)) for x, y in zip(chosen, (a, b, c, d), strict=True)
    )


def scattering(points: Sequence[Point]) -> Any:
    """The length of the vector of variances."""
    return with_exact_roots(lambda rows, _: variance_norm(rows), points, ())


def of_triples(four: Sequence[Point]) -> Any:
    """The least scattering of three of the points."""
    return min(map(scattering, combinations(four, 3)))


def of_pairs(four: Sequence[Point]) -> Any:
    """The least scattering of two pairs together."""
    return min(sum(scattering([four[i] for i in pair]) for pair in pairing) for pairing in PAIRINGS)


def has_value(four: Sequence[Point], pairing: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether a point is counted where two pairs of these, beside single points, have their densities."""
    pairs = [[four[i] for i in pair] for pair in pairing]
    squared_radius = sum(map(scattering, pairs)) * Fraction(1, MANY**2)
    places = [centroid(pairs[0]), centroid(pairs[1]), centroid(four)]
    return any(squared_distance(x, place) <= squared_radius for x in four for place in places)
