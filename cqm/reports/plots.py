"""Pictures of clustering quality; every function draws on `ax` (a new one by default) and returns it."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from cqm.arrays.labels import encode
from cqm.arrays.metrics import Metric, distance_of
from cqm.declarations import catalog
from cqm.measures.margins import sample_relative_margin
from cqm.measures.silhouette import sample_silhouette
from cqm.optional import require
from cqm.reports.profile import profile_clusters

if TYPE_CHECKING:
    from cqm.reports.comparison import Comparison
    from cqm.reports.selection import Selection

__all__ = ["cluster_compactness", "margin_distribution", "measure_similarity", "selection", "silhouette"]

WITHIN, ACROSS, LINE = "#1f6f8b", "#d1495b", "#444444"


def silhouette(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, ax: Any = None
) -> Any:
    """Silhouette of every point, sorted within its cluster, and their mean as a line (Rousseeuw 1987)."""
    scores = np.asarray(sample_silhouette(X, labels, metric=metric, noise_label=noise_label))
    codes, classes = encode(labels)
    ax = _axes(ax, height=float(np.clip(0.2 * len(classes), 4.8, 10)))
    present = ~np.isnan(scores)
    gap = max(1, present.sum() // 100)
    bottom = 0
    middles = []
    shown = [i for i in range(len(classes)) if classes[i] != noise_label]
    for row, i in enumerate(shown):
        values = np.sort(scores[present & (codes == i)])
        positions = np.arange(bottom, bottom + len(values))
        ax.fill_betweenx(positions, 0, values, color=f"C{row % 10}", step="mid", linewidth=0.6)
        middles.append(bottom + len(values) / 2)
        bottom += len(values) + gap
    mean = scores[present].mean()
    ax.axvline(mean, color=LINE, linestyle="--", linewidth=1)
    ax.set_title(f"silhouette, mean {mean:.3f}")
    ax.set_xlabel("silhouette of each point (higher is better)")
    _cluster_ticks(ax, middles, [classes[i] for i in shown])
    ax.invert_yaxis()
    return ax


def cluster_compactness(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    noise_label: Hashable | None = None,
    ax: Any = None,
) -> Any:
    """Mean distance inside each cluster beside the distance to its nearest neighbour cluster, loosest cluster first."""
    profiles = profile_clusters(X, labels, metric=metric, noise_label=noise_label)
    ax = _axes(ax, height=min(2.4 + 0.3 * len(profiles.labels), 10))
    order = np.argsort(-np.nan_to_num(profiles.mean_distances), kind="stable")
    rows = np.arange(len(order))
    ax.hlines(rows, profiles.mean_distances[order], profiles.separations[order], color="#bbbbbb", linewidth=2)
    ax.plot(profiles.mean_distances[order], rows, "o", color=WITHIN, label="mean distance within the cluster")
    ax.plot(profiles.separations[order], rows, "D", color=ACROSS, label="distance to the nearest other cluster")
    _cluster_ticks(ax, rows, [profiles.labels[i] for i in order])
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(f"{distance_of(metric)} distance")
    ax.set_title("compactness and separation of each cluster", pad=24)
    ax.margins(y=0.2 if len(order) < 8 else 0.05)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8, frameon=False)  # over no point
    return ax


def margin_distribution(
    X: Any,
    labels: Any,
    *,
    metric: Metric = "euclidean",
    representatives: str | ArrayLike = "medoid",
    noise_label: Hashable | None = None,
    ax: Any = None,
) -> Any:
    """Histogram of each point's quotient of distances to its own and to the nearest other centre.

    Left of 1 lie the points that are nearest their own centre. Quotients above 2 are counted in the last bar.
    """
    ax = _axes(ax)
    quotients = sample_relative_margin(
        X, labels, metric=metric, representatives=representatives, noise_label=noise_label
    )
    quotients = quotients[~np.isnan(quotients)]
    bins = np.linspace(0, 2, 41)
    _, _, bars = ax.hist(np.minimum(quotients, 2), bins=bins)
    for left, bar in zip(bins, bars, strict=False):
        bar.set_facecolor(WITHIN if left < 1 - 1e-9 else ACROSS)
    ax.axvline(1, color=LINE, linestyle="--", linewidth=1)
    ax.set_xlim(0, 2)
    ax.set_xticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "≥ 2"])
    ax.set_xlabel("distance to own centre / distance to nearest other centre")
    ax.set_ylabel("points")
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.set_title(f"relative margin {quotients.mean():.3f}; {np.mean(quotients >= 1):.1%} nearer another centre")
    return ax


def selection(selection: "Selection", *, axes: Any = None) -> Any:
    """Every measure over the candidates, one panel each, with what it chooses marked; returns the array of axes.

    The best candidate is a line through all panels. Candidates that a measure has no value for leave a gap; hollow ones
    keep too few points for it to choose them.
    """
    measures = [choice for choice in selection.choices if not np.isnan(choice.values).all()]
    positions, names, label = _positions(selection)
    if axes is None:
        columns = min(3, len(measures))
        rows = -(-len(measures) // columns)
        pyplot = require("matplotlib.pyplot", "plotting", '"axiomatic-cqm[plots]"')
        figure, axes = pyplot.subplots(
            rows, columns, figsize=(1 + 3.6 * columns, 0.6 + 2.6 * rows), layout="constrained", squeeze=False
        )
        figure.suptitle(
            f"{selection.best.name}: {max(selection.votes.values())} of {sum(selection.votes.values())} votes"
        )
    panels = np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
    best = positions[list(selection.candidates).index(selection.best)]
    for ax, choice in zip(panels, measures, strict=False):
        values = np.where(np.isfinite(choice.values), choice.values, np.nan)
        ax.axvline(best, color=LINE, linestyle="--", linewidth=1)
        ax.plot(positions, values, "o-", color=WITHIN, markersize=4)
        counts = choice.measure in catalog and catalog[choice.measure].counts_noise
        shares = [candidate.report.coverage for candidate in selection.candidates]
        few = [i for i, share in enumerate(shares) if share < selection.min_coverage and not counts]
        ax.plot([positions[i] for i in few], values[few], "o", color="white", markeredgecolor=WITHIN, markersize=5)
        for i in choice.best[:1]:
            ax.plot(positions[i], values[i], "D" if choice.way == "bend" else "o", color=ACROSS, markersize=9)
        ax.set_title(choice.measure + (", bend" if choice.way == "bend" else ""), fontsize=10)
        better = catalog[choice.measure].better if choice.measure in catalog else None
        ax.set_ylabel("value" if better is None else f"{better} is better", fontsize=8)
        ax.set_xticks(positions, names, rotation=0 if max(map(len, names)) < 4 else 60, fontsize=8)
        ax.set_xlabel(label, fontsize=8)
        ax.margins(y=0.15)
        ax.set_xlim(-0.4, len(positions) - 0.6)
    for ax in panels[len(measures) :]:
        ax.set_visible(False)
    return axes


def _positions(selection: "Selection") -> tuple[list[float], list[str], str]:
    """Where candidates stand on the x axis, as numbers where one setting alone differs and is a number."""
    texts = [candidate.name for candidate in selection.candidates]
    settings = {text.split("=", 1)[0] for text in texts}
    if len(settings) == 1 and not any("," in text for text in texts):
        return list(map(float, range(len(texts)))), [text.split("=", 1)[1] for text in texts], settings.pop()
    return list(map(float, range(len(texts)))), texts, ""


def measure_similarity(comparison: "Comparison", *, ax: Any = None) -> Any:
    """Spearman correlation between measures over the clusterings of a comparison, each oriented higher-is-better.

    Measures that are constant or undefined over the clusterings are left out.

    Raises
    ------
    ValueError
        Fewer than 3 clusterings, or fewer than 2 measures left.
    """
    if len(comparison.reports) < 3:
        raise ValueError(f"needs a comparison of at least 3 clusterings, got {len(comparison.reports)}")
    scores = {
        name: [catalog[name].oriented(report.values.get(name, np.nan)) for report in comparison.reports.values()]
        for name in comparison.measures
    }
    usable = {name: values for name, values in scores.items() if np.isfinite(values).all() and np.ptp(values) > 0}
    if len(usable) < 2:
        raise ValueError(f"needs at least 2 measures that differ between the clusterings, got {list(usable)}")
    stats = require("scipy.stats", "measure_similarity", "scipy")
    ranks = np.array([stats.rankdata(values) for values in usable.values()])
    correlation = np.corrcoef(ranks)
    hierarchy = require("scipy.cluster.hierarchy", "measure_similarity", "scipy")
    order = hierarchy.leaves_list(hierarchy.linkage(correlation, "average"))
    names = [list(usable)[i] for i in order]
    side = 3.5 + 0.22 * len(names)
    ax = _axes(ax, width=side + 1, height=side)
    image = ax.imshow(correlation[np.ix_(order, order)], cmap="RdBu", vmin=-1, vmax=1)
    ax.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.figure.colorbar(image, ax=ax, shrink=0.8, label="Spearman correlation")
    ax.set_title(f"agreement of measures over {len(comparison.reports)} clusterings")
    return ax


def _axes(ax: Any, width: float = 6.4, height: float = 4.0) -> Any:
    if ax is not None:
        return ax
    pyplot = require("matplotlib.pyplot", "plotting", '"axiomatic-cqm[plots]"')
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def _cluster_ticks(ax: Any, positions: Any, labels: list[Hashable]) -> None:
    """Name as many clusters on the y axis as it has room for, evenly chosen."""
    inches = ax.get_window_extent().height / ax.figure.dpi
    chosen = np.unique(np.linspace(0, len(labels) - 1, min(len(labels), max(2, int(4.5 * inches)))).astype(int))
    ax.set_yticks([positions[i] for i in chosen], [str(labels[i]) for i in chosen])
    ax.set_ylabel("cluster")
