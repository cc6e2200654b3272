import kaldi_native_fbank as knf
import numpy as np
import pytest
import torch

from sv_bridge.models.features import FeatureConfig, LogMel, mel_matrix


def speechlike(seconds=1.0, seed=0):
    """Harmonics of a gliding voice in noise, at 16 bit amplitude, as Kaldi expects."""
    t = np.arange(int(16_000 * seconds)) / 16_000
    phase = 2 * np.pi * np.cumsum(120 + 20 * np.sin(2 * np.pi * t)) / 16_000
    voice = sum(np.sin(k * phase) / k for k in range(1, 30))
    noise = np.random.default_rng(seed).normal(size=len(t))
    return (3000 * voice + 300 * noise).astype(np.float32)


@pytest.mark.parametrize("mels", [40, 80])
@pytest.mark.parametrize("window", ["hamming", "hann"])
def test_log_mel_equals_kaldi_native_fbank(mels, window):
    samples = speechlike()
    options = knf.FbankOptions()
    options.frame_opts.samp_freq = 16_000
    options.frame_opts.dither = 0
    options.frame_opts.preemph_coeff = 0
    options.frame_opts.remove_dc_offset = False
    options.frame_opts.window_type = {"hamming": "hamming", "hann": "hanning"}[window]
    options.mel_opts.num_bins = mels
    options.mel_opts.low_freq = 0
    options.mel_opts.high_freq = 8000
    fbank = knf.OnlineFbank(options)
    fbank.accept_waveform(16_000, samples.tolist())
    expected = np.stack([fbank.get_frame(i) for i in range(fbank.num_frames_ready)])

    features = LogMel(FeatureConfig(mels=mels, window=window, triangles="mel", normalise="none"))
    # Kaldi's windows are symmetric, torch's (and ours) periodic
    make = {"hamming": torch.hamming_window, "hann": torch.hann_window}[window]
    features.window.copy_(make(400, periodic=False))
    # Kaldi's frame j starts at sample 160 j; ours is centred on 160 t and starts at 160 t - 200. Cutting 40 samples off
    # makes our frame j + 1 Kaldi's frame j; the outermost ones see the reflection and are left out.
    ours = features(torch.from_numpy(samples[40:])[None])[0].T.numpy()
    assert len(expected) == 98
    # both are float32 FFTs: errors of 1e-7 of a frame's strongest bin, seen through the logarithm of weak bands
    np.testing.assert_allclose(ours[2:98], expected[1:97], atol=5e-5)


@pytest.mark.parametrize("preemphasis", [0.0, 0.97])
def test_log_mel_equals_its_definition_frame_by_frame(preemphasis):
    config = FeatureConfig(mels=40, preemphasis=preemphasis, normalise="none")
    x = speechlike(0.2).astype(np.float64) / 32768
    emphasised = x - preemphasis * np.concatenate([x[1:2], x[:-1]])
    padded = np.pad(emphasised, 256, mode="reflect")
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(400) / 400)
    corners = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 42) / 2595) - 1)
    expected = []
    for start in range(0, len(padded) - 511, 160):
        power = np.abs(np.fft.rfft(padded[start + 56 : start + 456] * window, 512)) ** 2
        frequency = np.arange(257) * 16_000 / 512
        bands = [np.interp(frequency, corners[i : i + 3], [0, 1, 0]) @ power for i in range(40)]
        expected.append(np.log(np.array(bands) + 1e-6))
    got = LogMel(config)(torch.from_numpy(x.astype(np.float32))[None])[0].T
    np.testing.assert_allclose(
        got.numpy(), expected, atol=2e-4
    )  # float32 FFT, as above, and pre-emphasis' cancellation


def test_instance_norm_gives_each_band_mean_0_and_variance_1():
    features = LogMel(FeatureConfig())(torch.from_numpy(speechlike())[None])
    assert features.mean(dim=2).abs().max() < 1e-5  # float32 sums of 101 values
    assert (features.var(dim=2, correction=0) - 1).abs().max() < 1e-3  # the normaliser's 1e-5 under the root


def test_instance_norm_ignores_gain_and_a_fixed_channel():
    x = torch.from_numpy(speechlike())[None] / 32768
    normalised = LogMel(FeatureConfig())
    assert (normalised(x) - normalised(8 * x)).abs().max() < 0.05  # the floor of 1e-6 in weak bands is all that differs


def test_level_takes_away_the_gain_and_nothing_else():
    x = torch.from_numpy(speechlike())[None]  # loud enough for the floor of 1e-6 not to matter
    level, plain = (LogMel(FeatureConfig(normalise=kind))(x) for kind in ("level", "none"))
    assert torch.allclose(LogMel(FeatureConfig(normalise="level"))(8 * x), level, atol=1e-4)
    assert torch.allclose(level - level[:, :1, :1], plain - plain[:, :1, :1], atol=1e-4)


def test_features_are_float32_and_carry_no_gradient_under_autocast():
    x = torch.randn(1, 16_000, requires_grad=True)
    plain = LogMel(FeatureConfig())(x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cast = LogMel(FeatureConfig())(x)
    assert cast.dtype == torch.float32
    assert not cast.requires_grad
    assert torch.equal(plain, cast)


def test_mel_filters_sum_to_one_between_the_outer_centres():
    for triangles in ("hertz", "mel"):
        total = mel_matrix(40, 512, 16_000, triangles=triangles).sum(dim=0)
        inside = total[3:240]
        assert torch.allclose(inside, torch.ones_like(inside), atol=1e-6)  # neighbouring sides cross-fade


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LogMel(FeatureConfig())(torch.zeros(16_000)), r"shape \(batch, samples\), got \(16000,\)"),
        (lambda: LogMel(FeatureConfig())(torch.zeros(1, 200)), "more than 256 samples, got 200"),
        (lambda: LogMel(FeatureConfig(window_ms=40)), "640 samples needs n_fft >= that, got 512"),
        (lambda: mel_matrix(200, 512, 16_000), "mel filters lie between the bins of n_fft 512"),
        (lambda: mel_matrix(40, 512, 16_000, high_hz=9000), "high_hz <= 8000"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
