"""Seconds of processor that measures take, against which tests hold the formulas of `cqm.declarations.cost`.

    python -m benchmarks.costs [--again]

Each measure runs on normal clusters that overlap, in one process, once it has been compiled; what all threads take
counts. Medians of up to three runs go to docs/benchmarks/costs.json, with the machine that they were measured on; what
is there already is measured again only where that is asked for.
"""

import argparse
import json
import math
import statistics
import time
from contextlib import suppress
from pathlib import Path

import cqm
from benchmarks.measures.cases import Case, points
from benchmarks.measures.machine import facts
from cqm.atomic import write_text

OUT = Path(__file__).parents[1] / "docs" / "benchmarks" / "costs.json"
RUNS, LONG_SECONDS = 3, 5.0
METRICS = {"math.dist": math.dist}  # metrics that are functions, by the names that the file gives them

NAMES = ("measure", "n", "k", "d", "metric")
# of each case; at least one of each cost of the catalogue
CASES = (
    ("trace_w", 200_000, 500, 64, "cosine"),
    ("trace_w", 20_000, 600, 192, "euclidean"),
    ("trace_wib", 20_000, 600, 192, "euclidean"),
    ("trace_wib", 200_000, 500, 64, "cosine"),
    ("davies_bouldin", 20_000, 600, 192, "euclidean"),
    ("davies_bouldin", 3_000, 1_000, 128, "euclidean"),
    ("simplified_silhouette", 20_000, 600, 192, "euclidean"),
    ("simplified_silhouette", 200_000, 500, 64, "cosine"),
    ("silhouette", 200_000, 500, 64, "cosine"),
    ("silhouette", 20_000, 600, 192, "euclidean"),
    ("silhouette", 5_000, 50, 64, "chebyshev"),
    ("s_dbw", 20_000, 600, 192, "euclidean"),
    ("s_dbw", 3_000, 1_000, 128, "euclidean"),
    ("s_dbw", 200_000, 500, 64, "cosine"),
    ("cdbw", 20_000, 600, 192, "euclidean"),
    ("cdbw", 3_000, 1_000, 128, "euclidean"),
    ("cdbw", 10_000, 200, 64, "euclidean"),
    ("dunn", 20_000, 600, 192, "euclidean"),
    ("dunn", 20_000, 20, 16, "euclidean"),
    ("dunn", 20_000, 20, 2, "euclidean"),
    ("dunn", 5_000, 50, 64, "manhattan"),
    ("dunn", 2_000, 50, 64, "minkowski"),
    ("dunn", 600, 5, 16, "math.dist"),
    ("weakest_link", 3_000, 1_000, 128, "euclidean"),
    ("connectivity", 20_000, 600, 192, "euclidean"),
    ("point_biserial", 20_000, 600, 192, "euclidean"),
    ("dbcv", 3_000, 1_000, 128, "euclidean"),
    ("generalized_dunn_hausdorff_maximum", 20_000, 600, 192, "euclidean"),
    ("gamma", 20_000, 600, 192, "euclidean"),
    ("c_index", 20_000, 20, 16, "euclidean"),
    ("adjusted_calinski_harabasz", 20_000, 50, 64, "euclidean"),
    ("adjusted_calinski_harabasz", 50_000, 10, 128, "euclidean"),
    ("adjusted_xie_beni", 2_000, 100, 16, "euclidean"),
    ("adjusted_davies_bouldin", 2_000, 100, 16, "euclidean"),
    ("adjusted_silhouette", 2_000, 100, 16, "euclidean"),
    ("adjusted_silhouette", 10_000, 30, 64, "euclidean"),
    ("additive_margin", 1_000, 100, 64, "euclidean"),
    ("additive_margin", 8_000, 40, 64, "euclidean"),
    ("additive_margin", 16_000, 40, 64, "euclidean"),
    ("relative_margin_literal", 1_797, 10, 64, "euclidean"),
    ("relative_margin", 1_000, 100, 64, "euclidean"),
    ("relative_margin", 3_000, 300, 64, "euclidean"),
    ("relative_margin", 8_000, 40, 64, "euclidean"),
    ("relative_margin", 5_000, 2, 64, "euclidean"),
    ("relative_margin_pairs_mean", 320, 20, 128, "cosine"),
    ("relative_margin_pairs_mean", 5_000, 50, 64, "euclidean"),
    ("additive_margin_pairs_mean", 320, 20, 128, "cosine"),
    ("additive_margin_pairs_mean", 5_000, 50, 64, "euclidean"),
)


def seconds(name: str, n: int, k: int, d: int, metric: str) -> float:
    """Median of processor time; a search that ends without a certificate has taken its time all the same."""
    X, labels = points(Case("silhouette", n, d, k))

    def run(rows: slice) -> float:
        start = time.process_time()
        with suppress(cqm.BudgetExceeded):
            cqm.catalog[name].function(X[rows], labels[rows], metric=METRICS.get(metric, metric))
        return time.process_time() - start

    run(slice(0, max(3 * k, n // 50)))
    times = [run(slice(None))]
    while len(times) < RUNS and times[0] < LONG_SECONDS:
        times.append(run(slice(None)))
    return statistics.median(times)


def main() -> None:
    """Measure the cases and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", action="store_true", help="measure what has been measured before, too")
    again = parser.parse_args().again or not OUT.exists()
    record = {"machine": facts(), "cases": []} if again else json.loads(OUT.read_text(encoding="utf-8"))
    known = {tuple(row.values())[:-1]: row for row in record["cases"]}
    rows = []
    for case in CASES:
        row = known.get(case) or {**dict(zip(NAMES, case, strict=True)), "seconds": seconds(*case)}
        print(*row.values(), flush=True)
        rows.append(row)
    write_text(OUT, json.dumps({**record, "cases": rows}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
