"""Room impulse responses of shoebox rooms by the image-source model (Allen & Berkley, JASA 1979)."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["SPEED_OF_SOUND", "random_room", "room_impulse_response"]

SPEED_OF_SOUND = 343.0  # m/s, in air at 20 °C


def room_impulse_response(
    size: NDArray[np.floating],
    source: NDArray[np.floating],
    microphone: NDArray[np.floating],
    *,
    reverberation_s: float,
    seconds: float,
    sample_rate_hz: int = 16_000,
) -> NDArray[np.float32]:
    """Impulse response between two points of a room with equally reflecting walls.

    Each wall mirrors the source; the mirrored sources, mirrored again and again, fill space with *images*. An image at
    distance r that went through q walls adds β^q / (4πr) at time r/c. The reflection coefficient β follows from the
    reverberation time by Eyring's formula, T₆₀ = 0.161 V / (−S ln β²).

    Parameters
    ----------
    size : (3,) edges of the room in metres; one corner is the origin.
    source, microphone : (3,) positions inside.
    reverberation_s : time T₆₀ in which sound decays by 60 dB.
    seconds : length of the response; images farther away are left out.
    sample_rate_hz : its rate.

    Returns
    -------
    (frames,) float32 response. Delays are split linearly between neighbouring samples.
    """
    size, source, microphone = (np.asarray(v, dtype=np.float64) for v in (size, source, microphone))
    if size.shape != (3,) or not all((p > 0).all() and (p < size).all() for p in (source, microphone)):
        raise ValueError(f"source {source} and microphone {microphone} must lie inside the room {size}")
    volume = size.prod()
    surface = 2 * volume * (1 / size).sum()
    reflection = np.exp(-0.161 * volume / (2 * surface * reverberation_s))
    reach = SPEED_OF_SOUND * seconds
    offsets, walls = zip(*(images(*axis, reach) for axis in zip(size, source, microphone, strict=True)), strict=True)
    x, y, z = np.ix_(*(offset**2 for offset in offsets))
    distance = np.sqrt(x + y + z)  # (images along x, along y, along z)
    near = distance < reach
    p, q, r = np.ix_(*walls)
    distance, bounces = distance[near], (p + q + r)[near]
    gain = reflection**bounces / (4 * np.pi * distance)
    frames = round(seconds * sample_rate_hz)
    delay = distance / SPEED_OF_SOUND * sample_rate_hz
    whole = delay.astype(np.int64)
    late = delay - whole
    response = np.bincount(whole, gain * (1 - late), frames + 1)
    response[1:] += np.bincount(whole, gain * late, frames + 1)[:-1]
    return response[:frames].astype(np.float32)


def images(
    size: float, source: float, microphone: float, reach: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """List the images along one axis: offset to the microphone and number of walls passed."""
    n = np.arange(-int(reach / (2 * size)) - 1, int(reach / (2 * size)) + 2)
    offset = np.concatenate([2 * n * size + source, 2 * n * size - source]) - microphone
    walls = np.concatenate([np.abs(2 * n), np.abs(2 * n - 1)])
    near = np.abs(offset) < reach
    return offset[near], walls[near]


def random_room(
    rng: np.random.Generator,
    *,
    seconds: float = 0.25,
    reverberation_s: tuple[float, float] = (0.15, 0.7),
    sample_rate_hz: int = 16_000,
) -> NDArray[np.float32]:
    """Draw the response of a room from a closet to a hall, from the direct sound on, with energy 1.

    Edges are uniform in 2.5–8 m (height 2.3–3.5 m), the reverberation time in `reverberation_s`; source and microphone
    are anywhere 0.3 m from the walls.
    """
    size = rng.uniform([2.5, 2.5, 2.3], [8.0, 8.0, 3.5])
    source, microphone = rng.uniform(0.3, size - 0.3, size=(2, 3))
    delay_s = float(np.linalg.norm(source - microphone)) / SPEED_OF_SOUND
    response = room_impulse_response(
        size,
        source,
        microphone,
        reverberation_s=rng.uniform(*reverberation_s),
        seconds=seconds + delay_s,
        sample_rate_hz=sample_rate_hz,
    )
    direct = response[int(delay_s * sample_rate_hz) :][: round(seconds * sample_rate_hz)]
    return direct / np.sqrt(np.sum(direct.astype(np.float64) ** 2)).astype(np.float32)
