"""How well DBCV chooses DBSCAN's eps, by its rule for ties and by the authors': docs/benchmarks/choosing-eps.md.

    python -m benchmarks.choosing_eps --published FOLDER

clusters moons and circles by DBSCAN with many eps, and compares what either rule chooses with the truth. The folder
holds the authors' four data sets, dataset_1.txt … dataset_4.txt of github.com/pajaskowiak/dbcv, on which values are
compared. Records are kept in choosing-eps.json; with `--page`, the page is written from these alone.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_circles, make_moons

import cqm
from cqm.atomic import write_text

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "choosing-eps.md"
RECORDS = PAGE.with_suffix(".json")
METRICS = ("euclidean", "sqeuclidean")
SETS: dict[str, tuple[Any, dict[str, float]]] = {
    "moons, noise .05": (make_moons, {"noise": 0.05}),
    "moons, noise .08": (make_moons, {"noise": 0.08}),
    "moons, noise .1": (make_moons, {"noise": 0.1}),
    "circles, noise .05": (make_circles, {"noise": 0.05, "factor": 0.4}),
    "circles, noise .08": (make_circles, {"noise": 0.08, "factor": 0.4}),
    "nearer circles, noise .05": (make_circles, {"noise": 0.05, "factor": 0.5}),
}
POINTS, SEEDS, ORDERS = 300, range(1000, 1016), 12
RADII = np.linspace(0.05, 0.35, 16)

TEXT = """# DBCV choosing eps

<!-- Written by `python -m benchmarks.choosing_eps` from choosing-eps.json beside this page. -->

