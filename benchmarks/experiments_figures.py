"""Figures of docs/experiments.md: what the margin does, how cosines are distributed, how losses fall."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from cqm.atomic import atomic_path
from sv_bridge.compactness.reading import better
from sv_bridge.reports.plots import BETWEEN, WITHIN

__all__ = [
    "CONDITIONS",
    "EDGES",
    "HARDEST",
    "Record",
    "compactness_of",
    "draw_histograms",
    "draw_learning",
    "draw_margins",
    "mean_of",
]

CONDITIONS = ("any", "same language", "same source and language")
HARDEST = CONDITIONS[-1]
EDGES = np.linspace(-1, 1, 81)
"""Of the histograms of cosines."""
PLOTTED = ("within", "between", "d_prime", "silhouette", "relative_margin_centroid", "additive_margin_centroid")

Record = dict[str, Any]
Value = Callable[[Record], float]


def compactness_of(record: Record) -> dict[str, float]:
    """Every number on compactness, by name."""
    report = record["compactness"]
    everything = {**report["cosines"], "uniformity": report["uniformity"], **report["values"]}
    return {name: float(value) for name, value in everything.items()}


def mean_of(group: Sequence[Record], value: Value) -> float:
    """Mean over seeds."""
    return statistics.fmean(value(record) for record in group)


def draw_margins(groups: Mapping[float, Sequence[Record]], path: Path) -> None:
    """Error rates and compactness against the margin, a dot a seed."""
    figure = Figure(figsize=(11, 6.2), layout="constrained")
    axes = figure.subplots(2, 4).ravel()
    for number, condition in enumerate(CONDITIONS):
        _dots(axes[0], groups, lambda r, c=condition: 100 * r["test"][c]["equal_error_rate"], f"C{number}", condition)
    axes[0].set_title("test EER %", fontsize="medium")
    axes[0].set_ylim(top=axes[0].get_ylim()[1] + 0.3 * np.ptp(axes[0].get_ylim()))  # room for the legend
    axes[0].legend(fontsize="x-small", frameon=False, loc="upper left")
    _dots(axes[1], groups, lambda r: 100 * r["dev"]["equal_error_rate"], "C3")
    axes[1].set_title("dev EER %", fontsize="medium")
    for ax, name in zip(axes[2:], PLOTTED, strict=True):
        _dots(ax, groups, lambda r, n=name: compactness_of(r)[n], WITHIN)
        ax.set_title(f"{name.replace('_', ' ')}\n({better(name)} is better)", fontsize="medium")
    for ax in axes:
        ax.set_xlabel("margin", fontsize="small")
        ax.grid(alpha=0.25)
    _save(figure, path)


def draw_histograms(systems: Mapping[str, Sequence[Record]], path: Path) -> None:
    """Densities of the cosines of utterances of one speaker and of two, all seeds together, a panel a system."""
    figure = Figure(figsize=(11, 0.4 + 2.3 * -(-len(systems) // 3)), layout="constrained")
    axes = figure.subplots(-(-len(systems) // 3), 3, sharex=True, squeeze=False).ravel()
    for ax, (name, group) in zip(axes, systems.items(), strict=False):
        for kind, color, label in (("within", WITHIN, "one speaker"), ("between", BETWEEN, "two speakers")):
            counts = np.sum([record["histogram"][kind] for record in group], axis=0)
            density = counts / counts.sum() / np.diff(EDGES)
            ax.stairs(density, EDGES, fill=True, alpha=0.35, color=color, label=label)
            ax.stairs(density, EDGES, color=color, linewidth=1.2)
        ax.set_title(name, fontsize="medium")
        ax.set(xlim=(-0.75, 1), yticks=[])
    for ax in axes[len(systems) :]:
        ax.remove()
    axes[0].legend(loc="upper left", fontsize="small", frameon=False)
    figure.supxlabel("cosine of two utterances of test speakers", fontsize="medium")
    _save(figure, path)


def draw_learning(systems: Mapping[str, Sequence[Record]], path: Path) -> None:
    """Training loss and error rate of development speakers after every epoch, a line a run."""
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    axes = figure.subplots(1, 2)
    for number, (name, group) in enumerate(systems.items()):
        for record in group:
            epochs = [epoch["epoch"] for epoch in record["training"]["epochs"]]
            style = {"color": f"C{number}", "marker": "o", "markersize": 3, "linewidth": 1.2}
            style["label"] = name if record is group[0] else None
            for ax, key, factor in ((axes[0], "loss", 1), (axes[1], "dev_eer", 100)):
                ax.plot(epochs, [factor * epoch[key] for epoch in record["training"]["epochs"]], **style)
    axes[0].set(title="training loss, mean of the epoch", xlabel="epoch")
    axes[1].set(title="dev EER %, one crop of 4 s", xlabel="epoch")
    for ax in axes:
        ax.grid(alpha=0.25)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center", fontsize="small", frameon=False)
    _save(figure, path)


def _dots(ax: Any, groups: Mapping[float, Sequence[Record]], value: Value, color: str, label: str = "") -> None:
    points = [(margin, value(record)) for margin, group in groups.items() for record in group]
    ax.plot(*zip(*points, strict=True), "o", color=color, alpha=0.5, markersize=4)
    ax.plot(list(groups), [mean_of(group, value) for group in groups.values()], "-", color=color, label=label or None)


def _save(figure: Figure, path: Path) -> None:
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110)
