"""Which measures may compare clusterings of different k, and how often the k that they choose is right.

Some measures move with k by themselves: their best value is always that of the largest k, or always that of the
smallest. Of these, the bend of their curve may be looked at instead. What is said here is held against what
`python -m benchmarks.across_k` measures on sets of clear clusters and writes into across_k.json.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

__all__ = ["PATH", "AcrossK", "across_k"]

PATH = Path(__file__).with_name("across_k.json")

Way = Literal["best", "bend", "none"]

SPLIT = "splitting a cluster never makes it worse, so the largest k is always best"
MERGE = "merging two clusters never makes it worse, so the smallest k is always best"
FALLS = "falls with k by itself, as smaller clusters are tighter"
RISES = "rises with k by itself, as the centroids of smaller clusters lie closer to their points"
PICK = "its value is that of the best of k(k−1)/2 pairs of clusters, and more clusters have more pairs"
BEND: dict[str, str] = {
    "average_within": FALLS,
    "ball_hall": FALLS,
    "banfield_raftery": SPLIT,
    "connectivity": MERGE,
    "cvnn_separation": MERGE,
    "det_ratio": SPLIT,
    "hubert_gamma": RISES,
    "log_det_ratio": SPLIT,
    "log_ss_ratio": SPLIT,
    "mcclain_rao": FALLS,
    "normalized_hubert_gamma": RISES,
    "normalized_k_means": SPLIT,
    "normalized_k_median": FALLS,
    "normalized_min_sum": SPLIT,
    "scott_symons": SPLIT,
    "sd_dis": "it adds a term for every centroid, so it rises with k by itself",
    "sd_scat": FALLS,
    "trace_cov_w": FALLS,
    "trace_w": SPLIT,
    "trace_wib": SPLIT,
    "variance_ratio": SPLIT,
}
NONE: dict[str, str] = {
    "additive_margin_pairs_max": PICK,
    "additive_margin_pairs_mean": "it is a mean over pairs of clusters, and of many clusters most pairs are far apart",
    "cvnn_compactness": "it is a sum over clusters, and one half of CVNN: cqm.cvnn weighs both over all candidates",
    "density_at_boundaries": MERGE,
    "dunn_owa": "merging two clusters leaves fewer near neighbours across, farther away, so it falls with k by itself",
    "neighbor_distance": "it is a single characteristic, that asks for dense clusters of any number",
    "neighbor_variation": "it is a single characteristic, that asks for even clusters of any number",
    "relative_margin_pairs_min": PICK,
    "size_entropy": "it looks at the sizes of the clusters alone, and not at the points",
    "separation_index": "it is a single characteristic, that asks for gaps, and the widest are between few clusters",
    "sd_index": "its weight is that of the clustering with most clusters: compute it with one `finest_labels` for all",
    "wcnn": MERGE,
    "weakest_link_pairs_min": PICK,
}
# Bends of these are looked for in the values themselves: some are logarithms already, some are 0 for good clusterings.
AS_THEY_ARE = (
    "hubert_gamma",
    "normalized_hubert_gamma",
    "banfield_raftery",
    "connectivity",
    "cvnn_separation",
    "log_ss_ratio",
    "scott_symons",
    "sd_dis",
)


@dataclass(frozen=True, slots=True)
class AcrossK:
    """Whether a measure may compare clusterings of different k.

    Attributes
    ----------
    way : "best" (its best value may be chosen), "bend" (it moves with k by itself: the bend of its curve may be chosen)
        or "none".
    reason : why not "best"; empty otherwise.
    logarithmic : whether the bend is that of the logarithm.
    found, sets : in how many of how many sets of clear round clusters the k chosen this way was right.
    shapes_found, shapes : in how many of how many sets of moons and rings the true clusters had a better value than the
        halves of k-means.
    """

    way: Way
    reason: str
    logarithmic: bool
    found: int
    sets: int
    shapes_found: int
    shapes: int

    @property
    def any_shape(self) -> bool:
        """Whether the measure knows clusters that are not round: nine times in ten, or more often."""
        return self.shapes > 0 and self.shapes_found >= 0.9 * self.shapes


def across_k(measure: str) -> AcrossK:
    """What is known of a catalogued measure.

    Examples
    --------
    >>> across_k("trace_w").way, across_k("silhouette").way
    ('bend', 'best')
    """
    way: Way = "bend" if measure in BEND else "none" if measure in NONE else "best"
    reason = BEND.get(measure) or NONE.get(measure, "")
    counts = {"found": 0, "sets": 0, "shapes_found": 0, "shapes": 0} | _measured().get(measure, {})
    numbers = (counts[key] for key in ("found", "sets", "shapes_found", "shapes"))
    return AcrossK(way, reason, way == "bend" and measure not in AS_THEY_ARE, *numbers)


@cache
def _measured() -> dict[str, dict[str, int]]:
    measured: dict[str, dict[str, int]] = (
        json.loads(PATH.read_text(encoding="utf-8"))["measures"] if PATH.exists() else {}
    )
    return measured
