"""Records of experiments → docs/experiments.md with its tables, plots and sentences."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.experiments_figures import draw_histograms, draw_learning, draw_margins
from benchmarks.experiments_statistics import (
    BASELINES,
    LEVEL,
    LISTS,
    Difference,
    Record,
    Systems,
    by_system,
    dev_choice,
    difference,
    doubled,
    margins_of,
    methods_of,
    paired,
    rates_of,
    trend,
    values_of,
)
from benchmarks.two_collections import CONDITIONS, KINDS, REST, SOURCE, SPLITS
from cqm.atomic import write_text
from sv_bridge.compactness.reading import better
from sv_bridge.reports.comparison import Spread

__all__ = ["write_report"]

SHOWN = (
    "within", "between", "d_prime", "fisher_ratio", "alignment", "uniformity", "effective_rank", "silhouette",
    "davies_bouldin", "relative_margin_centroid", "additive_margin_centroid", "weakest_link", "dunn",
)  # fmt: skip
TOLD = {
    "how tight speakers are": ("within", "own_centre", "alignment"),
    "how far apart they are": ("between", "nearest_other_centre", "centre_pairs", "uniformity"),
    "the one against the other": (
        "d_prime", "fisher_ratio", "silhouette", "davies_bouldin", "relative_margin_centroid",
        "additive_margin_centroid", "weakest_link",
    ),
}  # fmt: skip
"""The best known measures, by what they tell."""
HEARD = {"recorded": "as recorded", "crossed": "crossed"}
PLACES = [(collection, condition) for collection in (SOURCE, REST) for condition in CONDITIONS]
Intervals = Mapping[tuple[str, str], Any]
Place = tuple[str, str, str]


def write_report(records: Sequence[Record], found: Mapping[str, Any], page: Path) -> None:
    """Write the page, and its plots into the folder of records; `found` is what `statistics_of` made of them."""
    systems, plots = by_system(records), page.with_suffix("")
    intervals = {(pair["before"], pair["after"]): pair["intervals"] for pair in found["pairs"]}
    methods = methods_of(systems)
    parts = [introduction(systems)]
    parts += ["## Was training worth it?", *(against_baselines(systems, method, intervals) for method in methods)]
    parts += error_tables(systems)
    if found["fusion"]:
        parts.append(fusion_section(found["fusion"]))
    for method in methods:
        plot = plots / f"{method.lower()}-margins.png"
        draw_margins(margins_of(systems, method), plot)
        parts += [
            margin_section(systems, method, intervals),
            image(plot, f"{method}: errors and compactness by margin"),
        ]
    parts += [identity_section(systems, methods, intervals), positives_section(systems, methods, intervals)]
    parts.append(compactness_tables(systems))
    drawn = {name: g for name, g in systems.items() if g[0]["role"] in ("", "doubled") or g[0]["margin"] in (0, 0.4)}
    draw_histograms(drawn, plots / "histograms.png")
    parts += [
        "## Cosines within and between test speakers",
        image(plots / "histograms.png", "histograms of cosines of systems, all seeds together"),
    ]
    trained = {name: group for name, group in systems.items() if group[0]["training"]}
    if trained:
        draw_learning(trained, plots / "learning.png")
        parts += [costs_table(trained), image(plots / "learning.png", "loss and effective rank after every epoch")]
    write_text(page, "\n\n".join(part for part in parts if part) + "\n")


def introduction(systems: Systems) -> str:
    first = next(iter(systems.values()))[0]
    sizes = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{split} {c['speakers']} people with {c['utterances']:,} utterances" for split, c in splits.items()
        )
        for name, splits in ((name, collection["splits"]) for name, collection in first["collections"].items())
    )
    hard = " and ".join(f"{collection['hard']} ({name})" for name, collection in first["collections"].items())
    return (
        "# Does the additive margin make embeddings compact?\n\n"
        "Tiny presets, trained without labels on the training speakers of two collections together, and judged on each "
        f"alone, on whole utterances of at least 1.5 s ({sizes}). Each trial list is scored twice: as recorded, and "
        "*crossed*, every utterance through a channel of its own ([crossed trials](crossed-trials.md)), since as "
        "recorded the channel gives much away. *Hard* non-targets share "
        f"{hard}. Mean ± standard deviation over seeds. Margins are chosen on the development speakers, by the mean "
        "EER over all their lists of trials; test speakers are only reported. Records are in `docs/experiments/`, and "
        "what pairs of systems differ by in `docs/experiments.json`; all is written by `python -m "
        "benchmarks.experiments --corpus DIR`.\n\n"
        "A difference of two systems is the mean over seeds that both have (the same seed: the same first weights and "
        "the same crops). Two 95 % intervals belong to it: Student's over the paired seeds, which says whether other "
        "seeds would tell the same, and that of speakers drawn with replacement, the same for both systems, which says "
        "whether other speakers would. A difference of error rates is called clear when both leave out 0."
    )


def against_baselines(systems: Systems, method: str, intervals: Intervals) -> str:
    """Whether the margin that development speakers choose is better than what learned nothing."""
    margins = margins_of(systems, method)
    chosen = margins[dev_choice(margins)]
    said = []
    for baseline in (name for name in BASELINES if name in systems):
        sides: dict[int, list[Place]] = defaultdict(list)
        for place in LISTS:
            low, high = interval(intervals[baseline, chosen[0]["system"]], place)
            sides[int(low > 0) - int(high < 0)].append(place)
        said.append(
            f"- against {baseline}: "
            + "; ".join(f"{words} on {told(sides[side])}" for side, words in SIDES.items() if sides[side])
        )
    return (
        f"**{method}**, with the margin {chosen[0]['margin']:.3g} that the development speakers choose, by the EER of "
        "test speakers (clear by the interval over speakers):\n\n" + "\n".join(said)
    )


SIDES = {-1: "clearly lower", 0: "not clearly different", 1: "clearly higher"}


def error_tables(systems: Systems) -> list[str]:
    found = ["## Error rates", "EER %: any non-targets / hard ones."]
    for collection in (SOURCE, REST):
        rows = [
            [name, str(len(group))]
            + [
                " / ".join(spread(rates_of(group, split, (collection, condition, kind)), 1) for kind in KINDS)
                for split in SPLITS
                for condition in CONDITIONS
            ]
            for name, group in systems.items()
        ]
        header = ["system", "seeds", *(f"{split}, {HEARD[c]}" for split in SPLITS for c in CONDITIONS)]
        found += [f"### {collection}", markdown(header, rows)]
    costs = ("min_dcf_01", "min_dcf_05")
    rows = [
        [name]
        + [" / ".join(spread(rates_of(group, "test", (*place, "any"), cost), 2) for cost in costs) for place in PLACES]
        for name, group in systems.items()
    ]
    header = ["system", *(f"{collection}, {HEARD[condition]}" for collection, condition in PLACES)]
    table = markdown(header, rows)
    return [*found, folded("minDCF of test speakers, any non-targets: p = .01 / p = .05", table)]


def fusion_section(found: Mapping[str, Any]) -> str:
    """The best trained system, whitened log-mel and both."""
    rows = []
    for name, collections in found["rows"].items():
        for collection, condition in PLACES:
            cell = collections[collection][condition]
            rows.append(
                [name, f"{collection}, {HEARD[condition]}"]
                + [spread(cell[kind], 1) for kind in KINDS]
                + [spread(cell[what], 3) for what in ("cllr", "min_cllr")]
            )
    alone, fused = found["rows"][found["system"]], found["rows"]["both fused"]
    lower: list[Place] = []
    rest: list[Place] = []
    for place in LISTS:
        collection, condition, kind = place
        step = difference(alone[collection][condition][kind], fused[collection][condition][kind])
        (lower if step.side < 0 else rest).append(place)
    return (
        "## Fusion and calibration\n\n"
        f"{found['system']}, the best trained system on development speakers, whitened log-mel, and both scores fused "
        "by logistic regression. Weights and calibrations are learned, for each condition, on the development trials "
        "of both collections; test speakers are judged. Fusion gives a clearly lower EER than the trained system alone "
        f"(over paired seeds) on {told(lower)}; not so on {told(rest)}. Cllr is the cost of the calibrated scores "
        "in bits, any non-targets; its minimum what a perfect calibration would leave.\n\n"
        + markdown(["scores", "test speakers", "EER %, any", "EER %, hard", "Cllr", "minimum"], rows)
    )


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
        compact = []
        for words, two in compared.items():
            first, second = paired(*two)
            cells = []
            for name in ("uniformity", "alignment", "within", "between", "effective_rank"):
                steps = [measured_difference(first, second, *place, name) for place in PLACES]
                cells.append("; ".join(f"**{s.mean:+.3g}**" if s.side else f"{s.mean:+.3g}" for s in steps))
            compact.append([words, *cells])
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
            + " (bold: clear over paired seeds):",
            markdown(["difference", "uniformity", "alignment", "within", "between", "effective rank"], compact),
        ]
    return "\n\n".join(parts) if len(parts) > 2 else ""


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
                    f"{method}: from epoch {config['from_epoch']} on, of one of the nearest of {config['clusters']} "
                    f"clusters; in the last epoch {right} % of the drawn were of the anchor's speaker"
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


def compactness_tables(systems: Systems) -> str:
    shown = [name for name in SHOWN if any(name in measures({0: group}) for group in systems.values())]
    parts = ["## Compactness of the test speakers, cosine distance"]
    header = ["system", *(f"{name.replace('_', ' ')} ({better(name)} is better)" for name in shown)]
    for collection, condition in PLACES:
        rows = [
            [name, *(spread(values_of(group, collection, condition, measure)) for measure in shown)]
            for name, group in systems.items()
        ]
        parts.append(folded(f"{collection}, {HEARD[condition]}", markdown(header, rows)))
    return "\n\n".join(parts)


def costs_table(systems: Systems) -> str:
    rows = []
    for name, group in systems.items():
        training = [record["training"] for record in group]
        config = training[0]["config"]["training"]
        losses = [[epochs[at]["loss"] for epochs in (run["epochs"] for run in training)] for at in (0, -1)]
        rows.append(
            [name, str(config["epochs"]), f"{last_step(group):,}", str(config["batch_size"]), *map(spread, losses)]
            + [spread([run[f"{clock}_seconds"] / 60 for run in training], 1) for clock in ("processor", "wall")]
        )
    header = ["system", "epochs", "steps", "utterances a step", "loss, first epoch", "loss, last epoch"]
    return (
        "## What training took\n\nProcessor minutes are those of one core; wall minutes include pauses, as other work "
        "ran on the machine. Losses of different margins, batch sizes or queues don't compare.\n\n"
        + markdown([*header, "processor minutes", "wall minutes"], rows)
    )


def last_step(group: Sequence[Record]) -> int:
    """Steps of a whole run."""
    return int(group[0]["training"]["epochs"][-1]["step"])


def interval(intervals: Mapping[str, Any], place: Place) -> tuple[float, float]:
    """Ends over speakers at one list of trials."""
    collection, condition, kind = place
    low, high = intervals[collection][condition][kind]
    return low, high


def in_words(place: Place) -> str:
    collection, condition, kind = place
    return f"{collection} {HEARD[condition]}, {kind}"


def told(places: Sequence[Place]) -> str:
    """Lists of trials in as few words as they take."""
    if len(places) == len(LISTS):
        return "all lists"
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for collection, condition, kind in places:
        kinds[collection, condition].append(kind)
    return listed([f"{name} {HEARD[condition]} ({' and '.join(found)})" for (name, condition), found in kinds.items()])


def image(path: Path, description: str) -> str:
    return f"![{description}]({path.parent.name}/{path.name})"


def spread(values: Sequence[float], digits: int | None = None) -> str:
    """Mean ± deviation; with so many digits after the point."""
    found = Spread.of(values)
    if digits is None or math.isnan(found.mean):
        return str(found)
    deviation = "" if math.isnan(found.deviation) else f" ± {found.deviation:.{digits}f}"
    return f"{found.mean:.{digits}f}{deviation}"


def signed(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:+.2f}"


def listed(names: Sequence[str]) -> str:
    return "; ".join(names) or "none"


def folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
