"""What margins, numbers of negatives and positives changed, said from the records: sections of docs/experiments.md."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from benchmarks.experiments_statistics import (
    LEVEL,
    LISTS,
    Difference,
    Place,
    Record,
    Systems,
    dev_choice,
    difference,
    doubled,
    margins_of,
    paired,
    rates_of,
    trend,
    values_of,
)
from benchmarks.experiments_words import (
    HEARD,
    PLACES,
    Intervals,
    folded,
    in_words,
    interval,
    last_step,
    markdown,
    signed,
    told,
)
from benchmarks.two_collections import spread
from sv_bridge.compactness.reading import better

TOLD = {
    "how tight speakers are": ("within", "own_centre", "alignment"),
    "how far apart they are": ("between", "nearest_other_centre", "centre_pairs", "uniformity"),
    "the one against the other": (
        "d_prime", "fisher_ratio", "silhouette", "davies_bouldin", "relative_margin_centroid",
        "additive_margin_centroid", "weakest_link",
    ),
}  # fmt: skip
"""The best known measures, by what they tell."""
MOVED = ("uniformity", "alignment", "within", "between", "effective_rank")
"""Measures that the margin ln 2 / s and twice the negatives are compared by."""


def margin_section(systems: Systems, method: str, intervals: Intervals) -> str:
    """What the margin did, said from the numbers."""
    margins = margins_of(systems, method)
    plain = margins[0]
    chosen = dev_choice({margin: group for margin, group in margins.items() if margin})
    rows, clear = [], defaultdict(list)
    for margin, group in margins.items():
        if margin:
            cells = {place: rate_difference(plain, group, place, intervals) for place in LISTS}
            rows.append([f"{margin:.3g}", *(cells[place][0] for place in LISTS)])
            for place in LISTS:
                clear[margin, cells[place][1]].append(place)
    lower, higher = clear[chosen, -1], clear[chosen, 1]
    seeds = len(paired(plain, margins[chosen])[0])
    verdict = (
        f"Of the margins above 0 the development speakers choose {chosen:.3g}. Against margin 0, the EER of test "
        f"speakers is clearly lower on {told(lower)}, clearly higher on {told(higher)}, and not clearly different "
        f"on {len(LISTS) - len(lower) - len(higher)} of {len(LISTS)} lists ({seeds} paired seeds)."
    )
    return (
        f"## {method}: what the margin did\n\n{verdict}\n\nDifferences from margin 0 in points of EER (over seeds; "
        "over speakers):\n\n"
        + markdown(["margin", *map(in_words, LISTS)], rows)
        + "\n\n"
        + compactness_verdicts(margins, chosen)
    )


def rate_difference(
    before: Sequence[Record], after: Sequence[Record], place: Place, intervals: Intervals
) -> tuple[str, int]:
    """Difference of EERs of test speakers with both of its intervals, and its side where both leave out 0."""
    first, second = paired(before, after)
    step = difference(rates_of(first, "test", place), rates_of(second, "test", place))
    low, high = interval(intervals[before[0]["system"], after[0]["system"]], place)
    side = step.side if step.side == int(low > 0) - int(high < 0) else 0
    seeds = "—" if math.isnan(step.lower) else f"{step.lower:+.1f} … {step.upper:+.1f}"
    shown = f"{step.mean:+.1f} ({seeds}; {low:+.1f} … {high:+.1f})"
    return (f"**{shown}**" if side else shown), side


def compactness_verdicts(margins: Mapping[float, list[Record]], chosen: float) -> str:
    """Measures that are clearly better or worse with the chosen margin, over paired seeds, and their trends."""
    first, second = paired(margins[0], margins[chosen])
    known = [name for name in measures(margins) if better(name)]
    sides, trends, counts = {}, {}, []
    for collection, condition in PLACES:
        for name in known:
            step = measured_difference(first, second, collection, condition, name)
            sides[collection, condition, name] = verdict_of(step, name)
            trends[collection, condition, name] = trend(margins, collection, condition, name)
        verdicts = [sides[collection, condition, name] for name in known]
        rising = [verdict_of_trend(*trends[collection, condition, name], name) for name in known]
        counts.append(
            [f"{collection}, {HEARD[condition]}", *(str(verdicts.count(w)) for w in ("better", "worse", ""))]
            + [str(rising.count(w)) for w in ("better", "worse", "")]
        )
    kinds = [
        f"- {kind}: " + "; ".join(f"{name.replace('_', ' ')} {where(sides, name)}" for name in names if name in known)
        for kind, names in TOLD.items()
    ]
    table = [
        [name.replace("_", " "), better(name)]
        + [f"{sides[*place, name] or 'unclear'}, {signed(trends[*place, name][0])}" for place in PLACES]
        for name in known
    ]
    header = ["measure", "better", *(f"{collection}, {HEARD[condition]}" for collection, condition in PLACES)]
    chance = f"{LEVEL * len(known):.0f}"
    return (
        f"Compactness of test speakers with margin {chosen:.3g} against 0, by {len(known)} measures, many of them "
        f"close relatives: clear is what Student's interval over paired seeds tells from 0 (of so many, {chance} would "
        f"be by chance), and a trend one of Spearman's correlation with the margin over all runs, p < {LEVEL:g}.\n\n"
        + markdown(
            ["test speakers", "better", "worse", "unclear", "better as margins grow", "worse", "no trend"], counts
        )
        + "\n\nThe best known of them, by what they tell:\n\n"
        + "\n".join(kinds)
        + "\n\n"
        + folded("every measure: with the margin, and Spearman's correlation with it", markdown(header, table))
    )


def measures(margins: Mapping[float, Sequence[Record]]) -> list[str]:
    """Measures that every run has a value of in both collections and conditions."""
    found = [
        list(record["collections"][collection][condition]["compactness"])
        for group in margins.values()
        for record in group
        for collection, condition in PLACES
    ]
    return [name for name in found[0] if all(name in names for names in found)]


def measured_difference(
    before: Sequence[Record], after: Sequence[Record], collection: str, condition: str, name: str
) -> Difference:
    return difference(values_of(before, collection, condition, name), values_of(after, collection, condition, name))


def verdict_of(step: Difference, name: str) -> str:
    """Whether a measure is clearly better or worse; empty for neither."""
    return "" if not step.side else "better" if (step.side > 0) == (better(name) == "higher") else "worse"


def verdict_of_trend(correlation: float, p: float, name: str) -> str:
    """Whether a measure gets better or worse with the margin; empty for neither."""
    if not p < LEVEL:
        return ""
    return "better" if (correlation > 0) == (better(name) == "higher") else "worse"


def where(sides: Mapping[tuple[str, str, str], str], name: str) -> str:
    """One verdict for all, or how many of each."""
    verdicts = [sides[*place, name] or "unclear" for place in PLACES]
    if len(set(verdicts)) == 1:
        return f"**{verdicts[0]}** everywhere"
    return ", ".join(f"{word} {verdicts.count(word)}×" for word in ("better", "worse", "unclear") if word in verdicts)


def identity_section(systems: Systems, methods: Sequence[str], intervals: Intervals) -> str:
    """The margin ln 2 / s against twice the negatives."""
    parts = [
        "## A margin of ln 2 / s, and twice the negatives",
        "With one positive p, the additive margin m at scale s turns the loss into log(1 + e^(sm) Σ e^(s(n − p))) over "
        "the negatives n: it weighs each of them by e^(sm). A margin of ln 2 / s is the loss without margin with every "
        "negative counted twice, gradients included. A queue of twice the length, or a batch of twice the other "
        "utterances, holds twice as many *different* negatives. If the margin does no more than weigh negatives, "
        "these two should be alike, and move alike from margin 0.",
    ]
    for method in methods:
        weighted, twice = doubled(systems, method)
        if not (weighted and twice):
            continue
        plain = margins_of(systems, method)[0]
        compared = {
            "margin ln 2 / s − margin 0": (plain, weighted),
            "twice the negatives − margin 0": (plain, twice),
            "twice the negatives − margin ln 2 / s": (weighted, twice),
        }
        rates = {words: [rate_difference(*two, place, intervals) for place in LISTS] for words, two in compared.items()}
        rows = [[words, *(shown for shown, _ in cells)] for words, cells in rates.items()]
        steps = {
            words: {name: [measured_difference(*paired(*two), *place, name) for place in PLACES] for name in MOVED}
            for words, two in compared.items()
        }
        compact = [
            [words, *("; ".join(f"**{s.mean:+.3g}**" if s.side else f"{s.mean:+.3g}" for s in of[n]) for n in MOVED)]
            for words, of in steps.items()
        ]
        by_margin, by_number, between = ([s.side for n in MOVED for s in of[n]] for of in steps.values())
        alike = sum(m == n != 0 for m, n in zip(by_margin, by_number, strict=True))
        apart = [
            place
            for place, (_, side) in zip(LISTS, rates["twice the negatives − margin ln 2 / s"], strict=True)
            if side
        ]
        moved = [place for place in LISTS if means(plain, weighted, place) * means(plain, twice, place) > 0]
        config = [group[0]["training"]["config"] for group in (plain, twice)]
        what = (
            f"queue of {config[1]['method']['queue_size']:,} instead of {config[0]['method']['queue_size']:,}"
            if config[1]["method"].get("queue_size") != config[0]["method"].get("queue_size")
            else f"batch of {config[1]['training']['batch_size']} instead of {config[0]['training']['batch_size']}, "
            f"for {last_step(twice):,} steps as well ({last_step(plain):,}), so that more crops were heard"
        )
        parts += [
            f"### {method}",
            f"Scale {config[0]['method']['scale']:g}, so the margin is {weighted[0]['margin']:.3g}; twice the "
            f"negatives: {what}. Between the two, the EER of test speakers is clearly different "
            f"on {len(apart)} of {len(LISTS)} lists ({told(apart)}); from margin 0 both move the same way on "
            f"{len(moved)} of {len(LISTS)}.",
            markdown(["points of EER (over seeds; over speakers)", *map(in_words, LISTS)], rows),
            "Compactness of test speakers, "
            + "; ".join(f"{collection} {HEARD[condition]}" for collection, condition in PLACES)
            + f" (bold: clear over paired seeds). Of these {len(between)} figures, both move {alike} clearly the same "
            f"way from margin 0, the margin alone moves {moved_alone(by_margin, by_number)} clearly, twice the "
            f"negatives alone {moved_alone(by_number, by_margin)}; between the two, {sum(map(bool, between))} are "
            "clearly different.",
            markdown(["difference", *(name.replace("_", " ") for name in MOVED)], compact),
        ]
    return "\n\n".join(parts) if len(parts) > 2 else ""


def moved_alone(own: Sequence[int], other: Sequence[int]) -> int:
    """How many figures the one clearly moves and the other does not."""
    return sum(bool(mine) and not theirs for mine, theirs in zip(own, other, strict=True))


def means(before: Sequence[Record], after: Sequence[Record], place: Place) -> float:
    """Mean difference of EERs of test speakers over paired seeds."""
    first, second = paired(before, after)
    return difference(rates_of(first, "test", place), rates_of(second, "test", place)).mean


def positives_section(systems: Systems, methods: Sequence[str], intervals: Intervals) -> str:
    """Positives of clusters against those of the same utterance."""
    rows, drawn = [], []
    for method in methods:
        plain = margins_of(systems, method)[0]
        for name, group in systems.items():
            if (group[0]["method"], group[0]["role"]) == (method, "positives"):
                rows.append([name, *(rate_difference(plain, group, place, intervals)[0] for place in LISTS)])
                last = [record["training"]["epochs"][-1] for record in group]
                right = spread([100 * epoch.get("positives_same_speaker", math.nan) for epoch in last], 0)
                config = group[0]["training"]["config"]["method"]["positives"]
                drawn.append(
                    f"{method}: from epoch {config['from_epoch'] + 1} on, of one of the nearest of "
                    f"{config['clusters']} clusters; in the last epoch {right} % of the drawn were of the "
                    "anchor's speaker"
                )
    if not rows:
        return ""
    return (
        "## Positives of other utterances\n\nSelf-supervised positive sampling: an anchor's positive is the remembered "
        f"vector of an utterance of a cluster close by, without a label. {'; '.join(drawn)}. Differences from margin 0 "
        "with the positive of the same utterance, in points of EER (over seeds; over speakers; bold where clear). What "
        "training on found speakers gives has [a page of its own](self-labelling.md).\n\n"
        + markdown(["system", *map(in_words, LISTS)], rows)
    )
