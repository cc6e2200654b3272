"""Study: which number that reads no label picks the best of many checkpoints, and the number of speakers.

    python -m benchmarks.label_free train --corpus NAME=DIR … --work DIR
    python -m benchmarks.label_free measure --corpus NAME=DIR … --work DIR
    python -m benchmarks.label_free report

Small models of both frameworks are trained with several margins, seeds and recipes, and checkpoints are kept along the
way. Of each, what a label-free measure says is set against the error rates of development and test speakers. What has
its record in docs/label-free/ is not measured again, so the commands can be repeated and stopped at any time; `report`
writes docs/label-free.md from the records.
"""

import argparse
import json
import math
from collections.abc import Mapping
from pathlib import Path

from benchmarks.label_free_measure import Collection, numbers, record
from benchmarks.label_free_report import write_report
from cqm.atomic import atomic_path
from cqm.json_files import write_json
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.models.features import LogMel
from sv_bridge.presets import load_config
from sv_bridge.training.checkpoint import read_config
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import read_metrics

DOCS = Path(__file__).parent.parent / "docs"
SHORTEST_SECONDS = 1.5
COMMON = ("keep_checkpoints=10", "validate_epochs=0", "workers=0")
LONG, SHORT = "epochs=10", "epochs=6"
KEPT = {10: (1, 2, 4, 7, 10), 6: (1, 2, 3, 4, 6)}
"""Epochs of a run → those after which it is measured."""
RECIPES = {
    "simclr-margin0-seed0": ("tiny-snt", LONG),
    "simclr-crops-of-2-s-seed0": ("tiny-snt", LONG, "crop_seconds=2"),
    "moco-margin0-seed0": ("tiny-moco", SHORT),
    "simclr-nothing-augmented-seed0": ("tiny-snt", SHORT, "augmented=0"),
    "simclr-margin0.4-seed0": ("tiny-snt", SHORT, "margin=0.4"),
    "moco-margin0.4-seed0": ("tiny-moco", SHORT, "margin=0.4"),
    "simclr-margin0-seed1": ("tiny-snt", SHORT, "seed=1"),
    "moco-margin0-seed1": ("tiny-moco", SHORT, "seed=1"),
    "simclr-all-augmented-seed0": ("tiny-snt", SHORT, "augmented=1"),
    "simclr-margin0.1-seed0": ("tiny-snt", SHORT, "margin=0.1"),
    "moco-margin0.1-seed0": ("tiny-moco", SHORT, "margin=0.1"),
    "simclr-margin0.4-seed1": ("tiny-snt", SHORT, "margin=0.4", "seed=1"),
    "moco-margin0.4-seed1": ("tiny-moco", SHORT, "margin=0.4", "seed=1"),
    "simclr-margin0.1-seed1": ("tiny-snt", SHORT, "margin=0.1", "seed=1"),
    "moco-margin0.1-seed1": ("tiny-moco", SHORT, "margin=0.1", "seed=1"),
}
"""Run → preset and settings; those that differ most come first, so that an early end leaves a spread."""


def main() -> None:
    """Train, measure, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("train", "measure", "report"))
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=DIR", help="collection and its corpus")
    parser.add_argument("--work", type=Path, default=Path("runs/label-free"), help="folder for run directories")
    parser.add_argument("--records", type=Path, default=DOCS / "label-free", help="folder for what was measured")
    options = parser.parse_args()
    collections = {
        name: read_corpus(folder).where(lambda u: u.duration_s >= SHORTEST_SECONDS)
        for name, _, folder in (each.partition("=") for each in options.corpus)
    }
    if options.task == "train":
        train_all(collections, options.work)
    elif options.task == "measure":
        measure_all(collections, options.work)
        gather(options.work, options.records)
    else:
        write_report(options.records, options.records.with_suffix(".md"))


def train_all(collections: dict[str, Corpus], work: Path) -> None:
    """Train what isn't trained, continue what is interrupted."""
    for recipe, (preset, *settings) in RECIPES.items():
        for name, corpus in collections.items():
            folder = work / name / recipe
            print(folder, flush=True)
            train(load_config(preset, [*COMMON, *settings]), corpus, folder, progress_bar=False)


def measure_all(collections: Mapping[str, Corpus], work: Path) -> None:
    """Measure every checkpoint that is there and isn't measured yet."""
    features = LogMel(load_config("tiny-snt").encoder.features)
    for name, corpus in collections.items():
        collection = Collection(corpus, features, work / f"{name}.pt")
        for recipe in RECIPES:
            losses = {line["epoch"]: line["loss"] for line in read_metrics(work / name / recipe)}
            folders = kept(work / name / recipe)
            for epoch, checkpoint in folders:
                path = work / "measured" / name / f"{recipe}-epoch{epoch}.json"
                if path.is_file():
                    continue
                found = {"run": recipe, "epoch": epoch, **record(collection, checkpoint, losses[epoch])}
                if epoch == folders[-1][0]:
                    found["numbers"] = numbers(collection, checkpoint)
                write_json(path, found)
                print(name, recipe, epoch, flush=True)


def gather(work: Path, records: Path) -> None:
    """One small record a collection, of all its measured checkpoints."""
    for folder in sorted((work / "measured").iterdir()):
        measured = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
        names = list(dict.fromkeys(name for each in measured for name in each["values"]["train"]["recorded"]))
        checkpoints = [
            {
                "run": each["run"],
                "epoch": each["epoch"],
                "error_rates": each["error_rates"],
                "halves": [rounded(value) for value in each["halves"]],
                "values": {
                    pool: {
                        condition: [rounded(found.get(name)) for name in names] for condition, found in heard.items()
                    }
                    for pool, heard in each["values"].items()
                },
            }
            for each in measured
        ]
        chosen = {each["run"]: each["numbers"] for each in measured if "numbers" in each}
        text = json.dumps({"names": names, "checkpoints": checkpoints, "numbers": chosen}, separators=(",", ":"))
        with atomic_path(records / f"{folder.name}.json") as temporary:
            temporary.write_text(text.replace('{"run"', '\n{"run"') + "\n", encoding="utf-8")


def rounded(value: float | str | None) -> float | str | None:
    """Five digits; infinities as text, since JSON has none."""
    if value is None or math.isnan(float(value)):
        return None
    return float(f"{float(value):.5g}") if math.isfinite(float(value)) else str(float(value))


def kept(run: Path) -> list[tuple[int, Path]]:
    """Epochs of a run that are measured, the last one last, and their checkpoints; none before it is finished."""
    for epochs, chosen in KEPT.items():
        folders = [(epoch, run / "checkpoints" / f"epoch-{epoch:04d}") for epoch in chosen]
        if run.is_dir() and read_config(run).training.epochs == epochs and folders[-1][1].is_dir():
            return folders
    return []


if __name__ == "__main__":
    main()
