"""SimCLR (Chen et al., ICML 2020): the negatives of an utterance are the other utterances of the batch."""

from typing import Literal

import torch
from torch import Tensor

from sv_bridge import distributed
from sv_bridge.data.batch import Batch
from sv_bridge.methods.contrastive import ContrastiveConfig, ContrastiveMethod
from sv_bridge.methods.losses import nt_xent, same
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.schedules import Moment
from sv_bridge.models.encoders import SpeakerEncoder

__all__ = ["SimCLR", "SimCLRConfig"]


class SimCLRConfig(ContrastiveConfig):
    """SimCLR with NT-Xent or, `symmetric`, SNT-Xent."""

    name: Literal["simclr"]
    symmetric: bool = True

    def build(self, encoder: SpeakerEncoder, speech: TrainingSet) -> "SimCLR":
        """SimCLR around an encoder."""
        return SimCLR(encoder, self, speech)


class SimCLR(ContrastiveMethod):
    """Two views an utterance; the batch is that of all processes together, and so is the loss."""

    def __init__(self, encoder: SpeakerEncoder, config: SimCLRConfig, speech: TrainingSet) -> None:
        super().__init__(encoder, config, speech)
        self.symmetric = config.symmetric

    def forward(self, batch: Batch, moment: Moment) -> Tensor:
        """Loss of all processes' batches together, the same in each process."""
        local = self.project(batch.views)
        z1, z2 = (distributed.gather(z) for z in local)  # (whole batch, dim) each
        utterances = distributed.gather(batch.utterances)
        # an utterance that takes an unreadable one's place may be in the batch twice
        collisions = same(utterances)
        if self.config.told_apart:
            collisions = collisions | same(distributed.gather(batch.speakers))
        positives = (z2, z1)
        if self.positives is not None:
            drawn = distributed.gather(self.positives.draw(batch, local[1], moment))
            collisions = collisions | same(self.positives.utterances(drawn), utterances)
            positives = self.positives.replace(drawn, z2), self.positives.replace(drawn, z1)
            self.positives.remember(batch, local[1])
        options = self.loss_options(moment)
        return nt_xent(z1, z2, symmetric=self.symmetric, collisions=collisions, positives=positives, **options)

    @torch.no_grad()
    def collapsed_loss(self, batch_size: int, moment: Moment) -> float:
        """Without a margin, the logarithm of the number of candidates."""
        alike = next(self.parameters()).new_ones(batch_size, 1)
        return nt_xent(alike, alike, symmetric=self.symmetric, **self.loss_options(moment)).item()
