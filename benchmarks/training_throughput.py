"""What training and embedding cost beside the encoder: data, features, loss and bookkeeping against its bare passes.

    python -m benchmarks.training_throughput --corpus DIR [--device cuda] [--workers 14]
    OMP_NUM_THREADS=1 python -m benchmarks.training_throughput --corpus DIR --device cpu --processor-time

For each recipe, in rounds: the encoder's forward and backward pass on features computed beforehand, nothing else; what
it takes to read a batch, from files and from a packed copy of the corpus, and to play and augment it; steps of training
on a batch that is there, and whole training from either; utterances of a packed corpus embedded one by one and as
`sv-bridge embed` does.

Medians over rounds are kept in docs/benchmarks/training.json as they come, those of processors beside those of a GPU,
and shown in docs/benchmarks/training.md, a part of docs/benchmarks.md. A GPU's recipes take less than five minutes;
what does not fit is said. On a machine that others use, the processor's time with one thread compares where the
clock's doesn't.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cqm.atomic import write_text
from cqm.json_files import write_json
from sv_bridge.data.audio import AudioFile
from sv_bridge.data.batch import Batch
from sv_bridge.data.dataset import Stretch
from sv_bridge.data.manifest import Corpus, Utterance, read_corpus
from sv_bridge.data.packing import pack
from sv_bridge.distributed import World, choose_device
from sv_bridge.memory import keep_freed_memory
from sv_bridge.methods.schedules import Moment
from sv_bridge.models.embedding import EmbeddingOptions, embed
from sv_bridge.models.encoders import build_encoder
from sv_bridge.presets import load_config
from sv_bridge.training.loop import Batches
from sv_bridge.training.trainer import Trainer

OUT = Path(__file__).parent.parent / "docs" / "benchmarks"
RECORD, PAGE = "training.json", "training.md"
GPU_SECONDS = 240  # of measuring
SPEECH = 640  # utterances of the corpus are used
ONE_BY_ONE = 16  # utterances are embedded so, at equal steps among those in batches: as long on average
ECAPA = "encoder={name: ecapa_tdnn, channels: 1024, embedding_dim: 192, features: {mels: 80}}"


@dataclass(frozen=True)
class Recipe:
    """One row: a preset and changes to it, the utterances of a batch, and how many are embedded."""

    name: str
    preset: str
    batch: int
    settings: tuple[str, ...] = ()
    embedded: int = SPEECH


CPU = (
    Recipe("tiny-am", "tiny-am", 128),
    Recipe("Fast ResNet-34", "odyssey2024-am", 32, embedded=128),
    Recipe("Thin ResNet-34", "interspeech2023-am", 16, embedded=128),
    Recipe("ECAPA-1024", "odyssey2024-am", 8, (ECAPA,), embedded=64),
)
GPU = (
    Recipe("Fast ResNet-34, bfloat16, channels last", "odyssey2024-am", 200, embedded=6_000),
    Recipe("… float32", "odyssey2024-am", 200, ("precision=float32", "channels_last=false"), embedded=6_000),
    Recipe("… bfloat16, compiled", "odyssey2024-am", 200, ("compile=true",), embedded=6_000),
    Recipe("… MoCo, bfloat16", "odyssey2024-moco-am", 200, embedded=6_000),
    Recipe("ECAPA-1024, bfloat16", "odyssey2024-am", 200, (ECAPA,), embedded=6_000),
    Recipe("Thin ResNet-34, bfloat16", "interspeech2023-am", 200, embedded=6_000),
)

Clock = Callable[[], float]
Works = dict[str, Callable[[], Any]]


def repeated(corpus: Corpus, size: int) -> Corpus:
    """At least so many utterances: those of the corpus, again and again under other names."""
    rounds = -(-size // len(corpus))
    return Corpus(corpus.root, tuple(replace(u, id=f"{u.id}-{k}") for k in range(rounds) for u in corpus)[:size])


class Stand:
    """A recipe set up on a device, with its speech from files and from a packed corpus."""

    def __init__(
        self, recipe: Recipe, files: Corpus, packed: Corpus, device: torch.device, workers: int | None
    ) -> None:
        chosen = [] if workers is None else [f"workers={workers}"]
        self.config = load_config(recipe.preset, [*recipe.settings, f"batch_size={recipe.batch}", *chosen])
        self.recipe, self.device, world = recipe, device, World(0, 1, device)
        # on a GPU, epochs are as long as those of large corpora: at their ends nothing is read ahead
        size = max(len(files), recipe.batch) if device.type == "cpu" else 1_000 * recipe.batch
        self.batches = {
            name: Batches(self.config, repeated(corpus, size), world)
            for name, corpus in (("files", files), ("packed", packed))
        }
        self.data = {name: endless(batches) for name, batches in self.batches.items()}
        self.workers = self.batches["files"].loader.num_workers
        self.trainer = Trainer(self.config, world, self.batches["files"].speech)
        self.moment = Moment(1, self.batches["files"].steps, self.config.training.epochs)
        if self.config.data.memory_hours and not self.workers:  # the first epoch decodes what is kept
            for name, batches in self.batches.items():
                for _ in range(batches.steps):
                    next(self.data[name])
        self.utterances = repeated(packed, recipe.embedded)

    def works(self) -> Works:
        """What is timed, by name."""
        recipe, trainer, device = self.recipe, self.trainer, self.device
        held = next(self.data["files"])
        encoder = trainer.method.encoder
        features = encoder.features(torch.cat(held[0].views))
        indices = list(range(recipe.batch))
        read = {name: batches.dataset.__getitems__ for name, batches in self.batches.items()}
        crops, play = read["files"](indices), self.batches["files"].play
        alone = build_encoder(self.config.encoder, seed=0).eval().to(device)  # that nobody compiles
        step = max(1, recipe.embedded // ONE_BY_ONE)
        few = Corpus(self.utterances.root, self.utterances.utterances[::step][:ONE_BY_ONE])
        ready = [alone.features(torch.from_numpy(whole(few, u))[None].to(device)) for u in few]

        def bare() -> None:
            trainer.optimiser.zero_grad()
            with trainer.autocast():
                out = encoder.backbone(features).sum()
            out.backward()

        @torch.inference_mode()
        def forward() -> None:
            for utterance in ready:
                alone.backbone(utterance)

        return {
            "encoder": bare,
            "reading": lambda: read["files"](indices),
            "reading packed": lambda: read["packed"](indices),
            "playing": lambda: play(crops),
            "step": lambda: trainer.step(held, self.moment),
            "training": lambda: trainer.step(next(self.data["files"]), self.moment),
            "training packed": lambda: trainer.step(next(self.data["packed"]), self.moment),
            "forward": forward,
            "one by one": lambda: embed(alone, few, EmbeddingOptions(device=str(device), batch_size=1, workers=0)),
            "embedding": lambda: embed(alone, self.utterances, EmbeddingOptions(device=str(device))),
        }

    def calls(self, name: str) -> tuple[int, int]:
        """How often a work is called before and while it is timed."""
        if name.startswith("training"):  # first what was read ahead is used up
            return 1 + 2 * self.workers, 2 + self.workers
        return (1, 1) if name in ("one by one", "embedding") else (1, 2)


def whole(corpus: Corpus, utterance: Utterance) -> NDArray[np.float32]:
    """Samples of an utterance."""
    with AudioFile(corpus.path(utterance)) as file:
        speech = Stretch(file, utterance)
        return speech[: len(speech)]


def endless(batches: Batches) -> Iterator[list[Batch]]:
    """Groups of one epoch after the other."""
    epoch = 0
    while True:
        yield from batches.epoch(epoch)
        epoch += 1


def measure(
    recipe: Recipe,
    files: Corpus,
    packed: Corpus,
    device: torch.device,
    *,
    workers: int | None = None,
    rounds: int = 3,
    clock: Clock = time.perf_counter,
    left: float = float("inf"),
) -> dict[str, Any]:
    """Median seconds of each work; a round is the last when the seconds left are over."""
    if device.type == "cpu":
        keep_freed_memory()  # as training does
    start = time.monotonic()
    stand = Stand(recipe, files, packed, device, workers)
    works, times = stand.works(), dict[str, list[float]]()
    for _ in range(rounds):
        for name, work in works.items():
            times.setdefault(name, []).append(seconds(work, device, clock, *stand.calls(name)))
        if time.monotonic() - start > left:
            break
    row: dict[str, Any] = {
        "name": recipe.name, "batch": recipe.batch, "workers": stand.workers, "embedded": recipe.embedded,
        "rounds": len(times["encoder"]),
    }  # fmt: skip
    return row | {name: statistics.median(values) for name, values in times.items()}


def seconds(work: Callable[[], Any], device: torch.device, clock: Clock, before: int, calls: int) -> float:
    """Mean time of one call, after some that warm up."""
    for _ in range(before):
        work()
    settle(device)
    start = clock()
    for _ in range(calls):
        work()
    settle(device)
    return (clock() - start) / calls


def settle(device: torch.device) -> None:
    """Wait for the device."""
    if device.type != "cpu":
        torch.accelerator.synchronize()


def page(record: dict[str, Any]) -> str:
    """docs/benchmarks/training.md."""
    lines = [
        "## Training and embedding",
        "",
        fill(
            "Seconds a batch, written by `python -m benchmarks.training_throughput`. Encoder: its forward and backward "
            "pass alone, on ready features. Reading: two crops an utterance, and what is drawn for them, in one "
            "process; from files, or from a packed corpus. Playing: their speeds and augmentation, on the device. "
            "Step: features, encoder, loss and optimiser. Training: all of it, with reading in the processes that the "
            "recipe asks for, without and with a packed corpus.",
            120,
        ),
    ]
    for machine in record.values():
        clock = "this process's processor, not the clock" if machine["processor_time"] else "the clock"
        lines += [
            "",
            f"### {machine['device']}",
            "",
            fill(
                f"torch {machine['torch']}, {machine['threads']} thread{'s' * (machine['threads'] != 1)}; seconds of "
                f"{clock}; load of the machine before it {machine['load']}.",
                120,
            ),
            "",
            "| recipe | batch | workers | encoder | reading | packed | playing | step | training | packed | "
            "utterances/s | beside the encoder |",
            f"| --- {'| ---: ' * 11}|",
        ]
        for row in machine["rows"]:
            if "left_out" in row:
                lines.append(f"| {row['name']} | {row['left_out']} {'| ' * 10}|")
                continue
            names = ("encoder", "reading", "reading packed", "playing", "step", "training", "training packed")
            best = min(row["training"], row["training packed"])
            lines.append(
                f"| {row['name']} | {row['batch']} | {row['workers']} | "
                f"{' | '.join(f'{row[name]:.3f}' for name in names)} | {row['batch'] / best:,.0f} | "
                f"{best / row['encoder'] - 1:+.0%} |"
            )
        lines += [
            "",
            "Whole utterances a second: the encoder's forward pass on ready features one at a time, embedded one by "
            "one, and in batches as `sv-bridge embed` does.",
            "",
            "| recipe | encoder, one by one | embedded one by one | embedded in batches | times |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
        for row in machine["rows"]:
            if "left_out" in row:
                continue
            forward, single, many = (
                count / row[name]
                for name, count in (("forward", ONE_BY_ONE), ("one by one", ONE_BY_ONE), ("embedding", row["embedded"]))
            )
            lines.append(f"| {row['name']} | {forward:,.0f} | {single:,.0f} | {many:,.0f} | {many / single:.1f} |")
    return "\n".join(lines) + "\n"


def facts(device: torch.device, *, processor_time: bool) -> dict[str, Any]:
    """Where the figures come from."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{os.cpu_count()} CPU cores"
    return {
        "device": f"{name}, {platform.machine()}",
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "processor_time": processor_time,
        "load": round(os.getloadavg()[0], 1),
        "rows": [],
    }


