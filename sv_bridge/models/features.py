"""Log-mel features, computed where the waveform lies."""

from typing import Any, Literal

import numpy as np
import torch
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional

from sv_bridge.data.audio import SAMPLE_RATE_HZ
from sv_bridge.models.masking import frame_mask, masked_mean
from sv_bridge.sections import Fraction, Section

__all__ = ["FeatureConfig", "LogMel", "mel_matrix"]

_VARIANCE_FLOOR = 1e-5  # that of torch's instance_norm
_LOG_FLOOR = 1e-6  # added to the mel energies, as in the papers' code: digital silence becomes log 1e-6

_CACHED_SAMPLES = 2**16  # that are transformed together: frames and spectra take some ten times as much


class FeatureConfig(Section):
    """Log-mel features; see `LogMel`."""

    mels: PositiveInt = 40
    n_fft: PositiveInt = 512
    window: Literal["hamming", "hann"] = "hamming"
    window_ms: PositiveFloat = 25.0
    hop_ms: PositiveFloat = 10.0
    low_hz: NonNegativeFloat = 0.0
    high_hz: PositiveFloat = 8000.0
    triangles: Literal["hertz", "mel"] = "hertz"
    preemphasis: Fraction = 0.0
    normalise: Literal["instance", "mean", "level", "none"] = "instance"


