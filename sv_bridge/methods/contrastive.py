"""What SimCLR and MoCo share: a projector, a scale, and a margin on the positives."""

from collections.abc import Sequence
from typing import Any

import torch
from pydantic import PositiveInt, model_validator
from pydantic_core import PydanticCustomError
from torch import Tensor, nn

from sv_bridge.methods.losses import MarginKind
from sv_bridge.methods.method import Method, MethodConfig, TrainingSet
from sv_bridge.methods.positives import Positives, PositiveSampler, SpeakersConfig
from sv_bridge.methods.schedules import Moment, Ramp, ScheduledNonNegative, ScheduledPositive, at
from sv_bridge.models.encoders import SpeakerEncoder
from sv_bridge.sections import Section

__all__ = ["ContrastiveConfig", "ContrastiveMethod", "ProjectorConfig"]


class ProjectorConfig(Section):
    """Two-layer head between the embedding and the loss; left out after training."""

    hidden_dim: PositiveInt = 2048
    output_dim: PositiveInt = 256


class ContrastiveConfig(MethodConfig):
    """Settings of contrastive losses; see `sv_bridge.methods.losses`. Scale and margin may be a `Ramp`."""

    projector: ProjectorConfig | None = None
    scale: ScheduledPositive = 30.0  # inverse temperature
    margin: ScheduledNonNegative = 0.0
    margin_kind: MarginKind = "additive"
    margin_learnable: bool = False
    positives: Positives | None = None  # None: the other view of the utterance
    prevent_collisions: bool = False  # no negatives of the same speaker: reads the labels

    @property
    def needs_speakers_for(self) -> str:
        """Which of the settings needs to know who speaks; empty where none does."""
        if self.across_utterances:
            return "method.positives"
        return "method.prevent_collisions" if self.prevent_collisions else ""

    @property
    def across_utterances(self) -> bool:
        """Whether the second view is of another utterance of the speaker."""
        return isinstance(self.positives, SpeakersConfig)

    @property
    def told_apart(self) -> bool:
        """Whether the speaker's other utterances are no negatives."""
        return self.prevent_collisions or self.across_utterances

    @model_validator(mode="after")
    def _one_source_of_the_margin(self) -> "ContrastiveConfig":
        if self.margin_learnable and isinstance(self.margin, Ramp):
            raise PydanticCustomError("margin", "A learnable margin starts from a number: give `margin` one")
        return self


class ContrastiveMethod(Method):
    """Encoder, projector and margin."""

    carried: tuple[str, ...] = ("encoder", "projector")

    def __init__(self, encoder: SpeakerEncoder, config: ContrastiveConfig, speech: TrainingSet) -> None:
        super().__init__(encoder)
        self.config = config
        self.projector: nn.Module = nn.Identity()
        self.dim = encoder.embedding_dim
        if config.projector is not None:
            self.projector = nn.Sequential(
                nn.Linear(encoder.embedding_dim, config.projector.hidden_dim),
                nn.ReLU(inplace=True),
                nn.Linear(config.projector.hidden_dim, config.projector.output_dim),
            )
            self.dim = config.projector.output_dim
        sampled = None if isinstance(config.positives, SpeakersConfig) else config.positives
        self.positives = PositiveSampler(sampled, speech, self.dim) if sampled else None
        self.margin = nn.Parameter(torch.tensor(config.margin)) if config.margin_learnable else None

    def project(self, views: Sequence[Tensor]) -> Tensor:
        """(views, batch, dim) of views of one length, in one pass."""
        return self.projector(self.encoder(torch.cat(tuple(views)))).unflatten(0, (len(views), -1))

    def margin_at(self, moment: Moment) -> float | Tensor:
        """Margin in force; a learnable one is kept from falling below 0."""
        return at(self.config.margin, moment) if self.margin is None else self.margin.clamp(min=0)

    def loss_options(self, moment: Moment) -> dict[str, Any]:
        """Scale and margin as the losses take them."""
        return {
            "scale": at(self.config.scale, moment),
            "margin": self.margin_at(moment),
            "margin_kind": self.config.margin_kind,
        }

    def begin_epoch(self, moment: Moment) -> None:
        """Prepare the positives."""
        if self.positives is not None:
            self.positives.begin_epoch(moment)

    def describe(self, moment: Moment) -> dict[str, float]:
        """Scale and margin in force, and how the positives were drawn."""
        in_force = {"scale": at(self.config.scale, moment), "margin": torch.as_tensor(self.margin_at(moment)).item()}
        return in_force | (self.positives.describe() if self.positives is not None else {})
