"""docs/measures.md, from the catalogue and the docstrings: `python -m cqm.reports.measures_page` writes it."""

import inspect
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import cqm
from cqm.atomic import write_text
from cqm.declarations import Measure, catalog

__all__ = ["PATH", "markdown", "page"]

PATH = Path("docs/measures.md")

INTRODUCTION = """# Measures

<!-- Written by `python -m cqm.reports.measures_page` from the catalogue and the docstrings. -->

Every measure of `cqm.catalog`. *Needs*: distances of any metric, `"precomputed"` included, or points, whose coordinates
give centroids (Euclidean, or cosine for rows scaled to unit length); those that need neighbours take distances, and a
sparse graph of the nearest ones. *Weights*: `sample_weight` of any size, or whole numbers ([why](inputs.md#weights)).
*Across k*: between clusterings of different numbers of clusters, the best value may be chosen, or the bend of the
curve, or none ([why](how-to/which-measure.md)).
*Cost* on n points with d features in k clusters: n·d, n·d², n·k·d as they stand, and k²·d where all centroids meet;
"sums" is n·k·d for cosine, correlation and squared Euclidean distances, whose sums have closed forms, and all pairs
otherwise; n² log n ranks the distances; n³/k is a search for each two clusters; "hard" has no polynomial algorithm for
all k.
"""

THEMSELVES = "\n## One by one\n"

BESIDE = """## Beside the catalogue

Functions that need more than points and labels, or memberships in their place, or give more than a number.
"""

COSTS = {
    "nd": "n·d",
    "nd2": "n·d²",
    "k2d": "n·d + k²·d",
    "nkd": "n·k·d",
    "midpoints": "n·k·d + k²·d",
    "outlines": "n·d + (10·k)²·d",
    "sums": "sums",
    "n2": "n²·d",
    "ranks": "n²·d + n² log n",
    "apart": "n·k·d + k²",
    "n2_apart": "n²·d + k²",
    "pairs": "n³/k",
    "pairs_relaxed": "n³/k",
    "hard": "hard",
    "relaxed": "hard",
}
KEPT = {"Notes": "Who differs, and notes", "References": "Reference"}
ROOMS = ("measures", "fuzzy")
HEADER = ("measure", "better", "range", "needs", "weights", "across k", "cost", "source")


def page() -> str:
    """The text of docs/measures.md."""
    variants: dict[Callable[..., Any], list[Measure]] = {}
    for measure in catalog.values():
        variants.setdefault(_function(measure), []).append(measure)
    public = [getattr(cqm, name) for name in cqm.__all__]
    beside = [f for f in public if inspect.isfunction(f) and f.__module__.split(".")[1] in ROOMS and f not in variants]
    rows = [
        (
            f"[{m.name}](#{_function(m).__name__})",
            m.better,
            f"[{_bound(m.range[0])}, {_bound(m.range[1])}]" + ("" if m.besides is None else f" or {_bound(m.besides)}"),
            "neighbours" if m.of_neighbours else m.needs,
            m.weights,
            m.across_k.way,
            COSTS[m.cost],
            m.reference,
        )
        for m in catalog.values()
    ]
    sections = [_section(function, names) for function, names in variants.items()]
    others = [_section(function, []) for function in beside]
    return "\n".join([INTRODUCTION, _table([HEADER, *rows]), THEMSELVES, *sections, BESIDE, *others]).rstrip() + "\n"


def markdown(text: str) -> str:
    """Markdown of a docstring's text: formulas, tables and names."""
    text = re.sub(r"^=[= ]+\n(?:.*\n)+?=[= ]+\n(?:.*\n)+?=[= ]+$", _simple_table, text, flags=re.MULTILINE)
    text = re.sub(r":\w+:`([^`]*)`", r"`\1`", re.sub(r":math:`([^`]*)`", r"$`\1`$", text.replace("``", "`")))
    return re.sub(r"^\.\. math::( .*)?((?:\n+ +.*)*)", _formula, text, flags=re.MULTILINE)


def _section(function: Callable[..., Any], variants: list[Measure]) -> str:
    parts = re.split(r"^(\w+)\n-+\n", inspect.getdoc(function) or "", flags=re.MULTILINE)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    returns = named.get("Returns", "").split("\n", 1)
    text = [f"### {function.__name__}", parts[0]]
    if [m.name for m in variants] not in ([], [function.__name__]):
        text.append("Catalogued as " + ", ".join(f"`{m.name}`" for m in variants) + ".")
    if len(returns) > 1:
        text.append(f"**Value** ({returns[0]}). {inspect.cleandoc(returns[1])}")
    text += [f"**{heading}.** {named[name]}" for name, heading in KEPT.items() if name in named]
    return "\n\n".join(markdown(part.strip()) for part in text) + "\n"


def _function(measure: Measure) -> Callable[..., Any]:
    return measure.function.func if isinstance(measure.function, partial) else measure.function


def _bound(value: float) -> str:
    return f"{value:.4g}".replace("inf", "∞").replace("-", "−")


def _formula(match: re.Match[str]) -> str:
    formula = inspect.cleandoc((match[1] or "") + match[2])
    return f"```math\n{formula}\n```"


def _simple_table(match: re.Match[str]) -> str:
    lines = match[0].splitlines()
    columns = [slice(m.start(), m.end()) for m in re.finditer("=+", lines[0])]
    columns[-1] = slice(columns[-1].start, None)
    return _table([[line[column].strip() for column in columns] for line in lines if not line.startswith("=")])


def _table(rows: Iterable[Iterable[str]]) -> str:
    header, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([header, "|" + "---|" * (header.count(" | ") + 1), *body])


if __name__ == "__main__":
    write_text(PATH, page())
