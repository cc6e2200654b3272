"""One self-contained HTML file: tables and pictures, no script, nothing to download."""

import base64
import io
import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from sv_bridge.atomic import atomic_path
from sv_bridge.clusterings import Agreement
from sv_bridge.compactness import Compactness, better
from sv_bridge.embedding import Embeddings
from sv_bridge.evaluation import Result
from sv_bridge.plots import cosine_histogram, projection, speaker_compactness

__all__ = ["compactness_sections", "figure", "number", "percent", "result_table", "table", "write_page"]

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #ddd; }
p.note { color: #555; max-width: 46rem; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.8rem 0; }
th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid #eee; white-space: nowrap; }
th { border-bottom: 2px solid #999; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
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


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """HTML table; the first column is left-aligned, the others are numbers."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def figure(ax: Any, description: str) -> str:
    """HTML image of the figure that `ax` belongs to."""
    data = io.BytesIO()
    ax.figure.savefig(data, format="png", dpi=130)
    encoded = base64.b64encode(data.getvalue()).decode("ascii")
    return f'<img alt="{escape(description)}" src="data:image/png;base64,{encoded}">'


def number(value: float) -> str:
    """Four significant digits; thousands and beyond in full or with an exponent.

    >>> number(0.123456), number(1234.5), number(float("nan")), number(1e9)
    ('0.1235', '1234', '—', '1e+09')
    """
    if math.isnan(value):
        return "—"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.4g}"


def percent(value: float) -> str:
    """A fraction as a percentage with two digits.

    >>> percent(0.12345)
    '12.35'
    """
    return f"{100 * value:.2f}"


def result_table(results: Iterable[Result]) -> str:
    """Error rates by condition."""
    results = list(results)
    with_intervals = any(result.interval for result in results)
    header = ["trials", "targets", "non-targets", "EER %", "minDCF .01", "minDCF .05"]
    rows = []
    for result in results:
        row = [result.condition, f"{result.targets:,}", f"{result.nontargets:,}", percent(result.equal_error_rate)]
        row += [number(result.min_dcf_01), number(result.min_dcf_05)]
        if with_intervals:
            interval = result.interval
            row.append(f"{percent(interval.lower)} – {percent(interval.upper)}" if interval else "")
        rows.append(row)
    return table([*header, "95 % interval"] if with_intervals else header, rows)


def compactness_sections(
    embeddings: Embeddings, report: Compactness, agreements: dict[str, Agreement] | None = None
) -> list[tuple[str, str]]:
    """Sections on the compactness of one set of embeddings."""
    statistics = report.cosines.to_dict() | {"uniformity": report.uniformity}
    cosine_rows = [(name.replace("_", " "), number(value), better(name)) for name, value in statistics.items()]
    value_rows = [(name.replace("_", " "), number(value), better(name)) for name, value in report.values.items()]
    left_out = "".join(f"<li>{escape(name)}: {escape(why)}</li>" for name, why in report.left_out.items())
    confusable = [name for pair in report.pairs for name in pair[:2]]
    highlight = list(dict.fromkeys(confusable))[:10]
    speaker_rows = [
        (
            row.speaker,
            str(row.utterances),
            *(number(value) for value in (row.within, row.own_centre, row.lowest_own_centre, row.silhouette)),
            f"{row.confused:.0%}",
            row.nearest,
            number(row.nearest_centre),
        )
        for row in report.speakers
    ]
    header = ("speaker", "utterances", "within", "own centre", "lowest", "silhouette", "confused", "nearest", "cosine")
    sections = [
        (
            "Cosines within and between speakers",
            figure(cosine_histogram(embeddings), "densities of cosines of one and of two speakers")
            + table(("cosine statistic", "value", "better"), cosine_rows),
        ),
        (
            f"Clustering-quality measures, {report.metric} distance",
            f'<p class="note">Speakers as clusters: {report.utterances:,} utterances of {report.speakers_count:,} '
            "speakers.</p>"
            + table(("measure", "value", "better"), value_rows)
            + (f"<details><summary>{len(report.left_out)} left out</summary><ul>{left_out}</ul></details>"
               if report.left_out else ""),
        ),
        (
            "Speakers, least compact first",
            figure(speaker_compactness(report.speakers), "cosine to own and nearest other centre, for each speaker")
            + f"<details><summary>all {len(speaker_rows)} speakers</summary>{table(header, speaker_rows)}</details>",
        ),
        (
            "Most confusable pairs",
            table(("speaker", "speaker", "cosine of centres"), [(a, b, number(c)) for a, b, c in report.pairs[:15]]),
        ),
        ("Map", figure(projection(embeddings, highlight=highlight), "embeddings in the plane")),
    ]  # fmt: skip
    if agreements:
        names = ("clusters", "purity", "inverse_purity", "nmi", "ari", "confusion_error")
        rows = [(name, *(number(getattr(a, key)) for key in names)) for name, a in agreements.items()]
        sections.append(("Clusterings against speakers", table(("clustering", *names), rows)))
    return sections
