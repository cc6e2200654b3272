"""ECAPA-TDNN (Desplanques, Thienpondt & Demuynck, Interspeech 2020, figure 2)."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import Tensor, nn

from sv_bridge.models.encoders.encoder import EncoderConfig
from sv_bridge.models.encoders.pooling import AttentiveStatisticsPooling
from sv_bridge.models.features import FeatureConfig
from sv_bridge.models.masking import MaskedModule, MaskedSequential, masked_mean

__all__ = ["EcapaConfig", "EcapaTdnn"]

_AGGREGATED = 1536  # channels after multi-layer aggregation, for both published sizes
_SCALE = 8  # groups of a Res2Net block
_BOTTLENECK = 128  # of the squeeze-and-excitation gates


class EcapaConfig(EncoderConfig):
    """ECAPA-TDNN; see `EcapaTdnn`."""

    name: Literal["ecapa_tdnn"]
    channels: PositiveInt = 512
    embedding_dim: PositiveInt = 192
    features: FeatureConfig = FeatureConfig(mels=80)

    def backbone(self) -> "EcapaTdnn":
        """Fresh network."""
        return EcapaTdnn(self)


class EcapaTdnn(nn.Module):
    """Features (batch, mels, frames) → embeddings (batch, embedding_dim)."""

    def __init__(self, config: EcapaConfig) -> None:
        super().__init__()
        c = config.channels
        if c % _SCALE:
            raise ValueError(f"`channels` must be a multiple of {_SCALE}, got {c}")
        self.stem = convolution(config.features.mels, c, kernel=5)
        self.blocks = nn.ModuleList([SERes2Block(c, dilation) for dilation in (2, 3, 4)])
        self.aggregation = nn.Sequential(nn.Conv1d(3 * c, _AGGREGATED, kernel_size=1), nn.ReLU(inplace=True))
        self.pooling = AttentiveStatisticsPooling(_AGGREGATED)
        self.output = nn.Sequential(
            nn.BatchNorm1d(2 * _AGGREGATED),
            nn.Linear(2 * _AGGREGATED, config.embedding_dim),
            nn.BatchNorm1d(config.embedding_dim),
        )

    def forward(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Embeddings of shape (batch, embedding_dim), not normalised; `mask` says where utterances end."""
        x, mask = self.stem(features, mask)
        outputs = []
        for block in self.blocks:
            # each block reads the sum of all earlier outputs (section 3.3)
            outputs.append(block(x, mask)[0])
            x = x + outputs[-1]
        return self.output(self.pooling(self.aggregation(torch.cat(outputs, dim=1)), mask))


def convolution(inputs: int, outputs: int, *, kernel: int = 1, dilation: int = 1) -> MaskedSequential:
    """Convolution that keeps the number of frames, ReLU, batch normalisation."""
    return MaskedSequential(
        nn.Conv1d(inputs, outputs, kernel, dilation=dilation, padding=dilation * (kernel // 2)),
        nn.ReLU(inplace=True),
        nn.BatchNorm1d(outputs),
    )


class SERes2Block(MaskedModule):
    """Dilated Res2Net block between two 1×1 convolutions, squeeze-and-excitation, and a shortcut (figure 1)."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        width = channels // _SCALE
        self.enter = convolution(channels, channels)
        self.groups = nn.ModuleList([convolution(width, width, kernel=3, dilation=dilation) for _ in range(_SCALE - 1)])
        self.leave = convolution(channels, channels)
        self.gate = nn.Sequential(
            nn.Linear(channels, _BOTTLENECK), nn.ReLU(inplace=True), nn.Linear(_BOTTLENECK, channels), nn.Sigmoid()
        )

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        first, *others = self.enter(x, mask)[0].chunk(_SCALE, dim=1)
        outputs = [first]
        for i, (group, part) in enumerate(zip(self.groups, others, strict=True)):
            outputs.append(group(part if i == 0 else part + outputs[-1], mask)[0])
        y, _ = self.leave(torch.cat(outputs, dim=1), mask)
        return x + y * self.gate(masked_mean(y, mask))[:, :, None], mask
