"""Short clips of speech → utterances: silence trimmed, repetitions dropped, letters and syllables joined."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["Clip", "tidy", "trim_silence"]

BLOCK_S = 0.01
QUIET_DB = 35.0  # below the loudest twentieth of a clip
MARGIN_S = 0.05
GAP_S = 0.1
SHORTEST_S, LEAST_SPEECH_S, JOINED_S = 0.8, 0.5, 2.0


@dataclass(frozen=True, eq=False)
class Clip:
    """Samples of one speaker in one session; `name` tells clips apart."""

    name: str
    speaker: str
    language: str
    session: str
    native_rate_hz: int
    samples: NDArray[np.float32]


def tidy(clips: Iterable[Clip], *, sample_rate_hz: int) -> Iterator[Clip]:
    """Trim clips, drop exact repetitions of a speaker, and join those shorter than 0.8 s to pieces of 2 s or more.

    Clips are joined within a speaker and session in the order they come, 0.1 s apart. What is shorter than 0.8 s in the
    end, or has less than 0.5 s of speech, is dropped.
    """
    seen: set[tuple[str, bytes]] = set()
    short: dict[tuple[str, str], list[Clip]] = {}
    joined: dict[tuple[str, str], int] = {}

    def join(key: tuple[str, str]) -> Iterator[Clip]:
        parts = short.pop(key)
        gap = np.zeros(round(GAP_S * sample_rate_hz), dtype=np.float32)
        samples = np.concatenate([piece for part in parts for piece in (part.samples, gap)][:-1])
        number = joined[key] = joined.get(key, 0) + 1
        first = parts[0]
        yield from long_enough(
            Clip(f"{first.session}-join{number}", *key_of(first), first.native_rate_hz, samples), sample_rate_hz
        )

    for clip in clips:
        samples = trim_silence(clip.samples, sample_rate_hz=sample_rate_hz)
        mark = clip.speaker, blake2b(samples.tobytes(), digest_size=16).digest()
        if not len(samples) or mark in seen:
            continue
        seen.add(mark)
        trimmed = Clip(clip.name, *key_of(clip), clip.native_rate_hz, samples)
        if len(samples) >= SHORTEST_S * sample_rate_hz:
            yield from long_enough(trimmed, sample_rate_hz)
            continue
        key = clip.speaker, clip.session
        short.setdefault(key, []).append(trimmed)
        if sum(len(part.samples) for part in short[key]) >= JOINED_S * sample_rate_hz:
            yield from join(key)
    for key in list(short):
        yield from join(key)


def key_of(clip: Clip) -> tuple[str, str, str]:
    """Speaker, language and session."""
    return clip.speaker, clip.language, clip.session


def long_enough(clip: Clip, sample_rate_hz: int) -> Iterator[Clip]:
    """The clip, if it is long enough and has enough speech."""
    speech_s = BLOCK_S * int(active_blocks(clip.samples, sample_rate_hz).sum())
    if len(clip.samples) >= SHORTEST_S * sample_rate_hz and speech_s >= LEAST_SPEECH_S:
        yield clip


def active_blocks(samples: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.bool_]:
    """(blocks,) which blocks of 10 ms are within 35 dB of the loudest twentieth."""
    block = round(BLOCK_S * sample_rate_hz)
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    level = np.sqrt(np.mean(blocks.astype(np.float64) ** 2, axis=1))
    if not level.any():
        return np.zeros(len(blocks), dtype=np.bool_)
    active: NDArray[np.bool_] = level > np.quantile(level, 0.95) * 10 ** (-QUIET_DB / 20)
    return active


def trim_silence(samples: NDArray[np.float32], *, sample_rate_hz: int) -> NDArray[np.float32]:
    """Samples from 50 ms before the first to 50 ms after the last active block of 10 ms; nothing of silence."""
    active = np.flatnonzero(active_blocks(samples, sample_rate_hz))
    if not len(active):
        return samples[:0]
    block, margin = round(BLOCK_S * sample_rate_hz), round(MARGIN_S * sample_rate_hz)
    return samples[max(0, active[0] * block - margin) : (active[-1] + 1) * block + margin]
