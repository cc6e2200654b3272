"""The `cqm` command: score a clustering, choose its settings, say which measure fits, list what there is.

Each command imports what it needs: help and completion wait for none of it.
"""

import importlib
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cqm import __version__
from cqm.arrays.metrics import METRICS, SCIPY_METRICS
from cqm.reports.settings import MIN_COVERAGE, Rule, Shape

if TYPE_CHECKING:
    pass

app = typer.Typer(no_args_is_help=True)

PAPER = ("scale_invariance", "consistency", "richness", "weak_richness", "isomorphism_invariance")


class Clusterer(StrEnum):
    """Clusterers of scikit-learn."""

    kmeans = "kmeans"
    agglomerative = "agglomerative"
    spectral = "spectral"
    gaussian_mixture = "gaussian-mixture"
    dbscan = "dbscan"
    hdbscan = "hdbscan"


CLUSTERERS: dict[Clusterer, tuple[str, str, dict[str, Any]]] = {
    Clusterer.kmeans: ("sklearn.cluster", "KMeans", {"random_state": 0, "n_init": 10}),
    Clusterer.agglomerative: ("sklearn.cluster", "AgglomerativeClustering", {}),
    Clusterer.spectral: ("sklearn.cluster", "SpectralClustering", {"random_state": 0}),
    Clusterer.gaussian_mixture: ("sklearn.mixture", "GaussianMixture", {"random_state": 0, "n_init": 5}),
    Clusterer.dbscan: ("sklearn.cluster", "DBSCAN", {}),
    Clusterer.hdbscan: ("sklearn.cluster", "HDBSCAN", {"copy": True}),
}


def _metrics(incomplete: str) -> list[str]:
    """Completion of a metric's name."""
    return [name for name in (*METRICS, *SCIPY_METRICS) if name.startswith(incomplete)]


def _measures(incomplete: str) -> list[str]:
    """Completion of a measure's name."""
    from cqm.verdicts import judged_measures

    return [name for name in judged_measures() if name.startswith(incomplete)]


def _judged(incomplete: str) -> list[str]:
    """Completion of the name of a measure or of an external index."""
    from cqm.verdicts import judged_indices

    return _measures(incomplete) + [name for name in judged_indices() if name.startswith(incomplete)]


def _voters(incomplete: str) -> list[str]:
    """Completion of the name of what may vote on k."""
    return _measures(incomplete) + [rule for rule in Rule if rule.startswith(incomplete)]


DataFile = Annotated[
    Path, typer.Argument(help=".npz, .npy, .csv, .tsv, .txt (also .gz) or .parquet with one point a row.", exists=True)
]
MetricOption = Annotated[
    str, typer.Option(help=f"Distance between points: {', '.join(METRICS)}.", autocompletion=_metrics)
]
Column = Annotated[
    str | None, typer.Option(help="Column that holds the labels: name, number from 1, −1 for the last; or .npz array.")
]
Ignored = Annotated[list[str] | None, typer.Option(help="Column that is no coordinate; may be repeated.")]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="Whether the first line has names.")]


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"cqm {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Clustering-quality measures that are axiom-checked."""


@app.command()
def score(
    data: DataFile,
    labels: Annotated[Path | None, typer.Option(help="File with one label a point.", exists=True)] = None,
    label_column: Column = None,
    ignore: Ignored = None,
    header: Header = None,
    metric: MetricOption = "euclidean",
    noise_label: Annotated[str | None, typer.Option(help="Leave out points with this label; NA for none.")] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(help="Only this measure; may be repeated.", autocompletion=_measures),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every measure, not only a short set.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as an HTML page.")] = None,
) -> None:
    """Measures of a clustering: `cqm score data.npz`, `cqm score X.csv --labels y.csv --all`."""
    from cqm.atomic import write_text
    from cqm.declarations import catalog
    from cqm.files import read_labels, read_points
    from cqm.labelling import number_of_points, summary, without_missing
    from cqm.reports.report import evaluate
    from cqm.tables import html_page

    found = read_points(data, None if labels is not None else label_column, ignore=ignore or (), header=header)
    given = found
    if labels is not None:
        given = read_labels(labels, number_of_points(found, metric), label_column)
    if given.labels is None:
        raise ValueError(f"{data} has no labels: give --labels FILE or --label-column NAME, or a number from 1")
    points, kept, noise = without_missing(found, given, noise_label, metric)
    line = summary(data, found, given, kept, noise, noise_label, metric)
    typer.echo(line)
    report = evaluate(points, kept, metric=metric, noise_label=noise, measures="all" if every else measure or None)
    typer.echo(str(report))
    if not (every or measure):
        typer.echo(f"{len(catalog)} measures with --all, others with --measure NAME; cqm recommend says which fit")
    if json is not None:
        report.to_json(json)
    if html is not None:
        write_text(html, html_page(data.name, f"<p>{line}</p>", report._repr_html_()))