def run(
    recipes: tuple[Recipe, ...],
    corpus: Corpus,
    device: torch.device,
    out: Path,
    *,
    workers: int | None = None,
    rounds: int = 3,
    processor_time: bool = False,
    limit: float = float("inf"),
) -> dict[str, Any]:
    """Measure the recipes in turns; what is known is written to `out` after each."""
    start = time.monotonic()
    clock = time.process_time if processor_time else time.perf_counter
    kept = out / RECORD
    record: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    machine = record[device.type] = facts(device, processor_time=processor_time)
    files = Corpus(corpus.root, tuple(islice(corpus, SPEECH)))
    with TemporaryDirectory() as folder:
        packed, _ = pack(files, Path(folder) / "packed")
        for number, recipe in enumerate(recipes):
            left = limit - (time.monotonic() - start)
            if left <= 0:
                row: dict[str, Any] = {"name": recipe.name, "left_out": "no time left"}
            else:
                share = left / (len(recipes) - number) / 2
                row = measure(
                    recipe, files, packed, device, workers=workers, rounds=rounds, clock=clock, left=share
                )  # fmt: skip
            gc.collect()  # ends the processes that read
            machine["rows"].append(row)
            out.mkdir(parents=True, exist_ok=True)
            write_json(kept, record)
            write_text(out / PAGE, page(record))
            print(row, flush=True)
    return record


def main() -> None:
    """Measure, write and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="corpus with a split train; without, only the page is written")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--workers", type=int, help="processes that read; the recipe's by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processor-time", action="store_true", help="instead of the clock's; choose one thread")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    if arguments.corpus is None:
        record = json.loads((arguments.out / RECORD).read_text(encoding="utf-8"))
        write_text(arguments.out / PAGE, page(record))
        return
    device = choose_device(arguments.device)
    record = run(
        CPU if device.type == "cpu" else GPU,
        read_corpus(arguments.corpus).split("train"),
        device,
        arguments.out,
        workers=arguments.workers,
        rounds=arguments.rounds,
        processor_time=arguments.processor_time,
        limit=float("inf") if device.type == "cpu" else GPU_SECONDS,
    )
    print(page(record))


if __name__ == "__main__":
    main()
