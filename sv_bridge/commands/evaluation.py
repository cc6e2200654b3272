"""The commands that judge: embed, evaluate, metrics, fuse, compactness, compare; torch is imported late."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sv_bridge.commands.output import Json, report, warn
from sv_bridge.verification.trials import Negatives

__all__ = ["compactness", "compare", "embed", "evaluate", "fuse", "metrics"]

System = Annotated[
    str,
    typer.Argument(
        help="run directory, .onnx file, file of embeddings, module:function that makes a torch module, log-mel (mean "
        "spectrum) or untrained:PRESET"
    ),
]
CorpusFolder = Annotated[Path, typer.Option("--corpus", help="corpus folder or manifest")]
Split = Annotated[str, typer.Option(help="speakers to look at: a split of the corpus, or all")]
DrawnNegatives = Annotated[
    Negatives,
    typer.Option(
        help="what the speakers of drawn non-targets have in common: any, or columns of the manifest, such as "
        "same-language or same-gender-and-age_group"
    ),
]
Crops = Annotated[int | None, typer.Option(help="crops an utterance; by default whole utterances")]
CropSeconds = Annotated[float | None, typer.Option(help="length of a crop")]
CropScoring = Annotated[Literal["embedding", "score"], typer.Option(help="what is averaged over crops")]
AverageLast = Annotated[int, typer.Option(help="average the weights of the run's last epochs")]
CrossChannels = Annotated[
    int | None, typer.Option(help="send each utterance through a channel of its own, drawn from this seed")
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, …")]
BACKEND = (
    "what happens between embeddings and scores: steps of center, whiten, length, plda, as-norm, qmf, as in "
    "whiten:dimensions=100+length+plda+as-norm:top=200:on=train"
)
WORST = 5
Workers = Annotated[int | None, typer.Option(help="processes that read audio; by default, on a GPU, all cores but one")]

BatchSize = Annotated[
    int | None, typer.Option(help="utterances of 4 s, or crops, at a time: 8 on the CPU, 64 on a GPU")
]


def embed(
    system: System,
    corpus: CorpusFolder,
    out: Annotated[Path, typer.Option(help=".npz to write")],
    split: Split = "all",
    crops: Crops = None,
    crop_seconds: CropSeconds = None,
    cross_channels: CrossChannels = None,
    average_last: AverageLast = 1,
    device: Device = "auto",
    batch_size: BatchSize = None,
    workers: Workers = None,
    json_out: Json = None,
) -> None:
    """Write the embeddings of a corpus to an .npz file."""
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.distributed import session
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.models.systems import embeddings_of

    chosen = _split(read_corpus(corpus), split)
    options = EmbeddingOptions(
        crops, crop_seconds, average_last, device, batch_size, workers, progress=True, cross_channels=cross_channels
    )
    with session(device) as world:
        embeddings = embeddings_of(system, chosen, options, out=out)
    if not world.is_first:
        return
    typer.echo(f"{len(embeddings)} embeddings of {embeddings.dim} dimensions in {out}")
    typer.echo(embeddings.description())
    warn(embeddings.warnings())
    for entry in embeddings.skipped:
        typer.echo(f"skipped {entry}", err=True)
    report(
        {
            "system": system,
            "file": str(out),
            "utterances": len(embeddings),
            "dimensions": embeddings.dim,
            "looked_at": embeddings.description(),
            "warnings": embeddings.warnings(),
            "skipped": embeddings.skipped,
        },
        json_out,
    )


def evaluate(
    system: System,
    corpus: Annotated[
        Path | None, typer.Option(help="corpus folder or manifest; not needed for a file of embeddings with --trials")
    ] = None,
    trials: Annotated[
        Path | None, typer.Option(help="`label enrol test` list; by default drawn from the split")
    ] = None,
    enrolment: Annotated[
        Path | None, typer.Option(help="`model utterance …` lines: models that the list names, each of utterances")
    ] = None,
    speakers: Annotated[
        Path | None, typer.Option(help="`utterance speaker` lines, where embeddings without a corpus have none")
    ] = None,
    split: Split = "test",
    negatives: DrawnNegatives = "any",
    crops: Crops = None,
    crop_seconds: CropSeconds = None,
    crop_scoring: CropScoring = "embedding",
    cross_channels: CrossChannels = None,
    backend: Annotated[str, typer.Option(help=BACKEND)] = "cosine",
    calibrate_on: Annotated[str | None, typer.Option(help="split to calibrate on, for actual DCF and Cllr")] = None,
    intervals: Annotated[bool, typer.Option(help="bootstrap 95 % intervals by speaker")] = False,
    average_last: AverageLast = 1,
    by: Annotated[str, typer.Option(help="columns of the manifest to break down by, such as gender,age_group")] = (
        "language,source"
    ),
    prior: Annotated[
        list[float] | None, typer.Option(help="a further target prior for minDCF; may be repeated")
    ] = None,
    json_out: Json = None,
    out: Annotated[Path | None, typer.Option(help="folder for scores.txt, results.json and det.png")] = None,
    device: Device = "auto",
    batch_size: BatchSize = None,
    workers: Workers = None,
) -> None:
    """Score trials: equal error rate, detection costs, breakdown by language and source."""
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.distributed import session
    from sv_bridge.exchange import FORMATS, read_embeddings
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.reports.evaluator import Evaluator, evaluate_embeddings
    from sv_bridge.reports.rows import error_rows, result_rows
    from sv_bridge.reports.tables import print_table
    from sv_bridge.verification.trials import read_trials

    columns, priors = tuple(filter(None, by.split(","))), prior or ()
    if corpus is None:
        if not system.endswith(FORMATS) or trials is None:
            raise ValueError("without --corpus, wanted a file of embeddings and --trials")
        if backend != "cosine" or calibrate_on or intervals or crops or cross_channels is not None:
            raise ValueError("--backend, --calibrate-on, --intervals, --crops and --cross-channels need --corpus")
        known = read_embeddings(system, speakers=speakers)
        listed = read_trials(trials)
        evaluation = evaluate_embeddings(system, known, listed, enrolment=enrolment, by=columns, priors=priors)
        dev, first = None, True
    else:
        options = EmbeddingOptions(
            crops, crop_seconds, average_last, device, batch_size, workers, progress=True, cross_channels=cross_channels
        )
        read = read_corpus(corpus, check_files=False)
        if calibrate_on is not None:
            _split(read, calibrate_on)  # which has to be there, before the system is evaluated
        evaluator = Evaluator(
            system,
            read,
            options,
            crop_scoring=crop_scoring,
            backend=backend,
        )
        with session(device) as world:
            evaluation = evaluator(
                split,
                trials=trials,
                enrolment=enrolment,
                negatives=negatives,
                by=columns,
                priors=priors,
                intervals=intervals,
            )
            dev = evaluator(calibrate_on, negatives=negatives) if calibrate_on else None
        first = world.is_first
    if not first:
        return
    print_table(f"{system}{_crossed(cross_channels)}", *result_rows(evaluation.results))
    typer.echo(evaluation.embeddings.description())
    warn(evaluation.warnings + (() if dev is None else tuple(evaluation.calibration_warnings(dev))))
    calibrated = {} if dev is None else evaluation.calibrated(dev)
    for name, value in calibrated.items():
        typer.echo(f"{name}: {value:.4f}")
    if (evaluation.embeddings.speakers != "").all():
        errors = evaluation.speakers()
        worst = errors[:WORST]
        print_table(f"Worst speakers at the EER's threshold, {len(worst)} of {len(errors)}", *error_rows(worst))
    report(evaluation.record(calibrated), json_out)
    if out is not None:
        evaluation.write(out, calibrated)
        typer.echo(f"scores.txt, results.json and det.png in {out}")


def metrics(
    scores: Annotated[Path, typer.Argument(help="score file with labels, or `enrol test score` lines and --trials")],
    trials: Annotated[Path | None, typer.Option(help="`label enrol test` list that has the labels")] = None,
    calibrate_on: Annotated[Path | None, typer.Option(help="score file to calibrate on")] = None,
    det: Annotated[Path | None, typer.Option(help="picture of the DET curve to write")] = None,
    prior: Annotated[
        list[float] | None, typer.Option(help="a further target prior for minDCF; may be repeated")
    ] = None,
    json_out: Json = None,
) -> None:
    """Error rates of anybody's score file."""
    import numpy as np

    from sv_bridge.reports.plots import det_plot, save
    from sv_bridge.reports.rows import result_rows
    from sv_bridge.reports.tables import print_table
    from sv_bridge.verification.calibration import min_cllr
    from sv_bridge.verification.error_rates import error_curve
    from sv_bridge.verification.evaluation import calibrated_costs, evaluate, separation
    from sv_bridge.verification.score_files import read_scores
    from sv_bridge.verification.trials import read_trials

    listed = None if trials is None else read_trials(trials)
    read = read_scores(scores, listed)
    result = evaluate(read.scores, read.labels, priors=prior or ())
    print_table(str(scores), *result_rows([result]))
    warnings = [*read.oddities, *separation(result)]
    warn(warnings)
    targets, nontargets = read.scores[read.labels], read.scores[~read.labels]
    calibrated = {"minimal Cllr": min_cllr(targets, nontargets)}
    if calibrate_on is not None:
        dev = read_scores(calibrate_on)
        if np.array_equal(dev.scores, read.scores):
            typer.echo(
                f"note: {calibrate_on} has the very scores that are evaluated: calibration flatters them", err=True
            )
        calibrated |= calibrated_costs(read.scores, read.labels, dev.scores, dev.labels)
    for name, value in calibrated.items():
        typer.echo(f"{name}: {value:.4f}")
    report({"result": result.to_dict(), "calibrated": calibrated, "warnings": warnings}, json_out)
    if det is not None:
        save(det_plot({scores.stem: error_curve(targets, nontargets)}), det)


