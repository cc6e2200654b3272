import logging

import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import convolve, fftconvolve

from sv_bridge.data.augmentation import AddNoise, Chain, Filter, MuLaw, make_augmentation
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


def apply(augmentation, waveforms, seeds):
    """Augment (n, frames) waveforms of somebody, each with the draws of its seed."""
    drawn = [augmentation.draw(waveforms.shape[1], generator(seed), SOMEBODY) for seed in seeds]
    stacked = {name: torch.from_numpy(np.stack([each[name] for each in drawn])) for name in drawn[0]}
    return augmentation(torch.from_numpy(waveforms), stacked).numpy()


def voices(count):
    return np.tile(voice(), (count, 1))


def test_noise_lies_in_its_range_of_ratios():
    noise = AddNoise([(coloured_noise(tracks=3, seconds=1.0), (5.0, 15.0))])
    ratios = [decibels(voice(), noisy - voice()) for noisy in apply(noise, voices(200), range(200))]
    # the sum is rounded to float32: 24 bits, with the noise at least 15 dB below the voice
    assert min(ratios) > 5 - 1e-3
    assert max(ratios) < 15 + 1e-3
    assert np.ptp(ratios) > 9


def test_each_kind_of_noise_comes_equally_often():
    ones, twos = (Tracks(np.full((1, 9_000), value, dtype=np.float32)) for value in (1.0, -1.0))
    noise = AddNoise([(ones, (0.0, 0.0)), (twos, (0.0, 0.0))])
    few = voices(1_000)[:, :100]
    signs = np.sign((apply(noise, few, range(1_000)) - few).mean(axis=1))
    assert abs(np.mean(signs)) < 0.16  # five deviations of 1/√1000


def test_silence_stays_finite():
    silent, nothing = np.zeros((1, 8_000), dtype=np.float32), Tracks(np.zeros((1, 9_000), dtype=np.float32))
    chain = Chain(AddNoise([(nothing, (0.0, 0.0))]), Filter(equalisers(count=2)), MuLaw())
    assert not apply(chain, silent, [0]).any()
    assert np.isfinite(apply(chain, voices(1), [0])).all()


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
    rooms, lines = (rng.standard_normal((1, taps)).astype(np.float32) for taps in (400, 100))
    banks = [ResponseBank(torch.from_numpy(responses)) for responses in (rooms, lines)]
    (got,) = apply(Filter(*banks), voices(1), [0])
    linear = fftconvolve(fftconvolve(voice().astype(float), rooms[0]), lines[0])
    expected = linear[:8_000] + np.pad(linear[8_000:], (0, 16_000 - len(linear)))
    expected *= np.sqrt(np.sum(voice().astype(float) ** 2) / np.sum(expected**2))
    np.testing.assert_allclose(got, expected, atol=2e-6)  # float32 transforms
    assert got.dtype == np.float32


def test_companding_has_256_levels_and_keeps_quiet_parts():
    quiet = voice() * np.linspace(0.01, 1, 8_000, dtype=np.float32)
    (companded,) = apply(MuLaw(), quiet[None], [0])
    assert len(np.unique(companded)) <= 256
    # µ-law keeps about 38 dB at any level; a linear 8-bit code would lose the first tenth of this ramp
    assert decibels(quiet, companded - quiet) > 33
    assert decibels(quiet[:800], (companded - quiet)[:800]) > 25


def test_the_share_asked_for_is_companded_and_the_rest_is_not_touched():
    companded = apply(MuLaw(0.25), voices(1_000)[:, :100], range(1_000))
    touched = (companded != voices(1_000)[:, :100]).any(axis=1)
    assert touched.mean() == pytest.approx(0.25, abs=0.07)  # five deviations


