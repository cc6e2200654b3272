"""Counterexamples that searches do not come across: found by thinking, recorded here, replayed wherever they are used.

Each is a case of its axiom: the change is consistent, the distances stay, or the step is small.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from cqm.axioms.domains import DOMAINS, Domain
from cqm.axioms.instances import Instance, Number, Rows
from cqm.axioms.kleinberg import FunctionSubject
from cqm.axioms.proofs.groups import ADJUSTED
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.axioms.witness import Witness
from cqm.declarations import catalog

__all__ = ["FUNCTION_REFUTATIONS", "REFUTATIONS", "Refutation", "function_refutation", "refutation"]

INNER = ("consistency", "inner_consistency")
OUTER = ("outer_consistency",)
CONTINUITY = ("continuity",)
ISOMORPHISM = ("isomorphism_invariance",)
LAW = ("monotonic_consistency",)
RANKING = ("order_consistency",)

WIDE, NARROW = Fraction(1, 2**20), Fraction(1, 2**40)


@dataclass(frozen=True, slots=True)
class Refutation:
    """Instances that break axioms for some measures.

    Attributes
    ----------
    measures, axioms : names of what is refuted.
    frames : the instances, as the axioms relate them.
    change : what leads from the first to the others.
    """

    measures: tuple[str, ...]
    axioms: tuple[str, ...]
    frames: tuple[Instance, ...]
    change: str

    def witness(self, subject: Any, axiom: Axiom) -> Witness:
        """The instances with the measure's values."""
        domain = "euclidean" if self.frames[0].kind == "points" else "distances"
        values = tuple(subject.exact(frame) for frame in self.frames)
        return Witness(
            subject.name, axiom.name, domain, subject.better, self.frames, values, self.change, subject=subject
        )


def refutation(subject: Subject, axiom: Axiom, domain: Domain) -> Witness | None:
    """The recorded counterexample for a catalogued measure, if there is one and it replays."""
    entry = catalog.get(subject.name)
    if entry is None or subject.function is not entry.definition:
        return None
    for one in REFUTATIONS:
        if subject.name in one.measures and axiom.name in one.axioms:
            witness = one.witness(subject, axiom)
            if DOMAINS[witness.domain] == domain and witness.replay():
                return witness
    return None


def function_refutation(subject: FunctionSubject, axiom: Axiom) -> Witness | None:
    """The recorded counterexample for a clustering function, if there is one and it replays."""
    for one in FUNCTION_REFUTATIONS:
        if subject.name in one.measures and axiom.name in one.axioms:
            witness = one.witness(subject, axiom)
            if witness.replay(subject.function):
                return witness
    return None


def _points(labels: tuple[int, ...], *frames: Any) -> tuple[Instance, ...]:
    return tuple(Instance("points", tuple(map(tuple, rows)), labels) for rows in frames)


def _small_steps(labels: tuple[int, ...], frame: Callable[[Fraction | int], Any]) -> tuple[Instance, ...]:
    return _points(labels, frame(0), frame(WIDE), frame(NARROW))


def _beside_another_cluster(step: Fraction | int) -> Instance:
    """Point 3 of the first cluster is 3 from the second, and `step` from the nearest point of its own."""
    rows: tuple[tuple[Any, ...], ...] = (
        (0, 2, 2, step, 100, 100),
        (2, 0, 2, 10, 100, 100),
        (2, 2, 0, 10, 100, 100),
        (step, 10, 10, 0, 3, 100),
        (100, 100, 100, 3, 0, 1),
        (100, 100, 100, 100, 1, 0),
    )
    return Instance("distances", rows, (0, 0, 0, 0, 1, 1))


def _triangle(labels: tuple[int, ...], *rows: tuple[int | Fraction, ...]) -> Instance:
    """Distances from the rows below the diagonal."""
    n = len(rows) + 1
    square = tuple(tuple(0 if x == y else rows[max(x, y) - 1][min(x, y)] for y in range(n)) for x in range(n))
    return Instance("distances", square, labels)


