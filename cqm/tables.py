"""One table, as text for a terminal and as HTML for a notebook."""

from collections.abc import Iterable, Sequence
from html import escape
from io import StringIO

from rich.console import Console
from rich.table import Table

__all__ = ["html_table", "number", "text_table"]


def number(value: float) -> str:
    """Six significant digits."""
    return f"{value:.6g}"


def text_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table drawn with lines."""
    table = Table(title=title)
    for name in header:
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(table, markup=False)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def html_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]], bold: str | None = None) -> str:
    """An HTML table; cells that end with the mark `bold` are set in bold without it."""

    def cell(text: str) -> str:
        if bold is not None and text.endswith(bold):
            return f"<td><b>{escape(text.removesuffix(bold).rstrip())}</b></td>"
        return f"<td>{escape(text)}</td>"

    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
