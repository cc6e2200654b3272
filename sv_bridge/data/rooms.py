"""Room impulse responses of shoebox rooms by the image-source model (Allen & Berkley, JASA 1979)."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

__all__ = ["SPEED_OF_SOUND", "random_room", "room_impulse_response"]

SPEED_OF_SOUND = 343.0  # m/s, in air at 20 °C
FINER = 16  # images are placed on a grid of so many times the sample rate
LOWEST_HZ = 80.0  # corner of the high-pass: hard walls only push together below, which no loudspeaker or voice does
FLAT = 0.94  # of the band passes as it is, the rest ever less, so that echoes don't ring


def room_impulse_response(
    size: NDArray[np.floating],
    source: NDArray[np.floating],
    microphone: NDArray[np.floating],
    *,
    reverberation_s: float,
    seconds: float,
    sample_rate_hz: int = 16_000,
) -> NDArray[np.float32]:
    """Impulse response between two points of a room that rings for a given time.

    Each wall mirrors the source; the mirrored sources, mirrored again and again, fill space with *images*. An image at
    distance r adds 10^(−3 r / (c·T₆₀)) / (4πr) at time r/c: sound loses its energy along its path at the rate of a
    diffuse field, and so falls by 60 dB in T₆₀. (Losing it at the walls instead, β^q after q of them with β by
    Sabine's or Eyring's formula, rings up to 1.6 times as long as asked for: a shoebox is not diffuse, and sound
    between two walls far apart meets few of them.)

    Parameters
    ----------
    size : (3,) edges of the room in metres; one corner is the origin.
    source, microphone : (3,) positions inside.
    reverberation_s : time T₆₀ in which sound decays by 60 dB.
    seconds : length of the response; images farther away are left out.
    sample_rate_hz : its rate.

    Returns
    -------
    (frames,) float32 response, above 80 Hz. Delays are exact to 1/32 sample, the spectrum is flat to 7.5 of 8 kHz.

    Examples
    --------
    >>> room = np.array([4.0, 5.0, 3.0])
    >>> room_impulse_response(room, room / 2, room / 3, reverberation_s=0.3, seconds=0.1).shape
    (1600,)
    """
    size, source, microphone = (np.asarray(v, dtype=np.float64) for v in (size, source, microphone))
    if size.shape != (3,) or not all((p > 0).all() and (p < size).all() for p in (source, microphone)):
        raise ValueError(f"source {source} and microphone {microphone} must lie inside the room {size}")
    if not reverberation_s > 0 or not seconds > 0:
        raise ValueError(f"wanted reverberation_s > 0 and seconds > 0, got {reverberation_s} and {seconds}")
    reach = SPEED_OF_SOUND * seconds
    x, y, z = (images(*axis, reach) ** 2 for axis in zip(size, source, microphone, strict=True))
    squared = np.add.outer(x, y).ravel()
    squared = np.add.outer(z, squared[squared < reach**2])
    distance = np.sqrt(squared[squared < reach**2])
    gain = 10 ** (-3 / (SPEED_OF_SOUND * reverberation_s) * distance) / (4 * np.pi * distance)
    frames = round(seconds * sample_rate_hz)
    padded = fft.next_fast_len(frames + 1, real=True)
    delay = np.rint(distance * (sample_rate_hz * FINER / SPEED_OF_SOUND)).astype(np.int64)
    fine = np.bincount(delay, gain, padded * FINER)
    response = FINER * signal.resample(fine, padded, window=low_pass)[:frames]
    high_pass = signal.butter(2, LOWEST_HZ, "high", fs=sample_rate_hz, output="sos")
    return signal.sosfilt(high_pass, response).astype(np.float32)


def low_pass(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain at frequencies in periods a step of the fine grid: half a cosine falls at the end of the response's band."""
    beyond = np.clip((np.abs(frequency) * 2 * FINER - FLAT) / (1 - FLAT), 0, 1)
    return 0.5 + 0.5 * np.cos(np.pi * beyond)


def images(size: float, source: float, microphone: float, reach: float) -> NDArray[np.float64]:
    """Offsets of the images along one axis to the microphone."""
    n = np.arange(-int(reach / (2 * size)) - 1, int(reach / (2 * size)) + 2)
    offset = np.concatenate([2 * n * size + source, 2 * n * size - source]) - microphone
    return offset[np.abs(offset) < reach]


def random_room(
    rng: np.random.Generator,
    *,
    seconds: float = 0.5,
    reverberation_s: tuple[float, float] = (0.15, 0.7),
    sample_rate_hz: int = 16_000,
) -> NDArray[np.float32]:
    """Draw the response of a room from a closet to a hall, from the direct sound on, with energy 1.

    Edges are uniform in 2.5–8 m (height 2.3–3.5 m), the reverberation time in `reverberation_s`; source and microphone
    are anywhere 0.3 m from the walls. What is later than the reverberation time, 60 dB down, is silent.
    """
    size = rng.uniform([2.5, 2.5, 2.3], [8.0, 8.0, 3.5])
    source, microphone = rng.uniform(0.3, size - 0.3, size=(2, 3))
    rings_s = rng.uniform(*reverberation_s)
    delay_s = float(np.linalg.norm(source - microphone)) / SPEED_OF_SOUND
    heard = room_impulse_response(
        size,
        source,
        microphone,
        reverberation_s=rings_s,
        seconds=delay_s + min(seconds, rings_s),
        sample_rate_hz=sample_rate_hz,
    )[int(delay_s * sample_rate_hz) :]
    response = np.zeros(round(seconds * sample_rate_hz), dtype=np.float32)
    response[: len(heard)] = heard[: len(response)]
    return response / np.sqrt(np.sum(response.astype(np.float64) ** 2)).astype(np.float32)
