"""Random frequency responses of microphones, lines and noises, and filters made of them."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

__all__ = ["TAPS", "band_decibels", "fir", "frequencies", "smooth_decibels"]

TAPS = 256


def frequencies(sample_rate_hz: int = 16_000) -> NDArray[np.float64]:
    """(TAPS / 2 + 1,) frequencies in Hz at which decibels are given."""
    return np.linspace(0, sample_rate_hz / 2, TAPS // 2 + 1)


def smooth_decibels(
    rng: np.random.Generator, deviation_db: float, *, sample_rate_hz: int = 16_000
) -> NDArray[np.float64]:
    """Draw a smooth function of frequency: five cosines on the mel scale, with this standard deviation over draws."""
    hz = frequencies(sample_rate_hz)
    mel = np.log1p(hz / 700) / np.log1p(hz[-1] / 700)
    waves = np.cos(np.pi * np.outer(mel, np.arange(1, 6)) + rng.uniform(0, 2 * np.pi, 5))
    return waves @ rng.normal(0, deviation_db * np.sqrt(2 / 5), 5)


def band_decibels(low_hz: float, high_hz: float, *, sample_rate_hz: int = 16_000) -> NDArray[np.float64]:
    """Decibels of a band-pass with slopes of 12 dB (below) and 48 dB (above) an octave."""
    hz = np.maximum(frequencies(sample_rate_hz), 1.0)
    return -12 * np.maximum(np.log2(low_hz / hz), 0) - 48 * np.maximum(np.log2(hz / high_hz), 0)


def fir(decibels: NDArray[np.float64]) -> NDArray[np.float32]:
    """(TAPS,) filter of linear phase with these decibels at `frequencies`."""
    taps = np.roll(fft.irfft(10 ** (decibels / 20)), TAPS // 2)
    return (taps * np.hanning(TAPS)).astype(np.float32)
