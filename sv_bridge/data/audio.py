"""Audio files in any format libsndfile knows (wav, flac, ogg, opus, mp3 …) → mono float32 at one rate.

Only the samples that are asked for are read, whatever the file's rate.
"""

import io
from math import gcd
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from cqm.atomic import atomic_path

__all__ = ["SUFFIXES", "AudioError", "AudioFile", "read_audio", "write_audio"]

SAMPLE_RATE_HZ = 16_000
SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".aifc", ".au", ".snd", ".caf", ".w64", ".rf64",
    ".sph", ".nist", ".voc", ".avr", ".ircam", ".paf", ".htk",
)  # fmt: skip
# Samples (at the lower rate) read on both sides of a piece that is resampled, so that it equals the same piece of the
# whole resampled file: longer than soxr's high-quality filter.
CONTEXT = 512
# The length that an MP3 header promises can be a few frames too long: so much missing at the end is taken as silence.
PROMISED_S = 0.1


class AudioError(ValueError):
    """A file that cannot be used: corrupt, empty, silent or in an unknown format."""


class AudioFile:
    """An open audio file, seen as mono at `sample_rate_hz`; a context manager.

    Parameters
    ----------
    path : the file.
    sample_rate_hz : rate of what `read` returns; other rates are resampled by soxr.

    Attributes
    ----------
    sample_rate_hz, frames : rate of what `read` returns, and the length at this rate.
    native_rate_hz : rate of the stored file.

    Raises
    ------
    FileNotFoundError
        No such file.
    AudioError
        libsndfile cannot open it.
    """

    def __init__(self, path: Path | str, *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f"no audio file {path}")
        try:
            self._file = soundfile.SoundFile(str(path))
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise AudioError(f"cannot open {path}: {str(error).rpartition(': ')[2]}") from None
        self.sample_rate_hz = sample_rate_hz
        self.native_rate_hz: int = self._file.samplerate
        common = gcd(self.native_rate_hz, sample_rate_hz)
        self._up, self._down = sample_rate_hz // common, self.native_rate_hz // common
        self.frames: int = self._file.frames * self._up // self._down

    def __enter__(self) -> "AudioFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, start: int = 0, frames: int | None = None) -> NDArray[np.float32]:
        """(frames,) samples from `start` on, channels averaged; `frames=None` reads to the end.

        Raises
        ------
        ValueError
            The piece doesn't lie within the file.
        AudioError
            The data are corrupt: they cannot be decoded, end more than 0.1 s early, or hold NaN or infinity.
        """
        frames = self.frames - start if frames is None else frames
        if start < 0 or frames < 0 or start + frames > self.frames:
            raise ValueError(f"wanted samples {start} to {start + frames} of {self.path}, which has {self.frames}")
        if self._up == self._down:
            return self._read_native(start, frames)
        # a block of `up` samples at our rate is exactly `down` samples of the file
        margin = -(-CONTEXT // min(self._up, self._down))
        first = max(0, start // self._up - margin)
        last = -(-(start + frames) // self._up) + margin
        begin, end = first * self._down, min(last * self._down, self._file.frames)
        native = self._read_native(begin, end - begin)
        resampled = soxr.resample(native, self._down, self._up)
        skip = start - first * self._up
        return np.ascontiguousarray(resampled[skip : skip + frames])

    def _read_native(self, start: int, frames: int) -> NDArray[np.float32]:
        try:
            self._file.seek(start)
            if (
                self._file.subtype == "PCM_16"
            ):  # the same numbers as libsndfile's own conversion, in a third of the time
                data = self._file.read(frames, dtype="int16", always_2d=True) * np.float32(2**-15)
            else:
                data = self._file.read(frames, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise AudioError(f"cannot read {self.path}: {error}") from None
        missing = frames - len(data)
        if missing > PROMISED_S * self.native_rate_hz:
            raise AudioError(f"{self.path} ends early: wanted {frames} samples at {start}, got {len(data)}")
        mono = data[:, 0] if data.shape[1] == 1 else data.mean(axis=1)
        if not np.isfinite(mono).all():
            raise AudioError(f"{self.path} has NaN or infinite samples")
        return np.pad(mono, (0, missing)) if missing else mono


def read_audio(
    path: Path | str, *, start: int = 0, frames: int | None = None, sample_rate_hz: int = SAMPLE_RATE_HZ
) -> NDArray[np.float32]:
    """(frames,) mono samples of a file from `start` on, both counted at `sample_rate_hz`; see `AudioFile.read`."""
    with AudioFile(path, sample_rate_hz=sample_rate_hz) as file:
        return file.read(start, frames)


def write_audio(path: Path | str, samples: NDArray[np.floating], *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
    """Write mono samples as 16 bits, in the format of the suffix (.wav or .flac); beyond ±1 they clip.

    The file appears whole or not at all, but without waiting for the disk: corpora have thousands of them. Training
    reads pieces of .wav files some five times as fast as of .flac files, which take 60 % of the space.
    """
    encoded = io.BytesIO()  # libsndfile doesn't say when a disk is full
    soundfile.write(encoded, samples, sample_rate_hz, subtype="PCM_16", format=Path(path).suffix[1:].upper())
    with atomic_path(path, durable=False) as temporary:
        temporary.write_bytes(encoded.getvalue())
