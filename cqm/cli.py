"""The `cqm` command: score a clustering, choose a number of clusters, list the measures."""

import importlib
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cqm.arrays.intake import METRICS
from cqm.catalogue import catalog
from cqm.files import read_labels, read_points, write_text
from cqm.reports.report import evaluate
from cqm.reports.selection import select as select_k
from cqm.tables import text_table

app = typer.Typer(no_args_is_help=True, help="Clustering-quality measures that are axiom-checked.")

PAPER = ("scale_invariance", "consistency", "richness", "weak_richness", "isomorphism_invariance")
METRIC_NAMES = ", ".join(METRICS)


class Clusterer(StrEnum):
    """scikit-learn's clusterers that take a number of clusters."""

    kmeans = "kmeans"
    agglomerative = "agglomerative"
    spectral = "spectral"
    gaussian_mixture = "gaussian-mixture"


CLUSTERERS: dict[Clusterer, tuple[str, str, dict[str, Any]]] = {
    Clusterer.kmeans: ("sklearn.cluster", "KMeans", {"random_state": 0, "n_init": 10}),
    Clusterer.agglomerative: ("sklearn.cluster", "AgglomerativeClustering", {}),
    Clusterer.spectral: ("sklearn.cluster", "SpectralClustering", {"random_state": 0}),
    Clusterer.gaussian_mixture: ("sklearn.mixture", "GaussianMixture", {"random_state": 0, "n_init": 5}),
}

Data = Annotated[Path, typer.Argument(help=".npz, .npy, .csv, .tsv or .parquet with one point a row.", exists=True)]
MetricOption = Annotated[str, typer.Option(help=f"Distance between points: {METRIC_NAMES}.")]
Column = Annotated[str | None, typer.Option(help="Column (or array of the .npz) that holds the labels.")]


@app.command()
def score(
    data: Data,
    labels: Annotated[Path | None, typer.Option(help="File with one label a point.", exists=True)] = None,
    label_column: Column = None,
    metric: MetricOption = "euclidean",
    noise_label: Annotated[str | None, typer.Option(help="Leave out points with this label.")] = None,
    measure: Annotated[list[str] | None, typer.Option(help="Only this measure; may be repeated.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as an HTML page.")] = None,
) -> None:
    """Every measure that applies to a clustering: `cqm score data.npz`, `cqm score X.csv --labels y.csv`."""
    points, found = read_points(data, label_column)
    if labels is not None:
        found = read_labels(labels)
    if found is None:
        raise ValueError(f"{data} has no labels: give --labels FILE or --label-column NAME")
    noise = next((label for label in found if str(label) == noise_label), None)
    report = evaluate(points, found, metric=metric, noise_label=noise, measures=measure or None)
    typer.echo(str(report))
    if json is not None:
        report.to_json(json)
    if html is not None:
        write_text(html, f'<!doctype html><meta charset="utf-8"><title>{data.name}</title>{report._repr_html_()}\n')


@app.command()
def select(
    data: Data,
    k: Annotated[str, typer.Option(help="Numbers of clusters, first:last, both included.")] = "2:10",
    clusterer: Annotated[Clusterer, typer.Option(help="What clusters the points.")] = Clusterer.kmeans,
    measure: Annotated[str, typer.Option(help="Measure that chooses.")] = "silhouette",
    metric: MetricOption = "euclidean",
    label_column: Annotated[str | None, typer.Option(help="Column to leave out of the points.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the curve as a picture.")] = None,
) -> None:
    """Cluster the points for each k and name the best: `cqm select X.csv --k 2:15 --measure silhouette`."""
    first, colon, last = k.partition(":")
    if not (first.isdigit() and (last.isdigit() if colon else not last)):
        raise ValueError(f"--k takes first:last, such as 2:15; got {k!r}")
    module, name, settings = CLUSTERERS[clusterer]
    estimator = getattr(importlib.import_module(module), name)(**settings)
    points, _ = read_points(data, label_column)
    sizes = range(int(first), int(last or first) + 1)
    selection = select_k(points, estimator, k=sizes, measure=measure, metric=metric)
    typer.echo(str(selection))
    if plot is not None:
        selection.plot().figure.savefig(plot, dpi=150)


@app.command()
def axioms(
    measure: Annotated[
        list[str] | None,
        typer.Argument(help="Name from the catalogue, or module:function with the folder that you are in first."),
    ] = None,
    better: Annotated[str | None, typer.Option(help="higher or lower, for a measure of your own.")] = None,
    needs: Annotated[str | None, typer.Option(help="points, if your measure takes coordinates.")] = None,
    axiom: Annotated[list[str] | None, typer.Option(help="Only this axiom; may be repeated.")] = None,
    domain: Annotated[str | None, typer.Option(help="distances, metrics, euclidean or pseudodistances.")] = None,
    cases: Annotated[int | None, typer.Option(help="Cases to try for each axiom.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Limit of the search for each axiom.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the verdicts, with their witnesses, as JSON.")] = None,
    table: Annotated[
        bool, typer.Option("--table", help="In a checkout: judge all catalogued measures, or those named, anew.")
    ] = False,
) -> None:
    """Judge measures by the axioms: `cqm axioms silhouette`, `cqm axioms mymodule:my_measure --better lower`."""
    from cqm.axioms import command

    if table:
        command.write_table(measure or [])
        return
    if not measure:
        raise ValueError("name a measure (`cqm measures` lists ours), or give --table to judge them all")
    options = {"better": better, "needs": needs, "domain": domain, "axiom": axiom or None}
    typer.echo(command.judge(measure, command.budget(cases, seconds), json, **options))


@app.command()
def table(
    every: Annotated[bool, typer.Option("--all", help="Every axiom, not only those of the 2008 paper.")] = False,
) -> None:
    """What is known of each measure and axiom, as `cqm axioms --table` found it."""
    names = tuple(next(iter(catalog.values())).axioms) if every else PAPER
    rows = [(m.name, *(m.axioms[name].status for name in names)) for m in catalog.values()]
    typer.echo(text_table("verdicts", ("measure", *(name.replace("_", " ") for name in names)), rows))


@app.command()
def measures() -> None:
    """List the catalogued measures with direction, range and source."""
    rows = [(m.name, m.better, f"[{m.range[0]:g}, {m.range[1]:g}]", m.needs, m.reference) for m in catalog.values()]
    typer.echo(text_table(f"{len(rows)} measures", ("measure", "better", "range", "needs", "reference"), rows))


def main() -> None:
    """Run the command; what is wrong with the input is said in one line, without a traceback."""
    try:
        app()
    except (ValueError, TypeError, ImportError, OSError) as error:
        typer.echo(f"cqm: {error}", err=True)
        sys.exit(2)
    except KeyError as error:
        typer.echo(f"cqm: {error.args[0]}", err=True)
        sys.exit(2)
