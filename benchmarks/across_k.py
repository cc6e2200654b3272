"""How often measures find clear clusters: the right number of round ones, and the true ones of other shapes.

`python -m benchmarks.across_k` writes cqm/declarations/across_k.json, from which `cqm.recommend` answers, and the table
of docs/how-to/which-measure.md. With `--missing`, measures that the file has already are not measured again.
"""

import argparse
import json
import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.datasets import make_circles, make_moons

import cqm
from cqm.atomic import write_text
from cqm.declarations import catalog
from cqm.declarations.across_k import PATH, across_k
from cqm.reports.choice import choose
from cqm.reports.report import assess
from cqm.sharing import shared_work

Points = NDArray[np.float64]

PAGE = Path("docs/how-to/which-measure.md")
BEGIN, END = "<!-- table: written by `python -m benchmarks.across_k` -->", "<!-- end of the table -->"
SEEDS = 2
HARD = [name for name, measure in catalog.items() if measure.cost in ("hard", "relaxed")]
SETTING = (
    "Round: {sets} sets of 120 points in 3, 5 or 7 Gaussian clusters, 6 or more standard deviations apart, in 2 or 5 "
    "dimensions, clustered by k-means and average linkage for k = 2 … 12; for measures that search over "
    "representatives, {hard} sets of 28 points in 3 or 4 clusters, k = 2 … 7. Shapes: {shapes} sets of 120 points "
    "(28 for the same) in two moons or two rings; found where the true clusters have a better value than the halves of "
    "k-means."
)


def blobs(clusters: int, dimensions: int, seed: int, n: int) -> Points:
    """Gaussian clusters of equal size whose centres are at least 6 standard deviations apart."""
    generator = np.random.default_rng([seed, clusters, dimensions])
    while True:
        centres = generator.uniform(-10, 10, (clusters, dimensions))
        gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2)
        if gaps[np.triu_indices(clusters, 1)].min() > 6:
            return centres[np.arange(n) % clusters] + generator.normal(0, 1, (n, dimensions))


def families(points: Points, largest: int) -> Iterator[list[NDArray[Any]]]:
    """Labels for k = 2 … largest, by two methods."""
    sizes = range(2, largest + 1)
    yield [KMeans(k, n_init=4, random_state=0).fit_predict(points) for k in sizes]
    yield [AgglomerativeClustering(k, linkage="average").fit_predict(points) for k in sizes]


def round_clusters(names: list[str], hard: bool) -> dict[str, list[int]]:
    """Measure → [right, all, times that its best value is at the largest k, at the smallest, at the right one]."""
    n, largest = (28, 7) if hard else (120, 12)
    counts = {name: [0, 0, 0, 0, 0] for name in names}
    for seed in range(SEEDS):
        for clusters in (3, 4) if hard else (3, 5, 7):
            for dimensions in (2, 5):
                points = blobs(clusters, dimensions, seed, n)
                for family in families(points, largest):
                    reports = [_report(points, labels, names) for labels in family]
                    for name in names:
                        choice = choose(catalog[name], reports, by_k=True)
                        oriented = [catalog[name].oriented(value) for value in choice.values]
                        finite = [value for value in oriented if not math.isnan(value)]
                        best = oriented.index(max(finite)) if finite else None
                        right = bool(choice.best) and reports[choice.best[0]].k == clusters
                        ends = best == len(reports) - 1, best == 0
                        at_right = best is not None and reports[best].k == clusters
                        for i, hit in enumerate((right, True, *ends, at_right)):
                            counts[name][i] += hit
    return counts


def shapes(names: list[str], hard: bool) -> dict[str, list[int]]:
    """Measure → [found, all]."""
    n = 28 if hard else 120
    counts = {name: [0, 0] for name in names}
    for seed in range(5 * SEEDS):
        for points, truth in (
            make_moons(n, noise=0.03, random_state=seed),
            make_circles(n, noise=0.02, factor=0.4, random_state=seed),
        ):
            halves = KMeans(2, n_init=4, random_state=0).fit_predict(points)
            true, cut = _report(points, truth, names), _report(points, halves, names)
            for name in names:
                counts[name][1] += 1
                if name in true.values and name in cut.values:
                    oriented = catalog[name].oriented
                    counts[name][0] += oriented(true.values[name]) > oriented(cut.values[name])
    return counts


def _report(points: Points, labels: NDArray[Any], names: list[str]) -> cqm.Report:
    with shared_work():
        measures = [catalog[name] for name in names]
        return assess(points, labels, measures, metric="euclidean", noise_label=None, limit=math.inf)


def main() -> None:
    """Measure, and write the file and the page's table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", action="store_true", help="only measures that the file does not have")
    known = json.loads(PATH.read_text(encoding="utf-8"))["measures"] if parser.parse_args().missing else {}
    warnings.simplefilter("ignore")
    easy = [name for name in catalog if name not in HARD and name not in known]
    hard = [name for name in HARD if name not in known]
    measures = known | (counted(easy, hard=False) if easy else {}) | (counted(hard, hard=True) if hard else {})
    measures = {name: measures[name] for name in catalog}
    sizes = {"sets": measures["silhouette"], "hard": measures[HARD[0]]}
    text = SETTING.format(
        **{name: count["sets"] for name, count in sizes.items()}, shapes=measures["silhouette"]["shapes"]
    )
    write_text(PATH, json.dumps({"setting": text, "measures": measures}, indent=1) + "\n")
    write_text(PAGE, with_table(PAGE.read_text(encoding="utf-8"), text, measures))


def counted(names: list[str], hard: bool) -> dict[str, dict[str, int]]:
    """Measure → what the file says of it."""
    keys = ("found", "sets", "largest", "smallest", "best_at_right", "shapes_found", "shapes")
    found, shaped = round_clusters(names, hard), shapes(names, hard)
    return {name: dict(zip(keys, found[name] + shaped[name], strict=True)) for name in names}


def with_table(page: str, setting: str, measures: dict[str, dict[str, int]]) -> str:
    """The page with the table of these counts between its marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    rows = ["| measure | chooses k by | right k | moons and rings |", "|---|---|--:|--:|"]
    for name, count in sorted(measures.items(), key=lambda item: (-item[1]["found"] / item[1]["sets"], item[0])):
        right, shaped = f"{count['found']}/{count['sets']}", f"{count['shapes_found']}/{count['shapes']}"
        rows.append(f"| {name} | {across_k(name).way} | {right} | {shaped} |")
    return f"{head}{BEGIN}\n\n{setting}\n\n" + "\n".join(rows) + f"\n\n{END}{tail}"


if __name__ == "__main__":
    main()
