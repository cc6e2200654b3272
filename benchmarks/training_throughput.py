"""What training costs beside the encoder: data, features, loss and bookkeeping against bare forward and backward.

    python -m benchmarks.training_throughput --corpus DIR [--device cpu] [--preset tiny-am --preset odyssey2024-am]

Rounds alternate, in one process: steps of real training (crops read, augmented and batched, features, loss, optimiser),
then the same encoder's forward and backward pass on features computed beforehand, nothing else. Medians over rounds go
to docs/training-throughput.md.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from sv_bridge.atomic import atomic_path
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.distributed import World, choose_device
from sv_bridge.memory import keep_freed_memory
from sv_bridge.presets import load_config
from sv_bridge.training import Batches, Trainer

OUT = Path(__file__).parent.parent / "docs" / "training-throughput.md"
PRESETS = ("tiny-am", "odyssey2024-am", "interspeech2023-am")


@dataclass(frozen=True)
class Throughput:
    """Medians over rounds, in seconds a step."""

    preset: str
    batch_size: int
    workers: int
    encoder: float
    step: float
    training: float

    @property
    def overhead(self) -> float:
        """Share of time that is not the encoder's."""
        return self.training / self.encoder - 1


def measure(
    preset: str, corpus: Corpus, device: torch.device, *, batch: int, workers: int | None, rounds: int
) -> Throughput:
    """Time whole training, its steps without data, and the bare encoder, in turns."""
    config = load_config(preset, [f"batch_size={batch}", *([] if workers is None else [f"workers={workers}"])])
    if device.type == "cpu":
        keep_freed_memory()  # as training does
    world = World(0, 1, device)
    trainer, batches = Trainer(config, world), Batches(config, corpus, world)
    encoder = trainer.framework.encoder

    def endless():
        epoch = 0
        while True:
            yield from batches.epoch(epoch)
            epoch += 1

    data = endless()
    for _ in range(batches.steps):  # the first epoch fills memory, where the preset keeps decoded speech
        next(data)
    held = next(data)
    features = encoder.features(held[0][0].flatten(0, 1).to(device))

    def bare() -> None:
        trainer.optimiser.zero_grad()
        encoder.backbone(features).sum().backward()

    def whole() -> None:
        trainer.step(next(data), 1, 1.0)

    def step() -> None:
        trainer.step(held, 1, 1.0)

    timed: dict[str, list[float]] = {"encoder": [], "step": [], "training": []}
    for _ in range(rounds):
        for name, work in (("encoder", bare), ("step", step), ("training", whole)):
            timed[name].append(seconds(work, device))
    return Throughput(
        preset, batch, batches.loader.num_workers, **{name: statistics.median(values) for name, values in timed.items()}
    )


def seconds(work: Callable[[], None], device: torch.device, repeats: int = 4) -> float:
    """Mean time of one call after two that warm up (and use up batches that workers have made ahead)."""
    for _ in range(2):
        work()
    if device.type != "cpu":
        torch.accelerator.synchronize()
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    if device.type != "cpu":
        torch.accelerator.synchronize()
    return (time.perf_counter() - start) / repeats


def table(rows: list[Throughput], device: torch.device) -> str:
    """Markdown page."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{os.cpu_count()} CPU cores"
    lines = [
        "# Training throughput",
        "",
        f"{name}, {platform.machine()}, torch {torch.__version__}, {torch.get_num_threads()} threads; written by "
        "`python -m benchmarks.training_throughput`.",
        "Encoder: its forward and backward pass alone, on ready features. Step: features, loss and optimiser too. "
        "Training: reading and augmenting two crops an utterance too.",
        "",
        "| preset | batch | workers | encoder s | step s | training s | utterances/s | beside the encoder |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row.preset} | {row.batch_size} | {row.workers} | {row.encoder:.3f} | {row.step:.3f} | "
            f"{row.training:.3f} | {row.batch_size / row.training:.0f} | {row.overhead:+.0%} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--preset", action="append")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--workers", type=int, help="the preset's by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    corpus, device = read_corpus(arguments.corpus).split("train"), choose_device(arguments.device)
    options = {"batch": arguments.batch, "workers": arguments.workers, "rounds": arguments.rounds}
    rows = [measure(preset, corpus, device, **options) for preset in arguments.preset or PRESETS]
    page = table(rows, device)
    print(page)
    with atomic_path(arguments.out) as temporary:
        temporary.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
