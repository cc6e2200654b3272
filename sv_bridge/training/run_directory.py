"""What a run leaves on disk beside its checkpoints: configuration, environment, metrics."""

import json
import os
import platform
import sys
import time
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from cqm.atomic import atomic_path
from sv_bridge import distributed
from sv_bridge.config import ConfigError, RunConfig, flat
from sv_bridge.data.manifest import Corpus
from sv_bridge.distributed import World
from sv_bridge.training.checkpoint import CONFIG, Progress, read_config

__all__ = ["CHECKPOINTS", "RunLog", "describe_environment", "heard_speakers", "open_run", "read_metrics"]

CHECKPOINTS, ENVIRONMENT, METRICS = "checkpoints", "environment.json", "metrics.jsonl"


def open_run(run: Path, config: RunConfig, environment: dict[str, Any]) -> None:
    """Start a run directory, or check that the one there is of the same configuration and corpus.

    All processes call this together; each sees the same, so that each raises or none, and the first one writes.

    Raises
    ------
    ConfigError
        The directory holds a run of another configuration or corpus, or other files.
    """
    if (run / CONFIG).is_file():
        started = flat(read_config(run).model_dump())
        asked = flat(config.model_dump())
        differing = [key for key in {**started, **asked} if started.get(key) != asked.get(key) and key not in _LENIENT]
        if differing:
            key = differing[0]
            raise ConfigError(
                f"{run} was started with {key}={started.get(key)}, now {key}={asked.get(key)}"
                + (f" (and {len(differing) - 1} more differ)" if len(differing) > 1 else "")
                + ": choose another --out, or the same settings to continue it"
            )
        former = json.loads((run / ENVIRONMENT).read_text(encoding="utf-8"))
        corpus, source = former["corpus"], former.get("started_from")
        if corpus != environment["corpus"]:
            raise ConfigError(f"{run} was started on another corpus ({corpus}), now it is {environment['corpus']}")
        if environment.get("started_from", source) != source:
            raise ConfigError(
                f"{run} was started from {source['checkpoint']} of {source['run']}, which has changed since then: give "
                "that checkpoint folder as start_from, in another --out"
            )
        return
    if run.is_dir() and any(run.iterdir()):
        raise ConfigError(f"{run} is not empty and not a run directory: choose another --out")
    distributed.barrier()  # nobody writes before all have looked
    if distributed.rank() == 0:
        with atomic_path(run / ENVIRONMENT) as temporary:
            temporary.write_text(json.dumps(environment, indent=2) + "\n", encoding="utf-8")
        with atomic_path(run / CONFIG) as temporary:
            temporary.write_text(yaml.safe_dump(config.model_dump(), sort_keys=False), encoding="utf-8")
    distributed.barrier()


# What may change between the parts of a run without changing what it computes.
_LENIENT = {"data.workers", "training.checkpoint_steps", "training.keep_checkpoints"}


def describe_environment(corpus: Corpus, world: World) -> dict[str, Any]:
    """Versions, machine and corpus, for the record."""
    digest = blake2b(repr([(u.id, u.speaker, u.duration_s) for u in corpus]).encode(), digest_size=8).hexdigest()
    speakers = f"{len(corpus.speakers)} speakers" if corpus.labelled else "unknown speakers"
    on_gpu = world.device.type == "cuda"
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": torch.cuda.get_device_name(world.device) if on_gpu else str(world.device),
        "processes": world.size,
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "corpus": f"{len(corpus)} utterances, {speakers}, {digest}",
        "speakers": [speaker for speaker in corpus.speakers if speaker],
    }


def heard_speakers(run: Path | str) -> frozenset[str]:
    """Speakers that a run has heard in training, and those of the run that it was started from, if any.

    A checkpoint folder has heard what its run has. None are known of a directory without record.
    """
    heard: set[str] = set()
    seen: set[Path] = set()
    current = Path(run)
    if current.parent.name == CHECKPOINTS:
        current = current.parent.parent
    while (current / ENVIRONMENT).is_file() and current.resolve() not in seen:
        seen.add(current.resolve())
        environment = json.loads((current / ENVIRONMENT).read_text(encoding="utf-8"))
        heard |= set(environment.get("speakers", ()))
        source = environment.get("started_from")
        if source is None:
            break
        current = Path(source["run"])
    return frozenset(heard)


class RunLog:
    """Metrics as JSON lines and, where that is installed, for TensorBoard, and a progress bar.

    Nothing on processes where it isn't `enabled`.

    A resumed run continues the files where its checkpoint was taken: later lines are dropped, they will come again.
    """

    def __init__(self, run: Path, progress: Progress, steps: int, *, enabled: bool = True, bar: bool = True) -> None:
        self.path, self.enabled = run / METRICS, enabled
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = ProgressBar(*columns, console=Console(stderr=True), disable=not (bar and enabled))
        self.task = self.bar.add_task("training", total=steps, completed=progress.step)
        self.clock, self.clock_step = time.perf_counter(), progress.step
        self.board: Any = None
        if enabled:
            kept = [line for line in read_metrics(run) if line["step"] <= progress.step]
            with atomic_path(self.path) as temporary:
                temporary.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
            if find_spec("tensorboard") is not None:
                from torch.utils.tensorboard.writer import SummaryWriter  # takes a second to load

                self.board = SummaryWriter(str(run / "tensorboard"), purge_step=progress.step + 1)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()
        if self.board is not None:
            self.board.close()

    def advance(self, progress: Progress) -> None:
        """Show one more step."""
        self.bar.update(self.task, completed=progress.step)

    def lap(self, step: int, batch_size: int) -> dict[str, float]:
        """Seconds since the last epoch was written, and utterances per second of the steps taken since."""
        seconds = time.perf_counter() - self.clock
        return {"seconds": seconds, "utterances_per_second": (step - self.clock_step) * batch_size / seconds}

    def write(self, metrics: dict[str, Any]) -> None:
        """Append one epoch's line."""
        if self.enabled:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(metrics) + "\n")
            for name, value in metrics.items():
                if self.board is not None and isinstance(value, float):
                    self.board.add_scalar(name, value, metrics["step"])
            shown = " ".join(f"{name} {metrics[name]:.4f}" for name in ("loss", "dev_eer") if name in metrics)
            self.bar.update(self.task, description=f"epoch {metrics['epoch']} {shown}")
        self.clock, self.clock_step = time.perf_counter(), metrics["step"]


def read_metrics(run: Path | str) -> list[dict[str, Any]]:
    """Metrics of a run, one dictionary a line; a last line that was cut off by a crash is left out."""
    path = Path(run) / METRICS
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    return [json.loads(line) for line in lines[:-1]]
