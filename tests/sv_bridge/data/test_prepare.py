import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from sv_bridge.commands.app import app
from sv_bridge.data.audio import AudioError, read_audio, write_audio
from sv_bridge.data.decoding import decode
from sv_bridge.data.layouts import Recording, read_folder
from sv_bridge.data.manifest import read_corpus
from sv_bridge.data.prepare import assign_splits, prepare
from sv_bridge.data.randomness import generator
from sv_bridge.data.voice_activity import speech_seconds
from sv_bridge.data.voices import random_voice, speak

RATE = 16_000


def noise(seed, seconds=1.5, rate=RATE):
    return generator(seed).standard_normal(round(seconds * rate)) / 10


@pytest.fixture
def speakers(tmp_path):
    """10 speakers with 2 files of 1.5 s each."""
    root = tmp_path / "speech"
    for speaker in range(10):
        for k in range(2):
            write_audio(root / f"p{speaker}" / f"{k}.wav", noise(10 * speaker + k))
    return root


def skipped_reasons(out):
    rows = [json.loads(line) for line in (out / "skipped.jsonl").read_text().splitlines()]
    return {row["path"].rpartition("speech/")[2]: row["reason"] for row in rows}


def test_the_corpus_refers_to_the_files_where_they_are(speakers, tmp_path):
    corpus, _ = prepare(read_folder(speakers), tmp_path / "corpus")
    assert read_corpus(tmp_path / "corpus").utterances == corpus.utterances
    assert corpus.path(corpus[0]) == speakers / "p0" / "0.wav"
    assert corpus[0].duration_s == 1.5
    written = ["little-speech.jsonl", "manifest.csv", "skipped.jsonl"]  # nobody speaks in noise
    assert sorted(p.name for p in (tmp_path / "corpus").iterdir()) == written


def test_files_below_the_corpus_move_with_it(speakers):
    corpus, _ = prepare(read_folder(speakers), speakers)
    assert corpus[0].path == "p0/0.wav"


def test_everything_unusable_is_reported_and_left_out(speakers, tmp_path):
    (speakers / "p0" / "text.wav").write_text("not audio")
    (speakers / "p0" / "empty.wav").touch()
    (speakers / "p0" / "0000.wav").write_bytes((speakers / "p0" / "0.wav").read_bytes())
    write_audio(speakers / "p0" / "none.wav", np.zeros(0))
    write_audio(speakers / "p1" / "short.wav", noise(100, seconds=0.3))
    write_audio(speakers / "p1" / "silent.wav", np.zeros(2 * RATE))
    soundfile.write(speakers / "p1" / "nan.wav", np.full(2 * RATE, np.nan), RATE, subtype="FLOAT")
    (speakers / "p2" / "other.wav").write_bytes((speakers / "p3" / "1.wav").read_bytes())
    corpus, skipped = prepare(read_folder(speakers), tmp_path / "corpus")
    reasons = skipped_reasons(tmp_path / "corpus")
    assert len(reasons) == len(skipped) == 9
    assert "cannot open" in reasons["p0/text.wav"]
    assert "cannot open" in reasons["p0/empty.wav"]
    assert reasons["p0/none.wav"] == "0.00 s is too short: wanted 1 s"
    assert reasons["p0/0000.wav"] == "the same audio as p0/0.wav"
    assert reasons["p1/short.wav"] == "0.30 s is too short: wanted 1 s"
    assert reasons["p1/silent.wav"] == "silent"
    assert "NaN" in reasons["p1/nan.wav"]
    assert reasons["p2/other.wav"] == reasons["p3/1.wav"]
    assert reasons["p3/1.wav"].startswith("the same audio under several speakers: p2/other.wav (p2), p3/1.wav (p3)")
    assert len(corpus) == 19