def _with_a_bridge(
    tight: Number, near: Number, next_: Number, wide: Number, pair: Number, far: Number, bridge: Number
) -> Instance:
    """Six points, of which three are `tight` and the fourth is nearest to the other two; lengths by name."""
    return _triangle(
        (0,) * 6 + (1,) * 2,
        *((tight,), (tight, tight), (near, next_, wide), (wide,) * 4, (wide,) * 5),
        *((far, far, far, bridge, far, far), (*(far,) * 6, pair)),
    )


def _far_apart(wide: Number, narrow: Number, length: int) -> list[tuple[Number, Number]]:
    """Two triangles at the ends of a line, with factors for what they measure along it and across."""
    left = [(wide * x, narrow * y) for x, y in ((0, 0), (1, 300), (3, 100))]
    return left + [(length - wide * x, narrow * y) for x, y in ((0, 0), (9, 5000), (27, 2000))]


def _pairs_of_eight(near: int) -> Rows:
    """Eight points, 20 from one another, but two of them 10, and the next two and two as near as is said."""
    length = {(0, 1): 10, (2, 3): near, (4, 5): near}
    return tuple(tuple(0 if x == y else length.get((min(x, y), max(x, y)), 20) for y in range(8)) for x in range(8))


def _ranked(
    measure: str,
    better: tuple[int, ...],
    other: tuple[int, ...],
    *frames: Any,
    kind: Literal["distances", "points"] = "points",
) -> "Refutation":
    """Two sets, distances in one order; of two clusterings, the second is better on the second set."""
    return Refutation(
        (measure,),
        RANKING,
        tuple(Instance(kind, tuple(rows), labels) for rows in frames for labels in (better, other)),
        "distances change, but their order stays",
    )


SQUARES_ON_A_LINE = [(x * x % 521,) for x in range(243)]
SEPARATIONS = ("single", "complete", "average", "hausdorff", "centroid", "average_to_centroids")
BEND = _points(
    (0, 0, 0, 1),
    [(0, 0, 0), (-13, 0, 0), (13, 0, 0), (0, 0, 13)],
    [(0, 0, 0), (-12, -5, 0), (12, -5, 0), (0, 0, 13)],
)
BENT = "the distance of points 1 and 2 shrinks, and so the mean distance to the centroid grows; nothing else changes"
FLATTER = "the plane is put into space: a coordinate 0 is appended"
CORNERS = ((0, 0), (2, 0), (0, 3), (9, 9), (9, 13), (14, 9))
LATTICE = (*((x, y) for x in range(4) for y in range(3)), (21, 3), (26, 6), (26, -5))

