"""One self-contained HTML file: tables and pictures, no script, nothing to download."""

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from cqm.atomic import atomic_path
from sv_bridge.compactness.speakers import ClusteringComparison, Compactness
from sv_bridge.embeddings import Embeddings
from sv_bridge.reports.fonts import every_script
from sv_bridge.reports.plots import cosine_histogram, projection, speaker_compactness
from sv_bridge.reports.rows import (
    agreement_rows,
    clustering_rows,
    cosine_rows,
    group_rows,
    key_rows,
    missing,
    pair_rows,
    speaker_rows,
)

__all__ = ["compactness_sections", "figure", "looked_at", "table", "write_page"]

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #ddd; }
p.note { color: #555; max-width: 46rem; }
p.warning { border-left: 4px solid #c0392b; padding-left: 0.7rem; max-width: 46rem; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.8rem 0; }
th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid #eee; white-space: nowrap; }
th { border-bottom: 2px solid #999; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
th.prose { text-align: left; } td.prose { text-align: left; white-space: normal; min-width: 18rem; color: #555; }
img { max-width: 100%; height: auto; display: block; margin: 0.6rem 0; }
details { margin: 0.8rem 0; } summary { cursor: pointer; color: #1f6f8b; }
"""


def write_page(path: Path | str, title: str, sections: Iterable[tuple[str, str]]) -> None:
    """Write (heading, HTML) sections as one page, atomically."""
    body = "\n".join(f"<h2>{escape(heading)}</h2>\n{html}" for heading, html in sections)
    text = (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, prose: bool = False) -> str:
    """HTML table; the first column is left-aligned, the others are numbers, but for a last one that is `prose`."""
    kinds = [""] * len(header)
    if prose:
        kinds[-1] = ' class="prose"'
    head = "".join(f"<th{kind}>{escape(name)}</th>" for name, kind in zip(header, kinds, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def looked_at(description: str, warnings: Iterable[str]) -> str:
    """Which speakers a page is about, and where it flatters a system."""
    said = "".join(f'<p class="warning">{escape(warning)}.</p>' for warning in warnings)
    return f'<p class="note">Looked at: {escape(description)}.</p>{said}'


def figure(ax: Any, description: str) -> str:
    """HTML image of the figure that `ax` belongs to, with advice where letters have no font."""
    data = io.BytesIO()
    with every_script(ax) as advice:
        ax.figure.savefig(data, format="png", dpi=130)
    encoded = base64.b64encode(data.getvalue()).decode("ascii")
    said = f'<p class="warning">{escape(advice)}.</p>' if advice else ""
    return f'<img alt="{escape(description)}" src="data:image/png;base64,{encoded}">{said}'


def compactness_sections(
    embeddings: Embeddings, report: Compactness, comparison: ClusteringComparison | None = None
) -> list[tuple[str, str]]:
    """Sections on the compactness of one set of embeddings, and on clusterings of it."""
    without = "".join(f"<li>{escape(line)}</li>" for line in missing(report))
    confusable = list(dict.fromkeys(name for pair in report.pairs for name in pair[:2]))
    header, pairs = pair_rows(report)
    sections = [
        (
            "Cosines within and between speakers",
            looked_at(report.looked_at, report.warnings)
            + figure(cosine_histogram(embeddings), "densities of cosines of one and of two speakers")
            + table(*cosine_rows(report)),
        ),
        (
            f"Clustering-quality measures, {report.metric} distance",
            '<p class="note">Speakers as clusters. The few to look at first:</p>'
            + table(*key_rows(report), prose=True)
            + "".join(
                _folded(f"{heading}: {len(rows)}", table(header, rows))
                for heading, (header, rows) in group_rows(report).items()
            )
            + (_folded("Without a value that can be read, and why", f"<ul>{without}</ul>") if without else ""),
        ),
        (
            "Speakers, least compact first",
            '<p class="note">In the order of the mean cosine to the own centre.</p>'
            + figure(speaker_compactness(report.speakers), "cosine to own and nearest other centre, for each speaker")
            + _folded(f"all {len(report.speakers)} speakers", table(*speaker_rows(report))),
        ),
        ("Most confusable pairs", table(header, pairs[:15])),
        ("Map", figure(projection(embeddings, highlight=confusable[:10]), "embeddings in the plane")),
    ]
    if comparison is not None:
        tables = table(*agreement_rows(comparison)) + table(*clustering_rows(comparison, key=True))
        others = _folded("all other measures", table(*clustering_rows(comparison, key=False)))
        sections.append(("Clusterings beside the speakers", tables + others))
    return sections


def _folded(summary: str, html: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{html}</details>"
