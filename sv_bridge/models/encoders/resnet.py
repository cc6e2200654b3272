"""Thin and Fast ResNet-34 with squeeze-and-excitation: 2-D convolutions over (mel, time).

Both have 3, 4, 6 and 3 residual blocks of width b, 2b, 4b and 8b (b = 16: a quarter of ResNet-34). The papers name the
networks; stems, strides and what pooling sees are those of the authors' and the baseline's public code:

- *Thin* (2023): 3×3 stem without stride, blocks with strides 1, 2, 2, 2, and pooling over the 8b·mels/8 channels that
  the remaining mel rows make. Most of its work is at full resolution.
- *Fast* (2024; Chung et al., "In defence of metric learning for speaker recognition", Interspeech 2020, table 2): 7×7
  stem with stride 2 over mel, blocks with strides 1, 2, 2, 1, and pooling over the 8b channels averaged over mel.
"""

from typing import Literal

from pydantic import PositiveInt
from torch import Tensor, nn

from sv_bridge.models.encoders.encoder import EncoderConfig
from sv_bridge.models.encoders.pooling import Pooling, make_pooling
from sv_bridge.models.masking import MaskedModule, MaskedSequential, masked_mean

__all__ = ["ResNet34", "ResNetConfig"]

_BLOCKS = (3, 4, 6, 3)
_STRIDES = {"thin_resnet34": (1, 2, 2, 2), "fast_resnet34": (1, 2, 2, 1)}


class ResNetConfig(EncoderConfig):
    """Thin and Fast ResNet-34; see `ResNet34`."""

    name: Literal["thin_resnet34", "fast_resnet34"]
    base_channels: PositiveInt = 16
    pooling: Pooling = "self_attentive"

    def backbone(self) -> "ResNet34":
        """Fresh network."""
        return ResNet34(self)


class ResNet34(nn.Module):
    """Features (batch, mels, frames) → embeddings (batch, embedding_dim)."""

    def __init__(self, config: ResNetConfig) -> None:
        super().__init__()
        self.kind: Literal["thin_resnet34", "fast_resnet34"] = config.name
        width = config.base_channels
        if self.kind == "thin_resnet34":
            stem = nn.Conv2d(1, width, kernel_size=3, padding=1, bias=False)
        else:
            stem = nn.Conv2d(1, width, kernel_size=7, stride=(2, 1), padding=3, bias=False)
        layers: list[nn.Module] = [stem, nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        channels = width
        for stage, (blocks, stride) in enumerate(zip(_BLOCKS, _STRIDES[self.kind], strict=True)):
            for block in range(blocks):
                layers.append(ResidualBlock(channels, width << stage, stride if block == 0 else 1))
                channels = width << stage
        self.frames = MaskedSequential(*layers)
        rows = -(-config.features.mels // 8) if self.kind == "thin_resnet34" else 1  # three halvings, rounded up
        self.pooling = make_pooling(config.pooling, rows * channels)
        self.output = nn.Linear(self.pooling.out_channels, config.embedding_dim)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Embeddings of shape (batch, embedding_dim), not normalised; `mask` says where utterances end."""
        # (batch, channels, rows, frames)
        x, mask = self.frames(features[:, None], None if mask is None else mask[:, None])
        x = x.flatten(1, 2) if self.kind == "thin_resnet34" else x.mean(dim=2)
        return self.output(self.pooling(x, None if mask is None else mask[:, 0]))


class ResidualBlock(MaskedModule):
    """Two 3×3 convolutions, channels reweighted by squeeze-and-excitation, and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.branch = MaskedSequential(
            nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False),
            nn.ReLU(inplace=True),
            nn.BatchNorm2d(outputs),
            nn.Conv2d(outputs, outputs, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            SqueezeExcitation(outputs),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut.append(nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False))
            self.shortcut.append(nn.BatchNorm2d(outputs))
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        y, mask = self.branch(x, mask)
        return self.activation(y + self.shortcut(x)), mask


class SqueezeExcitation(MaskedModule):
    """Scale each channel by a gate computed from all channels' means (Hu et al., CVPR 2018)."""

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.Linear(channels, channels // reduction),
            nn.ReLU(inplace=True),
            nn.Linear(channels // reduction, channels),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        mean = x.mean(dim=(2, 3)) if mask is None else masked_mean(x, mask).mean(dim=2)
        return x * self.gate(mean)[:, :, None, None], mask
