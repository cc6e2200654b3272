"""Records of experiments → docs/experiments.md with its tables, plots and sentences."""

import json
import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from scipy.stats import spearmanr, ttest_ind

from benchmarks.experiments_figures import (
    CONDITIONS,
    HARDEST,
    Record,
    compactness_of,
    draw_histograms,
    draw_learning,
    draw_margins,
    mean_of,
)
from cqm.atomic import write_text
from sv_bridge.compactness.reading import better
from sv_bridge.reports.comparison import Spread

SHOWN = (
    "within", "between", "d_prime", "own_centre", "nearest_other_centre", "fisher_ratio", "alignment", "uniformity",
    "effective_rank", "silhouette", "davies_bouldin", "relative_margin_centroid", "additive_margin_centroid",
    "weakest_link", "dunn",
)  # fmt: skip
KINDS = {
    "how tight speakers are": ("within", "own_centre", "alignment"),
    "how far apart they are": ("between", "nearest_other_centre", "centre_pairs"),
    "the one against the other": (
        "d_prime", "fisher_ratio", "silhouette", "davies_bouldin", "relative_margin_centroid",
        "additive_margin_centroid", "weakest_link",
    ),
}  # fmt: skip
"""Of the best known measures."""
LEVEL = 0.05
"""Of the tests that call a difference clear."""
TITLES = {"simclr": "SimCLR with SNT-Xent", "moco": "MoCo"}


