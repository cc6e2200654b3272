from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import fftconvolve

from sv_bridge.data.audio import read_audio, write_audio
from sv_bridge.data.channels import crossed
from sv_bridge.data.filters import fir, smooth_decibels
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.embedding import EmbeddingOptions, embed
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import score_trials
from sv_bridge.verification.trials import Trials, generate_trials

RATE = 16_000
SCALE = 2**20


def test_whole_utterances_are_read_from_end_to_end(endpoints, ramps):
    embeddings = embed(endpoints, ramps)
    assert embeddings.ids.tolist() == ["a-1", "a-2", "b-1"]
    assert embeddings.speakers.tolist() == ["a", "a", "b"]
    assert embeddings.column("language").tolist() == ["xx"] * 3
    expected = [[1, 16_000], [1, 32_000], [1, 4_000]]
    np.testing.assert_array_equal(embeddings.vectors[:, :2] * SCALE, expected)
    # a quarter of a second is repeated up to half a second
    np.testing.assert_array_equal(embeddings.vectors[:, 2], [16_000, 32_000, 8_000])


def test_crops_are_evenly_spaced_and_short_utterances_repeated(endpoints, ramps):
    embeddings = embed(endpoints, ramps, EmbeddingOptions(crops=3, crop_seconds=1.0, batch_size=4))
    assert embeddings.vectors.shape == (3, 3, 3)
    np.testing.assert_array_equal(embeddings.vectors[1, :, 0] * SCALE, [1, 8_001, 16_001])
    np.testing.assert_array_equal(embeddings.vectors[0, :, 0] * SCALE, [1, 1, 1])
    np.testing.assert_array_equal(embeddings.vectors[2, :, 1] * SCALE, [4_000] * 3)
    np.testing.assert_array_equal(embeddings.vectors[..., 2], 16_000)


def test_batches_and_reading_processes_change_nothing(endpoints, ramps):
    one = embed(endpoints, ramps, EmbeddingOptions(crops=2, crop_seconds=0.5, batch_size=1))
    many = embed(endpoints, ramps, EmbeddingOptions(crops=2, crop_seconds=0.5, batch_size=64, workers=2))
    np.testing.assert_array_equal(one.vectors, many.vectors)


def test_crossed_utterances_go_through_their_channels_before_crops_are_taken(endpoints, ramps):
    heard = [
        crossed(read_audio(ramps.path(utterance)), utterance.id, seed=5) for utterance in ramps.utterances[:2]
    ]  # whole utterances
    embeddings = embed(endpoints, ramps, EmbeddingOptions(cross_channels=5))
    np.testing.assert_array_equal(embeddings.vectors[:2, 0], [each[0] for each in heard])
    np.testing.assert_array_equal(embeddings.vectors[:2, 2], [16_000, 32_000])
    crops = embed(endpoints, ramps, EmbeddingOptions(crops=2, crop_seconds=0.5, cross_channels=5, workers=1))
    np.testing.assert_array_equal(crops.vectors[:2, 1, 1], [each[-1] for each in heard])
    reordered = embed(endpoints, Corpus(ramps.root, ramps.utterances[::-1]), EmbeddingOptions(cross_channels=5))
    np.testing.assert_array_equal(reordered.vectors[::-1], embeddings.vectors)


def test_what_the_channel_gives_away_is_gone_when_channels_are_crossed(tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    for speaker in range(8):  # nobody speaks: white noise, through one line a "speaker"
        line = fir(smooth_decibels(rng, 4.0))
        for number in range(3):
            samples = fftconvolve(rng.standard_normal(RATE), line)[:RATE]
            write_audio(tmp_path / f"{speaker}-{number}.wav", 0.1 * samples / np.abs(samples).max())
            rows.append(Utterance(f"{speaker}-{number}", f"{speaker}-{number}.wav", str(speaker), duration_s=1.0))
    corpus = Corpus(tmp_path, tuple(rows))
    trials = generate_trials(corpus)
    rates = []
    for seed in (None, 0):
        scores = score_trials(embed(MeanLogMel(), corpus, EmbeddingOptions(cross_channels=seed)), trials)
        rates.append(equal_error_rate(scores[trials.labels], scores[~trials.labels]))
    assert rates[0] < 0.02
    assert rates[1] > 0.25


def test_what_is_kept_is_not_read_again(endpoints, ramps):
    options, memory = EmbeddingOptions(crops=1, crop_seconds=0.5), {}
    first = embed(endpoints, ramps, options, memory=memory)
    assert sorted(memory) == [0, 1, 2]
    for utterance in ramps:
        ramps.path(utterance).unlink()
    np.testing.assert_array_equal(embed(endpoints, ramps, options, memory=memory).vectors, first.vectors)
    with pytest.raises(ValueError, match="none of the 3 utterances"):
        embed(endpoints, ramps, options)


def test_one_crop_is_one_vector_an_utterance(endpoints, ramps):
    assert embed(endpoints, ramps, EmbeddingOptions(crops=1, crop_seconds=0.5)).vectors.shape == (3, 3)


def test_unusable_audio_is_skipped_and_named(endpoints, ramps):
    (ramps.root / "broken.wav").write_bytes(b"RIFF nonsense")
    extra = Utterance("b-2", "broken.wav", "b", duration_s=1.0), Utterance("b-3", "gone.wav", "b", duration_s=1.0)
    embeddings = embed(endpoints, Corpus(ramps.root, (*ramps.utterances, *extra)))
    assert embeddings.ids.tolist() == ["a-1", "a-2", "b-1"]
    assert [entry.split(":")[0] for entry in embeddings.skipped] == ["b-2", "b-3"]
    with pytest.raises(ValueError, match=r"unknown: 'b-2' .* skipped for unusable audio: b-2: cannot open"):
        embeddings.rows(Trials.from_pairs([(False, "a-1", "b-2")]))
    with pytest.raises(ValueError, match="none of the 1 utterances could be embedded; no audio file"):
        embed(endpoints, Corpus(ramps.root, extra[1:]))


def test_encoder_is_evaluated_and_left_in_its_mode(ramps):
    class Mode(torch.nn.Module):
        sample_rate_hz = 16_000

        def forward(self, waveforms):
            return waveforms.new_full((len(waveforms), 2), 2.0 if self.training else 1.0)

    encoder = Mode().train()
    assert embed(encoder, ramps).vectors.max() == 1.0
    assert encoder.training


def test_save_and_load_keep_everything(tmp_path, endpoints, ramps):
    embeddings = embed(endpoints, ramps, EmbeddingOptions(crops=2, crop_seconds=0.5))
    embeddings.save(tmp_path / "e.npz")
    loaded = Embeddings.load(tmp_path / "e.npz")
    np.testing.assert_array_equal(loaded.vectors, embeddings.vectors)
    assert loaded.ids.tolist() == embeddings.ids.tolist()
    assert loaded.skipped == embeddings.skipped


def test_vectors_and_speakers_are_enough(tmp_path):
    np.savez(tmp_path / "e.npz", vectors=np.eye(3), speakers=np.array(["x", "y", "y"]))
    assert Embeddings.load(tmp_path / "e.npz").ids.tolist() == ["0", "1", "2"]


def test_unusable_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="sv-bridge embed"):
        Embeddings.load(tmp_path / "gone.npz")
    np.savez(tmp_path / "pickled.npz", vectors=np.array([{}], dtype=object), speakers=np.array(["x"]))
    with pytest.raises(ValueError, match=r"not an \.npz of plain arrays"):
        Embeddings.load(tmp_path / "pickled.npz")
    (tmp_path / "text.npz").write_text("1 2 3")
    with pytest.raises(ValueError, match=r"not an \.npz of plain arrays"):
        Embeddings.load(tmp_path / "text.npz")
    np.savez(tmp_path / "other.npz", vectors=np.eye(3))
    with pytest.raises(ValueError, match="has no array 'speakers': it has vectors"):
        Embeddings.load(tmp_path / "other.npz")


