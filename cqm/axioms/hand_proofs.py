"""Which statements docs/proofs.md proves for any number of points, and under which heading.

What is declared here is still searched: a proof counts where the search finds nothing against it.
"""

import re
from dataclasses import dataclass

from cqm.axioms.domains import Domain
from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import Subject
from cqm.axioms.verdict import Evidence
from cqm.catalogue import Measure, catalog

__all__ = ["PAGE", "HandProof", "anchor", "hand_proof"]

PAGE = "docs/proofs.md"


@dataclass(frozen=True, slots=True)
class HandProof:
    """A statement with a proof.

    Attributes
    ----------
    heading : of the section in docs/proofs.md.
    holds : what is proved: that the measure has the property, that it has not, or (None) that it has no value where the
        property would ask for one.
    """

    heading: str
    holds: bool | None = True

    @property
    def link(self) -> str:
        """Page and anchor."""
        return f"{PAGE}#{anchor(self.heading)}"

    def evidence(self) -> Evidence:
        """The proof as evidence."""
        said = {
            True: "proved for any number of points",
            False: "refuted by proof",
            None: "no value where one is needed",
        }
        return Evidence("proof", f"{said[self.holds]}: {self.link}")


def anchor(heading: str) -> str:
    """What a heading of a page is linked by: letters and digits in lower case, with hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


QUOTIENTS = "Quotients of equal degree"
COMPARISONS = "Comparisons"
PAIRS = "Over pairs of clusters"

_OF_EQUAL_DEGREE = (
    "weakest_link", "relative_margin", "relative_margin_voronoi", "relative_margin_literal", "additive_margin",
    "additive_margin_signed", "additive_margin_voronoi", "additive_margin_voronoi_max", "additive_margin_literal",
    "silhouette", "simplified_silhouette", "dunn", "c_index", "mcclain_rao", "point_biserial", "calinski_harabasz",
    "log_ss_ratio", "ratkowsky_lance", "davies_bouldin", "xie_beni", "ray_turi", "wemmert_gancarski", "trace_wib",
    "det_ratio", "log_det_ratio", "sd_scat", "normalized_k_means", "normalized_k_median", "normalized_min_sum",
    "variance_ratio",
)  # fmt: skip

_CONSISTENT = {
    "weakest_link": "Weakest link",
    "dunn": "Dunn",
    "relative_margin": "Relative margin, own centre",
    "relative_margin_voronoi": "Relative margin, Voronoi reading",
    "additive_margin": "Additive margin",
    "additive_margin_voronoi_max": "Additive margin",
    "gamma": "Gamma, G+ and Tau",
    "g_plus": "Gamma, G+ and Tau",
    "tau": "Gamma, G+ and Tau",
    "c_index": "C-index",
    "mcclain_rao": "McClain–Rao",
    "silhouette": "Silhouette",
    "normalized_min_sum": "Losses between points",
    **dict.fromkeys(
        ("calinski_harabasz", "trace_w", "normalized_k_means", "variance_ratio", "log_ss_ratio"),
        "Caliński–Harabasz, on Euclidean points",
    ),
}

_RICH = {
    "weakest_link": "Weakest link",
    "dunn": "Dunn",
    "relative_margin": "Relative margin, own centre",
    "relative_margin_voronoi": "Relative margin, Voronoi reading",
    "additive_margin": "Additive margin",
    "tau": "Gamma, G+ and Tau",
}

_NOT_RICH = {
    "relative_margin_literal": "Relative margin, literal reading",
    "gamma": "Gamma, G+ and Tau",
    "g_plus": "Gamma, G+ and Tau",
    "c_index": "C-index",
    "connectivity": "Connectivity",
    "cvnn_separation": "CVNN",
    "cvnn_compactness": "CVNN",
    "trace_w": "Sums of squares",
    "log_ss_ratio": "Sums of squares",
    "ball_hall": "Sums of squares",
    "banfield_raftery": "Banfield–Raftery",
    "scott_symons": "Determinants",
    "trace_wib": "Determinants",
    "det_ratio": "Determinants",
    "log_det_ratio": "Determinants",
    "davies_bouldin": "Davies–Bouldin",
    "wemmert_gancarski": "Wemmert–Gançarski",
    "pbm": "PBM",
    "sd_scat": "SD scattering",
    "normalized_k_means": "Sums of squares",
    "variance_ratio": "Sums of squares",
    "normalized_k_median": "Losses between points",
    "normalized_min_sum": "Losses between points",
    "simplified_silhouette": "Simplified silhouette",
    "cdbw": "CDbw",
    "s_dbw": "S_Dbw",
    "weakest_link_pairs_min": PAIRS,
    "weakest_link_pairs_mean": PAIRS,
    "weakest_link_pairs_max": PAIRS,
    "relative_margin_pairs_min": PAIRS,
    "relative_margin_pairs_mean": PAIRS,
    "additive_margin_pairs_max": PAIRS,
}
"""Under no distances is every clustering the only best one."""

_NOT_WEAKLY_RICH = (
    "connectivity", "cvnn_separation", "cvnn_compactness", "trace_w", "log_ss_ratio", "ball_hall", "banfield_raftery",
    "davies_bouldin", "wemmert_gancarski", "pbm", "sd_scat", "normalized_k_means", "normalized_k_median",
    "normalized_min_sum", "variance_ratio", "simplified_silhouette", "cdbw", "s_dbw",
)  # fmt: skip
_REFINEMENT_PREFERRING = (
    "trace_w", "log_ss_ratio", "ball_hall", "normalized_k_means", "normalized_k_median", "normalized_min_sum",
    "variance_ratio",
)  # fmt: skip
_WEAKLY_RICH = ("gamma", "g_plus", "c_index", "scott_symons", "trace_wib", "det_ratio", "log_det_ratio")


def hand_proof(subject: Subject, axiom: Axiom, domain: Domain) -> HandProof | None:
    """The proof of a catalogued measure's property on a domain, if there is one.

    Properties of all distance functions hold for metrics and Euclidean distances too. That a measure is rich does not
    carry over: it asks for distances *in* the domain.
    """
    entry = catalog.get(subject.name)
    if entry is None or subject.function is not entry.definition or domain.smallest == 0:
        return None
    proof = _declared(entry, axiom)
    natural = "euclidean" if entry.needs == "points" else "distances"
    if proof is not None and proof.holds and axiom.unique is not None and domain.name != natural:
        return None
    return proof


def _declared(measure: Measure, axiom: Axiom) -> HandProof | None:
    name = measure.name
    if axiom.name in ("isomorphism_invariance", "label_permutation_invariance"):
        if measure.needs == "distances" or axiom.name == "label_permutation_invariance":
            return HandProof("Every measure here")
    elif axiom.name == "non_negativity":
        if measure.range[0] >= 0:
            return HandProof("Every measure here")
    elif axiom.name == "scale_invariance":
        if name in _OF_EQUAL_DEGREE or name.startswith("generalized_dunn"):
            return HandProof(QUOTIENTS)
        if "_pairs_" in name:
            return HandProof(PAIRS)
        if name in ("gamma", "g_plus", "tau", "connectivity", "cvnn_separation"):
            return HandProof(COMPARISONS)
    elif axiom.consistent:
        if name in _CONSISTENT:
            return HandProof(_CONSISTENT[name])
        if name.startswith("generalized_dunn") and "centroid" not in name:
            return HandProof("Generalised Dunn without centroids")
        if "_pairs_" in name:
            return HandProof(PAIRS)
    elif name == "dbcv":
        if axiom.unique is not None or axiom.name == "refinement_preference":
            return HandProof("DBCV", holds=None)
    elif name in _REFINEMENT_PREFERRING and axiom.name == "refinement_preference":
        return HandProof(_NOT_RICH[name])
    elif name == "connectivity" and axiom.name == "coarsening_preference":
        return HandProof("Connectivity", holds=False)
    elif axiom.unique is not None and name in _RICH:
        return HandProof(_RICH[name])
    elif name in _NOT_RICH and (axiom.unique or (axiom.unique is False and name in _NOT_WEAKLY_RICH)):
        return HandProof(_NOT_RICH[name], holds=False)
    elif axiom.unique is False and name in _WEAKLY_RICH:
        return HandProof(_NOT_RICH[name])
    return None
