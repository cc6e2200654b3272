"""What methods have in common: an encoder in training, and a loss of a batch."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sv_bridge.data.batch import Batch
from sv_bridge.methods.schedules import Moment
from sv_bridge.models.encoders import EncoderConfig, SpeakerEncoder, build_encoder
from sv_bridge.sections import Section

__all__ = ["Method", "MethodConfig", "TrainingSet", "build_method"]


@dataclass(frozen=True)
class TrainingSet:
    """What a method may be sized by.

    Attributes
    ----------
    utterances, speakers : how many there are.
    speeds : at how many speeds they are heard: a speaker at speed k is speaker s + k · speakers in a batch.
    labelled : whether it is known who speaks.
    """

    utterances: int
    speakers: int
    speeds: int = 1
    labelled: bool = True


class Method(nn.Module):
    """An encoder, and whatever else is trained beside it.

    `carried` names the modules whose weights another run of the method may start from.

    A subclass calls the encoder, on views of any number and length, and says what the loss is. Several processes each
    hold a share of the batch: gradients are averaged over them, and `sv_bridge.distributed.gather` collects rows.
    All chance must follow from the batch and the moment, and all state must be parameters and buffers, so that a run
    that was interrupted ends as if it had not been.
    """

    carried: tuple[str, ...] = ("encoder",)

    def __init__(self, encoder: SpeakerEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    @abstractmethod
    def forward(self, batch: Batch, moment: Moment) -> Tensor:
        """Scalar loss of this process's batch."""

    def begin_epoch(self, moment: Moment) -> None:
        """Do what comes before each epoch."""

    def after_step(self, moment: Moment) -> None:
        """Do what follows each step of the optimiser."""

    def collapsed_loss(self, batch_size: int, moment: Moment) -> float | None:
        """Loss that embeddings have which are all alike; None where a method has no such number."""
        return None

    def describe(self, moment: Moment) -> dict[str, float]:
        """What is worth a line in an epoch's metrics; values of schedules, say."""
        return {}


class MethodConfig(Section):
    """What every method has. A file beside this one adds a method: a subclass with its `name` that builds it."""

    name: str

    def view_seconds(self, crop_seconds: float) -> tuple[float, ...]:
        """Length of each view of an utterance; two crops of `data.crop_seconds` unless a method wants others."""
        return crop_seconds, crop_seconds

    @property
    def across_utterances(self) -> bool:
        """Whether the second of two views is of another utterance of the same speaker."""
        return False

    @property
    def needs_speakers_for(self) -> str:
        """Which of the settings needs to know who speaks; empty where none does."""
        return ""

    @abstractmethod
    def build(self, encoder: SpeakerEncoder, speech: TrainingSet) -> Method:
        """Method around an encoder with fresh weights, for training on `speech`."""


def build_method(
    config: MethodConfig,
    encoder: EncoderConfig,
    speech: TrainingSet,
    *,
    seed: int,
    weights: Mapping[str, Tensor] | None = None,
) -> Method:
    """Method and encoder with fresh weights, which follow from the seed; or with the encoder's `weights`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        built = build_encoder(encoder)
        if weights is not None:
            built.load_state_dict(dict(weights))
        return config.build(built, speech)
