"""Time and memory against the number of points, a panel a measure."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.measures.cases import CQM, MEASURES, ONE_PASS
from benchmarks.measures.results import Outcome, Results
from cqm.atomic import atomic_path

__all__ = ["draw"]

PANELS = (
    "silhouette", "silhouette_cosine", "silhouette_sqeuclidean", "dunn", "weakest_link", "dbcv", "davies_bouldin",
    "calinski_harabasz",
)  # fmt: skip
FEATURES, CLUSTERS = 32, 10
STYLES = {
    CQM: {"color": "black", "linewidth": 2.2, "marker": "o"},
    "scikit-learn": {"color": "#d55e00", "marker": "s"},
    "genieclust": {"color": "#0072b2", "marker": "^"},
    "permetrics": {"color": "#009e73", "marker": "v"},
    "hdbscan": {"color": "#cc79a7", "marker": "D"},
    "scipy, put together": {"color": "#e69f00", "marker": "P"},
    ONE_PASS: {"color": "grey", "linestyle": "--", "marker": ""},
}
UNITS_OF_TIME = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def draw(results: Results, folder: Path) -> dict[str, Path]:
    """Write the figures; what each one shows → its file. Measures with a single number of points are left out."""
    found = {name: [o for o in results.of(name) if (o.case.d, o.case.k) == (FEATURES, CLUSTERS)] for name in PANELS}
    panels = {name: outcomes for name, outcomes in found.items() if len(outcomes) > 1}
    if not panels:
        return {}
    return {
        "Time": figure(panels, folder / "time.png", "time", seconds_label, Outcome.seconds),
        "Memory": figure(panels, folder / "memory.png", "memory of the call", megabytes_label, Outcome.megabytes),
    }


def figure(
    panels: dict[str, list[Outcome]],
    path: Path,
    quantity: str,
    label: Callable[[float, float], str],
    value: Callable[[Outcome, str], float | None],
) -> Path:
    columns = min(4, len(panels))
    rows = -(-len(panels) // columns)
    drawing = Figure(figsize=(1 + 3 * columns, 0.6 + 3 * rows), layout="constrained")
    axes = drawing.subplots(rows, columns, sharex=True, squeeze=False)
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    for ax, (measure, outcomes) in zip(axes.flat, panels.items(), strict=False):
        panel(ax, outcomes, value)
        ax.set_title(MEASURES[measure].title)
        ax.yaxis.set_major_formatter(FuncFormatter(label))
        ax.yaxis.set_minor_formatter(NullFormatter())
    for ax in axes[:, 0]:
        ax.set_ylabel(quantity)
    for ax in axes[-1]:
        ax.set_xlabel("points")
    handles = {text: line for ax in axes.flat for line, text in zip(*ax.get_legend_handles_labels(), strict=True)}
    drawing.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=3, frameon=False)
    with atomic_path(path) as temporary:
        drawing.savefig(temporary, dpi=110)
    return path


def panel(ax: Axes, outcomes: list[Outcome], value: Callable[[Outcome, str], float | None]) -> None:
    for program, style in STYLES.items():
        found = [(outcome.case.n, value(outcome, program)) for outcome in outcomes]
        known = [(n, v) for n, v in found if v is not None]
        if known:
            n, values = np.transpose(known)
            ax.plot(n, values, label=program, markersize=5, **style)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n / 1000:g}k"))
    ax.grid(alpha=0.3)


def seconds_label(seconds: float, _: float) -> str:
    size, unit = next(((s, u) for s, u in UNITS_OF_TIME if seconds >= 0.999 * s), UNITS_OF_TIME[-1])
    return f"{seconds / size:g} {unit}"


def megabytes_label(megabytes: float, _: float) -> str:
    return f"{megabytes / 1000:g} GB" if megabytes >= 999 else f"{megabytes:g} MB"
