"""Measures of tensors on a GPU: every value against numpy's, and times beside a matrix product and plain torch.

    python -m benchmarks.gpu [--device cuda] [--scale 1.0]

One run of under five minutes. Figures are kept in docs/benchmarks/gpu.json as they come and shown in
docs/benchmarks/gpu.md; what fails is said there, and the rest goes on. Without a GPU it says so and leaves both alone;
`--device cpu --scale 0.01 --out DIR` runs all its parts anywhere.
"""

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

import torch

import cqm
from cqm.atomic import write_text

DOCS = Path(__file__).parent.parent / "docs" / "benchmarks"
REPEATS = 5
SECONDS = 240  # of timing; what does not fit is said
GIB = 2**30
TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-4}

Tensor = torch.Tensor
Call = Callable[[Tensor, Tensor], Any]


@dataclass(frozen=True)
class Work:
    """One row of the table.

    Attributes
    ----------
    name : measure and metric.
    call : what is timed.
    n, d, k : points, coordinates, clusters.
    beside : what the time is a multiple of: the products of all pairs, or of all points with all centroids.
    naive : the same in a few lines of torch.
    double : whether it is timed in float64, too.
    host : whether it is timed on the processors beside the device, too.
    spread : standard deviation of the points around their centre; centres have 1.
    """

    name: str
    call: Call
    n: int
    d: int
    k: int
    beside: str = "pairs"
    naive: Call | None = None
    double: bool = False
    host: bool = True
    spread: float = 1.0


def naive_silhouette(X: Tensor, labels: Tensor) -> Tensor:
    """Silhouette by whole rows of distances and products with an indicator matrix."""
    onehot = torch.nn.functional.one_hot(labels).to(X.dtype)
    sizes = onehot.sum(0)
    total = X.new_zeros(())
    for rows in row_blocks(len(X)):
        sums, own = torch.cdist(X[rows], X) @ onehot, labels[rows, None]
        cohesion = sums.gather(1, own).squeeze(1) / (sizes[labels[rows]] - 1).clamp(min=1)
        separation = (sums / sizes).scatter(1, own, math.inf).min(1).values
        score = (separation - cohesion) / torch.maximum(cohesion, separation)
        total = total + score.where(sizes[labels[rows]] > 1, 0).sum()
    return total / len(X)


def naive_dunn(X: Tensor, labels: Tensor) -> Tensor:
    """Dunn index by whole rows of distances and two masks."""
    gap, diameter = X.new_full((), math.inf), X.new_zeros(())
    for rows in row_blocks(len(X)):
        distances, same = torch.cdist(X[rows], X), labels[rows, None] == labels
        gap = torch.minimum(gap, distances.where(~same, math.inf).min())
        diameter = torch.maximum(diameter, distances.where(same, 0).max())
    return gap / diameter


