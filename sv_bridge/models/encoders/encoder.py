"""What encoders have in common: from a configuration to waveform in, embedding out."""

from abc import abstractmethod
from inspect import signature
from typing import cast

import torch
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn import functional

from sv_bridge.data.audio import SAMPLE_RATE_HZ
from sv_bridge.models.features import FeatureConfig, LogMel
from sv_bridge.models.masking import frame_mask
from sv_bridge.sections import Section

__all__ = ["EncoderConfig", "Normalisation", "SpeakerEncoder", "build_encoder"]


class EncoderConfig(Section):
    """What every encoder has. A file beside this one adds an encoder: a subclass with its `name` and its `backbone`."""

    name: str
    embedding_dim: PositiveInt = 512
    features: FeatureConfig = FeatureConfig()

    @abstractmethod
    def backbone(self) -> nn.Module:
        """Fresh network, features (batch, mels, frames) → embeddings (batch, embedding_dim), not normalised."""


class Normalisation(nn.Module):
    """Embeddings (batch, dim) → those of unit length, times a matrix (dim, dim) that no training moves."""

    matrix: Tensor

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)

    def forward(self, embeddings: Tensor) -> Tensor:
        """Normalised embeddings; one that is zero stays zero."""
        return functional.normalize(embeddings) @ self.matrix


class SpeakerEncoder(nn.Module):
    """Waveforms (batch, samples) at 16 kHz → embeddings (batch, embedding_dim), not normalised.

    Attributes
    ----------
    features : from waveforms to (batch, mels, frames)
    backbone : from there to embeddings
    normalisation : what is done to these at last; nothing, until `sv_bridge.training.normalisation` finds a matrix
    embedding_dim : width of an embedding
    sample_rate_hz : rate that the waveforms must have
    """

    def __init__(self, features: LogMel, backbone: nn.Module, embedding_dim: int) -> None:
        super().__init__()
        self.features = features
        self.backbone = backbone
        self.normalisation: nn.Module = nn.Identity()
        self.embedding_dim = embedding_dim
        self.sample_rate_hz = SAMPLE_RATE_HZ

    def forward(self, waveforms: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Embeddings of utterances of at least a few frames.

        Utterances are of one length; or of the `lengths` (batch,) in samples, each continued by anything, if `padded`.
        """
        if lengths is None:
            return cast(Tensor, self.normalisation(self.backbone(self.features(waveforms))))
        features = self.features(waveforms, lengths)
        mask = frame_mask(self.features.frames(lengths), features.shape[2])
        return cast(Tensor, self.normalisation(self.backbone(features, mask)))

    @property
    def padded(self) -> bool:
        """Whether utterances of different lengths may share a batch: whether the backbone heeds a mask."""
        return "mask" in signature(self.backbone.forward).parameters

    @property
    def parameters_count(self) -> int:
        """Number of trained parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def build_encoder(config: EncoderConfig, *, seed: int | None = None) -> SpeakerEncoder:
    """Encoder of a configuration with fresh weights; with a `seed`, always the same ones.

    Weights of 2-D convolutions lie channels last: what tensor cores want.

    Examples
    --------
    >>> from sv_bridge.models.encoders.tdnn import TdnnConfig
    >>> encoder = build_encoder(TdnnConfig(name="tdnn"))
    >>> encoder(torch.randn(2, 16_000)).shape
    torch.Size([2, 192])
    """
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        encoder = SpeakerEncoder(LogMel(config.features), config.backbone(), config.embedding_dim)
    return encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