@app.command()
def select(
    data: DataFile,
    k: Annotated[
        str | None, typer.Option(help="Numbers of clusters, first:last, both included. [default: 2:10]")
    ] = None,
    clusterer: Annotated[Clusterer | None, typer.Option(help="What clusters the points. [default: kmeans]")] = None,
    grid: Annotated[
        list[str] | None, typer.Option(help="Settings to try, such as eps=0.1,0.2,0.4; may be repeated.")
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Measure that votes, or {', '.join(Rule)}; may be repeated. By default a short set.",
            autocompletion=_voters,
        ),
    ] = None,
    metric: MetricOption = "euclidean",
    standardize: Annotated[bool, typer.Option("--standardize", help="Scale columns to unit variance first.")] = False,
    min_coverage: Annotated[float, typer.Option(help="Share of the points that may not be noise.")] = MIN_COVERAGE,
    label_column: Annotated[str | None, typer.Option(help="Column of labels, to leave out of the points.")] = None,
    ignore: Ignored = None,
    header: Header = None,
    jobs: Annotated[int | None, typer.Option(help="Candidates to try at once; −1 for all cores.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the curves as a picture.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the table as an HTML page.")] = None,
) -> None:
    """Cluster the points in several ways and choose by vote: `cqm select X.csv --k 2:15`.

    DBSCAN's radius: `cqm select X.csv --clusterer dbscan --grid eps=0.1,0.2,0.4`.
    """
    from cqm.atomic import write_text
    from cqm.files import read_points
    from cqm.labelling import shape
    from cqm.reports.selection import select as select_settings
    from cqm.tables import html_page

    sizes = None if k is None else _sizes(k)
    found = read_points(data, label_column, ignore=ignore or (), header=header)
    line = f"{shape(data, found, metric)}{f', {found.source} left out' if found.labels is not None else ''}"
    typer.echo(line)
    selection = select_settings(
        found.points,
        _estimator(clusterer, metric, standardize=standardize),
        k=sizes,
        grid=_grid(grid) if grid else None,
        measures=measure or None,
        metric=metric,
        min_coverage=min_coverage,
        n_jobs=jobs,
    )
    typer.echo(str(selection))
    if plot is not None:
        selection.plot().ravel()[0].figure.savefig(plot, dpi=150)
    if html is not None:
        write_text(html, html_page(data.name, f"<p>{line}</p>", selection._repr_html_()))


@app.command()
def recommend(
    points: Annotated[int, typer.Option(help="Number of points.")] = 1000,
    clusters: Annotated[int, typer.Option(help="Number of clusters.")] = 10,
    features: Annotated[int, typer.Option(help="Number of features.")] = 10,
    metric: MetricOption = "euclidean",
    noise: Annotated[bool, typer.Option("--noise", help="Some points belong to no cluster.")] = False,
    shape: Annotated[Shape, typer.Option(help="Round clusters, or of any shape.")] = Shape.round,
    fixed_k: Annotated[bool, typer.Option("--fixed-k", help="All clusterings have as many clusters.")] = False,
    axiom: Annotated[list[str] | None, typer.Option(help="Axiom that has to hold; may be repeated.")] = None,
    seconds: Annotated[float, typer.Option(help="Time that a measure may take on one core.")] = 60.0,
    every: Annotated[bool, typer.Option("--all", help="Show also what does not fit, and why.")] = False,
) -> None:
    """Which measures fit: `cqm recommend --points 100000 --metric cosine --noise`."""
    from cqm.reports.recommendation import recommend as recommend_measures

    advice = recommend_measures(
        n=points,
        k=clusters,
        d=features,
        metric=metric,
        noise=noise,
        shape=shape.value,
        fixed_k=fixed_k,
        axioms=axiom or (),
        seconds=seconds,
    )
    typer.echo(advice.text(every=every))


@app.command()
def axioms(
    measure: Annotated[
        list[str] | None,
        typer.Argument(
            help="Name of a measure or external index, or module:function with the folder that you are in first.",
            autocompletion=_judged,
        ),
    ] = None,
    better: Annotated[str | None, typer.Option(help="higher or lower, for a measure of your own.")] = None,
    needs: Annotated[
        str | None, typer.Option(help="points, if your measure takes coordinates; labels, if it compares.")
    ] = None,
    axiom: Annotated[list[str] | None, typer.Option(help="Only this axiom; may be repeated.")] = None,
    domain: Annotated[str | None, typer.Option(help="distances, metrics, euclidean or pseudodistances.")] = None,
    cases: Annotated[int | None, typer.Option(help="Cases to try for each axiom.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Limit on the time for all axioms of a measure.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the verdicts, with their witnesses, as JSON.")] = None,
    table: Annotated[
        bool, typer.Option("--table", help="In a checkout: judge all catalogued measures, or those named, anew.")
    ] = False,
    missing: Annotated[bool, typer.Option("--missing", help="With --table: only what has no verdicts yet.")] = False,
) -> None:
    """Judge measures by the axioms: `cqm axioms silhouette`, `cqm axioms mymodule:my_measure --better lower`."""
    from cqm.axioms import command

    if table:
        command.write_table(measure or [], missing=missing)
        return
    if not measure:
        raise ValueError("name a measure (`cqm measures` lists ours), or give --table to judge them all")
    options = {"better": better, "needs": needs, "domain": domain, "axiom": axiom or None}
    typer.echo(command.judge(measure, command.budget(cases, seconds), json, **options))


