"""All proofs: which argument settles which axioms for which measures, under which heading of docs/proofs.md.

What is proved of richness stands in `richness.py`.
"""

from cqm.axioms import movements
from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain
from cqm.axioms.proofs import between, preferences, rivals, shapes, spaces, steps
from cqm.axioms.proofs.arguments import (
    by_direction,
    by_rules_of_continuity,
    by_units,
    copies,
    copies_without_value,
    never_negative,
    renamed,
    the_same_set,
)
from cqm.axioms.proofs.groups import (
    ADJUSTED,
    CHARACTERISTICS,
    DETERMINANTS,
    DUNN_OF_CENTROIDS,
    DUNN_OF_DISTANCES,
    DUNN_OF_RADII,
    OF_CENTROIDS,
    PAIRS,
    REFINEMENT,
    SHARES_OF_SQUARES,
    SIZES,
    SQUARES,
    WEAKEST_PAIRS,
    generalized_dunn,
)
from cqm.axioms.proofs.proof import Measures, Proof
from cqm.axioms.proofs.richness import POOR, RICHNESS
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject, subject_of
from cqm.axioms.witness import axiom_named
from cqm.declarations import Measure, catalog

__all__ = ["PROOFS", "hand_proof", "proof_of"]

SCALE, CONTINUITY, LOCALITY = ("scale_invariance",), ("continuity",), ("locality",)
ISOMORPHISM, DUPLICATION = ("isomorphism_invariance",), ("duplication_invariance",)
CONSISTENCY = ("consistency", "monotonicity", "inner_consistency", "outer_consistency")
OUTER, ORDER = ("outer_consistency",), ("order_invariance", "order_consistency")

DEFINED = "wherever both values are defined"
SAME_DIMENSION = f"for points with as many coordinates, {DEFINED}"

EVERY, QUOTIENTS, COMPARISONS = "Every measure here", "Quotients of equal degree", "Comparisons"
CONTINUOUS, COPIES = "Continuous operations", "Copies of points"
RIGID, MEANS = "Clusters that move as they are", "Distances of centroids"
IN_SPACE, LAW, BETWEEN, SHAPES = "Points in space", "One law for all distances", "Between data sets", "Shapes and gaps"

RELATIVE_PAIRS = ("relative_margin_pairs_min", "relative_margin_pairs_mean", "relative_margin_pairs_max")
ADDITIVE_PAIRS = ("additive_margin_pairs_min", "additive_margin_pairs_mean", "additive_margin_pairs_max")
COORDINATES = ("scott_symons", "marriott", "cdbw", "dbcv", "ratkowsky_lance", "sd_scat", "sd_index", "s_dbw")
"""Measures that depend on the axes, or on how many there are, and not on distances alone."""

TURNING = ("cdbw", "ratkowsky_lance", "sd_scat", "sd_index", "s_dbw")
"""Those that depend on how the axes lie."""


def all_but(*names: str) -> Measures:
    """Every measure of the catalogue but these."""
    return lambda measure: measure.name not in names


