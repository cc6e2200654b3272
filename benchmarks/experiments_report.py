"""Records of experiments → docs/experiments.md with its tables, plots and sentences."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.experiments_figures import draw_histograms, draw_learning, draw_margins
from benchmarks.experiments_findings import identity_section, margin_section, measures, positives_section
from benchmarks.experiments_statistics import (
    BASELINES,
    LISTS,
    Place,
    Record,
    Systems,
    by_system,
    dev_choice,
    difference,
    margins_of,
    methods_of,
    rates_of,
    values_of,
)
from benchmarks.experiments_words import (
    HEARD,
    PLACES,
    Intervals,
    folded,
    image,
    interval,
    last_step,
    markdown,
    told,
)
from benchmarks.two_collections import CONDITIONS, KINDS, REST, SOURCE, SPLITS, spread
from cqm.atomic import write_text
from sv_bridge.compactness.reading import better

__all__ = ["write_report"]

SHOWN = (
    "within", "between", "d_prime", "fisher_ratio", "alignment", "uniformity", "effective_rank", "silhouette",
    "davies_bouldin", "relative_margin_centroid", "additive_margin_centroid", "weakest_link", "dunn",
)  # fmt: skip


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
        "the same crops, epoch by epoch). Two 95 % intervals belong to it: Student's over the paired seeds, which says "
        "whether other seeds would tell the same, and that of speakers drawn with replacement, the same for both "
        "systems, which says whether other speakers would. A difference of error rates is called clear when both leave "
        "out 0."
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
    elsewhere = f"; not so on {told(rest)}" if rest else ""
    return (
        "## Fusion and calibration\n\n"
        f"{found['system']}, the best trained system on development speakers, whitened log-mel, and both scores fused "
        "by logistic regression. Weights and calibrations are learned, for each condition, on the development trials "
        "of both collections; test speakers are judged. Fusion gives a clearly lower EER than the trained system alone "
        f"(over paired seeds) on {told(lower)}{elsewhere}. Cllr is the cost of the calibrated scores "
        "in bits, any non-targets; its minimum what a perfect calibration would leave.\n\n"
        + markdown(["scores", "test speakers", "EER %, any", "EER %, hard", "Cllr", "minimum"], rows)
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
