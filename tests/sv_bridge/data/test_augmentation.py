import logging

import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import fftconvolve

from sv_bridge.data.augmentation import AddNoise, Chain, Filter, MuLaw, Sometimes, make_augmentation
from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.data.manifest import Utterance
from sv_bridge.data.noises import NoiseFiles, Tracks, babble, coloured_noise
from sv_bridge.data.randomness import generator
from sv_bridge.data.responses import ResponseBank, ResponseFiles, equalisers

RATE = 16_000
SOMEBODY = Utterance("x", "x.wav", "x", duration_s=1.0)


def voice(frames=8_000, seed=0):
    return np.random.default_rng(seed).standard_normal(frames, dtype=np.float32) / 8


def decibels(signal, noise):
    return 10 * np.log10(np.sum(signal.astype(float) ** 2) / np.sum(noise.astype(float) ** 2))


def fill(folder, files, rate=RATE):
    folder.mkdir(parents=True)
    for i in range(files):
        soundfile.write(folder / f"{i}.wav", voice(rate // 2, seed=i), rate, subtype="FLOAT")
    return folder


@pytest.fixture
def people(write_corpus):
    return write_corpus({f"{who}-{i}": 0.5 for who in "abcd" for i in range(3)})


def test_noise_lies_in_its_range_of_ratios():
    noise = AddNoise([(coloured_noise(tracks=3, seconds=1.0), (5.0, 15.0))])
    ratios = [decibels(voice(), noise(voice(), generator(i), SOMEBODY) - voice()) for i in range(200)]
    # the sum is rounded to float32: 24 bits, with the noise at least 15 dB below the voice
    assert min(ratios) > 5 - 1e-3
    assert max(ratios) < 15 + 1e-3
    assert np.ptp(ratios) > 9


def test_each_kind_of_noise_comes_equally_often():
    ones, twos = (Tracks(np.full((1, 9_000), value, dtype=np.float32)) for value in (1.0, -1.0))
    noise = AddNoise([(ones, (0.0, 0.0)), (twos, (0.0, 0.0))])
    signs = [np.sign((noise(voice(), generator(i), SOMEBODY) - voice()).mean()) for i in range(1_000)]
    assert abs(np.mean(signs)) < 0.16  # five deviations of 1/√1000


def test_silence_stays_finite():
    silent, nothing = np.zeros(8_000, dtype=np.float32), Tracks(np.zeros((1, 9_000), dtype=np.float32))
    chain = Chain(AddNoise([(nothing, (0.0, 0.0))]), Filter(equalisers(count=2)), MuLaw())
    assert not chain(silent, generator(0), SOMEBODY).any()
    assert np.isfinite(chain(voice(), generator(0), SOMEBODY)).all()


def test_babble_never_holds_the_utterance_itself():
    tracks = Tracks(np.array([[1.0], [2.0]], dtype=np.float32).repeat(10, axis=1), [frozenset("x"), frozenset("y")])
    assert all(tracks.draw(5, generator(i), SOMEBODY)[0] == 2 for i in range(50))
    assert not Tracks(tracks.tracks[:1], [frozenset("x")]).draw(5, generator(0), SOMEBODY).any()


def test_babble_is_made_of_the_corpus_and_the_seed(people):
    one, again, other = (babble(people, tracks=4, seconds=0.6, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.tracks, again.tracks)
    assert not np.array_equal(one.tracks, other.tracks)
    assert all(members <= set(people.positions) and members for members in one.utterances)
    assert one.tracks.any(axis=1).all()


def test_unreadable_utterances_are_left_out_of_the_babble(people, caplog):
    for utterance in people.utterances[:6]:
        people.path(utterance).write_text("not audio")
    with caplog.at_level(logging.WARNING):
        assert np.isfinite(babble(people, tracks=4, seconds=0.6).tracks).all()
    assert "left out of the babble" in caplog.text


def test_filtering_is_circular_convolution_at_the_same_level():
    rng = np.random.default_rng(1)
    rooms, lines = ([rng.standard_normal(n).astype(np.float32)] for n in (400, 100))
    got = Filter(ResponseBank(rooms), ResponseBank(lines))(voice(), generator(0), SOMEBODY)
    linear = fftconvolve(fftconvolve(voice().astype(float), rooms[0]), lines[0])
    expected = linear[:8_000] + np.pad(linear[8_000:], (0, 16_000 - len(linear)))
    expected *= np.sqrt(np.sum(voice().astype(float) ** 2) / np.sum(expected**2))
    np.testing.assert_allclose(got, expected, atol=2e-6)  # float32 transforms
    assert got.dtype == np.float32


def test_companding_has_256_levels_and_keeps_quiet_parts():
    quiet = voice() * np.linspace(0.01, 1, 8_000, dtype=np.float32)
    companded = MuLaw()(quiet, generator(0), SOMEBODY)
    assert len(np.unique(companded)) <= 256
    # µ-law keeps about 38 dB at any level; a linear 8-bit code would lose the first tenth of this ramp
    assert decibels(quiet, companded - quiet) > 33
    assert decibels(quiet[:800], (companded - quiet)[:800]) > 25


def test_the_share_asked_for_is_augmented(people):
    def halve(waveform, rng, utterance):
        return waveform / 2

    clean = voice()
    views = [Sometimes(halve, 0.3)(clean, generator(i), SOMEBODY) for i in range(1_000)]
    assert np.mean([view is clean for view in views]) == pytest.approx(0.7, abs=0.07)  # five deviations
    augmentation = make_augmentation("channel", people, probability=0.5)
    untouched = [augmentation(clean, generator(i), SOMEBODY) is clean for i in range(100)]
    assert 25 < sum(untouched) < 75
    assert make_augmentation("channel", people, probability=0) is None


def test_noise_files_are_mixed_and_wrapped(tmp_path):
    source = NoiseFiles(fill(tmp_path / "speech", 5, rate=8_000), voices=(3, 3))
    noise = source.draw(20_000, generator(0), SOMEBODY)  # files of half a second: repeated
    np.testing.assert_array_equal(noise[:4_000], noise[8_000:12_000])
    # three independent noises of power 1
    assert np.mean(noise**2) == pytest.approx(3, rel=0.2)


def test_corrupt_noise_files_are_logged_and_left_out(tmp_path, caplog):
    folder = fill(tmp_path / "noise", 1)
    (folder / "0.wav").write_text("not audio")
    with caplog.at_level(logging.WARNING):
        assert not NoiseFiles(folder).draw(100, generator(0), SOMEBODY).any()
    assert "left out of the noise" in caplog.text


def test_recorded_rooms_start_at_the_direct_sound(tmp_path):
    response = np.zeros(2_000)
    response[[300, 500]] = 0.8, 0.4
    soundfile.write(tmp_path / "room.wav", response, RATE)
    bank = ResponseFiles(tmp_path, seconds=0.1)
    impulse = np.fft.irfft(bank.spectrum(0, 1_024), 1_024)
    assert impulse[[0, 200]] == pytest.approx([0.8, 0.4], abs=1e-4)  # 16-bit file


@pytest.mark.parametrize("name", ["default", "channel"])
def test_views_differ_and_repeat(people, name):
    plain = ContrastiveDataset(people, view_seconds=(0.25, 0.25))
    items = ContrastiveDataset(people, view_seconds=(0.25, 0.25), augmentation=make_augmentation(name, people))
    again = ContrastiveDataset(people, view_seconds=(0.25, 0.25), augmentation=make_augmentation(name, people))
    for i in range(3):
        for ours, repeated, bare in zip(items[i].views, again[i].views, plain[i].views, strict=True):
            assert torch.equal(ours, repeated)
            assert not torch.allclose(ours, bare, rtol=0.1)
            assert torch.isfinite(ours).all()


def test_musan_and_recorded_rooms_take_the_place_of_the_built_in_ones(people, tmp_path):
    for kind in ("music", "speech", "noise"):
        fill(tmp_path / "musan" / kind / "part", 3)
    fill(tmp_path / "rirs", 2)
    augmentation = make_augmentation("default", people, musan=tmp_path / "musan", rirs=tmp_path / "rirs")
    noise, room = augmentation.steps
    assert [len(source.paths) for source, _ in noise.kinds] == [3, 3, 3]
    assert [ratios for _, ratios in noise.kinds] == [(5, 15), (13, 20), (0, 15)]
    assert len(room.banks[0]) == 2
    assert np.isfinite(augmentation(voice(), generator(0), SOMEBODY)).all()


def test_names_and_folders_are_checked(people, tmp_path):
    assert make_augmentation("none", people) is None
    with pytest.raises(ValueError, match="unknown augmentation 'musan': choose one of none, default, channel"):
        make_augmentation("musan", people)
    with pytest.raises(FileNotFoundError, match=r"no audio files .* below .*music"):
        make_augmentation("default", people, musan=tmp_path)
