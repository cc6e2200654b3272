"""All proofs: which argument settles which axioms for which measures, under which heading of docs/proofs.md."""

from functools import partial

from cqm.axioms import movements
from cqm.axioms.domains import DISTANCES, EUCLIDEAN, Domain
from cqm.axioms.proofs import between, constructions, large, preferences, rivals, shapes, spaces, steps
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
from cqm.axioms.proofs.five_points import some_part_of_two_clusters_is_better
from cqm.axioms.proofs.proof import Measures, Proof
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject, subject_of
from cqm.axioms.witness import axiom_named
from cqm.declarations import Measure, catalog

__all__ = ["PROOFS", "hand_proof", "proof_of"]

SCALE, CONTINUITY, LOCALITY = ("scale_invariance",), ("continuity",), ("locality",)
ISOMORPHISM, DUPLICATION = ("isomorphism_invariance",), ("duplication_invariance",)
CONSISTENCY = ("consistency", "monotonicity", "inner_consistency", "outer_consistency")
OUTER, REFINEMENT = ("outer_consistency",), ("refinement_preference",)
RICH, WEAKLY, BOTH = ("richness",), ("weak_richness",), ("richness", "weak_richness")
RICH_FOR_K = ("k_richness",)

DEFINED = "wherever both values are defined"
SAME_DIMENSION = f"for points with as many coordinates, {DEFINED}"

EVERY, QUOTIENTS, COMPARISONS = "Every measure here", "Quotients of equal degree", "Comparisons"
PAIRS, CONTINUOUS, COPIES = "Over pairs of clusters", "Continuous operations", "Copies of points"
SIZES, CHARACTERISTICS = "Sizes of clusters", "Characteristics"
TIGHT = "Tight clusters, all as far from one another"
RIGID, SIMPLEX = "Clusters that move as they are", "Small simplices at the corners of a large one"
MEANS, DETERMINANTS, SQUARES = "Distances of centroids", "Determinants", "Sums of squares"
AS_MANY, IN_SPACE, LAW = "As many clusters", "Points in space", "One law for all distances"
BETWEEN = "Between data sets"
SHAPES, ORDER = "Shapes and gaps", ("order_invariance", "order_consistency")


def all_but(*names: str) -> Measures:
    """Every measure of the catalogue but these."""
    return lambda measure: measure.name not in names


def generalized_dunn(separations: str, diameters: str) -> tuple[str, ...]:
    """Names of generalised Dunn indices."""
    return tuple(f"generalized_dunn_{s}_{d}" for s in separations.split() for d in diameters.split())


def catalogued(*names: str) -> tuple[str, ...]:
    """Those of the names that the catalogue has: Dunn's own index and its like have names of their own."""
    return tuple(name for name in names if name in catalog)


OF_POINTS, OF_CENTROIDS = "single complete average hausdorff", "centroid average_to_centroids"
DUNN_OF_DISTANCES = catalogued(*generalized_dunn(OF_POINTS, "maximum average"))
DUNN_OF_CENTROIDS = generalized_dunn(OF_CENTROIDS, "maximum average")
DUNN_OF_RADII = generalized_dunn(f"{OF_POINTS} {OF_CENTROIDS}", "centroid")
WEAKEST_PAIRS = ("weakest_link_pairs_min", "weakest_link_pairs_mean", "weakest_link_pairs_max")
RELATIVE_PAIRS = ("relative_margin_pairs_min", "relative_margin_pairs_mean", "relative_margin_pairs_max")
ADDITIVE_PAIRS = ("additive_margin_pairs_min", "additive_margin_pairs_mean", "additive_margin_pairs_max")
ADJUSTED = tuple(f"adjusted_{name}" for name in ("calinski_harabasz", "xie_beni", "davies_bouldin", "silhouette"))
SHARES_OF_SQUARES = ("trace_w", "normalized_k_means", "variance_ratio", "log_ss_ratio")
COORDINATES = ("scott_symons", "marriott", "cdbw", "dbcv", "ratkowsky_lance", "sd_scat", "sd_index", "s_dbw")
"""Measures that depend on the axes, or on how many there are, and not on distances alone."""