REFUTATIONS = (
    Refutation(
        (
            "davies_bouldin",
            "generalized_dunn_centroid_centroid",
            "generalized_dunn_average_to_centroids_centroid",
            "pbm",
        ),
        INNER,
        BEND,
        BENT,
    ),
    Refutation(
        (
            *("davies_bouldin", "pbm", "simplified_silhouette", "wemmert_gancarski"),
            *(f"generalized_dunn_{separation}_centroid" for separation in SEPARATIONS),
        ),
        LAW,
        BEND,
        f"{BENT}; η takes every length to itself but 24 to 26",
    ),
    Refutation(
        ("pbm",),
        OUTER,
        _points((0, 0, 1), [(0, 0), (-24, -7), (24, -7)], [(0, 0), (-25, 0), (25, 0)]),
        "the distance of points 1 and 2, of different clusters, grows; nothing else changes",
    ),
    Refutation(
        ("trace_wib", "det_ratio", "marriott"),
        OUTER,
        _points((0, 0, 1, 1), [(0, 0), (1, 0), (0, 1), (1, 1)], [(0, 0), (1, 0), (0, 10), (0, 11)]),
        "the second pair moves away and turns, so that the scatter inside clusters is no longer singular",
    ),
    Refutation(
        ("scott_symons",),
        INNER,
        _points(
            (0, 0, 0, 0, 1, 1, 1),
            [(60, 25), (-60, 25), (120, 50), (-120, 50), (52, 39), (52, -39), (104, 78)],
            [(52, 39), (-52, 39), (104, 78), (-104, 78), (60, 25), (60, -25), (120, 50)],
        ),
        "both clusters fold towards the axes that they are mirrored at; no distance between them changes",
    ),
    Refutation(
        ("cdbw",),
        OUTER,
        _points(
            (0, 0, 1, 1),
            [(0, 0, -1), (6, 7, -4), (0, 0, 1), (7, 6, 2)],
            [(0, 0, -1), (6, 7, -4), (0, 0, 1), (-6, 7, 2)],
        ),
        "point 3 turns about the line through points 0 and 2, away from point 1; nothing else changes",
    ),
    Refutation(
        ("trace_cov_w",),
        ("refinement_preference",),
        tuple(
            Instance("points", ((1, 0, 0), (0, 1, 0), (0, 0, 1), (5, 5, 5)), labels)
            for labels in ((0, 0, 0, 1), (0, 0, 1, 2), (0, 1, 0, 2), (0, 1, 1, 2))
        ),
        "the clustering, then each that splits its clusters further: any two of three equally far points vary as much "
        "as the three",
    ),
    Refutation(
        ("cubic_clustering_criterion",),
        CONTINUITY,
        _small_steps((0, 0, 1, 2), lambda step: [(3 + step, 1), (3 + step, -1), (-3 - step, 1), (-3 - step, -1)]),
        "the longer side grows by 2^-20, then by 2^-40, beyond what three cubes cut along both",
    ),
    Refutation(
        ADJUSTED,
        CONTINUITY,
        _small_steps((0, 0, 1, 1, 2, 2), lambda step: [(0, 0), (6, 0), (0, 6 + step), (6, 6), (-9, 3), (8, 3)]),
        "four points at the corners of a square, as far from its centre as each other, have no value; "
        "nearly so they have the value of the sharpest contrast",
    ),
    Refutation(
        ("simplified_silhouette",),
        CONTINUITY,
        _small_steps((0, 0, 0, 1, 1), lambda step: [(-1, 0), (0, 0), (1, 0), (step, 1), (step, -1)]),
        "the second cluster moves off the common centroid by 2^-20, then by 2^-40",
    ),
    Refutation(
        ("s_dbw",),
        CONTINUITY,
        _small_steps((0, 0, 1), lambda step: [(-1, 0), (1, 0), (0, 1 + step)]),
        "a point leaves the neighbourhood of the midpoint by 2^-20, then by 2^-40",
    ),
    Refutation(
        ("cvnn_separation",),
        CONTINUITY,
        tuple(
            Instance("distances", ((0, 3 + step, 3, 3), (3 + step, 0, 3, 3), (3, 3, 0, 1), (3, 3, 1, 0)), (0, 0, 1, 1))
            for step in (0, WIDE, NARROW)
        ),
        "the distance inside the first cluster, as long as those across, grows by 2^-20, then by 2^-40",
    ),
    Refutation(
        ("dcsi",),
        INNER,
        (_beside_another_cluster(10), _beside_another_cluster(2)),
        "the distance of points 0 and 3 shrinks, so that point 3, near the other cluster, becomes a core point",
    ),
    Refutation(
        ("dcsi",),
        CONTINUITY,
        tuple(_beside_another_cluster(2 + step) for step in (0, WIDE, NARROW)),
        "the distance of points 0 and 3 grows by 2^-20, then by 2^-40, and point 3 is no core point any more",
    ),
    Refutation(
        ("scott_symons",),
        ISOMORPHISM,
        _points((0, 0, 0, 1, 1, 1), CORNERS, [(*point, 0) for point in CORNERS]),
        FLATTER,
    ),
    Refutation(
        ("dbcv",),
        ISOMORPHISM,
        _points((0, 0, 0, 1, 1), CORNERS[:5], [(*point, 0) for point in CORNERS[:5]]),
        FLATTER,
    ),
    Refutation(
        ("cdbw",),
        (*ISOMORPHISM, "rotation_invariance"),
        _points((0,) * 12 + (1,) * 3, LATTICE, [(-y, x) for x, y in LATTICE]),
        "the points are turned by a quarter of a turn, and ties of equally far points are decided otherwise",
    ),
    Refutation(
        ("dbcv",),
        CONTINUITY,
        _small_steps((0, 0, 0, 1, 1), lambda step: [(2, 3), (0, 0), (-1, 1 + step), (2, -1), (1, 0)]),
        "point 2 moves by 2^-20, then by 2^-40, and another edge belongs to the tree of its cluster",
    ),
    Refutation(
        ("trace_wib", "det_ratio", "log_det_ratio"),
        LAW,
        _points((0, 1, 0), [(-8, 0), (-20, -4), (-12, 4)], [(-8, 0), (-20, 12), (-10, 2)]),
        "points 0 and 2 come nearer by a law under which all others part, and the three are on a line no longer",
    ),
    Refutation(
        ("sd_dis", "sd_index"),
        LAW,
        _points(
            (0, 1, 0, 2),
            [(-16, 8, 0), (36, 60, 24), (16, -16, -16), (104, 148, -4)],
            [(-16, 8, 0), (36, 60, 24), (16, -16, -16), (106, 151, 1)],
        ),
        "point 3 moves away from all others, by a law that shortens no difference",
    ),
    Refutation(
        ("dbcv",),
        LAW,
        _points(
            (0, 0, 1, 1), [(-3, 0, 0), (3, 0, 0), (0, 0, 1), (0, 0, -2)], [(0, -3, 0), (3, 0, 0), (0, 0, 1), (0, 0, -2)]
        ),
        "points 0 and 1 turn towards each other about the line through the other two; nothing else changes",
    ),
    Refutation(
        ("cdbw",),
        LAW,
        _points(
            (0, 0, 0, 1, 1),
            [(-117, -156, 0), (156, 117, 0), (0, 0, 0), (0, 0, 195), (0, 0, -65)],
            [(180, -75, 0), (-180, -75, 0), (0, 0, 0), (0, 0, 195), (0, 0, -65)],
        ),
        "points 0 and 1 turn towards each other about the line through all others; nothing else changes",
    ),
    Refutation(
        ("scott_symons",),
        LAW,
        _points((0, 0, 0, 1, 1, 1), _far_apart(1, 1, 10**9), _far_apart(3, Fraction(1, 2), 10**9 + 10**4)),
        "two far clusters get narrower, and wider by less, along the line between them",
    ),
    Refutation(
        ("marriott",),
        LAW,
        _points((0, 0, 0, 1), [(0, 0), (-63, -16), (63, -16), (0, 75)], [(0, 0), (-56, -33), (56, -33), (0, 75)]),
        "points 1 and 2 come nearer as their triangle gets higher; η takes every length to itself up to 75",
    ),
    Refutation(
        ("additive_margin_voronoi",),
        LAW,
        (
            _triangle((0, 1, 1, 0, 1), (3,), (12, 11), (12, 11, 8), (8, 4, 1, 9)),
            _triangle((0, 1, 1, 0, 1), (3,), (16, Fraction(19, 2)), (10, 14, 8), (8, 4, 1, 10)),
        ),
        "η has the slope 1 up to 8, then 2",
    ),
    Refutation(
        ("medoid_silhouette",),
        LAW,
        (
            _triangle((0, 0, 0, 0, 1), (4,), (4, 1), (2, 1, 2), (2, 3, 1, 1)),
            _triangle((0, 0, 0, 0, 1), (Fraction(5, 2),), (Fraction(5, 2), 1), (2, 1, 2), (2, 6, 1, 1)),
        ),
        "η has the slope 1 up to 2, then 4, and another point becomes the medoid",
    ),
    Refutation(
        ("dcsi",),
        LAW,
        (_with_a_bridge(4, 6, 7, 20, 1, 100, 2), _with_a_bridge(Fraction(4, 3), 2, 3, 16, Fraction(1, 3), 104, 6)),
        "η has the slope 3 up to 2, then 1; point 3, near the other cluster, becomes a core point",
    ),
    Refutation(
        ("relative_margin_voronoi",),
        ("centric_consistency",),
        _points(
            (0, 0, 1, 0, 0, 0, 1),
            [(3, -3), (2, -3), (-2, 3), (-3, -1), (-3, 2), (-1, -3), (3, -2)],
            [
                *[(3, -3), (2, -3), (Fraction(3, 16), Fraction(13, 16)), (-3, -1), (-3, 2), (-1, -3)],
                (Fraction(13, 16), Fraction(3, 16)),
            ],
        ),
        "points 2 and 6 shrink towards their centroid, among the others, and no set of representatives is allowed now",
    ),
    _ranked(
        "trace_w", (0, 0, 1, 1), (0, 0, 0, 1), [(-3, -2), (0, 2), (-1, 1), (0, 1)], [(-1, -1), (0, 2), (-1, 1), (0, 1)]
    ),
    _ranked(
        "banfield_raftery",
        (0, 0, 1, 1),
        (0, 1, 0, 1),
        [(2, -2), (-1, -1), (-2, 2), (1, 0)],
        [(1, -2), (0, -1), (-1, 0), (0, -2)],
    ),
    _ranked(
        "ball_hall", (0, 1, 0, 0), (0, 0, 1, 0), [(2, 0), (0, 2), (1, 2), (0, -3)], [(1, 0), (-2, 0), (-1, 1), (0, -4)]
    ),
    _ranked("pbm", (0, 1, 0, 2), (0, 1, 0, 0), [(0, 2), (-1, 0), (3, -1), (0, 1)], [(0, 2), (-1, 0), (2, -1), (0, 1)]),
    _ranked(
        "scott_symons",
        (0, 0, 0, 1, 1, 1),
        (0, 1, 0, 0, 1, 1),
        [(1, -1), (-1, 2), (9, 0), (3, 3), (-1, -5), (0, -1)],
        [(1, -1), (-1, 2), (9, 1), (3, 3), (-1, -5), (0, -1)],
    ),
    _ranked(
        "hubert_gamma", (0, 0, 1, 1), (0, 1, 1, 0), [(0, 1), (3, 0), (0, 0), (1, 0)], [(0, 0), (2, 3), (1, 0), (1, 1)]
    ),
    _ranked(
        "density_at_boundaries",
        (0, 0, 0, 1, 0, 1, 1, 1),
        (0, 1, 0, 0, 0, 0, 1, 1),
        *map(_pairs_of_eight, (19, 11)),
        kind="distances",
    ),
    _ranked("cdbw", (0, 0, 0, 1), (0, 1, 1, 1), [(1, 1), (2, 0), (-2, -2), (0, 1)], [(1, 1), (2, 0), (-2, -1), (0, 1)]),
)


