"""From frames (batch, channels, frames) to one vector an utterance; each pooling has an `out_channels`."""

import torch
from torch import Tensor, nn

__all__ = ["AttentiveStatisticsPooling", "SelfAttentivePooling", "StatisticsPooling", "make_pooling"]

_VARIANCE_FLOOR = 1e-5


class StatisticsPooling(nn.Module):
    """Mean and standard deviation over time (Snyder et al., ICASSP 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.out_channels = 2 * channels

    def forward(self, frames: Tensor) -> Tensor:
        """(batch, 2·channels)."""
        variance, mean = torch.var_mean(frames, dim=2, correction=0)
        return torch.cat([mean, variance.clamp(min=_VARIANCE_FLOOR).sqrt()], dim=1)


class SelfAttentivePooling(nn.Module):
    """Weighted mean over time, one weight a frame: softmax over t of μᵀ tanh(W x_t + b) (Cai et al., Odyssey 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.out_channels = channels
        self.hidden = nn.Linear(channels, channels)
        self.context = nn.Linear(channels, 1, bias=False)

    def forward(self, frames: Tensor) -> Tensor:
        """(batch, channels)."""
        x = frames.transpose(1, 2)  # (batch, frames, channels)
        weights = self.context(self.hidden(x).tanh()).softmax(dim=1)  # (batch, frames, 1)
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

    def forward(self, frames: Tensor) -> Tensor:
        """(batch, 2·channels)."""
        variance, mean = torch.var_mean(frames, dim=2, correction=0)
        context = self.of_utterance(torch.cat([mean, variance.clamp(min=_VARIANCE_FLOOR).sqrt()], dim=1))
        weights = self.score(self.of_frame(frames) + context[:, :, None]).softmax(dim=2)  # (batch, channels, frames)
        mean = (weights * frames).sum(dim=2)
        variance = (weights * (frames - mean[:, :, None]).square()).sum(dim=2)
        return torch.cat([mean, variance.clamp(min=_VARIANCE_FLOOR).sqrt()], dim=1)


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
