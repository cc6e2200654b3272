"""What training and embedding cost beside the encoder: data, features, loss and bookkeeping against its bare passes.

    python -m benchmarks.training_throughput --corpus DIR [--device cpu] [--preset tiny-am --preset odyssey2024-am]
    OMP_NUM_THREADS=1 python -m benchmarks.training_throughput --corpus DIR --processor-time

Rounds alternate, in one process: the encoder's forward and backward pass on features computed beforehand, nothing else;
steps of real training (crops read, played at their speeds, augmented, features, loss, optimiser), and the first two by
themselves; and whole utterances embedded, against forward passes on their features. Medians over rounds go to
docs/benchmarks/training.md, a part of docs/benchmarks.md. On a machine that others use, the processor's time with one
thread compares where the clock's doesn't.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from textwrap import fill

import torch

from cqm.atomic import atomic_path
from sv_bridge.data.audio import read_audio
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.distributed import World, choose_device
from sv_bridge.methods.schedules import Moment
from sv_bridge.models.embedding import EmbeddingOptions, embed
from sv_bridge.presets import load_config
from sv_bridge.training.loop import Batches
from sv_bridge.training.memory import keep_freed_memory
from sv_bridge.training.trainer import Trainer

OUT = Path(__file__).parent.parent / "docs" / "benchmarks" / "training.md"
PRESETS = ("tiny-am", "odyssey2024-am")
EMBEDDED = 16  # utterances


@dataclass(frozen=True)
class Throughput:
    """Medians over rounds: seconds a step of training, and seconds to embed `EMBEDDED` utterances."""

    preset: str
    batch_size: int
    workers: int
    encoder: float
    reading: float
    playing: float
    step: float
    training: float
    forward: float
    embedding: float


def measure(
    preset: str,
    corpus: Corpus,
    device: torch.device,
    *,
    batch: int,
    workers: int | None,
    rounds: int,
    clock: Callable[[], float],
) -> Throughput:
    """Time whole training, its steps without data, embedding, and the bare encoder, in turns."""
    config = load_config(preset, [f"batch_size={batch}", *([] if workers is None else [f"workers={workers}"])])
    if device.type == "cpu":
        keep_freed_memory()  # as training does
    world = World(0, 1, device)
    batches = Batches(config, corpus, world)
    trainer, moment = Trainer(config, world, batches.speech), Moment(1, batches.steps, config.training.epochs)
    encoder = trainer.method.encoder

    def endless():
        epoch = 0
        while True:
            yield from batches.epoch(epoch)
            epoch += 1

    data = endless()
    for _ in range(batches.steps):  # the first epoch fills memory, where the preset keeps decoded speech
        next(data)
    held = next(data)
    features = encoder.features(torch.cat(tuple(held[0].views)).to(device))

    chosen = {utterance.id for utterance in islice(corpus, EMBEDDED)}
    utterances = corpus.where(lambda utterance: utterance.id in chosen)
    read = [read_audio(corpus.path(utterance)) for utterance in utterances]
    whole_features = [encoder.features(torch.from_numpy(waveform)[None].to(device)) for waveform in read]

    def bare() -> None:
        trainer.optimiser.zero_grad()
        encoder.backbone(features).sum().backward()

    @torch.inference_mode()
    def forward() -> None:
        encoder.eval()
        for ready in whole_features:
            encoder.backbone(ready)
        encoder.train()

    def embedding() -> None:
        embed(encoder, utterances, EmbeddingOptions(device=str(device)))

    indices = list(range(batch))
    crops = batches.dataset.__getitems__(indices)

    def reading() -> None:
        batches.dataset.__getitems__(indices)

    def playing() -> None:
        batches.play(crops)

    def whole() -> None:
        trainer.step(next(data), moment)

    def step() -> None:
        trainer.step(held, moment)

    works = {
        "encoder": bare, "reading": reading, "playing": playing, "step": step, "training": whole, "forward": forward,
        "embedding": embedding,
    }  # fmt: skip
    timed: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            timed[name].append(seconds(work, device, clock))
    return Throughput(
        preset, batch, batches.loader.num_workers, **{name: statistics.median(values) for name, values in timed.items()}
    )


def seconds(work: Callable[[], None], device: torch.device, clock: Callable[[], float], repeats: int = 4) -> float:
    """Mean time of one call after two that warm up (and use up batches that workers have made ahead)."""
    for _ in range(2):
        work()
    if device.type != "cpu":
        torch.accelerator.synchronize()
    start = clock()
    for _ in range(repeats):
        work()
    if device.type != "cpu":
        torch.accelerator.synchronize()
    return (clock() - start) / repeats


def page(rows: list[Throughput], device: torch.device, *, processor_time: bool) -> str:
    """Markdown section."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{os.cpu_count()} CPU cores"
    machine = f"{name}, {platform.machine()}, torch {torch.__version__}, {torch.get_num_threads()} threads"
    lines = [
        "## Training and embedding",
        "",
        fill(
            f"{machine}; written by `python -m benchmarks.training_throughput`"
            + (" in seconds of the processor, not of the clock" if processor_time else "")
            + ". Encoder: its forward and backward pass alone, on ready features. Reading: two crops an utterance, and "
            "what is drawn for them, in this process. Playing: their speeds and augmentation, on the device. Step: "
            "features, encoder, loss and optimiser. Training: all of it, with reading in the processes that the preset "
            "asks for.",
            120,
        ),
        "",
        "| preset | batch | workers | encoder s | reading s | playing s | step s | training s | utterances/s | beside "
        "the encoder |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        parts = (row.encoder, row.reading, row.playing, row.step, row.training)
        lines.append(
            f"| {row.preset} | {row.batch_size} | {row.workers} | {' | '.join(f'{part:.3f}' for part in parts)} | "
            f"{row.batch_size / row.training:.0f} | {row.training / row.encoder - 1:+.0%} |"
        )
    lines += [
        "",
        "Whole utterances: the encoder's forward pass on ready features, one at a time, and embedding as "
        "`sv-bridge embed` does.",
        "",
        "| preset | utterances | encoder s | embedding s | utterances/s | beside the encoder |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        lines.append(
            f"| {row.preset} | {EMBEDDED} | {row.forward:.3f} | {row.embedding:.3f} | "
            f"{EMBEDDED / row.embedding:.0f} | {row.embedding / row.forward - 1:+.0%} |"
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
    parser.add_argument("--processor-time", action="store_true", help="instead of the clock's; choose one thread")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    corpus, device = read_corpus(arguments.corpus).split("train"), choose_device(arguments.device)
    clock = time.process_time if arguments.processor_time else time.perf_counter
    options = {"batch": arguments.batch, "workers": arguments.workers, "rounds": arguments.rounds}
    rows = [measure(preset, corpus, device, clock=clock, **options) for preset in arguments.preset or PRESETS]
    text = page(rows, device, processor_time=arguments.processor_time)
    print(text)
    with atomic_path(arguments.out) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