FUNCTION_REFUTATIONS = (
    Refutation(
        ("k-means, k = 2", "Ward, k = 2"),
        ("function_consistency", "function_refinement_consistency", "function_relaxed_consistency"),
        _points((0, 0, 1, 0), [(-2, 3), (-4, -1), (2, 4), (-5, 5)], [(-2, 3), (-6, 3), (2, 4), (-5, 5)]),
        "point 1 moves nearer to points 0 and 3 of its cluster, and away from point 2",
    ),
    Refutation(
        ("k-means, k = 2",),
        ("function_outer_consistency",),
        _points(
            (0, 1, 1, 1, 0, 0),
            [(-2, 4), (2, -3), (-3, -1), (-2, -4), (3, -1), (2, 3)],
            [(-2, 4), (2, -4), (-3, -2), (-2, -5), (3, -1), (2, 3)],
        ),
        "points 1, 2 and 3 move away by 1, after which its starts lead to a clustering with less scatter",
    ),
    Refutation(
        ("k-means, k = 2",),
        ("function_padding_invariance",),
        _points(
            tuple(int(x > 258) for (x,) in SQUARES_ON_A_LINE),
            SQUARES_ON_A_LINE,
            [(*point, 0) for point in SQUARES_ON_A_LINE],
        ),
        "the line is put into the plane, which halves the mean variance of a coordinate, by a share of which it stops",
    ),
    Refutation(
        ("HDBSCAN, size ≥ 2",),
        ("function_relaxed_consistency",),
        (
            _triangle((0, 1, 0, 2, 1, 2), (4,), (1, 4), (2, 4, 4), (3, 1, 5, 3), (2, 5, 4, 5, 5)),
            _triangle((0, 1, 0, 2, 1, 2), (6,), (1, 4), (8, 6, 4), (3, 1, 8, 6), (2, 5, 5, 4, 7)),
        ),
        "distances between the clusters that it returned grow or stay, those inside stay",
    ),
)
