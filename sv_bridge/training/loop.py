"""The training loop, for one process or many."""

import contextlib
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from sv_bridge import distributed
from sv_bridge.config import ConfigError, RunConfig
from sv_bridge.data.augmentation import make_augmentation
from sv_bridge.data.batch import Batch, Crops
from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.sampler import EpochSampler
from sv_bridge.distributed import World
from sv_bridge.methods.method import Method, TrainingSet, build_method
from sv_bridge.methods.schedules import Moment
from sv_bridge.training import checkpoint
from sv_bridge.training.ahead import ahead
from sv_bridge.training.batch_norm import synchronise_batch_norm
from sv_bridge.training.checkpoint import Progress
from sv_bridge.training.memory import keep_freed_memory
from sv_bridge.training.run_directory import CHECKPOINTS, RunLog, describe_environment, open_run
from sv_bridge.training.schedule import learning_rate
from sv_bridge.training.validation import Validator

__all__ = ["Batches", "Trainer", "TrainingError", "train"]

CHECK_STEPS = 20  # looking at the loss waits for the device, so not at every step


class TrainingError(RuntimeError):
    """Training cannot go on; the message says where, why, and what is left."""


def train(
    config: RunConfig, corpus: Corpus, run: Path | str, *, device: str = "auto", progress_bar: bool = True
) -> Path:
    """Train on the corpus' "train" split into the directory `run`, or continue what an interrupted run has left there.

    A resumed run ends bit-identical to an uninterrupted one on a CPU (with the same number of threads). Under torchrun
    the batch is shared out over the processes, and a step is that of one process with the whole batch, batch
    normalisation included (`sync_batch_norm`; without it, each process normalises its share).

    Parameters
    ----------
    config : see `sv_bridge.presets.load_config`.
    corpus : with a "train" split; its "dev" split, of other speakers, is what validation looks at, if there is one.
    run : where configuration, environment, metrics and checkpoints go.
    device : "auto", "cpu", "cuda", …
    progress_bar : whether to show one.

    Returns
    -------
    Path
        `run`, for `sv_bridge.training.checkpoint.load_encoder`.

    Raises
    ------
    TrainingError
        The loss or a gradient is not finite.
    ConfigError
        The run directory or the number of processes doesn't fit the configuration.
    """
    run, speech, every = Path(run), training_speech(config, corpus), config.training.checkpoint_steps
    with distributed.session(device) as world:
        if world.device.type == "cpu":
            keep_freed_memory()
        batches = Batches(config, speech, world)
        validate = Validator(config, corpus, world.device)
        open_run(run, config, describe_environment(speech, world))
        trainer = Trainer(config, world, batches.speech)
        progress = trainer.resume(run / CHECKPOINTS)
        start = Moment(progress.step, batches.steps, config.training.epochs)
        with RunLog(run, progress, start.steps, enabled=world.is_first, bar=progress_bar) as log:
            for epoch in range(progress.epoch, config.training.epochs):
                for parts in batches.epoch(epoch, start=progress.epoch_step):
                    progress.add(*trainer.step(parts, replace(start, step=progress.step)))
                    log.advance(progress)
                    if progress.step % CHECK_STEPS == 0:
                        trainer.check(progress)
                    if every and progress.step % every == 0 and progress.epoch_step < batches.steps:
                        trainer.save(run / CHECKPOINTS, progress)
                trainer.check(progress)  # before the sums start anew
                metrics = progress.finish_epoch() | trainer.describe(replace(start, step=progress.step))
                metrics |= log.lap(progress.step, config.training.batch_size)
                metrics |= validate(trainer.method.encoder, epoch + 1) if world.is_first else {}
                log.write(metrics)
                trainer.save(run / CHECKPOINTS, progress)
    return run


def training_speech(config: RunConfig, corpus: Corpus) -> Corpus:
    """Utterances of the "train" split that are long enough."""
    shortest = config.data.min_seconds
    speech = corpus.split("train").where(lambda utterance: utterance.duration_s >= shortest)
    if not len(speech):
        raise ConfigError(f"no training utterance is as long as `data.min_seconds` = {shortest}")
    return speech


