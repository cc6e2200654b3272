"""How well measures tell which clustering is the best: docs/benchmarks/validity.md.

    python -m benchmarks.validity

makes labelled sets, has eight clusterers cluster each for several k, asks every measure, and compares what it says with
the adjusted Rand index against the truth. Records are kept in docs/benchmarks/validity.json; with `--page`, the page is
written from these alone.
"""

import argparse
import json
import math
import time
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

import cqm
from benchmarks.validity_data import CLUSTERERS, KINDS, LARGEST_K, Candidate, PointSet, candidates, point_sets
from cqm.atomic import write_text
from cqm.declarations import catalog
from cqm.reports.choice import choose
from cqm.reports.report import Report

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "validity.md"
RECORDS = PAGE.with_suffix(".json")
SEARCHING = ("hard", "relaxed", "pairs", "pairs_relaxed")
NAMES = [name for name, measure in catalog.items() if measure.cost not in SEARCHING]
FIGURES = ("same_k", "same_k_lost", "right_k", "across_k_lost", "all", "all_lost")
"""Correlation, or share, and what is lost, for each of three comparisons."""

TEXT = """# Measures on labelled sets

<!-- Written by `python -m benchmarks.validity` from validity.json beside this page. -->

Which measure picks the clustering that is nearest to the truth? Simpson, Campello and Stojanovski ("Benchmarking of
clustering validity measures revisited", arXiv:2511.05983, 2025, after Vendramin, Campello and Hruschka 2010) compare
26 measures in three complementary ways, with two figures each, on 16,177 sets and the results of eight clusterers.
Their sets are not used here: this is a comparison of that design at the size of minutes, and its numbers are its own.

**Sets.** {sets} sets of about 150 points: Gaussian clusters in every combination of 2, 4 or 8 clusters, 2 or 10
dimensions, centres at least 7 or 3.5 standard deviations apart, and equal sizes or one cluster of six tenths of all
points, half of the sets round and half stretched, each cluster in its own directions; and arcs and rings.

**Candidates.** {clusterers} make {candidates:,} clusterings of them for k = 2 … {largest}, equal ones of a set
counted once.

**Truth.** The adjusted Rand index (ARI) of a candidate and the true clusters.

Each measure is asked

1. *with k given*: among the candidates with the true k. The rank correlation of its values, better upwards, with the
   ARI; and how much ARI is lost, on average, by taking what it calls the best instead of what is.
2. *for k*: among the candidates of one clusterer, as `cqm.select` does: by the best value, or by the bend where a
   measure moves with k by itself. How often it answers the true k, and how much ARI is lost; where it gives no answer,
   what k = 2 loses.
3. *for everything*: among all candidates of a set, by its best value, even where it can't compare different k. As in 1.

A value that is missing counts as the worst. Measures that search over representatives take too long here. The order is
that of the ARI lost in the third comparison; an asterisk marks measures whose best value is not meant to compare
different k, for which the second comparison is the fair one.
"""


@dataclass(frozen=True)
class Judged:
    """Candidates of one set with their reports.

    Attributes
    ----------
    k : number of true clusters.
    candidates, reports : what is judged, and what the measures say.
    ari : agreement of each with the truth.
    """

    k: int
    candidates: Sequence[Candidate]
    reports: Sequence[Report]
    ari: Sequence[float]


def judged(point_set: PointSet) -> Judged:
    """Different candidates of a set, with all measures' values."""
    distinct: dict[bytes, Candidate] = {}
    found = candidates(point_set.points)
    reports: dict[bytes, Report] = {}
    for candidate in found:
        key = first_seen(candidate.labels).tobytes()
        if key not in distinct:
            distinct[key] = candidate
            reports[key] = cqm.evaluate(point_set.points, candidate.labels, measures=NAMES)
    keys = [first_seen(candidate.labels).tobytes() for candidate in found]
    ari = {key: cqm.adjusted_rand(point_set.truth, candidate.labels) for key, candidate in distinct.items()}
    return Judged(point_set.k, found, [reports[key] for key in keys], [ari[key] for key in keys])