def fuse(
    scores: Annotated[list[Path], typer.Argument(help="score files of the systems, `label enrol test score` lines")],
    dev: Annotated[list[Path], typer.Option(help="score file of each system on development trials, in the same order")],
    out: Annotated[Path, typer.Option(help="score file to write: log-likelihood ratios")],
    json_out: Json = None,
) -> None:
    """Fuse the scores of several systems by a logistic regression that is learned on development trials."""
    from sv_bridge.reports.rows import result_rows
    from sv_bridge.reports.tables import print_table
    from sv_bridge.verification.evaluation import evaluate
    from sv_bridge.verification.fusion import learn_fusion
    from sv_bridge.verification.overlap import shared
    from sv_bridge.verification.score_files import read_systems, write_scores

    if len(dev) != len(scores):
        raise ValueError(f"wanted --dev for each of {len(scores)} systems, got {len(dev)}")
    known, known_scores = read_systems(dev)
    trials, columns = read_systems(scores)
    fusion = learn_fusion(known_scores, known.labels, [str(path) for path in dev])
    fused = fusion(columns)
    write_scores(out, trials, fused)
    results = [
        evaluate(values, trials.labels, condition=name)
        for name, values in zip([*map(str, scores), str(out)], [*columns.T, fused], strict=True)
    ]
    print_table("Systems and their fusion", *result_rows(results))
    warnings = shared(trials.ids, known.ids, "the set that fusion is learned on", "utterances")
    warn(warnings)
    weights = dict(zip(map(str, scores), fusion.weights.tolist(), strict=True))
    record = {"weights": weights, "offset": fusion.offset, "warnings": warnings}
    report(record | {"results": [result.to_dict() for result in results]}, json_out)