def write_report(records_folder: Path, page: Path) -> None:
    """Write the page, and its plots beside the records."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(records_folder.glob("*.json"))]
    if not records:
        raise SystemExit(f"no records in {records_folder}: run with --corpus DIR first")
    apart, systems = by_system(records, apart=True), by_system(records, apart=False)
    records = [record for group in systems.values() for record in group]
    groups = {name: study(records, name) for name in TITLES}
    parts = [introduction(records)]
    for name, title in TITLES.items():
        if groups[name]:
            chosen = dev_choice(groups[name], list(groups[name]))
            title = f"**{title}**, with the margin {chosen:g} that the development speakers choose,"
            parts.append(against_baselines(systems, title, groups[name][chosen]))
    for system, group in systems.items():
        if group[0]["training"] and not group[0]["framework"]:
            parts.append(against_baselines(systems, f"**{system}**", group))
    if apart:
        parts.append(apart_table(apart))
    parts += [error_table(systems), *crossed_table(systems), compactness_table(systems)]
    for name, margins in groups.items():
        if len(margins) > 1 and 0 in margins:
            draw_margins(margins, records_folder / f"{name}-margins.png")
            parts += [
                findings(name, margins),
                image(records_folder / f"{name}-margins.png", f"{name}: error rate and compactness against margin"),
            ]
    draw_histograms(systems, records_folder / "histograms.png")
    parts += [
        "## Cosines within and between test speakers",
        image(records_folder / "histograms.png", "histograms of cosines of each system, all seeds together"),
        sources_table(systems),
    ]
    trained = {name: group for name, group in systems.items() if group[0]["training"]}
    if trained:
        draw_learning(trained, records_folder / "learning.png")
        parts += [costs_table(trained), image(records_folder / "learning.png", "loss and dev EER after every epoch")]
    write_text(page, "\n\n".join(parts) + "\n")


def by_system(records: Sequence[Record], *, apart: bool) -> dict[str, list[Record]]:
    """Records of each system, of the experiments with sets kept apart or of the others."""
    systems: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=order):
        if ("apart" in record) == apart:
            systems[record["system"]].append(record)
    return systems


def order(record: Record) -> tuple[bool, bool, str, float, str]:
    """Baselines, then frameworks by margin, then the rest."""
    untrained = not record["training"]
    return not untrained, not record["framework"], record["framework"], record["margin"] or 0.0, record["name"]


def study(records: Sequence[Record], framework: str) -> dict[float, list[Record]]:
    """Margin → records of its seeds."""
    groups: dict[float, list[Record]] = defaultdict(list)
    for record in records:
        if record["framework"] == framework:
            groups[record["margin"]].append(record)
    return dict(sorted(groups.items()))


def introduction(records: Sequence[Record]) -> str:
    first = records[0]
    splits = "; ".join(
        f"{split}: {c['speakers']} speakers, {c['utterances']:,} utterances, {c['minutes']:.0f} minutes"
        for split, c in first["corpus"].items()
    )
    # configurations once had a section `framework`; recipes and the audio they hear have changed with it
    earlier = sum("framework" in record["training"].get("config", {}) for record in records)
    remark = (
        f"{earlier} of the {len(records)} records are from before rooms rang as long as asked, MoCo left out a "
        "query's own utterance, and trials could be crossed ([crossed trials](crossed-trials.md)): they "
        "are not to be compared with new ones.\n\n"
        if earlier
        else ""
    )
    return (
        "# Does the additive margin make embeddings compact?\n\n"
        + remark
        + f"Small presets trained on `{first['recipe']}` (`sv-bridge prepare {first['recipe']}`; {splits}), judged on "
        "whole utterances of at least 1.5 s. Mean ± standard deviation over seeds. Recipes and margins are chosen on "
        "the development speakers; test speakers are only reported. All numbers come from the records in "
        "`docs/experiments/`, written by `python -m benchmarks.experiments --corpus DIR`.\n\n"
        "Most collections of this corpus hold one person per language and channel, so the channel gives the speaker "
        "away: the mean log-mel spectrum, and its whitened form, are what a model has to beat, above all where "
        "non-targets share source and language. Even then most test speakers were recorded apart, each with a channel "
        f"of their own. The speakers behind {f'dev, {HARDEST}'!r} are two pairs, each recorded for one game in one "
        "language: there the channel tells little, but they are few, and recipes were chosen on them."
    )


def against_baselines(systems: dict[str, list[Record]], title: str, group: list[Record]) -> str:
    """Whether training was worth it, condition by condition."""
    baselines = {name: records for name, records in systems.items() if not records[0]["training"]}
    lines = []
    for condition in (f"dev, {HARDEST}", *CONDITIONS):
        own = mean_rate(group, condition)
        rates = {name: f"{name} ({spread(rates_of(records, condition))})" for name, records in baselines.items()}
        above = [text for name, text in rates.items() if mean_rate(baselines[name], condition) > own]
        below = [text for name, text in rates.items() if mean_rate(baselines[name], condition) < own]
        shown = spread(rates_of(group, condition))
        lines.append(f"- {condition}: {shown}; lower than {listed(above)}; higher than {listed(below)}.")
    blind, channels = systems.get("untrained", []), group[0]["training"]["config"]["data"]["augmentation"] == "channel"
    if blind and mean_rate(blind, "any") <= mean_rate(group, "any"):
        lines.append("\nWith this recipe, training has not made the encoder better than an untrained one.")
    elif blind and mean_rate(blind, HARDEST) < mean_rate(group, HARDEST):
        reason = ", which random channels in training teach to ignore" if channels else ""
        lines.append(
            "\nAn encoder that has learnt nothing does better where test speakers share source and language: the "
            f"likely reason is that it hears their channels{reason}."
        )
    return (
        f"{title} has these EERs in percent (mean ± deviation over seeds; on test speakers where it doesn't say dev):"
        "\n\n" + "\n".join(lines)
    )


def dev_choice(margins: dict[float, list[Record]], candidates: Sequence[float]) -> float:
    """The margin with the lowest error rate on development speakers."""
    return min(candidates, key=lambda margin: mean_of(margins[margin], lambda r: r["dev"]["equal_error_rate"]))


def rates_of(group: Sequence[Record], condition: str) -> list[float]:
    """EER in percent, a seed each, of test speakers or, with ``dev`` before the condition, of development speakers."""
    split, _, within = condition.rpartition("dev, ")
    kinds = {"any": "dev", HARDEST: "dev_hardest"}
    results = [record[kinds[within]] if split or condition != within else record["test"][condition] for record in group]
    return [round(100 * result["equal_error_rate"], 6) for result in results]


def mean_rate(group: Sequence[Record], condition: str) -> float:
    return statistics.fmean(rates_of(group, condition))


def apart_table(systems: dict[str, list[Record]]) -> str:
    """Error rates where the channel can't give the speaker away."""
    first = next(iter(systems.values()))[0]
    left, sets = first["corpus"]["train"], first["apart"]
    rates = {
        name: {source: [100 * record["apart"][source]["equal_error_rate"] for record in group] for source in sets}
        for name, group in systems.items()
    }
    means = {name: {source: statistics.fmean(seeds) for source, seeds in of.items()} for name, of in rates.items()}
    baselines = [name for name, group in systems.items() if not group[0]["training"]]
    verdicts = [
        f"{name} is better than every baseline on "
        + listed([source for source in sets if all(means[name][source] < means[b][source] for b in baselines)])
        for name in systems
        if name not in baselines
    ]
    rows = [[name, str(len(systems[name])), *map(spread, rates[name].values())] for name in systems]
    named = " and ".join(f"`{source}` ({found['speakers']} speakers)" for source, found in sets.items())
    return (
        "## Recording sets that training never heard\n\n"
        f"Trained again without the sets that hold several speakers of one language, {named}; {left['speakers']} "
        f"speakers and {left['minutes']:.0f} minutes are left. EER in percent on these sets, of non-targets that share "
        f"source and language. {'; '.join(verdicts)}. The recipe was chosen with an eye on these sets, too: their "
        "speakers are unseen, but this is no blind test of it.\n\n" + markdown(["system", "seeds", *sets], rows)
    )