def first_seen(labels: Any) -> Any:
    """Labels in order of first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def figures(name: str, found: Judged) -> dict[str, float]:
    """The six figures of a measure on one set."""
    measure = catalog[name]
    values = np.array([measure.oriented(report.values.get(name, math.nan)) for report in found.reports])
    values = np.where(np.isnan(values), -np.inf, values)
    ari, k = np.asarray(found.ari), np.array([candidate.k for candidate in found.candidates])
    out = dict.fromkeys(FIGURES, math.nan)
    for figure, rows in (("same_k", k == found.k), ("all", np.ones(len(k), dtype=bool))):
        distinct = np.unique(np.column_stack([values, ari])[rows], axis=0)  # equal candidates count once
        if len(distinct) > 1:
            out[figure] = correlation(*distinct.T)
            out[f"{figure}_lost"] = lost(*distinct.T)
    right, losses = [], []
    for clusterer in CLUSTERERS:
        rows = [i for i, candidate in enumerate(found.candidates) if candidate.clusterer == clusterer]
        choice = choose(measure, [found.reports[i] for i in rows], by_k=True)
        best = [rows[i] for i in choice.best] or rows[:1]
        right.append(float(bool(choice.best) and k[best[0]] == found.k))
        losses.append(float(ari[rows].max() - ari[best].mean()))
    return out | {"right_k": float(np.mean(right)), "across_k_lost": float(np.mean(losses))}


def correlation(values: Any, ari: Any) -> float:
    """Spearman's, 0 where a measure or the truth says the same of all."""
    if np.ptp(rankdata(values)) == 0 or np.ptp(ari) == 0:
        return 0.0
    return float(np.corrcoef(rankdata(values), rankdata(ari))[0, 1])


def lost(values: Any, ari: Any) -> float:
    """Best ARI minus the mean of those that have the best value."""
    return float(ari.max() - ari[values == values.max()].mean())


def measured() -> dict[str, Any]:
    """All records: figures by kind of set and measure, averaged over the sets of a kind."""
    started, collected, counted = time.process_time(), defaultdict(list), {"sets": 0, "candidates": 0}
    kinds = dict.fromkeys(KINDS, 0)
    for point_set in point_sets():
        found = judged(point_set)
        kinds[point_set.kind] += 1
        counted["sets"] += 1
        counted["candidates"] += len({first_seen(candidate.labels).tobytes() for candidate in found.candidates})
        for name in NAMES:
            collected[point_set.kind, name].append([figures(name, found)[figure] for figure in FIGURES])
        print(f"{time.process_time() - started:6.0f} s  {point_set.name}", flush=True)
    return counted | {
        "kinds": kinds,
        "processor_seconds": round(time.process_time() - started),
        "figures": {
            name: {kind: np.nanmean(collected[kind, name], axis=0).round(4).tolist() for kind in KINDS}
            for name in NAMES
        },
    }


def page(records: dict[str, Any]) -> str:
    """The text of docs/benchmarks/validity.md."""
    kinds = records["kinds"]

    def overall(name: str) -> list[float]:
        rows = [(kinds[kind], records["figures"][name][kind]) for kind in KINDS]
        return [float(sum(n * row[i] for n, row in rows) / sum(kinds.values())) for i in range(len(FIGURES))]

    names = sorted(records["figures"], key=lambda name: overall(name)[-1])
    lines = [
        TEXT.format(
            sets=records["sets"], candidates=records["candidates"], largest=LARGEST_K, clusterers=listed(CLUSTERERS)
        ),
        "## All sets\n",
        "| | measure | k given: correlation | ARI lost | for k: right | ARI lost | all: correlation | ARI lost |",
        "|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for place, name in enumerate(names, start=1):
        mark = "" if catalog[name].across_k.way == "best" else "*"
        same_k, same_k_lost, right, across_lost, every, every_lost = overall(name)
        lines.append(
            f"| {place} | {name}{mark} | {same_k:.2f} | {same_k_lost:.3f} | {right:.0%} | {across_lost:.3f} | "
            f"{every:.2f} | {every_lost:.3f} |"
        )
    lines += ["\n## By kind of clusters\n", "ARI lost in the third comparison, and in brackets in the second.\n"]
    lines += [f"| measure | {' | '.join(f'{kind} ({kinds[kind]})' for kind in KINDS)} |", "|---|" + "--:|" * len(KINDS)]
    for name in names:
        cells = [f"{row[5]:.3f} ({row[3]:.3f})" for row in (records["figures"][name][kind] for kind in KINDS)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines.append(f"\nMeasured in {records['processor_seconds'] / 60:.0f} minutes of processor time.")
    return "\n".join(lines) + "\n"


def listed(names: Any) -> str:
    """The names as a sentence has them."""
    *first, last = names
    return f"{', '.join(first)} and {last}".replace("k-means", "K-means", 1)


def main() -> None:
    """Measure, and write records and page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="write the page from the records")
    if not parser.parse_args().page:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            write_text(RECORDS, json.dumps(measured(), indent=1) + "\n")
    write_text(PAGE, page(json.loads(RECORDS.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