def test_every_file_below_the_source_is_accounted_for(speakers, tmp_path, monkeypatch):
    (speakers / "p0" / "notes.txt").write_text("about p0")
    (speakers / "README").write_text("about all")
    write_audio(speakers / "stray.wav", noise(200))
    (speakers / "p1" / "away").symlink_to(tmp_path / "nowhere")
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["prepare", "folder", str(speakers), "--out", str(tmp_path / "corpus")])
    assert result.exit_code == 0, result.output
    reasons = skipped_reasons(tmp_path / "corpus")
    assert reasons == {
        "README": "not audio: no suffix",
        "p0/notes.txt": "not audio: .txt",
        "p1/away": "a link to nothing",
        "stray.wav": "its place in the folders says nobody's name",
    }
    files = [path for path in speakers.rglob("*") if not path.is_dir()]
    assert len(files) == len(read_corpus(tmp_path / "corpus")) + len(reasons)
    assert f"24 files below {speakers}: 20 in the corpus, 4 left out" in " ".join(result.output.split())
    assert "left out 4 files" in result.output
    assert "1 × not audio: .txt" in result.output
    assert "folders are read as speaker; --folders says otherwise" in result.output


def test_a_corpus_made_below_its_source_is_not_part_of_it(speakers):
    _, skipped = prepare(read_folder(speakers), speakers / "corpus", below=speakers, convert=True)
    assert skipped == []


@pytest.mark.parametrize("name", ["x.aiff", "x.au", "x.caf", "x.w64", "x.sph", "x.voc", "x.rf64", "x.AIF"])
def test_every_format_of_libsndfile_is_read(tmp_path, name):
    kinds = {"sph": "NIST", "aif": "AIFF"}
    kind = kinds.get(name.lower().partition(".")[2], name.upper().partition(".")[2])
    samples = noise(0)
    (tmp_path / "speech" / "p").mkdir(parents=True)
    soundfile.write(tmp_path / "speech" / "p" / name, samples, RATE, format=kind, subtype="PCM_16")
    (recording,) = read_folder(tmp_path / "speech")
    corpus, skipped = prepare([replace(recording, split="train")], tmp_path / "corpus")
    assert not skipped
    np.testing.assert_allclose(read_audio(corpus.path(corpus[0])), samples, atol=2**-15)


@pytest.mark.parametrize(("name", "codec"), [("x.webm", "libopus"), ("x.mka", "aac"), ("x.mkv", "flac")])
def test_matroska_is_read(tmp_path, name, codec):
    (tmp_path / "speech" / "p").mkdir(parents=True)
    encode(tmp_path / "speech" / "p" / name, codec, 48_000, noise(0, seconds=1.5, rate=48_000))
    (recording,) = read_folder(tmp_path / "speech")
    corpus, skipped = prepare([replace(recording, split="train")], tmp_path / "corpus")
    assert not skipped
    assert corpus[0].duration_s == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("convert", [False, True])
def test_floats_in_the_scale_of_integers_keep_their_shape(tmp_path, convert):
    (tmp_path / "speech" / "p").mkdir(parents=True)
    samples = noise(0) * 3  # within ±1 and a little beyond
    samples[7] = 1.25
    for path, scaled in (("loud.wav", samples * 2**15), ("over.wav", samples)):
        soundfile.write(tmp_path / "speech" / "p" / path, scaled, RATE, subtype="FLOAT")
    recordings = [replace(each, split="train") for each in read_folder(tmp_path / "speech")]
    corpus, skipped = prepare(recordings[:1], tmp_path / "corpus", convert=convert)
    assert not skipped
    read = read_audio(corpus.path(corpus[0]))
    np.testing.assert_allclose(read, samples / np.abs(samples).max(), atol=2**-15)
    assert corpus[0].path.startswith("audio/")
    corpus, _ = prepare(recordings[1:], tmp_path / "other", convert=convert)
    scale = np.abs(samples).max() if convert else 1.0  # floats may overshoot where they are; 16 bits may not
    np.testing.assert_allclose(read_audio(corpus.path(corpus[0])), samples / scale, atol=2**-15)


