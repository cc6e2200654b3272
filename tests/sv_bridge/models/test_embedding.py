import numpy as np
import pytest
import torch

from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.trials import Trials
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.embedding import EmbeddingOptions, embed

SCALE = 2**20


def test_whole_utterances_are_read_from_end_to_end(endpoints, ramps):
    embeddings = embed(endpoints, ramps)
    assert embeddings.ids.tolist() == ["a-1", "a-2", "b-1"]
    assert embeddings.speakers.tolist() == ["a", "a", "b"]
    assert embeddings.languages.tolist() == ["xx"] * 3
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
