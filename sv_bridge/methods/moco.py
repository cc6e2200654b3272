"""MoCo (He et al., CVPR 2020): the negatives are a queue of keys from a slowly following copy of the encoder."""

import copy
from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import PositiveInt
from torch import Tensor

from sv_bridge import distributed
from sv_bridge.data.batch import Batch
from sv_bridge.data.randomness import generator
from sv_bridge.methods.contrastive import ContrastiveConfig, ContrastiveMethod
from sv_bridge.methods.losses import moco_loss, same
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.schedules import Moment, ScheduledFraction, at
from sv_bridge.models.encoders import SpeakerEncoder

__all__ = ["MoCo", "MoCoConfig"]


class MoCoConfig(ContrastiveConfig):
    """MoCo with NT-Xent against the queue."""

    name: Literal["moco"]
    queue_size: PositiveInt = 32768
    momentum: ScheduledFraction = 0.999
    bidirectional: bool = False

    def build(self, encoder: SpeakerEncoder, speech: TrainingSet) -> "MoCo":
        """MoCo around an encoder."""
        return MoCo(encoder, self, speech)


class MoCo(ContrastiveMethod):
    """Queries from the encoder, keys and negatives from its exponential moving average.

    One-directional as in the 2024 paper: view 1 is the query, view 2 the key. `bidirectional` averages that with the
    views exchanged, against a queue of its own.

    The queue starts empty, and entries not filled yet are no candidates, so the very first step has a loss of 0 and
    only fills the queue. Neither are a query's own utterance's earlier keys: the queue of a small corpus holds them for
    most queries, and they would push the two views of an utterance apart. That takes no label.
    """

    carried = ("encoder", "projector", "key_encoder", "key_projector")
    queue: Tensor  # (directions, queue_size, dim), oldest first
    queue_utterances: Tensor  # (queue_size,), -1 where the queue is not filled yet
    queue_speakers: Tensor  # (queue_size,)

    def __init__(self, encoder: SpeakerEncoder, config: MoCoConfig, speech: TrainingSet) -> None:
        super().__init__(encoder, config, speech)
        self.momentum = config.momentum
        self.directions = 2 if config.bidirectional else 1
        self.key_encoder = copy.deepcopy(self.encoder).requires_grad_(False)
        self.key_projector = copy.deepcopy(self.projector).requires_grad_(False)
        self.register_buffer("queue", torch.zeros(self.directions, config.queue_size, self.dim))
        self.register_buffer("queue_utterances", torch.full((config.queue_size,), -1))
        self.register_buffer("queue_speakers", torch.full((config.queue_size,), -1))

    def forward(self, batch: Batch, moment: Moment) -> Tensor:
        """Loss of this process's queries; processes average theirs when they average gradients."""
        queries = self.project(batch.views[: self.directions])  # (directions, batch, dim)
        with torch.no_grad():
            # everyone: (directions, all processes' batch, dim), float32 also under autocast
            everyone = self._keys(batch.views[::-1][: self.directions], moment).float()
            keys = everyone.chunk(distributed.world_size(), dim=1)[distributed.rank()]
            excluded = (self.queue_utterances == -1) | same(batch.utterances, self.queue_utterances)
            if self.config.told_apart:
                excluded = excluded | same(batch.speakers, self.queue_speakers)
            positives = list(keys)
            if self.positives is not None:
                drawn = self.positives.draw(batch, keys[0], moment)
                excluded = excluded | same(self.positives.utterances(drawn), self.queue_utterances)
                positives = [self.positives.replace(drawn, of_direction) for of_direction in keys]
                self.positives.remember(batch, keys[0])
        options = self.loss_options(moment)
        losses = [
            moco_loss(*of_direction, collisions=excluded, **options)
            for of_direction in zip(queries, positives, self.queue, strict=True)
        ]
        self._enqueue(everyone, distributed.gather(batch.utterances), distributed.gather(batch.speakers))
        return torch.stack(losses).mean()

    def _keys(self, views: Sequence[Tensor], moment: Moment) -> Tensor:
        """Keys (directions, all processes' batch, dim), each encoded in a process drawn by chance.

        A key's batch statistics must not tell which query it belongs to (He et al., section 3.3, "shuffling BN").
        """
        waveforms = torch.stack(tuple(views), dim=1)  # (batch, directions, samples)
        ranks = distributed.world_size()
        if ranks > 1:
            waveforms = distributed.gather(waveforms)
            # all processes, and a resumed run, draw the same order
            drawn = generator("keys", moment.step, moment.part).permutation(len(waveforms))
            order = torch.from_numpy(drawn).to(waveforms.device)
            waveforms = waveforms[order.chunk(ranks)[distributed.rank()]]
        keys = self.key_projector(self.key_encoder(waveforms.flatten(0, 1))).unflatten(0, (-1, self.directions))
        if ranks > 1:
            shuffled = distributed.gather(keys)
            keys = torch.empty_like(shuffled).index_copy_(0, order, shuffled)
        return keys.transpose(0, 1)

    def _enqueue(self, keys: Tensor, utterances: Tensor, speakers: Tensor) -> None:
        size = self.queue.shape[1]
        self.queue = torch.cat([self.queue, keys], dim=1)[:, -size:]
        self.queue_utterances = torch.cat([self.queue_utterances, utterances])[-size:]
        self.queue_speakers = torch.cat([self.queue_speakers, speakers])[-size:]

    @torch.no_grad()
    def after_step(self, moment: Moment) -> None:
        """Let the key encoder follow: θ_k ← momentum · θ_k + (1 − momentum) · θ_q."""
        leaders: list[Tensor] = [*self.encoder.parameters(), *self.projector.parameters()]
        followers: list[Tensor] = [*self.key_encoder.parameters(), *self.key_projector.parameters()]
        torch._foreach_lerp_(followers, leaders, 1 - at(self.momentum, moment))

    @torch.no_grad()
    def collapsed_loss(self, batch_size: int, moment: Moment) -> float:
        """Without a margin, the logarithm of the number of candidates: the filled queue and the key."""
        alike = self.queue.new_ones(int((self.queue_utterances != -1).sum()) + 1, 1)
        return moco_loss(alike[:1], alike[:1], alike[1:], **self.loss_options(moment)).item()

    def describe(self, moment: Moment) -> dict[str, float]:
        """Scale, margin and momentum in force."""
        return super().describe(moment) | {"momentum": at(self.momentum, moment)}
