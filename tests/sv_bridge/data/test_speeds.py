import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly

from sv_bridge.data.speeds import Speed, Speeds, low_pass

RATE = 16_000


def noise(frames, seed=0):
    return np.random.default_rng(seed).standard_normal(frames)


def read_for(speed, samples, start, frames):
    """What a crop of `frames` samples is made of, zeros beyond the ends."""
    padded = np.pad(samples, 500)
    begin = 500 + start - speed.before
    return torch.from_numpy(padded[begin : begin + speed.needed(frames)].astype(np.float32))[None]


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 400))
def test_a_crop_is_that_piece_of_the_whole_resampled_by_scipy(up, down, frames):
    speed = Speed.of(down / up)
    up, down = speed.up, speed.down
    samples = noise(3_000)
    whole = resample_poly(samples, up, down, window=low_pass(up, down)) if up != down else samples
    block = 3
    for start, first in ((0, 0), (block * down, block * up)):
        got = speed(read_for(speed, samples, start, frames), frames)[0].numpy()
        expected = np.pad(whole, (0, frames))[first : first + frames]
        shown = min(len(whole) - first, frames)  # scipy stops at the end of what there is
        np.testing.assert_allclose(got[:shown], expected[:shown], atol=1e-4)


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("hertz", [100, 1_000, 6_000])
def test_tones_move_and_keep_their_shape(factor, hertz):
    speed = Speed.of(factor)
    tone = np.sin(2 * np.pi * hertz * np.arange(8_000) / RATE)
    got = speed(read_for(speed, tone, 1_000, 4_000), 4_000)[0].numpy()
    expected = np.sin(2 * np.pi * hertz * (1_000 + factor * np.arange(4_000)) / RATE)
    assert np.sqrt(np.mean((got - expected) ** 2)) < 10 ** (-65 / 20)


def test_each_crop_of_a_batch_has_its_speed():
    speeds, frames = Speeds((0.9, 1.0, 1.1)), 1_000
    waveforms = torch.from_numpy(noise(6 * speeds.needed(frames)).astype(np.float32)).unflatten(0, (6, -1))
    chosen = torch.tensor([2, 0, 1, 1, 0, 2])
    together = speeds(waveforms, chosen, frames)
    for row, index in enumerate(chosen.tolist()):
        alone = speeds[index](waveforms[row : row + 1], frames)[0]
        torch.testing.assert_close(together[row], alone, rtol=0, atol=1e-6)
    assert torch.equal(together[2], waveforms[2, :frames])


def test_speeds_are_fractions():
    assert [(speed.up, speed.down) for speed in Speeds((0.9, 1.0, 1.25)).speeds] == [(10, 9), (1, 1), (4, 5)]
    with pytest.raises(ValueError, match=r"fractions of numbers up to 100, got 0\.12345"):
        Speeds((0.12345,))
    with pytest.raises(ValueError, match="wanted at least one speed"):
        Speeds(())
