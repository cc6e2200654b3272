"""Train the small presets with and without margin on a real corpus, and keep what each run measures.

    python -m benchmarks.experiments --corpus DIR [--only 'simclr-*'] [--jobs N] [--cross-channels SEED]

A run that has its record under docs/experiments/ is not done again, and an interrupted one continues, so the command
can be repeated, split by `--only`, and stopped at any time. Then docs/experiments.md and its plots are written from all
the records there are. The first seed of everything comes first: an early end leaves a complete table of fewer seeds.
Everything is chosen on the development speakers; test speakers are only reported. With --cross-channels the same
trials are scored once more, each utterance through a channel of its own.

Experiments `apart-*` train without the recording sets that hold several speakers of one language, and are judged on
them: there the channel can't give the speaker away.
"""

import argparse
import fnmatch
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.experiments_figures import EDGES, HARDEST
from benchmarks.experiments_report import write_report
from cqm.json_files import write_json
from sv_bridge.compactness.speakers import compactness
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.embedding import EmbeddingOptions, embed
from sv_bridge.models.systems import load_system
from sv_bridge.presets import load_config
from sv_bridge.reports.evaluator import Evaluator
from sv_bridge.reports.plots import cosine_counts
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import read_metrics
from sv_bridge.verification.transforms import whiten
from sv_bridge.verification.trials import Negatives

RECORDS = Path(__file__).parent.parent / "docs" / "experiments"
CORES = os.cpu_count() or 1
SEEDS = (0, 1, 2)
MARGINS = {"simclr": ("tiny-snt", (0, 0.05, 0.1, 0.2, 0.4)), "moco": ("tiny-moco", (0, 0.1))}
LOGGED = ("epoch", "step", "loss", "dev_eer")
STUDY_SETTINGS = ("epochs=8",)
"""Of every run of the margin study: about four minutes of one processor."""
APART_SETTINGS = ("epochs=12",)
"""Without the sets kept apart there are fewer utterances: about as many steps."""
LOG_MEL, WHITENED = "mean log-mel", "mean log-mel, whitened"
RESNET = "thin-resnet34-seed0"
RESNET_SETTINGS = (
    "encoder={name: thin_resnet34, embedding_dim: 512, base_channels: 16, pooling: self_attentive}",
    "margin=0.1",
    "min_seconds=2",
    "batch_size=64",
    "learning_rate=0.001",
    "epochs=4",
    "augmented=1",
    "speeds=[1.0]",
)
"""An encoder of the paper's size, so few epochs and utterances: to see that it learns."""
SHORTEST_SECONDS = 1.5
APART = ("queen", "fillets")
"""Recording sets of several speakers of one language."""
TRIAL_LISTS: dict[str, Negatives] = {
    "any": "any",
    "same language": "same-language",
    "same source and language": "same-source-and-language",
}


@dataclass(frozen=True)
class Experiment:
    """One system with one seed.

    Attributes
    ----------
    name : of its record.
    system : what experiments with other seeds have in common.
    framework, margin : of the margin study; "" and NaN for what isn't part of it.
    preset, settings : recipe that is trained; no preset for what isn't trained.
    apart : whether the sets `APART` are kept from training, to be judged on.
    """

    name: str
    system: str
    framework: str = ""
    margin: float | None = None
    preset: str = ""
    settings: tuple[str, ...] = ()
    apart: bool = False


