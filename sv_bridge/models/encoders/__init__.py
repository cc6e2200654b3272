"""Speaker encoders: waveform in, embedding out."""

from inspect import signature
from typing import cast

import torch
from torch import Tensor, nn

from sv_bridge.config import BaseEncoderConfig, EcapaConfig, ResNetConfig, TdnnConfig
from sv_bridge.models.encoders.ecapa import EcapaTdnn
from sv_bridge.models.encoders.resnet import ResNet34
from sv_bridge.models.encoders.tdnn import Tdnn
from sv_bridge.models.features import SAMPLE_RATE_HZ, LogMel
from sv_bridge.models.masking import frame_mask

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

    def __init__(self, features: LogMel, backbone: nn.Module, embedding_dim: int) -> None:
        super().__init__()
        self.features = features
        self.backbone = backbone
        self.embedding_dim = embedding_dim
        self.sample_rate_hz = SAMPLE_RATE_HZ

    def forward(self, waveforms: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Embeddings of utterances of at least a few frames.

        Utterances are of one length; or of the `lengths` (batch,) in samples, each continued by anything, if `padded`.
        """
        if lengths is None:
            return cast(Tensor, self.backbone(self.features(waveforms)))
        features = self.features(waveforms, lengths)
        return cast(Tensor, self.backbone(features, frame_mask(self.features.frames(lengths), features.shape[2])))

    @property
    def padded(self) -> bool:
        """Whether utterances of different lengths may share a batch: whether the backbone heeds a mask."""
        return "mask" in signature(self.backbone.forward).parameters

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
