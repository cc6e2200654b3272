"""Facts about the machine, and how fast it multiplies, takes roots and reads memory on all its cores."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks.measures.cases import MEASURES, Case

__all__ = ["days", "facts", "limit_seconds", "rates", "today"]

LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn", "genieclust", "permetrics", "hdbscan")
TRIES = 7


def today() -> str:
    """The day of a measurement, for its record."""
    return datetime.now(UTC).date().isoformat()


def days(records: Iterable[Mapping[str, Any]]) -> str:
    """The first and the last day of some records, or the only one."""
    measured = sorted(record["measured"] for record in records)
    return " to ".join(dict.fromkeys((measured[0], measured[-1])))


def facts() -> dict[str, Any]:
    """Day, processor, BLAS and versions."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    blas = next(pool for pool in threadpool_info() if pool["user_api"] == "blas" and "numpy" in pool["filepath"])
    return {
        "measured": today(),
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        "blas": f"{blas['internal_api']} {blas['version']}, {blas['architecture']} kernels",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def rates() -> dict[str, float]:
    """Best of several tries, on all cores: flop/s of products in either precision, roots/s, bytes/s read."""
    cores = len(os.sched_getaffinity(0))
    rng = np.random.default_rng(0)
    square = rng.random((1536, 1536))
    single = square.astype(np.float32)
    cached, long = rng.random((cores, 2**14)), np.ones((cores, 2**24))
    out = np.empty_like(cached)

    def on_each_core(work: Callable[[int], object]) -> float:
        with ThreadPoolExecutor(cores) as pool:
            return best(lambda: list(pool.map(work, range(cores))))

    with threadpool_limits(1, user_api="blas"):
        double_seconds = on_each_core(lambda core: square @ square)
        single_seconds = on_each_core(lambda core: single @ single)
    repeats = 200
    root_seconds = on_each_core(lambda core: [np.sqrt(cached[core], out=out[core]) for _ in range(repeats)])
    read_seconds = on_each_core(lambda core: long[core].max())
    return {
        "float64_flops": cores * 2 * len(square) ** 3 / double_seconds,
        "float32_flops": cores * 2 * len(square) ** 3 / single_seconds,
        "roots": repeats * cached.size / root_seconds,
        "bytes_read": long.nbytes / read_seconds,
    }


def best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TRIES):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def limit_seconds(case: Case, machine: dict[str, float]) -> float | None:
    """What the machine needs for the arithmetic or the reading that no program can do without."""
    measure = MEASURES[case.measure]
    flops = machine[f"{measure.dtype}_flops"]
    if measure.bound == "pairs":
        return case.n**2 * case.d / flops + case.n**2 / 2 / machine["roots"]
    if measure.bound == "extremes":
        return case.n**2 * case.d / machine["float32_flops"]
    if measure.bound == "centroids":
        return 2 * case.n * case.k * case.d / flops
    if measure.bound == "pass":
        return case.n * case.d * np.dtype(measure.dtype).itemsize / machine["bytes_read"]
    return None