def row_blocks(n: int) -> Iterator[slice]:
    """Rows whose distances to all points fill about half a gibibyte."""
    step = max(1, 2**27 // n)
    return (slice(start, start + step) for start in range(0, n, step))


def cosine(measure: Callable[..., Any]) -> Call:
    """The measure under cosine distance."""
    return lambda X, labels: measure(X, labels, metric="cosine")


WORK = (
    Work("silhouette", cqm.silhouette, 20_000, 256, 10, naive=naive_silhouette),
    Work("silhouette", cqm.silhouette, 20_000, 256, 1000, naive=naive_silhouette),
    Work("silhouette, compact clusters", cqm.silhouette, 20_000, 256, 10, naive=naive_silhouette, spread=0.1),
    Work("Dunn", cqm.dunn, 20_000, 256, 10, naive=naive_dunn),
    Work("Dunn", cqm.dunn, 20_000, 256, 1000, naive=naive_dunn),
    Work("weakest link", cqm.weakest_link, 20_000, 256, 10),
    Work("DBCV", cqm.dbcv, 20_000, 32, 10),
    Work("relative margin, bracket", cqm.relative_margin_bounds, 4_874, 192, 40),
    Work("silhouette, cosine", cosine(cqm.silhouette), 100_000, 192, 1000, "centroids", double=True),
    Work("Davies–Bouldin", cqm.davies_bouldin, 200_000, 192, 2000, "centroids", double=True),
    Work("Caliński–Harabasz", cqm.calinski_harabasz, 200_000, 192, 2000, "centroids", double=True),
    Work("simplified silhouette", cqm.simplified_silhouette, 200_000, 192, 2000, "centroids", double=True),
    Work("silhouette, cosine", cosine(cqm.silhouette), 1_000_000, 192, 6000, "centroids", double=True, host=False),
    Work("silhouette", cqm.silhouette, 100_000, 192, 100, naive=naive_silhouette, host=False),
    Work("Dunn", cqm.dunn, 100_000, 192, 100, naive=naive_dunn, host=False),
    Work("McClain–Rao", cqm.mcclain_rao, 100_000, 192, 100, host=False),
    Work("silhouette", cqm.silhouette, 1_000_000, 192, 6000, host=False),
)
FAILURES = (TypeError, ValueError, RuntimeError, MemoryError)  # torch's lack of memory is a RuntimeError


def points(
    n: int, d: int, k: int, device: torch.device, dtype: torch.dtype = torch.float32, spread: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Blobs around k centres, in no order; every cluster has at least two points."""
    generator = torch.Generator(device).manual_seed(n + d + k)
    labels = torch.cat(
        [torch.arange(k, device=device).repeat(2), torch.randint(k, (n - 2 * k,), generator=generator, device=device)]
    )
    centres = torch.randn((k, d), generator=generator, device=device, dtype=dtype)
    X = torch.randn((n, d), generator=generator, device=device, dtype=dtype).mul_(spread).add_(centres[labels])
    order = torch.randperm(n, generator=generator, device=device)
    return X[order], labels[order]


def median_seconds(work: Callable[[], Any], device: torch.device, left: float) -> tuple[float, float]:
    """Median over the repeats that fit into the seconds left, after a warm-up; peak GiB beside what lay there."""
    first = once(work, device)
    repeats = max(1, min(REPEATS, int(left / max(first, 1e-9))))
    before = 0
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
    seconds = statistics.median(once(work, device) for _ in range(repeats))
    peak = torch.cuda.max_memory_allocated(device) - before if device.type == "cuda" else 0
    return seconds, peak / GIB


def once(work: Callable[[], Any], device: torch.device) -> float:
    """Seconds until the device has done the work."""
    settle(device)
    start = time.perf_counter()
    work()
    settle(device)
    return time.perf_counter() - start


def settle(device: torch.device) -> None:
    """Wait for the device."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def products(X: Tensor, others: Tensor) -> None:
    """All products of two sets of points, by blocks that are thrown away."""
    step = max(1, 2**27 // len(others))
    for start in range(0, len(X), step):
        torch.mm(X[start : start + step], others.T)


def timed(work: Work, scale: float, device: torch.device, left: float) -> dict[str, Any]:
    """One row: seconds of the measure, of its product, of plain torch; values beside each other."""
    k = max(2, round(work.k * math.sqrt(scale)))
    n = max(4 * k, round(work.n * scale))
    row: dict[str, Any] = {"name": work.name, "n": n, "d": work.d, "k": k, "beside": work.beside}
    try:
        X, labels = points(n, work.d, k, device, spread=work.spread)
        row["seconds"], row["memory_gib"] = median_seconds(lambda: work.call(X, labels), device, left / 4)
        return row | beside(work, X, labels, row["seconds"], device, left)
    except FAILURES as reason:
        return {**row, "left_out": first_line(reason)}


def beside(work: Work, X: Tensor, labels: Tensor, seconds: float, device: torch.device, left: float) -> dict[str, Any]:
    """What stands beside a time: product, plain torch, float64, and the processors."""
    row: dict[str, Any] = {}
    others = X if work.beside == "pairs" else X[: int(labels.max()) + 1]
    row["product_seconds"], _ = median_seconds(lambda: products(X, others), device, left / 8)
    row["ratio"] = seconds / row["product_seconds"]
    if work.naive is not None:
        row["naive_seconds"], _ = median_seconds(lambda: work.naive(X, labels), device, left / 4)
        ours, theirs = float(work.call(X, labels)), float(work.naive(X, labels))
        row["value"], row["naive_value"] = ours, theirs
    if work.double:
        wide = X.double()
        row["double_seconds"], _ = median_seconds(lambda: work.call(wide, labels), device, left / 4)
        del wide
    if work.host:
        on_host = X.cpu(), labels.cpu()
        row["host_seconds"], _ = median_seconds(lambda: work.call(*on_host), torch.device("cpu"), left / 16)
    return row


def first_line(reason: Exception) -> str:
    return f"{type(reason).__name__}: {reason}".splitlines()[0]


def agreement(device: torch.device, dtype: torch.dtype) -> list[dict[str, Any]]:
    """Every catalogued measure of a tensor on the device, and of the same numbers in numpy."""
    X, labels = points(60, 20, 3, torch.device("cpu"), dtype)  # more features than are subtracted one by one
    X = X + 4 * labels[:, None]  # well apart, so that searches end
    moved, on_host = (X.to(device), labels.to(device)), (X.double().numpy(), labels.numpy())
    rows = []
    for name, measure in cqm.catalog.items():
        row: dict[str, Any] = {"name": name, "dtype": str(dtype).removeprefix("torch.")}
        wanted = float(measure.function(*on_host))
        try:
            got = float(measure.function(*moved))
        except FAILURES as reason:
            rows.append({**row, "left_out": first_line(reason)})
            continue
        same = got == wanted or (math.isnan(got) and math.isnan(wanted))
        error = 0.0 if same else abs(got - wanted) / max(abs(wanted), 1e-12)
        rows.append({**row, "error": error, "agrees": error <= TOLERANCE[dtype]})
    return rows


def facts(device: torch.device) -> dict[str, Any]:
    """The device, and who else could be timed on it."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    return {
        "device": name,
        "cores": len(os.sched_getaffinity(0)),
        "torch": torch.__version__,
        "cqm": cqm.__version__,
        "peers": dict(peers()),
    }


def peers() -> Iterator[tuple[str, str]]:
    """Other programs with such measures on a GPU that are installed here, by the name they are imported by."""
    installed = packages_distributions()
    for name in ("cuml", "cuvs", "torchmetrics"):
        if name in installed:
            yield name, version(installed[name][0])


def peer_rows(scale: float, device: torch.device, left: float) -> list[dict[str, Any]]:
    """Silhouette and Dunn of the peers that are installed, on the first table's shapes."""
    found = dict(peers())
    calls: dict[str, Call] = {}
    if "torchmetrics" in found:
        from torchmetrics.functional.clustering import calinski_harabasz_score, davies_bouldin_score, dunn_index

        calls |= {
            "torchmetrics Dunn": dunn_index,
            "torchmetrics Davies–Bouldin": davies_bouldin_score,
            "torchmetrics Caliński–Harabasz": calinski_harabasz_score,
        }
    if "cuml" in found:
        from cuml.metrics.cluster import silhouette_score

        calls["cuML silhouette"] = lambda X, labels: silhouette_score(X, labels)
    rows = []
    for name, call in calls.items():
        n, k = max(40, round(20_000 * scale)), 10
        row: dict[str, Any] = {"name": name, "n": n, "d": 256, "k": k}
        X, labels = points(n, 256, k, device)
        try:
            seconds, memory = median_seconds(lambda call=call, X=X, labels=labels: call(X, labels), device, left)
            rows.append({**row, "seconds": seconds, "memory_gib": memory})
        except FAILURES as reason:
            rows.append({**row, "left_out": first_line(reason)})
    return rows


def page(record: dict[str, Any]) -> str:
    """docs/benchmarks/gpu.md."""
    machine = record["machine"]
    lines = [
        "# On a GPU",
        "",
        f"{machine['device']}, torch {machine['torch']}; written by `python -m benchmarks.gpu`. float32, medians of "
        f"up to {REPEATS} calls. The product is that of the same points without any epilogue: of all pairs, or of all "
        "points with as many centres as there are clusters. Plain torch is `cdist(rows, X) @ indicator` and its kin; "
        f"host is the same points on {machine['cores']} processor cores.",
        "",
        "| measure | n × d, k | time | products | time / products | plain torch | float64 | host | peak memory |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in record["times"]:
        shape = f"{row['n']:,} × {row['d']}, {row['k']:,}"
        if "left_out" in row:
            lines.append(f"| {row['name']} | {shape} | {row['left_out']} | | | | | | |")
            continue
        lines.append(
            f"| {row['name']} | {shape} | {row['seconds']:.3g} s | {row['beside']} {row['product_seconds']:.3g} s | "
            f"{row['ratio']:.2f} | {seconds(row.get('naive_seconds'))} | {seconds(row.get('double_seconds'))} | "
            f"{seconds(row.get('host_seconds'))} | {row['memory_gib']:.2f} GiB |"
        )
    for row in record["peers"]:
        shape = f"{row['n']:,} × {row['d']}, {row['k']}"
        if "left_out" in row:
            lines.append(f"| {row['name']} | {shape} | {row['left_out']} | | | | | | |")
            continue
        memory = f"{row['memory_gib']:.2f} GiB"
        lines.append(f"| {row['name']} | {shape} | {row['seconds']:.3g} s | | | | | | {memory} |")
    agreeing = sum(bool(row.get("agrees")) for row in record["agreement"])
    total = len(record["agreement"])
    lines += ["", f"{agreeing} of {total} values are those of numpy to 1e-9 (float64) or 1e-4 (float32).", ""]
    lines += [
        f"- `{row['name']}`, {row['dtype']}: {row.get('left_out') or 'off by ' + format(row['error'], '.1e')}"
        for row in record["agreement"]
        if not row.get("agrees")
    ]
    return "\n".join(lines).rstrip() + "\n"


def seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g} s"


def measure(device: torch.device, scale: float, out: Path, limit: float = SECONDS) -> dict[str, Any]:
    """All figures, written to `out` as they come."""
    record: dict[str, Any] = {"machine": facts(device), "agreement": [], "times": [], "peers": []}
    start = time.monotonic()

    def keep() -> None:
        out.mkdir(parents=True, exist_ok=True)
        write_text(out / "gpu.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        write_text(out / "gpu.md", page(record))

    for dtype in TOLERANCE:
        record["agreement"] += agreement(device, dtype)
        keep()
    for work in WORK:
        left = limit - (time.monotonic() - start)
        if left <= 0:
            row: dict[str, Any] = {"name": work.name, "n": work.n, "d": work.d, "k": work.k, "left_out": "no time left"}
        else:
            row = timed(work, scale, device, left)
            print(f"{time.monotonic() - start:4.0f} s: {row['name']}, n = {row['n']:,}, k = {row['k']:,}", flush=True)
        record["times"].append(row)
        keep()
    record["peers"] = peer_rows(scale, device, max(1.0, limit - (time.monotonic() - start)))
    keep()
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the points; clusters shrink with its root")
    parser.add_argument("--out", type=Path, default=DOCS)
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print("no GPU here: docs/benchmarks/gpu.md stays as it is")
        return
    print(page(measure(device, arguments.scale, arguments.out)))


if __name__ == "__main__":
    main()
