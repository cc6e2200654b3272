from itertools import combinations

import numpy as np
import pytest
import torch

from sv_bridge.data.audio import read_audio
from sv_bridge.data.filters import band_decibels, fir, frequencies
from sv_bridge.data.manifest import read_corpus
from sv_bridge.data.randomness import generator
from sv_bridge.data.synthetic import SyntheticRecipe, make_synthetic_corpus, random_channel
from sv_bridge.data.voices import HOP, glottal_source, overlap_add, random_voice, short_time_spectra, speak, tract
from sv_bridge.models.features import FeatureConfig, LogMel
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.trials import generate_trials

RATE = 16_000
SMALL = SyntheticRecipe(2, 1, 2, sessions=2, utterances=2, seconds=(0.6, 0.9), channels=3)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """12 test speakers with 3 sessions of 2 utterances."""
    recipe = SyntheticRecipe(0, 0, 12, sessions=3, utterances=2, seconds=(3.0, 3.0), channels=8)
    return make_synthetic_corpus(tmp_path_factory.mktemp("synthetic"), recipe)


def mean_log_mel(samples):
    return LogMel(FeatureConfig(normalise="none"))(torch.from_numpy(samples)[None])[0].mean(dim=1).numpy()


def test_the_seed_decides_every_bit_whatever_the_threads(tmp_path):
    one = make_synthetic_corpus(tmp_path / "1", SMALL, jobs=1)
    two = make_synthetic_corpus(tmp_path / "2", SMALL, jobs=3)
    assert one.utterances == two.utterances == read_corpus(tmp_path / "1").utterances
    assert all(one.path(u).read_bytes() == two.path(u).read_bytes() for u in one)
    other = make_synthetic_corpus(tmp_path / "3", SyntheticRecipe(2, 1, 2, 2, 2, (0.6, 0.9), 3, seed=1))
    assert one.path(one[0]).read_bytes() != other.path(other[0]).read_bytes()


def test_speakers_have_one_split_and_channels_are_shared(tmp_path):
    corpus = make_synthetic_corpus(tmp_path, SMALL)
    assert [len(corpus.split(name).speakers) for name in ("train", "dev", "test")] == [2, 1, 2]
    channels = {u.speaker: set() for u in corpus}
    for utterance in corpus:
        assert len(read_audio(corpus.path(utterance))) == round(utterance.duration_s * RATE)
        channels[utterance.speaker].add(utterance.session.rpartition("-")[2])
    assert all(len(own) == 2 for own in channels.values())  # one a session
    assert any(a & b for a, b in combinations(channels.values(), 2))  # two of three channels each: some are shared


def test_verification_by_mean_spectra_is_neither_trivial_nor_hopeless(corpus):
    vectors = np.stack([mean_log_mel(read_audio(corpus.path(u))) for u in corpus])
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    trials = generate_trials(corpus, across_sessions=True)
    enrol, test = trials.rows([u.id for u in corpus])
    scores = np.sum(vectors[enrol] * vectors[test], axis=1)
    assert 0.2 < equal_error_rate(scores[trials.labels], scores[~trials.labels]) < 0.45


def test_pitch_is_the_speakers(corpus):
    rng = generator(0, "pitch")
    voice = random_voice(rng)
    steady = glottal_source(voice, np.full(200, 125.0), np.ones(200, dtype=np.float32), rng)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(steady, 2 * len(steady))) ** 2)
    period = 64 + correlation[64 : RATE // 60].argmax()  # looked for below 250 Hz
    assert RATE / period == pytest.approx(125, rel=0.02)


def test_the_tract_resonates_at_its_formants():
    voice = random_voice(generator(1))
    formants = np.array([[500.0, 1_500.0, 2_500.0], [300.0, 2_300.0, 3_000.0]])
    gain = np.abs(tract(voice, formants))
    assert gain[:, 0] == pytest.approx(1)
    step = RATE / 2 / (gain.shape[1] - 1)
    for row, wanted in zip(gain, formants, strict=True):
        peaks = (np.flatnonzero((row[1:-1] > row[:-2]) & (row[1:-1] > row[2:])) + 1) * step
        for formant in wanted:
            assert np.abs(peaks - formant).min() < 40  # bins are 17 Hz wide, and neighbours' slopes move peaks a little


def test_short_time_spectra_add_up_to_the_signal():
    samples = generator(2).standard_normal(20 * HOP, dtype=np.float32)
    rebuilt = overlap_add(short_time_spectra(samples))
    # the first and last half windows fade
    np.testing.assert_allclose(rebuilt[HOP:-HOP], samples[HOP:-HOP], atol=1e-5)


def test_speech_has_the_asked_length_and_level():
    for samples in (8_000, 12_345):
        speech = speak(random_voice(generator(3)), samples, generator(4))
        assert speech.shape == (samples,)
        assert np.sqrt(np.mean(speech.astype(float) ** 2)) == pytest.approx(0.05, rel=1e-5)
        assert np.abs(speech).max() < 1


def test_channels_have_their_noise_level():
    channel = random_channel(generator(5))
    click = np.zeros(64_000, dtype=np.float32)
    click[48_000] = 1.0
    recorded = channel(click, generator(6)).astype(float)
    assert np.mean(recorded**2) == pytest.approx(np.mean(click**2), rel=1e-4)
    noise = np.mean(recorded[500:47_000] ** 2)
    # estimated from a piece of coloured noise, and the noise is part of the level
    assert -10 * np.log10(noise / np.mean(click**2)) == pytest.approx(channel.snr_db, abs=1)


def test_filters_have_their_decibels():
    decibels = band_decibels(200, 4_000)
    assert decibels[np.searchsorted(frequencies(), 1_000)] == 0
    gain = 20 * np.log10(np.abs(np.fft.rfft(fir(decibels))))
    middle = (frequencies() > 500) & (frequencies() < 6_000)
    np.testing.assert_allclose(gain[middle], decibels[middle], atol=1)  # the window of the taps smooths the corner


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sessions": 5, "channels": 4}, "5 sessions of a speaker need as many channels, got 4"),
        ({"test_speakers": -1}, "numbers of speakers >= 0"),
        ({"seconds": (2.0, 1.0)}, "shortest <= longest"),
    ],
)
def test_impossible_recipes_are_errors(options, message):
    with pytest.raises(ValueError, match=message):
        SyntheticRecipe(**options)
