"""Measures that are wrong on purpose: each breaks one axiom and keeps the others."""

from cqm.definitions.arithmetic import maximum, minimum, ratio


def within(D, labels):
    return [D[x][y] for x in range(len(D)) for y in range(x) if labels[x] == labels[y]]


def between(D, labels):
    return [D[x][y] for x in range(len(D)) for y in range(x) if labels[x] != labels[y]]


def diameters(D, labels):
    return [maximum(within([[D[x][y] for y in C] for x in C], [0] * len(C))) for C in clusters(labels)]


def clusters(labels):
    return [[x for x in range(len(labels)) if labels[x] == label] for label in dict.fromkeys(labels)]


def separation(D, labels):
    """Dunn's index: keeps every axiom of the paper, and is neither local nor of one taste for many or few clusters."""
    return ratio(minimum(between(D, labels)), maximum(within(D, labels)))


def in_a_unit(D, labels):
    return ratio(minimum(between(D, labels)), 1 + maximum(within(D, labels)))


def likes_equal_gaps(D, labels):
    return ratio(minimum(between(D, labels)), maximum(between(D, labels)))


def likes_unequal_diameters(D, labels):
    sizes = diameters(D, labels)
    return ratio(sum(size * size for size in sizes), sum(sizes) ** 2)


def asks_the_first_point(D, labels):
    return ratio(minimum(D[0][y] for y in range(len(D)) if labels[y] != labels[0]), maximum(within(D, labels)))


def asks_cluster_zero(D, labels):
    lowest = min(labels)
    pairs = [(x, y) for x in range(len(D)) for y in range(len(D)) if labels[x] == lowest != labels[y]]
    return ratio(minimum(D[x][y] for x, y in pairs), maximum(within(D, labels)))


def below_zero(D, labels):
    return separation(D, labels) - 1


def in_steps(D, labels):
    return separation(D, labels) // 1


def counts_copies(D, labels):
    inside = within(D, labels)
    return ratio(minimum(between(D, labels)) * len(inside), sum(inside))


def asks_the_origin(X, labels):
    return sum(value * value for value in X[0])


def asks_the_first_coordinate(X, labels):
    return (X[0][0] - X[-1][0]) ** 2


def counts_coordinates(X, labels):
    return len(X[0]) * sum((a - b) ** 2 for a, b in zip(X[0], X[-1], strict=True))


def likes_long_clusters(X, labels):
    return maximum(
        [sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) for C in groups(X, labels) for x in C for y in C]
    )


def likes_close_centroids(X, labels):
    centres = [[ratio(sum(axis), len(C)) for axis in zip(*C, strict=True)] for C in groups(X, labels)]
    return ratio(1, 1 + sum((a - b) ** 2 for c in centres for d in centres for a, b in zip(c, d, strict=True)))


def groups(X, labels):
    return [[X[x] for x in C] for C in clusters(labels)]


OF_POINTS = {
    "translation_invariance": asks_the_origin,
    "rotation_invariance": asks_the_first_coordinate,
    "padding_invariance": counts_coordinates,
    "axis_scaling_invariance": counts_coordinates,
    "centric_consistency": likes_long_clusters,
    "motion_consistency": likes_close_centroids,
}
"""Axioms of points, and measures that break them."""

PLANTED = {
    "scale_invariance": in_a_unit,
    "consistency": likes_equal_gaps,
    "outer_consistency": likes_equal_gaps,
    "inner_consistency": likes_unequal_diameters,
    "isomorphism_invariance": asks_the_first_point,
    "label_permutation_invariance": asks_cluster_zero,
    "non_negativity": below_zero,
    "continuity": in_steps,
    "duplication_invariance": counts_copies,
    "locality": separation,
    "order_invariance": separation,
    "order_consistency": separation,
    "monotonic_consistency": likes_equal_gaps,
    "refinement_preference": separation,
    "coarsening_preference": separation,
    "shift_invariance": separation,
    "class_cardinality_invariance": separation,
    "range_invariance": separation,
}

KEPT = (
    "scale_invariance",
    "consistency",
    "inner_consistency",
    "outer_consistency",
    "isomorphism_invariance",
    "label_permutation_invariance",
    "non_negativity",
    "continuity",
    "duplication_invariance",
)
