"""From recordings to turns and errors, on conversations of our own making."""

import json

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st

from sv_bridge.diarisation.error_rate import DiarisationError, diarisation_error
from sv_bridge.diarisation.recordings import diarise
from sv_bridge.diarisation.turns import Turn, Window, read_rttm, regions_of, turns_of, windows_of, write_rttm

RATE = 16_000
rng = np.random.default_rng(0)


class Spectrum(torch.nn.Module):
    """Energy by frequency: tones of different pitch are at right angles."""

    sample_rate_hz = RATE

    def forward(self, waveforms):
        return torch.stft(waveforms, 512, return_complex=True, window=torch.hann_window(512)).abs().mean(2)


@pytest.fixture
def tones(tmp_path):
    """Two tones in turn, with a pause: the recording and its turns."""
    turns = [Turn(0.5, 4.0, "low"), Turn(4.0, 8.0, "high"), Turn(9.0, 12.0, "low")]
    samples = 0.001 * rng.normal(size=13 * RATE)
    for turn in turns:
        t = np.arange(round(turn.start * RATE), round(turn.end * RATE))
        samples[t] += 0.3 * np.sin(2 * np.pi * {"low": 300, "high": 1200}[turn.speaker] * t / RATE)
    soundfile.write(tmp_path / "tones.wav", samples, RATE)
    return tmp_path / "tones.wav", turns


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"by": "threshold", "threshold": 0.5},
        {"speakers": 2},
    ],
)
def test_two_tones_are_two_speakers(tones, choice):
    path, turns = tones
    found = diarise(Spectrum(), path, regions=regions_of(turns), **choice)
    assert found.count.speakers == 2
    assert [turn.speaker for turn in found.turns] == ["0", "1", "0"]
    error = diarisation_error(turns, found.turns, found.seconds, collar=0)
    assert error.missed == error.false_alarm == 0
    assert error.confused <= 0.75  # the one change inside speech, to half a window
    assert error.speech == pytest.approx(10.5)


def test_a_recording_without_speech_has_no_turns(tmp_path):
    soundfile.write(tmp_path / "quiet.wav", 0.0001 * rng.normal(size=2 * RATE), RATE)
    found = diarise(Spectrum(), tmp_path / "quiet.wav")
    assert found.turns == ()
    assert found.seconds == 2.0
    assert found.count is None


def test_a_region_too_short_for_an_embedding_has_no_window():
    assert windows_of([(0.0, 0.2), (1.0, 1.3)]) == [Window(1.0, 1.3, 1)]


def test_a_moment_is_of_the_window_with_the_nearest_centre():
    spoken = [(0.0, 2.25), (5.0, 6.0)]
    found = turns_of(windows_of(spoken), np.array([0, 1, 1]), spoken)  # centres at 0.75 s and 1.5 s
    assert found == [Turn(0.0, 1.125, "0"), Turn(1.125, 2.25, "1"), Turn(5.0, 6.0, "1")]


regions = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 40)), min_size=1, max_size=5).map(
    lambda pairs: [
        (sum(map(sum, pairs[:i])) / 4 + gap / 4, sum(map(sum, pairs[:i])) / 4 + (gap + size) / 4)
        for i, (gap, size) in enumerate(pairs)
    ]
)


@given(regions, st.randoms())
def test_turns_cover_speech_and_nothing_else(spoken, random):
    windows = windows_of(spoken)
    for window in windows:
        start, end = spoken[window.region]
        assert start <= window.start < window.end <= end + 1e-9
        assert window.end - window.start <= 1.5 + 1e-9
    labels = np.array([random.randrange(3) for _ in windows])
    turns = turns_of(windows, labels, spoken)
    assert sum(turn.end - turn.start for turn in turns) == pytest.approx(sum(end - start for start, end in spoken))
    for window, label in zip(windows, labels, strict=True):  # what a window is centred on is its own
        assert any(turn.start <= window.centre <= turn.end and turn.speaker == str(label) for turn in turns)


def test_error_rate_by_hand():
    """10 s: 1 s missed, 0.5 s false, and after the best matching 2 s confused."""
    reference = [Turn(0.0, 5.0, "a"), Turn(5.0, 10.0, "b")]
    found = [Turn(0.0, 3.0, "x"), Turn(3.0, 9.0, "y"), Turn(10.0, 10.5, "y")]
    error = diarisation_error(reference, found, 11.0, collar=0)
    assert (error.missed, error.false_alarm, error.confused, error.speech) == pytest.approx((1.0, 0.5, 2.0, 10.0))
    assert error.rate == pytest.approx(0.35)
    # a quarter of a second before and after each boundary of the reference is not judged
    collared = diarisation_error(reference, found, 11.0)
    assert collared.speech == pytest.approx(9.0)
    assert (collared.missed, collared.false_alarm, collared.confused) == pytest.approx((0.75, 0.25, 1.75))
    total = DiarisationError.total([error, collared])
    assert total.rate == pytest.approx((3.5 + 2.75) / 19)


def test_overlap_counts_each_speaker():
    reference = [Turn(0.0, 2.0, "a"), Turn(1.0, 3.0, "b")]
    found = [Turn(0.0, 1.5, "x"), Turn(1.5, 3.0, "y")]
    error = diarisation_error(reference, found, 3.0, collar=0)
    assert (error.speech, error.missed, error.confused) == pytest.approx((4.0, 1.0, 0.0))
    assert diarisation_error(reference, found, 3.0, collar=0, overlap=False).speech == pytest.approx(2.0)