def error_table(systems: dict[str, list[Record]]) -> str:
    dev = ("dev, any", f"dev, {HARDEST}")
    header = [
        "system",
        "seeds",
        *(f"EER %, {c}" for c in dev),
        *(f"EER %, {c}" for c in CONDITIONS),
        "minDCF .01",
        "minDCF .05",
        "95 %",
    ]
    rows = []
    for name, group in systems.items():
        cells = [spread(rates_of(group, condition)) for condition in (*dev, *CONDITIONS)]
        cells += [spread([r["test"]["any"][key] for r in group]) for key in ("min_dcf_01", "min_dcf_05")]
        interval = group[0]["test"]["any"]["interval"]
        cells.append(f"{100 * interval['lower']:.1f} – {100 * interval['upper']:.1f}")
        rows.append([name, str(len(group)), *cells])
    resnet = (
        " The ResNet heard all views through random channels, at one speed." if "ResNet" in "".join(systems) else ""
    )
    return (
        "## Error rates on unseen speakers\n\nNon-targets are drawn from any two speakers, from two of one language, "
        "and from two of one source and language. minDCF and the bootstrap interval over speakers (first seed) are "
        f"for any.{resnet}\n\n" + markdown(header, rows)
    )


def crossed_table(systems: dict[str, list[Record]]) -> list[str]:
    """Error rates of the same trials through channels that no two utterances share, where they were measured."""
    crossed = {name: [r["crossed"] for r in group if "crossed" in r] for name, group in systems.items()}
    crossed = {name: group for name, group in crossed.items() if group}
    if not crossed:
        return []
    header = ["system", "seeds", *(f"EER %, {split}, {c}" for split in ("dev", "test") for c in CONDITIONS)]
    rows = [
        [name, str(len(group))]
        + [
            spread([100 * r[split][condition]["equal_error_rate"] for r in group])
            for split in ("dev", "test")
            for condition in CONDITIONS
        ]
        for name, group in crossed.items()
    ]
    return [
        "## The same trials with crossed channels\n\nEvery utterance through a channel of its own (see "
        "[crossed trials](crossed-trials.md)): what is told apart here is not the recording.\n\n"
        + markdown(header, rows)
    ]


def compactness_table(systems: dict[str, list[Record]]) -> str:
    names = [name for name in SHOWN if all(name in compactness_of(r) for group in systems.values() for r in group)]
    rows = [
        [name.replace("_", " "), better(name)]
        + [spread([compactness_of(r)[name] for r in group]) for group in systems.values()]
        for name in names
    ]
    return "## Compactness of the test speakers, cosine distance\n\n" + markdown(["", "better", *systems], rows)


