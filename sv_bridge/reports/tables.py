"""Reports on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from cqm.tables import text_table
from sv_bridge.compactness.speakers import Compactness
from sv_bridge.reports.rows import cosine_rows, group_rows, key_rows, missing, pair_rows, speaker_rows

__all__ = ["console", "print_compactness", "print_table"]

console = Console(highlight=False)
SHOWN = 10


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, prose: bool = False) -> None:
    """Print a table under its title; columns that do not fit the terminal continue below. `prose`: see `text_table`."""
    console.print("", Text(title, style="bold"), sep="\n", soft_wrap=True)
    print(text_table("", header, rows, prose=prose))


def print_compactness(title: str, report: Compactness, *, everything: bool = False) -> None:
    """Print the measures to look at first, or all, and the least compact speakers and most confusable pairs."""
    print_table(f"{title}: {report.looked_at}", *cosine_rows(report))
    print_table(f"Clustering-quality measures, {report.metric} distance", *key_rows(report), prose=True)
    others = group_rows(report)
    for heading, group in others.items() if everything else ():
        print_table(heading, *group)
    for line in missing(report) if everything else ():
        console.print(f"no value that can be read: {line}", markup=False)
    for name, (header, rows) in {"Least compact": speaker_rows(report), "Most confusable": pair_rows(report)}.items():
        print_table(f"{name}, {min(SHOWN, len(rows))} of {len(rows)}", header, rows[:SHOWN])
    if others and not everything:
        count = sum(len(rows) for _, rows in others.values())
        console.print(f"{count} further measures: --all, --page FILE.html or --json FILE", markup=False)