TURNING = ("cdbw", "ratkowsky_lance", "sd_scat", "sd_index", "s_dbw")
"""Those that depend on how the axes lie."""

closest_inside = partial(rivals.closest_pairs, inside=True)

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
    Proof("C-index", CONSISTENCY, ("c_index",), steps.one_at_a_time, assumes=DEFINED),
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


BUILT = (
    ("Weakest link", ("weakest_link",), constructions.tight_clusters),
    ("Dunn", ("dunn",), constructions.tight_clusters),
    ("Relative margin, own centre", ("relative_margin",), constructions.representatives),
    ("Relative margin, Voronoi reading", ("relative_margin_voronoi",), constructions.representatives),
    (
        "Additive margin",
        (
            *("additive_margin", "additive_margin_signed", "additive_margin_literal"),
            *("additive_margin_voronoi", "additive_margin_voronoi_max"),
        ),
        constructions.tight_clusters,
    ),
    ("Gamma, G+ and Tau", ("tau",), constructions.tight_clusters),
    (TIGHT, ("mcclain_rao", "point_biserial", *DUNN_OF_DISTANCES), constructions.tight_clusters),
    ("Silhouette", ("silhouette", "generalized_silhouette"), constructions.spread_singletons),
    ("Silhouette", ("medoid_silhouette",), constructions.guarded_stars),
    (PAIRS, ("additive_margin_pairs_min", "additive_margin_pairs_mean"), constructions.centred_cross_distances),
    (PAIRS, ("relative_margin_pairs_max",), constructions.two_special_points),
    (
        SIMPLEX,
        (
            *("calinski_harabasz", "xie_beni", "ray_turi", "sd_dis", "sd_index", "normalized_hubert_gamma"),
            *(*DUNN_OF_CENTROIDS, *DUNN_OF_RADII),
        ),
        constructions.simplex,
    ),
    ("Ratkowsky–Lance", ("ratkowsky_lance",), constructions.contrasts),
)
"""Measures for which a construction makes any clustering the only best one."""

BUILT_FOR_K = (
    (
        (
            *("gamma", "g_plus", "c_index", "weakest_link_pairs_mean", "weakest_link_pairs_max"),
            *("relative_margin_pairs_mean", "normalized_k_median", "normalized_min_sum", "cvnn_compactness"),
            *("connectivity", "macro_silhouette"),
            *("average_within", "separation_index", "widest_gap"),
        ),
        constructions.tight_clusters,
    ),
    (
        (
            *(*SHARES_OF_SQUARES, "ball_hall", "sd_scat", "davies_bouldin", "wemmert_gancarski", "pbm"),
            *("simplified_silhouette", "trace_cov_w", "hubert_gamma"),
        ),
        constructions.simplex,
    ),
    (("trace_wib", "det_ratio", "log_det_ratio", "marriott"), constructions.on_a_line),
)
"""Measures for which a construction makes any clustering the only best one of as many clusters."""