def findings(framework: str, groups: dict[float, list[Record]]) -> str:
    """What the margin did, said from the numbers."""
    chosen = dev_choice(groups, [margin for margin in groups if margin])
    plain, margin = groups[0], groups[chosen]
    rows, verdicts, trends, known = [], defaultdict(list), defaultdict(list), {}
    common = set.intersection(*(set(compactness_of(r)) for group in groups.values() for r in group))
    for name in [name for name in compactness_of(plain[0]) if name in common and better(name)]:
        before = [compactness_of(r)[name] for r in plain]
        after = [compactness_of(r)[name] for r in margin]
        verdict = judge(before, after, better(name))
        verdicts[verdict].append(name.replace("_", " "))
        known[name] = verdict
        margins = [m for m, group in groups.items() for _ in group]
        values = [compactness_of(r)[name] for group in groups.values() for r in group]
        trend = spearmanr(margins, values) if len(set(values)) > 1 and all(map(math.isfinite, values)) else None
        shown = "—" if trend is None else f"{trend.statistic:+.2f}"
        if trend is not None and trend.pvalue < LEVEL:
            rising = "better" if (trend.statistic > 0) == (better(name) == "higher") else "worse"
            trends[rising].append(name.replace("_", " "))
        rows.append([name.replace("_", " "), better(name), spread(before), spread(after), verdict, shown])
    rates = {m: rates_of(groups[m], "any") for m in (0, chosen)}
    effect = judge(rates[0], rates[chosen], "lower")
    effect = {"better": "lowered it", "worse": "raised it", "unclear": "made no clear difference"}[effect]
    by_kind = [
        f"- {kind}: " + listed([f"{name.replace('_', ' ')} {known[name]}" for name in names if name in known])
        for kind, names in KINDS.items()
    ]
    total = len(rows)
    seeds = min(len(plain), len(margin))
    caution = "" if seeds > 1 else " With a single seed nothing is clear: the spread between seeds is unknown."
    sentences = [
        f"Of the margins above 0 the development speakers choose {chosen:g}. Test EER is {spread(rates[0])} % "
        f"without margin and {spread(rates[chosen])} % with it: the margin {effect}.",
        f"It made the embeddings **more compact by {len(verdicts['better'])} of {total} measures** "
        f"({listed(verdicts['better'])}), **less compact by {len(verdicts['worse'])}** "
        f"({listed(verdicts['worse'])}), and made no clear difference by {len(verdicts['unclear'])}.{caution}",
        "The best known of them, by what they tell:\n\n" + "\n".join(by_kind),
        f"A difference is called clear when Welch's t-test over seeds rejects equality at {LEVEL:.0%}; of {total} "
        f"measures, many of them close relatives, {LEVEL * total:.0f} would do so by chance. The last column is "
        "Spearman's correlation of the measure with the margin over all runs.",
        f"Over all {sum(map(len, groups.values()))} runs, growing margins go with more compactness (p < {LEVEL:g}) by "
        f"{listed(trends['better'])}; with less by {listed(trends['worse'])}.",
    ]
    header = ["measure", "better", "margin 0", f"margin {chosen:g}", "with margin", "trend"]
    return (
        f"## {TITLES[framework]}: what the margin did\n\n"
        + "\n\n".join(sentences)
        + "\n\n<details><summary>every measure"
        f"</summary>\n\n{markdown(header, rows)}\n\n</details>"
    )


def judge(before: Sequence[float], after: Sequence[float], direction: str) -> str:
    """Say whether the mean of `after` is clearly better or worse than that of `before`."""
    if min(len(before), len(after)) < 2 or not all(map(math.isfinite, (*before, *after))):
        return "unclear"
    step = statistics.fmean(after) - statistics.fmean(before)
    if len({*before}) == len({*after}) == 1:  # no spread: no test is needed to tell them apart
        clear = step != 0
    else:
        clear = ttest_ind(before, after, equal_var=False).pvalue < LEVEL  # Welch's
    if not clear:
        return "unclear"
    return "better" if (step > 0) == (direction == "higher") else "worse"


def sources_table(systems: dict[str, list[Record]]) -> str:
    conditions = [r["condition"] for r in next(iter(systems.values()))[0]["test_breakdown"]]
    rows = []
    for name, group in systems.items():
        by_condition = [{r["condition"]: r["equal_error_rate"] for r in record["test_breakdown"]} for record in group]
        rows.append([name, *(spread([100 * rates[c] for rates in by_condition]) for c in conditions)])
    return (
        "## EER % by source and language\n\nSubsets of the trials with any non-targets; small ones rest on few "
        "speakers.\n\n" + markdown(["system", *conditions], rows)
    )


def costs_table(systems: dict[str, list[Record]]) -> str:
    rows = []
    for name, group in systems.items():
        training = [record["training"] for record in group]
        last = [run["epochs"][-1] for run in training]
        config = training[0]["config"]["training"]
        rows.append(
            [name, str(config["epochs"]), f"{last[0]['step']:,}", str(config["batch_size"])]
            + [f"{training[0]['epochs'][0]['loss']:.3g}", spread([epoch["loss"] for epoch in last])]
            + [spread([run[f"{clock}_seconds"] / 60 for run in training]) for clock in ("processor", "wall")]
        )
    header = ["system", "epochs", "steps", "utterances a step", "loss, first epoch", "loss, last epoch"]
    return (
        "## What training took\n\nProcessor minutes are those of one core; wall minutes include pauses, as other work "
        "ran on the machine. Losses of different margins or batch sizes don't compare.\n\n"
        + markdown([*header, "processor minutes", "wall minutes"], rows)
    )


def image(path: Path, description: str) -> str:
    return f"![{description}](experiments/{path.name})"


def spread(values: Sequence[float]) -> str:
    return str(Spread.of(values))


def listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
