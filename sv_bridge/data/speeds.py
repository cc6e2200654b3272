"""Play crops at other speeds: pitch and formants move with the tempo, as if somebody else spoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from scipy.signal import firwin
from torch import Tensor
from torch.nn import functional

__all__ = ["Speed", "Speeds", "low_pass"]

ZEROS = 24  # zero crossings of the low-pass filter on either side
KAISER_BETA = 7.0  # what mirrors at the band's edge is 70 dB down, beyond the filter's slope
SLOPE = 0.92  # middle of the filter's slope, as a share of the lower of the two bands
FINEST = 100  # largest denominator of a speed


def low_pass(up: int, down: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Filter at `up` times the sample rate, for resampling by up / down; `scipy.signal.resample_poly` takes it."""
    coarser = max(up, down)
    return np.asarray(firwin(2 * ZEROS * coarser + 1, SLOPE / coarser, window=("kaiser", KAISER_BETA)))


@dataclass(frozen=True, eq=False)
class Speed:
    """Resampling to up / down times as many samples, for speed down / up, as a strided convolution.

    Attributes
    ----------
    up, down : lowest terms.
    before : how many samples before its first one a crop is made of.
    weight : (up, 1, taps) one filter a phase; output m = j·up + p is filter p on the input from j·down − before on.
    """

    up: int
    down: int
    before: int
    weight: Tensor

    @classmethod
    def of(cls, factor: float) -> "Speed":
        """Speed of a factor, which is taken as the nearest fraction with a denominator up to 100."""
        ratio = Fraction(factor).limit_denominator(FINEST)
        if not factor > 0 or abs(ratio / Fraction(factor) - 1) > 1e-6:
            raise ValueError(f"wanted speeds above 0 that are fractions of numbers up to {FINEST}, got {factor}")
        up, down = ratio.denominator, ratio.numerator
        if up == down:
            return cls(1, 1, 0, torch.ones(1, 1, 1))
        taps = up * low_pass(up, down)
        half = len(taps) // 2
        before = half // up
        reach = ((up - 1) * down + half) // up + before + 1
        # tap (p, q): input q − before samples after the block's first, output p: p·down − (q − before)·up apart
        place = half + np.arange(up)[:, None] * down - (np.arange(reach) - before) * up
        weight = np.where((place >= 0) & (place < len(taps)), taps[np.clip(place, 0, len(taps) - 1)], 0.0)
        return cls(up, down, before, torch.from_numpy(weight.astype(np.float32))[:, None])

    def spanned(self, frames: int) -> int:
        """Length of the stretch that becomes `frames` samples."""
        return -(-frames * self.down // self.up)

    def needed(self, frames: int) -> int:
        """How many samples, from `before` the stretch on, `frames` samples are computed from."""
        return frames if self.up == self.down else (-(-frames // self.up) - 1) * self.down + self.weight.shape[2]

    def __call__(self, waveforms: Tensor, frames: int) -> Tensor:
        """(n, needed) → (n, frames)."""
        if self.up == self.down:
            return waveforms[:, :frames]
        blocks = functional.conv1d(
            waveforms[:, None, : self.needed(frames)], self.weight.to(waveforms.device), stride=self.down
        )
        return blocks.transpose(1, 2).flatten(1)[:, :frames]  # (n, up, blocks) → (n, blocks · up)


class Speeds:
    """Several speeds, of which each crop of a batch has one.

    Parameters
    ----------
    factors : the speeds: 1.1 is faster and higher by a tenth.

    Examples
    --------
    >>> speeds = Speeds((0.5, 1.0))
    >>> speeds(torch.randn(4, speeds.needed(100)), torch.tensor([0, 1, 1, 0]), 100).shape
    torch.Size([4, 100])
    """

    def __init__(self, factors: Sequence[float]) -> None:
        if not factors:
            raise ValueError("wanted at least one speed, got none")
        self.speeds = tuple(map(Speed.of, factors))

    def __len__(self) -> int:
        return len(self.speeds)

    def __getitem__(self, index: int) -> Speed:
        return self.speeds[index]

    def needed(self, frames: int) -> int:
        """How many samples have to be read for crops of `frames` samples, whatever their speed."""
        return max(speed.needed(frames) for speed in self.speeds)

    def __call__(self, waveforms: Tensor, chosen: Tensor, frames: int) -> Tensor:
        """Play crops.

        Parameters
        ----------
        waveforms : (n, needed) as read, each from its speed's `before` on.
        chosen : (n,) index of each one's speed, on the CPU.
        frames : length of what comes out.

        Returns
        -------
        (n, frames) in memory of their own, where `waveforms` lie.
        """
        played = waveforms.new_empty(len(waveforms), frames)
        for index, speed in enumerate(self.speeds):
            rows = (chosen == index).nonzero()[:, 0].to(waveforms.device, non_blocking=True)
            if len(rows):
                played[rows] = speed(waveforms[rows], frames)
        return played
