"""One table, as text for a terminal and as HTML for a notebook or a page."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from html import escape
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["count", "html_page", "html_table", "number", "text_table"]

GAP = 3
"""Characters between two columns."""
PROSE = 16
"""Fewest characters that a column of prose is given."""

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }
td { font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0.4rem 0; }
th, td { text-align: left; padding: 0.25rem 0.5rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th { border-bottom: 2px solid #888; }
tbody tr:hover { background: #f4f7f9; }
@media (prefers-color-scheme: dark) {
  body { background: #16181a; color: #ddd; }
  th, td { border-color: #444; }
  tbody tr:hover { background: #22262a; }
}
"""


def number(value: float | None) -> str:
    """Six significant digits; a dash where there is no value."""
    return "–" if value is None else f"{value:.6g}"


def count(points: float) -> str:
    """A number of points; where rows have weights, it need not be whole."""
    return f"{points:,}" if isinstance(points, int) else f"{points:,.1f}"


def text_table(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, prose: bool = False, spare: int = 0
) -> str:
    """A table as wide as the terminal allows; as wide as it likes where there is none.

    No word is split: where columns do not fit side by side, they continue below, under the first column again. With
    `prose`, the last column is wrapped between its words; the last `spare` columns are left out where they do not fit.
    """
    cells = [list(row) for row in rows]
    available = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widths = [max(len(name), *(len(row[i]) for row in cells), 0) for i, name in enumerate(header)]
    wraps = prose and available is not None
    if wraps:
        widths[-1] = min(widths[-1], PROSE)
    shown = len(header)
    while spare and available is not None and sum(widths[:shown]) + GAP * shown > available:
        shown, spare = shown - 1, spare - 1
    blocks = [[0]]
    for i in range(1, shown):
        used = sum(widths[j] + GAP for j in blocks[-1])
        if available is not None and used + widths[i] + GAP > available and len(blocks[-1]) > 1:
            blocks.append([0])
        blocks[-1].append(i)
    return "\n".join(
        _block(
            title if n == 0 else "",
            [(header[i], wraps and i == len(header) - 1) for i in block],
            block,
            cells,
            available,
        )
        for n, block in enumerate(blocks)
    )


def _block(
    title: str, columns: list[tuple[str, bool]], chosen: list[int], rows: list[list[str]], available: int | None
) -> str:
    table = Table(
        title=Text(title) if title else None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1)
    )
    for name, wraps in columns:
        table.add_column(Text(name), no_wrap=not wraps)
    for row in rows:
        table.add_row(*(Text(row[i]) for i in chosen))
    console = Console(file=StringIO(), width=available or 10_000, force_jupyter=False)
    with console.capture() as captured:
        console.print(table, markup=False)
    return "\n".join(line.rstrip() for line in captured.get().splitlines() if line.strip())


def html_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]], bold: str | None = None) -> str:
    """An HTML table; cells that end with the mark `bold` are set in bold without it."""

    def cell(text: str) -> str:
        if bold is not None and text.endswith(bold):
            return f"<td><b>{escape(text.removesuffix(bold).rstrip())}</b></td>"
        return f"<td>{escape(text)}</td>"

    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_page(title: str, *bodies: str) -> str:
    """A whole page, styled, that needs nothing else."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        + "\n".join(bodies)
        + "\n</body>\n</html>\n"
    )