INVARIANCE = (
    Proof(EVERY, ("label_permutation_invariance",), all_but(), renamed),
    Proof(
        EVERY,
        ("non_negativity",),
        lambda m: min(m.range[0], m.besides or 0) >= 0,
        never_negative,
        assumes="where defined",
    ),
    Proof(EVERY, ISOMORPHISM, lambda measure: measure.needs == "distances", the_same_set),
    Proof(
        "Functions of distances",
        ISOMORPHISM,
        lambda m: m.needs == "points" and m.name not in (*COORDINATES, "trace_wib", "det_ratio", "log_det_ratio"),
        the_same_set,
    ),
    Proof(DETERMINANTS, ISOMORPHISM, ("trace_wib", "det_ratio", "log_det_ratio"), the_same_set),
    Proof(COMPARISONS, SCALE, ("gamma", "g_plus", "tau", "connectivity", "cvnn_separation", "wcnn"), by_units),
    Proof(PAIRS, SCALE, (*WEAKEST_PAIRS, *RELATIVE_PAIRS, *ADDITIVE_PAIRS), by_units),
    Proof(
        QUOTIENTS,
        SCALE,
        (
            *("weakest_link", "relative_margin", "relative_margin_voronoi", "relative_margin_literal"),
            *("additive_margin", "additive_margin_signed", "additive_margin_voronoi", "additive_margin_voronoi_max"),
            *("additive_margin_literal", "silhouette", "simplified_silhouette", "dunn", "c_index", "mcclain_rao"),
            *("macro_silhouette", "generalized_silhouette", "medoid_silhouette", "dcsi", "disco"),
            *("point_biserial", "calinski_harabasz", "variance_ratio", "log_ss_ratio", "ratkowsky_lance"),
            *("davies_bouldin", "xie_beni", "ray_turi", "wemmert_gancarski", "trace_wib", "det_ratio"),
            *("log_det_ratio", "sd_scat", "s_dbw", "dbcv", "normalized_k_means", "normalized_k_median"),
            *("normalized_min_sum", *DUNN_OF_DISTANCES, *DUNN_OF_CENTROIDS, *DUNN_OF_RADII),
            *("cubic_clustering_criterion", "normalized_hubert_gamma", "neighbor_variation", "density_at_boundaries"),
            *ADJUSTED,
        ),
        by_units,
    ),
    Proof(
        COPIES,
        DUPLICATION,
        (
            *("weakest_link", "weakest_link_pairs_max", "widest_gap", "dunn"),
            *("normalized_k_median", "normalized_min_sum", *ADJUSTED[:3]),
            *generalized_dunn("complete average hausdorff", "maximum"),
            *generalized_dunn(OF_CENTROIDS, "maximum"),
            *(*DUNN_OF_RADII, "normalized_k_means", "variance_ratio", "log_ss_ratio", "ball_hall"),
            *("ratkowsky_lance", "davies_bouldin", "xie_beni", "ray_turi", "pbm", "wemmert_gancarski"),
            *("trace_wib", "det_ratio", "cdbw", "sd_scat", "sd_dis", "sd_index", "s_dbw", "medoid_silhouette"),
        ),
        copies,
    ),
    Proof(
        CONTINUOUS,
        CONTINUITY,
        all_but(
            *("relative_margin_voronoi", "additive_margin_voronoi", "additive_margin_voronoi_max"),
            *("simplified_silhouette", "medoid_silhouette", "connectivity", "cvnn_separation", "wcnn", "dunn_owa"),
            *("dbcv", "dcsi", "viasckde"),
            *("gamma", "g_plus", "tau", "ratkowsky_lance", "trace_wib", "det_ratio", "log_det_ratio", "cdbw", "s_dbw"),
            *("cubic_clustering_criterion", *ADJUSTED),
        ),
        by_rules_of_continuity,
        assumes="where the value is defined, in the extended reals",
    ),
    Proof(CHARACTERISTICS, DUPLICATION, ("neighbor_variation",), copies_without_value, holds=None),
    Proof(SIZES, SCALE, ("size_entropy",), by_units),
    Proof(SIZES, DUPLICATION, ("size_entropy",), copies),
    Proof(
        "Sums over clusters",
        LOCALITY,
        (
            *(*SHARES_OF_SQUARES, "normalized_k_median", "normalized_min_sum", "connectivity", "cvnn_compactness"),
            "viasckde",
        ),
        steps.parts_add_up,
    ),
)

DIRECTIONS = (
    ("Weakest link", ("weakest_link",)),
    ("Dunn", ("dunn",)),
    ("Generalised Dunn without centroids", DUNN_OF_DISTANCES),
    ("Relative margin, own centre", ("relative_margin",)),
    ("Relative margin, Voronoi reading", ("relative_margin_voronoi",)),
    ("Additive margin", ("additive_margin", "additive_margin_voronoi_max")),
    (PAIRS, (*WEAKEST_PAIRS, *RELATIVE_PAIRS, *ADDITIVE_PAIRS)),
    ("Gamma, G+ and Tau", ("gamma", "g_plus", "tau")),
    ("McClain–Rao", ("mcclain_rao",)),
    ("Silhouette", ("silhouette", "macro_silhouette", "generalized_silhouette")),
    ("Losses between points", ("normalized_min_sum",)),
    ("Caliński–Harabasz, on Euclidean points", (*SHARES_OF_SQUARES, "trace_cov_w", "calinski_harabasz")),
    ("CVNN", ("cvnn_compactness",)),
    (MEANS, ("ball_hall", "banfield_raftery", "xie_beni", "ray_turi", "hubert_gamma", *DUNN_OF_CENTROIDS)),
    (SIZES, ("size_entropy",)),
    (CHARACTERISTICS, ("average_within", "separation_index", "widest_gap", "neighbor_distance")),
)
"""Measures whose every step goes one way under a consistent change, by heading."""

