"""Reports on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sv_bridge.compactness.speakers import Compactness
from sv_bridge.reports.rows import cosine_rows, measure_rows, pair_rows, speaker_rows

__all__ = ["console", "print_compactness", "print_table"]

console = Console(highlight=False)
SHOWN = 10


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table whose first column is a name and whose others are numbers."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for i, name in enumerate(header):
        table.add_column(name, justify="left" if i == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def print_compactness(title: str, report: Compactness) -> None:
    """Print every value of a report, its least compact speakers and most confusable pairs."""
    print_table(f"{title}: {report.looked_at}", *cosine_rows(report))
    print_table(f"Clustering-quality measures, {report.metric} distance", *measure_rows(report))
    for name, why in report.left_out.items():
        console.print(f"left out: {name} ({why})")
    for name, (header, rows) in {"Least compact": speaker_rows(report), "Most confusable": pair_rows(report)}.items():
        print_table(f"{name}, {min(SHOWN, len(rows))} of {len(rows)}", header, rows[:SHOWN])
