"""A seeded corpus of synthetic speakers, so that everything can be tried without a download.

Each speaker has a voice (`voices.Voice`) and several sessions, each through one of a pool of channels: equaliser, room
and noise. The pool is shared by all speakers and splits, and a speaker's sessions use different channels: a channel
tells nothing about who speaks, and a model has to hear through it.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve

from sv_bridge.data.audio import SAMPLE_RATE_HZ, write_audio
from sv_bridge.data.channels import Channel
from sv_bridge.data.filters import band_decibels, fir, frequencies, smooth_decibels
from sv_bridge.data.manifest import Corpus, Utterance, write_manifest
from sv_bridge.data.randomness import generator
from sv_bridge.data.rooms import random_room
from sv_bridge.data.voices import Voice, random_voice, speak

__all__ = ["SyntheticRecipe", "make_synthetic_corpus", "random_channel"]

LEVEL = 0.05
"""Root mean square of every utterance."""


@dataclass(frozen=True)
class SyntheticRecipe:
    """What to make.

    Attributes
    ----------
    train_speakers, dev_speakers, test_speakers : people of each split.
    sessions : sessions a speaker; each uses another channel.
    utterances : utterances a session.
    seconds : shortest and longest utterance.
    channels : size of the pool of channels.
    seed : the corpus depends on it, bit by bit.
    """

    train_speakers: int = 48
    dev_speakers: int = 6
    test_speakers: int = 20
    sessions: int = 4
    utterances: int = 4
    seconds: tuple[float, float] = (3.0, 4.5)
    channels: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.train_speakers, self.dev_speakers, self.test_speakers) < 0 or self.sessions < 1:
            raise ValueError(f"wanted numbers of speakers >= 0 and sessions >= 1, got {self}")
        if self.sessions > self.channels:
            raise ValueError(f"{self.sessions} sessions of a speaker need as many channels, got {self.channels}")
        if not 0.5 <= self.seconds[0] <= self.seconds[1]:
            raise ValueError(f"wanted 0.5 <= shortest <= longest seconds, got {self.seconds}")

    def speakers(self) -> list[tuple[str, str]]:
        """List (name, split) of all speakers."""
        counts = {"train": self.train_speakers, "dev": self.dev_speakers, "test": self.test_speakers}
        return [(f"{split}{i:04d}", split) for split, count in counts.items() for i in range(count)]


def random_channel(rng: np.random.Generator) -> Channel:
    """Draw a room, a microphone's frequency response, and a noise 25–40 dB below the speech."""
    room = random_room(rng, reverberation_s=(0.1, 0.3))
    equaliser = fir(smooth_decibels(rng, 1.5) + band_decibels(rng.uniform(40, 120), rng.uniform(5_500, 7_800)))
    slope = rng.uniform(3, 9) * np.log2(np.maximum(frequencies(), 60) / 60)
    noise = fir(smooth_decibels(rng, 4) - slope)
    return Channel(fftconvolve(room, equaliser).astype(np.float32), noise, rng.uniform(25, 40))


def make_synthetic_corpus(
    out: Path | str,
    recipe: SyntheticRecipe | None = None,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Corpus:
    """Make the corpus in the folder `out`: audio/<speaker>/*.wav, then its manifest.

    Parameters
    ----------
    out : the folder.
    recipe : what to make; by default 80 speakers with 107 minutes.
    jobs : threads to use; as many as there are processors by default. They change nothing but the time.
    progress : called with the number of speakers done and their total.
    """
    recipe = recipe or SyntheticRecipe()
    out = Path(out)
    channels = [random_channel(generator(recipe.seed, "channel", i)) for i in range(recipe.channels)]
    speakers = recipe.speakers()

    def record(speaker: tuple[str, str]) -> list[Utterance]:
        return record_speaker(out, recipe, channels, *speaker)

    utterances: list[Utterance] = []
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        for done, recorded in enumerate(pool.map(record, speakers), start=1):
            utterances += recorded
            progress(done, len(speakers))
    write_manifest(out / "manifest.csv", utterances)
    return Corpus(out, tuple(utterances))


def record_speaker(
    out: Path, recipe: SyntheticRecipe, channels: list[Channel], speaker: str, split: str
) -> list[Utterance]:
    """Make the files of one speaker."""
    rng = generator(recipe.seed, "speaker", speaker)
    voice = random_voice(rng)
    utterances = []
    for session, channel in enumerate(rng.permutation(recipe.channels)[: recipe.sessions].tolist()):
        today = in_the_mood_of_the_day(voice, rng)
        for k in range(recipe.utterances):
            frames = round(rng.uniform(*recipe.seconds) * SAMPLE_RATE_HZ)
            recorded = channels[channel](speak(today, frames, rng), rng)
            samples = recorded * (LEVEL / np.sqrt(np.mean(recorded**2)))
            name = f"{speaker}/{session}-{k}.wav"
            write_audio(out / "audio" / name, samples)
            utterances.append(
                Utterance(
                    name.removesuffix(".wav"),
                    f"audio/{name}",
                    speaker,
                    source="synthetic",
                    session=f"{speaker}-{session}-channel{channel}",
                    split=split,
                    duration_s=round(frames / SAMPLE_RATE_HZ, 6),
                    sample_rate_hz=SAMPLE_RATE_HZ,
                )
            )
    return utterances


def in_the_mood_of_the_day(voice: Voice, rng: np.random.Generator) -> Voice:
    """Vary what varies from day to day in one person."""
    return replace(
        voice,
        f0_hz=voice.f0_hz * 2 ** rng.normal(0, 0.06),
        f0_range=voice.f0_range * 2 ** rng.normal(0, 0.2),
        rate=voice.rate * 2 ** rng.normal(0, 0.1),
        tilt=float(np.clip(voice.tilt + rng.normal(0, 0.05), 0, 0.7)),
        breathiness=voice.breathiness * 2 ** rng.normal(0, 0.3),
    )
