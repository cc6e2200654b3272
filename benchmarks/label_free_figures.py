"""Pictures of docs/label-free.md: numbers against error rates, and what all numbers are worth."""

import statistics
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.label_free_statistics import (
    Criterion,
    Judged,
    Key,
    Records,
    correlation,
    errors,
    measures_in,
    number_shares,
    shared,
    values,
    words,
)
from cqm.atomic import atomic_path

__all__ = ["draw_correlations", "draw_numbers", "draw_scatter"]


def draw_scatter(records: Records, path: Path) -> None:
    """Four numbers against the error rate of development speakers, crossed, a dot a checkpoint."""
    shown = ("view_error_rate", "ahc:silhouette", "lidar", "rank_me")
    figure = Figure(figsize=(11, 2.9 * len(records)), layout="constrained")
    axes = figure.subplots(len(records), len(shown), squeeze=False)
    for line, (name, record) in zip(axes, records.items(), strict=True):
        rates = errors(record, "crossed", "dev")
        runs = [each["run"] for each in record["checkpoints"]]
        for ax, number in zip(line, shown, strict=True):
            at = record["names"].index(number)
            xs = np.array([float(each["values"]["train"]["crossed"][at]) for each in record["checkpoints"]])
            for position, run in enumerate(dict.fromkeys(runs)):
                mine = np.array([each == run for each in runs])
                marker = "o" if run.startswith("simclr") else "s"
                ax.plot(xs[mine], rates[mine], marker, ms=4, color=f"C{position % 10}", label=run)
            ax.locator_params(axis="x", nbins=4)
            chosen = Criterion(number, "train", "crossed")
            ax.set_title(f"{words(number)}: {correlation(values(record, chosen), rates):.2f}", fontsize="medium")
            ax.spines[["top", "right"]].set_visible(False)
        line[0].set_ylabel(f"{name}\ndev EER %, crossed")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize="x-small", frameon=False)
    save(figure, path)


def draw_correlations(records: Records, judged: Mapping[Key, Judged], path: Path) -> None:
    """Rank correlation of every number, of heard and crossed utterances, on both collections."""
    rows = [criterion for criterion in shared(records) if (criterion.pool, criterion.condition) == ("train", "crossed")]
    rows = [criterion for criterion in rows if not criterion.name.startswith("kmeans:")]
    rows.sort(key=lambda each: statistics.fmean(judged[name, each, "crossed"].correlation for name in records))
    figure = Figure(figsize=(7, 0.17 * len(rows) + 1), layout="constrained")
    ax = figure.subplots()
    for number, name in enumerate(records):
        found = [judged[name, criterion, "crossed"].correlation for criterion in rows]
        ax.plot(found, range(len(rows)), "o", ms=4, color=f"C{number}", label=name)
    ax.axvline(0, color="0.7", lw=0.8)
    ax.set_yticks(range(len(rows)), [words(criterion.name.removeprefix("ahc:")) for criterion in rows], fontsize=6.5)
    ax.set_xlabel("rank correlation with the dev EER, crossed")
    ax.legend(frameon=False, fontsize="small", loc="lower right")
    ax.margins(y=0.01)
    ax.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def draw_numbers(records: Records, path: Path) -> None:
    """Share of the best AMI at the number of speakers that each measure chooses, a dot a run."""
    shares = {measure: number_shares(records, measure) for measure in measures_in(records)}
    known = [measure for measure, found in shares.items() if all(found.values())]
    known.sort(key=lambda measure: statistics.fmean(np.mean(list(shares[measure].values()), axis=1)))
    figure = Figure(figsize=(7, 0.17 * len(known) + 1), layout="constrained")
    ax = figure.subplots()
    for number, name in enumerate(records):
        for height, measure in enumerate(known):
            found = shares[measure][name]
            label = name if height == 0 else None
            ax.plot(found, [height + 0.2 * number] * len(found), "o", ms=3, color=f"C{number}", alpha=0.6, label=label)
    ax.set_yticks(range(len(known)), map(words, known), fontsize=6.5)
    ax.set_xlabel("AMI at the chosen number of speakers ÷ best AMI")
    ax.legend(frameon=False, fontsize="small", loc="lower center")
    ax.margins(y=0.01)
    ax.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a picture, whole."""
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110, format="png")
