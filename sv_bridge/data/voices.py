"""Synthetic voices by the source–filter model: a glottal source with its noise, through a vocal tract that moves.

A `Voice` is a person: everything that stays when the words change. `speak` draws random syllables and says them in that
voice. Targets are set every `HOP` samples and smoothed (coarticulation); the tract filters the source as a
product of short-time spectra, all frames at once.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from sv_bridge.data.audio import SAMPLE_RATE_HZ

__all__ = ["Voice", "random_voice", "speak"]

HOP = 160  # 10 ms
FFT = 960  # a window of two hops and 40 ms for the resonances to ring
CYCLE = 4_096  # points of one glottal cycle
FRAMES_PER_S = SAMPLE_RATE_HZ / HOP


class Phone(NamedTuple):
    """Targets of a stretch of sound, for a vocal tract of average length."""

    formants_hz: tuple[float, float, float]
    voicing: float
    seconds: float
    frication: float = 0.0
    frication_hz: float = 4_000.0


def plosive(formants_hz: tuple[float, float, float], burst: float, burst_hz: float) -> tuple[Phone, ...]:
    """Closure, then a burst."""
    return Phone(formants_hz, 0.0, 0.05), Phone(formants_hz, 0.0, 0.02, burst, burst_hz)


# Formants of English vowels near the averages of Peterson & Barney (JASA 1952), men and women pooled.
VOWELS = (
    (Phone((290, 2550, 3150), 1.0, 0.12),),
    (Phone((410, 2230, 2760), 1.0, 0.10),),
    (Phone((570, 2080, 2720), 1.0, 0.11),),
    (Phone((760, 1890, 2630), 1.0, 0.14),),
    (Phone((790, 1150, 2640), 1.0, 0.14),),
    (Phone((580, 880, 2560), 1.0, 0.13),),
    (Phone((455, 1090, 2450), 1.0, 0.10),),
    (Phone((335, 910, 2450), 1.0, 0.12),),
    (Phone((700, 1290, 2580), 1.0, 0.10),),
    (Phone((495, 1500, 1820), 1.0, 0.13),),
)
CONSONANTS = (
    (Phone((320, 1700, 2600), 0.0, 0.10, 0.5, 6_200),),  # s
    (Phone((320, 1800, 2500), 0.0, 0.10, 0.5, 3_300),),  # sh
    (Phone((340, 1100, 2300), 0.0, 0.09, 0.1, 6_800),),  # f
    (Phone((320, 1700, 2600), 0.3, 0.07, 0.2, 6_000),),  # z
    (Phone((340, 1100, 2300), 0.4, 0.06, 0.05, 6_500),),  # v
    (Phone((250, 1050, 2200), 0.3, 0.07),),  # m
    (Phone((250, 1500, 2500), 0.3, 0.06),),  # n
    (Phone((360, 1300, 2700), 0.5, 0.06),),  # l
    (Phone((330, 1250, 1650), 0.5, 0.06),),  # r
    (Phone((280, 2250, 3000), 0.6, 0.06),),  # y
    (Phone((300, 700, 2300), 0.5, 0.06),),  # w
    (Phone((300, 900, 2200), 0.08, 0.06),),  # b
    (Phone((300, 1700, 2600), 0.08, 0.05),),  # d
    (Phone((300, 2000, 2300), 0.08, 0.06),),  # g
    plosive((300, 900, 2200), 0.3, 1_200),  # p
    plosive((300, 1700, 2600), 0.5, 4_200),  # t
    plosive((300, 2000, 2300), 0.5, 2_200),  # k
)
PAUSE = Phone((500, 1500, 2500), 0.0, 0.15)


@dataclass(frozen=True)
class Voice:
    """One person.

    Attributes
    ----------
    f0_hz : median pitch.
    f0_range : standard deviation of the pitch contour, in octaves.
    tract : length of the vocal tract relative to the average: formants divide by it.
    habits : (vowels + consonants, 3) factors on the formants of each sound: an accent.
    upper_formants_hz : fourth and fifth formant, which hardly move while speaking.
    bandwidth : factor on the formants' bandwidths.
    open_quotient : part of a glottal cycle during which the glottis is open.
    tilt : pole of the low-pass that softens the source, 0 (pressed) to 1.
    breathiness : level of the aspiration noise relative to the voice.
    jitter, shimmer : cycle-to-cycle deviation of period and of amplitude, relative.
    rate : speaking rate; lengths divide by it.
    """

    f0_hz: float
    f0_range: float
    tract: float
    habits: NDArray[np.float64]
    upper_formants_hz: tuple[float, float]
    bandwidth: float
    open_quotient: float
    tilt: float
    breathiness: float
    jitter: float
    shimmer: float
    rate: float


def random_voice(rng: np.random.Generator) -> Voice:
    """Draw a person. Pitch and tract length go together, loosely, as they do in people."""
    build = rng.choice([-1.0, 1.0])  # roughly: a high voice or a low one
    upper = np.array([3_500.0, 4_500.0]) * rng.normal(1, 0.05, 2)
    tract = np.clip(1 + 0.06 * build + 0.06 * rng.standard_normal(), 0.8, 1.25)
    return Voice(
        f0_hz=float(155 * 2 ** (-0.35 * build + 0.22 * rng.standard_normal())),
        f0_range=rng.uniform(0.06, 0.22),
        tract=float(tract),
        habits=1 + 0.06 * rng.standard_normal((len(VOWELS) + len(CONSONANTS), 3)),
        upper_formants_hz=(float(upper[0] / tract), float(upper[1] / tract)),
        bandwidth=rng.uniform(0.7, 1.6),
        open_quotient=rng.uniform(0.4, 0.75),
        tilt=rng.uniform(0.0, 0.6),
        breathiness=float(10 ** rng.uniform(-2.0, -0.7)),
        jitter=rng.uniform(0.002, 0.02),
        shimmer=rng.uniform(0.01, 0.1),
        rate=float(np.exp(0.15 * rng.standard_normal())),
    )


def speak(voice: Voice, samples: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Say random syllables; (samples,) with root mean square 0.05."""
    frames = -(-samples // HOP)
    targets = syllables(voice, frames, rng)
    # articulators are slow, and start moving before the sound they are for
    tracks = gaussian_filter1d(targets, sigma=0.016 * FRAMES_PER_S, axis=0)
    pitch = voice.f0_hz * 2 ** (voice.f0_range * intonation(frames, rng))
    source = glottal_source(voice, pitch, tracks[:, VOICING], rng)
    spectra = short_time_spectra(source) * tract(voice, tracks[:, FORMANTS]).astype(np.complex64)
    spectra *= 1 / np.sqrt(np.mean(np.abs(spectra) ** 2))
    # frication is made at the teeth: what lies behind hardly shapes it
    hissing = np.flatnonzero(tracks[:, FRICATION] > 1e-3)
    noise = short_time_spectra(rng.standard_normal(len(source), dtype=np.float32))[hissing]
    spectra[hissing] += noise * frication(voice, tracks[hissing, FRICATION], targets[hissing, FRICATION_HZ])
    speech = overlap_add(spectra)[:samples]
    return 0.05 * speech / np.sqrt(np.mean(speech**2))


# columns of the targets
FORMANTS, VOICING, FRICATION, FRICATION_HZ = slice(0, 3), 3, 4, 5


def syllables(voice: Voice, frames: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw words and pauses; (frames, 6) targets: three formants, voicing, frication and its frequency."""
    rows: list[tuple[float, ...]] = []
    lengths: list[int] = []

    def say(phone: Phone, habit: int, seconds: float) -> None:
        formants = np.array(phone.formants_hz) * voice.habits[habit] / voice.tract
        rows.append((*formants, phone.voicing, phone.frication, phone.frication_hz))
        lengths.append(max(1, round(seconds * rng.uniform(0.7, 1.4) / voice.rate * FRAMES_PER_S)))

    while sum(lengths) < frames:
        for _ in range(rng.integers(1, 5)):
            if rng.random() < 0.85:
                onset = int(rng.integers(len(CONSONANTS)))
                for phone in CONSONANTS[onset]:
                    say(phone, len(VOWELS) + onset, phone.seconds)
            vowel = int(rng.integers(len(VOWELS)))
            stressed = rng.random() < 0.3
            say(VOWELS[vowel][0], vowel, VOWELS[vowel][0].seconds * (1.5 if stressed else 1.0))
            if rng.random() < 0.25:
                coda = int(rng.integers(len(CONSONANTS)))
                for phone in CONSONANTS[coda]:
                    say(phone, len(VOWELS) + coda, phone.seconds)
        if rng.random() < 0.35:
            say(PAUSE, 0, rng.uniform(0.08, 0.3))
    return np.repeat(np.array(rows, dtype=np.float32), lengths, axis=0)[:frames]


def intonation(frames: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(frames,) pitch in standard deviations: a slow wander that falls over the sentence."""
    wander = gaussian_filter1d(rng.standard_normal(frames + 100), sigma=0.12 * FRAMES_PER_S)[50:][:frames]
    return wander / wander.std() + np.linspace(0.8, -0.8, frames)


def glottal_source(
    voice: Voice, pitch: NDArray[np.float64], voicing: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Derivative of the glottal flow (Rosenberg, JASA 1971, pulse B), and breath while the glottis is open."""
    frames = np.arange(len(pitch))
    at = np.arange(len(pitch) * HOP) / HOP
    jittered = pitch * (1 + voice.jitter * rng.standard_normal(len(pitch)))
    phase = np.cumsum(np.interp(at, frames, jittered)) / SAMPLE_RATE_HZ
    cycle = phase.astype(np.int64)
    place = ((phase - cycle) * CYCLE).astype(np.int64)
    x = np.arange(CYCLE) / CYCLE / voice.open_quotient
    rise = 0.67  # of the open phase
    fall = -rise / (1 - rise) * np.sin(np.pi / 2 * (x - rise) / (1 - rise))
    flow = np.where(x < rise, np.sin(np.pi * x / rise), np.where(x < 1, fall, 0.0))
    pulses = flow[place] * (1 + voice.shimmer * rng.standard_normal(cycle[-1] + 1))[cycle]
    softened = lfilter([1 - voice.tilt], [1, -voice.tilt], pulses)
    aspiration = voice.breathiness * np.where(x < 1, 1.0, 0.3)[place] * rng.standard_normal(len(place))
    return ((softened + aspiration) * np.interp(at, frames, voicing)).astype(np.float32)


def resonator(frequency_hz: NDArray[np.floating], bandwidth_hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """(frames, 3) coefficients of 1 − 2r cos(θ) z⁻¹ + r² z⁻², whose inverse resonates at the frequency."""
    radius = np.exp(-np.pi * bandwidth_hz / SAMPLE_RATE_HZ)
    angle = 2 * np.pi * frequency_hz / SAMPLE_RATE_HZ
    return np.stack([np.ones(len(radius)), -2 * radius * np.cos(angle), radius**2], axis=1)


def tract(voice: Voice, formants_hz: NDArray[np.floating]) -> NDArray[np.complex128]:
    """(frames, FFT / 2 + 1) response of the vocal tract: five resonances in a row, gain 1 at frequency 0."""
    upper_hz = np.broadcast_to(voice.upper_formants_hz, (len(formants_hz), 2))
    poles = np.ones((len(formants_hz), 1))
    for frequency_hz in np.concatenate([formants_hz, upper_hz], axis=1).T:
        # narrow at the bottom, wide at the top
        factor = resonator(frequency_hz, voice.bandwidth * (50 + 3 * (frequency_hz / 500) ** 2))
        product = np.zeros((len(poles), poles.shape[1] + 2))
        for k in range(3):
            product[:, k : k + poles.shape[1]] += factor[:, k, None] * poles
        poles = product
    return poles.sum(axis=1, keepdims=True) / fft.rfft(poles, FFT, axis=1)


def frication(voice: Voice, level: NDArray[np.floating], frequency_hz: NDArray[np.floating]) -> NDArray[np.complex128]:
    """(frames, FFT / 2 + 1) response that makes a fricative or a burst of white noise."""
    centre_hz = np.clip(frequency_hz / np.sqrt(voice.tract), 500, 7_600)
    poles = fft.rfft(resonator(centre_hz, 0.3 * centre_hz), FFT, axis=1)
    no_bass = fft.rfft([1.0, -1.0], FFT)
    return level[:, None] * np.abs(poles).min(axis=1, keepdims=True) * no_bass / poles


def short_time_spectra(samples: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Spectra (frames, FFT / 2 + 1) of windowed pieces of (frames · HOP,) samples, padded to FFT."""
    padded = np.pad(samples, HOP // 2)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, 2 * HOP)[::HOP]
    window = np.sin(np.pi * np.arange(2 * HOP) / (2 * HOP)).astype(np.float32) ** 2  # shifted by HOP it sums to 1
    spectra: NDArray[np.complex64] = fft.rfft(pieces * window, FFT, axis=1)
    return spectra


def overlap_add(spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    """(frames · HOP,) samples whose pieces have these spectra."""
    frames, blocks = len(spectra), FFT // HOP
    pieces = fft.irfft(spectra, FFT, axis=1).reshape(frames, blocks, HOP)
    out = np.zeros((frames + blocks, HOP), dtype=np.float32)
    for k in range(blocks):
        out[k : k + frames] += pieces[:, k]
    return out.ravel()[HOP // 2 :][: frames * HOP]
