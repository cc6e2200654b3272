import errno

import numpy as np
import pytest
import soundfile

from sv_bridge.data.audio import AudioError, AudioFile, read_audio, write_audio


def tone(rate, seconds=1.5, hz=440.0):
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "opus", "mp3"])
def test_every_format_reads_as_mono_at_16_khz(tmp_path, suffix):
    path = tmp_path / f"tone.{suffix}"
    rate = 48_000 if suffix == "opus" else 44_100
    stereo = np.stack([tone(rate), np.zeros(round(1.5 * rate))], axis=1)
    if suffix == "opus":
        soundfile.write(path, stereo, rate, format="OGG", subtype="OPUS")
    else:
        soundfile.write(path, stereo, rate)
    samples = read_audio(path)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(24_000, abs=0.1 * 16_000)  # mp3 encoders pad
    spectrum = np.abs(np.fft.rfft(samples[4_000:20_000]))
    assert spectrum.argmax() == pytest.approx(440, abs=1)  # one second: 1 Hz a bin
    # half of the amplitude 0.5 is left: the other channel is silent
    assert np.abs(samples[4_000:20_000]).max() == pytest.approx(0.25, rel=0.1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_a_piece_equals_the_piece_of_the_whole(tmp_path, rate):
    path = tmp_path / "noise.wav"
    soundfile.write(path, np.random.default_rng(0).standard_normal(3 * rate) / 8, rate, subtype="FLOAT")
    whole = read_audio(path)
    assert len(whole) == 48_000
    for start, frames in [(0, 100), (12_345, 20_000), (47_000, 1_000), (5, 47_990)]:
        # the resampler's filter is cut off by the context: 16-bit noise is at 3e-5
        np.testing.assert_allclose(read_audio(path, start=start, frames=frames), whole[start:][:frames], atol=3e-6)


def test_reading_beyond_the_file_is_an_error(tmp_path):
    write_audio(tmp_path / "x.wav", tone(16_000))
    with pytest.raises(ValueError, match=r"wanted samples 20000 to 30000 of .*, which has 24000"):
        read_audio(tmp_path / "x.wav", start=20_000, frames=10_000)


def test_bad_files_are_audio_errors(tmp_path):
    (tmp_path / "text.wav").write_text("hello")
    (tmp_path / "empty.wav").touch()
    for name in ("text.wav", "empty.wav"):
        with pytest.raises(AudioError, match=f"cannot open .*{name}"):
            read_audio(tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r"gone\.wav"):
        read_audio(tmp_path / "gone.wav")
    soundfile.write(tmp_path / "nan.wav", np.full(100, np.nan), 16_000, subtype="FLOAT")
    with pytest.raises(AudioError, match="NaN"):
        read_audio(tmp_path / "nan.wav")


def test_a_file_cut_short_is_an_audio_error(tmp_path):
    path = tmp_path / "noise.flac"
    soundfile.write(path, np.random.default_rng(0).standard_normal(48_000) / 8, 16_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError), AudioFile(path) as file:
        file.read()


def test_zero_samples_are_zero_frames(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 16_000)
    assert read_audio(tmp_path / "none.wav").shape == (0,)


def test_written_samples_are_read_back_to_16_bits(tmp_path):
    write_audio(tmp_path / "x.flac", tone(16_000))
    np.testing.assert_allclose(read_audio(tmp_path / "x.flac"), tone(16_000), atol=2**-15)


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def full(path, data):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match=r"disk full while writing .*x\.wav"):
        write_audio(tmp_path / "x.wav", tone(16_000))
    assert list(tmp_path.iterdir()) == []