class Trainer:
    """Model, optimiser and precision of this process: a step, and what is kept of it."""

    def __init__(self, config: RunConfig, world: World, speech: TrainingSet) -> None:
        self.training, self.world = config.training, world
        method = build_method(config.method, config.encoder, speech, seed=config.seed)
        self.method: Method = method.to(world.device)
        if self.training.channels_last:
            self.method.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if world.size > 1 and self.training.sync_batch_norm:
            synchronise_batch_norm(self.method, world.device)
        if self.training.compile:
            self.method.encoder.backbone.compile()
        # Buffers aren't exchanged: MoCo's queues stay equal by themselves, and of BatchNorm's averages rank 0's count.
        self.model = DistributedDataParallel(self.method, forward_sync_buffers=False) if world.size > 1 else self.method
        self.parameters = [p for p in self.method.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(self.parameters, weight_decay=self.training.weight_decay)
        self.scaler = torch.amp.GradScaler(world.device.type, enabled=self.training.precision == "float16")

    def step(self, parts: Sequence[Batch], moment: Moment) -> tuple[Tensor, Tensor]:
        """Take a step of the optimiser over `parts`, whose gradients are averaged; the mean loss and gradient norm.

        Parts save memory, not negatives: no negative comes from another part, so two of 128 are not a batch of 256.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.training, moment.epoch)
        total = torch.zeros((), device=self.world.device)
        for number, part in enumerate(parts):
            batch = part.to(self.world.device)
            with self._exchange_gradients(number + 1 == len(parts)):
                with self._precision():
                    loss = self.model(batch, replace(moment, part=number)) / len(parts)
                self.scaler.scale(loss).backward()
            total += loss.detach()
        self.scaler.unscale_(self.optimiser)
        norm = nn.utils.clip_grad_norm_(self.parameters, self.training.clip_norm or math.inf)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.optimiser.zero_grad()
        self.method.after_step(moment)
        if self.world.size > 1:
            dist.all_reduce(total)
            total /= self.world.size
        # float16's scaler skips steps whose gradients overflow, and retries with a smaller scale: no reason to stop
        return total, norm.nan_to_num(posinf=0.0) if self.scaler.is_enabled() else norm

    def resume(self, folder: Path) -> Progress:
        """Continue from the newest checkpoint in `folder`, or start."""
        found = checkpoint.checkpoints(folder)
        if not found:
            return Progress.start(self.world.device)
        progress, state = checkpoint.restore(found[-1], self.method)
        self.optimiser.load_state_dict(state["optimiser"])
        self.scaler.load_state_dict(state["scaler"])
        progress.sums = progress.sums.to(self.world.device)
        return progress

    def save(self, folder: Path, progress: Progress) -> None:
        """Write a checkpoint, on the first process, if all is well so far."""
        self.check(progress)
        if self.world.is_first:
            state = {"optimiser": self.optimiser.state_dict(), "scaler": self.scaler.state_dict()}
            checkpoint.save(folder, progress, self.method, state, keep=self.training.keep_checkpoints)

    def check(self, progress: Progress) -> None:
        """Raise a TrainingError when a loss or gradient of this epoch was not finite."""
        if not progress.sums.isfinite().all():
            raise TrainingError(
                f"the loss or a gradient stopped being finite in epoch {progress.epoch + 1}, at or before step "
                f"{progress.step}; the last checkpoint is from before that and stays. Try a lower learning_rate, a "
                "clip_norm, a smaller or rising margin ({start: 0, end: 0.1, over_epochs: 5}), or precision float32"
            )

    def describe(self, moment: Moment) -> dict[str, float]:
        """Learning rate of the last step, and what the method has to say."""
        return {"learning_rate": self.optimiser.param_groups[0]["lr"], **self.method.describe(moment)}

    def _exchange_gradients(self, now: bool) -> contextlib.AbstractContextManager[None]:
        """DDP averages gradients over processes in the backward pass; only the last part's needs to."""
        if isinstance(self.model, DistributedDataParallel) and not now:
            return self.model.no_sync()
        return contextlib.nullcontext()

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        if self.training.precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.world.device.type, dtype=getattr(torch, self.training.precision))


class Batches:
    """Training batches of this process, in groups that make one step."""

    def __init__(self, config: RunConfig, speech: Corpus, world: World) -> None:
        training, data = config.training, config.data
        batch_size, rest = divmod(training.batch_size, world.size * training.accumulate)
        if rest or not batch_size:
            raise ConfigError(
                f"`training.batch_size` {training.batch_size} must be a multiple of processes × accumulate = "
                f"{world.size} × {training.accumulate}"
            )
        self.dataset = ContrastiveDataset(
            speech,
            view_seconds=config.method.view_seconds(data.crop_seconds),
            non_overlapping=data.non_overlapping,
            augmentation=make_augmentation(
                data.augmentation,
                speech,
                probability=data.augmented,
                musan=data.musan,
                rirs=data.rirs,
                seed=config.seed,
            ),
            speeds=data.speeds,
            memory_hours=data.memory_hours,
            seed=config.seed,
        )
        self.sampler = EpochSampler(
            len(speech), batch_size=batch_size, seed=config.seed, rank=world.rank, world_size=world.size
        )
        workers = data.workers if data.workers is not None else min(8, (os.cpu_count() or 1) // world.size - 1)
        workers = max(0, workers)
        self.play = self.dataset.playback(world.device)
        self.loader: DataLoader[Any] = DataLoader(
            self.dataset,
            batch_sampler=self.sampler,
            collate_fn=_collated,
            num_workers=workers,
            persistent_workers=workers > 0,
            pin_memory=world.device.type == "cuda",
        )
        self.speech = TrainingSet(len(speech), len(speech.speakers) * len(data.speeds))
        self.accumulate = training.accumulate
        self.steps = self.sampler.steps_per_epoch // training.accumulate  # an incomplete last group is left out
        if not self.steps:
            raise ConfigError(f"{len(speech)} utterances do not make one batch of {training.batch_size}")

    def epoch(self, epoch: int, *, start: int = 0) -> Iterator[list[Batch]]:
        """Groups of the epoch, from step `start` on."""
        self.dataset.set_epoch(epoch)
        self.sampler.set_epoch(epoch, start * self.accumulate)
        batches = ahead(self.loader, self.play)
        for _ in range(start, self.steps):
            yield list(islice(batches, self.accumulate))


def _collated(crops: Any) -> Crops:
    """The dataset reads whole batches."""
    return crops
