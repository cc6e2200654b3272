"""What a process trains: model, optimiser, precision; a step of it, and its checkpoints."""

import contextlib
import logging
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel

from sv_bridge import distributed
from sv_bridge.compactness.cosines import effective_rank
from sv_bridge.config import ConfigError, RunConfig, flat
from sv_bridge.data.batch import Batch
from sv_bridge.distributed import World
from sv_bridge.methods.method import Method, TrainingSet, build_method
from sv_bridge.methods.schedules import Moment
from sv_bridge.models.encoders import SpeakerEncoder
from sv_bridge.training import checkpoint
from sv_bridge.training.batch_norm import synchronise_batch_norm
from sv_bridge.training.checkpoint import Progress, Start
from sv_bridge.training.schedule import learning_rate

__all__ = ["Trainer", "TrainingError", "started"]

logger = logging.getLogger(__name__)


class TrainingError(RuntimeError):
    """Training cannot go on; the message says where, why, and what is left."""


def started(config: RunConfig, speech: TrainingSet, start: Start | None) -> Method:
    """Method of a configuration, with fresh weights or with those that it starts from.

    The encoder must be that of the other run. Where the method is too, what else it carries over (a projector, say) is
    taken as well if it fits, and starts fresh if not, which is logged.

    Raises
    ------
    ConfigError
        The encoders differ.
    """
    if start is None:
        return build_method(config.method, config.encoder, speech, seed=config.seed)
    ours, theirs = flat(config.encoder.model_dump()), flat(start.config.encoder.model_dump())
    if differing := [key for key in {**theirs, **ours} if ours.get(key) != theirs.get(key)]:
        key = differing[0]
        raise ConfigError(
            f"{start.description['run']} has encoder.{key}={theirs.get(key)}, not {ours.get(key)}: an encoder that is "
            f"started from is kept as it is; its recipe is {start.description['run']}/config.yaml"
        )
    weights = within(start.tensors, "encoder")
    method = build_method(config.method, config.encoder, speech, seed=config.seed, weights=weights)
    if config.method.name == start.config.method.name:
        for name in method.carried:
            module, former = method.get_submodule(name), within(start.tensors, name)
            fresh = module.state_dict()
            if {key: tensor.shape for key, tensor in former.items()} == {key: x.shape for key, x in fresh.items()}:
                module.load_state_dict(former)
            else:
                logger.warning("the %s of %s does not fit: it starts fresh", name, start.description["run"])
    return method


def within(tensors: Mapping[str, Tensor], module: str) -> dict[str, Tensor]:
    """Tensors of one module, by their name in it."""
    prefix = f"{module}."
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


class Trainer:
    """Model, optimiser and precision of this process: a step, and what is kept of it."""

    def __init__(self, config: RunConfig, world: World, speech: TrainingSet, start: Start | None = None) -> None:
        self.training, self.world = config.training, world
        self.method: Method = started(config, speech, start).to(world.device)
        order = torch.channels_last if self.training.channels_last else torch.contiguous_format
        self.method.to(memory_format=order)  # type: ignore[call-overload]
        if world.size > 1 and self.training.sync_batch_norm:
            synchronise_batch_norm(self.method, world.device)
        if self.training.compile:
            self.method.encoder.backbone.compile()
        self.model = _shared(self.method) if world.size > 1 else self.method
        self.parameters = [p for p in self.method.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(self.parameters, weight_decay=self.training.weight_decay)
        self.precision = precision_on(world.device, self.training.precision)
        self.scaler = torch.amp.GradScaler(world.device.type, enabled=self.precision == "float16")
        self.saved = ""  # name of the newest checkpoint
        self.last: Batch | None = None  # that a step was taken on

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
                with self.autocast():
                    loss = self.model(batch, replace(moment, part=number)) / len(parts)
                self.scaler.scale(loss).backward()
            total += loss.detach()
            self.last = batch
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
        self.saved = found[-1].name
        progress, state = checkpoint.restore(found[-1], self.method)
        self.optimiser.load_state_dict(state["optimiser"])
        self.scaler.load_state_dict(state["scaler"])
        progress.sums = progress.sums.to(self.world.device)
        return progress

    def save(self, folder: Path, progress: Progress) -> None:
        """Write a checkpoint, on the first process, if all is well so far."""
        self.check(progress)
        self.saved = progress.name
        if self.world.is_first:
            state = {"optimiser": self.optimiser.state_dict(), "scaler": self.scaler.state_dict()}
            checkpoint.save(folder, progress, self.method, state, keep=self.training.keep_checkpoints)

    def check(self, progress: Progress) -> None:
        """Raise a TrainingError when a loss or gradient of this epoch was not finite."""
        if not progress.sums.isfinite().all():
            kept = f"the checkpoint {self.saved} is from before that" if self.saved else "there is no checkpoint yet"
            raise TrainingError(
                f"the loss or a gradient stopped being finite in epoch {progress.epoch + 1}, at or before step "
                f"{progress.step}; {kept}. Try a lower learning_rate, a "
                "clip_norm, a smaller or rising margin ({start: 0, end: 0.1, over_epochs: 5}), or precision float32"
            )

    def encoder(self) -> SpeakerEncoder:
        """Encoder as it would be saved: in every process with the first one's batch statistics."""
        for buffer in self.method.encoder.buffers():
            distributed.broadcast(buffer)
        return self.method.encoder

    def describe(self, moment: Moment) -> dict[str, float]:
        """Learning rate and effective rank of the embeddings of the last step, and what the method has to say."""
        return {
            "learning_rate": self.optimiser.param_groups[0]["lr"],
            "effective_rank": self._effective_rank(),
            **self.method.describe(moment),
        }

    @torch.no_grad()
    def _effective_rank(self) -> float:
        """Of the first views of the last batch of this process, as the encoder embeds them by now."""
        if self.last is None:
            raise ValueError("take a step first")
        encoder, was_training = self.method.encoder, self.method.encoder.training
        embeddings = encoder.eval()(self.last.views[0])
        encoder.train(was_training)
        return effective_rank(nn.functional.normalize(embeddings.double(), dim=1).cpu().numpy())

    def _exchange_gradients(self, now: bool) -> contextlib.AbstractContextManager[None]:
        """DDP averages gradients over processes in the backward pass; only the last part's needs to."""
        if isinstance(self.model, DistributedDataParallel) and not now:
            return self.model.no_sync()
        return contextlib.nullcontext()

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """The precision of forward passes, as a context."""
        if self.precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.world.device.type, dtype=getattr(torch, self.precision))


def precision_on(device: torch.device, wanted: str) -> str:
    """Precision of forward passes on a device: what is `wanted`, "auto" being bfloat16 on GPUs that have it.

    >>> precision_on(torch.device("cpu"), "auto")
    'float32'
    """
    if wanted != "auto":
        return wanted
    fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if fast else "float32"


def _shared(method: Method) -> DistributedDataParallel:
    """With gradients that are averaged over processes.

    Buffers aren't exchanged: MoCo's queues stay equal by themselves, and of BatchNorm's averages rank 0's count.
    """
    with warnings.catch_warnings():  # torch 2.13 has another name for it, which 2.11 doesn't know
        warnings.simplefilter("ignore", FutureWarning)
        return DistributedDataParallel(method, broadcast_buffers=False)
