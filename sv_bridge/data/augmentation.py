"""Make crops sound as if recorded elsewhere: noise, rooms, microphones and telephone lines.

The recipe of the papers: one kind of noise (music 5–15 dB, speech 13–20 dB or noise 0–15 dB below the voice), then one
room, always. Noise comes from MUSAN and rooms from a folder of impulse responses where they are given. Else noise is
babble mixed of the corpus itself or coloured noise, and rooms are simulated: nothing needs a download. Everything slow
is prepared once: a crop costs a sum and one pair of Fourier transforms.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sv_bridge.data.audio import SAMPLE_RATE_HZ
from sv_bridge.data.dataset import Augmentation
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.noises import NoiseFiles, NoiseSource, babble, coloured_noise
from sv_bridge.data.responses import Bank, ResponseFiles, equalisers, simulated_rooms

__all__ = ["AUGMENTATIONS", "AddNoise", "Chain", "Filter", "MuLaw", "Sometimes", "make_augmentation"]

Samples = NDArray[np.float32]

AUGMENTATIONS = ("none", "default", "channel")
MUSIC_DB, SPEECH_DB, NOISE_DB = (5.0, 15.0), (13.0, 20.0), (0.0, 15.0)


def make_augmentation(
    name: str,
    corpus: Corpus,
    *,
    probability: float = 1.0,
    musan: Path | str | None = None,
    rirs: Path | str | None = None,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    seed: int = 0,
) -> Augmentation | None:
    """Build an augmentation by its name.

    Parameters
    ----------
    name : "none"; "default", one noise and one room, always; "channel", the same with a random microphone or line
        (equaliser and bandwidth) in every view, and telephone companding in a quarter of them.
    corpus : training utterances, of which babble is mixed when there is no MUSAN.
    probability : share of the views that are augmented; the others stay as they were recorded.
    musan : folder of the MUSAN corpus, with its folders `music`, `speech` and `noise`.
    rirs : folder of room impulse responses, searched through for audio files.
    sample_rate_hz : rate of the crops.
    seed : the prepared noises and rooms depend on it.
    """
    if name not in AUGMENTATIONS:
        raise ValueError(f"unknown augmentation {name!r}: choose one of {', '.join(AUGMENTATIONS)}")
    if name == "none" or not probability:
        return None
    noises: list[tuple[NoiseSource, tuple[float, float]]]
    if musan is None:
        noises = [
            (babble(corpus, sample_rate_hz=sample_rate_hz, seed=seed), SPEECH_DB),
            (coloured_noise(sample_rate_hz=sample_rate_hz, seed=seed), NOISE_DB),
        ]
    else:
        noises = [
            (NoiseFiles(Path(musan) / "music", sample_rate_hz=sample_rate_hz), MUSIC_DB),
            (NoiseFiles(Path(musan) / "speech", voices=(3, 7), sample_rate_hz=sample_rate_hz), SPEECH_DB),
            (NoiseFiles(Path(musan) / "noise", sample_rate_hz=sample_rate_hz), NOISE_DB),
        ]
    rooms: Bank = (
        simulated_rooms(sample_rate_hz=sample_rate_hz, seed=seed)
        if rirs is None
        else ResponseFiles(Path(rirs), sample_rate_hz=sample_rate_hz)
    )
    if name == "default":
        chain = Chain(AddNoise(noises), Filter(rooms))
    else:
        lines = equalisers(sample_rate_hz=sample_rate_hz, seed=seed)
        chain = Chain(AddNoise(noises), Filter(rooms, lines), Sometimes(MuLaw(), 0.25))
    return chain if probability == 1 else Sometimes(chain, probability)


class Chain:
    """One augmentation after the other."""

    def __init__(self, *steps: Augmentation) -> None:
        self.steps = steps

    def __call__(self, waveform: Samples, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Augment one crop of `utterance`."""
        for step in self.steps:
            waveform = step(waveform, rng, utterance)
        return waveform


class Sometimes:
    """Augment with this probability."""

    def __init__(self, augmentation: Augmentation, probability: float) -> None:
        self.augmentation, self.probability = augmentation, probability

    def __call__(self, waveform: Samples, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Augment one crop of `utterance`, or leave it as it is."""
        return self.augmentation(waveform, rng, utterance) if rng.random() < self.probability else waveform


class AddNoise:
    """Add noise of one of several kinds, each with its range of signal-to-noise ratios in dB, equally often."""

    def __init__(self, kinds: Sequence[tuple[NoiseSource, tuple[float, float]]]) -> None:
        self.kinds = tuple(kinds)

    def __call__(self, waveform: Samples, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Augment one crop of `utterance`; silence in either stays as it is."""
        source, (low_db, high_db) = self.kinds[int(rng.integers(len(self.kinds)))]
        noise = source.draw(len(waveform), rng, utterance)
        power = float(np.dot(waveform, waveform)), float(np.dot(noise, noise))
        if power[1] == 0:
            return waveform
        gain = (power[0] / power[1]) ** 0.5 * 10 ** (-rng.uniform(low_db, high_db) / 20)
        return waveform + np.float32(gain) * noise


class Filter:
    """Filter with one response of each bank, drawn independently; the waveform keeps its length and its level.

    The convolution is circular: what rings on after the end of the crop is heard at its beginning, as if the speaker
    had talked before. (So the transforms are no longer than the crop.) Responses are cut to the crop's length.
    """

    def __init__(self, *banks: Bank) -> None:
        self.banks = banks

    def __call__(self, waveform: Samples, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Augment one crop of `utterance`."""
        spectrum = fft.rfft(waveform)
        for bank in self.banks:
            spectrum *= bank.spectrum(int(rng.integers(len(bank))), len(waveform))
        filtered: Samples = fft.irfft(spectrum, len(waveform))
        after = float(np.dot(filtered, filtered))
        if after > 0:
            filtered *= np.float32((float(np.dot(waveform, waveform)) / after) ** 0.5)
        return filtered


class MuLaw:
    """The 8-bit µ-law companding of digital telephony (ITU-T G.711's curve)."""

    def __init__(self) -> None:
        levels = np.linspace(-1, 1, 2**16)
        companded = np.round(127 * np.sign(levels) * np.log1p(255 * np.abs(levels)) / np.log(256)) / 127
        self._table = (np.sign(companded) * np.expm1(np.abs(companded) * np.log(256)) / 255).astype(np.float32)

    def __call__(self, waveform: Samples, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Augment one crop of `utterance`."""
        peak = float(np.abs(waveform).max())
        if peak == 0:
            return waveform
        steps = np.rint((waveform / peak + 1) * ((2**16 - 1) / 2)).astype(np.int32)
        return self._table[steps] * np.float32(peak)
