"""Noise to add to crops: prepared tracks (babble of the corpus, coloured noise) or the files of a folder."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError, AudioFile
from sv_bridge.data.crops import wrapped
from sv_bridge.data.files import audio_files
from sv_bridge.data.filters import fir, frequencies, smooth_decibels
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.randomness import generator

__all__ = ["NoiseFiles", "NoiseSource", "Tracks", "babble", "coloured_noise"]

logger = logging.getLogger(__name__)

Samples = NDArray[np.float32]


class NoiseSource(Protocol):
    """Where noise comes from."""

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Draw a piece of noise to add to a crop of `utterance`."""
        ...


class Tracks:
    """Noise out of prepared tracks; a track that holds the utterance itself is never added to it.

    Parameters
    ----------
    tracks : (tracks, frames) the noises.
    utterances : ids of the utterances each track is mixed of; nothing for other noise.
    """

    def __init__(self, tracks: Samples, utterances: Sequence[frozenset[str]] | None = None) -> None:
        self.tracks = tracks
        self.utterances = utterances

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Draw a piece of one track, repeated if it is too short."""
        for track in rng.permutation(len(self.tracks)).tolist():
            if self.utterances is None or utterance.id not in self.utterances[track]:
                return piece(self.tracks[track], frames, rng)
        return np.zeros(frames, dtype=np.float32)


def piece(track: Samples, frames: int, rng: np.random.Generator) -> Samples:
    """Draw a stretch of a track, repeated if it is too short."""
    spare = len(track) - frames
    if spare >= 0:
        start = int(rng.integers(spare + 1))
        return track[start : start + frames]
    return wrapped(track, int(rng.integers(len(track))), frames)


class NoiseFiles:
    """Noise out of the audio files below a folder; only the piece that is needed is read.

    Parameters
    ----------
    folder : searched for audio files at any depth.
    voices : fewest and most files mixed at equal power: babble for more than one.
    sample_rate_hz : rate of the pieces.
    """

    def __init__(self, folder: Path, *, voices: tuple[int, int] = (1, 1), sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
        self.paths = audio_files(folder)
        self.voices = voices
        self.sample_rate_hz = sample_rate_hz

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Samples:
        """Draw pieces of files; files that cannot be read are logged and left out."""
        total = np.zeros(frames, dtype=np.float32)
        for _ in range(int(rng.integers(self.voices[0], self.voices[1] + 1))):
            path = self.paths[int(rng.integers(len(self.paths)))]
            try:
                with AudioFile(path, sample_rate_hz=self.sample_rate_hz) as file:
                    spare = file.frames - frames
                    start = int(rng.integers(max(spare, 0) + 1))
                    noise = wrapped(file.read(start, min(frames, file.frames)), 0, frames)
            except (AudioError, FileNotFoundError) as error:
                logger.warning("%s; left out of the noise", error)
                continue
            loudness = float(np.sqrt(np.mean(noise**2)))
            total += noise / loudness if loudness > 0 else noise
        return total


def babble(
    corpus: Corpus,
    *,
    tracks: int = 48,
    seconds: float = 5.0,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    seed: int = 0,
) -> Tracks:
    """Mix tracks of 3–7 utterances of the corpus, at equal power each."""
    frames = round(seconds * sample_rate_hz)
    mixed = np.zeros((tracks, frames), dtype=np.float32)
    members: list[frozenset[str]] = []
    for track in range(tracks):
        rng = generator(seed, "babble", track)
        chosen = [corpus[int(i)] for i in rng.integers(len(corpus), size=int(rng.integers(3, 8)))]
        for utterance in chosen:
            begin = round(utterance.start_s * sample_rate_hz)
            length = min(frames, int(utterance.duration_s * sample_rate_hz))
            try:
                with AudioFile(corpus.path(utterance), sample_rate_hz=sample_rate_hz) as file:
                    voice = file.read(begin, min(length, file.frames - begin))
            except (AudioError, FileNotFoundError) as error:
                logger.warning("%s; left out of the babble", error)
                continue
            if voice.any():
                mixed[track] += wrapped(voice / np.sqrt(np.mean(voice**2)), int(rng.integers(len(voice))), frames)
        members.append(frozenset(utterance.id for utterance in chosen))
    return Tracks(mixed, members)


def coloured_noise(
    *, tracks: int = 48, seconds: float = 5.0, sample_rate_hz: int = SAMPLE_RATE_HZ, seed: int = 0
) -> Tracks:
    """Make steady noises with spectra between white and red (falling 0–6 dB an octave), uneven by some 4 dB."""
    rng = generator(seed, "coloured noise")
    octaves = np.log2(np.maximum(frequencies(sample_rate_hz), 50) / 50)
    noises = np.empty((tracks, round(seconds * sample_rate_hz)), dtype=np.float32)
    for noise in noises:
        decibels = smooth_decibels(rng, 4.0, sample_rate_hz=sample_rate_hz) - rng.uniform(0, 6) * octaves
        white = rng.standard_normal(noises.shape[1], dtype=np.float32)
        noise[:] = fft.irfft(fft.rfft(white) * fft.rfft(fir(decibels), len(white)), len(white))
    return Tracks(noises)