CONSISTENT = (
    *(Proof(heading, CONSISTENCY, names, by_direction, assumes=DEFINED) for heading, names in DIRECTIONS),
    Proof("C-index", CONSISTENCY, ("c_index",), steps.above_and_below, assumes=DEFINED),
    Proof(
        "Nearest neighbours",
        CONSISTENCY,
        ("connectivity", "cvnn_separation", "wcnn"),
        steps.by_ranks,
        assumes="where points that are equally near share their ranks",
    ),
    Proof("Additive margin", OUTER, ("additive_margin_signed",), by_direction, assumes=DEFINED),
    Proof("Silhouette", OUTER, ("medoid_silhouette",), by_direction, assumes=DEFINED),
    Proof("DCSI", OUTER, ("dcsi",), by_direction, assumes=DEFINED),
    Proof("Losses between points", OUTER, ("normalized_k_median",), by_direction, assumes=DEFINED),
    Proof(
        RIGID,
        OUTER,
        (*DUNN_OF_RADII, "davies_bouldin", "simplified_silhouette", "wemmert_gancarski"),
        by_direction,
        assumes=DEFINED,
    ),
    Proof(CHARACTERISTICS, OUTER, ("neighbor_variation",), by_direction, assumes=DEFINED),
    Proof(RIGID, OUTER, ("dbcv", "scott_symons"), steps.rigid_clusters, assumes=SAME_DIMENSION),
)


def consistent(measure: Measure) -> bool:
    """Whether its consistency is proved."""
    return any(proof.holds and proof.covers(measure, "consistency") for proof in CONSISTENT)


FINER = (
    (SQUARES, (*SHARES_OF_SQUARES, "ball_hall"), rivals.splits),
    ("Losses between points", ("normalized_k_median", "normalized_min_sum"), rivals.splits),
    ("PBM", ("pbm",), rivals.closest_pairs_inside),
    ("Hubert's Γ", ("hubert_gamma",), rivals.closest_pairs_inside),
)

PREFERENCES = (
    *(Proof(heading, REFINEMENT, names, preferences.finer_is_better(proposals)) for heading, names, proposals in FINER),
    Proof(
        "Unit vectors and distant points", REFINEMENT, ("sd_scat", "s_dbw"), preferences.no_finer_is_better, holds=False
    ),
    Proof("Connectivity", ("coarsening_preference",), ("connectivity",), preferences.three_far_clusters, holds=False),
)

IN_COORDINATES = (
    Proof(IN_SPACE, ("translation_invariance",), all_but(), spaces.same_value(movements.shifted)),
    Proof(IN_SPACE, ("rotation_invariance",), all_but(*TURNING), spaces.same_value(movements.turned)),
    Proof(
        IN_SPACE,
        ("padding_invariance",),
        all_but("scott_symons", "dbcv", "marriott"),
        spaces.same_value(movements.padded),
    ),
    Proof(
        IN_SPACE,
        ("axis_scaling_invariance",),
        ("trace_wib", "det_ratio", "log_det_ratio", "ratkowsky_lance"),
        spaces.same_value(movements.axis_scaled),
    ),
)

