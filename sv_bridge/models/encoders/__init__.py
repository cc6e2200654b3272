"""Speaker encoders: waveform in, embedding out."""

from typing import cast

import torch
from torch import Tensor, nn

from sv_bridge.config import BaseEncoderConfig, EcapaConfig, ResNetConfig, TdnnConfig
from sv_bridge.models.encoders.ecapa import EcapaTdnn
from sv_bridge.models.encoders.resnet import ResNet34
from sv_bridge.models.encoders.tdnn import Tdnn
from sv_bridge.models.features import SAMPLE_RATE_HZ, LogMel

__all__ = ["SpeakerEncoder", "build_encoder"]


class SpeakerEncoder(nn.Module):
    """Waveforms (batch, samples) at 16 kHz → embeddings (batch, embedding_dim), not normalised.

    Attributes
    ----------
    features : from waveforms to (batch, mels, frames)
    backbone : from there to embeddings
    embedding_dim : width of an embedding
    sample_rate_hz : rate that the waveforms must have
    """

    def __init__(self, features: nn.Module, backbone: nn.Module, embedding_dim: int) -> None:
        super().__init__()
        self.features = features
        self.backbone = backbone
        self.embedding_dim = embedding_dim
        self.sample_rate_hz = SAMPLE_RATE_HZ

    def forward(self, waveforms: Tensor) -> Tensor:
        """Embeddings; one call may have utterances of any one length, at least a few frames."""
        return cast(Tensor, self.backbone(self.features(waveforms)))

    @property
    def parameters_count(self) -> int:
        """Number of trained parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def build_encoder(config: BaseEncoderConfig, *, seed: int | None = None) -> SpeakerEncoder:
    """Encoder of a configuration with fresh weights; with a `seed`, always the same ones.

    Examples
    --------
    >>> encoder = build_encoder(TdnnConfig(name="tdnn"))
    >>> encoder(torch.randn(2, 16_000)).shape
    torch.Size([2, 192])
    """
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        match config:
            case ResNetConfig():
                backbone: nn.Module = ResNet34(config)
            case EcapaConfig():
                backbone = EcapaTdnn(config)
            case TdnnConfig():
                backbone = Tdnn(config)
            case _:
                raise TypeError(f"wanted an encoder configuration, got {type(config).__name__}")
    return SpeakerEncoder(LogMel(config.features), backbone, config.embedding_dim)