@app.command()
def table(
    measure: Annotated[
        list[str] | None,
        typer.Argument(
            help="Measures or external indices; a short set of measures by default.", autocompletion=_judged
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every measure and external index.")] = False,
    every_axiom: Annotated[
        bool, typer.Option(help="Every axiom of measures, not only those of the 2008 paper.")
    ] = False,
) -> None:
    """What is known of measures, external indices and axioms, as `cqm axioms --table` found it."""
    from cqm.declarations import catalog
    from cqm.external import external_catalog
    from cqm.reports.report import chosen_measures
    from cqm.tables import text_table

    names = measure or []
    indices = [external_catalog[name] for name in (external_catalog if every else names) if name in external_catalog]
    named = [name for name in names if name not in external_catalog]
    chosen = chosen_measures("all" if every else named or None) if named or every or not indices else []
    if chosen:
        axioms = tuple(next(iter(catalog.values())).axioms) if every_axiom else PAPER
        rows = [(m.name, *(m.axioms[name].status for name in axioms)) for m in chosen]
        typer.echo(text_table("verdicts", ("measure", *map(_spelled, axioms)), rows))
    if indices:
        axioms = tuple(indices[0].axioms)
        rows = [(index.name, *(index.axioms[name].status for name in axioms)) for index in indices]
        typer.echo(text_table("verdicts", ("external index", *map(_spelled, axioms)), rows))


def _spelled(axiom: str) -> str:
    return axiom.removeprefix("index_").replace("_", " ")


@app.command()
def warmup() -> None:
    """Compile all that measures need, once, so that no later run has to wait for it."""
    from cqm.warmup import warm_up

    warm_up()


@app.command()
def measures() -> None:
    """List the catalogued measures with direction, range and source, and the external indices."""
    from cqm.declarations import catalog
    from cqm.external import external_catalog
    from cqm.tables import text_table

    rows = [(m.name, m.better, m.range_text, m.needs, m.across_k.way, m.reference) for m in catalog.values()]
    header: tuple[str, ...] = ("measure", "better", "range", "needs", "choose k by", "reference")
    typer.echo(text_table(f"{len(rows)} measures", header, rows, prose=True, spare=3))
    found = [
        (
            index.name,
            index.better,
            f"[{index.range[0]:g}, {index.range[1]:g}]",
            *("yes" if fact else "no" for fact in (index.symmetric, index.adjusted)),
        )
        for index in external_catalog.values()
    ]
    header = ("external index", "better", "range", "symmetric", "adjusted for chance")
    typer.echo(text_table(f"{len(found)} external indices, of agreement with a truth", header, found))


def _sizes(k: str) -> range:
    first, colon, last = k.partition(":")
    if not (first.isdigit() and (last.isdigit() if colon else not last)):
        raise ValueError(f"--k takes first:last, such as 2:15; got {k!r}")
    if int(last or first) < int(first) or int(first) < 1:
        raise ValueError(f"--k takes first:last with 1 ≤ first ≤ last, such as 2:15; got {k!r}")
    return range(int(first), int(last or first) + 1)


def _grid(settings: list[str]) -> dict[str, list[Any]]:
    grid: dict[str, list[Any]] = {}
    for setting in settings:
        name, equals, values = setting.partition("=")
        if not (name and equals and values):
            raise ValueError(f"--grid takes NAME=VALUE,VALUE, such as eps=0.1,0.2; got {setting!r}")
        grid[name.strip()] = [_value(text.strip()) for text in values.split(",")]
    return grid


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"True": True, "true": True, "False": False, "false": False, "None": None}.get(text, text)


def _estimator(clusterer: Clusterer | None, metric: str, *, standardize: bool) -> Any:
    distances = metric == "precomputed"
    chosen = clusterer or (Clusterer.agglomerative if distances else Clusterer.kmeans)
    module, name, settings = CLUSTERERS[chosen]
    if distances and chosen is Clusterer.agglomerative:
        settings = {"linkage": "average", "metric": "precomputed"}
    estimator = getattr(importlib.import_module(module), name)(**settings)
    if not standardize:
        return estimator
    if distances:
        raise ValueError("--standardize scales coordinates, but --metric precomputed takes distances")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), estimator)


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
