"""Axioms of quality measures about points in space and the order of distances: what is the same, what is no worse.

The later consistencies are about clustering functions in their papers; here, what a function has to return again, a
measure must not call worse.
"""

from cqm.axioms import movements
from cqm.axioms.axiom import Axiom, changed, preference_reversed, worsened
from cqm.axioms.transformations import of_one, with_a_rival

__all__ = ["CONSISTENCIES", "INVARIANCES"]

_ISOMORPHISM = "a part of isomorphism invariance (Ackerman & Ben-David 2008, §3.1)"
_KK = "Kłopotek & Kłopotek 2022"

translation_invariance = Axiom(
    "translation_invariance",
    "shifting all points by one vector leaves the value unchanged",
    "m(C, X + v) = m(C, X)",
    _ISOMORPHISM,
    "the value depends on where the origin is",
    of_one(movements.shifted),
    changed,
    kinds=("points",),
)
rotation_invariance = Axiom(
    "rotation_invariance",
    "turning all points about the origin leaves the value unchanged",
    "m(C, QX) = m(C, X) for every rotation Q",
    _ISOMORPHISM,
    "the value depends on how the axes lie, and not on the distances alone",
    of_one(movements.turned),
    changed,
    kinds=("points",),
)
padding_invariance = Axiom(
    "padding_invariance",
    "a coordinate that is the same for all points leaves the value unchanged",
    "m(C, (X, c)) = m(C, X) for every constant c",
    _ISOMORPHISM,
    "the value depends on the number of coordinates: a column that says nothing changes it",
    of_one(movements.padded),
    changed,
    kinds=("points",),
)
axis_scaling_invariance = Axiom(
    "axis_scaling_invariance",
    "measuring one coordinate in another unit leaves the value unchanged",
    "m(C, DX) = m(C, X) for every diagonal matrix D with positive entries",
    "a part of the invariance under invertible linear maps (Friedman & Rubin 1967)",
    "the value depends on the units of single coordinates, so that they have to be brought to one scale first",
    of_one(movements.axis_scaled),
    changed,
    kinds=("points",),
)
order_invariance = Axiom(
    "order_invariance",
    "only the order of the distances matters",
    "m(C, X, d') = m(C, X, d) whenever d'(x, y) < d'(u, v) exactly where d(x, y) < d(u, v)",
    "of functions: Ackerman, Ben-David & Loker 2010, supplementary material, Definition 3",
    "distances changed without any of them overtaking another, and the value changed",
    of_one(movements.order_kept),
    changed,
)
order_consistency = Axiom(
    "order_consistency",
    "which of two clusterings is better depends on the order of the distances alone",
    "m(C, X, d) ≥ m(C', X, d) implies m(C, X, d') ≥ m(C', X, d') whenever d' orders all pairs as d does",
    "of functions: Zadeh & Ben-David 2009",
    "distances changed without any of them overtaking another, and another clustering became the better one",
    with_a_rival(movements.order_kept),
    preference_reversed,
)
monotonic_consistency = Axiom(
    "monotonic_consistency",
    "the value does not get worse when one law stretches all distances between clusters and shrinks those inside",
    "m(C, X, d') ≥ m(C, X, d) where d' = η(d) between clusters and η⁻¹(d) inside, for an increasing η with "
    "η(0) = 0 and |η(a) − η(b)| ≥ |a − b|",
    "of functions: Strazzeri & Sánchez-García 2022",
    "one law made all distances between clusters longer and all inside shorter, yet the measure calls it worse",
    of_one(movements.expanded),
    worsened,
)
centric_consistency = Axiom(
    "centric_consistency",
    "the value does not get worse when clusters shrink towards their centroids",
    "m(C, X') ≥ m(C, X) where x' = c + λ(x − c) for the points of a cluster with centroid c, with one 0 < λ ≤ 1 each",
    f"of functions: {_KK}",
    "clusters shrank towards their centroids, which stayed, yet the measure calls it worse",
    of_one(movements.contracted),
    worsened,
    kinds=("points",),
)
motion_consistency = Axiom(
    "motion_consistency",
    "the value does not get worse when well-separated clusters move apart as rigid bodies",
    "m(C, X') ≥ m(C, X) where each cluster moves rigidly and ‖c'ᵢ − c'ⱼ‖ ≥ ‖cᵢ − cⱼ‖ ≥ rᵢ + rⱼ, for centroids "
    "c and the largest distances r of points to them",
    f"of functions: {_KK}, with balls for the areas of clusters",
    "clusters moved as they are, and the balls about them further apart, yet the measure calls it worse",
    of_one(movements.moved_apart),
    worsened,
    kinds=("points",),
)

INVARIANCES = (
    translation_invariance,
    rotation_invariance,
    padding_invariance,
    axis_scaling_invariance,
    order_invariance,
    order_consistency,
)
CONSISTENCIES = (monotonic_consistency, centric_consistency, motion_consistency)
