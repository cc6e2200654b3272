"""Figures of docs/experiments.md: what the margin does, how cosines are distributed, how losses fall."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from benchmarks.experiments_statistics import Record, rates_of, values_of
from benchmarks.two_collections import CONDITIONS, KINDS, REST, SOURCE, SPLITS
from cqm.atomic import atomic_path
from sv_bridge.compactness.reading import better
from sv_bridge.reports.plots import BETWEEN, WITHIN

__all__ = ["EDGES", "draw_histograms", "draw_learning", "draw_margins"]

EDGES = np.linspace(-1, 1, 81)
"""Of the histograms of cosines."""
PLOTTED = ("within", "between", "d_prime", "silhouette", "additive_margin_centroid")
COLOURS = {"recorded": "C1", "crossed": "C0"}
STYLES = {"any": "-", "hard": "--"}


def draw_margins(groups: Mapping[float, Sequence[Record]], path: Path) -> None:
    """Error rates and compactness against the margin, a row a collection, a dot a seed."""
    figure = Figure(figsize=(15, 5.6), layout="constrained")
    axes = figure.subplots(2, len(SPLITS) + len(PLOTTED))
    for row, collection in zip(axes, (SOURCE, REST), strict=True):
        for condition, colour in COLOURS.items():
            for ax, split in zip(row, SPLITS, strict=False):
                for kind in KINDS:
                    rates = {m: rates_of(group, split, (collection, condition, kind)) for m, group in groups.items()}
                    _dots(ax, rates, colour, STYLES[kind], f"{condition}, {kind}")
                ax.set_title(f"{split} EER %", fontsize="medium")
            for ax, name in zip(row[len(SPLITS) :], PLOTTED, strict=True):
                values = {m: values_of(group, collection, condition, name) for m, group in groups.items()}
                _dots(ax, values, colour, "-", condition)
                ax.set_title(f"{name.replace('_', ' ')}\n({better(name)} is better)", fontsize="medium")
        row[0].set_ylabel(collection)
    for ax in axes.ravel():
        ax.grid(alpha=0.25)
    figure.supxlabel("margin", fontsize="medium")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=4, fontsize="small", frameon=False)
    _save(figure, path)


def draw_histograms(systems: Mapping[str, Sequence[Record]], path: Path) -> None:
    """Densities of the cosines of utterances of one speaker and of two, all seeds together: a row a system."""
    columns = [(collection, condition) for collection in (SOURCE, REST) for condition in CONDITIONS]
    figure = Figure(figsize=(12, 0.8 + 1.35 * len(systems)), layout="constrained")
    axes = figure.subplots(len(systems), len(columns), sharex=True, squeeze=False)
    for row, (name, group) in zip(axes, systems.items(), strict=True):
        for ax, (collection, condition) in zip(row, columns, strict=True):
            for kind, color, label in (("within", WITHIN, "one speaker"), ("between", BETWEEN, "two speakers")):
                kept = [record["collections"][collection][condition]["histogram"][kind] for record in group]
                counts = np.sum(kept, axis=0)
                density = counts / counts.sum() / np.diff(EDGES)
                ax.stairs(density, EDGES, fill=True, alpha=0.35, color=color, label=label)
                ax.stairs(density, EDGES, color=color, linewidth=1.2)
            ax.set(xlim=(-1, 1), yticks=[])
        row[0].set_ylabel(name.replace(", ", "\n"), fontsize="small")
    for ax, (collection, condition) in zip(axes[0], columns, strict=True):
        ax.set_title(f"{collection}, {condition}", fontsize="medium")
    axes[0, 0].legend(loc="upper left", fontsize="x-small", frameon=False)
    figure.supxlabel("cosine of two utterances of test speakers", fontsize="medium")
    _save(figure, path)


def draw_learning(systems: Mapping[str, Sequence[Record]], path: Path) -> None:
    """Training loss and effective rank after every epoch, a line a run."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    axes = figure.subplots(1, 2)
    for number, (name, group) in enumerate(systems.items()):
        for record in group:
            epochs = record["training"]["epochs"]
            style = {"color": f"C{number % 10}", "linestyle": "-" if number < 10 else "--", "linewidth": 1.2}
            style |= {"marker": "o", "markersize": 3, "label": name if record is group[0] else None}
            for ax, key in zip(axes, ("loss", "effective_rank"), strict=True):
                ax.plot([epoch["step"] for epoch in epochs], [epoch[key] for epoch in epochs], **style)
    axes[0].set(title="training loss, mean of the epoch", xlabel="step")
    axes[1].set(title="effective rank of a batch", xlabel="step")
    for ax in axes:
        ax.grid(alpha=0.25)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center", fontsize="small", frameon=False)
    _save(figure, path)


def _dots(ax: Any, values: Mapping[float, Sequence[float]], color: str, style: str, label: str) -> None:
    points = [(margin, value) for margin, of_seeds in values.items() for value in of_seeds]
    ax.plot(*zip(*points, strict=True), "o", color=color, alpha=0.4, markersize=3)
    ax.plot(list(values), [statistics.fmean(seeds) for seeds in values.values()], style, color=color, label=label)


def _save(figure: Figure, path: Path) -> None:
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110)
