"""Axioms of clustering functions about changes that Kleinberg does not ask about, and those that leave the distances.

Changes inside the returned clusters or between them alone, by one law, and of points in space.
"""

from functools import partial

from cqm.axioms import movements
from cqm.axioms.axiom import Axiom, changed
from cqm.axioms.changes import consistently
from cqm.axioms.clustering_function import changed_by

__all__ = ["OTHER_CHANGES"]

_ABL = "Ackerman, Ben-David & Loker 2010"
_KK = "Kłopotek & Kłopotek 2022"

OTHER_CHANGES = (
    Axiom(
        "function_inner_consistency",
        "making the returned clusters tighter gives the same partition",
        "f(d') = f(d) whenever d' ≤ d inside the clusters of f(d) and d' = d between them",
        _ABL,
        "points of the clusters that it returned moved closer together, and now it returns others",
        changed_by(partial(consistently, outer=False)),
        changed,
        of="functions",
        kinds=("distances",),
        inner=True,
    ),
    Axiom(
        "function_outer_consistency",
        "moving the returned clusters apart gives the same partition",
        "f(d') = f(d) whenever d' = d inside the clusters of f(d) and d' ≥ d between them",
        _ABL,
        "the clusters that it returned moved further apart, and now it returns others",
        changed_by(partial(consistently, inner=False)),
        changed,
        of="functions",
        outer=True,
    ),
    Axiom(
        "function_monotonic_consistency",
        "stretching all distances between the returned clusters, and shrinking those inside, by one law gives the same",
        "f(d') = f(d) where d' = η(d) between the clusters of f(d) and η⁻¹(d) inside, for an increasing η with "
        "η(0) = 0 and |η(a) − η(b)| ≥ |a − b|",
        "Strazzeri & Sánchez-García 2022",
        "one law made all distances between its clusters longer and all inside shorter, and now it returns others",
        changed_by(movements.expanded),
        changed,
        of="functions",
        kinds=("distances",),
    ),
    Axiom(
        "function_centric_consistency",
        "shrinking the returned clusters towards their centroids gives the same partition",
        "f(X') = f(X) where x' = c + λ(x − c) for the points of a cluster of f(X) with centroid c, one 0 < λ ≤ 1 each",
        _KK,
        "the clusters that it returned shrank towards their centroids, and now it returns others",
        changed_by(movements.contracted),
        changed,
        of="functions",
        kinds=("points",),
    ),
    Axiom(
        "function_motion_consistency",
        "moving well-separated clusters that were returned apart as rigid bodies gives the same partition",
        "f(X') = f(X) where each cluster moves rigidly and ‖c'ᵢ − c'ⱼ‖ ≥ ‖cᵢ − cⱼ‖ ≥ rᵢ + rⱼ, for centroids c and the "
        "largest distances r of points to them",
        f"{_KK}, with balls for the areas of clusters",
        "the clusters that it returned moved as they are, and the balls about them apart, and now it returns others",
        changed_by(movements.moved_on),
        changed,
        of="functions",
        kinds=("points",),
    ),
    *(
        Axiom(
            f"function_{name}",
            sentence,
            formal,
            "of measures: isomorphism invariance (Ackerman & Ben-David 2008, §3.1)",
            plainly,
            changed_by(change),
            changed,
            of="functions",
            kinds=("points",),
        )
        for name, sentence, formal, plainly, change in (
            (
                "translation_invariance",
                "shifting all points by one vector gives the same partition",
                "f(X + v) = f(X)",
                "the clusters depend on where the origin is",
                movements.shifted,
            ),
            (
                "rotation_invariance",
                "turning all points about the origin gives the same partition",
                "f(QX) = f(X) for every rotation Q",
                "the clusters depend on how the axes lie, and not on the distances alone",
                movements.turned,
            ),
            (
                "padding_invariance",
                "a coordinate that is the same for all points gives the same partition",
                "f((X, c)) = f(X) for every constant c",
                "the clusters depend on the number of coordinates: a column that says nothing changes them",
                movements.padded,
            ),
            (
                "axis_scaling_invariance",
                "measuring one coordinate in another unit gives the same partition",
                "f(DX) = f(X) for every diagonal matrix D with positive entries",
                "the clusters depend on the units of single coordinates, which have to be brought to one scale first",
                movements.axis_scaled,
            ),
        )
    ),
)
