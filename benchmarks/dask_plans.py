"""Passes over ten million points as dask would run them: tasks, and bytes between them, planned and not run.

    python -m benchmarks.dask_plans

The engine plans each pass for points that are never made; tasks are counted in its graphs, and what each hands on is
sized by its shape. The page is docs/large-n-dask.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
from dask.highlevelgraph import HighLevelGraph

from cqm.arrays.clustering import Clustering, Part
from cqm.arrays.dask import engine
from cqm.arrays.dask.engine import Dask
from cqm.arrays.metrics import EUCLIDEAN
from cqm.atomic import write_text
from cqm.geometry import core_distances, moments, neighbours, ranks, reductions
from cqm.geometry.nearest import own_and_nearest

N, DIM, CLUSTERS, CHUNK = 10_000_000, 192, 100_000, 100_000
PAGE = Path(__file__).parent.parent / "docs" / "large-n-dask.md"
ORDERING = "rows into cluster order"
SAMPLE = 8  # rows and columns of a tile on which a visit shows the size of what it says


class Planned(Exception):  # noqa: N818 - no error
    """Thrown in the place of the computation."""

    def __init__(self, wanted: tuple[Any, ...]) -> None:
        self.wanted = wanted


@dataclass(frozen=True)
class Plan:
    """What a pass takes.

    Attributes
    ----------
    tasks : number of tasks.
    rows : bytes of points that tasks read from others.
    results : bytes of results that tasks read from others.
    client : bytes that come back.
    """

    tasks: int
    rows: float
    results: float
    client: float


def points(n: int, d: int, k: int, chunk: int) -> Clustering:
    """Points that nobody makes, in no order of their clusters."""
    order, starts = np.random.default_rng(0).permutation(n), np.linspace(0, n, k + 1).astype(np.intp)
    data = da.zeros((n, d), chunks=(chunk, d), dtype=np.float32)
    held = Dask.arrange(data, order, starts, EUCLIDEAN)
    return Clustering(order, starts, tuple(range(k)), EUCLIDEAN, n, n, held)


def plan(work: Callable[[], Any], clustering: Clustering) -> Plan:
    """The first computation that `work` asks for."""
    compute = engine.dask.compute

    def planned(*wanted: Any) -> Any:
        raise Planned(wanted)

    engine.dask.compute = planned
    try:
        work()
    except Planned as found:
        return sized(found.wanted, clustering)
    finally:
        engine.dask.compute = compute
    raise ValueError("nothing was to be computed")


def sized(wanted: tuple[Any, ...], clustering: Clustering) -> Plan:
    """Tasks and bytes of a graph."""
    wanted = tuple(chain.from_iterable(each if isinstance(each, list) else [each] for each in wanted))
    graph = dict(HighLevelGraph.merge(*(each.__dask_graph__() for each in wanted)))
    sizes: dict[Any, float] = {}

    def size(key: Any) -> float:
        if key not in sizes:
            sizes[key] = size_of(graph[key], clustering, graph, size)
        return sizes[key]

    rows = results = 0.0
    for task in graph.values():
        for dependency in task.dependencies:
            if kind(graph[dependency]) in ("_take", "_put", "host_of"):
                rows += size(dependency)
            elif kind(graph[dependency]) in RESULTS:
                results += size(dependency)
    return Plan(len(graph), rows, results, sum(size(each.key) for each in wanted))


def kind(task: Any) -> str:
    """Name of a task's function."""
    return getattr(getattr(task, "func", None), "__name__", "")


RESULTS = ("folded", "folded_points", "put_together", "getitem", "at_landmarks", "sums_inside", "over_parts")