def compactness(
    embeddings: Annotated[Path, typer.Argument(help="of `sv-bridge embed`, or others': .npz .npy .ark .scp .pt .csv")],
    speakers: Annotated[Path | None, typer.Option(help="`utterance speaker` lines, where the file has none")] = None,
    metric: Annotated[Literal["cosine", "angular"], typer.Option(help="distance of embeddings")] = "cosine",
    clusterings: Annotated[str, typer.Option(help="compare: any of kmeans,ahc,spectral, or a file of labels")] = "",
    k: Annotated[int | None, typer.Option(help="clusters to make; by default as many as speakers")] = None,
    effort: Annotated[float, typer.Option(help="most multiply–adds that one measure may cost")] = 1e11,
    everything: Annotated[
        bool, typer.Option("--all", help="print every measure, not the few to look at first")
    ] = False,
    page: Annotated[Path | None, typer.Option(help="HTML page to write")] = None,
    json_out: Json = None,
) -> None:
    """Measure how compact and separate speakers are, as clusters, with every measure of cqm."""
    from sv_bridge.compactness.clusterings import named_clusterings
    from sv_bridge.compactness.speakers import compactness, compare_clusterings, whole
    from sv_bridge.exchange import read_embeddings
    from sv_bridge.reports.page import compactness_sections, write_page
    from sv_bridge.reports.rows import agreement_rows, clustering_rows
    from sv_bridge.reports.tables import print_compactness, print_table

    loaded = read_embeddings(embeddings, speakers=speakers)
    if "WORLD_SIZE" in os.environ:  # torchrun: every process measures its share
        from sv_bridge.distributed import gather_objects, session

        with session("cpu") as world:
            mine = compactness(loaded, metric=metric, effort=effort, share=(world.rank, world.size))
            measured = whole(gather_objects(mine))
        if not world.is_first:
            return
    else:
        measured = compactness(loaded, metric=metric, effort=effort)
    print_compactness(embeddings.name, measured, everything=everything)
    warn(measured.warnings)
    comparison = None
    if clusterings:
        named = named_clusterings(loaded, clusterings.split(","), k=k)
        comparison = compare_clusterings(loaded, named, metric=metric, effort=effort)
        print_table("Clusterings against speakers", *agreement_rows(comparison))
        for key in (True, False) if everything else (True,):
            print_table(
                "Clusterings by themselves" if key else "all other measures", *clustering_rows(comparison, key=key)
            )
    report(measured.to_dict(), json_out)
    if page is not None:
        write_page(page, f"Compactness of {embeddings.name}", compactness_sections(loaded, measured, comparison))
        typer.echo(f"page in {page}")