Mutual reachability distances tie so often that a cluster has many minimum spanning trees, and the authors' program
takes the one that the order of rows leads to. [`cqm.dbcv`](../measures.md#dbcv) has a rule for ties that depends on the
distances alone. Here both choose the eps of DBSCAN (`min_samples=5`) among {radii} values between {first:g} and
{last:g}, on {seeds} samples of {points} points of each kind. The figures are mean adjusted Rand indices of the choice
and the truth; those of the authors' rule are the mean over {orders} orders of the rows, and in brackets the smallest
and largest mean that one order gave. The best eps would have {best:.2f} or more everywhere. The 3/5 in our rule was
settled on other samples of these kinds, by the agreement with the truth and with the authors' values.
"""

WHY = """
## Which distance

Squared distances, which the authors' program takes and the tables of the paper are made with, choose much better, by
either rule. Ties are not the reason. A core distance is a mean of powers −D of distances, D the number of coordinates.
In a cluster of even density in D dimensions, every ring of points around x, twice as wide as the one before, adds as
much to the sum of d^−D as the nearest points do, so that it speaks of the whole cluster's size; of squared distances
the powers are −2D, and the nearest points decide. So Euclidean core distances of a large cluster are long, whatever
its density, and pieces of it look better than the whole.

The default of `cqm.dbcv` is the Euclidean distance all the same: Definition 1 takes a distance, `metric` means the same
for all measures, and hdbscan and R's dbscan, whose values people have, do not square. To choose eps, pass
`metric="sqeuclidean"`.

## Values on the authors' sets

Of each set, noise as a cluster of its own (none) or left out (−1): the value, and the range of the authors' rule over
{orders} orders of the rows and the order of the file.

| set | distance | noise | cqm | authors' rule |
|--:|---|--:|--:|--:|
"""


def by_the_authors_rules(
    points: NDArray[Any], labels: NDArray[Any], *, squared: bool, order: NDArray[np.intp]
) -> float:
    """DBCV as github.com/pajaskowiak/dbcv does it: Prim's tree from the first row, ties to what is found first."""
    points, labels = points[order], labels[order]
    distances = cdist(points, points, "sqeuclidean" if squared else "euclidean")
    clusters = [np.flatnonzero(labels == i) for i in np.unique(labels) if i != -1]
    core, inner, sparseness = np.zeros(len(points)), [], []
    for rows in clusters:
        own = distances[np.ix_(rows, rows)]
        powers = np.where(own > 0, own, np.inf) ** -points.shape[1]
        core[rows] = (powers.sum(axis=0) / (len(rows) - 1)) ** (-1 / points.shape[1])
    reach = np.maximum(np.maximum.outer(core, core), distances)
    for rows in clusters:
        edges = prims_edges(reach[np.ix_(rows, rows)])
        inside = np.bincount(edges.ravel()) > 1
        inside |= not inside.any()
        lengths, between = reach[rows[edges[:, 0]], rows[edges[:, 1]]], inside[edges].all(axis=1)
        sparseness.append(lengths[between].max() if between.any() else lengths.max())
        inner.append(rows[inside])
    value = 0.0
    for i, rows in enumerate(clusters):
        separation = min(reach[np.ix_(inner[i], inner[j])].min() for j in range(len(clusters)) if j != i)
        value += len(rows) / len(points) * (separation - sparseness[i]) / max(separation, sparseness[i])
    return value


def prims_edges(weights: NDArray[np.float64]) -> NDArray[np.intp]:
    """(n − 1, 2) edges of the spanning tree that grows from the first point."""
    nearest, parent, outside = weights[0].copy(), np.zeros(len(weights), dtype=np.intp), np.ones(len(weights), bool)
    outside[0], edges = False, []
    while outside.any():
        new = int(np.argmin(np.where(outside, nearest, np.inf)))
        edges.append((parent[new], new))
        outside[new] = False
        closer = outside & (weights[new] < nearest)
        nearest[closer], parent[closer] = weights[new][closer], new
    return np.array(edges)


def orders_of(n: int) -> Iterator[NDArray[np.intp]]:
    """The orders of rows that the authors' rule is tried with."""
    return (np.random.default_rng(seed).permutation(n) for seed in range(ORDERS))


def chosen(name: str, metric: str) -> dict[str, Any]:
    """Agreement with the truth of what either rule chooses, and of the best eps, over all samples of a kind."""
    make, settings = SETS[name]
    ours, theirs, best = [], [], []
    for seed in SEEDS:
        points, truth = make(POINTS, random_state=seed, **settings)
        labellings = [DBSCAN(eps=eps).fit_predict(points) for eps in RADII]
        labellings = [labels for labels in labellings if labels.max() > 0]
        agreement = np.array([cqm.adjusted_rand(truth, labels) for labels in labellings])
        values = [cqm.dbcv(points, labels, metric=metric, noise_label=-1) for labels in labellings]
        by_order = [
            [
                by_the_authors_rules(points, labels, squared=metric == "sqeuclidean", order=order)
                for labels in labellings
            ]
            for order in orders_of(POINTS)
        ]
        ours.append(agreement[np.argmax(values)])
        theirs.append(agreement[np.argmax(by_order, axis=1)])
        best.append(agreement.max())
    return {"cqm": np.mean(ours), "authors": np.mean(theirs, axis=0).tolist(), "best": np.mean(best)}


def published(folder: Path) -> Iterator[tuple[int, str, str, float, float, float]]:
    """Values on the authors' sets: set, metric, noise, ours, and the range of theirs."""
    for number in (1, 2, 3, 4):
        table = np.loadtxt(folder / f"dataset_{number}.txt")
        points, truth = table[:, :2], table[:, 2].astype(int)
        for metric in METRICS:
            for noise in ("none", "-1"):
                labels = truth if noise == "-1" else np.where(truth == -1, truth.max() + 1, truth)
                value = cqm.dbcv(points, labels, metric=metric, noise_label=-1 if noise == "-1" else None)
                orders = [np.arange(len(points)), *orders_of(len(points))]
                theirs = [
                    by_the_authors_rules(points, labels, squared=metric == "sqeuclidean", order=order)
                    for order in orders
                ]
                yield number, metric, noise, value, min(theirs), max(theirs)


def measured(folder: Path) -> dict[str, Any]:
    """All records."""
    started = time.process_time()
    choices: dict[str, dict[str, Any]] = {}
    for metric in METRICS:
        for name in SETS:
            choices.setdefault(metric, {})[name] = chosen(name, metric)
            print(f"{time.process_time() - started:6.0f} s  {metric}, {name}", flush=True)
    values = list(published(folder))
    return {"choices": choices, "values": values, "processor_seconds": round(time.process_time() - started)}


def page(records: dict[str, Any]) -> str:
    """The text of docs/benchmarks/choosing-eps.md."""
    best = min(row["best"] for rows in records["choices"].values() for row in rows.values())
    lines = [
        TEXT.format(
            radii=len(RADII),
            first=RADII[0],
            last=RADII[-1],
            seeds=len(SEEDS),
            points=POINTS,
            orders=ORDERS,
            best=np.floor(100 * best) / 100,
        ),
        "| | Euclidean: cqm | authors' rule | squared: cqm | authors' rule |",
        "|---|--:|--:|--:|--:|",
    ]
    for name in SETS:
        lines.append(_row(name, [records["choices"][metric][name] for metric in METRICS]))
    means = []
    for metric in METRICS:
        rows = records["choices"][metric].values()
        authors = np.mean([row["authors"] for row in rows], axis=0).tolist()
        means.append({"cqm": np.mean([row["cqm"] for row in rows]), "authors": authors})
    lines += [_row("mean", means), WHY.format(orders=ORDERS).rstrip("\n")]
    for number, metric, noise, value, low, high in records["values"]:
        lines.append(f"| {number} | {metric} | {noise} | {value:.4f} | {low:.4f} – {high:.4f} |")
    minutes = round(records["processor_seconds"] / 60)
    lines.append(f"\nMeasured in {minutes} minute{'s' * (minutes != 1)} of processor time.")
    return "\n".join(lines) + "\n"


def _row(name: str, both: list[dict[str, Any]]) -> str:
    cells = []
    for row in both:
        authors = row["authors"]
        cells += [f"{row['cqm']:.2f}", f"{np.mean(authors):.2f} ({min(authors):.2f} – {max(authors):.2f})"]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Measure, or write the page from what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, help="folder of the authors' four data sets")
    parser.add_argument("--page", action="store_true", help="write the page from the records alone")
    options = parser.parse_args()
    if not options.page:
        if options.published is None:
            parser.error("give --published FOLDER, with dataset_1.txt to dataset_4.txt of github.com/pajaskowiak/dbcv")
        write_text(RECORDS, json.dumps(measured(options.published), indent=1) + "\n")
    write_text(PAGE, page(json.loads(RECORDS.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
