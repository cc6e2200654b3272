"""Plots of verification and compactness; each takes matplotlib axes or makes them, and returns them."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from cqm.atomic import atomic_path
from sv_bridge.compactness.speakers import SpeakerRow
from sv_bridge.embeddings import Embeddings
from sv_bridge.reports.fonts import every_script
from sv_bridge.verification.error_rates import ErrorCurve
from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["cosine_counts", "cosine_histogram", "det_plot", "projection", "save", "speaker_compactness"]

WITHIN, BETWEEN, MUTED = "#1f6f8b", "#c8553d", "#8a8a8a"
COLORS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22", "#000000"]
"""Ten that are told apart from each other and from `MUTED`."""
DET_TICKS = np.array([0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8])
PERPLEXITY_LIMIT = 5000
ROWS = 1024


def det_plot(curves: Mapping[str, ErrorCurve], *, ax: Any = None) -> Any:
    """Detection error trade-off: misses against false alarms on probit axes, where Gaussian scores give lines.

    The equal error rate of each curve is marked and named in the legend; perfect separation is said in words.
    Reference: A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997.
    """
    ax = _axes(ax, 5.6, 5.4)
    limits = norm.ppf([DET_TICKS[0] * 0.8, 0.9])
    perfect: list[str] = []
    for number, (name, curve) in enumerate(curves.items()):
        equal = curve.equal_error().value
        color = COLORS[number % len(COLORS)]
        inside = (curve.miss > 0) & (curve.false_alarm > 0) & (curve.miss < 1) & (curve.false_alarm < 1)
        ax.plot(
            norm.ppf(curve.false_alarm[inside]),
            norm.ppf(curve.miss[inside]),
            color=color,
            linewidth=1.6,
            label=f"{name}: EER {equal:.1%}",
        )
        if 0 < equal < 1:
            ax.plot(*norm.ppf([equal, equal]), "o", color=color, markersize=5)
        if not inside.any():
            perfect.append(name)
    if perfect:
        said = f"{', '.join(perfect)}: no threshold with both kinds of errors, so no line"
        ax.text(0.03, 0.03, said, transform=ax.transAxes, fontsize="small", color=MUTED)
    ax.plot(limits, limits, color=MUTED, linewidth=0.8, linestyle=":")
    ticks = [f"{100 * tick:g}" for tick in DET_TICKS]
    ax.set_xticks(norm.ppf(DET_TICKS), ticks)
    ax.set_yticks(norm.ppf(DET_TICKS), ticks)
    ax.set(xlim=limits, ylim=limits, xlabel="false alarms (%)", ylabel="misses (%)", title="Detection error trade-off")
    ax.grid(alpha=0.25)
    ax.legend(loc="upper right", fontsize="small")
    return ax


def cosine_histogram(embeddings: Embeddings, *, bins: int = 60, title: str = "", ax: Any = None) -> Any:
    """Density of the cosines of all pairs of utterances, of one speaker and of two."""
    ax = _axes(ax, 6.4, 3.6)
    lowest = min(float(cosines.min()) for cosines, _ in _pairs(embeddings))
    edges = np.linspace(min(lowest, 1 - 1e-6), 1, bins + 1)
    counts = cosine_counts(embeddings, edges)
    for count, color, name in zip(counts, (WITHIN, BETWEEN), ("one speaker", "two speakers"), strict=True):
        density = count / max(count.sum(), 1) / np.diff(edges)
        ax.stairs(density, edges, fill=True, alpha=0.35, color=color, label=f"{name} ({int(count.sum()):,} pairs)")
        ax.stairs(density, edges, color=color, linewidth=1.2)
    ax.set(xlim=(edges[0], 1), xlabel="cosine of two utterances", ylabel="density")
    ax.set_title(title or "Utterances of one speaker and of two", fontsize="medium")
    ax.legend(loc="upper left", fontsize="small")
    return ax


def cosine_counts(embeddings: Embeddings, edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """(2, bins) numbers of pairs of utterances by their cosine: pairs of one speaker, and of two."""
    counts = np.zeros((2, len(edges) - 1), dtype=np.int64)
    for cosines, same in _pairs(embeddings):
        counts += [np.histogram(cosines[mask], edges)[0] for mask in (same, ~same)]
    return counts


def _pairs(embeddings: Embeddings) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Blocks of pairs of utterances: their cosines, and whether both are of one speaker."""
    vectors = scoring_vectors(embeddings.vectors)
    _, codes = np.unique(embeddings.speakers, return_inverse=True)
    for first in range(0, len(vectors) - 1, ROWS):
        block = vectors[first : first + ROWS]
        upper = np.triu_indices(len(block), 1, len(vectors) - first)
        cosines = np.clip(block @ vectors[first:].T, -1, 1)[upper]
        yield cosines, codes[first : first + ROWS][upper[0]] == codes[first:][upper[1]]