def test_inconsistent_embeddings_are_named(make_embeddings):
    with pytest.raises(ValueError, match=r"`speakers` has shape \(2,\) but there are 3 vectors"):
        make_embeddings(np.eye(3), ["a", "b"])
    with pytest.raises(ValueError, match="1 of 2 embeddings hold NaN or infinity, first that of 'u1'"):
        make_embeddings([[0.0, 1.0], [np.nan, 1.0]], ["a", "b"])
    with pytest.raises(ValueError, match="belong together"):
        EmbeddingOptions(crops=3)


def test_an_utterance_too_long_to_be_embedded_whole_is_named_and_the_cures_work(endpoints, ramps):
    long = Utterance("c-1", "c-1.wav", "c", duration_s=3600.0)
    soundfile.write(ramps.root / "c-1.wav", np.full(3600 * 16_000, 0.25, dtype=np.float32), 16_000, subtype="PCM_16")
    with pytest.raises(ValueError, match=r"c-1 lasts 3,600 s .* start_s and duration_s .*--crops 10 --crop-seconds 4"):
        embed(endpoints, Corpus(ramps.root, (*ramps.utterances, long)))
    crops = embed(endpoints, Corpus(ramps.root, (long,)), EmbeddingOptions(crops=10, crop_seconds=4.0))
    assert crops.vectors.shape == (1, 10, 3)
    pieces = [replace(long, id=f"c-{i}", start_s=600.0 * i, duration_s=600.0) for i in range(6)]
    assert len(embed(endpoints, Corpus(ramps.root, tuple(pieces)))) == 6


class Interrupted(torch.nn.Module):
    """An encoder that breaks off at its third batch, unless it is told to go on; counts what it embeds."""

    sample_rate_hz = 16_000

    def __init__(self):
        super().__init__()
        self.calls, self.seen, self.limit = 0, 0, 3

    def forward(self, waveforms):
        self.calls += 1
        if self.calls == self.limit:
            raise KeyboardInterrupt
        self.seen += len(waveforms)
        return waveforms[:, :2] + 1


@pytest.mark.parametrize("crops", [None, 2])
def test_what_was_embedded_before_an_interruption_is_not_embedded_again(tmp_path, ramps, crops):
    encoder = Interrupted()
    many = [replace(ramps[i % 2], id=str(i)) for i in range(12)]
    corpus = Corpus(ramps.root, tuple(many))
    options = EmbeddingOptions(crops, crops and 1.0, batch_size=4 if crops else 1, device="cpu")
    with pytest.raises(KeyboardInterrupt):
        embed(encoder, corpus, options, parts=tmp_path / "parts")
    before, encoder.seen, encoder.limit = encoder.seen, 0, None
    resumed = embed(encoder, corpus, options, parts=tmp_path / "parts")
    assert before
    assert encoder.seen == 12 * (crops or 1) - before
    np.testing.assert_array_equal(resumed.vectors, embed(encoder, corpus, options).vectors)
    assert resumed.ids.tolist() == [u.id for u in corpus]


def test_memory_that_is_not_there_is_said_with_the_utterance(ramps):
    class Huge(torch.nn.Module):
        def forward(self, waveforms):
            raise torch.OutOfMemoryError("of 80 GiB")

    with pytest.raises(MemoryError, match=r"1 crops of 2.0 s do not fit in memory, a-2 .* smaller --batch-size"):
        embed(Huge(), ramps)