@pytest.mark.parametrize("name", ["default", "channel"])
def test_a_batch_is_what_each_crop_gives_by_numpy_and_scipy(people, name):
    augmentation = make_augmentation(name, people, seed=4)
    rooms = augmentation.steps[1].banks[0].responses.numpy().astype(float)
    waveforms = np.stack([voice(4_000, seed=seed) * 0.5**seed for seed in range(12)])
    got = apply(augmentation, waveforms, range(12))
    for seed, waveform in enumerate(waveforms.astype(float)):
        drawn = augmentation.draw(4_000, generator(seed), SOMEBODY)
        noise = drawn["0.noise"].astype(float)
        gain = np.sqrt(np.sum(waveform**2) / np.sum(noise**2)) * 10 ** (-float(drawn["0.ratio_db"]) / 20)
        noisy = waveform + gain * noise
        responses = [rooms[drawn["1.response0"]]]
        if name == "channel":
            responses.append(augmentation.steps[1].banks[1].responses.numpy().astype(float)[drawn["1.response1"]])
        filtered = noisy
        for response in responses:
            cut = response[:4_000]
            filtered = convolve(np.tile(filtered, 3), cut, method="direct")[4_000:8_000]  # circular
        filtered *= np.sqrt(np.sum(noisy**2) / np.sum(filtered**2))
        peak = np.abs(filtered).max()
        if name == "channel" and drawn["2.companded"]:
            x = filtered / peak
            code = np.round(127 * np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256)) / 127
            expected = peak * np.sign(code) * np.expm1(np.abs(code) * np.log(256)) / 255
            # where float32 lies on the other side of a level's edge, the next level is heard
            assert np.mean(np.abs(got[seed] - expected) > 1e-4 * peak) < 1e-3
        else:
            np.testing.assert_allclose(got[seed], filtered, atol=1e-4 * peak)


def test_the_share_asked_for_is_augmented(people):
    augmentation = make_augmentation("channel", people, probability=0.5)
    drawn = [augmentation.draw_for_some(4_000, generator(i), SOMEBODY) for i in range(100)]
    assert 25 < sum(each is None for each in drawn) < 75
    assert make_augmentation("channel", people, probability=0) is None


def test_views_that_are_not_augmented_stay_as_they_are(people):
    plain = batch(ContrastiveDataset(people, view_seconds=(0.25, 0.25), seed=1))
    some = ContrastiveDataset(
        people, view_seconds=(0.25, 0.25), seed=1, augmentation=make_augmentation("channel", people, probability=0.5)
    )
    crops = some.__getitems__(range(len(people)))
    for view, rows, bare in zip(batch(some).views, crops.augmented, plain.views, strict=True):
        changed = (view != bare).any(dim=1).nonzero()[:, 0]
        assert torch.equal(changed, rows)
        assert 0 < len(rows) < len(people)


def batch(items):
    """All of a dataset."""
    return items.playback(torch.device("cpu"))(items.__getitems__(range(len(items))))


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
    drawn = torch.from_numpy(np.stack([bank.draw(generator(0))]))
    (impulse,) = torch.fft.irfft(bank.spectra(drawn, 1_024), 1_024).numpy()
    assert impulse[[0, 200]] == pytest.approx([0.8, 0.4], abs=1e-4)  # 16-bit file


@pytest.mark.parametrize("name", ["default", "channel"])
def test_views_differ_and_repeat_whatever_the_rest_of_the_batch(people, name):
    plain, items, again = (
        ContrastiveDataset(people, view_seconds=(0.25, 0.25), augmentation=augmentation)
        for augmentation in (None, make_augmentation(name, people), make_augmentation(name, people))
    )
    play = again.playback(torch.device("cpu"))
    for number, (ours, bare) in enumerate(zip(batch(items).views, batch(plain).views, strict=True)):
        assert torch.isfinite(ours).all()
        assert not any(torch.allclose(one, other, rtol=0.1) for one, other in zip(ours, bare, strict=True))
        for index in range(3):
            torch.testing.assert_close(play(again[index]).views[number][0], ours[index], rtol=0, atol=1e-6)


def test_musan_and_recorded_rooms_take_the_place_of_the_built_in_ones(people, tmp_path):
    for kind in ("music", "speech", "noise"):
        fill(tmp_path / "musan" / kind / "part", 3)
    fill(tmp_path / "rirs", 2)
    augmentation = make_augmentation("default", people, musan=tmp_path / "musan", rirs=tmp_path / "rirs")
    noise, room = augmentation.steps
    assert [len(source.paths) for source, _ in noise.kinds] == [3, 3, 3]
    assert [ratios for _, ratios in noise.kinds] == [(5, 15), (13, 20), (0, 15)]
    assert len(room.banks[0]) == 2
    assert np.isfinite(apply(augmentation, voices(3), range(3))).all()


def test_names_and_folders_are_checked(people, tmp_path):
    assert make_augmentation("none", people) is None
    with pytest.raises(ValueError, match="unknown augmentation 'musan': choose one of none, default, channel"):
        make_augmentation("musan", people)
    with pytest.raises(FileNotFoundError, match=r"no audio files .* below .*music"):
        make_augmentation("default", people, musan=tmp_path)
