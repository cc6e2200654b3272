"""What values of a compactness report say: which direction is better, which to look at first, which can't be read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cqm

__all__ = ["KEY", "Group", "better", "grouped", "unreadable"]

KEY = {
    "silhouette": "each utterance: nearer to its own speaker than to the nearest other? 0 is a tie, 1 the most; "
    "fit to compare systems and corpora",
    "relative_margin_centroid": "distance to the own centre over that to the nearest other centre, on average; "
    "1 is a tie, 0 the best",
    "relative_margin_lower": "the same where one utterance represents each speaker, chosen best: at least this",
    "relative_margin_upper": "and at most this",
    "additive_margin_centroid": "how much farther the nearest other centre is than the own one, in units of the "
    "distance within speakers: what a margin in the loss should raise",
    "davies_bouldin": "how far each speaker runs into the speaker most alike, on average",
    "weakest_link": "longest step inside a speaker over the shortest to another: above 1 some speaker hangs together "
    "less than two others are apart; single recordings decide it",
    "dunn": "shortest distance between speakers over the longest inside one; single recordings decide it",
}
"""The few measures to look at first, and what each says of speakers."""

ASTRONOMIC = 1e12
_UNREADABLE = {
    "det_ratio": "a quotient of volumes in as many dimensions as the embeddings have: read log det ratio instead",
    "log_det_ratio": "∞: the utterances, less one a speaker, are fewer than the dimensions of the embeddings",
    "trace_wib": "∞: the utterances, less one a speaker, are fewer than the dimensions of the embeddings",
    "scott_symons": "−∞: a speaker with no more utterances than the embeddings have dimensions has a covariance whose "
    "determinant is 0",
    "s_dbw": "no utterance lies as near to some two centres or their midpoint as the radius it counts in, the rule in "
    "many dimensions",
}
_BETTER = {
    "relative_margin_centroid": "lower",
    "additive_margin_centroid": "higher",
    "relative_margin_lower": "lower",
    "relative_margin_upper": "lower",
    "additive_margin_lower": "higher",
    "additive_margin_upper": "higher",
    "within": "higher",
    "between": "lower",
    "within_deviation": "lower",
    "between_deviation": "lower",
    "d_prime": "higher",
    "own_centre": "higher",
    "nearest_other_centre": "lower",
    "centre_pairs": "lower",
    "fisher_ratio": "higher",
    "alignment": "lower",
    "uniformity": "lower",
    "effective_rank": "higher",
    "rank_me": "higher",
    "lidar": "higher",
    "view_error_rate": "lower",
    "view_contrast": "lower",
    "view_alignment": "lower",
}

MARGINS = (
    "Margins and weakest links (Ackerman & Ben-David 2008)",
    ("weakest_link", "relative_margin", "additive_margin"),
)
GENERALISED = "Generalised Dunn indices: a separation over a width of clusters (Bezdek & Pal 1998)", "generalized_dunn"
DISTANCES = "From the distances of utterances"
COORDINATES = "From centres and scatter"


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together.

    Attributes
    ----------
    heading : what they have in common.
    values : measure → value.
    """

    heading: str
    values: Mapping[str, float]


def better(name: str) -> str:
    """Which direction of a value is more compact or more separate: "higher", "lower", or "" where neither is.

    >>> better("silhouette"), better("between")
    ('higher', 'lower')
    """
    if name in cqm.catalog:
        return cqm.catalog[name].better
    return _BETTER.get(name, "")


def grouped(values: Mapping[str, float]) -> list[Group]:
    """All values that can be read and are not in `KEY`, by what they are made of; no group is empty.

    >>> groups = grouped({"silhouette": 0.5, "gamma": 0.9, "trace_w": 2.0})
    >>> groups[0].heading, *groups[0].values
    ('From the distances of utterances', 'gamma')
    >>> groups[1].heading, *groups[1].values
    ('From centres and scatter', 'trace_w')
    """
    found: dict[str, dict[str, float]] = {MARGINS[0]: {}, DISTANCES: {}, COORDINATES: {}, GENERALISED[0]: {}}
    for name, value in values.items():
        if name not in KEY and not unreadable(name, value):
            found[_heading(name)][name] = value
    return [Group(heading, members) for heading, members in found.items() if members]


def unreadable(name: str, value: float) -> str:
    """Why a value says nothing: it is infinite, undefined, or beyond any scale; "" where it can be read.

    >>> unreadable("silhouette", 0.5), unreadable("dunn", float("inf"))
    ('', '∞: it divides by a distance that is 0 here, such as that of a speaker with recordings all alike')
    """
    if math.isfinite(value) and abs(value) < ASTRONOMIC:
        return ""
    if name in _UNREADABLE:
        return _UNREADABLE[name]
    if math.isnan(value):
        return "undefined for these speakers"
    if math.isinf(value):
        sign = "−" if value < 0 else ""
        return f"{sign}∞: it divides by a distance that is 0 here, such as that of a speaker with recordings all alike"
    return f"{value:.0e}: beyond any scale, since distances that it divides by are next to 0"


def _heading(name: str) -> str:
    if name.startswith(MARGINS[1]):
        return MARGINS[0]
    if name.startswith(GENERALISED[1]):
        return GENERALISED[0]
    return COORDINATES if name in cqm.catalog and cqm.catalog[name].needs == "points" else DISTANCES
