"""Classification of speakers, or of pseudo-speakers, with a margin: the second stage of self-supervised systems.

The classes are the speakers that the manifest names. `gate` makes it loss-gated learning (Tao et al. 2022): labels that
clustering got wrong show themselves by losses that stay high, and such utterances teach nothing.
"""

import math
from typing import Literal

import torch
from pydantic import NonNegativeFloat, PositiveFloat
from torch import Tensor, nn

from sv_bridge import distributed
from sv_bridge.data.batch import Batch
from sv_bridge.methods.losses import MarginKind, classification_losses
from sv_bridge.methods.method import Method, MethodConfig, TrainingSet
from sv_bridge.methods.schedules import Moment, ScheduledNonNegative, ScheduledPositive, at
from sv_bridge.models.encoders import SpeakerEncoder
from sv_bridge.sections import ConfigError

__all__ = ["AAMSoftmax", "AAMSoftmaxConfig"]


class AAMSoftmaxConfig(MethodConfig):
    """AAM-softmax (Deng et al. 2019) over the training speakers. Scale and margin may be a `Ramp`."""

    name: Literal["aam_softmax"]
    scale: ScheduledPositive = 30.0
    margin: ScheduledNonNegative = 0.2
    margin_kind: MarginKind = "angular"
    gate: PositiveFloat | None = None  # utterances with a larger loss teach nothing
    gate_from_epoch: NonNegativeFloat = 1.0

    def view_seconds(self, crop_seconds: float) -> tuple[float, ...]:
        """One crop an utterance."""
        return (crop_seconds,)

    @property
    def needs_speakers_for(self) -> str:
        """Speakers, or pseudo-speakers, are its classes."""
        return "method: aam_softmax"

    def build(self, encoder: SpeakerEncoder, speech: TrainingSet) -> "AAMSoftmax":
        """Encoder and a centre for each training speaker, at each speed."""
        if speech.speakers < 2:
            raise ConfigError(
                f"aam_softmax tells speakers apart, and the training utterances name {speech.speakers}: name the "
                "speakers in the manifest, or let `sv-bridge self-label` find them"
            )
        return AAMSoftmax(encoder, self, speech.speakers * speech.speeds)


class AAMSoftmax(Method):
    """An encoder and one centre a speaker."""

    kept: Tensor

    def __init__(self, encoder: SpeakerEncoder, config: AAMSoftmaxConfig, speakers: int) -> None:
        super().__init__(encoder)
        self.config = config
        self.centres = nn.Parameter(torch.empty(speakers, encoder.embedding_dim))
        nn.init.xavier_normal_(self.centres)
        self.register_buffer("kept", torch.ones(()))

    def forward(self, batch: Batch, moment: Moment) -> Tensor:
        """Mean loss of the utterances, of all processes together, that the gate lets through."""
        (views,) = batch.views
        losses = classification_losses(
            self.encoder(views),
            self.centres,
            batch.speakers,
            scale=at(self.config.scale, moment),
            margin=at(self.config.margin, moment),
            margin_kind=self.config.margin_kind,
        )
        gate = self.config.gate if moment.epoch >= self.config.gate_from_epoch else None
        passed = losses.detach() <= (math.inf if gate is None else gate)
        everywhere = distributed.gather(passed.to(losses.dtype))
        self.kept.copy_(everywhere.mean())
        # gradients are averaged over the processes, so each loss is this process's share of the whole mean
        share = distributed.world_size() / everywhere.sum().clamp(min=1)
        return torch.where(passed, losses, 0).sum() * share

    def describe(self, moment: Moment) -> dict[str, float]:
        """Scale, margin and the share of the last batch that the gate let through."""
        scale, margin = at(self.config.scale, moment), at(self.config.margin, moment)
        return {"scale": scale, "margin": margin, "kept": self.kept.item()}
