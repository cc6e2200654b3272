"""Whole files in formats beyond libsndfile's: m4a, aac, G.722 … by FFmpeg's libraries (in PyAV), and bare GSM."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from sv_bridge.data.audio import SAMPLE_RATE_HZ, SUFFIXES, AudioError, AudioFile

__all__ = ["ALL_SUFFIXES", "INTEGERS_FROM", "decode", "full_scale", "is_unsized_wav"]

BARE_GSM = ".gsm"
FFMPEG = (
    ".m4a", ".m4b", ".aac", ".mp4", ".mov", ".3gp", ".wma", ".asf", ".amr", ".awb", ".g722", ".webm", ".mka", ".mkv",
    ".weba", ".ac3", ".eac3", ".ape", ".wv", ".tta", ".mp2", ".avi", ".flv",
)  # fmt: skip
INTEGERS_FROM = 64.0  # peaks beyond this are floats that mean 16-bit integers; no recording overshoots ±1 so far
ALL_SUFFIXES = (*SUFFIXES, BARE_GSM, *FFMPEG)


def decode(path: Path | str, *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> tuple[NDArray[np.float32], int]:
    """Decode a whole file of any known format.

    Returns
    -------
    samples : (frames,) mono at `sample_rate_hz`.
    native_rate_hz : rate at which it is stored.

    Raises
    ------
    AudioError
        The file is corrupt, or the format unknown.
    RuntimeError
        The format needs PyAV, which isn't installed; with the cure.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if is_unsized_wav(path):
        samples, rate = decode_unsized_wav(path)
    elif suffix in SUFFIXES:
        with AudioFile(path, sample_rate_hz=sample_rate_hz) as file:
            return file.read(), file.native_rate_hz
    elif suffix == BARE_GSM:
        samples, rate = decode_gsm(path), 8_000
    elif suffix in FFMPEG:
        samples, rate = decode_with_ffmpeg(path)
    else:
        raise AudioError(f"{path}: unknown format; known are {', '.join(ALL_SUFFIXES)}")
    if rate != sample_rate_hz:
        samples = soxr.resample(samples, rate, sample_rate_hz)
    return samples, rate


def is_unsized_wav(path: Path) -> bool:
    """Whether a WAV file's header gives its data no length, as a program that wrote into a pipe leaves it."""
    found = find_data(path)
    return found is not None and found[1] in (0, 2**32 - 1) and path.stat().st_size > found[0] + 8


def find_data(path: Path) -> tuple[int, int] | None:
    """Place and size field of a WAV file's data chunk; None for other files."""
    with path.open("rb") as file:
        if file.read(4) != b"RIFF" or file.read(8)[4:] != b"WAVE":
            return None
        while len(header := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", header)
            if name == b"data":
                return file.tell() - 8, size
            file.seek(size + size % 2, os.SEEK_CUR)
    return None


def decode_unsized_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    """Decode a WAV file as if its data went on to its end; channels averaged."""
    content = bytearray(path.read_bytes())
    place, _ = find_data(path) or (0, 0)
    struct.pack_into("<I", content, 4, len(content) - 8)
    struct.pack_into("<I", content, place + 4, len(content) - place - 8)
    try:
        samples, rate = soundfile.read(io.BytesIO(bytes(content)), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"cannot read {path}: {error}") from None
    return samples.mean(axis=1), rate


def full_scale(samples: NDArray[np.floating]) -> NDArray[np.floating]:
    """Samples within ±1, as 16 bits hold them: those of floats in a scale of ±32,768 are divided by that.

    What is beyond ±1 but not so large is divided by its peak. Nothing clips.

    Examples
    --------
    >>> full_scale(np.array([16384.0, -8192.0])), full_scale(np.array([0.5, -2.0])), full_scale(np.array([0.5]))
    (array([ 0.5 , -0.25]), array([ 0.25, -1.  ]), array([0.5]))
    """
    if (peak := float(np.abs(samples).max(initial=0))) > INTEGERS_FROM:
        samples, peak = samples / 2**15, peak / 2**15
    return samples / peak if peak > 1 else samples


def decode_gsm(path: Path) -> NDArray[np.float32]:
    """Decode a bare stream of GSM 06.10 frames, which have 8 kHz."""
    try:
        samples, _ = soundfile.read(
            str(path), format="RAW", subtype="GSM610", samplerate=8_000, channels=1, dtype="float32"
        )
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"cannot read {path}: {error}") from None
    return np.asarray(samples, dtype=np.float32)


def decode_with_ffmpeg(path: Path) -> tuple[NDArray[np.float32], int]:
    """Decode the first audio stream, its channels averaged."""
    try:
        import av
    except ModuleNotFoundError:
        raise RuntimeError(
            f"{path.suffix} files need PyAV: pip install 'axiomatic-cqm[codecs]', or convert them to flac first"
        ) from None
    try:
        with av.open(str(path), format="g722" if path.suffix.lower() == ".g722" else None) as container:
            stream = container.streams.audio[0]
            rate = int(stream.rate or 0)
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
            frames = [resampled for frame in container.decode(stream) for resampled in resampler.resample(frame)]
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise AudioError(f"cannot read {path}: {error or 'no audio in it'}") from None
    if not frames:
        raise AudioError(f"{path} has no samples")
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), rate