def speaker_compactness(speakers: Sequence[SpeakerRow], *, limit: int = 40, ax: Any = None) -> Any:
    """Cosines of utterances to their own and to the nearest other centre, for the `limit` least compact speakers.

    Speakers come least compact first. A speaker is compact where the first is high (its lowest value is the end of the
    line), and separate where the second is low.
    """
    shown = list(speakers[:limit])[::-1]
    ax = _axes(ax, 6.4, 1.4 + 0.22 * len(shown))
    rows = np.arange(len(shown))
    own = np.array([row.own_centre for row in shown])
    ax.hlines(rows, [row.lowest_own_centre for row in shown], own, color=WITHIN, alpha=0.5, linewidth=1.4)
    ax.plot(own, rows, "o", color=WITHIN, markersize=5, label="own centre: mean, and down to the lowest utterance")
    ax.plot([row.other_centre for row in shown], rows, "x", color=BETWEEN, label="nearest other centre: mean")
    ax.set_yticks(rows, [row.speaker for row in shown], fontsize="x-small")
    ax.set(xlabel="cosine of utterances to a speaker's centre", ylim=(-0.8, len(shown) - 0.2))
    ax.set_title("Speakers" if len(speakers) <= limit else f"The {limit} least compact of {len(speakers)} speakers")
    ax.grid(axis="x", alpha=0.25)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=2, fontsize="small", frameon=False)
    return ax


def projection(embeddings: Embeddings, *, highlight: Sequence[str] = (), seed: int = 0, ax: Any = None) -> Any:
    """Embeddings in the plane: t-SNE of cosine distances up to 5,000 utterances, principal components beyond.

    Speakers in `highlight` (ten at most; the most frequent ones by default) are coloured, the others grey.
    """
    ax = _axes(ax, 6.4, 5.6)
    vectors = scoring_vectors(embeddings.vectors)
    if 10 <= len(vectors) <= PERPLEXITY_LIMIT:
        from sklearn.manifold import TSNE

        perplexity = min(30.0, (len(vectors) - 1) / 3)
        points = TSNE(metric="cosine", init="random", perplexity=perplexity, random_state=seed).fit_transform(vectors)
        title = "t-SNE of cosine distances (neighbourhoods, not distances, are kept)"
    else:
        centered = vectors - vectors.mean(axis=0)
        variances, directions = np.linalg.eigh(centered.T @ centered)
        points = centered @ directions[:, :-3:-1]
        title = f"First two principal components ({variances[-2:].sum() / variances.sum():.0%} of the variance)"
    names, counts = np.unique(embeddings.speakers, return_counts=True)
    chosen = list(highlight)[:10] or names[np.argsort(-counts, kind="stable")][:10].tolist()
    others = ~np.isin(embeddings.speakers, chosen)
    _scatter(ax, points[others], MUTED, "other speakers" if others.any() else None, alpha=0.35)
    for number, name in enumerate(chosen):
        _scatter(ax, points[embeddings.speakers == name], COLORS[number], name)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize="medium")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="x-small", frameon=False, markerscale=1.5)
    return ax


def save(ax: Any, path: Path | str) -> None:
    """Write the figure that `ax` belongs to, atomically; the suffix says the format."""
    with atomic_path(path) as temporary, every_script(ax) as advice:
        ax.figure.savefig(temporary, dpi=130)
    if advice:
        warnings.warn(advice, stacklevel=2)


def _scatter(ax: Any, points: NDArray[np.floating], color: str, label: str | None, alpha: float = 0.8) -> None:
    ax.scatter(points[:, 0], points[:, 1], s=9, color=color, alpha=alpha, linewidths=0, label=label)


def _axes(ax: Any, width: float, height: float) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure  # no pyplot: no window, and nothing global to close

    return Figure(figsize=(width, height), layout="constrained").subplots()
