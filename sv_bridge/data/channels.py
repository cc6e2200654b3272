"""Channels that speech is sent through: a room, a microphone or line, noise, telephone companding.

Crossed trials send every recording through a channel of its own: no two recordings share one, and nothing but the voice
can tell that two of them are of one person.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from sv_bridge.data.audio import SAMPLE_RATE_HZ
from sv_bridge.data.augmentation import MuLaw
from sv_bridge.data.filters import band_decibels, fir, frequencies, smooth_decibels
from sv_bridge.data.randomness import generator
from sv_bridge.data.rooms import random_room

__all__ = ["Channel", "crossed", "crossing_channel"]

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Channel:
    """How a recording sounds.

    Attributes
    ----------
    response : (taps,) impulse response of room and equaliser.
    noise : (taps,) filter that shapes white noise.
    snr_db : level of the speech as it arrives above the noise.
    companded : whether the sum passes the 8-bit µ-law of digital telephony.
    """

    response: Samples
    noise: Samples
    snr_db: float
    companded: bool = False

    def __call__(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Send samples through; they keep their length and their root mean square, silence stays silence."""
        heard = fftconvolve(samples, self.response)[: len(samples)]
        hiss = fftconvolve(rng.standard_normal(len(samples), dtype=np.float32), self.noise, mode="same")
        ratio = np.sqrt(np.mean(heard**2) / np.mean(hiss**2)) * 10 ** (-self.snr_db / 20)
        recorded = (heard + ratio * hiss).astype(np.float32)
        if self.companded:
            (recorded,) = MuLaw()(torch.from_numpy(recorded)[None], {"companded": torch.tensor([True])}).numpy()
        loudness = np.sqrt(np.mean(recorded.astype(np.float64) ** 2))
        if loudness == 0:
            return recorded
        return (recorded * (np.sqrt(np.mean(samples.astype(np.float64) ** 2)) / loudness)).astype(np.float32)


def crossing_channel(rng: np.random.Generator, *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Channel:
    """Draw a channel for crossed trials.

    A room that rings for 0.1–0.3 s; an equaliser uneven by some 4 dB, in a quarter of the channels with a telephone's
    band of 300–3,400 Hz; noise between white and red, 15–30 dB below the speech; µ-law companding in a quarter.
    """
    room = random_room(rng, seconds=0.3, reverberation_s=(0.1, 0.3), sample_rate_hz=sample_rate_hz)
    decibels = smooth_decibels(rng, 4.0, sample_rate_hz=sample_rate_hz)
    telephone, companded = rng.random(2) < 0.25
    if telephone:
        decibels += band_decibels(300, 3_400, sample_rate_hz=sample_rate_hz)
    octaves = np.log2(np.maximum(frequencies(sample_rate_hz), 50) / 50)
    noise = fir(smooth_decibels(rng, 4.0, sample_rate_hz=sample_rate_hz) - rng.uniform(0, 6) * octaves)
    response = fftconvolve(room, fir(decibels)).astype(np.float32)
    return Channel(response, noise, float(rng.uniform(15, 30)), bool(companded))


def crossed(samples: Samples, utterance: str, *, seed: int, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Samples:
    """Send an utterance through the channel that is its own.

    Parameters
    ----------
    samples : (frames,) the whole utterance, before any crop is taken.
    utterance : its id. Channel and noise depend on (seed, id) alone: every system hears the same, on every machine.
    seed : another seed, other channels.
    sample_rate_hz : rate of the samples.

    Returns
    -------
    (frames,) float32, with the root mean square of `samples`.

    Examples
    --------
    >>> voice = np.random.default_rng(0).standard_normal(16_000, dtype=np.float32)
    >>> heard, again, other = (crossed(voice, name, seed=1) for name in ("a", "a", "b"))
    >>> bool((heard == again).all()), bool((heard == other).any())
    (True, False)
    """
    rng = generator(seed, "crossed", utterance)
    return crossing_channel(rng, sample_rate_hz=sample_rate_hz)(samples, rng)
