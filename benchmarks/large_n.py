"""A million embeddings of six thousand speakers: time and peak memory of each measure, in a process of its own.

    python -m benchmarks.large_n [--shared] [TASK …]

Results are kept in docs/large-n.json and shown in docs/large-n.md; naming tasks measures these anew and keeps the rest.
With --shared the page says that other work ran on the machine meanwhile.
"""

import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import cqm
from benchmarks.measures.machine import days, today
from cqm.arrays.host.jit import compiled_at_once
from cqm.atomic import write_text

N, DIM, CLUSTERS = 1_000_000, 192, 6_000
EVALUATED = 200_000
DOCS = Path(__file__).parent.parent / "docs"
GIB = 2**30

Task = Callable[[Any, Any], Any]


def first_rows(labels: Any) -> Any:
    """A row of each cluster."""
    return np.unique(labels, return_index=True)[1]


# name → the call, and whether all n·k products of points and centroids have to be made
TASKS: dict[str, tuple[Task, bool]] = {
    "silhouette": (lambda X, y: cqm.silhouette(X, y, metric="cosine"), True),
    "simplified silhouette": (lambda X, y: cqm.simplified_silhouette(X, y, metric="cosine"), True),
    "relative margin, given rows": (
        lambda X, y: cqm.relative_margin(X, y, metric="cosine", representatives=first_rows(y)),
        True,
    ),
    "relative margin, medoids": (
        lambda X, y: cqm.relative_margin(X, y, metric="cosine", representatives="medoid"),
        True,
    ),
    "relative margin, centroids": (
        lambda X, y: cqm.relative_margin(X, y, metric="cosine", representatives="centroid"),
        True,
    ),
    "additive margin, centroids": (
        lambda X, y: cqm.additive_margin(X, y, metric="cosine", representatives="centroid"),
        True,
    ),
    "Caliński–Harabasz": (lambda X, y: cqm.calinski_harabasz(X, y, metric="cosine"), False),
    "Davies–Bouldin": (lambda X, y: cqm.davies_bouldin(X, y, metric="cosine"), False),
    "evaluate": (lambda X, y: cqm.evaluate(X[:EVALUATED], y[:EVALUATED], metric="cosine", measures="all"), False),
}


def make(folder: str) -> None:
    """Directions around `CLUSTERS` centres, in no order, as X.npy and y.npy."""
    rng = np.random.default_rng(0)
    labels = rng.integers(CLUSTERS, size=N)
    X = rng.standard_normal((N, DIM), dtype=np.float32)
    X += rng.standard_normal((CLUSTERS, DIM), dtype=np.float32)[labels]
    np.save(Path(folder) / "X.npy", X)
    np.save(Path(folder) / "y.npy", labels)


def run(name: str, folder: str) -> dict[str, Any]:
    """Seconds, peak memory and outcome of one task; everything is compiled before."""
    task, products = TASKS[name]
    rng = np.random.default_rng(1)
    with compiled_at_once():
        task(rng.normal(size=(400, DIM)).astype(np.float32), np.arange(400) % 40)
    rate = {"products_a_second": products_a_second()} if products else {}
    X, labels = np.load(Path(folder) / "X.npy"), np.load(Path(folder) / "y.npy")
    start = time.perf_counter()
    value = task(X, labels)
    seconds = time.perf_counter() - start
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    row = {"measured": today(), "processors": os.cpu_count(), "seconds": seconds, "peak_bytes": peak, **rate}
    if isinstance(value, cqm.Report):
        return {**row, "n": value.n, "values": dict(value.values), "left_out": dict(value.left_out)}
    return {**row, "value": value}


def products_a_second() -> float:
    """Floating-point operations a second of a float32 matrix product on all cores, the best of several."""
    square = np.random.default_rng(2).random((2048, 2048), dtype=np.float32)
    best = np.inf
    for _ in range(5):
        start = time.perf_counter()
        square @ square
        best = min(best, time.perf_counter() - start)
    return float(2 * len(square) ** 3 / best)


def page(rows: dict[str, Any]) -> str:
    """docs/large-n.md."""
    rate = max(row.get("products_a_second", 0.0) for row in rows.values())
    processors = sorted({str(row["processors"]) for row in rows.values()})
    lines = [
        "# A million points",
        "",
        f"{N:,} vectors of {DIM} float32 numbers in {CLUSTERS:,} clusters of uneven size, rows in no order, cosine "
        f"distance, on {' or '.join(processors)} processors; measured {days(rows.values())} by the "
        "code of that time; written by `python -m benchmarks.large_n`. Each row is a process of its own. Peak "
        "memory is that of the process, the data and the interpreter included. The share is the time "
        "that the products of all points with all centroids take at the speed of this machine's matrix product, "
        f"{rate / 1e9:.0f} Gflop/s at best, over the time taken; the last two measures need no such products.",
        "",
        "| measure | value | time | peak memory | share of the matrix product's speed |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name in TASKS:
        if name in rows and "value" in rows[name]:
            row = rows[name]
            share, mark = (f"{2 * N * CLUSTERS * DIM / rate / row['seconds']:.0%}" if TASKS[name][1] else "–"), ""
            if row["shared"]:
                share, mark = "–", " *"
            cells = name, f"{row['value']:.6g}", f"{row['seconds']:.3g} s{mark}", f"{row['peak_bytes'] / GIB:.2f} GiB"
            lines.append(f"| {' | '.join(cells)} | {share} |")
    if any(row["shared"] for row in rows.values()):
        lines += ["", "\\* Other work ran on the machine meanwhile."]
    if "evaluate" in rows:
        lines += evaluated(rows["evaluate"])
    return "\n".join(lines) + "\n"


def evaluated(row: dict[str, Any]) -> list[str]:
    """What `evaluate` computed and left out."""
    reasons: dict[str, list[str]] = {}
    mark = " *" if row["shared"] else ""
    for name, reason in row["left_out"].items():
        reasons.setdefault(reason, []).append(name)
    return [
        "",
        "## `evaluate` chooses",
        "",
        f'`cqm.evaluate(X, labels, metric="cosine", measures="all")` on {row["n"]:,} of these points took '
        f"{row['seconds']:.3g} s{mark} and {row['peak_bytes'] / GIB:.2f} GiB.",
        "",
        f"{len(row['values'])} measures have values: {', '.join(row['values'])}.",
        "",
        "Left out, in the report's own words:",
        "",
        *(f"- {', '.join(names)}: {reason}" for reason, names in reasons.items()),
    ]


def main(names: list[str], *, shared: bool) -> None:
    """Measure the named tasks, or all of them, and write the page."""
    unknown = set(names) - set(TASKS)
    if unknown:
        raise SystemExit(f"no task {', '.join(sorted(unknown))}: choose among {', '.join(TASKS)}")
    kept = DOCS / "large-n.json"
    rows = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as processes,
    ):
        processes.submit(make, folder).result()
        for name in names or TASKS:
            rows[name] = {**processes.submit(run, name, folder).result(), "shared": shared}
            print(name, {key: rows[name][key] for key in ("seconds", "peak_bytes")}, flush=True)
            write_text(kept, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
            write_text(DOCS / "large-n.md", page(rows))


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--shared"], shared="--shared" in sys.argv)
