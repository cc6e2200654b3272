from dataclasses import replace

import numpy as np
import pytest

from sv_bridge.data.clips import Clip, tidy, trim_silence
from sv_bridge.data.randomness import generator

RATE = 16_000


def speech(seconds, seed=0):
    return generator(seed).standard_normal(round(seconds * RATE)).astype(np.float32) / 10


def silence(seconds):
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def clip(samples, name="x", speaker="p", session="s"):
    return Clip(name, speaker, "en", session, RATE, samples)


def tidied(*clips):
    return list(tidy(clips, sample_rate_hz=RATE))


def test_silence_is_trimmed_to_50_ms():
    samples = trim_silence(np.concatenate([silence(1.0), speech(1.0), silence(0.7)]), sample_rate_hz=RATE)
    assert len(samples) == round(1.1 * RATE)
    assert not samples[: round(0.05 * RATE)].any()
    assert samples[round(0.05 * RATE)] == speech(1.0)[0]


def test_faint_noise_counts_as_silence_and_pauses_stay():
    hum = speech(1.0, seed=1) / 100  # 40 dB below
    sentence = np.concatenate([hum, speech(1.0), hum, speech(1.0), hum])
    assert len(trim_silence(sentence, sample_rate_hz=RATE)) == round(3.1 * RATE)


def test_nothing_is_left_of_silence():
    assert len(trim_silence(silence(1.0), sample_rate_hz=RATE)) == 0
    assert len(trim_silence(silence(0.0), sample_rate_hz=RATE)) == 0
    assert tidied(clip(silence(2.0))) == []


def test_repetitions_of_a_speaker_are_dropped():
    one = clip(speech(1.0), "one")
    assert [c.name for c in tidied(one, replace(one, name="two"), replace(one, name="three", speaker="q"))] == [
        "one",
        "three",
    ]


def test_short_clips_are_joined_to_two_seconds():
    syllables = [clip(speech(0.5, seed=i), str(i)) for i in range(10)]
    joined = tidied(*syllables)
    assert [c.name for c in joined] == ["s-join1", "s-join2", "s-join3"]
    # four of half a second with three gaps of 0.1 s; what is left at the end is shorter
    assert [len(c.samples) / RATE for c in joined] == pytest.approx([2.3, 2.3, 1.1])
    np.testing.assert_array_equal(joined[0].samples[round(0.6 * RATE) : round(1.1 * RATE)], speech(0.5, seed=1))


def test_speakers_and_sessions_are_not_mixed():
    joined = tidied(*(clip(speech(0.7, seed=i), str(i), speaker="pq"[i % 2], session="st"[i // 4]) for i in range(8)))
    assert sorted((c.speaker, c.session, len(c.samples)) for c in joined) == [
        (speaker, session, 24_000) for speaker in "pq" for session in "st"
    ]


def test_too_little_speech_is_dropped():
    mostly_pause = np.concatenate([speech(0.2), silence(1.0), speech(0.2, seed=1)])
    assert tidied(clip(mostly_pause)) == []
    assert tidied(clip(speech(0.7))) == []
