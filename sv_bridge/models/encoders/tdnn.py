"""A small time-delay network: trains in minutes on one CPU, for the demo and for tests."""

from typing import Literal

from pydantic import PositiveInt
from torch import Tensor, nn

from sv_bridge.models.encoders.encoder import EncoderConfig
from sv_bridge.models.encoders.pooling import Pooling, make_pooling
from sv_bridge.models.masking import MaskedModule, MaskedSequential

__all__ = ["Tdnn", "TdnnConfig"]


class TdnnConfig(EncoderConfig):
    """Small time-delay network for one CPU; see `Tdnn`."""

    name: Literal["tdnn"]
    channels: PositiveInt = 128
    frame_dim: PositiveInt = 384
    embedding_dim: PositiveInt = 192
    pooling: Pooling = "attentive_statistics"

    def backbone(self) -> "Tdnn":
        """Fresh network."""
        return Tdnn(self)


class Tdnn(nn.Module):
    """Features (batch, mels, frames) → embeddings (batch, embedding_dim).

    A convolution over 5 frames with stride 2, three residual convolutions over 3 frames with dilations 1, 2 and 3 (a
    receptive field of 29 frames), a wider frame layer, pooling, a linear layer.
    """

    def __init__(self, config: TdnnConfig) -> None:
        super().__init__()
        c = config.channels
        self.stem = MaskedSequential(
            nn.Conv1d(config.features.mels, c, kernel_size=5, stride=2, padding=2, bias=False),
            nn.BatchNorm1d(c),
            nn.ReLU(inplace=True),
        )
        self.blocks = MaskedSequential(*(ResidualConvolution(c, dilation) for dilation in (1, 2, 3)))
        self.widen = nn.Sequential(
            nn.Conv1d(c, config.frame_dim, kernel_size=1, bias=False),
            nn.BatchNorm1d(config.frame_dim),
            nn.ReLU(inplace=True),
        )
        self.pooling = make_pooling(config.pooling, config.frame_dim)
        self.output = nn.Sequential(
            nn.BatchNorm1d(self.pooling.out_channels), nn.Linear(self.pooling.out_channels, config.embedding_dim)
        )

    def forward(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Embeddings of shape (batch, embedding_dim), not normalised; `mask` says where utterances end."""
        x, mask = self.blocks(*self.stem(features, mask))
        return self.output(self.pooling(self.widen(x), mask))


class ResidualConvolution(MaskedModule):
    """x + ReLU(BN(conv(x)))."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.branch = MaskedSequential(
            nn.Conv1d(channels, channels, kernel_size=3, dilation=dilation, padding=dilation, bias=False),
            nn.BatchNorm1d(channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        return x + self.branch(x, mask)[0], mask