def size_of(task: Any, clustering: Clustering, graph: dict[Any, Any], size: Callable[[Any], float]) -> float:
    """Bytes that a task hands on."""
    held, arguments = clustering.points, getattr(task, "args", ())
    row = held.features * held.dtype.itemsize
    lots = [(each,) if isinstance(each, Part) or not isinstance(each, tuple) else each for each in arguments]
    rows = [part.rows.stop - part.rows.start for lot in lots for part in lot if isinstance(part, Part)]
    values = 8 * sum(rows)  # one a point
    match kind(task):
        case "_take":
            return float(len(arguments[1]) * row)
        case "_put":
            return sum(size(dependency) for dependency in task.dependencies if kind(graph[dependency]) == "_take")
        case "host_of":
            return max(size(dependency) for dependency in task.dependencies)
        case "folded":
            return float(nbytes(said(task, graph)))
        case "folded_points":
            return nbytes(said(task, graph)) / SAMPLE * sum(rows)
        case "getitem":  # one of two blocks, or of three values and two clusters at the borders
            (both,) = task.dependencies
            return (
                size(both) / 2 if kind(graph[both]) == "folded_points" else size(both) * (2, 3)[task.args[1] == 0] / 5
            )
        case "met_by":
            return float(5 * values)
        case "put_together":
            return max(size(dependency) for dependency in task.dependencies)
        case "at_landmarks" | "over_parts":
            return float(3 * values)
        case "sums_inside":
            return float(8 * held.n / len(held.blocks))
    return 0.0


def said(task: Any, graph: dict[Any, Any]) -> Any:
    """What the visit of a fold says of a small tile."""
    visit = graph[task.args[3].key]
    visit = getattr(visit, "value", visit)
    tile = np.abs(np.random.default_rng(0).normal(size=(SAMPLE, SAMPLE))) + 1
    return visit(slice(0, SAMPLE), slice(SAMPLE, 2 * SAMPLE), tile)


def nbytes(found: Any) -> int:
    """Bytes of arrays, however they are put together."""
    if isinstance(found, tuple | list):
        return sum(map(nbytes, found))
    return int(getattr(found, "nbytes", 8))


def passes(clustering: Clustering) -> dict[str, Callable[[], Any]]:
    """Name → the pass, of one family each."""
    held = clustering.points
    at = np.zeros((clustering.k, held.features))

    def moments_of() -> Any:
        return held.fold(lambda a, b, tile: np.zeros(5), moments._merge)

    return {
        ORDERING: lambda: engine.dask.compute(*held.blocks),
        "distances to all centroids (simplified silhouette)": lambda: held.to_landmarks(
            at, at[0], own_and_nearest, root=True
        ),
        "sums to every cluster (silhouette)": lambda: reductions.point_sums(clustering),
        "moments of all pairs (point-biserial)": moments_of,
        "a histogram of all pairs (order statistics of Gamma and C-index)": lambda: ranks._histograms(
            clustering, [0], ranks.BITS - ranks.RADIX, ranks.RADIX
        ),
        "ten nearest neighbours (connectivity, CVNN)": lambda: neighbours.foreign_shares(clustering, 10),
        "nearest in the cluster (DBCV)": lambda: core_distances._nearest(clustering),
        "sums to the own cluster (medoids)": held.sums_inside,
    }


def page(clustering: Clustering) -> str:
    """docs/large-n-dask.md."""
    n, k, d = clustering.n, clustering.k, clustering.points.features
    blocks = len(clustering.points.blocks)
    lines = [
        "# Ten million points on dask, on paper",
        "",
        f"{n:,} vectors of {d} float32 numbers in {k:,} clusters, rows in no order, in {blocks} chunks: the graphs "
        "that the engine plans, not run; written by `python -m benchmarks.dask_plans`. Points count for every task "
        "that reads a block of another one; a worker gets a block once. Results are what tasks merge, and what comes "
        "back is what the client gets.",
        "",
        "| pass | tasks | points read by tasks | results between tasks | back to the client |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, work in passes(clustering).items():
        found = plan(work, clustering)
        if name == ORDERING:
            found = replace(found, client=0.0)  # where they are, they stay
        sizes = " | ".join(f"{size / 1e9:,.3g} GB" for size in (found.rows, found.results, found.client))
        lines.append(f"| {name} | {found.tasks:,} | {sizes} |")
    table = 8 * k * k / 1e9
    lines += [
        "",
        f"Tables of pairs of clusters would take {table:,.0f} GB on the client: at so many clusters take a measure "
        "with a closed form, as all are under cosine, or one of the passes above. Sums to every cluster are reduced "
        "in lots, the clusters inside of a block and those that blocks share, so that no task holds more than some "
        "rows' sums over the clusters of one block; each pair of blocks is met twice, once for the points of either.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_text(PAGE, page(points(N, DIM, CLUSTERS, CHUNK)))
