"""Checkpoints: written whole or not at all, loaded without running any code they might hold.

A run directory holds ``config.yaml``, ``environment.json``, ``metrics.jsonl`` and ``checkpoints/``. A checkpoint is a
folder with ``model.safetensors`` (all weights and buffers) and ``state.pt`` (optimiser and progress; all chance in
training is drawn from names such as (seed, epoch, utterance), so there is no random state to keep).
`sv_bridge.training.normalisation` may add ``normalisation.safetensors``, which belongs to just these weights.
``epoch-0003`` was taken after 3 epochs, ``epoch-0003-step-000040`` 40 steps into the fourth: names sort by time.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor, nn

from cqm.atomic import atomic_folder
from sv_bridge.config import RunConfig, parse_config
from sv_bridge.models.encoders import Normalisation, SpeakerEncoder, build_encoder

__all__ = [
    "NORMALISATION",
    "CheckpointError",
    "Progress",
    "Start",
    "checkpoints",
    "load_encoder",
    "read_config",
    "read_start",
    "restore",
    "save",
    "used_checkpoints",
]

MODEL, STATE, CONFIG = "model.safetensors", "state.pt", "config.yaml"
NORMALISATION = "normalisation.safetensors"
ENCODER_PREFIX = "encoder."


class CheckpointError(ValueError):
    """A checkpoint that is missing, damaged, or of another model."""


@dataclass(frozen=True)
class Start:
    """Weights that another run starts from.

    Attributes
    ----------
    config : of the run that they come from.
    tensors : by their name in its method.
    description : for the record: run, checkpoint, and a digest of the weights.
    """

    config: RunConfig
    tensors: Mapping[str, Tensor]
    description: Mapping[str, str]


@dataclass
class Progress:
    """How far a run is, and what it has summed up in the running epoch.

    Attributes
    ----------
    epoch : finished epochs.
    epoch_step : steps of the running epoch that are done.
    step : steps since the start of the run.
    sums : (2,) sums of loss and gradient norm over the running epoch. NaN and infinity stay in a sum, so they tell.
    """

    epoch: int
    epoch_step: int
    step: int
    sums: Tensor

    @classmethod
    def start(cls, device: torch.device) -> "Progress":
        """Nothing done yet."""
        return cls(0, 0, 0, torch.zeros(2, device=device))

    @property
    def name(self) -> str:
        """Name of the checkpoint folder."""
        return f"epoch-{self.epoch:04d}" + (f"-step-{self.epoch_step:06d}" if self.epoch_step else "")

    def add(self, loss: Tensor, norm: Tensor) -> None:
        """Count one step."""
        self.sums += torch.stack([loss, norm])
        self.epoch_step += 1
        self.step += 1

    def finish_epoch(self) -> dict[str, float]:
        """Count one epoch; its mean loss and gradient norm."""
        loss, norm = (self.sums / self.epoch_step).tolist()
        self.epoch, self.epoch_step = self.epoch + 1, 0
        self.sums = torch.zeros_like(self.sums)
        return {"epoch": self.epoch, "step": self.step, "loss": loss, "gradient_norm": norm}


def save(folder: Path, progress: Progress, model: nn.Module, state: Mapping[str, Any], *, keep: int = 1) -> Path:
    """Write a checkpoint of `model` and of `state` (nested state dicts) into `folder`, then drop old ones.

    The last `keep` checkpoints of finished epochs stay, and the newest of all.

    Raises
    ------
    OSError
        Writing failed, on a full disk say; earlier checkpoints are untouched.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    target = folder / progress.name
    with atomic_folder(target) as temporary:
        (temporary / MODEL).write_bytes(safetensors.save(tensors))
        with (temporary / STATE).open("wb") as file:
            torch.save({"progress": vars(progress), **state}, file)
    finished = [path for path in checkpoints(folder) if "-step-" not in path.name]
    old = [path for path in checkpoints(folder) if path != target and path not in finished[-keep:]]
    for path in (*old, *folder.glob(".*.part")):  # a killed process leaves its unfinished folder
        shutil.rmtree(path)
    return target