def test_rttm_goes_round(tmp_path):
    turns = {"meeting": [Turn(0.5, 2.25, "a"), Turn(2.25, 3.0, "b")], "call": [Turn(1.0, 2.0, "c")]}
    write_rttm(tmp_path / "t.rttm", turns)
    lines = (tmp_path / "t.rttm").read_text().splitlines()
    assert lines[0] == "SPEAKER meeting 1 0.500 1.750 <NA> <NA> a <NA> <NA>"
    assert read_rttm(tmp_path / "t.rttm") == turns
    with pytest.raises(ValueError, match="rename the file"):
        write_rttm(tmp_path / "t.rttm", {"two words": []})
    turn = "SPEAKER a 1 2.0 {} <NA> <NA> x <NA> <NA>\n"
    (tmp_path / "empty.rttm").write_text(turn.format("0.0") + turn.format("1.0"))
    assert read_rttm(tmp_path / "empty.rttm") == {"a": [Turn(2.0, 3.0, "x")]}
    (tmp_path / "bad.rttm").write_text("SPKR-INFO a\nSPEAKER a 1 soon 2 <NA> <NA> x\n")
    with pytest.raises(ValueError, match=r"bad\.rttm:2: wanted `SPEAKER recording channel"):
        read_rttm(tmp_path / "bad.rttm")
    (tmp_path / "bad.rttm").write_text("nothing\n")
    with pytest.raises(ValueError, match="it is no RTTM file"):
        read_rttm(tmp_path / "bad.rttm")


@pytest.fixture
def conversation(tmp_path, speech):
    """Two synthetic voices in turn, a second each, with pauses: the recording and its reference."""
    test = speech.split("test")
    chosen = [[u for u in test if u.speaker == speaker] for speaker in test.speakers[:2]]
    pieces, turns, at = [], [], 0.0
    for one, other in zip(*chosen, strict=True):
        for utterance in (one, other):
            samples, _ = soundfile.read(test.path(utterance))
            turns.append(Turn(at, at + len(samples) / RATE, utterance.speaker))
            pieces += [samples, np.zeros(RATE // 2)]
            at += len(samples) / RATE + 0.5
    soundfile.write(tmp_path / "talk.wav", np.concatenate(pieces), RATE)
    write_rttm(tmp_path / "ref.rttm", {"talk": turns})
    return tmp_path / "talk.wav", tmp_path / "ref.rttm"


def test_the_command_writes_turns_and_counts_errors(tmp_path, sv_bridge, conversation):
    path, reference = conversation
    shared = ("diarise", "log-mel", path, "--reference", reference, "--out", tmp_path / "found.rttm", "--json", "-")
    record = json.loads(sv_bridge.stdout(*shared, "--speakers", "2", "--speech", reference, "--collar", "0"))
    found = read_rttm(tmp_path / "found.rttm")["talk"]
    entry = record["recordings"]["talk"]
    assert entry["turns"] == len(found)
    assert (entry["speakers"], entry["reference_speakers"]) == (2, 2)
    error = diarisation_error(read_rttm(reference)["talk"], found, entry["seconds"], collar=0)
    assert record["error"]["rate"] == pytest.approx(error.rate, abs=1e-3)  # RTTM has milliseconds
    assert error.missed == pytest.approx(0, abs=0.02)
    detected = json.loads(sv_bridge.stdout(*shared))["recordings"]["talk"]
    assert detected["by"] == "silhouette"
    assert detected["error"]["missed"] < 0.5 * detected["error"]["speech"]  # the detector hears synthetic voices
    with pytest.raises(ValueError, match="--by threshold needs --threshold, or a run with a rule"):
        sv_bridge(*shared[:-2], "--by", "threshold")
    with pytest.raises(ValueError, match="'silhuette' is none of auto"):
        sv_bridge("diarise", "nowhere", "gone.wav", "--out", "x", "--by", "silhuette")
    with pytest.raises(ValueError, match=r"ref\.rttm says nothing of other: it has talk"):
        sv_bridge("diarise", "log-mel", path.rename(tmp_path / "other.wav"), "--reference", reference, "--out", "x")


def test_embeddings_are_clustered_by_a_command(tmp_path, sv_bridge):
    labels = np.repeat(["a", "b", "c"], 8)
    vectors = np.repeat(np.eye(3), 8, axis=0) + 0.05 * rng.normal(size=(24, 3))
    np.savez(tmp_path / "e.npz", vectors=vectors, ids=np.arange(24).astype(str), speakers=labels)
    options = ("cluster", tmp_path / "e.npz", "--out", tmp_path / "c.txt", "--json", "-")
    for by in ("silhouette", "nme-sc"):
        record = json.loads(sv_bridge.stdout(*options, "--by", by))
        assert (record["speakers"], record["agreement"]["ari"]) == (3, 1.0)
        rows = [line.split() for line in (tmp_path / "c.txt").read_text().splitlines()]
        assert rows == [[str(i), str(i // 8)] for i in range(24)]
    named = json.loads(sv_bridge.stdout(*options, "--threshold", "0.5"))
    assert (named["by"], named["speakers"]) == ("threshold", 3)
    np.savez(tmp_path / "e.npz", vectors=vectors[:8], ids=np.arange(8).astype(str), speakers=labels[:8])
    one = sv_bridge.stdout(*options[:4], "--speakers", "1")
    assert "1 cluster of 8 embeddings, by given" in one
    assert "of 1 speaker; ARI" in one
