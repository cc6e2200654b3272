"""Records of experiments → docs/experiments.md with its tables, plots and sentences."""

import json
import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from sv_bridge.atomic import atomic_path
from sv_bridge.compactness import better
from sv_bridge.comparison import Spread

CONDITIONS = ("any", "same language", "same source and language")
SHOWN = (
    "within", "between", "d_prime", "own_centre", "nearest_other_centre", "fisher_ratio", "alignment", "uniformity",
    "effective_rank", "silhouette", "davies_bouldin", "relative_margin_centroid", "additive_margin_centroid",
    "weakest_link", "dunn",
)  # fmt: skip
PLOTTED = ("within", "between", "d_prime", "silhouette", "relative_margin_centroid", "additive_margin_centroid")
EDGES = np.linspace(-1, 1, 81)
"""Of the histograms of cosines."""
CLEAR = 2.0
"""Standard errors of the difference of two means that make it clear."""

Record = dict[str, Any]


def write_report(records_folder: Path, page: Path) -> None:
    """Write the page, and its plots beside the records."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(records_folder.glob("*.json"))]
    if not records:
        raise SystemExit(f"no records in {records_folder}: run with --corpus DIR first")
    systems: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=order):
        systems[record["system"]].append(record)
    studies = {name: study(records, name) for name in ("simclr", "moco")}
    parts = [introduction(records), error_table(systems), compactness_table(systems)]
    for framework, groups in studies.items():
        if len(groups) > 1 and 0 in groups:
            parts.append(findings(framework, groups))
            plot(groups, records_folder / f"{framework}-margins.png")
            parts.append(
                f"![{framework}: error rate and compactness against margin](experiments/{framework}-margins.png)"
            )
    parts.append(sources_table(systems))
    with atomic_path(page) as temporary:
        temporary.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


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


def compactness_of(record: Record) -> dict[str, float]:
    """Every number on compactness, by name."""
    report = record["compactness"]
    everything = {**report["cosines"], "uniformity": report["uniformity"], **report["values"]}
    return {name: float(value) for name, value in everything.items()}


def introduction(records: Sequence[Record]) -> str:
    first = records[0]
    splits = "; ".join(
        f"{split}: {c['speakers']} speakers, {c['utterances']:,} utterances, {c['minutes']:.0f} minutes"
        for split, c in first["corpus"].items()
    )
    seeds = max(len({r["name"] for r in records if r["system"] == s}) for s in {r["system"] for r in records})
    return (
        "# Does the additive margin make embeddings compact?\n\n"
        f"Small presets trained on `{first['recipe']}` (`sv-bridge prepare {first['recipe']}`; {splits}), judged on "
        f"whole utterances of at least 1.5 s. Up to {seeds} seeds a system: mean ± standard deviation. Margins are "
        "chosen on the development speakers; test speakers are only reported. All numbers come from the records in "
        "[experiments/](experiments/), written by `python -m benchmarks.experiments --corpus DIR`.\n\n"
        "Most collections of this corpus hold one person per language and channel, so the channel gives the speaker "
        "away: the mean log-mel spectrum, and its whitened form, are what a model has to beat, above all where "
        "non-targets share source and language."
    )


def error_table(systems: dict[str, list[Record]]) -> str:
    header = ["system", "seeds", "dev EER %", *(f"EER %, {c}" for c in CONDITIONS), "minDCF .01", "minDCF .05", "95 %"]
    rows = []
    for name, group in systems.items():
        cells = [spread([100 * r["dev"]["equal_error_rate"] for r in group])]
        cells += [spread([100 * r["test"][c]["equal_error_rate"] for r in group]) for c in CONDITIONS]
        cells += [spread([r["test"]["any"][key] for r in group]) for key in ("min_dcf_01", "min_dcf_05")]
        interval = group[0]["test"]["any"]["interval"]
        cells.append(f"{100 * interval['lower']:.1f} – {100 * interval['upper']:.1f}")
        rows.append([name, str(len(group)), *cells])
    return (
        "## Error rates on unseen speakers\n\nNon-targets are drawn from any two speakers, from two of one language, "
        "and from two of one source and language. minDCF and the bootstrap interval over speakers (first seed) are "
        "for any.\n\n" + markdown(header, rows)
    )


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
    chosen = min((m for m in groups if m), key=lambda m: mean_of(groups[m], lambda r: r["dev"]["equal_error_rate"]))
    plain, margin = groups[0], groups[chosen]
    rows, verdicts = [], defaultdict(list)
    common = set.intersection(*(set(compactness_of(r)) for group in groups.values() for r in group))
    for name in [name for name in compactness_of(plain[0]) if name in common and better(name)]:
        before = [compactness_of(r)[name] for r in plain]
        after = [compactness_of(r)[name] for r in margin]
        verdict = judge(before, after, better(name))
        verdicts[verdict].append(name.replace("_", " "))
        margins = [m for m, group in groups.items() for _ in group]
        values = [compactness_of(r)[name] for group in groups.values() for r in group]
        trend = f"{spearmanr(margins, values).statistic:+.2f}" if len(set(values)) > 1 else "—"
        rows.append([name.replace("_", " "), better(name), spread(before), spread(after), verdict, trend])
    rates = {m: [100 * r["test"]["any"]["equal_error_rate"] for r in groups[m]] for m in (0, chosen)}
    effect = judge(rates[0], rates[chosen], "lower")
    effect = {"better": "lowered it", "worse": "raised it", "unclear": "made no clear difference"}[effect]
    total = len(rows)
    seeds = min(len(plain), len(margin))
    title = {"simclr": "SimCLR with SNT-Xent", "moco": "MoCo"}[framework]
    caution = "" if seeds > 1 else " With a single seed nothing is clear: the spread between seeds is unknown."
    sentences = [
        f"The development speakers choose margin {chosen:g}. Test EER is {spread(rates[0])} % without margin and "
        f"{spread(rates[chosen])} % with it: the margin {effect}.",
        f"It made the embeddings **more compact by {len(verdicts['better'])} of {total} measures** "
        f"({listed(verdicts['better'])}), **less compact by {len(verdicts['worse'])}** "
        f"({listed(verdicts['worse'])}), and made no clear difference by {len(verdicts['unclear'])}.{caution}",
        f"A difference is called clear when it exceeds {CLEAR:g} standard errors over seeds; with {total} measures, "
        "many of them close relatives, a few cross that line by chance. The last column is Spearman's correlation of "
        "the measure with the margin over all runs.",
    ]
    header = ["measure", "better", "margin 0", f"margin {chosen:g}", "with margin", "trend"]
    return (
        f"## {title}: what the margin did\n\n" + "\n\n".join(sentences) + "\n\n<details><summary>every measure"
        f"</summary>\n\n{markdown(header, rows)}\n\n</details>"
    )


def judge(before: Sequence[float], after: Sequence[float], direction: str) -> str:
    """Say whether the mean of `after` is clearly better or worse than that of `before`."""
    if min(len(before), len(after)) < 2 or not all(map(math.isfinite, (*before, *after))):
        return "unclear"
    step = statistics.fmean(after) - statistics.fmean(before)
    error = math.sqrt(statistics.variance(before) / len(before) + statistics.variance(after) / len(after))
    if abs(step) <= CLEAR * error:
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


def plot(groups: dict[float, list[Record]], path: Path) -> None:
    """Error rates and compactness against the margin, a dot a seed."""
    figure = Figure(figsize=(11, 6.2), layout="constrained")
    axes = figure.subplots(2, 4).ravel()
    for number, condition in enumerate(CONDITIONS):
        draw(axes[0], groups, lambda r, c=condition: 100 * r["test"][c]["equal_error_rate"], f"C{number}", condition)
    axes[0].set_title("test EER %", fontsize="medium")
    draw(axes[1], groups, lambda r: 100 * r["dev"]["equal_error_rate"], "C3", "")
    axes[1].set_title("dev EER %", fontsize="medium")
    for ax, name in zip(axes[2:], PLOTTED, strict=True):
        draw(ax, groups, lambda r, n=name: compactness_of(r)[n], "#1f6f8b", "")
        ax.set_title(f"{name.replace('_', ' ')} ({better(name)} is better)", fontsize="medium")
    for ax in axes:
        ax.set_xlabel("margin", fontsize="small")
        ax.grid(alpha=0.25)
    axes[0].legend(fontsize="x-small", frameon=False)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110)


def draw(ax: Any, groups: dict[float, list[Record]], value: Any, color: str, label: str) -> None:
    points = [(margin, value(record)) for margin, group in groups.items() for record in group]
    ax.plot(*zip(*points, strict=True), "o", color=color, alpha=0.5, markersize=4)
    ax.plot(list(groups), [mean_of(group, value) for group in groups.values()], "-", color=color, label=label or None)


def mean_of(group: Sequence[Record], value: Any) -> float:
    return statistics.fmean(value(record) for record in group)


def spread(values: Sequence[float]) -> str:
    return str(Spread.of(values))


def listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
