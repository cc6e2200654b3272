"""Whole files in formats beyond libsndfile's: m4a, aac, G.722 … by FFmpeg's libraries (in PyAV), and bare GSM."""

from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from sv_bridge.data.audio import SAMPLE_RATE_HZ, SUFFIXES, AudioError, AudioFile

__all__ = ["ALL_SUFFIXES", "decode"]

BARE_GSM = ".gsm"
FFMPEG = (".m4a", ".aac", ".mp4", ".wma", ".amr", ".g722")
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
    if suffix in SUFFIXES:
        with AudioFile(path, sample_rate_hz=sample_rate_hz) as file:
            return file.read(), file.native_rate_hz
    if suffix == BARE_GSM:
        samples, rate = decode_gsm(path), 8_000
    elif suffix in FFMPEG:
        samples, rate = decode_with_ffmpeg(path)
    else:
        raise AudioError(f"{path}: unknown format; known are {', '.join(ALL_SUFFIXES)}")
    if rate != sample_rate_hz:
        samples = soxr.resample(samples, rate, sample_rate_hz)
    return samples, rate


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
