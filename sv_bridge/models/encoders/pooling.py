"""From frames (batch, channels, frames) to one vector an utterance; each pooling has an `out_channels`.

With a mask (batch, 1, frames), see `masking`, frames beyond an utterance's end don't count.
"""

from typing import Literal

import torch
from torch import Tensor, nn

__all__ = ["AttentiveStatisticsPooling", "Pooling", "SelfAttentivePooling", "StatisticsPooling", "make_pooling"]

Pooling = Literal["statistics", "attentive_statistics", "self_attentive"]

_VARIANCE_FLOOR = 1e-5


class StatisticsPooling(nn.Module):
    """Mean and standard deviation over time (Snyder et al., ICASSP 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.out_channels = 2 * channels

    def forward(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, 2·channels)."""
        return _statistics(frames, mask)


class SelfAttentivePooling(nn.Module):
    """Weighted mean over time, one weight a frame: softmax over t of μᵀ tanh(W x_t + b) (Cai et al., Odyssey 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.out_channels = channels
        self.hidden = nn.Linear(channels, channels)
        self.context = nn.Linear(channels, 1, bias=False)

    def forward(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, channels)."""
        x = frames.transpose(1, 2)  # (batch, frames, channels)
        scores = self.context(self.hidden(x).tanh())  # (batch, frames, 1)
        weights = _within(scores, None if mask is None else mask.transpose(1, 2)).softmax(dim=1)
        return (x * weights).sum(dim=1)


class AttentiveStatisticsPooling(nn.Module):
    """Weighted mean and standard deviation, a weight for each frame and channel (Okabe et al., Interspeech 2018).

    As in ECAPA-TDNN (Desplanques et al., Interspeech 2020, section 3.1) the attention sees each frame beside the mean
    and the deviation of the whole utterance.
    """

    def __init__(self, channels: int, hidden: int = 128) -> None:
        super().__init__()
        self.out_channels = 2 * channels
        # One linear map of [frame, mean, deviation]; what it makes of the last two is the same for all frames.
        self.of_frame = nn.Conv1d(channels, hidden, kernel_size=1)
        self.of_utterance = nn.Linear(2 * channels, hidden, bias=False)
        self.score = nn.Sequential(
            nn.ReLU(), nn.BatchNorm1d(hidden), nn.Tanh(), nn.Conv1d(hidden, channels, kernel_size=1)
        )

    def forward(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, 2·channels)."""
        context = self.of_utterance(_statistics(frames, mask))
        scores = self.score(self.of_frame(frames) + context[:, :, None])  # (batch, channels, frames)
        return _weighted_statistics(frames, _within(scores, mask).softmax(dim=2))


def _statistics(frames: Tensor, mask: Tensor | None) -> Tensor:
    """Mean and standard deviation over time, (batch, 2·channels)."""
    if mask is not None:
        return _weighted_statistics(frames, mask / mask.sum(dim=2, keepdim=True))
    mean = frames.mean(dim=2)
    # a variance doesn't change with its centre, to first order: no gradient flows through it
    spread = torch.linalg.vector_norm(frames - mean.detach()[:, :, None], dim=2)
    return torch.cat([mean, (spread / frames.shape[2] ** 0.5).clamp(min=_VARIANCE_FLOOR**0.5)], dim=1)


def _weighted_statistics(frames: Tensor, weights: Tensor) -> Tensor:
    """Mean and standard deviation, (batch, 2·channels), with weights that sum to 1 over time."""
    mean = (weights * frames).sum(dim=2)
    variance = (weights * (frames - mean.detach()[:, :, None]).square()).sum(dim=2)  # as in `_statistics`
    return torch.cat([mean, variance.clamp(min=_VARIANCE_FLOOR).sqrt()], dim=1)


def _within(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Scores whose softmax is 0 beyond the end of an utterance."""
    return scores if mask is None else scores.masked_fill(mask == 0, float("-inf"))


def make_pooling(name: str, channels: int) -> StatisticsPooling | SelfAttentivePooling | AttentiveStatisticsPooling:
    """Pooling by its configuration name."""
    match name:
        case "statistics":
            return StatisticsPooling(channels)
        case "self_attentive":
            return SelfAttentivePooling(channels)
        case "attentive_statistics":
            return AttentiveStatisticsPooling(channels)
    raise ValueError(f"no pooling {name!r}: wanted 'statistics', 'self_attentive' or 'attentive_statistics'")