def restore(path: Path, model: nn.Module) -> tuple[Progress, dict[str, Any]]:
    """Load a checkpoint's weights into `model`, in place; its progress, and the rest of its state.

    Raises
    ------
    CheckpointError
        Files are missing or damaged, or the weights are those of another model.
    """
    _load_weights(model, _read_tensors(path / MODEL), path)
    try:
        state: dict[str, Any] = torch.load(path / STATE, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling damaged bytes raises anything
        raise CheckpointError(f"{path / STATE} cannot be read: {error}") from None
    return Progress(**state.pop("progress")), state


def checkpoints(folder: Path) -> list[Path]:
    """Complete checkpoints in `folder`, oldest first."""
    return sorted(path for path in folder.glob("epoch-*") if (path / MODEL).is_file() and (path / STATE).is_file())


def read_config(run: Path | str) -> RunConfig:
    """Configuration that a run was started with."""
    path = Path(run) / CONFIG
    if not path.is_file():
        raise CheckpointError(f"{run} is not a run directory: it has no {CONFIG}")
    return parse_config(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_start(run: Path | str) -> Start:
    """Newest checkpoint of a run directory, or one checkpoint folder in it, to start another run from.

    Raises
    ------
    CheckpointError
        No run, no checkpoint, or a damaged one.
    """
    (chosen,), run = used_checkpoints(run, 1)
    digest = blake2b((chosen / MODEL).read_bytes(), digest_size=8).hexdigest()
    return Start(
        read_config(run),
        _read_tensors(chosen / MODEL),
        {"run": str(run.resolve()), "checkpoint": chosen.name, "weights": digest},
    )


def load_encoder(run: Path | str, *, average_last: int = 1, normalised: bool = True) -> SpeakerEncoder:
    """Encoder of a run's newest checkpoint, ready to embed; or the mean of its last epochs' weights.

    Parameters
    ----------
    run : run directory, or one checkpoint folder in it.
    average_last : how many finished epochs' checkpoints to average; a run keeps ``training.keep_checkpoints`` of them.
    normalised : with the normalisation that belongs to the checkpoint, if any; a mean of several has none.

    Raises
    ------
    CheckpointError
        No checkpoint, fewer than `average_last`, or weights that don't fit the run's configuration.
    """
    chosen, run = used_checkpoints(run, average_last)
    encoder = build_encoder(read_config(run).encoder)
    weights = [_read_tensors(path / MODEL) for path in chosen]
    mean = {
        name: torch.stack([each[name] for each in weights]).mean(0) if last.is_floating_point() else last
        for name, last in weights[-1].items()
        if name.startswith(ENCODER_PREFIX)
    }
    _load_weights(encoder, {name.removeprefix(ENCODER_PREFIX): tensor for name, tensor in mean.items()}, chosen[-1])
    if normalised and len(chosen) == 1 and (chosen[0] / NORMALISATION).is_file():
        encoder.normalisation = Normalisation(_read_tensors(chosen[0] / NORMALISATION)["matrix"])
    return encoder.eval()


def used_checkpoints(run: Path | str, average_last: int = 1) -> tuple[list[Path], Path]:
    """Folders of the last checkpoints of a run, or of the one that `run` itself is; and the run directory.

    Raises
    ------
    CheckpointError
        No run, or fewer checkpoints than `average_last`.
    """
    run = Path(run)
    if (run / MODEL).is_file():
        chosen, run = [run], run.parent.parent
    else:
        found = checkpoints(run / "checkpoints")
        finished = [path for path in found if "-step-" not in path.name]
        chosen = found[-1:] if average_last == 1 else finished[-average_last:]
    read_config(run)
    if len(chosen) < average_last or average_last < 1:
        raise CheckpointError(
            f"{run} has {len(chosen)} checkpoints, wanted {average_last}"
            + ("; train with a larger keep_checkpoints" if chosen else ": train it first")
        )
    return chosen, run


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        return safetensors.load_file(path)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from None


def _load_weights(model: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Copy `tensors` into `model` if every name and shape fits, else say which don't."""
    expected = model.state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    problems = [f"it lacks {name}" for name in expected if name not in tensors]
    problems += [f"it has {name}, which the model lacks" for name in tensors if name not in expected]
    problems += [
        f"{name} has shape {shapes[name]} instead of {tuple(tensor.shape)}"
        for name, tensor in expected.items()
        if name in tensors and shapes[name] != tuple(tensor.shape)
    ]
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise CheckpointError(f"{path} is a checkpoint of another model: {problems[0]}{more}")
    model.load_state_dict(dict(tensors))