def experiments() -> Iterator[Experiment]:
    """All of them, those of the first seed first."""
    yield Experiment("log-mel", LOG_MEL)
    yield Experiment("log-mel-whitened", WHITENED)
    for seed in SEEDS:
        yield Experiment(f"untrained-seed{seed}", "untrained", settings=(f"seed={seed}",))
        for framework, (preset, margins) in MARGINS.items():
            for margin in margins:
                system = f"{framework}, margin {margin:g}"
                name = f"{framework}-margin{margin:g}-seed{seed}"
                yield Experiment(
                    name, system, framework, margin, preset, (*STUDY_SETTINGS, f"margin={margin}", f"seed={seed}")
                )
        if seed == SEEDS[0]:
            yield Experiment(RESNET, "Thin ResNet-34, margin 0.1", preset="tiny-am", settings=RESNET_SETTINGS)
    yield Experiment("apart-log-mel", LOG_MEL, apart=True)
    yield Experiment("apart-log-mel-whitened", WHITENED, apart=True)
    for seed in SEEDS:
        yield Experiment(f"apart-untrained-seed{seed}", "untrained", settings=(f"seed={seed}",), apart=True)
        settings = (*APART_SETTINGS, "margin=0", f"seed={seed}")
        yield Experiment(
            f"apart-simclr-margin0-seed{seed}",
            "simclr, margin 0",
            "simclr",
            0,
            MARGINS["simclr"][0],
            settings,
            apart=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="corpus with splits train, dev, test; without, only the report")
    parser.add_argument("--recipe", default="debian-voices", help="how the report calls the corpus")
    parser.add_argument("--only", default="*", help="names of experiments, with wildcards")
    parser.add_argument("--jobs", type=int, default=CORES, help="experiments at the same time, one a processor")
    parser.add_argument("--runs", type=Path, default=Path("runs/experiments"), help="folder for run directories")
    parser.add_argument("--records", type=Path, default=RECORDS, help="folder for what each experiment measured")
    parser.add_argument("--epochs", type=int, help="instead of the presets'")
    parser.add_argument("--cross-channels", type=int, help="also judge through channels drawn from this seed")
    parser.add_argument("--no-report", action="store_true", help="only the records")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    options = parser.parse_args()
    chosen = [e for e in experiments() if fnmatch.fnmatch(e.name, options.only)]
    if options.list:
        print("\n".join(e.name for e in chosen))
        return
    missing = [e for e in chosen if not record_of(e, options).is_file()]
    if options.corpus is not None and options.jobs > 1:
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda experiment: run_alone(experiment, options), missing))
    elif options.corpus is not None:
        for experiment in missing:
            run(experiment, options)
    if not options.no_report:
        write_report(options.records, options.records.parent / "experiments.md")


def record_of(experiment: Experiment, options: argparse.Namespace) -> Path:
    """File for what the experiment measured."""
    return Path(options.records) / f"{experiment.name}.json"


