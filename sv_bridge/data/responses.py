"""Banks of impulse responses to filter crops with: rooms, microphones and lines."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sv_bridge.data.audio import SAMPLE_RATE_HZ, read_audio
from sv_bridge.data.files import audio_files
from sv_bridge.data.filters import band_decibels, fir, smooth_decibels
from sv_bridge.data.randomness import generator
from sv_bridge.data.rooms import random_room

__all__ = ["Bank", "ResponseBank", "ResponseFiles", "equalisers", "simulated_rooms"]

Samples = NDArray[np.float32]


class Bank:
    """Impulse responses to draw from."""

    def draw(self, rng: np.random.Generator) -> NDArray[Any]:
        """Draw a response: its number, or its samples."""
        raise NotImplementedError

    def spectra(self, drawn: Tensor, size: int) -> Tensor:
        """(n, size // 2 + 1) Fourier transforms of what was drawn n times, padded or cut to `size`."""
        raise NotImplementedError

    def to(self, device: torch.device) -> "Bank":
        """The same with what it holds on a device."""
        return self


class ResponseBank(Bank):
    """Responses (responses, taps) in memory, on the device where they are used; their spectra are kept."""

    def __init__(self, responses: Tensor) -> None:
        self.responses = responses
        self._spectra: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self.responses)

    def draw(self, rng: np.random.Generator) -> NDArray[Any]:
        """Draw the number of a response."""
        return np.asarray(rng.integers(len(self)))

    def spectra(self, drawn: Tensor, size: int) -> Tensor:
        """(n, size // 2 + 1) Fourier transforms of the responses with these numbers."""
        if size not in self._spectra:
            self._spectra[size] = torch.fft.rfft(self.responses, size)
        return self._spectra[size][drawn]

    def to(self, device: torch.device) -> "ResponseBank":
        """The same on a device."""
        return self if self.responses.device == device else ResponseBank(self.responses.to(device))


class ResponseFiles(Bank):
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

    def draw(self, rng: np.random.Generator) -> NDArray[Any]:
        """Read (taps,) samples of one of the files."""
        response = read_audio(self.paths[int(rng.integers(len(self)))], sample_rate_hz=self.sample_rate_hz)
        response = response[int(np.abs(response).argmax()) :][: self.frames]
        return np.pad(response, (0, self.frames - len(response)))

    def spectra(self, drawn: Tensor, size: int) -> Tensor:
        """(n, size // 2 + 1) Fourier transforms of these (n, taps) samples."""
        return torch.fft.rfft(drawn, size)


@cache
def simulated_rooms(*, count: int = 96, sample_rate_hz: int = SAMPLE_RATE_HZ, seed: int = 0) -> ResponseBank:
    """Draw random rooms; see `rooms.random_room`."""

    def room(i: int) -> Samples:
        return random_room(generator(seed, "room", i), sample_rate_hz=sample_rate_hz)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return ResponseBank(torch.from_numpy(np.stack(list(pool.map(room, range(count))))))


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
    return ResponseBank(torch.from_numpy(np.stack(responses)))