RICHNESS = (
    *(Proof(heading, (*BOTH, *RICH_FOR_K), names, rivals.constructed(build)) for heading, names, build in BUILT),
    *(Proof(AS_MANY, RICH_FOR_K, names, rivals.constructed(build)) for names, build in BUILT_FOR_K),
    Proof(AS_MANY, RICH_FOR_K, ("viasckde",), rivals.constructed(constructions.sparse_points, all_of=4, some_of=5)),
    Proof(
        "Cubic clustering criterion",
        (*BOTH, *RICH_FOR_K),
        ("cubic_clustering_criterion",),
        rivals.constructed(constructions.equal_axes, all_of=3, some_of=4),
    ),
    Proof(
        TIGHT,
        WEAKLY,
        ("relative_margin_literal", *WEAKEST_PAIRS, "relative_margin_pairs_min", "relative_margin_pairs_mean"),
        rivals.constructed(constructions.tight_clusters),
    ),
    Proof(
        "Equal distances",
        WEAKLY,
        ("macro_silhouette", "viasckde", "disco"),
        rivals.constructed(constructions.equal_distances),
    ),
    Proof("Gamma, G+ and Tau", WEAKLY, ("gamma", "g_plus"), rivals.constructed(constructions.tight_clusters)),
    Proof("C-index", WEAKLY, ("c_index",), rivals.constructed(constructions.tight_clusters)),
    Proof(SQUARES, WEAKLY, ("trace_cov_w",), rivals.constructed(constructions.simplex)),
    Proof(
        CHARACTERISTICS,
        WEAKLY,
        (
            *("average_within", "separation_index", "widest_gap", "neighbor_distance", "neighbor_variation"),
            "density_at_boundaries",
        ),
        rivals.constructed(constructions.tight_clusters),
    ),
    Proof(
        DETERMINANTS,
        WEAKLY,
        ("trace_wib", "det_ratio", "log_det_ratio", "marriott"),
        rivals.tied(constructions.simplex),
    ),
    Proof(DETERMINANTS, WEAKLY, ("scott_symons",), rivals.tied(constructions.doubling_steps)),
)


NOT_RICH = (
    ("Relative margin, literal reading", RICH, ("relative_margin_literal",), rivals.no_singletons, rivals.moves),
    ("Gamma, G+ and Tau", RICH, ("gamma", "g_plus"), rivals.no_singletons, rivals.closest_pairs),
    ("C-index", RICH, ("c_index",), rivals.no_singletons, rivals.closest_pairs),
    (DETERMINANTS, RICH, ("scott_symons",), rivals.no_singletons, rivals.splits),
    (DETERMINANTS, RICH, ("trace_wib", "det_ratio", "log_det_ratio"), rivals.all_but_one, rivals.splits),
    (PAIRS, RICH, ("weakest_link_pairs_min", "relative_margin_pairs_min"), rivals.pair_and_singletons, rivals.merges),
    (PAIRS, RICH, ("additive_margin_pairs_max",), rivals.pair_and_singletons, rivals.merges),
    (
        PAIRS,
        RICH,
        ("weakest_link_pairs_mean", "weakest_link_pairs_max", "relative_margin_pairs_mean"),
        rivals.exactly(2, 2),
        rivals.one_broken_up,
    ),
    ("Connectivity", BOTH, ("connectivity",), rivals.pair_and_singletons, rivals.merges),
    ("WCNN and DuNN", (*BOTH, *RICH_FOR_K), ("wcnn", "dunn_owa"), rivals.exactly(4, 2), rivals.moves),
    ("DCSI", (*BOTH, *RICH_FOR_K), ("dcsi",), rivals.all_but_one, rivals.pair_and_rest),
    ("VIASCKDE", RICH, ("viasckde",), rivals.exactly(2, 1, 1), rivals.rivals),
    ("DISCO", (*RICH, *RICH_FOR_K), ("disco",), rivals.exactly(2, 1), rivals.moves),
    ("CVNN", BOTH, ("cvnn_separation",), rivals.all_but_one, rivals.pair_and_rest),
    ("CVNN", BOTH, ("cvnn_compactness",), rivals.no_singletons, rivals.one_broken_up),
    (SQUARES, BOTH, (*SHARES_OF_SQUARES, "ball_hall"), rivals.all_but_one, rivals.splits),
    ("Losses between points", BOTH, ("normalized_k_median", "normalized_min_sum"), rivals.all_but_one, rivals.splits),
    ("Banfield–Raftery", BOTH, ("banfield_raftery",), rivals.no_singletons, rivals.splits),
    (SQUARES, RICH, ("trace_cov_w",), rivals.no_singletons, rivals.closest_pairs),
    (DETERMINANTS, RICH, ("marriott",), rivals.all_but_one, rivals.closest_pairs),
    (SIZES, (*BOTH, *RICH_FOR_K), ("size_entropy",), rivals.all_but_one, rivals.moves),
    (
        CHARACTERISTICS,
        RICH,
        ("average_within", "widest_gap", "neighbor_distance", "neighbor_variation"),
        rivals.no_singletons,
        rivals.closest_pairs,
    ),
    (
        CHARACTERISTICS,
        RICH,
        ("separation_index", "density_at_boundaries"),
        rivals.pair_and_singletons,
        rivals.merges,
    ),
    ("SD scattering", BOTH, ("sd_scat",), rivals.all_but_one, rivals.splits),
    ("Davies–Bouldin", BOTH, ("davies_bouldin",), rivals.exactly(2, 2), rivals.closest_pairs),
    ("Wemmert–Gançarski", BOTH, ("wemmert_gancarski",), rivals.exactly(2, 2), rivals.closest_pairs),
    ("PBM", BOTH, ("pbm",), rivals.all_but_one, closest_inside),
    ("Hubert's Γ", BOTH, ("hubert_gamma",), rivals.no_singletons, closest_inside),
)
"""Measures under which clusterings of some sizes are never the only best, or never a best, and what outdoes them."""

