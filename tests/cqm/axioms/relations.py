"""What the axioms say of the instances of a case, written from their sentences and not from the recipes that make them.

Everything is compared in fractions: distances by their squares.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import combinations, pairwise, permutations, product

from cqm.axioms.exact import root
from cqm.axioms.instances import squared_distances

FEW = 6  # up to so many points all orders are tried


def squares(frame):
    """(n, n) squared distances."""
    if frame.kind == "points":
        return squared_distances(frame.rows)
    return [[value * value for value in row] for row in frame.rows]


def pairs(frame):
    return list(combinations(range(frame.n), 2))


def named(labels):
    """The clustering, whatever its clusters are called."""
    return tuple(map(labels.index, labels))


def members(frame):
    return [[x for x in range(frame.n) if frame.labels[x] == label] for label in dict.fromkeys(frame.labels)]


def centroid(frame, cluster):
    return [Fraction(sum(axis), len(cluster)) for axis in zip(*(frame.rows[x] for x in cluster), strict=True)]


def square(a, b):
    return sum((u - v) ** 2 for u, v in zip(a, b, strict=True))


@lru_cache
def clusterings(n):
    """All clusterings of n points but the two trivial ones."""
    every = {named(labels) for labels in product(range(n), repeat=n)}
    return {labels for labels in every if 1 < len(set(labels)) < n}


def finer(fine, coarse):
    return len(set(zip(fine, coarse, strict=True))) == len(set(fine))


def moved(frames):
    """Squared distances before and after of every pair, and whether it lies inside a cluster; clusters stay."""
    before, after = frames
    assert named(before.labels) == named(after.labels)
    old, new = squares(before), squares(after)
    return [(old[x][y], new[x][y], before.labels[x] == before.labels[y]) for x, y in pairs(before)]


def same_data(frames):
    return all(squares(frame) == squares(frames[0]) for frame in frames)


def is_scaled(frames):
    return len({Fraction(b) / a for a, b, _ in moved(frames)}) == 1


def is_consistent(inner, outer):
    def check(frames):
        return all(
            (b == a or (inner and b < a)) if inside else (b == a or (outer and b > a)) for a, b, inside in moved(frames)
        )

    return check


def is_isometric(frames):
    before, after = frames
    old, new, n = squares(before), squares(after), before.n
    orders = [range(n), *(permutations(range(n)) if n <= FEW else ())]
    return any(
        all(old[x][y] == new[order[x]][order[y]] for x, y in pairs(before))
        and named(before.labels) == named([after.labels[x] for x in order])
        for order in orders
    )


def is_turned(frames):
    before, after = frames
    lengths = [[square(row, [0] * len(row)) for row in frame.rows] for frame in frames]
    return (
        all(a == b for a, b, _ in moved(frames))
        and lengths[0] == lengths[1]
        and len(before.rows[0]) == len(after.rows[0])
    )


def is_padded(frames):
    before, after = frames
    return [row[:-1] for row in after.rows] == list(before.rows) and len({row[-1] for row in after.rows}) == 1


def has_other_units(frames):
    before, after = frames
    assert named(before.labels) == named(after.labels)
    for old, new in zip(zip(*before.rows, strict=True), zip(*after.rows, strict=True), strict=True):
        factors = {Fraction(b) / a for a, b in zip(old, new, strict=True) if a}
        if len(factors) > 1 or min(factors, default=1) <= 0 or any(b for a, b in zip(old, new, strict=True) if not a):
            return False
    return True


def is_copied(frames):
    before, after = frames
    new = squares(after)
    groups = dict.fromkeys(tuple(y for y in range(after.n) if new[x][y] == 0) for x in range(after.n))
    assert {len(group) for group in groups} == {after.n // before.n}
    assert all(len({after.labels[x] for x in group}) == 1 for group in groups)
    firsts = [group[0] for group in groups]
    old = squares(before)
    return len(firsts) == before.n and any(
        all(old[x][y] == new[order[x]][order[y]] for x, y in pairs(before))
        and named(before.labels) == named([after.labels[x] for x in order])
        for order in permutations(firsts)
    )


def is_in_order(frames):
    found = [(a, b) for a, b, _ in moved(frames)]
    return all((a < c) == (b < d) for (a, b), (c, d) in permutations(found, 2))


def is_ranked_anew(frames):
    first, rival, second, other = frames
    assert same_data([first, rival])
    assert same_data([second, other])
    assert named(rival.labels) == named(other.labels)
    return is_in_order([first, second])


def is_one_law(frames):
    """η is known at 0 and at some lengths: it rises by as much as they do, or more."""
    law = [(root(b), root(a)) if inside else (root(a), root(b)) for a, b, inside in moved(frames)]
    ordered = sorted([(0, 0), *law])
    return all(d - b >= c - a if c > a else d == b for (a, b), (c, d) in pairwise(ordered))


def is_contracted(frames):
    before, after = frames
    assert named(before.labels) == named(after.labels)
    for cluster in members(before):
        centre = centroid(before, cluster)
        old, new = ([[v - c for v, c in zip(frame.rows[x], centre, strict=True)] for x in cluster] for frame in frames)
        steps = [(a, b) for rows in zip(old, new, strict=True) for a, b in zip(*rows, strict=True)]
        shares = {Fraction(b) / a for a, b in steps if a}
        if len(shares) > 1 or not all(0 < share <= 1 for share in shares) or any(b for a, b in steps if not a):
            return False
    return True


def is_moved_apart(frames):
    before = frames[0]
    if any(inside and a != b for a, b, inside in moved(frames)):
        return False
    for one, other in combinations(members(before), 2):
        centres = [[centroid(frame, cluster) for cluster in (one, other)] for frame in frames]
        gap, wider = (square(*both) for both in centres)
        radii = [
            max(square(before.rows[x], c) for x in cluster) for cluster, c in zip((one, other), centres[0], strict=True)
        ]
        rest = gap - sum(radii)  # √gap ≥ √a + √b says that gap − a − b ≥ 2√(ab)
        if wider < gap or rest < 0 or rest * rest < 4 * radii[0] * radii[1]:
            return False
    return True


def is_spread(frames):
    before, after = frames
    if before.kind == "points":
        grown = {b - a for a, b, _ in moved(frames)}
    else:
        grown = {after.rows[x][y] - before.rows[x][y] for x, y in pairs(before)}
    return len(grown) == 1 and min(grown) > 0


def is_every_pair(frames):
    whole, *parts = frames
    lattice = squares(whole)
    wanted = []
    for one, other in combinations(members(whole), 2):
        kept = sorted((*one, *other))
        wanted.append(([[lattice[x][y] for y in kept] for x in kept], named([whole.labels[x] for x in kept])))
    return wanted == [(squares(part), named(part.labels)) for part in parts]


def are_all(frames):
    return same_data(frames) and {named(frame.labels) for frame in frames} == clusterings(frames[0].n)


def are_all_finer(frames):
    first, *others = (named(frame.labels) for frame in frames)
    wanted = {labels for labels in clusterings(len(first)) if labels != first and finer(labels, first)}
    return same_data(frames) and set(others) == wanted != set()


def are_all_coarser(frames):
    first, *others = (named(frame.labels) for frame in frames)
    wanted = {labels for labels in clusterings(len(first)) if labels != first and finer(first, labels)}
    return same_data(frames) and set(others) == wanted != set()


def has_another_rest(frames):
    a, b, c, d = frames
    assert same_data([a, b])
    assert same_data([c, d])
    old, new = squares(a), squares(c)
    everything = range(a.n)

    def of(frame, points):
        return named([frame.labels[x] for x in points])

    for chosen in product((True, False), repeat=a.n):
        inside, rest = ([x for x in everything if chosen[x] is side] for side in (True, False))
        if (
            inside
            and rest
            and all(frame.labels[x] != frame.labels[y] for frame in frames for x in inside for y in rest)
            and (of(a, inside), of(b, inside)) == (of(c, inside), of(d, inside))
            and (of(a, rest), of(c, rest)) == (of(b, rest), of(d, rest))
            and all(old[x][y] == new[x][y] for x in inside for y in everything)
        ):
            return True
    return False


def is_nudged(frames):
    """By less than 2⁻¹⁶ of the largest number, then by less than 2⁻³⁶ of it."""
    before, *after = frames
    assert all(frame.labels == before.labels for frame in after)
    largest = max(abs(value) for row in before.rows for value in row)
    wide, narrow = (
        max(abs(a - b) for rows in zip(before.rows, frame.rows, strict=True) for a, b in zip(*rows, strict=True))
        for frame in after
    )
    return 0 < narrow <= Fraction(largest, 2**36) and narrow < wide <= Fraction(largest, 2**16)


def is_weighted(frames):
    """The points, then copies of some."""
    before, after = frames
    old, new = squares(before), squares(after)
    whole = range(before.n)
    return all(old[x][y] == new[x][y] for x, y in pairs(before)) and all(
        any(new[x][y] == 0 for y in whole) for x in range(before.n, after.n)
    )


RELATIONS = {
    "scale_invariance": is_scaled,
    "consistency": is_consistent(inner=True, outer=True),
    "inner_consistency": is_consistent(inner=True, outer=False),
    "outer_consistency": is_consistent(inner=False, outer=True),
    "isomorphism_invariance": is_isometric,
    "non_negativity": lambda frames: len(frames) == 1,
    "locality": has_another_rest,
    "continuity": is_nudged,
    "refinement_preference": are_all_finer,
    "coarsening_preference": are_all_coarser,
    "duplication_invariance": is_copied,
    "rotation_invariance": is_turned,
    "padding_invariance": is_padded,
    "axis_scaling_invariance": has_other_units,
    "order_invariance": is_in_order,
    "order_consistency": is_ranked_anew,
    "monotonic_consistency": is_one_law,
    "centric_consistency": is_contracted,
    "motion_consistency": is_moved_apart,
    "shift_invariance": is_spread,
    "class_cardinality_invariance": is_every_pair,
    "range_invariance": are_all,
}
"""Axiom of measures → whether instances are a case of it."""

FUNCTION_RELATIONS = {f"function_{axiom}": check for axiom, check in RELATIONS.items()} | {
    "function_refinement_consistency": is_consistent(inner=True, outer=True),
    "function_relaxed_consistency": is_consistent(inner=True, outer=True),
    "function_hierarchy": same_data,
    "function_weight_robustness": is_weighted,
}
"""Axiom of clustering functions → the same, where clusters are those that the function returned at first."""
