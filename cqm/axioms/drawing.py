"""Witnesses as pictures: points and their moves, or matrices with the changed entries marked."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cqm.axioms.instances import Instance
from cqm.axioms.readable import together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cqm.axioms.witness import Witness

__all__ = ["draw_witness"]


def draw_witness(witness: "Witness", ax: "Axes | None" = None) -> "Axes":
    """First and last instance of a witness on one Axes."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(6.5, 4))
    first, last = (
        replace(frame, labels=value) if isinstance(value, tuple) else frame  # what a clustering function returned
        for frame, value in ((witness.frames[i], witness.values[i]) for i in (0, -1))
    )
    frames = (first, last)
    if frames[0].kind == "points":
        _points(frames, ax)
    else:
        _matrices(frames, ax)

    before, after = together((witness.values[0], witness.values[-1]))
    values = f"{before} → {after}" if len(witness.values) > 1 else before
    better = f" ({witness.better} is better)" if witness.better else ""
    axiom = witness.axiom.replace("_", " ")
    ax.set_title(f"{witness.measure}{better}\nbreaks {axiom}: {values}", fontsize=10)
    return ax


def _points(frames: tuple[Instance, Instance], ax: "Axes") -> None:
    before, after = (np.array(frame.rows, dtype=float) for frame in frames)
    if len(before) == len(after):
        for start, end in zip(before, after, strict=True):
            if (start != end).any():
                ax.annotate("", xy=end[:2], xytext=start[:2], arrowprops={"arrowstyle": "->", "color": "0.5"})
    ax.scatter(
        before[:, 0], before[:, 1], c=[f"C{label}" for label in frames[0].labels], s=40, label="before", zorder=3
    )
    ax.scatter(
        after[:, 0],
        after[:, 1],
        facecolors="none",
        edgecolors=[f"C{label}" for label in frames[1].labels],
        s=120,
        label="after",
        zorder=2,
    )
    ax.set_aspect("equal", adjustable="datalim")
    further = "" if before.shape[1] == 2 else f" (further coordinates: {before.shape[1] - 2})"
    ax.set_xlabel(f"first coordinate{further}")
    ax.set_ylabel("second coordinate")
    ax.legend(frameon=False)


def _matrices(frames: tuple[Instance, Instance], ax: "Axes") -> None:
    """Two matrices beside each other; cells inside clusters are shaded, changed entries are bold red."""
    offset = frames[0].n + 1
    for side, frame in enumerate(frames):
        for x in range(frame.n):
            for y in range(frame.n):
                left = side * offset + y
                shade = "#cfe2f3" if frame.labels[x] == frame.labels[y] else "white"
                ax.add_patch(_cell(left, x, shade))
                value = frame.rows[x][y]
                changed = frame.n == frames[0].n and value != frames[0].rows[x][y]
                style = {"color": "#b3261e", "fontweight": "bold"} if changed else {}
                text = str(value) if len(str(value)) < 7 else f"{float(value):.4g}"
                ax.text(left + 0.5, x + 0.5, text, ha="center", va="center", fontsize=9, **style)  # type: ignore[arg-type]
    ax.set_xlim(-0.2, offset + frames[1].n + 0.2)
    ax.set_ylim(max(frame.n for frame in frames) + 0.2, -0.2)
    centres = [offset * side + frame.n / 2 for side, frame in enumerate(frames)]
    ax.set_xticks(
        centres, [f"{name}\n{frame.clusters()}" for name, frame in zip(("first", "last"), frames, strict=True)]
    )
    ax.set_yticks([])
    ax.set_aspect("equal")
    for edge in ax.spines.values():
        edge.set_visible(False)


def _cell(left: float, top: float, colour: str):  # type: ignore[no-untyped-def]
    from matplotlib.patches import Rectangle

    return Rectangle((left, top), 1, 1, facecolor=colour, edgecolor="0.7")
