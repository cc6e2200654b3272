"""Time and memory of the measures beside their peers.

    python -m benchmarks.measures                            what has not been measured yet, then the page
    python -m benchmarks.measures --only dunn --n 20000      some of it; --again measures what is there already
    python -m benchmarks.measures --minutes 5                begins no further case after 5 minutes
    python -m benchmarks.measures --quick                    n up to 4,000
    python -m benchmarks.measures --page                     the page alone

Results go to docs/benchmarks/, a file a measure, after each case. The page and its plots are made of them.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from benchmarks.measures.cases import MEASURES, Case
from benchmarks.measures.contest import Contest, seconds_of
from benchmarks.measures.machine import facts, rates
from benchmarks.measures.page import write_page
from benchmarks.measures.start_up import start_up
from cqm.atomic import write_text

FOLDER = Path(__file__).parents[2] / "docs" / "benchmarks"
QUICK_POINTS = 4_000
START_UP = "start_up"

Record = dict[str, Any]


def main() -> None:
    arguments = parser().parse_args()
    if not arguments.page:
        measure(arguments)
    write_page(FOLDER)


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("--only", action="append", choices=[*MEASURES, START_UP], help="a measure; may be repeated")
    out.add_argument("--n", action="append", type=int, help="a number of points; may be repeated")
    out.add_argument("--d", action="append", type=int, help="a number of features; may be repeated")
    out.add_argument("--k", action="append", type=int, help="a number of clusters; may be repeated")
    out.add_argument("--again", action="store_true", help="measure what has been measured before, too")
    out.add_argument("--quick", action="store_true", help=f"up to {QUICK_POINTS:,} points")
    out.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after so many minutes")
    out.add_argument("--page", action="store_true", help="measure nothing")
    return out


def measure(arguments: argparse.Namespace) -> None:
    """Every case that is asked for, written as soon as it is finished."""
    started = time.monotonic()
    machine = {**facts(), **rates()}
    if START_UP in (arguments.only or [START_UP]) and (arguments.again or not path(START_UP).exists()):
        write(START_UP, [{**start_up(), "machine": machine}])
    for name in arguments.only or MEASURES:
        if name not in MEASURES:
            continue
        with Contest(name) as contest:
            for case in MEASURES[name].cases_of(name):
                records = read(name)
                if not is_wanted(case, arguments) or (case in map(case_of, records) and not arguments.again):
                    continue
                if time.monotonic() - started > 60 * arguments.minutes:
                    return
                entries = contest.run(case, fewer_points(case, records))
                print(
                    case, *(f"{program} {describe(entry)}" for program, entry in entries.items()), sep=" · ", flush=True
                )
                kept = [record for record in records if case_of(record) != case]
                write(name, [*kept, {**vars(case), "machine": machine, "entries": entries}])


def is_wanted(case: Case, arguments: argparse.Namespace) -> bool:
    """Whether the case is one that was asked for."""
    given = ((case.n, arguments.n), (case.d, arguments.d), (case.k, arguments.k))
    return all(value in (chosen or [value]) for value, chosen in given) and (
        not arguments.quick or case.n <= QUICK_POINTS
    )


def fewer_points(case: Case, records: list[Record]) -> dict[str, tuple[int, Record]]:
    """Each program's entry at the largest number of points below the case's, all else equal."""
    smaller = sorted(
        (record for record in records if record["n"] < case.n and (record["d"], record["k"]) == (case.d, case.k)),
        key=lambda record: record["n"],
    )
    return {program: (record["n"], entry) for record in smaller for program, entry in record["entries"].items()}


def describe(entry: Record) -> str:
    return entry.get("note") or f"{seconds_of(entry):.3g} s"


def case_of(record: Record) -> Case:
    return Case(record["measure"], record["n"], record["d"], record["k"])


def path(name: str) -> Path:
    return FOLDER / f"{name}.json"


def read(name: str) -> list[Record]:
    return json.loads(path(name).read_text(encoding="utf-8")) if path(name).exists() else []


def write(name: str, records: list[Record]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    records = sorted(records, key=lambda record: (record.get("d"), record.get("k"), record.get("n")))
    write_text(path(name), json.dumps(records, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