NOT_RICH_FOR_K = (
    ("Relative margin, literal reading", ("relative_margin_literal",), rivals.no_singletons, rivals.moves),
    ("CVNN", ("cvnn_separation",), rivals.all_but_one, rivals.pair_and_rest),
    (AS_MANY, ("scott_symons", "banfield_raftery"), rivals.all_but_one, rivals.single_and_rest),
    (
        AS_MANY,
        ("weakest_link_pairs_min", "relative_margin_pairs_min"),
        rivals.exactly(3, 1, 1),
        rivals.into_as_many,
    ),
    (AS_MANY, ("additive_margin_pairs_max",), rivals.exactly(2, 2, 2, 1), rivals.exchanges),
    (AS_MANY, ("cdbw",), rivals.exactly(2, *(1,) * 9), rivals.closest_pairs),
    (CHARACTERISTICS, ("neighbor_variation",), rivals.pair_and_singletons, rivals.closest_pairs),
)
"""Measures under which clusterings of some sizes are never the only best one of as many clusters."""

POOR = (
    *(
        Proof(heading, RICH_FOR_K, names, rivals.outdone(sizes, proposals), holds=False)
        for heading, names, sizes, proposals in NOT_RICH_FOR_K
    ),
    *(
        Proof(heading, axioms, names, rivals.outdone(sizes, proposals), holds=False)
        for heading, axioms, names, sizes, proposals in NOT_RICH
    ),
    Proof("Simplified silhouette", BOTH, ("simplified_silhouette",), large.least_squares_come_near, holds=False),
    Proof("S_Dbw", BOTH, ("s_dbw",), large.a_pair_has_the_better_s_dbw, holds=False),
    Proof("CDbw", BOTH, ("cdbw",), large.a_pair_has_no_cdbw, holds=False),
    Proof(PAIRS, WEAKLY, ("additive_margin_pairs_max",), some_part_of_two_clusters_is_better, holds=False),
    Proof(
        "DBCV", (*BOTH, *RICH_FOR_K, *REFINEMENT, "range_invariance"), ("dbcv",), preferences.without_value, holds=None
    ),
)

FINER = (
    (SQUARES, (*SHARES_OF_SQUARES, "ball_hall"), rivals.splits),
    ("Losses between points", ("normalized_k_median", "normalized_min_sum"), rivals.splits),
    ("PBM", ("pbm",), closest_inside),
    ("Hubert's Γ", ("hubert_gamma",), closest_inside),
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
OF_LATER_CHANGES = (
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
    *(*IN_COORDINATES, *OF_LATER_CHANGES, *OF_MANY_DATA_SETS),
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
