"""Train the tiny presets with and without margin on two collections, and keep what each run measures.

    python -m benchmarks.experiments --corpus DIR [--only 'simclr-*'] [--jobs N] [--epochs N]

The corpus holds both collections. A run that has its record under docs/experiments/ and its scores in the folder of
runs is not done again, and an interrupted one continues, so the command can be repeated, split by `--only`, and stopped
at any time. The first seed of everything comes first: an early end leaves a complete table of fewer seeds. Then
docs/experiments.json (what pairs of systems differ by, and their fusions), docs/experiments.md and its plots are
written from all the records there are; without a corpus, only the page.

All are judged on development and test speakers of each collection, as recorded and crossed. Everything is chosen on the
development speakers; test speakers are only reported.
"""

import argparse
import fnmatch
import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.experiments_figures import EDGES
from benchmarks.experiments_report import write_report
from benchmarks.experiments_statistics import LOG_MEL, UNTRAINED, in_order, statistics_of
from benchmarks.two_collections import (
    CONDITIONS,
    SHORTEST_SECONDS,
    SPLITS,
    WHITENED,
    hard_negatives,
    in_words,
    lists,
    parts,
)
from cqm.atomic import atomic_path
from cqm.json_files import write_json
from sv_bridge.compactness.speakers import compactness
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.embedding import Sample, embed
from sv_bridge.models.encoders import build_encoder
from sv_bridge.models.systems import load_system
from sv_bridge.presets import load_config
from sv_bridge.reports.plots import cosine_counts
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import read_metrics
from sv_bridge.verification.confidence import speaker_replicates
from sv_bridge.verification.error_rates import error_curve
from sv_bridge.verification.scoring import score_trials
from sv_bridge.verification.transforms import whiten
from sv_bridge.verification.trials import Trials

PAGE = Path(__file__).parent.parent / "docs" / "experiments.md"
CORES = os.cpu_count() or 1
PRESETS = {"SimCLR": "tiny-snt", "MoCo": "tiny-moco"}
SEEDS = range(5)
MARGINS = (0, 0.05, 0.1, 0.2, 0.4)
"""Beside ln 2 / s, which is for each method another."""
EPOCHS = 6
CLUSTERS = 375
"""Positives are drawn from: one a 44 remembered vectors, as in the paper, here of 5,501 utterances at three speeds."""
EFFORT = 3e9
"""Multiply–adds that a measure of compactness may cost: of all, seven eighths for less than half of the time."""
LOGGED = ("epoch", "step", "loss", "effective_rank", "positives_drawn", "positives_same_speaker")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
HEARD: dict[int, Sample] = {}
"""Crossed utterances of development and test speakers: sent through their channels once a process."""


@dataclass(frozen=True)
class Experiment:
    """One system with one seed.

    Attributes
    ----------
    name : of its record.
    system : what experiments with other seeds have in common.
    seed : None for what has none.
    method, preset, settings : recipe that is trained; none of them for what isn't trained.
    role : "margin", "doubled" (twice the negatives, no margin) or "positives"; "" for what isn't trained.
    margin : of the loss.
    """

    name: str
    system: str
    seed: int | None = None
    method: str = ""
    preset: str = ""
    settings: tuple[str, ...] = ()
    role: str = ""
    margin: float = 0.0


def experiments(epochs: int = EPOCHS) -> Iterator[Experiment]:
    """All of them, those of the first seed first."""
    yield Experiment("log-mel", LOG_MEL)
    yield Experiment("log-mel-whitened", WHITENED)
    for seed in SEEDS:
        yield Experiment(f"untrained-seed{seed}", UNTRAINED, seed)
        for method, preset in PRESETS.items():
            common = (f"seed={seed}", f"epochs={epochs}")
            for margin in sorted((*MARGINS, equal_margin(preset))):
                name, system = f"{method.lower()}-margin{margin:.3g}-seed{seed}", f"{method}, margin {margin:.3g}"
                with_margin = (*common, f"margin={margin!r}")
                yield Experiment(name, system, seed, method, preset, with_margin, "margin", margin)
            name, system = f"{method.lower()}-doubled-seed{seed}", f"{method}, negatives doubled"
            twice = (*common, *twice_the_negatives(preset, epochs))
            yield Experiment(name, system, seed, method, preset, twice, "doubled")
            name, system = f"{method.lower()}-positives-seed{seed}", f"{method}, positives of clusters"
            drawn = f"positives={{name: clusters, clusters: {CLUSTERS}, from_epoch: {max(1, epochs // 2)}}}"
            yield Experiment(name, system, seed, method, preset, (*common, drawn), "positives")


