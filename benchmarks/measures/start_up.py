"""What it takes to import cqm, and whether first calls find their compiled functions on disk."""

import json
import statistics
import subprocess
import sys
import time
from typing import Any

__all__ = ["start_up"]

ROUNDS = 5

FIRST_CALLS = """
import json, sys, time
import numpy as np
import cqm
from cqm.arrays.host.jit import kernel

X = np.random.default_rng(0).normal(size=(1_200, 32))
labels = np.arange(len(X)) % 10
MEASURES = "silhouette dunn weakest_link dbcv davies_bouldin calinski_harabasz relative_margin_bounds"
seconds = {}
for name in MEASURES.split():
    times = []
    for _ in range(2):
        start = time.perf_counter()
        getattr(cqm, name)(X, labels)
        times.append(time.perf_counter() - start)
    seconds[name] = times
compiled = {
    id(value): value.compiled.stats
    for name, module in list(sys.modules.items())
    if name.startswith("cqm.")
    for value in vars(module).values()
    if isinstance(value, kernel) and "compiled" in vars(value)  # else nothing asked for more than Python
}
print(json.dumps({
    "first_calls": seconds,
    "from_cache": sum(sum(stats.cache_hits.values()) for stats in compiled.values()),
    "compiled": sum(sum(stats.cache_misses.values()) for stats in compiled.values()),
}))
"""


def start_up() -> dict[str, Any]:
    """Seconds that `import cqm` adds to an empty program, and first calls once a program before has compiled them."""
    bare, imported = [], []
    for _ in range(ROUNDS + 1):
        bare.append(seconds("pass"))
        imported.append(seconds("import cqm"))
    subprocess.run([sys.executable, "-c", FIRST_CALLS], check=True, capture_output=True)
    again = subprocess.run([sys.executable, "-c", FIRST_CALLS], check=True, capture_output=True, text=True)
    return {
        "import_seconds": statistics.median(imported[1:]) - statistics.median(bare[1:]),
        **json.loads(again.stdout.splitlines()[-1]),
    }


def seconds(program: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - started
