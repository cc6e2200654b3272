"""Banks of impulse responses to filter crops with: rooms, microphones and lines."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sv_bridge.data.audio import SAMPLE_RATE_HZ, audio_files, read_audio
from sv_bridge.data.filters import band_decibels, fir, smooth_decibels
from sv_bridge.data.randomness import generator
from sv_bridge.data.rooms import random_room

__all__ = ["Bank", "ResponseBank", "ResponseFiles", "equalisers", "simulated_rooms"]

Samples = NDArray[np.float32]


class Bank(Protocol):
    """Impulse responses to draw from."""

    def __len__(self) -> int: ...

    def spectrum(self, index: int, size: int) -> NDArray[np.complex64]:
        """Fourier transform of one response, padded or cut to `size`."""
        ...


class ResponseBank:
    """Responses in memory; their spectra are kept."""

    def __init__(self, responses: Sequence[Samples]) -> None:
        self.responses = tuple(responses)
        self._spectra: dict[tuple[int, int], NDArray[np.complex64]] = {}

    def __len__(self) -> int:
        return len(self.responses)

    def spectrum(self, index: int, size: int) -> NDArray[np.complex64]:
        """Fourier transform of one response, padded or cut to `size`."""
        if (index, size) not in self._spectra:
            self._spectra[index, size] = fft.rfft(self.responses[index], size)
        return self._spectra[index, size]


class ResponseFiles:
    """Responses in the audio files below a folder, from the direct sound (the largest sample) on.

    Parameters
    ----------
    folder : searched for audio files at any depth.
    seconds : the rest of a response is cut off.
    sample_rate_hz : rate of the crops.
    """

    def __init__(self, folder: Path, *, seconds: float = 0.5, sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
        self.paths = audio_files(folder)
        self.frames = round(seconds * sample_rate_hz)
        self.sample_rate_hz = sample_rate_hz

    def __len__(self) -> int:
        return len(self.paths)

    def spectrum(self, index: int, size: int) -> NDArray[np.complex64]:
        """Fourier transform of one response, padded or cut to `size`."""
        response = read_audio(self.paths[index], sample_rate_hz=self.sample_rate_hz)
        direct = int(np.abs(response).argmax())
        spectrum: NDArray[np.complex64] = fft.rfft(response[direct : direct + self.frames], size)
        return spectrum


@cache
def simulated_rooms(*, count: int = 96, sample_rate_hz: int = SAMPLE_RATE_HZ, seed: int = 0) -> ResponseBank:
    """Draw random rooms; see `rooms.random_room`."""

    def room(i: int) -> Samples:
        return random_room(generator(seed, "room", i), sample_rate_hz=sample_rate_hz)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return ResponseBank(list(pool.map(room, range(count))))


@cache
def equalisers(*, count: int = 256, sample_rate_hz: int = SAMPLE_RATE_HZ, seed: int = 0) -> ResponseBank:
    """Draw microphones and lines: uneven by some 4 dB; every other one cuts the band, down to a telephone's."""
    responses = []
    for i in range(count):
        rng = generator(seed, "equaliser", i)
        decibels = smooth_decibels(rng, 4.0, sample_rate_hz=sample_rate_hz)
        if i % 2:
            low_hz, high_hz = rng.uniform(30, 300), rng.uniform(3_400, 7_500)
            decibels += band_decibels(low_hz, high_hz, sample_rate_hz=sample_rate_hz)
        responses.append(fir(decibels))
    return ResponseBank(responses)