def equal_margin(preset: str) -> float:
    """Additive margin that weighs every negative twice: ln 2 over the scale."""
    scale: float = load_config(preset).method.model_dump()["scale"]
    return math.log(2) / scale


def twice_the_negatives(preset: str, epochs: int) -> tuple[str, ...]:
    """Settings with twice as many different negatives, and as many steps.

    A queue of twice the length; or a batch whose other utterances are twice as many, for twice the epochs, since these
    have half the steps.
    """
    config = load_config(preset)
    method, training = config.method.model_dump(), config.training
    if "queue_size" in method:
        return (f"queue_size={2 * method['queue_size']}",)
    return (
        f"batch_size={2 * training.batch_size - 1}",
        f"epochs={2 * epochs}",
        f"warmup_epochs={2 * training.schedule.warmup_epochs:g}",
    )


def main() -> None:
    """Run what has no record, then write what all records say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="both collections, with splits train, dev, test")
    parser.add_argument("--only", default="*", help="names of experiments, with wildcards")
    parser.add_argument("--jobs", type=int, default=CORES, help="processes, one experiment at a time each")
    parser.add_argument("--runs", type=Path, default=Path("runs/experiments"), help="folder for run directories")
    parser.add_argument("--page", type=Path, default=PAGE, help="records go to the folder of its name beside it")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    options = parser.parse_args()
    options.records = options.page.with_suffix("")
    chosen = [e for e in experiments(options.epochs) if fnmatch.fnmatch(e.name, options.only)]
    if options.list:
        print("\n".join(e.name for e in chosen))
        return
    if options.corpus is not None:
        os.environ |= dict.fromkeys(THREADS, str(max(1, CORES // options.jobs)))  # of the processes to come
        missing = [e for e in chosen if not (record_of(e, options).is_file() and scores_of(e.name, options).is_file())]
        with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
            list(pool.map(run, missing, repeat(options)))
    records = in_order([json.loads(path.read_text(encoding="utf-8")) for path in options.records.glob("*.json")])
    if not records:
        raise SystemExit(f"no records in {options.records}: run with --corpus DIR first")
    found = options.page.with_suffix(".json")
    if options.corpus is not None:
        write_json(found, statistics_of(records, lambda name: dict(np.load(scores_of(name, options)))))
    write_report(records, json.loads(found.read_text(encoding="utf-8")), options.page)


def record_of(experiment: Experiment, options: argparse.Namespace) -> Path:
    """File for what the experiment measured."""
    return Path(options.records) / f"{experiment.name}.json"


def scores_of(name: str, options: argparse.Namespace) -> Path:
    """File for the scores of its trials."""
    return Path(options.runs) / name / "scores.npz"


def run(experiment: Experiment, options: argparse.Namespace) -> None:
    """Train, measure and write the record."""
    print(f"{experiment.name} …", flush=True)
    corpus = read_corpus(options.corpus).where(lambda u: u.duration_s >= SHORTEST_SECONDS)
    folder = options.runs / experiment.name
    training = trained(experiment, corpus, folder) if experiment.preset else {}
    embeddings = {condition: embedded(experiment, corpus, folder, condition) for condition in CONDITIONS}
    collections: dict[str, Any] = {}
    scores: dict[str, NDArray[Any]] = {}
    for name, part in parts(corpus).items():
        hard = hard_negatives(part)
        trials = lists(part, hard)
        collections[name] = {"hard": in_words(hard), "splits": {s: size(part.split(s)) for s in ("train", *SPLITS)}}
        for condition, table in embeddings.items():
            collections[name][condition], found = judged(table, part, trials)
            scores |= {f"{name} {condition} {key}": values for key, values in found.items()}
    with atomic_path(scores_of(experiment.name, options)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **scores)  # type: ignore[arg-type]  # its stub takes the first name for a flag
    record = {
        "name": experiment.name,
        "system": experiment.system,
        "method": experiment.method,
        "role": experiment.role,
        "margin": experiment.margin,
        "seed": experiment.seed,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "training": training,
        "collections": collections,
    }
    write_json(record_of(experiment, options), record)


def size(corpus: Corpus) -> dict[str, Any]:
    """Speakers, utterances and minutes."""
    minutes = round(corpus.duration_s / 60, 1)
    return {"speakers": len(corpus.speakers), "utterances": len(corpus), "minutes": minutes}


def trained(experiment: Experiment, corpus: Corpus, folder: Path) -> dict[str, Any]:
    """Train, or continue; the recipe, what each epoch logged, and the seconds of the process that finished."""
    # without reading processes, so that the processor time is all of it; judged only when it is over
    settings = [*experiment.settings, "workers=0", "validate_epochs=0"]
    config = load_config(experiment.preset, settings)
    wall, processor = time.perf_counter(), time.process_time()
    train(config, corpus, folder, device="cpu", progress_bar=False)
    return {
        "preset": experiment.preset,
        "settings": settings,
        "config": config.model_dump(),
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
        "epochs": [{key: epoch[key] for key in LOGGED if key in epoch} for epoch in read_metrics(folder)],
    }


def embedded(experiment: Experiment, corpus: Corpus, folder: Path, condition: str) -> Embeddings:
    """Embed the development and test speakers of both collections, whole utterances."""
    wanted, options = corpus.where(lambda u: u.split in SPLITS), CONDITIONS[condition]
    memory = HEARD if condition == "crossed" else None
    if experiment.preset:
        encoder = load_system(str(folder))
    elif experiment.system == UNTRAINED:
        config = load_config(PRESETS["SimCLR"], [f"seed={experiment.seed}"])
        encoder = build_encoder(config.encoder, seed=config.seed)
    else:
        encoder = MeanLogMel()
    embeddings = embed(encoder, wanted, options, memory=memory)
    if experiment.system == WHITENED:
        return whiten(embeddings, embed(encoder, corpus.split("train"), options))
    return embeddings


def judged(
    embeddings: Embeddings, part: Corpus, trials: Mapping[tuple[str, str], Trials]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Numbers of one collection in one condition; and scores of its lists of trials, targets and non-targets apart.

    Beside the scores of test speakers stand error rates of speakers drawn with replacement, in percent.
    """
    numbers: dict[str, Any] = {}
    found: dict[str, NDArray[Any]] = {}
    for (split, kind), listed in trials.items():
        scores = score_trials(embeddings, listed)
        targets, nontargets = scores[listed.labels], scores[~listed.labels]
        curve = error_curve(targets, nontargets)
        numbers.setdefault(split, {})[kind] = {
            "eer": rounded(100 * curve.equal_error().value),
            "min_dcf_01": rounded(curve.min_cost(p_target=0.01).value),
            "min_dcf_05": rounded(curve.min_cost(p_target=0.05).value),
        }
        found |= {f"{split} {kind} targets": targets, f"{split} {kind} nontargets": nontargets}
        if split == "test":
            owners = (embeddings.speakers[rows] for rows in embeddings.rows(listed))
            found[f"{split} {kind} replicates"] = 100 * speaker_replicates(scores, listed.labels, *owners)
    heard = {utterance.id for utterance in part.split("test")}
    test = embeddings.where(np.array([utterance in heard for utterance in embeddings.ids]))
    report = compactness(test, effort=EFFORT)
    everything = {**report.cosines.to_dict(), "uniformity": report.uniformity, **report.values}
    numbers["compactness"] = {name: rounded(value) for name, value in everything.items() if math.isfinite(value)}
    counts = cosine_counts(test, EDGES).tolist()
    numbers["histogram"] = dict(zip(("within", "between"), counts, strict=True))
    return numbers, {key: values.astype(np.float32) for key, values in found.items()}


def rounded(value: float) -> float:
    """To six digits: what is compared differs in fewer."""
    return float(f"{value:.6g}")


if __name__ == "__main__":
    main()