def run_alone(experiment: Experiment, options: argparse.Namespace) -> None:
    """Run the experiment in a process of its own, with its share of the processors."""
    command = [sys.executable, "-m", "benchmarks.experiments", "--only", experiment.name, "--jobs", "1", "--no-report"]
    for name in ("corpus", "recipe", "runs", "records", "epochs", "cross_channels"):
        if getattr(options, name) is not None:
            command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    threads = str(max(1, CORES // options.jobs))
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": threads})


def run(experiment: Experiment, options: argparse.Namespace) -> None:
    """Train, measure and write the record."""
    print(f"{experiment.name} …", flush=True)
    corpus = read_corpus(options.corpus)
    if experiment.apart:
        corpus = kept_apart(corpus)
    corpus = corpus.where(lambda u: u.split == "train" or u.duration_s >= SHORTEST_SECONDS)
    folder = options.runs / experiment.name
    training = trained(experiment, corpus, folder, options.epochs) if experiment.preset else {}
    embeddings = embedded(experiment, corpus, folder)
    record = {
        "name": experiment.name,
        "system": experiment.system,
        "framework": experiment.framework,
        "margin": experiment.margin,
        "recipe": options.recipe,
        "corpus": {
            split: {
                "speakers": len(corpus.split(split).speakers),
                "utterances": len(corpus.split(split)),
                "minutes": round(corpus.split(split).duration_s / 60, 1),
            }
            for split in ("train", "dev", "test")
        },
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "training": training,
        **(measured_apart if experiment.apart else measured)(str(embeddings), corpus),
    }
    if options.cross_channels is not None and not experiment.apart:
        crossed = embedded(experiment, corpus, folder, options.cross_channels)
        record["crossed"] = {"seed": options.cross_channels, **error_rates(str(crossed), corpus)}
    write_json(record_of(experiment, options), record)


def kept_apart(corpus: Corpus) -> Corpus:
    """A corpus whose test speakers are those of the sets `APART`, which no other split holds."""
    moved = [replace(u, split="test") if u.source in APART else u for u in corpus if u.split != "test"]
    return replace(corpus, utterances=tuple(moved))


def trained(experiment: Experiment, corpus: Corpus, folder: Path, epochs: int | None) -> dict[str, Any]:
    """Train, or continue; the recipe, what each epoch logged, and the seconds of the process that finished."""
    settings = list(experiment.settings) + ([] if epochs is None else [f"epochs={epochs}"])
    config = load_config(experiment.preset, [*settings, "workers=0"])  # so that the processor time is all of it
    wall, processor = time.perf_counter(), time.process_time()
    train(config, corpus, folder, device="auto", progress_bar=False)
    return {
        "preset": experiment.preset,
        "settings": settings,
        "config": config.model_dump(),
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
        "epochs": [{key: epoch[key] for key in LOGGED if key in epoch} for epoch in read_metrics(folder)],
    }


def embedded(experiment: Experiment, corpus: Corpus, folder: Path, cross_channels: int | None = None) -> Path:
    """Embed the development and test speakers, whole utterances, into a file."""
    wanted = corpus.where(lambda u: u.split != "train")
    options = EmbeddingOptions(cross_channels=cross_channels)
    if experiment.system == LOG_MEL:
        embeddings = embed(MeanLogMel(), wanted, options)
    elif experiment.system == WHITENED:
        embeddings = whiten(embed(MeanLogMel(), wanted, options), embed(MeanLogMel(), corpus.split("train"), options))
    elif experiment.preset:
        embeddings = embed(load_system(str(folder)), wanted, options)
    else:
        embeddings = embed(untrained(experiment), wanted, options)
    path = folder / ("embeddings.npz" if cross_channels is None else f"crossed-{cross_channels}.npz")
    embeddings.save(path)
    return path


def untrained(experiment: Experiment) -> torch.nn.Module:
    """The small encoder with fresh weights."""
    from sv_bridge.models.encoders import build_encoder

    config = load_config(MARGINS["simclr"][0], experiment.settings)
    return build_encoder(config.encoder, seed=config.seed).eval()


def measured(system: str, corpus: Corpus) -> dict[str, Any]:
    """Error rates of development and test speakers, and the compactness of the latter."""
    evaluator = Evaluator(system, corpus)
    test = {
        name: evaluator("test", negatives=negatives, intervals=negatives == "any")
        for name, negatives in TRIAL_LISTS.items()
    }
    embeddings = test["any"].embeddings
    report = compactness(embeddings).to_dict()
    return {
        "dev": evaluator("dev").results[0].to_dict(),
        "dev_hardest": evaluator("dev", negatives=TRIAL_LISTS[HARDEST]).results[0].to_dict(),
        "test": {name: evaluation.results[0].to_dict() for name, evaluation in test.items()},
        "test_breakdown": [result.to_dict() for result in test["any"].results],
        "compactness": {key: value for key, value in report.items() if key != "pairs"},
        "histogram": dict(zip(("within", "between"), cosine_counts(embeddings, EDGES).tolist(), strict=True)),
    }


def error_rates(system: str, corpus: Corpus) -> dict[str, Any]:
    """Error rates of development and test speakers alone."""
    evaluator = Evaluator(system, corpus)
    return {
        split: {name: evaluator(split, negatives=chosen).results[0].to_dict() for name, chosen in TRIAL_LISTS.items()}
        for split in ("dev", "test")
    }


def measured_apart(system: str, corpus: Corpus) -> dict[str, Any]:
    """Error rates of the speakers of each set kept apart, of non-targets that share the language, too."""
    evaluators = {source: Evaluator(system, corpus.where(lambda u, s=source: u.source == s)) for source in APART}
    evaluations = {
        source: evaluator("test", negatives=TRIAL_LISTS[HARDEST]) for source, evaluator in evaluators.items()
    }
    return {
        "apart": {
            source: {"speakers": len(set(evaluation.embeddings.speakers)), **evaluation.results[0].to_dict()}
            for source, evaluation in evaluations.items()
        }
    }


if __name__ == "__main__":
    main()