INSIDES = ("average_within", "widest_gap", "neighbor_distance")
OF_OTHER_CHANGES = (
    Proof(CHARACTERISTICS, ("centric_consistency",), INSIDES, shapes.of_insides(movements.contracted, inside="shrank")),
    Proof(CHARACTERISTICS, ("order_consistency",), ("widest_gap",), spaces.one_of_the_distances),
    Proof(CHARACTERISTICS, ("motion_consistency",), INSIDES, shapes.of_insides(movements.moved_apart, inside="fixed")),
    Proof(
        CHARACTERISTICS,
        ("centric_consistency",),
        ("neighbor_variation",),
        shapes.same_insides(movements.contracted),
        assumes=DEFINED,
    ),
    Proof(
        CHARACTERISTICS,
        ("motion_consistency",),
        ("neighbor_variation",),
        shapes.same_insides(movements.moved_apart),
        assumes=DEFINED,
    ),
    Proof(
        SIZES,
        ("axis_scaling_invariance", *ORDER, "centric_consistency", "motion_consistency", "shift_invariance"),
        ("size_entropy",),
        shapes.of_sizes,
    ),
    Proof(
        COMPARISONS,
        ORDER,
        ("gamma", "g_plus", "tau", "connectivity", "cvnn_separation", "wcnn"),
        spaces.in_order,
    ),
    Proof(LAW, ("monotonic_consistency",), consistent, spaces.a_law_is_consistent, assumes=DEFINED),
    Proof(
        SHAPES,
        ("centric_consistency",),
        (*shapes.OF_SHAPES, *shapes.OF_GAPS),
        shapes.one_way(movements.contracted, inside="shrank", gaps="fixed"),
        assumes=DEFINED,
    ),
    Proof(
        SHAPES,
        ("centric_consistency",),
        ("ratkowsky_lance", "trace_wib", "det_ratio", "log_det_ratio", "scott_symons", "marriott"),
        shapes.clusters_scatter_less(movements.contracted),
        assumes=DEFINED,
    ),
    Proof(
        SHAPES,
        ("motion_consistency",),
        tuple(shapes.OF_SHAPES),
        shapes.one_way(movements.moved_apart, inside="fixed", gaps="grew"),
        assumes=DEFINED,
    ),
    Proof(
        SHAPES,
        ("motion_consistency",),
        ("scott_symons",),
        spaces.same_value(movements.moved_apart),
        assumes=SAME_DIMENSION,
    ),
)

OF_MANY_DATA_SETS = (
    Proof(
        BETWEEN,
        ("shift_invariance",),
        ("gamma", "g_plus", "tau", "connectivity", "cvnn_separation", "wcnn", "c_index", "point_biserial"),
        between.differences_alone,
    ),
    Proof(
        BETWEEN,
        ("class_cardinality_invariance",),
        ("weakest_link_pairs_mean", "relative_margin_pairs_mean", "additive_margin_pairs_mean", "dcsi", "ball_hall"),
        between.means_over_pairs,
        assumes="where no two clusters are single points",
    ),
    Proof(
        BETWEEN,
        ("class_cardinality_invariance",),
        ADJUSTED,
        between.means_over_pairs,
        assumes="where every two clusters have a value",
    ),
    Proof(BETWEEN, ("range_invariance",), ("c_index",), between.from_closest_to_farthest, assumes="where defined"),
)

PROOFS = (
    *(*INVARIANCE, *CONSISTENT, *RICHNESS, *POOR, *PREFERENCES),
    *(*IN_COORDINATES, *OF_OTHER_CHANGES, *OF_MANY_DATA_SETS),
)


def hand_proof(subject: Subject, axiom: Axiom, domain: Domain) -> Proof | None:
    """The proof of a catalogued measure's property on a domain, if there is one.

    Properties of all distance functions hold for metrics and Euclidean distances too. That a measure is rich does not
    carry over: it asks for distances *in* the domain.
    """
    entry = catalog.get(subject.name)
    if entry is None or subject.function is not entry.definition or domain.smallest == 0:
        return None
    natural = "euclidean" if entry.needs == "points" else "distances"
    for proof in PROOFS:
        if proof.covers(entry, axiom.name):
            carries_over = axiom.unique is None or not proof.holds or domain.name == natural
            return proof if carries_over else None
    return None


def proof_of(measure: str, axiom: Axiom | str) -> Proof | None:
    """Return what is proved of a catalogued measure for any number of points; None where nothing is.

    Parameters
    ----------
    measure : its name.
    axiom : the axiom, or its name.

    Raises
    ------
    KeyError
        No measure has that name.

    Examples
    --------
    >>> from cqm import axioms
    >>> proof = axioms.proof_of("dunn", "consistency")
    >>> proof.holds, proof.assumes, proof.link
    (True, 'wherever both values are defined', 'docs/proofs.md#dunn')
    >>> proof.run("dunn", "consistency", cases=3)  # raises where a step does not hold
    """
    subject = subject_of(measure)
    stated = axiom_named(axiom)
    domain = EUCLIDEAN if subject.needs == "points" or "distances" not in stated.kinds else DISTANCES
    return hand_proof(subject, stated, domain)