@pytest.mark.parametrize("size", [0, 2**32 - 1])
def test_wav_files_without_a_length_are_read_to_their_end(tmp_path, size):
    path = tmp_path / "speech" / "p" / "x.wav"
    write_audio(path, noise(0))
    whole, content = read_audio(path), bytearray(path.read_bytes())
    assert content[36:40] == b"data"
    content[40:44] = content[4:8] = size.to_bytes(4, "little")
    path.write_bytes(content)
    (recording,) = read_folder(tmp_path / "speech")
    corpus, skipped = prepare([replace(recording, split="train")], tmp_path / "corpus")
    assert not skipped
    np.testing.assert_allclose(read_audio(corpus.path(corpus[0])), whole, atol=2**-15)


def test_near_silence_is_left_out_and_little_speech_reported(tmp_path):
    root = tmp_path / "speech" / "p"
    flicker = generator(0).integers(-1, 2, 3 * RATE) / 2**15
    write_audio(root / "flicker.wav", flicker)
    voice = speak(random_voice(generator(1)), 3 * RATE, generator(2)) / 10
    write_audio(root / "voice.wav", voice)
    write_audio(root / "whisper.wav", voice / 10)  # far from full scale, but a voice
    write_audio(root / "hiss.wav", noise(3, seconds=3))
    recordings = [replace(each, split="train") for each in read_folder(tmp_path / "speech")]
    corpus, _ = prepare(recordings, tmp_path / "corpus")
    assert [u.id for u in corpus] == ["p/hiss.wav", "p/voice.wav", "p/whisper.wav"]
    assert skipped_reasons(tmp_path / "corpus") == {"p/flicker.wav": "near-silent: -92 dBFS"}
    (line,) = (tmp_path / "corpus" / "little-speech.jsonl").read_text().splitlines()
    assert json.loads(line)["path"].endswith("hiss.wav")
    assert json.loads(line)["reason"] == "0.00 s of speech in 3.00 s"
    corpus, _ = prepare(recordings, tmp_path / "strict", min_speech=0.3)
    assert "p/hiss.wav" not in {u.id for u in corpus}
    reasons = skipped_reasons(tmp_path / "strict")
    assert reasons["p/hiss.wav"] == "0.00 s of speech is too little: wanted 0.3 s"


def test_speech_is_found_between_silences_and_listening_stops_when_it_is_enough():
    voice = speak(random_voice(generator(1)), 2 * RATE, generator(2)).astype(np.float32) / 2
    samples = np.concatenate([np.zeros(2 * RATE), voice, np.zeros(2 * RATE)]).astype(np.float32)
    heard = speech_seconds(samples)
    assert 1.0 < heard < 2.3  # a voice pauses, and a detector lingers
    assert speech_seconds(samples, enough=0.3) == pytest.approx(0.3, abs=0.033)
    assert speech_seconds(noise(5, seconds=3).astype(np.float32)) == 0
    assert speech_seconds(samples[:100]) == 0


def test_headers_alone_do_not_show_silence(speakers, tmp_path):
    write_audio(speakers / "p1" / "silent.wav", np.zeros(2 * RATE))
    corpus, skipped = prepare(read_folder(speakers), tmp_path / "corpus", header_only=True)
    assert (len(corpus), skipped) == (21, [])


