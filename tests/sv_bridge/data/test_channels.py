from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import fftconvolve

from sv_bridge.data.channels import Channel, crossed, crossing_channel
from sv_bridge.data.filters import fir, frequencies
from sv_bridge.data.randomness import generator

RATE = 16_000
FLAT = np.zeros(len(frequencies()))


def voice(frames=2 * RATE, seed=0):
    return np.random.default_rng(seed).standard_normal(frames, dtype=np.float32) / 8


def spectrum(samples):
    """Decibels of third octaves from 100 Hz to 7 kHz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    edges = 100 * 2 ** (np.arange(19) / 3)
    return np.array([10 * np.log10(power[(hertz >= a) & (hertz < b)].mean()) for a, b in pairwise(edges)])


def test_a_channel_is_its_response_plus_noise_at_its_level():
    rng = np.random.default_rng(1)
    response = rng.standard_normal(300).astype(np.float32)
    samples = voice()
    clean = Channel(response, fir(FLAT), snr_db=300.0)(samples, generator(0))
    linear = fftconvolve(samples.astype(float), response)[: len(samples)]
    linear *= np.linalg.norm(samples) / np.linalg.norm(linear)
    np.testing.assert_allclose(clean, linear, atol=1e-5)  # float32
    noisy = Channel(response, fir(FLAT), snr_db=20.0)(samples, generator(0))
    share = np.dot(noisy, clean) / np.dot(clean, clean)  # the sum is brought to the level of the samples
    heard = share * clean
    ratio_db = 20 * np.log10(np.linalg.norm(heard) / np.linalg.norm(noisy - heard))
    assert ratio_db == pytest.approx(20, abs=0.3)  # voice and noise are not quite orthogonal: 1/√frames


def test_crossing_depends_on_seed_and_utterance_alone_and_keeps_length_and_level():
    samples = voice(12_345)
    heard = crossed(samples, "a", seed=1)
    assert heard.dtype == np.float32
    assert heard.shape == samples.shape
    assert np.linalg.norm(heard) == pytest.approx(np.linalg.norm(samples), rel=1e-4)
    np.testing.assert_array_equal(heard, crossed(samples, "a", seed=1))
    for other in (crossed(samples, "b", seed=1), crossed(samples, "a", seed=2)):
        assert np.abs(spectrum(heard) - spectrum(other)).max() > 3
    assert not crossed(np.zeros(8_000, dtype=np.float32), "a", seed=1).any()


def test_no_two_utterances_share_a_channel():
    samples = voice()
    spectra = np.stack([spectrum(crossed(samples, str(i), seed=0)) for i in range(40)])
    apart = np.abs(spectra[:, None] - spectra[None]).max(axis=2)
    # channels differ by several dB in some third octave, whatever pair is taken; two of one would be within 1
    assert apart[~np.eye(40, dtype=bool)].min() > 3
    again = np.stack([spectrum(crossed(voice(seed=1), str(i), seed=0)) for i in range(3)])
    assert np.abs(again - spectra[:3]).max() < 2


def test_channels_are_drawn_as_described():
    channels = [crossing_channel(generator(0, i)) for i in range(200)]
    ratios = [channel.snr_db for channel in channels]
    assert 15 <= min(ratios) < 17
    assert 28 < max(ratios) <= 30
    assert np.mean([channel.companded for channel in channels]) == pytest.approx(0.25, abs=0.155)  # five deviations
    above = np.array([np.abs(np.fft.rfft(channel.response, 8_192))[2_048:].mean() for channel in channels])  # 4 kHz
    below = np.array([np.abs(np.fft.rfft(channel.response, 8_192))[500:1_600].mean() for channel in channels])
    assert np.mean(above / below < 0.1) == pytest.approx(0.25, abs=0.155)
    assert all(len(channel.response) / RATE < 0.35 for channel in channels)
