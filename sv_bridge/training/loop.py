"""The training loop, for one process or many."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from torch.utils.data import DataLoader

from sv_bridge import distributed
from sv_bridge.config import ConfigError, RunConfig
from sv_bridge.data.augmentation import make_augmentation
from sv_bridge.data.batch import Batch, Crops
from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.sampler import EpochSampler
from sv_bridge.distributed import World
from sv_bridge.memory import keep_freed_memory
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.schedules import Moment
from sv_bridge.training.ahead import ahead
from sv_bridge.training.checkpoint import checkpoints, read_start
from sv_bridge.training.health import Health, few_steps
from sv_bridge.training.run_directory import CHECKPOINTS, RunLog, describe_environment, open_run
from sv_bridge.training.trainer import Trainer
from sv_bridge.training.validation import Validator

__all__ = ["Batches", "train"]

logger = logging.getLogger(__name__)

CHECK_STEPS = 20  # looking at the loss waits for the device, so not at every step


def train(
    config: RunConfig, corpus: Corpus, run: Path | str, *, device: str = "auto", progress_bar: bool = True
) -> Path:
    """Train on the corpus' "train" split into the directory `run`, or continue what an interrupted run has left there.

    A resumed run ends bit-identical to an uninterrupted one on a CPU (with the same number of threads). Under torchrun
    the batch is shared out over the processes, and a step is that of one process with the whole batch, batch
    normalisation included (`sync_batch_norm`; without it, each process normalises its share).

    With `start_from`, training starts from another run's weights, with a fresh optimiser and its schedules from their
    beginning; ``environment.json`` records which.

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
    if purpose := config.method.needs_speakers_for:
        speech.require_speakers(f"`{purpose}`")
    with distributed.session(device) as world:
        if world.device.type == "cpu":
            keep_freed_memory()
        batches = Batches(config, speech, world)
        validate = Validator(config, corpus, world.device)
        start_from = config.start_from if not checkpoints(run / CHECKPOINTS) else None
        source = None if start_from is None else read_start(start_from)
        environment = describe_environment(speech, world)
        open_run(run, config, environment | ({"started_from": source.description} if source else {}))
        trainer = Trainer(config, world, batches.speech, source)
        progress = trainer.resume(run / CHECKPOINTS)
        start = Moment(progress.step, batches.steps, config.training.epochs)
        health, part = Health(), config.training.batch_size // config.training.accumulate
        if world.is_first and (remark := few_steps(len(speech), config.training.batch_size, batches.steps)):
            logger.warning(remark)
        with RunLog(run, progress, start.steps, enabled=world.is_first, bar=progress_bar) as log:
            for epoch in range(progress.epoch, config.training.epochs):
                if progress.epoch_step == 0:
                    trainer.method.begin_epoch(replace(start, step=progress.step))
                for parts in batches.epoch(epoch, start=progress.epoch_step):
                    progress.add(*trainer.step(parts, replace(start, step=progress.step)))
                    log.advance(progress)
                    if progress.step % CHECK_STEPS == 0:
                        trainer.check(progress)
                    if every and progress.step % every == 0 and progress.epoch_step < batches.steps:
                        trainer.save(run / CHECKPOINTS, progress)
                trainer.check(progress)  # before the sums start anew
                end = replace(start, step=progress.step)
                metrics = progress.finish_epoch() | trainer.describe(end)
                metrics |= log.lap(progress.step, config.training.batch_size)
                metrics |= validate(trainer.encoder(), epoch + 1)
                log.write(metrics)
                if world.is_first:
                    health.look(metrics, trainer.method.collapsed_loss(part, end))
                trainer.save(run / CHECKPOINTS, progress)
    return run


def training_speech(config: RunConfig, corpus: Corpus) -> Corpus:
    """Utterances of the "train" split that are long enough."""
    shortest = config.data.min_seconds
    speech = corpus.split("train").where(lambda utterance: utterance.duration_s >= shortest)
    if not len(speech):
        raise ConfigError(f"no training utterance is as long as `data.min_seconds` = {shortest}")
    return speech


class Batches:
    """Training batches of this process, in groups that make one step."""

    def __init__(self, config: RunConfig, speech: Corpus, world: World) -> None:
        training, data = config.training, config.data
        parts = world.size * training.accumulate
        batch_size, rest = divmod(training.batch_size, parts)
        if rest or not batch_size:
            raise ConfigError(
                f"`training.batch_size` {training.batch_size} must be a multiple of processes × accumulate = "
                f"{world.size} × {training.accumulate}"
            )
        if batch_size * world.size == 1:
            raise ConfigError(
                f"`training.batch_size` {training.batch_size} with accumulate {training.accumulate} makes parts of one "
                "utterance, which has no negatives and teaches nothing: raise batch_size or lower accumulate"
            )
        if batch_size == 1 and not training.sync_batch_norm:
            raise ConfigError(
                f"one utterance for each of {world.size} processes cannot be normalised alone: raise batch_size "
                "or set sync_batch_norm"
            )
        if len(speech) < training.batch_size:
            largest = len(speech) // parts * parts
            cure = f"--set batch_size={largest}, or less" if largest >= 2 * parts else "take more speech"
            raise ConfigError(f"a batch of {training.batch_size} needs more utterances than {len(speech)}: {cure}")
        self.dataset = ContrastiveDataset(
            speech,
            view_seconds=config.method.view_seconds(data.crop_seconds),
            non_overlapping=data.non_overlapping,
            across_utterances=config.method.across_utterances,
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
        self.speech = TrainingSet(len(speech), len(speech.speakers), len(data.speeds), speech.labelled)
        self.accumulate = training.accumulate
        self.steps = self.sampler.steps_per_epoch // training.accumulate  # an incomplete last group is left out

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