def test_nothing_usable_is_an_error_that_says_why(tmp_path):
    write_audio(tmp_path / "speech" / "p" / "x.wav", noise(0, seconds=0.2))
    with pytest.raises(ValueError, match=r"none of the 1 recordings is usable; .*x\.wav: 0\.20 s is too short"):
        prepare(read_folder(tmp_path / "speech"), tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_a_finished_corpus_is_not_overwritten(speakers, tmp_path):
    prepare(read_folder(speakers), tmp_path / "corpus")
    with pytest.raises(FileExistsError, match="choose another folder, or remove it"):
        prepare(read_folder(speakers), tmp_path / "corpus")


def test_segments_that_leave_their_file_are_reported(speakers, tmp_path):
    file = speakers / "p0" / "0.wav"
    recordings = [
        Recording("a", file, "a", split="train", end_s=1.2),
        Recording("b", file, "b", split="train", start_s=0.4, end_s=9.0),
    ]
    corpus, skipped = prepare(recordings, tmp_path / "corpus")
    assert (corpus[0].start_s, corpus[0].duration_s) == (0.0, 1.2)
    assert [entry.reason for entry in skipped] == ["ends at 1.50 s, before its segment does"]


def test_converting_writes_16_khz_mono_wav(tmp_path):
    stereo = np.stack([noise(0, rate=44_100), noise(1, rate=44_100)], axis=1)
    (tmp_path / "speech" / "p").mkdir(parents=True)
    soundfile.write(tmp_path / "speech" / "p" / "x.wav", stereo, 44_100)
    recordings = [Recording("p/x.wav", tmp_path / "speech" / "p" / "x.wav", "p", split="test")]
    corpus, _ = prepare(recordings, tmp_path / "corpus", convert=True)
    assert corpus[0].path == "audio/p/x.wav"
    info = soundfile.info(str(corpus.path(corpus[0])))
    assert (info.samplerate, info.channels, info.frames) == (RATE, 1, round(1.5 * RATE))


def speaker_list(splits):
    return [Recording(str(i), None, f"p{i}", split=split) for i, split in enumerate(splits)]


def test_splits_share_out_the_speakers():
    splits = assign_splits(speaker_list([""] * 20), dev=0.1, test=0.2, seed=0)
    assert Counter(splits.values()) == {"train": 14, "test": 4, "dev": 2}
    assert splits == assign_splits(speaker_list([""] * 20)[::-1], dev=0.1, test=0.2, seed=0)
    assert splits != assign_splits(speaker_list([""] * 20), dev=0.1, test=0.2, seed=1)


def test_splits_that_are_given_stay():
    splits = assign_splits(speaker_list(["test"] * 3 + [""] * 5), dev=0.1, test=0.0, seed=0)
    assert all(splits[f"p{i}"] == "test" for i in range(3))
    assert Counter(splits.values()) == {"test": 3, "dev": 2, "train": 3}


def test_impossible_splits_are_errors():
    with pytest.raises(ValueError, match="4 speakers without a split are too few for 2 test and 2 dev"):
        assign_splits(speaker_list([""] * 4), dev=0.1, test=0.2, seed=0)
    with pytest.raises(ValueError, match="dev \\+ test < 1"):
        assign_splits(speaker_list([""] * 4), dev=0.6, test=0.6, seed=0)
    both = [Recording("1", None, "p", split="train"), Recording("2", None, "p", split="test")]
    with pytest.raises(ValueError, match="speaker 'p' is in 'train' and 'test': verification needs unseen speakers"):
        assign_splits(both, dev=0.1, test=0.2, seed=0)


def encode(path, codec, rate, samples):
    """Write with FFmpeg, as VoxCeleb2 and telephone prompts were."""
    with av.open(str(path), "w", format="g722" if codec == "g722" else None) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        kind = "s16" if codec == "g722" else "fltp"
        data = (samples * 32_767).astype(np.int16) if kind == "s16" else samples.astype(np.float32)
        frame = av.AudioFrame.from_ndarray(data[None], format=kind, layout="mono")
        frame.rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


@pytest.mark.parametrize(("name", "codec"), [("x.m4a", "aac"), ("x.g722", "g722")])
def test_formats_beyond_libsndfile_are_decoded(tmp_path, name, codec):
    tone = 0.3 * np.sin(2 * np.pi * 500 * np.arange(2 * RATE) / RATE)
    encode(tmp_path / name, codec, RATE, tone)
    samples, rate = decode(tmp_path / name)
    assert rate == RATE
    assert len(samples) == pytest.approx(2 * RATE, abs=0.1 * RATE)  # codecs pad
    spectrum = np.abs(np.fft.rfft(samples[8_000:24_000]))
    assert spectrum.argmax() == 500
    assert np.abs(samples[8_000:24_000]).max() == pytest.approx(0.3, rel=0.1)


def test_gsm_is_decoded_and_resampled(tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 500 * np.arange(2 * 8_000) / 8_000)
    soundfile.write(str(tmp_path / "x.gsm"), tone, 8_000, format="RAW", subtype="GSM610")
    samples, rate = decode(tmp_path / "x.gsm")
    assert rate == 8_000
    assert len(samples) == pytest.approx(2 * RATE, abs=700)  # whole frames of 20 ms
    assert np.abs(np.fft.rfft(samples[8_000:24_000])).argmax() == 500


def test_what_cannot_be_decoded_is_an_audio_error(tmp_path):
    for name in ("x.m4a", "x.g999"):
        (tmp_path / name).write_bytes(b"no audio")
        with pytest.raises(AudioError, match="x"):
            decode(tmp_path / name)


def test_m4a_files_become_wav_files_of_the_corpus(tmp_path):
    for speaker in ("id00012", "id00015", "id00016", "id00018", "id00019"):
        folder = tmp_path / "vox2" / "dev" / "aac" / speaker / "21Uxsk56VDQ"
        folder.mkdir(parents=True)
        encode(folder / "00001.m4a", "aac", RATE, noise(int(speaker[2:])))
    result = CliRunner().invoke(
        app, ["prepare", "voxceleb", str(tmp_path / "vox2"), "--out", str(tmp_path / "corpus")], catch_exceptions=False
    )
    assert result.exit_code == 0
    corpus = read_corpus(tmp_path / "corpus")
    assert corpus[0].id == "id00012/21Uxsk56VDQ/00001.m4a"
    assert corpus[0].path == "audio/id00012/21Uxsk56VDQ/00001.m4a.wav"
    assert len(read_audio(corpus.path(corpus[0]))) == pytest.approx(1.5 * RATE, abs=0.2 * RATE)


@pytest.mark.parametrize("layout", ["folder", "manifest", "kaldi"])
def test_commands_make_the_same_corpus_of_any_layout(speakers, tmp_path, layout):
    src = speakers
    if layout == "manifest":
        src = tmp_path / "list.csv"
        rows = (f"speech/p{s}/{k}.wav,p{s}\n" for s in range(10) for k in range(2))
        src.write_text("path,speaker\n" + "".join(rows))
    elif layout == "kaldi":
        src = tmp_path / "data"
        src.mkdir()
        (src / "wav.scp").write_text(
            "".join(f"p{s}-{k} {speakers}/p{s}/{k}.wav\n" for s in range(10) for k in range(2))
        )
        (src / "utt2spk").write_text("".join(f"p{s}-{k} p{s}\n" for s in range(10) for k in range(2)))
    out = tmp_path / "corpus"
    result = CliRunner().invoke(app, ["prepare", layout, str(src), "--out", str(out), "--seed", "3"])
    assert result.exit_code == 0
    corpus = read_corpus(out)
    assert len(corpus) == 20
    assert {name: len(corpus.split(name).speakers) for name in corpus.splits} == {"dev": 2, "test": 2, "train": 6}


def test_the_synthetic_command_makes_a_corpus(tmp_path):
    counts = ["--train-speakers", "1", "--dev-speakers", "0", "--test-speakers", "1"]
    sizes = ["--sessions", "1", "--utterances", "1"]
    out = tmp_path / "corpus"
    result = CliRunner().invoke(app, ["prepare", "synthetic", "--out", str(out), *counts, *sizes])
    assert result.exit_code == 0
    assert read_corpus(out).splits == ("test", "train")
