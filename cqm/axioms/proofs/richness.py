"""Which measures can make any clustering the only best one, by a construction, and which cannot, by a rival."""

from cqm.axioms.proofs import (
    constructions,
    large,
    one_in_thirteen,
    one_point_apart,
    preferences,
    rivals,
    single_points,
    small_steps,
)
from cqm.axioms.proofs.five_points import some_part_of_two_clusters_is_better
from cqm.axioms.proofs.groups import (
    ADJUSTED,
    CHARACTERISTICS,
    DETERMINANTS,
    DUNN_OF_CENTROIDS,
    DUNN_OF_DISTANCES,
    DUNN_OF_RADII,
    PAIRS,
    REFINEMENT,
    SHARES_OF_SQUARES,
    SIZES,
    SQUARES,
    WEAKEST_PAIRS,
)
from cqm.axioms.proofs.proof import Proof

__all__ = ["POOR", "RICHNESS"]

RICH, WEAKLY, BOTH = ("richness",), ("weak_richness",), ("richness", "weak_richness")
RICH_FOR_K = ("k_richness",)
TIGHT, AS_MANY = "Tight clusters, all as far from one another", "As many clusters"
SIMPLEX = "Small simplices at the corners of a large one"

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
            *("average_within", "separation_index", "widest_gap", "density_weighted_gap"),
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
    Proof(AS_MANY, RICH_FOR_K, ADJUSTED[:2], rivals.constructed(constructions.on_spheres, some_of=5)),
    Proof(AS_MANY, RICH_FOR_K, ("viasckde",), rivals.constructed(constructions.sparse_points, all_of=4, some_of=5)),
    Proof("Round unions", (*BOTH, *RICH_FOR_K), ("adjusted_silhouette",), small_steps.best_of_all),
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
        ("macro_silhouette", "viasckde", "disco", "density_weighted_gap"),
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
    (CHARACTERISTICS, RICH, ("density_weighted_gap",), rivals.no_singletons, rivals.closest_pairs_inside),
    ("SD scattering", BOTH, ("sd_scat",), rivals.all_but_one, rivals.splits),
    ("Davies–Bouldin", BOTH, ("davies_bouldin",), rivals.exactly(2, 2), rivals.closest_pairs),
    ("Wemmert–Gançarski", BOTH, ("wemmert_gancarski",), rivals.exactly(2, 2), rivals.closest_pairs),
    ("PBM", BOTH, ("pbm",), rivals.all_but_one, rivals.closest_pairs_inside),
    ("Hubert's Γ", BOTH, ("hubert_gamma",), rivals.no_singletons, rivals.closest_pairs_inside),
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
    (CHARACTERISTICS, ("neighbor_distance",), rivals.exactly(3, 3), rivals.single_and_rest),
    (CHARACTERISTICS, ("density_at_boundaries",), rivals.exactly(2, 2), rivals.moves),
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
    Proof(
        "Mean silhouette over clusters",
        RICH,
        ("macro_silhouette",),
        single_points.two_clusters_are_as_good,
        holds=False,
    ),
    Proof("Simplified silhouette", BOTH, ("simplified_silhouette",), large.least_squares_come_near, holds=False),
    Proof(
        "Adjusted Caliński–Harabasz",
        BOTH,
        ("adjusted_calinski_harabasz",),
        one_point_apart.a_pair_is_better,
        holds=False,
    ),
    Proof(
        "Adjusted Davies–Bouldin",
        BOTH,
        ("adjusted_davies_bouldin",),
        one_in_thirteen.pairs_or_halves_are_better,
        holds=False,
    ),
    Proof("S_Dbw", BOTH, ("s_dbw",), large.a_pair_has_the_better_s_dbw, holds=False),
    Proof("S_Dbw", RICH_FOR_K, ("s_dbw",), large.two_pairs_have_not_the_best_s_dbw, holds=False),
    Proof("CDbw", BOTH, ("cdbw",), large.a_pair_has_no_cdbw, holds=False),
    Proof(PAIRS, WEAKLY, ("additive_margin_pairs_max",), some_part_of_two_clusters_is_better, holds=False),
    Proof(
        "DBCV", (*BOTH, *RICH_FOR_K, *REFINEMENT, "range_invariance"), ("dbcv",), preferences.without_value, holds=None
    ),
)
