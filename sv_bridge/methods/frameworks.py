"""SimCLR and MoCo: from a batch of two views an utterance to a loss, over any number of processes."""

import copy

import torch
from torch import Tensor, nn

from sv_bridge import distributed
from sv_bridge.config import LossConfig, MoCoConfig, ProjectorConfig, RunConfig, SimCLRConfig
from sv_bridge.methods.losses import moco_loss, nt_xent, same_speaker
from sv_bridge.models.encoders import SpeakerEncoder, build_encoder

__all__ = ["Framework", "MoCo", "SimCLR", "build_framework"]


class Framework(nn.Module):
    """Encoder, projector and margin: what the frameworks share, and everything that is trained.

    ``forward(waveforms, speakers, step=…, ramp=…)`` takes this rank's waveforms (batch, 2, samples) and speaker
    indices (batch,), and returns the scalar loss. `ramp` scales the margin (its warm-up).
    """

    def __init__(self, encoder: SpeakerEncoder, projector: ProjectorConfig | None, loss: LossConfig) -> None:
        super().__init__()
        self.encoder = encoder
        self.projector: nn.Module = nn.Identity()
        self.dim = encoder.embedding_dim
        if projector is not None:
            self.projector = nn.Sequential(
                nn.Linear(encoder.embedding_dim, projector.hidden_dim),
                nn.ReLU(inplace=True),
                nn.Linear(projector.hidden_dim, projector.output_dim),
            )
            self.dim = projector.output_dim
        self.loss = loss
        self.margin = nn.Parameter(torch.tensor(loss.margin), requires_grad=loss.margin_learnable)

    def current_margin(self, ramp: float) -> Tensor:
        """Margin in force; a learnable one is kept from falling below 0."""
        return self.margin.clamp(min=0) * ramp

    def after_step(self) -> None:
        """Do what follows each step of the optimiser."""


class SimCLR(Framework):
    """The negatives of an utterance are the other utterances of the batch, on all ranks."""

    def __init__(self, encoder: SpeakerEncoder, config: SimCLRConfig, loss: LossConfig) -> None:
        super().__init__(encoder, config.projector, loss)

    def forward(self, waveforms: Tensor, speakers: Tensor, *, step: int, ramp: float) -> Tensor:
        """Loss of all ranks' batches together, the same on every rank."""
        z = self.projector(self.encoder(waveforms.flatten(0, 1)))  # (batch · 2, dim)
        z1, z2 = distributed.gather(z.unflatten(0, (-1, 2))).unbind(1)  # (all ranks' batch, dim) each
        collisions = same_speaker(distributed.gather(speakers)) if self.loss.prevent_collisions else None
        return nt_xent(
            z1,
            z2,
            scale=self.loss.scale,
            margin=self.current_margin(ramp),
            margin_kind=self.loss.margin_kind,
            symmetric=self.loss.symmetric,
            collisions=collisions,
        )


class MoCo(Framework):
    """The negatives are a queue of keys from an exponential moving average of the encoder (He et al., CVPR 2020).

    One-directional as in the 2024 paper: view 1 is the query, view 2 the key. `bidirectional` averages that with the
    views exchanged, against a queue of its own. The queue starts empty, and entries not filled yet are no candidates,
    so the very first step has a loss of 0 and only fills the queue.
    """

    queue: Tensor  # (directions, queue_size, dim), oldest first
    queue_speakers: Tensor  # (queue_size,), -1 where the queue is not filled yet

    def __init__(self, encoder: SpeakerEncoder, config: MoCoConfig, loss: LossConfig) -> None:
        super().__init__(encoder, config.projector, loss)
        self.momentum = config.momentum
        self.directions = 2 if config.bidirectional else 1
        self.key_encoder = copy.deepcopy(self.encoder).requires_grad_(False)
        self.key_projector = copy.deepcopy(self.projector).requires_grad_(False)
        self.register_buffer("queue", torch.zeros(self.directions, config.queue_size, self.dim))
        self.register_buffer("queue_speakers", torch.full((config.queue_size,), -1))

    def forward(self, waveforms: Tensor, speakers: Tensor, *, step: int, ramp: float) -> Tensor:
        """Loss of this rank's queries; ranks average theirs when they average gradients."""
        views = waveforms.unbind(1)
        z = self.projector(self.encoder(torch.cat(views[: self.directions])))
        queries = z.unflatten(0, (self.directions, -1))  # (directions, batch, dim)
        with torch.no_grad():
            # everyone: (directions, all ranks' batch, dim), float32 also under autocast
            everyone = self._keys(torch.cat(views[::-1][: self.directions]), step).float()
            keys = everyone.chunk(distributed.world_size(), dim=1)[distributed.rank()]
            collisions = (self.queue_speakers == -1).expand(len(speakers), -1)
            if self.loss.prevent_collisions:
                collisions = collisions | same_speaker(speakers, self.queue_speakers)
        losses = [
            moco_loss(
                queries[direction],
                keys[direction],
                self.queue[direction],
                scale=self.loss.scale,
                margin=self.current_margin(ramp),
                margin_kind=self.loss.margin_kind,
                collisions=collisions,
            )
            for direction in range(self.directions)
        ]
        self._enqueue(everyone, distributed.gather(speakers))
        return torch.stack(losses).mean()

    def _keys(self, waveforms: Tensor, step: int) -> Tensor:
        """Keys (directions, all ranks' batch, dim), each encoded on a rank drawn by chance.

        A key's batch statistics must not tell which query it belongs to (He et al., section 3.3, "shuffling BN").
        """
        ranks = distributed.world_size()
        if ranks == 1:
            keys = self.key_projector(self.key_encoder(waveforms))
        else:
            everyone = distributed.gather(waveforms)
            # the CPU's generator gives all ranks, and a resumed run, the same permutation
            order = torch.randperm(len(everyone), generator=torch.Generator().manual_seed(step)).to(everyone.device)
            mine = everyone[order.chunk(ranks)[distributed.rank()]]
            shuffled = distributed.gather(self.key_projector(self.key_encoder(mine)))
            keys = torch.empty_like(shuffled).index_copy_(0, order, shuffled)
        # (ranks · directions · batch, dim), and the directions come first
        return keys.unflatten(0, (ranks, self.directions, -1)).transpose(0, 1).flatten(1, 2)

    def _enqueue(self, keys: Tensor, speakers: Tensor) -> None:
        size = self.queue.shape[1]
        self.queue = torch.cat([self.queue, keys], dim=1)[:, -size:]
        self.queue_speakers = torch.cat([self.queue_speakers, speakers])[-size:]

    @torch.no_grad()
    def after_step(self) -> None:
        """Let the key encoder follow: θ_k ← momentum · θ_k + (1 − momentum) · θ_q."""
        leaders: list[Tensor] = [*self.encoder.parameters(), *self.projector.parameters()]
        followers: list[Tensor] = [*self.key_encoder.parameters(), *self.key_projector.parameters()]
        torch._foreach_lerp_(followers, leaders, 1 - self.momentum)


def build_framework(config: RunConfig) -> Framework:
    """Framework of a configuration with fresh weights, which follow from ``config.seed``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        encoder = build_encoder(config.encoder)
        match config.framework:
            case SimCLRConfig():
                return SimCLR(encoder, config.framework, config.loss)
            case MoCoConfig():
                return MoCo(encoder, config.framework, config.loss)