def compare(
    systems: Annotated[list[str], typer.Argument(help="run directories, log-mel, untrained:PRESET")],
    corpus: CorpusFolder,
    trials: Annotated[
        Path | None, typer.Option(help="`label enrol test` list; by default drawn from the split")
    ] = None,
    split: Split = "test",
    negatives: DrawnNegatives = "any",
    crops: Crops = None,
    crop_seconds: CropSeconds = None,
    crop_scoring: CropScoring = "embedding",
    cross_channels: CrossChannels = None,
    backend: Annotated[list[str] | None, typer.Option(help=f"{BACKEND}; may be repeated, each a column")] = None,
    fuse_on: Annotated[str | None, typer.Option(help="split to learn a fusion of all systems on, such as dev")] = None,
    no_labels: Annotated[
        bool, typer.Option("--no-labels", help="by numbers that need to know of nobody who speaks, as `select` does")
    ] = False,
    device: Device = "auto",
    json_out: Json = None,
) -> None:
    """Put systems and back ends side by side on the same trials; seeds of one system become mean ± deviation."""
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.models.systems import short_names, system_groups
    from sv_bridge.reports.comparison import Assessment, compare
    from sv_bridge.reports.evaluator import Evaluation, Evaluator, fused
    from sv_bridge.reports.label_free import LabelFreeEvaluator
    from sv_bridge.reports.rows import column_rows
    from sv_bridge.reports.tables import print_table

    read = read_corpus(corpus, check_files=False)
    if fuse_on is not None:
        _split(read, fuse_on)  # which has to be there, before the systems are evaluated
    groups = system_groups(systems)
    short = short_names(groups)
    options = EmbeddingOptions(crops, crop_seconds, device=device, progress=True, cross_channels=cross_channels)
    if no_labels:
        if trials is not None or negatives != "any" or crops or crop_scoring != "embedding":
            raise ValueError("--no-labels draws no trials and its own crops: leave out --trials, --negatives, --crops")
        listen = LabelFreeEvaluator(_split(read, split), options, channels=cross_channels)
        columns = compare({group: list(map(listen, names)) for group, names in groups.items()})
        title = f"{len(listen.speech):,} {split} utterances of {corpus.name}, nobody named{_crossed(cross_channels)}"
        print_table(title, *column_rows(columns, short))
        report([column.to_dict() for column in columns], json_out)
        return

    assessed: dict[str, list[Assessment]] = {}
    titles: dict[str, str] = {}
    evaluations: list[Evaluation] = []
    dev: list[Evaluation] = []
    for group, names in groups.items():
        for name in names:
            embedded = Evaluator(name, read, options, crop_scoring=crop_scoring)
            for chosen in backend or ["cosine"]:
                evaluator = embedded.with_backend(chosen)
                evaluation = evaluator(split, trials=trials, negatives=negatives)
                title = group if chosen == "cosine" else f"{group} {chosen}"
                titles[title] = title.replace(group, short[group], 1)
                warn(f"{name} {chosen}: {warning}" for warning in evaluation.warnings)
                assessed.setdefault(title, []).append(evaluation.assessment())
                evaluations.append(evaluation)
                dev += [] if fuse_on is None else [evaluator(fuse_on, negatives=negatives)]
    if fuse_on is not None:
        together = fused(dev, evaluations)
        warn(f"{together.system}: {warning}" for warning in together.warnings)
        assessed[together.system] = [Assessment(together.system, together.results, {})]
    columns = compare(assessed)
    print_table(f"{split} speakers of {corpus.name}{_crossed(cross_channels)}", *column_rows(columns, titles))
    report([column.to_dict() for column in columns], json_out)


def _split(corpus: Any, name: str) -> Any:
    return corpus if name == "all" else corpus.split(name)


def _crossed(seed: int | None) -> str:
    return "" if seed is None else f", channels crossed (seed {seed})"