class LogMel(nn.Module):
    """Waveforms (batch, samples) → log-mel features (batch, mels, frames), without gradient and always in float32.

    Frame t is centred on sample t·hop of the waveform, which is continued by reflection at its ends, so there are
    1 + samples // hop frames. Energies are |STFT|² summed under the mel filters, plus 1e-6, in natural logarithms.
    ``normalise="instance"`` gives each band of each utterance mean 0 and variance 1 over time, ``"mean"`` mean 0; both
    take the long-term spectrum away, the recording channel's with the speaker's. ``"level"`` takes away the gain alone.

    Examples
    --------
    >>> LogMel(FeatureConfig(mels=40))(torch.randn(2, 32_000)).shape
    torch.Size([2, 40, 201])
    """

    window: Tensor
    matrix: Tensor

    def __init__(self, config: FeatureConfig, sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
        super().__init__()
        self.config = config
        self.window_length = round(config.window_ms * sample_rate_hz / 1000)
        self.hop_length = round(config.hop_ms * sample_rate_hz / 1000)
        if self.window_length > config.n_fft:
            raise ValueError(f"a window of {self.window_length} samples needs n_fft >= that, got {config.n_fft}")
        make = {"hamming": torch.hamming_window, "hann": torch.hann_window}[config.window]
        self.register_buffer("window", make(self.window_length), persistent=False)
        matrix = mel_matrix(
            config.mels,
            config.n_fft,
            sample_rate_hz,
            low_hz=config.low_hz,
            high_hz=config.high_hz,
            triangles=config.triangles,
        )
        self.register_buffer("matrix", matrix, persistent=False)

    def frames(self, samples: Any) -> Any:
        """Number of frames of so many samples."""
        return 1 + samples // self.hop_length

    @torch.no_grad()
    def forward(self, waveforms: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Features of shape (batch, mels, frames).

        With `lengths` (batch,), in samples, each utterance's features are those of its first so many samples, and 0
        beyond its own number of frames.
        """
        half = self.config.n_fft // 2
        if waveforms.ndim != 2:
            raise ValueError(f"waveforms must have shape (batch, samples), got {tuple(waveforms.shape)}")
        shortest = waveforms.shape[1] if lengths is None else int(lengths.min())
        if shortest <= half:
            raise ValueError(f"wanted more than {half} samples, got {shortest}")
        kind = waveforms.device.type if torch.amp.is_autocast_available(waveforms.device.type) else "cpu"
        with torch.autocast(kind, enabled=False):
            x = waveforms.float()
            if self.config.preemphasis:
                previous = torch.cat([x[:, 1:2], x[:, :-1]], dim=1)  # the sample before the first, by reflection
                x = x - self.config.preemphasis * previous
            if lengths is None:
                x = torch.cat([x[:, 1 : half + 1].flip(1), x, x[:, -half - 1 : -1].flip(1)], dim=1)
            else:
                x = _reflected(x, lengths, half)
            energies = torch.cat([self._energies(rows) for rows in _in_turns(x)]).transpose(1, 2)
            mel = (energies + _LOG_FLOOR).log_()  # (batch, mels, frames)
            if lengths is not None:
                return self._normalised_within(mel, frame_mask(self.frames(lengths), mel.shape[2]))
            match self.config.normalise:
                case "instance":
                    return functional.instance_norm(mel)
                case "mean":
                    return mel - mel.mean(dim=2, keepdim=True)
                case "level":
                    return mel - mel.mean(dim=(1, 2), keepdim=True)
                case "none":
                    return mel

    def _energies(self, x: Tensor) -> Tensor:
        """(batch, frames, mels): |STFT|² of the waveforms under the mel filters."""
        size = self.config.n_fft
        left = (size - self.window_length) // 2  # shorter windows stand in the middle
        window = functional.pad(self.window, (left, size - self.window_length - left))
        spectrum = torch.fft.rfft(x.unfold(1, size, self.hop_length) * window)
        squares = torch.view_as_real(spectrum).square().flatten(2)  # of real and imaginary parts, in turns
        return (squares[..., ::2] + squares[..., 1::2]) @ self.matrix.T

    def _normalised_within(self, mel: Tensor, mask: Tensor) -> Tensor:
        """What `forward` does without lengths, within each utterance."""
        kind = self.config.normalise
        if kind != "none":
            mean = masked_mean(mel, mask)[:, :, None]
            mel = mel - (mean.mean(dim=1, keepdim=True) if kind == "level" else mean)
        if kind == "instance":
            mel = mel / (masked_mean(mel.square(), mask)[:, :, None] + _VARIANCE_FLOOR).sqrt()
        return mel * mask


def _in_turns(x: Tensor) -> tuple[Tensor, ...]:
    """Rows in parts whose spectra stay in a processor's cache; all at once on other devices and in exported graphs."""
    if x.device.type != "cpu" or torch.compiler.is_exporting():
        return (x,)
    return torch.split(x, max(1, _CACHED_SAMPLES // x.shape[1]))


def _reflected(x: Tensor, lengths: Tensor, half: int) -> Tensor:
    """Each utterance continued by `half` samples, by reflection at both of its own ends: (batch, samples + 2·half)."""
    x = functional.pad(x, (half, half))
    step = torch.arange(1, half + 1, device=x.device)
    x[:, half - step] = x[:, half + step]
    last = half - 1 + lengths[:, None]  # (batch, 1)
    return x.scatter(1, last + step, x.gather(1, last - step))


def mel_matrix(
    mels: int,
    n_fft: int,
    sample_rate_hz: int,
    *,
    low_hz: float = 0.0,
    high_hz: float = 8000.0,
    triangles: str = "hertz",
) -> Tensor:
    """Weights (mels, n_fft // 2 + 1) of triangular filters with centres equally spaced in mel = 2595·log10(1 + f/700).

    The sides of a triangle are straight over hertz (torchaudio, librosa's ``htk=True, norm=None``) or over mel (HTK,
    Kaldi). Each triangle has height 1.

    Examples
    --------
    >>> mel_matrix(2, 8, 16_000).shape
    torch.Size([2, 5])
    """
    if not 0 <= low_hz < high_hz <= sample_rate_hz / 2:
        raise ValueError(f"wanted 0 <= low_hz < high_hz <= {sample_rate_hz / 2}, got {low_hz} and {high_hz}")
    frequency = np.linspace(0, sample_rate_hz / 2, n_fft // 2 + 1)
    corners = np.linspace(_hertz_to_mel(low_hz), _hertz_to_mel(high_hz), mels + 2)
    if triangles == "mel":
        axis = _hertz_to_mel(frequency)
    else:
        axis, corners = frequency, 700 * (10 ** (corners / 2595) - 1)
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]  # (mels, 1)
    rising, falling = (axis - left) / (centre - left), (right - axis) / (right - centre)
    matrix = np.minimum(rising, falling).clip(min=0)
    empty = int((matrix.sum(axis=1) == 0).sum())
    if empty:
        raise ValueError(f"{empty} of {mels} mel filters lie between the bins of n_fft {n_fft}: lower `mels`")
    return torch.from_numpy(matrix.astype(np.float32))


def _hertz_to_mel(frequency: Any) -> Any:
    return 2595 * np.log10(1 + np.asarray(frequency) / 700)
